"""Who sends a request: an ASGI middleware that every path goes through before anything answers."""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import quote, urlsplit

from assistant.answer import AssistantError
from assistant.people import LOCAL
from assistant.sessions import Session, Sessions
from assistant.settings import AssistantSettings
from assistant.users import Users
from assistant.web.access import KEY
from assistant.web.language import language_of
from assistant.web.owned import owned
from assistant.web.refusal import refuse
from assistant.web.words import say

SESSION = "person.session"  # in the scope: the SHA-256 of the session's token

# Everything else needs a person. What Gradio's own package ships (scripts, fonts) shows nothing of documents.
_OPEN = frozenset(
    (
        "/login",
        "/login/openid",
        "/login/openid/done",
        "/favicon.ico",
        "/robots.txt",
        "/manifest.json",
        "/embed",  # without a person nothing but the way to the login
        "/embed.js",
    )
)
# Nobody is asked for, so that they answer when users cannot be looked up; see assistant/api/probes.py.
_PROBES = frozenset(("/health", "/ready", "/metrics"))
_SHIPPED = ("/assets/", "/static/", "/svelte/")
_FOR_PROGRAMS = ("/api", "/mcp")  # there an API token does in place of a cookie
SIGN_IN = say("en", "login.needed")
_ELSEWHERE = "this request came from another site"
_LOCAL_ONLY = (
    "this assistant is open to the machine it runs on and to nobody else; to let others in, make users"
    " with: python -m assistant users add NAME --role admin"
)


def is_local(host: str) -> bool:
    """Whether a host name or address, with or without a port, is this machine for itself."""
    bare = host.count(":") > 1 and not host.startswith("[")  # an IPv6 address
    try:
        name = host if bare else urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def secure(scope: Any, settings: AssistantSettings) -> bool:
    """Whether the browser speaks https with us, or with the proxy before us."""
    return bool(scope.get("scheme") == "https" or settings.address.startswith("https://"))


def cookie_name(scope: Any, settings: AssistantSettings) -> str:
    """Behind https a name that browsers let no other site of the domain set."""
    return "__Host-assistant" if secure(scope, settings) else "assistant"


class Gate:
    """Puts the person into the scope of every request, under `access.KEY`, or answers in place of the app.

    local: the server listens on this machine alone; then, while there are no users, whoever works on it is
    LOCAL. Users, roles, groups and sessions are looked up each time: what changed holds at the next request.
    """

    def __init__(
        self, app: Any, users: Users, sessions: Sessions, settings: AssistantSettings, local: bool
    ) -> None:
        from anyio import CapacityLimiter

        self.app, self.users, self.sessions = app, users, sessions
        self.settings, self.local = settings, local
        self.threads = CapacityLimiter(4)  # its own: those of Gradio may all be answering

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        from anyio import to_thread
        from starlette.datastructures import Headers

        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        for key in (KEY, SESSION):
            scope.pop(key, None)
        path, headers = scope["path"], Headers(scope=scope)
        if scope["type"] != "http":  # nothing here speaks over WebSockets
            await send({"type": "websocket.close", "code": 1008, "reason": SIGN_IN})
            return
        if path.startswith(_SHIPPED) or path in _PROBES:
            await self.app(scope, receive, send)
            return
        try:
            problem = await to_thread.run_sync(self._enter, scope, headers, limiter=self.threads)
        except AssistantError as error:
            await refuse(scope, receive, send, 503, str(error))
            return
        if problem:
            await refuse(scope, receive, send, 403, problem)
        elif KEY not in scope and path not in _OPEN:
            await _ask_to_sign_in(scope, headers, receive, send)
        elif SESSION in scope and path.startswith("/gradio_api/"):
            await owned(self.app, scope[SESSION], scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _enter(self, scope: Any, headers: Any) -> str:
        """Puts the person into the scope, if one is known; why the request is refused, or ""."""
        session = self._by_token(scope["path"], headers)
        if session is None:
            if not _same_site(scope, headers, self.settings):
                return _ELSEWHERE
            if self.local and not self.users.any():
                client = (scope.get("client") or ("",))[0]
                # The name too: pages of other sites can point a name of their own at this machine.
                if not is_local(client) or not is_local(headers.get("host", "")):
                    return _LOCAL_ONLY
                scope[KEY] = LOCAL
                return ""
            session = self.sessions.of(_cookie(headers, cookie_name(scope, self.settings)))
        if session is not None:
            scope[KEY], scope[SESSION] = session.person, session.key
        return ""

    def _by_token(self, path: str, headers: Any) -> Session | None:
        kind, _, token = headers.get("authorization", "").partition(" ")
        if kind.casefold() != "bearer" or not any(
            path == door or path.startswith(f"{door}/") for door in _FOR_PROGRAMS
        ):
            return None
        return self.sessions.of_token(token.strip())


def _same_site(scope: Any, headers: Any, settings: AssistantSettings) -> bool:
    """Whether a request that may change something comes from a page of ours, or from no browser at all.

    After Go's http.CrossOriginProtection: browsers say Sec-Fetch-Site on https and localhost, and Origin
    with every POST.
    """
    if scope["method"] in ("GET", "HEAD", "OPTIONS"):
        return True
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    if origin is None:
        return True
    ours = {headers.get("host", "").casefold(), urlsplit(settings.address).netloc.casefold()} - {""}
    return urlsplit(origin).netloc.casefold() in ours


def _cookie(headers: Any, name: str) -> str:
    from starlette.requests import cookie_parser

    return cookie_parser("; ".join(headers.getlist("cookie"))).get(name, "")


async def _ask_to_sign_in(scope: Any, headers: Any, receive: Any, send: Any) -> None:
    from starlette.requests import Request
    from starlette.responses import JSONResponse, RedirectResponse, Response

    response: Response
    if scope["method"] in ("GET", "HEAD") and "text/html" in headers.get("accept", ""):
        query = scope["query_string"].decode("latin-1")
        wanted = scope["path"] + (f"?{query}" if query else "")
        response = RedirectResponse(f"/login?next={quote(wanted, safe='')}", 303)
    else:
        response = JSONResponse({"detail": say(language_of(Request(scope)), "login.needed")}, 401)
        if scope["path"].startswith(_FOR_PROGRAMS):
            response.headers["WWW-Authenticate"] = "Bearer"
    response.headers["Cache-Control"] = "no-store"
    await response(scope, receive, send)
