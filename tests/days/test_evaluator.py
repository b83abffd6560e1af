"""An evaluator's day: bring a bank, run it twice, read the report, compare, rate, take up what users said."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import load_workbook

from assistant.records import feedback_on, keep_feedback
from eval.ratings import ratings
from eval.screen_banks import SAMPLES
from eval.screen_rating import code_of
from tests.days.conftest import PHONE, Day, House

NASTY = '<img src=x onerror=alert(1)>"${alert(1)}'
QUESTION = "How many firms were founded with the matching grants in Valoria?"
COMMENT = "Page 3 has the figure, not page 1."


def bank() -> bytes:
    """The first questions of the samples' bank, and one that the documents should not answer."""
    lines = (SAMPLES / "sample.jsonl").read_bytes().splitlines(keepends=True)
    absent = next(each for each in map(json.loads, lines) if not each["answerable"])
    absent["question"] = "Which hospitals were built in Kenya in 2015?"
    return b"".join([*lines[:3], json.dumps(absent).encode()])


@pytest.mark.browser
def test_a_day(day: Callable[..., Day], house: House, tmp_path: Any) -> None:
    said = house.assistant.ask(QUESTION)
    keep_feedback(house.library, feedback_on(said, "wrong page", COMMENT, id="1" * 32, question=QUESTION))
    mine, faulty = tmp_path / "mine.jsonl", tmp_path / "faulty.jsonl"
    mine.write_bytes(bank())
    faulty.write_text(json.dumps({"id": NASTY, "question": "", "colour": NASTY}), encoding="utf-8")
    today = day("eva", PHONE)
    page = today.page
    today.sign_in()
    page.get_by_role("tab", name="Quality").click()
    page.get_by_text("No run yet").wait_for()
    assert not page.get_by_role("tab", name="Documents", exact=True).is_visible()
    today.look("no run yet", axe=True)

    page.set_input_files("#q-bring input", faulty)
    page.get_by_text("faulty.jsonl has").wait_for()
    page.get_by_text("row 1, column question: is empty").wait_for()
    today.look("a faulty bank")
    page.set_input_files("#q-bring input", mine)
    page.get_by_text("mine.jsonl is kept").wait_for()
    assert (house.library / "banks" / "mine.jsonl").read_bytes() == bank()
    for run in ("0001", "0002"):
        page.get_by_role("button", name="Run", exact=True).click()
        page.get_by_text(f"Latest run {run}").wait_for()
    assert page.locator("[data-run]").count() == 2
    assert page.locator("[aria-current]").get_attribute("data-run") == "0002"
    page.get_by_text("All measures").click()
    today.look("a run", axe=True)
    with page.expect_popup() as popup:
        page.get_by_role("link", name="Open the report").click()
    report = popup.value
    report.get_by_role("heading", name="Verdict").wait_for()
    today.look("report", report, axe=True)
    report.close()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as Word").click()
    assert download.value.path().read_bytes().startswith(b"PK")

    page.get_by_role("tab", name="Compare").click()
    page.get_by_role("button", name="Compare").click()
    page.get_by_text("Run 0002 after run 0001").wait_for()
    page.get_by_text("0 of 4 questions are answered otherwise").wait_for()
    today.look("compare", axe=True)

    page.get_by_role("tab", name="Rate").click()
    page.get_by_label("Set of answers").click()
    page.get_by_role("option", name=code_of("0002")).click()
    page.get_by_label("Your name or initials").fill("Eva")
    page.keyboard.press("Enter")
    page.get_by_text("Answer 1 of 3").wait_for()
    page.get_by_role("button", name="Save and next").click()
    page.get_by_text("Is the answer right? Choose one of the three").wait_for()
    today.look("rate", axe=True)
    for place in (1, 2, 3):
        page.get_by_text(f"Answer {place} of 3").wait_for()
        page.get_by_label("Partly").check()
        page.get_by_label("Yes").check()
        page.get_by_role("button", name="Save and next").click()
        page.get_by_text(f"{place} of 3 rated").wait_for()
        assert page.locator("#q-right input:checked").count() == 0
    assert {(each.verdict, each.page_bears) for each in ratings(house.library, "0002")} == {("partly", True)}
    today.look("rated")

    page.get_by_role("tab", name="Feedback").click()
    page.get_by_text("People judged 1 answer in the chat: 1 wrong page").wait_for()
    today.look("feedback", axe=True)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the questions").click()
    sheet = load_workbook(io.BytesIO(download.value.path().read_bytes())).worksheets[0]
    assert any(COMMENT in str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)

    page.get_by_role("tab", name="Runs").click()
    page.locator("[data-run='0001']").press("Enter")
    page.get_by_label("Run 0001").wait_for()
    page.locator("[data-run='0002']").press("Enter")
    page.get_by_text("0 of 3 answers are right").wait_for()
    today.look("what people said")
