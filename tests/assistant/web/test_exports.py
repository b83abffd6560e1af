"""A person's own kept conversation is exported as far as it may be read now; all else is not there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.kept import Conversations
from assistant.people import Person
from assistant.web import exports, handlers
from assistant.web.access import KEY
from assistant.web.conversation import Conversation, Exchange

ANA = Person("ana", "focal point", frozenset({"mali"}))
BEN = Person("ben", "focal point")
UNSET: tuple[Any, ...] = ([], [], [], [], "", "", [])


@pytest.fixture
def get(engine: Any) -> Callable[[Person, str], Any]:
    app = FastAPI()
    exports.add_routes(app, engine)

    def got(person: Person, path: str) -> Any:
        async def as_person(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http":
                scope[KEY] = person
            await app(scope, receive, send)

        return TestClient(as_person).get(path)

    return got


@pytest.fixture
def kept(engine: Any, tmp_path: Path) -> Conversation:
    store, conversation = Conversations(tmp_path), Conversation()
    for question in ("income?", "the moon?"):
        for conversation in handlers.answering(engine, conversation, Exchange(question), UNSET):  # noqa: B020
            store.keep("ana", conversation)
    return conversation


@pytest.mark.parametrize(
    ("form", "media", "start"),
    [
        ("docx", "wordprocessingml.document", b"PK"),
        ("pdf", "application/pdf", b"%PDF"),
        ("md", "text/markdown", b"# "),
    ],
)
def test_three_forms(get: Any, kept: Conversation, form: str, media: str, start: bytes) -> None:
    response = get(ANA, f"/export/{kept.id}.{form}")
    assert response.status_code == 200
    assert media in response.headers["content-type"]
    assert response.content.startswith(start)
    assert response.headers["cache-control"] == "private, no-store"
    assert response.headers["content-disposition"].startswith('attachment; filename="conversation-2')


def test_one_answer_alone(get: Any, kept: Conversation) -> None:
    text = get(ANA, f"/export/{kept.id}.md?answer={kept.exchanges[0].id}").text
    assert "64 per cent" in text
    assert "moon" not in text
    assert get(ANA, f"/export/{kept.id}.md?answer={'0' * 32}").status_code == 404


def test_anothers_is_not_there(get: Any, kept: Conversation) -> None:
    there, gone = get(BEN, f"/export/{kept.id}.md"), get(BEN, f"/export/{'0' * 32}.md")
    assert there.status_code == gone.status_code == 404
    assert there.content == gone.content
    for wrong in (
        f"{kept.id}.exe",
        kept.id,
        f"{kept.id}.md.md",
        "..%2f..%2frecords.sqlite",
        f"{kept.id.upper()}.md",
    ):
        assert get(ANA, f"/export/{wrong}").status_code == 404, wrong


def test_what_may_no_longer_be_read_is_left_out(engine: Any, get: Any, kept: Conversation) -> None:
    engine.limited.update(river="other", note="other")
    text = get(ANA, f"/export/{kept.id}.md").text
    assert "documents that you may not read" in text
    for words in ("64 per cent", "River Basin", "planning", "0001"):
        assert words not in text, words
    engine.limited.update(river="mali", note="mali")
    assert "64 per cent" in get(ANA, f"/export/{kept.id}.md").text


def test_considered_documents_are_named_only_to_who_may_read_them(
    engine: Any, get: Any, tmp_path: Path
) -> None:
    store = Conversations(tmp_path)
    note = engine.sources()[2]
    *_, conversation = handlers.answering(engine, Conversation(), Exchange("income?"), UNSET)
    exchange = conversation.exchanges[-1]
    receipt = replace(exchange.result.receipt, passages=(f"{note.document[:20]}-00001",))  # type: ignore[union-attr]
    finished = replace(exchange, result=replace(exchange.result, receipt=receipt))  # type: ignore[type-var]
    store.keep("ana", conversation.update(replace(exchange, result=None)))
    store.keep("ana", conversation.update(finished))
    path = f"/export/{conversation.id}.md"
    assert "planning with communities" in get(ANA, path).text
    engine.limited["note"] = "other"
    assert "planning" not in get(ANA, path).text
