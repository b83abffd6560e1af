"""Tables without rules: rows of figures that stand under each other, parted by white space alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from ingest.clean import join_lines
from ingest.readers.pdf_aligned_rows import first_wrap, header_lines, inside, last_wrap, rows_of, spanned
from ingest.readers.pdf_drawn import Rule
from ingest.readers.pdf_grid import Placed
from ingest.readers.pdf_segments import FIGURE, Bounds, Segment, TextLine, column_of, text_lines

_FEWEST_ROWS = 3
_BETWEEN = 8  # printed lines without figures that may stand between two with: a cell's further lines
_SEAM = 3.0  # points between the pieces of a rule
_FARTHEST = 2.7  # times the type size: lines of one table are no farther apart
_WIDEST = 16.0  # times the type size: a column of figures is no wider


@dataclass
class Aligned:
    """A table: texts by row and column, header texts by column, and what it holds of the page."""

    header: tuple[str, ...]
    header_words: list[Placed]
    rows: list[list[list[Placed]]]
    edges: tuple[int, ...]
    top: float
    labels: int  # the first columns, which hold no figures
    words: list[Placed] = field(default_factory=list)


def may_be_aligned(words: Sequence[Placed], rules: Sequence[Rule]) -> bool:
    """A cheap look: figures beside each other on three heights, or single ones between level rules."""
    heights = Counter(round(item.word.y / 2) for item in words if FIGURE.fullmatch(item.word.text))
    if sum(count >= 2 for count in heights.values()) >= _FEWEST_ROWS:
        return True
    level = {round(rule.y0 / 3) for rule in rules if rule.y0 == rule.y1 and rule.x1 - rule.x0 > 60}
    return len(level) >= 2 and len(heights) >= _FEWEST_ROWS


def aligned(words: Sequence[Placed], rules: Sequence[Rule]) -> list[Aligned]:
    """Tables of figures among words that stand in no ruled table, top to bottom."""
    lines = text_lines(words)
    level = _level(rules)
    found = []
    for begin, end in _runs(lines, level):
        table = _table(lines, begin, end, level)
        if table:
            found.append(table)
    return found


def _level(rules: Sequence[Rule]) -> list[Rule]:
    """The level rules; their pieces joined."""
    joined: list[Rule] = []
    for rule in sorted(
        (rule for rule in rules if rule.y0 == rule.y1), key=lambda rule: (round(rule.y0), rule.x0)
    ):
        last = joined[-1] if joined else None
        if last and abs(last.y0 - rule.y0) <= 1 and rule.x0 - last.x1 <= _SEAM:
            joined[-1] = Rule(last.x0, last.y0, max(last.x1, rule.x1), last.y0)
        else:
            joined.append(rule)
    return [rule for rule in joined if rule.x1 - rule.x0 > 20]


def _runs(lines: Sequence[TextLine], level: Sequence[Rule]) -> Iterator[tuple[int, int]]:
    """(first, last) line of each stretch in which lines with figures follow closely."""
    begin = last = -1
    for at, line in enumerate(lines):
        if not line.figures or len(line.segments) < 2 or (line.years and last < 0):
            continue
        near = last >= 0 and _goes_on(lines[last : at + 1], level)
        if near and not line.years:
            last = at
            continue
        if last - begin + 1 >= _FEWEST_ROWS:
            yield begin, last
        begin, last = (-1, -1) if line.years else (at, at)
    if last >= 0 and last - begin + 1 >= _FEWEST_ROWS:
        yield begin, last


def _goes_on(lines: Sequence[TextLine], level: Sequence[Rule]) -> bool:
    """Whether the last of the lines belongs to the table of the first: close below it, and what stands
    between keeps to the columns."""
    first, *between, _ = lines
    if len(between) > _BETWEEN:
        return False
    if any(one.y - two.y > _FARTHEST * max(one.size, two.size) for one, two in pairwise(lines)):
        return False
    figures = [segment for segment in first.segments if segment.is_figure()]
    left = min(segment.x0 for segment in figures)
    for line in between:
        for segment in line.segments:
            crossed = sum(segment.x0 < figure.x1 and segment.x1 > figure.x0 for figure in figures)
            if crossed > max(1, len(figures) / 2) or (crossed and segment.x0 < left - 3 * line.size):
                return False  # a line of text
    # A title under the rule that closes the table.
    return len(between) < 3 or not any(
        between[0].y < rule.y0 < first.y
        and rule.x1 - rule.x0 > 0.8 * (first.segments[-1].x1 - first.segments[0].x0)
        for rule in level
    )


def _table(lines: Sequence[TextLine], begin: int, end: int, level: Sequence[Rule]) -> Aligned | None:
    data = [line for line in lines[begin : end + 1] if line.figures and len(line.segments) >= 2]
    size = median(line.size for line in data)
    bounds = _columns(data, size)
    if len(data) < _FEWEST_ROWS or len(bounds) < 2:
        return None
    labels = _labels(data, bounds)
    if labels > 1 and bounds[0][1] - bounds[0][0] < 3 * size:  # "A.", "2.4.1": they number what follows
        bounds = [(bounds[0][0], bounds[1][1]), *bounds[2:]]
        labels -= 1
    if len(bounds) < 2 or not _plausible(data, bounds, size, level):
        return None
    last = last_wrap(lines, end, bounds, size)
    begin = first_wrap(lines, begin, bounds)
    heads, begin = header_lines(lines, begin, bounds, level)
    body = lines[begin : last + 1]
    rows = rows_of(body, bounds)
    header: list[list[str]] = [[] for _ in bounds]
    header_words: list[Placed] = []
    for line in heads:
        for segment in inside(line, bounds):
            header_words += segment.words
            for column in spanned(segment, line, bounds, level):
                header[column].append(segment.text)
    held = header_words + [item for line in body for segment in line.segments for item in segment.words]
    return Aligned(
        tuple(join_lines(texts) for texts in header),
        header_words,
        rows,
        tuple(round(left) for left, _ in bounds),
        (heads[0] if heads else body[0]).y + size,
        labels,
        held,
    )


def _columns(data: Sequence[TextLine], size: float) -> list[tuple[float, float]]:
    """(left, right) of the columns: what lies between the gaps that (nearly) no line of figures crosses."""
    allowed = len(data) // 8
    steps: Counter[float] = Counter()
    for line in data:
        for segment in line.segments:
            steps[segment.x0] += 1
            steps[segment.x1] -= 1
    columns: list[tuple[float, float]] = []
    covered, begin = 0, None
    for x in sorted(steps):
        covered += steps[x]
        if covered > allowed and begin is None:
            begin = x
        elif covered <= allowed and begin is not None:
            if columns and begin - columns[-1][1] < 0.4 * size:
                columns[-1] = columns[-1][0], x
            else:
                columns.append((begin, x))
            begin = None
    return columns


def _labels(data: Sequence[TextLine], bounds: Bounds) -> int:
    """How many columns stand before the first of figures."""
    figures: Counter[int] = Counter()
    for line in data:
        for segment in line.segments:
            figures[column_of(segment.x0, segment.x1, bounds)] += 1 if segment.is_figure() else -1
    return next((column for column in range(len(bounds)) if figures[column] > 0), len(bounds))


def _plausible(data: Sequence[TextLine], bounds: Bounds, size: float, level: Sequence[Rule]) -> bool:
    figures: list[list[Segment]] = [[] for _ in bounds]
    others: Counter[int] = Counter()
    for line in data:
        for segment in line.segments:
            column = column_of(segment.x0, segment.x1, bounds)
            if segment.is_figure():
                figures[column].append(segment)
            else:
                others[column] += 1
    strong = [
        column
        for column, found in enumerate(figures)
        if len(found) >= max(_FEWEST_ROWS - 1, 0.5 * len(data))
        and len(found) >= 2 * others[column]
        and bounds[column][1] - bounds[column][0] <= _WIDEST * size
        and _stands_in_line(found, size)
        and _varied([segment.text for segment in found])
    ]
    worded = sum(any(sum(map(str.isalpha, segment.text)) >= 3 for segment in line.segments) for line in data)
    if not strong or worded < 0.6 * len(data):
        return False
    if len(strong) >= 2:
        return True
    left, right = bounds[0][0], bounds[-1][1]
    top, bottom = data[0].y + 5 * size, data[-1].y - 2 * size
    ruled = {
        round(rule.y0 / 3)
        for rule in level
        if bottom <= rule.y0 <= top and min(right, rule.x1) - max(left, rule.x0) >= 0.7 * (right - left)
    }
    return len(ruled) >= 2 and not _page_numbers([segment.text for segment in figures[strong[0]]])


def _stands_in_line(found: Sequence[Segment], size: float) -> bool:
    """Whether the figures share a left, right or middle line."""
    for places in (
        [segment.x1 for segment in found],
        [segment.x0 for segment in found],
        [(segment.x0 + segment.x1) / 2 for segment in found],
    ):
        middle = median(places)
        if median(abs(place - middle) for place in places) <= 0.35 * size:
            return True
    return False


def _varied(texts: Sequence[str]) -> bool:
    """Not dashes that open the items of a list, nor the steps of a chart's axis."""
    figures = [text for text in texts if any(map(str.isdigit, text))]
    if 3 * len(figures) < len(texts):
        return False
    if not all(text.isdigit() for text in figures):
        return True
    steps = {int(two) - int(one) for one, two in pairwise(figures)}
    return len(figures) < 3 or len(steps) > 1 or steps == {0}


def _page_numbers(texts: Sequence[str]) -> bool:
    """A table of contents: whole numbers that only rise."""
    if not all(text.isdigit() for text in texts):
        return False
    numbers = [int(text) for text in texts]
    return numbers == sorted(numbers)
