"""Ratings are kept, replaced and compared; nobody's rating is lost to somebody else's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from eval.ratings import Rating, Verdict, agreement, by_rater, rate, rater_name, ratings
from eval.results import EvalError


def test_a_rating_is_kept_and_a_later_one_takes_its_place(tmp_path: Path) -> None:
    assert ratings(tmp_path, "0001") == ()
    assert list(tmp_path.iterdir()) == []  # reading makes no file
    rate(tmp_path, "0001", "q1", "Anna  Bee ", "right", True)
    kept = rate(tmp_path, "0001", "q1", "anna bee", "partly", False)
    rate(tmp_path, "0001", "q1", "C.", "wrong", False)
    rate(tmp_path, "0002", "q1", "C.", "right", True)
    assert ratings(tmp_path, "0001")[0] == kept
    assert [(each.rater, each.verdict, each.page_bears) for each in ratings(tmp_path, "0001")] == [
        ("anna bee", "partly", False),
        ("C.", "wrong", False),
    ]
    assert [each.verdict for each in ratings(tmp_path, "0002")] == ["right"]


@pytest.mark.parametrize("name", ["", "  \n\t ", "\x00\x1b"])
def test_a_rater_has_a_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(EvalError, match="name or initials"):
        rate(tmp_path, "0001", "q1", name, "right", True)


def test_names_are_short_and_plain() -> None:
    assert rater_name("  Zoé\x00 \u202eB. ") == "Zoé B."
    with pytest.raises(EvalError, match="shorten it to 60"):
        rater_name("x" * 61)


def test_a_verdict_is_one_of_three(tmp_path: Path) -> None:
    with pytest.raises(EvalError, match="right, partly, wrong, not 'perfect'"):
        rate(tmp_path, "0001", "q1", "A", "perfect", True)


def test_what_is_typed_stays_words(tmp_path: Path) -> None:
    rater = "'); DROP TABLE ratings; --"
    rate(tmp_path, "0001", "q'1", rater, "right", True)
    assert [(each.rater, each.question) for each in ratings(tmp_path, "0001")] == [(rater, "q'1")]


def test_many_raters_at_once_lose_nothing(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: rate(tmp_path, "0001", f"q{n % 5}", f"rater {n}", "right", True), range(40)))
    assert len(ratings(tmp_path, "0001")) == 40


def rated(rater: str, *verdicts: tuple[Verdict, bool]) -> list[Rating]:
    return [
        Rating("0001", f"q{n}", rater, *each, f"2026-01-01T00:00:{n:02}") for n, each in enumerate(verdicts)
    ]


def test_agreement_of_two_people() -> None:
    anna = rated(
        "Anna", ("right", True), ("right", True), ("wrong", False), ("partly", True), ("right", True)
    )
    bo = rated("Bo", ("right", True), ("partly", True), ("wrong", False), ("partly", False))
    (pair,) = agreement([*bo, *anna])
    assert (pair.raters, pair.answers, pair.same_verdict, pair.same_page) == (("Anna", "Bo"), 4, 3, 3)
    # By hand: 3/4 agreed; by chance (2*1 + 1*2 + 1*1) / 16 = 5/16; (12 - 5) / (16 - 5).
    assert pair.verdict_kappa == pytest.approx(7 / 11)
    assert [(each.question, each.verdicts, each.page_bears) for each in pair.differences] == [
        ("q1", ("right", "partly"), (True, True)),
        ("q3", ("partly", "partly"), (True, False)),
    ]
    assert pair.sentences == (
        "Anna and Bo rated the same 4 answers and give the same verdict on 3."
        " Beyond chance that is substantial agreement (Cohen's kappa 0.64).",
        "On whether the cited page bears the answer out they agree on 3 of 4."
        " Beyond chance that is moderate agreement (Cohen's kappa 0.50).",
    )


def test_agreement_that_cannot_be_told_from_chance() -> None:
    same = [*rated("A", ("right", True)), *rated("B", ("right", True))]
    (pair,) = agreement(same)
    assert pair.verdict_kappa is None
    assert "kappa is undefined" in pair.sentences[0]
    assert agreement(rated("A", ("right", True))) == ()
    assert len(agreement([*same, *rated("C", ("wrong", False))])) == 3


def test_one_person_is_one_person_whatever_the_capitals() -> None:
    found = [*rated("anna", ("right", True)), Rating("0001", "q9", "ANNA", "wrong", False, "2026-02-01")]
    assert list(by_rater(found)) == ["ANNA"]
    assert agreement(found) == ()
