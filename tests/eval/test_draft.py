"""Drafted questions: made by rule, well formed, true to their pages, taken only where a person says yes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from eval.bank import check_bank, load_bank
from eval.draft import draft, draft_workbook
from eval.draft_rules import from_row, from_sentence, number_forms
from eval.results import EvalError
from ingest.catalogue import Catalogue, DocumentEntry
from ingest.documents import Block, Description, Page
from ingest.passages import passages

ROW = Block(
    "row",
    "Share of women among owners 22 40",
    cells=(("Indicator", "Share of women among owners"), ("Baseline", "22"), ("Target", "40")),
    table=1,
)
TEXTS = {
    "en": (
        "In total, 1,200 returnees received reintegration assistance in four regions.",
        "The Ministry of Justice adopted the national policy on labour migration.",
    ),
    "fr": ("Au total, 450 femmes ont suivi une formation dans les centres de la capitale.",),
    "es": ("El 45 % de los hogares tienen acceso al agua potable en la región.",),
    "ru": ("Всего 450 женщин прошли обучение в центрах столицы в этом году.",),
}


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    made = Catalogue(tmp_path / "catalogue.sqlite", write=True)
    for at, (language, texts) in enumerate(TEXTS.items()):
        own = (
            Page(1, "", tuple(Block("paragraph", text) for text in texts)),
            Page(2, "", (Block("paragraph", texts[0]), *((ROW,) if language == "en" else ()))),
        )
        sha = f"{at}" * 64
        what = Description("Review of the Lakes Programme", language=language)
        cut = passages(sha, own)
        made.add(DocumentEntry(sha, f"{language}.pdf", "pdf", what, 2, len(cut)), own, cut)
    made.finish()
    yield made
    made.close()


@pytest.mark.parametrize(
    ("language", "sentence", "question", "fact"),
    [
        (
            "en",
            TEXTS["en"][0],
            "how many returnees received reintegration assistance in four regions?",
            "1200",
        ),
        ("en", TEXTS["en"][1], "who adopted the national policy on labour migration?", "Ministry of Justice"),
        (
            "en",
            "The budget of the first phase was USD 1,250,000 for three years.",
            "how much was the budget of the first phase?",
            "1 250 000",
        ),
        (
            "en",
            "The regional strategy was approved in March 2019, after long talks.",
            "when was the regional strategy approved?",
            "March 2019",
        ),
        (
            "en",
            "About 45 per cent of respondents had no access to safe water.",
            "what percentage of respondents had no access to safe water?",
            "45",
        ),
        (
            "fr",
            TEXTS["fr"][0],
            "combien de femmes ont suivi une formation dans les centres de la capitale ?",
            "450",
        ),
        (
            "fr",
            "La stratégie nationale a été adoptée en mars 2019, après une longue concertation.",
            "quand est-ce que la stratégie nationale a été adoptée ?",
            "mars 2019",
        ),
        (
            "es",
            TEXTS["es"][0],
            "¿qué porcentaje de los hogares tienen acceso al agua potable en la región?",
            "45",
        ),
        (
            "es",
            "La política nacional fue aprobada en marzo de 2019, tras una larga consulta.",
            "¿cuándo fue aprobada la política nacional?",
            "marzo de 2019",
        ),
    ],
)
def test_a_sentence_becomes_a_question(language: str, sentence: str, question: str, fact: str) -> None:
    made = {each.question: each for each in from_sentence(sentence, language)}
    assert list(made) == [question]
    assert fact in made[question].fact
    assert made[question].quote == sentence


@pytest.mark.parametrize(
    "sentence",
    [
        "14 Further attention and capacities are needed to strengthen partnerships.",  # numbered
        "In total, 40 of them were trained in their own villages.",  # who?
        "The Committee adopted a programme of work for the biennium.",  # which one?
        "In all, 30 countries have adopted, revised or repealed laws against it.",  # a list cut short
        "The average loan amount is $800 to $1,000.",
        "and 212 firms were founded in the two regions",
        "In total, 212 firms12 were founded in the two regions.",  # a footnote's number
    ],
)
def test_what_would_be_ill_formed_is_left(sentence: str) -> None:
    assert list(from_sentence(sentence, "en")) == []


def test_a_row_of_a_results_matrix() -> None:
    found = from_row(ROW, "en")
    assert found
    assert found.question == (
        "what does the column “Baseline” give for the indicator “Share of women among owners”?"
    )
    assert (found.fact, found.quote) == (("22",), ROW.text)
    assert from_row(Block("row", "a 1", cells=(("Name", "a"), ("Size", "1"))), "en") is None


def test_numbers_are_written_in_every_way() -> None:
    assert number_forms("1,200") == ("1,200", "1 200", "1.200", "1200")
    assert number_forms("1200") == ("1200", "1,200", "1 200", "1.200")
    assert number_forms("4.5 million") == ("4.5 million", "4,5 million")
    assert number_forms("45") == ("45",)


def test_drafts_take_turns_and_are_true(catalogue: Catalogue) -> None:
    questions = draft(catalogue, 3)
    assert {question.language for question in questions} == {"en", "fr", "es"}
    everything = draft(catalogue, 50)
    assert len(everything) == 5
    assert {question.note.split(": ")[1] for question in everything} == {"number", "share", "actor", "row"}
    assert check_bank(everything, catalogue) == []
    assert draft(catalogue, 50) == everything
    twice = next(question for question in everything if question.language == "fr")
    assert [gold.page for gold in twice.evidence] == [1, 2]
    assert twice.question.startswith("Selon « Review of the Lakes Programme », combien de femmes")


def test_a_library_without_suitable_sentences(tmp_path: Path) -> None:
    empty = Catalogue(tmp_path / "empty.sqlite", write=True)
    with pytest.raises(EvalError, match="no question could be drafted"):
        draft(empty, 5)
    empty.close()


def test_only_kept_rows_are_taken(catalogue: Catalogue, tmp_path: Path) -> None:
    path = tmp_path / "drafts.xlsx"
    questions = draft(catalogue, 5)
    draft_workbook(questions, path)
    with pytest.raises(EvalError, match="no row is kept"):
        load_bank(path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Questions", "How to"]
    sheet = book["Questions"]
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].value == "keep"
    assert sheet["C2"].alignment.wrap_text
    (choice,) = sheet.data_validations.dataValidation
    assert (choice.formula1, str(choice.sqref)) == ('"yes,no"', "A2:A6")
    sheet["A2"], sheet["A3"], sheet["A5"] = "yes", "no", "Yes"
    book.save(path)
    assert load_bank(path) == (questions[0], questions[3])
