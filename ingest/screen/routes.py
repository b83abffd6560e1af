"""What the Documents screen hands out and takes in beside its page: page pictures, gate reports, uploads."""

# No `from __future__ import annotations`: FastAPI reads the annotations, which name a local `Request`.
import logging
import os
import re
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path, PureWindowsPath
from typing import Any

from ingest.documents import IngestError
from ingest.preview_image import PagePictures
from ingest.screen.acts import Acts
from ingest.screen.parts import full, may, sentence, who
from ingest.screen.words import Line, line, refused, say
from ingest.settings import IngestSettings
from ingest.wording import Told, language_of

log = logging.getLogger(__name__)

# Windows opens a device under these names, whatever their ending.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)\s*(?:\.|$)", re.IGNORECASE)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_REPORT = re.compile(r"[\w.-]{1,80}\.html")
ENDINGS = (".pdf", ".docx", ".html", ".htm", ".md", ".markdown", ".txt")
# Browsers send this header to other sites only after asking, and nobody here says yes.
MARK = "x-documents"
_PRIVATE = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
# A report needs its own style and nothing else: no script, no form, nothing fetched.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)


def add_routes(app: Any, settings: IngestSettings) -> None:
    """`/documents/...` on a FastAPI app; each asks who it is that sends the request."""
    from fastapi import Request
    from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

    acts, pictures = Acts(settings), PagePictures()

    def answered(request: Request, answer: Callable[[], Response]) -> Response:
        ui = language_of(request)
        if not may(request):
            return PlainTextResponse(full(say(ui, "parts.forbidden"), ui), status_code=403)
        try:
            return answer()
        except IngestError as error:
            log.info("not served: %s", error)
            return PlainTextResponse(say(ui, "parts.no_page"), status_code=404)

    def picture(request: Request, sha: str, number: int) -> Response:
        headers = {**_PRIVATE, "Cache-Control": "private, max-age=3600"}
        return answered(
            request, lambda: Response(_picture(acts, pictures, sha, number), 200, headers, "image/png")
        )

    def report(request: Request, name: str) -> Response:
        headers = {**_PRIVATE, "Content-Security-Policy": _POLICY}
        return answered(request, lambda: HTMLResponse(_report(acts.root, name), headers=headers))

    async def upload(request: Request, name: str = "") -> Response:
        ui = language_of(request)

        def problem(words: str, status: int) -> Response:
            return JSONResponse({"problem": words}, status_code=status, headers=_PRIVATE)

        if not may(request):
            return problem(full(say(ui, "parts.forbidden"), ui), 403)
        try:
            if request.headers.get(MARK) != "upload":
                raise refused("upload.elsewhere")
            told = await receive(acts, name, request.stream(), settings.upload_limit, who(request))
            return JSONResponse({"said": told.said(ui)}, headers=_PRIVATE)
        except IngestError as error:
            return problem(error.said(ui) if isinstance(error, Told) else full(sentence(error, ui), ui), 400)
        except OSError as error:
            log.error("an upload could not be stored", exc_info=error)
            return problem(say(ui, "upload.not_stored", why=error.strerror), 507)

    app.add_api_route("/documents/page/{sha}/{number}.png", picture, methods=["GET"], response_model=None)
    app.add_api_route("/documents/gate/{name}", report, methods=["GET"], response_model=None)
    app.add_api_route("/documents/upload", upload, methods=["POST"], response_model=None)


def _picture(acts: Acts, pictures: PagePictures, sha: str, number: int) -> bytes:
    live = acts.library.live()
    if live is None or not _SHA256.fullmatch(sha):
        raise IngestError("no such document")
    with closing(acts.library.catalogue(live)) as catalogue:
        known = next((entry for entry in catalogue.documents() if entry.sha == sha), None)
    path = acts.library.original(sha)
    if known is None or known.format != "pdf" or path is None or not 1 <= number <= known.pages:
        raise IngestError("no such page")
    return pictures.png(path, number, acts.admin.passwords().get(sha, ""))


def _report(root: Path, name: str) -> str:
    path = root / "gates" / name
    if not _REPORT.fullmatch(name) or not path.is_file():
        raise IngestError("no such report")
    return path.read_text(encoding="utf-8")


# Uploads


async def receive(acts: Acts, name: str, stream: AsyncIterator[bytes], limit: int, by: str) -> Line:
    """Stores a file as it comes in; what the admin is told of it. Nothing of a file that fails is kept.

    A file of a name that is there already takes its place: the next plan shows it as changed. Raises
    IngestError for a name that is no document's or a file over `limit` bytes.
    """
    plain = plain_name(name)
    folder = acts.uploads()
    size = 0
    # Its name begins with a dot, so no scan takes it for a document while it comes in.
    handle, part = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            async for chunk in stream:
                size += len(chunk)
                if size > limit:
                    raise refused("upload.large", file=plain, size=limit // 1_000_000)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        if not size:
            raise refused("upload.empty", file=plain)
        target = folder / plain
        replaced = target.exists()
        os.chmod(part, 0o644)
        os.replace(part, target)
    finally:
        Path(part).unlink(missing_ok=True)
    acts.admin.record(by, "uploaded", f"{plain} ({max(size // 1000, 1):,} kB)")
    return line("upload.replaced" if replaced else "upload.here", file=plain)


def plain_name(name: str) -> str:
    """A file's name without folders and without what a file system might take amiss."""
    plain = re.sub(r"[^\w .()+,&'-]+", "_", PureWindowsPath(name).name, flags=re.UNICODE).strip(" .")
    stem, ending = os.path.splitext(plain)
    if _DEVICE.match(plain):
        stem = f"_{stem}"
    if ending.lower() not in ENDINGS or not stem:
        raise refused("upload.no_document", file=plain) if plain else refused("upload.no_name")
    while len((stem + ending).encode()) > 200:
        stem = stem[:-1]
    return stem + ending.lower()
