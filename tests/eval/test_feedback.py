"""Feedback becomes drafts: gold only where a person said right, the rest for the evaluator to complete."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from assistant.answer import Turn
from assistant.records import Feedback, Place, Verdict
from eval.bank import check_bank, load_bank
from eval.feedback import feedback_workbook, how_to, questions_from
from eval.results import EvalError, Gold
from ingest.catalogue import Catalogue, DocumentEntry
from ingest.documents import Block, Description, Page
from ingest.passages import passages

RIGHT = Feedback(
    "0123456789abcdef",
    "2026-01-02T03:04:05.000+00:00",
    "And in Mali?",
    "How many were trained in Mali?",
    (Turn("How many were trained?", "Ten were\ntrained."),),
    True,
    "Seven were trained.",
    (Place("mali.pdf", 3, "seven were\ntrained"), Place("mali.pdf", 3, "seven were trained")),
    "0001",
    "right",
    "See also\nannex 2.",
    "fr",
    "Mali",
)


def test_what_was_right_is_gold() -> None:
    (question,) = questions_from([RIGHT])
    assert (question.id, question.kind, question.language) == ("feedback-0123456789ab", "feedback", "fr")
    assert question.question == "And in Mali?"
    assert question.history == (Turn("How many were trained?", "Ten were trained."),)
    assert question.evidence == (Gold("mali.pdf", 3, "seven were trained"),)
    assert question.answerable
    assert question.facts == ()
    assert question.note == (
        "answer judged right on 2026-01-02, generation 0001. evidence: what that answer cited."
        " asked with the filters Mali. comment: See also annex 2."
    )


@pytest.mark.parametrize(
    ("verdict", "answered", "gold", "answerable", "words"),
    [
        ("right", True, 1, True, "evidence: what that answer cited."),
        ("incomplete", True, 1, True, "more may be missing"),
        ("wrong", True, 0, True, "not taken as evidence: it cited mali.pdf p. 3. "),
        ("wrong page", True, 0, True, "it said: Seven were trained."),
        ("right", False, 0, False, "refusal judged right"),
        ("wrong", False, 0, True, "refusal judged wrong"),
    ],
)
def test_gold_by_verdict(verdict: Verdict, answered: bool, gold: int, answerable: bool, words: str) -> None:
    cited = RIGHT.cited if answered else ()
    (question,) = questions_from([replace(RIGHT, verdict=verdict, answered=answered, cited=cited)])
    assert (len(question.evidence), question.answerable) == (gold, answerable)
    assert words in question.note


def test_the_workbook_is_completed_and_read_as_a_bank(tmp_path: Path) -> None:
    odd = replace(RIGHT, id="f" * 32, verdict="wrong", comment="=1+1\x0b|", question="Odd \x07one?")
    path = tmp_path / "feedback.xlsx"
    assert feedback_workbook([RIGHT, odd], path) == 2
    with pytest.raises(EvalError, match="no row is kept"):
        load_bank(path)
    book = openpyxl.load_workbook(path)
    assert [cell.value for cell in book["How to"]["A"] if cell.value] == how_to("en")
    sheet = book["Questions"]
    assert [choice.formula1 for choice in sheet.data_validations.dataValidation] == ['"yes,no"']
    sheet["A2"] = "yes"
    sheet["A3"] = "yes"
    book.save(path)
    with pytest.raises(EvalError, match=r"row 3, column answerable: an answerable question needs facts"):
        load_bank(path)
    header = [cell.value for cell in sheet[1]]
    sheet.cell(3, header.index("facts") + 1, "nine | 9")
    book.save(path)
    right, wrong = load_bank(path)
    assert right == questions_from([RIGHT])[0]
    assert (wrong.question, wrong.facts) == ("Odd one?", (("nine", "9"),))
    assert "comment: =1+1 |" in wrong.note


def test_gold_from_feedback_holds_against_the_library(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path / "catalogue.sqlite", write=True)
    pages = tuple(Page(n, "", (Block("paragraph", f"Page {n}: seven were trained."),)) for n in (1, 2, 3))
    cut = passages("0" * 64, pages)
    entry = DocumentEntry("0" * 64, "mali.pdf", "pdf", Description("Mali", language="en"), 3, len(cut))
    catalogue.add(entry, pages, cut)
    catalogue.finish()
    assert check_bank(questions_from([RIGHT]), catalogue) == []
    catalogue.close()


def test_no_feedback_and_other_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(EvalError, match="no feedback yet"):
        feedback_workbook([], tmp_path / "a.xlsx")
    with pytest.raises(EvalError, match=r"written as \.xlsx"):
        feedback_workbook([RIGHT], tmp_path / "a.csv")
    assert list(tmp_path.iterdir()) == []
