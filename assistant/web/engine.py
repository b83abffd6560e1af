"""What the chat screen needs from the assistant behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from assistant.answer import Event, Filters, Source, Turn
from assistant.settings import AssistantSettings

_NO_FILTERS = Filters()


class Engine(Protocol):
    """The one door between the screens and the assistant; every method may raise `AssistantError`."""

    @property
    def settings(self) -> AssistantSettings:
        """Among them the library's folder, where feedback is kept."""
        ...

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters = _NO_FILTERS,
        as_typed: bool = False,
    ) -> Iterator[Event]:
        """`Searching`, then (writing mode) `Quoted` and `Written`, then `Finished`."""
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

    def original(self, document: str) -> Path:
        """Where the original bytes of a document of the live generation are kept."""
        ...

    def generation(self) -> str:
        """The name of the live generation."""
        ...
