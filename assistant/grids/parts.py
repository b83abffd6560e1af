"""Which part of a document a passage belongs to, told from its headings and column headers (parts.yaml)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from assistant.grids.terms import Matcher, Term, term
from assistant.grids.yaml_lines import Node, read_yaml
from ingest.documents import Passage

OTHER = "other"
_FILE = Path(__file__).parent / "parts.yaml"
_OTHER = {
    "en": "Elsewhere", "fr": "Ailleurs", "es": "En otra parte", "ar": "في موضع آخر", "ru": "В другом месте",
    "zh": "其他部分",
}  # fmt: skip
_LONGEST = 120  # characters: a longer "heading" is a sentence set in bold, and tells nothing
_HEADER = re.compile(r"^([^\n]{1,60}?): ", re.MULTILINE)


@dataclass(frozen=True)
class Parts:
    """The table of parts, ready to be asked. digest: SHA-256 of its file."""

    ids: tuple[str, ...]
    labels: Mapping[str, Mapping[str, str]]
    digest: str
    headings: Matcher
    columns: Matcher

    def label(self, part: str, ui: str = "en") -> str:
        names = self.labels[part]
        return names.get(ui) or names["en"]


@cache
def parts() -> Parts:
    """The parts of parts.yaml, and OTHER behind them."""
    top, digest = read_yaml(_FILE)
    nodes = dict(top.items())
    labels = {
        id_: {language: each.text() for language, each in node["label"].items()}
        for id_, node in nodes.items()
    }
    headings = Matcher([_terms(node, "headings") for node in nodes.values()])
    columns = Matcher([_terms(node, "columns") for node in nodes.values()])
    return Parts((*nodes, OTHER), {**labels, OTHER: _OTHER}, digest, headings, columns)


def part_of(passage: Passage) -> str:
    """The id of the part that `passage` stands in."""
    if passage.kind == "row":
        found = Counter(_column(header) for header in _HEADER.findall(passage.text))
        del found[""]
        if found:
            most = max(found.values())
            return min((part for part, count in found.items() if count == most), key=parts().ids.index)
    return part_under(passage.headings)


def part_under(headings: tuple[str, ...]) -> str:
    """The part that a heading path (outermost first) names; the innermost heading that tells decides."""
    return next((part for each in reversed(headings) if (part := _heading(each))), OTHER)


@lru_cache(maxsize=50_000)
def _heading(text: str) -> str:
    return _told(text, parts().headings) if len(text) <= _LONGEST else ""


@lru_cache(maxsize=50_000)
def _column(text: str) -> str:
    return _told(text, parts().columns)


def _told(text: str, matcher: Matcher) -> str:
    """The part with the longest term in `text`, of several the first; "" where there is none."""
    places = matcher.places(text)
    if not places:
        return ""
    best = max(places, key=lambda place: (place.end - place.start, -place.start, -place.family))
    return parts().ids[best.family]


def _terms(node: Node, field: str) -> tuple[Term, ...]:
    known = dict(node.items())
    if field not in known:
        return ()
    return tuple(term(each) for _, listed in known[field].items() for each in listed.listed(";"))
