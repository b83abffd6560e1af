"""An export as a workbook of three sheets: answers, quotes, method. Written row by row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, Any

from assistant import spreadsheet
from assistant.grids.export import Entry, Export, quote_row
from assistant.grids.types import State
from assistant.web.words import direction, say

# Soft grounds; each cell says its state in words too.
_GROUND: dict[State, str] = {
    "found": "E3EFF3", "partly": "FBF1E2", "not found": "F3F1EC", "unreadable": "F6E3E3",
}  # fmt: skip
_LINKS = 60_000  # Excel opens no sheet with more than 65,530; the others stay addresses to copy
_ROWS = 1_000_000  # of a sheet; Excel has 1,048,576


def to_xlsx(export: Export, file: IO[bytes]) -> None:
    """Writes the workbook into `file`. Memory is bounded by a row, but for the links."""
    import openpyxl
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font, PatternFill

    ui = export.ui
    book = openpyxl.Workbook(write_only=True)
    book.properties.title = spreadsheet.cell(export.title)[:255]
    answers, quotes, method = (
        book.create_sheet(say(ui, f"grid.sheet_{name}")) for name in ("answers", "quotes", "method")
    )
    for sheet, header in ((answers, export.header), (quotes, export.quote_header())):
        _begin(sheet, header, ui)
    method.column_dimensions["A"].width, method.column_dimensions["B"].width = 28, 110
    method.sheet_view.rightToLeft = direction(ui) == "rtl"
    grounds = {state: PatternFill("solid", fgColor=colour) for state, colour in _GROUND.items()}
    blue = Font(color="0B5A78", underline="single")
    written = pages = unread = 0
    for entry in export.entries():
        pages, unread = pages + entry.pages, unread + entry.unread
        answers.append(_answers(answers, entry, grounds))
        for each in export.quotes(entry):
            if written >= _ROWS:
                continue
            written += 1
            row: list[Any] = [_cell(quotes, value) for value in quote_row(each, ui)]
            if each.page is not None:
                row[2] = WriteOnlyCell(quotes, each.page)
            if each.link and written <= _LINKS:
                row[-1].hyperlink = each.link
                row[-1].font = blue
            quotes.append(row)
    method.append([_bold(method, export.title)])
    method.append([])
    for label, words in export.method(pages, unread):
        method.append([_bold(method, label), _cell(method, words)])
    book.save(file)


def _begin(sheet: Any, header: Sequence[str], ui: str) -> None:
    from openpyxl.utils import get_column_letter

    sheet.sheet_view.rightToLeft = direction(ui) == "rtl"
    sheet.freeze_panes = "B2"
    for place, name in enumerate(header, 1):
        width = 14 if len(name) < 14 else 44
        sheet.column_dimensions[get_column_letter(place)].width = 44 if place == 1 else width
    sheet.append([_bold(sheet, name) for name in header])
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(header))}1"


def _answers(sheet: Any, entry: Entry, grounds: dict[State, Any]) -> list[Any]:
    row = [_cell(sheet, value) for value in entry.cells]
    for place, state in entry.states.items():
        row[place].fill = grounds[state]
    return row


def _cell(sheet: Any, value: str) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment

    cell = WriteOnlyCell(sheet, spreadsheet.cell(value))
    cell.data_type = "s"  # never a formula or an error, whatever the words are
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _bold(sheet: Any, value: str) -> Any:
    from openpyxl.styles import Font

    cell = _cell(sheet, value)
    cell.font = Font(bold=True)
    return cell
