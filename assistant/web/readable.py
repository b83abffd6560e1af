"""Whether a person may read a kept answer now: every document that it shows is asked for again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from assistant.answer import Answer, Hit, Refusal, Source
from assistant.web.access import engine_for, person_of
from assistant.web.conversation import Conversation, Exchange
from assistant.web.engine import Engine

_LEFT = "a newer version"  # of a document that has left the library; what that is called may be limited
HIDDEN = "This answer rests on documents that you may not read."


def hits(exchange: Exchange) -> Iterator[Hit]:
    """The passages that an exchange shows: cited, or nearest to a question without an answer."""
    for result in (exchange.quoted, exchange.result):
        if isinstance(result, Answer):
            yield from (cited.hit for sentence in result.sentences for cited in sentence.citations)
        elif isinstance(result, Refusal):
            yield from result.nearest


def may_read(request: Any, engine: Engine, exchange: Exchange, *, withdrawn: bool) -> bool:
    """Whether who sends `request` may read all that `exchange` rests on.

    withdrawn: also where that has left the library, if no limit bound it there that this person does not
    pass. Right for what this person was answered, or what rested on documents for everyone.
    """
    if person_of(request).reads is None:
        return True
    seen = engine_for(request, engine)
    missing = _unknown(_shown(exchange), seen.sources())
    # The whole library is looked at for this alone: whether what this person lacks is there at all.
    return not missing or (
        withdrawn and missing == _unknown(missing, engine.sources()) and all(map(seen.may_read_left, missing))
    )


def as_seen(request: Any, engine: Engine, exchange: Exchange) -> Exchange:
    """`exchange` without the names of newer versions and twins that who sends `request` may not read."""
    if person_of(request).reads is None:
        return exchange
    now = {source.document: source for source in engine_for(request, engine).sources()}

    def seen(hit: Hit) -> Hit:
        source, current = hit.source, now.get(hit.source.document)
        newer = current.superseded if current else _LEFT
        twin = current.twin if current else ""
        known = replace(
            source, superseded=newer if source.superseded else "", twin=twin if source.twin else ""
        )
        return replace(hit, source=known)

    quoted, result = (_with(each, seen) for each in (exchange.quoted, exchange.result))
    if (quoted, result) == (exchange.quoted, exchange.result):
        return exchange
    assert quoted is None or isinstance(quoted, Answer)
    return replace(exchange, quoted=quoted, result=result, html="")


def _with(result: Answer | Refusal | None, seen: Callable[[Hit], Hit]) -> Answer | Refusal | None:
    if isinstance(result, Refusal):
        return replace(result, nearest=tuple(map(seen, result.nearest)))
    if result is None:
        return None
    return replace(
        result,
        sentences=tuple(
            replace(
                sentence,
                citations=tuple(replace(each, hit=seen(each.hit)) for each in sentence.citations),
            )
            for sentence in result.sentences
        ),
    )


def _shown(exchange: Exchange) -> set[str]:
    """The documents that an exchange shows, or its filters name: SHA-256, or as it was typed."""
    shown = {hit.source.document for hit in hits(exchange)}
    if exchange.result is not None:
        shown.update(exchange.result.receipt.filters.documents)
    return shown


def _unknown(documents: set[str], sources: Sequence[Source]) -> set[str]:
    """Those of `documents` that are none of `sources`."""
    return {
        each
        for each in documents
        if not any(source.document.startswith(each) or source.name == each for source in sources)
    }


def for_everyone(engine: Engine, exchange: Exchange) -> bool:
    """Whether all that `exchange` rests on is limited to no group."""
    return not _unknown(_shown(exchange), engine.seen_by(frozenset()).sources())


def readable(request: Any, engine: Engine, conversation: Conversation) -> Conversation:
    """This person's own conversation, where an answer that they may no longer read says so in its place."""
    return replace(
        conversation,
        exchanges=tuple(
            as_seen(request, engine, each)
            if may_read(request, engine, each, withdrawn=True)
            else Exchange(each.asked, problem=HIDDEN, id=each.id, when=each.when)
            for each in conversation.exchanges
        ),
    )
