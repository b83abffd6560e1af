"""The types of an answer: Answer, Refusal, Citation, Sentence, Hit, Filters, Receipt, events.

Promise 1 lives here: an `Answer` cannot be built without verified citations.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ingest.documents import Passage

if TYPE_CHECKING:
    from assistant.evidence import Reading


class AssistantError(Exception):
    """What a user can act on: what was wrong and what to do."""


@dataclass(frozen=True)
class Turn:
    """One earlier exchange of a conversation."""

    question: str
    answer: str = ""


@dataclass(frozen=True)
class Filters:
    """Which documents a question is put to; empty fields do not restrict.

    countries: ISO 3166-1 alpha-3. kinds: values of `ingest.documents.Kind`. languages: ISO 639-1.
    organisations: short names. since/until: years that the document's period, or else its
    year of publication, must overlap. documents: source file names or SHA-256 prefixes.
    in_force: True for documents that no newer one supersedes, False for those that one does.
    """

    countries: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None
    documents: tuple[str, ...] = ()
    in_force: bool | None = None

    def __bool__(self) -> bool:
        return self != Filters()


@dataclass(frozen=True)
class Source:
    """The document a passage belongs to, as far as a citation shows it.

    superseded: what the newest version is called, "" for a document in force. twin: the file name of the
    document with nearly the same text that stands for both, "" where there is none.
    """

    document: str  # SHA-256
    name: str  # the source file's name
    title: str
    kind: str
    countries: tuple[str, ...]
    organisations: tuple[str, ...]
    period: tuple[int, int] | None
    published: int | None
    language: str
    symbol: str
    superseded: str = ""
    twin: str = ""


@dataclass(frozen=True)
class Hit:
    """A passage that search found; `score` orders hits of one search and means nothing else.

    `dense` and `lexical` are 1-based ranks in each leg, None where that leg did not find it.
    """

    passage: Passage
    source: Source
    score: float
    dense: int | None = None
    lexical: int | None = None
    similarity: float | None = None  # cosine of question and passage
    reading: Reading | None = field(default=None, compare=False, repr=False)  # None: not read

    @property
    def cautions(self) -> tuple[str, ...]:
        """What a reader should know of the source: that a newer version exists, that OCR read the page."""
        found = [f"superseded by {self.source.superseded}"] if self.source.superseded else []
        if self.passage.ocr is not None:
            found.append(f"read by OCR, {self.passage.ocr:.0%} confidence".replace("%", " %"))
        return tuple(found)

    def marks(self) -> dict[str, Any]:
        """The same for programs: "ocr" (confidence, 0 to 1), "superseded", "twin"; each where it holds."""
        marks = {
            "ocr": self.passage.ocr,
            "superseded": self.source.superseded or None,
            "twin": self.source.twin or None,
        }
        return {name: value for name, value in marks.items() if value is not None}


@dataclass(frozen=True)
class Citation:
    """Verbatim words of a page. Build it only through `assistant.verify.cite`, which finds them."""

    hit: Hit
    quote: str

    def to_json(self) -> dict[str, Any]:
        return {
            "document": self.hit.source.name,
            "title": self.hit.source.title,
            "page": self.hit.passage.page,
            "label": self.hit.passage.label,
            "quote": self.quote,
            **self.hit.marks(),
        }


@dataclass(frozen=True)
class Sentence:
    """One sentence of an answer with what it rests on; `text` never holds citation marks."""

    text: str
    citations: tuple[Citation, ...]
    language: str = ""  # of the text

    def __post_init__(self) -> None:
        if not self.text.strip() or not self.citations:
            raise ValueError("a sentence needs words and at least one verified citation")


@dataclass(frozen=True)
class Receipt:
    """All that is needed to answer for, and replay, an answer.

    models: role -> {"name", "hash"}. passages: ids considered, best first. timings: stage -> seconds.
    """

    generation: str
    models: dict[str, dict[str, str]]
    prompts: dict[str, str]
    filters: Filters
    passages: tuple[str, ...]
    documents_searched: int
    timings: dict[str, float] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """Sentences that rest on verified citations. `note` says what the reader should know
    (a model was down, so the quotes stand alone)."""

    standing_question: str
    language: str
    sentences: tuple[Sentence, ...]
    receipt: Receipt
    composer: str = "quoting"  # "quoting" | "writing"
    note: str = ""

    def __post_init__(self) -> None:
        if not self.sentences:
            raise ValueError("an answer needs at least one cited sentence; use a Refusal")

    @property
    def text(self) -> str:
        return " ".join(sentence.text for sentence in self.sentences)

    @property
    def caution(self) -> str:
        """A sentence to stand above the answer where nothing that it cites is in force, else ""."""
        cited = {each.hit.source for sentence in self.sentences for each in sentence.citations}
        if not all(source.superseded for source in cited):
            return ""
        newer = "; ".join(dict.fromkeys(sorted(source.superseded for source in cited)))
        return f"Everything cited here is superseded; in force: {newer}."


@dataclass(frozen=True)
class Refusal:
    """What was searched, and why there is no answer; `nearest` are passages, not an answer."""

    standing_question: str
    language: str
    reason: str
    nearest: tuple[Hit, ...]
    receipt: Receipt


# What a streamed question yields, in this order; `Quoted` and `Written` only in writing mode.


@dataclass(frozen=True)
class Searching:
    """The question as it is searched (a follow-up made to stand alone)."""

    standing_question: str
    as_typed: bool  # True: nothing was changed


@dataclass(frozen=True)
class Quoted:
    """Writing mode: the verified quotes, shown while a model writes above them."""

    answer: Answer


@dataclass(frozen=True)
class Written:
    """Writing mode: one more verified sentence."""

    sentence: Sentence


@dataclass(frozen=True)
class Finished:
    """The last event."""

    result: Answer | Refusal


Event = Searching | Quoted | Written | Finished
