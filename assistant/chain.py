"""The chain, a LangChain runnable: standing question -> search -> gate -> quotes -> written answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import Runnable, RunnableGenerator

from assistant import phrases
from assistant.answer import (
    Answer,
    Event,
    Filters,
    Finished,
    Hit,
    Quoted,
    Receipt,
    Refusal,
    Searching,
    Sentence,
    Turn,
    Written,
)
from assistant.evidence import EvidenceReader
from assistant.gate import Gate, evidence
from assistant.live import Readable
from assistant.missing import missing_document, missing_names
from assistant.models import ModelUnavailable, fare_of
from assistant.offers import offer_of
from assistant.questions import parts
from assistant.quoting import Choice, choose
from assistant.reading import read
from assistant.search import Found, question_vector, search
from assistant.settings import AssistantSettings
from assistant.standing import standing_question
from assistant.verify import cite
from assistant.writing import write
from ingest.embeddings import Embedder
from ingest.places import country_name

NEAREST = 3  # passages a refusal shows
PARTS_DEPTH = 4  # passages read again with each part of a question


@dataclass(frozen=True)
class Ask:
    """What goes into the chain: a question, and the generation it is put to."""

    question: str
    generation: Readable
    history: Sequence[Turn] = ()
    filters: Filters = field(default_factory=Filters)
    as_typed: bool = False
    sentences: int | None = None
    started: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class Searched:
    """A question with what search found for it."""

    ask: Ask
    standing: str
    found: Found
    timings: dict[str, float]


Step = Event | Searched


class Chain:
    """Builds the runnable for one set of settings and models."""

    def __init__(
        self,
        settings: AssistantSettings,
        embedder: Embedder,
        model: BaseChatModel | None,
        reader: EvidenceReader | None = None,
    ) -> None:
        self.settings, self.embedder, self.model, self.reader = settings, embedder, model, reader

    def runnable(self) -> Runnable[Ask, Event]:
        """Ask -> events, streamed: Searching, then (writing) Quoted and Written, then Finished."""
        return RunnableGenerator(self._search) | RunnableGenerator(self._answer)

    def _search(self, asks: Iterator[Ask]) -> Iterator[Step]:
        for ask in asks:
            history = () if ask.as_typed else ask.history
            # A model on this machine would take longer for it than the quotes may.
            asked = None if self.model is None or fare_of(self.model).remembers else self.model
            standing = standing_question(ask.question, history, model=asked if history else None)
            yield Searching(standing.text, standing.text == ask.question)
            timings = {"standing": time.monotonic() - ask.started}
            found = self.find(
                ask.generation, standing.text, self.settings.considered, ask.filters, timings=timings
            )
            yield Searched(ask, standing.text, found, timings)

    def find(
        self,
        generation: Readable,
        question: str,
        k: int,
        filters: Filters,
        *,
        reading: bool = True,
        timings: dict[str, float] | None = None,
    ) -> Found:
        """The `k` best passages, with `reading` in the order that reading gives; `timings` gets seconds."""
        timings = {} if timings is None else timings
        begun = time.monotonic()
        vector = question_vector(generation.embedder, question)
        timings["embedding"] = time.monotonic() - begun
        begun = time.monotonic()
        found = search(
            generation,
            question,
            vector,
            k=max(k, self.settings.considered) if reading else k,
            filters=filters,
        )
        timings["search"] = time.monotonic() - begun
        if reading and self.reader is not None:
            begun = time.monotonic()
            found = read(question, found, self.reader, self.settings.considered)
            timings["reading"] = time.monotonic() - begun
        return replace(found, hits=found.hits[:k])

    def _answer(self, steps: Iterator[Step]) -> Iterator[Event]:
        for step in steps:
            if isinstance(step, Searched):
                yield from self._answers(step)
            else:
                yield step

    def _answers(self, step: Searched) -> Iterator[Event]:
        found = step.found
        if not found.hits:
            reason = phrases.say("nothing left", found.language)
            yield Finished(self._refusal(step, reason, ()))
            return
        begun = time.monotonic()
        choices = choose(
            step.standing,
            found.language,
            found.hits,
            limit=step.ask.sentences or self.settings.sentences,
            all=step.ask.sentences is not None,
        )
        reason = self._why_not(step)
        step.timings["choosing"] = time.monotonic() - begun
        begun = time.monotonic()
        sentences = () if reason else self._sentences(step.ask.generation, choices)
        step.timings["verifying"] = time.monotonic() - begun
        if not sentences:
            reason = reason or self._no_evidence(step)
            yield Finished(self._refusal(step, reason, found.hits[:NEAREST]))
            return
        quoted = Answer(step.standing, found.language, sentences, self._receipt(step))
        if self.settings.composer == "quoting" or self.model is None:
            yield Finished(replace(quoted, receipt=self._receipt(step)))
            return
        yield Quoted(quoted)
        yield from self._written(step, quoted, self.model)

    def _written(self, step: Searched, quoted: Answer, model: BaseChatModel) -> Iterator[Event]:
        page_text = pages_of(step.ask.generation)
        begun = time.monotonic()
        written: list[Sentence] = []
        note = ""
        try:
            for sentence in write(
                step.standing,
                step.found.language,
                step.found.hits,
                quoted,
                model,
                page_text=lambda hit: page_text(hit.passage.document, hit.passage.page),
                cosine=self._cosine,
                first=self.settings.first_token,
                total=self.settings.writing_time,
            ):
                written.append(sentence)
                yield Written(sentence)
        except ModelUnavailable as error:
            note = error.note(step.found.language)
        step.timings["writing"] = time.monotonic() - begun
        if not written:
            note = note or phrases.say("nothing written", step.found.language)
            yield Finished(replace(quoted, receipt=self._receipt(step), note=note))
            return
        yield Finished(
            Answer(step.standing, step.found.language, tuple(written), self._receipt(step), "writing", note)
        )

    def _why_not(self, step: Searched) -> str:
        """Why there is no answer, "" if there is evidence for one."""
        found = step.found
        offer = offer_of(step.standing)
        if offer is not None and offer.only and found.documents > 1:
            count = found.documents
            seconds = offer.seconds(count)
            return phrases.say("ask of all", found.language, count=count, seconds=seconds)
        missing = missing_names(
            step.standing, found.hits, self._known_countries(step.ask.generation), found.language
        )
        if missing:
            names = ", ".join(missing)
            return phrases.say("missing", found.language, searched=self._searched(step), names=names)
        lacking = missing_document(step.standing, found.hits, step.ask.generation.sources.values())
        if lacking is not None:
            kind, country = lacking
            name = country_name(country, found.language)
            return phrases.no_such_document(found.language, kind, name, self._searched(step))
        score = self._evidence(step)
        step.timings["evidence"] = score
        return "" if self._gate(score) else self._no_evidence(step)

    def _evidence(self, step: Searched) -> float:
        """Of a question of several parts that finds little as a whole: that of the part which finds most."""
        found, reader = step.found, self.reader
        score = evidence(step.standing, found.language, found.hits)
        if reader is None or self._gate(score):
            return score
        scores = [score]
        for part in parts(step.standing):
            again = read(part, found, reader, PARTS_DEPTH)
            scores.append(evidence(part, found.language, again.hits[:PARTS_DEPTH]))
        return max(scores)

    def _gate(self, score: float) -> bool:
        least = self.settings.evidence
        return (Gate() if least is None else Gate(least))(score)

    def _known_countries(self, generation: Readable) -> frozenset[str]:
        return frozenset(code for source in generation.sources.values() for code in source.countries)

    def _no_evidence(self, step: Searched) -> str:
        return phrases.say("no evidence", step.found.language, searched=self._searched(step))

    def _searched(self, step: Searched) -> str:
        return phrases.searched(step.found.language, step.found.documents, describe(step.ask.filters))

    def _sentences(self, generation: Readable, choices: Sequence[Choice]) -> tuple[Sentence, ...]:
        """The chosen sentences whose words were found again on their page."""
        page_text = pages_of(generation)
        kept = []
        for choice in choices:
            passage = choice.hit.passage
            page = page_text(passage.document, passage.page)
            quotes = quotes_of(choice)
            citations = [cite(choice.hit, quote, page) for quote in quotes]
            found = tuple(citation for citation in citations if citation is not None)
            if found and len(found) == len(quotes):
                kept.append(Sentence(choice.unit.text, found, choice.hit.source.language))
        return tuple(kept)

    def _refusal(self, step: Searched, reason: str, nearest: Sequence[Hit]) -> Refusal:
        return Refusal(step.standing, step.found.language, reason, tuple(nearest), self._receipt(step))

    def _receipt(self, step: Searched) -> Receipt:
        import prompts

        settings = self.settings
        embedder = step.ask.generation.embedder
        models = {"embedding": {"name": embedder.name, "hash": embedder.hash}}
        if self.reader is not None:
            models["evidence"] = {"name": self.reader.name, "hash": self.reader.hash}
        used: dict[str, str] = {}
        if settings.composer == "writing" and self.model is not None:
            models["chat"] = {"name": settings.chat_model, "hash": ""}
            used = {name: prompts.load(name).hash for name in ("answer", "standing")}
        timings = {**step.timings, "total": time.monotonic() - step.ask.started}
        evidence_score = timings.pop("evidence", None)
        return Receipt(
            generation=step.ask.generation.name,
            models=models,
            prompts=used,
            filters=step.ask.filters,
            passages=tuple(hit.passage.id for hit in step.found.hits),
            documents_searched=step.found.documents,
            timings={name: round(seconds, 4) for name, seconds in timings.items()},
            settings={
                "composer": settings.composer,
                "sentences": step.ask.sentences or settings.sentences,
                "considered": settings.considered,
                "evidence": evidence_score,
            },
        )

    def _cosine(self, one: str, two: str) -> float:
        vectors = self.embedder.encode_passages([one, two])
        return float(vectors[0] @ vectors[1])


def quotes_of(choice: Choice) -> list[str]:
    """The verbatim words a chosen sentence rests on: its own, or a row's cells without their headers."""
    text = choice.unit.text
    if choice.hit.passage.kind != "row":
        return [text]
    return [line.split(": ", 1)[-1] for line in text.split("\n") if line.strip()]


def pages_of(generation: Readable) -> Callable[[str, int | None], str]:
    """Page texts of one generation, each read once a question."""
    known: dict[tuple[str, int | None], str] = {}

    def page_text(document: str, page: int | None) -> str:
        key = (document, page)
        if key not in known:
            known[key] = generation.catalogue.page_text(document, page)
        return known[key]

    return page_text


def describe(filters: Filters) -> str:
    """The filters in words: "SEN, evaluation, 2019-2023"; "" if there are none."""
    years = f"{filters.since or '…'}-{filters.until or '…'}" if filters.since or filters.until else ""
    parts = [
        *filters.countries,
        *filters.kinds,
        *filters.languages,
        *filters.organisations,
        *filters.documents,
    ]
    if filters.in_force is not None:
        parts.append("in force" if filters.in_force else "superseded")
    return ", ".join([*parts, years] if years else parts)
