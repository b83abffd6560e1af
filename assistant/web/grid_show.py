"""What is shown of a grid: how far it is, its result, one cell, its exports."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

from assistant.answer import Source
from assistant.grid import Grid
from assistant.grids import export as exports
from assistant.grids.checklist import Checklist
from assistant.grids.compare import Comparison
from assistant.grids.survey import Survey
from assistant.grids.survey_words import short_title
from assistant.web import grid_results as results
from assistant.web import grid_survey as surveyed
from assistant.web.grid_asked import Asked, duration, of_grid
from assistant.web.grid_work import Work
from assistant.web.originals import DOCX, PRIVATE, REPORT_POLICY, XLSX
from assistant.web.words import Said, say

if TYPE_CHECKING:
    from starlette.responses import Response

_MEDIA = {
    "xlsx": XLSX, "docx": DOCX, "csv": "text/csv; charset=utf-8", "html": "text/html; charset=utf-8",
}  # fmt: skip
_STEPS = {"questions": "cells", "checklist": "questions"}

Link = Callable[[Source, int | None], str]


def standing(work: Work, failed: str, now: float, ui: str) -> dict[str, Any]:
    """How far it is, in numbers and words. failed: the sentence that says why there is no result."""
    left = work.seconds_left()
    words = say(ui, f"grid.done_{_STEPS.get(work.use, 'documents')}", count=work.done, all=work.total)
    if not work.done:
        words = say(ui, "grid.reading_draft" if work.use == "checklist" else "grid.getting_ready")
    elif left is not None and left >= 1:
        words = say(ui, "grid.with_time", words=words, time=duration(left, ui))
    if work.state == "stopping":
        words = say(ui, "grid.stopping")
    return {
        "state": work.state,
        "busy": work.busy,
        "done": work.done,
        "total": work.total,
        "words": words,
        "problem": failed,
        "shown": work.result is not None,
        "ended": "" if work.busy else say(ui, f"grid.ended_{work.state}"),
        "title": _title(work, ui),
    }


def result(work: Work, at: int, full: bool | None, family: str, ui: str) -> str:
    """The result as HTML; of a table the page that begins at `at`. Raises Said where there is none."""
    stopped = work.state == "stopped"
    head = f'<h2 class="g-of-result" dir="auto">{escape(_title(work, ui))}</h2>'
    match work.result:
        case None:
            raise Said("grid.stopped_survey" if stopped else "grid.gone")
        case Grid() as grid:
            body = results.of_grid(grid, work.ticket, at, full, ui, stopped=stopped)
        case Survey() as survey:
            body = surveyed.of_survey(survey, work.ticket, at, full, family, ui)
        case Comparison() as comparison:
            body = results.of_comparison(exports.named(comparison, ui), work.ticket, ui)
        case Checklist() as checklist:
            body = results.of_checklist(checklist, work.ticket, ui)
        case found:
            body = results.of_experience(work.title, found, work.ticket, ui, stopped=stopped)
    return f'<div class="g-shown" data-ticket="{escape(work.ticket)}">{head}{body}</div>'


def _title(work: Work, ui: str) -> str:
    """What a work is called, in the language of who reads of it now; what was asked is in its own."""
    found = work.result
    if isinstance(found, Survey):
        return short_title(found.families, ui)
    if isinstance(found, Checklist):
        return say(ui, "grid.checklist_of", name=found.draft.name)
    if isinstance(found, Grid) and len(found.questions) > 1:
        return of_grid(len(found.documents), len(found.questions), ui)
    return work.title


def cell(work: Work, document: str, column: int, ui: str) -> str:
    """One cell of a table. Raises Said for one that is not there."""
    found = work.result
    if isinstance(found, Grid) and 0 <= column < len(found.questions):
        source = next((each for each in found.documents if each.document == document), None)
        decided = found.cell(column, source) if source else None
        if decided is not None:
            return results.cell_panel(decided, ui)
    if isinstance(found, Survey) and 0 <= column < len(found.families):
        row = next((each for each in found.rows if each.source.document == document), None)
        if row is not None:
            label = found.families[column].label(ui)
            return surveyed.cell_panel(row, row.findings[column], label, ui)
    raise Said("grid.gone")


def export(work: Work, ending: str, link: Link, ui: str) -> Response:
    """The file as a response. Raises Said where there is none of that kind."""
    from starlette.background import BackgroundTask
    from starlette.responses import Response, StreamingResponse

    if ending not in _MEDIA or work.result is None:
        raise Said("grid.gone")
    headers = {**PRIVATE, "Content-Disposition": f'attachment; filename="{work.use}.{ending}"'}
    if isinstance(work.result, Survey):
        if ending == "html":
            headers = {**PRIVATE, "Content-Security-Policy": REPORT_POLICY}
        return Response(_survey_file(work.result, ending, link, ui), 200, headers, _MEDIA[ending])
    made = _exported(work, link, ui)
    if ending == "docx":
        from assistant.grids.export_docx import to_docx

        return Response(to_docx(made), 200, headers, DOCX)
    if ending == "csv":
        from assistant.grids.export_csv import to_csv

        return StreamingResponse(to_csv(made), 200, headers, _MEDIA["csv"])
    if ending != "xlsx":
        raise Said("grid.gone")
    from assistant.grids.export_xlsx import to_xlsx

    file = tempfile.TemporaryFile()  # noqa: SIM115  # closed when it has been sent
    to_xlsx(made, file)
    file.seek(0)
    parts = iter(lambda: file.read(1 << 16), b"")
    return StreamingResponse(parts, 200, headers, XLSX, BackgroundTask(file.close))


def _survey_file(made: Survey, ending: str, link: Link, ui: str) -> bytes:
    from assistant.grids import survey_report as report

    if ending == "csv":
        return report.to_csv(made, link, ui)
    title = short_title(made.families, ui)
    if ending == "html":
        return report.to_html(made, title, link, ui).encode()
    return (report.to_xlsx if ending == "xlsx" else report.to_docx)(made, title, link, ui)


def _exported(work: Work, link: Link, ui: str) -> exports.Export:
    match work.result:
        case Grid() as grid:
            return exports.of_grid(grid, link, ui)
        case Comparison() as comparison:
            return exports.of_comparison(comparison, link, ui)
        case Checklist() as checklist:
            return exports.of_checklist(checklist, link, ui)
        case tuple() as found:
            filters = Asked.model_validate(work.asked).filters.filters()
            stopped = work.state == "stopped"
            return exports.of_experience(work.title, found, "", link, ui, filters, stopped=stopped)
    raise Said("grid.gone")
