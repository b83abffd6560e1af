"""The gate: more evidence where the answer stands, names that nothing found has, and the threshold's rule."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.answer import Hit, Source
from assistant.gate import THRESHOLD, WEIGHTS, Gate, calibrate, evidence, features
from assistant.missing import missing_document, missing_names
from assistant.quoting import choose
from eval.calibrate import PASSAGES, calibrate_on, ranked, rates, read_cases, report
from ingest.documents import Passage

SHARED = Path(os.environ.get("SHARED_DATA", Path(__file__).parents[2].parent / "shared" / "data"))


def hit(text: str, place: int = 0, *, similarity: float | None = None, **described: object) -> Hit:
    passage = Passage("a" * 64, place, place + 1, "", (), text, 0, len(text))
    source = Source(
        "a" * 64, "a", "Wells in Kenya", "report", ("KEN",), (), (2019, 2022), 2023, "en", "A/80/74"
    )
    return Hit(passage, replace(source, **described), 1 / (60 + place), similarity=similarity)  # type: ignore[arg-type]


HITS = [
    hit("The programme repaired 45 wells in Turkana. It trained 30 mechanics.", similarity=0.89),
    hit("The steering committee met twice in Nairobi.", 1, similarity=0.83),
    hit("Partners praised the programme.", 2, similarity=0.82),
]


def weighed(question: str, hits: list[Hit]) -> float:
    return evidence(question, "en", hits, choose(question, "en", hits))


def test_evidence_is_higher_where_the_answer_stands() -> None:
    question = "How many wells did the programme repair in Turkana?"
    there, not_there = weighed(question, HITS), weighed(question, HITS[1:])
    assert 0 <= not_there < there <= 1
    assert Gate(not_there + 0.01)(there)
    assert not Gate(there + 0.01)(not_there)
    assert Gate().threshold == THRESHOLD


def test_a_name_that_nothing_found_has_lowers_evidence() -> None:
    assert weighed("How many wells did OXFAM repair?", HITS) < weighed("How many wells did it repair?", HITS)


def test_features_are_those_weighed() -> None:
    choices = choose("How many wells?", "en", HITS)
    assert set(features("How many wells?", "en", HITS, choices)) == set(WEIGHTS)


def test_nothing_found_is_no_evidence() -> None:
    assert evidence("How many wells?", "en", [], ()) == 0.0
    assert evidence("How many wells?", "en", HITS, ()) == 0.0


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


def test_report_gives_rates_for_each_source() -> None:
    pairs = [("a", 0.9, True), ("a", 0.1, False), ("b", 0.8, True), ("b", 0.95, False)]
    found = report(pairs)
    assert [rate.source for rate in found.rates] == ["a", "b"]
    assert rates(pairs, 0.5)[1].wrong_answers == 1
    assert found.auc == 0.5
    assert "AUC" in str(found)


def embed(texts: list[str]) -> np.ndarray:
    """Unit vectors of the letters in a text: enough to rank."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    counts = np.array([[text.casefold().count(letter) + 0.01 for letter in letters] for text in texts])
    unit: np.ndarray = counts / np.linalg.norm(counts, axis=1, keepdims=True)
    return unit


def test_calibrates_on_squad_nomiracl_and_banks(tmp_path: Path) -> None:
    contexts = [
        f"The {word} wells were repaired by team {word}. It was late." for word in ("red", "blue", "green")
    ]
    article = {
        "title": "Wells",
        "paragraphs": [
            {
                "context": contexts[0],
                "qas": [{"question": "Who repaired the red wells?", "is_impossible": False}],
            },
            {"context": contexts[1], "qas": [{"question": "What does ZYX cost?", "is_impossible": True}]},
            {"context": contexts[2], "qas": []},
        ],
    }
    squad = tmp_path / "squad.json"
    squad.write_text(json.dumps({"data": [article]}))
    contexts_ = "[1] Wells: The Bank paid.\n[2] Pumps: They broke.."
    prompt = f"Read.\n\nQUESTION:\nWho paid?\n\nCONTEXTS:\n{contexts_}\n\nOUTPUT:\n"
    miracl = tmp_path / "non_relevant.en.jsonl"
    miracl.write_text(json.dumps({"query_id": "1", "prompt": prompt}))
    bank = tmp_path / "bank.jsonl"
    turn = {"role": "user", "content": "Who paid?"}
    bank.write_text(
        json.dumps({"question": "How much?", "language": "en", "answerable": True, "history": [turn]})
    )
    (case,) = read_cases(miracl)
    assert (case.question, case.answerable, [hit.source.title for hit in case.hits]) == (
        "Who paid?",
        False,
        ["Wells", "Pumps"],
    )
    asked: list[str] = []

    def search(question: str, language: str) -> list[Hit]:
        asked.append(question)
        return HITS

    found = calibrate_on(
        [squad, miracl, bank], embed=embed, embed_question=lambda text: embed([text])[0], search=search
    )
    assert asked == ["Who paid? How much?"]
    assert [(rate.answerable, rate.unanswerable) for rate in found.rates] == [(1, 1), (0, 1), (1, 0)]
    with pytest.raises(ValueError, match="need a library"):
        calibrate_on([bank], embed=embed, embed_question=lambda text: embed([text])[0])
    (tmp_path / "other.jsonl").write_text("{}")
    with pytest.raises(ValueError, match="neither"):
        list(read_cases(tmp_path / "other.jsonl"))


def test_ranked_hits_are_best_first() -> None:
    found = ranked(
        [hit("zzz"), hit("wells"), *(hit("x" * n) for n in range(1, 10))],
        embed(["wells in Kenya wells"])[0],
        embed,
    )
    assert len(found) == PASSAGES
    assert found[0].passage.text == "wells"


def test_reads_the_published_sets() -> None:
    if not (SHARED / "sets").is_dir():
        pytest.skip("the published sets (SHARED_DATA/sets) are not here")
    cases = list(read_cases(SHARED / "sets" / "nomiracl" / "relevant.es.jsonl"))
    assert len(cases) > 50
    assert all(case.answerable and len(case.hits) == 10 and case.language == "es" for case in cases)
