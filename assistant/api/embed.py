"""`/embed`: a small page of the chat for a frame on another site, as far as a setting names that site."""

# No `from __future__ import annotations`: FastAPI reads the annotations, which name a local `Request`.
from html import escape
from pathlib import Path
from typing import Any

from assistant.settings import AssistantSettings
from assistant.web.access import KEY
from assistant.web.language import language_of
from assistant.web.plain_page import style
from assistant.web.words import direction, say

_HERE = Path(__file__)
# What embed.js says: data attribute -> key of its words.
_SAID = {
    "searching": "embed.searching",
    "none": "answer.none",
    "sources": "source.title",
    "nearest": "source.nearest",
    "open": "source.open_page",
    "document": "source.open",
    "page": "source.page",
    "superseded": "source.superseded",
    "lost": "ask.lost",
}


def policy(settings: AssistantSettings) -> str:
    """The content security policy: everything from here, framed by the origins of the settings."""
    origins = " ".join(("'self'", *settings.embed_origins.replace(",", " ").split()))
    return (
        "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; "
        f"base-uri 'none'; form-action 'none'; frame-ancestors {origins}"
    )


def add_routes(app: Any, settings: AssistantSettings) -> None:
    """`/embed` and its script on a FastAPI app. Without a login it shows the way to it and nothing else."""
    from fastapi import Request
    from starlette.responses import HTMLResponse, Response

    headers = {"Content-Security-Policy": policy(settings), "Cache-Control": "no-store"}

    def embed(request: Request) -> Any:
        known, ui = request.scope.get(KEY) is not None, language_of(request)
        main = _asking(ui) if known else _sign_in(ui)
        return HTMLResponse(_page(main, ui), 200 if known else 401, headers)

    def script() -> Any:
        text = _HERE.with_name("embed.js").read_text(encoding="utf-8")
        return Response(text, headers={"Cache-Control": "no-cache"}, media_type="text/javascript")

    app.add_api_route("/embed", embed, methods=["GET"], response_model=None)
    app.add_api_route("/embed.js", script, methods=["GET"], response_model=None)


def _page(main: str, ui: str) -> str:
    css = style() + _HERE.with_name("embed.css").read_text(encoding="utf-8")
    return (
        f'<!doctype html><html lang="{ui}" dir="{direction(ui)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(say(ui, 'page.title'))}</title><style>{css}</style></head><body>{main}</body></html>"
    )


def _sign_in(ui: str) -> str:
    """A link to the login in a tab of its own: the login itself may not be framed."""
    words, then = escape(say(ui, "login.sign_in")), escape(say(ui, "embed.reload"))
    return (
        f'<main><p><a href="/login?next=/embed" target="_blank" rel="noopener">{words}</a></p>'
        f'<p class="soft">{then}</p></main>'
    )


def _asking(ui: str) -> str:
    # `{page}` and `{newer}` in these are filled in by the script.
    said = "".join(f' data-{name}="{escape(say(ui, key))}"' for name, key in _SAID.items())
    label, placeholder, send = (escape(say(ui, f"ask.{name}")) for name in ("label", "placeholder", "send"))
    return (
        f'<main{said}><h1 class="unseen">{escape(say(ui, "page.title"))}</h1>'
        '<div id="turns" role="log" aria-live="polite"></div>'
        f'<form><label class="unseen" for="question">{label}</label>'
        f'<input id="question" name="question" placeholder="{placeholder}" maxlength="2000" required'
        f' autocomplete="off" dir="auto"><button>{send}</button></form></main>'
        '<script src="/embed.js"></script>'
    )
