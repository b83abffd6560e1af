"""Signing in through an OpenID provider: a small one on this machine, honest and not."""

from __future__ import annotations

import base64
import hashlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from assistant.answer import AssistantError
from assistant.people import Person
from assistant.sessions import Sessions
from assistant.settings import AssistantSettings
from assistant.users import Users
from assistant.web.openid import provided

CLIENT, SECRET = "assistant", "very secret"


class Issuer:
    """A provider to whom everyone is who `claims` say. lie: what it puts into tokens instead."""

    def __init__(self) -> None:
        self.url = ""
        self.key = RSAKey.generate_key(2048, {"kid": "1"})
        self.signing: Any = self.key
        self.algorithm = "RS256"
        self.claims: dict[str, Any] = {"sub": "42", "email": "Ana@office.example", "email_verified": True}
        self.lie: dict[str, Any] = {}
        self.named = ""
        self.asked: dict[str, dict[str, str]] = {}

    def authorize(self, url: str) -> str:
        """The address that the browser is sent back to, after someone signed in."""
        query = dict(parse_qsl(urlsplit(url).query))
        assert query["client_id"] == CLIENT
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        self.asked["code"] = query
        return f"{query['redirect_uri']}?code=code&state={query['state']}"

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        from starlette.requests import Request
        from starlette.responses import JSONResponse

        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        answer: dict[str, Any] = {}
        status = 200
        if scope["path"] == "/.well-known/openid-configuration":
            answer = {
                "issuer": self.named or self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
            }
        elif scope["path"] == "/keys":
            answer = {"keys": [self.key.as_dict(private=False)]}
        elif scope["path"] == "/token":
            sent = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
            status, answer = self._token(request.headers.get("authorization", ""), sent)
        await JSONResponse(answer, status)(scope, receive, send)

    def _token(self, authorization: str, sent: dict[str, str]) -> tuple[int, dict[str, Any]]:
        asked = self.asked.pop(sent.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if asked is None or authorization != f"Basic {basic.replace('%20', ' ')}":
            return 401, {"error": "invalid_client"}
        if asked["code_challenge"] != challenge or asked["redirect_uri"] != sent["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        times = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        claims = {
            name: value for name, value in {**times, **self.claims, **self.lie}.items() if value is not None
        }
        token = jwt.encode(
            {"alg": self.algorithm, "kid": "1"}, claims, self.signing, algorithms=[self.algorithm]
        )
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": token}


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    import uvicorn

    made = Issuer()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        made.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(made, log_level="critical", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield made
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture
def engine(tmp_path: Path, make_engine: Callable[..., Any], issuer: Issuer) -> Any:
    made = make_engine(tmp_path)
    made.settings = AssistantSettings(
        library=tmp_path, openid_issuer=issuer.url, openid_client=CLIENT, openid_secret=SECRET
    )
    return made


@pytest.fixture
def users(engine: Any) -> Users:
    found = Users(engine.settings.library)
    found.add("ana@office.example", "evaluator", ["west"], openid=True)
    found.add("boss", "admin", password="four words in a row")
    return found


@pytest.fixture
def client(engine: Any, users: Users, serve: Callable[..., Any]) -> Iterator[httpx.Client]:
    with serve(engine) as url, httpx.Client(base_url=url) as opened:
        yield opened


def come_back(client: httpx.Client, issuer: Issuer, next_: str = "/account") -> httpx.Response:
    sent = client.get("/login/openid", params={"next": next_})
    assert sent.status_code == 303, sent.text
    return client.get(issuer.authorize(sent.headers["location"]))


def test_signing_in_through_the_provider(
    client: httpx.Client, issuer: Issuer, users: Users, engine: Any
) -> None:
    page = client.get("/login?next=/account").text
    assert '<a class="button" href="/login/openid?next=%2Faccount">Sign in with your organisation</a>' in page
    done = come_back(client, issuer)
    assert (done.status_code, done.headers["location"]) == (303, "/account")
    shown = client.get("/account").text
    assert "You are ana@office.example, evaluator. Your groups: west." in shown
    assert 'type="password"' not in shown
    issuer.claims["email"] = "ana.new@office.example"  # known by the subject from now on
    with httpx.Client(base_url=client.base_url) as again:
        assert come_back(again, issuer).status_code == 303
        assert "You are ana@office.example" in again.get("/account").text
        users.disable("ana@office.example")
        assert again.get("/account").status_code == 401
        assert "no user here yet" in come_back(again, issuer).text
    with pytest.raises(AssistantError, match="has no password here"):
        users.set_password("ana@office.example", "four words in a row")


def test_who_is_no_user_is_refused_or_added_as_the_settings_say(
    client: httpx.Client, issuer: Issuer, engine: Any, users: Users, serve: Callable[..., Any]
) -> None:
    for name, sub in (("new@office.example", "7"), ("boss", "8")):  # nor is a user with a password taken over
        issuer.claims.update(sub=sub, email=name)
        refused = come_back(client, issuer)
        assert refused.status_code == 403
        assert client.get("/account").status_code == 401
    issuer.claims.update(sub="9", email="ana@office.example", email_verified=False)
    assert "has not confirmed your e-mail address" in come_back(client, issuer).text
    issuer.claims["email_verified"] = True
    assert come_back(client, issuer).status_code == 303
    issuer.claims["sub"] = "10"  # another with the same address
    with httpx.Client(base_url=client.base_url) as other:
        assert come_back(other, issuer).status_code == 403
    engine.settings = engine.settings.model_copy(update={"openid_newcomers": "focal point"})
    with serve(engine) as url, httpx.Client(base_url=url) as newcomer:
        issuer.claims.update(sub="7", email="new@office.example")
        assert come_back(newcomer, issuer).status_code == 303
        assert users.get("new@office.example").person == Person("new@office.example", "focal point")
        issuer.claims.update(sub="8", email="boss")
        assert come_back(newcomer, issuer).status_code == 403


@pytest.mark.parametrize(
    "lie",
    [
        {"iss": "http://127.0.0.1:1"},
        {"aud": "another"},
        {"aud": None},
        {"exp": 1_700_000_000},
        {"exp": None},
        {"nonce": "another"},
        {"nonce": None},
        {"sub": None},
        {"azp": "another"},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_this_login_is_refused(
    client: httpx.Client, issuer: Issuer, lie: dict[str, Any]
) -> None:
    issuer.lie = lie
    refused = come_back(client, issuer)
    assert refused.status_code == 502
    assert "did not work" in refused.text
    assert client.get("/account").status_code == 401


def test_what_someone_else_signed_is_refused(client: httpx.Client, issuer: Issuer) -> None:
    issuer.signing = RSAKey.generate_key(2048, {"kid": "1"})
    assert come_back(client, issuer).status_code == 502
    issuer.algorithm, issuer.signing = "HS256", OctKey.import_key(SECRET * 4)  # a way that is not offered
    assert come_back(client, issuer).status_code == 502
    issuer.algorithm = "none"
    assert come_back(client, issuer).status_code == 502
    assert client.get("/account").status_code == 401


def test_only_the_browser_that_asked_comes_in(client: httpx.Client, issuer: Issuer) -> None:
    sent = client.get("/login/openid")
    back = issuer.authorize(sent.headers["location"])
    with httpx.Client(base_url=client.base_url) as other:
        assert other.get(back).status_code == 502
        other.get("/login/openid")  # with a state of its own
        assert other.get(back).status_code == 502
        assert other.get("/login/openid/done").status_code == 502
        assert other.get("/account").status_code == 401
    assert client.get("/login/openid/done", params={"error": "access_denied"}).status_code == 502
    assert client.get(back).status_code == 502  # the cookie went with the first answer
    assert come_back(client, issuer, "//evil.example").headers["location"] == "/"


def test_a_provider_that_is_away_or_another(
    client: httpx.Client, issuer: Issuer, engine: Any, caplog: Any
) -> None:
    issuer.named = "https://another.example"
    refused = client.get("/login/openid")
    assert refused.status_code == 502
    assert "did not work" in refused.text
    assert "calls itself 'https://another.example'" in caplog.text


def test_roles_and_groups_follow_the_claims_where_the_settings_say_so(tmp_path: Path, engine: Any) -> None:
    settings = engine.settings.model_copy(
        update={
            "openid_name": "preferred_username",
            "openid_roles_claim": "realm_access.roles",
            "openid_roles": {"pa-admin": "admin", "pa-quality": "evaluator"},
            "openid_groups_claim": "groups",
            "openid_groups": {"/offices/west": "West", "/offices/east": "east"},
        }
    )
    claims = {
        "sub": "1",
        "preferred_username": "ana",
        "realm_access": {"roles": ["x", "pa-quality", "pa-admin"]},
    }
    said = provided(settings, {**claims, "groups": ["/offices/west", "/other"]})
    assert (said.name, said.role, said.groups) == ("ana", "admin", frozenset({"west"}))
    assert provided(settings, {**claims, "realm_access": {"roles": ["x"]}}).role == "focal point"
    said = provided(
        settings, {"sub": "1", "preferred_username": "ana", "realm_access": "x", "groups": "/offices/east"}
    )
    assert (said.role, said.groups) == ("focal point", frozenset({"east"}))
    with pytest.raises(AssistantError, match="does not say your name"):
        provided(settings, {"sub": "1", "preferred_username": ["ana"]})
    assert Sessions(tmp_path).of("x") is None


def test_role_and_groups_are_set_at_each_login(
    engine: Any, users: Users, issuer: Issuer, serve: Callable[..., Any]
) -> None:
    engine.settings = engine.settings.model_copy(
        update={"openid_roles_claim": "roles", "openid_roles": {"q": "admin"}}
    )
    with serve(engine) as url, httpx.Client(base_url=url) as client:
        issuer.claims["roles"] = ["q"]
        come_back(client, issuer)
        assert users.get("ana@office.example").person == Person(
            "ana@office.example", "admin", frozenset({"west"})
        )
        del issuer.claims["roles"]
        come_back(client, issuer)
        assert users.get("ana@office.example").role == "focal point"
