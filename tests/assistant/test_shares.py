"""A link keeps its own copy of an answer, belongs to who made it, and is gone with the conversation."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from assistant.answer import AssistantError
from assistant.kept import Conversations
from assistant.shares import Shares
from assistant.web.conversation import Conversation, Exchange
from tests.assistant.test_kept_json import some_answer

ANSWERED = Exchange("asked", result=some_answer(Random(1)))


def test_made_once_and_opened(tmp_path: Path) -> None:
    shares = Shares(tmp_path / "library")
    assert shares.of("ana") == {}
    assert not shares.library.exists()
    id_ = shares.make("ana", replace(ANSWERED, html="<p>"), open=True)
    assert shares.make("ana", ANSWERED, open=True) == id_
    assert shares.make("ben", ANSWERED, open=False) != id_
    assert len(id_) == 22
    opened = shares.open(id_)
    assert (opened.person, opened.open, opened.exchange) == ("ana", True, ANSWERED)
    assert shares.of("ana") == {ANSWERED.id: id_}
    with pytest.raises(AssistantError, match="no answer yet"):
        shares.make("ana", Exchange("asked"), open=True)


@pytest.mark.parametrize("id", ["", "x" * 22, "../../etc/passwd", "' OR 1=1 --", "é" * 22, "x" * 5000])
def test_no_such_link(tmp_path: Path, id: str) -> None:
    shares = Shares(tmp_path)
    for _ in range(2):  # without any records, and with some
        with pytest.raises(AssistantError, match="no answer under this link"):
            shares.open(id)
        shares.make("ana", ANSWERED, open=True)


def test_only_who_made_it_takes_it_back(tmp_path: Path) -> None:
    shares = Shares(tmp_path)
    with pytest.raises(AssistantError, match="no answer under"):
        shares.revoke("ana", "x")
    id_ = shares.make("ana", replace(ANSWERED, asked="Quetzalmarker"), open=True)
    with pytest.raises(AssistantError, match="no answer under"):
        shares.revoke("ben", id_)
    assert shares.open(id_).exchange.asked == "Quetzalmarker"
    shares.revoke("ana", id_)
    with pytest.raises(AssistantError, match="no answer under"):
        shares.open(id_)
    assert all(b"Quetzalmarker" not in path.read_bytes() for path in tmp_path.iterdir())


@pytest.mark.parametrize("way", ["one", "all"])
def test_gone_with_the_conversation(tmp_path: Path, way: str) -> None:
    shares, store = Shares(tmp_path), Conversations(tmp_path)
    conversation = Conversation().add(replace(ANSWERED, result=None))
    store.keep("ana", conversation)
    store.keep("ana", conversation.update(ANSWERED))
    id_ = shares.make("ana", ANSWERED, open=True)
    other = shares.make("ben", replace(ANSWERED, id="other"), open=True)
    if way == "one":
        store.delete("ana", conversation.id)
    else:
        store.delete_all("ana")
    with pytest.raises(AssistantError, match="no answer under"):
        shares.open(id_)
    assert shares.open(other).person == "ben"
