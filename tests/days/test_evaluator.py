"""An evaluator's day: bring a bank, run it twice, read the report, compare, rate, take up what users said."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import load_workbook

from assistant.records import feedback_on, keep_feedback
from assistant.web.words import say as of_chat
from eval.ratings import ratings
from eval.screen.banks import SAMPLES
from eval.screen.parts import sentence
from eval.screen.rating import code_of
from eval.screen.words import Told, retold, say
from ingest.wording import direction
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
@pytest.mark.parametrize("ui", ["en", "ar"])
def test_a_day(day: Callable[..., Day], house: House, tmp_path: Any, ui: str) -> None:
    # What a report says is looked for by its place: its words are those of the report.
    said = house.assistant.ask(QUESTION)
    keep_feedback(house.library, feedback_on(said, "wrong page", COMMENT, id="1" * 32, question=QUESTION))
    mine, faulty = tmp_path / "mine.jsonl", tmp_path / "faulty.jsonl"
    mine.write_bytes(bank())
    faulty.write_text(json.dumps({"id": NASTY, "question": "", "colour": NASTY}), encoding="utf-8")
    today = day("eva", PHONE, ui)
    page = today.page

    def text(key: str, **fields: Any) -> Any:
        return page.get_by_text(say(ui, key, **fields))

    def control(role: str, key: str, **options: Any) -> Any:
        return page.get_by_role(role, name=say(ui, key), **options)

    today.sign_in()
    page.get_by_role("tab", name=of_chat(ui, "page.quality")).click()
    text("quality_runs.none").wait_for()
    assert page.locator("html").get_attribute("dir") == direction(ui)
    assert not page.get_by_role("tab", name=of_chat(ui, "page.documents"), exact=True).is_visible()
    today.look("no run yet", axe=True)

    page.set_input_files("#q-bring input", faulty)
    for told in ("faulty.jsonl has 3 faults:", "row 1, column question: is empty"):
        page.get_by_text(retold(ui, told)).wait_for()
    today.look("a faulty bank")
    page.set_input_files("#q-bring input", mine)
    text("quality_banks.kept", name="mine.jsonl").wait_for()
    assert (house.library / "banks" / "mine.jsonl").read_bytes() == bank()
    for run in ("0001", "0002"):
        control("button", "quality_running.run", exact=True).click()
        text("quality_runs.latest", run=run).wait_for()
    assert page.locator("[data-run]").count() == 2
    assert page.locator("[aria-current]").get_attribute("data-run") == "0002"
    text("quality_runs.measures").click()
    today.look("a run", axe=True)
    with page.expect_popup() as popup:
        control("link", "quality_runs.report").click()
    report = popup.value
    report.locator("h1").wait_for()
    today.look("report", report, axe=True)
    report.close()
    with page.expect_download() as download:
        control("link", "quality_runs.word").click()
    assert download.value.path().read_bytes().startswith(b"PK")

    control("tab", "quality_tabs.compare").click()
    control("button", "quality_compare.compare").click()
    text("quality_compare.pair", after="0002", before="0001", bank="mine.jsonl").wait_for()
    text("quality_compare.unchanged", run="0001").wait_for()
    today.look("compare", axe=True)

    control("tab", "quality_tabs.rate").click()
    page.get_by_label(say(ui, "quality_rate.set")).click()
    page.get_by_role("option", name=code_of("0002")).click()
    page.get_by_label(say(ui, "quality_rate.name")).fill("Eva")
    page.keyboard.press("Enter")
    text("quality_rate.answer", number=1, total=3).wait_for()
    control("button", "quality_rate.save").click()
    page.get_by_text(sentence(Told("quality_rate.choose_right"), ui)).wait_for()
    today.look("rate", axe=True)
    for place in (1, 2, 3):
        text("quality_rate.answer", number=place, total=3).wait_for()
        page.get_by_label(say(ui, "quality_rate.partly"), exact=True).check()
        page.get_by_label(say(ui, "quality_rate.yes"), exact=True).check()
        control("button", "quality_rate.save").click()
        text("quality_rate.rated", count=place, all=3).wait_for()
        assert page.locator("#q-right input:checked").count() == 0
    assert {(each.verdict, each.page_bears) for each in ratings(house.library, "0002")} == {("partly", True)}
    today.look("rated")

    control("tab", "quality_tabs.feedback").click()
    judged = say(ui, "quality_feedback.wrong_page", count=1)
    text("quality_feedback.judged", count=1, parts=judged).wait_for()
    today.look("feedback", axe=True)
    with page.expect_download() as download:
        control("link", "quality_feedback.download").click()
    sheet = load_workbook(io.BytesIO(download.value.path().read_bytes())).worksheets[0]
    assert any(COMMENT in str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)

    control("tab", "quality_tabs.runs").click()
    page.locator("[data-run='0001']").press("Enter")
    page.get_by_label(say(ui, "quality_runs.name", run="0001"), exact=True).wait_for()
    page.locator("[data-run='0002']").press("Enter")
    text("quality_people.right", hits=0, count=3, low=0, high=56).wait_for()
    today.look("what people said")
