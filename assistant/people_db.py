"""The file of users, sessions and tokens (people.sqlite), which this program's own account alone may read."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from assistant.answer import AssistantError
from assistant.migrations import migrate

FILE = "people.sqlite"
WAIT = 10.0  # seconds that a writer waits for another one

# Applied once each, in this order; PRAGMA user_version counts them. Never change one: add the next.
# Moments are Unix seconds. Of session and API tokens the SHA-256 alone is kept.
_MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE users (
        name TEXT PRIMARY KEY, role TEXT NOT NULL, groups TEXT NOT NULL, password TEXT NOT NULL,
        openid INTEGER NOT NULL, subject TEXT UNIQUE, disabled INTEGER NOT NULL, made REAL NOT NULL, seen REAL
    )
    """,
    """
    CREATE TABLE sessions (
        token TEXT PRIMARY KEY, user TEXT NOT NULL, made REAL NOT NULL, used REAL NOT NULL, ends REAL NOT NULL
    )
    """,
    """
    CREATE TABLE tokens (
        token TEXT PRIMARY KEY, user TEXT NOT NULL, name TEXT NOT NULL, made REAL NOT NULL, used REAL,
        ends REAL NOT NULL, UNIQUE (user, name)
    )
    """,
    """
    CREATE TABLE attempts (
        key TEXT PRIMARY KEY, count INTEGER NOT NULL, until REAL NOT NULL, last REAL NOT NULL
    )
    """,
)


@contextmanager
def opened(library: Path) -> Iterator[sqlite3.Connection]:
    """A connection for one piece of work, which is one transaction if it writes. Makes the file as needed.

    Raises AssistantError where the file cannot be used.
    """
    path = library / FILE
    try:
        library.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):  # SQLite would make it readable for all
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        with closing(sqlite3.connect(path, timeout=WAIT)) as connection:
            migrate(connection, path, _MIGRATIONS, WAIT)
            with connection:
                yield connection
    except (OSError, sqlite3.Error) as error:
        raise AssistantError(
            f"{path} cannot be used ({error}); see that the disk has room and that this program may write"
            " there"
        ) from error


class Reader:
    """Reads over one open connection, for what every request asks: opening the file takes 2 to 4 ms, a point
    query on an open one 5 microseconds. A file that took the place of another is opened anew."""

    def __init__(self, library: Path) -> None:
        self._library = library
        self._lock = threading.Lock()
        self._open: sqlite3.Connection | None = None
        self._which: tuple[int, int] | None = None

    def rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The rows of a SELECT, none where there is no file. Raises AssistantError."""
        path = self._library / FILE
        try:
            with self._lock:
                found = path.stat()
                if self._open is None or self._which != (found.st_dev, found.st_ino):
                    self.close()
                    with opened(self._library):
                        pass  # brings the file up to date
                    self._open = sqlite3.connect(path, timeout=WAIT, check_same_thread=False)
                    self._which = (found.st_dev, found.st_ino)
                return self._open.execute(query, values).fetchall()
        except FileNotFoundError:
            return []
        except (OSError, sqlite3.Error) as error:
            raise AssistantError(
                f"{path} cannot be read ({error}); see that this program may read it"
            ) from error

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None
