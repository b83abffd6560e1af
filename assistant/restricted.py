"""What one person may read of a generation: as though the library held those documents and no other."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.answer import Source
from assistant.live import Generation, Readable, best, sources_of, spread_of, spread_without, typical
from ingest.catalogue import Catalogue, DocumentEntry
from ingest.documents import Page, Passage
from ingest.limit_watch import LimitWatch
from ingest.limits import Limits, may_read
from ingest.versions import relations

_MOST = 64  # views kept of a generation: of 100,000 passages each takes some 20 MB


class View:
    """A generation's documents in `allowed` (SHA-256), and of the others no trace: neither in what is found
    nor in any count, rarity or mean that ranks it.

    It has nothing of Generation but what it names here itself, so that what that learns later is closed
    until somebody has thought of it. Shares its vectors, files and word index.
    """

    def __init__(self, generation: Generation, allowed: frozenset[str]) -> None:
        self.name, self.embedder = generation.name, generation.embedder
        self._whole, self._allowed = weakref.ref(generation), allowed
        self.words = generation.words.of(allowed)
        self.catalogue = Shown(generation.catalogue, allowed)

    @property
    def _generation(self) -> Generation:
        found = self._whole()
        assert found is not None, "whoever reads a view keeps its generation open"
        return found

    @cached_property
    def sources(self) -> dict[str, Source]:
        """SHA-256 -> document. Versions and twins are told from these alone: where the newer version, or the
        twin that stands for both, may not be read, the document is in force and stands for itself."""
        return sources_of(_related(self._generation.catalogue.documents(), self._allowed))

    @cached_property
    def _by_prefix(self) -> dict[str, Source]:
        return {sha[:20]: source for sha, source in self.sources.items()}

    def source_of(self, passage_id: str) -> Source:
        return self._by_prefix[passage_id.partition("-")[0]]

    @cached_property
    def _rows(self) -> tuple[NDArray[np.intp], list[str]]:
        """The rows of these documents' passages in the generation's matrix, ascending, and their ids."""
        rows_of, ids, _ = self._generation.matrix
        own = [rows for sha, rows in rows_of.items() if sha in self._allowed]
        rows = np.sort(np.concatenate(own)) if own else np.zeros(0, np.intp)
        return rows, [ids[row] for row in rows]

    @cached_property
    def _spread(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        vectors, rows = self._generation.matrix[2], self._rows[0]
        others = np.setdiff1d(np.arange(len(vectors)), rows, assume_unique=True)
        if len(others) < len(rows):  # to take few away from what is known is quicker than to begin anew
            return spread_without(self._generation.spread, len(vectors), vectors[others])
        return spread_of(vectors[rows])

    def typical(self, vector: NDArray[np.float32]) -> tuple[float, float]:
        return typical(self._spread, vector)

    def cosines(self, vector: NDArray[np.float32], ids: Iterable[str]) -> dict[str, float]:
        return self._generation.cosines(vector, (id_ for id_ in ids if self.source_of(id_)))

    def nearest(
        self, vector: NDArray[np.float32], limit: int, documents: frozenset[str] | None
    ) -> list[tuple[str, float]]:
        """Scored exactly, whatever the size: every passage's product is taken, since a copy of those that
        may be read takes longer."""
        if documents is not None:
            return self._generation.nearest(vector, limit, documents & self._allowed)
        rows, ids = self._rows
        return best(ids, (self._generation.matrix[2] @ vector)[rows], limit)


class Shown:
    """The pages and passages of the documents in `allowed`; others are as if they did not exist."""

    def __init__(self, catalogue: Catalogue, allowed: frozenset[str]) -> None:
        self._catalogue, self._allowed = catalogue, allowed

    def page_text(self, document: str, page: int | None) -> str:
        return self._catalogue.page_text(document, page) if document in self._allowed else ""

    def page(self, document: str, page: int | None) -> Page | None:
        return self._catalogue.page(document, page) if document in self._allowed else None

    def page_count(self, document: str) -> int:
        return self._catalogue.page_count(document) if document in self._allowed else 0

    def unread_pages(self, document: str) -> int:
        return self._catalogue.unread_pages(document) if document in self._allowed else 0

    def pages(self, document: str) -> list[Page]:
        return self._catalogue.pages(document) if document in self._allowed else []

    def texts(self, document: str) -> list[str]:
        return self._catalogue.texts(document) if document in self._allowed else []

    def passages(self, ids: Sequence[str]) -> dict[str, Passage]:
        found = self._catalogue.passages(ids)
        return {id_: passage for id_, passage in found.items() if passage.document in self._allowed}

    def passages_of(self, document: str) -> list[Passage]:
        return self._catalogue.passages_of(document) if document in self._allowed else []


def _related(entries: Sequence[DocumentEntry], allowed: frozenset[str]) -> list[DocumentEntry]:
    """Those `allowed`, with their versions and twins as they are among themselves."""
    own = [entry for entry in entries if entry.sha in allowed]
    gone = {entry.sha for entry in entries} - allowed
    if not any({entry.superseded, entry.twin} & gone for entry in own):
        return own
    found = relations(own)
    return [
        replace(entry, superseded=each.superseded, twin=each.twin)
        if (each := found.get(entry.sha))
        else replace(entry, superseded="", twin="")
        for entry in own
    ]


class Rights:
    """Who may read what, as the limits are at each question. One for an assistant and all its views."""

    def __init__(self, library: Path) -> None:
        self._watch = LimitWatch(library)
        self._lock = threading.Lock()
        self._views: weakref.WeakKeyDictionary[Generation, _Views] = weakref.WeakKeyDictionary()

    def view(self, generation: Generation, groups: frozenset[str] | None) -> Readable:
        """What members of `groups` may read of `generation` now; the generation itself where that is all.

        Raises IngestError where the limits cannot be read.
        """
        if groups is None:
            return generation
        limits = self._watch.now()
        with self._lock:
            views = self._views.get(generation)
            if views is None or views.limits is not limits:
                views = self._views[generation] = _Views(limits, generation, views)
            return views.of(generation, groups)

    def left(self, document: str, groups: frozenset[str] | None) -> bool:
        """Whether members of `groups` may read what is kept of a document that has left the library."""
        return groups is None or may_read(self._watch.now().once_on(document), groups)

    def close(self) -> None:
        self._watch.close()


class _Views:
    """The views of one generation under one state of the limits; people who may read the same share one.

    Holds the generation itself nowhere, so that it goes when the last question on it is done.
    """

    def __init__(self, limits: Limits, generation: Generation, before: _Views | None) -> None:
        self.limits = limits
        self._bound = limits.of(generation.catalogue.files())
        # What a change of the limits leaves as it was keeps its view, with what that has computed.
        self._known: dict[frozenset[str], View] = before._known if before else {}
        self._allowed: dict[frozenset[str], frozenset[str]] = {}

    def of(self, generation: Generation, groups: frozenset[str]) -> Readable:
        if groups not in self._allowed:
            forbidden = {sha for sha, limits in self._bound.items() if not may_read(limits, groups)}
            self._allowed[groups] = frozenset(generation.sources) - forbidden
        allowed = self._allowed[groups]
        if len(allowed) == len(generation.sources):
            return generation
        if allowed not in self._known:
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[allowed] = View(generation, allowed)
        return self._known[allowed]
