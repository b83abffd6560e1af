"""Originals as the browser gets them: only documents of the live generation, never as active content."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING, Any

from assistant.answer import AssistantError
from assistant.web.engine import Engine

if TYPE_CHECKING:
    from starlette.responses import Response

_SHA256 = re.compile(r"[0-9a-f]{64}")
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


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


def respond(engine: Engine, document: str) -> Response:
    """The original of `document`; 404 for anything that is not the hash of a live document."""
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
    inline = media == "application/pdf" or media.startswith("text/")
    return FileResponse(
        path,
        media_type=media,
        headers=headers,
        filename=PureWindowsPath(source.name).name or document,
        content_disposition_type="inline" if inline else "attachment",
    )


def add_route(app: Any, engine: Engine) -> None:
    """`GET /original/{sha256}` on a FastAPI app; `#page=N` behind it is the PDF viewer's business."""

    def original(document: str) -> Response:
        return respond(engine, document)

    app.add_api_route("/original/{document}", original, methods=["GET", "HEAD"], response_model=None)
