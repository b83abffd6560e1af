"""The types of the instrument: Question and Gold of a bank, Result of one question, Run of them all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from assistant.answer import Turn


class EvalError(Exception):
    """What an evaluator can act on: what was wrong, in which file, row and column, and what to do."""


@dataclass(frozen=True)
class Gold:
    """A place where the answer stands: file name, 1-based page (None for files without pages), quote."""

    document: str
    page: int | None
    quote: str = ""

    @property
    def place(self) -> Place:
        return self.document, self.page


@dataclass(frozen=True)
class Question:
    """One question of a bank. `facts`: each a list of acceptable strings, any one of which meets it.

    `kind` is the bank's own word ("fact", "compare", "absent", ...); `documents` are file names that the
    question is put to alone, none meaning the whole library.
    """

    id: str
    question: str
    language: str = "en"
    kind: str = "fact"
    answerable: bool = True
    facts: tuple[tuple[str, ...], ...] = ()
    evidence: tuple[Gold, ...] = ()
    history: tuple[Turn, ...] = ()
    documents: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Cited:
    """A citation as it was shown. `verbatim`: found again by code on that page of the library.

    passage: the cited passage's own text; about: its document's title and its headings; language: its
    document's. All empty in older runs.
    """

    document: str
    page: int | None
    label: str
    quote: str
    verbatim: bool
    passage: str = ""
    about: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True)
class Said:
    """A sentence of an answer with its citations."""

    text: str
    citations: tuple[Cited, ...]


@dataclass(frozen=True)
class Found:
    """A passage that search found, by its address; lists of them are best first."""

    document: str
    page: int | None
    passage: str  # id

    @property
    def place(self) -> Place:
        return self.document, self.page


@dataclass(frozen=True)
class Result:
    """What the assistant did with one question. `seconds` is the time until the whole answer stood.

    `problem` is a sentence where the question ended in an error; it then counts as refused.
    """

    id: str
    answered: bool
    standing_question: str
    language: str
    found: tuple[Found, ...]
    sentences: tuple[Said, ...] = ()
    reason: str = ""
    note: str = ""
    seconds: float = 0.0
    receipt: dict[str, Any] = field(default_factory=dict)
    problem: str = ""

    @property
    def text(self) -> str:
        return " ".join(sentence.text for sentence in self.sentences)


@dataclass(frozen=True)
class Run:
    """A bank put to a generation, with all that is needed to repeat it.

    name: "0007". bank: file name and SHA-256. settings: those of the assistant. models: role -> name, hash.
    languages: document -> language; kinds: document -> kind (for strata), of the documents in the gold.
    """

    name: str
    started: str  # ISO 8601, UTC
    bank: str
    bank_hash: str
    generation: str
    documents: int
    settings: dict[str, Any]
    models: dict[str, dict[str, str]]
    prompts: dict[str, str]
    questions: tuple[Question, ...]
    results: tuple[Result, ...]  # of the same questions, in their order
    languages: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    program: str = ""  # SHA-256 of the files that the answers come from; "" in older runs


Place = tuple[str, int | None]  # file name, page
