"""A run in figures: six questions whose every measure is worked out on paper."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eval.measures import METRICS
from eval.metrics import score_run
from eval.results import Cited, Found, Gold, Question, Result, Run, Said
from eval.statistics import Interval, wilson
from eval.summary import latency, refusals, stages, strata, summarise, summary, verdict


def question(number: int, *, answerable: bool = True, language: str = "en") -> Question:
    return Question(
        f"q{number}",
        "How many?",
        language,
        "fact" if answerable else "absent",
        answerable,
        ((("45",), ("Rabat",)) if answerable else ()),
        ((Gold("a.pdf", 1, "45 in Rabat"),) if answerable else ()),
    )


def answered(number: int, text: str, page: int, *, verbatim: bool = True) -> Result:
    cited = Cited("a.pdf", page, str(page), text, verbatim, text)
    found = (Found("a.pdf", 1, "p1"), Found("a.pdf", 2, "p2"))
    return Result(f"q{number}", True, "How many?", "en", found, (Said(text, (cited,)),), seconds=number)


def refused(number: int, problem: str = "") -> Result:
    return Result(f"q{number}", False, "How many?", "en", (), seconds=number, problem=problem)


RUN = Run(
    "0001", "2026-01-01T00:00:00Z", "bank.jsonl", "0" * 64, "0001", 1, {}, {}, {},
    (question(1), question(2), question(3, language="fr"), question(4, answerable=False),
     question(5, answerable=False), question(6, answerable=False)),
    (answered(1, "45 in Rabat", 1), answered(2, "45 of them", 2, verbatim=False), refused(3),
     refused(4), answered(5, "Some five", 2), refused(6, problem="The model is down.")),
    languages={"a.pdf": "en"}, kinds={"a.pdf": "evaluation"},
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value", "n", "excluded"),
    [
        ("hit1", 2 / 3, 3, 3),
        ("hit5", 2 / 3, 3, 3),
        ("hit10", 2 / 3, 3, 3),
        ("mrr", 2 / 3, 3, 3),
        ("ndcg10", 2 / 3, 3, 3),
        ("document_hit5", 2 / 3, 3, 3),
        ("wrong_page", 0, 3, 3),
        ("cites_gold", 1 / 2, 2, 4),
        ("page_precision", 1 / 2, 2, 4),
        ("page_recall", 1 / 2, 2, 4),
        ("verbatim", 2 / 3, 3, 3),
        ("uncited", 0, 3, 3),
        ("supported", 1, 3, 3),
        ("citations_needed", 1, 3, 3),
        ("fact_recall", 3 / 6, 6, 3),
        ("fact_recall_answered", 3 / 4, 4, 4),
        ("numbers_supported", 1, 2, 4),
        ("words", 8 / 3, 3, 3),
        ("language_match", 4 / 5, 5, 1),
        ("right_refusals", 1 / 3, 3, 3),  # q6 is an error, q5 was answered
        ("wrong_refusals", 1 / 3, 3, 3),
        ("refusal_precision", 1 / 2, 2, 4),
        ("half_refusals", 0, 3, 3),
        ("errors", 1 / 6, 6, 0),
        ("latency", 3, 5, 1),
    ],
)
def test_each_measure(name: str, value: float, n: int, excluded: int) -> None:
    interval = summary(RUN)[name]
    assert interval.value == pytest.approx(value)
    assert (interval.n, interval.excluded) == (n, excluded)
    assert interval.low is not None
    assert interval.high is not None
    assert interval.low <= value + 1e-9
    assert interval.high >= value - 1e-9


def test_the_table_names_each_measure_once_and_says_what_it_leaves_out() -> None:
    names = [metric.name for metric in METRICS]
    assert list(summary(RUN)) == names
    assert len(set(names)) == len(names)
    scores = score_run(RUN)
    for metric in METRICS:
        assert metric.excludes or metric.interval(scores).excluded == 0
        values = [value for each in scores if (value := metric.of(each)) is not None]
        if metric.kind == "rate" and metric.counts is None:
            assert set(values) <= {0, 1}


def test_nothing_to_measure() -> None:
    assert all(interval.value is None and interval.n == 0 for interval in summarise(()).values())


def test_strata() -> None:
    by_kind = strata(RUN, "kind")
    assert list(by_kind) == ["absent", "fact"]
    assert by_kind["fact"]["hit1"].n == 3
    assert by_kind["absent"]["hit1"].value is None
    by_language = strata(RUN, "language")
    assert by_language["fr"]["wrong_refusals"].value == 1
    assert strata(RUN, "document kind")["evaluation"]["hit1"].n == 3
    assert list(strata(RUN, "document language")) == ["", "en"]
    crossing = strata(RUN, "crossing")
    assert list(crossing) == ["", "another language", "same language"]
    assert crossing["another language"]["hit1"] == wilson(0, 1)
    assert list(strata(replace(RUN, languages={}, kinds={}), "crossing")) == [""]


def test_stages_refusals_and_latency() -> None:
    scores = score_run(RUN)
    lost = {stage: count for stage, count in stages(scores).items() if count}
    assert lost == {"error": 1, "not found": 1, "found, not chosen": 1, "answered what is absent": 1}
    rates = refusals(scores)  # right: q4; wrong: q3; missed: q5, q6
    assert (rates.precision.value, rates.recall.value) == (1 / 2, 1 / 3)
    assert rates.f1 == pytest.approx(2 / 5)
    assert latency(scores) == pytest.approx((3, 4.8))
    assert latency(()) == (None, None)


def test_verdicts() -> None:
    said = verdict("answers cite the right page", wilson(19, 20))
    assert said == "19 of 20 answers cite the right page (95 %: 76 to 99 %)"
    mean = verdict("words an answer", Interval(85.25, 70.11, 99.84, 20))
    assert mean == "words an answer: 85.2 on average of 20 (95 %: 70.1 to 99.8)"
    assert verdict("refusals are right", wilson(0, 0)) == "refusals are right: nothing to measure"
