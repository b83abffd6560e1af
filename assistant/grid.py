"""The grid: many questions put to many documents, a cited cell each.

`grid(assistant, questions, filters)` gives the whole of it; `Grid.compute` streams the cells as they are
decided. What is decided is kept in the library (assistant/grids/store.py), so that a grid which was stopped
goes on where it was, and one asked again costs nothing.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from assistant.answer import AssistantError, Filters, Source
from assistant.grids.cells import (
    ENOUGH,
    FIRM,
    FOUND,
    PARTLY,
    READ,
    READS_WELL,
    SENTENCES,
    Decider,
    Document,
    Put,
    put,
)
from assistant.grids.concepts import digest
from assistant.grids.store import CellStore, key_of
from assistant.grids.types import STATES, Cell, State
from assistant.live import Generation, Readable
from assistant.restricted import View
from assistant.search import checked_filters, resolve

if TYPE_CHECKING:
    from assistant.chat import Assistant

__all__ = ["STATES", "Cell", "Grid", "State", "grid", "open_grid"]

MOST_QUESTIONS, MOST_CELLS = 200, 100_000
_SLICE = 25  # questions decided for one document before the next: what is kept of it is then let go

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Grid:
    """`questions` by `documents`, in one generation. It holds no cells: they are read from the library."""

    questions: tuple[str, ...]
    documents: tuple[Source, ...]
    generation: str
    filters: Filters
    keys: Mapping[str, tuple[bytes, ...]]  # document -> the key of each question's cell
    store: CellStore

    def __len__(self) -> int:
        return len(self.questions) * len(self.documents)

    def row(self, source: Source) -> list[Cell | None]:
        """The cells of one document, in the order of the questions; None for what is not decided yet."""
        kept = self.store.get_many(self.keys[source.document], source)
        return [
            cell and replace(cell, question=question)
            for question, cell in zip(self.questions, kept, strict=True)
        ]

    def rows(self) -> Iterator[tuple[Source, list[Cell | None]]]:
        """Document by document: memory is bounded by one row."""
        for source in self.documents:
            yield source, self.row(source)

    def cell(self, question: int, source: Source) -> Cell | None:
        (kept,) = self.store.get_many(self.keys[source.document][question : question + 1], source)
        return kept and replace(kept, question=self.questions[question])

    def counts(self) -> list[dict[State, int]]:
        """For each question, how many documents are in each state."""
        found: list[dict[State, int]] = [dict.fromkeys(STATES, 0) for _ in self.questions]
        for _, cells in self.rows():
            for place, cell in enumerate(cells):
                if cell is not None:
                    found[place][cell.state] += 1
        return found

    def done(self) -> int:
        """How many cells are decided."""
        return sum(sum(counts.values()) for counts in self.counts())


def grid(
    assistant: Assistant,
    questions: Sequence[str],
    filters: Filters | None = None,
    *,
    progress: Progress | None = None,
) -> Grid:
    """Every cell of `questions` by the documents that `filters` leave, decided. Raises AssistantError."""
    with open_grid(assistant, questions, filters) as work:
        for _ in work.compute(progress=progress):
            pass
        return work.grid


class open_grid:
    """A grid with the generation it is put to, open: `.grid`, and `.compute()`, which streams its cells."""

    def __init__(
        self, assistant: Assistant, questions: Sequence[str], filters: Filters | None = None
    ) -> None:
        self._assistant = assistant
        self._questions = asked(questions)
        self._filters = checked_filters(filters or Filters())

    def __enter__(self) -> open_grid:
        self._reading = self._assistant.reading()
        generation = self._reading.__enter__()
        try:
            scope = resolve(self._filters, generation.sources.values())
            documents = tuple(
                source for sha, source in generation.sources.items() if scope is None or sha in scope
            )
            if not documents:
                raise AssistantError("no document passes the filters; widen them")
            self.generation = generation
            self.work = Work(
                generation,
                self._questions,
                documents,
                Decider(self._assistant.chain.reader),
                CellStore(self._assistant.settings.library),
                self._filters,
                self._assistant.settings.threads,
            )
            if isinstance(generation, Generation):  # what left the library leaves its cells too
                self.work.store.forget(but=generation.sources)
        except BaseException as error:
            self._reading.__exit__(type(error), error, None)
            raise
        return self

    def __exit__(self, *error: Any) -> None:
        self._reading.__exit__(*error)

    @property
    def grid(self) -> Grid:
        return self.work.grid

    def narrow(self, documents: frozenset[str]) -> None:
        """Leaves `documents` (SHA-256) alone."""
        left = tuple(source for source in self.grid.documents if source.document in documents)
        self.work.grid = replace(self.grid, documents=left)  # the keys stay: each reads a whole document

    def compute(
        self, *, progress: Progress | None = None, stop: threading.Event | None = None
    ) -> Iterator[Cell]:
        """The cells as they are decided, those that were decided before first; see `Work.compute`."""
        return self.work.compute(progress=progress, stop=stop)


def asked(questions: Sequence[str]) -> tuple[str, ...]:
    """The questions of a grid, each once. Raises AssistantError for none, too many or empty ones."""
    found = tuple(dict.fromkeys(" ".join(each.split()) for each in questions))
    if not found:
        raise AssistantError("there is no question; give one a line")
    for place, each in enumerate(found, 1):
        if not any(char.isalnum() for char in each):
            raise AssistantError(f"question {place} holds no word: {each!r}")
        if len(each) > 1_000:
            raise AssistantError(f"question {place} has {len(each)} characters; at most 1,000 are read")
    if len(found) > MOST_QUESTIONS:
        raise AssistantError(f"a grid takes {MOST_QUESTIONS} questions at most; these are {len(found)}")
    return found


class Work:
    """A grid being computed on an open generation."""

    def __init__(
        self,
        generation: Readable,
        questions: tuple[str, ...],
        documents: tuple[Source, ...],
        decider: Decider,
        store: CellStore,
        filters: Filters,
        threads: int = 0,
    ) -> None:
        cells = len(questions) * len(documents)
        if cells > MOST_CELLS:
            raise AssistantError(
                f"{len(questions)} questions to {len(documents)} documents are {cells:,} cells; a grid takes"
                f" {MOST_CELLS:,}: choose fewer documents"
            )
        self.generation, self.decider, self.store = generation, decider, store
        self.threads = threads or os.cpu_count() or 1
        how = {
            "embedding": generation.embedder.hash,
            "evidence": decider.reader.hash if decider.reader else "",
            "concepts": digest(),
            "rules": [READ, SENTENCES, ENOUGH, FOUND, PARTLY, FIRM, READS_WELL],
            "seen": part_seen(generation),
        }
        keys = {
            source.document: tuple(
                key_of(each, mark, how) for mark in (fingerprint(generation, source),) for each in questions
            )
            for source in documents
        }
        self.grid = Grid(questions, documents, generation.name, filters, keys, store)

    def compute(
        self, *, progress: Progress | None = None, stop: threading.Event | None = None
    ) -> Iterator[Cell]:
        """Each cell as soon as it is decided; first those that are kept from before, document by document.

        progress is told (cells done, cells in all). When `stop` is set no further document is begun; what is
        decided is kept.
        """
        tell, done = progress or (lambda done, total: None), 0
        open_: list[tuple[Source, list[int]]] = []
        for source, row in self.grid.rows():
            missing = [place for place, cell in enumerate(row) if cell is None]
            if missing:
                open_.append((source, missing))
            known = [cell for cell in row if cell is not None]
            done += len(known)
            tell(done, len(self.grid))
            yield from known
        if not open_ or (stop and stop.is_set()):
            return
        wanted = sorted({place for _, missing in open_ for place in missing})
        puts: dict[int, Put] = {}
        for place in wanted:
            puts[place] = put(self.generation, self.grid.questions[place], self.generation.embedder)
            if stop and stop.is_set():
                return
        for cells in self._parallel(open_, puts, stop):
            done += len(cells)
            tell(done, len(self.grid))
            yield from cells

    def _parallel(
        self,
        open_: Sequence[tuple[Source, list[int]]],
        puts: Mapping[int, Put],
        stop: threading.Event | None,
    ) -> Iterator[list[Cell]]:
        """Two documents a core are under way; their cells are given in the order they were begun in."""
        jobs = ((source, part) for source, missing in open_ for part in _slices(missing))
        with ThreadPoolExecutor(self.threads, "grid") as pool:
            under_way: deque[Future[list[Cell]]] = deque()
            try:
                for source, part in jobs:
                    if stop and stop.is_set():
                        break
                    under_way.append(pool.submit(self._decide, source, {at: puts[at] for at in part}))
                    if len(under_way) > 2 * self.threads:
                        yield under_way.popleft().result()
                while under_way:
                    yield under_way.popleft().result()
            finally:
                for job in under_way:
                    job.cancel()

    def _decide(self, source: Source, puts: Mapping[int, Put]) -> list[Cell]:
        document = Document(self.generation, source)
        keys = self.grid.keys[source.document]
        cells = [(keys[place], self.decider.cell(each, document)) for place, each in puts.items()]
        self.store.put(cells)
        return [cell for _, cell in cells]


def _slices(places: list[int]) -> Iterator[list[int]]:
    for at in range(0, len(places), _SLICE):
        yield places[at : at + _SLICE]


def part_seen(generation: Readable) -> str:
    """What tells a view of a part of the library: how rare a word is there must not tell of the rest."""
    if not isinstance(generation, View):
        return ""
    return hashlib.sha256("".join(sorted(generation.sources)).encode()).hexdigest()


def fingerprint(generation: Readable, source: Source) -> str:
    """What tells a document as it was read and is described from any other: its bytes, its pages' text (OCR
    may add to it), its title and its language."""
    text = hashlib.sha256()
    for page in generation.catalogue.texts(source.document):
        text.update(page.encode("utf-8", "surrogatepass"))
        text.update(b"\x00")
    return "|".join((source.document, text.hexdigest(), source.title, source.language))
