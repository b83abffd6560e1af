"""Public sets as banks: the adapters on tiny sets of their shapes, and a whole run of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from assistant.settings import AssistantSettings
from eval.public import papers, paragraphs, run, wice
from eval.public.prepared import spread
from eval.results import EvalError, Gold, Question, Result
from ingest.embeddings import Embedder

SAVINGS = (
    "The savings groups of Tambarie received 1,240 loans in 2021. Each group has a treasurer, who is elected"
    " by its members every second year and reports to the village council."
)
WELLS = (
    "In the district of Lower Sanorra the project repaired 37 wells. The water committees collect a small fee"
    " from each household, and a mechanic from the district visits every pump twice a year."
)
TEACHERS = (
    "Forty teachers from Valoria visited schools in Sanorra for three weeks. They observed lessons, wrote a"
    " guide on mixed-age classes and met the ministry of education before they returned home."
)


class WordCounts(Embedder):
    """Vectors of hashed words: texts that share words are near each other. No model, the same every time."""

    name = "word counts"
    hash = "0" * 64
    dimension = 64

    def _encode_passages(self, texts: list[str]) -> np.ndarray:
        vectors = np.full((len(texts), self.dimension), 0.01, np.float32)
        for at, text in enumerate(texts):
            for word in text.casefold().split():
                vectors[at, sum(word.strip(".,?").encode()) % self.dimension] += 1
        scaled: np.ndarray = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return scaled

    _encode_queries = _encode_passages


def squad_file(path: Path, *given: tuple[str, list[tuple[str, str]]]) -> None:
    """A file in SQuAD's format: (paragraph, [(question, answer, or "" for an unanswerable one)])."""
    rows = [
        {
            "context": context,
            "qas": [
                {
                    "id": f"{at}-{number}",
                    "question": question,
                    "is_impossible": not answer,
                    "answers": [{"text": answer}, {"text": answer}] if answer else [],
                }
                for number, (question, answer) in enumerate(asked)
            ],
        }
        for at, (context, asked) in enumerate(given)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"data": [{"title": "Sanorra", "paragraphs": rows}]}), encoding="utf-8")


@pytest.fixture
def squad(tmp_path: Path) -> Path:
    folder = tmp_path / "sets" / "squad2_half_dev"
    squad_file(
        folder / "dev-v2.0.json",
        (SAVINGS, [("How many loans did the savings groups of Tambarie receive?", "1,240")]),
        (WELLS, [("How many wells did the project repair in Lower Sanorra?", "37")]),
        (TEACHERS, [("Which airport was closed by the volcano near Port Ilma?", "")]),
    )
    return folder


def rows_file(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n", encoding="utf-8")
    return path


def nomiracl_row(id_: str, question: str, *contexts: str) -> dict[str, Any]:
    listed = "\n\n".join(f"[{at}] {text}" for at, text in enumerate(contexts, 1))
    return {"query_id": id_, "prompt": f"Read.\n\nQUESTION:\n{question}\n\nCONTEXTS:\n{listed}\n\nOUTPUT:\n"}


def pdf(path: Path, *pages: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    canvas = Canvas(str(path), invariant=1)
    for text in pages:
        words = text.split()
        for line in range(0, len(words), 12):
            canvas.drawString(72, 780 - line * 1.5, " ".join(words[line : line + 12]))
        canvas.showPage()
    canvas.save()


# -- Adapters ----------------------------------------------------------------------------------------------


def test_spread_is_even() -> None:
    assert spread(range(10), 5) == [0, 2, 4, 6, 8]
    assert spread(range(3), 5) == spread(range(3), None) == [0, 1, 2]


def test_squad2_is_a_file_a_paragraph(squad: Path, tmp_path: Path) -> None:
    bank = paragraphs.squad2(squad, None, tmp_path / "documents")
    files = sorted(bank.documents.iterdir())
    assert [path.read_text(encoding="utf-8").strip() for path in files] == [SAVINGS, WELLS, TEACHERS]
    first, _, last = bank.questions
    assert first.facts == (("1,240",),)
    assert first.evidence == (Gold(files[0].name, None),)
    assert (last.answerable, last.kind, last.facts, last.evidence) == (False, "absent", (), ())


def test_a_limit_spreads_questions_and_keeps_the_library_whole(squad: Path, tmp_path: Path) -> None:
    bank = paragraphs.squad2(squad, 1, tmp_path / "documents")
    assert len(bank.questions) == 1
    assert len(list(bank.documents.iterdir())) == 3


def test_a_trial_has_fewer_paragraphs_and_no_stale_ones(squad: Path, tmp_path: Path) -> None:
    paragraphs.squad2(squad, None, tmp_path / "documents")
    bank = paragraphs.squad2(squad, None, tmp_path / "documents", paragraphs=1)
    assert [path.read_text(encoding="utf-8").strip() for path in bank.documents.iterdir()] == [SAVINGS]
    assert {gold.document for question in bank.questions for gold in question.evidence} == {
        path.name for path in bank.documents.iterdir()
    }


def test_xquad_asks_english_paragraphs_in_five_languages(tmp_path: Path) -> None:
    for language in paragraphs.XQUAD_LANGUAGES:
        translated = [(f"{language} {text}", [(f"{language}?", "x")]) for text in ("one", "two")]
        squad_file(tmp_path / f"xquad.{language}.json", *translated)
    bank = paragraphs.xquad(tmp_path, None, tmp_path / "documents")
    assert {path.read_text(encoding="utf-8") for path in bank.documents.iterdir()} == {"en one\n", "en two\n"}
    assert [question.language for question in bank.questions[::2]] == list(paragraphs.XQUAD_LANGUAGES)
    assert len({question.id for question in bank.questions}) == 10
    arabic = [question for question in bank.questions if question.language == "ar"]
    assert [question.evidence[0].document for question in arabic] == sorted(
        path.name for path in bank.documents.iterdir()
    )


def test_xquad_that_is_not_parallel_is_refused(tmp_path: Path) -> None:
    for language in paragraphs.XQUAD_LANGUAGES:
        count = 1 if language == "ar" else 2
        squad_file(tmp_path / f"xquad.{language}.json", *[("text", [("?", "x")])] * count)
    with pytest.raises(EvalError, match=r"xquad\.ar\.json has 1 paragraphs, the English 2"):
        paragraphs.xquad(tmp_path, None, tmp_path / "documents")


@pytest.fixture
def nomiracl(tmp_path: Path) -> Path:
    folder = tmp_path / "sets" / "nomiracl"
    wells, savings = f"Wells: {WELLS}", f"Savings: {SAVINGS}"
    rows_file(
        folder / "relevant.en.jsonl", [nomiracl_row("1", "How many wells were repaired?", wells, savings)]
    )
    rows_file(folder / "non_relevant.en.jsonl", [nomiracl_row("2", "Who built the dam of Ilma?", savings)])
    rows_file(folder / "relevant.es.jsonl", [{"query_id": "3", "prompt": None}])
    rows_file(folder / "non_relevant.es.jsonl", [nomiracl_row("4", "¿Quién construyó la presa?", savings)])
    return folder


def test_nomiracl_puts_a_question_to_its_passages_alone(nomiracl: Path, tmp_path: Path) -> None:
    bank = paragraphs.nomiracl(nomiracl, None, tmp_path / "documents")
    texts = {path.name: path.read_text(encoding="utf-8") for path in bank.documents.iterdir()}
    assert len(texts) == 2  # the passage that three questions share is one file
    found, absent, spanish = bank.questions  # the row without a prompt is left out
    assert [texts[name] for name in found.documents] == [f"Wells\n\n{WELLS}\n", f"Savings\n\n{SAVINGS}\n"]
    assert found.documents[1:] == absent.documents == spanish.documents
    assert [(each.language, each.answerable) for each in bank.questions] == [
        ("en", True), ("en", False), ("es", False),
    ]  # fmt: skip


def test_nomiracl_with_a_limit_writes_only_what_is_asked(nomiracl: Path, tmp_path: Path) -> None:
    whole = paragraphs.nomiracl(nomiracl, None, tmp_path / "documents")
    bank = paragraphs.nomiracl(nomiracl, 1, tmp_path / "documents")
    assert bank.questions == whole.questions[:1]
    assert {path.name for path in bank.documents.iterdir()} == set(bank.questions[0].documents)


def test_mmlongbench_gives_the_document_and_its_pages(tmp_path: Path) -> None:
    pdf(tmp_path / "documents" / "wells.pdf", WELLS)
    pdf(tmp_path / "documents" / "unasked.pdf", TEACHERS)
    common = {"doc_id": "wells.pdf", "question": "How many?"}
    given = [
        {**common, "answer": "37", "evidence_pages": "[1, 3]", "answer_format": "Int"},
        {**common, "answer": "['a', 'b']", "evidence_pages": "[1]", "answer_format": "List"},
        {**common, "answer": "Not answerable", "evidence_pages": "[2]", "answer_format": "None"},
    ]
    (tmp_path / "questions.json").write_text(json.dumps(given), encoding="utf-8")
    bank = papers.mmlongbench(tmp_path, None, tmp_path / "copies")
    number, listed, absent = bank.questions
    assert number.evidence == (Gold("wells.pdf", 1), Gold("wells.pdf", 3))
    assert (number.facts, listed.facts) == ((("37",),), ())
    assert (absent.answerable, absent.evidence) == (False, ())
    assert {question.documents for question in bank.questions} == {("wells.pdf",)}
    assert [path.name for path in bank.documents.iterdir()] == ["wells.pdf"]


def test_financebench_pages_in_both_shapes(tmp_path: Path) -> None:
    pdf(tmp_path / "pdfs" / "SANORRA_2022.pdf", SAVINGS, WELLS)
    rows: list[dict[str, Any]] = [
        {
            "question": "Published?",
            "answer": "$1577.00",
            "doc_name": "SANORRA_2022",
            "evidence": [{"doc_name": "SANORRA_2022", "evidence_page_num": 0}],
        },
        {"question": "Ours?", "answer": "A long answer that no search for words can judge.",
         "doc_name": "SANORRA_2022.pdf", "pages": [2]},
    ]  # fmt: skip
    rows_file(tmp_path / "questions.jsonl", rows)
    first, second = papers.financebench(tmp_path, None, tmp_path / "copies").questions
    assert first.evidence == (Gold("SANORRA_2022.pdf", 1),)  # the published number counts from 0
    assert second.evidence == (Gold("SANORRA_2022.pdf", 2),)
    assert (first.facts, second.facts) == ((("$1577.00",),), ())
    assert first.documents == ("SANORRA_2022.pdf",)
    shared = papers.financebench(tmp_path, None, tmp_path / "copies", shared=True)
    assert {question.documents for question in shared.questions} == {()}


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda folder: paragraphs.squad2(folder, None, folder / "out"), "dev-v2.0.json is absent"),
        (lambda folder: papers.financebench(folder, None, folder / "out"), "holds 0 files of questions"),
        (lambda folder: wice.claims(folder, None), "claim.dev.jsonl is absent"),
        (
            lambda folder: run.run_public("trivia", folder, folder, None),
            "no public set 'trivia'; the sets are",
        ),
        (lambda folder: run.run_all(folder, folder, None, run.quiet), "holds none of the public sets"),
    ],
)
def test_what_is_missing_is_named(tmp_path: Path, make: Callable[[Path], object], says: str) -> None:
    with pytest.raises(EvalError, match=says):
        make(tmp_path)


def test_faulty_rows_are_named(tmp_path: Path) -> None:
    rows_file(tmp_path / "claim.dev.jsonl", [{"label": "maybe", "claim": "", "evidence": []}])
    with pytest.raises(EvalError, match="row 1, label: 'maybe'"):
        wice.claims(tmp_path, None)
    (tmp_path / "claim.dev.jsonl").write_text('\n{"label":\n', encoding="utf-8")
    with pytest.raises(EvalError, match="row 2: no JSON"):
        wice.claims(tmp_path, None)


# -- The whole way -----------------------------------------------------------------------------------------


def test_run_all_asks_the_assistant(squad: Path, nomiracl: Path, tmp_path: Path) -> None:
    lines: list[str] = []
    settings = AssistantSettings(readers=1)
    root, embedder = tmp_path / "root", WordCounts()
    found = run.run_all(squad.parent, root, None, lines.append, settings=settings, embedder=embedder)
    value = {(figure.set, figure.measure): figure.value for figure in found}
    assert value["squad2", "paragraph hit@1"] == 1
    assert value["squad2", "chosen sentences hold the answer"] == 1
    assert value["squad2", "quotes verbatim"] == 1
    assert value["nomiracl", "EN, refuses when it should answer"] == 0
    assert "wice: left out" in "\n".join(lines)
    assert "squad2: 3 of 3 questions" in lines
    assert (root / "vectors.sqlite").is_file()
    again = run.run_all(squad.parent, root, None, run.quiet, settings=settings, embedder=embedder)
    assert str(again) == str(found)  # as text: nan is not itself


def test_an_own_ask_is_used_and_errors_count_as_refusals(squad: Path, tmp_path: Path) -> None:
    lines: list[str] = []

    def ask(assistant: object, question: Question) -> Result:
        return Result(question.id, False, question.question, "en", (), problem="the model is down")

    found = run.run_public(
        "squad2", squad, tmp_path / "root", None, ask,
        settings=AssistantSettings(readers=1), embedder=WordCounts(), progress=lines.append,
    )  # fmt: skip
    assert found["answerable questions refused"].value == 1
    assert "squad2: 3 questions ended in an error, the first: the model is down" in lines
