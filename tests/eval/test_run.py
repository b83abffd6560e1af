"""The sample bank put to the sample documents: runs are kept, come back whole, and repeat themselves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.chat import Assistant
from eval.bank import load_bank, write_bank
from eval.results import EvalError
from eval.run import Runs, run_bank, search_and_ask
from eval.summary import summary

SAMPLE = Path(__file__).parents[2] / "eval" / "banks" / "sample.jsonl"


def test_a_run_is_kept_and_repeats_itself(assistant: Assistant, tmp_path: Path) -> None:
    bank = tmp_path / "bank.jsonl"
    write_bank(load_bank(SAMPLE)[:8], bank)
    told: list[tuple[int, int]] = []
    made = run_bank(assistant, bank, lambda done, total: told.append((done, total)))
    runs = Runs(tmp_path)
    first = runs.keep(made)
    assert first.name == "0001"
    assert runs.load("1") == first
    second = runs.keep(run_bank(assistant, bank, lambda done, total: None))
    assert runs.names() == ["0001", "0002"]
    # Quoting is deterministic: times apart, the same questions get the same answers.
    assert [replace(each, seconds=0, receipt={}) for each in first.results] == [
        replace(each, seconds=0, receipt={}) for each in second.results
    ]
    assert told[0] == (0, 8)
    assert told[-1] == (8, 8)
    found = summary(first)
    assert found["verbatim"].value == 1.0
    assert found["errors"].value == 0.0
    assert found["hit5"].value is not None
    assert found["hit5"].value > 0.5
    assert first.models["embedding"]["hash"]


def test_a_run_forgets_what_was_read_before(assistant: Assistant, tmp_path: Path) -> None:
    bank = tmp_path / "bank.jsonl"
    write_bank(load_bank(SAMPLE)[:1], bank)
    assert assistant.chain.reader is not None
    memories = [assistant.chain.reader._remembered, assistant.embedder._remembered]
    run_bank(assistant, bank, lambda done, total: None)
    first = [memory.cache_info() for memory in memories]
    run_bank(assistant, bank, lambda done, total: None)
    assert [memory.cache_info() for memory in memories] == first  # as much was worked out anew
    assert all(memory.misses for memory in first)


def test_a_question_that_ends_in_an_error_is_kept_with_its_problem(assistant: Assistant) -> None:
    question = replace(load_bank(SAMPLE)[0], question="?")
    result = search_and_ask(assistant, question)
    assert not result.answered
    assert "empty" in result.problem


def test_unknown_and_damaged_runs_are_named(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    with pytest.raises(EvalError, match="none yet"):
        runs.load("3")
    runs.folder.mkdir()
    (runs.folder / "0003.json").write_text("{}", encoding="utf-8")
    with pytest.raises(EvalError, match="damaged"):
        runs.load("3")


def test_the_tenth_thousandth_run_comes_after_the_one_before(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    runs.folder.mkdir()
    for name in ("9999", "10000", "notes"):
        (runs.folder / f"{name}.json").write_text("{}", encoding="utf-8")
    assert runs.names() == ["9999", "10000"]
