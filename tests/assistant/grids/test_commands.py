"""The grid in the terminal: what is printed, what is written, and what is said of wrong input."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from assistant import grid_commands
from assistant.__main__ import app
from assistant.answer import AssistantError
from assistant.chat import Assistant
from assistant.grids.cells import Document, Put
from assistant.grids.strict import StrictDecider
from assistant.grids.types import Cell
from tests.conftest import SAMPLES

V, M = "cooperation-framework-valoria-2023-2027.pdf", "cooperation-framework-maruvia-2022-2026.pdf"
BOTH = ("--document", V, "--document", M)


@pytest.fixture(autouse=True)
def _one_assistant(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands use the tests' assistant, which stays open after each."""

    class Kept:
        def __enter__(self) -> Assistant:
            return assistant

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr(grid_commands, "assistant_of", lambda library: Kept())


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_a_survey_is_printed_with_its_method_and_written(tmp_path: Path) -> None:
    out = tmp_path / "survey.html"
    done = run("survey", "remittances: remittance*, transferts de fonds", *BOTH, "--out", str(out))
    assert done.exit_code == 0, done.output
    assert "of 2 documents" in done.stdout
    report = out.read_text(encoding="utf-8")
    assert report.startswith("<!doctype html>")
    assert "remittance*" in report  # the method names the terms
    told = json.loads(run("survey", "remittances: remittance*", *BOTH, "--json").stdout)
    assert told["families"][0]["of"] == 2
    assert any("remittance*" in line for line in told["method"])


def test_files_are_written_in_a_language_of_choice(tmp_path: Path) -> None:
    out = tmp_path / "survey.html"
    done = run("survey", "remittances: remittance*", *BOTH, "--out", str(out), "--out-language", "ar")
    assert done.exit_code == 0, done.output
    assert '<html lang="ar" dir="rtl">' in out.read_text(encoding="utf-8")
    book = tmp_path / "grid.xlsx"
    done = run("grid", "How is the diaspora engaged?", *BOTH, "--out", str(book), "--out-language", "fr")
    assert done.exit_code == 0, done.output
    assert openpyxl.load_workbook(book).sheetnames == ["Réponses", "Citations", "Méthode"]
    refused = run("grid", "Why?", *BOTH, "--out", str(book), "--out-language", "de")
    assert "one of en, fr, es, ar, ru, zh; 'de' is none of them" in str(refused.exception)


def test_a_comparison_is_printed_side_by_side(tmp_path: Path) -> None:
    done = run("compare", "How much does it cost to send money home?", *BOTH)
    assert done.exit_code == 0, done.output
    assert f"{V}:" in done.stdout
    assert f"{M}:" in done.stdout
    assert "8.6" in done.stdout
    asked = "Who has experience with matching grants for the diaspora?"
    told = json.loads(run("compare", asked, "--json").stdout)
    assert told
    assert {"side", "cells"} <= told[0].keys()


def test_a_grid_is_counted_and_written(tmp_path: Path) -> None:
    out = tmp_path / "grid.xlsx"
    questions = tmp_path / "questions.md"
    questions.write_text("- Which refugees live in the country?\n", encoding="utf-8")
    done = run("grid", str(questions), "How many nurses leave?", *BOTH, "--out", str(out))
    assert done.exit_code == 0, done.output
    assert "of 2 documents" in done.stdout
    assert len(openpyxl.load_workbook(out).sheetnames) == 3
    printed = run("grid", "How many nurses leave?", *BOTH, "--json").stdout
    lines = [json.loads(line) for line in printed.splitlines()]
    assert {line["document"] for line in lines} == {V, M}


def test_a_checklist_is_printed_with_its_verdicts(tmp_path: Path) -> None:
    questions = tmp_path / "questions.txt"
    questions.write_text("How many refugees are there?\nHow many nurses leave?\n", encoding="utf-8")
    done = run("checklist", str(SAMPLES / V), "--questions", str(questions))
    assert done.exit_code == 0, done.output
    assert "ANSWERED: How many refugees are there?" in done.stdout
    assert ", p. 4)" in done.stdout


def test_a_checklist_that_is_interrupted_shows_what_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = StrictDecider.cell

    def interrupted(self: StrictDecider, question: Put, document: Document) -> Cell:
        if "nurses" in question.text:
            raise KeyboardInterrupt
        return whole(self, question, document)

    monkeypatch.setattr(StrictDecider, "cell", interrupted)
    questions, out = tmp_path / "questions.txt", tmp_path / "checklist.csv"
    questions.write_text("How many refugees are there?\nHow many nurses leave?\n", encoding="utf-8")
    done = run("checklist", str(SAMPLES / V), "--questions", str(questions), "--out", str(out))
    assert done.exit_code == 130
    assert "ANSWERED: How many refugees are there?" in done.stdout
    assert "1 of 2 questions were not put" in done.output
    assert "How many refugees are there?" in out.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("survey",), "name terms to count, or a --theme"),
        (("survey", "x", "--out", "survey.pdf"), "survey.pdf is none of"),
        (("survey", "--theme", "nothing"), "nothing"),
        (("grid", "What?", "--out", "/nowhere/grid.xlsx"), "there is no folder /nowhere"),
        (("compare", "What?", "--country", "Valoria"), "two sides at least"),
        (("compare", "What?", "--period", "soon", "--period", "later"), "'soon' is no period"),
        (("checklist", "draft.pdf"), "give either --questions FILE or --note DOCUMENT"),
        (("checklist", "draft.pdf", "--note", "absent.pdf"), "there is no document 'absent.pdf'"),
    ],
)
def test_wrong_input_is_said_in_one_sentence(arguments: tuple[str, ...], said: str) -> None:
    done = run(*arguments)
    assert isinstance(done.exception, AssistantError)
    assert said in str(done.exception)
