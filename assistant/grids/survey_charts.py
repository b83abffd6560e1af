"""A survey's pictures, as SVG without scripts: shares as bars, countries on a map.

Colours are attributes with a class beside them, so that a page's own style sheet may set others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from assistant.grids.survey_types import Share, Survey, percent
from assistant.grids.world import NOTICE, world
from assistant.web import names

_INK, _SOFT, _TRACK, _BAR, _OPEN = "#1a1f24", "#5a626b", "#ece9e2", "#0b5a78", "#9fc4d1"
_FONT = 'font-family="system-ui, sans-serif"'
_WIDTH, _ROW, _HEIGHT = 720, 46, 14
# Steps of the map's shading: documents from, colour.
_NONE = "#d9d3c5"
_SHADES = ("#9fc4d1", "#5b9bb3", "#0b5a78", "#06303f")
_LAND = "#efece5"


def bar_chart(survey: Survey) -> str:
    """The shares as a picture, a bar a family; the light end: documents that could not be told."""
    rows = []
    for place, family in enumerate(survey.families):
        rows.append(_bar(place * _ROW, family.label(), survey.share(family.id)))
    height = len(rows) * _ROW + 30
    legend = _key(0, height, "bar", _BAR, "holds a term") + _key(
        130, height, "open", _OPEN, "could not be told"
    )
    label = f"Share of {survey.documents:,} documents that hold each family of terms"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="bars" viewBox="0 0 {_WIDTH} {height}" role="img"'
        f' aria-label="{escape(label)}" {_FONT}>{"".join(rows)}{legend}</svg>'
    )


def _key(x: int, height: int, name: str, colour: str, words: str) -> str:
    return (
        f'<rect class="{name}" x="{x}" y="{height - 20}" width="12" height="12" fill="{colour}"/>'
        f'<text class="aside" x="{x + 18}" y="{height - 10}" font-size="12" fill="{_SOFT}">{words}</text>'
    )


def _bar(top: int, label: str, share: Share) -> str:
    found, could = _WIDTH * share.low, _WIDTH * (share.high - share.low)
    figures = f"{share.found:,} of {share.of:,} · {percent(share.low)}"
    if share.open:
        figures += f" (to {percent(share.high)})"
    shown = label if len(label) <= 70 else f"{label[:69]}…"
    return (
        f'<g><title>{escape(f"{label}: {share}")}</title>'
        f'<text class="ink" x="0" y="{top + 15}" font-size="14" fill="{_INK}">{escape(shown)}</text>'
        f'<text class="aside" x="{_WIDTH}" y="{top + 15}" font-size="13" text-anchor="end" fill="{_SOFT}">'
        f"{escape(figures)}</text>"
        f'<rect class="track" x="0" y="{top + 22}" width="{_WIDTH}" height="{_HEIGHT}" fill="{_TRACK}"/>'
        f'<rect class="bar" x="0" y="{top + 22}" width="{found:.1f}" height="{_HEIGHT}" fill="{_BAR}"/>'
        f'<rect class="open" x="{found:.1f}" y="{top + 22}" width="{could:.1f}" height="{_HEIGHT}"'
        f' fill="{_OPEN}"/></g>'
    )


def world_map(survey: Survey, family: str, *, drawn: bool = False) -> str:
    """The countries whose documents hold the family, shaded by their number, as a picture.

    drawn: the land is drawn elsewhere on the page, by `land`, and only referred to.
    """
    counts = survey.countries(family)
    steps = shades(found for found, _ in counts.values())
    marks = "".join(_mark(code, *count, steps) for code, count in counts.items())
    base = '<use href="#land"/>' if drawn else _land_path("")
    label = f"{survey.family(family).label()}: countries that documents with a term are about"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="map" viewBox="0 0 {world().width}'
        f' {world().height + 140}" role="img" aria-label="{escape(label)}" {_FONT}>{base}{marks}'
        f"{_legend(steps)}</svg>"
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


def _mark(code: str, found: int, documents: int, steps: list[int]) -> str:
    colour = _colour(found, steps)
    one = "document" if documents == 1 else "documents"
    title = f"<title>{escape(f'{names.country(code)}: {found:,} of {documents:,} {one}')}</title>"
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


def _legend(steps: list[int]) -> str:
    entries: Mapping[str, str] = {"none of its documents": _NONE} | {
        _between(first, steps): _colour(first, steps) for first in steps
    }
    x, y, shown = 10, world().height + 20, []
    for words, colour in entries.items():
        shown.append(
            f'<rect x="{x}" y="{y}" width="40" height="40" fill="{colour}"/>'
            f'<text class="aside" x="{x + 54}" y="{y + 34}" font-size="40" fill="{_SOFT}">{words}</text>'
        )
        x += 110 + 20 * len(words)
    return "".join(shown) + (
        f'<text class="aside" x="10" y="{y + 100}" font-size="40" fill="{_SOFT}">{escape(NOTICE)}</text>'
    )


def _between(first: int, steps: list[int]) -> str:
    place = steps.index(first)
    last = steps[place + 1] - 1 if place + 1 < len(steps) else None
    if last is None:
        return f"{first}" if steps == list(range(1, len(steps) + 1)) else f"{first} or more"
    return f"{first}" if last == first else f"{first}–{last}"
