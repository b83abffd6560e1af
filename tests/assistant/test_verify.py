"""Verification: quotes found again verbatim; sentences refused wherever what they cite does not bear them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.answer import Hit, Source
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


def test_a_number_in_a_title_is_no_evidence() -> None:
    passage = "The pilot trained farmers in composting."
    assert "number 90" in _reason("The pilot trained 90 farmers.", passage, titles=["Evaluation 90"])


def test_a_number_that_counts_something_else_is_refused() -> None:
    budget = "The total budget was 2.3 million US dollars, spent by December."
    pumps = "Solar pumps were installed in market gardens and not maintained."
    assert _reason("The solar pumps cost 2.3 million US dollars.", budget, pumps)
    both = f"The solar pumps cost less than planned. The well is new. {budget}"
    assert "for something else" in _reason("The solar pumps cost 2.3 million US dollars.", both)


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        # The words right beside the number: what it counts, and how it is reached.
        ("Emissions will fall to a level of 15 % by 2030.", "Emissions will fall by 15 % by 2030."),
        ("The total funding of the project was 793,849.80 euros.", "Total 793 849,80 € 777 416,13 €"),
        (
            "The total funding of the project was 793,849.80 euros.",
            "Total 793 849,80 € 777 416,13 €. This brilliant performance of the project is confirmed.",
        ),
        ("The workshop brought together 45 ministers.", "The workshop brought together 45 experts."),
        # The year at the other end of a long sentence.
        (
            "In 2005, the state called for the widest cooperation of all countries and their fair response.",
            "The state joined the protocol in 2005, which entered into force in the following year, and "
            "named a focal point for it in the ministry, whose staff was to report each year on what had "
            "been done under the protocol and on what had been spent for it, whereas the state called for "
            "the widest cooperation of all countries and for their fair response.",
        ),
    ],
)
def test_a_number_counts_what_stands_around_it(sentence: str, passage: str) -> None:
    reason = _reason(sentence, passage, titles=["Level of project funding"])
    assert "for something else" in reason or "do not say this" in reason


def test_what_a_number_counts_may_stand_in_the_sentence_before() -> None:
    passage = "In all, farmers of the valley were trained. They were 45 in the second year."
    assert _reason("In the second year, 45 farmers were trained.", passage) == ""


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


def test_a_name_may_stand_in_a_title() -> None:
    said = "Benin hosted 41,207 displaced persons in Parakou."
    assert _reason(said, titles=["Camps of Parakou"]) == ""
    assert "Parakou" in _reason(said)


def test_an_acronym_may_stand_spelled_out_or_in_its_other_language() -> None:
    passage = "The village savings groups were trained by the OIM."
    assert _reason("The VSG were trained by IOM.", passage) == ""
    assert "PPMI" in _reason("The VSG were trained by PPMI.", passage)
    assert _reason("The GIF was founded.", "The fund was founded.", titles=["Funds and GIFs"]) == ""


def test_swapped_names_are_refused() -> None:
    assert "for another" in _reason("Ghana hosted 41,207 displaced persons and Benin hosted 7,940.")
    passage = "Rossi led the audit of 12 sites, and Keller led the audit of 30 sites."
    assert _reason("The audit of 12 sites was led by Rossi.", passage) == ""
    assert "for another" in _reason("The audit of 12 sites was led by Keller.", passage)


def test_what_is_said_of_another_country_is_refused() -> None:
    passage = (
        "In Togo additional interviews were held with the committee of traders. "
        "In the others (Benin, Ghana) staff of the office answered a form."
    )
    said = "Additional interviews were held in {} with the committee of traders."
    assert _reason(said.format("Togo"), passage) == ""
    assert "another country" in _reason(said.format("Benin"), passage)
    assert "another country" in _reason(said.format("Togo and Ghana"), passage)
    assert _reason(said.format("Benin"), passage.replace("Togo", "that one")) == ""


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


@pytest.mark.parametrize(
    ("language", "sentence", "passage"),
    [
        (
            "en",
            "The analysis found that ratings were linked to budgets.",
            "An analysis was made of whether ratings were linked to budgets.",
        ),
        (
            "en",
            "The project trained farmers in composting.",
            "The project should train farmers in composting.",
        ),
        ("fr", "Le projet a formé les agriculteurs.", "Le projet devrait former les agriculteurs."),
        ("es", "El proyecto capacitó a los agricultores.", "El proyecto pretende capacitar a agricultores."),
        ("ru", "Проект обучил фермеров.", "Проект должен обучить фермеров."),
    ],
)
def test_a_plan_or_a_question_told_as_a_fact_is_refused(language: str, sentence: str, passage: str) -> None:
    assert "as a fact" in _reason(sentence, passage, language=language)
    assert _reason(passage, passage + " ", language=language) == ""


def test_advice_is_that_of_the_passage() -> None:
    passage = "The office wanted political commitment of the towns, which had to give a large contribution."
    said = "The office recommended political commitment of the towns, which had to give a large contribution."
    assert "advises" in _reason(said, passage)
    assert _reason(said, passage, titles=["Recommendations of the evaluators"]) == ""
    assert _reason(said, passage.replace("wanted", "recommended")) == ""


def test_a_number_goes_with_nearly_all_words_of_its_clause() -> None:
    passage = "Research was conducted in person in six missions: Benin, Ghana, Togo and others."
    assert _reason("Research was conducted in person in six missions.", passage) == ""
    assert "for something else" in _reason("There, caseworkers conducted research in six missions.", passage)


def test_what_came_out_otherwise_than_planned_is_no_plan() -> None:
    passage = "The solar pumps cost less than planned, and farmers use them."
    assert _reason("The solar pumps cost less and farmers use them.", passage) == ""


def test_what_the_passage_does_not_speak_of_is_refused() -> None:
    assert _reason("Displaced persons praised the irrigation manual.") == "the cited passages do not say this"
    assert _reason("Benin hosted 41,207 displaced persons because donors withdrew support early.")


@pytest.mark.parametrize(
    "sentence", ["See https://example.org/41", "![x](y) Benin hosted.", "<b>Benin</b> hosted."]
)
def test_links_and_markup_are_refused(sentence: str) -> None:
    assert _reason(sentence) == "it holds a link or markup"


def test_a_title_bears_no_sentence() -> None:
    title = "Results and actions of the climate plan of the plateau"
    assert _reason(title, "Timber grew by a third in the forests of the plateau.", titles=[title])


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


@pytest.mark.parametrize("word", ["only", "most", "both"])
def test_a_wider_or_narrower_claim_is_seen_across_languages(word: str) -> None:
    said = f"The plan covers {word} of the emissions."
    for passage, stands in (
        ("El plan abarca las emisiones.", False),
        ("El plan abarca solo la mayoría de ambas emisiones.", True),
    ):
        verdict = borne(said, [passage], cited_languages=["es"], cosine=lambda one, two: 0.95)
        assert verdict.ok is stands, verdict.reason


def test_another_language_without_a_way_to_compare_is_refused() -> None:
    reason = _reason("Le Bénin accueillait 41 207 personnes.", language="fr", cited_languages=["en"])
    assert "another language" in reason
