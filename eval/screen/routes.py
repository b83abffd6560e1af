"""What the Quality screen hands out as pages and files: reports, banks, feedback. It changes nothing."""

# No `from __future__ import annotations`: FastAPI reads the annotations, which name a local `Request`.
import logging
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from assistant.answer import AssistantError
from assistant.chat import Assistant
from assistant.web.originals import DOCX, PRIVATE, REPORT_POLICY, XLSX
from eval.results import EvalError
from eval.screen.parts import forbidden, may
from eval.screen.words import say
from ingest.documents import IngestError
from ingest.wording import language_of

if TYPE_CHECKING:
    from starlette.responses import Response

    from eval.screen.kept import Kept

log = logging.getLogger(__name__)


def add_routes(app: Any, assistant: Assistant) -> None:
    """`GET /quality/...` on a FastAPI app. What is not there answers 404, in plain text."""
    from fastapi import Request
    from starlette.responses import Response

    from eval.screen.kept import Kept

    library = assistant.settings.library
    kept = Kept(library)

    def report(request: Request, run: str, before: str = "") -> Response:
        return _or_missing(request, lambda ui: _report(assistant, kept, run, before, ui))

    def word(request: Request, run: str, before: str = "") -> Response:
        return _or_missing(request, lambda ui: _word(assistant, kept, run, before, ui))

    def bank(request: Request, sort: str, name: str) -> Response:
        return _or_missing(request, lambda _: _bank(library, f"{sort}/{name}"))

    def feedback(request: Request) -> Response:
        return _or_missing(request, lambda ui: _feedback(library, ui))

    for path, answer in (
        ("/quality/report/{run}.docx", word),  # before the next, which would take it for a run's name
        ("/quality/report/{run}", report),
        ("/quality/bank/{sort}/{name}", bank),
        ("/quality/feedback.xlsx", feedback),
    ):
        app.add_api_route(path, answer, methods=["GET", "HEAD"], response_model=None)


def _or_missing(request: Any, answer: "Callable[[str], Response]") -> "Response":
    """answer: to the language of the request."""
    from starlette.responses import PlainTextResponse

    ui = language_of(request)
    if not may(request):
        return PlainTextResponse(forbidden(ui), status_code=403)
    try:
        return answer(ui)
    except (EvalError, AssistantError, IngestError) as error:
        log.info("not served: %s", error)
        return PlainTextResponse(say(ui, "quality.no_page"), status_code=404)


def _report(assistant: Assistant, kept: "Kept", run: str, before: str, ui: str) -> "Response":
    from starlette.responses import HTMLResponse

    from eval.report.page import report
    from eval.report.pages import pages_of_run

    wanted, earlier = kept.run(run), kept.run(before) if before else None
    with pages_of_run(assistant.library, wanted) as page_text:
        page = report(wanted, earlier, page_text, ui=ui)
    return HTMLResponse(page, headers={**PRIVATE, "Content-Security-Policy": REPORT_POLICY})


def _word(assistant: Assistant, kept: "Kept", run: str, before: str, ui: str) -> "Response":
    from eval.report.docx import write_docx
    from eval.report.pages import pages_of_run

    wanted, earlier = kept.run(run), kept.run(before) if before else None
    with pages_of_run(assistant.library, wanted) as page_text, tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "report.docx"
        write_docx(wanted, earlier, page_text, path, ui=ui)
        return _file(path.read_bytes(), f"run-{wanted.name}.docx", DOCX)


def _bank(library: Path, key: str) -> "Response":
    from eval.screen.banks import bank

    found = bank(library, key)
    kind = XLSX if found.path.suffix == ".xlsx" else "application/octet-stream"
    return _file(found.path.read_bytes(), found.name, kind)


def _feedback(library: Path, ui: str) -> "Response":
    from assistant.records import feedback
    from eval.feedback import feedback_workbook

    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "feedback.xlsx"
        feedback_workbook(feedback(library), path, ui)
        return _file(path.read_bytes(), "questions-from-the-chat.xlsx", XLSX)


def _file(content: bytes, name: str, media_type: str) -> "Response":
    from starlette.responses import Response

    saved = f"attachment; filename*=UTF-8''{quote(name)}"
    return Response(content, media_type=media_type, headers={**PRIVATE, "Content-Disposition": saved})
