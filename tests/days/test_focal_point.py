"""A focal point's day: ask, see the evidence, go on from there, keep it, hand it on."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zipfile import ZipFile

import pytest

from assistant.kept import Conversations
from assistant.records import feedback
from assistant.web.names import kind
from assistant.web.words import say
from ingest.gaps import Gaps
from tests.days.conftest import DESKTOP, PHONE, Day, House


@dataclass(frozen=True)
class Asked:
    """What is asked in one language. quoted: words of the answer to the first."""

    first: str
    follow_up: str
    absent: str
    quoted: str
    comment: str
    title: str


ENGLISH = Asked(
    "How many firms were founded with the matching grants in Valoria?",
    "And how many jobs did they create?",
    "Which hospitals were built in Kenya in 2015?",
    "212 firms were founded",
    "The brief has the same figure.",
    "Firms of the diaspora",
)
ARABIC = Asked(
    "ما هي حصة النساء من الوظائف التي نشأت عن منح فالوريا؟",
    "وما كان الهدف؟",
    "كم مستشفى بني في كينيا عام 2015؟",
    "stayed at 38 per cent",
    "الرقم نفسه في الموجز.",
    "وظائف النساء",
)


# Bytes that came over the line for the page as it is now.
LOADED = """() => ["navigation", "resource"].flatMap((type) => performance.getEntriesByType(type))
  .reduce((sum, each) => sum + each.transferSize, 0)"""


@pytest.mark.browser
@pytest.mark.parametrize(("ui", "width", "asked"), [("en", DESKTOP, ENGLISH), ("ar", PHONE, ARABIC)])
def test_a_day(day: Callable[..., Day], house: House, ui: str, width: int, asked: Asked) -> None:
    today = day("fatou", width, ui)
    page = today.page

    def words(key: str, **fields: Any) -> str:
        return say(ui, key, **fields)

    def ask(question: str, place: int) -> Any:
        page.locator("#question textarea").fill(question)
        page.keyboard.press("Enter")
        page.locator(f"#turn-{place}.done").wait_for()
        return page.locator(f"#turn-{place}")

    def press(words: str, within: Any = page) -> None:
        within.get_by_role("button", name=words, exact=True).click()

    today.sign_in()
    page.locator("#examples button").first.wait_for()
    for others in ("page.documents", "page.quality"):
        assert page.get_by_role("tab", name=words(others), exact=True).count() == 0
    assert page.evaluate("document.documentElement.dir || 'ltr'") == ("rtl" if ui == "ar" else "ltr")
    assert 0 < page.evaluate(LOADED) < 1_500_000  # 0.3 MB: it works over a slow line
    today.look("arrived")

    press(words("filters.title"))
    page.get_by_label(words("filters.kinds")).click()
    page.get_by_role("option", name=kind("evaluation", ui)).click()
    page.keyboard.press("Escape")
    scope = words("filters.set", scope=kind("evaluation", ui))
    page.get_by_role("button", name=scope).wait_for()
    page.locator("#left").get_by_text("3").wait_for()
    today.look("filters")
    page.get_by_role("button", name=scope).click()

    answer = ask(asked.first, 1)
    answer.get_by_text(asked.quoted).first.wait_for()
    answer.get_by_text(scope).wait_for()
    answer.locator(".next button").first.wait_for()
    today.look("answer", at=answer)

    at = answer.locator(".answer .sentence", has_text=asked.quoted).locator(".mark").first
    at.click()
    panel = page.locator("#evidence")
    panel.locator(".e-marks i").first.wait_for(state="attached")
    page.wait_for_function("document.querySelector('#evidence img').naturalWidth > 0")
    today.look("evidence")
    press(words("evidence.copy"), panel)
    panel.get_by_role("button", name=words("evidence.copied")).wait_for()
    footnote = page.evaluate("navigator.clipboard.readText()")
    assert words("evidence.generation", name="0001") in footnote
    press(words("evidence.next"), panel)
    press(words("evidence.back"), panel)
    panel.locator(".e-marks i").first.wait_for(state="attached")
    press(words("evidence.close"), panel)

    press(words("feedback.incomplete"), answer)
    answer.locator(".comment textarea").fill(asked.comment)
    press(words("feedback.send"), answer)
    answer.get_by_text(words("feedback.thanks_comment")).wait_for()
    (given,) = feedback(house.library)
    assert (given.verdict, given.comment) == ("incomplete", asked.comment)

    follow_up = ask(asked.follow_up, 2)
    follow_up.locator(".standing").wait_for()
    follow_up.get_by_text("38 per cent").first.wait_for()
    today.look("follow-up", at=follow_up)

    press(scope)
    page.get_by_label(words("filters.versions")).wait_for()
    today.look("filters beside a conversation")
    press(words("filters.clear"))
    page.get_by_role("button", name=words("filters.title"), exact=True).click()
    refusal = ask(asked.absent, 3)
    refusal.get_by_text(words("answer.none")).wait_for()
    press(words("do.missing"), refusal)
    refusal.get_by_text(words("do.missing_told")).wait_for()
    (gap,) = Gaps(house.library).all()
    assert (gap.question, gap.who) == (asked.absent, "fatou")
    today.look("refusal", at=refusal)

    press(words("do.share"), answer)
    link = str(answer.locator(".told a").get_attribute("href"))
    today.look("shared", at=answer)
    colleague = house.get("karim", link)
    assert colleague.status_code == 200
    assert asked.quoted in colleague.text
    there = today.context.new_page()
    there.goto(house.url + link)
    there.get_by_role("heading", name=asked.first).wait_for()
    today.look("link", there)
    there.close()

    if width == PHONE:
        page.locator("#side-toggle").click()
    side = page.locator("#side")
    row = side.locator("li[data-conversation]")
    menu = row.locator("> .menu > summary")
    menu.click()
    press(words("conversations.rename"), row)
    row.get_by_role("textbox").fill(asked.title)
    page.keyboard.press("Enter")
    side.get_by_text(words("conversations.renamed")).wait_for()
    side.get_by_role("searchbox").fill(asked.title)
    row.locator(".open", has_text=asked.title).wait_for()
    today.look("conversations", widths=(width,))

    menu.click()
    row.locator(".menu .menu summary").click()
    with page.expect_download() as download:
        row.get_by_role("link", name=words("do.docx")).click()
    _holds_the_quote(download.value.path().read_bytes(), asked)

    press(words("conversations.delete"), row)  # the menu is open still
    press(words("conversations.delete_sure"), row)
    side.get_by_text(words("conversations.none_found")).wait_for()
    assert Conversations(house.library).list("fatou") == ()
    page.goto(f"{house.url}/account")
    press(words("login.sign_out"))
    page.locator("#password").wait_for()


def _holds_the_quote(docx: bytes, asked: Asked) -> None:
    with ZipFile(io.BytesIO(docx)) as file:
        text, notes = (file.read(f"word/{name}.xml").decode() for name in ("document", "footnotes"))
    assert asked.title in text
    assert asked.quoted in text
    assert "VDISP" in notes
