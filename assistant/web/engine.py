"""What the chat screen needs from the assistant behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from assistant.answer import Answer, Event, Filters, Source, Turn
from assistant.search import Found
from assistant.settings import AssistantSettings
from ingest.documents import Page

_NO_FILTERS = Filters()


class Engine(Protocol):
    """The one door between the screens and the assistant; every method may raise `AssistantError`."""

    @property
    def settings(self) -> AssistantSettings:
        """Among them the library's folder, where feedback is kept."""
        ...

    def seen_by(self, groups: frozenset[str]) -> Engine:
        """The same assistant with those documents alone that members of `groups` may read."""
        ...

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters = _NO_FILTERS,
        as_typed: bool = False,
        sentences: int | None = None,
    ) -> Iterator[Event]:
        """`Searching`, then (writing mode) `Quoted` and `Written`, then `Finished`. sentences: how many to
        quote, where there are so many; None: as many as answer."""
        ...

    def search(
        self, question: str, *, k: int = 10, filters: Filters = _NO_FILTERS, reading: bool = False
    ) -> Found:
        """The `k` passages nearest to `question`, best first; reading: in the order of an answer."""
        ...

    def not_ready(self) -> str:
        """Why no question can be answered yet, in words that tell nothing of documents; "" if one can."""
        ...

    def next_questions(self, answer: Answer) -> Iterator[str]:
        """A few questions that could be asked after `answer`, each asked first to see that it has an answer;
        "" for one that has none."""
        ...

    def sources(self) -> Sequence[Source]:
        """The documents of the live generation."""
        ...

    def example_questions(self) -> Sequence[str]:
        """Up to four questions that the library's own documents can answer."""
        ...

    def page_text(self, document: str, page: int | None) -> str:
        """The text of one page (`Page.text`), which quotes were verified against."""
        ...

    def page(self, document: str, page: int | None) -> Page | None:
        """One page as it was read, None if there is no such page."""
        ...

    def page_count(self, document: str) -> int:
        """How many pages a document has."""
        ...

    def may_read_left(self, document: str) -> bool:
        """Whether what is kept of a document (SHA-256) that has left the library may be read."""
        ...

    def original(self, document: str) -> Path:
        """Where the original bytes of a document of the live generation are kept."""
        ...

    def generation(self) -> str:
        """The name of the live generation."""
        ...
