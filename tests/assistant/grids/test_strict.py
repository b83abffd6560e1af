"""What a draft has to say to be called an answer: its concepts together, as they are meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.chat import Assistant
from assistant.grids.checklist import checklist
from assistant.grids.guiding import Item

CHILDREN = "How many children have parents who work abroad?"
APART = """# Schools

In 2021 the schools of the two provinces taught 48,000 children, and 90 per cent of them finished the year.

# Work

The ministry counts 12,000 parents in the public works programme of the northern districts.
"""
TOGETHER = """# Schools

In 2021 some 48,000 children had parents who worked abroad; their grandparents care for most of them.
"""
SEATS = "Which seats do associations of migrants or of the diaspora have in the steering committee?"


def verdict(assistant: Assistant, folder: Path, question: str, text: str) -> str:
    path = folder / "draft.md"
    path.write_text(text, encoding="utf-8")
    (checked,) = checklist(assistant, [Item(question)], path, examples=False).checked
    return checked.verdict


def test_concepts_far_from_each_other_are_no_answer(assistant: Assistant, tmp_path: Path) -> None:
    assert verdict(assistant, tmp_path, CHILDREN, APART) != "answered"
    assert verdict(assistant, tmp_path, CHILDREN, TOGETHER) == "answered"


@pytest.mark.parametrize("who", ["migrants", "the diaspora"])
def test_of_two_alternatives_one_will_do(assistant: Assistant, tmp_path: Path, who: str) -> None:
    text = f"# Steering\n\nAssociations of {who} have two seats in the steering committee of the Framework.\n"
    assert verdict(assistant, tmp_path, SEATS, text) == "answered"
    both = SEATS.replace(" or ", " and ")
    assert verdict(assistant, tmp_path, both, text) == "partly"


def test_an_agency_is_no_topic(assistant: Assistant, tmp_path: Path) -> None:
    question = "Where do the refugees come from, and how many are they?"
    text = "# Partners\n\nThe register is kept by 12 offices of the ministry; partners: UNHCR and UNICEF.\n"
    assert verdict(assistant, tmp_path, question, text) == "missing"


def test_words_of_a_phrase_at_the_two_ends_of_a_sentence_are_not_it(
    assistant: Assistant, tmp_path: Path
) -> None:
    question = "How are the personal data of migrants protected?"
    text = (
        "# Theory of change\n\nIf municipalities plan with data on the migrants who leave and what they send"
        " home, and if they move under contracts that protect them, migration will widen their choices.\n"
    )
    assert verdict(assistant, tmp_path, question, text) != "answered"
