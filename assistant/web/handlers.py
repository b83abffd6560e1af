"""What happens when someone asks: events of the engine become a conversation, errors become sentences."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from assistant.answer import Answer, AssistantError, Filters, Source
from assistant.web import filters as filtering
from assistant.web import render, welcome
from assistant.web.conversation import Conversation, Exchange
from assistant.web.engine import Engine
from assistant.web.render import Look
from assistant.web.words import Said, say

log = logging.getLogger(__name__)

Result = TypeVar("Result")
_AT_ONCE: AbstractContextManager[None] = nullcontext()


def calmly(work: Callable[[], Result], instead: Callable[[str], Result], ui: str = "en") -> Result:
    """`work()`; where that fails, `instead` of the sentence that the user is told."""
    try:
        return work()
    except Exception as error:
        return instead(sentence(error, ui))


def sentence(error: Exception, ui: str = "en") -> str:
    """What a user is told of `error`: its own words if they were written for users, else a reference
    under which the log has the stack trace."""
    if isinstance(error, Said):
        return error.said(ui)
    if isinstance(error, AssistantError):
        return str(error)
    reference = secrets.token_hex(4)
    log.error("reference %s", reference, exc_info=error)
    return say(ui, "ask.failed", reference=reference)


def look_of(engine: Engine, ui: str, conversation: Conversation) -> Look:
    """How `conversation` is shown to who reads it in `ui`."""
    years = engine.settings.old_after_years
    before = datetime.now(UTC).year - years if years else 0
    return Look(ui, before, conversation.id if conversation.keep else "")


def answering(
    engine: Engine,
    conversation: Conversation,
    exchange: Exchange,
    values: Sequence[Any] | Filters,
    turn: AbstractContextManager[None] = _AT_ONCE,
    ui: str = "en",
    sentences: int | None = None,
) -> Iterator[Conversation]:
    """The conversation after each step of answering `exchange`; the last one holds it finished.

    values: the filters, or what the screen has of them in the order of `filters.chosen`. turn: see
    `Pace.question`. sentences: see `Engine.stream`.
    """
    history = conversation.history
    conversation = conversation.add(exchange)
    place, look = len(conversation.exchanges), look_of(engine, ui, conversation)
    yield conversation  # at once: counting the documents may take its time after a start
    try:
        chosen = values if isinstance(values, Filters) else filtering.chosen(*values)
        sources = engine.sources()
        scope = filtering.in_words(chosen, {each.document: each.title for each in sources}, ui)
        exchange = replace(exchange, documents=len(sources), scope=scope)
        yield conversation.update(exchange)
        more: dict[str, Any] = {} if sentences is None else {"sentences": sentences}
        with turn:
            for event in engine.stream(
                exchange.asked, history=history, filters=chosen, as_typed=exchange.as_typed, **more
            ):
                exchange = exchange.after(event)
                if exchange.finished:
                    exchange = replace(exchange, html=render.turn(exchange, place, engine.page_text, look))
                yield conversation.update(exchange)
        if not exchange.finished:
            raise RuntimeError("the stream ended without a Finished event")
    except Exception as error:
        yield conversation.update(replace(exchange, result=None, problem=sentence(error, ui), html=""))


def again(conversation: Conversation, of: str, length: str) -> tuple[Exchange, Filters, int] | None:
    """The exchange, filters and number of sentences with which the answer `of` is asked for once more,
    "shorter" or "longer"; None where the conversation has no such answer."""
    found = next((each for each in conversation.exchanges if each.id == of), None)
    if found is None or not isinstance(found.result, Answer) or length not in ("shorter", "longer"):
        return None
    now = len(found.result.sentences)
    wanted = max(1, now // 2) if length == "shorter" else min(render.MOST, max(now + 2, round(now * 1.6)))
    asked = found.result.standing_question or found.asked
    return Exchange(asked, as_typed=True, length=length), found.result.receipt.filters, wanted


def stopped(conversation: Conversation, ui: str = "en") -> Conversation:
    """The conversation with its last question given up, if that was still being answered."""
    if not conversation.exchanges or conversation.exchanges[-1].finished:
        return conversation
    return conversation.update(replace(conversation.exchanges[-1], problem=say(ui, "ask.stopped")))


def settled(engine: Engine, conversation: Conversation, ui: str) -> Conversation:
    """The conversation with the HTML of all that is finished, made once for the questions to come."""
    look = look_of(engine, ui, conversation)
    return replace(
        conversation,
        exchanges=tuple(
            replace(each, html=render.turn(each, place, engine.page_text, look)) if each.finished else each
            for place, each in enumerate(conversation.exchanges, start=1)
        ),
    )


def arrived(engine: Engine, ui: str = "en") -> tuple[str, Sequence[Source]]:
    """The heading of the empty page, and the documents that this person may read."""
    if not calmly(engine.generation, lambda _: "unknown"):
        return welcome.hero(0, ui), ()
    problems: list[str] = []

    def failed(problem: str) -> Sequence[Source]:
        problems.append(problem)
        return ()

    sources = calmly(engine.sources, failed, ui)
    return welcome.hero(len(sources), ui, "".join(problems)), sources


def invitation(engine: Engine, ui: str = "en") -> str:
    """Questions to begin with; the first time they are found it takes some seconds."""
    if not calmly(engine.generation, lambda _: ""):
        return ""
    return welcome.examples(calmly(engine.example_questions, lambda _: ()), ui)


def filters_said(engine: Engine, values: Sequence[Any], ui: str = "en") -> tuple[str, str]:
    """("Filters: Senegal, Evaluation", how many documents remain); the second is "" where nothing is set."""

    def words() -> tuple[str, str]:
        chosen, sources = filtering.chosen(*values), engine.sources()
        scope = filtering.in_words(chosen, {each.document: each.title for each in sources}, ui)
        return scope, filtering.remaining(chosen, sources, ui)

    scope, left = calmly(words, lambda problem: ("", problem), ui)
    return say(ui, "filters.set", scope=scope) if scope else say(ui, "filters.title"), left
