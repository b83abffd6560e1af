"""The Quality screen in the application: its pages over HTTP, and a visit in a browser."""

from __future__ import annotations

import json
import os
import shutil
import tomllib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.chat import Assistant
from assistant.records import feedback_on, keep_feedback
from eval.ratings import ratings
from eval.run import Runs
from eval.screen import quality
from eval.screen_banks import SAMPLES
from eval.screen_rating import code_of

ROOT = Path(__file__).parent.parent.parent
NASTY = '<img src=x onerror=alert(1)>"${alert(1)}'
TINY = b"".join((SAMPLES / "sample.jsonl").read_bytes().splitlines(keepends=True)[:3])


@pytest.fixture(scope="module")
def url(own_assistant: Assistant, serve: Callable[[Any], AbstractContextManager[str]]) -> Iterator[str]:
    entry = EntryPoint("Quality", "eval.screen:quality", "assistant.screens")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("assistant.app.entry_points", lambda group: [entry])
        with serve(own_assistant) as address:
            yield address


def test_the_screen_is_found_by_its_entry_point() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    value = project["entry-points"]["assistant.screens"]["Quality"]
    assert EntryPoint("Quality", value, "assistant.screens").load() is quality


def test_reports_and_banks_over_http(a_run: Any, own_assistant: Assistant, url: str) -> None:
    library = own_assistant.settings.library
    one, two = (Runs(library).keep(a_run()).name for _ in range(2))
    page = httpx.get(f"{url}/quality/report/{two}", timeout=30)
    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "<script" not in page.text
    assert "<img" not in page.text
    assert one in httpx.get(f"{url}/quality/report/{two}?before={one}", timeout=30).text
    word = httpx.get(f"{url}/quality/report/{two}.docx", timeout=30)
    assert word.content.startswith(b"PK")
    assert f"run-{two}.docx" in word.headers["content-disposition"]
    sample = httpx.get(f"{url}/quality/bank/samples/sample.jsonl")
    assert sample.content == (SAMPLES / "sample.jsonl").read_bytes()
    assert "attachment" in sample.headers["content-disposition"]
    for path in (
        "report/9999", "report/1", "report/9999.docx", "report/..%2Fruns%2F0001", f"report/{two}?before=9999",
        "bank/samples/bank.py", "bank/own/..%2F..%2Flive", "bank/own/none.csv", "feedback.xlsx",
    ):  # fmt: skip
        missing = httpx.get(f"{url}/quality/{path}")
        assert missing.status_code == 404, path
        assert missing.text == "There is no such page." or "%2F" in path, path
    for name in (one, two):
        (library / "runs" / f"{name}.json").unlink()


def test_uploads_need_no_open_door(url: str) -> None:
    assert httpx.post(f"{url}/gradio_api/upload", files={"files": b"x"}).status_code == 404
    assert httpx.get(f"{url}/gradio_api/file={__file__}").status_code == 404


def test_feedback_is_handed_out_as_a_workbook(own_assistant: Assistant, url: str) -> None:
    result = own_assistant.ask("how many firms were founded with the matching grants in Valoria?")
    given = feedback_on(result, "right", id="1" * 32, question="how many firms?")
    keep_feedback(own_assistant.settings.library, given)
    content = httpx.get(f"{url}/quality/feedback.xlsx").content
    assert content.startswith(b"PK")


@pytest.mark.browser
def test_a_visit(own_assistant: Assistant, url: str, tmp_path: Path) -> None:
    chromium = os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if not chromium:
        pytest.skip("no Chromium: set CHROMIUM to its path")
    from playwright.sync_api import sync_playwright

    library = own_assistant.settings.library
    shutil.rmtree(library / "runs", ignore_errors=True)
    mine, faulty = tmp_path / "mine.jsonl", tmp_path / "faulty.jsonl"
    mine.write_bytes(TINY)
    faulty.write_text(json.dumps({"id": NASTY, "question": "", "colour": NASTY}), encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 390, "height": 800})
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("dialog", lambda dialog: errors.append(dialog.message))
        page.goto(url)
        page.get_by_role("tab", name="Quality").click()
        page.get_by_text("No run yet").wait_for()

        page.set_input_files("#q-bring input", faulty)
        page.get_by_text("faulty.jsonl has").wait_for()
        page.get_by_text("row 1, column question: is empty").wait_for()
        page.set_input_files("#q-bring input", mine)
        page.get_by_text("mine.jsonl is kept").wait_for()
        assert (library / "banks" / "mine.jsonl").read_bytes() == TINY

        for name in ("0001", "0002"):
            page.get_by_role("button", name="Run", exact=True).click()
            page.get_by_text(f"Latest run {name}").wait_for()
        assert page.locator("[data-run]").count() == 2
        assert page.locator("[aria-current]").get_attribute("data-run") == "0002"
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        with page.expect_popup() as popup:
            page.get_by_role("link", name="Open the report").click()
        popup.value.get_by_role("heading", name="Verdict").wait_for()
        popup.value.close()
        page.locator("[data-run='0001']").press("Enter")
        page.get_by_label("Run 0001").wait_for()

        page.get_by_role("tab", name="Compare").click()
        page.get_by_role("button", name="Compare").click()
        page.get_by_text("Run 0002 after run 0001").wait_for()

        page.get_by_role("tab", name="Rate").click()
        page.get_by_label("Set of answers").click()
        page.get_by_role("option", name=code_of("0001")).click()
        page.get_by_label("Your name or initials").fill("Anna")
        page.keyboard.press("Enter")
        page.get_by_text("Answer 1 of").wait_for()
        page.get_by_role("button", name="Save and next").click()
        page.get_by_text("Is the answer right? Choose one of the three").wait_for()
        page.get_by_label("Partly").check()
        page.get_by_label("Yes").check()
        page.get_by_role("button", name="Save and next").click()
        page.get_by_text("1 of 3 rated").or_(page.get_by_text("1 of 2 rated")).wait_for()
        assert [(each.verdict, each.page_bears) for each in ratings(library, "0001")] == [("partly", True)]
        assert not page.get_by_label("Partly").is_checked()

        page.get_by_role("tab", name="Feedback").click()
        page.locator("#q-feedback :is(h2)").wait_for()
        browser.close()
    assert errors == []
