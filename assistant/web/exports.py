"""Exports as the browser gets them: of the person's own kept conversations, as far as they may be read."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

from assistant.answer import AssistantError
from assistant.kept import MISSING, Conversations
from assistant.web.access import engine_for, person_of
from assistant.web.conversation import Conversation, now
from assistant.web.engine import Engine
from assistant.web.language import language_of
from assistant.web.originals import DOCX
from assistant.web.readable import readable
from assistant.web.words import say

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.responses import Response

log = logging.getLogger(__name__)

MEDIA = {"docx": DOCX, "pdf": "application/pdf", "md": "text/markdown; charset=utf-8"}
_NAME = re.compile(r"([0-9a-f]{32})\.(docx|pdf|md)")


def add_routes(app: FastAPI, engine: Engine) -> None:
    """`GET /export/{conversation}.{docx|pdf|md}`, with `?answer={exchange}` for one answer alone."""
    from fastapi import Request
    from starlette.responses import PlainTextResponse

    def export(request: Request, name: str, answer: str = "") -> Response:
        known = _NAME.fullmatch(name)
        try:
            if known is None:
                raise AssistantError(MISSING)
            return _exported(request, engine, known[1], known[2], answer)
        except AssistantError as error:
            if str(error) == MISSING:
                return PlainTextResponse(say(language_of(request), "conversations.missing"), 404)
            log.error("an export failed: %s", error)
            return PlainTextResponse(str(error), 500)

    export.__annotations__["request"] = Request  # FastAPI reads it, and the name is local
    app.add_api_route("/export/{name}", export, methods=["GET"], response_model=None)


def _exported(request: Any, engine: Engine, id: str, form: str, answer: str) -> Response:
    from starlette.responses import Response

    store, person = Conversations(engine.settings.library), person_of(request).name
    title = store.title(person, id)
    conversation = readable(request, engine, store.open(person, id))
    if answer:
        conversation = Conversation(tuple(each for each in conversation.exchanges if each.id == answer), id)
        title = ""
    if not conversation.exchanges:
        raise AssistantError(MISSING)
    data = made(conversation, form, title, engine_for(request, engine), language_of(request))
    kind = "answer" if answer else "conversation"
    headers = {
        "Content-Disposition": f'attachment; filename="{kind}-{now()[:10]}.{form}"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(data, headers=headers, media_type=MEDIA[form])


def made(conversation: Conversation, form: str, title: str, engine: Engine, ui: str) -> bytes:
    """The file, which speaks `ui` around the answers.

    engine: as the person may see it; it names the documents that were considered.
    """
    sources = engine.sources()
    if form == "docx":
        from assistant.export_docx import to_docx

        return to_docx(conversation, title, sources, ui)
    if form == "pdf":
        from assistant.export_pdf import to_pdf

        return to_pdf(conversation, title, sources, ui)
    from assistant.export_markdown import to_markdown

    return to_markdown(conversation, title, sources, ui).encode()
