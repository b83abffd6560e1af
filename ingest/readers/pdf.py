"""PDF -> pages (pypdf): index, printed label, blocks; says of each page without text why it has none."""

from __future__ import annotations

import logging
from collections import Counter
from pathlib import Path
from typing import Any

from ingest.clean import normalise
from ingest.documents import Block, Page, Reading, UnreadableFile
from ingest.readers.pdf_lines import (
    Line,
    LineCollector,
    Typography,
    blocks_of,
    merge_headings,
    printed_number,
    running_keys,
    split_running,
)
from ingest.readers.pdf_tables import Table, TableFinder, may_hold_table, row_blocks

log = logging.getLogger(__name__)

# A tenth of real UN papers are scans behind a text header of some 35 characters.
FEWEST_CHARACTERS = 100
_LARGE_IMAGE = 500 * 500  # pixels


def read_pdf(path: Path) -> Reading:
    """Pages of the PDF at `path`. Raises UnreadableFile with the reason where nothing can be read."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableFile("the PDF is locked with a password; save it without one and sync again")
        count = len(reader.pages)
    except PyPdfError as error:
        raise UnreadableFile(f"the PDF is damaged ({error}); export or download it again") from error
    if not count:
        raise UnreadableFile("the PDF has no pages; export or download it again")
    raw = [_RawPage(reader, index) for index in range(count)]
    if all(page.problem.startswith("could not") for page in raw):
        raise UnreadableFile(f"no page of the PDF could be read ({raw[0].problem}); export it again")
    finder = TableFinder(path)
    try:
        for page in raw:
            page.find_tables(finder)
    finally:
        finder.close()
    return Reading("pdf", _pages(reader, raw), _properties(reader))


class _RawPage:
    """What pypdf gives for one page, before it is known what is usual in the document."""

    def __init__(self, reader: Any, index: int) -> None:
        self.index = index
        self.lines: list[Line] = []
        self.tables: tuple[Table, ...] = ()
        self.height = 0.0
        self.problem = ""
        self._table_like = False
        try:
            page = reader.pages[index]
            self.height = float(page.mediabox.height)
            collector = LineCollector()
            page.extract_text(visitor_text=collector.visit)
            collector.flush()
            self.lines = collector.lines
            contents = page.get_contents()
            self._table_like = contents is not None and may_hold_table(contents.get_data())
            self.problem = _problem(page, sum(len(normalise(line.text)) for line in self.lines))
        except (MemoryError, RecursionError):
            raise
        except Exception as error:  # pypdf raises whatever a damaged page provokes; the page is named
            log.warning("page %d could not be read: %r", index + 1, error)
            self.problem = f"could not be read ({type(error).__name__})"

    def find_tables(self, finder: TableFinder) -> None:
        if not self._table_like:
            return
        try:
            self.tables = finder.find(self.index)
        except (MemoryError, RecursionError):
            raise
        except Exception as error:  # without its tables the page is still read as lines
            log.warning("page %d: tables could not be read: %r", self.index + 1, error)


def _problem(page: Any, characters: int) -> str:
    if characters >= FEWEST_CHARACTERS:
        return ""
    if _has_large_image(page.get("/Resources"), depth=2):
        if characters:
            return f"a scan behind {characters} characters of text: only those were read"
        return "a scan without a text layer"
    return "" if characters else "no text on the page"


def _has_large_image(resources: Any, depth: int) -> bool:
    objects = (resources.get_object() if resources else {}).get("/XObject") if resources else None
    for item in (objects.get_object() if objects else {}).values():
        item = item.get_object()
        if item.get("/Subtype") == "/Image":
            if int(item.get("/Width", 0)) * int(item.get("/Height", 0)) >= _LARGE_IMAGE:
                return True
        elif depth and _has_large_image(item.get("/Resources"), depth - 1):
            return True
    return False


def _pages(reader: Any, raw: list[_RawPage]) -> tuple[Page, ...]:
    keys = running_keys([(page.lines, page.height) for page in raw])
    split = [split_running(page.lines, page.height, keys, first=page.index == 0) for page in raw]
    outside = [
        [line for line in body if not any(table.holds(line.x, line.y) for table in page.tables)]
        for page, (body, _) in zip(raw, split, strict=True)
    ]
    style = Typography.of(outside)
    labels = _labels(reader, [printed_number(running) for _, running in split])
    pages = []
    carried: tuple[str, ...] = ()
    edges: tuple[int, ...] = ()
    for page, (body, _), lines, label in zip(raw, split, outside, labels, strict=True):
        placed = blocks_of(lines, style, page.height)
        for number, table in enumerate(page.tables, start=1):
            goes_on = number == 1 and _alike(edges, table.edges)
            rows, header = row_blocks(table, number, carried if goes_on else ())
            at = min((line.index for line in body if table.holds(line.x, line.y)), default=len(page.lines))
            placed += [(at, row) for row in rows]
            carried, edges = header, table.edges
        if not page.tables:
            carried, edges = (), ()
        placed.sort(key=lambda item: item[0])
        blocks: list[Block] = merge_headings([block for _, block in placed])
        pages.append(Page(page.index + 1, label, tuple(blocks), page.problem))
    return tuple(pages)


def _alike(one: tuple[int, ...], two: tuple[int, ...]) -> bool:
    return len(one) == len(two) and all(abs(a - b) <= 6 for a, b in zip(one, two, strict=True))


def _labels(reader: Any, printed: list[str]) -> list[str]:
    """The file's own page labels, else the numbers printed in the margins if they count regularly."""
    if "/PageLabels" in reader.trailer["/Root"]:
        labels = [normalise(str(label)) for label in reader.page_labels]
        if len(labels) == len(printed):
            return labels
    offsets = Counter(int(number) - at for at, number in enumerate(printed, start=1) if number.isdigit())
    if not offsets:
        return [""] * len(printed)
    offset, count = offsets.most_common(1)[0]
    regular = count >= 0.6 * sum(offsets.values())
    return [
        number if regular and (not number.isdigit() or int(number) - at == offset) else ""
        for at, number in enumerate(printed, start=1)
    ]


def _properties(reader: Any) -> dict[str, str]:
    info = reader.metadata or {}
    named = {
        "title": "/Title", "author": "/Author", "subject": "/Subject",
        "keywords": "/Keywords", "created": "/CreationDate",
    }  # fmt: skip
    values = {name: normalise(str(info.get(key) or "")) for name, key in named.items()}
    language = reader.trailer["/Root"].get("/Lang")
    values["language"] = normalise(str(language or ""))
    return {name: value for name, value in values.items() if value}
