"""The checklist: guiding questions put to a draft, and what a good answer looks like in other documents."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from assistant.answer import Filters, Source
from assistant.grid import Progress, asked, fingerprint, part_seen
from assistant.grids.cells import Decider, Document, put
from assistant.grids.concepts import digest
from assistant.grids.draft import Draft, open_draft
from assistant.grids.guiding import Item
from assistant.grids.store import key_of
from assistant.grids.strict import StrictDecider
from assistant.grids.types import Cell, State
from assistant.live import Readable
from assistant.search import checked_filters, resolve
from ingest.documents import Kind

if TYPE_CHECKING:
    from assistant.chat import Assistant

Verdict = Literal["answered", "partly", "missing", "unreadable"]
VERDICTS: dict[State, Verdict] = {
    "found": "answered",
    "partly": "partly",
    "not found": "missing",
    "unreadable": "unreadable",
}
# Documents in which a good answer is looked for: those whose passages come nearest to the question.
_TRIED = 6


@dataclass(frozen=True)
class Checked:
    """One guiding question, what the draft says to it, and how another document answers it, if any does."""

    item: Item
    cell: Cell
    example: Cell | None = None

    @property
    def verdict(self) -> Verdict:
        return VERDICTS[self.cell.state]


@dataclass(frozen=True)
class Checklist:
    """All questions put to one draft. generation: of the library that the examples are from, "" without.
    unasked: questions that were not put, as it was stopped. basis: tells the draft, library and models that
    its cells rest on from any others."""

    draft: Source
    checked: tuple[Checked, ...]
    pages: int
    unread: int
    generation: str
    unasked: int = 0
    basis: bytes = b""

    def counts(self) -> dict[Verdict, int]:
        found: dict[Verdict, int] = dict.fromkeys(VERDICTS.values(), 0)
        for each in self.checked:
            found[each.verdict] += 1
        return found


def checklist(
    assistant: Assistant,
    items: Sequence[Item],
    draft: Path,
    *,
    name: str = "",
    examples: Filters | bool | None = None,
    earlier: Sequence[Checklist] = (),
    progress: Progress | None = None,
    stop: threading.Event | None = None,
) -> Checklist:
    """`items` put to the file `draft`, which is read for this alone. examples: where good answers
    are looked for, by default in frameworks, or in all of a library that has none; False: nowhere. earlier:
    checklists that the caller holds, perhaps stopped ones; what they say of the same draft is not decided
    again. Nothing of a draft is kept but what is returned. Raises AssistantError."""
    with open_checklist(assistant, items, draft, name=name, examples=examples, earlier=earlier) as work:
        for _ in work.compute(progress=progress, stop=stop):
            pass
        return work.result()


class open_checklist:
    """A draft and a library, open: `.compute()` streams each question as it is decided."""

    def __init__(
        self,
        assistant: Assistant,
        items: Sequence[Item],
        draft: Path,
        *,
        name: str = "",
        examples: Filters | bool | None = None,
        earlier: Sequence[Checklist] = (),
    ) -> None:
        asked([item.question for item in items])
        self.items = tuple(items)
        self._assistant, self._path, self._name = assistant, draft, name
        self._examples = checked_filters(examples) if isinstance(examples, Filters) else examples
        self._earlier = tuple(earlier)
        self._checked: list[Checked] = []

    def __enter__(self) -> open_checklist:
        with ExitStack() as kept:
            self._library: Readable | None = None
            embedder = self._assistant.embedder
            if self._assistant.generation():
                self._library = kept.enter_context(self._assistant.reading())
                embedder = self._library.embedder
            self.draft: Draft = kept.enter_context(
                open_draft(self._path, embedder, self._assistant.settings, self._library, self._name)
            )
            self._kept = kept.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._kept.close()

    def compute(
        self, *, progress: Progress | None = None, stop: threading.Event | None = None
    ) -> Iterator[Checked]:
        """Each question in turn. progress is told (questions done, questions in all)."""
        tell, basis = progress or (lambda done, total: None), self._basis()
        known = {
            each.item.question: each for made in self._earlier if made.basis == basis for each in made.checked
        }
        reader, document = self._assistant.chain.reader, Document(self.draft, self.draft.source)
        strict, decider = StrictDecider(reader), Decider(reader)
        for item in self.items[len(self._checked) :]:
            if stop and stop.is_set():
                return
            if before := known.get(item.question):
                checked = replace(before, item=item)
            else:
                cell = strict.cell(put(self.draft, item.question, self.draft.embedder), document)
                checked = Checked(item, cell, self._example(item, decider))
            self._checked.append(checked)
            tell(len(self._checked), len(self.items))
            yield checked

    def result(self) -> Checklist:
        source = self.draft.source
        return Checklist(
            source,
            tuple(self._checked),
            self.draft.catalogue.page_count(source.document),
            self.draft.catalogue.unread_pages(source.document),
            self._library.name if self._library else "",
            len(self.items) - len(self._checked),
            self._basis(),
        )

    def _basis(self) -> bytes:
        """A hash of the draft as it was read and is called, the models, and what the examples are from."""
        draft, reader, library = self.draft, self._assistant.chain.reader, self._library
        how = {
            "called": draft.source.name,
            "embedding": draft.embedder.hash,
            "evidence": reader.hash if reader else "",
            "concepts": digest(),
            "library": [library.name, part_seen(library)] if library else [],
            "examples": repr(self._examples),
        }
        return key_of("", fingerprint(draft, draft.source), how)

    def _example(self, item: Item, decider: Decider) -> Cell | None:
        """The best answer to the same question in another document of the library."""
        library = self._library
        if library is None or self._examples is False:
            return None
        among = self._among(library)
        question = put(library, item.question, library.embedder)
        near: dict[str, None] = {}
        for id_, _ in library.nearest(question.vector, 60, among):
            near.setdefault(library.source_of(id_).document)
        cells = [
            decider.cell(question, Document(library, library.sources[sha])) for sha in list(near)[:_TRIED]
        ]
        found = [cell for cell in cells if cell.state == "found"]
        return max(found, key=lambda cell: cell.chance, default=None)

    def _among(self, library: Readable) -> frozenset[str]:
        own = self.draft.source
        others = {
            sha: source
            for sha, source in library.sources.items()
            # The draft itself, or another version of it, is no example of what others do.
            if sha != own.document and not (source.title == own.title and own.title)
        }
        if isinstance(self._examples, Filters):
            return (resolve(self._examples, others.values()) or frozenset(others)) & frozenset(others)
        frameworks = frozenset(sha for sha, each in others.items() if each.kind == Kind.FRAMEWORK)
        return frameworks or frozenset(others)
