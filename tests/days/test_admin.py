"""An admin's day: add documents, one of them bad, while people ask; describe, limit, close a gap, go back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.admin import Admin
from ingest.gaps import Gap, Gaps
from ingest.library import Library
from tests.days.conftest import DESKTOP, PHONE, Day, House
from tests.ingest.conftest import write_text_pdf

NASTY = "<img src=x onerror=alert(1)>"
WORDS = [f"The {NASTY} harbour office helped returnees find work in three districts of the country."] * 6
QUESTION = "How many ferries call at Port Merrow?"
GAP = Gap("1" * 32, QUESTION, "en", "", "0001", (f"Ferries {NASTY}",), "fatou", "2026-01-02T03:04:05+00:00")
RUN = 240_000  # milliseconds: a run loads the model in a process of its own


@pytest.mark.browser
def test_a_day(day: Callable[..., Day], house: House, tmp_path: Path) -> None:
    Gaps(house.library).tell(GAP)
    folder = tmp_path / "office"
    folder.mkdir()
    mine = write_text_pdf(tmp_path / "mine.pdf", f"A note on the harbour {NASTY}", WORDS, WORDS)
    (folder / "broken.pdf").write_bytes(mine.read_bytes()[:600])
    (folder / "letter.md").write_text("# Letter on ferries\n\nFour ferries a day call at Port Merrow.\n")
    today = day("ada", DESKTOP)
    page = today.page

    def tab(name: str) -> None:
        page.get_by_role("tab", name=name, exact=True).last.click()

    today.sign_in()
    page.get_by_role("tab", name="Documents").click()
    page.get_by_text("15 files").wait_for()
    today.look("documents", axe=True)
    tab("Missing")
    page.get_by_text(QUESTION).wait_for()
    today.look("missing", axe=True)

    tab("Index")
    page.get_by_text("Add a folder, or change its patterns").click()
    page.get_by_label("Path of the folder").fill("/nowhere")
    page.get_by_role("button", name="Follow this folder").click()
    page.get_by_text("is not a folder on the machine").wait_for()
    page.get_by_label("Path of the folder").fill(str(folder))
    page.keyboard.press("Enter")
    page.get_by_text("it holds 2 files").wait_for()
    page.set_input_files(".d-drop input", [mine, Path(__file__)])
    page.get_by_text("mine.pdf is here.").wait_for()
    page.get_by_text("test_admin.py is not read").wait_for()
    assert (house.library / "uploads" / "mine.pdf").read_bytes() == mine.read_bytes()
    page.get_by_role("button", name="What would change").click()
    page.get_by_text("3 to add").wait_for(timeout=RUN)
    page.get_by_text("broken.pdf: ").wait_for()
    today.look("plan", axe=True)
    page.get_by_role("button", name="Index and publish").click()
    page.get_by_label("Work under way").wait_for()
    asked = house.assistant.ask("How many firms were founded with the matching grants in Valoria?")
    assert asked.receipt.generation == "0001"  # people are answered meanwhile
    today.look("indexing")

    page = today.come_back(PHONE)  # the run goes on
    page.get_by_role("tab", name="Documents").click()
    page.get_by_text("Indexing is done").wait_for(timeout=RUN)
    page.get_by_text("1 failed").wait_for()
    assert "broken.pdf" in page.locator(".d-open").first.inner_text()
    today.look("indexed", axe=True)

    page.get_by_label("Find").fill("harbour")
    page.get_by_text("1 of 18 files").wait_for()
    page.locator(".d-open").press("Enter")
    page.get_by_role("heading", name="Page 1 of 2").wait_for()
    page.wait_for_function("document.querySelector('.d-picture img').naturalWidth > 100")
    page.get_by_text("Edit the description").click()
    page.get_by_label("Countries").fill("Atlantis")
    page.get_by_role("button", name="Save the description").click()
    page.get_by_text("Countries holds 'Atlantis'").wait_for()
    page.get_by_label("Countries").fill("Mali")
    today.look("a document", axe=True)
    page.get_by_role("button", name="Save the description").click()
    page.get_by_text("it takes effect with the next run").wait_for()
    document = Library(house.library).document("mine.pdf")[0]
    assert Admin(house.library).edits()[document] == {"countries": "Mali"}

    assert house.get("fatou", f"/original/{document}").status_code == 200
    page.get_by_text("Limit it to groups").click()
    page.get_by_label("Groups, several").fill("harbour team")
    page.get_by_role("button", name="Limit it", exact=True).click()
    page.get_by_text("Read only by").wait_for()
    assert house.get("fatou", f"/original/{document}").status_code == 404
    page.get_by_role("button", name="All documents").click()
    page.get_by_text("Will be described anew at the next run").wait_for()
    page.get_by_text("Only harbour team").wait_for()
    today.look("limited")

    tab("Missing")
    page.get_by_role("button", name="Answered now").click()
    page.get_by_role("button", name="Yes, delete it").click()
    page.get_by_text("1 question closed as answered").wait_for()
    assert Gaps(house.library).all() == ()

    page.set_viewport_size({"width": DESKTOP, "height": 844})  # a phone has these two behind "…"
    today.width = DESKTOP
    tab("Generations")
    page.get_by_text("17 documents").wait_for()
    today.look("generations", axe=True)
    page.get_by_role("button", name="Go back to the one before").click()
    page.get_by_role("button", name="Yes, go back").click()
    page.get_by_text("Generation 0001 is live again").wait_for()
    assert Library(house.library).live() == "0001"
    tab("Audit")
    page.get_by_role("rowheader", name="Rolled back").wait_for()
    today.look("audit", axe=True)
    assert {each.who for each in Admin(house.library).audit()} >= {"ada"}
