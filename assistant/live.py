"""The generation that answers: opened once, shared by all questions, given back when it is retired."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.answer import AssistantError, Source
from ingest.catalogue import DocumentEntry
from ingest.embeddings import Embedder
from ingest.library import Library
from ingest.sync import check_model
from ingest.vectors import BATCH, COLLECTION, open_client
from ingest.word_index import WordIndex


class Generation:
    """One published generation, open for reading.

    Chroma writes to a directory that it opens, and two processes on one directory get wrong results: so
    it works on a private copy of the vectors, and the published directory stays as it is.
    """

    def __init__(self, library: Library, name: str, embedder: Embedder) -> None:
        self.name = name
        self.info = library.info(name)
        check_model(self.info, embedder)
        self.catalogue = library.catalogue(name)
        self.words = WordIndex(self.catalogue)
        self._copy = tempfile.TemporaryDirectory(prefix="assistant-")
        place = Path(self._copy.name) / "chroma"
        shutil.copytree(library.path(name) / "chroma", place)
        self._client = open_client(place)
        self.store = _store(self._client)
        self._collection = self._client.get_collection(COLLECTION, embedding_function=None)

    def open_all(self) -> None:
        """Reads what every question needs and is else read at the first one."""
        _ = self._by_prefix, self.matrix, self._spread
        self.words.best(["warm"], "en", 1)

    @cached_property
    def sources(self) -> dict[str, Source]:
        """SHA-256 -> document, in the order of their file names."""
        return {entry.sha: _source(entry) for entry in self.catalogue.documents()}

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
    def _spread(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Mean (d,) and covariance (d, d) of the passages' vectors."""
        _, vectors = self._stored
        if not len(vectors):
            return np.zeros(vectors.shape[1], np.float32), np.zeros(vectors.shape[1:] * 2, np.float32)
        centred = vectors - (mean := vectors.mean(axis=0))
        return mean, centred.T @ centred / np.float32(len(vectors))

    def typical(self, vector: NDArray[np.float32]) -> tuple[float, float]:
        """Mean and standard deviation of the cosine between `vector` (shape (d,)) and a passage."""
        mean, covariance = self._spread
        return float(mean @ vector), max(float(vector @ covariance @ vector), 0.0) ** 0.5

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

        The whole library is asked through Chroma's index; a scope of `documents` is scored exactly: with a
        filter the index took 50 to 1,000 ms and lost one passage in twenty, this takes 3.
        """
        if documents is None:
            found = self.store.similarity_search_by_vector_with_relevance_scores(
                vector.tolist(), k=min(limit, self.info.counts["passages"])
            )
            return [(str(document.id), 1.0 - distance) for document, distance in found]
        rows_of, ids, vectors = self.matrix
        within = [rows_of[sha] for sha in sorted(documents) if sha in rows_of]
        if not within:
            return []
        rows = np.concatenate(within)
        scores = vectors[rows] @ vector
        order = np.argsort(-scores, kind="stable")[:limit]
        return [(ids[rows[i]], float(scores[i])) for i in order]

    def close(self) -> None:
        self.catalogue.close()
        self._client.close()
        self._copy.cleanup()


def _store(client: Any) -> Any:
    from langchain_chroma import Chroma

    return Chroma(COLLECTION, client=client, create_collection_if_not_exists=False)


def _source(entry: DocumentEntry) -> Source:
    what = entry.description
    return Source(
        entry.sha, entry.name, what.title, str(what.kind), what.countries, what.organisations, what.period,
        what.published, what.language, what.symbol,
    )  # fmt: skip


class LiveLibrary:
    """Hands each question the live generation; closes a replaced one when its last reader is done."""

    def __init__(self, library: Library, embedder: Embedder) -> None:
        self.library = library
        self.embedder = embedder
        self._lock = threading.Lock()
        self._current: Generation | None = None
        self._readers: dict[str, int] = {}

    @contextmanager
    def reading(self) -> Iterator[Generation]:
        """The live generation, kept open while the block runs. Raises AssistantError if there is none."""
        generation = self._enter()
        try:
            yield generation
        finally:
            self._leave(generation)

    def name(self) -> str:
        """The live generation's name. Raises AssistantError if there is none."""
        name = self.library.live()
        if name is None:
            raise AssistantError(
                f"there is no library in {self.library.root} yet; run: python -m ingest sync FOLDER"
            )
        return name

    def close(self) -> None:
        with self._lock:
            current, self._current = self._current, None
        if current:
            current.close()

    def _enter(self) -> Generation:
        with self._lock:
            name = self.name()
            if self._current is None or self._current.name != name:
                fresh = Generation(self.library, name, self.embedder)
                retired, self._current = self._current, fresh
                if retired and not self._readers.get(retired.name):
                    retired.close()
            self._readers[name] = self._readers.get(name, 0) + 1
            return self._current

    def _leave(self, generation: Generation) -> None:
        with self._lock:
            self._readers[generation.name] -= 1
            if not self._readers[generation.name]:
                del self._readers[generation.name]
                if generation is not self._current:
                    generation.close()
