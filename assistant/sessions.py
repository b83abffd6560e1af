"""Sessions of the browser and API tokens of programs: random tokens, of which only the SHA-256 is kept."""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.answer import AssistantError
from assistant.people import Person
from assistant.people_db import Reader, opened
from assistant.users import User, user_of

_TOUCH = 60.0  # seconds: the last use is noted no more often
_DAY = 86_400.0
_LABEL = re.compile(r"[\w .@+-]{1,60}")
_USER = "users.name, role, groups, disabled, openid, subject, users.made, seen"
PREFIX = "pa_"  # of API tokens, so that scanners for leaked secrets can know them


@dataclass(frozen=True)
class Session:
    """A session that holds now. key: the SHA-256 of its token."""

    person: Person
    key: str


@dataclass(frozen=True)
class Token:
    """An API token of a user. made, used (None: never), ends: Unix seconds."""

    user: str
    name: str
    made: float
    used: float | None
    ends: float


def key_of(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


class Sessions:
    """The sessions and API tokens of one library. Every method may raise AssistantError.

    idle: hours a session lasts without use; life: in all. clock: gives Unix seconds.
    """

    def __init__(
        self, library: Path, idle: float = 12.0, life: float = 168.0, clock: Callable[[], float] = time.time
    ) -> None:
        self._library = library
        self._reader = Reader(library)
        self._idle, self._life = idle * 3600, life * 3600
        self._clock = clock

    def begin(self, user: User) -> str:
        """A new session's token. Those that have ended are forgotten."""
        token, now = secrets.token_urlsafe(32), self._clock()
        with opened(self._library) as connection:
            connection.execute("DELETE FROM sessions WHERE ends < ? OR used < ?", (now, now - self._idle))
            connection.execute(
                "INSERT INTO sessions VALUES (?, ?, ?, ?, ?)",
                (key_of(token), user.name, now, now, now + self._life),
            )
            connection.execute("UPDATE users SET seen = ? WHERE name = ?", (now, user.name))
        return token

    def of(self, token: str) -> Session | None:
        """The session of a cookie's token as its user is now; None where it does not hold (any more)."""
        key, now = key_of(token), self._clock()
        rows = self._reader.rows(
            f"SELECT used, {_USER} FROM sessions JOIN users ON users.name = user"
            " WHERE token = ? AND NOT disabled AND ends > ? AND used > ?",
            (key, now, now - self._idle),
        )
        return self._used("sessions", key, rows, now)

    def end(self, key: str) -> None:
        """key: as `Session` has it."""
        with opened(self._library) as connection:
            connection.execute("DELETE FROM sessions WHERE token = ?", (key,))

    # API tokens

    def make_token(self, user: User, name: str, days: int) -> str:
        """A new API token, which is shown once and never again. name: what it is for."""
        if not _LABEL.fullmatch(name):
            raise AssistantError(
                f"{name!r} cannot be a token's name; use letters, digits, spaces and . _ - + @"
            )
        if not 1 <= days <= 3650:
            raise AssistantError("a token lasts from 1 to 3650 days")
        token, now = PREFIX + secrets.token_urlsafe(32), self._clock()
        with opened(self._library) as connection:
            connection.execute("DELETE FROM tokens WHERE ends < ?", (now,))
            if connection.execute(
                "SELECT 1 FROM tokens WHERE user = ? AND name = ?", (user.name, name)
            ).fetchone():
                raise AssistantError(
                    f"{user.name} has a token {name} already; revoke it first, or name this otherwise"
                )
            connection.execute(
                "INSERT INTO tokens VALUES (?, ?, ?, ?, NULL, ?)",
                (key_of(token), user.name, name, now, now + days * _DAY),
            )
        return token

    def tokens(self, user: User) -> tuple[Token, ...]:
        with opened(self._library) as connection:
            rows = connection.execute(
                "SELECT user, name, made, used, ends FROM tokens WHERE user = ? ORDER BY made", (user.name,)
            ).fetchall()
        return tuple(Token(*row) for row in rows)

    def revoke(self, user: User, name: str) -> None:
        with opened(self._library) as connection:
            if not connection.execute(
                "DELETE FROM tokens WHERE user = ? AND name = ?", (user.name, name)
            ).rowcount:
                raise AssistantError(f"{user.name} has no token {name}")

    def of_token(self, token: str) -> Session | None:
        """As `of`, for an API token."""
        key, now = key_of(token), self._clock()
        rows = self._reader.rows(
            f"SELECT used, {_USER} FROM tokens JOIN users ON users.name = user"
            " WHERE token = ? AND NOT disabled AND ends > ?",
            (key, now),
        )
        return self._used("tokens", key, rows, now)

    def _used(self, table: str, key: str, rows: Sequence[tuple[Any, ...]], now: float) -> Session | None:
        if not rows:
            return None
        used, *columns = rows[0]
        user = user_of(tuple(columns))
        if now - (used or 0) > _TOUCH:
            with opened(self._library) as connection:
                connection.execute(f"UPDATE {table} SET used = ? WHERE token = ?", (now, key))
                connection.execute("UPDATE users SET seen = ? WHERE name = ?", (now, user.name))
        return Session(user.person, key)
