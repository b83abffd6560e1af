"""REST: what comes back, for whom, and what a wrong request is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest

QUESTION = "What did the diaspora programme in Valoria achieve?"
ABSENT = "How many penguins live in Antarctica?"


def test_an_answer_carries_citations_links_and_a_receipt(house: Any) -> None:
    with house.as_("hq") as client:
        answer = client.post("/api/ask", json={"question": QUESTION}).json()
        assert answer["kind"] == "answer"
        cited = [each for sentence in answer["sentences"] for each in sentence["citations"]]
        assert any(each["sha"] == house.sha for each in cited)
        for each in cited:
            page = client.get(each["links"]["text"]).json()
            assert " ".join(each["quote"].split()) in " ".join(page["text"].split())
            assert each["links"]["original"].startswith(f"/original/{each['sha']}")
            if each["page"]:
                assert each["links"]["original"].endswith(f"#page={each['page']}")
        receipt = answer["receipt"]
        assert receipt["generation"] == "0001"
        assert receipt["models"]["embedding"]["hash"]
        assert {"search", "reading", "choosing", "verifying", "total"} <= set(receipt["timings"])


def test_a_refusal_offers_the_nearest_passages(house: Any) -> None:
    with house.as_("fo") as client:
        refusal = client.post("/api/ask", json={"question": ABSENT}).json()
    assert (refusal["kind"], refusal["sentences"]) == ("refusal", [])
    assert refusal["text"]
    assert refusal["nearest"]


def test_a_stream_tells_the_steps_in_order(house: Any) -> None:
    with house.as_("fo") as client:
        headers = {"Accept": "text/event-stream"}
        streamed = client.post("/api/ask", json={"question": ABSENT}, headers=headers)
        whole = client.post("/api/ask", json={"question": ABSENT}).json()
        wrong = client.post("/api/ask", json={"question": "..."}, headers=headers)
    assert streamed.headers["content-type"] == "text/event-stream; charset=utf-8"
    events = [each.split("\n") for each in streamed.text.strip().split("\n\n")]
    assert [name for name, _ in events] == ["event: searching", "event: finished"]
    last = json.loads(events[-1][1].removeprefix("data: "))
    assert {**last, "receipt": None} == {**whole, "receipt": None}
    assert wrong.status_code == 422  # before the first event there is still a status to tell it by


def test_a_follow_up_stands_on_the_history(house: Any) -> None:
    asked = {"question": "And women?", "history": [{"question": QUESTION}]}
    with house.as_("hq") as client:
        searched = client.post("/api/ask", json=asked).json()["standing_question"]
        as_typed = client.post("/api/ask", json={**asked, "as_typed": True}).json()["standing_question"]
    assert searched != "And women?"
    assert as_typed == "And women?"


def test_search_by_address_and_by_body_are_the_same(house: Any) -> None:
    with house.as_("ana") as client:
        one = client.get("/api/search", params={"question": "remittances", "k": 3, "languages": ["fr", "es"]})
        body = {"question": "remittances", "k": 3, "filters": {"languages": ["fr", "es"]}}
        other = client.post("/api/search", json=body)
    assert one.json() == other.json()
    assert len(one.json()["passages"]) == 3


def test_documents_come_in_parts_and_filtered(house: Any) -> None:
    with house.as_("ana") as client:
        whole = client.get("/api/documents").json()
        parts = [
            each
            for offset in range(0, whole["total"], 4)
            for each in client.get(f"/api/documents?offset={offset}&limit=4").json()["documents"]
        ]
        french = client.get("/api/documents", params={"languages": "fr"}).json()
        one = client.get(f"/api/documents/{house.sha}").json()
        first = client.get(f"/api/documents/{house.sha}/text", params={"page": 1}).json()
        no_page = client.get(f"/api/documents/{house.sha}/text")
        beyond = client.get(f"/api/documents/{house.sha}/text", params={"page": 999})
    assert parts == whole["documents"]
    assert {each["language"] for each in french["documents"]} == {"fr"}
    assert one["document"] == house.limited
    assert one["pages"] == first["pages"] >= 1
    assert first["text"]
    assert (no_page.status_code, beyond.status_code) == (422, 404)
    assert "name one" in no_page.json()["detail"]


def test_what_a_group_may_not_read_leaves_no_trace(house: Any) -> None:
    """For who may read it each of these answers; the test above and the counts here say so."""
    with house.as_("hq") as reader, house.as_("fo") as client:
        own, other = (each.get("/api/documents").json() for each in (reader, client))
        assert own["total"] == other["total"] + 1
        answers = (
            client.post("/api/ask", json={"question": QUESTION}),
            client.post("/api/search", json={"question": QUESTION, "k": 50}),
            client.get("/api/documents", params={"documents": house.sha[:12]}),
        )
        assert [each.status_code for each in answers] == [200, 200, 200]
        for said in (*(each.text for each in answers), json.dumps(other)):
            assert house.sha not in said
            assert house.sha[:20] not in said  # as ids of passages begin
            assert house.limited not in said
        for path in ("", "/text", "/text?page=1"):
            assert client.get(f"/api/documents/{house.sha}{path}").status_code == 404
            assert client.get(f"/api/documents/{'0' * 64}{path}").status_code == 404


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"{", 400, "send JSON"),
        (b"\xff", 400, "send JSON"),
        (b"[" * 100_000, 400, "send JSON"),
        (b'{"question": ""}', 422, "'question' is not right"),
        (b'{"question": "\\ud800"}', 422, "'question' is not right"),
        (b'{"question": "...?"}', 422, "The question is empty"),
        (b'{"question": "a", "temperature": 1}', 422, "'temperature' is not right"),
        (b'{"question": "a", "filters": {"countries": ["Nowhere"]}}', 422, "is no country"),
        (b'{"question": "a", "filters": {"since": 2020, "until": 2010}}', 422, "the wrong way round"),
        (b'{"question": "' + b"a" * 2_000_000 + b'"}', 413, "send less"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(house: Any, body: bytes, status: int, words: str) -> None:
    with house.as_("ana") as client:
        answer = client.post("/api/ask", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    said = answer.json()["detail"]
    assert words in said
    assert said.endswith(".")
    assert "Traceback" not in said
    assert len(said) < 400


def test_without_a_token_nothing_answers(house: Any) -> None:
    with house.as_("") as client:
        for method, path in (
            ("POST", "/api/ask"),
            ("GET", "/api/search"),
            ("GET", "/api/documents"),
            ("GET", f"/api/documents/{house.sha}"),
            ("GET", "/api/openapi.json"),
            ("GET", "/api"),
        ):
            for headers in ({}, {"Authorization": "Bearer pa_wrong"}):
                answer = client.request(method, path, headers=headers)
                assert answer.status_code == 401, path
                assert answer.json()["detail"]
                assert answer.headers["www-authenticate"] == "Bearer"
        cross = client.post("/api/ask", json={"question": "a"}, headers={"Origin": "https://other.example"})
        assert cross.status_code == 403
        assert cross.json()["detail"]


def test_paths_and_methods_that_are_not(house: Any) -> None:
    with house.as_("ana") as client:
        assert client.get("/api/nothing").status_code == 404
        wrong = client.get("/api/ask")
        assert (wrong.status_code, wrong.headers["allow"]) == (405, "POST")
        assert wrong.json()["detail"]


def test_the_guide_names_every_path_and_runs_no_script(house: Any) -> None:
    with house.as_("fo") as client:
        api = client.get("/api/openapi.json").json()
        guide = client.get("/api").text
    for path in api["paths"]:
        assert f"/api{path}" in guide
    assert "<script" not in guide
    assert "src=" not in guide


def test_one_user_asks_so_many_questions_a_minute(
    made: Callable[..., AbstractContextManager[Any]], serve: Callable[[Any], AbstractContextManager[str]]
) -> None:
    from assistant.sessions import Sessions
    from assistant.users import Users

    with made(questions_a_minute=2) as assistant:
        root = assistant.settings.library
        user = Users(root).add("fo", "focal point", password="four words in a row")
        token = Sessions(root).make_token(user, "test", 1)
        headers = {"Authorization": f"Bearer {token}"}
        with serve(assistant) as url, httpx.Client(base_url=url, headers=headers, timeout=60) as client:
            asked = [client.post("/api/ask", json={"question": ABSENT}) for _ in range(3)]
            stream = client.post(
                "/api/ask", json={"question": ABSENT}, headers={"Accept": "text/event-stream"}
            )
    assert [each.status_code for each in asked] == [200, 200, 429]
    assert stream.status_code == 429
    assert 1 <= int(asked[-1].headers["retry-after"]) <= 60
    assert "Ask again in" in asked[-1].json()["detail"]
