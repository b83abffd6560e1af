"""What the Documents screen hands out and takes in beside its page, and to whom."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path, PureWindowsPath
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from ingest.documents import IngestError
from ingest.preview_image import PagePictures
from ingest.screen.acts import Acts
from ingest.screen.page import documents
from ingest.screen.routes import plain_name
from tests.ingest.conftest import row_of


def ask(app: Any, method: str, path: str, role: str = "admin", **more: Any) -> httpx.Response:
    """role: of the person whom the login puts into the scope; "" for nobody."""

    async def entered(scope: Any, receive: Any, send: Any) -> None:
        if role:
            scope["person"] = SimpleNamespace(name="ana", may=lambda wanted: role == wanted)
        await app(scope, receive, send)

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(entered)
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            return await client.request(method, path, **more)

    return asyncio.run(asked())


@pytest.fixture
def app(acts: Acts) -> Any:
    from fastapi import FastAPI

    made = FastAPI(openapi_url=None)
    settings = acts.settings.model_copy(update={"upload_limit": 1000})
    documents.routes(made, SimpleNamespace(settings=settings))
    return made


def test_pages_are_drawn_and_nothing_else(acts: Acts, app: Any) -> None:
    sha = row_of(acts, "good.pdf")["sha256"]
    picture = ask(app, "GET", f"/documents/page/{sha}/2.png")
    assert picture.content.startswith(b"\x89PNG")
    assert picture.headers["content-type"] == "image/png"
    for path in (f"{sha}/3", f"{sha}/0", f"{'0' * 64}/1", f"{sha[:20]}/1", "..%2Flive/1"):
        assert ask(app, "GET", f"/documents/page/{path}.png").status_code == 404, path
    bad = next(iter((acts.root.parent / "documents").glob("bad.pdf")))
    with pytest.raises(IngestError, match="cannot be drawn"):
        PagePictures().png(bad, 9)


def test_reports_of_the_gate(acts: Acts, app: Any) -> None:
    (acts.root / "gates").mkdir()
    (acts.root / "gates" / "0002.html").write_text("<p>better</p>")
    report = ask(app, "GET", "/documents/gate/0002.html")
    assert report.text == "<p>better</p>"
    assert "default-src 'none'" in report.headers["content-security-policy"]
    for name in ("0003.html", "..%2Flive", "0002.json"):
        assert ask(app, "GET", f"/documents/gate/{name}").status_code == 404


def test_files_are_uploaded_whole_or_not_at_all(acts: Acts, app: Any) -> None:
    def upload(name: str, content: bytes, mark: str = "upload") -> dict[str, str]:
        answer = ask(app, "POST", "/documents/upload", params={"name": name}, content=content,
                     headers={"X-Documents": mark})  # fmt: skip
        told: dict[str, str] = answer.json()
        assert ("said" in told) == (answer.status_code == 200)
        return told

    assert upload(r"C:\me\..\a <note>.TXT", b"one") == {"said": "a _note_.txt is here."}
    assert upload("a <note>.txt", b"two") == {"said": "a _note_.txt took the place of the file of that name."}
    folder = acts.root / "uploads"
    assert (folder / "a _note_.txt").read_bytes() == b"two"
    assert folder.resolve() in [source.folder for source in acts.admin.sources()]
    assert "larger than" in upload("b.txt", b"x" * 1001)["problem"]
    assert "is empty" in upload("b.txt", b"")["problem"]
    assert "is not read" in upload("b.exe", b"x")["problem"]
    assert "on the Documents screen only" in upload("b.txt", b"x", "")["problem"]
    assert [path.name for path in folder.iterdir()] == ["a _note_.txt"]
    assert (acts.admin.audit()[0].action, acts.admin.audit()[0].who) == ("uploaded", "ana")


@pytest.mark.parametrize("role", ["", "evaluator"])
def test_whoever_is_no_admin_gets_nothing(acts: Acts, app: Any, role: str) -> None:
    sha = row_of(acts, "good.pdf")["sha256"]
    for path in (f"page/{sha}/1.png", "gate/0002.html"):
        assert ask(app, "GET", f"/documents/{path}", role).status_code == 403
    headers = {"X-Documents": "upload"}
    refused = ask(app, "POST", "/documents/upload?name=a.txt", role, content=b"x", headers=headers)
    assert refused.status_code == 403
    assert refused.json() == {"problem": "Only an admin may use this screen; ask yours."}
    assert not (acts.root / "uploads").exists()


@pytest.mark.parametrize("name", ["", ".pdf", "...pdf", "a", "a.csv", "/etc/passwd", "a.pdf/.."])
def test_names_that_are_no_documents(name: str) -> None:
    with pytest.raises(IngestError):
        plain_name(name)


def test_names_keep_their_letters_and_fit() -> None:
    assert plain_name("تقرير 2024.PDF") == "تقرير 2024.pdf"
    assert len(plain_name("я" * 300 + ".docx").encode()) <= 200


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd.txt", "/root/.ssh/a.pdf", "..\\..\\windows\\a.pdf", "C:\\a.pdf",
        "\\\\host\\share\\a.pdf", "a\x00.pdf", "a\u202efdp.txt", "CON.pdf", "nul.md", "Com1 .txt",
        "x" * 300 + ".md", "\u202e" * 300 + "a.md", "....//....//a.md", "%2e%2e%2fa.md", "a\nb\r.md",
        ".hidden.md", "~/a.md", "-rf.md", "a:b.md", "<svg>.html", '=HYPERLINK("x").md', "\x1b[31ma.pdf",
        "a/.md/b.md", " . .a.md", "a.md::$DATA.md",
    ],
)  # fmt: skip
def test_a_name_is_never_a_path(name: str, tmp_path: Path) -> None:
    plain = plain_name(name)
    assert plain == Path(plain).name == PureWindowsPath(plain).name
    assert not re.search(r"[\x00-\x1f\x7f/\\:*?\"<>|\u202a-\u202e\u2066-\u2069]", plain)
    assert plain == plain.strip(". ")
    assert not PureWindowsPath(plain).is_reserved()
    assert len(plain.encode()) <= 200
    (tmp_path / plain).write_text("words")
    assert [path.name for path in tmp_path.iterdir()] == [plain]
