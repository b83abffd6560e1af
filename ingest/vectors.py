"""The vectors of a generation in Chroma: cosine space, our own vectors, no texts, paged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

COLLECTION = "passages"
BATCH = 5_000  # Chroma takes at most 5,461 at a time

# ef_search 200: search asks for up to 200 neighbours; with the default of 100 the tail is arbitrary.
CONFIGURATION = {"hnsw": {"space": "cosine", "ef_search": 200}}


def open_client(directory: Path) -> Any:
    """A Chroma client on `directory` without telemetry. One process a directory: see `Vectors`."""
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(str(directory), settings=Settings(anonymized_telemetry=False))


class Vectors:
    """Writes and checks the vectors of a generation that is being built."""

    def __init__(self, directory: Path) -> None:
        self._client = open_client(directory)
        self._collection = self._client.get_or_create_collection(
            COLLECTION, embedding_function=None, configuration=CONFIGURATION
        )

    def add(self, ids: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Stores vectors of shape (len(ids), d). Ids that are known are replaced."""
        for at in range(0, len(ids), BATCH):
            part = list(ids[at : at + BATCH])
            # langchain-chroma passes over entries without a text, so each has an empty one.
            self._collection.upsert(ids=part, embeddings=vectors[at : at + BATCH], documents=[""] * len(part))

    def remove(self, ids: Sequence[str]) -> None:
        for at in range(0, len(ids), BATCH):
            self._collection.delete(ids=list(ids[at : at + BATCH]))

    def count(self) -> int:
        return int(self._collection.count())

    def dimension(self) -> int | None:
        """Numbers a vector, None where there is none."""
        found = self._collection.get(limit=1, include=["embeddings"])["embeddings"]
        return len(found[0]) if len(found) else None

    def ids(self) -> Iterator[str]:
        for at in range(0, self.count(), BATCH):
            yield from self._collection.get(limit=BATCH, offset=at, include=[])["ids"]

    def strangers(self, ids: Iterable[str]) -> list[str]:
        """Of a sample of `ids`: those whose own vector does not find them first (or an equal of theirs)."""
        wanted = list(ids)
        if not wanted:
            return []
        own = self._collection.get(ids=wanted, include=["embeddings"])
        found = self._collection.query(
            query_embeddings=own["embeddings"], n_results=min(5, self.count()), include=["distances"]
        )
        lost = [
            id_
            for id_, near, distances in zip(own["ids"], found["ids"], found["distances"], strict=True)
            if id_ not in near and (not distances or distances[0] > 1e-5)
        ]
        return lost + [id_ for id_ in wanted if id_ not in set(own["ids"])]

    def close(self) -> None:
        self._client.close()
