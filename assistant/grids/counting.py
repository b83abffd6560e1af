"""One document counted: every place of every family, with its page, its section and the best sentence."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from assistant.answer import Source
from assistant.grids.best_quote import Quotes
from assistant.grids.meanings import DEPTH, FEWEST_WORDS, Meaning
from assistant.grids.parts import OTHER, part_of
from assistant.grids.survey_types import Candidate, Finding, PageCount, Row, Section
from assistant.grids.terms import Matcher
from assistant.grids.themes import Family
from assistant.live import Readable
from assistant.sentences import count_words
from ingest.documents import Passage


@dataclass(frozen=True)
class Looked:
    """What is looked for. meanings: of the families, None where one has none; far: how many deviations above
    the mean a passage has to be to be a candidate."""

    families: tuple[Family, ...]
    matcher: Matcher
    meanings: tuple[Meaning | None, ...]
    far: float


@dataclass(frozen=True)
class _Spot:
    """A place: on which page (from 0), from where to where in its text."""

    page: int
    start: int
    end: int


def counted(generation: Readable, source: Source, looked: Looked) -> Row:
    """`source` with a finding for each family."""
    document = _Document(generation, source)
    spots: list[list[_Spot]] = [[] for _ in looked.families]
    for page, text in enumerate(document.texts):
        for place in looked.matcher.places(text):
            spots[place.family].append(_Spot(page, place.start, place.end))
    findings = []
    for family, its, meaning in zip(looked.families, spots, looked.meanings, strict=True):
        if its:
            findings.append(document.found(family.id, its))
        else:
            candidate = document.candidate(meaning, looked.far) if meaning else None
            findings.append(_without(family, document, candidate))
    return Row(source, len(document.texts), document.unread, tuple(findings))


def _without(family: Family, document: _Document, candidate: Candidate | None) -> Finding:
    why: Literal["", "unread", "language"] = ""
    if document.unread or not document.texts:
        why = "unread"
    elif not family.covers(document.source.language):
        why = "language"
    return Finding(family.id, "unreadable" if why else "not found", candidate=candidate, why=why)


class _Document:
    """One document while it is counted."""

    def __init__(self, generation: Readable, source: Source) -> None:
        self.source, self._generation = source, generation
        self.texts = generation.catalogue.texts(source.document)
        self.unread = generation.catalogue.unread_pages(source.document)

    @cached_property
    def _passages(self) -> list[Passage]:
        return self._generation.catalogue.passages_of(self.source.document)

    @cached_property
    def _paged(self) -> bool:
        """Whether its format has pages; they are numbered from 1 without gaps."""
        if len(self.texts) != 1 or self._passages:
            return len(self.texts) != 1 or self._passages[0].page is not None
        return self._generation.catalogue.pages(self.source.document)[0].index is not None

    @cached_property
    def _of_page(self) -> Mapping[int, tuple[list[int], list[Passage]]]:
        """Page (from 0) -> where its passages begin, and they themselves."""
        found: dict[int, tuple[list[int], list[Passage]]] = {}
        for passage in sorted(self._passages, key=lambda each: (each.page or 1, each.start, each.ordinal)):
            starts, passages = found.setdefault((passage.page or 1) - 1, ([], []))
            starts.append(passage.start)
            passages.append(passage)
        return found

    @cached_property
    def _quotes(self) -> Quotes:
        return Quotes(self.source, lambda page: self.texts[(page or 1) - 1])

    def found(self, family: str, spots: Sequence[_Spot]) -> Finding:
        pages: Counter[int] = Counter()
        sections: Counter[tuple[tuple[str, ...], str]] = Counter()
        words: Counter[str] = Counter()
        held: dict[Passage, list[tuple[int, int]]] = {}
        beside: dict[Passage, list[tuple[int, int]]] = {}
        for spot in spots:
            pages[spot.page] += 1
            words[" ".join(self.texts[spot.page][spot.start : spot.end].lower().split())] += 1
            passage, inside = self._passage(spot)
            sections[(passage.headings, part_of(passage)) if passage else ((), OTHER)] += 1
            if passage is not None:
                (held if inside else beside).setdefault(passage, []).append((spot.start, spot.end))
        return Finding(
            family,
            "found",
            len(spots),
            tuple(
                PageCount(page + 1 if self._paged else None, self._label(page), count)
                for page, count in sorted(pages.items())
            ),
            tuple(Section(*where, count) for where, count in sections.items()),
            dict(sorted(words.items(), key=lambda each: (-each[1], each[0]))),
            self._quotes.best(held) or self._quotes.line(beside),
        )

    def candidate(self, meaning: Meaning, far: float) -> Candidate | None:
        """The passage nearest to what the family means, where it is far above chance."""
        nearest = self._generation.nearest(meaning.vector, DEPTH, frozenset({self.source.document}))
        near = {id_: (cosine - meaning.mean) / meaning.deviation for id_, cosine in nearest}
        wanted = [id_ for id_, deviations in near.items() if deviations >= far]
        passages = self._generation.catalogue.passages(wanted) if wanted else {}
        for id_ in wanted:
            if count_words(passages[id_].text) < FEWEST_WORDS:
                continue
            if quote := self._quotes.opening(passages[id_]):
                return Candidate(quote, round(near[id_], 2))
        return None

    def _passage(self, spot: _Spot) -> tuple[Passage | None, bool]:
        """The passage that holds a place, or else the next on its page (a heading stands above what it
        heads), or the last; and whether it holds it."""
        starts, passages = self._of_page.get(spot.page, ([], []))
        if not passages:
            return None, False
        at = bisect_right(starts, spot.start)
        before = [each for each in passages[:at] if each.start == starts[at - 1]] if at else []
        holding = [each for each in before if spot.start < each.end]
        if holding:  # a long row is several passages at one place
            words = self.texts[spot.page][spot.start : spot.end]
            return next((each for each in holding if words in each.text), holding[0]), True
        return passages[min(at, len(passages) - 1)], False

    def _label(self, page: int) -> str:
        _, passages = self._of_page.get(page, ([], []))
        return passages[0].label if passages else ""
