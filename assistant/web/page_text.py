"""A page's words as HTML, with the quotes marked: what stands beside, or in place of, the page's image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from assistant.letters import letters, tail, with_tail
from assistant.marks import Why, spot
from ingest.documents import Block, Page

MOST = 60_000  # characters: a law without pages may have two million
_TAGS = {"heading": "h3", "row": "p", "footnote": "p", "paragraph": "p"}

Stretch = tuple[int, int]  # offsets in the page's text


@dataclass(frozen=True)
class Found:
    """stretches: where the quotes stand, in order; number: of the paragraph that holds the first, if printed.
    missing: how many quotes are marked nowhere, and why."""

    stretches: tuple[Stretch, ...]
    number: str
    missing: int
    why: Why


def find(page: Page, quotes: Sequence[str], near: Stretch | None) -> Found:
    """The quotes in the page's text; one whose place is not certain is left out."""
    text = letters(page.text)
    stretches: list[Stretch] = []
    why: Why = ""
    for quote in quotes:
        span, there = spot(text, quote, near)
        if span is None:
            why = "twice" if there else "absent"
        if span is not None:
            start, end = text.span(span)
            stretches.append((start, with_tail(text.text, end, tail(quote))))
    number, at = "", 0
    for block in page.blocks:
        if stretches and at <= min(stretches)[0] < at + len(block.text):
            number = block.number
        at += len(block.text) + 1
    return Found(tuple(sorted(stretches)), number, len(quotes) - len(stretches), why)


def html(page: Page, marked: Sequence[Stretch]) -> tuple[str, bool]:
    """(the blocks around the first mark, as HTML, every word escaped; whether more was left out)."""
    first, last = _window(page, marked)
    parts, at = [], 0
    for block in page.blocks:
        end = at + len(block.text)
        if block.text and first <= at < last:
            parts.append(_block(block, at, marked))
        at = end + 1
    return "".join(parts), first > 0 or last < at - 1


def _window(page: Page, marked: Sequence[Stretch]) -> Stretch:
    length = len(page.text)
    if length <= MOST:
        return 0, max(length, 1)
    middle = marked[0][0] if marked else 0
    # From the start of the block that lies half the room before the mark.
    at, first = 0, 0
    for block in page.blocks:
        if at <= max(0, middle - MOST // 2):
            first = at
        at += len(block.text) + 1
    return first, first + MOST


def _block(block: Block, at: int, marked: Sequence[Stretch]) -> str:
    """One block; a mark that runs over several blocks is closed and opened anew."""
    text = block.text
    spans = [(max(one - at, 0), min(two - at, len(text))) for one, two in marked]
    spans = [(one, two) for one, two in spans if one < two]
    cuts = sorted({0, len(text), *(edge for span in spans for edge in span)})
    words = "".join(
        f"<mark>{escape(text[one:two])}</mark>"
        if any(start <= one and two <= end for start, end in spans)
        else escape(text[one:two])
        for one, two in pairwise(cuts)
    )
    tag = _TAGS[block.kind]
    return f'<{tag} class="{block.kind}" dir="auto">{words}</{tag}>'
