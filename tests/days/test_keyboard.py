"""The screens of an admin and of an evaluator, and the own account, by the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from eval.ratings import ratings
from ingest.admin import Admin
from ingest.library import Library
from tests.days.conftest import DESKTOP, LONG, PASSWORD, Day, House
from tests.days.test_evaluator import bank

FARTHEST = 150  # presses of Tab to any control
# A focus that can be seen: an outline or a ring, its own or (a box around a field) of what is around it.
SEEN = """element => { for (let at = element, far = 0; at && far < 4; at = at.parentElement, far += 1) {
  const style = getComputedStyle(at);
  if ((style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none")
    return true; }
  return false; }"""
HERE = "element => element === document.activeElement"


class Hands:
    """A page that nobody touches but by its keys."""

    def __init__(self, today: Day) -> None:
        self.page, self._faults = today.page, today.faults

    def reach(self, selector: str, key: str = "Tab") -> Any:
        """Goes on from control to control until `selector` has the focus."""
        control = self.page.locator(selector).first
        control.wait_for(state="attached")
        for _ in range(FARTHEST):
            if control.evaluate(HERE):
                if not control.evaluate(SEEN):
                    self._faults.append(f"{selector} does not show that it has the focus")
                return control
            self.page.keyboard.press(key)
        raise AssertionError(f"{selector} cannot be reached by {key}")

    def press(self, selector: str, key: str = "Enter", by: str = "Tab") -> None:
        self.reach(selector, by)
        self.page.keyboard.press(key)

    def write(self, selector: str, words: str) -> None:
        self.reach(selector)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(words)

    def screen(self, at: int) -> None:
        """Opens the screen at this place (0: the chat) from the top of the page."""
        self.page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
        self.press(f"[role=tablist] >> nth=0 >> [role=tab] >> nth={at}")

    def tab(self, screen: str, at: int) -> None:
        self.page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
        self.press(f"{screen} [role=tab] >> nth={at}")


@pytest.mark.browser
def test_an_admin(day: Callable[..., Day], house: House) -> None:
    today = day("ada", DESKTOP)
    hands, page = Hands(today), today.page
    today.sign_in()
    hands.screen(1)
    page.locator(".d-open").first.wait_for()
    hands.write("#d-find textarea", "Valoria Diaspora")
    page.wait_for_function("document.querySelectorAll('.d-open').length < 15")
    hands.press(".d-open")
    page.locator("#d-form summary").first.wait_for()
    hands.press("#d-form summary")
    hands.write("#d-field-symbol", "VAL/2019/1")
    hands.press("#d-form form[data-do=edit] button.main")
    page.locator("#d-told .good").wait_for()
    assert [each["symbol"] for each in Admin(house.library).edits().values()] == ["VAL/2019/1"]
    opened = page.locator("#d-about h2").first.inner_text()
    hands.press("#d-leaf [data-to='1']")
    page.wait_for_function("document.querySelector('#d-leaf [data-change=page]').value === '2'")
    hands.press("#d-back button", by="Shift+Tab")
    page.wait_for_function("document.activeElement.className === 'd-open'")
    assert page.evaluate("document.activeElement.innerText") == opened  # one is where one was

    hands.tab("#documents", 1)
    hands.reach(".d-drop input[type=file]")
    hands.press("#d-plan button.main")
    page.locator(".d-plan").wait_for(timeout=4 * LONG)
    hands.tab("#documents", 3)
    page.locator("#d-generations summary").first.wait_for()
    hands.press("#d-generations .d-more summary")
    hands.press("#d-generations details form button")
    page.keyboard.press("Enter")  # once more, as it asks whether one is sure
    page.locator("#d-published .d-said, #d-published .d-problem").wait_for()
    assert Library(house.library).live() == "0001"
    hands.tab("#documents", 4)
    page.locator("#d-audit tbody tr").first.wait_for()


@pytest.mark.browser
def test_an_evaluator(day: Callable[..., Day], house: House) -> None:
    banks = house.library / "banks"
    banks.mkdir()
    (banks / "mine.jsonl").write_bytes(bank())
    today = day("eva", DESKTOP)
    hands, page = Hands(today), today.page
    today.sign_in()
    hands.screen(2)
    page.locator("#q-checked .good").wait_for()
    hands.reach("#q-bring input[type=file]")
    hands.press("#q-run", by="Shift+Tab")
    page.locator("[data-run='0001']").wait_for(timeout=2 * LONG)
    hands.press("#q-opened summary")
    page.locator("#q-opened table").first.wait_for()
    with page.expect_popup() as popup:
        hands.press("#q-opened a.main", by="Shift+Tab")
    popup.value.locator("h1").wait_for()
    popup.value.close()

    hands.tab("#quality", 2)
    page.wait_for_function("document.querySelector('#q-sit input').value !== ''")  # the only set is chosen
    hands.write("#q-sit input[maxlength], #q-sit textarea", "Eva")
    page.keyboard.press("Enter")
    page.locator("article.q-answer").wait_for()
    hands.press("#q-right input", "Space")
    page.locator("#q-right input:checked").wait_for()
    hands.press("#q-bears input", "Space")
    page.locator("#q-bears input:checked").wait_for()
    hands.press("#q-steps button.primary")
    page.wait_for_function("document.querySelectorAll('#q-right input:checked').length === 0")
    assert [each.page_bears for each in ratings(house.library, "0001")] == [True]


@pytest.mark.browser
def test_the_own_account(day: Callable[..., Day], house: House) -> None:
    today = day("karim", DESKTOP)
    hands, page = Hands(today), today.page
    today.sign_in()
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    hands.press("#account a")
    fields = page.locator("form[action='/account'] input[type=password]")
    fields.first.wait_for()
    new = "five words in a row"
    names = [fields.nth(at).get_attribute("name") for at in range(fields.count())]
    for name, words in zip(names, (PASSWORD, new, new), strict=False):
        hands.write(f"input[name={name}]", words)
    page.keyboard.press("Enter")
    page.locator("[role=status]").wait_for()
    hands.press("form[action='/logout'] button")
    page.locator("#password").wait_for()
    hands.write("#name", "karim")
    hands.write("#password", new)
    page.keyboard.press("Enter")
    page.locator("#question textarea").wait_for()
