"""One person's conversation: what was asked and what has come back so far. It belongs to a session."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import uuid4

from assistant.answer import Answer, Event, Finished, Quoted, Refusal, Searching, Sentence, Turn, Written


@dataclass(frozen=True)
class Exchange:
    """A question and, as far as it has come, its answer. `html` is set once nothing more will change."""

    asked: str
    scope: str = ""  # the filters in words
    documents: int = 0  # how many documents the live generation holds
    as_typed: bool = False
    standing: str = ""  # the question as searched, where it differs from `asked`
    quoted: Answer | None = None
    written: tuple[Sentence, ...] = ()
    result: Answer | Refusal | None = None
    problem: str = ""  # why there will be no result
    html: str = ""
    id: str = field(default_factory=lambda: uuid4().hex)  # by which feedback names it
    when: str = field(default_factory=lambda: now())  # it was asked
    length: str = ""  # "shorter" or "longer" than the answer before

    @property
    def finished(self) -> bool:
        return self.result is not None or bool(self.problem)

    def after(self, event: Event) -> Exchange:
        """The exchange once `event` has arrived."""
        match event:
            case Searching():
                differs = not event.as_typed and event.standing_question.strip() != self.asked
                return replace(self, standing=event.standing_question.strip() if differs else "")
            case Quoted():
                return replace(self, quoted=event.answer)
            case Written():
                return replace(self, written=(*self.written, event.sentence))
            case Finished():
                return replace(self, result=event.result)


@dataclass(frozen=True)
class Conversation:
    """The exchanges of one session, oldest first.

    id: "" before the first question (a page's empty conversation is copied for each visitor). keep: False
    where nothing more of it may be kept on the server.
    """

    exchanges: tuple[Exchange, ...] = ()
    id: str = ""
    keep: bool = True

    @property
    def history(self) -> tuple[Turn, ...]:
        """The answered questions, as they were searched: what a follow-up refers back to."""
        done = [exchange for exchange in self.exchanges if exchange.result is not None]
        return tuple(
            Turn(each.standing or each.asked, each.result.text if isinstance(each.result, Answer) else "")
            for each in done
        )

    def add(self, exchange: Exchange) -> Conversation:
        return replace(self, exchanges=(*self.exchanges, exchange), id=self.id or uuid4().hex)

    def update(self, exchange: Exchange) -> Conversation:
        """The conversation with its last exchange replaced."""
        return replace(self, exchanges=(*self.exchanges[:-1], exchange))


def now() -> str:
    """This moment, as ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
