"""A shared answer opens for who may read all that it rests on, and says what has become of that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.answer import AssistantError
from assistant.kept import Conversations
from assistant.people import LOCAL, Person
from assistant.shares import Shares
from assistant.web import handlers, shared
from assistant.web.access import KEY
from assistant.web.conversation import Conversation, Exchange
from assistant.web.readable import HIDDEN, readable

ANA = Person("ana", "focal point", frozenset({"mali"}))
BEN = Person("ben", "focal point")
EVA = Person("eva", "evaluator")


class Request:
    """What Starlette's has, as far as it is looked at."""

    def __init__(self, person: Person) -> None:
        self.scope = {KEY: person}


def asked(
    engine: Any, question: str, filters: tuple[Any, ...] = ([], [], [], [], "", "", [])
) -> Conversation:
    *_, conversation = handlers.answering(engine, Conversation(), Exchange(question), filters)
    return conversation


@pytest.fixture
def get(engine: Any) -> Callable[[Person, str], Any]:
    """GET as a person, on an app with the route."""
    app = FastAPI()
    shared.add_routes(app, engine)

    def got(person: Person, path: str) -> Any:
        async def as_person(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http":
                scope[KEY] = person
            await app(scope, receive, send)

        return TestClient(as_person).get(path)

    return got


def link(engine: Any, question: str = "income?", person: Person = ANA, **more: Any) -> str:
    conversation = asked(engine, question, **more)
    return shared.share(Request(person), engine, conversation, conversation.exchanges[-1].id)


def test_a_colleague_sees_the_answer_with_its_pages(engine: Any, get: Any) -> None:
    response = get(BEN, link(engine))
    assert response.status_code == 200
    assert response.headers["cache-control"] == "private, no-store"
    text = response.text
    document = engine.sources()[0].document
    for words in (
        "income?", "64 per cent were earning an income", "Final evaluation of the River Basin",
        "p. 34 (printed iv)", f'href="/original/{document}#page=34"',
        "generation 0001", "4 documents searched",
    ):  # fmt: skip
        assert words in text, words
    assert "<script" not in text
    assert "no longer" not in text


def test_a_refusal_shows_what_was_near(engine: Any, get: Any) -> None:
    text = get(BEN, link(engine, "the moon?")).text
    assert "No answer in the documents" in text
    assert "Nearest passages (not an answer)" in text
    assert "Begin with what people already do" in text


def test_document_text_is_data(engine: Any, get: Any) -> None:
    text = get(BEN, link(engine, "nasty <img src=x>")).text
    assert "<img" not in text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


def test_whoever_may_not_read_all_sees_nothing(engine: Any, get: Any) -> None:
    engine.limited["fleuve"] = "mali"
    path = link(engine)
    response = get(BEN, path)
    assert response.status_code == 403
    assert "you may not read" in response.text
    for words in ("income", "64 per cent", "Final evaluation", "mi-parcours", "0001", "ana", "mali"):
        assert words not in response.text, words
    for person in (ANA, EVA, LOCAL):
        assert "64 per cent" in get(person, path).text


def test_the_nearest_passages_and_the_filters_are_looked_at_too(engine: Any, get: Any) -> None:
    engine.limited["note"] = "mali"
    note = engine.sources()[2].document
    refused = link(engine, "the moon?")
    filtered = link(engine, filters=([], [], [], [], "", "", [note]))
    for path in (refused, filtered):
        assert "planning with communities" in get(ANA, path).text
        response = get(BEN, path)
        assert response.status_code == 403
        assert "planning" not in response.text


def test_what_has_become_of_the_documents(engine: Any, get: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    path = link(engine)
    river = engine._sources["river"]
    engine._sources["river"] = replace(river, superseded="River Basin <b>2</b>")
    engine._sources.pop("fleuve")
    monkeypatch.setattr(engine, "generation", lambda: "0002")
    text = get(BEN, path).text
    assert "Superseded now by River Basin &lt;b&gt;2&lt;/b&gt;." in text
    assert "No longer in the library." in text
    assert text.count("/original/") == 1
    assert "generation now is 0002" in text


def test_what_was_limited_and_left_the_library_stays_limited(engine: Any, get: Any) -> None:
    engine.limited["fleuve"] = "mali"
    path = link(engine)
    engine._sources.pop("fleuve")
    assert get(BEN, path).status_code == get(ANA, path).status_code == 403
    assert get(EVA, path).status_code == 200
    engine.limited.clear()
    assert get(BEN, path).status_code == 403


def test_what_is_limited_later_is_closed(engine: Any, get: Any) -> None:
    path = link(engine)
    assert get(BEN, path).status_code == 200
    engine.limited["river"] = "mali"
    assert get(BEN, path).status_code == 403


def test_no_newer_version_is_named_that_the_reader_may_not_read(engine: Any, get: Any) -> None:
    river = engine._sources["river"]
    engine._sources["river"] = replace(river, superseded="River Basin 2")
    path = link(engine)
    assert "River Basin 2" in get(BEN, path).text
    engine._sources["river"] = replace(river, superseded="")  # as it is in the eyes of who may not read it
    assert "River Basin 2" not in get(BEN, path).text
    kept = asked(engine, "income?")
    assert "River Basin 2" not in str(readable(Request(BEN), engine, kept))
    engine._sources.pop("river")
    assert "River Basin 2" not in get(BEN, path).text


def test_no_count_tells_of_what_the_reader_may_not_read(engine: Any, get: Any) -> None:
    answer, refusal = link(engine), link(engine, "the moon?")
    for path in (answer, refusal):
        assert "4 documents searched" in get(BEN, path).text
    engine.limited["nasty"] = "mali"
    for path in (answer, refusal):
        assert "searched" not in get(BEN, path).text
        assert "4 documents searched" in get(ANA, path).text
    assert "speaks of the moon" in get(ANA, refusal).text
    assert "speaks of the moon" not in get(BEN, refusal).text  # the reason counts them too


def test_what_left_the_library_under_a_limit_opens_for_nobody_else(engine: Any, get: Any) -> None:
    path = link(engine)
    fleuve = engine._sources.pop("fleuve").document
    assert get(BEN, path).status_code == 200
    engine.left[fleuve] = "mali"
    assert get(BEN, path).status_code == 403
    assert get(ANA, path).status_code == 200
    assert readable(Request(BEN), engine, asked_before(engine, path)).exchanges[0].problem == HIDDEN


def asked_before(engine: Any, path: str) -> Conversation:
    return Conversation((Shares(engine.settings.library).open(path.rpartition("/")[2]).exchange,))


def test_no_link_no_answer(engine: Any, get: Any, tmp_path: Path) -> None:
    path = link(engine)
    Shares(tmp_path).revoke("ana", path.rpartition("/")[2])
    for gone in (path, "/answer/x", f"/answer/{'x' * 22}", "/answer/%2e%2e%2fetc"):
        assert get(ANA, gone).status_code == 404


def test_a_link_is_made_to_ones_own_answer_only(engine: Any) -> None:
    conversation = asked(engine, "income?")
    with pytest.raises(AssistantError, match="no longer part"):
        shared.share(Request(ANA), engine, conversation, "another")
    engine.limited["river"] = "other"
    with pytest.raises(AssistantError, match="no longer part"):
        shared.share(Request(ANA), engine, conversation, conversation.exchanges[-1].id)


def test_a_kept_conversation_hides_what_may_no_longer_be_read(engine: Any, tmp_path: Path) -> None:
    store = Conversations(tmp_path)
    conversation = asked(engine, "income?")
    store.keep("ana", conversation.update(replace(conversation.exchanges[-1], result=None)))
    store.keep("ana", conversation)
    kept = store.open("ana", conversation.id)
    assert readable(Request(ANA), engine, kept) == kept
    engine.limited["river"] = "other"
    (hidden,) = readable(Request(ANA), engine, kept).exchanges
    assert (hidden.asked, hidden.result, hidden.problem) == ("income?", None, HIDDEN)
    assert readable(Request(EVA), engine, kept) == kept
    engine._sources.pop("river")  # and once it is gone nobody can tell; it was this person's own answer
    assert readable(Request(ANA), engine, kept) == kept
