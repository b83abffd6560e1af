"""The web application: the chat, the other roles' screens beside it, and the route for originals."""

from __future__ import annotations

import functools
import logging
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.answer import AssistantError
from assistant.api.routes import ForPrograms
from assistant.kept import purge_daily
from assistant.people import ROLES, Role
from assistant.sessions import Sessions
from assistant.users import Users
from assistant.web import (
    evidence,
    evidence_words,
    exports,
    handlers,
    login,
    openid,
    originals,
    page,
    shared,
    theirs,
    theme,
)
from assistant.web.engine import Engine
from assistant.web.gate import Gate, is_local
from assistant.web.pace import Pace
from assistant.web.render import notice
from assistant.web.translated import Translated
from assistant.web.words import WORDING, keys, slot
from ingest.wording import Wording

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import FastAPI

log = logging.getLogger(__name__)

# Entry points: name -> callable(engine) that builds inside a gr.Tab. Where it has `routes(app, engine)`, that
# adds the pages and files it hands out; `head()` gives HTML for the page's head; `wording` has the words of
# its slots. `role`: who may use it; without one, admins alone. The screen's handlers and routes check that
# themselves; here the tab is hidden from the others.
SCREENS = "assistant.screens"

# Gradio's own doors that nothing here goes through: files by path or by web address (`file=http://...`
# makes the server fetch it), proxying, uploads, API listings, monitoring, editing by prompt.
_CLOSED = (
    "/monitoring",
    *(
        f"/gradio_api/{door}"
        for door in (
            "api",
            "call",
            "component_server",
            "custom_component",
            "deep_link",
            "dev",
            "file",
            "info",
            "openapi",
            "process_recording",
            "profiling",
            "proxy",
            "run-history",
            "runs",
            "stream",
            "upload",
            "vibe",
        )
    ),
)
# Belt and braces for promises 6 and 7: even markup that slipped through could fetch nothing elsewhere.
# Gradio compiles its templates in the browser, hence 'unsafe-eval', and hands its settings over in an inline
# script. It needs no handlers in attributes, by which markup in words of a document would run.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; script-src-attr 'none'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; frame-src 'none'; media-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'self'"
)
_CROSS_ORIGIN = tuple(
    f"access-control-allow-{name}" for name in ("origin", "credentials", "methods", "headers")
)
# Pages whose state Gradio keeps, the last used: it keeps that of closed ones too, up to 10,000 as it comes.
_OPEN_PAGES = 500
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' "
    "height='32' rx='8' fill='%230b5a78'/%3E%3Cpath d='M8 10h16M8 16h16M8 22h9' stroke='white' "
    "stroke-width='2.6' stroke-linecap='round'/%3E%3C/svg%3E"
)


def build_app(engine: Engine, pace: Pace, asked: Engine | None = None) -> gr.Blocks:
    """The page, with a tab for each further screen found. asked: the engine that the chat asks."""
    page.quiet()
    import gradio as gr

    screens = _screens()
    tabs: list[tuple[Role, gr.Tab]] = []
    blocks: gr.Blocks = gr.Blocks(title=page.TITLE, analytics_enabled=False, fill_width=True)
    blocks.state_session_capacity = _OPEN_PAGES
    with blocks:
        account = gr.HTML("", elem_id="account", apply_default_css=False, js_on_load=None)
        if not screens:
            page.chat(asked or engine, pace)
        else:
            with gr.Tab(slot("page.chat")):
                page.chat(asked or engine, pace)
            for entry in screens:
                with gr.Tab(_tab(entry.name), visible=False) as tab:
                    _screen(entry, engine)
                tabs.append((_role(entry), tab))
        theirs.show(blocks, account, tabs)
    blocks.queue(max_size=page.WAITING, default_concurrency_limit=page.AT_ONCE, api_open=False)
    return blocks


def _tab(name: str) -> str:
    """What a screen's tab says, in the reader's language where that is known."""
    key = f"page.{name.casefold()}"
    return slot(key) if key in keys("en") else name


def _role(entry: EntryPoint) -> Role:
    wanted = handlers.calmly(lambda: getattr(entry.load(), "role", ""), str)
    return next((role for role in ROLES if role == wanted), "admin")


def _screens() -> list[EntryPoint]:
    return sorted(entry_points(group=SCREENS), key=lambda entry: entry.name)


def _wordings() -> list[Wording]:
    """The words of the chat and of each further screen."""
    own = (handlers.calmly(functools.partial(_own_words, entry), lambda _: None) for entry in _screens())
    return [WORDING, *filter(None, own)]


def _own_words(entry: EntryPoint) -> Wording | None:
    return getattr(entry.load(), "wording", None)


def _screen(entry: EntryPoint, engine: Engine) -> None:
    """A screen that cannot be built says so in its place; the others work on."""
    import gradio as gr

    problem: str | None = handlers.calmly(lambda: entry.load()(engine), str)
    if problem:
        gr.HTML(notice(problem))


def _add_routes(entry: EntryPoint, app: FastAPI, engine: Engine) -> None:
    """The routes of a screen; one that has none, or cannot be loaded, adds none."""
    add = getattr(entry.load(), "routes", None)
    if add is not None:
        add(app, engine)


def web(engine: Engine, *, local: bool = True) -> FastAPI:
    """The application as an ASGI app. local: it listens on this machine alone, where nobody has to sign in
    until there are users."""
    settings = engine.settings
    users = Users(settings.library)
    sessions = Sessions(settings.library, settings.session_idle, settings.session_life)
    pace = Pace(settings.questions_a_minute, settings.questions_at_once)
    programs = ForPrograms(engine, pace)
    blocks = build_app(engine, pace, programs.engine)
    import gradio as gr
    from fastapi import FastAPI

    app = FastAPI(
        title=page.TITLE, docs_url=None, redoc_url=None, openapi_url=None, lifespan=programs.running
    )
    entrance = login.Entrance(users, sessions, settings)
    login.add_routes(app, entrance)
    openid.add_routes(app, entrance)
    originals.add_route(app, engine)
    evidence.add_routes(app, engine)
    shared.add_routes(app, engine)
    exports.add_routes(app, engine)
    programs.add_routes(app, blocks)
    for entry in _screens():
        handlers.calmly(functools.partial(_add_routes, entry, app, engine), str)
    app.add_middleware(Translated, wordings=_wordings())
    app.add_middleware(Gate, users=users, sessions=sessions, settings=settings, local=local)
    app.add_middleware(_Guard)
    app.add_middleware(programs.metrics.counting)  # outermost: added last
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        blocks,
        path="/",
        theme=theme.theme(),
        head=_head(),
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        mcp_server=False,
    )
    return mounted


def _head() -> str:
    """The icon and style.css; Gradio's own `css` would scope selectors at every comma, also inside :is()."""
    here = Path(page.__file__)
    style = "".join(here.with_name(f"{name}.css").read_text(encoding="utf-8") for name in ("style", "side"))
    heads = "".join(
        handlers.calmly(functools.partial(_own_head, entry), lambda _: "") for entry in _screens()
    )
    return f'<link rel="icon" href="{_ICON}"><style>{style}</style>{evidence_words.head()}{heads}'


def _own_head(entry: EntryPoint) -> str:
    """What a screen needs in the page's head, if it has any."""
    head = getattr(entry.load(), "head", None)
    return str(head()) if head is not None else ""


class _Guard:
    """ASGI middleware: closed doors answer 404, pages carry the content security policy."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        from starlette.datastructures import MutableHeaders
        from starlette.responses import PlainTextResponse

        if scope["type"] == "http" and scope["path"].startswith(_CLOSED):
            await PlainTextResponse("Not found", status_code=404)(scope, receive, send)
            return

        async def guarded(message: Any) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Referrer-Policy", "no-referrer")
                for name in _CROSS_ORIGIN:  # Gradio lets any site read where the host is not this machine
                    del headers[name]
                if headers.get("content-type", "").startswith(("text/html", "application/json")):
                    headers.setdefault("Cache-Control", "no-store")  # nothing is left after signing out
                if headers.get("content-type", "").startswith("text/html"):
                    headers.setdefault("Content-Security-Policy", _POLICY)
            await send(message)

        await self.app(scope, receive, guarded)


def check_address(library: Path, host: str) -> None:
    """Raises AssistantError for an address that others can reach while nobody could sign in to keep it."""
    if not is_local(host) and not Users(library).has_admin():
        raise AssistantError(
            f"{host} can be reached from other machines, and there is no admin yet who could sign in; make"
            " one with: python -m assistant users add NAME --role admin"
        )


def serve(engine: Engine, *, host: str = "127.0.0.1", port: int = 7860, open_browser: bool = False) -> None:
    """Serves the application until it is interrupted. Raises AssistantError (see `check_address`)."""
    import threading
    import webbrowser

    check_address(engine.settings.library, host)
    app = web(engine, local=is_local(host))
    import uvicorn

    if open_browser:
        shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
        opener = threading.Timer(1.0, webbrowser.open, [f"http://{shown}:{port}/"])
        opener.daemon = True
        opener.start()
    ended = purge_daily(engine.settings.library, engine.settings.retention)
    try:
        uvicorn.run(app, host=host, port=port, log_level="warning")
    finally:
        ended.set()
