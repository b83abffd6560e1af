"""The page behind a citation: for those who may read it, with the quote marked, in a panel for everyone."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from PIL import Image

from assistant.people import LOCAL, Person
from assistant.web import evidence
from assistant.web.access import KEY
from ingest.documents import Block, Page

QUESTION = "How many returnees had an income after vocational training?"
QUOTE = "64 per cent were earning an income twelve months after their return."
ANA = Person("ana", "focal point", frozenset({"mali"}))
BEN = Person("ben", "focal point")


def client(engine: Any, person: Person | None = LOCAL) -> TestClient:
    app = FastAPI()
    evidence.add_routes(app, engine)

    async def as_person(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, KEY: person} if person else scope, receive, send)

    return TestClient(as_person)


def river(engine: Any) -> str:
    return str(engine.sources()[0].document)


def test_the_page_is_drawn_in_three_sizes(engine: Any) -> None:
    asking = client(engine)
    for width in evidence.WIDTHS:
        response = asking.get(f"/page/{river(engine)}/34.png?w={width}")
        assert response.headers["content-type"] == "image/png"
        assert response.headers["cache-control"].startswith("private")
        assert Image.open(io.BytesIO(response.content)).width == width


def test_the_quote_is_marked_where_it_stands(engine: Any) -> None:
    told = client(engine).post(f"/evidence/{river(engine)}/34", json={"quotes": [QUOTE]}).json()
    assert told["label"] == "page 34 (iv) of 34"
    assert (told["previous"], told["next"]) == (33, None)
    assert told["note"] == ""
    assert 1 <= len(told["marks"]) <= 3
    assert all(0 <= mark[side] <= 1 for mark in told["marks"] for side in ("x", "y", "width", "height"))
    assert f"<mark>{QUOTE}</mark>" in told["text"]
    assert told["footnote"] == (
        "Final evaluation of the River Basin Return Programme, 2019–2021, page 34 (iv)."
        " Library generation 0001."
    )
    assert told["original"] == f"/original/{river(engine)}#page=34"
    assert "with the quote marked" in told["alt"]
    by_address = client(engine).get(f"/evidence/{river(engine)}/34", params={"quote": QUOTE})
    assert by_address.json()["marks"] == told["marks"]
    assert by_address.headers["cache-control"] == "private, no-store"


def test_a_turned_page_has_no_marks_and_no_note(engine: Any) -> None:
    told = client(engine).post(f"/evidence/{river(engine)}/33", json={}).json()
    assert (told["marks"], told["note"], told["next"]) == ([], "", 34)


def test_a_quote_that_is_not_there_is_said_and_not_marked(engine: Any) -> None:
    told = client(engine).post(f"/evidence/{river(engine)}/34", json={"quotes": ["46 per cent"]}).json()
    assert told["marks"] == []
    assert told["note"] == "These words are not on this page, so nothing is marked."
    assert "<mark>" not in told["text"]


def test_formats_without_pages_are_shown_as_text(engine: Any) -> None:
    source = engine.sources()[1]
    quote = "Les délais de paiement ont découragé un tiers des participants"
    told = client(engine).post(f"/evidence/{source.document}", json={"quotes": [quote]}).json()
    assert (told["image"], told["page"], told["label"]) == (None, None, "")
    assert f"<mark>{quote}</mark>" in told["text"]
    assert told["original"] == f"/original/{source.document}"


def test_text_is_never_markup(engine: Any) -> None:
    source = engine.sources()[3]
    told = client(engine).post(f"/evidence/{source.document}/1", json={"quotes": ["img src"]}).json()
    assert not re.search(r"<(?!/?(p|h3|mark)\b)", told["text"])
    assert "&lt;script&gt;" in told["text"]


@pytest.mark.parametrize(
    "path",
    [
        "{0}/0",
        "{0}/35",
        "{0}/-1",
        "{0}/1.5",
        "{0}/٣٤",
        "{0}",
        "{1}/1",
        "{0}x/1",
        "{2}/34",
        "..%2f..%2fetc/1",
        "live/1",
    ],
)
def test_what_is_not_a_page_of_the_library_is_not_there(engine: Any, path: str) -> None:
    document = river(engine)
    wanted = path.format(document, "0" * 64, document.upper())
    assert client(engine).get(f"/evidence/{wanted}").status_code == 404
    assert client(engine).post(f"/evidence/{wanted}", json={}).status_code == 404
    assert client(engine).get(f"/page/{wanted}.png").status_code == 404


def test_what_is_asked_amiss_is_refused(engine: Any) -> None:
    asking, address = client(engine), f"/evidence/{river(engine)}/34"
    assert asking.get(f"/page/{river(engine)}/34.png?w=801").status_code == 404
    assert asking.get(f"/page/{river(engine)}/34.png?w=x").status_code == 422
    for amiss in (
        {"quotes": "x"},
        {"quotes": ["x"] * 41},
        {"quotes": ["x" * 20_001]},
        {"path": "x"},
        {"near": [1]},
    ):
        assert asking.post(address, json=amiss).status_code == 422, amiss
    for near in ([-5, 3], [10**30, -1]):
        assert asking.post(address, json={"quotes": [QUOTE], "near": near}).status_code == 200, near


def test_what_a_person_may_not_read_is_not_there(engine: Any) -> None:
    engine.limited["river"] = "mali"
    document = river(engine)
    for path in (f"/page/{document}/34.png", f"/evidence/{document}/34"):
        assert client(engine, ANA).get(path).status_code == 200
        assert client(engine, BEN).get(path).status_code == 404
        assert client(engine, None).get(path).status_code == 404  # nobody is signed in


def test_an_image_kept_for_one_is_not_shown_to_another(engine: Any) -> None:
    engine.limited["river"] = "mali"
    app = FastAPI()
    evidence.add_routes(app, engine)
    for person, status in ((ANA, 200), (BEN, 404)):

        async def as_person(scope: Any, receive: Any, send: Any, person: Person = person) -> None:
            await app({**scope, KEY: person}, receive, send)

        assert TestClient(as_person).get(f"/page/{river(engine)}/34.png").status_code == status


def test_cautions_labels_and_footnotes(engine: Any) -> None:
    source = replace(engine.sources()[0], symbol="A/80/74", superseded="the evaluation of 2024")
    page = Page(7, "Page 7", (Block("paragraph", "Words.", number="12"),), ocr=0.87)
    assert evidence.place(page) == "page 7"
    assert evidence.place(replace(page, label="xi")) == "page 7 (xi)"
    assert evidence.cautions(source, page) == (
        "Superseded by the evaluation of 2024. Read by OCR, 87 % confidence: compare figures with the image."
    )
    assert evidence.footnote(source, page, "12", "0007") == (
        "Final evaluation of the River Basin Return Programme, A/80/74, 2019–2021, para. 12, page 7."
        " Superseded by the evaluation of 2024. Library generation 0007."
    )


def test_a_file_that_cannot_be_drawn_shows_its_text(engine: Any) -> None:
    engine._files[river(engine)].write_bytes(b"%PDF-1.7 nothing")
    told = client(engine).post(f"/evidence/{river(engine)}/34", json={"quotes": [QUOTE]}).json()
    assert told["image"] is None
    assert told["note"] == "The page cannot be shown as an image; here is its text."
    assert f"<mark>{QUOTE}</mark>" in told["text"]


# In the browser


@pytest.fixture(scope="module")
def url(
    tmp_path_factory: pytest.TempPathFactory, make_engine: Callable[..., Any], serve: Callable[..., Any]
) -> Iterator[str]:
    with serve(make_engine(tmp_path_factory.mktemp("originals"))) as address:
        yield address


@pytest.fixture
def visit(browser: Any, url: str) -> Iterator[Callable[..., Any]]:
    contexts: list[Any] = []
    problems: list[str] = []

    def opened(width: int = 1280, **more: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": 800}, locale="en", **more)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "console", lambda said: problems.append(said.text) if "Content Security" in said.text else None
        )
        page.goto(url)
        page.get_by_label("Your question").fill(QUESTION)
        page.keyboard.press("Enter")
        page.locator(".turn.done .mark").first.wait_for()
        return page

    yield opened
    for context in contexts:
        context.close()
    assert problems == []


DRAWN = (
    "document.querySelector('#evidence img').complete && document.querySelector('#evidence img').naturalWidth"
)


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_a_pressed_citation_shows_its_page_with_the_quote_marked(visit: Any, width: int) -> None:
    page = visit(width)
    page.locator(".answer .mark").first.click()
    page.get_by_text("page 34 (iv) of 34").wait_for()
    page.wait_for_function(DRAWN)
    mark, sheet = page.locator("#evidence .e-marks i").first, page.locator("#evidence .e-sheet")
    at, frame = mark.bounding_box(), sheet.bounding_box()
    assert frame["y"] <= at["y"] < frame["y"] + frame["height"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("document.activeElement.closest('#evidence') !== null")
    for button in page.locator("#evidence :is(button, a):visible").all():
        box = button.bounding_box()
        assert box["height"] >= 44, button.inner_text()
        assert box["x"] >= 0, button.inner_text()
        assert box["x"] + box["width"] <= width, button.inner_text()


@pytest.mark.browser
def test_marks_stay_on_the_words_when_the_page_is_enlarged(visit: Any) -> None:
    page = visit()
    page.locator(".answer .mark").first.click()
    page.wait_for_function(DRAWN)
    place = """() => { const m = document.querySelector('#evidence .e-marks i').getBoundingClientRect(),
      i = document.querySelector('#evidence img').getBoundingClientRect();
      return [(m.x - i.x) / i.width, (m.y - i.y) / i.height, m.width / i.width, i.width] }"""
    before = page.evaluate(place)
    page.get_by_role("button", name="Larger").click()
    after = page.evaluate(place)
    assert after[3] == pytest.approx(1.5 * before[3], rel=0.02)
    assert after[:3] == pytest.approx(before[:3], abs=0.003)


@pytest.mark.browser
def test_a_finger_turns_the_pages(visit: Any) -> None:
    page = visit(390, has_touch=True, reduced_motion="reduce")
    page.locator(".answer .mark").first.tap()
    page.get_by_text("page 34 (iv) of 34").wait_for()
    page.wait_for_function(DRAWN)
    finger = page.context.new_cdp_session(page)

    def swipe(across: int) -> None:
        for kind, x in (("touchStart", 200), ("touchMove", 200 + across), ("touchEnd", None)):
            points = [] if x is None else [{"x": x, "y": 400}]
            finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    swipe(120)
    page.get_by_text("page 33 of 34").wait_for()
    swipe(-40)  # too short to mean anything
    swipe(-120)
    page.get_by_text("page 34 (iv) of 34").wait_for()


@pytest.mark.browser
def test_the_panel_by_keyboard(visit: Any) -> None:
    page = visit()
    mark = page.locator(".answer .mark").first
    mark.focus()
    page.keyboard.press("Enter")
    page.get_by_text("page 34 (iv) of 34").wait_for()
    page.keyboard.press("ArrowLeft")
    page.get_by_text("page 33 of 34").wait_for()
    assert page.locator("#evidence .e-marks i").count() == 0
    page.keyboard.press("ArrowRight")
    page.get_by_text("page 34 (iv) of 34").wait_for()
    page.locator("#evidence .e-marks i").first.wait_for()
    page.keyboard.press("PageUp")
    page.keyboard.press("Escape")
    page.locator("#evidence").wait_for(state="hidden")
    assert page.evaluate("document.activeElement.className") == "mark"


@pytest.mark.browser
def test_who_types_on_after_closing_keeps_the_focus(visit: Any) -> None:
    page = visit()
    page.locator(".answer .mark").first.click()
    page.get_by_text("page 34 (iv) of 34").wait_for()
    focused = page.evaluate(
        """async () => {
          document.querySelector('#evidence [data-do="close"]').click();
          document.querySelector("#question textarea").focus();
          for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
          return document.activeElement.tagName;
        }"""
    )
    assert focused == "TEXTAREA"


@pytest.mark.browser
def test_on_a_phone_the_focus_stays_inside(visit: Any) -> None:
    page = visit(390)
    page.locator(".answer .mark").first.click()
    page.get_by_text("page 34 (iv) of 34").wait_for()
    for _ in range(20):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('#evidence')"
        )
    page.get_by_role("button", name="Close").click()
    assert page.evaluate("document.activeElement.className") == "mark"


@pytest.mark.browser
def test_another_citation_takes_the_place_of_the_first(visit: Any) -> None:
    page = visit()
    page.locator(".answer .mark").first.click()
    page.get_by_text("page 34 (iv) of 34").wait_for()
    page.locator(".answer .mark").nth(2).click()
    page.locator("#evidence mark").get_by_text("Les délais de paiement").wait_for()
    assert not page.locator("#evidence .e-paper").is_visible()
    assert page.locator("#evidence .e-text summary").inner_text() == "Text of this document"


@pytest.mark.browser
def test_the_footnote_is_copied_and_the_original_opens(visit: Any) -> None:
    page = visit()
    page.locator(".answer .mark").first.click()
    page.get_by_text("page 34 (iv) of 34").wait_for()
    page.get_by_role("button", name="Copy as footnote").click()
    page.get_by_text("Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").endswith("page 34 (iv). Library generation 0001.")
    assert (
        page.get_by_role("link", name="Open the original", exact=True)
        .get_attribute("href")
        .endswith("#page=34")
    )
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "river.pdf"


@pytest.mark.browser
def test_the_address_of_no_request_holds_a_quote(visit: Any) -> None:
    page = visit()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator(".answer .mark").first.click()
    page.wait_for_function(DRAWN)
    assert any("/evidence/" in each for each in asked)
    assert not any("income" in each for each in asked)
