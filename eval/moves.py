"""What became of the documents that a bank is about, from one generation to the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cached_property

from eval.report.words import file_name, say, together
from eval.results import Question, Result, Run
from ingest.library import Library


@dataclass(frozen=True)
class Moves:
    """before, after: file name -> SHA-256 of the documents of that name; before is empty for the first."""

    before: Mapping[str, frozenset[str]]
    after: Mapping[str, frozenset[str]]

    @classmethod
    def between(cls, library: Library, before: str | None, after: str) -> Moves:
        return cls(_documents(library, before) if before else {}, _documents(library, after))

    @cached_property
    def renamed(self) -> dict[str, str]:
        """Old file name -> new one, of the same bytes."""
        names = {sha: name for name, documents in sorted(self.after.items()) for sha in documents}
        return {
            name: names[sha]
            for name, documents in sorted(self.before.items())
            for sha in documents
            if name not in self.after and sha in names
        }

    @cached_property
    def withdrawn(self) -> frozenset[str]:
        """File names that are in no other name either."""
        return frozenset(self.before.keys() - self.after.keys() - self.renamed.keys())

    def can_ask(self, question: Question) -> bool:
        """Whether what a question is about is in either generation; a withdrawn document is not unknown."""
        known = self.before.keys() | self.after.keys()
        gold = {each.document for each in question.evidence} if question.answerable else set()
        return known.issuperset(question.documents) and (not gold or not known.isdisjoint(gold))

    def what_happened(self, names: Iterable[str], ui: str = "en") -> str:
        """A sentence on each of the documents `names` that is not what it was; "" where all are."""
        return together(ui, (self._what_happened(name, ui) for name in dict.fromkeys(names)))

    def _what_happened(self, name: str, ui: str) -> str:
        shown = file_name(name, ui)
        if name in self.withdrawn:
            return say(ui, "change_documents.withdrawn", name=shown)
        if name in self.renamed:
            return say(ui, "change_documents.renamed", name=shown, new=file_name(self.renamed[name], ui))
        if name not in self.before:
            return say(ui, "change_documents.added", name=shown) if name in self.after else ""
        return (
            "" if self.before[name] == self.after[name] else say(ui, "change_documents.changed", name=shown)
        )

    def under_old_names(self, run: Run) -> Run:
        """A run of the generation after, its documents called as the bank calls them."""
        old = {new: name for name, new in self.renamed.items()}
        return replace(run, results=tuple(_called(each, old) for each in run.results)) if old else run


def about(question: Question) -> list[str]:
    """The file names that a question is put to or should be answered from."""
    return [*question.documents, *(each.document for each in question.evidence)]


def cited(result: Result) -> list[str]:
    """The file names that an answer cites."""
    return [each.document for said in result.sentences for each in said.citations]


def _documents(library: Library, generation: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    with closing(library.catalogue(generation)) as catalogue:
        for entry in catalogue.documents():
            found.setdefault(entry.name, set()).add(entry.sha)
    return {name: frozenset(documents) for name, documents in found.items()}


def _called(result: Result, names: Mapping[str, str]) -> Result:
    return replace(
        result,
        found=tuple(replace(each, document=names.get(each.document, each.document)) for each in result.found),
        sentences=tuple(
            replace(
                said,
                citations=tuple(
                    replace(each, document=names.get(each.document, each.document)) for each in said.citations
                ),
            )
            for said in result.sentences
        ),
    )
