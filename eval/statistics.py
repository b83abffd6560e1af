"""The statistics of the instrument: intervals, paired tests, agreement; no more than a verdict needs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Z = 1.959963984540054  # the normal quantile of a two-sided 95 % interval
RESAMPLES = 2_000
SEED = 0


@dataclass(frozen=True)
class Interval:
    """A value with its 95 % interval; all three None where there was nothing to measure (n is 0).

    n: what was counted (questions, or quotes, facts, sentences). excluded: questions to which the measure
    does not apply. hits: of a rate, value * n; None for a mean.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    excluded: int = 0
    hits: int | None = None


@dataclass(frozen=True)
class Refusals:
    """How well refusals tell absent answers from present ones; f1 None where precision or recall is."""

    precision: Interval
    recall: Interval
    f1: float | None


def wilson(hits: int, n: int, *, excluded: int = 0) -> Interval:
    """A rate with its score interval (Wilson 1927, J. Am. Stat. Assoc. 22:209): right for few questions and
    for rates near 0 and 1, where the textbook interval is not."""
    if not 0 <= hits <= n:
        raise ValueError(f"hits must be 0 to n, not {hits} of {n}")
    if not n:
        return Interval(None, None, None, 0, excluded, 0)
    rate, z2 = hits / n, Z * Z
    middle = (rate + z2 / (2 * n)) / (1 + z2 / n)
    half = Z / (1 + z2 / n) * math.sqrt(rate * (1 - rate) / n + z2 / (4 * n * n))
    low = 0.0 if hits == 0 else middle - half
    high = 1.0 if hits == n else middle + half
    return Interval(rate, low, high, n, excluded, hits)


def bootstrap_mean(values: Sequence[float], *, seed: int = SEED, excluded: int = 0) -> Interval:
    """A mean over questions with its percentile bootstrap interval (Efron 1979, Ann. Stat. 7:1)."""
    if not values:
        return Interval(None, None, None, 0, excluded)
    data = np.asarray(values, dtype=np.float64)
    low, high = _percentiles(lambda rows: data[rows].mean(axis=1), len(data), seed)
    return Interval(float(data.mean()), low, high, len(data), excluded)


def pooled_rate(counts: Sequence[tuple[int, int]], *, seed: int = SEED, excluded: int = 0) -> Interval:
    """Hits of units (facts, quotes, sentences), pooled over questions, each of which gives (hits, units).

    Units of one question are not independent, so whole questions are resampled (the bootstrap of a ratio,
    Efron 1979). Where all or none hit, resampling shows no spread; then it is Wilson over the questions.
    """
    if any(not 0 <= hits <= units for hits, units in counts):
        raise ValueError("hits must be 0 to the number of units")
    data = np.asarray([pair for pair in counts if pair[1]], dtype=np.int64).reshape(-1, 2)
    questions, (hits, units) = len(data), (int(total) for total in data.sum(axis=0))
    if hits in (0, units):
        by_question = wilson(questions if hits else 0, questions)
        return Interval(by_question.value, by_question.low, by_question.high, units, excluded, hits)

    def ratios(rows: NDArray[Any]) -> NDArray[Any]:
        sums = data[rows].sum(axis=1)
        return np.asarray(sums[:, 0] / sums[:, 1])

    low, high = _percentiles(ratios, questions, seed)
    return Interval(hits / units, low, high, units, excluded, hits)


def _percentiles(statistic: Callable[[NDArray[Any]], NDArray[Any]], n: int, seed: int) -> tuple[float, float]:
    """2.5th and 97.5th percentile of `statistic` over resamples; it gets rows of n indices."""
    generator = np.random.default_rng(seed)
    blocks = [statistic(generator.integers(0, n, (100, n))) for _ in range(RESAMPLES // 100)]
    low, high = np.percentile(np.concatenate(blocks), (2.5, 97.5))
    return float(low), float(high)


def mcnemar_exact(gained: int, lost: int) -> float:
    """Two-sided p of a paired change (McNemar 1947, Psychometrika 12:153; the exact binomial form).

    Of questions that changed, each direction is equally likely if nothing has changed; 1.0 if none did.
    """
    n = gained + lost
    tail = sum(math.comb(n, k) for k in range(min(gained, lost) + 1))
    return min(1.0, 2 * tail / (1 << n))


def smallest_difference(n: int, *, level: float = 0.05) -> float | None:
    """The smallest paired difference of rates that n questions could show (exact McNemar, p < level).

    All changes go one way: at 0.05, 6 gained and none lost (p = 0.031), so 6/n. None where n is too small.
    """
    flips = next((k for k in range(n + 1) if mcnemar_exact(k, 0) < level), None)
    return None if flips is None else flips / n


def cohen_kappa(one: Sequence[Hashable], two: Sequence[Hashable]) -> float | None:
    """Agreement of two raters beyond chance (Cohen 1960, Educ. Psychol. Meas. 20:37), unweighted.

    None where it is undefined: no items, or both gave one and the same label throughout.
    """
    if len(one) != len(two):
        raise ValueError(f"both raters rate the same items, not {len(one)} and {len(two)}")
    n = len(one)
    first, second = Counter(one), Counter(two)
    chance = sum(first[label] * second[label] for label in first)  # times n * n
    if not n or chance == n * n:
        return None
    agreed = sum(a == b for a, b in zip(one, two, strict=True))
    return (agreed * n - chance) / (n * n - chance)


def auc(scores: Sequence[float], positive: Sequence[bool]) -> float:
    """How often a positive scores above a negative, ties as halves (Mann and Whitney 1947, by mid-ranks).

    nan where one sort is missing.
    """
    values, good = np.asarray(scores, float), np.asarray(positive, bool)
    n, m = int(good.sum()), int((~good).sum())
    if not n or not m:
        return float("nan")
    _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[which]
    return float((ranks[good].sum() - n * (n + 1) / 2) / (n * m))


def percentile(values: Sequence[float], q: float) -> float | None:
    """The q-th percentile (0 to 100), linear between values; None where there are none."""
    return float(np.percentile(np.asarray(values, dtype=np.float64), q)) if values else None


def refusal_rates(right: int, wrong: int, missed: int) -> Refusals:
    """Refusing as retrieval of what is absent: precision, recall, F1 (van Rijsbergen 1979).

    right: absent and refused. wrong: answerable and refused. missed: absent and answered.
    """
    precision, recall = wilson(right, right + wrong), wilson(right, right + missed)
    known = precision.value is not None and recall.value is not None
    return Refusals(precision, recall, 2 * right / (2 * right + wrong + missed) if known else None)
