"""Limited documents and the Grid: who may not read them finds no trace, in no use, no count and no export."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.chat import Assistant
from assistant.people import Person
from assistant.settings import AssistantSettings
from ingest.embeddings import Embedder, VectorCache
from ingest.library import Library
from ingest.limiting import limit
from ingest.sync import sync
from tests.assistant.web import grid_client
from tests.assistant.web.canaries import ALL, GROUP, OPEN, QUESTIONS, House, clean, write
from tests.assistant.web.grid_client import Client, client_of

TERMS = ["Zorblax", "Wexnort, Plovexium", "herders: herder*", "feed"]
USES: tuple[dict[str, Any], ...] = (
    {"use": "survey", "terms": TERMS},
    {"use": "questions", "questions": list(QUESTIONS)},
    {"use": "compare", "by": "experience", "question": "Who has experience with winter feed?"},
    {"use": "compare", "by": "periods", "question": QUESTIONS[0], "periods": "1990-2020, 2021-2100"},
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder, models_dir: Path) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("grid-limits")
    documents, root = folder / "documents", folder / "library"
    write(documents)
    limit(Library(root), str(documents / "closed"), [GROUP], "ana")
    settings = AssistantSettings(library=root, models=models_dir, ocr="off")
    sync(Library(root), documents, embedder, VectorCache(models_dir / "tests-vectors.sqlite"), settings)
    with Assistant(settings, embedder=embedder) as made, pytest.MonkeyPatch.context() as patch:
        people = {
            "focal": Person("focal", "focal point"),
            "member": Person("member", "focal point", frozenset([GROUP])),
        }
        patch.setattr(grid_client, "PEOPLE", people)
        open_ = {each.document for each in made.seen_by(frozenset()).sources()}
        closed = {each.document: each.name for each in made.sources() if each.document not in open_}
        secret = next(sha for sha, name in closed.items() if name == "quimbly.pdf")
        found = House("", None, root, documents, secret, tuple(closed))
        found.clients["grid"] = client_of(made)  # type: ignore[assignment]
        yield found


@pytest.fixture(scope="module")
def client(house: House) -> Client:
    made: Any = house.clients["grid"]
    assert isinstance(made, Client)
    return made


def everything(client: Client, ticket: str, person: str, documents: Any) -> str:
    """All that the screen shows and hands out of one result."""
    said = str(client.get(f"/grid/result/{ticket}", person)) + str(
        client.get(f"/grid/standing/{ticket}", person)
    )
    for document in documents:
        for column in range(6):
            said += str(client.get(f"/grid/cell/{ticket}/{document}/{column}", person))
    for ending in ("csv", "xlsx", "docx", "html"):
        content = client.call("GET", f"/grid/export/{ticket}.{ending}", person).content
        said += unpacked(content)
    return said


def unpacked(content: bytes) -> str:
    if not content.startswith(b"PK"):
        return content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if "theme" not in name]  # there: names of fonts
        return "".join(archive.read(name).decode("utf-8", "replace") for name in names)


@pytest.mark.parametrize("asked", USES, ids=lambda asked: f"{asked['use']}-{asked.get('by', '')}")
def test_no_use_tells_of_what_is_limited(house: House, client: Client, asked: dict[str, Any]) -> None:
    planned = client.post("/grid/plan", asked, "focal")
    clean(house, str(planned), asked)
    if asked.get("by") == "periods":  # the only documents of one period are limited: as if there were none
        assert "no document" in planned["problem"]
        return
    assert f"{OPEN} documents" in planned["words"]
    ticket = client.worked_out(asked, "focal")
    said = everything(client, ticket, "focal", (*client.works.of("focal", ticket).documents, *house.hashes))
    clean(house, said, [asked, *TERMS, "herders winter feed"])
    assert len(client.works.of("focal", ticket).documents) <= OPEN


def test_the_form_names_nothing_that_is_limited(house: House, client: Client) -> None:
    clean(house, client.get("/grid/form", "focal")["html"])
    assert "quimbly" not in client.get("/grid/form", "focal")["html"]
    assert house.secret in client.get("/grid/form", "member")["html"]
    assert "no longer held" in client.post(f"/grid/items/{house.secret}", person="focal")["problem"]


def test_a_draft_is_shown_no_limited_example(house: House, client: Client) -> None:
    draft = client.send(
        "/grid/draft", "d.md", b"# Plan\n\nNothing is said here of anything at all.\n", "focal"
    )["draft"]
    asked = {"use": "checklist", "items": [{"question": QUESTIONS[0]}], "draft": draft}
    ticket = client.worked_out(asked, "focal")
    clean(house, everything(client, ticket, "focal", house.hashes), asked)


def test_who_is_taken_out_of_the_group_sees_the_result_no_more(house: House, client: Client) -> None:
    asked = {"use": "questions", "questions": [QUESTIONS[0]]}
    ticket = client.worked_out(asked, "member")
    before = everything(client, ticket, "member", [house.secret])
    assert "4,417" in before  # so that the tests above can fail
    assert len(client.works.of("member", ticket).documents) == ALL
    grid_client.PEOPLE["member"] = Person("member", "focal point")
    try:
        after = everything(client, ticket, "member", [house.secret])
        clean(house, after, asked)
        assert "Start again" in after
    finally:
        grid_client.PEOPLE["member"] = Person("member", "focal point", frozenset([GROUP]))
    assert "4,417" in everything(client, ticket, "member", [house.secret])
