"""What a user is told when the library has nothing to show, or when something fails."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.answer import AssistantError, Filters
from assistant.web import handlers
from assistant.web.conversation import Conversation, Exchange

UNSET: tuple[Any, ...] = ([], [], [], [], "", "", [])


def test_an_empty_library_says_how_to_fill_it(engine: Any) -> None:
    engine._sources.clear()
    hero, examples, sources = handlers.welcome(engine)
    assert "python -m ingest" in hero
    assert examples == ""
    assert len(sources) == 0


def test_a_library_that_cannot_be_opened_says_why(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed() -> None:
        raise AssistantError("The library is locked by <another> process.")

    monkeypatch.setattr(engine, "sources", closed)
    hero, _, sources = handlers.welcome(engine)
    assert "locked by &lt;another&gt; process" in hero
    assert sources == ()


def test_filters_that_contradict_each_other_are_a_sentence(engine: Any) -> None:
    values: tuple[Any, ...] = ([], [], [], [], "2021", "2019", [])
    *_, last = handlers.answering(engine, Conversation(), Exchange("income?"), values)
    assert "later than" in last.exchanges[-1].problem
    assert engine.asked == []


def test_a_stream_without_an_end_is_an_error(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "stream", lambda *_, **__: iter(()))
    *_, last = handlers.answering(engine, Conversation(), Exchange("income?"), UNSET)
    assert "Something went wrong" in last.exchanges[-1].problem


def test_a_conversation_hands_its_history_on(engine: Any) -> None:
    *_, one = handlers.answering(engine, Conversation(), Exchange("income?"), UNSET)
    *_, two = handlers.answering(engine, one, Exchange("and then?", as_typed=True), UNSET)
    question, history, filters, as_typed = engine.asked[-1]
    assert (question, [turn.question for turn in history]) == ("and then?", ["income?"])
    assert (filters, as_typed) == (Filters(), True)
    assert all(exchange.html for exchange in two.exchanges)
    assert handlers.stopped(two) is two


def test_label_of_the_filters(engine: Any) -> None:
    assert handlers.filters_label(engine, UNSET) == "Filters"
    document = engine.sources()[0].document
    assert handlers.filters_label(engine, ([], [], [], [], "", "", [document])).startswith("Filters: Final")
