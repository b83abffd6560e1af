"""The gate's types: results come back whole from their file, and gates are found by entry point."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from ingest import gate
from ingest.gate import Changed, GateRequest, GateResult, ask_gate, gate_for, keep, kept
from ingest.library import GenerationInfo, LibraryError
from ingest.settings import IngestSettings

RESULT = GateResult(
    False,
    "Generation 0002 falls short.",
    1,
    2,
    (Changed("Combien ?", "45 [a.pdf, p. 1]", "", "worse", "Document withdrawn: a.pdf.", "q1"),),
    "0007",
    "0002.html",
    ("Facts: 0.1, the floor is 0.5",),
    ("q9",),
)


def built(root: Path, created: str, name: str = "0002") -> None:
    place = root / "generations" / name
    place.mkdir(parents=True, exist_ok=True)
    info = GenerationInfo(name, created, None, {"embedding": {}})
    (place / "generation.json").write_text(json.dumps(asdict(info)), encoding="utf-8")


def test_a_result_comes_back_whole(tmp_path: Path) -> None:
    built(tmp_path, "2026-01-01T00:00:00+00:00")
    assert kept(tmp_path, "0002") is None
    keep(tmp_path, "0002", RESULT)
    assert kept(tmp_path, "0002") == RESULT
    assert [item.name for item in (tmp_path / "gates").iterdir()] == ["0002.json"]


def test_a_result_is_of_one_generation_and_not_of_the_next_of_its_name(tmp_path: Path) -> None:
    built(tmp_path, "2026-01-01T00:00:00+00:00")
    keep(tmp_path, "0002", RESULT)
    built(tmp_path, "2026-01-02T00:00:00+00:00")
    assert kept(tmp_path, "0002") is None


def test_a_damaged_result_is_none(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "gates").mkdir()
    (tmp_path / "gates" / "0002.json").write_text('{"created": ""', encoding="utf-8")
    assert kept(tmp_path, "0002") is None
    assert "cannot be read" in caplog.text


def test_the_evaluators_gate_is_installed() -> None:
    assert gate_for().__module__ == "eval.publishing"


def test_no_gate_installed_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "entry_points", lambda **wanted: ())
    with pytest.raises(LibraryError, match='no gate is installed under the name "bank"; install'):
        gate_for()


def test_what_the_gate_says_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Point:
        def load(self) -> Any:
            return lambda request: RESULT

    monkeypatch.setattr(gate, "entry_points", lambda **wanted: (Point(),))
    request = GateRequest(
        tmp_path, "0002", None, tmp_path / "bank.jsonl", None, IngestSettings(), lambda *each: None
    )
    assert ask_gate(request) == RESULT
    assert kept(tmp_path, "0002") == RESULT
