"""Gives the page in the language of whoever loads it: an ASGI middleware that fills slots (see wording.py).

Gradio makes the page's configuration once for everyone; its words are slots, which this fills for each
request, so that nothing has to be sent again in another language once the page stands.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Sequence
from typing import Any

from assistant.web import welcome
from assistant.web.language import language_of
from ingest.wording import Wording, direction, filled

_FILLED = ("/", "/config")
# About where Gradio will put the same, in a font that is there: the page's own style comes with its scripts.
_PLACE = ' style="position:absolute;inset:22vh 20px auto;text-align:center;font-family:system-ui,sans-serif"'
_HTML = re.compile(r'<html\s+lang="[^"]*"')


class Translated:
    """For the page and its configuration; all else passes through, with the language in its scope, where
    screens that know nothing of this folder find it."""

    def __init__(self, app: Any, wordings: Sequence[Wording]) -> None:
        self.app = app
        self._wordings = wordings

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        from starlette.datastructures import MutableHeaders
        from starlette.requests import Request

        request = Request(scope)
        language = scope["language"] = language_of(request)
        if scope["path"] not in _FILLED or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        begun: dict[str, Any] = {}
        body = bytearray()

        async def held(message: Any) -> None:
            if message["type"] == "http.response.start":
                begun.update(message)
                return
            body.extend(message.get("body", b""))
            if message.get("more_body"):
                return
            headers = MutableHeaders(scope=begun)
            said = bytes(body)
            kind = headers.get("content-type", "")
            if kind.startswith(("text/html", "application/json")) and "content-encoding" not in headers:
                said = in_language(said.decode(), language, self._wordings).encode()
                headers["Content-Language"] = language
                headers["Vary"] = "Accept-Encoding, Accept-Language, Cookie"
                if "gzip" in request.headers.get("accept-encoding", ""):
                    said = gzip.compress(said, 6)
                    headers["Content-Encoding"] = "gzip"
                headers["Content-Length"] = str(len(said))
            await send(begun)
            await send({"type": "http.response.body", "body": said})

        await self.app(scope, receive, held)


def in_language(text: str, language: str, wordings: Sequence[Wording]) -> str:
    """`text` with its slots filled; a page says its language and direction."""
    told = f'<html lang="{language}" dir="{direction(language)}"'
    # What stands there until the scripts have come; page.js takes it away.
    early = f'<div id="early" aria-busy="true"{_PLACE}>{welcome.static()}</div><gradio-app'
    return filled(language, _HTML.sub(told, text, count=1).replace("<gradio-app", early, 1), wordings)
