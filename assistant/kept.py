"""Conversations kept on the server, each its person's own: listed, searched, renamed, deleted for good."""

from __future__ import annotations

import logging
import re
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from assistant.answer import Answer, AssistantError, Refusal
from assistant.kept_json import exchange_from_json, exchange_to_json
from assistant.records import FILE, clear, using
from assistant.web.conversation import Conversation, Exchange, now
from ingest.documents import IngestError
from ingest.gaps import Gaps
from ingest.terms import terms

log = logging.getLogger(__name__)

PAGE = 30  # conversations of one page of the list
LONGEST_TITLE = 120  # characters
INTERRUPTED = "There is no answer: this question was interrupted, or it is still being answered elsewhere."
MISSING = "There is no such conversation."
_DAY = 24 * 3600.0
_SPACE = re.compile(r"[\s\x00-\x1f\x7f]+")
_OURS = "FROM conversation WHERE id = ? AND person = ?"


@dataclass(frozen=True)
class Line:
    """A conversation in the list. begun, changed: ISO 8601, UTC."""

    id: str
    title: str
    begun: str
    changed: str
    exchanges: int


class Conversations:
    """The conversations in the library's records. person: `Person.name`, "" for the one local person.

    Another person's conversation is as if it did not exist. Every method may raise AssistantError.
    """

    def __init__(self, library: Path) -> None:
        self.library = library

    def keep(self, person: str, conversation: Conversation) -> None:
        """Keeps the last exchange: call it when that was asked and again when it is finished.

        Keeps nothing of a conversation that says so. What was deleted meanwhile stays deleted.
        """
        if not conversation.keep or not conversation.exchanges:
            return
        if not conversation.id:
            raise ValueError("a conversation gets its id from Conversation.add")
        exchange = conversation.exchanges[-1]
        with using(self.library) as connection, connection:
            connection.execute("BEGIN IMMEDIATE")
            found = connection.execute(
                "SELECT number FROM exchange WHERE id = ? AND conversation = ?",
                (exchange.id, conversation.id),
            ).fetchone()
            if found is None and exchange.finished:
                return
            self._begin(connection, person, conversation)
            if found is None:
                place = len(conversation.exchanges)
                number = connection.execute(
                    "INSERT INTO exchange (id, conversation, place, record) VALUES (?, ?, ?, ?)",
                    (exchange.id, conversation.id, place, exchange_to_json(exchange)),
                ).lastrowid
            else:
                number = found[0]
                connection.execute(
                    "UPDATE exchange SET record = ? WHERE number = ?", (exchange_to_json(exchange), number)
                )
            connection.execute(
                "INSERT OR REPLACE INTO exchange_words (rowid, words) VALUES (?, ?)",
                (number, _words(exchange)),
            )
        log.info("kept question %s of conversation %s", exchange.id, conversation.id)

    def _begin(self, connection: sqlite3.Connection, person: str, conversation: Conversation) -> None:
        row = connection.execute(
            "SELECT person FROM conversation WHERE id = ?", (conversation.id,)
        ).fetchone()
        if row is None:
            title = _title(conversation.exchanges[-1].asked)
            connection.execute(
                "INSERT INTO conversation VALUES (?, ?, ?, ?, ?)",
                (conversation.id, person, title, now(), now()),
            )
        elif row[0] != person:
            raise AssistantError(MISSING)
        else:
            connection.execute("UPDATE conversation SET changed = ? WHERE id = ?", (now(), conversation.id))

    def list(self, person: str, search: str = "", page: int = 1) -> tuple[Line, ...]:
        """One page of PAGE conversations, newest first; of those alone whose title or one of whose exchanges
        holds all words of `search`. A full page may have another one behind it."""
        if not (self.library / FILE).is_file():
            return ()
        where, values = "person = ?", [person]
        if search.strip():
            where += (
                " AND (holds(title, ?) OR id IN (SELECT conversation FROM exchange WHERE number IN"
                " (SELECT rowid FROM exchange_words WHERE exchange_words MATCH ?)))"
            )
            values += [_plain(search), _query(search)]
        query = (
            "SELECT id, title, begun, changed, (SELECT count(*) FROM exchange WHERE conversation ="
            f" conversation.id) FROM conversation WHERE {where} ORDER BY changed DESC, rowid DESC"
            " LIMIT ? OFFSET ?"
        )
        with using(self.library) as connection:
            connection.create_function("holds", 2, _holds, deterministic=True)
            rows = connection.execute(query, (*values, PAGE, (max(page, 1) - 1) * PAGE)).fetchall()
        return tuple(Line(*row) for row in rows)

    def open(self, person: str, id: str) -> Conversation:
        """The conversation with all its exchanges; one without an end says so. Raises AssistantError where
        this person has none of that name."""
        with self._own(person, id) as connection:
            rows = connection.execute(
                "SELECT record FROM exchange WHERE conversation = ? ORDER BY place, number", (id,)
            ).fetchall()
        return Conversation(tuple(_ended(exchange_from_json(row[0])) for row in rows), id)

    def title(self, person: str, id: str) -> str:
        """What it is called. Raises AssistantError where this person has none of that name."""
        with self._own(person, id) as connection:
            return str(connection.execute("SELECT title FROM conversation WHERE id = ?", (id,)).fetchone()[0])

    def rename(self, person: str, id: str, title: str) -> None:
        """Raises AssistantError for a title without words, or where this person has no such conversation."""
        if not (plain := _title(title)):
            raise AssistantError("a conversation needs a title; type one")
        with self._own(person, id) as connection:
            with connection:
                connection.execute("UPDATE conversation SET title = ? WHERE id = ?", (plain, id))
            clear(connection)

    def delete(self, person: str, id: str) -> None:
        """Deletes the conversation for good, and the links to its answers; feedback on it stays.

        Raises AssistantError where this person has no such conversation.
        """
        with self._own(person, id) as connection:
            _delete(connection, [id])
        log.info("deleted conversation %s", id)

    def delete_all(self, person: str) -> int:
        """Deletes every conversation of this person for good, and every link they made; how many that was."""
        if not (self.library / FILE).is_file():
            return 0
        with using(self.library) as connection:
            ids = connection.execute("SELECT id FROM conversation WHERE person = ?", (person,)).fetchall()
            with connection:
                connection.execute("DELETE FROM share WHERE person = ?", (person,))
            _delete(connection, [row[0] for row in ids])
        log.info("deleted %d conversations", len(ids))
        return len(ids)

    def purge(self, days: int) -> int:
        """Deletes for good what is older than `days` (0: nothing): conversations since they last went on,
        links since they were made. How many conversations that was."""
        if days <= 0 or not (self.library / FILE).is_file():
            return 0
        before = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="milliseconds")
        with using(self.library) as connection:
            ids = connection.execute("SELECT id FROM conversation WHERE changed < ?", (before,)).fetchall()
            with connection:
                links = connection.execute("DELETE FROM share WHERE made < ?", (before,)).rowcount
            if ids or links:
                _delete(connection, [row[0] for row in ids])
        log.info("deleted %d conversations that are older than %d days", len(ids), days)
        return len(ids)

    @contextmanager
    def _own(self, person: str, id: str) -> Iterator[sqlite3.Connection]:
        if not (self.library / FILE).is_file():
            raise AssistantError(MISSING)
        with using(self.library) as connection:
            if not connection.execute(f"SELECT 1 {_OURS}", (id, person)).fetchone():
                raise AssistantError(MISSING)
            yield connection


def keeping(
    conversations: Conversations, person: str, steps: Iterable[Conversation]
) -> Iterator[Conversation]:
    """`steps` of answering a question, as they come; the first is kept, and that with the finished answer.

    A question is answered also where it cannot be kept: the log says why.
    """
    first = True
    for conversation in steps:
        if first or conversation.exchanges[-1].finished:
            try:
                conversations.keep(person, conversation)
            except AssistantError as error:
                log.error("a question was not kept: %s", error)
        first = False
        yield conversation


def purge_daily(library: Path, days: int) -> threading.Event:
    """Purges conversations, links and gaps now and then once a day, on a thread of its own, until the event
    is set. 0 days: never."""
    ended = threading.Event()

    def work() -> None:
        while True:
            try:
                Conversations(library).purge(days)
                Gaps(library).purge(days)
            except (AssistantError, IngestError) as error:
                log.error("old conversations were not deleted: %s", error)
            if ended.wait(_DAY):
                return

    if days > 0:
        threading.Thread(target=work, name="purge", daemon=True).start()
    return ended


def _delete(connection: sqlite3.Connection, ids: Iterable[str]) -> None:
    with connection:
        for id_ in ids:
            for table, key, named in (("exchange_words", "rowid", "number"), ("share", "exchange", "id")):
                theirs = f"SELECT {named} FROM exchange WHERE conversation = ?"
                connection.execute(f"DELETE FROM {table} WHERE {key} IN ({theirs})", (id_,))
            connection.execute("DELETE FROM exchange WHERE conversation = ?", (id_,))
            connection.execute("DELETE FROM conversation WHERE id = ?", (id_,))
    clear(connection)


def _ended(exchange: Exchange) -> Exchange:
    return exchange if exchange.finished else replace(exchange, problem=INTERRUPTED)


def _plain(text: str) -> str:
    """On one line, and without halves of surrogate pairs, which SQLite does not take."""
    return _SPACE.sub(" ", text.encode(errors="replace").decode()).strip()


def _title(text: str) -> str:
    plain = _plain(text)
    if len(plain) <= LONGEST_TITLE:
        return plain
    return f"{plain[:LONGEST_TITLE].rsplit(' ', 1)[0]} …"


def _words(exchange: Exchange) -> str:
    """What an exchange is found by: the question, as typed and as searched, and what was said."""
    result = exchange.result
    said = result.text if isinstance(result, Answer) else result.reason if isinstance(result, Refusal) else ""
    return " ".join(terms(_plain(f"{exchange.asked} {exchange.standing} {said}"), ""))


def holds(title: str, conversation: Conversation, search: str) -> bool:
    """Whether the title, or an exchange, of what is there of `conversation` holds all words of `search`."""
    texts = (title, *(_words(each) for each in conversation.exchanges))
    return any(_holds(text, search) for text in texts)


def _query(search: str) -> str:
    """FTS5 for: holds all these words, each of them perhaps with an ending."""
    return " AND ".join(f'"{term}"*' for term in terms(_plain(search), "")) or '""'


def _holds(title: str, search: str) -> bool:
    """The same, asked of a title."""
    held, wanted = terms(title, ""), terms(search, "")
    return bool(wanted) and all(any(each.startswith(term) for each in held) for term in wanted)
