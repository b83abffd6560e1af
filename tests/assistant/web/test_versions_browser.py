"""Documents in force, superseded ones or both, chosen by the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant.answer import Filters


@pytest.mark.browser
def test_superseded_documents_alone_by_the_keyboard(
    browser: Any, tmp_path: Path, make_engine: Callable[..., Any], serve: Callable[..., Any]
) -> None:
    engine = make_engine(tmp_path)
    engine.supersede("note", "The next guidance")
    with serve(engine) as address:
        context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en")
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        page.get_by_text("Try one of these").wait_for()
        page.get_by_role("button", name="Filters").focus()
        page.keyboard.press("Enter")
        box = page.get_by_role("combobox", name="In force or superseded by newer versions")
        box.wait_for()
        assert box.input_value() == "All documents"
        for choice, left in (
            ("In force only", "3 of 4 documents remain."),
            ("Superseded only", "1 of 4 documents remains."),
        ):
            box.focus()
            page.get_by_role("option", name=choice).wait_for()
            page.keyboard.press("ArrowDown")
            page.keyboard.press("Enter")
            page.get_by_text(left).wait_for()
            assert box.input_value() == choice
        page.get_by_label("Your question").fill("How many returnees had an income?")
        page.keyboard.press("Enter")
        page.locator("#turn-1.done").get_by_text("Filters: superseded only").wait_for()
        assert engine.asked[-1][2] == Filters(in_force=False)
        page.get_by_role("button", name="Clear the filters").click()
        page.get_by_role("button", name="Filters", exact=True).wait_for()
        assert box.input_value() == "All documents"
        context.close()
    assert errors == []
