"""A refusal is told to the library's keeper with what stood nearest; an answer or a person's case is not."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from assistant.answer import AssistantError, Filters, Receipt, Refusal
from assistant.gaps import tell
from assistant.web.conversation import Exchange
from ingest.gaps import Gaps
from tests.assistant.test_export import QUOTED, REFUSED


def test_told_once_with_what_stood_nearest(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    exchange = Exchange("And the moon?", "Mali", result=REFUSED)
    tell(tmp_path, "ana", exchange)
    tell(tmp_path, "ana", exchange)
    (gap,) = Gaps(tmp_path).all()
    assert (gap.id, gap.question, gap.language, gap.filters) == (exchange.id, "moon?", "en", "Mali")
    assert (gap.generation, gap.nearest, gap.who) == ("0007", ("Итоговая оценка программы",), "ana")
    assert exchange.id in caplog.text
    assert "moon" not in caplog.text


def test_what_cannot_be_told(tmp_path: Path) -> None:
    for exchange in (Exchange("q"), Exchange("q", result=QUOTED)):
        with pytest.raises(AssistantError, match="without an answer"):
            tell(tmp_path, "ana", exchange)
    case = "Ahmed Hassan, 34, asylum claim rejected, what can he do?"
    refused = Refusal(case, "en", "No.", (), Receipt("1", {}, {}, Filters(), (), 1))
    with pytest.raises(AssistantError, match="person’s case"):
        tell(tmp_path, "ana", Exchange("short", result=refused))
    assert not list(tmp_path.iterdir())


def test_a_list_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "gaps.sqlite").write_bytes(b"something else" * 100)
    with pytest.raises(AssistantError, match="cannot be used"):
        tell(tmp_path, "ana", Exchange("moon?", result=REFUSED))
