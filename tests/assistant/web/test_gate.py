"""The gate that every request goes through: who comes in, by what, and from where."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.answer import AssistantError
from assistant.app import check_address
from assistant.people import LOCAL
from assistant.sessions import Sessions
from assistant.settings import AssistantSettings
from assistant.users import Users
from assistant.web.access import KEY, NotSignedIn, person_of
from assistant.web.gate import SIGN_IN, Gate, is_local
from assistant.web.login import local_path

PASSWORD = "four words in a row"


@pytest.fixture
def users(engine: Any) -> Users:
    found = Users(engine.settings.library)
    found.add("ana", "admin", password=PASSWORD)
    found.add("fo", "focal point", ["west"], password=PASSWORD)
    return found


async def _echo(scope: Any, receive: Any, send: Any) -> None:
    from starlette.responses import JSONResponse

    person = scope.get(KEY)
    await JSONResponse(None if person is None else [person.name, person.role])(scope, receive, send)


def through(
    library: Path,
    path: str,
    *,
    method: str = "GET",
    local: bool = True,
    client: str = "127.0.0.1",
    address: str = "",
    base: str = "http://127.0.0.1:7860",
    **headers: str,
) -> httpx.Response:
    """A request through the gate alone, to an app that answers who it is."""
    gate = Gate(
        _echo, Users(library), Sessions(library), AssistantSettings(library=library, address=address), local
    )

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(gate, client=(client, 1))
        async with httpx.AsyncClient(transport=transport, base_url=base) as opened:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            return await opened.request(method, path, headers=named)

    return asyncio.run(asked())


def test_without_users_only_this_machine_comes_in(tmp_path: Path) -> None:
    assert through(tmp_path, "/").json() == ["", "admin"]
    assert through(tmp_path, "/", client="::1", base="http://[::1]:7860").json() == ["", "admin"]
    for refused in (
        through(tmp_path, "/", client="192.0.2.1"),
        through(tmp_path, "/", base="http://rebound.example"),  # a name of another site that points here
        through(tmp_path, "/", host="127.0.0.1.rebound.example"),
    ):
        assert refused.status_code == 403
        assert "python -m assistant users add" in refused.text
    assert through(tmp_path, "/", local=False).status_code == 401
    assert list(tmp_path.iterdir()) == []


def test_with_users_everyone_signs_in_here_too(engine: Any, users: Users) -> None:
    library = engine.settings.library
    assert through(library, "/original/x").status_code == 401
    sent = through(library, "/quality/report/0001?before=2&x=%20", accept="text/html")
    assert sent.status_code == 303
    assert sent.headers[
        "location"
    ] == "/login?next=%2Fquality%2Freport%2F0001%3Fbefore%3D2%26x%3D%20".replace("%20", "%2520")
    cookie = Sessions(library).begin(users.get("fo"))
    assert through(library, "/", cookie=f"a=b; assistant={cookie}").json() == ["fo", "focal point"]
    assert through(library, "/", cookie=f"__Host-assistant={cookie}").status_code == 401
    https: Any = {"base": "https://office.example", "local": False, "client": "192.0.2.1"}
    assert through(library, "/", cookie=f"__Host-assistant={cookie}", **https).json() == ["fo", "focal point"]
    assert through(library, "/", cookie=f"assistant={cookie}", **https).status_code == 401
    users.set_role("fo", "evaluator")
    assert through(library, "/", cookie=f"assistant={cookie}").json() == ["fo", "evaluator"]
    users.disable("fo")
    assert through(library, "/", cookie=f"assistant={cookie}").status_code == 401


def test_tokens_open_the_doors_of_programs_alone(engine: Any, users: Users) -> None:
    library = engine.settings.library
    token = Sessions(library).make_token(users.get("fo"), "script", 1)
    for door in ("/api/ask", "/mcp", "/mcp/x"):
        assert through(library, door, authorization=f"Bearer {token}").json() == ["fo", "focal point"]
        refused = through(library, door, authorization="Bearer pa_wrong")
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
    for door in ("/", "/config", "/apix", "/original/x", "/gradio_api/queue/data"):
        assert through(library, door, authorization=f"Bearer {token}").status_code == 401


def test_what_other_sites_send_is_refused(tmp_path: Path) -> None:
    here = "http://127.0.0.1:7860"

    def post(**headers: Any) -> int:
        return through(tmp_path, "/documents/upload", method="POST", **headers).status_code

    assert post() == 200  # no browser
    assert post(origin=here) == 200
    assert post(origin="null", sec_fetch_site="same-origin") == 200
    refused: tuple[Any, ...] = (
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": here, "sec_fetch_site": "cross-site"},
        {"origin": here, "sec_fetch_site": "same-site"},
    )
    for headers in refused:
        assert post(**headers) == 403, headers
    behind = through(
        tmp_path, "/x", method="POST", address="https://office.example", origin="https://office.example"
    )
    assert behind.status_code == 200


def test_a_person_is_never_taken_from_outside(engine: Any, users: Users) -> None:
    gate = Gate(_echo, users, Sessions(engine.settings.library), engine.settings, True)
    said: list[Any] = []

    async def send(message: Any) -> None:
        said.append(message)

    async def asked(kind: str) -> None:
        scope = {"type": kind, "path": "/", "method": "GET", "headers": [], "query_string": b"", KEY: LOCAL}
        await gate(scope, None, send)

    asyncio.run(asked("http"))
    assert said[0]["status"] == 401
    said.clear()
    asyncio.run(asked("websocket"))
    assert said == [{"type": "websocket.close", "code": 1008, "reason": SIGN_IN}]
    for request in (None, object(), type("R", (), {"scope": {}})(), type("R", (), {"scope": {KEY: "ana"}})()):
        with pytest.raises(NotSignedIn):
            person_of(request)


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True), ("localhost", True), ("LOCALHOST:80", True), ("::1", True), ("[::1]:7860", True),
        ("0.0.0.0", False), ("::", False), ("192.168.0.4", False), ("office.example", False), ("", False),
        ("localhost.evil.example", False), ("127.0.0.1.evil.example", False), ("[", False),
        ("evil@x[", False),
    ],
)  # fmt: skip
def test_local_addresses(tmp_path: Path, host: str, local: bool) -> None:
    assert is_local(host) is local
    if local:
        check_address(tmp_path, host)
        return
    with pytest.raises(AssistantError, match="python -m assistant users add NAME --role admin"):
        check_address(tmp_path, host)
    users = Users(tmp_path)
    users.add("fo", "focal point", password=PASSWORD)
    with pytest.raises(AssistantError):
        check_address(tmp_path, host)
    users.add("ana", "admin", password=PASSWORD)
    check_address(tmp_path, host)


@pytest.mark.parametrize(
    "wanted",
    ["", "x", "//evil.example", "/\\evil.example", "https://evil.example", "/a\\b", "/a\nb", "javascript:1",
     "/" + "a" * 3000, "/\t/evil.example", " /"],
)  # fmt: skip
def test_after_the_login_only_pages_here(wanted: str) -> None:
    assert local_path(wanted) == "/"
    assert local_path("/quality/report/1?a=b%20c#x") == "/quality/report/1?a=b%20c#x"
