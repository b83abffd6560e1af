"""Two runs compared, and what the gate lets nobody publish."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from eval.compare import Change, against, below, compare, load_floors, power, repeated
from eval.measures import METRICS
from eval.results import Cited, EvalError, Found, Gold, Question, Result, Run, Said
from eval.statistics import bootstrap_mean, mcnemar_exact

MANY = 12


def answer(number: int, *, page: int = 1, text: str = "45 people came", verbatim: bool = True) -> Result:
    cited = Cited("a.pdf", page, str(page), text, verbatim, text)
    return Result(
        f"q{number}",
        True,
        "How many?",
        "en",
        (Found("a.pdf", 1, "p1"),),
        (Said(text, (cited,)),),
        seconds=0.1,
    )


def a_run(name: str, make: Callable[[int], Result] = answer) -> Run:
    questions = tuple(
        Question(f"q{n}", "How many?", facts=(("45",),), evidence=(Gold("a.pdf", 1, "45 people came"),))
        for n in range(MANY)
    )
    results = tuple(make(n) for n in range(MANY))
    return Run(name, "2026-01-01", "bank.jsonl", "0" * 64, "0001", 1, {}, {}, {}, questions, results)


GOOD = a_run("0001")


def test_a_run_does_not_differ_from_itself() -> None:
    assert {change.verdict for change in compare(GOOD, GOOD)} == {"no difference shown"}
    assert against(GOOD, GOOD) == []
    assert below(GOOD, {"hit1": 1.0, "cites_gold": 1.0, "wrong_refusals": 0.0}) == []


def test_a_handful_of_questions_shows_no_difference() -> None:
    def slower(count: int) -> Run:
        run = a_run("0002", lambda number: replace(answer(number), seconds=0.2 + number / 100))
        return replace(run, questions=run.questions[:count], results=run.results[:count])

    def latency(count: int) -> Change:
        before = replace(GOOD, questions=GOOD.questions[:count], results=GOOD.results[:count])
        return next(each for each in compare(before, slower(count)) if each.metric.name == "latency")

    assert (latency(5).verdict, latency(6).verdict) == ("no difference shown", "worse")
    assert latency(5).stops  # a person can overrule that


def test_a_broken_retriever_is_caught() -> None:
    def broken(number: int) -> Result:
        return replace(answer(number), found=(Found("b.pdf", 7, "p7"),))

    faults = against(GOOD, a_run("0002", broken))
    assert any("Right page found first (0 questions gained, 12 lost, p = 0.000)" in fault for fault in faults)
    assert below(a_run("0002", broken), {"hit5": 0.8}) == [
        "Right page among the first five: 0.000, the floor is 0.8"
    ]


def test_one_fabricated_quote_is_caught() -> None:
    faults = against(GOOD, a_run("0002", lambda number: answer(number, verbatim=number != 3)))
    assert faults == ["Quotes that stand word for word on their page: 91.7 %, and must be 100 %"]


def test_wrong_pages_are_caught() -> None:
    faults = against(GOOD, a_run("0002", lambda number: answer(number, page=2)))
    assert any("Answers that cite the right page" in fault for fault in faults)


def test_half_refusals_are_caught() -> None:
    hedged = "The documents do not say how many, but 45 people came."

    def half(number: int) -> Result:
        said = answer(number).sentences[0]
        return replace(answer(number), sentences=(replace(said, text=hedged),))

    faults = against(GOOD, a_run("0002", half))
    assert any("Answers that say they cannot say" in fault for fault in faults)


def test_five_lost_questions_show_nothing_and_six_do() -> None:
    def losing(count: int) -> Run:
        return a_run("0002", lambda number: answer(number, page=1 + (number < count)))

    five = {change.metric.name: change for change in compare(GOOD, losing(5))}["cites_gold"]
    six = {change.metric.name: change for change in compare(GOOD, losing(6))}["cites_gold"]
    assert (five.verdict, six.verdict) == ("no difference shown", "worse")  # p = 2/2^5 and 2/2^6
    assert six.lost == tuple(f"q{n}" for n in range(6))
    assert six.sentence(GOOD, losing(6)) == (
        "run 0002 is worse than run 0001: Answers that cite the right page"
        " (0 questions gained, 6 lost, p = 0.031)"
    )
    assert power(GOOD) == "12 questions can show a difference of 50 % or more"


def test_runs_of_different_banks_are_not_compared() -> None:
    with pytest.raises(EvalError, match="only runs of one bank"):
        compare(GOOD, replace(GOOD, bank_hash="1" * 64))


def test_a_floor_file_with_faults_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "floors.json"
    for content, message in (
        ("{", "cannot be read"),
        ("[]", "no JSON object"),
        ('{"hits": 1}', "no measure 'hits'"),
        ('{"hit1": true}', "give a number"),
    ):
        file.write_text(content, encoding="utf-8")
        with pytest.raises(EvalError, match=message):
            load_floors(file)
    file.write_text(json.dumps({"hit1": 1}), encoding="utf-8")
    assert load_floors(file) == {"hit1": 1.0}


@pytest.mark.parametrize(
    ("gained", "lost", "stops"),
    [(0, 4, True), (1, 6, True), (0, 3, False), (1, 5, False), (6, 1, False), (3, 3, False)],
)
def test_a_gate_takes_less_for_worse_than_a_comparison_does(gained: int, lost: int, stops: bool) -> None:
    """One-sided by hand: 4 of 4 lost 1/16, 6 of 7 lost 8/128; 3 of 3 lost 1/8, 5 of 6 lost 7/64."""
    ids = [str(number) for number in range(gained + lost)]
    rate = next(metric for metric in METRICS if metric.name == "hit5")
    change = Change(
        rate, tuple(ids[:gained]), tuple(ids[gained:]), mcnemar_exact(gained, lost), bootstrap_mean([])
    )
    assert change.stops is stops
    assert change.verdict == "no difference shown"


def test_answers_that_differ_where_nothing_changed_are_caught() -> None:
    first = replace(GOOD, program="p", settings={"composer": "quoting"})
    again = replace(first, name="0002")
    same = repeated(first, again)
    assert same is not None
    assert str(same).startswith(
        "12 of 12 questions put twice to one generation are answered the same, word for word (95 %"
    )
    assert against(first, again) == []

    other = replace(again, results=(answer(0, text="45 people came back"), *again.results[1:]))
    differs = repeated(first, other)
    assert differs is not None
    assert (differs.same.hits, differs.differ) == (11, ("q0",))
    assert against(first, other) == [str(differs)]
    assert str(differs).endswith("; not q0")
    # A language model may word its answer otherwise each time: told, and no fault.
    writing = {"composer": "writing"}
    assert against(replace(first, settings=writing), replace(other, settings=writing)) == []
    # Of another generation, program or setting answers may differ.
    for change in ({"generation": "0002"}, {"program": "q"}, {"settings": {"sentences": 3}}):
        assert repeated(first, replace(again, **change)) is None  # type: ignore[arg-type]
