"""axe finds nothing serious or critical on any screen of a focal point, light and dark, wide and narrow.

The screens Documents and Quality are looked at in tests/days, as an admin and an evaluator go through them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.users import Users

QUESTION = "How many returnees had an income after vocational training?"
CASE = "My client Ahmed Hassan, 34, was detained; what can he do about his asylum claim?"
# What Gradio draws itself and nothing outside can change, each with its reason.
LEFT_OUT: dict[str, str] = {}


@pytest.fixture(scope="module")
def url(
    tmp_path_factory: pytest.TempPathFactory, make_engine: Callable[..., Any], serve: Callable[..., Any]
) -> Iterator[str]:
    with serve(make_engine(tmp_path_factory.mktemp("axe"))) as address:
        yield address


def found(page: Any, where: str) -> list[str]:
    """The serious and critical findings, each with the first elements it is about."""
    from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

    wanted = {"resultTypes": ["violations"]}
    violations = Axe().run(page, options=wanted).response["violations"]
    return [
        f"{where}: {each['id']} ({each['impact']}): {[node['html'][:160] for node in each['nodes'][:3]]}"
        for each in violations
        if each["impact"] in ("serious", "critical") and each["id"] not in LEFT_OUT
    ]


def states(page: Any, url: str) -> Iterator[str]:
    """Brings the page from one state to the next; the name of each."""
    page.goto(url)
    page.get_by_text("Try one of these").wait_for()
    yield "empty"
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("Countries").wait_for()
    yield "filters"
    page.get_by_role("button", name="Filters").click()
    box = page.get_by_label("Your question")
    for question, sign in ((QUESTION, "#turn-1.done .next li"), ("And the moon?", "#turn-2.done .refusal")):
        box.fill(question)
        page.keyboard.press("Enter")
        page.locator(sign).first.wait_for()
        yield sign
    page.locator("#turn-2 .tools .menu summary").click()
    yield "menu"
    page.keyboard.press("Escape")
    page.locator("#turn-1 [data-verdict=wrong]").click()
    page.locator("#turn-1 .comment").wait_for()
    page.locator("#turn-1 .mark").first.click()
    page.locator("#evidence .e-text mark").first.wait_for(state="attached")
    yield "evidence"
    page.keyboard.press("Escape")
    page.locator("html:not(.evidence-beside)").wait_for(state="attached")  # the conversations are back
    if not page.locator("#side").is_visible():
        page.locator("#side-toggle").click()
    page.locator("#side li .menu summary").first.click()
    page.locator("#side [data-do=rename]").first.wait_for()
    yield "conversations"
    page.locator("#side [data-do=rename]").first.click()
    page.get_by_role("textbox", name="New title").wait_for()
    yield "rename"
    page.keyboard.press("Escape")
    if not page.locator("#middle").evaluate("element => !element.inert"):
        page.locator("#side [data-do=close]").click()
    box.fill(CASE)
    page.keyboard.press("Enter")
    page.locator("[data-before]").wait_for()
    yield "notice"


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_chat(browser: Any, url: str, width: int, scheme: str) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 844}, locale="en", color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    problems = [each for state in states(page, url) for each in found(page, state)]
    context.close()
    assert problems == []


@pytest.mark.browser
def test_at_double_size_nothing_is_too_wide_and_where_motion_is_reduced_nothing_moves(
    browser: Any, url: str
) -> None:
    # 1,280 pixels at 200 % are 640 wide for the page.
    context = browser.new_context(
        viewport={"width": 640, "height": 422}, device_scale_factor=2, locale="en", reduced_motion="reduce"
    )
    page = context.new_page()
    wide, moving = (
        "document.documentElement.scrollWidth - document.documentElement.clientWidth",
        "document.getAnimations().filter(each => each.playState === 'running'"
        " && each.effect.getComputedTiming().duration > 50).map(each => each.animationName)",
    )
    found = [(state, page.evaluate(wide), page.evaluate(moving)) for state in states(page, url)]
    context.close()
    assert [(state, too_wide, moved) for state, too_wide, moved in found if too_wide > 0 or moved] == []


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_login_and_a_shared_answer(
    browser: Any, tmp_path: Path, make_engine: Callable[..., Any], serve: Callable[..., Any], scheme: str
) -> None:
    engine = make_engine(tmp_path)
    Users(engine.settings.library).add("fo", "focal point", password="four words in a row")
    with serve(engine) as address:
        context = browser.new_context(locale="en", color_scheme=scheme)
        page = context.new_page()
        page.goto(address)
        problems = found(page, "login")
        page.get_by_label("Name").fill("fo")
        page.get_by_label("Password").fill("four words in a row")
        page.keyboard.press("Enter")
        page.get_by_label("Your question").fill(QUESTION)
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Share").click()
        link = page.locator(".told a")
        link.wait_for()
        address_of_it = link.get_attribute("href")
        problems += found(page, "signed in")
        page.goto(address + str(address_of_it))
        problems += found(page, "shared")
        page.goto(f"{address}/account")
        problems += found(page, "account")
        page.goto(f"{address}/api")
        problems += found(page, "guide for programs")
        page.goto(f"{address}/embed")
        page.get_by_label("Your question").fill(QUESTION)
        page.keyboard.press("Enter")
        page.get_by_text("64 per cent").first.wait_for()
        problems += found(page, "embedded")
        context.close()
    assert problems == []
