"""What speaks for a sentence as the answer to a question: named features and the weights that join them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np

from assistant.answer import Hit
from assistant.questions import Asked, asked, compares, holds, leans, names
from assistant.sentences import Unit, count_words, is_item, units
from assistant.words import stems, stop_words
from ingest.phrases import words


@dataclass(frozen=True)
class Candidate:
    """A sentence that may be chosen, with its place among the passages and sentences."""

    hit: Hit
    unit: Unit
    rank: int  # of its passage, from 0
    place: int  # within its passage, from 0
    language: str


FEATURES = (
    "asked", "named", "pairs", "around", "passage", "rank", "similarity", "number", "name", "reason", "list",
    "short", "long", "fragment", "question", "leans", "figures", "footnote", "reading", "elsewhere",
)  # fmt: skip
# Fitted by conditional logistic regression (which sentence of those at hand holds the answer) on 2,989
# questions of the sets that evidence.md names, before there was a reading; by hand, as those sets have few:
# question, figures, footnote, elsewhere (at 1 and 3 as many facts and pages on 68 questions on programme
# documents as without; at 3 a question in Arabic on Nigeria is no longer answered from the Arabic plan of
# Iraq). Then the reading's weight by facts told on 68 questions on programme documents:
# 0: 104 of 162 in 159 words, .3: 108 in 151, .6: 111 in 139, 1: 107 in 126, 1.5: 100 in 111. Weights fitted
# together with it (`python -m eval train SETS --fit`) tell 104 in 126 words there.
WEIGHTS: dict[str, float] = {
    "asked": 4.2, "named": 1.6, "pairs": 0.9, "around": 1.3, "passage": 1.9, "rank": 0.9, "similarity": 2.0,
    "number": 1.4, "name": 0.55, "reason": 0.4, "list": 0.2, "short": -0.6, "long": 0.1, "fragment": -1.0,
    "question": -4.0, "leans": 0.0, "figures": -0.3, "footnote": -0.7, "reading": 0.6, "elsewhere": -3.0,
}  # fmt: skip


def candidates(hits: Sequence[Hit]) -> list[Candidate]:
    """All sentences of the hits, each once."""
    found, seen = [], set()
    for rank, hit in enumerate(hits):
        language = hit.source.language
        for place, unit in enumerate(units(hit.passage, language)):
            key = " ".join(unit.text.casefold().split())
            if key not in seen:
                seen.add(key)
                found.append(Candidate(hit, unit, rank, place, language))
    return found


@lru_cache(maxsize=100_000)
def stem(word: str, language: str) -> str:
    """What one word is compared by within its language: its stem, a number itself, "" for a stop word."""
    if word.isdigit():
        return word
    found = stems(word, language)
    return found[0] if found else ""


@lru_cache(maxsize=4096)
def keys(text: str, language: str, abroad: bool = False) -> tuple[str, ...]:
    """What words are compared by, in order: stems and numbers; `abroad` (another language) first letters."""
    if language == "zh":
        return (*stems(text, language), *(word for word in words(text) if word.isdigit()))
    if abroad:
        stops = stop_words(language)
        return tuple(word[:5] for word in words(text) if word not in stops and len(word) > 1)
    return tuple(key for word in words(text) if (key := stem(word, language)))


class Scene:
    """A question among its candidates: the table of features, a row a candidate."""

    def __init__(self, question: str, language: str, candidates: Sequence[Candidate]) -> None:
        self.question, self.language, self.candidates = question, language, candidates
        self.asked = asked(question)
        self.table = np.zeros((len(candidates), len(FEATURES)))
        self._overlap()
        self._kinds()
        self._form()
        self._elsewhere()

    @property
    def compares(self) -> bool:
        return len(self.sides) > 1 or compares(self.question)

    @property
    def single(self) -> bool:
        """Whether one sentence may do: neither a list nor a reason nor several things are asked for."""
        return not (self.compares or self.asked & {"list", "reason"} or len(self.asked) > 1)

    @cached_property
    def sides(self) -> list[set[int]]:
        """For each country that the question names, the candidates that concern it, where there are any."""
        from ingest.places import find_countries

        if len(self.countries) < 2:
            return []
        concerned = [
            set(find_countries(candidate.unit.text)) | set(candidate.hit.source.countries)
            for candidate in self.candidates
        ]
        sides = [
            {row for row, codes in enumerate(concerned) if country in codes} for country in self.countries
        ]
        return [rows for rows in sides if rows]

    @cached_property
    def countries(self) -> tuple[str, ...]:
        """The countries that the question names, as ISO 3166 codes."""
        from ingest.places import find_countries

        return tuple(find_countries(self.question))

    def missing_sides(self, chosen: Sequence[int]) -> list[set[int]]:
        return [rows for rows in self.sides if rows.isdisjoint(chosen)]

    def companions(self, row: int) -> list[int]:
        """What a sentence needs to be understood: the one it points back to, its lead-in, its first item."""
        candidate = self.candidates[row]
        before = row > 0 and self._same(row - 1, row)
        found = []
        if candidate.unit.lead:
            earlier = [other for other in range(max(0, row - 12), row) if self._same(other, row)]
            lead = candidate.unit.lead
            found += [other for other in earlier if self.candidates[other].unit.text.startswith(lead)][:1]
        elif before and leans(candidate.unit.text) and not is_fragment(self.candidates[row - 1].unit.text):
            found.append(row - 1)
        after = row + 1 < len(self.candidates) and self._same(row + 1, row)
        if after and candidate.unit.text.endswith((":", "：")):
            found.append(row + 1)
        return found

    def _same(self, one: int, other: int) -> bool:
        return self.candidates[one].rank == self.candidates[other].rank

    def column(self, feature: str) -> np.ndarray:
        return self.table[:, FEATURES.index(feature)]

    def scores(self) -> np.ndarray:
        """One number a candidate; comparable within this scene only."""
        found: np.ndarray = self.table @ np.array([WEIGHTS[feature] for feature in FEATURES])
        return found

    def _abroad(self, candidate: Candidate) -> bool:
        return candidate.language not in ("", "und", self.language)

    def _asks(self, abroad: bool) -> list[str]:
        return list(dict.fromkeys(keys(self.question, self.language, abroad)))

    def _keys(self, text: str, candidate: Candidate) -> tuple[str, ...]:
        language = self.language if candidate.language in ("", "und") else candidate.language
        return keys(text, language, self._abroad(candidate))

    def _overlap(self) -> None:
        """Which of the question's words stand in a sentence, around it, and in its passage, by rarity.

        A word that all candidates share (the programme's name) tells them not apart and counts little.
        """
        asks = {abroad: self._asks(abroad) for abroad in (False, True)}
        size = max(map(len, asks.values()), default=0)
        own, near, whole, title = (np.zeros((len(self.candidates), size)) for _ in range(4))
        pairs = np.zeros(len(self.candidates))
        by_hit: dict[int, list[int]] = {}
        for row, candidate in enumerate(self.candidates):
            by_hit.setdefault(candidate.rank, []).append(row)
        held: list[frozenset[str]] = []
        for row, candidate in enumerate(self.candidates):
            listed = self._keys(candidate.unit.text, candidate)
            held.append(frozenset(listed))
            wanted = asks[self._abroad(candidate)]
            own[row, : len(wanted)] = [key in held[row] for key in wanted]
            pairs[row] = _pairs(wanted, listed)
        for rows in by_hit.values():
            first = self.candidates[rows[0]]
            wanted = asks[self._abroad(first)]
            headings = frozenset(self._keys(" ".join(first.hit.passage.headings[-2:]), first))
            titles = frozenset(self._keys(first.hit.source.title, first))
            passage = headings.union(*(held[row] for row in rows))
            for at, row in enumerate(rows):
                lead = frozenset(self._keys(self.candidates[row].unit.lead, first))
                beside = lead.union(*(held[other] for other in rows[max(0, at - 1) : at + 2] if other != row))
                near[row, : len(wanted)] = [key in lead or key in headings or key in beside for key in wanted]
                whole[row, : len(wanted)] = [key in passage for key in wanted]
                title[row, : len(wanted)] = [key in titles for key in wanted]
        count = len(self.candidates)
        often = own.sum(axis=0)
        rarity = np.where(often > 0, np.log((count + 1) / (often + 0.5)), 0.0).clip(min=0.05 * (often > 0))
        naming = title.mean(axis=0) > 0.5
        self.rarity, self.own = rarity, own
        total = max(float(rarity.sum()), 1e-9)
        self.column("asked")[:] = own @ (rarity * ~naming) / total
        self.column("named")[:] = own @ (rarity * naming) / total
        self.column("around")[:] = (near * (1 - own)) @ rarity / total
        self.column("passage")[:] = whole @ rarity / total
        self.column("pairs")[:] = pairs
        self.held = held

    def _kinds(self) -> None:
        """Whether a sentence holds what is asked for: 1 to -1, 0 where no such thing is asked for."""
        besides = frozenset(words(self.question)) | names(self.question, self.language)
        groups: dict[str, tuple[Asked, ...]] = {
            "number": ("number", "money", "percent", "date"),
            "name": ("name",),
            "reason": ("reason",),
            "list": ("list",),
        }
        for feature, kinds in groups.items():
            wanted = [kind for kind in kinds if kind in self.asked]
            if not wanted:
                continue
            for row, candidate in enumerate(self.candidates):
                found = [holds(kind, candidate.unit.text, candidate.language, besides) for kind in wanted]
                self.column(feature)[row] = 2 * sum(found) / len(found) - 1

    def _form(self) -> None:
        similarities = [c.hit.similarity for c in self.candidates if c.hit.similarity is not None]
        best = max(similarities, default=0.0)
        for row, candidate in enumerate(self.candidates):
            text, size = candidate.unit.text, count_words(candidate.unit.text)
            similarity = candidate.hit.similarity
            digits = sum(map(str.isdigit, text)) / max(1, len(text))
            self.column("rank")[row] = 1 / (1 + candidate.rank)
            if similarity is not None:  # cosines of e5 lie close together: 0.05 below the best is much
                self.column("similarity")[row] = max(-2.0, (similarity - best) / 0.05)
            self.column("short")[row] = max(0.0, 1 - size / 8)
            self.column("long")[row] = min(size, 120) / 40
            self.column("fragment")[row] = candidate.hit.passage.kind == "text" and is_fragment(text)
            self.column("question")[row] = text.rstrip('"”’»)] ').endswith(("?", "؟", "？"))
            self.column("leans")[row] = leans(text)
            self.column("figures")[row] = digits > 0.12
            if candidate.hit.reading is not None:
                self.column("reading")[row] = candidate.hit.reading.between(
                    candidate.unit.start, candidate.unit.end
                )
            self.column("footnote")[row] = candidate.hit.passage.kind == "footnote" or "http" in text

    def _elsewhere(self) -> None:
        """Which sentences stand in a document on other countries than the question names, and name none of
        them; none of the sentences where all do."""
        from ingest.places import find_countries

        wanted = frozenset(self.countries)
        if wanted:
            elsewhere = [
                bool(candidate.hit.source.countries)
                and wanted.isdisjoint(candidate.hit.source.countries)
                and wanted.isdisjoint(find_countries(candidate.unit.text))
                for candidate in self.candidates
            ]
            self.column("elsewhere")[:] = [each and not all(elsewhere) for each in elsewhere]


def is_fragment(text: str) -> bool:
    """Whether `text` is a heading or a table's line. "Donor: Canada" is as good as a sentence."""
    ended = re.search(r"[.!?؟。！？;；؛…][\d\s\"”’»)\]]*$", text) is not None
    return not ended and not is_item(text) and re.search(r"\w[:：]\s*\w", text) is None


def _pairs(wanted: Sequence[str], listed: Sequence[str]) -> float:
    """Share of the question's neighbouring words that stand close together in a sentence too."""
    if len(wanted) < 2:
        return 0.0
    places: dict[str, list[int]] = {}
    for place, key in enumerate(listed):
        places.setdefault(key, []).append(place)
    found = 0
    for one, other in pairwise(wanted):
        if one in places and other in places:
            found += any(abs(a - b) <= 3 for a in places[one] for b in places[other])
    return found / (len(wanted) - 1)
