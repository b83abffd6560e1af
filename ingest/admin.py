"""What the admin has set (admin.sqlite): source folders, edited descriptions, limits; the audit."""

from __future__ import annotations

import getpass
import json
import os
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ingest.cache import share
from ingest.documents import IngestError
from ingest.limits import Limit, Limits, Sort

FILE = "admin.sqlite"
WITHDRAWN = "withdrawn by"  # how the reason of a file begins that was taken out by hand
UPLOADS = "uploads"  # the source folder inside the library that holds what was uploaded
_WAIT = 30.0  # seconds that a writer waits for another one

_TABLES = """
CREATE TABLE IF NOT EXISTS sources (folder TEXT PRIMARY KEY, include TEXT NOT NULL, exclude TEXT NOT NULL,
    followed INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS edits (document TEXT PRIMARY KEY, fields TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS withdrawn (document TEXT PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL,
    why TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS passwords (document TEXT PRIMARY KEY, password TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS limits (sort TEXT NOT NULL, place TEXT NOT NULL, groups TEXT NOT NULL,
    PRIMARY KEY (sort, place));
CREATE TABLE IF NOT EXISTS limited (what TEXT NOT NULL, sort TEXT NOT NULL, place TEXT NOT NULL,
    PRIMARY KEY (what, sort, place));
CREATE TABLE IF NOT EXISTS audit (number INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL,
    action TEXT NOT NULL, detail TEXT NOT NULL);
"""


@dataclass(frozen=True)
class SourceFolder:
    """A folder whose files the library follows.

    include, exclude: patterns as in .gitignore, relative to the folder ("*.pdf", "drafts/", "2019/**");
    nothing in `include` means every file.
    """

    folder: Path
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True)
class Withdrawal:
    """A document taken out by hand: it stays out, whatever its source folder holds. at: ISO 8601, UTC."""

    document: str
    at: str
    who: str
    why: str

    @property
    def reason(self) -> str:
        """What is said of its file."""
        return f"{WITHDRAWN} {self.who} on {self.at[:10]}" + (f": {self.why}" if self.why else "")


@dataclass(frozen=True)
class Deed:
    """One line of the audit: who did what, when (ISO 8601, UTC)."""

    at: str
    who: str
    action: str
    detail: str


def me() -> str:
    """The name of who runs this process, for the audit."""
    try:
        return os.environ.get("ASSISTANT_USER") or getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return f"user {os.getuid()}"


class Admin:
    """Reads and writes the admin's settings of the library at `root`; reading makes no file.

    Every method may raise IngestError where the file cannot be used.
    """

    def __init__(self, root: Path) -> None:
        self.path = root / FILE

    # Source folders

    def sources(self) -> tuple[SourceFolder, ...]:
        rows = self._rows("SELECT folder, include, exclude FROM sources WHERE followed ORDER BY folder")
        return tuple(
            SourceFolder(Path(folder), tuple(json.loads(include)), tuple(json.loads(exclude)))
            for folder, include, exclude in rows
        )

    def refuse_overlap(self, folder: Path) -> None:
        """Raises IngestError where `folder` lies in a followed one or holds one: each run would then take the
        files of both for new. What was uploaded lies in the library, which no scan enters."""
        uploads = (self.path.parent / UPLOADS).resolve()
        for other in {each.folder for each in self.sources()} - {folder, uploads}:
            if other in folder.parents and folder != uploads:
                raise IngestError(
                    f"{folder} lies in {other}, which is followed already; set patterns for that one"
                )
            if folder in other.parents:
                raise IngestError(
                    f"{folder} holds {other}, which is followed already; follow that one no longer first"
                )

    def put_source(self, source: SourceFolder) -> None:
        """Follows `source.folder` from now on, or changes its patterns."""
        self._write(
            "INSERT OR REPLACE INTO sources VALUES (?, ?, ?, 1)",
            (str(source.folder), json.dumps(source.include), json.dumps(source.exclude)),
        )

    def drop_source(self, folder: Path) -> bool:
        """Follows it no longer: the next sync withdraws its documents. False if it was not followed."""
        return (
            self._write("UPDATE sources SET followed = 0 WHERE folder = ? AND followed", (str(folder),)) > 0
        )

    def dropped(self) -> frozenset[Path]:
        """Folders that were followed once and are no longer: told apart from those never heard of."""
        return frozenset(Path(row[0]) for row in self._rows("SELECT folder FROM sources WHERE NOT followed"))

    # Descriptions

    def edits(self) -> dict[str, dict[str, str]]:
        """SHA-256 -> the fields an admin has set, in the columns of metadata.csv."""
        rows = self._rows("SELECT document, fields FROM edits")
        return {document: json.loads(fields) for document, fields in rows}

    def edit(self, document: str, fields: Mapping[str, str]) -> None:
        """Sets what is said of a document in place of what was found; {} gives the found values back.

        Raises IngestError for a field or value that is not allowed.
        """
        from ingest.overrides import override_fields

        kept = {name: value.strip() for name, value in fields.items() if value.strip()}
        override_fields(kept, document[:12])
        if kept:
            values = (document, json.dumps(kept, ensure_ascii=False, sort_keys=True))
            self._write("INSERT OR REPLACE INTO edits VALUES (?, ?)", values)
        else:
            self._write("DELETE FROM edits WHERE document = ?", (document,))

    # Withdrawals

    def withdrawn(self) -> dict[str, Withdrawal]:
        rows = self._rows("SELECT document, at, who, why FROM withdrawn")
        return {row[0]: Withdrawal(*row) for row in rows}

    def withdraw(self, document: str, who: str, why: str = "") -> None:
        """The next sync takes the document out, and it stays out until `restore`."""
        self._write("INSERT OR REPLACE INTO withdrawn VALUES (?, ?, ?, ?)", (document, _now(), who, why))

    def restore(self, document: str) -> bool:
        """False if it was not withdrawn by hand."""
        return self._write("DELETE FROM withdrawn WHERE document = ?", (document,)) > 0

    # Limits to groups (ingest/limits.py)

    def limits(self) -> Limits:
        """As they are at this moment, known ones of limits that were lifted left out."""
        if not self.path.is_file():
            return Limits()
        with self._open() as connection, connection:
            connection.execute("BEGIN")  # both tables as of one moment
            limits = connection.execute("SELECT sort, place, groups FROM limits ORDER BY sort, place")
            rows = limits.fetchall(), connection.execute("SELECT what, sort, place FROM limited").fetchall()
        known: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
        for what, sort, place in rows[1]:
            known[what].add((sort, place))
        return Limits(
            tuple(Limit(sort, place, frozenset(json.loads(groups))) for sort, place, groups in rows[0]),
            {what: frozenset(keys) for what, keys in known.items()},
        )

    def put_limit(self, limit: Limit) -> None:
        """Sets it in place of one for the same place; it holds from the next question on."""
        groups = json.dumps(sorted(limit.groups), ensure_ascii=False)
        self._write("INSERT OR REPLACE INTO limits VALUES (?, ?, ?)", (*limit.key, groups))

    def drop_limit(self, sort: Sort, place: str) -> bool:
        """Lifts it, also from what was under it once. False if there was none."""
        with self._open() as connection, connection:
            connection.execute("DELETE FROM limited WHERE sort = ? AND place = ?", (sort, place))
            gone = connection.execute("DELETE FROM limits WHERE sort = ? AND place = ?", (sort, place))
            return gone.rowcount > 0

    def put_limited(self, known: Iterable[tuple[str, Sort, str]]) -> None:
        """Remembers what limits bind: (SHA-256 or address, sort, place), as `limits.seen_in` has it."""
        with self._open() as connection, connection:
            connection.executemany("INSERT OR IGNORE INTO limited VALUES (?, ?, ?)", sorted(known))

    def drop_limited(self, what: Iterable[str]) -> None:
        """Forgets that these (SHA-256, or addresses) were under any limit."""
        with self._open() as connection, connection:
            connection.executemany("DELETE FROM limited WHERE what = ?", [(each,) for each in what])

    # Passwords of locked files

    def passwords(self) -> dict[str, str]:
        """SHA-256 of a locked file -> its password."""
        return {row[0]: row[1] for row in self._rows("SELECT document, password FROM passwords")}

    def put_password(self, document: str, password: str) -> None:
        self._write("INSERT OR REPLACE INTO passwords VALUES (?, ?)", (document, password))

    # Audit

    def record(self, who: str, action: str, detail: str = "") -> None:
        """Writes a line into the audit; none is ever changed or removed."""
        self._write(
            "INSERT INTO audit (at, who, action, detail) VALUES (?, ?, ?, ?)", (_now(), who, action, detail)
        )

    def audit(self, limit: int = 200) -> tuple[Deed, ...]:
        """The newest lines, newest first."""
        rows = self._rows("SELECT at, who, action, detail FROM audit ORDER BY number DESC LIMIT ?", (limit,))
        return tuple(Deed(*row) for row in rows)

    # The file

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[str, ...]]:
        if not self.path.is_file():
            return []
        with self._open() as connection:
            return connection.execute(query, values).fetchall()

    def _write(self, query: str, values: Sequence[object]) -> int:
        with self._open() as connection, connection:
            return connection.execute(query, values).rowcount

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            fresh = not self.path.exists()
            with closing(sqlite3.connect(self.path, timeout=_WAIT)) as connection:
                if fresh:
                    self.path.chmod(0o600)  # it may hold passwords
                    share(connection, _WAIT)
                connection.executescript(_TABLES)
                yield connection
        except (sqlite3.Error, OSError) as error:
            raise IngestError(
                f"{self.path} cannot be used ({error}); see that the disk has room and that this program may"
                " write there"
            ) from error


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
