"""The figures of public sets, worked out on paper; WiCE; the table beside published ones."""

from __future__ import annotations

import json
from dataclasses import replace
from math import isnan, log2
from pathlib import Path

import pytest

from eval.public import figures, wice
from eval.public.figures import Figure
from eval.public.published import PUBLISHED, table
from eval.results import Cited, Found, Gold, Question, Result, Said

WANTED = Question("q", "?", facts=(("37", "thirty-seven"),), evidence=(Gold("a", 2),))
FOUND = (Found("b", 1, "1"), Found("b", 1, "2"), Found("a", 2, "3"))


def said(text: str, quote: str = "x", *, verbatim: bool = True, found: tuple[Found, ...] = FOUND) -> Result:
    cited = Cited("a", 2, "2", quote, verbatim)
    return Result("q", True, "?", "en", found, (Said(text, (cited,)),))


REFUSED = Result("q", False, "?", "en", FOUND)


def test_hits_and_gain_count_pages_once() -> None:
    # Two passages of one page are one place: the gold page is second.
    assert [figures.hit(WANTED, REFUSED, k) for k in (1, 2)] == [False, True]
    assert figures.ndcg(WANTED, REFUSED) == pytest.approx(1 / log2(3))
    assert figures.ndcg(WANTED, replace(REFUSED, found=())) == 0


@pytest.mark.parametrize(
    ("text", "fact", "there"),
    [
        ("It repaired 37 wells.", "37 Wells", True),
        ("It repaired 1,370 wells.", "37", False),
        ("Revenue was 1,577 million", "$1577.00", False),  # 1,577,000,000
        ("Revenue was $ 1,577", "$1577.00", True),
        ("The wells' fee", "the well", False),
        ("anything", "?", False),
    ],
)
def test_holds(text: str, fact: str, there: bool) -> None:
    assert figures.holds(text, fact) is there


def test_a_quote_counts_as_said_and_a_refusal_is_not_right() -> None:
    assert figures.right(WANTED, said("See below.", "thirty-seven wells"))
    assert not figures.right(WANTED, said("See below."))
    assert not figures.right(replace(WANTED, facts=()), REFUSED)


def test_answer_or_refuse_on_paper() -> None:
    """3 answerable (1 refused), 2 unanswerable (1 answered)."""
    absent = Question("n", "?", answerable=False)
    asked = [
        (WANTED, said("37")), (WANTED, said("38")), (WANTED, REFUSED),
        (absent, said("37", verbatim=False)), (absent, REFUSED),
    ]  # fmt: skip
    found = {figure.measure: figure for figure in figures.squad2(asked)}
    value = {measure: pytest.approx(figure.value) for measure, figure in found.items()}
    assert value["chosen sentences hold the answer"] == 1 / 3
    assert value["the same, where it answered"] == 1 / 2
    assert value["refusal precision"] == 1 / 2
    assert value["refusal recall"] == 1 / 2
    assert value["answerable questions refused"] == 1 / 3
    assert value["F1 of refusing"] == 1 / 2
    assert value["F1 of answering"] == 2 / 3  # precision 2/3, recall 2/3
    assert value["F1 of answer-or-refuse (mean of both)"] == 7 / 12
    assert value["quotes verbatim"] == 2 / 3
    assert value["paragraph hit@1"] == 0
    assert value["paragraph hit@5"] == 1
    assert found["paragraph hit@1"].n == 3


def test_nomiracl_errors_by_language() -> None:
    asked = [
        (Question("1", "?", answerable=True), REFUSED),
        (Question("2", "?", answerable=False), REFUSED),
        (Question("3", "?", answerable=False, language="es"), said("x")),
    ]
    value = {figure.measure: figure.value for figure in figures.nomiracl(asked)}
    assert value["EN, refuses when it should answer"] == 1
    assert value["EN, answers when it should refuse"] == 0
    assert value["ES, answers when it should refuse"] == 1
    assert isnan(value["ES, refuses when it should answer"])


@pytest.mark.parametrize(
    ("scores", "positive", "expected"),
    [
        ([3, 2, 1], [True, False, False], 1.0),
        ([1, 2, 3], [True, False, False], 0.0),
        ([1, 1, 1], [True, False, True], 0.5),
        # Pairs: 2>1, 2=2 (half), 3>1, 3>2: 3.5 of 4.
        ([2, 3, 1, 2], [True, True, False, False], 0.875),
    ],
)
def test_auc_on_paper(scores: list[float], positive: list[bool], expected: float) -> None:
    assert wice.auc(scores, positive) == pytest.approx(expected)


def test_auc_of_one_sort_is_no_number() -> None:
    assert isnan(wice.auc([1, 2], [True, True]))


def test_wice_scores_what_is_borne_above_what_is_not(tmp_path: Path) -> None:
    evidence = [
        "In the district of Lower Sanorra the project repaired 37 wells.",
        "The water committees collect a small fee from each household.",
        "A mechanic from the district visits every pump twice a year.",
    ]
    rows = [
        ("The project repaired 37 wells in the district of Lower Sanorra.", "supported"),
        ("The project repaired 52 wells in the district of Lower Sanorra.", "partially_supported"),
        ("A volcano closed the airport of Port Ilma.", "not_supported"),
    ]
    given = [json.dumps({"claim": claim, "evidence": evidence, "label": label}) for claim, label in rows]
    (tmp_path / "claim.dev.jsonl").write_text("\n".join(given), encoding="utf-8")
    lines: list[str] = []
    whole, partly = wice.measure(tmp_path, None, lines.append)
    assert (whole.value, whole.n, partly.value, partly.n) == (1.0, 3, 1.0, 2)
    assert lines == ["wice: 3 of 3 claims"]


def test_the_table_sets_ours_beside_theirs() -> None:
    rows = table(
        [
            Figure("squad2", "paragraph hit@1", 0.9, 1234),
            Figure("xquad", "ZH > EN, nDCG@10", 0.8125, 10, share=False),
            Figure("nomiracl", "EN, answers when it should refuse", float("nan"), 0),
        ]
    ).splitlines()
    assert rows[2] == "| SQuAD 2.0, half dev | paragraph hit@1 | 90.0 % | 1,234 | BM25 80.0 |"
    assert rows[3] == "| XQuAD | ZH > EN, nDCG@10 | 0.812 | 10 |  |"
    assert "| no case | 0 | GPT-4 42" in rows[4]


def test_every_published_figure_has_one_of_ours() -> None:
    """A measure that is renamed would lose its neighbour in silence."""
    ours = {(figure.set, figure.measure) for measure in figures.MEASURES.values() for figure in measure([])}
    ours |= {("wice", "AUC, supported against partly")}
    assert PUBLISHED.keys() <= ours
