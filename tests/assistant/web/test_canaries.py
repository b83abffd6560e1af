"""Documents limited to a group, full of canary words, and a focal point without the group who asks for them.

Through every endpoint that Gradio lists, every route, the programs' doors, a colleague's answers and exports:
no canary comes back, no count tells of them. Who is of the group gets them, and taken out of it no more.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from assistant.chat import Assistant
from assistant.settings import AssistantSettings
from assistant.shares import Shares
from assistant.users import Users
from ingest.embeddings import Embedder, VectorCache
from ingest.library import Library
from ingest.limiting import lift, limit
from ingest.sync import sync
from tests.assistant.web.canaries import (
    ALL,
    ANSWERED,
    CANARIES,
    GROUP,
    OPEN,
    QUESTIONS,
    House,
    Page,
    clean,
    json_words,
    write,
)

PASSWORD = "four words in a row"


@pytest.fixture(scope="module")
def house(
    tmp_path_factory: pytest.TempPathFactory, embedder: Embedder, models_dir: Path, serve: Callable[..., Any]
) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("canaries")
    documents, root = folder / "documents", folder / "library"
    write(documents)
    limit(Library(root), str(documents / "closed"), [GROUP], "ana")
    settings = AssistantSettings(
        library=root, models=models_dir, ocr="off", questions_a_minute=10_000, questions_at_once=50
    )
    done = sync(
        Library(root), documents, embedder, VectorCache(models_dir / "tests-vectors.sqlite"), settings
    )
    assert not done.failed
    for name, role, groups in (
        ("focal", "focal point", ()), ("member", "focal point", (GROUP,)), ("eva", "evaluator", ()),
        ("ada", "admin", ()),
    ):  # fmt: skip
        Users(root).add(name, role, groups, password=PASSWORD)  # type: ignore[arg-type]
    apps: list[Any] = []
    with ExitStack() as kept:
        made = kept.enter_context(Assistant(settings, embedder=embedder))
        made.warm_up()
        patch = kept.enter_context(pytest.MonkeyPatch.context())
        from assistant import app

        build = app.web

        def web(engine: Any) -> Any:
            apps.append(build(engine))
            return apps[-1]

        patch.setattr(app, "web", web)
        # Gradio numbers components through the whole process: else one may have the number of a canary.
        patch.setattr("gradio.context.Context.id", 0)
        url = kept.enter_context(serve(made))
        assert len(made.sources()) == ALL
        closed = {each.document: each.name for each in made.sources()}
        for each in made.seen_by(frozenset()).sources():
            del closed[each.document]
        assert len(closed) == ALL - OPEN
        secret = next(sha for sha, name in closed.items() if name == "quimbly.pdf")
        found = House(url, apps[0], root, documents, secret, tuple(closed))
        for name in ("focal", "member", "eva", "ada"):
            client = kept.enter_context(httpx.Client(base_url=url, timeout=120))
            sent = client.post("/login", data={"name": name, "password": PASSWORD})
            assert sent.status_code == 303
            found.clients[name] = client
        yield found


def _payloads(house: House, colleague: str, answer: str) -> Iterator[tuple[Any, dict[str, Any]]]:
    """(event data, values of the page's fields) with which the limited documents are asked for."""
    none: dict[str, Any] = {}
    yield None, none
    for question in QUESTIONS:
        yield {"question": question, "anyway": True}, {"textbox": question}
    for wanted in ([house.secret], ["quimbly.pdf"], ["MNG"], ["Yarnova"], ["Mongolia"]):
        yield {"question": ANSWERED}, {"textbox": ANSWERED, "many": wanted}
    yield {"question": ANSWERED}, {"textbox": ANSWERED, "one": "2097"}
    yield {"question": ANSWERED}, {"textbox": ANSWERED, "fixed": "no"}
    file = str(house.documents / "closed/quimbly.pdf")
    for do in ("open", "rename", "share", "missing", "more", "look", "next", "new"):
        yield {"do": do, "id": colleague, "answer": answer, "file": file, "title": "x", "search": "feed",
               "of": answer, "length": "longer", "to": "0"}, none  # fmt: skip
    yield {"search": "Zorblax", "pages": 3}, none


# The tests, in this order: what a member does leaves answers and links behind, which others then ask for.


def test_a_member_gets_what_is_limited(house: House) -> None:
    """So that the tests below can fail: every canary is found by who may read it."""
    client = house.clients["member"]
    page = Page(client, "member")
    said = page.ask(ANSWERED) + page.ask(QUESTIONS[3]) + page.ask("What does the table say of Plovexium?")
    said += page.call(
        next(each for each in page.endpoints if "load" in each.events and len(each.inputs) == 0)
    )
    for each in page.endpoints:
        if "load" in each.events:
            said += page.call(each)
    said += client.get(f"/evidence/{house.secret}/1").text
    assert {each for each in CANARIES if each not in said and each not in ("Mellifrac", "MNG")} == set()
    assert "4,417" in said
    assert client.get(f"/original/{house.secret}").status_code == 200
    picture = client.get(f"/page/{house.secret}/1.png")
    assert picture.headers["content-type"] == "image/png"
    seen = {"If-None-Match": picture.headers["etag"]}  # a browser that keeps it asks before it shows it
    assert client.get(f"/page/{house.secret}/1.png", headers=seen).status_code == 304
    assert house.clients["focal"].get(f"/page/{house.secret}/1.png", headers=seen).status_code == 404


def _asked_by_member(house: House) -> tuple[str, str, str]:
    """(conversation, exchange, link) of a member's answer from the limited PDF."""
    client = house.clients["member"]
    page = Page(client, uuid4().hex)
    page.ask(ANSWERED)
    from assistant.kept import Conversations

    store = Conversations(house.library)
    line = next(each for each in store.list("member") if each.title == ANSWERED)
    exchange = store.open("member", line.id).exchanges[-1]
    assert "4,417" in str(exchange.result)
    link = Shares(house.library).make("member", exchange, open=False)
    return line.id, exchange.id, link


def test_no_endpoint_gives_a_canary_to_another(house: House) -> None:
    conversation, exchange, _ = _asked_by_member(house)
    client = house.clients["focal"]
    calls = 0
    config = Page(client, "first").config.text
    clean(house, json_words(config))
    for number, (event, given) in enumerate(_payloads(house, conversation, exchange)):
        page = Page(client, f"focal-{number}")
        for endpoint in page.endpoints:
            clean(house, page.call(endpoint, event, given), [event, given])
            calls += 1
    assert calls > 300


def test_no_count_is_another_than_that_of_the_open_documents(house: House) -> None:
    page = Page(house.clients["focal"], "counts")
    said = page.ask("What is the capital of the moon?")
    for each in page.endpoints:
        if "load" in each.events:
            said += page.call(each)
    assert re.search(rf"(?<!\d){OPEN} documents", said)
    clean(house, said, "capital moon")


def test_a_document_whose_newer_version_or_twin_is_limited_stands_for_itself(house: House) -> None:
    page = Page(house.clients["focal"], "versions")
    said = page.ask("How many life rafts does each ferry carry?")
    assert "eight life rafts" in said
    assert "superseded" not in said.casefold()
    assert "eleven people" in page.ask("How many people are in the road crew?")
    clean(house, said)


def test_no_route_gives_a_canary_to_another(house: House) -> None:
    conversation, exchange, link = _asked_by_member(house)
    client, walked = house.clients["focal"], 0
    values = {"document": house.secret, "sha": house.secret, "page": "1", "number": "1", "id": link,
              "path": str(house.documents / "closed/quimbly.pdf"), "run": "x"}  # fmt: skip
    names = (f"{conversation}.docx", f"{conversation}.pdf", f"{conversation}.md")
    for path, method in _all_routes(house.app):
        if path in ("/logout", "/login"):
            continue
        for name in names if "{name}" in path else ("x",):
            filled = _filled(path, {**values, "name": name})
            for question in QUESTIONS[:4] if path.startswith("/api") else ("",):
                for body in _bodies(house, question):
                    sent = client.request(
                        method, filled, params={"question": question, "answer": exchange} if question else {},
                        json=None if method in ("GET", "HEAD") else body,
                    )  # fmt: skip
                    clean(house, sent.content, [question, filled, body if method == "POST" else ""])
                    walked += 1
    assert walked > 30


def _filled(path: str, values: dict[str, str]) -> str:
    return re.sub(r"\{([^}:]*)[^}]*\}", lambda part: values.get(part[1], "x"), path)


def _bodies(house: House, question: str) -> list[Any]:
    if not question:
        return [{"quotes": ["4,417 herders received winter feed"]}]
    filters = [{}, {"countries": ["MNG"]}, {"documents": ["quimbly.pdf"]}, {"documents": [house.secret[:10]]}]
    return [{"question": question, "filters": each} for each in filters]


def _all_routes(app: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """Every path and method of the application and what is mounted in it, but for Gradio's own."""
    import gradio as gr

    for route in app.routes:
        if methods := getattr(route, "methods", None):
            for method in sorted(methods):
                yield at + route.path, method
        inner = getattr(route, "app", None)
        if hasattr(inner, "routes") and not isinstance(inner, gr.routes.App):
            yield from _all_routes(inner, at + route.path)


def test_what_is_limited_looks_like_what_does_not_exist(house: House) -> None:
    client, nothing = house.clients["focal"], "0" * 64
    for path in ("/original/{}", "/original/{}?download=1", "/page/{}/1.png", "/evidence/{}/1",
                 "/evidence/{}", "/api/documents/{}", "/api/documents/{}/text?page=1"):  # fmt: skip
        mine, none = (client.get(path.format(sha)) for sha in (house.secret, nothing))
        assert mine.status_code == none.status_code == 404, path
        assert mine.text.replace(house.secret, "") == none.text.replace(nothing, "")
    ranged = client.get(f"/original/{house.secret}", headers={"Range": "bytes=0-10"})
    assert (ranged.status_code, ranged.headers.get("content-range")) == (404, None)


def _tool(client: httpx.Client, name: str, arguments: dict[str, Any]) -> httpx.Response:
    call = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": name, "arguments": arguments},
    }
    accept = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}
    return client.post("/mcp", json=call, headers=accept)


def test_no_tool_gives_a_canary_to_another_assistant(house: House) -> None:
    client, member = house.clients["focal"], house.clients["member"]
    if _tool(client, "documents", {}).status_code == 404:
        pytest.skip("this application has no tools for other assistants")
    assert "4,417" in _tool(member, "ask", {"question": ANSWERED}).text
    for question in QUESTIONS:
        for name in ("ask", "search"):
            for filters in ({}, {"documents": [house.secret]}, {"countries": ["Mongolia"]}):
                arguments = {"question": question, "filters": filters}
                clean(house, json_words(_tool(client, name, arguments).text), arguments)
    listed = json_words(_tool(client, "documents", {}).text)
    clean(house, listed)
    assert "bees" in listed
    for page in ({}, {"page": 1}):
        clean(house, _tool(client, "page_text", {"sha": house.secret, **page}).text, house.secret)


def test_a_colleagues_answer_opens_for_members_alone(house: House) -> None:
    _, _, link = _asked_by_member(house)
    assert "4,417" in house.clients["member"].get(f"/answer/{link}").text
    refused = house.clients["focal"].get(f"/answer/{link}")
    assert refused.status_code == 403
    clean(house, refused.text)
    assert ANSWERED not in refused.text


def test_a_colleagues_refusal_tells_no_count(house: House) -> None:
    from assistant.kept import Conversations

    page = Page(house.clients["member"], "member-refused")
    question = "Who won the cup of the lunar bakery?"
    page.ask(question)
    store = Conversations(house.library)
    line = next(each for each in store.list("member") if each.title == question)
    exchange = store.open("member", line.id).exchanges[-1]
    link = Shares(house.library).make("member", exchange, open=False)
    clean(house, house.clients["focal"].get(f"/answer/{link}").text, question)


def test_feedback_and_gaps_say_nothing_back(house: House) -> None:
    page = Page(house.clients["focal"], "feedback")
    page.ask(QUESTIONS[5])
    from assistant.kept import Conversations

    store = Conversations(house.library)
    line = next(each for each in store.list("focal") if each.title == QUESTIONS[5])
    exchange = store.open("focal", line.id).exchanges[-1].id
    act = page.of("transcript", "act")
    for do in ("verdict", "missing", "share"):
        said = page.call(act, {"do": do, "answer": exchange, "verdict": "wrong", "comment": "why"})
        clean(house, said, QUESTIONS[5])


def test_evaluators_and_admins_read_everything(house: House) -> None:
    for name in ("eva", "ada"):
        client = house.clients[name]
        assert client.get(f"/original/{house.secret}").status_code == 200
        assert "4,417" in Page(client, name).ask(ANSWERED)


@pytest.mark.parametrize("how", ["limit", "groups"])
def test_who_is_taken_out_of_the_group_reads_nothing_more_at_once(house: House, how: str) -> None:
    """Neither anew, nor in the page that is open, nor in what was kept, shared or exported before."""
    conversation, exchange, link = _asked_by_member(house)
    client, store = house.clients["member"], Library(house.library)
    page, closed = Page(client, f"open-{how}"), str(house.documents / "closed")
    assert "4,417" in page.ask(ANSWERED)
    assert "4,417" in client.get(f"/export/{conversation}.md").text
    assert "4,417" in _pdf_words(client.get(f"/export/{conversation}.pdf").content)
    look = next(each for each in page.endpoints if "look" in each.events)
    assert conversation in page.call(look, {"search": "Wexnort"})
    try:
        if how == "limit":
            limit(store, closed, ["others"], "ana")
        else:
            Users(house.library).set_groups("member", ())
        for path in (f"/original/{house.secret}", f"/page/{house.secret}/1.png", f"/answer/{link}",
                     f"/evidence/{house.secret}/1", f"/export/{conversation}.md",
                     f"/export/{conversation}.docx",
                     f"/export/{conversation}.md?answer={exchange}"):  # fmt: skip
            clean(house, client.get(path).content, [ANSWERED, path])
        clean(house, _docx_words(client.get(f"/export/{conversation}.docx").content), ANSWERED)
        clean(house, _pdf_words(client.get(f"/export/{conversation}.pdf").content), ANSWERED)
        clean(house, page.ask("What is said of bees?"), ANSWERED)  # the transcript comes with it
        fresh = Page(client, f"fresh-{how}")
        assert conversation not in fresh.call(look, {"search": "Wexnort"})
        assert conversation in fresh.call(look, {"search": "herders winter"})  # words of the question
        for each in fresh.endpoints:
            clean(house, fresh.call(each, {"do": "open", "id": conversation}), [ANSWERED, conversation])
        clean(house, fresh.ask(ANSWERED), ANSWERED)
    finally:
        limit(store, closed, [GROUP], "ana")
        Users(house.library).set_groups("member", [GROUP])
    assert "4,417" in Page(client, f"again-{how}").ask(ANSWERED)


def _pdf_words(data: bytes) -> str:
    import pypdfium2  # type: ignore[import-untyped]

    with pypdfium2.PdfDocument(data) as pdf:
        return "\n".join(page.get_textpage().get_text_range() for page in pdf)


def _docx_words(data: bytes) -> str:
    import io
    import zipfile

    if not data.startswith(b"PK"):
        return data.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [name for name in archive.namelist() if "theme" not in name]  # there: names of fonts
        return "".join(archive.read(name).decode("utf-8", "replace") for name in names)


def test_what_has_left_the_library_stays_closed(
    house: House, embedder: Embedder, models_dir: Path, tmp_path: Path
) -> None:
    """The last one: it takes the document away."""
    _, _, link = _asked_by_member(house)
    client, store = house.clients["focal"], Library(house.library)
    shutil.move(house.documents / "closed/quimbly.pdf", tmp_path / "quimbly.pdf")
    settings = AssistantSettings(library=house.library, models=models_dir, ocr="off")
    sync(store, house.documents, embedder, VectorCache(models_dir / "tests-vectors.sqlite"), settings)
    exchange = Shares(house.library).open(link).exchange
    opened = Shares(house.library).make("eva", exchange, open=True)  # as if it had been for everyone then
    for each in (link, opened):
        refused = client.get(f"/answer/{each}")
        assert refused.status_code == 403
        clean(house, refused.text)
    lift(store, str(house.documents / "closed"), "ana")
    assert client.get(f"/answer/{opened}").status_code == 200
