"""Feedback under an answer: kept from what the server knows, shown as kept, by mouse and by keyboard."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from assistant.answer import AssistantError
from assistant.records import feedback as feedback_of
from assistant.web import feedback, handlers, render
from assistant.web.conversation import Conversation, Exchange

QUESTION = "How many returnees had an income after vocational training?"
UNSET: tuple[Any, ...] = ([], [], [], [], "", "", [])


def talk(engine: Any, *questions: str, as_typed: bool = False) -> Conversation:
    conversation = Conversation()
    for question in questions:
        exchange = Exchange(question, as_typed=as_typed)
        *_, conversation = handlers.answering(engine, conversation, exchange, UNSET)
    return conversation


def test_the_row_stands_under_results_alone(engine: Any) -> None:
    for question, there in (("income?", True), ("the moon?", True), ("unavailable", False)):
        page = BeautifulSoup(talk(engine, question).exchanges[0].html, "html.parser")
        assert bool(page.select(".said .feedback")) is there, question
    busy = BeautifulSoup(render.turn(Exchange("income?"), 1, engine.page_text), "html.parser")
    assert not busy.select(".feedback")
    page = BeautifulSoup(talk(engine, "income?").exchanges[0].html, "html.parser")
    names = [button.text for button in page.select("[role=group] button[aria-pressed=false]")]
    assert names == ["Right", "Wrong", "Wrong page", "Incomplete"]


def test_what_is_kept_comes_from_the_session(
    engine: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    conversation = talk(engine, "income?", "and later?")
    exchange = conversation.exchanges[1]
    sent = {"answer": exchange.id, "verdict": "wrong", "comment": " No. ", "text": "forged", "question": "?"}
    said = feedback.kept(tmp_path, conversation, sent)
    (one,) = feedback_of(tmp_path)
    assert (one.question, one.verdict, one.comment) == ("and later?", "wrong", "No.")
    assert one.standing_question == "and later? (after income?)"
    assert [turn.question for turn in one.history] == ["income?"]
    assert one.text.startswith("Of the returnees")
    assert [(place.document, place.page) for place in one.cited] == [
        ("river.pdf", 34), ("river.pdf", 34), ("revue-fleuve.html", None)
    ]  # fmt: skip
    assert one.receipt["documents_searched"] == 4
    assert (said["answer"], said["verdict"]) == (exchange.id, "wrong")
    assert "your question and comment" in said["words"]
    assert "later" not in caplog.text
    assert "No." not in caplog.text


def test_a_question_searched_as_typed_has_no_history(engine: Any, tmp_path: Path) -> None:
    conversation = talk(engine, "income?", "and later?", as_typed=True)
    feedback.kept(tmp_path, conversation, {"answer": conversation.exchanges[1].id, "verdict": "right"})
    assert feedback_of(tmp_path)[0].history == ()


@pytest.mark.parametrize("change", [{"answer": "0" * 32}, {"verdict": "splendid"}, {"answer": None}])
def test_a_browser_names_only_answers_of_its_own_session(
    engine: Any, tmp_path: Path, change: dict[str, Any]
) -> None:
    conversation = talk(engine, "income?")
    sent = {"answer": conversation.exchanges[0].id, "verdict": "right", **change}
    with pytest.raises(AssistantError, match="nothing was kept"):
        feedback.kept(tmp_path, conversation, sent)
    failed = conversation.update(replace(conversation.exchanges[0], result=None, problem="Sorry."))
    with pytest.raises(AssistantError, match="nothing was kept"):
        feedback.kept(tmp_path, failed, {"answer": failed.exchanges[0].id, "verdict": "right"})
    assert feedback_of(tmp_path) == ()


@pytest.mark.browser
def test_judge_answers_in_the_browser(
    browser: Any, tmp_path: Path, make_engine: Callable[..., Any], serve: Callable[..., Any]
) -> None:
    engine = make_engine(tmp_path)
    with serve(engine) as address:
        context = browser.new_context(viewport={"width": 390, "height": 844}, locale="en")
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        page.get_by_label("Your question").fill(QUESTION)
        page.keyboard.press("Enter")
        row = page.locator("#turn-1.done .feedback")
        # By keyboard: the first verdict, then another in its place, then the comment.
        row.get_by_role("button", name="Right", exact=True).focus()
        page.keyboard.press("Enter")
        row.get_by_text("Thank you. Kept in this library").wait_for()
        for _ in range(2):
            page.keyboard.press("Tab")
        page.keyboard.press("Space")
        row.locator("[data-verdict='wrong page'][aria-pressed=true]").wait_for()
        assert row.locator("[aria-pressed=true]").all_inner_texts() == ["Wrong page"]
        for _ in range(2):
            page.keyboard.press("Tab")
        page.keyboard.type("It is on page 12.")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.get_by_role("status").get_by_text("your question and comment").wait_for(state="attached")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        # While the next question is answered, the verdict stays and another one can be given.
        engine.delay = 0.8
        page.get_by_label("Your question").fill("Write about the moon")
        page.keyboard.press("Enter")
        page.locator("#turn-2.busy").wait_for()
        row.get_by_role("button", name="Incomplete").click()
        page.locator("#turn-2.done .refusal").wait_for()
        row.locator("[data-verdict='incomplete'][aria-pressed=true]").wait_for()  # the server says so
        assert row.locator("[aria-pressed=true]").all_inner_texts() == ["Incomplete"]
        assert row.get_by_label("Comment").input_value() == "It is on page 12."
        page.locator("#turn-2").get_by_role("button", name="Wrong", exact=True).click()
        page.locator("#turn-2 .thanks").get_by_text("Thank you").wait_for()
        context.close()
        assert errors == []
    one, other = feedback_of(tmp_path)
    assert (one.verdict, one.comment, one.question) == ("incomplete", "It is on page 12.", QUESTION)
    assert (other.verdict, other.answered, len(other.history)) == ("wrong", False, 1)


@pytest.mark.browser
def test_a_verdict_that_cannot_be_kept_is_not_shown_as_kept(
    browser: Any, tmp_path: Path, make_engine: Callable[..., Any], serve: Callable[..., Any]
) -> None:
    engine = make_engine(tmp_path)
    (tmp_path / "records.sqlite").write_bytes(b"no database, for sure" * 100)
    with serve(engine) as address:
        page = browser.new_page()
        page.goto(address)
        page.get_by_label("Your question").fill(QUESTION)
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Right", exact=True).click()
        page.locator(".thanks").get_by_text("records.sqlite cannot be used").wait_for()
        assert page.locator("[aria-pressed=true]").count() == 0
        page.close()
