"""What programs can do, over REST and MCP alike: ask, search, list documents, read a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

from assistant.answer import Answer, AssistantError, Event, Finished, Refusal, Source
from assistant.api import told
from assistant.api.asked import Listing, Question, Search
from assistant.api.problems import NoLibrary, NotThere
from assistant.search import checked_filters, resolve
from assistant.web.engine import Engine


@dataclass(frozen=True)
class Verbs:
    """For one person.

    engine: as that person may see it. turn: what a question counts in. base: see `told.links`.
    """

    engine: Engine
    turn: AbstractContextManager[None]
    base: str = ""

    def events(self, asked: Question) -> Iterator[Event]:
        """The events of a question. Raises at the first step what is wrong with it."""
        with self.turn:
            self._library()
            yield from self.engine.stream(
                asked.question,
                history=asked.turns(),
                filters=asked.filters.filters(),
                as_typed=asked.as_typed,
                sentences=asked.sentences,
            )

    def ask(self, asked: Question) -> told.Result:
        last: Answer | Refusal | None = None
        for event in self.events(asked):
            if isinstance(event, Finished):
                last = event.result
        if last is None:
            raise AssistantError("the question ended without a result; ask again")
        return told.result(self.base, last)

    def search(self, asked: Search) -> told.Passages:
        with self.turn:
            generation = self._library()
            found = self.engine.search(
                asked.question, k=asked.k, filters=asked.filters.filters(), reading=asked.reading
            )
        return told.Passages(
            generation=generation,
            language=found.language,
            documents_searched=found.documents,
            passages=[told.passage(self.base, hit) for hit in found.hits],
        )

    def documents(self, wanted: Listing) -> told.Documents:
        generation, sources = self._library(), self.engine.sources()
        left = resolve(checked_filters(wanted.filters()), sources)
        kept = [each for each in sources if left is None or each.document in left]
        shown = kept[wanted.offset : wanted.offset + wanted.limit]
        return told.Documents(
            generation=generation,
            total=len(kept),
            offset=wanted.offset,
            documents=[told.document(self.base, each) for each in shown],
        )

    def document(self, sha: str) -> told.Document:
        return told.document(self.base, self._source(sha), self.engine.page_count(sha))

    def text(self, sha: str, page: int | None) -> told.PageText:
        """The text of a page, or of a whole document without pages."""
        source = self._source(sha)
        pages, found = self.engine.page_count(sha), self.engine.page(sha, page)
        if found is None and page is None:
            raise AssistantError(f"this document has pages; name one from 1 to {pages}")
        if found is None:
            raise NotThere("there is no such page in this document")
        return told.PageText(
            document=source.name,
            sha=sha,
            title=source.title,
            page=found.index,
            pages=pages,
            label=found.label,
            ocr=found.ocr,
            text=found.text,
            links=told.links(self.base, source, found.index),
        )

    def _source(self, sha: str) -> Source:
        self._library()
        source = next((each for each in self.engine.sources() if each.document == sha), None)
        if source is None:
            raise NotThere("there is no such document in the library")
        return source

    def _library(self) -> str:
        """The name of the generation that answers."""
        name = self.engine.generation()
        if not name:
            raise NoLibrary("there is no library yet; an admin adds documents")
        return name
