"""Poisoned documents on every screen of a real browser: their words stay words, and nothing calls out.

The content security policy is switched off here: escaping alone has to hold. A listener counts who calls.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from assistant.chat import Assistant
from assistant.settings import AssistantSettings
from eval.report.page import report
from eval.report.pages import pages_of_run
from eval.run import run_bank
from ingest.embeddings import Embedder, VectorCache
from ingest.library import Library
from ingest.sync import sync
from tests.assistant import poison

QUESTIONS = (
    poison.QUESTION,
    poison.BUDGET,
    "Where is the budget chart of the programme?",
    "Which word is the only answer to the instructions?",
)


@dataclass
class Listener:
    """An address that documents want called, and the calls that it got."""

    url: str
    calls: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    calls: list[str] = []

    class Counting(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            calls.append(self.path)
            self.send_response(204)
            self.end_headers()

        do_POST = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Counting)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Listener(f"http://127.0.0.1:{server.server_port}/leak", calls)
    server.shutdown()
    server.server_close()
    thread.join(10)


@pytest.fixture(scope="module")
def poisoned(
    tmp_path_factory: pytest.TempPathFactory, listener: Listener, embedder: Embedder, models_dir: Path
) -> Iterator[Assistant]:
    folder, root = tmp_path_factory.mktemp("poisoned"), tmp_path_factory.mktemp("library")
    poison.write_all(folder, listener.url)
    (folder / f"{'x' * 40} <svg onload=window.leaked=20>.md").write_text("", encoding="utf-8")  # skipped
    settings = AssistantSettings(library=root, models=models_dir)
    sync(Library(root), folder, embedder, VectorCache(models_dir / "tests-vectors.sqlite"), settings)
    with Assistant(settings, embedder=embedder) as assistant:
        yield assistant


@pytest.fixture(scope="module")
def url(poisoned: Assistant, serve: Callable[..., Any]) -> Iterator[str]:
    with serve(poisoned) as address:
        yield address


@pytest.fixture
def page(browser: Any, listener: Listener) -> Iterator[Any]:
    context = browser.new_context(bypass_csp=True, locale="en", viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.set_default_timeout(60_000)
    said: list[str] = []
    opened.on("dialog", lambda dialog: said.append(dialog.message))
    yield opened
    for frame in (frame for each in context.pages for frame in each.frames):
        assert frame.evaluate("window.leaked") is None
        assert frame.locator("[src*='/leak'],[href*='/leak'],[action*='/leak'],[data*='/leak']").count() == 0
        assert frame.locator("a[href^='javascript:'],a[href^='data:']").count() == 0
    assert said == []
    context.close()
    assert listener.calls == []


def _ask(page: Any, question: str) -> None:
    done = page.locator(".turn.done").count()
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
    page.locator(".turn.done").nth(done).wait_for()


@pytest.mark.browser
def test_the_listener_counts(browser: Any, listener: Listener) -> None:
    """So that the tests below can fail: the same words as markup do call."""
    context = browser.new_context(bypass_csp=True)
    bare = context.new_page()
    bare.set_content("".join(poison.visible(listener.url)))
    bare.wait_for_function("window.leaked !== undefined")
    context.close()
    assert listener.calls
    listener.calls.clear()


@pytest.mark.browser
def test_the_chat(page: Any, url: str) -> None:
    page.goto(url)
    page.get_by_role("button", name="Filters").wait_for()
    for question in QUESTIONS:
        _ask(page, question)
        turn = page.locator(".turn.done").last
        for each in turn.locator("details > summary").all():
            each.evaluate("it => { it.parentElement.open = true }")
        openers = turn.locator("[data-evidence]")
        for at in range(min(openers.count(), 3)):
            openers.nth(at).evaluate("it => it.click()")
            page.locator("#evidence:not([aria-busy])").wait_for()
            page.keyboard.press("Escape")
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("Documents", exact=True).first.click()
    page.locator("[role=option]").first.wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Share").first.click()
    link = page.locator("a[href*='/answer/']").first
    link.wait_for()
    address = link.get_attribute("href")
    page.goto(address if address.startswith("http") else f"{url}{address}")
    page.get_by_role("heading", name="Sources").wait_for()


@pytest.mark.browser
def test_each_document_in_the_evidence_panel(page: Any, url: str, poisoned: Assistant) -> None:
    page.goto(url)
    _ask(page, poison.QUESTION)
    for source in poisoned.sources():
        for number in range(1, max(poisoned.page_count(source.document), 1) + 1):
            page.evaluate(
                """([it, page]) => {
                  const opener = document.querySelector("[data-evidence]");
                  opener.dataset.evidence = it;
                  if (page) opener.dataset.page = page; else delete opener.dataset.page;
                  opener.click();
                }""",
                [source.document, number if source.name.endswith(".pdf") else None],
            )
            page.locator("#evidence:not([aria-busy])").wait_for()
            assert poison.canary("white") not in page.locator("#evidence").inner_text()
            page.keyboard.press("Escape")


@pytest.mark.browser
def test_the_documents_screen(page: Any, url: str, poisoned: Assistant) -> None:
    page.goto(url)
    page.get_by_role("tab", name="Documents").click()
    page.get_by_text("5 files").wait_for()
    for at in range(5):
        page.locator(".d-open").nth(at).click()
        page.get_by_role("button", name="All documents").wait_for()
        page.get_by_role("button", name="All documents").click()
        page.locator(".d-open").first.wait_for()
    for tab in ("Index", "Generations", "Gaps", "Audit"):
        found = page.get_by_role("tab", name=tab)
        if found.count():
            found.first.click()


@pytest.mark.browser
def test_the_quality_report(page: Any, poisoned: Assistant, tmp_path: Path, listener: Listener) -> None:
    from docx import Document

    from eval.report.docx import write_docx

    rows = [
        f'{{"id": "q{at}", "question": "{text}", "answerable": false}}' for at, text in enumerate(QUESTIONS)
    ]
    (tmp_path / "bank.jsonl").write_text("\n".join(rows), encoding="utf-8")
    run = run_bank(poisoned, tmp_path / "bank.jsonl", lambda done, of: None)
    with pages_of_run(poisoned.library, run) as page_text:
        page.set_content(report(run, None, page_text))
        write_docx(run, None, page_text, tmp_path / "report.docx")
    page.get_by_text(QUESTIONS[0]).first.wait_for()
    for each in page.locator("details").all():
        each.evaluate("it => { it.open = true }")
    made = Document(str(tmp_path / "report.docx"))
    assert not [each.target_ref for each in made.part.rels.values() if each.is_external]
