"""The assistant: one object behind the chat, the terminal and Python. Search, ask, stream."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from functools import lru_cache
from itertools import islice
from pathlib import Path
from weakref import WeakKeyDictionary

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
from assistant.live import LiveLibrary, Readable
from assistant.one_thread import keep_numpy_on_one_thread
from assistant.restricted import Rights
from assistant.search import Found, checked_filters
from assistant.settings import AssistantSettings
from assistant.standing import standing_question
from assistant.web.words import Said
from ingest.documents import Page
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
        keep_numpy_on_one_thread()
        self.settings = settings
        self.embedder = embedder or embedder_for(settings)
        self.library = Library(settings.library)
        self.live = LiveLibrary(self.library, self.embedder, settings.generation or None, settings)
        self.model = model or _chat_model(settings)
        self.chain = Chain(settings, self.embedder, self.model, reader_for(settings))
        self._answering = self.chain.runnable()
        self._rights = Rights(settings.library)
        self._groups: frozenset[str] | None = None  # None: every document
        self._examples: WeakKeyDictionary[Readable, tuple[str, ...]] = WeakKeyDictionary()
        self._lock = threading.Lock()
        self._warm = False

    def seen_by(self, groups: frozenset[str]) -> Assistant:
        """The same assistant with those documents alone that members of `groups` may read.

        Costs nothing: it shares all but the groups. What they may read is looked up at each question.
        """
        seen = copy(self)
        seen._groups = groups if self._groups is None else groups & self._groups
        return seen

    def may_read_left(self, document: str) -> bool:
        """Whether what is kept of a document (SHA-256) that has left the library may be read."""
        return self._rights.left(document, self._groups)

    @property
    def sees_all(self) -> bool:
        """Whether nothing of the library is kept from this person, whatever the limits are."""
        return self._groups is None

    @contextmanager
    def reading(self) -> Iterator[Readable]:
        """The live generation, as far as it may be read; it stays open while the block runs."""
        with self.live.reading() as generation:
            yield self._rights.view(generation, self._groups)

    def search(
        self, question: str, *, k: int = 10, filters: Filters = _NO_FILTERS, reading: bool = False
    ) -> Found:
        """The `k` passages nearest to `question`, best first; with `reading` in the order that an answer
        sees them in, which takes some tenths of a second more."""
        wanted = _checked(question)
        with self.reading() as generation:
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
        sentences: int | None = None,
    ) -> Iterator[Event]:
        """`Searching`, then (writing mode) `Quoted` and `Written`, then `Finished`.

        sentences: quote so many, where there are so many, whatever the settings say; None: what answers.
        """
        wanted, checked = _checked(question), checked_filters(filters)
        with self.reading() as generation:
            ask = Ask(wanted, generation, tuple(history), checked, as_typed, sentences)
            yield from self._answering.stream(ask)

    def sources(self) -> Sequence[Source]:
        """The documents of the live generation."""
        with self.reading() as generation:
            return tuple(generation.sources.values())

    def page_text(self, document: str, page: int | None) -> str:
        """The text of one page, which quotes were verified against."""
        with self.reading() as generation:
            return generation.catalogue.page_text(document, page)

    def page(self, document: str, page: int | None) -> Page | None:
        """One page as it was read, None if there is no such page."""
        with self.reading() as generation:
            return generation.catalogue.page(document, page)

    def page_count(self, document: str) -> int:
        """How many pages a document has."""
        with self.reading() as generation:
            return generation.catalogue.page_count(document)

    def original(self, document: str) -> Path:
        """Where the bytes of a document of the live generation are kept."""
        with self.reading() as generation:
            known = document in generation.sources
        path = self.library.original(document) if known else None
        if path is None:
            raise AssistantError("this document is not in the library")
        return path

    def generation(self) -> str:
        """The name of the generation that answers, "" if there is none."""
        return self.live.pinned or self.library.live() or ""

    def example_questions(self) -> Sequence[str]:
        """Up to four questions that documents of the live generation answer; found once for all who may read
        the same."""
        with self.reading() as generation, self._lock:
            if generation not in self._examples:
                self._examples[generation] = tuple(self._answerable(generation))
            return self._examples[generation]

    def next_questions(self, answer: Answer, tries: int = 3) -> Iterator[str]:
        """What could be asked after `answer`: of other sections of the documents that it cites.

        After each of at most `tries` questions that are asked: the question, "" where it has no answer there.
        """
        from assistant.examples import further

        with self.reading() as generation:
            questions = list(islice(further(generation, answer), tries))
        for document, question in questions:
            yield question if self._answers(question, document) else ""

    def _answerable(self, generation: Readable) -> Iterator[str]:
        from assistant.examples import candidates

        found = 0
        for document, question in candidates(generation):
            if self._answers(question, document):
                yield question
                found += 1
            if found == 4:
                return

    def _answers(self, question: str, document: str) -> bool:
        """Whether `question` has an answer that cites `document`."""
        result = self.ask(question, as_typed=True)
        return isinstance(result, Answer) and any(
            citation.hit.passage.document == document
            for sentence in result.sentences
            for citation in sentence.citations
        )

    def not_ready(self) -> str:
        """Why no question can be answered yet, in words that tell nothing of documents; "" if one can."""
        if not self._warm:
            return "The models are still being loaded."
        if not self.generation():
            return "There is no library yet."
        try:
            with self.live.reading():
                return ""
        except Exception as error:
            log.error("not ready: %s", error)
            return "The library cannot be opened; the log says why."

    def forget(self) -> None:
        """Forgets what was read for earlier questions: who measures time asks none that is half answered."""
        self.embedder.forget()
        if self.chain.reader is not None:
            self.chain.reader.forget()

    def warm_up(self) -> None:
        """Loads the model and opens the library, if there is one, so that the first question is quick.

        One after the other: side by side they wait for each other and take a second longer.
        """
        self.embedder.embed_query("warm up")
        if self.chain.reader is not None:
            self.chain.reader.read("warm up", [("", "warm up")])
        question_language("warm up")
        find_countries("warm up")
        if self.generation():
            with self.live.reading() as generation:
                generation.open_all()
        if self.model is not None:
            from assistant.writing import warm_up

            warm_up(self.model)
        self._warm = True

    def __enter__(self) -> Assistant:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Gives the library's files back."""
        self.live.close()
        self._rights.close()


def _checked(question: str) -> str:
    plain = re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]+", " ", question).strip()
    if not any(char.isalnum() for char in plain):
        raise Said("ask.empty")
    if len(plain) > _LONGEST:
        raise Said("ask.too_long", count=len(plain), longest=_LONGEST)
    return plain


def reader_for(settings: AssistantSettings) -> EvidenceReader | None:
    """The evidence model, None where the settings do without. Raises IngestError where it cannot be had."""
    if settings.reader == "none":
        return None
    return _reader(bundled_model(settings.models), settings.threads)


@lru_cache(maxsize=2)
def _reader(embedding: Path, threads: int) -> EvidenceReader:
    """One for all assistants of a process: it has 250 MB of vocabulary and remembers what it read."""
    return EvidenceReader(embedding, threads=threads)


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
