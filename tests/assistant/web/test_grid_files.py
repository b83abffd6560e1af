"""What is uploaded to the Grid screen: bounded, named by nothing, deleted; and the checklist made of it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest

from assistant.chat import Assistant
from assistant.grids.checklist import open_checklist
from assistant.grids.strict import StrictDecider
from assistant.web import grid_files
from assistant.web.words import Said, say
from tests.assistant.web.grid_client import NASTY, Client, client_of

DRAFT = Path(__file__).parents[3] / "eval/corpus/documents/cooperation-framework-maruvia-2022-2026.pdf"
ITEMS = b"# Outcomes\n\n- Does each outcome name an indicator?\n- How are returnees supported?\n"


@pytest.fixture(scope="module")
def client(assistant: Assistant) -> Client:
    return client_of(assistant)


def scratch() -> set[str]:
    return {path.name for path in Path(tempfile.gettempdir()).glob("grid-*")}


def test_questions_of_a_note_are_shown_to_be_confirmed(client: Client, assistant: Assistant) -> None:
    note = next(each for each in assistant.sources() if each.kind == "guidance note")
    html = client.post(f"/grid/items/{note.document}")["html"]
    assert html.count('name="item"') == html.count(" checked") > 5
    assert "no longer held" in client.post(f"/grid/items/{'0' * 64}")["problem"]


@pytest.mark.parametrize(
    ("path", "name", "data", "said"),
    [
        ("/grid/items", "q.md", ITEMS, "Questions found in q.md: 2."),
        (
            "/grid/items",
            r"C:\x\..\q <b>.csv",
            b"question\nWho pays for it?\n",
            "Questions found in q _b_.csv: 1.",
        ),
        ("/grid/items", "q.exe", ITEMS, "Files of this kind are not read"),
        ("/grid/items", "../../etc/passwd", ITEMS, "Files of this kind are not read"),
        ("/grid/items", "q.md", b"", "The file is empty"),
        ("/grid/items", "q.md", b"x" * 6_000_000, "larger than 5 megabytes"),
        ("/grid/items", "q.md", b"Nothing is asked here.", "asks no question"),
        ("/grid/items", "q.xlsx", b"PK\x03\x04no", "is no XLSX workbook"),
        ("/grid/draft", "d.pdf", b"", "The file is empty"),
    ],
)
def test_files_come_in_bounded_and_leave_nothing(
    client: Client, path: str, name: str, data: bytes, said: str
) -> None:
    before = scratch()
    told = client.send(path, name, data)
    assert said in (told.get("html") or told["problem"])
    assert scratch() == before


def test_files_come_from_the_screen_alone(client: Client) -> None:
    for path in ("/grid/draft", "/grid/items"):
        assert "Grid screen only" in client.send(path, "d.md", b"# x", mark="")["problem"]
        assert "not signed in" in client.send(path, "d.md", b"# x", person="nobody")["problem"]


def test_a_draft_is_checked_and_deleted(client: Client, assistant: Assistant) -> None:
    before, library = scratch(), {each.document for each in assistant.sources()}
    draft = client.send("/grid/draft", "../My draft.pdf", DRAFT.read_bytes(), "fo")["draft"]
    items = [{"question": "How are returnees supported?", "part": "A"}, {"question": NASTY}]
    asked = {"use": "checklist", "items": items, "draft": draft}
    assert client.post("/grid/start", asked, "eva")["problem"] == "Choose the draft."
    assert len(scratch() - before) == 1
    ticket = client.worked_out(asked, "fo")
    assert scratch() == before
    assert client.post("/grid/start", asked, "fo")["problem"] == "Choose the draft."  # it served once
    html = client.get(f"/grid/result/{ticket}", "fo")["html"]
    assert "Checklist: My draft.pdf" in html
    assert "The draft has been deleted." in html
    assert html.count('class="g-item') == 2
    assert "<img" not in html
    assert {each.document for each in assistant.sources()} == library
    assert client.call("GET", f"/grid/export/{ticket}.xlsx", "fo").content.startswith(b"PK")


def test_a_stopped_checklist_goes_on_where_it_was_for_its_owner_alone(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions = ["How are nurses kept?", "Who pays?"]
    asked = {"use": "checklist", "items": [{"question": each} for each in questions]}
    data = b"# Nurses\n\nA bond keeps each nurse for three years; the College of Health pays.\n"
    decided: list[str] = []
    whole, going = StrictDecider.cell, open_checklist.compute

    def counted(self: StrictDecider, question: Any, document: Any) -> Any:
        decided.append(question.text)
        return whole(self, question, document)

    def some(self: Any, *, progress: Any = None, stop: Any = None) -> Any:
        for checked in going(self, progress=progress, stop=stop):
            yield checked
            stop.set()

    def send(person: str, name: str = "d.md") -> dict[str, Any]:
        return {**asked, "draft": client.send("/grid/draft", name, data, person)["draft"]}

    monkeypatch.setattr(StrictDecider, "cell", counted)
    with monkeypatch.context() as patch:
        patch.setattr(open_checklist, "compute", some)
        ticket = client.post("/grid/start", send("fo"), "fo")["ticket"]
        work = client.works.of("fo", ticket)
        client.works.wait(work)
    assert (work.state, decided) == ("stopped", questions[:1])
    assert say("en", "grid.stopped_list") in client.get(f"/grid/result/{ticket}", "fo")["html"]
    before = scratch()
    again = client.worked_out(send("fo"), "fo")
    assert decided == questions
    html = client.get(f"/grid/result/{again}", "fo")["html"]
    assert html.count('class="g-item') == 2
    assert say("en", "grid.stopped_list") not in html
    assert scratch() == before
    client.worked_out(send("eva"), "eva")  # another person's begins at the beginning
    client.worked_out(send("fo", "renamed.md"), "fo")  # and so does what is called otherwise
    assert decided[2:] == 2 * questions


def test_a_draft_that_cannot_be_read_is_deleted_too(client: Client) -> None:
    before = scratch()
    draft = client.send("/grid/draft", "d.pdf", b"%PDF-1.4 no")["draft"]
    asked = {"use": "checklist", "items": [{"question": "How is it?"}], "draft": draft}
    ticket = client.post("/grid/start", asked)["ticket"]
    client.works.wait(client.works.of("", ticket))
    told = client.get(f"/grid/standing/{ticket}")
    assert told["state"] == "failed"
    assert told["problem"].startswith("D.pdf") or "d.pdf" in told["problem"]
    assert scratch() == before


def test_a_draft_nobody_comes_for_is_deleted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(grid_files, "_LASTING", 0.0)
    drafts = grid_files.Drafts()
    folder = tmp_path / "one"
    folder.mkdir()
    (folder / "file.md").write_text("x")
    ticket = drafts.keep(grid_files.Draft(folder / "file.md", "x.md", "a", 0.0))
    with pytest.raises(Said):
        drafts.take(ticket, "a")
    assert not folder.exists()
