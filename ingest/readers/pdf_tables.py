"""Tables of a PDF page: rows with their headers, found by ruling lines (pdfplumber)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.clean import join_lines
from ingest.documents import Block

# Thin upright rectangles and upright strokes: what a table's column borders are drawn with.
_NUMBER = rb"(-?\d*\.?\d+)"
_RECT = re.compile(rb"\s+".join([_NUMBER] * 4) + rb"\s+re\s+(?:f|F|B|S|s|b)\*?(?=\s)")
_STROKE = re.compile(
    _NUMBER + rb"\s+" + _NUMBER + rb"\s+m\s+" + _NUMBER + rb"\s+" + _NUMBER + rb"\s+l\s+(?:S|s)(?=\s)"
)
_LONGEST_CELL = 1_500  # characters: beyond it the "table" is a box around text


def may_hold_table(content: bytes) -> bool:
    """A cheap look at the content stream: at least three upright rules. Spares pdfplumber most pages."""
    upright = 0
    for found in _RECT.finditer(content):
        width, height = abs(float(found[3])), abs(float(found[4]))
        # A filled or stroked box taller than a line may be a cell; a thin one is a column's border.
        upright += height >= 6 and (width <= 2.5 or width >= 20)
    for found in _STROKE.finditer(content):
        x0, y0, x1, y1 = (float(value) for value in found.groups())
        upright += abs(x0 - x1) <= 1 and abs(y0 - y1) >= 6
    return upright >= 3


@dataclass(frozen=True)
class Table:
    """One table: its box in PDF points (x0, y0, x1, y1; origin at the lower left) and its cells.

    A cell is None where a cell above or beside covers its place.
    """

    box: tuple[float, float, float, float]
    rows: tuple[tuple[str | None, ...], ...]
    edges: tuple[int, ...]  # the columns' left edges, to recognise a table that goes on

    def holds(self, x: float, y: float) -> bool:
        x0, y0, x1, y1 = self.box
        return x0 - 2 <= x <= x1 + 2 and y0 - 1 <= y <= y1 + 1


class TableFinder:
    """Opens the file for pdfplumber at the first page that may hold a table."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._pdf: Any = None

    def find(self, index: int) -> tuple[Table, ...]:
        """Tables of the page with 0-based `index`, top to bottom."""
        import pdfplumber

        if self._pdf is None:
            self._pdf = pdfplumber.open(self._path)
        page = self._pdf.pages[index]
        try:
            found = [table for raw in page.find_tables() if (table := _table(raw, page))]
        finally:
            page.close()  # gives the page's characters back
        return tuple(sorted(found, key=lambda table: -table.box[3]))

    def close(self) -> None:
        if self._pdf is not None:
            self._pdf.close()


def _table(raw: Any, page: Any) -> Table | None:
    rows = [
        tuple(None if cell is None else join_lines(cell.split("\n")) for cell in row)
        for row in raw.extract(x_tolerance=1.5)
    ]
    rows = [row for row in rows if any(row)]
    columns = max((len(row) for row in rows), default=0)
    cells = [cell for row in rows for cell in row if cell]
    if len(rows) < 2 or columns < 2 or max(map(len, cells)) > _LONGEST_CELL:
        return None
    wide = sum(sum(1 for cell in row if cell) >= 2 for row in rows)
    if wide < max(2, 0.2 * len(rows)):
        return None  # nearly always one cell a row: a frame, not a table
    worded = sum(any(sum(map(str.isalpha, cell)) >= 3 for cell in row if cell) for row in rows)
    if worded < 0.6 * len(rows):
        return None  # figures whose labels stand outside the rules: read as lines they keep them
    x0, top, x1, bottom = raw.bbox
    height = float(page.height)
    edges = tuple(sorted({round(cell[0]) for cell in raw.cells}))
    return Table((x0, height - bottom, x1, height - top), tuple(rows), edges)


def row_blocks(table: Table, number: int, carried: Sequence[str] = ()) -> tuple[list[Block], tuple[str, ...]]:
    """(the table's blocks, its last header). `carried`: the header of the table this one goes on.

    A row of one cell across the table is a paragraph, and what follows it may have a header of its own.
    """
    blocks: list[Block] = []
    header = tuple(carried)
    may_start = not carried or not _looks_like_data(table.rows[0], carried)
    above: tuple[str, ...] = ()
    skip = 0
    for at, row in enumerate(table.rows):
        text = " ".join(cell for cell in row if cell)
        if skip:
            skip -= 1
            blocks.append(Block("row", text, table=number))
            continue
        if row[0] and all(cell is None for cell in row[1:]):  # one cell across the table
            _add_paragraph(blocks, text)
            may_start, above = True, ()
            continue
        # A merged cell counts for each row it covers; the words stand only once on the page.
        full = tuple(
            above[i] if cell is None and i < min(2, len(above)) else cell or "" for i, cell in enumerate(row)
        )
        if sum(map(bool, full)) < 2:
            _add_paragraph(blocks, text)
            may_start, above = True, ()
            continue
        if may_start and (not header or _new_header(full, header)):
            may_start = False
            found, taken = _header(table.rows[at : at + 3])
            if taken:
                header, skip, above = found, taken - 1, ()
                blocks.append(Block("row", text, table=number))
                continue
        above = full
        pairs = tuple((header[i] if i < len(header) else "", cell) for i, cell in enumerate(full) if cell)
        blocks.append(Block("row", text, cells=pairs, table=number))
    return [block for block in blocks if block.text], header


def _new_header(row: Sequence[str], header: Sequence[str]) -> bool:
    """Under a section line: the header again, or that of other columns; else the old one is in force."""
    wanted, own = (set(" ".join(cells).casefold().split()) for cells in (header, row))
    filled = len({cell for cell in row if cell})
    return len(wanted & own) >= 0.5 * len(own) or filled != len({cell for cell in header if cell})


def _add_paragraph(blocks: list[Block], text: str) -> None:
    """A shaded cell often has a box for each of its lines: those are one paragraph."""
    last = blocks[-1] if blocks else None
    if last and text and last.kind == "paragraph" and not last.text.endswith((".", ":", "?", "!")):
        blocks[-1] = Block("paragraph", join_lines([last.text, text]))
    else:
        blocks.append(Block("paragraph", text))


def _header(rows: Sequence[Sequence[str | None]]) -> tuple[tuple[str, ...], int]:
    """(header texts a column, number of rows it takes); ((), 0) where the first row is data."""
    if len(rows) < 2:
        return (), 0
    filled = [cell for cell in rows[0] if cell]
    if max(map(len, filled)) > 90 or sum(map(_numeric, filled)) > 0.3 * len(filled):
        return (), 0
    header = tuple(_spread(rows[0]))
    under = rows[1]
    if under[0] is None and rows[0][0] and any(under) and len(rows) > 2:  # a second line under it
        header = tuple(f"{top} {below}" if below else top for top, below in zip(header, under, strict=False))
        return header, 2
    return header, 1


def _spread(row: Sequence[str | None]) -> Iterator[str]:
    last = ""
    for cell in row:
        last = last if cell is None else cell
        yield last


def _numeric(cell: str) -> bool:
    return sum(char.isdigit() for char in cell) > 0.5 * max(1, sum(char.isalnum() for char in cell))


def _looks_like_data(row: Sequence[str | None], carried: Sequence[str]) -> bool:
    """The first row of a continued table holds data unless it repeats the header's words."""
    words = set(" ".join(carried).casefold().split())
    own = set(" ".join(cell for cell in row if cell).casefold().split())
    return len(words & own) < 0.6 * max(1, len(own))
