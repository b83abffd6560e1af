"""A draft opened for questions and for nothing else: it is never part of the library.

It is read in a child process with the limits of indexing, cut and embedded as a document of the library
would be, into a folder that goes when the draft is closed. Cosines are judged against the library's passages,
where there is a library: within one document on migration all is about migration.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.answer import AssistantError, Source
from assistant.live import Readable, best, sources_of, spread_of, typical
from ingest.catalogue import Catalogue, DocumentEntry
from ingest.documents import SkippedFile, UnreadableFile, embedding_text
from ingest.embeddings import Embedder, VectorCache
from ingest.reading import ReadDocument, ReadJob, read_document
from ingest.settings import IngestSettings
from ingest.word_index import WordIndex

NAME = "draft"


class Draft:
    """One document as a `Readable`; see `open_draft`."""

    name = NAME

    def __init__(
        self,
        catalogue: Catalogue,
        embedder: Embedder,
        vectors: NDArray[np.float32],
        ids: list[str],
        library: Readable | None,
    ) -> None:
        self.embedder, self.catalogue, self.words = embedder, catalogue, WordIndex(catalogue)
        self._vectors, self._ids, self._library = vectors, ids, library
        self._rows = {id_: row for row, id_ in enumerate(ids)}
        self._spread = spread_of(vectors)
        self.sources = sources_of(catalogue.documents())

    @property
    def source(self) -> Source:
        return next(iter(self.sources.values()))

    def source_of(self, passage_id: str) -> Source:
        return self.source

    def typical(self, vector: NDArray[np.float32]) -> tuple[float, float]:
        return self._library.typical(vector) if self._library else typical(self._spread, vector)

    def cosines(self, vector: NDArray[np.float32], ids: Iterable[str]) -> dict[str, float]:
        return {id_: float(self._vectors[self._rows[id_]] @ vector) for id_ in ids}

    def nearest(
        self, vector: NDArray[np.float32], limit: int, documents: frozenset[str] | None
    ) -> list[tuple[str, float]]:
        if documents is not None and self.source.document not in documents:
            return []
        return best(self._ids, self._vectors @ vector, limit)


@contextmanager
def open_draft(
    path: Path,
    embedder: Embedder,
    settings: IngestSettings,
    library: Readable | None = None,
    name: str = "",
) -> Iterator[Draft]:
    """The file at `path`, open for questions while the block runs. name: what it is called, where the path
    does not say. Raises AssistantError where it cannot be read."""
    called = name or path.name
    try:
        sha = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise AssistantError(f"{called} cannot be read ({error.strerror}); give the draft's file") from error
    read = _read(ReadJob(path, sha, name=called), settings)
    if not read.passages:
        raise AssistantError(
            f"{called} has no text that can be read ({len(read.pages)} pages, all scanned); give the text"
            " version, or a copy with a text layer"
        )
    with tempfile.TemporaryDirectory(prefix="draft-") as scratch:
        place = Path(scratch) / "catalogue.sqlite"
        writing = Catalogue(place, write=True)
        entry = DocumentEntry(
            sha, called, read.reading.format, read.description, len(read.pages), len(read.passages)
        )
        writing.add(entry, read.pages, read.passages)
        writing.finish()
        writing.close()
        # Kept for as long as the folder is: the words of a draft are nobody's but its writers'.
        vectors = VectorCache(Path(scratch) / "vectors.sqlite").embed(
            [embedding_text(read.description, passage) for passage in read.passages], embedder
        )
        catalogue = Catalogue(place)
        try:
            yield Draft(catalogue, embedder, vectors, [each.id for each in read.passages], library)
        finally:
            catalogue.close()


def _read(job: ReadJob, settings: IngestSettings) -> ReadDocument:
    from ingest.readers.child import ReaderPool

    with ReaderPool(workers=1, memory=settings.read_memory) as pool:
        for _, result in pool.read_all([job], read_document, settings.read_timeout):
            if isinstance(result, (SkippedFile, UnreadableFile)):
                raise AssistantError(f"{job.name}: {result}")
            # What somebody may have kept of the same file elsewhere is none of this draft's business.
            return replace(result, fresh=True)
    raise AssistantError(f"{job.name} was not read; try again")
