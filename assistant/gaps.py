"""Telling the library's keeper that a question found no answer."""

from __future__ import annotations

import logging
from pathlib import Path

from assistant.answer import AssistantError, Refusal
from assistant.persons_case import seems_a_case
from assistant.web.conversation import Exchange, now
from assistant.web.words import Said
from ingest.documents import IngestError
from ingest.gaps import Gap, Gaps

log = logging.getLogger(__name__)


def tell(library: Path, person: str, exchange: Exchange) -> None:
    """Puts the question of `exchange` on the keeper's list.

    Raises AssistantError where it has an answer, or seems to hold a person's case.
    """
    result = exchange.result
    if not isinstance(result, Refusal):
        raise Said("do.missing_answered")
    if seems_a_case(result.standing_question) or seems_a_case(exchange.asked):
        raise Said("do.missing_case")
    nearest = tuple(dict.fromkeys(hit.source.title for hit in result.nearest))
    try:
        Gaps(library).tell(
            Gap(
                exchange.id,
                result.standing_question,
                result.language,
                exchange.scope,
                result.receipt.generation,
                nearest,
                person,
                now(),
            )
        )
    except IngestError as error:
        raise AssistantError(str(error)) from error
    log.info("question %s was told as missing", exchange.id)
