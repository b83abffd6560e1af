"""Examines a generation in a child process: a damaged Chroma directory can end the process that opens it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ingest.catalogue import Catalogue
from ingest.checks import faults, private_vectors

if TYPE_CHECKING:
    from concurrent.futures import Future

_PATIENCE = 1_800  # seconds: 100,000 passages take a few


@dataclass(frozen=True)
class Fault:
    """What is wrong with a generation. part: "catalogue": the truth itself; "vectors": what can be rebuilt;
    "version": of another version of this program."""

    part: Literal["catalogue", "vectors", "version"]
    what: str


@dataclass(frozen=True)
class Case:
    """A generation to examine. dimension (numbers a vector), documents: as generation.json has them."""

    name: str
    folder: Path
    dimension: int
    documents: int | None
    deep: bool


def examine(cases: Sequence[Case]) -> Iterator[tuple[str, list[Fault]]]:
    """(name, what is wrong) of each generation; none is changed.

    deep: the catalogue is read whole, and its word index compared with the passages.
    """
    import multiprocessing

    from pebble import ProcessPool

    if not cases:
        return
    pool = ProcessPool(max_workers=1, context=multiprocessing.get_context("spawn"))
    try:
        for case in cases:
            yield case.name, _outcome(pool.schedule(_in_child, args=[case], timeout=_PATIENCE))
    finally:
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()


def _outcome(job: Future[list[Fault]]) -> list[Fault]:
    from pebble import ProcessExpired

    try:
        return list(job.result())
    except ProcessExpired:
        return [Fault("vectors", "its vectors are damaged: they end the process that opens them")]
    except TimeoutError:
        return [Fault("vectors", f"its vectors could not be read within {_PATIENCE // 60} minutes")]


def _in_child(case: Case) -> list[Fault]:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what Chroma says when it dies is for nobody
    catalogue = Catalogue(case.folder / "catalogue.sqlite")
    try:
        if fault := _catalogue(catalogue, case.documents, case.deep):
            return [Fault("catalogue", f"its catalogue {fault}")]
        if not (case.folder / "chroma").is_dir():
            return [Fault("vectors", "its vectors (the folder chroma) are missing")]
        with private_vectors(case.folder) as vectors:
            found, _ = faults(catalogue, vectors, seed=case.name, dimension=case.dimension)
        return [Fault("vectors", clause) for clause in found]
    except Exception as error:  # of Chroma: its own classes, and whatever its parts raise
        return [Fault("vectors", f"its vectors cannot be read ({' '.join(str(error).split())[:200]})")]
    finally:
        catalogue.close()


def _catalogue(catalogue: Catalogue, documents: int | None, deep: bool) -> str:
    """What is wrong with it, "" if nothing is."""
    try:
        kind = "integrity" if deep else "quick"
        answer = catalogue.connection.execute(f"PRAGMA {kind}_check(1)").fetchone()[0]
        if answer != "ok":
            return f"is damaged ({' '.join(answer.split())})"
        found = catalogue.counts()["documents"]
        if deep:
            _word_index(catalogue.path)
    except sqlite3.Error as error:
        return f"is damaged or missing ({error})"
    return "" if documents in (None, found) else f"holds {found} documents, generation.json says {documents}"


def _word_index(path: Path) -> None:
    """Raises sqlite3.Error where the index does not say what the passages say; works on a copy: FTS5's check
    is a command that needs a database that can be written."""
    with tempfile.TemporaryDirectory(prefix="check-") as place:
        copy = shutil.copy(path, place)
        with closing(sqlite3.connect(copy)) as database:
            database.execute("INSERT INTO words (words) VALUES ('integrity-check')")
