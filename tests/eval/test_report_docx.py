"""The report of a run as a Word document: it opens, and says what the page says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import docx
import pytest
from docx.document import Document

from eval.report.build import build
from eval.report.docx import write_docx
from eval.results import Cited, EvalError, Found, Gold, Question, Result, Run, Said

ARABIC = "كم عدد العائدين؟"
HOSTILE = "<w:p>\x00 </w:p> & **bold** \ud800"


def asked(number: int, text: str) -> Question:
    return Question(f"q{number}", text, facts=(("45",),), evidence=(Gold("a.pdf", 1, "45 in Rabat"),))


def said(number: int, text: str) -> Result:
    cited = Cited("a.pdf", 1, "i", text, True, text)
    found = (Found("a.pdf", 1, "p1"),)
    return Result(f"q{number}", True, text, "en", found, (Said(text, (cited,)),), seconds=0.2)


BEFORE = Run(
    "0001", "2026-01-01T08:00:00Z", "bank.jsonl", "0" * 64, "0001", 2, {"sentences": 5}, {}, {},
    (asked(1, "How many?"), asked(2, HOSTILE), asked(3, ARABIC)),
    (said(1, "45 in Rabat"), said(2, HOSTILE), Result("q3", False, ARABIC, "ar", (), reason="لا")),
)  # fmt: skip
AFTER = replace(BEFORE, name="0002", results=(said(1, "None at all"), *BEFORE.results[1:]))


def page_text(document: str, page: int | None) -> str:
    return "It was said: 45 in Rabat, in May."


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Document:
    path = tmp_path_factory.mktemp("report") / "report.docx"
    write_docx(AFTER, BEFORE, page_text, path)
    return docx.Document(str(path))


def test_it_opens_and_has_the_parts_of_the_page_in_order(document: Document) -> None:
    headings = [each.text for each in document.paragraphs if each.style and each.style.name == "Heading 1"]
    assert headings == [
        "Verdict", "Measures", "Refusing", "Time", "By kind and language", "Where questions were lost",
        "Questions that fell short", "Answers that changed", "How to repeat this run",
    ]  # fmt: skip
    assert document.paragraphs[0].text == "How good the answers are: run 0002"


def test_it_has_the_same_verdict_and_the_same_questions_that_fell_short(document: Document) -> None:
    content = build(AFTER, BEFORE, page_text)
    texts = [each.text for each in document.paragraphs]
    for claim in content.verdict:
        assert f"{claim.label}  {claim.sentence}" in texts
    assert [each.link.text for each in content.failures] == ["q3", "q1", "q2"]
    for failure in content.failures:
        assert f"{failure.stage}  {failure.link.text} · {failure.about}" in texts
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert all(measure.label in cells for group in content.groups for measure in group.measures)
    assert any(text.startswith("Before, run 0001: as it should be, 1 of 1 expected facts") for text in cells)


def test_hostile_text_is_text_and_arabic_runs_from_the_right(document: Document) -> None:
    (hostile,) = {
        each.text for each in document.paragraphs if each.text.startswith("<w:p>") and "[" not in each.text
    }
    assert hostile == "<w:p>\ufffd </w:p> & **bold** \ufffd"
    arabic = next(each for each in document.paragraphs if each.text == ARABIC)
    assert "<w:bidi/>" in arabic._p.xml
    marked = [run.text for each in document.paragraphs for run in each.runs if run.font.highlight_color]
    assert set(marked) == {"45 in Rabat"}


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvalError, match="cannot be written"):
        write_docx(AFTER, None, None, tmp_path / "missing" / "report.docx")
