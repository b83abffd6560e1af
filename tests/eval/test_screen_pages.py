"""The Quality screen in the application: its pages over HTTP. In a browser: tests/days/test_evaluator.py."""

from __future__ import annotations

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
from eval.run import Runs
from eval.screen.banks import LARGEST, SAMPLES
from eval.screen.page import quality
from eval.screen.words import say
from ingest.wording import LANGUAGES

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def url(own_assistant: Assistant, serve: Callable[[Any], AbstractContextManager[str]]) -> Iterator[str]:
    entry = EntryPoint("Quality", "eval.screen.page:quality", "assistant.screens")
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


def test_each_page_speaks_the_language_of_its_request(url: str) -> None:
    for ui in LANGUAGES:
        asked = {"accept-language": ui}
        assert httpx.get(f"{url}/quality/report/9999", headers=asked).text == say(ui, "quality.no_page")
        page = httpx.get(f"{url}/", headers=asked, timeout=30).text
        assert "@@quality" not in page
        for key in ("quality_rate.partly", "quality_running.about", "quality_banks.choose"):
            assert say(ui, key) in page, key


def test_words_agree_with_what_the_screen_takes() -> None:
    for ui in LANGUAGES:
        assert f"{LARGEST // 1_000_000}" in say(ui, "quality_banks.bring_about")
