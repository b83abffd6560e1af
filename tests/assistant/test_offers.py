"""Which questions are about every document, what the grid is offered for, and that no count is made up."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from assistant.answer import Answer, Filters, Refusal
from assistant.chat import Assistant
from assistant.offers import Offer, offer_of
from assistant.web.offered import link


@pytest.mark.parametrize(
    ("question", "topics"),
    [
        ("how many of the 119 frameworks mention remittances, and where?", ("remittances",)),
        ("What share of UNDAFs refer to migration, to refugees and displacement?",
         ("migration", "refugees", "displacement")),
        ("In how many reports is trafficking mentioned?", ("trafficking",)),
        ("Combien de documents mentionnent les transferts de fonds ?", ("transferts de fonds",)),
        ("Quelle part des plans-cadres évoque les réfugiés ?", ("réfugiés",)),
        ("¿Cuántos documentos mencionan las remesas?", ("remesas",)),
        ("Сколько документов упоминают денежные переводы?", ("денежные переводы",)),
        ("كم وثيقة تذكر التحويلات المالية؟", ("التحويلات المالية",)),
        ("有多少份文件提到侨汇？", ("侨汇",)),
    ],
)  # fmt: skip
def test_a_count_of_documents_is_a_survey_and_nothing_else(question: str, topics: tuple[str, ...]) -> None:
    assert offer_of(question) == Offer("survey", topics, only=True)


@pytest.mark.parametrize(
    "question",
    [
        "How many returnees had an income?",
        "Which countries sent officials to Mexico?",
        "How many documents are there?",
        "How many countries have ratified the Convention?",
        "how many people are internally displaced, and where do most of them stay?",
        "¿cuántos municipios lo tenían en 2020?",
        "Which sectors does the Senegal plan cover?",
    ],
)
def test_what_a_document_itself_tells_is_asked_as_ever(question: str) -> None:
    assert offer_of(question) is None


def test_what_a_study_counted_is_answered_beside_the_offer() -> None:
    found = offer_of("According to the review, how many frameworks mention migration?")
    assert found == Offer("survey", ("migration",))


def test_sides_and_experience_are_offered_beside_the_answer() -> None:
    both = offer_of("how do Jamaica and Moldova each engage their diaspora?")
    assert both is not None
    assert (both.use, both.countries, both.only) == ("compare", ("JAM", "MDA"), False)
    assert offer_of("Who has experience with diaspora bonds?") == Offer(
        "experience", ("Who has experience with diaspora bonds?",)
    )


def test_the_chat_makes_up_no_count(assistant: Assistant) -> None:
    result = assistant.ask("How many documents mention remittances?")
    assert isinstance(result, Refusal)
    count = len(assistant.sources())
    assert f"each of the {count} documents" in result.reason
    told = assistant.ask("Which documents mention remittances?")
    assert isinstance(told, (Answer, Refusal))
    assert "The Grid" not in getattr(told, "reason", "")


def test_of_one_document_there_is_no_count_to_offer(assistant: Assistant) -> None:
    only = Filters(documents=(assistant.sources()[0].name,))
    result = assistant.ask("How many documents mention the quay of Port Zephyr?", filters=only)
    assert isinstance(result, Refusal)
    assert "The Grid" not in result.reason
    assert "1 document was searched" in result.reason


def test_the_link_carries_topics_and_filters() -> None:
    offer = Offer("survey", ("remittances", "parking fees"), only=True)
    address = link(offer, Filters(countries=("SEN",), kinds=("framework",), since=2019))
    assert parse_qs(urlsplit(address).query) == {
        "grid": ["survey"],
        "terms": ["remittances", "parking fees"],
        "country": ["SEN"],
        "kind": ["framework"],
        "since": ["2019"],
    }
    for in_force, said in ((True, "yes"), (False, "no")):
        query = parse_qs(urlsplit(link(offer, Filters(in_force=in_force))).query)
        assert query["in_force"] == [said]


@pytest.mark.parametrize("topic", ["remittances", "transferts de fonds", "remesas", "侨汇"])
def test_a_topic_that_a_theme_knows_is_counted_in_six_languages(topic: str) -> None:
    query = parse_qs(urlsplit(link(Offer("survey", (topic,), only=True), Filters())).query)
    assert query == {"grid": ["survey"], "theme": ["content-analysis"], "family": ["remittances"]}
