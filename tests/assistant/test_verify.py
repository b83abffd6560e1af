"""Verification: quotes found again verbatim; sentences refused wherever what they cite does not bear them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.answer import Hit, Source
from assistant.numbers import numbers
from assistant.verify import borne, cite
from ingest.documents import Passage

HOSTED = (
    "In March 2024, Togo was hosting 1.4 million displaced persons, with Benin hosting 41,207, "
    "Ghana hosting 7,940 and Kenya hosting 2.6 million."
)


def _hit(text: str) -> Hit:
    passage = Passage("a" * 64, 0, 3, "3", (), text, 0, len(text))
    source = Source("a" * 64, "x.pdf", "A title", "report", (), (), None, None, "en", "")
    return Hit(passage, source, 1.0)


# --- quotes


def _quote(quote: str, page: str) -> str | None:
    citation = cite(_hit(page), quote, page)
    return citation.quote if citation else None


@pytest.mark.parametrize(
    ("quote", "page", "found"),
    [
        ("It cost 45 dollars.", "Before. It cost 45 dollars. After.", "It cost 45 dollars."),
        ("It  cost\n45 dollars.", "It cost 45\ndollars.", "It cost 45 dollars."),
        ("sustainable development", "sustainable develop-\nment goals", "sustainable development"),
        ("项目支持了返回者", "去年，项目支持了返回者。", "项目支持了返回者"),
    ],
)
def test_a_quote_is_found_with_white_space_folded_and_line_ends_joined(
    quote: str, page: str, found: str
) -> None:
    assert _quote(quote, page) == found


@pytest.mark.parametrize(
    ("quote", "page"),
    [
        ("It cost 45 dollars.", "It cost 46 dollars."),
        ("it cost 45 dollars", "It cost 45 dollars."),  # case is not loosened
        ("cost “45” dollars", 'cost "45" dollars'),  # nor are quotation marks
        ("45 dollars", "145 dollars"),  # begins inside a number
        ("200 dollars", "1,200 dollars"),
        ("cost 1", "cost 1,200"),
        ("cost 1", "cost 1.5"),
        ("support", "unsupported"),
        ("the project", "the projects"),
        ("", "anything"),
        (" \n", "anything"),
        ("...", "wait ... for it"),
    ],
)
def test_anything_else_is_not_found(quote: str, page: str) -> None:
    assert _quote(quote, page) is None


def test_a_sound_place_is_found_after_an_unsound_one() -> None:
    assert _quote("45 farmers", "145 farmers and 45 farmers") == "45 farmers"


# --- numbers


@pytest.mark.parametrize(
    "text", ["1,200", "1 200", "1.200", "1200", "1\u00a0200", "1\u202f200", "1'200", "١٬٢٠٠", "١٢٠٠"]
)
def test_one_number_has_one_form(text: str) -> None:
    assert numbers(f"({text})") == {"1200"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("12.5 %", {"12.5"}),
        ("12,5 %", {"12.5"}),
        ("١٢٫٥", {"12.5"}),
        ("12.50", {"12.5"}),
        ("0.125", {"0.125"}),
        ("1,234,567.5", {"1234567.5"}),
        ("1.234.567,5", {"1234567.5"}),
        ("2.3 million", {"2300000"}),
        ("2,3 millions", {"2300000"}),
        ("2,3 млн", {"2300000"}),
        ("230万", {"2300000"}),
        ("2019-2021", {"2019", "2021"}),
        ("in 2020 150 people", {"2020", "150"}),
        ("19.04.2023", {"19", "4", "2023"}),
        ("2022年", {"2022"}),
        ("CO2 and H2020", set()),
        ("version 007.", {"7"}),
        ("145", {"145"}),
    ],
)
def test_numbers_of_many_shapes(text: str, found: set[str]) -> None:
    assert numbers(text) == found


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("twenty", "en"),
        ("vingt", "fr"),
        ("veinte", "es"),
        ("двадцати", "ru"),
        ("عشرون", "ar"),
        ("二十个", "zh"),
    ],
)
def test_numbers_in_words_count_where_the_language_is_known(text: str, language: str) -> None:
    assert numbers(text, language) == {"20"}
    assert numbers(text) == set()


# --- sentences: numbers


def _reason(sentence: str, *cited: str, **known: object) -> str:
    verdict = borne(sentence, cited or (HOSTED,), **known)  # type: ignore[arg-type]
    assert verdict.ok == (not verdict.reason)
    return verdict.reason


@pytest.mark.parametrize(
    "sentence",
    [
        "Benin hosted 41,207 displaced persons.",
        "Kenya was hosting 2.6 million displaced persons, Benin 41 207.",
        "In March 2024, Togo hosted 1,400,000 displaced persons.",
        HOSTED,
    ],
)
def test_what_the_passage_says_stands(sentence: str) -> None:
    assert _reason(sentence) == ""


@pytest.mark.parametrize(
    ("sentence", "passage", "number"),
    [
        ("The project reached 45 farmers.", "The project reached 145 farmers.", "45"),
        ("The project reached 45 farmers.", "The project reached 1.45 farmers on average.", "45"),
        ("The project reached 200 farmers.", "The project reached 1,200 farmers.", "200"),
        ("The project reached 20 farmers.", "The project reached twenty-one or thirty farmers.", ""),
        ("The project reached three villages.", "The project reached four villages.", "3"),
        ("The project cost 2.3 billion dollars.", "The project cost 2.3 million dollars.", "2300000000"),
        ("Le projet a touché trois villages.", "Le projet a touché quatre villages.", "3"),
    ],
)
def test_each_number_stands_in_a_cited_passage(sentence: str, passage: str, number: str) -> None:
    language = "fr" if sentence.startswith("Le ") else "en"
    reason = _reason(sentence, passage, language=language)
    assert reason == (f"no cited passage holds the number {number}" if number else "")


def test_a_number_in_a_title_or_the_question_is_no_evidence() -> None:
    passage = "The pilot trained farmers in composting."
    reason = _reason(
        "The pilot trained 90 farmers.", passage, titles=["Evaluation 90"], question="90 farmers?"
    )
    assert "number 90" in reason


def test_a_number_that_counts_something_else_is_refused() -> None:
    budget = "The total budget was 2.3 million US dollars, spent by December."
    pumps = "Solar pumps were installed in market gardens and not maintained."
    assert _reason("The solar pumps cost 2.3 million US dollars.", budget, pumps)
    both = f"The solar pumps cost less than planned. The well is new. {budget}"
    assert "for something else" in _reason("The solar pumps cost 2.3 million US dollars.", both)


# --- sentences: names


@pytest.mark.parametrize(
    ("sentence", "missing"),
    [
        ("Chad hosted 41,207 displaced persons.", "TCD"),
        ("According to WFP, Benin hosted 41,207 displaced persons.", "WFP"),
        ("Benin hosted 41,207 displaced persons in Parakou.", "Parakou"),
        ("Cotonou hosted 41,207 displaced persons.", "Cotonou"),
    ],
)
def test_each_name_stands_somewhere(sentence: str, missing: str) -> None:
    assert missing in _reason(sentence)


def test_a_name_may_stand_in_title_or_question_but_a_country_not_in_the_question() -> None:
    said = "Benin hosted 41,207 displaced persons in Parakou."
    assert _reason(said, question="What about Parakou?") == ""
    assert _reason(said, titles=["Camps of Parakou"]) == ""
    assert "TCD" in _reason("Chad hosted 41,207 displaced persons.", question="And Chad?")


def test_an_acronym_may_stand_spelled_out_or_in_its_other_language() -> None:
    passage = "The village savings groups were trained by the OIM."
    assert _reason("The VSG were trained by IOM.", passage) == ""
    assert "PPMI" in _reason("The VSG were trained by PPMI.", passage)


def test_swapped_names_are_refused() -> None:
    assert "for another" in _reason("Ghana hosted 41,207 displaced persons and Benin hosted 7,940.")
    passage = "Rossi led the audit of 12 sites, and Keller led the audit of 30 sites."
    assert _reason("The audit of 12 sites was led by Rossi.", passage) == ""
    assert "for another" in _reason("The audit of 12 sites was led by Keller.", passage)


# --- sentences: words


@pytest.mark.parametrize(
    ("language", "says", "denies"),
    [
        ("en", "The project reached its target.", "The project did not reach its target."),
        ("en", "The project reached its target.", "The project didn't reach its target."),
        ("fr", "Le projet a atteint sa cible.", "Le projet n'a pas atteint sa cible."),
        ("es", "El proyecto alcanzó su meta.", "El proyecto no alcanzó su meta."),
        ("ru", "Проект достиг своей цели.", "Проект не достиг своей цели."),
        ("ar", "حقق المشروع هدفه.", "لم يحقق المشروع هدفه."),
        ("zh", "项目达到目标。", "项目没有达到目标。"),
    ],
)
def test_a_negation_on_one_side_only_is_refused(language: str, says: str, denies: str) -> None:
    assert _reason(says, denies, language=language)
    assert _reason(denies, says, language=language)
    assert _reason(says, says, language=language) == ""
    assert _reason(denies, denies, language=language) == ""


def test_a_negation_of_something_else_is_no_flip() -> None:
    passage = "The project, which was not without delays, reached 45 farmers in the valley."
    assert _reason("The project reached 45 farmers in the valley.", passage) == ""
    passage = "The project reached not only farmers but also traders."
    assert _reason("The project reached farmers and traders.", passage) == ""


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        (
            "Incomes of the farmers decreased in the valley.",
            "Incomes of the farmers increased in the valley.",
        ),
        ("The target was unmet in the valley.", "The target was met in the valley."),
        ("Only farmers in the valley were trained.", "Farmers in the valley were trained."),
        ("Most farmers in the valley were trained.", "Some farmers in the valley were trained."),
    ],
)
def test_opposites_and_wider_claims_are_refused(sentence: str, passage: str) -> None:
    assert _reason(sentence, passage)


def test_what_the_passage_does_not_speak_of_is_refused() -> None:
    assert _reason("Displaced persons praised the irrigation manual.") == "the cited passages do not say this"
    assert _reason("Benin hosted 41,207 displaced persons because donors withdrew support early.")


@pytest.mark.parametrize(
    "sentence", ["See https://example.org/41", "![x](y) Benin hosted.", "<b>Benin</b> hosted."]
)
def test_links_and_markup_are_refused(sentence: str) -> None:
    assert _reason(sentence) == "it holds a link or markup"


def test_nothing_cited_bears_nothing() -> None:
    assert not borne("Benin hosted 41,207 persons.", [])


# --- across languages


@pytest.fixture
def near() -> Callable[[str, str], float]:
    """A stand-in for the embedder: near where the passage speaks of hosting."""
    return lambda sentence, passage: 0.9 if "hosting" in passage else 0.7


def test_another_language_needs_meaning_numbers_and_countries(near: Callable[[str, str], float]) -> None:
    def french(sentence: str, passage: str = HOSTED) -> str:
        return _reason(sentence, passage, language="fr", cited_languages=["en"], cosine=near)

    assert french("Le Bénin accueillait 41 207 personnes déplacées.") == ""
    assert "TCD" in french("Le Tchad accueillait 41 207 personnes déplacées.")
    assert "41208" in french("Le Bénin accueillait 41 208 personnes déplacées.")
    assert "for another" in french("Le Ghana accueillait 41 207 personnes déplacées.")
    assert french("Le Bénin a dépensé 41 207 dollars.", "Benin spent 41,207 dollars.")


def test_a_denial_is_seen_across_languages() -> None:
    passage = "The pumps were not maintained after the warranty, and five stopped."
    for sentence, stands in (
        ("Les pompes ont été entretenues après la garantie, et cinq se sont arrêtées.", False),
        ("Les pompes n'ont pas été entretenues après la garantie, et cinq se sont arrêtées.", True),
    ):
        verdict = borne(
            sentence, [passage], language="fr", cited_languages=["en"], cosine=lambda one, two: 0.95
        )
        assert verdict.ok is stands, verdict.reason


def test_another_language_without_a_way_to_compare_is_refused() -> None:
    reason = _reason("Le Bénin accueillait 41 207 personnes.", language="fr", cited_languages=["en"])
    assert "another language" in reason
