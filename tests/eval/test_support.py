"""Citations judged as ALCE judges them, on cases worked out by hand."""

from __future__ import annotations

import pytest

from eval.results import Cited, Said
from eval.support import Support, support

TRAINED = "In all, 45 women were trained in Kayes before they opened a shop."
PAID = "The training in Kayes was paid for by Canada."
ROADS = "The road to the market was mended in spring."


def cited(passage: str, quote: str = "", language: str = "en") -> Cited:
    return Cited("a.pdf", 1, "1", quote or passage, True, passage, ("Evaluation of the shops",), language)


@pytest.mark.parametrize(
    ("sentence", "passages", "expected"),
    [
        # The passage's own words: borne, and the one citation is needed.
        (TRAINED, [TRAINED], Support(1, 1, 1, 1)),
        # In other words, borne by the passage alone; the road is beside the point: precision 1 of 2.
        ("45 women were trained in Kayes.", [TRAINED, ROADS], Support(1, 1, 2, 1)),
        # A number that the passage does not give, and a place: not borne, so no citation is needed.
        ("46 women were trained in Kayes.", [TRAINED], Support(1, 0, 1, 0)),
        ("45 women were trained in Mopti.", [TRAINED], Support(1, 0, 1, 0)),
        # Each of two passages bears it: both are needed, as ALCE counts.
        ("45 women were trained in Kayes.", [TRAINED, TRAINED + " " + PAID], Support(1, 1, 2, 2)),
        # Nothing cited: judged by the share of bare sentences, not here.
        ("45 women were trained in Kayes.", [], Support()),
    ],
)
def test_one_sentence(sentence: str, passages: list[str], expected: Support) -> None:
    assert support([Said(sentence, tuple(cited(text) for text in passages))], "en") == expected


def test_sentences_are_added_up() -> None:
    said = [Said(TRAINED, (cited(TRAINED),)), Said("46 women were trained in Kayes.", (cited(TRAINED),))]
    assert support(said, "en") == Support(2, 1, 2, 1)
    assert support([], "en") == Support()


def test_a_row_needs_each_of_its_cells() -> None:
    row = "Outcome: Safe return\nBaseline: 45"
    said = Said(row, (cited(row, "Safe return"), cited(row, "45")))
    assert support([said], "en") == Support(1, 1, 2, 2)


def test_another_language_is_judged_word_for_word_only() -> None:
    french = "Au total, 45 femmes ont été formées à Kayes."
    own = Said(french, (cited(french, language="fr"),))
    told = Said("45 women were trained in Kayes.", (cited(french, language="fr"),))
    assert support([own, told], "en") == Support(1, 1, 1, 1)
