"""What a generation must pass before it is published: all is there, agrees, and can be found."""

from __future__ import annotations

import json
import logging
import random
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from ingest.clean import join_lines
from ingest.library import LibraryError
from ingest.terms import terms
from ingest.word_index import WordIndex

if TYPE_CHECKING:
    from ingest.catalogue import Catalogue
    from ingest.library import Library
    from ingest.vectors import Vectors

log = logging.getLogger(__name__)

RECORDS = "records.sqlite"  # conversations and feedback, which the assistant keeps
_LOOKED_UP = 20  # passages asked for by their own words,
_BY_VECTOR = 100  # and by their own vector
# The index is an approximate one: where many vectors are alike it misses one in a hundred now and then.
_MAY_MISS = 0.02
_IN_PLACE = 200  # passages compared with their page
_RAREST = 4  # of a passage's words are asked for,
_LONGEST_WORDS = 12  # picked among its longest: to count the holders of each would take a second


class LostQuote(TypedDict):
    """A quote of an earlier answer that its document holds no more. document: the file's name."""

    document: str
    page: int | None
    quote: str


def check_generation(catalogue: Catalogue, vectors: Vectors, *, seed: str, dimension: int) -> dict[str, Any]:
    """What was checked, as generation.json keeps it; 20,000 passages take 0.6 s of a core.

    seed: the generation's name, which also picks the samples. Raises LibraryError with one sentence where
    something is wrong.
    """
    found, done = faults(catalogue, vectors, seed=seed, dimension=dimension)
    if found:
        raise LibraryError(
            f"generation {seed} failed its checks and was not published ({'; '.join(found)}); the old one"
            " stays live; run: python -m ingest check"
        )
    return done


def faults(
    catalogue: Catalogue, vectors: Vectors, *, seed: str, dimension: int
) -> tuple[list[str], dict[str, Any]]:
    """(what is wrong, a clause each; what was checked). dimension: numbers a vector ought to have."""
    ids = catalogue.passage_ids()
    draw = random.Random(seed)
    some = draw.sample(ids, min(_LOOKED_UP, len(ids)))
    near = draw.sample(ids, min(_BY_VECTOR, len(ids)))
    more = draw.sample(ids, min(2 * _IN_PLACE, len(ids)))
    found = _counted(catalogue) + _vectors(catalogue, vectors, ids, near, dimension)
    if not found:  # what is missing is not looked for
        found = _words(catalogue, some) + _places(catalogue, more)
    return found, {
        "vectors": len(ids),
        "looked_up": len(some),
        "compared_with_page": min(_IN_PLACE, len(more)),
    }


def _counted(catalogue: Catalogue) -> list[str]:
    """Each document has the pages and passages it says, and none belongs to a document that is not there."""
    found = []
    for table in ("pages", "passages"):
        rows = catalogue.connection.execute(
            f"SELECT name, {table}, coalesce(n, 0) FROM documents LEFT JOIN"
            f" (SELECT document, count(*) AS n FROM {table} GROUP BY document) ON document = sha"
            f" WHERE {table} != coalesce(n, 0) ORDER BY name"
        ).fetchall()
        if rows:
            name, said, held = rows[0]
            found.append(f"{name} has {held} {table} and ought to have {said}{_others(len(rows))}")
        astray = catalogue.connection.execute(
            f"SELECT count(*) FROM {table} WHERE document NOT IN (SELECT sha FROM documents)"
        ).fetchone()[0]
        if astray:
            found.append(f"{astray} {table} belong to no document")
    gone = catalogue.connection.execute(
        "SELECT name FROM files WHERE state = 'indexed' AND document NOT IN (SELECT sha FROM documents)"
    ).fetchall()
    return found + (
        [f"{gone[0][0]} counts as indexed and is no document{_others(len(gone))}"] if gone else []
    )


def _vectors(
    catalogue: Catalogue, vectors: Vectors, ids: Sequence[str], some: Sequence[str], dimension: int
) -> list[str]:
    stored, wanted = set(vectors.ids()), set(ids)
    found = []
    if missing := sorted(wanted - stored):
        where = _where(catalogue, missing[0])
        found.append(f"{len(missing)} of {len(ids)} passages have no vector, such as {where}")
    if left := stored - wanted:
        found.append(f"{len(left)} vectors belong to no passage")
    held = vectors.dimension()
    if held not in (None, dimension):
        found.append(f"the vectors have {held} numbers and ought to have {dimension}")
    strangers = [] if missing else vectors.strangers(some)
    if len(strangers) > max(1, _MAY_MISS * len(some)):
        where = _where(catalogue, strangers[0])
        found.append(
            f"{len(strangers)} of {len(some)} passages are not found by their own vector, such as {where}"
        )
    return found


def _words(catalogue: Catalogue, some: Sequence[str]) -> list[str]:
    """Each passage has its entry in the word index and each entry its passage; a sample is found."""
    found = []
    for what, first, second in (
        ("passages have no entry in the word index", "row FROM passages", "rowid FROM words"),
        ("entries of the word index belong to no passage", "rowid FROM words", "row FROM passages"),
    ):
        query = f"SELECT count(*) FROM (SELECT {first} EXCEPT SELECT {second})"
        if count := catalogue.connection.execute(query).fetchone()[0]:
            found.append(f"{count} {what}")
    if found:
        return found
    index, total = WordIndex(catalogue), catalogue.counts()["passages"]
    languages = {entry.sha: entry.description.language for entry in catalogue.documents()}
    lost = []
    for passage in catalogue.passages(some).values():
        language = languages.get(passage.document, "und")
        own = sorted(set(terms(passage.text, language)), key=lambda term: (-len(term), term))
        holders = {term: len(catalogue.rows_holding(term, "body")) for term in own[:_LONGEST_WORDS]}
        rarest = sorted(holders, key=lambda term: (holders[term], term))[:_RAREST]
        if passage.id not in {id_ for id_, _ in index.best(rarest, language, total)}:
            lost.append(passage.id)
    if lost:
        where = _where(catalogue, lost[0])
        found.append(f"{len(lost)} of {len(some)} passages are not found by their own words, such as {where}")
    return found


def _places(catalogue: Catalogue, some: Sequence[str]) -> list[str]:
    """A passage's text stands where it says on its page; a row's does not: its cells carry their headers."""
    texts = [each for each in catalogue.passages(some).values() if each.kind != "row"][:_IN_PLACE]
    lost = [
        each.id
        for each in texts
        if catalogue.page_text(each.document, each.page)[each.start : each.end] != each.text
    ]
    if not lost:
        return []
    where = _where(catalogue, lost[0])
    return [
        f"{len(lost)} of {len(texts)} passages do not stand at their place on their page, such as {where}"
    ]


def _where(catalogue: Catalogue, passage: str) -> str:
    row = catalogue.connection.execute(
        "SELECT name, page FROM passages JOIN documents ON sha = document WHERE id = ?", (passage,)
    ).fetchone()
    if row is None:
        return passage
    return f"one of {row[0]}" + (f", page {row[1]}" if row[1] is not None else "")


def _others(count: int) -> str:
    return f" (and {count - 1} more like it)" if count > 1 else ""


@contextmanager
def private_vectors(folder: Path) -> Iterator[Vectors]:
    """The vectors of the generation in `folder`, on a copy: Chroma writes to whatever directory it opens."""
    from ingest.vectors import Vectors

    with tempfile.TemporaryDirectory(prefix="check-") as place:
        shutil.copytree(folder / "chroma", Path(place) / "chroma")
        vectors = Vectors(Path(place) / "chroma")
        try:
            yield vectors
        finally:
            vectors.close()


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A database opened so that nothing is written, neither in it nor beside it."""
    log_file = path.with_name(path.name + "-wal")
    in_use = log_file.is_file() and log_file.stat().st_size > 0
    mode = "mode=ro" if in_use else "mode=ro&immutable=1"  # else SQLite would make that file and leave it
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?{mode}", uri=True, timeout=30)) as database:
        yield database


def quotes_lost(library: Library, catalogue: Catalogue, limit: int = 1_000) -> list[LostQuote]:
    """Of the quotes of the newest `limit` answers that somebody judged: those that are no longer found.

    Only quotes of files whose name is still in the generation count; a document may have changed, so this
    is for the report and refuses nothing.
    """
    names: dict[str, list[str]] = {}
    for entry in catalogue.documents():
        names.setdefault(entry.name, []).append(entry.sha)
    lost: list[LostQuote] = []
    for name, page, quote in _quotes(library.root / RECORDS, limit):
        held = [catalogue.page_text(sha, page) for sha in names.get(name, ())]
        if held and not any(_holds(text, quote) for text in held):
            lost.append({"document": name, "page": page, "quote": quote})
    return lost


def _quotes(path: Path, limit: int) -> list[tuple[str, int | None, str]]:
    if not path.is_file():
        return []
    try:
        with reading(path) as records:
            rows = records.execute(
                "SELECT cited FROM feedback ORDER BY given DESC, rowid DESC LIMIT ?", (limit,)
            ).fetchall()
        places = [place for (cited,) in rows for place in json.loads(cited)]
        return list(dict.fromkeys((each["document"], each["page"], each["quote"]) for each in places))
    except sqlite3.OperationalError as error:  # no such table yet
        log.info("%s holds no feedback to compare with: %s", path, error)
    except (sqlite3.Error, ValueError, KeyError, TypeError) as error:
        log.warning("the quotes in %s could not be compared: %s", path, error)
    return []


def _holds(page: str, quote: str) -> bool:
    """As a citation is looked for: white space folded, words broken at a line's end joined."""
    return " ".join(quote.split()) in " ".join(page.split()) or _joined(quote) in _joined(page)


def _joined(text: str) -> str:
    return join_lines(text.split("\n"))
