"""The report's charts as inline SVG: positions in per cent, so that they fit any width without a script."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from eval.report.words import percent, say
from eval.statistics import Interval

TICKS = (0, 25, 50, 75, 100)
_ROW, _WITH_BEFORE = 22, 32  # pixels high


def scale(ui: str = "en") -> str:
    """The 0 to 100 % scale that stands above the whiskers."""
    anchors, last = {0: "start", 100: "end"}, say(ui, "figure.percent", value=100)
    ticks = "".join(
        f'<text x="{at}%" y="11" text-anchor="{anchors.get(at, "middle")}">{last if at == 100 else at}</text>'
        for at in TICKS
    )
    return f'<svg class="scale" width="100%" height="14" aria-hidden="true">{ticks}</svg>'


def whisker(label: str, now: Interval, before: Interval | None = None, ui: str = "en") -> str:
    """A rate as a dot with its interval as a whisker, and under it, fainter, that of the run before."""
    high = _WITH_BEFORE if before else _ROW
    grid = "".join(f'<line class="grid" x1="{at}%" x2="{at}%" y1="0" y2="{high}"/>' for at in TICKS)
    marks = _mark(now, 11, 5, "now") + (_mark(before, 24, 3.5, "was") if before else "")
    words = say(ui, "figure.named", label=label, value=_words(now, ui))
    if before:
        words = say(ui, "report.drawn_before", words=words, before=_words(before, ui))
    said = escape(words)
    size = f'width="100%" height="{high}"'
    return f'<svg class="whisker" {size} role="img" aria-label="{said}">{grid}{marks}</svg>'


def _mark(interval: Interval, y: float, radius: float, name: str) -> str:
    if interval.value is None or interval.low is None or interval.high is None:
        return ""
    low, value, high = (f"{100 * each:.2f}%" for each in (interval.low, interval.value, interval.high))
    ends = "".join(f'<line x1="{x}" x2="{x}" y1="{y - 4}" y2="{y + 4}"/>' for x in (low, high))
    return (
        f'<g class="{name}"><line x1="{low}" x2="{high}" y1="{y}" y2="{y}"/>{ends}'
        f'<circle cx="{value}" cy="{y}" r="{radius}"/></g>'
    )


def _words(interval: Interval, ui: str) -> str:
    if interval.value is None or interval.low is None or interval.high is None:
        return say(ui, "figure.nothing")
    value, low, high = (percent(ui, each) for each in (interval.value, interval.low, interval.high))
    return say(ui, "report.drawn", value=value, low=low, high=high)


def bar(share: float) -> str:
    """A share of the questions as a bar; its figure stands beside it."""
    return (
        '<svg class="bar" width="100%" height="12" aria-hidden="true"><rect class="ground" width="100%"'
        f' height="12" rx="2"/><rect width="{100 * share:.2f}%" height="12" rx="2"/></svg>'
    )


def strip(seconds: Sequence[float], label: str) -> str:
    """Each answer's time as a tick on a line from 0 to the longest."""
    longest = max(seconds, default=0.0)
    if not longest:
        return ""
    ticks = "".join(
        f'<line x1="{100 * each / longest:.2f}%" x2="{100 * each / longest:.2f}%" y1="4" y2="22"/>'
        for each in seconds
    )
    return (
        f'<svg class="strip" width="100%" height="26" role="img" aria-label="{escape(label)}">'
        f'<line class="grid" x1="0" x2="100%" y1="24" y2="24"/>{ticks}</svg>'
    )
