"""One cell decided: an exact search inside one document, what comes first read with the question, quoted.

Ordinary retrieval ranks passages against all others, so that what ranks low is not seen. Here every passage
of the document has its cosine and its words weighed, so that "not found" says something.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from assistant.answer import Hit, Sentence, Source
from assistant.chain import pages_of, quotes_of
from assistant.evidence import EvidenceReader
from assistant.gate import ABROAD as READS_ABROAD
from assistant.gate import evidence
from assistant.grids.concepts import Met, met
from assistant.grids.types import Cell, State
from assistant.live import Readable
from assistant.quoting import Choice, choose
from assistant.reading import read
from assistant.search import (
    ABROAD,
    FLOOR,
    LATIN,
    LEXICAL,
    NAMES_ABROAD,
    Found,
    lexical_terms,
    question_vector,
    spread,
    written_alike,
)
from assistant.sentences import units
from assistant.verify import cite
from ingest.documents import Passage
from ingest.embeddings import Embedder
from ingest.languages import question_language
from ingest.terms import terms

# Passages of each document that are read with the question; the right page is among three in 93 of 100 cells
# that were found by reading, among two in 89, among four in 96.
READ = 3
# What a passage that says all the things named gets beside its search score. The right page comes first in 69
# of 100 such cells without it, in 77 at .3, in 79 at .5 and above.
SAID = 0.5
SENTENCES = 3  # quoted at most in a cell that was found
# A further sentence is quoted where it is worth so much of the first. Pages that answer, of those cited first
# and of all cited: .83, .79; at .3: .83, .77; chosen as the chat chooses sentences: .76, .74.
ENOUGH = 0.45
_ALL = 1_000_000
# How likely it is that a cell is found, fitted by logistic regression on the 237 cells of the gold that are
# clearly answered or not (tests/benchmarks/grid.py; questions left out one at a time: area under the curve
# .93, F1 .88): what the best passage both names and reads as answering (alone .93), its score (.89),
# and in how many passages the weightiest thing named stands (.89). Before there were concepts: .83, F1 .77.
_BOTH, _SCORE, _OFTEN, _BASE = 6.0, 2.0, 1.2, -3.7
_READS = 1.5  # what a reading is raised by: in a grid a passage on the matter counts, not only a short answer
FOUND, PARTLY = 0.6, 0.35
# Found is a cell only where one sentence (with its neighbours) names and reads as answering so much, or where
# the answer is read in a passage with such certainty. A draft has to say more (assistant/grids/strict.py).
FIRM, READS_WELL = 0.28, 1.0
_BESIDE = 0.4  # what the sentences before and after count of it


@dataclass(frozen=True)
class Put:
    """A question made ready to be put to many documents.

    words: passage id -> how well the question's words (in the question's language) or its names and numbers
    (in others) are met, 1 for the passage of the library that meets them best. floor, best: the cosines that
    count 0 and 1.
    """

    text: str
    language: str
    vector: NDArray[np.float32]
    words: Mapping[str, float]
    met: Met
    floor: float
    best: float


def put(generation: Readable, question: str, embedder: Embedder) -> Put:
    """`question` ready for the documents of `generation`."""
    language = question_language(question)
    vector = question_vector(embedder, question)
    mean, deviation = generation.typical(vector)
    nearest = generation.nearest(vector, 1, None)
    found = generation.words.best(lexical_terms(question, language), language, _ALL)
    top = max((score for _, score in found), default=1.0)
    words = {id_: score / top for id_, score in found}
    for id_, share in written_alike(generation, question, language, None, _ALL).items():
        words.setdefault(id_, share)
    floor = mean - FLOOR * deviation
    best = max((cosine for _, cosine in nearest), default=floor)
    met_ = met(generation, question, language)
    return Put(question, language, vector, words, met_, floor, max(best, floor + 1e-6))


class Document:
    """One document of a generation, open for questions."""

    def __init__(self, generation: Readable, source: Source) -> None:
        self.source = source
        self._generation = generation
        self.page_text = pages_of(generation)

    @cached_property
    def passages(self) -> Mapping[str, Passage]:
        return {each.id: each for each in self._generation.catalogue.passages_of(self.source.document)}

    @cached_property
    def pages(self) -> int:
        return self._generation.catalogue.page_count(self.source.document)

    @cached_property
    def unread(self) -> int:
        """How many pages have something to read that could not be read."""
        return self._generation.catalogue.unread_pages(self.source.document)

    def ranked(self, question: Put, most: int = 6 * READ) -> list[Hit]:
        """The best of all its passages, scored as `assistant.search` scores, but against the whole library's
        best, so that scores of different documents compare; and by what they say of the things named."""
        near = self._generation.nearest(question.vector, _ALL, frozenset({self.source.document}))
        at_home = self.source.language in (question.language, "und")
        abroad = self.source.language in LATIN
        found = []
        for id_, cosine in near:
            share = max(0.0, (cosine - question.floor) / (question.best - question.floor))
            met = question.words.get(id_, 0.0)
            by_words = met if at_home else ABROAD * share + (NAMES_ABROAD * met if abroad else 0.0)
            said = question.met.share(id_, self.source.language) or 0.0
            found.append((share + LEXICAL * by_words + SAID * said, id_, cosine))
        found.sort(key=lambda each: (-each[0], each[1]))
        return [
            Hit(self.passages[id_], self.source, score, similarity=cosine)
            for score, id_, cosine in found[:most]
            if id_ in self.passages
        ]


@dataclass(frozen=True)
class Decider:
    """Decides cells with one reading model (None: by words and vectors alone), which reads `depth` passages
    of a document."""

    reader: EvidenceReader | None
    depth: int = READ

    def cell(self, question: Put, document: Document) -> Cell:
        """What `document` says to `question`."""
        hits = spread(document.ranked(question), self.depth, None)
        absent: State = "unreadable" if document.unread else "not found"
        cell = Cell(question.text, document.source, absent, unread=document.unread, pages=document.pages)
        if not hits:
            return cell
        found = Found(tuple(hits), question.language, 1)
        score = max(hit.score for hit in hits)
        shares = [question.met.share(hit.passage.id, document.source.language) for hit in hits]
        most = self._at_most(question, document, shares, score)
        if most < PARTLY:  # however well it reads; this spares the reading in many cells of a grid
            measures = {"chance_at_most": round(most, 4), "score": round(score, 4)}
            return replace(cell, nearest=hits[0], decided=measures)
        if self.reader is not None:
            found = read(question.text, found, self.reader, self.depth)
        chance = self._chance(question, document, found.hits, score)
        spoken = _spoken(question, found.hits)
        said = spoken[0].score if spoken else 0.0
        reading = max((hit.reading.whole for hit in found.hits if hit.reading), default=0.0)
        top = found.hits[0]
        measures = {"chance": chance, "said": said, "reading": reading, "score": score}
        state = self._state(question, found.hits, measures, absent)
        decided = {name: round(value, 4) for name, value in measures.items()}
        sentences: tuple[Sentence, ...] = ()
        if state in ("found", "partly"):
            choices = [each for each in spoken[:SENTENCES] if each.score >= ENOUGH * said]
            if not said:  # nothing was read, or nothing named can be told in this language
                choices = list(choose(question.text, question.language, found.hits, limit=SENTENCES))
            sentences = _verified(choices, document)
        if not sentences:
            return replace(cell, nearest=replace(top, reading=None), decided=decided)
        return replace(cell, state=state, sentences=sentences, decided=decided)

    def _state(self, question: Put, hits: Sequence[Hit], measures: dict[str, float], absent: State) -> State:
        """What `measures` of the hits say."""
        firm = self.reader is None or measures["said"] >= FIRM or measures["reading"] >= READS_WELL
        if measures["chance"] >= FOUND and firm:
            return "found"
        return "partly" if measures["chance"] >= PARTLY else absent

    def _at_most(
        self, question: Put, document: Document, shares: Sequence[float | None], score: float
    ) -> float:
        """What `_chance` would be if all passages read as well as can be."""
        if any(share is None for share in shares):
            return 1.0
        often = math.log1p(question.met.often(document.passages, document.source.language))
        most = max(share or 0.0 for share in shares)
        return _sigmoid(_BOTH * most + _SCORE * score + _OFTEN * often + _BASE)

    def _chance(self, question: Put, document: Document, hits: Sequence[Hit], score: float) -> float:
        """How likely it is that `document` answers; score: the best of `hits` had before they were read."""
        language = document.source.language
        shares = [question.met.share(hit.passage.id, language) for hit in hits]
        if all(share is None for share in shares):  # nothing that is named can be told in its language
            return evidence(question.text, question.language, hits)
        abroad = language not in (question.language, "und")
        readings = [
            1.0 if hit.reading is None else _sigmoid(hit.reading.whole + READS_ABROAD * abroad + _READS)
            for hit in hits
        ]
        both = max((share or 0.0) * read for share, read in zip(shares, readings, strict=True))
        often = math.log1p(question.met.often(document.passages, language))
        return _sigmoid(_BOTH * both + _SCORE * score + _OFTEN * often + _BASE)


def _spoken(question: Put, hits: Sequence[Hit]) -> list[Choice]:
    """The sentences of `hits`, each once, best first; score: what it, with those beside it, both names of the
    question and reads as answering, 0 to 1."""
    found: dict[str, Choice] = {}
    for hit in hits:
        if hit.reading is None:
            continue
        language = hit.source.language
        abroad = language not in (question.language, "und")
        parts = units(hit.passage, language)
        words = [frozenset(terms(part.text, language)) for part in parts]
        for place, part in enumerate(parts):
            near = words[place].union(*words[max(0, place - 1) : place + 2])
            own = question.met.share_of(words[place], language) or 0.0
            around = question.met.share_of(near, language) or 0.0
            reads = _sigmoid(hit.reading.between(part.start, part.end) + READS_ABROAD * abroad + _READS)
            score = ((1 - _BESIDE) * own + _BESIDE * around) * reads
            found.setdefault(" ".join(part.text.casefold().split()), Choice(hit, part, score))
    return sorted(found.values(), key=lambda each: (-each.score, each.hit.passage.id, each.unit.start))


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-value))


def _verified(choices: Sequence[Choice], document: Document) -> tuple[Sentence, ...]:
    """The chosen sentences whose words were found again on their page."""
    kept = []
    for choice in choices:
        passage = choice.hit.passage
        page = document.page_text(passage.document, passage.page)
        hit = replace(choice.hit, reading=None)
        citations = [cite(hit, quote, page) for quote in quotes_of(choice)]
        if citations and all(citations):
            found = tuple(each for each in citations if each is not None)
            kept.append(Sentence(choice.unit.text, found, document.source.language))
    return tuple(kept)
