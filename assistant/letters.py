"""A text by its letters and digits alone, so that words are found however they are spaced and broken."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

Span = tuple[int, int]  # of a key: first letter, and the one after the last

_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_MARKS = ".,٫٬'’"  # within a number: "1|,200", "1,|200"
_BROKEN = ("\x02", "\u00ad")  # a hyphen that breaks a word, as PDFium and others give it
_KASHIDA = "\u0640"


@dataclass(frozen=True)
class Letters:
    """key: the letters and digits of `text`, without case and accents. at: the place of each in `text`."""

    text: str
    key: str
    at: Sequence[int]

    def span(self, found: Span) -> Span:
        """The stretch of `text` that a span of the key stands for."""
        return self.at[found[0]], self.at[found[1] - 1] + 1


@lru_cache(maxsize=16)  # a page is looked at several times for one answer
def letters(text: str) -> Letters:
    key: list[str] = []
    at: list[int] = []
    for place, char in enumerate(text):
        for each in _folded(char):
            key.append(each)
            at.append(place)
    return Letters(text, "".join(key), at)


def within(text: Letters, start: int, end: int) -> Span:
    """The span of the key between two offsets of the text."""
    from bisect import bisect_left

    return bisect_left(text.at, start), bisect_left(text.at, end)


def places(text: Letters, key: str) -> list[Span]:
    """Where `key` stands in `text`, beginning and ending with whole words and numbers."""
    return [span for span in _all(text.key, key) if whole(text, span)]


def whole(text: Letters, span: Span) -> bool:
    """Whether no word or number runs across either end of the span."""
    start, end = text.span(span)
    first, last = span
    inside = (first and text.at[first - 1] == start) or text.at[last : last + 1] == [end - 1]
    return not inside and _edge(text.text, start) and _edge(text.text, end)


def tail(text: str) -> str:
    """The marks behind the last letter or digit."""
    last = max((place for place, char in enumerate(text) if char.isalnum()), default=len(text) - 1)
    return text[last + 1 :]


def with_tail(text: str, end: int, marks: str) -> int:
    """The offset `end`, moved behind those of `marks` that stand there: the full stop, closing quotes."""
    while text[end : end + 1] and not text[end].isspace() and text[end] in marks:
        end += 1
    return end


def turned(text: Letters, key: str) -> list[Span]:
    """Where the letters of `key` stand in text that runs from right to left.

    Readers of PDFs differ there in the order of lam and alef (one glyph) and of the digits of a date. All
    else has to be in the same order, and those have to be the same in number.
    """
    rest, _ = _skeleton(key)
    if len(rest) < _SURE:
        return []
    bones, index = _skeleton(text.key)
    found = []
    for first, last in _all(bones, rest):
        begin, end = index[first], index[last - 1] + 1
        spare = len(key) - (end - begin)
        for left in range(spare + 1):
            span = (begin - left, begin - left + len(key))
            if span[0] < 0 or span[1] > len(text.key) or not whole(text, span):
                continue
            if sorted(text.key[slice(*span)]) == sorted(key):
                found.append(span)
                break
    return found


def right_to_left(key: str) -> bool:
    return 2 * sum(unicodedata.bidirectional(char) in ("R", "AL") for char in key) > len(key)


_SURE = 8  # letters in their order
_LOOSE = re.compile("[\u0627\u0644\\d]")


def _skeleton(key: str) -> tuple[str, list[int]]:
    index = [place for place, char in enumerate(key) if not _LOOSE.match(char)]
    return "".join(key[place] for place in index), index


def _all(text: str, wanted: str) -> Iterator[Span]:
    at = text.find(wanted) if wanted else -1
    while at >= 0:
        yield at, at + len(wanted)
        at = text.find(wanted, at + 1)


def _edge(text: str, at: int) -> bool:
    before, after = text[max(0, at - 1) : at], text[at : at + 1]
    if _UNSPACED.match(before) or _UNSPACED.match(after):
        return True
    # A word broken at the line's end goes on behind it.
    if text[max(0, at - 3) : at].rstrip().endswith(_BROKEN):
        return False
    if after in _BROKEN:
        return not text[at + 1 : at + 4].lstrip()[:1].isalpha()
    if before.isalnum() and after.isalnum():
        return False
    return not (
        (text[max(0, at - 2) : at - 1].isdigit() and before and before in _MARKS and after.isdigit())
        or (before.isdigit() and after and after in _MARKS and text[at + 1 : at + 2].isdigit())
    )


@lru_cache(maxsize=4096)
def _folded(char: str) -> str:
    plain = unicodedata.normalize("NFKD", char).casefold()
    return "".join(each for each in plain if each.isalnum() and each != _KASHIDA)
