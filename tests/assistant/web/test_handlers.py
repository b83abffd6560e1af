"""What a user is told when the library has nothing to show, or when something fails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from assistant.answer import Answer, AssistantError, Filters
from assistant.web import handlers
from assistant.web.conversation import Conversation, Exchange
from assistant.web.suggestions import Suggestions

UNSET: tuple[Any, ...] = ([], [], [], [], "", "", [])


def test_an_empty_library_says_how_to_fill_it(engine: Any) -> None:
    engine._sources.clear()
    hero, sources = handlers.arrived(engine)
    assert "no documents in the library" in hero
    assert len(sources) == 0


def test_a_library_that_cannot_be_opened_says_why(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed() -> None:
        raise AssistantError("The library is locked by <another> process.")

    monkeypatch.setattr(engine, "sources", closed)
    hero, sources = handlers.arrived(engine)
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


def test_filters_are_said_with_what_they_leave(engine: Any) -> None:
    assert handlers.filters_said(engine, UNSET) == ("Filters", "")
    document = engine.sources()[0].document
    label, left = handlers.filters_said(engine, ([], [], [], [], "", "", [document]))
    assert label.startswith("Filters: Final")
    assert left == "1 of 4 documents remains."
    label, left = handlers.filters_said(engine, (["SEN"], ["evaluation"], [], [], "", "", []))
    assert (label, left) == ("Filters: Senegal, Evaluation", "2 of 4 documents remain.")
    _, left = handlers.filters_said(engine, (["SEN"], ["guidance note"], [], [], "", "", []))
    assert left.startswith("No document matches")
    _, left = handlers.filters_said(engine, ([], [], [], [], "2021", "2019", []))
    assert "later than" in left


def test_what_is_superseded_is_left_out_or_asked_alone(engine: Any) -> None:
    engine.supersede("note", "The next guidance")
    said = [handlers.filters_said(engine, (*UNSET, each)) for each in ("", "yes", "no")]
    assert said == [
        ("Filters", ""),
        ("Filters: in force only", "3 of 4 documents remain."),
        ("Filters: superseded only", "1 of 4 documents remains."),
    ]
    *_, asked = handlers.answering(engine, Conversation(), Exchange("income?"), (*UNSET, "no"))
    assert engine.asked[-1][2] == Filters(in_force=False)
    assert asked.exchanges[-1].scope == "superseded only"


def test_an_answer_is_asked_for_again_shorter_and_longer(engine: Any) -> None:
    values = (["SEN"], [], [], [], "", "", [])
    *_, one = handlers.answering(engine, Conversation(), Exchange("income?"), values)
    first = one.exchanges[0]
    for length, wanted in (("shorter", 1), ("longer", 5)):
        found = handlers.again(one, first.id, length)
        assert found is not None
        exchange, filters, sentences = found
        assert (exchange.asked, exchange.as_typed, exchange.length) == ("income?", True, length)
        assert filters.countries == ("SEN",)
        assert sentences == wanted
    *_, two = handlers.answering(engine, one, exchange, filters, sentences=1)
    assert len(two.exchanges[1].result.sentences) == 1  # type: ignore[union-attr]
    assert handlers.again(one, "0" * 32, "shorter") is None
    assert handlers.again(one, first.id, "sideways") is None


def test_what_is_told_is_in_the_readers_language(engine: Any) -> None:
    values: tuple[Any, ...] = ([], [], [], [], "2021", "2019", [])
    *_, last = handlers.answering(engine, Conversation(), Exchange("income?"), values, ui="xx")
    assert "later than" in last.exchanges[-1].problem  # no such language: English


def test_suggestions_come_while_nobody_asks(engine: Any) -> None:
    *_, one = handlers.answering(engine, Conversation(), Exchange("income?"), UNSET)
    answer = one.exchanges[0].result
    assert isinstance(answer, Answer)
    suggestions = Suggestions()
    assert suggestions.after(engine, answer) == (
        "What did the committee recommend?", "How were the interviews held?"
    )  # fmt: skip
    with suggestions.asking():
        assert suggestions.after(engine, answer) == ()

    def meanwhile(_: Answer) -> Iterator[str]:
        with suggestions.asking():
            yield "one"
            raise AssertionError("somebody asks")

    engine.next_questions = meanwhile
    assert suggestions.after(engine, answer) == ("one",)

    def broken(_: Answer) -> Iterator[str]:
        raise ValueError("secret")

    engine.next_questions = broken
    assert suggestions.after(engine, answer) == ()
