"""The page behind a link to an answer: the answer with its sources, for who may read all of them."""

from __future__ import annotations

import logging
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any

from assistant.answer import Answer, AssistantError, Refusal, Source
from assistant.search import resolve
from assistant.shares import MISSING, Shared, Shares
from assistant.web import names
from assistant.web.access import engine_for, person_of
from assistant.web.conversation import Conversation
from assistant.web.engine import Engine
from assistant.web.language import language_of
from assistant.web.plain_page import plain_page
from assistant.web.readable import as_seen, for_everyone, hits, may_read
from assistant.web.render import NEAREST, Numbered, numbered
from assistant.web.words import Said, say

if TYPE_CHECKING:
    from fastapi import FastAPI

log = logging.getLogger(__name__)


def share(request: Any, engine: Engine, conversation: Conversation, exchange: str) -> str:
    """The path of a link to one answer of this person's conversation, made now if there is none yet.

    Raises AssistantError where the answer is no longer part of it, or may no longer be read.
    """
    found = next((each for each in conversation.exchanges if each.id == exchange), None)
    if found is None or not may_read(request, engine, found, withdrawn=True):
        raise Said("do.share_gone")
    person = person_of(request).name
    made = Shares(engine.settings.library).make(person, found, open=for_everyone(engine, found))
    return f"/answer/{made}"


def add_routes(app: FastAPI, engine: Engine) -> None:
    """`GET /answer/{id}`: 404 for what is no link, 403 where not all of it may be read."""
    from fastapi import Request
    from starlette.responses import HTMLResponse

    def answer(request: Request, id: str) -> HTMLResponse:
        status, page = _answered(request, engine, id)
        return HTMLResponse(page, status, headers={"Cache-Control": "private, no-store"})

    answer.__annotations__["request"] = Request  # FastAPI reads it, and the name is local
    app.add_api_route("/answer/{id}", answer, methods=["GET"], response_model=None)


def _answered(request: Any, engine: Engine, id: str) -> tuple[int, str]:
    person_of(request)  # nobody without a name here
    ui = language_of(request)
    try:
        shared = Shares(engine.settings.library).open(id)
        if not may_read(request, engine, shared.exchange, withdrawn=shared.open):
            return 403, _told(say(ui, "shared.forbidden"), ui)
        seen = replace(shared, exchange=as_seen(request, engine, shared.exchange))
        reader = engine_for(request, engine)
        counted = person_of(request).reads is None or _counts_as(seen, reader)
        return 200, page(seen, reader, counted=counted, ui=ui)
    except AssistantError as error:
        if str(error) != MISSING:
            log.error("a link could not be opened: %s", error)
        return 404, _told(say(ui, "shared.missing") if str(error) == MISSING else str(error), ui)


def _told(words: str, ui: str) -> str:
    title = say(ui, "shared.title")
    return plain_page(title, f'<h1>{title}</h1><p class="note">{escape(words)}</p>', ui)


def _counts_as(shared: Shared, engine: Engine) -> bool:
    """Whether as many documents were searched for `shared` as its reader could have searched; another number
    would tell of documents that the reader may not read."""
    assert shared.exchange.result is not None, "only answers and refusals are shared"
    receipt, sources = shared.exchange.result.receipt, engine.sources()
    scope = resolve(receipt.filters, sources)
    return receipt.documents_searched == len(sources if scope is None else scope)


def page(shared: Shared, engine: Engine, *, counted: bool = True, ui: str = "en") -> str:
    """The page of `shared`. engine: as the reader may see it; it says what has become of the documents.

    counted: with how many documents were searched, of which the reason of a refusal speaks too.
    """
    exchange, result = shared.exchange, shared.exchange.result
    assert result is not None, "only answers and refusals are shared"
    now = {source.document: source for source in engine.sources()}
    cited = numbered((result.sentences,)) if isinstance(result, Answer) else {}
    parts = [f'<h1 dir="auto">{escape(exchange.asked)}</h1>']
    if exchange.standing:
        searched = say(ui, "answer.searched_for", question=exchange.standing)
        parts.append(f'<p class="soft" dir="auto">{escape(searched)}</p>')
    parts.append(_answer(result, cited) if isinstance(result, Answer) else _refusal(result, counted, ui))
    entries = list(cited.values()) or [
        Numbered(place, hit, [hit.passage.text])
        for place, hit in enumerate(list(hits(exchange))[:NEAREST], start=1)
    ]
    if entries:
        title = say(ui, "source.title" if cited else "source.nearest")
        items = "".join(_source(each, now.get(each.hit.source.document), ui) for each in entries)
        parts.append(f'<h2>{title}</h2><ol class="sources">{items}</ol>')
    about = _about(shared, result, engine.generation(), counted, ui)
    return plain_page(exchange.asked, "".join(parts) + about, ui)


def _answer(answer: Answer, cited: dict[str, Numbered]) -> str:
    note = f'<p class="note">{escape(answer.note)}</p>' if answer.note else ""
    lines = []
    for sentence in answer.sentences:
        marks = "".join(
            f'<a class="mark" href="#source-{cited[id_].number}">{cited[id_].number}</a>'
            for id_ in dict.fromkeys(each.hit.passage.id for each in sentence.citations)
        )
        lines.append(f'<p class="sentence" dir="auto">{escape(sentence.text)}{marks}</p>')
    return note + "".join(lines)


def _refusal(refusal: Refusal, counted: bool, ui: str) -> str:
    reason = f'<span dir="auto">{escape(refusal.reason)}</span>' if counted else ""
    return f'<p class="note caution"><b>{say(ui, "answer.none")}</b><br>{reason}</p>'


def _source(entry: Numbered, now: Source | None, ui: str) -> str:
    hit, source = entry.hit, entry.hit.source
    facts = " · ".join(filter(None, (*names.details(source, ui), source.symbol, names.page(hit.passage, ui))))
    quotes = "".join(f'<blockquote dir="auto">{escape(quote)}</blockquote>' for quote in entry.quotes)
    if now is None:
        became = f'<p class="facts caution">{say(ui, "shared.gone")}</p>'
    else:
        place = hit.passage.page
        anchor, words = ("", "open") if place is None else (f"#page={place}", "open_page")
        newer = escape(say(ui, "shared.superseded", newer=now.superseded)) if now.superseded else ""
        link = f"/original/{escape(source.document)}{anchor}"
        became = (f'<p class="facts caution" dir="auto">{newer}</p>' if newer else "") + (
            f'<a href="{link}" rel="noopener noreferrer">{say(ui, f"source.{words}")}</a>'
        )
    return (
        f'<li id="source-{entry.number}"><p><span class="mark">{entry.number}</span> '
        f'<span class="title" dir="auto">{escape(source.title)}</span></p>'
        f'<p class="facts">{escape(facts)}</p>{quotes}{became}</li>'
    )


def _about(shared: Shared, result: Answer | Refusal, now: str, counted: bool, ui: str) -> str:
    receipt, scope = result.receipt, shared.exchange.scope
    count = receipt.documents_searched
    date = names.day(shared.exchange.when, ui)
    if counted:
        made = say(ui, "shared.made", date=date, generation=receipt.generation, count=count)
    else:
        made = say(ui, "shared.made_uncounted", date=date, generation=receipt.generation)
    lines = [
        made,
        say(ui, "filters.set", scope=scope) if scope else "",
        say(ui, "shared.now", generation=now) if now not in ("", receipt.generation) else "",
    ]
    shown = "".join(f'<p class="soft">{escape(line)}</p>' for line in lines if line)
    return f"<hr><footer>{shown}</footer>"
