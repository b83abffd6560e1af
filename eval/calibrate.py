"""The gate's threshold, from kept runs: the evidence of each question, and whether it could be answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.gate import calibrate
from eval.results import EvalError, Run
from eval.statistics import auc


@dataclass(frozen=True)
class Pair:
    """A question's evidence, 0 to 1, and whether the documents answer it; `run` is where it was asked."""

    run: str
    evidence: float
    answerable: bool


@dataclass(frozen=True)
class Rates:
    """What a threshold does on one run."""

    run: str
    answerable: int
    unanswerable: int
    wrong_refusals: int
    wrong_answers: int

    def __str__(self) -> str:
        return (
            f"run {self.run}: refuses {self.wrong_refusals} of {self.answerable} answerable questions, "
            f"answers {self.wrong_answers} of {self.unanswerable} unanswerable ones"
        )


@dataclass(frozen=True)
class Report:
    """The threshold chosen, its rates for each run, and how well evidence tells both sorts apart (AUC)."""

    threshold: float
    rates: tuple[Rates, ...]
    auc: float | None

    def __str__(self) -> str:
        shown = "nothing to tell apart" if self.auc is None else f"AUC {self.auc:.2f}"
        return "\n".join([f"threshold {self.threshold:.3f}, {shown}", *map(str, self.rates)])


def pairs(run: Run) -> list[Pair]:
    """The run's questions that were weighed: not those that ended before (a missing name, an error)."""
    found = []
    for question, result in zip(run.questions, run.results, strict=True):
        evidence = result.receipt.get("settings", {}).get("evidence")
        if evidence is not None:
            found.append(Pair(run.name, float(evidence), question.answerable))
    return found


def report(runs: Sequence[Run], most_wrong_refusals: float = 0.05) -> Report:
    """The threshold for these runs, refusing at most so many of the answerable questions.

    Raises EvalError where no question is answerable, or every one is.
    """
    listed = [pair for run in runs for pair in pairs(run)]
    try:
        threshold = calibrate([(pair.evidence, pair.answerable) for pair in listed], most_wrong_refusals)
    except ValueError as error:
        raise EvalError(f"calibration needs questions of both sorts: {error}") from error
    found = auc([pair.evidence for pair in listed], [pair.answerable for pair in listed])
    return Report(threshold, rates(listed, threshold), found)


def rates(listed: Sequence[Pair], threshold: float) -> tuple[Rates, ...]:
    """What `threshold` does on each run of `listed`."""
    found = []
    for run in dict.fromkeys(pair.run for pair in listed):
        good = [pair.evidence for pair in listed if pair.run == run and pair.answerable]
        bad = [pair.evidence for pair in listed if pair.run == run and not pair.answerable]
        wrong = sum(value < threshold for value in good), sum(value >= threshold for value in bad)
        found.append(Rates(run, len(good), len(bad), *wrong))
    return tuple(found)
