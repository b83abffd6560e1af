"""What is drawn on a PDF page (PDFium): the rules that may part a table's cells, and the images."""

from __future__ import annotations

import ctypes
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

_DEEPEST = 3  # form objects within form objects
_MOST_OBJECTS = 20_000  # drawn on one page: beyond it, a map or a plot whose lines rule no table
_THICK = 3.0  # points: what is thinner is drawn as a line


class Rule(NamedTuple):
    """A drawn line, level or upright, or one side of a drawn box."""

    x0: float
    y0: float
    x1: float
    y1: float


class Image(NamedTuple):
    """A picture on the page: the points that it covers and the pixels that it has."""

    area: float
    pixels: int


def rules(page: Any, turned: Callable[[float, float], tuple[float, float]]) -> list[Rule]:
    """The thin lines and the sides of the boxes drawn on a raw page, where `turned` puts them."""
    import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

    found: list[Rule] = []
    fills: list[_Fill] = []
    for item, matrix in _objects(page, pdfium.FPDF_PAGEOBJ_PATH):
        colour = _fill_colour(item)
        for left, bottom, right, top in _boxes(item):
            (ax, ay), (bx, by) = (turned(*_mapped(matrix, x, y)) for x, y in ((left, bottom), (right, top)))
            box = (min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))
            if colour is None or min(box[2] - box[0], box[3] - box[1]) <= _THICK:
                found.extend(_sides(*box))
            elif colour != _WHITE:
                fills.append((*box, colour))
    for fill in _joined(fills):
        found.extend(_sides(*fill[:4]))
    return found


def images(page: Any) -> list[Image]:
    """The pictures on a raw page."""
    import pypdfium2.raw as pdfium

    found = []
    for item, matrix in _objects(page, pdfium.FPDF_PAGEOBJ_IMAGE):
        left, bottom, right, top = _bounds(item)
        (ax, ay), (bx, by) = (_mapped(matrix, x, y) for x, y in ((left, bottom), (right, top)))
        width, height = ctypes.c_uint(), ctypes.c_uint()
        pdfium.FPDFImageObj_GetImagePixelSize(item, width, height)
        found.append(Image(abs(bx - ax) * abs(by - ay), width.value * height.value))
    return found


def _objects(page: Any, wanted: int) -> Iterator[tuple[Any, tuple[float, ...]]]:
    """The page's objects of one type, each with the matrix of the forms that it stands in."""
    import pypdfium2.raw as pdfium

    items = (pdfium.FPDFPage_GetObject(page, at) for at in range(pdfium.FPDFPage_CountObjects(page)))
    return islice(_walk(items, wanted, (1, 0, 0, 1, 0, 0), _DEEPEST), _MOST_OBJECTS)


def _walk(
    items: Iterator[Any], wanted: int, matrix: tuple[float, ...], depth: int
) -> Iterator[tuple[Any, tuple[float, ...]]]:
    import pypdfium2.raw as pdfium

    for item in items:
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == wanted:
            yield item, matrix
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth:
            own = pdfium.FS_MATRIX()
            pdfium.FPDFPageObj_GetMatrix(item, own)
            inner = _times((own.a, own.b, own.c, own.d, own.e, own.f), matrix)
            count = pdfium.FPDFFormObj_CountObjects(item)
            children = (pdfium.FPDFFormObj_GetObject(item, at) for at in range(count))
            yield from _walk(children, wanted, inner, depth - 1)


def _times(one: tuple[float, ...], two: tuple[float, ...]) -> tuple[float, ...]:
    a, b, c, d, e, f = one
    p, q, r, s, t, u = two
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def _mapped(matrix: tuple[float, ...], x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _bounds(item: Any) -> tuple[float, float, float, float]:
    import pypdfium2.raw as pdfium

    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    pdfium.FPDFPageObj_GetBounds(item, left, bottom, right, top)
    return left.value, bottom.value, right.value, top.value


def _boxes(item: Any) -> Iterator[tuple[float, float, float, float]]:
    """The straight boxes and lines of one path object. A path may draw a whole grid at once."""
    import pypdfium2.raw as pdfium

    mode, stroked = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(item, mode, stroked)
    if not (mode.value or stroked.value):
        return
    count = pdfium.FPDFPath_CountSegments(item)
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(item, matrix)
    own = (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)
    x, y = ctypes.c_float(), ctypes.c_float()
    points: list[tuple[float, float]] = []
    for at in range(min(count, _MOST_OBJECTS)):
        segment = pdfium.FPDFPath_GetPathSegment(item, at)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_BEZIERTO:
            return  # a drawing
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            yield from _extent(points)
            points = []
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        points.append(_mapped(own, x.value, y.value))
    yield from _extent(points)


_Fill = tuple[float, float, float, float, int]  # a box and its colour
_WHITE = 0xFFFFFF
_SEAM = 0.6  # points between boxes that are meant to touch
_MOST_FILLS = 600  # of one colour: beyond it, a picture


def _fill_colour(item: Any) -> int | None:
    """The colour that a path fills, None where it draws an outline too."""
    import pypdfium2.raw as pdfium

    mode, stroked = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(item, mode, stroked)
    if stroked.value or not mode.value:
        return None
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    pdfium.FPDFPageObj_GetFillColor(item, red, green, blue, alpha)
    return red.value << 16 | green.value << 8 | blue.value


def _joined(fills: Sequence[_Fill]) -> list[_Fill]:
    """Boxes of one colour that touch and together fill a box are that box: a cell's ground is often drawn in
    pieces, one for each of its lines and paddings."""
    by_colour: defaultdict[int, list[_Fill]] = defaultdict(list)
    for fill in fills:
        by_colour[fill[4]].append(fill)
    joined: list[_Fill] = []
    for same in by_colour.values():
        for group in _touching(same) if len(same) <= _MOST_FILLS else [[fill] for fill in same]:
            x0, y0 = min(fill[0] for fill in group), min(fill[1] for fill in group)
            x1, y1 = max(fill[2] for fill in group), max(fill[3] for fill in group)
            covered = sum((fill[2] - fill[0]) * (fill[3] - fill[1]) for fill in group)
            whole = covered >= 0.97 * (x1 - x0) * (y1 - y0)
            joined.extend([(x0, y0, x1, y1, group[0][4])] if whole else group)
    return joined


def _touching(fills: Sequence[_Fill]) -> list[list[_Fill]]:
    groups: list[list[_Fill]] = []
    left = list(fills)
    while left:
        group, todo = [], [left.pop()]
        while todo:
            one = todo.pop()
            group.append(one)
            near = [
                two
                for two in left
                if two[0] <= one[2] + _SEAM and two[2] >= one[0] - _SEAM
                and two[1] <= one[3] + _SEAM and two[3] >= one[1] - _SEAM
            ]  # fmt: skip
            for two in near:
                left.remove(two)
            todo += near
        groups.append(group)
    return groups


def _extent(points: list[tuple[float, float]]) -> Iterator[tuple[float, float, float, float]]:
    if not 2 <= len(points) <= 6:
        return
    xs, ys = zip(*points, strict=True)
    box = min(xs), min(ys), max(xs), max(ys)
    slanted = len(set(points)) == 2 and min(box[2] - box[0], box[3] - box[1]) > _THICK
    if not slanted:
        yield box


def _sides(x0: float, y0: float, x1: float, y1: float) -> Iterator[Rule]:
    """A thin box is one rule along its middle; a wider one is its four sides."""
    width, height = x1 - x0, y1 - y0
    if width <= _THICK and height > _THICK:
        yield Rule((x0 + x1) / 2, y0, (x0 + x1) / 2, y1)
    elif height <= _THICK and width > _THICK:
        yield Rule(x0, (y0 + y1) / 2, x1, (y0 + y1) / 2)
    elif height > _THICK and width > _THICK:
        yield from (Rule(x0, y0, x0, y1), Rule(x1, y0, x1, y1), Rule(x0, y0, x1, y0), Rule(x0, y1, x1, y1))
