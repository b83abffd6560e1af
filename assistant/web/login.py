"""Signing in, signing out and the own account: routes of the application, none of them Gradio's."""

# No `from __future__ import annotations`: FastAPI reads the annotations, which name a local `Request`.
import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from assistant import passwords
from assistant.answer import AssistantError
from assistant.sessions import Sessions
from assistant.settings import AssistantSettings
from assistant.users import WRONG, User, Users
from assistant.web import login_page
from assistant.web.access import KEY
from assistant.web.gate import SESSION, cookie_name, secure
from assistant.web.language import language_of
from assistant.web.words import Said, say

if TYPE_CHECKING:
    from starlette.responses import Response

log = logging.getLogger(__name__)

_LARGEST = 10_000  # bytes of a form
_AT_ONCE = 2  # passwords being checked: each takes 19 MiB and all of a core
_WAITING = 40  # further ones that may wait for it
_NEXT = re.compile(r"/(?![/\\])[^\x00-\x20\\\x7f]*")
# With no-referrer, browsers would send "null" as a form's origin.
_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}


def local_path(wanted: str) -> str:
    """`wanted` if it is a path of this site to go on to after the login, else "/"."""
    return wanted if len(wanted) <= 2000 and _NEXT.fullmatch(wanted) else "/"


@dataclass(frozen=True)
class Entrance:
    """What the routes of the login share."""

    users: Users
    sessions: Sessions
    settings: AssistantSettings

    def let_in(self, scope: Any, user: User, next_: str) -> "Response":
        """The answer that begins a session and goes on to `next_`. A session that the browser had ends."""
        from starlette.responses import RedirectResponse

        response = RedirectResponse(local_path(next_), 303, _HEADERS)
        response.set_cookie(
            cookie_name(scope, self.settings),
            self.sessions.begin(user),
            max_age=int(self.settings.session_life * 3600),
            secure=secure(scope, self.settings),
            httponly=True,
            samesite="lax",
        )
        log.info("%s signed in", user.name)
        return response

    def page(
        self, ui: str, next_: str, status: int = 200, *, name: str = "", problem: str = ""
    ) -> "Response":
        from starlette.responses import HTMLResponse

        openid = self.settings.openid_label if self.settings.openid_issuer else ""
        html = login_page.sign_in(local_path(next_), name=name, problem=problem, openid=openid, ui=ui)
        return HTMLResponse(html, status, _HEADERS)


def add_routes(app: Any, entrance: Entrance) -> None:
    """`/login`, `/logout` and `/account` on a FastAPI app."""
    from anyio import CapacityLimiter, to_thread
    from fastapi import Request
    from starlette.responses import HTMLResponse, RedirectResponse, Response

    users, sessions = entrance.users, entrance.sessions
    checking = CapacityLimiter(_AT_ONCE)

    async def checked(request: Request, name: str, password: str) -> User:
        if checking.statistics().tasks_waiting >= _WAITING:
            raise Said("login.busy")
        address = request.client.host if request.client else ""
        return await to_thread.run_sync(users.check, name, password, address, limiter=checking)

    async def ask(request: Request, next: str = "/") -> Response:
        # So that an unknown name, should it be the first, takes no longer than a wrong password.
        await to_thread.run_sync(passwords.nobodys)
        person = request.scope.get(KEY)
        if person is not None and (person.name or not users.any()):
            return RedirectResponse(local_path(next), 303, _HEADERS)
        return entrance.page(language_of(request), next)

    async def enter(request: Request) -> Response:
        form = await fields(request)
        name, next_ = form.get("name", ""), form.get("next", "/")
        try:
            user = await checked(request, name, form.get("password", ""))
        except AssistantError as error:
            log.info("someone could not sign in")
            status = 401 if str(error) == WRONG else 429
            ui = language_of(request)
            return entrance.page(ui, next_, status, name=name[:100], problem=told(error, ui))
        if SESSION in request.scope:
            await to_thread.run_sync(sessions.end, request.scope[SESSION])
        return await to_thread.run_sync(entrance.let_in, request.scope, user, next_)

    def leave(request: Request) -> Response:
        if SESSION in request.scope:
            sessions.end(request.scope[SESSION])
        response = RedirectResponse("/login", 303, _HEADERS)
        response.delete_cookie(
            cookie_name(request.scope, entrance.settings),
            secure=secure(request.scope, entrance.settings),
            httponly=True,
            samesite="lax",
        )
        return response

    def account(request: Request) -> Response:
        person = request.scope[KEY]
        if not person.name:
            return RedirectResponse("/", 303, _HEADERS)
        openid = users.get(person.name).openid
        html = login_page.account(person, has_password=not openid, ui=language_of(request))
        return HTMLResponse(html, headers=_HEADERS)

    def renew(request: Request, password: str) -> None:
        users.set_password(request.scope[KEY].name, password, keep=request.scope[SESSION])

    async def change(request: Request) -> Response:
        person, form = request.scope[KEY], await fields(request)
        if not person.name or SESSION not in request.scope:
            return RedirectResponse("/", 303, _HEADERS)
        problem, said, ui = "", "", language_of(request)
        try:
            if form.get("new", "") != form.get("again", ""):
                raise Said("login.not_twice")
            await checked(request, person.name, form.get("old", ""))
            await to_thread.run_sync(renew, request, form.get("new", ""), limiter=checking)
            said = say(ui, "login.changed")
        except AssistantError as error:
            problem = say(ui, "login.wrong_old") if str(error) == WRONG else told(error, ui)
        openid = users.get(person.name).openid
        html = login_page.account(person, has_password=not openid, problem=problem, said=said, ui=ui)
        return HTMLResponse(html, 400 if problem else 200, _HEADERS)

    for path, method, answer in (
        ("/login", "GET", ask),
        ("/login", "POST", enter),
        ("/logout", "POST", leave),
        ("/account", "GET", account),
        ("/account", "POST", change),
    ):
        app.add_api_route(path, answer, methods=[method], response_model=None)


def told(error: AssistantError, ui: str) -> str:
    """What `error` says, in the reader's language where it has words for it."""
    if isinstance(error, Said):
        return error.said(ui)
    return say(ui, "login.wrong") if str(error) == WRONG else str(error)


async def fields(request: Any) -> dict[str, str]:
    """The fields of a form, of which there is never much; none of one that is too large."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST:
            return {}
    try:
        found = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=20)
    except ValueError:
        return {}
    return {name: values[-1] for name, values in found.items()}
