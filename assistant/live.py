"""The generation that answers: opened once, shared by all questions, given back when it is retired."""

from __future__ import annotations

import logging
import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.answer import AssistantError, Source
from ingest.catalogue import DocumentEntry
from ingest.documents import Page, Passage
from ingest.embeddings import Embedder
from ingest.library import Library
from ingest.settings import IngestSettings, embedder_for
from ingest.sync import check_model
from ingest.vectors import BATCH, COLLECTION, open_client
from ingest.word_index import WordIndex

log = logging.getLogger(__name__)

_LOOK = 0.5  # seconds between two looks at the pointer
# Passages up to which the whole library is scored exactly, 8 ms for so many: Chroma's graph, asked for a
# passage's own vector, misses it now and then after many changes of the library.
EXACT = 50_000


class Texts(Protocol):
    """Pages and passages (see ingest.catalogue.Catalogue)."""

    def page_text(self, document: str, page: int | None) -> str: ...
    def page(self, document: str, page: int | None) -> Page | None: ...
    def page_count(self, document: str) -> int: ...
    def unread_pages(self, document: str) -> int: ...
    def pages(self, document: str) -> list[Page]: ...
    def texts(self, document: str) -> list[str]: ...
    def passages(self, ids: Sequence[str]) -> dict[str, Passage]: ...
    def passages_of(self, document: str) -> list[Passage]: ...


class Readable(Protocol):
    """What a question reads: a Generation, or what one person may read of it (assistant/restricted.py)."""

    name: str
    embedder: Embedder
    words: WordIndex

    @property
    def catalogue(self) -> Texts: ...
    @property
    def sources(self) -> dict[str, Source]: ...
    def source_of(self, passage_id: str) -> Source: ...
    def typical(self, vector: NDArray[np.float32]) -> tuple[float, float]: ...
    def cosines(self, vector: NDArray[np.float32], ids: Iterable[str]) -> dict[str, float]: ...
    def nearest(
        self, vector: NDArray[np.float32], limit: int, documents: frozenset[str] | None
    ) -> list[tuple[str, float]]: ...


class Generation:
    """One published generation, open for reading.

    Chroma writes to a directory that it opens, and two processes on one directory get wrong results: so
    it works on a private copy of the vectors, and the published directory stays as it is.
    """

    def __init__(self, library: Library, name: str, embedder: Embedder) -> None:
        """embedder: the model that it was built with."""
        self.name, self.embedder = name, embedder
        self.readers = 0  # questions under way on it
        with ExitStack() as kept:
            kept.enter_context(library.lease(name))
            self.info = library.info(name)
            check_model(self.info, embedder)
            self.catalogue = library.catalogue(name)
            kept.callback(self.catalogue.close)
            self.words = WordIndex(self.catalogue)
            place = Path(kept.enter_context(tempfile.TemporaryDirectory(prefix="assistant-"))) / "chroma"
            shutil.copytree(library.path(name) / "chroma", place)
            self._client = open_client(place)
            kept.callback(self._client.close)
            self._kept = kept.pop_all()
        self.store = _store(self._client)
        self._collection = self._client.get_collection(COLLECTION, embedding_function=None)

    def open_all(self) -> None:
        """Reads what every question needs and is else read at the first one."""
        _ = self._by_prefix, self.matrix, self.spread
        self.words.best(["warm"], "en", 1)

    @cached_property
    def sources(self) -> dict[str, Source]:
        """SHA-256 -> document that has text to search, in the order of their file names."""
        return sources_of(self.catalogue.documents())

    @cached_property
    def _by_prefix(self) -> dict[str, Source]:
        return {sha[:20]: source for sha, source in self.sources.items()}

    def source_of(self, passage_id: str) -> Source:
        """The document of a passage, told by the passage's id."""
        return self._by_prefix[passage_id.partition("-")[0]]

    @cached_property
    def matrix(self) -> tuple[dict[str, NDArray[np.intp]], list[str], NDArray[np.float32]]:
        """(document -> rows, passage ids by row, vectors of shape (passages, d)); 150 MB for 100,000."""
        ids, vectors = self._stored
        rows = {
            sha: np.array([self._rows[id_] for id_ in self.catalogue.passage_ids([sha])], dtype=np.intp)
            for sha in self.sources
        }
        return rows, ids, vectors

    @cached_property
    def _stored(self) -> tuple[list[str], NDArray[np.float32]]:
        ids: list[str] = []
        parts = []
        for at in range(0, self.info.counts["passages"], BATCH):
            page = self._collection.get(limit=BATCH, offset=at, include=["embeddings"])
            ids.extend(page["ids"])
            parts.append(np.asarray(page["embeddings"], dtype=np.float32))
        nothing = np.zeros((0, self.info.models["embedding"]["dimension"]), np.float32)
        return ids, np.concatenate(parts) if parts else nothing

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {id_: row for row, id_ in enumerate(self._stored[0])}

    @cached_property
    def spread(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Mean (d,) and covariance (d, d) of the passages' vectors."""
        return spread_of(self._stored[1])

    def typical(self, vector: NDArray[np.float32]) -> tuple[float, float]:
        """Mean and standard deviation of the cosine between `vector` (shape (d,)) and a passage."""
        return typical(self.spread, vector)

    def cosines(self, vector: NDArray[np.float32], ids: Iterable[str]) -> dict[str, float]:
        """Passage id -> cosine with `vector` (shape (d,))."""
        wanted = sorted(ids)
        rows, (_, vectors) = self._rows, self._stored
        found = vectors[[rows[id_] for id_ in wanted]] @ vector
        return dict(zip(wanted, found.tolist(), strict=True))

    def nearest(
        self, vector: NDArray[np.float32], limit: int, documents: frozenset[str] | None
    ) -> list[tuple[str, float]]:
        """(passage id, cosine) of the passages nearest to `vector` (shape (d,)), best first.

        A whole library beyond EXACT passages is asked through Chroma's index. All else is scored exactly:
        with a filter the index took 50 to 1,000 ms and lost one passage in twenty, this takes 3.
        """
        if not self.info.counts["passages"]:  # all documents are withdrawn: Chroma refuses to look for none
            return []
        if documents is None and self.info.counts["passages"] > EXACT:
            found = self.store.similarity_search_by_vector_with_relevance_scores(
                vector.tolist(), k=min(limit, self.info.counts["passages"])
            )
            return [(str(document.id), 1.0 - distance) for document, distance in found]
        rows_of, ids, vectors = self.matrix
        if documents is None:
            return best(ids, vectors @ vector, limit)
        within = [rows_of[sha] for sha in sorted(documents) if sha in rows_of]
        if not within:
            return []
        rows = np.concatenate(within)
        return best([ids[row] for row in rows], vectors[rows] @ vector, limit)

    def close(self) -> None:
        """Gives back its files, its memory and its lease."""
        self._kept.close()


def spread_of(vectors: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean (d,) and covariance (d, d) of `vectors` (n, d)."""
    if not len(vectors):
        return np.zeros(vectors.shape[1], np.float32), np.zeros(vectors.shape[1:] * 2, np.float32)
    centred = vectors - (mean := vectors.mean(axis=0))
    return mean, centred.T @ centred / np.float32(len(vectors))


def spread_without(
    spread: tuple[NDArray[np.float32], NDArray[np.float32]], count: int, gone: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What is left of the `spread` of `count` vectors where `gone` (n, d), some of them, are taken away."""
    (mean, covariance), (its_mean, its_covariance) = spread, spread_of(gone)
    left = count - len(gone)
    kept = (count * mean.astype(np.float64) - len(gone) * its_mean.astype(np.float64)) / left
    squares = count * (covariance + np.outer(mean, mean).astype(np.float64))
    squares -= len(gone) * (its_covariance + np.outer(its_mean, its_mean).astype(np.float64))
    return kept.astype(np.float32), (squares / left - np.outer(kept, kept)).astype(np.float32)


def typical(
    spread: tuple[NDArray[np.float32], NDArray[np.float32]], vector: NDArray[np.float32]
) -> tuple[float, float]:
    """Mean and standard deviation of the cosine between `vector` (shape (d,)) and a vector so spread."""
    mean, covariance = spread
    return float(mean @ vector), max(float(vector @ covariance @ vector), 0.0) ** 0.5


def best(ids: Sequence[str], scores: NDArray[np.float32], limit: int) -> list[tuple[str, float]]:
    """(id, score) of the `limit` best, best first."""
    if limit < len(scores):
        top = np.sort(np.argpartition(-scores, limit)[:limit])
        order = top[np.argsort(-scores[top], kind="stable")]
    else:
        order = np.argsort(-scores, kind="stable")
    return [(ids[i], float(scores[i])) for i in order]


def _store(client: Any) -> Any:
    from langchain_chroma import Chroma

    return Chroma(COLLECTION, client=client, create_collection_if_not_exists=False)


def sources_of(entries: Iterable[DocumentEntry]) -> dict[str, Source]:
    """SHA-256 -> document, in the order of `entries`; what stands for a document is named from among them."""
    known = {entry.sha: entry for entry in entries}
    return {sha: _source(entry, known) for sha, entry in known.items()}


def _source(entry: DocumentEntry, known: Mapping[str, DocumentEntry]) -> Source:
    what = entry.description
    twin = known.get(entry.twin)
    return Source(
        entry.sha, entry.name, what.title, str(what.kind), what.countries, what.organisations, what.period,
        what.published, what.language, what.symbol, _newer(entry, known), twin.name if twin else "",
    )  # fmt: skip


def _newer(entry: DocumentEntry, known: Mapping[str, DocumentEntry]) -> str:
    """What the newest version of a superseded document is called: by more than a title that they share."""
    newest = known.get(entry.superseded)
    if not entry.superseded:
        return ""
    if newest is None or newest is entry:  # an admin says so
        return "a version that is not in the library"
    mine, its = entry.description, newest.description
    if its.title != mine.title:
        return its.title
    more = (
        its.symbol if its.symbol != mine.symbol else its.published if its.published != mine.published else 0
    )
    return f"{its.title} ({more or newest.name})"


class LiveLibrary:
    """Hands each question the live generation; closes a replaced one when its last reader is done.

    pinned: the generation that answers whatever is live, for a look at one that is not published. settings:
    where given, a generation built with another embedding model loads its own.
    """

    def __init__(
        self,
        library: Library,
        embedder: Embedder,
        pinned: str | None = None,
        settings: IngestSettings | None = None,
    ) -> None:
        self.library = library
        self.embedder = embedder
        self.pinned = pinned
        self._settings = settings
        self._lock = threading.Lock()
        self._current: Generation | None = None
        self._following: threading.Thread | None = None
        self._ended = threading.Event()

    @contextmanager
    def reading(self) -> Iterator[Generation]:
        """The live generation, kept open while the block runs. Raises AssistantError if there is none."""
        generation = self._enter()
        try:
            yield generation
        finally:
            self._leave(generation)

    def name(self) -> str:
        """The live generation's name, or the pinned one's. Raises AssistantError if there is none."""
        name = self.pinned or self.library.live()
        if name is None:
            raise AssistantError(
                f"there is no library in {self.library.root} yet; run: python -m ingest sync FOLDER"
            )
        return name

    def follow(self) -> None:
        """From now on a new generation is opened and warmed aside, while questions go on on the old one."""
        if self._following is None:
            self._following = threading.Thread(target=self._follow, name="follow", daemon=True)
            self._following.start()

    def close(self) -> None:
        self._ended.set()
        if self._following is not None:
            self._following.join()
        with self._lock:
            current, self._current = self._current, None
        if current and not current.readers:
            current.close()

    def _follow(self) -> None:
        tried = ""
        while not self._ended.wait(_LOOK):
            name = self.pinned or self.library.live()
            current = self._current
            if name in (None, tried) or (current and name == current.name):
                continue
            try:
                fresh = self._open(str(name))
                fresh.open_all()
            except Exception as error:  # the old one answers on; the admin sees why in the log
                answering = f"{current.name} answers on" if current else "none answers"
                log.error("generation %s cannot be opened, %s: %s", name, answering, error)
                tried = str(name)
                continue
            with self._lock:
                self._replace(fresh)

    def _enter(self) -> Generation:
        with self._lock:
            current = self._current
            if current is None or (self._following is None and current.name != self.name()):
                current = self._replace(self._open(self.name()))
            current.readers += 1
            return current

    def _replace(self, fresh: Generation) -> Generation:
        """Makes `fresh` the one that answers; call it with the lock held."""
        retired, self._current = self._current, fresh
        if retired and not retired.readers:
            retired.close()
        return fresh

    def _open(self, name: str) -> Generation:
        info = self.library.info(name)
        setting = info.models["embedding"].get("setting")
        if info.models["embedding"]["hash"] != self.embedder.hash and setting and self._settings:
            self.embedder = embedder_for(self._settings.model_copy(update=setting))
        return Generation(self.library, name, self.embedder)

    def _leave(self, generation: Generation) -> None:
        with self._lock:
            generation.readers -= 1
            if not generation.readers and generation is not self._current:
                generation.close()
