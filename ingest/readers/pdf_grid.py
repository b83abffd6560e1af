"""Ruled tables of a PDF page: the cells that level and upright rules enclose, and the words in each."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from ingest.clean import join_lines
from ingest.readers.pdf_drawn import Rule
from ingest.readers.pdf_pdfium import Word

_NEAR = 3.0  # points: rules this near are one, and reach each other
_SHORTEST = 6.0  # points: shorter ones belong to letters and ticks
_STACKED = 8.0  # points: less than a line of text
_NARROW = 5.0  # points: no text fits between rules so near
_MOST_PLACES = 40_000  # crossings of a grid: beyond it, a chart or a map


class Cell(NamedTuple):
    """A box enclosed by rules (points, origin at the lower left)."""

    x0: float
    y0: float
    x1: float
    y1: float


def cells(rules: Sequence[Rule]) -> list[list[Cell]]:
    """The enclosed boxes of a page, in groups that touch: each group may be a table.

    The rules' positions cut the page into places. Places that no rule parts are one box; what reaches the
    outside is none. So merged cells come out whole, and strokes that end nowhere (underlines) part nothing.
    """
    upright = _lanes((rule.x0, rule.y0, rule.y1) for rule in rules if rule.x0 == rule.x1)
    level = _lanes((rule.y0, rule.x0, rule.x1) for rule in rules if rule.x0 != rule.x1)
    _close_sides(upright, level)
    xs, ys = sorted(upright), sorted(level)
    if len(xs) < 2 or len(ys) < 2 or len(xs) * len(ys) > _MOST_PLACES:
        return []
    walls = [[_covers(upright[x], low, high) for low, high in pairwise(ys)] for x in xs]
    floors = [[_covers(level[y], left, right) for left, right in pairwise(xs)] for y in ys]
    found = [Cell(xs[a], ys[b], xs[c], ys[d]) for a, b, c, d in _boxes(walls, floors)]
    # What is too narrow for text lies between the two lines of one border.
    groups = [
        [cell for cell in group if min(cell.x1 - cell.x0, cell.y1 - cell.y0) > _NARROW]
        for group in _touching(found)
    ]
    return [group for group in groups if len(group) > 1]


def _lanes(strokes: Iterable[tuple[float, float, float]]) -> dict[float, list[tuple[float, float]]]:
    """Strokes (position, from, to) -> position -> stretches covered; near positions and stretches joined."""
    lanes: list[list[tuple[float, float, float]]] = []
    for stroke in sorted(strokes):
        if lanes and stroke[0] - lanes[-1][0][0] <= _NEAR:
            lanes[-1].append(stroke)
        else:
            lanes.append([stroke])
    joined: dict[float, list[tuple[float, float]]] = {}
    for lane in lanes:
        stretches: list[tuple[float, float]] = []
        for low, high in sorted(stroke[1:] for stroke in lane):
            if stretches and low - stretches[-1][1] <= _NEAR:
                stretches[-1] = stretches[-1][0], max(stretches[-1][1], high)
            else:
                stretches.append((low, high))
        long = [(low, high) for low, high in stretches if high - low >= _SHORTEST]
        if long:
            joined[sum(stroke[0] for stroke in lane) / len(lane)] = long
    return joined


def _close_sides(
    upright: dict[float, list[tuple[float, float]]], level: dict[float, list[tuple[float, float]]]
) -> None:
    """Adds the outer sides that many tables leave open: where three level rules end together, and upright
    rules stand between them."""
    ends: defaultdict[tuple[int, int], list[tuple[float, float, float]]] = defaultdict(list)
    for y, stretches in level.items():
        for left, right in stretches:
            ends[round(left / 6), round(right / 6)].append((y, left, right))
    for group in ends.values():
        left, right = group[0][1:]
        inside = [stretches for x, stretches in upright.items() if left + _NEAR < x < right - _NEAR]
        ys = sorted(y for y, _, _ in group)
        for low, high in pairwise(ys) if len(ys) > 2 else ():
            if not any(_covers(stretches, low, high) for stretches in inside):
                continue
            for x in (left, right):
                near = [place for place in upright if abs(place - x) <= _NEAR]
                upright.setdefault(near[0] if near else x, []).append((low, high))


def _covers(stretches: Sequence[tuple[float, float]], low: float, high: float) -> bool:
    return any(a <= low + _NEAR and b >= high - _NEAR for a, b in stretches)


def _boxes(
    walls: Sequence[Sequence[bool]], floors: Sequence[Sequence[bool]]
) -> list[tuple[int, int, int, int]]:
    """Places -> (column, row, column, row) of each box. walls[i][j]: a rule left of place (i, j);
    floors[j][i]: one below it."""
    columns, rows = len(walls) - 1, len(floors) - 1
    seen = [[False] * rows for _ in range(columns)]
    boxes = []
    for i in range(columns):
        for j in range(rows):
            if seen[i][j]:
                continue
            seen[i][j] = True
            region, closed, todo = [], True, [(i, j)]
            while todo:
                a, b = todo.pop()
                region.append((a, b))
                for wall, c, d in (
                    (walls[a][b], a - 1, b), (walls[a + 1][b], a + 1, b),
                    (floors[b][a], a, b - 1), (floors[b + 1][a], a, b + 1),
                ):  # fmt: skip
                    if wall:
                        continue
                    if not (0 <= c < columns and 0 <= d < rows):
                        closed = False
                    elif not seen[c][d]:
                        seen[c][d] = True
                        todo.append((c, d))
            across, up = [a for a, _ in region], [b for _, b in region]
            wide, high = max(across) - min(across) + 1, max(up) - min(up) + 1
            if closed and wide * high == len(region):
                boxes.append((min(across), min(up), max(across) + 1, max(up) + 1))
    return boxes


def _touching(found: Sequence[Cell]) -> list[list[Cell]]:
    """Groups of boxes that share a corner."""
    at: defaultdict[tuple[float, float], list[int]] = defaultdict(list)
    for number, cell in enumerate(found):
        for corner in ((cell.x0, cell.y0), (cell.x0, cell.y1), (cell.x1, cell.y0), (cell.x1, cell.y1)):
            at[corner].append(number)
    group = list(range(len(found)))

    def root(number: int) -> int:
        while group[number] != number:
            group[number] = number = group[group[number]]
        return number

    for numbers in at.values():
        for number in numbers[1:]:
            group[root(number)] = root(numbers[0])
    groups: defaultdict[int, list[Cell]] = defaultdict(list)
    for number, cell in enumerate(found):
        groups[root(number)].append(cell)
    return _stacked([cells for cells in groups.values() if len(cells) > 1])


def _stacked(groups: Sequence[list[Cell]]) -> list[list[Cell]]:
    """Groups joined that stand closely under each other with the same columns: rows with a frame each."""
    joined: list[list[Cell]] = []
    for group in sorted(groups, key=lambda group: -max(cell.y1 for cell in group)):
        lefts = {round(left / _NEAR) for left in columns(group)}
        top = max(cell.y1 for cell in group)
        for other in joined:
            gap = min(cell.y0 for cell in other) - top
            theirs = {round(left / _NEAR) for left in columns(other)}
            if abs(gap) <= _STACKED and len(lefts & theirs) >= 0.6 * max(2, min(len(lefts), len(theirs))):
                other += group
                break
        else:
            joined.append(list(group))
    return joined


class Placed(NamedTuple):
    """A word and where it stands in the page's text: its line and its place in the line."""

    word: Word
    line: int
    place: int


def words_in(group: Sequence[Cell], words: Iterable[Placed]) -> dict[Cell, list[Placed]]:
    """The words whose middle lies in each cell."""
    bands: defaultdict[int, list[Cell]] = defaultdict(list)
    for cell in group:
        for band in range(int(cell.y0 // 20), int(cell.y1 // 20) + 1):
            bands[band].append(cell)
    found: dict[Cell, list[Placed]] = {cell: [] for cell in group}
    for placed in words:
        word = placed.word
        x, y = (word.x0 + word.x1) / 2, word.y + 0.25 * word.size
        for cell in bands.get(int(y // 20), ()):
            if cell.x0 <= x <= cell.x1 and cell.y0 <= y <= cell.y1:
                found[cell].append(placed)
                break
    return found


def cell_text(words: Sequence[Placed]) -> str:
    """The words of one cell as text, in the order of the page's text, line-end hyphens joined."""
    lines: list[list[str]] = []
    last: Placed | None = None
    for placed in words:
        same = last is not None and abs(placed.word.y - last.word.y) < 0.6 * placed.word.size
        if same:
            lines[-1].append(placed.word.text)
        else:
            lines.append([placed.word.text])
        last = placed
    return join_lines([" ".join(line) for line in lines])


def columns(group: Sequence[Cell]) -> list[float]:
    """The left edges of the columns of `places`."""
    return _apart(cell.x0 for cell in group)


def places(group: Sequence[Cell]) -> list[list[tuple[Cell, int, int] | None]]:
    """Rows from the top; at each place the cell that covers it and the row and column it begins in."""
    lefts = columns(group)
    tops = [-top for top in _apart(-cell.y1 for cell in group)]
    rows: list[list[tuple[Cell, int, int] | None]] = [[None] * len(lefts) for _ in tops]
    for cell in group:
        row = bisect_right([-top for top in tops], -cell.y1) - 1
        column = bisect_right(lefts, cell.x0) - 1
        for down in range(row, len(tops)):
            if down > row and tops[down] <= cell.y0 + _NARROW:
                break
            for across in range(column, len(lefts)):
                if across > column and lefts[across] >= cell.x1 - _NARROW:
                    break
                rows[down][across] = (cell, row, column)
    return rows


def _apart(values: Iterable[float]) -> list[float]:
    """The values in order, without those so near the last that no text fits between."""
    kept: list[float] = []
    for value in sorted(values):
        if not kept or value - kept[-1] > _NARROW:
            kept.append(value)
    return kept
