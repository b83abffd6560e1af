"""A survey as a workbook, as CSV, and as a Word document."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from assistant.answer import Citation
from assistant.grids.parts import parts
from assistant.grids.survey_method import method
from assistant.grids.survey_types import Finding, Row, Survey, percent
from assistant.grids.survey_words import Link, column, default_title, in_short, pages_in_words, state_of
from assistant.grids.themes import Family
from assistant.spreadsheet import cell, printable
from assistant.web import names
from assistant.web.words import direction, listed, say

Value = str | int | float | None

_ABOUT = ("document", "file", "kind", "countries", "language", "period")
_FACTS = (*_ABOUT, "pages", "unread_pages")
_SHARES = ("family", "found", "documents", "share", "open", "most", "near")
_QUOTES = (
    "family", "document", "file", "page", "label", "how", "places", "all_pages", "parts", "words", "quote",
    "address",
)  # fmt: skip
_PAGES = (*_ABOUT, "family", "state", "page", "label", "places", "near_page", "address")
_WIDTHS = {"method": 120, "quote": 70, "words": 30, "parts": 30, "all_pages": 30, "file": 30}
_MOST_QUOTES = 40  # of a family in the Word document; the workbook has all


def to_xlsx(survey: Survey, title: str = "", link: Link | None = None, ui: str = "en") -> bytes:
    """Sheets: Answers (document x family), Shares, Quotes (with pages and addresses), Method."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    name = title or default_title(survey, ui)
    book.properties.title = printable(name)[:255]
    labels = [each.label(ui) for each in survey.families]
    answers = (_answers(each, ui) for each in survey.rows)
    _fill(book, "grid.sheet_answers", _named(_FACTS, ui, labels), answers, ui)
    _fill(book, "survey.sheet_shares", _shares_header(survey, ui), _shares(survey, ui), ui)
    _fill(book, "grid.sheet_quotes", _named(_QUOTES, ui), _quotes(survey, link, ui), ui)
    said = [name, in_short(survey, ui), *survey.verdicts(ui), *method(survey, ui)]
    _fill(book, "grid.sheet_method", _named(("method",), ui), ([each] for each in said), ui)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def to_csv(survey: Survey, link: Link | None = None, ui: str = "en") -> bytes:
    """A row for each document, family and page; one with state and no page where nothing was found."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    header = _named(_PAGES, ui)
    # In English, programs read them too.
    writer.writerow([each.lower().replace(" ", "_") for each in header] if ui == "en" else header)
    for row in survey.rows:
        for family, finding in zip(survey.families, row.findings, strict=True):
            for values in _lines(row, family, finding, link, ui):
                writer.writerow([cell(each) if isinstance(each, str) else each for each in values])
    return text.getvalue().encode("utf-8-sig")  # without the mark Excel takes it for another encoding


def to_docx(survey: Survey, title: str = "", link: Link | None = None, ui: str = "en") -> bytes:
    """Verdicts, shares, quotes with document and page, and the method."""
    from assistant.export_docx import empty, write

    name = printable(title or default_title(survey, ui))
    document = empty(name)
    write(document, name, "Title", ui=ui)
    write(document, in_short(survey, ui), soft=True, ui=ui)
    for each in survey.verdicts(ui):
        write(document, printable(each), ui=ui)
    write(document, say(ui, "survey.shares"), "Heading 1", ui=ui)
    _grid(document, _shares_header(survey, ui), list(_shares(survey, ui)), ui)
    write(document, say(ui, "survey.words"), "Heading 1", ui=ui)
    for family in survey.families:
        found = [(row, each.quote) for row, each in survey.column(family.id) if each.quote]
        near = [(row, each.candidate.quote) for row, each in survey.column(family.id) if each.candidate]
        if found or near:
            write(document, printable(family.label(ui)), "Heading 2", ui=ui)
        for row, quote in found[:_MOST_QUOTES]:
            _say(document, row, quote, link, ui)
        if len(found) > _MOST_QUOTES:
            more = say(ui, "grid.more_in_workbook", count=len(found) - _MOST_QUOTES)
            write(document, more, soft=True, ui=ui)
        if near:
            write(document, say(ui, "survey.near"), soft=True, ui=ui)
        for row, quote in near[:_MOST_QUOTES]:
            _say(document, row, quote, link, ui)
    write(document, say(ui, "grid.sheet_method"), "Heading 1", ui=ui)
    for each in method(survey, ui):
        write(document, printable(each), ui=ui)
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue()


# Rows


def _named(columns: Iterable[str], ui: str, more: Iterable[str] = ()) -> tuple[str, ...]:
    return (*(column(each, ui) for each in columns), *more)


def _facts(row: Row, ui: str) -> list[Value]:
    source = row.source
    return [
        source.title,
        source.name,
        names.kind(source.kind, ui),
        listed(ui, (names.country(code, ui) for code in source.countries)),
        names.language(source.language, ui),
        names.years(source),
    ]


def _answers(row: Row, ui: str) -> list[Value]:
    values: list[Value] = [*_facts(row, ui), row.pages, row.unread]
    return values + [each.count if each.state == "found" else state_of(each, ui) for each in row.findings]


def _known(survey: Survey) -> list[str]:
    """The parts of documents in which anything was found."""
    return [part for part in parts().ids if any(part in survey.parts(each.id) for each in survey.families)]


def _shares_header(survey: Survey, ui: str) -> tuple[str, ...]:
    where = (say(ui, "survey.column_in", part=parts().label(part, ui)) for part in _known(survey))
    return _named(_SHARES, ui, where)


def _shares(survey: Survey, ui: str) -> Iterator[list[Value]]:
    known = _known(survey)
    for family in survey.families:
        share, where = survey.share(family.id), survey.parts(family.id)
        yield [
            family.label(ui), share.found, share.of, percent(share.low, ui), share.open,
            percent(share.high, ui), share.candidates,
            *(where[part][0] if part in where else 0 for part in known),
        ]  # fmt: skip


def _quotes(survey: Survey, link: Link | None, ui: str) -> Iterator[list[Value]]:
    by_term, by_meaning = say(ui, "survey.by_term"), say(ui, "survey.by_meaning")
    for family in survey.families:
        for row, finding in survey.column(family.id):
            begin = [family.label(ui), row.source.title, row.source.name]
            if finding.state == "found":
                where = listed(ui, (f"{parts().label(part, ui)} {n}" for part, n in finding.parts.items()))
                words = "; ".join(f"{said} {count}" for said, count in finding.words.items())
                pages = pages_in_words(finding.pages, ui=ui)
                more: list[Value] = [by_term, finding.count, pages, where, words]
                yield _quoted(begin, row, finding.quote, more, link)
            elif finding.candidate:
                yield _quoted(begin, row, finding.candidate.quote, [by_meaning, 0, "", "", ""], link)


def _quoted(
    begin: Sequence[Value], row: Row, quote: Citation | None, more: Sequence[Value], link: Link | None
) -> list[Value]:
    passage = quote.hit.passage if quote else None
    return [
        *begin,
        passage.page if passage else None,
        passage.label if passage else "",
        *more,
        quote.quote if quote else "",
        link(row.source, passage.page) if link and passage else "",
    ]


def _lines(row: Row, family: Family, finding: Finding, link: Link | None, ui: str) -> Iterator[list[Value]]:
    state = say(ui, f"survey.state_{finding.state.replace(' ', '_')}")
    begin = [*_facts(row, ui), family.label(ui), state]
    for each in finding.pages:
        address = link(row.source, each.page) if link else ""
        yield [*begin, each.page, each.label, each.count, None, address]
    if not finding.pages:
        near = finding.candidate.quote.hit.passage.page if finding.candidate else None
        yield [*begin, None, "", 0, near, ""]


# Setting


def _fill(book: Any, key: str, header: Sequence[str], rows: Iterable[Sequence[Value]], ui: str) -> None:
    """A sheet with its header kept in sight; text is text in it and never a formula."""
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(say(ui, key))
    sheet.sheet_view.rightToLeft = direction(ui) == "rtl"
    widths = {column(name, ui): width for name, width in _WIDTHS.items()}
    for place, title in enumerate(header, start=1):
        width = widths.get(title, 44 if place == 1 else 16)
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "B2" if len(header) > 1 else "A2"
    looks = Alignment(wrap_text=True, vertical="top"), Font(bold=True)
    for place, values in enumerate((header, *rows)):
        sheet.append([_cell(sheet, each, looks, place == 0) for each in values])


def _cell(sheet: Any, value: Value, looks: tuple[Any, Any], bold: bool) -> Any:
    from openpyxl.cell import WriteOnlyCell

    made = WriteOnlyCell(sheet, cell(value) if isinstance(value, str) else value)
    made.alignment = looks[0]
    if bold:
        made.font = looks[1]
    if isinstance(value, str):
        made.data_type = "s"
        if re.fullmatch(r"https?://\S{1,2000}", value):
            made.hyperlink = value
    return made


def _grid(document: Any, header: Sequence[str], rows: Sequence[Sequence[Value]], ui: str) -> None:
    """A table that says its header again on each page."""
    from docx.enum.table import WD_TABLE_DIRECTION
    from docx.oxml import OxmlElement

    from assistant.export_docx import turn

    made = document.add_table(0, 7, style="Table Grid")
    if direction(ui) == "rtl":
        made.table_direction = WD_TABLE_DIRECTION.RTL
    for place, values in enumerate((header, *rows)):
        cells = made.add_row().cells
        for its, value in zip(cells, values, strict=False):
            paragraph = its.paragraphs[0]
            paragraph.style = "table text"
            text = printable(str(value))
            paragraph.add_run(text).bold = not place
            turn(paragraph, text, ui)
    made.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _say(document: Any, row: Row, quote: Citation, link: Link | None, ui: str) -> None:
    from assistant.export_docx import write

    write(document, printable(quote.quote), "Quote")
    where = row.source.title
    if page := names.page(quote.hit.passage, ui):
        where = listed(ui, (where, page))
    address = link(row.source, quote.hit.passage.page) if link else ""
    write(document, printable(f"{where} · {address}" if address else where), soft=True, ui=ui)
