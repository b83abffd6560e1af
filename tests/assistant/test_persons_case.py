"""A question that holds a person's case is told from one about programmes, in six languages.

persons_case.jsonl holds 60 invented cases and 60 invented ordinary questions, ten of each a language.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from assistant.persons_case import case_words, seems_a_case
from assistant.web import privacy
from assistant.web.conversation import Conversation

SAMPLES: list[dict[str, Any]] = [
    json.loads(line)
    for line in Path(__file__).with_name("persons_case.jsonl").read_text(encoding="utf-8").splitlines()
]


def test_the_samples_are_what_is_said() -> None:
    counted = Counter((each["language"], each["case"]) for each in SAMPLES)
    assert set(counted.values()) == {10}
    assert len(counted) == 12
    assert len({each["question"] for each in SAMPLES}) == 120


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda each: each["question"][:40])
def test_cases_are_told_from_questions_about_programmes(sample: dict[str, Any]) -> None:
    assert seems_a_case(sample["question"]) is sample["case"], case_words(sample["question"])


@pytest.mark.skipif("SHARED_DATA" not in os.environ, reason="SHARED_DATA names no folder of test data")
def test_no_false_alarm_on_a_real_bank() -> None:
    bank = Path(os.environ["SHARED_DATA"]) / "banks" / "dev.jsonl"
    if not bank.is_file():
        pytest.skip("no bank in SHARED_DATA")
    questions = [json.loads(line)["question"] for line in bank.read_text(encoding="utf-8").splitlines()]
    assert len(questions) > 50
    assert [each for each in questions if seems_a_case(each)] == []


def test_the_notice_says_what_was_seen() -> None:
    question, none = "Ahmed Hassan, 34, asylum claim rejected, what can he do?", Conversation()
    said = privacy.words(question, none, "en")
    assert "“Ahmed Hassan, 34”" in said
    assert "not kept" in said
    assert "«Ahmed Hassan, 34»" in privacy.words(question, none, "ar")
    assert privacy.words("What does the evaluation say?", none, "en") == ""


@pytest.mark.parametrize(
    "text", ["", " ", "?", "\x00", "a" * 2000, "he " * 600, "A" * 2000, "Aa " * 600, "12 " * 600]
)
def test_no_text_takes_long(text: str) -> None:
    assert case_words(text) == ()
