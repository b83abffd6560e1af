"""The shapes of the world's countries, small enough for a page; and how world.json was made.

Made of Natural Earth's public-domain shapes (naturalearthdata.com) as the package world-atlas 2.0.2 (ISC, on
the npm registry) packs them, by

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python -m assistant.grids.world package/countries-110m.json package/countries-10m.json

The projection is Equal Earth (Savric, Patterson, Jenny 2018), in which areas compare.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "world.json"
SOURCE, PACKAGE = "Natural Earth", "world-atlas 2.0.2"

_WIDTH = 2000  # of the map, in its own units
_SOUTH = -58.0  # degrees; below is Antarctica alone
# Shapes without an ISO code, by the country that the United Nations count them with; the third has none here.
_WITHIN = {"Somaliland": "SOM", "N. Cyprus": "CYP", "Kosovo": "XKX"}
_LEFT_OUT = frozenset({"ATA", "ATF"})

Point = tuple[float, float]


@dataclass(frozen=True)
class World:
    """shapes: ISO alpha-3 -> SVG path. points: small states that have no shape -> (x, y)."""

    width: int
    height: int
    shapes: Mapping[str, str]
    points: Mapping[str, tuple[int, int]]


@cache
def world() -> World:
    """The map that is shipped."""
    data = json.loads(FILE.read_text(encoding="utf-8"))
    points = {code: (x, y) for code, (x, y) in data["points"].items()}
    return World(data["width"], data["height"], data["shapes"], points)


def equal_earth(longitude: float, latitude: float) -> Point:
    """(x, y) of a place in degrees, x to the east, y to the north, the sphere's radius 1."""
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    theta = asin(sqrt(3) / 2 * sin(radians(latitude)))
    square = theta * theta
    sixth = square**3
    slope = a1 + 3 * a2 * square + sixth * (7 * a3 + 9 * a4 * square)
    x = 2 * sqrt(3) * radians(longitude) * cos(theta) / (3 * slope)
    return x, theta * (a1 + a2 * square + sixth * (a3 + a4 * square))


def made(coarse: Mapping[str, Any], fine: Mapping[str, Any]) -> dict[str, Any]:
    """The content of world.json; `coarse` and `fine` are TopoJSON of Natural Earth's 110m and 10m."""
    scale = _WIDTH / (2 * equal_earth(180, 0)[0])
    top = equal_earth(0, 84)[1]

    def placed(place: Point) -> tuple[int, int]:
        x, y = equal_earth(place[0], max(place[1], _SOUTH))
        return round(_WIDTH / 2 + scale * x), round(scale * (top - y))

    shapes: dict[str, str] = {}
    for code, rings in _countries(coarse):
        if code not in _LEFT_OUT:
            paths = (_path([placed(each) for each in ring]) for ring in rings)
            shapes[code] = shapes.get(code, "") + "".join(paths)
    points = {}
    for code, rings in _countries(fine):
        if rings and not shapes.get(code) and code not in _LEFT_OUT:
            largest = max(rings, key=len)
            points[code] = placed(_middle(largest))
    height = placed((0, _SOUTH))[1]
    drawn = {code: path for code, path in sorted(shapes.items()) if path}
    source = f"Shapes: {SOURCE} (public domain), by way of {PACKAGE}."
    return {"source": source, "width": _WIDTH, "height": height, "shapes": drawn, "points": points}


def _countries(topology: Mapping[str, Any]) -> Iterator[tuple[str, list[list[Point]]]]:
    """(ISO alpha-3, rings in degrees) of every country that has a code."""
    import pycountry

    arcs = list(_arcs(topology))
    for each in topology["objects"]["countries"]["geometries"]:
        found = pycountry.countries.get(numeric=each.get("id", ""))
        code = found.alpha_3 if found else _WITHIN.get(each["properties"]["name"])
        polygons = [each["arcs"]] if each["type"] == "Polygon" else each.get("arcs", [])
        if code:
            rings = (_ring(ring, arcs) for polygon in polygons for ring in polygon)
            yield code, [part for ring in rings for part in _cut(ring)]


def _arcs(topology: Mapping[str, Any]) -> Iterator[list[Point]]:
    (by_x, by_y), (from_x, from_y) = topology["transform"]["scale"], topology["transform"]["translate"]
    for arc in topology["arcs"]:
        x = y = 0
        places = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            places.append((x * by_x + from_x, y * by_y + from_y))
        yield places


def _ring(parts: Iterable[int], arcs: Sequence[list[Point]]) -> list[Point]:
    """A ring is made of arcs, of which the negative ones are walked backwards."""
    ring: list[Point] = []
    for part in parts:
        arc = arcs[part] if part >= 0 else arcs[~part][::-1]
        ring += arc[1:] if ring else arc
    return ring


def _cut(ring: Sequence[Point]) -> Iterator[list[Point]]:
    """A ring that runs across the 180th meridian in the parts on either side of it."""
    turned: list[Point] = []
    for x, y in ring:
        turn = 0.0 if not turned else round((turned[-1][0] - x) / 360) * 360
        turned.append((x + turn, y))
    for turn in (-360, 0, 360):
        part = [(x + turn, y) for x, y in turned]
        for sign in (1, -1):  # first what lies west of 180, then what lies east of -180
            part = _half(part, sign)
        if len(part) > 2:
            yield part


def _half(ring: Sequence[Point], sign: int) -> list[Point]:
    """What of a ring lies on this side of the meridian (Sutherland and Hodgman 1974)."""
    kept: list[Point] = []
    for here, before in zip(ring, [*ring[-1:], *ring[:-1]], strict=True):
        inside, was_inside = sign * here[0] <= 180, sign * before[0] <= 180
        if inside != was_inside:
            part = (sign * 180 - before[0]) / (here[0] - before[0])
            kept.append((sign * 180.0, before[1] + part * (here[1] - before[1])))
        if inside:
            kept.append(here)
    return kept


def _path(ring: Sequence[tuple[int, int]]) -> str:
    """A closed SVG path in relative steps; "" for what is smaller than a unit."""
    steps = [here for here, before in zip(ring, [None, *ring], strict=False) if here != before]
    if len(set(steps)) < 3:
        return ""
    x, y = steps[0]
    path = f"M{x} {y}l"
    for next_x, next_y in steps[1:]:
        path += f"{next_x - x} {next_y - y} "
        x, y = next_x, next_y
    return path.strip().replace(" -", "-") + "z"


def _middle(ring: Sequence[Point]) -> Point:
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def _main(coarse: str, fine: str) -> None:
    data = made(json.loads(Path(coarse).read_text("utf-8")), json.loads(Path(fine).read_text("utf-8")))
    FILE.write_text(json.dumps(data, separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    _main(*sys.argv[1:])
