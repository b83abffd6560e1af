"""Tests of the caches' files."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from ingest.cache import opened, share
from ingest.documents import IngestError


def test_a_file_that_another_process_makes_is_waited_for(tmp_path: Path) -> None:
    """SQLite's own time-out does not hold for the change of journal: it says "locked" at once."""
    with (
        closing(sqlite3.connect(tmp_path / "a")) as first,
        closing(sqlite3.connect(tmp_path / "a", timeout=30, check_same_thread=False)) as second,
    ):
        first.execute("BEGIN IMMEDIATE")
        first.execute("CREATE TABLE t (x)")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            share(second, 0)
        waiting = threading.Thread(target=share, args=(second, 30))
        waiting.start()
        first.commit()
        waiting.join(30)
        assert second.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_damaged_file_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"no database" * 1000)
    with pytest.raises(IngestError, match="delete it"), opened(tmp_path / "a", "t (x)", "vectors"):
        pass
