"""What happens when someone asks: events of the engine become a conversation, errors become sentences."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from assistant.answer import AssistantError, Source
from assistant.web import filters as filtering
from assistant.web import render
from assistant.web.conversation import Conversation, Exchange
from assistant.web.engine import Engine

log = logging.getLogger(__name__)

Result = TypeVar("Result")


def calmly(work: Callable[[], Result], instead: Callable[[str], Result]) -> Result:
    """`work()`; where that fails, `instead` of the sentence that the user is told."""
    try:
        return work()
    except Exception as error:
        return instead(sentence(error))


def sentence(error: Exception) -> str:
    """What a user is told of `error`: its own words if they were written for users, else a reference
    under which the log has the stack trace."""
    if isinstance(error, AssistantError):
        return str(error)
    reference = secrets.token_hex(4)
    log.error("reference %s", reference, exc_info=error)
    return (
        "Something went wrong here and there is no answer. Please try again; if it happens again, "
        f"give your admin the reference {reference}."
    )


def answering(
    engine: Engine, conversation: Conversation, exchange: Exchange, values: Sequence[Any]
) -> Iterator[Conversation]:
    """The conversation after each step of answering `exchange`; the last one holds it finished.

    values: the filters as the screen has them, in the order of `filters.chosen`.
    """
    history = conversation.history
    conversation = conversation.add(exchange)
    place = len(conversation.exchanges)
    yield conversation
    try:
        chosen = filtering.chosen(*values)
        sources = engine.sources()
        scope = filtering.in_words(chosen, {each.document: each.title for each in sources})
        exchange = replace(exchange, documents=len(sources), scope=scope)
        yield conversation.update(exchange)
        for event in engine.stream(
            exchange.asked, history=history, filters=chosen, as_typed=exchange.as_typed
        ):
            exchange = exchange.after(event)
            if exchange.finished:
                exchange = replace(exchange, html=render.turn(exchange, place, engine.page_text))
            yield conversation.update(exchange)
        if not exchange.finished:
            raise RuntimeError("the stream ended without a Finished event")
    except Exception as error:
        yield conversation.update(replace(exchange, result=None, problem=sentence(error), html=""))


def stopped(conversation: Conversation) -> Conversation:
    """The conversation with its last question given up, if that was still being answered."""
    if not conversation.exchanges or conversation.exchanges[-1].finished:
        return conversation
    problem = "Stopped before there was an answer."
    return conversation.update(replace(conversation.exchanges[-1], problem=problem))


def welcome(engine: Engine) -> tuple[str, str, Sequence[Source]]:
    """The empty page: its heading and its example questions as HTML, and the live documents."""
    problems: list[str] = []

    def failed(problem: str) -> Sequence[Source]:
        problems.append(problem)
        return ()

    sources = calmly(engine.sources, failed)
    questions = calmly(engine.example_questions, lambda _: ()) if sources else ()
    return render.hero(len(sources), "".join(problems)), render.examples(questions), sources


def filters_label(engine: Engine, values: Sequence[Any]) -> str:
    """ "Filters", or "Filters: Senegal, evaluation" where some are set."""

    def words() -> str:
        chosen = filtering.chosen(*values)
        titles = {each.document: each.title for each in engine.sources()} if chosen.documents else {}
        return filtering.in_words(chosen, titles)

    said = calmly(words, str)
    return f"Filters: {said}" if said else "Filters"
