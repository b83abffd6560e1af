"""Sentences of six languages, list items with their lead-ins, rows; always the passage's own words."""

from __future__ import annotations

import pytest

from assistant.sentences import LONGEST, count_words, is_item, units
from ingest.documents import Passage


def passage(text: str, kind: str = "text") -> Passage:
    return Passage("d" * 64, 0, 1, "", (), text, 0, len(text), kind)  # type: ignore[arg-type]


def texts(text: str, language: str = "en", kind: str = "text") -> list[str]:
    found = units(passage(text, kind), language)
    for unit in found:
        assert text[unit.start : unit.end] == unit.text
    return [unit.text for unit in found]


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "en",
            ["It was led by Mr. Smith (No. 12).", "See art. 5 and p. 12.", "It cost 3.5 million, i.e. half."],
        ),
        (
            "en",
            [
                "The U.N. Secretary-General came in Dec. 2022.",
                "He met J. K. Roe in St. Anne.",
                "Cf. para. 14.",
            ],
        ),
        (
            "en",
            [
                "It is based in the U.S.",
                "The next one is not.",
                "Wait... what happened?",
                'It was "good."',
                "So.",
            ],
        ),
        ("en", ["12. The Board met.", "13. It decided, inter alia, to wait."]),
        (
            "fr",
            [
                "M. Dupont, art. 12, a signé.",
                "Le coût est de 3,5 M. EUR.",
                "Est-ce vrai ?",
                "« Oui. »",
                "Bien.",
            ],
        ),
        ("es", ["El Sr. López firmó el art. 5, núm. 3.", "¿Por qué?", "EE.UU. firmó.", "Véase la pág. 12."]),
        (
            "ru",
            ["Проект начат в 2019 г.", "Согласно ст. 5, п. 3, А. С. Петров прав.", "Это 5 млн долл. США."],
        ),
        ("ar", ["انضمت الدولة إلى الاتفاقية.", "هل هذا صحيح؟", "نعم؛ هذا صحيح."]),
    ],
)
def test_sentences(language: str, sentences: list[str]) -> None:
    assert texts(" ".join(sentences), language) == sentences


def test_chinese_needs_no_spaces() -> None:
    assert texts("该项目于2020年启动。费用是3.5亿元！他说：“好。”为什么？", "zh") == [
        "该项目于2020年启动。",
        "费用是3.5亿元！",
        "他说：“好。”",
        "为什么？",
    ]
    assert count_words("该项目于2020年启动。") < 10


def test_a_footnote_mark_goes_with_its_sentence() -> None:
    assert texts("The rate was 5.4 per cent.12 Later it fell.") == [
        "The rate was 5.4 per cent.12",
        "Later it fell.",
    ]


def test_a_line_that_only_goes_on_is_no_end() -> None:
    assert texts("The study covers\nmany things.\nA new line\nAnother") == [
        "The study covers\nmany things.",
        "A new line",
        "Another",
    ]


def test_a_list_keeps_its_lead_in() -> None:
    listed = "The Board decided:\n(a) to go on;\n(b) to stop;\n(c) to meet."
    assert texts(listed + "\nThen it closed.") == [listed, "Then it closed."]
    inline = "Key findings: 1. Water was scarce. 2. Pipes were small."
    assert texts(inline) == [inline]


def test_items_of_a_long_list_know_their_lead_in() -> None:
    items = [f"• {name} " + "and so on " * 12 + "for ever." for name in ("First", "Second", "Third")]
    found = units(passage("\n".join(["The donors are:", *items])), "en")
    assert [unit.lead for unit in found] == ["", "The donors are:", "The donors are:"]
    assert found[0].text == "The donors are:\n" + items[0]
    assert is_item(items[1])


def test_a_long_sentence_is_cut_at_semicolons() -> None:
    parts = [f"({letter}) " + "word " * 30 + "end" for letter in "abc"]
    found = units(passage("The six planks are: " + "; ".join(parts) + "."), "en")
    assert all(count_words(unit.text) <= LONGEST for unit in found)
    assert [unit.lead for unit in found] == ["", "The six planks are:", "The six planks are:"]


def test_a_row_is_one_unit_unless_it_is_long() -> None:
    row = "Indicator: Number of people trained. Sex\nBaseline: 0\nTarget: 45"
    assert texts(row, kind="row") == [row]
    long = row + "\nComment: " + "word " * 100
    found = units(passage(long, "row"), "en")
    assert found[1].text == "Baseline: 0"
    assert found[1].lead == "Indicator: Number of people trained. Sex"


def test_nothing_to_quote() -> None:
    assert texts("  \n … — \n") == []
