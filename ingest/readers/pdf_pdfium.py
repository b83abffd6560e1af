"""PDF -> the words of each page with their places, and its printed lines (PDFium)."""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from collections.abc import Collection, Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from ingest.clean import normalise
from ingest.readers.pdf_drawn import Image, Rule, images, rules
from ingest.readers.pdf_lines import BOLD, FOOTER_ZONE, HEADER_ZONE, Line
from ingest.readers.pdf_unseen import Box, doubtful, switched_texts, unseen

_HYPHEN = 0x02  # what PDFium gives for a hyphen that breaks a word at the line's end; no line end follows it
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_GAP = 2.5  # times the type size: words so far apart in the margin are two running lines
_PROPERTIES = {
    "title": "Title", "author": "Author", "subject": "Subject",
    "keywords": "Keywords", "created": "CreationDate",
}  # fmt: skip


class Word(NamedTuple):
    """One printed word: its left and right end and its baseline in points (origin: the page's lower left)."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool


class PdfiumDocument:
    """An open PDF. Raises pypdfium2.PdfiumError where PDFium cannot open it."""

    def __init__(self, path: Path, password: str = "") -> None:
        import pypdfium2  # type: ignore[import-untyped]

        self._pdf = pypdfium2.PdfDocument(path, password=password or None)

    def __enter__(self) -> PdfiumDocument:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pdf.close()

    def __len__(self) -> int:
        return len(self._pdf)

    def page(self, index: int) -> PdfiumPage:
        return PdfiumPage(self._pdf, index)

    def labels(self) -> list[str]:
        """The file's own page labels; empty where it has none for every page."""
        labels = [normalise(self._pdf.get_page_label(index)) for index in range(len(self._pdf))]
        return labels if all(labels) else []

    def properties(self) -> dict[str, str]:
        import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

        found = {name: normalise(self._pdf.get_metadata_value(key)) for name, key in _PROPERTIES.items()}
        size = pdfium.FPDFCatalog_GetLanguage(self._pdf.raw, None, 0)
        buffer = ctypes.create_string_buffer(size)
        pdfium.FPDFCatalog_GetLanguage(
            self._pdf.raw, ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), size
        )
        found["language"] = normalise(buffer.raw.decode("utf-16-le", "replace").rstrip("\0"))
        return {name: value for name, value in found.items() if value}


class PdfiumPage:
    """One page, open until `close`; coordinates are turned so that most of its text stands upright."""

    def __init__(self, pdf: Any, index: int) -> None:
        self._page = pdf[index]
        x0, y0, x1, y1 = self._page.get_bbox()
        self._box = (x0, y0, x1, y1)
        self._turn = (1, 0)  # the direction in which most words run
        self.width, self.height = x1 - x0, y1 - y0
        self.printed: list[list[Word]] = []  # the words of each printed line, in the order of the text
        self.unseen: list[Box] = []  # where the words stand that were left out, because nobody sees them

    def close(self) -> None:
        self._page.close()

    def read(self) -> list[Line]:
        """The page's printed lines; afterwards `printed` has their words."""
        text = self._page.get_textpage()
        try:
            lines, self._turn = _TextLayer(text.raw, switched_texts(self._page.raw)).lines()
        finally:
            text.close()
        lines = self._seen(lines)
        if self._turn[1]:
            self.width, self.height = self.height, self.width
        self.printed = [[self._placed(word) for word in line] for line in lines]
        return printed_lines(self.printed, self.height)

    def _seen(self, lines: list[list[_RawWord]]) -> list[list[_RawWord]]:
        words = [word for line in lines for word in line]
        boxes = [Box(each.left, each.bottom, each.right, each.top, each.size) for each in words]
        left_out = unseen(self._page, [(box, word.doubtful) for box, word in zip(boxes, words, strict=True)])
        if not left_out:
            return lines
        self.unseen = [boxes[at] for at in sorted(left_out)]
        numbered = iter(range(len(words)))
        return [[word for word in line if next(numbered) not in left_out] for line in lines]

    def right_to_left(self) -> bool:
        """Whether PDFium's order can't be trusted: a good part of the words is Arabic or Hebrew, or the file
        says that it runs from right to left, and its lines came out backwards."""
        words = [word for line in self.printed for word in line]
        if sum(_RIGHT_TO_LEFT.search(word.text) is not None for word in words) > 0.2 * len(words):
            return True
        return sum(map(_backwards, self.printed)) > 0.2 * len(self.printed)

    def _placed(self, word: _RawWord) -> Word:
        left = self._turned(word.left, word.bottom)[0]
        right = self._turned(word.right, word.top)[0]
        _, y = self._turned(word.x, word.y)
        return Word(word.text, min(left, right), max(left, right), y, word.size, word.bold)

    def _turned(self, x: float, y: float) -> tuple[float, float]:
        x0, y0, x1, y1 = self._box
        if self._turn == (0, 1):  # the text runs upwards
            return y - y0, x1 - x
        if self._turn == (0, -1):
            return y1 - y, x - x0
        if self._turn == (-1, 0):
            return x1 - x, y1 - y
        return x - x0, y - y0

    def rules(self) -> list[Rule]:
        """What may rule a table: the thin lines and the boxes drawn on the page."""
        return rules(self._page.raw, self._turned)

    def images(self) -> list[Image]:
        return images(self._page.raw)


class _RawWord(NamedTuple):
    text: str
    x: float
    y: float
    left: float
    right: float
    bottom: float
    top: float
    size: float
    bold: bool
    doubtful: Any  # its text object, where it may be that nobody sees it


class _TextLayer:
    """PDFium's characters of one page -> words. PDFium is asked a few times a word: there goes the time."""

    def __init__(self, raw: Any, switched: Collection[int]) -> None:
        import pypdfium2.raw as pdfium

        self._pdfium, self._raw, self._switched = pdfium, raw, switched
        self._types: dict[int, tuple[float, bool, tuple[int, int], Any]] = {}
        self._directions: Counter[tuple[int, int]] = Counter()
        self._bold: dict[int, bool] = {}
        self._four = [ctypes.c_double() for _ in range(4)]

    def lines(self) -> tuple[list[list[_RawWord]], tuple[int, int]]:
        """(the words of each line, the direction in which most of them run)."""
        lines: list[list[_RawWord]] = []
        line: list[_RawWord] = []
        word: list[str] = []
        at = begin = 0
        unicode = self._pdfium.FPDFText_GetUnicode
        for at in range(self._pdfium.FPDFText_CountChars(self._raw)):
            code = unicode(self._raw, at)
            if code > 32 and code != 0xA0:
                if not word:
                    begin = at
                with suppress(ValueError):
                    word.append(chr(code))
                continue
            if code == _HYPHEN and word:
                word.append("-")
            if word:
                line.append(self._word("".join(word), begin, at - 1))
                word = []
            if code in (_HYPHEN, 10, 13) and line:
                lines.append(line)
                line = []
        if word:
            line.append(self._word("".join(word), begin, at))
        if line:
            lines.append(line)
        return lines, self._directions.most_common(1)[0][0] if self._directions else (1, 0)

    def _word(self, text: str, first: int, last: int) -> _RawWord:
        size, bold, direction, item = self._type(first)
        self._directions[direction] += len(text)
        left, right, bottom, top = self._box(first)
        if last > first:
            box = self._box(last)
            left, right = min(left, box[0]), max(right, box[1])
            bottom, top = min(bottom, box[2]), max(top, box[3])
        x, y, *_ = self._four
        self._pdfium.FPDFText_GetCharOrigin(self._raw, first, x, y)
        return _RawWord(text, x.value, y.value, left, right, bottom, top, size, bold, item)

    def _box(self, at: int) -> tuple[float, float, float, float]:
        left, right, bottom, top = self._four
        self._pdfium.FPDFText_GetCharBox(self._raw, at, left, right, bottom, top)
        return left.value, right.value, bottom.value, top.value

    def _type(self, at: int) -> tuple[float, bool, tuple[int, int], Any]:
        """(type size in points, whether it is bold, the direction of the text, its text object where that is
        doubtful) of a character."""
        item = self._pdfium.FPDFText_GetTextObject(self._raw, at)
        key = ctypes.cast(item, ctypes.c_void_p).value or 0
        if key not in self._types:
            matrix = self._pdfium.FS_MATRIX()
            self._pdfium.FPDFText_GetMatrix(self._raw, at, matrix)
            scale = max(abs(matrix.d), abs(matrix.b))
            size = round(abs(self._pdfium.FPDFText_GetFontSize(self._raw, at)) * scale, 1)
            level = abs(matrix.a) >= abs(matrix.b)
            sign = -1 if (matrix.a if level else matrix.b) < 0 else 1
            self._types[key] = (
                size, self._is_bold(item) if item else False, (sign, 0) if level else (0, sign),
                item if item and (key in self._switched or doubtful(item)) else None,
            )  # fmt: skip
        return self._types[key]

    def _is_bold(self, item: Any) -> bool:
        font = self._pdfium.FPDFTextObj_GetFont(item)
        key = ctypes.cast(font, ctypes.c_void_p).value or 0
        if key not in self._bold:
            name = ctypes.create_string_buffer(200)
            if font:
                self._pdfium.FPDFFont_GetBaseFontName(font, name, len(name))
            self._bold[key] = BOLD.search(name.value.decode("utf-8", "replace")) is not None
        return self._bold[key]


def _backwards(line: Sequence[Word]) -> bool:
    steps = [two.x1 <= one.x0 + 0.5 for one, two in pairwise(line)]
    return len(steps) >= 3 and sum(steps) > 0.6 * len(steps)


def printed_lines(printed: Sequence[Sequence[Word]], height: float) -> list[Line]:
    """A Line for each printed line that has words, numbered as they are.

    In the margins words far apart are lines of their own: there the page's number stands beside others.
    """
    lines: list[Line] = []
    for index, words in enumerate(printed):
        if not words:
            continue
        for part in (
            _apart(words) if height and not FOOTER_ZONE < words[0].y / height < HEADER_ZONE else [words]
        ):
            weight: Counter[float] = Counter()
            for word in part:
                weight[word.size] += len(word.text)
            letters = sum(weight.values())
            bold = sum(len(word.text) for word in part if word.bold) > 0.85 * letters
            first = next(word for word in part if word.size >= 0.8 * max(weight))
            text = " ".join(word.text for word in part)
            lines.append(Line(text, first.x0, first.y, weight.most_common(1)[0][0], bold, index))
    return lines


def _apart(words: Sequence[Word]) -> list[list[Word]]:
    parts: list[list[Word]] = [[words[0]]]
    for word in words[1:]:
        gap = max(word.x0 - parts[-1][-1].x1, parts[-1][-1].x0 - word.x1)
        if gap > _GAP * word.size:
            parts.append([])
        parts[-1].append(word)
    return parts
