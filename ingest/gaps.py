"""What users miss in the library (gaps.sqlite): questions without an answer that they told its keeper."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ingest.documents import IngestError
from ingest.terms import terms

FILE = "gaps.sqlite"
_WAIT = 30.0  # seconds that a writer waits for another one
_TABLE = """
CREATE TABLE IF NOT EXISTS gaps (id TEXT PRIMARY KEY, question TEXT NOT NULL, language TEXT NOT NULL,
    filters TEXT NOT NULL, generation TEXT NOT NULL, nearest TEXT NOT NULL, who TEXT NOT NULL,
    at TEXT NOT NULL)
"""
# Two questions are one gap where so much of their words is the same (Jaccard 1912). Words of one or two
# letters and those that begin a question do not count.
_ALIKE = 0.6
_ASKING = frozenset(
    term
    for words, language in (
        ("what which who when where why how many much the are was were does did has have there that this for "
         "and with from about into", "en"),
        ("quels quelles quel quelle est sont comment combien les des dans pour avec sur une que qui", "fr"),
        ("qué cuál cuáles cómo cuántos cuántas los las del para con por una que son está", "es"),
        ("что какие какой какая как сколько для при это был были есть", "ru"),
        ("ما ماذا كيف كم هل التي الذي على عن في من إلى هو هي", "ar"),
    )
    for word in words.split()
    for term in terms(word, language)
)  # fmt: skip


@dataclass(frozen=True)
class Gap:
    """One question told. id: of the exchange. filters: in words. nearest: titles. at: ISO 8601, UTC."""

    id: str
    question: str
    language: str
    filters: str
    generation: str
    nearest: tuple[str, ...]
    who: str
    at: str


@dataclass(frozen=True)
class Group:
    """Gaps that are much the same, newest first."""

    gaps: tuple[Gap, ...]

    @property
    def nearest(self) -> tuple[str, ...]:
        """The three titles that stood nearest most often."""
        counted = Counter(title for gap in self.gaps for title in dict.fromkeys(gap.nearest))
        return tuple(title for title, _ in counted.most_common(3))


class Gaps:
    """The gaps of the library at `root`; reading makes no file. Every method may raise IngestError."""

    def __init__(self, root: Path) -> None:
        self.path = root / FILE

    def tell(self, gap: Gap) -> None:
        """Keeps `gap`, once: told again, it takes the place of what was told before."""
        row = (
            gap.id, gap.question, gap.language, gap.filters, gap.generation,
            json.dumps(gap.nearest, ensure_ascii=True), gap.who, gap.at,
        )  # fmt: skip
        plain = [each.encode(errors="replace").decode() for each in row]
        with self._open() as connection, connection:
            connection.execute("INSERT OR REPLACE INTO gaps VALUES (?, ?, ?, ?, ?, ?, ?, ?)", plain)

    def all(self) -> tuple[Gap, ...]:
        """Newest first."""
        if not self.path.is_file():
            return ()
        with self._open() as connection:
            rows = connection.execute("SELECT * FROM gaps ORDER BY at DESC, rowid DESC").fetchall()
        return tuple(
            Gap(id_, question, language, filters, generation, tuple(json.loads(nearest)), who, at)
            for id_, question, language, filters, generation, nearest, who, at in rows
        )

    def groups(self) -> tuple[Group, ...]:
        """What was told most often first, then newest."""
        return grouped(self.all())

    def close(self, ids: Iterable[str]) -> int:
        """Deletes these for good; how many there were."""
        if not self.path.is_file():
            return 0
        with self._open() as connection, connection:
            return sum(
                connection.execute("DELETE FROM gaps WHERE id = ?", (each,)).rowcount for each in set(ids)
            )

    def purge(self, days: int) -> int:
        """Deletes for good what was told more than `days` ago (0: nothing); how many that was."""
        if days <= 0 or not self.path.is_file():
            return 0
        before = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="milliseconds")
        with self._open() as connection, connection:
            return connection.execute("DELETE FROM gaps WHERE at < ?", (before,)).rowcount

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=_WAIT)) as connection:
                connection.execute("PRAGMA secure_delete = ON")  # what is deleted is written over
                connection.execute(_TABLE)
                yield connection
        except (sqlite3.Error, OSError) as error:
            raise IngestError(
                f"{self.path} cannot be used ({error}); see that the disk has room and that this program may"
                " write there"
            ) from error


def grouped(gaps: Sequence[Gap]) -> tuple[Group, ...]:
    """`gaps` (newest first) with those together that ask much the same; the largest group first."""
    groups: list[tuple[frozenset[str], list[Gap]]] = []
    for gap in gaps:
        words = _words(gap)
        home = next((members for held, members in groups if _alike(held, words)), None)
        if home is None:
            groups.append((words, [gap]))
        else:
            home.append(gap)
    found = [Group(tuple(members)) for _, members in groups]
    return tuple(sorted(found, key=lambda group: -len(group.gaps)))  # stable: the newest stays first


def _words(gap: Gap) -> frozenset[str]:
    found = frozenset(terms(gap.question, gap.language))
    telling = frozenset(
        term for term in found - _ASKING if len(term) > 2 or not term.isascii() or term.isdigit()
    )
    return telling or found


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= _ALIKE * len(one | other)
