"""Cells that were decided, kept in the library: the same question to the same document is answered once.

A cell is known by a hash of all that decides it: the question, the document's bytes, how it was read and is
described, the models, the concepts and the rules. So a new document costs one column, and a new model all
of them. No question's words are kept, for they may be a person's case: whoever has the key has the question.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from assistant.answer import Citation, Hit, Sentence, Source
from assistant.grids.types import Cell
from ingest.cache import opened
from ingest.documents import Passage

FILE = "cells.sqlite"
VERSION = 1  # of how cells are decided; raised where the same models decide otherwise than before
_TABLE = (
    "decided (document TEXT NOT NULL, key BLOB NOT NULL, cell BLOB NOT NULL, PRIMARY KEY (document, key))"
    " WITHOUT ROWID"
)


def key_of(question: str, document: str, how: Mapping[str, Any]) -> bytes:
    """The key of a cell; `document` says which bytes, read and described how, `how` names the models."""
    data = json.dumps([VERSION, question, document, dict(how)], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(data.encode()).digest()


class CellStore:
    """The cells of one library. Safe to use from several threads and processes; losing it costs time."""

    def __init__(self, library: Path) -> None:
        self.path = library / FILE

    def get_many(self, keys: Sequence[bytes], source: Source) -> list[Cell | None]:
        """The cells of one document in the order of `keys`, None for those that are not kept; without their
        questions."""
        found: dict[bytes, bytes] = {}
        with self._open() as database:
            for at in range(0, len(keys), 500):
                some = keys[at : at + 500]
                marks = ", ".join("?" * len(some))
                query = f"SELECT key, cell FROM decided WHERE document = ? AND key IN ({marks})"
                found.update(database.execute(query, (source.document, *some)))
        return [from_bytes(found[key], source) if key in found else None for key in keys]

    def put(self, cells: Iterable[tuple[bytes, Cell]]) -> None:
        rows = [(cell.source.document, key, to_bytes(cell)) for key, cell in cells]
        with self._open() as database, database:
            database.executemany("INSERT OR REPLACE INTO decided VALUES (?, ?, ?)", rows)

    def forget(self, but: Container[str]) -> int:
        """Drops the cells of all documents `but` these (SHA-256); gives the number of documents dropped."""
        with self._open() as database, database:
            database.execute("PRAGMA secure_delete = ON")
            database.execute("DROP TABLE IF EXISTS cells")  # it held the questions too
            gone = [document for document in _documents(database) if document not in but]
            database.executemany("DELETE FROM decided WHERE document = ?", ((each,) for each in gone))
        return len(gone)

    def _open(self) -> AbstractContextManager[sqlite3.Connection]:
        return opened(self.path, _TABLE, "cells")


def _documents(database: sqlite3.Connection) -> Iterator[str]:
    """Each document that has cells; a step a document, whatever number of cells it has."""
    last = ""
    while True:
        query = "SELECT document FROM decided WHERE document > ? ORDER BY document LIMIT 1"
        row = database.execute(query, (last,)).fetchone()
        if row is None:
            return
        last = row[0]
        yield last


def to_bytes(cell: Cell) -> bytes:
    """`cell` without its question and its document's description, packed."""
    hits = list(dict.fromkeys(cited.hit for each in cell.sentences for cited in each.citations))
    data = {
        "state": cell.state,
        "hits": [_hit(hit) for hit in hits],
        "sentences": [
            [each.text, each.language, [[hits.index(cited.hit), cited.quote] for cited in each.citations]]
            for each in cell.sentences
        ],
        "nearest": cell.nearest and _hit(cell.nearest),
        "unread": cell.unread,
        "pages": cell.pages,
        "decided": dict(cell.decided),
    }
    return zlib.compress(json.dumps(data, ensure_ascii=False).encode())


def from_bytes(packed: bytes, source: Source) -> Cell:
    """What `to_bytes` was given, but the question; each quote was found on its page when it was decided."""
    data = json.loads(zlib.decompress(packed))
    hits = [_made(each, source) for each in data["hits"]]
    sentences = tuple(
        Sentence(text, tuple(Citation(hits[place], quote) for place, quote in cited), language)
        for text, language, cited in data["sentences"]
    )
    nearest = data["nearest"] and _made(data["nearest"], source)
    return Cell(
        "", source, data["state"], sentences, nearest or None, data["unread"], data["pages"],
        data["decided"],
    )  # fmt: skip


def _hit(hit: Hit) -> dict[str, Any]:
    return {"passage": asdict(hit.passage), "score": hit.score, "similarity": hit.similarity}


def _made(data: Mapping[str, Any], source: Source) -> Hit:
    known = {each.name for each in fields(Passage)}
    values = {name: value for name, value in data["passage"].items() if name in known}
    values["headings"] = tuple(values["headings"])
    return Hit(Passage(**values), source, data["score"], similarity=data["similarity"])
