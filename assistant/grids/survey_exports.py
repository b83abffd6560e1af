"""A survey as a workbook, as CSV, and as a Word document."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from assistant.answer import Citation
from assistant.grids.parts import parts
from assistant.grids.survey_types import Finding, Row, Survey, percent
from assistant.grids.survey_words import Link, default_title, in_short, pages_in_words
from assistant.grids.themes import Family
from assistant.spreadsheet import cell, printable
from assistant.web import names

Value = str | int | float | None

_FACTS = ("Document", "File", "Kind", "Countries", "Language", "Period", "Pages", "Unread pages")
_QUOTES = (
    "Family", "Document", "File", "Page", "Printed page", "How found", "Places", "All pages", "Parts",
    "Words", "Quote", "Address",
)  # fmt: skip
_WIDTHS = {"Method": 120, "Quote": 70, "Words": 30, "Parts": 30, "All pages": 30, "File": 30}
_MOST_QUOTES = 40  # of a family in the Word document; the workbook has all


def to_xlsx(survey: Survey, title: str = "", link: Link | None = None) -> bytes:
    """Sheets: Answers (document x family), Shares, Quotes (with pages and addresses), Method."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    book.properties.title = printable(title or default_title(survey))[:255]
    labels = [each.label() for each in survey.families]
    _fill(book, "Answers", (*_FACTS, *labels), map(_answers, survey.rows))
    _fill(book, "Shares", _shares_header(survey), _shares(survey))
    _fill(book, "Quotes", _QUOTES, _quotes(survey, link))
    said = [title or default_title(survey), in_short(survey), *survey.verdicts(), *survey.method]
    _fill(book, "Method", ("Method",), ([each] for each in said))
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def to_csv(survey: Survey, link: Link | None = None) -> bytes:
    """A row for each document, family and page; one with state and no page where nothing was found."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(
        ("document", "file", "kind", "countries", "language", "period", "family", "state", "page",
         "printed_page", "places", "near_in_meaning_page", "address")
    )  # fmt: skip
    for row in survey.rows:
        for family, finding in zip(survey.families, row.findings, strict=True):
            for values in _lines(row, family, finding, link):
                writer.writerow([cell(each) if isinstance(each, str) else each for each in values])
    return text.getvalue().encode("utf-8-sig")  # without the mark Excel takes it for another encoding


def to_docx(survey: Survey, title: str = "", link: Link | None = None) -> bytes:
    """Verdicts, shares, quotes with document and page, and the method."""
    from assistant.export_docx import empty, write

    name = printable(title or default_title(survey))
    document = empty(name)
    write(document, name, "Title")
    write(document, in_short(survey), soft=True)
    for each in survey.verdicts():
        write(document, printable(each))
    write(document, "Shares of documents", "Heading 1")
    _grid(document, _shares_header(survey), list(_shares(survey)))
    write(document, "In their own words", "Heading 1")
    for family in survey.families:
        found = [(row, each.quote) for row, each in survey.column(family.id) if each.quote]
        near = [(row, each.candidate.quote) for row, each in survey.column(family.id) if each.candidate]
        if found or near:
            write(document, printable(family.label()), "Heading 2")
        for row, quote in found[:_MOST_QUOTES]:
            _say(document, row, quote, link)
        if len(found) > _MOST_QUOTES:
            write(document, f"{len(found) - _MOST_QUOTES:,} more stand in the workbook.", soft=True)
        if near:
            write(document, "Near in meaning, without a term; counted in no share:", soft=True)
        for row, quote in near[:_MOST_QUOTES]:
            _say(document, row, quote, link)
    write(document, "Method", "Heading 1")
    for each in survey.method:
        write(document, printable(each))
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue()


# Rows


def _facts(row: Row) -> list[Value]:
    source = row.source
    return [
        source.title,
        source.name,
        names.kind(source.kind),
        ", ".join(names.country(code) for code in source.countries),
        names.language(source.language),
        names.years(source),
    ]


def _answers(row: Row) -> list[Value]:
    values: list[Value] = [*_facts(row), row.pages, row.unread]
    return values + [each.count if each.state == "found" else _without(each) for each in row.findings]


def _without(finding: Finding) -> str:
    said = finding.state if finding.why != "language" else "no terms in its language"
    return f"{said}; near in meaning" if finding.candidate else said


def _shares_header(survey: Survey) -> tuple[str, ...]:
    known = [part for part in parts().ids if any(part in survey.parts(each.id) for each in survey.families)]
    return (
        "Family", "Found", "Documents", "Share", "Could not be told", "Share at most", "Near in meaning",
        *(f"In: {parts().label(part)}" for part in known),
    )  # fmt: skip


def _shares(survey: Survey) -> Iterator[list[Value]]:
    labels = {f"In: {parts().label(part)}": part for part in parts().ids}
    wanted = [labels[each] for each in _shares_header(survey) if each in labels]
    for family in survey.families:
        share, where = survey.share(family.id), survey.parts(family.id)
        yield [
            family.label(), share.found, share.of, percent(share.low), share.open, percent(share.high),
            share.candidates, *(where[part][0] if part in where else 0 for part in wanted),
        ]  # fmt: skip


def _quotes(survey: Survey, link: Link | None) -> Iterator[list[Value]]:
    for family in survey.families:
        for row, finding in survey.column(family.id):
            if finding.state == "found":
                where = ", ".join(f"{parts().label(part)} {count}" for part, count in finding.parts.items())
                words = "; ".join(f"{said} {count}" for said, count in finding.words.items())
                more: list[Value] = [finding.count, pages_in_words(finding.pages), where, words]
                yield _quoted(family, row, finding.quote, "a term", more, link)
            elif finding.candidate:
                more = [0, "", "", ""]
                yield _quoted(family, row, finding.candidate.quote, "near in meaning", more, link)


def _quoted(
    family: Family, row: Row, quote: Citation | None, how: str, more: Sequence[Value], link: Link | None
) -> list[Value]:
    passage = quote.hit.passage if quote else None
    return [
        family.label(),
        row.source.title,
        row.source.name,
        passage.page if passage else None,
        passage.label if passage else "",
        how,
        *more,
        quote.quote if quote else "",
        link(row.source, passage.page) if link and passage else "",
    ]


def _lines(row: Row, family: Family, finding: Finding, link: Link | None) -> Iterator[list[Value]]:
    begin = [*_facts(row), family.label(), finding.state]
    for each in finding.pages:
        address = link(row.source, each.page) if link else ""
        yield [*begin, each.page, each.label, each.count, None, address]
    if not finding.pages:
        near = finding.candidate.quote.hit.passage.page if finding.candidate else None
        yield [*begin, None, "", 0, near, ""]


# Setting


def _fill(book: Any, name: str, header: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
    """A sheet with its header kept in sight; text is text in it and never a formula."""
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(name)
    for place, title in enumerate(header, start=1):
        width = _WIDTHS.get(title, 44 if place == 1 else 16)
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


def _grid(document: Any, header: Sequence[str], rows: Sequence[Sequence[Value]]) -> None:
    """A table that says its header again on each page."""
    from docx.oxml import OxmlElement

    made = document.add_table(0, 7, style="Table Grid")
    for place, values in enumerate((header, *rows)):
        cells = made.add_row().cells
        for its, value in zip(cells, values, strict=False):
            paragraph = its.paragraphs[0]
            paragraph.style = "table text"
            paragraph.add_run(printable(str(value))).bold = not place
    made.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _say(document: Any, row: Row, quote: Citation, link: Link | None) -> None:
    from assistant.export_docx import write

    write(document, printable(quote.quote), "Quote")
    where = row.source.title
    if page := names.page(quote.hit.passage):
        where += f", {page}"
    address = link(row.source, quote.hit.passage.page) if link else ""
    write(document, printable(f"{where} · {address}" if address else where), soft=True)
