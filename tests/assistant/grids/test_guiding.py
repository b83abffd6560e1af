"""Guiding questions out of Markdown, text, CSV and XLSX files, and out of a guidance note."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from assistant.answer import AssistantError
from assistant.chat import Assistant
from assistant.grids.guiding import Item, questions_in, read_questions

NOTE = "guidance-note-migration-in-cooperation-frameworks.pdf"


def test_markdown(tmp_path: Path) -> None:
    path = tmp_path / "questions.md"
    path.write_text(
        "# Analysis\n\nSome words about it.\n\n- Who has **moved**, and why?\n2. Which laws apply?\n"
        "## Means\nIs there a budget line for it?\n- [ ] A rule on data is in force\n"
        "- Who has moved, and why?\n",
        encoding="utf-8",
    )
    assert read_questions(path) == (
        Item("Who has moved, and why?", "Analysis", "line 5"),
        Item("Which laws apply?", "Analysis", "line 6"),
        Item("Is there a budget line for it?", "Means", "line 8"),
        Item("A rule on data is in force", "Means", "line 9"),
    )


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_tables(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "questions.csv"
    rows = [["part", "question"], ["Analysis", "Who has moved?"], ["", ""], ["Means", "Who pays?"]]
    path.write_text("\n".join(mark.join(row) for row in rows), encoding="utf-8-sig")
    found = (Item("Who has moved?", "Analysis", "row 2"), Item("Who pays?", "Means", "row 4"))
    assert read_questions(path) == found


def test_a_workbook_without_a_header_is_read_from_its_first_column(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for question in ("Who has moved?", "من الذي انتقل؟", "谁搬走了？"):
        book.active.append([question, "a note"])
    book.save(tmp_path / "questions.xlsx")
    found = read_questions(tmp_path / "questions.xlsx")
    assert [item.question for item in found] == ["Who has moved?", "من الذي انتقل؟", "谁搬走了？"]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("empty.md", b"Nothing is asked here.\n", "empty.md asks no question"),
        ("latin.txt", "Où sont les réfugiés ?".encode("latin-1"), "is not UTF-8 text"),
        ("broken.xlsx", b"PK no workbook", "is no XLSX workbook"),
        ("notes.pdf", b"%PDF-1.7", "is none of .md, .txt, .csv and .xlsx"),
        ("many.txt", "\n".join(f"- Is it number {n}?" for n in range(201)).encode(), "takes 200"),
    ],
)
def test_what_cannot_be_asked_is_said_in_one_sentence(
    tmp_path: Path, name: str, data: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(AssistantError, match=said):
        read_questions(tmp_path / name)
    with pytest.raises(AssistantError, match=r"absent\.md cannot be read"):
        read_questions(tmp_path / "absent.md")


def test_a_guidance_note_gives_its_questions_with_their_pages(assistant: Assistant) -> None:
    with assistant.reading() as generation:
        by_name = {source.name: sha for sha, source in generation.sources.items()}
        found = questions_in(generation, by_name[NOTE], NOTE)
        other = by_name["management-response-valoria-diaspora-programme.docx"]
        with pytest.raises(AssistantError, match="asks no question"):
            questions_in(generation, other, "the response")
    questions = [item.question for item in found]
    assert "Who did not move although they wished to, and what held them back?" in questions
    assert "What will be stopped if the money is a third less than planned?" in questions
    assert len(questions) == len(set(questions)) >= 14
    assert all(item.place.startswith("p. ") for item in found)
