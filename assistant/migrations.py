"""A SQLite file brought to the newest of its migrations; PRAGMA user_version counts those applied."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from assistant.answer import AssistantError
from ingest.cache import share


def migrate(connection: sqlite3.Connection, path: Path, migrations: Sequence[str], wait: float) -> None:
    """Applies those of `migrations` that the file at `path` lacks, once each, in their order, all or none.
    Waits up to `wait` seconds for another writer. Raises AssistantError where the file has more."""
    if _version(connection, path, migrations) == len(migrations):
        return
    share(connection, wait)
    connection.execute("BEGIN IMMEDIATE")  # another process may have been here meanwhile
    with connection:
        for number in range(_version(connection, path, migrations), len(migrations)):
            connection.execute(migrations[number])
            connection.execute(f"PRAGMA user_version = {number + 1}")


def _version(connection: sqlite3.Connection, path: Path, migrations: Sequence[str]) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > len(migrations):
        raise AssistantError(f"{path} was written by a newer version of this program; update this one")
    return version
