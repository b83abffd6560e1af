"""Banks: read, faulted, held against a library, and written so that they come back the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from assistant.answer import Turn
from eval.bank import bank_hash, bank_rows, check_bank, load_bank, write_bank
from eval.results import EvalError, Gold, Question
from ingest.catalogue import Catalogue, DocumentEntry, FileEntry
from ingest.documents import Block, Description, Page
from ingest.passages import passages

SAMPLE = Path(__file__).parents[2] / "eval" / "banks" / "sample.jsonl"
GOLD = {"document": "a.pdf", "page": 1, "quote": "212 firms"}


def lines(tmp_path: Path, *rows: dict[str, Any] | str) -> Path:
    path = tmp_path / "bank.jsonl"
    path.write_text(
        "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8"
    )
    return path


def row(id_: str, **values: Any) -> dict[str, Any]:
    return {"id": id_, "question": "How many?", "facts": [["212"]], "evidence": [GOLD], **values}


def faults(path: Path) -> str:
    with pytest.raises(EvalError) as raised:
        load_bank(path)
    return str(raised.value)


AWKWARD = (
    Question(
        "=1+1",
        "-how many, and\nwhere; really?\t",
        "fr",
        "follow-up",
        True,
        (("1,200", "1 200"), ("+5",), ("'@x",), ("a|b",)),
        (Gold("=a.pdf", 3, "x | y"), Gold("b.md", None)),
        (Turn("first?", "one\ntwo"), Turn("second?")),
        ("a.pdf", "b c.md"),
        "'=quoted",
    ),
    Question("2", "@absent?", answerable=False, kind="absent", note="+ near"),
)


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "xlsx"])
def test_what_is_written_comes_back(tmp_path: Path, suffix: str) -> None:
    for questions in (load_bank(SAMPLE), AWKWARD):
        path = tmp_path / f"bank.{suffix}"
        write_bank(questions, path)
        assert load_bank(path) == questions
        other = tmp_path / "nameless"  # the content says what it is
        other.write_bytes(path.read_bytes())
        assert load_bank(other) == questions
        assert len(bank_hash(path)) == 64


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    write_bank(AWKWARD, tmp_path / "bank.csv")
    assert "'=1+1" in (tmp_path / "bank.csv").read_text(encoding="utf-8")
    write_bank(AWKWARD, tmp_path / "bank.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "bank.xlsx").worksheets[0]
    assert {cell.data_type for each in sheet.iter_rows() for cell in each} <= {"s", "n", "inlineStr"}


def test_what_a_table_cannot_hold_is_refused_and_not_written(tmp_path: Path) -> None:
    path = tmp_path / "bank.csv"
    with pytest.raises(EvalError, match="q9 would not come back unchanged"):
        write_bank((Question("q9", "Who?", facts=(("a | b",),)),), path)
    assert not path.exists()
    with pytest.raises(EvalError, match="cannot be written"):
        write_bank((Question("q9", "Who\x01?", facts=(("a",),)),), tmp_path / "bank.xlsx")
    with pytest.raises(EvalError, match=r"\.jsonl, \.csv or \.xlsx"):
        write_bank(AWKWARD, tmp_path / "bank.txt")


def test_every_fault_is_listed_with_row_and_column(tmp_path: Path) -> None:
    said = faults(
        lines(
            tmp_path,
            row("one", question=" "),
            row("one", facts=[[""], ["ok"]]),
            row("three", facts=[], evidence=[]),
            row("four", answerable=False),
            row("five", evidence=[{"document": "a.pdf", "page": 0}]),
            row("six", evidence=[{"document": "a.pdf", "page": "3"}], anwserable=True),
            '{"id": "seven",',
            "[1]",
            row("nine", facts=[[]], history=[{"role": "assistant", "content": "x"}]),
        )
    )
    for part in (
        "bank.jsonl has 12 faults",
        "row 1, column question: is empty",
        "row 2, column facts: fact 1 is empty",
        'row 2, column id: "one" is already the id of row 1',
        "row 3, column answerable: an answerable question needs facts or evidence",
        "row 4, column answerable: a question without an answer has no facts",
        "row 5, column evidence: entry 1 the page is not a positive whole number (0)",
        "row 6, column evidence: entry 1 the page is not a positive whole number",
        'row 6, column anwserable: this column is not known; did you mean "answerable"?',
        "row 7: the line is no JSON object",
        "row 8: the line is no JSON object",
        "row 9, column facts: entry 1 has an empty fact",
        "row 9, column history: messages are role",
    ):
        assert part in said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf\n ", "the file is empty"),
        (b'{"id": "a"}\n\xff', "line 2 is not UTF-8"),
        (b"PK\x03\x04 broken", "the workbook cannot be read"),
        (b"\xd0\xcf\x11\xe0", "save it as XLSX"),
        (b"id,question,colour\n", '"colour" is not known'),
        (b"question\nWho?\n", 'the column "id" is missing'),
        (b"id,question,id\n", 'the column "id" is there twice'),
        (b"id,question\n", "there is no question in it"),
        (b'id,question\n1,"Who\n', "is no CSV"),
        (
            b"id,question,evidence\n1,Who?,a.pdf 3\n",
            'row 2, column evidence: write "document | page | quote"',
        ),
        (
            b"id,question,evidence\n1,Who?,a.pdf | iv | x\n",
            "row 2, column evidence: entry 1 the page is not a",
        ),
        (
            b"id,question,facts,answerable\n1,Who?,x,perhaps\n",
            'row 2, column answerable: "perhaps" is neither',
        ),
        (b"id,question,facts\n1,Who?,45 | \n", "row 2, column facts: fact 1 is empty"),
        (b"id,question,facts,history\n1,Who?,x,hello\n", "row 2, column history: write"),
        (b"id,question,facts,keep\n1,Who?,x,\n", "no row is kept"),
        (b"id,question,facts,keep\n1,Who?,x,maybe\n", 'row 2, column keep: "maybe" is neither yes nor no'),
        (b"id,question,facts\n1,Who?,x,stray\n", "row 2, column 4 or later: holds a value"),
    ],
)
def test_a_file_that_is_no_bank(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "bank"
    path.write_bytes(content)
    assert said in faults(path)


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    assert "cannot be read" in faults(tmp_path / "none.csv")


def test_a_table_from_a_spreadsheet_with_semicolons(tmp_path: Path) -> None:
    path = tmp_path / "bank.csv"
    path.write_bytes("\ufeffid;question;facts;answerable\n7;Où, et quand ?;Paris | Lyon;VRAI\n\n".encode())
    (question,) = load_bank(path)
    assert (question.question, question.facts) == ("Où, et quand ?", (("Paris", "Lyon"),))


def test_formulas_are_never_evaluated_and_percentages_stay(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["id", "question", "facts"])
    sheet.append([1, "What share?", 0.45])
    sheet["C2"].number_format = "0%"
    book.save(tmp_path / "bank.xlsx")
    (question,) = load_bank(tmp_path / "bank.xlsx")
    assert (question.id, question.facts) == ("1", (("45%",),))
    sheet.append([2, "=1+1", "x"])
    book.save(tmp_path / "bank.xlsx")
    assert "row 3, column question: holds a formula" in faults(tmp_path / "bank.xlsx")


def test_chat_messages_are_turns(tmp_path: Path) -> None:
    said = [{"role": "user", "content": "Who?"}, {"role": "assistant", "content": "IOM."}]
    (question,) = load_bank(lines(tmp_path, row("a", history=said)))
    assert question.history == (Turn("Who?", "IOM."),)


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    made = Catalogue(tmp_path / "catalogue.sqlite", write=True)
    pages = (
        Page(1, "i", (Block("paragraph", "In all, 212 firms were"), Block("paragraph", "founded by women."))),
        Page(2, "ii", (Block("paragraph", "Support for co-"), Block("paragraph", "operation ended."))),
    )
    for sha, name, own in (
        ("a" * 64, "report-lakes.pdf", pages),
        ("b" * 64, "plan.md", (Page(None, "", (Block("paragraph", "Nothing was built."),)),)),
    ):
        cut = passages(sha, own)
        made.add(DocumentEntry(sha, name, "pdf", Description(name), len(own), len(cut)), own, cut)
    made.put_file(FileEntry("/d/copy.pdf", "/d", "copy.pdf", "a" * 64, 1, 1, "indexed"))
    made.finish()
    yield made
    made.close()


@pytest.mark.parametrize(
    ("gold", "said"),
    [
        (Gold("report-lakes.pdf", 1, "212  firms were\nfounded by women."), ""),
        (Gold("report-lakes.pdf", 2, "Support for cooperation ended."), ""),
        (Gold("report-lakes.pdf", 2, "Support for co-\noperation"), ""),
        (Gold("plan.md", None, "Nothing was built."), ""),
        (Gold("report-lake.pdf", 1), 'no document "report-lake.pdf"; did you mean "report-lakes.pdf"?'),
        (Gold("copy.pdf", 1), 'is the same file as "report-lakes.pdf"'),
        (Gold("report-lakes.pdf", 3), "has pages 1 to 2, not 3"),
        (Gold("report-lakes.pdf", None), "has pages: name the page, 1 to 2"),
        (Gold("plan.md", 1), "has no pages: leave the page empty"),
        (Gold("report-lakes.pdf", 2, "212 firms"), "it is on page 1"),
        (Gold("plan.md", None, "All was built."), 'the quote "All was built." is not on "plan.md"'),
    ],
)
def test_gold_is_held_against_the_library(catalogue: Catalogue, gold: Gold, said: str) -> None:
    found = check_bank((Question("x", "Who?", evidence=(gold,)),), catalogue, [7])
    assert len(found) == bool(said)
    assert all(fault.startswith("row 7, column evidence: ") and said in fault for fault in found)


def test_documents_are_held_against_the_library(catalogue: Catalogue, tmp_path: Path) -> None:
    path = lines(tmp_path, "", row("a", evidence=[], documents=["nowhere.pdf"]))
    assert check_bank(load_bank(path), catalogue, bank_rows(path)) == [
        'row 2, column documents: the library has no document "nowhere.pdf"'
    ]
