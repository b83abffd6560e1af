"""A PDF page's words by height, parted into segments: what the search for tables without rules works on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from ingest.readers.pdf_grid import Placed

# "4 663.6", "(39)%", "53% (2020)", "2 (24)", "–", "n/a", "0.070*"
FIGURE = re.compile(
    r"[<>~≈±+−–—-]?\s?[(\[]?[$€£]?\s?[+−–-]?(?!\d+\.\d+\.)\d(?:[\d\s.,'’]*\d)?\s?%?[)\]]?\s?%?[*†a-e]{0,3}"
    r"(?:\s?(?:millions?|billions?|milliards?|millones|млн|млрд)\.?)?(?:\s?\(\d[\d.,/–-]*%?\))?"
    r"|[–—‒-]+|\.{2,3}|…|n/?[ads]\.?",
    re.IGNORECASE,
)
YEAR = re.compile(r"(?:19|20)\d\d(?:[-–/](?:19|20)?\d\d)?[*a-e]?")
_GAP = 0.8  # times the type size: words so far apart are two segments (justified prose stays below)
_CLOSE = 0.45  # times the type size: enough between a figure and what is none, or another

Bounds = Sequence[tuple[float, float]]  # (left, right) of each column, in points


@dataclass
class Segment:
    """Words of one printed row that stand together."""

    words: list[Placed]

    @property
    def text(self) -> str:
        return " ".join(item.word.text for item in self.words)

    @property
    def x0(self) -> float:
        return min(item.word.x0 for item in self.words)

    @property
    def x1(self) -> float:
        return max(item.word.x1 for item in self.words)

    def is_figure(self) -> bool:
        return FIGURE.fullmatch(self.text) is not None


@dataclass
class TextLine:
    """All words of the page on one height."""

    y: float
    size: float
    segments: list[Segment]
    figures: int = 0
    years: bool = False  # its figures are years: rather a header

    def __post_init__(self) -> None:
        figures = [segment.text for segment in self.segments if segment.is_figure()]
        self.figures = len(figures)
        self.years = bool(figures) and all(YEAR.fullmatch(text) for text in figures)


def text_lines(words: Sequence[Placed]) -> list[TextLine]:
    heights: list[list[Placed]] = []
    for item in sorted(words, key=lambda item: -item.word.y):
        if heights and heights[-1][0].word.y - item.word.y <= 0.35 * item.word.size:
            heights[-1].append(item)
        else:
            heights.append([item])
    lines = []
    for height in heights:
        size = median(item.word.size for item in height)
        segments: list[Segment] = []
        for item in sorted(height, key=lambda item: item.word.x0):
            last = segments[-1].words[-1].word if segments else None
            if last and item.word.x0 - last.x1 <= _gap(last.text, item.word.text) * size:
                segments[-1].words.append(item)
            else:
                segments.append(Segment([item]))
        lines.append(TextLine(height[0].word.y, size, segments))
    return lines


def _gap(one: str, two: str) -> float:
    return _CLOSE if "%" in one or (FIGURE.fullmatch(two) and not FIGURE.fullmatch(one)) else _GAP


def column_of(x0: float, x1: float, bounds: Sequence[tuple[float, float]]) -> int:
    """The column that holds most of a stretch, else the nearest."""
    return max(range(len(bounds)), key=lambda i: min(x1, bounds[i][1]) - max(x0, bounds[i][0]))
