"""A survey's pictures, as SVG without scripts: shares as bars, countries on a map.

Colours are attributes with a class beside them, so that a page's own style sheet may set others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from unicodedata import east_asian_width

from assistant.grids.survey_types import Share, Survey, percent
from assistant.grids.world import world
from assistant.web import names
from assistant.web.words import direction, number, say

_INK, _SOFT, _TRACK, _BAR, _OPEN = "#1a1f24", "#5a626b", "#ece9e2", "#0b5a78", "#9fc4d1"
_FONT = 'font-family="system-ui, sans-serif"'
_WIDTH, _ROW, _HEIGHT = 720, 46, 14
# Steps of the map's shading: documents from, colour.
_NONE = "#d9d3c5"
_SHADES = ("#9fc4d1", "#5b9bb3", "#0b5a78", "#06303f")
_LAND = "#efece5"


def bar_chart(survey: Survey, ui: str = "en") -> str:
    """The shares as a picture, a bar a family, from the side where `ui` begins to be read; the light end:
    documents that could not be told."""
    rows = [
        _bar(place * _ROW, family.label(ui), survey.share(family.id), ui)
        for place, family in enumerate(survey.families)
    ]
    height = len(rows) * _ROW + 30
    holds, open_ = say(ui, "survey.holds"), say(ui, "survey.open")
    legend = _key(0, height, "bar", _BAR, holds, ui)
    legend += _key(34 + 8 * _wide(holds), height, "open", _OPEN, open_, ui)
    label = say(ui, "survey.chart", count=survey.documents)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="bars" viewBox="0 0 {_WIDTH} {height}" role="img"'
        f' aria-label="{escape(label)}" {_lang(ui)} {_FONT}>{"".join(rows)}{legend}</svg>'
    )


def _lang(ui: str) -> str:
    return f'lang="{ui}" direction="{direction(ui)}"'


def _from(x: float, width: float, ui: str, whole: float = _WIDTH) -> float:
    """Where something of `width` begins that stands `x` from the side where `ui` begins to be read."""
    return whole - x - width if direction(ui) == "rtl" else x


def _wide(words: str) -> int:
    """About how many letters of Latin script `words` are as wide as."""
    return sum(1 + (east_asian_width(char) in "WF") for char in words)


def _key(x: int, height: int, name: str, colour: str, words: str, ui: str) -> str:
    at = _from(x, 12, ui)
    return (
        f'<rect class="{name}" x="{at:g}" y="{height - 20}" width="12" height="12" fill="{colour}"/>'
        f'<text class="aside" x="{_from(x + 18, 0, ui):g}" y="{height - 10}" font-size="12"'
        f' fill="{_SOFT}">{escape(words)}</text>'
    )


def _bar(top: int, label: str, share: Share, ui: str) -> str:
    found, could = _WIDTH * share.low, _WIDTH * (share.high - share.low)
    figures = f"{say(ui, 'survey.of', count=share.found, all=share.of)} · {percent(share.low, ui)}"
    if share.open:
        figures = say(ui, "survey.up_to", said=figures, most=percent(share.high, ui))
    most = 70 if _wide(label) <= len(label) * 1.3 else 35
    shown = label if len(label) <= most else f"{label[: most - 1]}…"
    title = say(ui, "grid.pair", label=label, words=share.told(ui))
    # Where letters run from the right, so do bars; "end" of a text is then its left.
    return (
        f"<g><title>{escape(title)}</title>"
        f'<text class="ink" x="{_from(0, 0, ui):g}" y="{top + 15}" font-size="14" fill="{_INK}">'
        f"{escape(shown)}</text>"
        f'<text class="aside" x="{_from(_WIDTH, 0, ui):g}" y="{top + 15}" font-size="13" text-anchor="end"'
        f' fill="{_SOFT}">{escape(figures)}</text>'
        f'<rect class="track" x="0" y="{top + 22}" width="{_WIDTH}" height="{_HEIGHT}" fill="{_TRACK}"/>'
        f'<rect class="bar" x="{_from(0, found, ui):.1f}" y="{top + 22}" width="{found:.1f}"'
        f' height="{_HEIGHT}" fill="{_BAR}"/>'
        f'<rect class="open" x="{_from(found, could, ui):.1f}" y="{top + 22}" width="{could:.1f}"'
        f' height="{_HEIGHT}" fill="{_OPEN}"/></g>'
    )


def world_map(survey: Survey, family: str, *, drawn: bool = False, ui: str = "en") -> str:
    """The countries whose documents hold the family, shaded by their number, as a picture.

    drawn: the land is drawn elsewhere on the page, by `land`, and only referred to.
    """
    counts = survey.countries(family)
    steps = shades(found for found, _ in counts.values())
    marks = "".join(_mark(code, *count, steps, ui) for code, count in counts.items())
    base = '<use href="#land"/>' if drawn else _land_path("")
    label = say(ui, "survey.map", label=survey.family(family).label(ui))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="map" viewBox="0 0 {world().width}'
        f' {world().height + 140}" role="img" aria-label="{escape(label)}" {_lang(ui)} {_FONT}>{base}{marks}'
        f"{_legend(steps, ui)}</svg>"
    )


def land() -> str:
    """The land once for all maps of a page; it takes no room itself."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="0" height="0" aria-hidden="true"><defs>'
        + _land_path(' id="land"')
        + "</defs></svg>"
    )


def shades(counts: Iterable[int]) -> list[int]:
    """From how many documents each shade begins, the first at one."""
    most = max(counts, default=0)
    if most <= len(_SHADES):
        return list(range(1, most + 1))
    return [1, *(round(1 + (most - 1) * step / len(_SHADES)) for step in range(1, len(_SHADES)))]


def _land_path(id_: str) -> str:
    path = "".join(world().shapes.values())
    return f'<path{id_} class="land" d="{path}" fill="{_LAND}" stroke="#c4beb0" stroke-width="1"/>'


def _mark(code: str, found: int, documents: int, steps: list[int], ui: str) -> str:
    colour = _colour(found, steps)
    named = names.country(code, ui)
    words = say(ui, "survey.country", name=named, found=number(ui, found), count=documents)
    title = f"<title>{escape(words)}</title>"
    name = "none" if not found else f"shade{_step(found, steps) + 1}"
    shape, point = world().shapes.get(code), world().points.get(code)
    if shape:
        drawn = f'class="{name}" fill="{colour}" stroke="#ffffff" stroke-width="1"'
        return f'<path {drawn} d="{shape}">{title}</path>'
    if point:
        x, y = point
        return (
            f'<circle class="{name}" cx="{x}" cy="{y}" r="9" fill="{colour}" stroke="#1a1f24"'
            f' stroke-width="1.5">{title}</circle>'
        )
    return ""


def _step(found: int, steps: list[int]) -> int:
    return sum(found >= each for each in steps) - 1


def _colour(found: int, steps: list[int]) -> str:
    if not found:
        return _NONE
    # Where there are few steps, they are the dark ones, so that a single country is seen.
    return _SHADES[len(_SHADES) - len(steps) + _step(found, steps)]


def _legend(steps: list[int], ui: str) -> str:
    entries: Mapping[str, str] = {say(ui, "survey.none"): _NONE} | {
        _between(first, steps, ui): _colour(first, steps) for first in steps
    }
    x, y, whole, shown = 10, world().height + 20, world().width, []
    for words, colour in entries.items():
        shown.append(
            f'<rect x="{_from(x, 40, ui, whole):g}" y="{y}" width="40" height="40" fill="{colour}"/>'
            f'<text class="aside" x="{_from(x + 54, 0, ui, whole):g}" y="{y + 34}" font-size="40"'
            f' fill="{_SOFT}">{escape(words)}</text>'
        )
        x += 110 + 24 * _wide(words)
    return "".join(shown) + (
        f'<text class="aside" x="{_from(10, 0, ui, whole):g}" y="{y + 100}" font-size="40" fill="{_SOFT}">'
        f"{escape(say(ui, 'survey.notice'))}</text>"
    )


def _between(first: int, steps: list[int], ui: str) -> str:
    place = steps.index(first)
    last = steps[place + 1] - 1 if place + 1 < len(steps) else None
    if last is None:
        alone = steps == list(range(1, len(steps) + 1))
        return number(ui, first) if alone else say(ui, "survey.or_more", count=first)
    return number(ui, first) if last == first else f"{number(ui, first)}–{number(ui, last)}"
