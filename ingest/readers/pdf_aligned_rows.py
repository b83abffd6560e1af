"""Rows and header of a table without rules, once its columns are known."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from ingest.readers.pdf_drawn import Rule
from ingest.readers.pdf_grid import Placed
from ingest.readers.pdf_segments import Bounds, Segment, TextLine, column_of

_LINE = 1.45  # times the type size: lines of one cell are no farther apart
_HIGHEST_HEADER = 10  # lines


def first_wrap(lines: Sequence[TextLine], begin: int, bounds: Bounds) -> int:
    """The first line of the first row, whose figures may stand beside its last line."""
    while begin:
        line, below = lines[begin - 1], lines[begin]
        close = line.y - below.y <= _LINE * line.size
        lower = below.segments[0].text[:1].islower() or below.segments[0].x0 > bounds[0][1]
        labels = line.segments[-1].x1 <= bounds[min(2, len(bounds) - 1)][0] and not line.figures
        if not (close and lower and labels):
            break
        begin -= 1
    return begin


def last_wrap(lines: Sequence[TextLine], end: int, bounds: Bounds, size: float) -> int:
    """The last line of the last row: what follows closely and keeps to its columns."""
    last = end
    while last + 1 < len(lines):
        line = lines[last + 1]
        inside = all(
            segment.x1 <= bounds[column_of(segment.x0, segment.x1, bounds)][1] + size
            and segment.x0 >= bounds[0][0] - size
            for segment in line.segments
        )
        if lines[last].y - line.y > _LINE * size or not inside or len(line.segments) >= len(bounds):
            break
        if bounds[-1][1] - bounds[0][0] < 1.1 * (line.segments[-1].x1 - line.segments[0].x0):
            break  # a line as wide as the table is text below it
        last += 1
    return last


def rows_of(body: Sequence[TextLine], bounds: Bounds) -> list[list[list[Placed]]]:
    """Rows of columns of words. A line without figures belongs to the row that it stands nearer to, if it is
    as near as the lines of one cell; else it is a row of its own."""
    is_row = [bool(line.figures) and len(line.segments) >= 2 for line in body]
    rows: list[list[list[Placed]]] = []
    waiting: list[TextLine] = []
    pitches = [
        one.y - two.y for one, two, a, b in zip(body, body[1:], is_row, is_row[1:], strict=False) if a and b
    ]
    pitch = median(pitches) if pitches else 0.0
    for at, line in enumerate(body):
        above = body[at - 1].y - line.y if at else 1e9
        below = line.y - body[at + 1].y if at + 1 < len(body) else 1e9
        if is_row[at]:
            rows.append(_split([*waiting, line], bounds))
            waiting = []
        elif rows and not waiting and _wraps(above, below, line, pitch):
            for column, words in enumerate(_split([line], bounds)):
                rows[-1][column] += words
        elif below <= min(_LINE * line.size, above) and (
            not pitch or below < 0.9 * pitch or _opens(body, at)
        ):
            waiting.append(line)
        else:
            waiting.append(line)
            if below > _LINE * line.size or at + 1 == len(body) or is_row[at + 1]:
                rows.append(_split(waiting, bounds))
                waiting = []
    return rows


def _wraps(above: float, below: float, line: TextLine, pitch: float) -> bool:
    """Whether a line without figures goes on with the row above."""
    lower = line.segments[0].text[:1].islower()
    near = above <= _LINE * line.size and (above < 0.9 * pitch or lower or not pitch)
    return near and (above <= below + 0.5 or lower)


def _opens(body: Sequence[TextLine], at: int) -> bool:
    """Whether the next line goes on with this one's words: it begins with a small letter."""
    return body[at + 1].segments[0].text[:1].islower()


def _split(lines: Sequence[TextLine], bounds: Bounds) -> list[list[Placed]]:
    """The lines' words by column. A segment that crosses a gap is parted word by word."""
    columns: list[list[Placed]] = [[] for _ in bounds]
    alone = len(lines) == 1 and len(lines[0].segments) == 1
    for line in lines:
        for segment in line.segments:
            column = column_of(segment.x0, segment.x1, bounds)
            if alone or segment.x1 <= bounds[column][1] + 0.5:
                columns[column] += segment.words
                continue
            for item in segment.words:
                columns[column_of(item.word.x0, item.word.x1, bounds)].append(item)
    return columns


def header_lines(
    lines: Sequence[TextLine], begin: int, bounds: Bounds, level: Sequence[Rule]
) -> tuple[list[TextLine], int]:
    """(the lines above the first row that stand over its columns, top first; where the rows begin).

    Lines between the header's lower rule and the first figures belong to the rows.
    """
    left, right = bounds[0][0], bounds[-1][1]
    across = [rule.y0 for rule in level if min(right, rule.x1) - max(left, rule.x0) >= 0.8 * (right - left)]
    heads: list[TextLine] = []
    lead: list[TextLine] = []
    below = lines[begin]
    crossed = 0
    for line in reversed(lines[max(0, begin - _HIGHEST_HEADER) : begin]):
        rule = any(below.y + 0.5 < y < line.y + 0.5 * line.size for y in across)
        farthest = 3.6 if rule or not (heads or lead) else 2.6
        near = line.y - below.y <= farthest * max(line.size, below.size)
        if crossed + rule > 1 or not near or not _over(line, bounds):
            break
        if rule:
            crossed, lead, heads = 1, heads, []
        heads.insert(0, line)
        below = line
    return (heads, begin - len(lead)) if crossed or not lead else (lead, begin)


def inside(line: TextLine, bounds: Bounds) -> list[Segment]:
    """The segments over the table; those in the page's margin are none of its."""
    left, right = bounds[0][0] - 2 * line.size, bounds[-1][1] + 3 * line.size
    return [segment for segment in line.segments if segment.x1 > left and segment.x0 < right]


def _over(line: TextLine, bounds: Bounds) -> bool:
    """Whether a line may be part of a header: several segments, or one that leaves the first column free."""
    segments = inside(line, bounds)
    whole = bounds[-1][1] - bounds[0][0]
    if not segments or segments[0].x0 < bounds[0][0] - 2 * line.size:
        return False
    if segments[-1].x1 > bounds[-1][1] + 3 * line.size:
        return False
    widest = max(segment.x1 - segment.x0 for segment in segments)
    if len(segments) == 1:
        return segments[0].x0 > bounds[0][1] and widest < 0.5 * whole
    return widest < 0.7 * whole


def spanned(segment: Segment, line: TextLine, bounds: Bounds, level: Sequence[Rule]) -> list[int]:
    """The columns under a piece of a header: under the rule that underlines it, else under itself."""
    x0, x1 = segment.x0, segment.x1
    whole = bounds[-1][1] - bounds[0][0]
    for rule in level:
        under = 0 < line.y - rule.y0 <= 1.6 * line.size and rule.x1 - rule.x0 < 0.8 * whole
        if under and rule.x0 <= (x0 + x1) / 2 <= rule.x1:
            x0, x1 = min(x0, rule.x0), max(x1, rule.x1)
            break
    over = [
        i
        for i, (left, right) in enumerate(bounds)
        if min(x1, right) - max(x0, left) > 0.3 * min(x1 - x0, right - left)
    ]
    return over or [column_of(x0, x1, bounds)]
