"""The types of a grid: Cell and its states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from assistant.answer import Hit, Sentence, Source

State = Literal["found", "partly", "not found", "unreadable"]
STATES: tuple[State, ...] = get_args(State)


@dataclass(frozen=True)
class Cell:
    """What one document says to one question.

    found: it answers, in verified quotes. partly: it comes near, or answers a part of the question; read
    the quotes before relying on them. not found: all its pages were read, and nothing answers. unreadable:
    nothing was found on the pages that have text, and `unread` pages have none, so that nothing follows for
    them. nearest: where nothing was found, the passage that came nearest. decided: how, for whoever asks.
    """

    question: str
    source: Source
    state: State
    sentences: tuple[Sentence, ...] = ()
    nearest: Hit | None = None
    unread: int = 0
    pages: int = 0
    decided: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if (self.state in ("found", "partly")) != bool(self.sentences):
            raise ValueError("a cell has quotes where something was found, and nowhere else")
        if self.state == "not found" and self.unread:
            raise ValueError("a document with unread pages is not known to lack anything")

    @property
    def text(self) -> str:
        return " ".join(sentence.text for sentence in self.sentences)

    @property
    def chance(self) -> float:
        """How likely it was thought that the document answers, 0 to 1."""
        return float(self.decided.get("chance", 0.0))

    @property
    def places(self) -> tuple[int | None, ...]:
        """The pages that it cites, each once, in the order of the quotes."""
        cited = (each.hit.passage.page for sentence in self.sentences for each in sentence.citations)
        return tuple(dict.fromkeys(cited))
