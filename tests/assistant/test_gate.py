"""The gate: more evidence where the answer stands, names that nothing found has, and the threshold's rule."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assistant.answer import Hit, Source
from assistant.evidence import Reading
from assistant.gate import THRESHOLD, Gate, calibrate, evidence
from assistant.missing import missing_document, missing_names
from ingest.documents import Passage


def hit(text: str, place: int = 0, *, similarity: float | None = None, **described: object) -> Hit:
    passage = Passage("a" * 64, place, place + 1, "", (), text, 0, len(text))
    source = Source(
        "a" * 64, "a", "Wells in Kenya", "report", ("KEN",), (), (2019, 2022), 2023, "en", "A/80/74"
    )
    return Hit(passage, replace(source, **described), 1 / (60 + place), similarity=similarity)  # type: ignore[arg-type]


ASKED = "How many wells were repaired?"
HITS = [
    hit("The programme repaired 45 wells in Turkana. It trained 30 mechanics.", similarity=0.89),
    hit("The steering committee met twice in Nairobi.", 1, similarity=0.83),
    hit("Partners praised the programme.", 2, similarity=0.82),
]


def read(*scores: float) -> list[Hit]:
    """HITS with readings of so much."""
    return [
        replace(each, reading=Reading(np.array([[0, 10]]), np.array([score], np.float32)))
        for each, score in zip(HITS, scores, strict=False)
    ]


def test_evidence_is_that_of_the_best_passage() -> None:
    assert evidence(ASKED, "en", read(0.0)) == 0.5
    assert evidence(ASKED, "en", read(-3.0, 2.0, -9.0)) == pytest.approx(1 / (1 + np.exp(-2)))
    assert evidence(ASKED, "en", read(-6.0)) < THRESHOLD < evidence(ASKED, "en", read(0.0))


def test_a_passage_in_another_language_reads_lower_and_counts_more() -> None:
    assert evidence(ASKED, "fr", read(0.0)) > evidence(ASKED, "en", read(0.0))


def test_a_passage_that_lacks_the_names_asked_for_is_less_evidence() -> None:
    as_read = evidence(ASKED, "en", read(0.0))
    assert evidence("How many wells were repaired in Turkana?", "en", read(0.0)) == as_read
    lacks_one = evidence("How many wells were repaired in Garissa?", "en", read(0.0))
    lacks_half = evidence("How many wells were repaired in Garissa and Turkana?", "en", read(0.0))
    assert lacks_one < THRESHOLD
    assert lacks_one < lacks_half < as_read


def test_of_two_passages_the_one_with_the_names_counts() -> None:
    asked = "How often did the committee in Nairobi meet?"
    assert evidence(asked, "en", read(2.0, 0.0)) == 0.5  # the second has Nairobi


def test_names_in_the_title_or_written_with_another_ending_are_met() -> None:
    as_read = evidence(ASKED, "en", read(0.0))
    assert evidence("What do Kenyan mechanics of Turkana's wells need?", "en", read(0.0)) == as_read


def test_a_passage_in_another_language_may_write_names_otherwise() -> None:
    assert evidence("Combien de puits à Garissa ?", "fr", read(0.0)) == evidence("?", "fr", read(0.0))
    assert evidence("Combien de puits pour l'OIM ?", "fr", read(0.0)) == evidence("?", "fr", read(0.0))


def test_a_passage_of_another_organisation_is_less_evidence() -> None:
    as_read = evidence(ASKED, "en", read(0.0))
    asked = "How many wells did UNICEF repair?"
    assert evidence(asked, "en", read(0.0)) < THRESHOLD
    own = [replace(each, source=replace(each.source, organisations=("UNICEF",))) for each in read(0.0)]
    assert evidence(asked, "en", own) == as_read  # its document need not repeat it
    # A text may write an acronym out, or have it in another language.
    for text in ("The Water Works Department repaired 45 wells.", "WWD: 45 wells."):
        written = [replace(read(0.0)[0], passage=hit(text).passage)]
        assert evidence("How many wells did the WWD repair?", "en", written) == as_read
    french = [replace(read(0.0)[0], passage=hit("The OIM repaired 45 wells.").passage)]
    assert evidence("How many wells did IOM repair?", "en", french) == as_read


def test_a_passage_of_another_year_is_less_evidence_in_any_language() -> None:
    as_read, abroad = evidence(ASKED, "en", read(0.0)), evidence(ASKED, "fr", read(0.0))
    assert evidence("How many wells were repaired in 2021?", "en", read(0.0)) == as_read  # of 2019-2022
    assert evidence("What did the 2023 report find of wells?", "en", read(0.0)) == as_read  # published then
    assert evidence("How many wells were repaired in 2017?", "en", read(0.0)) < THRESHOLD
    assert evidence("Combien de puits réparés en 2017 ?", "fr", read(0.0)) < abroad
    # A plan up to 2040 does not report on all the years until then.
    plan = [replace(each, source=replace(each.source, period=(2012, 2040))) for each in read(0.0)]
    assert evidence("How many wells were repaired in 2021?", "en", plan) < THRESHOLD


def test_the_gate_lets_enough_evidence_pass() -> None:
    assert Gate().threshold == THRESHOLD
    assert Gate(0.4)(0.4)
    assert not Gate(0.4)(0.39)


def test_nothing_found_is_no_evidence() -> None:
    assert evidence(ASKED, "en", []) == 0.0


def test_without_a_reader_there_is_nothing_to_weigh() -> None:
    assert evidence(ASKED, "en", HITS) == 1.0


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("What does Niger pledge?", ("Niger",)),
        ("What does Kenya pledge?", ()),  # the document's description has it
        ("What does Uganda pledge?", ()),  # the library has a document about it
        ("Niger and Kenya: wells?", ()),
        ("Wells repaired in 2021?", ()),  # within the period
        ("Wells repaired in 2031?", ("2031",)),
        ("Wells in 2020-2035?", ()),
        ("What did project IB.0238 repair?", ("IB.0238",)),
        ("What does A/80/74 say of COVID-19?", ()),
        ("What does A/79/12 say?", ("A/79/12",)),
    ],
)
def test_missing_names(question: str, missing: tuple[str, ...]) -> None:
    assert missing_names(question, HITS, {"UGA"}) == missing


def test_a_missing_country_is_named_in_the_language_asked_for() -> None:
    assert missing_names("Que promet le Tchad ?", HITS, set(), "fr") == ("Tchad",)


KENYA_PLAN = replace(HITS[0].source, kind="national plan", countries=("KEN",))
UGANDA_REPORT = replace(HITS[0].source, countries=("UGA",))


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("What is the target of Uganda's NDC?", ("national plan", "UGA")),
        ("Quel est l'objectif de la CDN de l'Ouganda ?", ("national plan", "UGA")),
        ("What is the target of Kenya's NDC?", None),  # there is one
        ("What does the UNDAF of Uganda say of wells?", ("framework", "UGA")),
        ("How many wells are there in Uganda?", None),  # no document is named
        ("Kenya's and Uganda's NDC: which is bolder?", None),  # one side can be told
        ("What is an NDC?", None),
    ],
)
def test_a_country_without_such_a_document(question: str, missing: tuple[str, str] | None) -> None:
    assert missing_document(question, HITS, [KENYA_PLAN, UGANDA_REPORT]) == missing


def test_what_another_document_tells_of_a_missing_one_is_not_refused() -> None:
    told = hit("The nationally determined contribution of Uganda aims at 24.7 per cent.")
    question = "What is the target of Uganda's NDC?"
    assert missing_document(question, [told], [KENYA_PLAN, UGANDA_REPORT]) is None


def test_the_threshold_keeps_wrong_refusals_rare() -> None:
    good = [(0.1, True), *((0.5 + place / 100, True) for place in range(39))]
    bad = [(place / 50, False) for place in range(30)]
    threshold = calibrate([*good, *bad])
    assert threshold == 0.51  # refuses two in forty answerable ones; the next would refuse three
    assert sum(value < threshold for value, _ in good) <= 0.05 * len(good)
    assert calibrate([*good, *bad], most_wrong_refusals=0.0) == 0.1


def test_a_threshold_needs_both_sorts() -> None:
    with pytest.raises(ValueError, match="all of one sort"):
        calibrate([(0.5, True)])
