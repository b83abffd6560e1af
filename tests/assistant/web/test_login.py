"""Signing in and out: the gate that every path goes through, the pages of the login, also in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.answer import AssistantError
from assistant.lockout import FREE_FOR_USER
from assistant.users import Users
from assistant.web.pace import Pace
from assistant.web.words import say

PASSWORD = "four words in a row"
PAGE = {"accept": "text/html,*/*"}


@pytest.fixture
def engine(tmp_path: Path, make_engine: Callable[..., Any]) -> Any:
    return make_engine(tmp_path)


@pytest.fixture
def users(engine: Any) -> Users:
    found = Users(engine.settings.library)
    found.add("ana", "admin", password=PASSWORD)
    found.add("fo", "focal point", ["west"], password=PASSWORD)
    return found


@pytest.fixture
def url(engine: Any, users: Users, serve: Callable[..., Any]) -> Iterator[str]:
    with serve(engine) as address:
        yield address


@pytest.fixture
def client(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url) as opened:
        yield opened


def sign_in(client: httpx.Client, name: str = "fo", password: str = PASSWORD, **more: str) -> httpx.Response:
    return client.post("/login", data={"name": name, "password": password, **more})


# Signing in, over HTTP


def test_signing_in_and_out(client: httpx.Client, users: Users) -> None:
    first = client.get("/original/x?y=1", headers=PAGE)
    assert first.headers["location"] == "/login?next=%2Foriginal%2Fx%3Fy%3D1"
    page = client.get(first.headers["location"])
    assert 'value="/original/x?y=1"' in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "default-src 'self'" in page.headers["content-security-policy"]
    done = sign_in(client, next="/original/x?y=1")
    assert (done.status_code, done.headers["location"]) == (303, "/original/x?y=1")
    cookie = done.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie  # over http
    config = client.get("/config")
    assert config.status_code == 200
    assert config.headers["cache-control"] == "no-store"
    assert client.get("/login").headers["location"] == "/"
    kept = dict(client.cookies)
    out = client.post("/logout")
    assert (out.status_code, out.headers["location"]) == (303, "/login")
    assert client.get("/config").status_code == 401
    client.cookies.update(kept)
    assert client.get("/config").status_code == 401  # the session has ended, not only the cookie
    assert sign_in(client, next="//evil.example").headers["location"] == "/"


def test_another_login_ends_the_session_before(client: httpx.Client, users: Users) -> None:
    sign_in(client)
    first = dict(client.cookies)
    sign_in(client, "ana")
    assert first != dict(client.cookies)
    client.cookies.update(first)
    assert client.get("/config").status_code == 401


def test_no_other_site_may_read(client: httpx.Client, users: Users) -> None:
    sign_in(client)
    asked = {"host": "office.example", "origin": "https://evil.example"}
    for answer in (
        client.get("/config", headers=asked),
        client.options("/config", headers={**asked, "access-control-request-method": "GET"}),
    ):
        assert not [name for name in answer.headers if name.startswith("access-control-allow")]


@pytest.mark.parametrize(
    "path", ["/assets/..%2f..%2froutes.py", "/static/..%2f..%2f..%2froutes.py", "/svelte/%2e%2e/x"]
)
def test_what_ships_with_gradio_is_all_that_is_open(client: httpx.Client, users: Users, path: str) -> None:
    assert client.get(path).status_code in (303, 401, 403, 404)


def test_wrong_passwords_and_too_many(client: httpx.Client, users: Users) -> None:
    shown = set()
    for name in ("fo", "<i>no</i>"):
        wrong = sign_in(client, name, "wrong")
        assert wrong.status_code == 401
        assert "set-cookie" not in wrong.headers
        assert "<i>no" not in wrong.text
        found = re.search(r'role="alert">([^<]*)', wrong.text)
        assert found is not None
        shown.add(found[1])
    assert shown == {"The name or the password is not right; try again, or ask an admin for a new password."}
    for _ in range(FREE_FOR_USER - 1):
        sign_in(client, "fo", "wrong")
    locked = sign_in(client)
    assert locked.status_code == 429
    assert "wait a minute" in locked.text
    assert client.post("/login", content=b"x" * 20_000).status_code == 401
    assert client.post("/login", content=b"\xff=1&name=%ff").status_code == 401


def test_a_user_changes_the_own_password(client: httpx.Client, url: str, users: Users) -> None:
    with httpx.Client(base_url=url) as elsewhere:
        sign_in(elsewhere)
        sign_in(client)
        page = client.get("/account").text
        assert "You are fo, focal point. Your groups: west." in page
        assert 'autocomplete="new-password"' in page
        new = PASSWORD + " more"

        def change(old: str, new: str, again: str) -> httpx.Response:
            return client.post("/account", data={"old": old, "new": new, "again": again})

        assert "not right" in change("wrong", new, new).text
        assert "the same twice" in change(PASSWORD, new, new + "x").text
        assert "shorter than" in change(PASSWORD, "short", "short").text
        assert (
            client.post(
                "/account", data={"old": PASSWORD}, headers={"origin": "http://evil.example"}
            ).status_code
            == 403
        )
        changed = change(PASSWORD, new, new)
        assert changed.status_code == 200
        assert say("en", "login.changed") in changed.text
        assert client.get("/config").status_code == 200
        assert elsewhere.get("/config").status_code == 401
        assert sign_in(elsewhere).status_code == 401
        assert sign_in(elsewhere, password=new).status_code == 303


def ask(who: httpx.Client, question: str) -> None:
    """As the page does it, which calls itself "seen"."""
    config = who.get("/config").json()["dependencies"]
    fn = next(each["id"] for each in config if any(event == "submit" for _, event in each["targets"]))
    data: list[Any] = [question, None, [], [], [], [], "", "", [], ""]
    join = {"data": data, "fn_index": fn, "session_hash": "seen", "event_data": None, "trigger_id": None}
    assert who.post("/gradio_api/queue/join", json=join).status_code == 200


def heard(who: httpx.Client) -> str:
    with who.stream("GET", "/gradio_api/queue/data", params={"session_hash": "seen"}) as stream:
        return "".join(stream.iter_lines())


def test_nobody_reaches_anothers_page_by_its_hash(client: httpx.Client, url: str, users: Users) -> None:
    """Gradio's events of one person, asked for by another who knows the hash of the page."""
    with httpx.Client(base_url=url, timeout=20) as other:
        sign_in(client)
        sign_in(other, "ana")
        ask(client, "What of the marker question?")
        ask(other, "Something else?")
        assert "marker" not in heard(other)
        assert "marker" in heard(client)
        for body in (b"[1]", b"{", b"\xff", b"[" * 100_000):
            assert client.post("/gradio_api/queue/join", content=body).status_code == 400


def test_one_person_may_ask_so_much() -> None:
    now = [0.0]
    pace = Pace(3, 2, lambda: now[0])
    with pace.question("a"), pace.question("a"), pace.question("b"):
        with (
            pytest.raises(AssistantError, match=r"^2 questions of yours are being answered already"),
            pace.question("a"),
        ):
            pass
        with pace.question("b"):
            pass
    now[0] = 10
    with pace.question("a"):
        pass
    with (
        pytest.raises(AssistantError, match=r"^You asked 3 questions .* Ask again in 50 seconds"),
        pace.question("a"),
    ):
        pass
    now[0] = 61
    with pace.question("a"), pytest.raises(ValueError, match="x"), pace.question("a"):
        raise ValueError("x")
    for _ in range(30):
        with pace.question(""):
            pass
    now[0] = 1000
    with pace.question("c"):
        assert set(pace._asked) == {"c"}


def test_who_asks_too_fast_is_told_so(engine: Any, users: Users, serve: Callable[..., Any]) -> None:
    engine.settings = engine.settings.model_copy(update={"questions_a_minute": 1})
    with serve(engine) as url, httpx.Client(base_url=url, timeout=20) as client:
        sign_in(client)
        ask(client, "One?")
        assert "You asked 1 question within a minute" not in heard(client)
        ask(client, "Two?")
        assert "You asked 1 question within a minute" in heard(client)
        assert [asked[0] for asked in engine.asked] == ["One?"]


# In the browser


@pytest.mark.browser
def test_a_day_at_the_door(browser: Any, url: str, users: Users, tmp_path: Path) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en")
    page = context.new_page()
    errors: list[str] = []
    outside: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith((url, "data:", "blob:")) else outside.append(request.url)
        ),
    )
    page.goto(url)
    page.wait_for_url("**/login?next=%2F")
    page.locator("#name:focus").wait_for()
    page.keyboard.type("fo")
    page.keyboard.press("Tab")
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    page.get_by_role("alert").get_by_text("is not right").wait_for()
    assert page.get_by_label("Name").input_value() == "fo"
    page.locator("#password:focus").wait_for()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_text("Try one of these").wait_for()
    account = page.get_by_role("link", name="Your account: fo")
    account.wait_for()
    page.get_by_role("tab", name="Grid").wait_for()
    assert page.get_by_role("tab").all_inner_texts() == ["Chat", "Grid"]
    page.get_by_label("Your question").fill("How many returnees had an income?")
    page.keyboard.press("Enter")
    page.locator(".turn.done").get_by_text("Copy with citations").wait_for()
    account.click()
    page.get_by_text("You are fo, focal point").wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/login")
    page.go_back()
    page.go_back()
    page.wait_for_url("**/login?next=%2F*")
    page.get_by_label("Name").fill("ana")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("tab", name="Quality").wait_for()
    assert page.get_by_role("tab").all_inner_texts() == ["Chat", "Documents", "Grid", "Quality"]
    assert page.locator(".question").count() == 0
    context.close()
    assert outside == errors == []


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_login_fits_a_phone_in_light_and_dark(
    browser: Any, url: str, users: Users, scheme: str, tmp_path: Path
) -> None:
    for width, height in ((1280, 800), (320, 640)):
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        page = context.new_page()
        page.goto(f"{url}/login")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == {"light": "rgb(250, 249, 246)", "dark": "rgb(19, 22, 24)"}[scheme]
        context.close()
