"""What the screen keeps of a question while it is answered, and what it never writes into a log."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.kept import INTERRUPTED, Conversations, keeping
from assistant.web import feedback, handlers
from assistant.web.conversation import Conversation, Exchange

UNSET: tuple[Any, ...] = ([], [], [], [], "", "", [])


def test_steps_are_kept_as_they_pass(engine: Any, tmp_path: Path) -> None:
    store = Conversations(tmp_path)

    def steps(question: str) -> Iterator[Conversation]:
        return keeping(store, "ana", handlers.answering(engine, Conversation(), Exchange(question), UNSET))

    seen = []
    for conversation in steps("write of income"):
        seen.append(store.open("ana", conversation.id).exchanges[-1].problem == INTERRUPTED)
    assert seen[0]
    assert not seen[-1]
    assert store.open("ana", conversation.id).exchanges == (
        replace(conversation.exchanges[-1], html="", written=()),
    )
    *_, failed = steps("broken")
    assert store.open("ana", failed.id).exchanges[-1].problem == failed.exchanges[-1].problem


def test_no_question_in_any_log(assistant: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Asked, followed up, refused, judged and searched again, through the handlers."""
    caplog.set_level(logging.INFO)
    store = Conversations(tmp_path)
    conversation = Conversation()
    questions = (*assistant.example_questions()[:1], "And what of Zanzibarmarker?", "Tea on Endormarker?")
    for question in questions:
        steps = handlers.answering(assistant, conversation, Exchange(question), UNSET)
        *_, conversation = keeping(store, "ana", steps)
        assert conversation.exchanges[-1].result is not None
    sent = {"answer": conversation.exchanges[0].id, "verdict": "right", "comment": "Commentmarker"}
    feedback.kept(tmp_path, conversation, sent)
    store.list("ana", "Searchmarker")
    store.delete_all("ana")
    assert caplog.records
    for words in (*questions, "marker"):
        assert words.lower() not in caplog.text.lower()
