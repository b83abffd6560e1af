"""The catalogue of one generation (SQLite): files, documents, pages, passages and their word index (FTS5)."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from ingest.documents import EMPTY_PAGE, Block, Description, Kind, Page, Passage
from ingest.terms import terms

SCHEMA = 3

_TABLES = """
CREATE TABLE files (path TEXT PRIMARY KEY, folder TEXT NOT NULL, name TEXT NOT NULL, document TEXT,
    size INTEGER NOT NULL, modified INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL,
    override TEXT NOT NULL);
CREATE INDEX files_document ON files (document);
CREATE TABLE documents (sha TEXT PRIMARY KEY, name TEXT NOT NULL, format TEXT NOT NULL, title TEXT NOT NULL,
    kind TEXT NOT NULL, countries TEXT NOT NULL, organisations TEXT NOT NULL, since INTEGER, until INTEGER,
    published INTEGER, language TEXT NOT NULL, symbol TEXT NOT NULL, found TEXT NOT NULL,
    pages INTEGER NOT NULL, passages INTEGER NOT NULL, superseded TEXT NOT NULL, twin TEXT NOT NULL,
    sketch TEXT NOT NULL, quality TEXT NOT NULL);
CREATE TABLE pages (document TEXT NOT NULL, place INTEGER NOT NULL, page INTEGER, label TEXT NOT NULL,
    text TEXT NOT NULL, blocks TEXT NOT NULL, problem TEXT NOT NULL, ocr REAL,
    PRIMARY KEY (document, place));
CREATE TABLE passages (row INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, document TEXT NOT NULL,
    ordinal INTEGER NOT NULL, page INTEGER, label TEXT NOT NULL, headings TEXT NOT NULL, text TEXT NOT NULL,
    first INTEGER NOT NULL, last INTEGER NOT NULL, kind TEXT NOT NULL, number TEXT NOT NULL, ocr REAL,
    terms INTEGER NOT NULL);
CREATE INDEX passages_document ON passages (document, ordinal);
CREATE VIRTUAL TABLE words USING fts5 (front, body, tokenize = 'unicode61', detail = 'column');
"""

State = Literal["indexed", "skipped", "failed"]


@dataclass(frozen=True)
class FileEntry:
    """One file of a source folder as the last sync found it.

    `path` is absolute; `modified` is in nanoseconds. `document` is the SHA-256 of the bytes indexed for it:
    a failed file keeps its last good version. `override` is its row of metadata.csv as it was applied.
    """

    path: str
    folder: str
    name: str
    document: str | None
    size: int
    modified: int
    state: State
    reason: str = ""
    override: str = ""


@dataclass(frozen=True)
class DocumentEntry:
    """One document of a generation with its description and counts.

    superseded: SHA-256 of the newer version of it in this generation, "" where it is the newest; twin: that
    of a document with nearly the same text; sketch: of its text, by which those are found
    (ingest/versions.py). quality: how well it was read (ingest/quality.py), and "seconds", how long it took.
    """

    sha: str
    name: str
    format: str
    description: Description
    pages: int
    passages: int
    superseded: str = ""
    twin: str = ""
    sketch: str = ""
    quality: Mapping[str, Any] = field(default_factory=dict)


class Catalogue:
    """Reads one generation's catalogue; with `write=True` also adds and removes documents.

    Safe to use from several threads: each gets a connection of its own.
    """

    def __init__(self, path: Path, *, write: bool = False) -> None:
        self.path = path
        self._write = write
        self._local = threading.local()
        self._all: list[sqlite3.Connection] = []
        if write and not path.exists():
            with self.connection as connection:
                connection.executescript(_TABLES)

    @property
    def connection(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            # A published catalogue never changes: `immutable` spares locks and leaves no files beside it.
            mode = "mode=rwc" if self._write else "mode=ro&immutable=1"
            found = sqlite3.connect(
                f"{self.path.resolve().as_uri()}?{mode}", uri=True, check_same_thread=False
            )
            if self._write:
                found.execute("PRAGMA journal_mode = DELETE")
            else:
                found.execute("PRAGMA mmap_size = 1073741824")
                found.execute("PRAGMA cache_size = -65536")  # KiB; the default of 2 MB reads it all anew
            self._local.connection = found
            self._all.append(found)
        return found

    def close(self) -> None:
        for connection in self._all:
            connection.close()
        self._all.clear()
        self._local = threading.local()

    # What is in it

    def files(self) -> list[FileEntry]:
        rows = self.connection.execute(
            "SELECT path, folder, name, document, size, modified, state, reason, override FROM files"
            " ORDER BY path"
        )
        return [FileEntry(*row) for row in rows]

    def documents(self) -> list[DocumentEntry]:
        rows = self.connection.execute(
            "SELECT sha, name, format, title, kind, countries, organisations, since, until, published,"
            " language, symbol, found, pages, passages, superseded, twin, sketch, quality FROM documents"
            " ORDER BY name, sha"
        )
        return [_document(row) for row in rows]

    def pages(self, document: str) -> list[Page]:
        rows = self.connection.execute(
            f"SELECT {_PAGE} FROM pages WHERE document = ? ORDER BY place", (document,)
        )
        return [_page(row) for row in rows]

    def page(self, document: str, page: int | None) -> Page | None:
        """One page, None if there is no such page."""
        row = self.connection.execute(
            f"SELECT {_PAGE} FROM pages WHERE document = ? AND page IS ?", (document, page)
        ).fetchone()
        return _page(row) if row else None

    def page_count(self, document: str) -> int:
        """How many pages a document has; 0 if there is no such document."""
        row = self.connection.execute("SELECT pages FROM documents WHERE sha = ?", (document,)).fetchone()
        return int(row[0]) if row else 0

    def texts(self, document: str) -> list[str]:
        """The text of each page, in their order."""
        rows = self.connection.execute(
            "SELECT text FROM pages WHERE document = ? ORDER BY place", (document,)
        )
        return [text for (text,) in rows]

    def unread_pages(self, document: str) -> int:
        """How many of its pages have something to read that could not be read; empty pages do not count."""
        row = self.connection.execute(
            "SELECT count(*) FROM pages WHERE document = ? AND problem NOT IN ('', ?)", (document, EMPTY_PAGE)
        ).fetchone()
        return int(row[0])

    def page_text(self, document: str, page: int | None) -> str:
        """The page's text, "" if there is no such page."""
        row = self.connection.execute(
            "SELECT text FROM pages WHERE document = ? AND page IS ?", (document, page)
        ).fetchone()
        return str(row[0]) if row else ""

    def page_problems(self) -> dict[str, list[tuple[int | None, str]]]:
        """Document -> its pages that could not be read, with the reason."""
        found: dict[str, list[tuple[int | None, str]]] = {}
        for document, page, problem in self.connection.execute(
            "SELECT document, page, problem FROM pages WHERE problem != '' ORDER BY document, place"
        ):
            found.setdefault(document, []).append((page, problem))
        return found

    def passages(self, ids: Sequence[str]) -> dict[str, Passage]:
        """Id -> passage, for those ids that exist."""
        found: dict[str, Passage] = {}
        for at in range(0, len(ids), 500):
            part = ids[at : at + 500]
            for row in self.connection.execute(
                f"SELECT {_PASSAGE} FROM passages WHERE id IN ({','.join('?' * len(part))})", list(part)
            ):
                passage = _passage(row)
                found[passage.id] = passage
        return found

    def passages_of(self, document: str) -> list[Passage]:
        rows = self.connection.execute(
            f"SELECT {_PASSAGE} FROM passages WHERE document = ? ORDER BY ordinal", (document,)
        )
        return [_passage(row) for row in rows]

    def passage_ids(self, documents: Iterable[str] | None = None) -> list[str]:
        """Ids of all passages, or of those of `documents`."""
        if documents is None:
            return [row[0] for row in self.connection.execute("SELECT id FROM passages ORDER BY row")]
        found: list[str] = []
        for document in documents:
            rows = self.connection.execute("SELECT id FROM passages WHERE document = ?", (document,))
            found.extend(row[0] for row in rows)
        return found

    def rows_holding(self, term: str, column: Literal["front", "body"]) -> list[int]:
        """Rows of passages whose own words (`body`), or title and headings (`front`), hold an index term."""
        match = f'{column} : "{term}"'
        found = self.connection.execute("SELECT rowid FROM words WHERE words MATCH ?", [match])
        return [row for (row,) in found.fetchall()]

    def row_lengths(self) -> list[tuple[int, str, int]]:
        """(row, document, number of terms of its own words) of each passage."""
        return self.connection.execute("SELECT row, document, terms FROM passages").fetchall()

    def ids_of_rows(self, rows: Sequence[int]) -> dict[int, str]:
        """Row -> passage id."""
        found = self.connection.execute(
            "SELECT row, id FROM passages WHERE row IN (SELECT value FROM json_each(?))", [json.dumps(rows)]
        )
        return dict(found.fetchall())

    def counts(self) -> dict[str, int]:
        """Rows of documents, pages, passages and of the word index."""
        return {
            table: self.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("documents", "pages", "passages", "words")
        }

    # Changing it (only while a generation is being built)

    def put_file(self, entry: FileEntry) -> None:
        values = asdict(entry)
        self.connection.execute(
            "INSERT OR REPLACE INTO files (path, folder, name, document, size, modified, state, reason,"
            " override) VALUES (:path, :folder, :name, :document, :size, :modified, :state, :reason,"
            " :override)",
            values,
        )

    def forget_file(self, path: str) -> None:
        self.connection.execute("DELETE FROM files WHERE path = ?", (path,))

    def add(self, entry: DocumentEntry, pages: Sequence[Page], passages: Sequence[Passage]) -> None:
        """Adds a document with its pages, passages and index terms; replaces it if it is known."""
        self.remove(entry.sha)
        self._put_document(entry)
        self.connection.executemany(
            "INSERT INTO pages VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    entry.sha, place, page.index, page.label, page.text, blocks_to_json(page.blocks),
                    page.problem, page.ocr,
                )
                for place, page in enumerate(pages)
            ),
        )  # fmt: skip
        self.put_passages(entry, passages)

    def put_passages(self, entry: DocumentEntry, passages: Sequence[Passage]) -> None:
        """Stores a document's passages and their terms (its old ones must be gone)."""
        front = _front_terms(entry)
        language = entry.description.language
        for passage in passages:
            body = terms(passage.text, language)
            cursor = self.connection.execute(
                "INSERT INTO passages (id, document, ordinal, page, label, headings, text, first, last, kind,"
                " number, ocr, terms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    passage.id, passage.document, passage.ordinal, passage.page, passage.label,
                    json.dumps(passage.headings, ensure_ascii=False), passage.text,
                    passage.start, passage.end, passage.kind, passage.number, passage.ocr, len(body),
                ),
            )  # fmt: skip
            headings = terms(" ".join(passage.headings), language)
            self.connection.execute(
                "INSERT INTO words (rowid, front, body) VALUES (?, ?, ?)",
                (cursor.lastrowid, " ".join(front + headings), " ".join(body)),
            )

    def rename(self, document: str, name: str) -> None:
        """The document's file is now called `name` (same bytes, same description)."""
        self.connection.execute("UPDATE documents SET name = ? WHERE sha = ?", (name, document))

    def relate(self, document: str, *, superseded: str = "", twin: str = "") -> None:
        """Marks a document as an older version of `superseded`, or as nearly the same as `twin`."""
        self.connection.execute(
            "UPDATE documents SET superseded = ?, twin = ? WHERE sha = ?", (superseded, twin, document)
        )

    def remove(self, document: str) -> None:
        self._drop_passages(document)
        self.connection.execute("DELETE FROM pages WHERE document = ?", (document,))
        self.connection.execute("DELETE FROM documents WHERE sha = ?", (document,))

    def commit(self) -> None:
        self.connection.commit()

    def finish(self) -> None:
        """Commits and packs the word index: a generation is read far more often than it is written."""
        self.connection.execute("INSERT INTO words (words) VALUES ('optimize')")
        self.connection.commit()

    def _drop_passages(self, document: str) -> None:
        self.connection.execute(
            "DELETE FROM words WHERE rowid IN (SELECT row FROM passages WHERE document = ?)", (document,)
        )
        self.connection.execute("DELETE FROM passages WHERE document = ?", (document,))

    def _put_document(self, entry: DocumentEntry) -> None:
        what = entry.description
        since, until = what.period or (None, None)
        self.connection.execute(
            f"INSERT INTO documents VALUES ({', '.join('?' * 19)})",
            (
                entry.sha, entry.name, entry.format, what.title, str(what.kind), json.dumps(what.countries),
                json.dumps(what.organisations, ensure_ascii=False), since, until, what.published,
                what.language, what.symbol, json.dumps(what.found, ensure_ascii=False),
                entry.pages, entry.passages, entry.superseded, entry.twin,
                entry.sketch, json.dumps(dict(entry.quality), ensure_ascii=False),
            ),
        )  # fmt: skip


_PAGE = "page, label, blocks, problem, ocr"
_PASSAGE = "document, ordinal, page, label, headings, text, first, last, kind, number, ocr"


def _page(row: Sequence[Any]) -> Page:
    page, label, blocks, problem, ocr = row
    return Page(page, label, blocks_from_json(blocks), problem, ocr)


def _passage(row: Sequence[Any]) -> Passage:
    document, ordinal, page, label, headings, text, first, last, kind, number, ocr = row
    return Passage(
        document, ordinal, page, label, tuple(json.loads(headings)), text, first, last, kind, number, ocr
    )


def _document(row: Sequence[Any]) -> DocumentEntry:
    sha, name, format_, title, kind, countries, organisations, since, until = row[:9]
    published, language, symbol, found, pages, passages, superseded, twin, sketch, quality = row[9:]
    description = Description(
        title, Kind(kind), tuple(json.loads(countries)), tuple(json.loads(organisations)),
        None if since is None else (since, until), published, language, symbol, json.loads(found),
    )  # fmt: skip
    return DocumentEntry(
        sha, name, format_, description, pages, passages, superseded, twin, sketch, json.loads(quality)
    )


def blocks_to_json(blocks: Sequence[Block]) -> str:
    """The blocks of a page as they are kept; `blocks_from_json` gives them back."""
    return json.dumps(
        [[b.kind, b.text, b.level, b.number, b.cells, b.table] for b in blocks], ensure_ascii=False
    )


def blocks_from_json(text: str) -> tuple[Block, ...]:
    return tuple(
        Block(kind, words, level, number, tuple((h, c) for h, c in cells), table)
        for kind, words, level, number, cells, table in json.loads(text)
    )


def _front_terms(entry: DocumentEntry) -> list[str]:
    """Terms that name the document: title, symbol, file name, countries, organisations."""
    from ingest.places import country_name

    what = entry.description
    places = [country_name(code, what.language) for code in what.countries]
    names = " ".join([what.title, what.symbol, Path(entry.name).stem, *places, *what.organisations])
    return list(dict.fromkeys(terms(names, what.language)))


def each_passage(catalogue: Catalogue) -> Iterator[tuple[DocumentEntry, Passage]]:
    """Every passage with its document, document by document."""
    for entry in catalogue.documents():
        for passage in catalogue.passages_of(entry.sha):
            yield entry, passage
