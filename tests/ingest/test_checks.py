"""What a generation must pass: each fault is caused for real, and named."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from ingest.catalogue import Catalogue
from ingest.checks import check_generation, private_vectors, quotes_lost
from ingest.library import Library, LibraryError
from ingest.vectors import Vectors
from tests.ingest.generations import build, change, sha_of

Damage = Callable[[Path], None]


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


def checked(folder: Path, seed: str = "0001", dimension: int = 32) -> dict[str, object]:
    catalogue = Catalogue(folder / "catalogue.sqlite")
    try:
        with private_vectors(folder) as vectors:
            return check_generation(catalogue, vectors, seed=seed, dimension=dimension)
    finally:
        catalogue.close()


def test_a_sound_generation_passes_and_is_not_touched(library: Library) -> None:
    folder = library.path(build(library))
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    # Each of three documents: two pages of one passage, and one row.
    assert checked(folder) == {"vectors": 9, "looked_up": 9, "compared_with_page": 9}
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_an_empty_generation_passes(library: Library) -> None:
    assert checked(library.path(build(library, documents=0)))["vectors"] == 0


def sql(*statements: str) -> Damage:
    return lambda folder: change(folder / "catalogue.sqlite", *statements)


def drop_vector(folder: Path) -> None:
    vectors = Vectors(folder / "chroma")
    vectors.remove([f"{sha_of(2)[:20]}-00001"])
    vectors.close()


def add_vector(folder: Path) -> None:
    vectors = Vectors(folder / "chroma")
    vectors.add(["stranger"], np.eye(1, 32, dtype=np.float32))
    vectors.close()


FAULTS: dict[str, tuple[Damage, str]] = {
    "no vector": (drop_vector, r"1 of 9 passages have no vector, such as one of note-2\.pdf, page 2"),
    "a vector too many": (add_vector, "1 vectors belong to no passage"),
    "not in the word index": (
        sql("DELETE FROM words WHERE rowid = 4"),
        "1 passages have no entry in the word index",
    ),
    "in the word index only": (
        sql("INSERT INTO words (rowid, front, body) VALUES (99, 'a', 'b')"),
        "1 entries of the word index belong to no passage",
    ),
    "other words": (
        sql("DELETE FROM words WHERE rowid = 1", "INSERT INTO words (rowid, body) VALUES (1, 'nothing')"),
        r"1 of 9 passages are not found by their own words, such as one of note-\d\.pdf",
    ),
    "a page gone": (
        sql(f"DELETE FROM pages WHERE document = '{sha_of(3)}' AND page = 1"),
        r"note-3\.pdf has 1 pages and ought to have 2",
    ),
    "a passage gone": (
        sql("DELETE FROM passages WHERE row = 1"),
        r"note-1\.pdf has 2 passages and ought to have 3",
    ),
    "counts of several": (
        sql("UPDATE documents SET passages = 9"),
        r"note-1\.pdf has 3 passages and ought to have 9 \(and 2 more like it\)",
    ),
    "a document gone": (
        sql(f"DELETE FROM documents WHERE sha = '{sha_of(1)}'"),
        r"2 pages belong to no document.*note-1\.pdf counts as indexed and is no document",
    ),
    "another text on the page": (
        sql(f"UPDATE pages SET text = 'x' || text WHERE document = '{sha_of(1)}' AND page = 2"),
        r"1 of 6 passages do not stand at their place on their page, such as one of note-1\.pdf, page 2",
    ),
}


@pytest.mark.parametrize(("damage", "words"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_named(library: Library, damage: Damage, words: str) -> None:
    folder = library.path(build(library))
    damage(folder)
    with pytest.raises(LibraryError, match=rf"^generation 0001 failed its checks .*{words}"):
        checked(folder)


def test_vectors_of_another_length_are_refused(library: Library) -> None:
    folder = library.path(build(library))
    with pytest.raises(LibraryError, match="the vectors have 32 numbers and ought to have 384"):
        checked(folder, dimension=384)


def records(library: Library, *cited: tuple[str, int | None, str]) -> None:
    with closing(sqlite3.connect(library.root / "records.sqlite")) as connection, connection:
        connection.execute("CREATE TABLE IF NOT EXISTS feedback (given TEXT, cited TEXT)")
        places = [{"document": name, "page": page, "quote": quote} for name, page, quote in cited]
        connection.execute("INSERT INTO feedback VALUES ('2026', ?)", (json.dumps(places),))


def test_quotes_of_earlier_answers_are_looked_for(library: Library) -> None:
    catalogue = library.catalogue(build(library))
    assert quotes_lost(library, catalogue) == []
    assert not (library.root / "records.sqlite").exists()
    records(
        library,
        ("note-1.pdf", 1, "Each  household of\nplace1x1"),  # white space is folded
        ("note-1.pdf", 2, "Each household of place1x1"),  # of another page
        ("note-2.pdf", 1, "Nobody was visited."),
        ("note-2.pdf", 1, "Nobody was visited."),
        ("gone.pdf", 1, "of a document that was withdrawn"),
    )
    assert quotes_lost(library, catalogue) == [
        {"document": "note-1.pdf", "page": 2, "quote": "Each household of place1x1"},
        {"document": "note-2.pdf", "page": 1, "quote": "Nobody was visited."},
    ]
    assert quotes_lost(library, catalogue, limit=0) == []
    catalogue.close()


@pytest.mark.parametrize("content", ["CREATE TABLE other (x)", "CREATE TABLE feedback (given, cited)"])
def test_records_without_answers_give_no_lost_quotes(library: Library, content: str) -> None:
    catalogue = library.catalogue(build(library))
    change(library.root / "records.sqlite", content)
    assert quotes_lost(library, catalogue) == []
    (library.root / "records.sqlite").write_bytes(b"no database at all" * 100)
    assert quotes_lost(library, catalogue) == []
    catalogue.close()
