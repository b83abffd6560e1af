"""The page in a real browser, with an invented library behind it."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

QUESTION = "How many returnees had an income after vocational training?"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, make_engine: Callable[..., Any]) -> Any:
    return make_engine(tmp_path_factory.mktemp("originals"))


@pytest.fixture(scope="module")
def url(engine: Any, serve: Callable[..., Any]) -> Iterator[str]:
    with serve(engine) as address:
        yield address


class Visit:
    """One person's page: asks, and notes each request that leaves the machine and each script error."""

    def __init__(self, browser: Any, url: str, width: int = 1280, height: int = 800) -> None:
        self.context = browser.new_context(viewport={"width": width, "height": height}, locale="en")
        self.page = self.context.new_page()
        self.outside: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", self._note)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("dialog", lambda dialog: self.errors.append(f"dialog: {dialog.message}"))
        self.page.goto(url)
        self.page.get_by_text("Try one of these").wait_for()

    def _note(self, request: Any) -> None:
        if not re.match(r"(http://127\.0\.0\.1[:/]|data:|blob:)", request.url):
            self.outside.append(request.url)

    def ask(self, question: str, until: str = "Copy with citations") -> None:
        self.page.get_by_label("Your question").fill(question)
        self.page.keyboard.press("Enter")
        self.page.locator(".turn.done:last-child").get_by_text(until).first.wait_for()

    def fits(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.fixture
def visit(browser: Any, url: str) -> Iterator[Callable[..., Visit]]:
    opened: list[Visit] = []

    def open_page(**size: int) -> Visit:
        opened.append(Visit(browser, url, **size))
        return opened[-1]

    yield open_page
    for each in opened:
        each.context.close()
        assert each.outside == []
        assert each.errors == []


@pytest.mark.browser
def test_ask_read_and_follow_a_citation(visit: Callable[..., Visit]) -> None:
    seen = visit()
    seen.page.get_by_text("Ask 4 documents in your own words").wait_for()
    seen.ask(QUESTION)
    assert seen.page.locator(".answer .mark").all_inner_texts() == ["1", "1", "2"]
    assert not seen.page.locator("#source-1-2 blockquote").is_visible()
    seen.page.locator(".answer .mark").nth(2).click()
    seen.page.locator("#source-1-2 mark").get_by_text("Les délais de paiement").wait_for()
    assert not seen.page.locator("#source-1-1 blockquote").is_visible()
    seen.page.get_by_role("status").get_by_text("Of the returnees").wait_for(state="attached")
    seen.context.grant_permissions(["clipboard-read", "clipboard-write"])
    seen.page.get_by_role("button", name="Copy with citations").click()
    seen.page.get_by_role("button", name="Copied").wait_for()
    copied = seen.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"{QUESTION}\n\nOf the returnees")
    assert seen.page.get_by_label("Your question").input_value() == ""


@pytest.mark.browser
def test_the_keyboard_is_enough(visit: Callable[..., Visit]) -> None:
    seen = visit()
    seen.page.locator("#examples button").first.focus()
    seen.page.keyboard.press("Enter")
    seen.page.get_by_text("Copy with citations").wait_for()
    assert seen.page.locator(".question").inner_text() == QUESTION
    seen.page.locator(".answer .mark").nth(2).focus()
    seen.page.keyboard.press("Enter")
    seen.page.locator("#source-1-2 mark").wait_for()
    seen.page.locator("#evidence mark").wait_for()
    seen.page.keyboard.press("Escape")
    assert seen.page.evaluate("document.activeElement.dataset.source") == "source-1-2"


@pytest.mark.browser
def test_the_original_opens_at_its_page(visit: Callable[..., Visit], url: str) -> None:
    seen = visit()
    seen.ask(QUESTION)
    link = seen.page.get_by_role("link", name="Open the original at this page")
    assert str(link.get_attribute("href")).endswith("#page=34")
    assert link.get_attribute("target") == "_blank"
    response = httpx.get(url + str(link.get_attribute("href")))
    assert response.headers["content-type"] == "application/pdf"


@pytest.mark.browser
def test_filters_are_set_and_said(visit: Callable[..., Visit], engine: Any) -> None:
    seen = visit()
    seen.page.get_by_role("button", name="Filters").click()
    for label, choice in (("Countries", "Senegal"), ("Kinds of document", "Evaluation")):
        seen.page.get_by_label(label).click()
        seen.page.get_by_role("option", name=choice).click()
        seen.page.keyboard.press("Escape")
    seen.page.get_by_role("button", name="Filters: Senegal, Evaluation").wait_for()
    seen.ask(QUESTION)
    filters = engine.asked[-1][2]
    assert (filters.countries, filters.kinds) == (("SEN",), ("evaluation",))
    seen.page.get_by_text("Filters: Senegal, Evaluation").last.wait_for()


@pytest.mark.browser
def test_a_refusal_looks_different(visit: Callable[..., Visit]) -> None:
    seen = visit()
    seen.ask("What about the moon?", "No answer in the documents")
    seen.page.get_by_text("Nearest passages (not an answer)").wait_for()
    assert seen.page.locator(".answer").count() == 0


@pytest.mark.browser
def test_a_follow_up_and_search_as_typed(visit: Callable[..., Visit], engine: Any) -> None:
    seen = visit()
    seen.ask(QUESTION)
    seen.ask("And in 2020?")
    seen.page.get_by_text(f"Searched for: And in 2020? (after {QUESTION})").wait_for()
    seen.page.get_by_role("button", name="Search as typed").click()
    seen.page.locator("#turn-3.done").wait_for()
    question, history, _, as_typed = engine.asked[-1]
    assert (question, as_typed, len(history)) == ("And in 2020?", True, 2)
    assert seen.page.locator("#turn-3 .standing").count() == 0


@pytest.mark.browser
def test_writing_shows_quotes_first(visit: Callable[..., Visit], engine: Any) -> None:
    seen = visit()
    engine.delay = 0.6
    try:
        seen.page.get_by_label("Your question").fill("Write it up")
        seen.page.keyboard.press("Enter")
        seen.page.get_by_text("Searching 4 documents…").last.wait_for(state="attached")
        seen.page.locator(".found[open]").get_by_text("Of the returnees").wait_for()
        seen.page.locator(".prose").get_by_text("Most people who took up").wait_for()
        seen.page.get_by_text("One sentence was left out").wait_for()
    finally:
        engine.delay = 0.0


@pytest.mark.browser
def test_an_answer_is_announced_once_when_it_is_complete(visit: Callable[..., Visit]) -> None:
    seen = visit()
    seen.page.evaluate(
        """() => { window.announced = []; const spoken = document.querySelector("#spoken");
        new MutationObserver(() => window.announced.push(spoken.textContent.trim()))
          .observe(spoken, { childList: true, subtree: true, characterData: true }) }"""
    )
    seen.ask("Write it: who had an income?")
    *before, last = [words for words in seen.page.evaluate("announced") if words]
    assert last.startswith("Most people who took up vocational training")
    assert last.endswith("made others give up.")
    assert "Searching 4 documents…" in before
    assert set(before) <= {"Searching…", "Searching 4 documents…"}
    assert len(before) <= 3  # not with each written sentence


@pytest.mark.browser
def test_stop_and_new_conversation(visit: Callable[..., Visit], engine: Any) -> None:
    seen = visit()
    engine.delay = 1.0
    try:
        seen.page.get_by_label("Your question").fill("Write it up")
        seen.page.keyboard.press("Enter")
        seen.page.get_by_role("button", name="Stop").click()
        seen.page.get_by_text("Stopped before there was an answer.").wait_for()
    finally:
        engine.delay = 0.0
    seen.page.get_by_role("button", name="New conversation").click()
    seen.page.get_by_text("What do you need to know?").wait_for()
    seen.ask(QUESTION)
    assert engine.asked[-1][1] == ()


@pytest.mark.browser
def test_errors_are_one_calm_sentence(visit: Callable[..., Visit], caplog: pytest.LogCaptureFixture) -> None:
    seen = visit()
    seen.ask("unavailable", "The library is being moved. Try again in a minute.")
    assert seen.page.get_by_label("Your question").input_value() == "unavailable"
    seen.ask("broken", "Something went wrong here")
    shown = seen.page.locator("#turn-2 .problem").inner_text()
    assert "secret detail" not in seen.page.content()
    reference = re.search(r"reference ([0-9a-f]{8})", shown)
    assert reference
    assert any(reference[1] in record.getMessage() for record in caplog.records)
    assert seen.page.get_by_label("Your question").input_value() == "broken"


@pytest.mark.browser
def test_documents_words_stay_words(visit: Callable[..., Visit], engine: Any) -> None:
    nasty = engine.sources()[3].title
    seen = visit()
    seen.ask(f"nasty {nasty}")
    assert nasty in seen.page.locator(".source .title").inner_text()
    assert nasty in seen.page.locator(".question").inner_text()
    assert nasty in seen.page.locator("blockquote").inner_text()
    assert seen.page.locator("#transcript :is(script, img, i, b)").count() == 0


@pytest.mark.browser
def test_two_people_do_not_see_each_other(visit: Callable[..., Visit], engine: Any) -> None:
    one, other = visit(), visit()
    one.ask(QUESTION)
    other.ask("Something else?")
    assert engine.asked[-1][1] == ()
    assert one.page.locator(".question").all_inner_texts() == [QUESTION]
    assert other.page.locator(".question").all_inner_texts() == ["Something else?"]


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 320])
def test_a_phone_needs_no_sideways_scrolling(visit: Callable[..., Visit], width: int) -> None:
    seen = visit(width=width, height=700)
    assert seen.fits()
    seen.ask(QUESTION)
    assert seen.fits()
    seen.ask("What about the moon?", "No answer in the documents")
    seen.page.get_by_role("button", name="Filters").click()
    seen.page.get_by_label("Countries").wait_for()
    assert seen.fits()


def test_doors_that_nothing_uses_are_closed(url: str) -> None:
    here = str(Path(__file__))
    for door in (
        f"/gradio_api/file={here}",
        "/gradio_api/file=http://example.invalid/",
        "/gradio_api/info",
        "/gradio_api/openapi.json",
        "/gradio_api/runs",
        "/monitoring",
        "/docs",
        "/gradio_api/proxy=http://example.invalid/",
    ):
        assert httpx.get(url + door).status_code == 404, door
    assert httpx.post(url + "/gradio_api/upload", files={"files": b"x"}).status_code == 404
    policy = httpx.get(url + "/").headers["content-security-policy"]
    assert "connect-src 'self'" in policy
    listeners = httpx.get(url + "/config").json()["dependencies"]
    assert {each["api_visibility"] for each in listeners} == {"private"}


def test_twenty_people_do_not_wait_for_each_other(url: str, engine: Any) -> None:
    dependencies = httpx.get(url + "/config").json()["dependencies"]
    ask = next(each for each in dependencies if any(event == "submit" for _, event in each["targets"]))
    inputs: list[Any] = [None, [], [], [], [], "", "", [], ""]
    ended: dict[int, bool] = {}

    def person(number: int) -> None:
        with httpx.Client(base_url=url, timeout=60) as client:
            session = f"person{number}"
            join = {
                "data": [f"Question {number}", *inputs],
                "fn_index": ask["id"],
                "session_hash": session,
                "event_data": None,
                "trigger_id": None,
            }
            assert client.post("/gradio_api/queue/join", json=join).status_code == 200
            with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
                for line in stream.iter_lines():
                    message = json.loads(line[5:]) if line.startswith("data:") else {}
                    if message.get("msg") == "process_completed":
                        ended[number] = bool(message["success"])
                        return

    engine.delay = 2.0
    try:
        began = time.monotonic()
        people = [threading.Thread(target=person, args=(number,)) for number in range(20)]
        for each in people:
            each.start()
        for each in people:
            each.join()
        took = time.monotonic() - began
    finally:
        engine.delay = 0.0
    assert ended == dict.fromkeys(range(20), True)
    assert took < 30, f"twenty questions of 2 s took {took:.1f} s: they waited for each other"


@pytest.mark.browser
def test_when_too_many_ask_the_question_stays_and_it_is_said(
    browser: Any,
    tmp_path: Path,
    make_engine: Callable[..., Any],
    serve: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("assistant.web.page.AT_ONCE", 1)
    monkeypatch.setattr("assistant.web.page.WAITING", 1)
    with serve(make_engine(tmp_path, delay=8.0)) as address:
        visits = [Visit(browser, address) for _ in range(3)]
        for seen, sign in zip(
            visits,
            (".turn.busy", "#waiting", "text=This application is currently busy"),
            strict=True,
        ):
            seen.page.get_by_label("Your question").fill(QUESTION)
            seen.page.keyboard.press("Enter")
            seen.page.locator(sign).first.wait_for()
        assert visits[2].page.get_by_label("Your question").input_value() == QUESTION
        for seen in visits:
            seen.context.close()


@pytest.mark.browser
def test_further_screens_are_tabs_and_a_broken_one_says_so(
    browser: Any,
    tmp_path: Path,
    make_engine: Callable[..., Any],
    serve: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def screen(engine: Any) -> None:
        import gradio as gr

        gr.Textbox(label=f"Documents of generation {engine.generation()}")

    def broken(engine: Any) -> None:
        raise ValueError("secret detail")

    class Entry:
        def __init__(self, name: str, build: Callable[[Any], None]) -> None:
            self.name = name
            self.load = lambda: build

    entries = [Entry("Quality", broken), Entry("Documents", screen)]
    monkeypatch.setattr("assistant.app.entry_points", lambda group: entries)
    with serve(make_engine(tmp_path)) as address:
        seen = Visit(browser, address)
        assert seen.page.get_by_role("tab").all_inner_texts() == ["Chat", "Documents", "Quality"]
        seen.ask(QUESTION)
        seen.page.get_by_role("tab", name="Documents").click()
        seen.page.get_by_label("Documents of generation 0001").wait_for()
        seen.page.get_by_role("tab", name="Quality").click()
        seen.page.get_by_text("Something went wrong here").wait_for()
        assert "secret detail" not in seen.page.content()
        seen.page.get_by_role("tab", name="Chat").click()
        seen.page.locator(".question").get_by_text(QUESTION).wait_for()
        seen.context.close()
        assert seen.outside == seen.errors == []
