"""PDF -> pages: index, printed label, blocks; says of each page that could not be read why."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ingest.clean import normalise
from ingest.documents import EMPTY_PAGE, Block, Page, Reading, UnreadableFile
from ingest.quality import unreadable
from ingest.readers.pdf_drawn import Rule
from ingest.readers.pdf_lines import (
    Line,
    Typography,
    blocks_of,
    merge_headings,
    printed_number,
    running_keys,
    split_running,
)
from ingest.readers.pdf_pdfium import PdfiumDocument, PdfiumPage, Word, printed_lines
from ingest.readers.pdf_pypdf import PypdfDocument
from ingest.readers.pdf_tables import Table, carried_header, find_tables, may_hold_table, row_blocks
from ingest.readers.pdf_unseen import Box

log = logging.getLogger(__name__)

# A tenth of real UN papers are scans behind a text header of some 35 characters.
FEWEST_CHARACTERS = 100
# A scan is a picture (or strips of one) over so much of the page, with so many pixels; a logo or a coloured
# ground is not.
_SCANNED_AREA = 0.4
_SCANNED_PIXELS = 500 * 500


def read_pdf(path: Path, password: str = "") -> Reading:
    """Pages of the PDF at `path`. Raises UnreadableFile with the reason where nothing can be read.

    PDFium reads it: some ten times as fast as pypdf, with the same words. pypdf reads what PDFium cannot
    open, and pages in Arabic, where PDFium turns ligatures round.
    """
    from pypdfium2 import PdfiumError  # type: ignore[import-untyped]

    try:
        document = PdfiumDocument(path, password)
    except PdfiumError as error:
        log.info("PDFium cannot open the file (%s); pypdf says why, or reads it", error)
        other = PypdfDocument(path, password)
        sheets = [_by_pypdf(other, index) for index in range(len(other))]
        return _reading(sheets, other.labels(), other.properties())
    with document:
        pages = _Pages(document, path, password)
        sheets = [pages.read(index) for index in range(len(document))]
        return _reading(sheets, document.labels(), document.properties())


@dataclass
class _Sheet:
    """What was read of one page, before it is known what is usual in the document."""

    lines: list[Line] = field(default_factory=list)
    height: float = 0.0
    problem: str = ""
    # To find its tables in; empty where there can be none.
    printed: list[list[Word]] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    unseen: int = 0  # words that were left out, because nobody sees them


class _Pages:
    """Pages of a document that PDFium has open; pypdf opens it too at the first page that needs it."""

    def __init__(self, document: PdfiumDocument, path: Path, password: str) -> None:
        self._document, self._path, self._password = document, path, password
        self._pypdf: PypdfDocument | None = None

    def read(self, index: int) -> _Sheet:
        from pypdfium2 import PdfiumError

        try:
            page = self._document.page(index)
        except PdfiumError as error:
            log.info("page %d: PDFium cannot load it (%s); pypdf reads it", index + 1, error)
            return _by_pypdf(self._other(), index)
        try:
            sheet = _Sheet(page.read(), page.height, unseen=len(page.unseen))
            if page.right_to_left():
                other = _by_pypdf(self._other(), index, page.unseen)
                return other if other.lines else sheet
            sheet.problem = _problem(sheet.lines, lambda: _is_scan(page))
            rules = page.rules()
            if may_hold_table(page.printed, rules):
                sheet.printed, sheet.rules = page.printed, rules
            return sheet
        finally:
            page.close()

    def _other(self) -> PypdfDocument:
        if self._pypdf is None:
            self._pypdf = PypdfDocument(self._path, self._password)
        return self._pypdf


def _is_scan(page: PdfiumPage) -> bool:
    images = page.images()
    covered = sum(image.area for image in images) >= _SCANNED_AREA * page.width * page.height
    return covered and sum(image.pixels for image in images) >= _SCANNED_PIXELS


def _by_pypdf(document: PypdfDocument, index: int, unseen: Sequence[Box] = ()) -> _Sheet:
    sheet = _Sheet(unseen=len(unseen))
    try:
        sheet.lines, sheet.height = document.page(index, unseen)
        sheet.problem = _problem(sheet.lines, lambda: document.scanned(index))
    except (MemoryError, RecursionError):
        raise
    except Exception as error:  # pypdf raises whatever a damaged page provokes; the page is named
        log.warning("page %d could not be read: %r", index + 1, error)
        sheet.problem = f"could not be read ({type(error).__name__})"
    return sheet


def _problem(lines: Sequence[Line], scanned: Callable[[], bool]) -> str:
    """What keeps a page from being read, "" if nothing does. A reader by OCR looks for how it begins."""
    if unreadable("".join(line.text for line in lines)):
        return "the text layer is unreadable (encoding)"
    characters = sum(len(normalise(line.text)) for line in lines)
    if characters >= FEWEST_CHARACTERS:
        return ""
    if scanned():
        if characters:
            return f"a scan behind {characters} characters of text: only those were read"
        return "a scan without a text layer"
    return "" if characters else EMPTY_PAGE


def _reading(sheets: Sequence[_Sheet], labels: list[str], properties: dict[str, str]) -> Reading:
    if not sheets:
        raise UnreadableFile("the PDF has no pages; export or download it again")
    if all(sheet.problem.startswith("could not") for sheet in sheets):
        raise UnreadableFile(f"no page of the PDF could be read ({sheets[0].problem}); export it again")
    count = sum(sheet.unseen for sheet in sheets)
    return Reading("pdf", _pages(sheets, labels), {**properties, **({"unseen": str(count)} if count else {})})


def _pages(sheets: Sequence[_Sheet], labels: list[str]) -> tuple[Page, ...]:
    keys = running_keys([(sheet.lines, sheet.height) for sheet in sheets])
    split = []
    for index, sheet in enumerate(sheets):
        body, running = split_running(sheet.lines, sheet.height, keys, first=index == 0)
        if sheet.printed:
            body = _tables_apart(sheet, body)
        split.append((body, running))
    style = Typography.of(body for body, _ in split)
    if len(labels) != len(sheets):
        labels = _printed_labels([printed_number(running) for _, running in split])
    pages = []
    carried: tuple[str, ...] = ()
    edges: tuple[int, ...] = ()
    for index, (sheet, (body, _), label) in enumerate(zip(sheets, split, labels, strict=True), start=1):
        placed = blocks_of(body, style, sheet.height)
        for number, table in enumerate(sheet.tables, start=1):
            going_on = carried_header(carried, edges, table) if number == 1 and carried else ()
            rows, header = row_blocks(table, number, going_on)
            at = min(line for line, _ in table.words)
            placed += [(at, row) for row in rows]
            carried, edges = header, table.edges
        if not sheet.tables:
            carried, edges = (), ()
        placed.sort(key=lambda item: item[0])
        blocks: list[Block] = merge_headings([block for _, block in placed])
        pages.append(Page(index, label, tuple(blocks), sheet.problem))
    return tuple(pages)


def _tables_apart(sheet: _Sheet, body: Sequence[Line]) -> list[Line]:
    """Finds the sheet's tables among the body's words; returns the lines without the tables' words."""
    wanted = {line.index for line in body}
    printed = [words if at in wanted else [] for at, words in enumerate(sheet.printed)]
    try:
        sheet.tables = find_tables(printed, sheet.rules)
    except (ValueError, IndexError, ArithmeticError) as error:  # the page is still read as lines
        log.warning("a page's tables could not be read: %r", error)
    if not sheet.tables:
        return list(body)
    held = frozenset[tuple[int, int]]().union(*(table.words for table in sheet.tables))
    rest = [
        [word for place, word in enumerate(words) if (line, place) not in held]
        for line, words in enumerate(printed)
    ]
    changed = {line for line, _ in held}
    lines = [line for line in body if line.index not in changed]
    lines += [line for line in printed_lines(rest, sheet.height) if line.index in changed]
    return sorted(lines, key=lambda line: line.index)


def _printed_labels(printed: list[str]) -> list[str]:
    """The numbers printed in the margins, if they count regularly."""
    offsets = Counter(int(number) - at for at, number in enumerate(printed, start=1) if number.isdigit())
    if not offsets:
        return [""] * len(printed)
    offset, count = offsets.most_common(1)[0]
    regular = count >= 0.6 * sum(offsets.values())
    return [
        number if regular and (not number.isdigit() or int(number) - at == offset) else ""
        for at, number in enumerate(printed, start=1)
    ]
