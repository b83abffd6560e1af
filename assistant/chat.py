"""The assistant: one object behind the chat, the terminal and Python. Search, ask, stream."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from langchain_core.language_models import BaseChatModel

from assistant.answer import (
    Answer,
    AssistantError,
    Event,
    Filters,
    Finished,
    Refusal,
    Source,
    Turn,
)
from assistant.chain import Ask, Chain
from assistant.evidence import EvidenceReader
from assistant.live import Generation, LiveLibrary
from assistant.search import Found, checked_filters
from assistant.settings import AssistantSettings
from assistant.standing import standing_question
from ingest.e5 import bundled_model
from ingest.embeddings import Embedder
from ingest.languages import question_language
from ingest.library import Library
from ingest.places import find_countries
from ingest.settings import embedder_for

log = logging.getLogger(__name__)

_NO_FILTERS = Filters()
_LONGEST = 2_000  # characters of a question


class Assistant:
    """Answers questions from one library. Safe to share between threads; holds no conversation.

    Every method may raise AssistantError or IngestError with a sentence for the user.
    """

    def __init__(
        self,
        settings: AssistantSettings,
        *,
        embedder: Embedder | None = None,
        model: BaseChatModel | None = None,
    ) -> None:
        self.settings = settings
        self.embedder = embedder or embedder_for(settings)
        self.library = Library(settings.library)
        self.live = LiveLibrary(self.library, self.embedder)
        self.model = model or _chat_model(settings)
        self.chain = Chain(settings, self.embedder, self.model, reader_for(settings))
        self._answering = self.chain.runnable()
        self._examples: tuple[str, tuple[str, ...]] = ("", ())
        self._lock = threading.Lock()

    def search(
        self, question: str, *, k: int = 10, filters: Filters = _NO_FILTERS, reading: bool = False
    ) -> Found:
        """The `k` passages nearest to `question`, best first; with `reading` in the order that an answer
        sees them in, which takes some tenths of a second more."""
        wanted = _checked(question)
        with self.live.reading() as generation:
            return self.chain.find(generation, wanted, k, checked_filters(filters), reading=reading)

    def standing(self, question: str, history: Sequence[Turn]) -> str:
        """The question as it stands alone after `history`."""
        if not history:
            return question
        return standing_question(_checked(question), history, model=self.model).text

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters = _NO_FILTERS,
        as_typed: bool = False,
    ) -> Answer | Refusal:
        """The answer, or the refusal, to `question` as it stands after `history`."""
        for event in self.stream(question, history=history, filters=filters, as_typed=as_typed):
            if isinstance(event, Finished):
                return event.result
        raise AssistantError("the question ended without a result; ask again")

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters = _NO_FILTERS,
        as_typed: bool = False,
    ) -> Iterator[Event]:
        """`Searching`, then (writing mode) `Quoted` and `Written`, then `Finished`."""
        wanted, checked = _checked(question), checked_filters(filters)
        with self.live.reading() as generation:
            yield from self._answering.stream(Ask(wanted, generation, tuple(history), checked, as_typed))

    def sources(self) -> Sequence[Source]:
        """The documents of the live generation."""
        with self.live.reading() as generation:
            return tuple(generation.sources.values())

    def page_text(self, document: str, page: int | None) -> str:
        """The text of one page, which quotes were verified against."""
        with self.live.reading() as generation:
            return generation.catalogue.page_text(document, page)

    def original(self, document: str) -> Path:
        """Where the bytes of a document of the live generation are kept."""
        with self.live.reading() as generation:
            known = document in generation.sources
        path = self.library.original(document) if known else None
        if path is None:
            raise AssistantError("this document is not in the library")
        return path

    def generation(self) -> str:
        """The name of the live generation, "" if there is none."""
        return self.library.live() or ""

    def example_questions(self) -> Sequence[str]:
        """Up to four questions that documents of the live generation answer; found once a generation."""
        with self._lock:
            if self._examples[0] != self.generation():
                with self.live.reading() as generation:
                    self._examples = (generation.name, tuple(self._answerable(generation)))
            return self._examples[1]

    def _answerable(self, generation: Generation) -> Iterator[str]:
        from assistant.examples import candidates

        found = 0
        for document, question in candidates(generation):
            result = self.ask(question)
            if isinstance(result, Answer) and any(
                citation.hit.passage.document == document
                for sentence in result.sentences
                for citation in sentence.citations
            ):
                yield question
                found += 1
            if found == 4:
                return

    def warm_up(self) -> None:
        """Loads the model and opens the library, so that the first question is quick.

        One after the other: side by side they wait for each other and take a second longer.
        """
        self.live.name()
        self.embedder.embed_query("warm up")
        if self.chain.reader is not None:
            self.chain.reader.read("warm up", [("", "warm up")])
        question_language("warm up")
        find_countries("warm up")
        with self.live.reading() as generation:
            generation.open_all()

    def __enter__(self) -> Assistant:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Gives the library's files back."""
        self.live.close()


def _checked(question: str) -> str:
    plain = re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]+", " ", question).strip()
    if not any(char.isalnum() for char in plain):
        raise AssistantError("the question is empty; type what you want to know")
    if len(plain) > _LONGEST:
        raise AssistantError(f"the question has {len(plain)} characters; shorten it to {_LONGEST}")
    return plain


def reader_for(settings: AssistantSettings) -> EvidenceReader | None:
    """The evidence model, None where the settings do without. Raises IngestError where it cannot be had."""
    if settings.reader == "none":
        return None
    return EvidenceReader(bundled_model(settings.models), threads=settings.threads)


def _chat_model(settings: AssistantSettings) -> BaseChatModel | None:
    if settings.composer != "writing":
        return None
    if not settings.chat_model:
        raise AssistantError(
            "writing needs a chat model; set ASSISTANT_CHAT_MODEL (for example 'local'), or"
            " ASSISTANT_COMPOSER=quoting"
        )
    from assistant.models import load_chat_model

    return load_chat_model(
        settings.chat_model,
        models_dir=settings.models,
        base_url=settings.chat_endpoint,
        api_key=settings.chat_key.get_secret_value(),
        timeout=settings.writing_time,
    )
