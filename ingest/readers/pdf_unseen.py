"""Words of a PDF page that nobody sees on it: white on white, without ink, tiny, off the page, switched off.

Only words that look suspicious are examined, and kept where the drawn page has any ink at their place: words
that are read and not seen are a nuisance, real words that are lost are a fault.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

_INVISIBLE = (3, 7)  # text render modes that put no ink on the page (PDF 32000-1, 9.3.6)
_STROKED = (1, 5)  # only its outline has a colour
_PALE = 225  # of 255: paler in red, green and blue is nearly paper
_FAINT = 30  # alpha of 255
_TINY = 1.0  # points: no reader sees such type as words
_CONTRAST = 8  # levels of 255 between the palest and the darkest point of a word that was drawn
_SCALE = 1.5  # pixels a point
_MOST_PIXELS = 8_000_000
_DEEPEST = 3  # form objects within form objects


class Box(NamedTuple):
    """Where a word stands, in the page's own coordinates (points), and its type size."""

    left: float
    bottom: float
    right: float
    top: float
    size: float

    def holds(self, x: float, y: float) -> bool:
        return self.left - 1 <= x <= self.right + 1 and self.bottom - 1 <= y <= self.top + 1


def doubtful(item: Any) -> bool:
    """Whether a text object may be drawn so that nobody sees it."""
    import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

    mode = pdfium.FPDFTextObj_GetTextRenderMode(item)
    if mode in _INVISIBLE:
        return True
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    ask = pdfium.FPDFPageObj_GetStrokeColor if mode in _STROKED else pdfium.FPDFPageObj_GetFillColor
    if ask(item, red, green, blue, alpha) and (
        min(red.value, green.value, blue.value) >= _PALE or alpha.value < _FAINT
    ):
        return True
    return _switched(item)


def _switched(item: Any) -> bool:
    """Whether an object belongs to a layer that can be switched off (optional content)."""
    import pypdfium2.raw as pdfium

    for at in range(pdfium.FPDFPageObj_CountMarks(item)):
        name, size = (ctypes.c_ushort * 3)(), ctypes.c_ulong()
        mark = pdfium.FPDFPageObj_GetMark(item, at)
        # "OC" and its end in UTF-16; longer names do not fit and are not given.
        if pdfium.FPDFPageObjMark_GetName(mark, name, 6, size) and size.value == 6 and name[0] == 79:
            return name[1] == 67
    return False


def switched_texts(page: Any) -> set[int]:
    """Addresses of the text objects of forms that belong to such a layer."""
    import pypdfium2.raw as pdfium

    found: set[int] = set()
    for at in range(pdfium.FPDFPage_CountObjects(page)):
        item = pdfium.FPDFPage_GetObject(page, at)
        if pdfium.FPDFPageObj_GetType(item) == pdfium.FPDF_PAGEOBJ_FORM and _switched(item):
            found.update(_texts(item, _DEEPEST))
    return found


def _texts(form: Any, depth: int) -> Iterator[int]:
    import pypdfium2.raw as pdfium

    for at in range(pdfium.FPDFFormObj_CountObjects(form)):
        item = pdfium.FPDFFormObj_GetObject(form, at)
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            yield ctypes.cast(item, ctypes.c_void_p).value or 0
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth:
            yield from _texts(item, depth - 1)


class Sight:
    """What can be seen of one page. It is drawn at the first question that needs it."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._box = page.get_bbox()
        self._pixels: Any = None
        self._pictures: list[tuple[float, float, float, float]] | None = None

    def off(self, word: Box) -> bool:
        """Whether a word lies off the page."""
        left, bottom, right, top = self._box
        return bool(word.right <= left or word.left >= right or word.top <= bottom or word.bottom >= top)

    def tiny(self, word: Box) -> bool:
        # Some fonts state a size of 1 and draw large: the word itself decides too.
        return word.size < _TINY and max(word.top - word.bottom, 0) < 1.5 * _TINY

    def bare(self, word: Box, item: Any) -> bool:
        """Whether a doubtful word has no ink where it stands."""
        import pypdfium2.raw as pdfium

        if pdfium.FPDFTextObj_GetTextRenderMode(item) == _INVISIBLE[0] and self._on_picture(word):
            return False  # the words of a scan, behind its picture
        return self._flat(word)

    def _on_picture(self, word: Box) -> bool:
        if self._pictures is None:
            self._pictures = list(_pictures(self._page.raw))
        x, y = (word.left + word.right) / 2, (word.bottom + word.top) / 2
        return any(a <= x <= c and b <= y <= d for a, b, c, d in self._pictures)

    def _flat(self, word: Box) -> bool:
        import pypdfium2.raw as pdfium

        if self._pixels is None:
            width, height = self._page.get_size()
            scale = min(_SCALE, (_MOST_PIXELS / max(width * height, 1)) ** 0.5)
            bitmap = self._page.render(scale=scale, grayscale=True, may_draw_forms=False)
            self._pixels = bitmap.to_numpy().copy()
            bitmap.close()
        height, width = self._pixels.shape[:2]
        places = []
        for x, y in ((word.left, word.bottom), (word.right, word.top)):
            across, down = ctypes.c_int(), ctypes.c_int()
            pdfium.FPDF_PageToDevice(self._page.raw, 0, 0, width, height, 0, x, y, across, down)
            places.append((across.value, down.value))
        (x0, y0), (x1, y1) = places
        rows = slice(max(min(y0, y1) - 1, 0), max(y0, y1) + 2)
        columns = slice(max(min(x0, x1) - 1, 0), max(x0, x1) + 2)
        seen = self._pixels[rows, columns]
        return bool(seen.size) and int(seen.max()) - int(seen.min()) < _CONTRAST


def _pictures(page: Any) -> Iterator[tuple[float, float, float, float]]:
    """Where pictures and shadings lie; one within a form counts as the form."""
    import pypdfium2.raw as pdfium

    for at in range(pdfium.FPDFPage_CountObjects(page)):
        item = pdfium.FPDFPage_GetObject(page, at)
        if _holds_picture(item, _DEEPEST):
            edges = [ctypes.c_float() for _ in range(4)]
            pdfium.FPDFPageObj_GetBounds(item, *edges)
            left, bottom, right, top = (edge.value for edge in edges)
            yield left, bottom, right, top


def _holds_picture(item: Any, depth: int) -> bool:
    import pypdfium2.raw as pdfium

    kind = pdfium.FPDFPageObj_GetType(item)
    if kind in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_SHADING):
        return True
    if kind != pdfium.FPDF_PAGEOBJ_FORM or not depth:
        return False
    count = pdfium.FPDFFormObj_CountObjects(item)
    return any(_holds_picture(pdfium.FPDFFormObj_GetObject(item, at), depth - 1) for at in range(count))


def unseen(page: Any, words: Sequence[tuple[Box, Any]]) -> set[int]:
    """Which of `words` nobody sees on the page. Each comes with its text object where that is doubtful."""
    sight = Sight(page)
    return {
        at
        for at, (word, item) in enumerate(words)
        if sight.off(word) or sight.tiny(word) or (item is not None and sight.bare(word, item))
    }
