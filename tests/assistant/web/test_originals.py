"""Originals go out only by a live hash, and never as something a browser would run."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.people import LOCAL, Person
from assistant.web.access import KEY
from assistant.web.originals import DOCX, add_route, media_type


def client(engine: Any, person: Person = LOCAL) -> TestClient:
    app = FastAPI()
    add_route(app, engine)

    async def as_person(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, KEY: person}, receive, send)

    return TestClient(as_person)


def test_a_pdf_opens_in_the_browser(engine: Any) -> None:
    response = client(engine).get(f"/original/{engine.sources()[0].document}")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/pdf"
    assert response.headers["content-disposition"].startswith("inline")
    assert response.content.startswith(b"%PDF")


def test_a_part_of_it_can_be_fetched(engine: Any) -> None:
    address = f"/original/{engine.sources()[0].document}"
    all_of_it = client(engine).get(address)
    assert all_of_it.headers["accept-ranges"] == "bytes"
    part = client(engine).get(address, headers={"Range": "bytes=5-20"})
    assert part.status_code == 206
    assert part.content == all_of_it.content[5:21]
    assert part.headers["content-range"] == f"bytes 5-20/{len(all_of_it.content)}"
    assert client(engine).get(address, headers={"Range": "bytes=999999999-"}).status_code == 416


def test_a_download_has_the_documents_own_name(engine: Any) -> None:
    for source, name in zip(engine.sources()[:2], ("river.pdf", "revue-fleuve.html"), strict=True):
        response = client(engine).get(f"/original/{source.document}?download=1")
        assert response.headers["content-disposition"] == f'attachment; filename="{name}"'


def test_what_a_person_may_not_read_is_not_there(engine: Any) -> None:
    engine.limited["river"] = "mali"
    document = engine.sources()[0].document
    ana, ben = Person("ana", "focal point", frozenset({"mali"})), Person("ben", "focal point")
    assert client(engine, ana).get(f"/original/{document}").status_code == 200
    assert client(engine, ben).get(f"/original/{document}").status_code == 404


def test_html_and_markdown_are_plain_text(engine: Any) -> None:
    for source in engine.sources()[1:3]:
        response = client(engine).get(f"/original/{source.document}")
        assert response.headers["content-type"] == "text/plain; charset=utf-8"
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["content-security-policy"].startswith("sandbox")
        assert "<script>" in response.text


def test_nothing_else_is_served(engine: Any) -> None:
    live = engine.sources()[0].document
    tricks = ("..%2f..%2fetc%2fpasswd", "%2e%2e", live + "%00", live + "/x")
    for wrong in ("0" * 64, live[:20], live.upper(), *tricks):
        assert client(engine).get(f"/original/{wrong}").status_code == 404, wrong


def test_a_withdrawn_document_is_gone(engine: Any) -> None:
    document = engine.sources()[0].document
    engine._sources.pop("river")
    assert client(engine).get(f"/original/{document}").status_code == 404


def test_the_kind_is_read_from_the_bytes(tmp_path: Path) -> None:
    docx, other, binary = tmp_path / "a.html", tmp_path / "b.pdf", tmp_path / "c.txt"
    with zipfile.ZipFile(docx, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("x", "y")
    binary.write_bytes(b"\x00\x01")
    assert media_type(docx) == DOCX
    assert media_type(other) == media_type(binary) == "application/octet-stream"
