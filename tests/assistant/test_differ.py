"""Two figures for one thing are told; figures for two things, years and labels are not."""

from __future__ import annotations

import pytest

from assistant.answer import Citation, Hit, Sentence, Source
from assistant.differ import differing
from ingest.documents import Passage


def cited(
    text: str, document: str, *, language: str = "en", country: str = "", kind: str = "text"
) -> Sentence:
    countries = (country,) if country else ()
    sha, name = document * 64, f"{document}.pdf"
    source = Source(sha, name, document, "evaluation", countries, (), None, 2020, language, "")
    passage = Passage(source.document, 0, 1, "", (), text, 0, len(text), kind)  # type: ignore[arg-type]
    return Sentence(text, (Citation(Hit(passage, source, 1.0), text),), language)


def told(one: str, other: str, **more: str) -> list[tuple[str, str]]:
    found = differing([cited(one, "a", **more), cited(other, "b", **more)])
    return [(each.one.shown, each.other.shown) for each in found]


@pytest.mark.parametrize(
    ("one", "other", "shown"),
    [
        (
            "64 per cent of returnees had an income one year after vocational training.",
            "Of returnees, 46 per cent had an income a year after vocational training.",
            ("64 per cent", "46 per cent"),
        ),
        (
            "The project reached 1,200 households in rural districts.",
            "The project reached 950 households in the rural districts.",
            ("1,200 households", "950 households"),
        ),
        (
            "Remittances to the country amounted to US$ 2.3 billion.",
            "Remittances to the country amounted to US$ 1.7 billion.",
            ("US$ 2.3 billion", "US$ 1.7 billion"),
        ),
    ],
)
def test_different_figures_for_one_thing(one: str, other: str, shown: tuple[str, str]) -> None:
    assert told(one, other) == [shown]


def test_in_other_languages() -> None:
    assert told(
        "Le projet a touché 1 200 ménages dans les districts ruraux.",
        "Le projet a touché 950 ménages dans les districts ruraux.",
        language="fr",
    ) == [("1 200 ménages", "950 ménages")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # another thing
        ("64 per cent of returnees had an income.", "46 per cent of the budget was spent in time."),
        ("The project reached 1,200 households.", "The project trained 45 health workers."),
        # another place
        (
            "In Mali, 64 per cent of returnees had an income one year after training.",
            "In Senegal, 46 per cent of returnees had an income one year after training.",
        ),
        # another name
        (
            "The project reached 1,200 households in the Kayes district.",
            "The project reached 950 households in the Sikasso district.",
        ),
        # told of different years
        (
            "The project reached 1,200 households in rural districts in 2019.",
            "The project reached 950 households in rural districts in 2021.",
        ),
        # labels and years
        (
            "Outcome 3 supports rural households with training.",
            "Outcome 4 supports rural households with training.",
        ),
        ("Since 2019 rural households receive training.", "Since 2020 rural households receive training."),
        # the same number, rounded or in another form
        (
            "The project reached 1.2 million households in rural districts.",
            "The project reached 1,234,000 households in the rural districts.",
        ),
        (
            "The project reached 1,200 households in districts.",
            "The project reached 1 200 households in districts.",
        ),
        # both figures in one of them
        (
            "The project reached 1,200 households in rural districts.",
            "The project reached 950 of 1,200 households in the rural districts.",
        ),
    ],
)
def test_nothing_is_told_where_it_is_not_the_same_thing(one: str, other: str) -> None:
    assert told(one, other) == []
    assert told(other, one) == []


def test_one_document_does_not_differ_from_itself() -> None:
    one, other = "The project reached 1,200 rural households.", "The project reached 950 rural households."
    assert differing([cited(one, "a"), cited(other, "a")]) == ()
    assert differing([cited(one, "a", country="MLI"), cited(other, "b", country="SEN")]) == ()
    assert differing([cited(one, "a", kind="row"), cited(other, "b", kind="row")]) == ()
    assert differing([cited(one, "a", language="en"), cited(other, "b", language="fr")]) == ()
