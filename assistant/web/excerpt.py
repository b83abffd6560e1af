"""A quote inside the words around it, found again on its page before it is highlighted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

AROUND = 400  # characters shown on either side of a quote


@dataclass(frozen=True)
class Excerpt:
    """Stretches of a page in order; each says whether it is quoted. `before`/`after`: text was cut there."""

    parts: tuple[tuple[str, bool], ...]
    before: bool
    after: bool


def locate(page: str, quote: str, near: int = 0) -> tuple[int, int] | None:
    """Start and end of `quote` on `page`, the occurrence closest to `near`; white space may differ."""
    words = quote.split()
    if not words:
        return None
    found = [match.span() for match in re.finditer(r"\s+".join(map(re.escape, words)), page)]
    return min(found, key=lambda span: abs(span[0] - near), default=None)


def excerpt(page: str, quotes: Sequence[str], near: int = 0, around: int = AROUND) -> Excerpt | None:
    """`quotes` in their surroundings, or None if one of them does not stand on the page (promise 2)."""
    spans = [locate(page, quote, near) for quote in quotes]
    found = sorted(span for span in spans if span is not None)
    if not found or len(found) < len(spans):
        return None
    start, end = _cut(page, found[0][0] - around, found[0][0]), _cut(page, found[-1][1] + around, None)
    end = max(end, max(stop for _, stop in found))
    parts: list[tuple[str, bool]] = []
    at = start
    for first, last in _merged(found):
        parts += [(page[at:first], False), (page[first:last], True)]
        at = last
    parts.append((page[at:end], False))
    shown = tuple((text, quoted) for text, quoted in parts if text)
    return Excerpt(shown, before=start > 0, after=end < len(page))


def _merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, last in spans:
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _cut(page: str, at: int, limit: int | None) -> int:
    """`at` moved to the nearest word boundary: forwards up to `limit` (a start), else backwards (an end)."""
    if at <= 0:
        return 0
    if at >= len(page):
        return len(page)
    if limit is None:
        space = max(page.rfind(" ", at - 40, at), page.rfind("\n", at - 40, at))
        return space if space > 0 else at
    space = page.find(" ", at, min(limit, at + 40))
    return space + 1 if space >= 0 else at
