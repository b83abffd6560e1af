"""Statistics against values worked out on paper or printed in the literature."""

from __future__ import annotations

import pytest

from eval.statistics import (
    RESAMPLES,
    bootstrap_mean,
    cohen_kappa,
    mcnemar_exact,
    percentile,
    pooled_rate,
    refusal_rates,
    smallest_difference,
    wilson,
)


def test_wilson_of_nineteen_in_twenty() -> None:
    # z² = 3.8415; middle (0.95 + 3.8415/40) / (1 + 3.8415/20) = 0.8775; half 0.1136
    interval = wilson(19, 20, excluded=3)
    assert interval.value == pytest.approx(0.95)
    assert (interval.low, interval.high) == pytest.approx((0.7639, 0.9911), abs=1e-4)
    assert (interval.n, interval.excluded, interval.hits) == (20, 3, 19)


def test_wilson_at_the_ends() -> None:
    # All of n: low is n / (n + z²); 10 / 13.8415 = 0.7225
    assert wilson(10, 10).low == pytest.approx(0.7225, abs=1e-4)
    assert wilson(10, 10).high == 1
    assert wilson(0, 10).low == 0
    assert wilson(0, 10).high == pytest.approx(0.2775, abs=1e-4)


def test_wilson_of_nothing_and_of_nonsense() -> None:
    nothing = wilson(0, 0)
    assert (nothing.value, nothing.low, nothing.high, nothing.n) == (None, None, None, 0)
    with pytest.raises(ValueError, match="0 to n"):
        wilson(3, 2)


def test_bootstrap_mean() -> None:
    # 0 and 1 in halves, n 100: the standard error is 0.05, so about 0.4 to 0.6
    interval = bootstrap_mean([0.0, 1.0] * 50)
    assert interval.value == 0.5
    assert (interval.low, interval.high) == pytest.approx((0.4, 0.6), abs=0.02)
    assert interval == bootstrap_mean([0.0, 1.0] * 50)
    uneven = [float(number**2) for number in range(37)]
    assert bootstrap_mean(uneven) != bootstrap_mean(uneven, seed=1)
    assert RESAMPLES == 2_000
    constant = bootstrap_mean([3.0, 3.0])
    assert (constant.value, constant.low, constant.high, constant.hits) == (3, 3, 3, None)
    assert bootstrap_mean([]).value is None


def test_pooled_rate_resamples_questions_not_facts() -> None:
    # Ten questions of ten facts, five all met and five not at all: as wide as ten answers, not as a hundred
    interval = pooled_rate([(10, 10)] * 5 + [(0, 10)] * 5 + [(0, 0)], excluded=1)
    assert (interval.value, interval.n, interval.hits, interval.excluded) == (0.5, 100, 50, 1)
    assert interval.low is not None
    assert interval.high is not None
    assert interval.high - interval.low > 0.5


def test_pooled_rate_without_spread_is_wilson_over_questions() -> None:
    interval = pooled_rate([(3, 3)] * 10)
    assert (interval.value, interval.n, interval.hits) == (1, 30, 30)
    assert interval.low == pytest.approx(0.7225, abs=1e-4)
    assert pooled_rate([(0, 3)] * 10).high == pytest.approx(0.2775, abs=1e-4)
    assert pooled_rate([]).value is None
    with pytest.raises(ValueError, match="hits"):
        pooled_rate([(2, 1)])


@pytest.mark.parametrize(
    ("gained", "lost", "p"),
    [
        (0, 0, 1.0),
        (1, 1, 1.0),
        (5, 0, 2 / 32),
        (6, 0, 2 / 64),
        (0, 6, 2 / 64),
        (14, 3, 2 * (1 + 17 + 136 + 680) / 2**17),  # 0.0127
        (3, 3, 1.0),
    ],
)
def test_mcnemar(gained: int, lost: int, p: float) -> None:
    assert mcnemar_exact(gained, lost) == pytest.approx(p)


def test_mcnemar_of_many() -> None:
    assert 0 <= mcnemar_exact(3000, 2000) < 1e-40


def test_smallest_difference() -> None:
    assert smallest_difference(60) == pytest.approx(0.1)
    assert smallest_difference(6) == 1
    assert smallest_difference(5) is None
    assert smallest_difference(8, level=0.01) == 1  # 2 / 256 = 0.0078


def test_kappa() -> None:
    # 50 items: both yes 20, both no 15, yes/no 5, no/yes 10; 0.7 agreed, 0.5 by chance: 0.4
    one = ["yes"] * 25 + ["no"] * 25
    two = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    assert cohen_kappa(one, two) == pytest.approx(0.4)
    assert cohen_kappa([1, 2], [1, 2]) == 1
    assert cohen_kappa([1, 2], [2, 1]) == -1
    assert cohen_kappa([1, 1], [1, 1]) is None
    assert cohen_kappa([], []) is None
    with pytest.raises(ValueError, match="same items"):
        cohen_kappa([1], [])


def test_percentile() -> None:
    assert percentile([1, 2, 3, 4], 50) == 2.5
    assert percentile([0, 10], 95) == pytest.approx(9.5)
    assert percentile([], 95) is None


def test_refusal_rates() -> None:
    # 8 right, 2 wrong, 4 missed: precision 8/10, recall 8/12, F1 16/22
    rates = refusal_rates(8, 2, 4)
    assert rates.precision.value == pytest.approx(0.8)
    assert rates.recall.value == pytest.approx(2 / 3)
    assert rates.f1 == pytest.approx(16 / 22)
    assert refusal_rates(0, 0, 4).f1 is None
    assert refusal_rates(0, 2, 4).f1 == 0
