"""An HTML table -> row blocks: spans filled in, each cell with its column's header."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.documents import Block

if TYPE_CHECKING:
    from bs4.element import Tag

_WIDEST = 200  # columns: more is an attack or a drawing
_LONGEST_HEADER = 120  # characters of a cell that may be a header without being marked as one


# "37.6", "12 %", "USD 1,200,000"; a year is a figure that heads columns.
_FIGURE = re.compile(
    r"^(?!(?:19|20)\d\d$)(?:[A-Z]{2,3}|[$€£<>≤≥~])?\s?[-+–]?\d[\d\s.,]*\s?(?:%|[^\W\d]{1,8})?$"
)


@dataclass(frozen=True)
class Row:
    """One row: `cells` with spans filled in, `own` only the words that stand in this row."""

    cells: tuple[str, ...]
    own: tuple[str, ...]
    headers: tuple[bool, ...]  # which cells are <th>
    head: bool  # in <thead>


def table_rows(table: Tag, text_of: Callable[[Tag], str]) -> list[Row]:
    """The rows with words of `table`, not those of tables in its cells."""
    grid: list[Row] = []
    open_: dict[int, tuple[int, str, bool]] = {}  # column -> (rows still covered, text, is a header)
    for row in _own_rows(table):
        cells: dict[int, tuple[str, bool]] = {}
        for column, (left, text, header) in list(open_.items()):
            cells[column] = (text, header)
            open_[column] = (left - 1, text, header)
            if left == 1:
                del open_[column]
        own, column = [], 0
        for cell in row.find_all(["td", "th"], recursive=False):
            while column in cells:
                column += 1
            text, header = text_of(cell), cell.name == "th"
            own.append(text)
            for at in range(column, min(column + _span(cell, "colspan"), _WIDEST)):
                cells[at] = (text, header)
                if _span(cell, "rowspan") > 1:
                    open_[at] = (_span(cell, "rowspan") - 1, text, header)
            column = max(cells, default=0) + 1 if column >= _WIDEST else column + 1
            if column >= _WIDEST:
                break
        filled = [cells.get(at, ("", False)) for at in range(max(cells, default=-1) + 1)]
        parent = row.parent
        if any(own):
            grid.append(
                Row(
                    tuple(text for text, _ in filled),
                    tuple(filter(None, own)),
                    tuple(header for _, header in filled),
                    parent is not None and parent.name == "thead",
                )
            )
    return grid


def _own_rows(table: Tag) -> list[Tag]:
    rows: list[Tag] = []
    for child in table.find_all(["tr", "thead", "tbody", "tfoot"], recursive=False):
        rows += [child] if child.name == "tr" else child.find_all("tr", recursive=False)
    return rows


def _span(cell: Tag, name: str) -> int:
    value = str(cell.get(name, "1")).strip()
    return min(max(int(value), 1), 1000) if value.isdecimal() and len(value) < 6 else 1


def row_blocks(rows: list[Row], number: int) -> list[Block]:
    """The table's blocks. A row of one cell across the table is a paragraph, a header has no `cells`."""
    blocks: list[Block] = []
    keyed = _has_keys(rows)
    header: tuple[str, ...] = ()
    waiting = not keyed  # for the header: the first row that is no title across the table
    for at, row in enumerate(rows):
        text = " ".join(row.own)
        filled = [cell for cell in row.cells if cell]
        if len(row.own) == 1 and len(set(filled)) == 1 and len(rows[0].cells) > 1 and not keyed:
            blocks.append(Block("paragraph", text))
        elif waiting and _is_header(row, rows[at + 1 :]):
            header = _joined(header, row.cells)
            blocks.append(Block("row", text, table=number))
            waiting = row.head and at + 1 < len(rows) and rows[at + 1].head
        else:
            waiting = False
            blocks.append(Block("row", text, cells=_pairs(row, header, keyed), table=number))
    return blocks


def _pairs(row: Row, header: tuple[str, ...], keyed: bool) -> tuple[tuple[str, str], ...]:
    if keyed and len(row.cells) > 1 and row.cells[0]:
        return tuple((row.cells[0].rstrip(": "), cell) for cell in row.cells[1:] if cell) or (
            ("", row.cells[0]),
        )
    pairs = [(header[at] if at < len(header) else "", cell) for at, cell in enumerate(row.cells)]
    # A cell over several columns of the same name counts once.
    return tuple(dict.fromkeys(pair for pair in pairs if pair[1]))


def _has_keys(rows: list[Row]) -> bool:
    """Whether the first column names what stands beside it ("Country:" | "Nepal"), and no row is a header."""
    if not rows or any(row.head for row in rows):
        return False
    marked = all(row.headers[:1] == (True,) and not all(row.headers) for row in rows)
    pairs = [row for row in rows if len(row.cells) == 2]
    colons = sum(row.cells[0].endswith(":") for row in pairs)
    return marked or (len(pairs) == len(rows) and colons > 0.6 * len(rows))


def _is_header(row: Row, rest: list[Row]) -> bool:
    if row.head or all(row.headers):
        return bool(rest)
    cells = [cell for cell in row.cells if cell]
    figures = sum(_FIGURE.match(cell) is not None for cell in cells)
    short = all(len(cell) <= _LONGEST_HEADER and not cell.endswith(".") for cell in cells)
    return bool(rest) and short and len(set(cells)) > 1 and figures <= len(cells) / 2


def _joined(above: tuple[str, ...], below: tuple[str, ...]) -> tuple[str, ...]:
    """A header of several rows: "Baseline" over "2015" is "Baseline 2015"."""
    width = max(len(above), len(below))
    pairs = zip((*above, *[""] * (width - len(above))), (*below, *[""] * (width - len(below))), strict=True)
    return tuple(low if high == low else f"{high} {low}".strip() for high, low in pairs)
