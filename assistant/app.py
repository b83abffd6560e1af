"""The web application: the chat, the other roles' screens beside it, and the route for originals."""

from __future__ import annotations

import functools
import logging
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.web import handlers, originals, page, theme
from assistant.web.engine import Engine
from assistant.web.render import notice

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import FastAPI

log = logging.getLogger(__name__)

# Entry points: name -> callable(engine) that builds inside a gr.Tab. Where it has `routes(app, engine)`, that
# adds the pages and files it hands out.
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
            "custom_component",
            "file",
            "info",
            "openapi",
            "process_recording",
            "profiling",
            "proxy",
            "run-history",
            "runs",
            "upload",
            "vibe",
        )
    ),
)
# Belt and braces for promises 6 and 7: even markup that slipped through could fetch nothing elsewhere.
# Gradio compiles its templates in the browser, hence 'unsafe-eval'.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' "
    "height='32' rx='8' fill='%230b5a78'/%3E%3Cpath d='M8 10h16M8 16h16M8 22h9' stroke='white' "
    "stroke-width='2.6' stroke-linecap='round'/%3E%3C/svg%3E"
)


def build_app(engine: Engine) -> gr.Blocks:
    """The page, with a tab for each further screen found."""
    page.quiet()
    import gradio as gr

    screens = _screens()
    blocks: gr.Blocks = gr.Blocks(title=page.TITLE, analytics_enabled=False, fill_width=True)
    with blocks:
        if not screens:
            page.chat(engine)
        else:
            with gr.Tab("Chat"):
                page.chat(engine)
            for entry in screens:
                with gr.Tab(entry.name):
                    _screen(entry, engine)
    blocks.queue(max_size=page.WAITING, default_concurrency_limit=page.AT_ONCE, api_open=False)
    return blocks


def _screens() -> list[EntryPoint]:
    return sorted(entry_points(group=SCREENS), key=lambda entry: entry.name)


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


def web(engine: Engine) -> FastAPI:
    """The application as an ASGI app."""
    blocks = build_app(engine)
    import gradio as gr
    from fastapi import FastAPI

    app = FastAPI(title=page.TITLE, docs_url=None, redoc_url=None, openapi_url=None)
    originals.add_route(app, engine)
    for entry in _screens():
        handlers.calmly(functools.partial(_add_routes, entry, app, engine), str)
    app.add_middleware(_Guard)
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
    style = Path(page.__file__).with_name("style.css").read_text(encoding="utf-8")
    return f'<link rel="icon" href="{_ICON}"><style>{style}</style>'


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
                if headers.get("content-type", "").startswith("text/html"):
                    headers.setdefault("Content-Security-Policy", _POLICY)
            await send(message)

        await self.app(scope, receive, guarded)


def serve(engine: Engine, *, host: str = "127.0.0.1", port: int = 7860, open_browser: bool = False) -> None:
    """Serves the application until it is interrupted."""
    import threading
    import webbrowser

    app = web(engine)
    import uvicorn

    if open_browser:
        shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
        opener = threading.Timer(1.0, webbrowser.open, [f"http://{shown}:{port}/"])
        opener.daemon = True
        opener.start()
    uvicorn.run(app, host=host, port=port, log_level="warning")
