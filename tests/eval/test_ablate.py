"""Parts left out: the constants come back, the table says what was lost."""

from __future__ import annotations

from pathlib import Path

import pytest

import assistant.search as search
from assistant.chat import Assistant
from eval.ablate import PARTS, SHOWN, ablate, table, without
from eval.measures import METRICS

BANK = Path(__file__).parents[2] / "eval" / "banks" / "sample.jsonl"


def test_every_part_names_a_constant_or_setting_that_exists(assistant: Assistant) -> None:
    for part in PARTS:
        assert part.constants or part.settings
        assert all(hasattr(module, name) for module, values in part.constants for name in values)
        assert all(hasattr(assistant.settings, name) for name in part.settings)
    assert set(SHOWN) <= {metric.name for metric in METRICS}


def test_constants_come_back_also_after_an_error() -> None:
    before = search.LEXICAL
    with without(PARTS[0]):
        assert search.LEXICAL == 0.0
    with pytest.raises(KeyError), without(PARTS[0]):
        raise KeyError
    assert before == search.LEXICAL


def test_a_broken_part_is_seen_in_the_table(assistant: Assistant, tmp_path: Path) -> None:
    few = tmp_path / "few.jsonl"
    few.write_text("".join(BANK.read_text(encoding="utf-8").splitlines(keepends=True)[:4]), encoding="utf-8")
    told: list[str] = []
    whole, found = ablate(
        assistant.settings,
        assistant.embedder,
        few,
        lambda what: lambda done, total: told.append(f"{what} {done}/{total}"),
        parts=PARTS[-2:],
    )
    assert told[-1] == f"without {PARTS[-1].name} 4/4"
    lines = table(whole, found).splitlines()
    assert [line.split(" | ")[0] for line in lines[2:]] == [
        "| everything",
        *(f"| without: {part.name}" for part in PARTS[-2:]),
    ]
