"""Quoting: the one to five sentences of the passages found that answer a question.

Each sentence is scored by a few named features, combined by the weighted sum in WEIGHTS; the best are then
taken one after another, each for what it adds to those already chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from assistant.answer import Hit
from assistant.questions import Asked, asked, compares, holds, leans, names
from assistant.sentences import Unit, count_words, units
from assistant.words import stems, stop_words
from ingest.phrases import words

Embed = Callable[[list[str]], np.ndarray]

# How many sentences are embedded for a question: the best by all other features.
EMBEDDED = 12
# Sentences are added until it is so likely that the answer is among them; more for lists, reasons, comparisons.
ENOUGH = 0.8
ENOUGH_OF_MANY = 0.95
# What a sentence gains for words of the question that no chosen one has, and for the other side of a comparison.
COVERAGE = 2.0
OTHER_SIDE = 2.0


@dataclass(frozen=True)
class Choice:
    """A chosen sentence; `score` orders the choices of one question and means nothing else."""

    hit: Hit
    unit: Unit
    score: float


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
    "short", "long", "fragment", "question", "leans", "figures", "footnote", "cosine", "cosine_abroad",
)  # fmt: skip
WEIGHTS: dict[str, float] = {
    "asked": 3.0, "named": 0.7, "pairs": 1.0, "around": 0.8, "passage": 1.0, "rank": 1.0, "similarity": 1.0,
    "number": 1.0, "name": 0.5, "reason": 0.7, "list": 0.3, "short": -1.0, "long": -0.3, "fragment": -0.3,
    "question": -2.0, "leans": -0.1, "figures": -0.3, "footnote": -0.7, "cosine": 1.0, "cosine_abroad": 1.0,
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
    """What words are compared by, in order: stems and numbers; `abroad`, in another language, first letters."""
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

    @property
    def compares(self) -> bool:
        return len(self.sides) > 1 or compares(self.question)

    @property
    def single(self) -> bool:
        """Whether one sentence may do: neither a list nor a reason nor several things are asked for."""
        return not (self.compares or self.asked & {"list", "reason"} or len(self.asked) > 1)

    @cached_property
    def sides(self) -> list[set[int]]:
        """For each country that the question names, the candidates that concern it; only such as have some."""
        from ingest.places import find_countries

        named = find_countries(self.question)
        if len(named) < 2:
            return []
        concerned = [
            set(find_countries(candidate.unit.text)) | set(candidate.hit.source.countries)
            for candidate in self.candidates
        ]
        sides = [{row for row, codes in enumerate(concerned) if country in codes} for country in named]
        return [rows for rows in sides if rows]

    def missing_sides(self, chosen: Sequence[int]) -> list[set[int]]:
        return [rows for rows in self.sides if rows.isdisjoint(chosen)]

    def companions(self, row: int) -> list[int]:
        """What a sentence cannot be understood without: the one it points back to, its lead-in, its first item."""
        candidate = self.candidates[row]
        before = row > 0 and self.candidates[row - 1].rank == candidate.rank
        found = []
        if candidate.unit.lead:
            lead = candidate.unit.lead
            found += [
                other
                for other in range(max(0, row - 12), row)
                if self.candidates[other].rank == candidate.rank and self.candidates[other].unit.text.startswith(lead)
            ][:1]
        elif before and leans(candidate.unit.text):
            found.append(row - 1)
        after = row + 1 < len(self.candidates) and self.candidates[row + 1].rank == candidate.rank
        if after and candidate.unit.text.endswith((":", "：")):
            found.append(row + 1)
        return found

    def column(self, feature: str) -> np.ndarray:
        return self.table[:, FEATURES.index(feature)]

    def scores(self, weights: dict[str, float] = WEIGHTS) -> np.ndarray:
        return self.table @ np.array([weights[feature] for feature in FEATURES])

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
        """Whether a sentence holds what the question asks for: 1 and -1, 0 where it asks for no such thing."""
        besides = frozenset(words(self.question)) | names(self.question, self.language)
        groups: dict[str, tuple[Asked, ...]] = {
            "number": ("number", "money", "percent", "date"), "name": ("name",), "reason": ("reason",), "list": ("list",),
        }  # fmt: skip
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
            # Cosines of e5 lie close together: a passage 0.05 below the best is a poor one.
            self.column("similarity")[row] = 0.0 if similarity is None else max(-2.0, (similarity - best) / 0.05)
            self.column("short")[row] = max(0.0, 1 - size / 8)
            self.column("long")[row] = min(size, 120) / 40
            ended = text.rstrip("\"”’»)] ").endswith((".", "!", "؟", "。", "！", ";", "；", "؛"))
            self.column("fragment")[row] = not ended and candidate.hit.passage.kind == "text"
            self.column("question")[row] = text.rstrip("\"”’»)] ").endswith(("?", "؟", "？"))
            self.column("leans")[row] = leans(text)
            self.column("figures")[row] = digits > 0.12
            self.column("footnote")[row] = candidate.hit.passage.kind == "footnote" or "http" in text

    def add_cosines(self, embed: Embed, vector: np.ndarray, rows: Sequence[int]) -> None:
        """Compares meanings for `rows`; the others stay a little below the worst of these."""
        vectors = embed([self.candidates[row].unit.text for row in rows])
        cosines = vectors @ vector
        # Cosines of e5 lie between 0.75 and 0.9; only their differences speak.
        relative = ((cosines - cosines.mean()) / 0.03).clip(-3, 3)
        floor = float(relative.min())
        for feature in ("cosine", "cosine_abroad"):
            self.column(feature)[:] = floor
        abroad = np.array([self._abroad(candidate) for candidate in self.candidates])
        self.column("cosine")[list(rows)] = relative
        self.column("cosine_abroad")[list(rows)] = relative
        self.column("cosine_abroad")[~abroad] = 0.0


def _pairs(wanted: Sequence[str], listed: Sequence[str]) -> float:
    """Share of the question's neighbouring words that stand close together in a sentence too."""
    if len(wanted) < 2:
        return 0.0
    places: dict[str, list[int]] = {}
    for place, key in enumerate(listed):
        places.setdefault(key, []).append(place)
    found = 0
    for one, other in zip(wanted, wanted[1:], strict=False):
        if one in places and other in places:
            found += any(abs(a - b) <= 3 for a in places[one] for b in places[other])
    return found / (len(wanted) - 1)


def choose(
    question: str,
    language: str,
    hits: Sequence[Hit],
    *,
    embed: Embed | None = None,
    question_vector: np.ndarray | None = None,
    limit: int = 5,
) -> tuple[Choice, ...]:
    """The one to `limit` sentences of `hits` (best first) that answer `question`, the best passage's first.

    Sentences of one passage stand in reading order. `embed` gives unit vectors of texts as passages, and
    `question_vector` is the question's; without them, another language than the question's is poorly served.
    """
    pool = candidates(hits)
    if not pool or limit < 1:
        return ()
    scene = Scene(question, language, pool)
    scores = scene.scores()
    if embed is not None and question_vector is not None:
        scene.add_cosines(embed, question_vector, np.argsort(-scores, kind="stable")[:EMBEDDED].tolist())
        scores = scene.scores()
    rows = _pick(scene, scores, limit)
    best: dict[int, float] = {}
    for row in rows:
        rank = pool[row].rank
        best[rank] = max(best.get(rank, -np.inf), float(scores[row]))
    rows.sort(key=lambda row: (-best[pool[row].rank], pool[row].rank, pool[row].place))
    return tuple(Choice(pool[row].hit, pool[row].unit, float(scores[row])) for row in rows)


def _pick(scene: Scene, scores: np.ndarray, limit: int) -> list[int]:
    """Rows one after another, each the best for what it adds, until those left are unlikely to be needed."""
    chances = np.exp(scores - scores.max())
    chances /= chances.sum()
    enough = ENOUGH if scene.single else ENOUGH_OF_MANY
    chosen: list[int] = []
    open_ = np.ones(len(scores), dtype=bool)
    total = max(float(scene.rarity.sum()), 1e-9)
    while len(chosen) < limit and open_.any():
        covered = scene.own[chosen].max(axis=0) if chosen else np.zeros(len(scene.rarity))
        gains = scores + COVERAGE * (scene.own * (1 - covered)) @ scene.rarity / total
        if chosen and scene.compares:
            known = {scene.candidates[row].hit.source.document for row in chosen}
            if len(known) == 1:
                gains += OTHER_SIDE * np.array([c.hit.source.document not in known for c in scene.candidates])
        row = int(np.where(open_, gains, -np.inf).argmax())
        open_[row] = False
        if any(_alike(scene.held[row], scene.held[other]) for other in chosen):
            continue
        chosen.append(row)
        for beside in scene.companions(row):
            if open_[beside] and len(chosen) < limit:
                open_[beside] = False
                chosen.append(beside)
        if chances[chosen].sum() >= enough and not scene.missing_sides(chosen):
            break
    for rows in scene.missing_sides(chosen):
        chosen[max(1, min(len(chosen), limit - 1)) :] = [max(rows, key=lambda row: float(scores[row]))]
    return chosen


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two sentences say the same in nearly the same words (a brief repeats its report)."""
    return len(one & other) >= 0.7 * max(1, min(len(one), len(other))) and len(one & other) >= 0.5 * len(one | other)
