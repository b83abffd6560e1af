"""The characters of a PDF page, and rectangles around stretches of them on the page's image (PDFium)."""

from __future__ import annotations

import ctypes
import math
from dataclasses import dataclass
from typing import Any, NamedTuple

_FINE = 100_000  # pixels of the image that places are first reckoned in
_GAP = 2.0  # times the height of the line: a wider gap is one between cells or columns
_PAD = 0.14  # of the letters' height, where the type's own line height cannot be trusted


class Rectangle(NamedTuple):
    """Fractions of the page's width and height, from its top left."""

    x: float
    y: float
    width: float
    height: float

    @property
    def shown(self) -> bool:
        """Whether its middle lies on the page's image."""
        return 0 <= self.x + self.width / 2 <= 1 and 0 <= self.y + self.height / 2 <= 1

    def clipped(self) -> Rectangle:
        x, y = max(self.x, 0.0), max(self.y, 0.0)
        right, bottom = min(self.x + self.width, 1.0), min(self.y + self.height, 1.0)
        return Rectangle(*(round(each, 5) for each in (x, y, right - x, bottom - y)))


@dataclass
class _Box:
    left: float
    top: float
    right: float
    bottom: float

    def grow(self, other: _Box) -> None:
        self.left, self.top = min(self.left, other.left), min(self.top, other.top)
        self.right, self.bottom = max(self.right, other.right), max(self.bottom, other.bottom)


@dataclass
class _Line:
    """What stands side by side on one line, and the last character of it."""

    tight: _Box
    loose: _Box
    last: _Box
    level: bool  # it runs from left to right or from right to left, not upwards or downwards


class TextLayer:
    """text: one character for each of PDFium's, so that places in it are PDFium's own. shape: the page's
    width over its height."""

    def __init__(self, page: Any) -> None:
        import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

        self._pdfium = pdfium
        self._open = page.get_textpage()  # closed as soon as nobody holds it
        self._raw = self._open.raw
        # A point on the page -> its place on the image, with the page's turn and crop box heeded.
        zero, one, two = (_on_image(pdfium, page.raw, *point) for point in ((0, 0), (1000, 0), (0, 1000)))
        self._zero = zero
        self._across = tuple((b - a) / 1000 for a, b in zip(zero, one, strict=True))
        self._up = tuple((b - a) / 1000 for a, b in zip(zero, two, strict=True))
        width, height = page.get_size()
        self.shape = width / max(height, 1e-6)
        codes = (
            pdfium.FPDFText_GetUnicode(self._raw, at) for at in range(pdfium.FPDFText_CountChars(self._raw))
        )
        self.text = "".join(chr(code) if 0 < code < 0x110000 else " " for code in codes)

    def rectangles(self, start: int, end: int) -> list[Rectangle]:
        """Rectangles around the characters from `start` to before `end`, one for each line or cell."""
        lines: list[_Line] = []
        for at in range(start, end):
            if self.text[at].isspace() or self.text[at] < " ":
                continue
            tight, loose, level = self._tight(at), self._loose(at), self._level(at)
            if tight.right <= tight.left or tight.bottom <= tight.top:
                continue
            if lines and _beside(lines[-1], tight, level):
                lines[-1].tight.grow(tight)
                lines[-1].loose.grow(loose)
                lines[-1].last = tight
            else:
                copy = _Box(tight.left, tight.top, tight.right, tight.bottom)
                lines.append(_Line(copy, loose, tight, level))
        return [self._rectangle(line) for line in lines]

    def _rectangle(self, line: _Line) -> Rectangle:
        """In fractions of the page. Boxes are reckoned in units of its height both ways."""
        box, loose = line.tight, line.loose
        across = (box.bottom - box.top) if line.level else (box.right - box.left)
        by = loose.bottom - loose.top
        if line.level and loose.top <= box.top and box.bottom <= loose.bottom and by <= 2.4 * across:
            box = _Box(box.left, loose.top, box.right, loose.bottom)
        elif line.level:
            box = _Box(box.left, box.top - _PAD * across, box.right, box.bottom + _PAD * across)
        else:
            box = _Box(box.left - _PAD * across, box.top, box.right + _PAD * across, box.bottom)
        left, right = box.left / self.shape, box.right / self.shape
        return Rectangle(left, box.top, right - left, box.bottom - box.top)

    def _tight(self, at: int) -> _Box:
        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        self._pdfium.FPDFText_GetCharBox(self._raw, at, left, right, bottom, top)
        return self._box(left.value, bottom.value, right.value, top.value)

    def _loose(self, at: int) -> _Box:
        box = self._pdfium.FS_RECTF()
        self._pdfium.FPDFText_GetLooseCharBox(self._raw, at, box)
        return self._box(box.left, box.bottom, box.right, box.top)

    def _level(self, at: int) -> bool:
        angle = self._pdfium.FPDFText_GetCharAngle(self._raw, at)
        x = math.cos(angle) * self._across[0] + math.sin(angle) * self._up[0]
        y = math.cos(angle) * self._across[1] + math.sin(angle) * self._up[1]
        return bool(abs(x) * self.shape >= abs(y))

    def _box(self, x0: float, y0: float, x1: float, y1: float) -> _Box:
        corners = [
            (
                (self._zero[0] + x * self._across[0] + y * self._up[0]) * self.shape,
                self._zero[1] + x * self._across[1] + y * self._up[1],
            )
            for x, y in ((x0, y0), (x1, y1))
        ]
        (a, b), (c, d) = corners
        return _Box(min(a, c), min(b, d), max(a, c), max(b, d))


def _on_image(pdfium: Any, page: Any, x: float, y: float) -> tuple[float, float]:
    across, down = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDF_PageToDevice(page, 0, 0, _FINE, _FINE, 0, x, y, across, down)
    return across.value / _FINE, down.value / _FINE


def _beside(line: _Line, box: _Box, level: bool) -> bool:
    if level != line.level:
        return False
    last = line.last
    if level:
        size = max(last.bottom - last.top, box.bottom - box.top, line.tight.bottom - line.tight.top)
        shared = min(line.tight.bottom, box.bottom) - max(line.tight.top, box.top)
        gap = max(box.left - last.right, last.left - box.right)
        least = min(line.tight.bottom - line.tight.top, box.bottom - box.top)
    else:
        size = max(last.right - last.left, box.right - box.left, line.tight.right - line.tight.left)
        shared = min(line.tight.right, box.right) - max(line.tight.left, box.left)
        gap = max(box.top - last.bottom, last.top - box.bottom)
        least = min(line.tight.right - line.tight.left, box.right - box.left)
    # A full stop and an apostrophe share no height with each other, but each with the letters beside it.
    return gap <= _GAP * size and shared > -0.25 * size and (shared >= 0.3 * least or least < 0.35 * size)
