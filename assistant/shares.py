"""Links to answers: made on request, for colleagues to open, taken back by who made them."""

from __future__ import annotations

import logging
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from assistant.answer import AssistantError
from assistant.kept_json import exchange_from_json, exchange_to_json
from assistant.records import FILE, clear, using
from assistant.web.conversation import Exchange, now

log = logging.getLogger(__name__)

_ID = re.compile(r"[\w-]{22}", re.ASCII)
MISSING = "There is no answer under this link: it was never made, or it was taken back."


@dataclass(frozen=True)
class Shared:
    """An answer under a link. made: ISO 8601, UTC. open: all it rested on then was limited to no group."""

    id: str
    person: str
    made: str
    open: bool
    exchange: Exchange


class Shares:
    """The links in the library's records. Every method may raise AssistantError."""

    def __init__(self, library: Path) -> None:
        self.library = library

    def make(self, person: str, exchange: Exchange, *, open: bool) -> str:
        """The id of a link to a copy of `exchange`; the same one when asked again."""
        if exchange.result is None:
            raise AssistantError("there is no answer yet that a link could lead to; wait for it")
        with using(self.library) as connection, connection:
            connection.execute("BEGIN IMMEDIATE")
            found = connection.execute(
                "SELECT id FROM share WHERE person = ? AND exchange = ?", (person, exchange.id)
            ).fetchone()
            if found:
                return str(found[0])
            id_ = secrets.token_urlsafe(16)
            row = (id_, person, exchange.id, now(), int(open), exchange_to_json(exchange))
            connection.execute("INSERT INTO share VALUES (?, ?, ?, ?, ?, ?)", row)
        log.info("made a link to answer %s", exchange.id)
        return id_

    def of(self, person: str) -> dict[str, str]:
        """Exchange id -> id of the link that this person made to it."""
        if not (self.library / FILE).is_file():
            return {}
        with using(self.library) as connection:
            rows = connection.execute(
                "SELECT exchange, id FROM share WHERE person = ? ORDER BY made", (person,)
            )
            return dict(rows.fetchall())

    def open(self, id: str) -> Shared:
        """What is under a link; who may read it is for the caller to ask. Raises AssistantError for none."""
        row = None
        if _ID.fullmatch(id) and (self.library / FILE).is_file():
            with using(self.library) as connection:
                row = connection.execute(
                    "SELECT person, made, open, record FROM share WHERE id = ?", (id,)
                ).fetchone()
        if row is None:
            raise AssistantError(MISSING)
        return Shared(id, row[0], row[1], bool(row[2]), exchange_from_json(row[3]))

    def revoke(self, person: str, id: str) -> None:
        """Takes a link back for good. Raises AssistantError where this person made none such."""
        if not (self.library / FILE).is_file():
            raise AssistantError(MISSING)
        with using(self.library) as connection:
            with connection:
                gone = connection.execute(
                    "DELETE FROM share WHERE id = ? AND person = ?", (id, person)
                ).rowcount
            if not gone:
                raise AssistantError(MISSING)
            clear(connection)
        log.info("took back a link")
