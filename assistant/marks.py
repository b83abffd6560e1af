"""Where a quote stands on the image of its page: rectangles around its words, or the reason for none.

Promise 2: a wrong highlight is worse than none. The letters of the quote have to be there all and in order,
and where they are there twice, the words around the quote decide, or nothing is marked.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Literal

from assistant.letters import (
    Letters,
    Span,
    letters,
    places,
    right_to_left,
    tail,
    turned,
    with_tail,
    within,
)
from assistant.rectangles import Rectangle, TextLayer
from ingest.documents import Page
from ingest.pdf_page import pdf_page
from ingest.readers.standby import Standby

# absent: no words of this page. not there: the PDF holds them in another order or not at all. twice: nothing
# tells which of several places is meant. read by OCR: there is no text layer. unseen: they lie off the page.
Why = Literal["", "absent", "not there", "twice", "read by OCR", "unseen"]

SECONDS = 10.0  # that a page may take
_AROUND = 160  # letters before and after a quote that are compared
_ALIKE = 12  # of them that have to agree where several places are to choose from
_APART = 4  # and by so many more than at the next best place
_KEPT = 500  # answers


@dataclass(frozen=True)
class Marks:
    """rectangles: one or more a quote. why: for each quote "", or why it has none. shape: the page's width
    over its height."""

    rectangles: tuple[Rectangle, ...]
    why: tuple[Why, ...]
    shape: float


@dataclass(frozen=True)
class _Piece:
    """What has to be found in one go. sure: the page's text has it once, so that one place is the place."""

    key: str
    before: str
    after: str
    sure: bool


@dataclass(frozen=True)
class _Wanted:
    """A quote, and the same by blocks and cells, which a PDF may hold in another order."""

    quote: _Piece
    pieces: tuple[_Piece, ...]
    tail: str  # the marks behind its last letter


@dataclass(frozen=True)
class _Order:
    path: Path
    page: int
    wanted: tuple[_Wanted | Why, ...]  # or why it is not even looked for
    password: str = field(repr=False)


class Marker:
    """Finds quotes on PDF pages, in a child process within limits. Safe to share between threads."""

    def __init__(self) -> None:
        self._child = Standby(SECONDS)
        self._kept: OrderedDict[object, Marks] = OrderedDict()
        self._lock = threading.Lock()

    def marks(
        self,
        path: Path,
        page: Page,
        quotes: Sequence[str],
        *,
        near: tuple[int, int] | None = None,
        password: str = "",
    ) -> Marks:
        """Where `quotes`, verbatim words of `page`, stand on that page of the PDF at `path`.

        near: offsets of their passage in the page's text. Raises IngestError where the PDF cannot be opened
        or has no such page.
        """
        key = (path, page.index, page.text, tuple(quotes), near)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        text = letters(page.text)
        wanted = tuple(_wanted(page, text, each, near) for each in quotes)
        found = self._child.run(_find, _Order(path, page.index or 1, wanted, password))
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return found


def spot(text: Letters, quote: str, near: tuple[int, int] | None = None) -> tuple[Span | None, bool]:
    """(the place of `quote` in a page's text, whether it stands there once); (None, True): not there twice.

    near: offsets between which it has to stand.
    """
    found = places(text, letters(quote).key)
    first, last = within(text, *near) if near else (0, len(text.key))
    inside = [span for span in found if first <= span[0] and span[1] <= last]
    return (inside[0], len(found) == 1) if len(inside) == 1 else (None, bool(found))


def _wanted(page: Page, text: Letters, quote: str, near: tuple[int, int] | None) -> _Wanted | Why:
    if page.ocr is not None:
        return "read by OCR"
    span, there = spot(text, quote, near)
    if span is None:
        return "twice" if there else "absent"
    start, end = text.span(span)
    cuts = sorted({start, end, *(at for at in _bounds(page) if start < at < end)})
    spans = [within(text, one, two) for one, two in pairwise(cuts)]
    pieces = tuple(_piece(text, each) for each in spans if each[0] < each[1])
    return _Wanted(_piece(text, span), pieces if len(pieces) > 1 else (), tail(quote))


def _piece(text: Letters, span: Span) -> _Piece:
    first, last = span
    key = text.key[first:last]
    around = text.key[max(0, first - _AROUND) : first], text.key[last : last + _AROUND]
    return _Piece(key, *around, sure=len(places(text, key)) == 1)


def _bounds(page: Page) -> list[int]:
    """Offsets in the page's text at which a block or a cell begins."""
    bounds, at = [], 0
    for block in page.blocks:
        bounds.append(at)
        inside = 0
        for _, cell in block.cells:
            found = block.text.find(cell, inside)
            if found >= 0:
                bounds.append(at + found)
                inside = found + len(cell)
        at += len(block.text) + 1
    return bounds


# In the child


def _find(order: _Order) -> Marks:
    with pdf_page(order.path, order.page, order.password) as page:
        layer = TextLayer(page)
        text = letters(layer.text)
        found = [_marked(layer, text, each) for each in order.wanted]
        rectangles = tuple(dict.fromkeys(each for some, _ in found for each in some))
        return Marks(rectangles, tuple(why for _, why in found), layer.shape)


def _marked(layer: TextLayer, text: Letters, wanted: _Wanted | Why) -> tuple[list[Rectangle], Why]:
    if not isinstance(wanted, _Wanted):
        return [], wanted
    span, why = _place(text, wanted.quote)
    spans = [span] if span else []
    if why == "not there" and wanted.pieces:
        found = [_place(text, piece) for piece in wanted.pieces]
        spans = [each for each, _ in found if each]
        why = next((reason for _, reason in found if reason), "")
    if why:
        return [], why
    rectangles: list[Rectangle] = []
    for each in spans:
        first, end = text.span(each)
        if each == spans[-1]:
            end = with_tail(layer.text, end, wanted.tail)
        rectangles += layer.rectangles(first, end)
    if not rectangles or not all(each.shown for each in rectangles):
        return [], "unseen"
    return [each.clipped() for each in rectangles], ""


def _place(text: Letters, piece: _Piece) -> tuple[Span | None, Why]:
    found = places(text, piece.key)
    if not found and right_to_left(piece.key):
        found = turned(text, piece.key)
    if not found:
        return None, "not there"
    if len(found) == 1 and piece.sure:
        return found[0], ""
    alike = sorted(((_alike(text, each, piece), each) for each in found), reverse=True)
    best, next_best = alike[0][0], alike[1][0] if len(alike) > 1 else 0
    if best >= min(_ALIKE, len(piece.before) + len(piece.after)) and best >= next_best + _APART:
        return alike[0][1], ""
    return None, "twice"


def _alike(text: Letters, span: Span, piece: _Piece) -> int:
    """How many letters before and after agree with those around the piece in the page's text."""
    before = text.key[max(0, span[0] - _AROUND) : span[0]]
    after = text.key[span[1] : span[1] + _AROUND]
    return _shared(before[::-1], piece.before[::-1]) + _shared(after, piece.after)


def _shared(one: str, two: str) -> int:
    for place, (mine, other) in enumerate(zip(one, two, strict=False)):
        if mine != other:
            return place
    return min(len(one), len(two))
