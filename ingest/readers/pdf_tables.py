"""Tables of a PDF page -> rows with their headers, as blocks."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ingest.clean import join_lines
from ingest.documents import Block
from ingest.readers.pdf_aligned import Aligned, aligned, may_be_aligned
from ingest.readers.pdf_drawn import Rule
from ingest.readers.pdf_grid import Cell, Placed, cell_text, cells, columns, places, words_in
from ingest.readers.pdf_pdfium import Word

_LONGEST_CELL = 1_500  # characters: beyond it the "table" is a box around text
_LONGEST_HEADER = 60  # characters a cell, on average
_DEEPEST_HEADER = 4  # rows
_SAME_EDGE = 6  # points
_YEAR = re.compile(r"(?:19|20)\d\d(?:\s*[-–/]\s*(?:19|20)?\d\d)?\*?")


class Place(NamedTuple):
    """What stands at one row and column: the text of the cell that covers it, and where that cell begins."""

    text: str
    row: int
    column: int


Row = tuple[Place | None, ...]


@dataclass(frozen=True)
class Table:
    """One table: its places, top row first, and which words of the page they hold."""

    rows: tuple[Row, ...]
    edges: tuple[int, ...]  # the columns' left edges in points, to recognise a table that goes on
    top: float  # points from the page's lower edge
    words: frozenset[tuple[int, int]]  # (printed line, place in it) of each word
    header: tuple[str, ...] = ()  # where it is known apart from the rows: for each column
    header_text: str = ""  # its words as they stand on the page


def may_hold_table(printed: Sequence[Sequence[Word]], rules: Sequence[Rule]) -> bool:
    """A cheap look: spares most pages the search."""
    upright = {round(rule.x0 / 3) for rule in rules if rule.x0 == rule.x1 and rule.y1 - rule.y0 >= 6}
    return len(upright) >= 2 or may_be_aligned(_placed(printed), rules)


def find_tables(printed: Sequence[Sequence[Word]], rules: Sequence[Rule]) -> list[Table]:
    """Tables among the words of a page's printed lines, top to bottom."""
    words = _placed(printed)
    found = [table for group in cells(rules) if (table := _ruled(group, words))]
    held = frozenset[tuple[int, int]]().union(*(table.words for table in found))
    rest = [item for item in words if (item.line, item.place) not in held]
    found += [_unruled(table) for table in aligned(rest, rules)]
    return sorted(found, key=lambda table: -table.top)


def _placed(printed: Sequence[Sequence[Word]]) -> list[Placed]:
    return [
        Placed(word, line, place) for line, words in enumerate(printed) for place, word in enumerate(words)
    ]


def _unruled(table: Aligned) -> Table:
    rows: list[Row] = []
    for at, columns_ in enumerate(table.rows):
        filled = [column for column, words in enumerate(columns_) if words]
        if filled[-1] < table.labels or len(filled) == 1:  # a line between the rows
            words = [item for column in columns_ for item in column]
            rows.append((Place(cell_text(words), at, 0), *[None] * (len(columns_) - 1)))
        else:
            rows.append(tuple(Place(cell_text(words), at, column) for column, words in enumerate(columns_)))
    held = frozenset((item.line, item.place) for item in table.words)
    text = cell_text(table.header_words)
    return Table(tuple(rows), table.edges, table.top, held, table.header if text else (), text)


def _ruled(group: Sequence[Cell], words: Sequence[Placed]) -> Table | None:
    held = words_in(group, words)
    texts = {cell: cell_text(inside) for cell, inside in held.items()}
    grid = places(group)
    # Columns in which no text begins are gaps between borders.
    used = [
        column
        for column in range(len(grid[0]))
        if any(item and item[2] == column and texts[item[0]] for row in grid for item in (row[column],))
    ]
    if not used:
        return None
    edges = [columns(group)[column] for column in used]
    rows: list[Row] = []
    for at, row in enumerate(grid):
        items = [row[column] for column in used]
        parts = _parts(held[items[0][0]], edges) if items[0] and len(set(items)) == 1 else None
        if parts:
            rows.append(tuple(Place(cell_text(part), at, column) for column, part in enumerate(parts)))
        else:
            rows.append(
                tuple(item and Place(texts[item[0]], item[1], bisect_left(used, item[2])) for item in items)
            )
    table = Table(
        tuple(rows),
        tuple(round(edge) for edge in edges),
        max(cell.y1 for cell in group),
        frozenset((placed.line, placed.place) for inside in held.values() for placed in inside),
    )
    return table if _plausible(table) else None


def _parts(words: Sequence[Placed], edges: Sequence[float]) -> list[list[Placed]] | None:
    """The words of a box across the table by column, where they stand apart: a header on one ground."""
    at = [max(0, bisect_right(edges, (item.word.x0 + item.word.x1) / 2) - 1) for item in words]
    apart = any(
        one.word.y == two.word.y and two.word.x0 - one.word.x1 > 2 * one.word.size and a != b
        for one, two, a, b in zip(words, words[1:], at, at[1:], strict=False)
    )
    if not apart:
        return None
    return [[item for item, column in zip(words, at, strict=True) if column == i] for i in range(len(edges))]


def _plausible(table: Table) -> bool:
    rows = [texts for at in range(len(table.rows)) if (texts := list(filter(None, _own(table, at))))]
    if (
        len(rows) < 2
        or len(table.edges) < 2
        or max(len(text) for row in rows for text in row) > _LONGEST_CELL
    ):
        return False
    if sum(len(row) >= 2 for row in rows) < max(2, 0.2 * len(rows)):
        return False  # nearly always one cell a row: a frame, not a table
    worded = sum(any(sum(map(str.isalpha, text)) >= 3 for text in row) for row in rows)
    # Else figures whose labels stand outside the rules: read as lines they keep them.
    return worded >= 0.4 * len(rows)


def _own(table: Table, at: int) -> list[str]:
    """The texts of the cells that begin in a row; its words on the page."""
    return [
        place.text
        for column, place in enumerate(table.rows[at])
        if place and (place.row, place.column) == (at, column)
    ]


def row_blocks(table: Table, number: int, carried: Sequence[str] = ()) -> tuple[list[Block], tuple[str, ...]]:
    """(the table's blocks, its last header). `carried`: the header of the table this one goes on.

    A row of one cell across the table is a paragraph, and what follows it may have a header of its own.
    """
    blocks: list[Block] = []
    header = table.header or tuple(carried)
    if table.header_text:
        blocks.append(Block("row", table.header_text, table=number))
    may_start = not table.header and (not carried or not _looks_like_data(_own(table, 0), carried))
    skip = 0
    for at, row in enumerate(table.rows):
        text = " ".join(filter(None, _own(table, at)))
        if not text:
            continue
        if skip > at:
            blocks.append(Block("row", text, table=number))
            continue
        # A merged cell counts for each row it covers; the words stand only once on the page.
        full = [place.text if place and place.column == column else "" for column, place in enumerate(row)]
        across = len({(place.row, place.column) for place in row if place}) == 1
        if across or sum(map(bool, full)) < 2:
            _add_paragraph(blocks, text)
            may_start = not table.header
            continue
        if may_start:
            may_start = False
            depth = _header_depth(table, at)
            if depth and (not header or _new_header(full, header)):
                header, skip = _header(table, at, depth), at + depth
                blocks.append(Block("row", text, table=number))
                continue
        heads = _heads_of(row, header)
        pairs = tuple((head, cell) for head, cell in zip(heads, full, strict=True) if cell)
        blocks.append(Block("row", text, cells=pairs, table=number))
    return blocks, header


def _heads_of(row: Row, header: Sequence[str]) -> list[str]:
    """The header over each place; a cell that spans columns takes the first that has one."""
    heads = []
    for column, place in enumerate(row):
        spanned = [i for i, other in enumerate(row) if place and other == place and i >= column]
        heads.append(next((header[i] for i in spanned if i < len(header) and header[i]), ""))
    return heads


def carried_header(header: Sequence[str], edges: Sequence[int], table: Table) -> tuple[str, ...]:
    """The header of a table with these `edges` for the columns of `table`, if it is the same going on."""
    at = [
        next((i for i, edge in enumerate(edges) if abs(edge - own) <= _SAME_EDGE), None)
        for own in table.edges
    ]
    known = [i for i in at if i is not None]
    if len(known) < max(2, 0.7 * len(at), 0.5 * len(edges)):
        return ()
    return tuple("" if i is None else header[i] for i in at)


def _new_header(row: Sequence[str], header: Sequence[str]) -> bool:
    """Under a section line: the header again, or that of other columns; else the old one is in force."""
    wanted, own = (set(" ".join(cells).casefold().split()) for cells in (header, row))
    filled = len({cell for cell in row if cell})
    return len(wanted & own) >= 0.5 * len(own) or filled != len({cell for cell in header if cell})


def _add_paragraph(blocks: list[Block], text: str) -> None:
    """A shaded cell often has a box for each of its lines: those are one paragraph."""
    last = blocks[-1] if blocks else None
    if last and last.kind == "paragraph" and not last.text.endswith((".", ":", "?", "!")):
        blocks[-1] = Block("paragraph", join_lines([last.text, text]))
    else:
        blocks.append(Block("paragraph", text))


def _header_depth(table: Table, at: int) -> int:
    """How many rows from `at` on are the header; 0 where that row is data.

    The header goes down as far as its first cell does, and below a cell that spans columns.
    """
    if not _heads(table, at):
        return 0
    first = table.rows[at][0]
    span = sum(first is not None and row[0] == first for row in table.rows[at : at + _DEEPEST_HEADER])
    depth = 1
    while depth < _DEEPEST_HEADER and at + depth < len(table.rows) - 1:
        goes_on = depth < span if span > 1 else _parted(table, at + depth) or _initials(table, at + depth)
        if not (goes_on and _heads(table, at + depth)):
            break
        depth += 1
    return depth if at + depth < len(table.rows) else 0


def _parted(table: Table, at: int) -> bool:
    """Whether cells of a row stand below one of the row above that spans several columns."""
    return any(
        up and up.text and up.column < column and place and place == (place.text, at, column) and place.text
        for column, (up, place) in enumerate(zip(table.rows[at - 1], table.rows[at], strict=True))
    )


def _initials(table: Table, at: int) -> bool:
    """Whether a row names columns of figures in short and leaves the first column free."""
    first, *others = _own(table, at)
    below = list(filter(None, _own(table, at + 1)))
    short = not first and len(list(filter(None, others))) >= 2 and max(map(len, others)) <= 12
    return short and sum(map(_numeric, below)) > 0.5 * len(below)


def _heads(table: Table, at: int) -> bool:
    texts = list(filter(None, _own(table, at)))
    figures = sum(_numeric(text) for text in texts)
    short = sum(map(len, texts)) <= _LONGEST_HEADER * len(texts) and max(map(len, texts), default=0) <= 200
    return bool(texts) and short and figures <= 0.3 * len(texts)


def _header(table: Table, at: int, depth: int) -> tuple[str, ...]:
    """For each column the texts above it, the upper first."""
    header = []
    for column in range(len(table.rows[at])):
        above = (table.rows[row][column] for row in range(at, at + depth))
        header.append(" ".join(dict.fromkeys(place.text for place in above if place and place.text)))
    return tuple(header)


def _numeric(cell: str) -> bool:
    if _YEAR.fullmatch(cell):
        return False  # a year heads a column more often than it fills one
    return sum(char.isdigit() for char in cell) > 0.5 * max(1, sum(char.isalnum() for char in cell))


def _looks_like_data(row: Sequence[str], carried: Sequence[str]) -> bool:
    """The first row of a continued table holds data unless it repeats the header's words."""
    words = set(" ".join(carried).casefold().split())
    own = set(" ".join(row).casefold().split())
    return len(words & own) < 0.6 * max(1, len(own))
