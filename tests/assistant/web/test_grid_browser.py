"""Survey, comparison and checklist in a real browser, on a screen and on a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.chat import Assistant
from assistant.web.grid_screen import link

DRAFT = Path(__file__).parents[3] / "eval/corpus/documents/cooperation-framework-maruvia-2022-2026.pdf"
THEME = (
    b"label: Moon\nabout: The moon.\nfamilies:\n  moon:\n    label: Moon\n    meaning: The moon.\n"
    b"    terms: {en: [moon base]}\n"
)
ITEMS = b"# Outcomes\n\n- How are returnees supported?\n- Who pays for the moon base?\n"


@pytest.fixture(scope="module")
def url(assistant: Assistant, serve: Callable[..., Any]) -> Iterator[str]:
    with serve(assistant) as address:
        yield address


def serious(page: Any, where: str) -> list[str]:
    """What axe finds that keeps people out, each with the first elements it is about."""
    from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{where}: {each['id']}: {[node['html'][:160] for node in each['nodes'][:3]]}"
        for each in found
        if each["impact"] in ("serious", "critical")
    ]


def survey(page: Any, phone: bool) -> Iterator[str]:
    """A theme's family and terms of one's own; a cell, and the page behind its quote."""
    page.get_by_text("2 families of terms").wait_for()
    yield "form"
    page.locator('[name="theme"]').set_input_files({"name": "t.yaml", "mimeType": "", "buffer": b"label: ["})
    page.locator(".g-brought [role=alert]").get_by_text("this is no YAML").wait_for()
    page.locator('[name="theme"]').set_input_files(
        {"name": "moon.yaml", "mimeType": "application/yaml", "buffer": THEME}
    )
    page.get_by_text("3 families of terms").wait_for()
    yield "a theme of one's own"
    page.locator(".g-brought [data-none]").click()
    page.get_by_text("2 families of terms").wait_for()
    page.get_by_role("button", name="Start").click()
    page.get_by_text("zeppelins: in 0 of 15 documents (0%)").wait_for()
    yield "survey"
    cell = page.locator(".g-cell.s-found").first
    cell.focus()
    page.keyboard.press("Enter")
    panel = page.locator("#grid-cell")
    panel.locator("h2:focus").wait_for()
    yield "cell"
    panel.locator(".g-page").first.click()
    page.locator("#evidence h2").get_by_text(panel.locator("h2").inner_text()).wait_for()
    page.locator("#evidence .e-text > div > *").first.wait_for(state="attached")
    page.keyboard.press("Escape")
    page.locator("#evidence").wait_for(state="hidden")
    page.keyboard.press("Escape")
    panel.wait_for(state="hidden")
    page.locator(".g-cell.s-found:focus").wait_for()
    assert page.locator(".g-table thead").is_visible() is not phone
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def compare(page: Any, phone: bool) -> Iterator[str]:
    page.locator('.g-side-by[data-by="documents"] summary').click()
    for title in ("Valoria", "Maruvia"):
        page.locator('.g-side-by[data-by="documents"] .g-box').filter(has_text=title).first.click()
    page.keyboard.press("Escape")
    page.get_by_text("2 documents · 2 sides").wait_for()
    page.get_by_role("button", name="Start").click()
    page.get_by_role("heading", name="How is the diaspora engaged?").wait_for()
    yield "comparison"
    assert page.locator(".g-side").count() == 2
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def checklist(page: Any, phone: bool) -> Iterator[str]:
    page.locator('[name="list"]').set_input_files({"name": "q.md", "mimeType": "text/plain", "buffer": ITEMS})
    page.get_by_text("Questions found in q.md: 2.").wait_for()
    yield "questions to confirm"
    page.get_by_role("button", name="Start").click()
    page.get_by_text("Choose the draft.").wait_for()
    page.locator('[name="draft"]').set_input_files(str(DRAFT))
    page.get_by_text("2 questions. About").wait_for()
    page.get_by_role("button", name="Start").click()
    page.get_by_role("heading", name=f"Checklist: {DRAFT.name}").wait_for()
    yield "checklist"
    assert page.locator(".g-item").count() == 2
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


USES: tuple[tuple[str, Callable[[Any, bool], Iterator[str]]], ...] = (
    (link("survey", {"terms": ["zeppelins"], "theme": "content-analysis", "family": "remittances"}), survey),
    (link("compare", {"question": "How is the diaspora engaged?", "by": "documents"}), compare),
    (link("checklist", {}), checklist),
)


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_the_three_uses(browser: Any, url: str, width: int) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 844}, locale="en", reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(url + USES[0][0])
    problems = [each for where in survey(page, width < 700) for each in serious(page, where)]
    for address, use in USES[1:]:  # in the same page, as a link in the chat opens it
        page.evaluate("address => openGrid(address.slice(2))", address)
        problems += [each for where in use(page, width < 700) for each in serious(page, where)]
    context.close()
    assert problems == []
    assert errors == []


@pytest.mark.browser
def test_from_right_to_left(browser: Any, url: str) -> None:
    context = browser.new_context(
        viewport={"width": 1280, "height": 844}, locale="ar", reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(url + link("questions", {"question": "How is the diaspora engaged?"}))
    page.get_by_role("button", name="ابدأ").click()
    page.locator(".g-cell").first.wait_for()
    first, second = (
        page.locator(f".g-table tbody tr:first-child > :nth-child({n})").bounding_box() for n in (1, 2)
    )
    assert first["x"] > second["x"]
    context.close()


@pytest.mark.browser
def test_superseded_documents_alone(browser: Any, url: str) -> None:
    context = browser.new_context(locale="en", reduced_motion="reduce")
    page = context.new_page()
    page.goto(url + link("survey", {"terms": ["zeppelins"], "in_force": "no"}))
    page.get_by_text("No document matches all of these filters").wait_for()
    box = page.get_by_label("In force or superseded by newer versions")
    assert box.input_value() == "no"
    box.select_option("In force only")
    page.locator(".g-plan").get_by_text("15 documents").wait_for()
    context.close()
