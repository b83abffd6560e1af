"""How the caches beside a library (SQLite) are opened: losing one costs time and nothing else."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ingest.documents import IngestError

_WAIT = 60.0  # seconds that a writer waits for another one


@contextmanager
def opened(path: Path, table: str, what: str) -> Iterator[sqlite3.Connection]:
    """A connection for one call, so that none is shared between threads; several processes may have one.

    table: the statement that makes the cache's table where it is not there. what: is kept ("vectors").
    Raises IngestError where the file cannot be used.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unusable(path, what, error) from error
    # Other errors than the database's are those of whoever works with it, such as a model's endpoint.
    try:
        with closing(sqlite3.connect(path, timeout=_WAIT)) as database:
            share(database, _WAIT)
            database.execute("PRAGMA synchronous = NORMAL")
            database.execute(f"CREATE TABLE IF NOT EXISTS {table}")
            yield database
    except (sqlite3.Error, PermissionError) as error:
        raise _unusable(path, what, error) from error


def share(database: sqlite3.Connection, wait: float) -> None:
    """Lets readers of `database` go on beside its writer; the file remembers it. Waits up to `wait` seconds.

    SQLite itself does not wait here: of several processes that make the same file at once it tells all but
    one "locked" (sqlite.org/c3ref/busy_handler.html: where waiting could be a deadlock it does not wait).
    """
    until = time.monotonic() + wait
    while True:
        try:
            database.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.02)


def _unusable(path: Path, what: str, error: Exception) -> IngestError:
    return IngestError(
        f"The cache of {what} {path} cannot be used ({error}). If it is damaged, delete it: it is filled"
        " again by the next run."
    )
