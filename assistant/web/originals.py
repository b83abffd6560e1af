"""Originals as the browser gets them: only documents of the live generation, never as active content."""

# No `from __future__ import annotations`: FastAPI reads the annotations, which name a local `Request`.
import re
import zipfile
from pathlib import Path, PureWindowsPath
from typing import Any

from assistant.answer import AssistantError
from assistant.web.access import engine_for
from assistant.web.engine import Engine

_SHA256 = re.compile(r"[0-9a-f]{64}")
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Of what is for one person, and of what is no page.
PRIVATE = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
# A report needs its own style and nothing else: no script, no form, nothing fetched.
REPORT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)


def media_type(path: Path) -> str:
    """What the bytes are (a name proves nothing): PDF, DOCX, or else text where they can be text."""
    with path.open("rb") as file:
        start = file.read(4096)
    if b"%PDF-" in start[:1024]:
        return "application/pdf"
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return DOCX if "word/document.xml" in archive.namelist() else "application/octet-stream"
    return "application/octet-stream" if b"\0" in start else "text/plain; charset=utf-8"


def respond(engine: Engine, document: str, *, download: bool = False) -> Any:
    """The original of `document`; 404 for anything that is not the hash of a live document.

    download: to be stored under its own name, not shown."""
    from starlette.responses import FileResponse, PlainTextResponse

    missing = PlainTextResponse("There is no such document in the library.", status_code=404)
    if not _SHA256.fullmatch(document):
        return missing
    try:
        source = next((each for each in engine.sources() if each.document == document), None)
        path = engine.original(document) if source else None
    except AssistantError:
        return missing
    if source is None or path is None or not path.is_file():
        return missing
    media = media_type(path)
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-cache"}
    if media.startswith("text/"):
        headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    inline = not download and (media == "application/pdf" or media.startswith("text/"))
    return FileResponse(
        path,
        media_type=media,
        headers=headers,
        filename=PureWindowsPath(source.name).name or document,
        content_disposition_type="inline" if inline else "attachment",
    )


def add_route(app: Any, engine: Engine) -> None:
    """`GET /original/{sha256}[?download=1]` on a FastAPI app, also for ranges of its bytes.

    `#page=N` behind it is the PDF viewer's business.
    """

    from starlette.requests import Request

    def original(request: Request, document: str, download: bool = False) -> Any:
        return respond(engine_for(request, engine), document, download=download)

    app.add_api_route("/original/{document}", original, methods=["GET", "HEAD"], response_model=None)
