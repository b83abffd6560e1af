"""Conversations beside the chat: kept, found, opened, renamed, deleted; the page in another language."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from bs4 import BeautifulSoup

from assistant.answer import AssistantError
from assistant.kept import Conversations, Line, keeping
from assistant.people import LOCAL
from assistant.persons_case import case_words
from assistant.web import handlers, privacy, side
from assistant.web.access import KEY
from assistant.web.conversation import Conversation, Exchange
from assistant.web.translated import in_language
from assistant.web.words import LANGUAGES, WORDING, keys
from ingest.gaps import Gaps

QUESTION = "How many returnees had an income after vocational training?"
UNSET: tuple[Any, ...] = ([], [], [], [], "", "", [])
REQUEST = SimpleNamespace(scope={KEY: LOCAL})


def kept(engine: Any, *questions: str) -> Conversation:
    """A conversation as the page keeps it."""
    store, conversation = Conversations(engine.settings.library), Conversation()
    for question in questions:
        steps = handlers.answering(engine, conversation, Exchange(question), UNSET)
        *_, conversation = keeping(store, "", steps)
    return conversation


def test_the_list_is_escaped_and_by_age() -> None:
    nasty = '<script>alert("x")</script> & "quotes"'
    lines = [Line("a" * 32, nasty, "2020-01-01T00:00:00+00:00", "2020-01-01T00:00:00+00:00", 1)]
    page = BeautifulSoup(side.html(lines, "en", more=True), "html.parser")
    assert not page.select("script")
    assert page.select("h3")[0].text == "Older"
    assert page.select(".open")[0].text == nasty
    assert page.select("input")[0]["value"] == nasty
    assert page.select("[data-do=more]")
    assert "No conversations yet" in side.html([], "en")
    assert "holds these words" in side.html([], "en", searched=True)


def test_open_rename_and_delete(engine: Any) -> None:
    made = kept(engine, "income?", "the moon?")

    def do(**sent: Any) -> side.Done:
        return side.done(REQUEST, engine, made, sent, "en")

    opened = do(do="open", id=made.id).conversation
    assert opened is not None
    assert [each.asked for each in opened.exchanges] == ["income?", "the moon?"]
    assert all(each.html for each in opened.exchanges)
    assert do(do="rename", id=made.id, title=" New  name ").conversation is None
    assert Conversations(engine.settings.library).title("", made.id) == "New name"
    assert "New name" in side.listed(REQUEST, engine, {"search": "new"}, "en")
    assert "New name" not in side.listed(REQUEST, engine, {"search": "other"}, "en")
    assert side.listed(REQUEST, engine, {"search": 5, "pages": "x"}, "en")
    with pytest.raises(AssistantError, match="needs a title"):
        do(do="rename", id=made.id, title="  ")
    assert do(do="delete", id=made.id).conversation == Conversation()
    for deed in ("open", "delete", "rename"):
        with pytest.raises(AssistantError, match="no such conversation"):
            do(do=deed, id=made.id, title="x")
    assert do(do="nonsense").conversation is None


def test_what_is_not_kept_leaves_the_server(engine: Any) -> None:
    made = kept(engine, "income?")
    store = Conversations(engine.settings.library)
    unkept = side.done(REQUEST, engine, made, {"do": "unkeep"}, "en").conversation
    assert unkept is not None
    assert not unkept.keep
    assert store.list("") == ()
    assert "/export/" not in unkept.exchanges[0].html
    *_, later = handlers.answering(engine, unkept, Exchange("and later?"), UNSET)
    store.keep("", later)
    assert store.list("") == ()
    again = side.done(REQUEST, engine, replace(made, keep=True), {"do": "unkeep"}, "en").conversation
    assert again is not None  # it was deleted already


def test_a_persons_case_is_told_before_it_is_asked() -> None:
    case = "My client Ahmed Hassan, 34, was detained; what can he do about his asylum claim?"
    said = privacy.words(case, Conversation(), "en")
    assert case_words(case)[0] in said
    assert privacy.words("What is reintegration?", Conversation(), "en") == ""
    assert privacy.words(case, Conversation().add(Exchange(case)), "en") == ""  # the user went on before
    html = privacy.notice(said, f'{case}"<b>', True, "en")
    page = BeautifulSoup(html, "html.parser")
    assert page.select("[data-anyway]")[0]["data-anyway"] == f'{case}"<b>'
    assert page.select("[data-anyway]")[0]["data-typed"] == "yes"


def test_a_page_is_filled_in_each_language() -> None:
    page = '<html\n\tlang="en"\n style=""><p>@@hero.title@@</p><script>{"a": "@@ask.send@@"}</script>'
    for language in LANGUAGES:
        told = in_language(page, language, [WORDING])
        assert "@@" not in told
        assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in told
        if language != "en" and keys(language):
            assert told != in_language(page, "en", [WORDING]).replace('lang="en"', f'lang="{language}"')


@pytest.fixture
def page(browser: Any, engine: Any, serve: Callable[..., Any]) -> Iterator[Any]:
    with serve(engine) as address:
        context = browser.new_context(
            viewport={"width": 1280, "height": 800}, locale="en", reduced_motion="reduce"
        )
        opened = context.new_page()
        errors: list[str] = []
        opened.on("pageerror", lambda error: errors.append(str(error)))
        opened.goto(address)
        opened.get_by_text("Try one of these").wait_for()
        yield opened
        context.close()
        assert errors == []


def ask(page: Any, question: str, place: int) -> None:
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    page.locator(f"#turn-{place}.done").wait_for()


@pytest.mark.browser
def test_a_conversation_comes_back_is_renamed_and_deleted(page: Any, engine: Any) -> None:
    ask(page, QUESTION, 1)
    ask(page, "And the moon?", 2)
    page.locator("#side li.current").get_by_text(QUESTION).wait_for()
    page.reload()
    page.locator("#turn-2.done .refusal").wait_for()
    assert page.locator("#turn-1 .question").inner_text() == QUESTION
    ask(page, "And in 2020?", 3)
    assert [turn.question for turn in engine.asked[-1][1]] == [QUESTION, f"And the moon? (after {QUESTION})"]
    page.get_by_role("button", name="New conversation").click()
    page.get_by_text("What do you need to know?").wait_for()
    assert page.locator(".turn").count() == 0
    ask(page, "Another one?", 1)
    assert engine.asked[-1][1] == ()
    page.locator("#side li[data-conversation]").nth(1).wait_for()
    page.get_by_role("searchbox", name="Search conversations").fill("moon")
    page.locator("#side li[data-conversation]").nth(1).wait_for(state="detached")
    page.locator("#side .open").get_by_text(QUESTION).click()
    page.locator("#turn-3.done").wait_for()
    page.locator("#side li .menu summary").first.click()
    page.get_by_role("button", name="Rename").click()
    page.keyboard.type("Training in the river basin")
    page.keyboard.press("Enter")
    page.get_by_text("The conversation is renamed.").first.wait_for()
    page.get_by_role("searchbox", name="Search conversations").fill("")
    page.locator("#side .open").get_by_text("Training in the river basin").wait_for()
    page.locator("#side li .menu summary").first.click()
    page.get_by_role("button", name="Delete", exact=True).first.click()
    assert page.locator(".turn").count() == 3
    page.get_by_role("button", name="Delete for good?").click()
    page.get_by_text("What do you need to know?").wait_for()
    assert [line.title for line in Conversations(engine.settings.library).list("")] == ["Another one?"]


@pytest.mark.browser
def test_shorter_longer_further_missing_and_shared(page: Any, engine: Any) -> None:
    ask(page, QUESTION, 1)
    page.locator(".next").get_by_role("button", name="What did the committee recommend?").wait_for()
    page.get_by_role("button", name="Shorter").click()
    page.locator("#turn-2.done .chip").get_by_text("Shorter answer").wait_for()
    assert page.locator("#turn-2 .answer .sentence").count() == 1
    page.locator("#turn-2 .next").get_by_role("button", name="How were the interviews held?").click()
    page.locator("#turn-3.done").wait_for()
    ask(page, "And the moon?", 4)
    page.get_by_role("button", name="Tell the library’s keeper").click()
    page.locator("#turn-4 .told").get_by_text("keeper sees this question now").wait_for()
    assert not page.get_by_role("button", name="Tell the library’s keeper").is_visible()
    assert len(Gaps(engine.settings.library).all()) == 1
    page.locator("#turn-1").get_by_role("button", name="Share").click()
    page.locator("#turn-1 .told a").click()
    page.get_by_role("heading", name=QUESTION).wait_for()


@pytest.mark.browser
def test_a_case_is_asked_only_when_the_user_goes_on(page: Any, engine: Any) -> None:
    case = "My client Ahmed Hassan, 34, was detained; what can he do about his asylum claim?"
    box = page.locator("#question textarea")
    box.fill(case)
    page.keyboard.press("Enter")
    page.get_by_text("seems to hold a person’s case").first.wait_for()
    assert engine.asked == []
    assert Conversations(engine.settings.library).list("") == ()
    page.get_by_role("button", name="Change it").click()
    assert box.input_value() == case
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Ask all the same").click()
    page.locator("#turn-1.done").wait_for()
    assert engine.asked[0][0] == case


@pytest.mark.browser
def test_nothing_is_kept_of_what_should_not_be(page: Any, engine: Any) -> None:
    ask(page, QUESTION, 1)
    page.get_by_role("button", name="Do not keep this one").click()
    page.get_by_role("button", name="Delete what is kept of it?").click()
    page.locator("#side .unkept").wait_for()
    ask(page, "And later?", 2)
    assert Conversations(engine.settings.library).list("") == ()
    assert page.evaluate("location.hash") == ""


@pytest.mark.browser
def test_the_language_is_chosen_by_hand(page: Any) -> None:
    page.locator("#language").select_option("ar")
    page.wait_for_function("document.documentElement.dir === 'rtl'")
    page.locator("#question textarea").wait_for()
    assert page.locator("#language").input_value() == "ar"
    assert page.locator("#side").evaluate("element => element.getBoundingClientRect().left") > 600
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.browser
def test_a_question_asked_at_once_stays_when_the_library_comes(
    browser: Any, engine: Any, serve: Callable[..., Any]
) -> None:
    counted, found = threading.Event(), threading.Event()
    sources, examples = engine.sources, engine.example_questions

    def slow_sources() -> Any:
        counted.wait(20)
        return sources()

    def slow_examples() -> Any:
        found.wait(20)
        return examples()

    with serve(engine) as address:
        engine.example_questions, engine.sources = slow_examples, slow_sources
        page = browser.new_page()
        page.goto(address)
        page.get_by_text("Ask the documents in your own words").wait_for()
        box = page.locator("#question textarea")
        box.fill(QUESTION)
        page.keyboard.press("Enter")
        page.locator("#turn-1.busy").wait_for()
        counted.set()
        page.locator("#turn-1.done").wait_for()
        assert not page.locator("#waiting").is_visible()
        found.set()
        page.locator("#examples button").first.wait_for(state="attached")
        page.get_by_text("Ask 4 documents").wait_for(state="attached")
        assert page.locator("#turn-1 .answer").is_visible()
        assert not page.locator("#examples button").first.is_visible()
        page.close()
