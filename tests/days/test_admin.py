"""An admin's day: add documents, one of them bad, while people ask; describe, limit, close a gap, go back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant.web.words import say as of_chat
from ingest.admin import Admin
from ingest.gaps import Gap, Gaps
from ingest.library import Library
from ingest.screen.words import say
from tests.days.conftest import DESKTOP, LONG, PHONE, Day, House
from tests.ingest.conftest import write_text_pdf

NASTY = "<img src=x onerror=alert(1)>"
WORDS = [f"The {NASTY} harbour office helped returnees find work in three districts of the country."] * 6
QUESTION = "How many ferries call at Port Merrow?"
GAP = Gap("1" * 32, QUESTION, "en", "", "0001", (f"Ferries {NASTY}",), "fatou", "2026-01-02T03:04:05+00:00")
RUN = 240_000  # milliseconds: a run loads the model in a process of its own


@pytest.mark.browser
@pytest.mark.parametrize(("ui", "country"), [("en", "Mali"), ("ar", "مالي")])
def test_a_day(day: Callable[..., Day], house: House, tmp_path: Path, ui: str, country: str) -> None:
    Gaps(house.library).tell(GAP)
    folder = tmp_path / "office"
    folder.mkdir()
    mine = write_text_pdf(tmp_path / "mine.pdf", f"A note on the harbour {NASTY}", WORDS, WORDS)
    (folder / "broken.pdf").write_bytes(mine.read_bytes()[:600])
    (folder / "letter.md").write_text("# Letter on ferries\n\nFour ferries a day call at Port Merrow.\n")
    today = day("ada", DESKTOP, ui)
    page = today.page

    def see(key: str, timeout: float = LONG, **fields: Any) -> None:
        page.get_by_text(say(ui, key, **fields)).first.wait_for(timeout=timeout)

    def press(key: str, **fields: Any) -> None:
        page.get_by_role("button", name=say(ui, key, **fields), exact=True).click()

    def unfold(key: str) -> None:
        page.locator("summary").get_by_text(say(ui, key), exact=True).click()

    def field(key: str) -> Any:
        return page.locator("#documents").get_by_label(say(ui, key))

    def tab(key: str) -> None:
        page.get_by_role("tab", name=say(ui, key), exact=True).last.click()

    today.sign_in()
    page.get_by_role("tab", name=of_chat(ui, "page.documents")).first.click()
    see("amount.files", count=15)
    today.look("documents", axe=True)
    tab("tabs.missing")
    page.get_by_text(QUESTION).wait_for()
    today.look("missing", axe=True)

    tab("tabs.index")
    unfold("folders.add")
    field("folders.path").fill("/nowhere")
    press("folders.follow")
    see("refused.no_folder", folder="/nowhere")
    field("folders.path").fill(str(folder))
    page.keyboard.press("Enter")
    see("done.followed", folder=folder, count=2)
    page.set_input_files(".d-drop input", [mine, Path(__file__)])
    see("upload.here", file="mine.pdf")
    see("upload.no_document", file="test_admin.py")
    assert (house.library / "uploads" / "mine.pdf").read_bytes() == mine.read_bytes()
    press("plan.ask")
    see("plan.count_added", RUN, count=3)
    page.get_by_text(say(ui, "plan.because", file="broken.pdf", why="").strip()).wait_for()
    today.look("plan", axe=True)
    press("begin.plain")
    page.get_by_label(say(ui, "work.label")).wait_for()
    asked = house.assistant.ask("How many firms were founded with the matching grants in Valoria?")
    assert asked.receipt.generation == "0001"  # people are answered meanwhile
    today.look("indexing")

    page = today.come_back(PHONE)  # the run goes on
    page.get_by_role("tab", name=of_chat(ui, "page.documents")).first.click()
    see("work.done", RUN, what=say(ui, "work.sync"))
    see("files.failed", count=1)
    assert "broken.pdf" in page.locator(".d-open").first.inner_text()
    today.look("indexed", axe=True)

    field("files.find").fill("harbour")
    see("files.of_all", shown=1, count=18)
    page.locator(".d-open").press("Enter")
    page.get_by_role("heading", name=say(ui, "leaf.page", page=1, pages=2)).wait_for()
    page.wait_for_function("document.querySelector('.d-picture img').naturalWidth > 100")
    unfold("edit.title")
    field("field.countries").fill("Atlantis")
    press("edit.save")
    see("told.countries", value="'Atlantis'")
    field("field.countries").fill(country)
    today.look("a document", axe=True)
    press("edit.save")
    see("done.edited")
    document = Library(house.library).document("mine.pdf")[0]
    assert Admin(house.library).edits()[document] == {"countries": country}

    assert house.get("fatou", f"/original/{document}").status_code == 200
    unfold("edit.limit_title")
    field("edit.groups").fill("harbour team")
    press("edit.limit")
    see("facts.limited")
    assert house.get("fatou", f"/original/{document}").status_code == 404
    press("facts.all")
    see("files.described")
    see("files.only", groups="harbour team")
    today.look("limited")

    tab("tabs.missing")
    press("wanted.answered")
    press("wanted.sure")
    see("done.answered", count=1)
    assert Gaps(house.library).all() == ()

    page.set_viewport_size({"width": DESKTOP, "height": 844})  # a phone has these two behind "…"
    today.width = DESKTOP
    tab("tabs.generations")
    see("amount.documents", count=17)
    today.look("generations", axe=True)
    press("built.undo", name="0001")
    press("built.undo_sure")
    see("done.back", name="0001")
    assert Library(house.library).live() == "0001"
    tab("tabs.audit")
    page.get_by_role("rowheader", name=say(ui, "audit.did_rolled_back")).wait_for()
    today.look("audit", axe=True)
    assert {each.who for each in Admin(house.library).audit()} >= {"ada"}
