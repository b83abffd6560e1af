"""What a program is told: answers, passages and documents as JSON, each with links to where it stands.

A document's `document` is its file name and `sha` its SHA-256, as in `python -m assistant ask --json`.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Literal

from pydantic import BaseModel, Field

from assistant.answer import Answer, Citation, Event, Finished, Hit, Quoted, Receipt, Refusal, Source
from assistant.answer import Searching as SearchingEvent
from assistant.answer import Sentence as SentenceOf
from assistant.offers import offer_of
from assistant.web.offered import link


class Problem(BaseModel):
    """Why there is no result."""

    detail: str = Field(description="one sentence: what was wrong and what to do")


class Links(BaseModel):
    """Where it can be seen; paths of this server, or whole addresses where it knows its own."""

    original: str = Field(description="the file, at the page", examples=["/original/9f86d0...#page=12"])
    image: str | None = Field(None, description="a picture of the page", examples=["/page/9f86d0.../12.png"])
    text: str = Field(description="the page's text", examples=["/api/documents/9f86d0.../text?page=12"])


class Place(BaseModel):
    """A page of a document."""

    document: str = Field(description="the file's name", examples=["river-evaluation.pdf"])
    sha: str = Field(description="its SHA-256, by which the other calls name it")
    title: str
    page: int | None = Field(description="from 1; null for formats without pages")
    label: str = Field(description="the page's printed label, where it has one")
    ocr: float | None = Field(None, description="read by OCR with this confidence, 0 to 1")
    superseded: str | None = Field(None, description="what the newer version is called")
    twin: str | None = Field(None, description="the file with nearly the same text that stands for both")
    links: Links


class Cited(Place):
    """Verbatim words of a page."""

    quote: str


class Sentence(BaseModel):
    """A sentence of an answer and what it rests on."""

    text: str
    language: str
    citations: list[Cited]


class Passage(Place):
    """A passage that search found."""

    headings: list[str]
    text: str
    score: float = Field(description="orders the passages of one search and means nothing else")


class ReceiptOf(BaseModel):
    """All that is needed to answer for, and replay, an answer."""

    generation: str
    models: dict[str, dict[str, str]]
    prompts: dict[str, str]
    filters: dict[str, Any]
    passages: list[str]
    documents_searched: int
    timings: dict[str, float]
    settings: dict[str, Any]


class Result(BaseModel):
    """An answer, or a refusal."""

    kind: Literal["answer", "refusal"]
    standing_question: str = Field(description="the question as it was searched")
    language: str
    text: str = Field(description="the sentences of an answer together; the reason of a refusal")
    sentences: list[Sentence]
    composer: str = Field(
        description="quoting: word for word from the documents; writing: by a model, checked"
    )
    note: str = Field("", description="what the reader should know of how the answer came about")
    caution: str = Field("", description="that nothing cited is in force")
    nearest: list[Passage] = Field([], description="of a refusal: what came nearest, which is no answer")
    grid: str = Field("", description="of a question about every document: where the Grid asks each of them")
    receipt: ReceiptOf


class Searching(BaseModel):
    """The event `searching`: the question as it is searched."""

    standing_question: str
    as_typed: bool


class Passages(BaseModel):
    """What a search found, best first."""

    generation: str
    language: str = Field(description="of the question")
    documents_searched: int
    passages: list[Passage]


class Document(BaseModel):
    """A document of the library."""

    document: str = Field(description="the file's name")
    sha: str
    title: str
    kind: str
    countries: list[str] = Field(description="ISO 3166-1 alpha-3")
    organisations: list[str]
    period: tuple[int, int] | None
    published: int | None
    language: str
    symbol: str
    superseded: str | None
    twin: str | None
    pages: int | None = Field(None, description="told of a single document")
    links: Links


class Documents(BaseModel):
    """A part of the documents that the filters leave."""

    generation: str
    total: int
    offset: int
    documents: list[Document]


class PageText(BaseModel):
    """The text of a page, in which quotes are verbatim."""

    document: str
    sha: str
    title: str
    page: int | None
    pages: int
    label: str
    ocr: float | None
    text: str
    links: Links


def links(base: str, source: Source, page: int | None) -> Links:
    """base: what people type before the path, "" where it is not known."""
    sha = source.document
    anchor, query = ("", "") if page is None else (f"#page={page}", f"?page={page}")
    drawn = page is not None and source.name.casefold().endswith(".pdf")
    return Links(
        original=f"{base}/original/{sha}{anchor}",
        image=f"{base}/page/{sha}/{page}.png" if drawn else None,
        text=f"{base}/api/documents/{sha}/text{query}",
    )


def _place(base: str, hit: Hit) -> dict[str, Any]:
    return {
        "document": hit.source.name,
        "sha": hit.source.document,
        "title": hit.source.title,
        "page": hit.passage.page,
        "label": hit.passage.label,
        "links": links(base, hit.source, hit.passage.page),
        **hit.marks(),
    }


def passage(base: str, hit: Hit) -> Passage:
    return Passage(
        **_place(base, hit),
        headings=list(hit.passage.headings),
        text=hit.passage.text,
        score=round(hit.score, 6),
    )


def _cited(base: str, citation: Citation) -> Cited:
    return Cited(**_place(base, citation.hit), quote=citation.quote)


def sentence(base: str, of: SentenceOf) -> Sentence:
    return Sentence(
        text=of.text, language=of.language, citations=[_cited(base, each) for each in of.citations]
    )


def result(base: str, of: Answer | Refusal) -> Result:
    answered = isinstance(of, Answer)
    return Result(
        kind="answer" if answered else "refusal",
        standing_question=of.standing_question,
        language=of.language,
        text=of.text if isinstance(of, Answer) else of.reason,
        sentences=[sentence(base, each) for each in of.sentences] if isinstance(of, Answer) else [],
        composer=of.composer if isinstance(of, Answer) else "",
        note=of.note if isinstance(of, Answer) else "",
        caution=of.caution if isinstance(of, Answer) else "",
        nearest=[] if isinstance(of, Answer) else [passage(base, each) for each in of.nearest],
        grid=_grid(base, of),
        receipt=_receipt(of.receipt),
    )


def _grid(base: str, of: Answer | Refusal) -> str:
    offer = offer_of(of.standing_question)
    return base + link(offer, of.receipt.filters) if offer else ""


def _receipt(of: Receipt) -> ReceiptOf:
    return ReceiptOf(**asdict(of))


def event(base: str, of: Event) -> tuple[str, BaseModel]:
    """The name of a streamed event, and what comes with it."""
    match of:
        case SearchingEvent():
            return "searching", Searching(standing_question=of.standing_question, as_typed=of.as_typed)
        case Quoted():
            return "quoted", result(base, of.answer)
        case Finished():
            return "finished", result(base, of.result)
    return "written", sentence(base, of.sentence)


def document(base: str, source: Source, pages: int | None = None) -> Document:
    return Document(
        document=source.name,
        sha=source.document,
        title=source.title,
        kind=source.kind,
        countries=list(source.countries),
        organisations=list(source.organisations),
        period=source.period,
        published=source.published,
        language=source.language,
        symbol=source.symbol,
        superseded=source.superseded or None,
        twin=source.twin or None,
        pages=pages,
        links=links(base, source, None),
    )
