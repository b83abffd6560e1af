"""The sample documents and questions: built from their sources, labelled, and true to each other."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import docx
import pytest
from bs4 import BeautifulSoup
from docx.table import Table
from pypdf import PdfReader

from eval.corpus.build import DOCUMENTS, build

BANK = DOCUMENTS.parent.parent / "banks" / "sample.jsonl"
QUESTIONS: list[dict[str, Any]] = [json.loads(line) for line in BANK.read_text(encoding="utf-8").splitlines()]
FILES = sorted(path for path in DOCUMENTS.iterdir())
CITED = [(question["id"], entry) for question in QUESTIONS for entry in question["evidence"]]
ANSWERABLE = [question for question in QUESTIONS if question["answerable"]]


def fold(text: str) -> str:
    """Words broken at a line's end joined, white space folded."""
    return re.sub(r"\s+", " ", re.sub(r"(?<=[^\W\d_])[-\u2010]\n(?=[^\W\d_A-Z])", "", text)).strip()


def docx_text(path: Path) -> str:
    lines: list[str] = []
    for part in docx.Document(str(path)).iter_inner_content():
        cells = (
            [cell.text for row in part.rows for cell in row.cells] if isinstance(part, Table) else [part.text]
        )
        lines.append(" ".join(cells))
    return "\n".join(lines)


@cache
def pages(name: str) -> tuple[str, ...]:
    """The folded texts of a document's pages; one where the format has none."""
    path = DOCUMENTS / name
    if path.suffix == ".pdf":
        return tuple(fold(page.extract_text()) for page in PdfReader(path).pages)
    if path.suffix == ".docx":
        return (fold(docx_text(path)),)
    text = path.read_text(encoding="utf-8")
    return (fold(BeautifulSoup(text, "lxml").get_text(" ") if path.suffix == ".html" else text),)


def page_of(entry: dict[str, Any]) -> str:
    return pages(entry["document"])[(entry["page"] or 1) - 1]


def stands_in(fact: str, text: str) -> bool:
    """Whether `fact` is in `text`, case, white space and punctuation aside, digits on their boundaries."""
    words = r"[\W_]+".join(re.escape(word) for word in re.findall(r"[^\W_]+", fact))
    before = r"(?<!\d)(?<!\d[.,])" if fact[:1].isdigit() else ""
    after = r"(?![.,]?\d)" if fact[-1:].isdigit() else ""
    return re.search(before + words + after, text, re.IGNORECASE) is not None


def test_rebuilding_gives_the_committed_bytes(tmp_path: Path) -> None:
    built = build(tmp_path)
    assert [path.name for path in built] == [path.name for path in FILES]
    changed = [path.name for path in built if path.read_bytes() != (DOCUMENTS / path.name).read_bytes()]
    assert not changed, f"run `python -m eval.corpus.build`: {changed} differ from their sources"


def test_there_are_enough_documents_of_each_format() -> None:
    assert len(FILES) >= 13
    assert {path.suffix for path in FILES} == {".pdf", ".docx", ".html", ".md", ".txt"}
    assert all(path.stat().st_size < 200_000 for path in FILES)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_document_says_that_it_is_a_sample(path: Path) -> None:
    texts = pages(path.name)
    assert "Sample document" in texts[0][:400]
    assert all("Sample document" in text for text in texts)  # a PDF says it on each page


def test_printed_labels_differ_from_the_page_index_where_there_is_front_matter() -> None:
    reader = PdfReader(DOCUMENTS / "cooperation-framework-valoria-2023-2027.pdf")
    assert "/PageLabels" in reader.root_object
    assert reader.page_labels == ["i", "ii", "iii", *(str(n) for n in range(1, len(reader.pages) - 2))]
    footer = re.compile(r"Sample document \| .+?Valoria (\w+)")
    printed = [footer.search(text) for text in pages("cooperation-framework-valoria-2023-2027.pdf")]
    assert [match and match[1] for match in printed] == reader.page_labels


def test_documents_without_front_matter_have_no_labels() -> None:
    assert "/PageLabels" not in PdfReader(DOCUMENTS / "mid-term-review-maruvia-2024.pdf").root_object


@pytest.mark.parametrize(
    ("name", "header", "times"),
    [
        ("cooperation-framework-valoria-2023-2027.pdf", "Output Indicator Baseline (year)", 2),
        ("plan-cadre-cooperation-tambarie-2024-2028.pdf", "Produit Indicateur Référence (année)", 2),
        ("cooperation-framework-maruvia-2022-2026.pdf", "Output Indicator Baseline Target", 1),
    ],
)
def test_a_results_matrix_runs_over_two_pages(name: str, header: str, times: int) -> None:
    *_, last_but_one, last = pages(name)
    assert header in last_but_one
    assert (last_but_one + last).count(header) == times
    assert "Outcome 1" in last_but_one or "Effet 1" in last_but_one
    assert re.search(r"[23]\.\d ", last)  # outputs go on overleaf


def test_the_report_has_footnotes_and_the_brief_breaks_words() -> None:
    report = " ".join(pages("evaluation-report-valoria-diaspora-programme.pdf"))
    assert "2 Minutes of the project board, 17 June 2020" in report
    brief = PdfReader(DOCUMENTS / "evaluation-brief-valoria-diaspora-programme.pdf").pages[0].extract_text()
    assert re.search(r"[a-z]-\n[a-z]", brief)


def test_the_bank_has_thirty_questions_of_every_kind_and_language() -> None:
    assert [question["id"] for question in QUESTIONS] == [f"sample-{n:03d}" for n in range(1, 31)]
    languages = [question["language"] for question in QUESTIONS]
    assert {code: languages.count(code) for code in sorted(set(languages))} == {"en": 18, "es": 6, "fr": 6}
    kinds = [question["kind"] for question in QUESTIONS]
    assert set(kinds) == {
        "fact", "number", "why-how", "list", "compare", "lesson", "follow-up", "absent", "partial"
    }  # fmt: skip
    assert kinds.count("absent") == 5


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question["id"])
def test_a_question_has_the_fields_of_its_kind(question: dict[str, Any]) -> None:
    assert list(question) == [
        "id", "language", "kind", "question", "history", "answerable", "facts", "evidence", "note"
    ]  # fmt: skip
    assert question["answerable"] == (question["kind"] != "absent")
    assert bool(question["facts"]) == bool(question["evidence"]) == question["answerable"]
    assert bool(question["history"]) == (question["kind"] == "follow-up")
    assert question["kind"] not in ("absent", "partial") or question["note"]
    assert question["kind"] != "compare" or len(question["evidence"]) > 1


@pytest.mark.parametrize(("question", "entry"), CITED)
def test_each_quote_is_on_its_page(question: str, entry: dict[str, Any]) -> None:
    assert 8 <= len(entry["quote"].split()) <= 30
    assert (entry["page"] is not None) == entry["document"].endswith(".pdf")
    assert entry["quote"] in page_of(entry)


@pytest.mark.parametrize("question", ANSWERABLE, ids=lambda question: question["id"])
def test_each_fact_stands_on_a_page_of_evidence(question: dict[str, Any]) -> None:
    text = "\n".join(page_of(entry) for entry in question["evidence"])
    for fact in question["facts"]:
        assert any(stands_in(alternative, text) for alternative in fact), fact
