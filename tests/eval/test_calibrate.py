"""A threshold chosen from kept runs."""

from __future__ import annotations

import pytest

from eval.calibrate import pairs, rates, report
from eval.results import EvalError, Question, Result, Run


def run(name: str, rows: list[tuple[float | None, bool]]) -> Run:
    questions = tuple(Question(str(n), "?", answerable=good) for n, (_, good) in enumerate(rows))
    results = tuple(
        Result(str(n), True, "?", "en", (), receipt={"settings": {"evidence": value}})
        for n, (value, _) in enumerate(rows)
    )
    return Run(name, "", "", "", "", 0, {}, {}, {}, questions, results)


def test_rates_are_given_for_each_run() -> None:
    runs = [run("0001", [(0.9, True), (0.1, False)]), run("0002", [(0.8, True), (0.95, False), (None, True)])]
    found = report(runs)
    assert found.threshold == 0.8
    assert [str(rate) for rate in found.rates] == [
        "run 0001: refuses 0 of 1 answerable questions, answers 0 of 1 unanswerable ones",
        "run 0002: refuses 0 of 1 answerable questions, answers 1 of 1 unanswerable ones",
    ]
    assert str(found).startswith("threshold 0.800, AUC 0.50")
    assert rates(pairs(runs[0]), 0.95)[0].wrong_refusals == 1


def test_questions_of_one_sort_are_refused() -> None:
    with pytest.raises(EvalError, match="both sorts"):
        report([run("0001", [(0.9, True)])])
