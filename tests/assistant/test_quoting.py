"""The sentences chosen for a question: the right one, none twice, both sides, in order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assistant.answer import Hit, Source
from assistant.evidence import Reading
from assistant.features import FEATURES, WEIGHTS, candidates
from assistant.questions import asked, compares, holds, leans, parts
from assistant.quoting import choose
from ingest.documents import Passage

WELLS = (
    "The Valoria water programme began in 2019. The Valoria water programme repaired 45 wells in the north. "
    "Its steering committee met twice a year. The pumps failed because the pipes were too small. "
    "This delayed the first harvest by two months."
)
MONEY = (
    "The Valoria water programme is part of the Cooperation Framework. The Government of Maruvia financed "
    "the programme with 2.5 million dollars. Partners praised the Valoria water programme."
)


def hit(
    text: str, place: int = 0, *, document: str = "a", language: str = "en",
    countries: tuple[str, ...] = (),
) -> Hit:  # fmt: skip
    passage = Passage(document * 64, place, place + 1, "", (), text, 0, len(text))
    title = "Evaluation of the Valoria water programme"
    source = Source(document * 64, document, title, "evaluation", countries, (), None, 2024, language, "")
    return Hit(passage, source, 1 / (60 + place))


def quoted(question: str, hits: list[Hit], language: str = "en", limit: int = 5) -> list[str]:
    return [choice.unit.text for choice in choose(question, language, hits, limit=limit)]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("How many wells did the Valoria water programme repair?", "45 wells"),
        ("When did the Valoria water programme begin?", "2019"),
        ("Who financed the Valoria water programme, and how much?", "2.5 million"),
        ("Why did the pumps of the Valoria water programme fail?", "too small"),
    ],
)
def test_the_words_that_ask_decide_not_the_programme_name(question: str, first: str) -> None:
    assert first in quoted(question, [hit(WELLS), hit(MONEY, 1)], limit=1)[0]


def test_a_number_asked_for_outweighs_the_same_words_without_one() -> None:
    text = "The number of wells repaired is important. Wells were repaired in several places: 45 in all."
    assert "45" in quoted("How many wells were repaired?", [hit(text)], limit=1)[0]


def test_quotes_are_verbatim_and_in_reading_order() -> None:
    hits = [hit(WELLS), hit(MONEY, 1)]
    choices = choose("Why did the pumps fail, and what did this delay?", "en", hits)
    for choice in choices:
        assert choice.hit.passage.text[choice.unit.start : choice.unit.end] == choice.unit.text
    for hit_ in hits:
        starts = [choice.unit.start for choice in choices if choice.hit is hit_]
        assert starts == sorted(starts)
    assert 1 <= len(choices) <= 5


def test_a_sentence_that_points_back_brings_what_it_points_to() -> None:
    texts = quoted("What delayed the first harvest by two months?", [hit(WELLS)], limit=3)
    assert "This delayed the first harvest by two months." in texts
    assert "The pumps failed because the pipes were too small." in texts


def test_nothing_is_quoted_twice() -> None:
    brief = "In the north, the Valoria water programme repaired 45 wells."
    texts = quoted(
        "How many wells were repaired in the north?", [hit(WELLS), hit(brief, document="b"), hit(WELLS, 2)]
    )
    assert sum("45 wells" in text for text in texts) == 1


def test_both_sides_of_a_comparison_are_quoted() -> None:
    hits = [
        hit(
            "Jamaica pledges a cut of 25 per cent. Jamaica pledges a cut of emissions by 2030.",
            countries=("JAM",),
        ),
        hit("The country pledges a cut of 70 per cent. It is small.", 1, document="b", countries=("MDA",)),
    ]
    for question in ("How large a cut do Jamaica and Moldova pledge?", "Jamaica vs Moldova: cut pledged?"):
        texts = " ".join(quoted(question, hits))
        assert "25" in texts
        assert "70" in texts


def test_a_list_question_gets_the_list_with_its_lead_in() -> None:
    text = (
        "The plan was long. The donors are:\n• Itaca;\n• Yavanna;\n• the private sector.\nThe plan was short."
    )
    assert "Yavanna" in quoted("Which donors finance the plan?", [hit(text)], limit=1)[0]


def test_questions_and_headings_are_poor_answers() -> None:
    text = "How many wells were repaired?\nWells repaired\nThe team repaired 45 wells."
    assert quoted("How many wells were repaired?", [hit(text)], limit=1) == ["The team repaired 45 wells."]


@pytest.mark.parametrize(
    ("language", "question", "text", "first"),
    [
        (
            "fr",
            "Combien de puits ont été réparés ?",
            "Les puits sont vieux. L'équipe a réparé 45 puits.",
            "45",
        ),
        (
            "es",
            "¿Por qué fallaron las bombas?",
            "Las bombas son rojas. Fallaron porque no había luz.",
            "porque",
        ),
        ("ru", "Сколько колодцев отремонтировано?", "Колодцы стары. Отремонтировано 45 колодцев.", "45"),
        ("ar", "كم عدد الآبار التي تم إصلاحها؟", "الآبار قديمة. تم إصلاح 45 بئرا من الآبار.", "45"),
        ("zh", "修复了多少口井？", "这些井很旧。该队修复了45口井。", "45"),
    ],
)
def test_six_languages(language: str, question: str, text: str, first: str) -> None:
    assert first in quoted(question, [hit(text, language=language)], language, limit=1)[0]


def test_what_the_reader_found_decides_across_languages() -> None:
    text = "Le comité se réunit chaque année. La sécheresse a détruit les récoltes."
    spans = np.array([[0, 33], [34, 71]])
    read = replace(hit(text, language="fr"), reading=Reading(spans, np.array([-4.0, 1.5], np.float32)))
    choices = choose("What ruined the crops?", "en", [read], limit=1)
    assert choices[0].unit.text == "La sécheresse a détruit les récoltes."


def test_nothing_to_choose_from() -> None:
    assert choose("Anything?", "en", []) == ()
    assert choose("Anything?", "en", [hit("...")]) == ()


def test_weights_name_the_features() -> None:
    assert set(WEIGHTS) == set(FEATURES)


def test_each_sentence_is_a_candidate_once() -> None:
    assert len(candidates([hit(WELLS), hit(WELLS, 1)])) == 5


def test_what_is_asked() -> None:
    assert asked("How much money was spent, and when did it end?") >= {"money", "date"}
    assert asked("Pourquoi le projet a-t-il échoué ?") == {"reason"}
    assert "name" in asked("Кто финансировал проект?")
    assert "number" in asked("多少口井？")
    assert compares("Which costs more, Senegal's or Mauritania's?")
    assert not compares("Which office paid?")


def test_what_a_sentence_holds() -> None:
    assert holds("number", "It trained forty-five people.", "en")
    assert not holds("number", "In 2030 it trained people.", "en", frozenset({"2030"}))
    assert holds("money", "Il coûte 3,5 millions.", "fr")
    assert holds("percent", "El 15 por ciento.", "es")
    assert holds("name", "It was led by Olta Roe.", "en", frozenset({"it"}))
    assert leans("These delays cost much.")
    assert not leans("Theses are long.")


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Who ran it, and when did it end?", ["Who ran it", "when did it end"]),
        ("Who ran it and in what year did it end?", ["Who ran it", "in what year did it end"]),
        ("Qui l'a financé et pour combien d'années ?", ["Qui l'a financé", "pour combien d'années"]),
        ("What did wells and pumps cost?", []),
        ("Кто руководил проектом и сколько он стоил?", ["Кто руководил проектом", "сколько он стоил"]),
    ],
)
def test_questions_of_several_parts(question: str, found: list[str]) -> None:
    assert parts(question) == found


def test_a_document_on_another_country_gives_way() -> None:
    here = hit("The training of returnees in farming was praised.", 1, document="b", countries=("MLI",))
    there = hit("The training of returnees in farming worked well.", countries=("SEN",))
    asked = "What of the training of returnees in farming in Mali?"
    assert quoted(asked, [there, here], limit=1) == [here.passage.text]
    # Unless it names the country, the question names none, or there is nothing else.
    naming = hit("The training of returnees in farming in Mali worked well.", countries=("SEN",))
    assert quoted(asked, [naming, here], limit=1) == [naming.passage.text]
    assert quoted("What of the training in farming?", [there, here], limit=1) == [there.passage.text]
    assert quoted(asked, [there], limit=1) == [there.passage.text]
