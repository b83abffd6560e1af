"""The limits as they are at each question: read again when anybody has changed them, else remembered."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

from ingest.admin import Admin
from ingest.documents import IngestError
from ingest.limits import Limits


class LimitWatch:
    """Safe to use from several threads. A look takes some microseconds while nothing has changed.

    SQLite counts the changes by other connections and processes itself (PRAGMA data_version): a time of
    change on the file is too coarse to tell two changes in a row apart.
    """

    def __init__(self, root: Path) -> None:
        self._admin = Admin(root)
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._seen: tuple[int, ...] = ()
        self._limits = Limits()

    def now(self) -> Limits:
        """The same object until something changes. Raises IngestError where they cannot be read: then nobody
        can tell who may read what."""
        with self._lock:
            try:
                seen = self._look()
                if seen != self._seen:
                    limits = self._admin.limits() if seen else Limits()
                    if limits != self._limits:
                        self._limits = limits
                    self._seen = seen
            except (OSError, sqlite3.Error) as error:
                raise IngestError(
                    f"{self._admin.path} cannot be read ({error}), so nobody can tell who may read what; see"
                    " that this program may read it"
                ) from error
            return self._limits

    def _look(self) -> tuple[int, ...]:
        """Something that differs when anything has changed; () where nothing was ever set."""
        try:
            file = self._admin.path.stat()
        except FileNotFoundError:
            if self._limits.limits:
                raise
            return ()
        which = (file.st_dev, file.st_ino)
        if self._connection is None or which != self._seen[:2]:  # it was replaced as a whole
            self._close()
            address = f"{self._admin.path.resolve().as_uri()}?mode=rw"
            self._connection = sqlite3.connect(address, uri=True, timeout=30, check_same_thread=False)
        return *which, int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def close(self) -> None:
        with self._lock:
            self._close()
            self._seen = ()
