"""The same question to several countries, programmes or periods side by side, differences first.

And who has experience with something, as officials asked before they went to see how others do it.
"""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from assistant.answer import AssistantError, Filters, Sentence
from assistant.differ import Difference, differing
from assistant.features import keys
from assistant.grid import Progress, open_grid
from assistant.grids.types import Cell, State
from assistant.search import checked_filters, resolve
from ingest.documents import Kind
from ingest.embeddings import Embedder
from ingest.places import country_name, find_countries

if TYPE_CHECKING:
    from assistant.chat import Assistant

MOST_SIDES = 12
SAID = 4  # sentences shown of each side
# Two sentences of different sides say the same from this cosine of their vectors on, or from this share of
# common content words: those are shown last.
SAME, COMMON = 0.9, 0.6


@dataclass(frozen=True)
class Said:
    """A sentence of one side; shared: the labels of other sides that say the same."""

    sentence: Sentence
    shared: tuple[str, ...] = ()


@dataclass(frozen=True)
class Side:
    """One country, document or period: what its documents say, what it says alone first.

    cells: of all its documents, the best first; said: from these, at most SAID sentences. state: found where
    any document answers, partly where any comes near, unreadable where pages without text leave it open.
    """

    label: str
    filters: Filters
    cells: tuple[Cell, ...]
    said: tuple[Said, ...]

    @property
    def state(self) -> State:
        return min((cell.state for cell in self.cells), key=_RANK.__getitem__, default="not found")


@dataclass(frozen=True)
class Comparison:
    """One question put to several sides. differing: figures that two sides give for what seems the same;
    unasked: documents that it was not put to, as it was stopped."""

    question: str
    sides: tuple[Side, ...]
    differing: tuple[Difference, ...]
    generation: str
    unasked: int = 0

    @property
    def silent(self) -> tuple[Side, ...]:
        """The sides of which no document answers; none are known to be while documents are unasked."""
        silent = (side for side in self.sides if side.state in ("not found", "unreadable"))
        return () if self.unasked else tuple(silent)


_RANK: dict[State, int] = {"found": 0, "partly": 1, "unreadable": 2, "not found": 3}


def sides_of(filters: Filters, by: str = "") -> tuple[tuple[str, Filters], ...]:
    """(label, filters) of each side: one a country, document, kind, organisation or language of `filters`,
    whichever has several; `by` names it where two have. Raises AssistantError where none has."""
    several = [
        name
        for name in ("countries", "documents", "kinds", "organisations", "languages")
        if len(getattr(filters, name)) > 1
    ]
    name = by or (several[0] if len(several) == 1 else "")
    if not several:
        raise AssistantError("a comparison needs two sides at least: name two countries, or two documents")
    if name not in several:
        raise AssistantError(f"compare by one of {', '.join(several)}; the other is a filter for all sides")
    values: tuple[str, ...] = getattr(filters, name)
    if len(values) > MOST_SIDES:
        raise AssistantError(f"{len(values)} sides are more than can be read; name {MOST_SIDES} at most")
    sides: list[dict[str, Any]] = [{name: (value,)} for value in values]
    return tuple(
        (_label(name, value), replace(filters, **side)) for value, side in zip(values, sides, strict=True)
    )


def periods(filters: Filters, ranges: Sequence[tuple[int, int]]) -> tuple[tuple[str, Filters], ...]:
    """(label, filters) of each period (first and last year). Raises AssistantError for fewer than two."""
    if len(ranges) < 2:
        raise AssistantError("a comparison of periods needs two at least, such as 2015-2019 and 2020-2024")
    return tuple((f"{since}–{until}", replace(filters, since=since, until=until)) for since, until in ranges)


def _label(name: str, value: str) -> str:
    return country_name(value) if name == "countries" else value


def compare(
    assistant: Assistant,
    question: str,
    sides: Sequence[tuple[str, Filters]],
    *,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
) -> Comparison:
    """`question` put to every document of each of `sides` (label, filters). Raises AssistantError."""
    checked = [(label, checked_filters(filters)) for label, filters in sides]
    if len(checked) < 2:
        raise AssistantError("a comparison needs two sides at least: name two countries, or two documents")
    with open_grid(assistant, [question]) as work:
        sources = work.generation.sources
        scopes = [resolve(filters, sources.values()) for _, filters in checked]
        for (label, _), scope in zip(checked, scopes, strict=True):
            if scope is not None and not scope:
                raise AssistantError(f"the library has no document of {label}; leave it out, or widen it")
        wanted = frozenset[str]().union(*(frozenset(sources) if scope is None else scope for scope in scopes))
        work.narrow(wanted)
        cells = {cell.source.document: cell for cell in work.compute(progress=progress, stop=stop)}
        found = [
            _side(label, filters, [cells[sha] for sha in sorted(scope or wanted) if sha in cells])
            for (label, filters), scope in zip(checked, scopes, strict=True)
        ]
        embedder = work.generation.embedder
        done = _apart(found, embedder)
        grid, left = work.grid, len(wanted) - len(cells)
        return Comparison(grid.questions[0], done, _differing(done), grid.generation, left)


def _side(label: str, filters: Filters, cells: list[Cell]) -> Side:
    cells.sort(key=_order)
    found = [cell for cell in cells if cell.state == "found"]
    said: list[Sentence] = []
    for cell in found or cells:  # what only comes near speaks where nothing else does
        for sentence in cell.sentences:
            if len(said) < SAID and all(sentence.text != other.text for other in said):
                said.append(sentence)
    return Side(label, filters, tuple(cells), tuple(Said(each) for each in said))


def _order(cell: Cell) -> tuple[int, float, str]:
    # A superseded document, or a twin, stands behind the one that stands for it.
    aged = bool(cell.source.superseded or cell.source.twin)
    return _RANK[cell.state] + aged, -cell.chance, cell.source.name


def _apart(sides: Sequence[Side], embedder: Embedder) -> tuple[Side, ...]:
    """The sides, each with what it says alone first, in the order of what answers best."""
    said = [(row, each.sentence) for row, side in enumerate(sides) for each in side.said]
    if not said:
        return tuple(sides)
    vectors = embedder.encode_passages([sentence.text for _, sentence in said])
    near = vectors @ vectors.T
    words = [frozenset(keys(sentence.text, sentence.language)) for _, sentence in said]
    found: list[list[Said]] = [[] for _ in sides]
    for one, (row, sentence) in enumerate(said):
        others = [at for at, (its, _) in enumerate(said) if its != row]
        alike = [at for at in others if _same(float(near[one, at]), words[one], words[at])]
        shared = tuple(dict.fromkeys(sides[said[at][0]].label for at in alike))
        found[row].append(Said(sentence, shared))
    return tuple(
        replace(side, said=tuple(sorted(found[row], key=lambda each: bool(each.shared))))
        for row, side in enumerate(sides)
    )


def _same(cosine: float, one: frozenset[str], other: frozenset[str]) -> bool:
    return cosine >= SAME or len(one & other) >= COMMON * max(1, len(one | other))


def _differing(sides: Sequence[Side]) -> tuple[Difference, ...]:
    return differing([each.sentence for side in sides for each in side.said])


# Who has experience


@dataclass(frozen=True)
class Experience:
    """What a country's documents report of a thing that was done. country: ISO 3166-1 alpha-3, "" for
    documents of no single country; cells: those that answer, the weightiest document first."""

    country: str
    cells: tuple[Cell, ...]

    @property
    def label(self) -> str:
        return country_name(self.country) if self.country else "No single country"


_WHO = re.compile(
    "|".join(
        (
            r"(?:who|wh(?:ich|at) countr(?:y|ies))\s+ha(?:s|ve|d)\s+(?:any\s+)?experiences?\s+(?:with|in|of)",
            r"(?:quels?\s+pays|qui)\s+(?:a|ont)\s+(?:de\s+)?(?:l['’]|une\s+)?expérience\s+(?:des?|du|en|avec)\b",
            r"(?:qué\s+países?|qui[eé]n(?:es)?)\s+tienen?\s+experiencia\s+(?:con|en|de)\b",
            r"(?:у\s+кого|какие\s+страны)\s+(?:есть\s+|имеют\s+)?опыт\w*",
            r"(?:من|أي\s+البلدان)\s+لديه\w*\s+خبرة\s+(?:في|ب)",
            r"哪些国家有",
        )
    ),
    re.IGNORECASE,
)
_ASK = {
    "en": "What was done about {topic}, and with what results?",
    "fr": "Qu’a-t-on fait au sujet de {topic}, et avec quels résultats ?",
    "es": "¿Qué se hizo sobre {topic} y con qué resultados?",
    "ru": "Что было сделано: {topic}, и с какими результатами?",
    "ar": "ماذا جرى بشأن {topic} وما هي النتائج؟",
    "zh": "在{topic}方面做了什么，结果如何？",
}
# Reports of what was done tell more of experience than plans of what shall be.
_WEIGHT = {
    Kind.LESSONS: 3, Kind.EVALUATION: 3, Kind.BRIEF: 2, Kind.MANAGEMENT_RESPONSE: 2, Kind.REPORT: 2,
}  # fmt: skip


def topic_of(question: str) -> str:
    """What "who has experience with ...?" asks for; the question itself where it is asked otherwise."""
    found = _WHO.match(question.strip(" ¿"))
    rest = question.strip(" ¿")[found.end() :].strip(" ?؟？.。") if found else ""
    return rest.removesuffix("的经验") or question


def experience(
    assistant: Assistant,
    question: str,
    filters: Filters | None = None,
    *,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
) -> tuple[Experience, ...]:
    """The countries whose documents report experience with what `question` names, best first, with the
    evidence. Raises AssistantError."""
    from ingest.languages import question_language

    language = question_language(question)
    asked = _ASK.get(language, _ASK["en"]).format(topic=topic_of(question))
    by_country: dict[str, list[Cell]] = defaultdict(list)
    with open_grid(assistant, [asked], filters) as work:
        for cell in work.compute(progress=progress, stop=stop):
            if cell.state == "found":
                for country in _countries(cell):
                    by_country[country].append(cell)
    found = [
        Experience(country, tuple(sorted(cells, key=_weightiest))) for country, cells in by_country.items()
    ]
    return tuple(sorted(found, key=lambda each: (not each.country, -_weight(each), each.country)))


def _countries(cell: Cell) -> Sequence[str]:
    """Whose experience it is: the document's country; of several, those that its quoted passages name."""
    own = cell.source.countries
    if len(own) < 2:
        return own or ("",)
    texts = {cited.hit.passage.text for each in cell.sentences for cited in each.citations}
    named = {code for text in texts for code in find_countries(text)}
    return [country for country in own if country in named] or ("",)


def _weightiest(cell: Cell) -> tuple[int, float, str]:
    return -_WEIGHT.get(Kind(cell.source.kind), 1), -cell.chance, cell.source.name


def _weight(each: Experience) -> float:
    return sum(_WEIGHT.get(Kind(cell.source.kind), 1) * cell.chance for cell in each.cells)
