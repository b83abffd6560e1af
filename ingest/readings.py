"""The cache of readings (readings.sqlite): what was read from a file's bytes, so that none is read twice."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from ingest.cache import opened
from ingest.catalogue import blocks_from_json, blocks_to_json
from ingest.documents import Page, Reading

FILE = "readings.sqlite"
_LIBRARIES = ("lxml", "mammoth", "markdown-it-py", "pypdf", "pypdfium2", "python-docx")

_TABLE = (
    "readings (document TEXT PRIMARY KEY, readers TEXT, format TEXT, seconds REAL, properties TEXT,"
    " pages BLOB)"
)


@cache
def readers() -> str:
    """A hash of the readers, theirs and ours: where it differs, every file is read again.

    Of what they are and no number that someone must think of raising.
    """
    place = Path(__file__).parent
    found = hashlib.sha256()
    for file in sorted([*place.glob("readers/*.py"), place / "clean.py", place / "quality.py"]):
        found.update(file.name.encode() + file.read_bytes())
    for name in _LIBRARIES:
        found.update(f"{name} {version(name)}".encode())
    return found.hexdigest()[:16]


@dataclass(frozen=True)
class KeptReading:
    """A reading with the seconds that it took."""

    reading: Reading
    seconds: float


class ReadingCache:
    """SHA-256 -> reading. Losing the file costs time and nothing else; several processes may use it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def get(self, document: str) -> KeptReading | None:
        if not self.path.is_file():
            return None
        with self._open() as database:
            row = database.execute(
                "SELECT format, seconds, properties, pages FROM readings WHERE document = ? AND readers = ?",
                (document, readers()),
            ).fetchone()
        if row is None:
            return None
        format_, seconds, properties, pages = row
        read = tuple(
            Page(index, label, blocks_from_json(blocks), problem, ocr)
            for index, label, blocks, problem, ocr in json.loads(zlib.decompress(pages))
        )
        return KeptReading(Reading(format_, read, json.loads(properties)), seconds)

    def put(self, document: str, reading: Reading, seconds: float) -> None:
        pages = [(p.index, p.label, blocks_to_json(p.blocks), p.problem, p.ocr) for p in reading.pages]
        packed = zlib.compress(json.dumps(pages).encode(), 1)
        row = (document, readers(), reading.format, seconds, json.dumps(reading.properties), packed)
        with self._open() as database, database:
            database.execute("INSERT OR REPLACE INTO readings VALUES (?, ?, ?, ?, ?, ?)", row)

    def has(self, documents: Collection[str]) -> set[str]:
        """Those of `documents` whose reading is kept."""
        if not self.path.is_file():
            return set()
        with self._open() as database:
            rows = database.execute("SELECT document FROM readings WHERE readers = ?", (readers(),))
            return {row[0] for row in rows} & set(documents)

    def keep_only(self, documents: Collection[str]) -> int:
        """Forgets the readings of all other documents; how many those were."""
        if not self.path.is_file():
            return 0
        with self._open() as database, database:
            known = {row[0] for row in database.execute("SELECT document FROM readings")}
            gone = [(document,) for document in known - set(documents)]
            database.executemany("DELETE FROM readings WHERE document = ?", gone)
        return len(gone)

    def _open(self) -> AbstractContextManager[sqlite3.Connection]:
        return opened(self.path, _TABLE, "readings")
