"""What a program may ask for, checked at the edge: bodies, queries, and the arguments of MCP tools."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from assistant.answer import Filters, Turn

LONGEST = 2_000  # characters of a question
_Name = Annotated[str, Field(min_length=1, max_length=300)]
_Year = Annotated[int, Field(ge=1000, le=9999)]
_Names = Annotated[list[_Name], Field(max_length=100)]
_FILTERS = "which documents: the same fields as GET /api/documents takes, in an object"
_Asked = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST,
        description="in any of the library's languages",
        examples=["What became of vocational training for returnees?"],
    ),
]


class Chosen(BaseModel):
    """Which documents are searched; what is left out does not restrict."""

    model_config = ConfigDict(extra="forbid")

    countries: _Names = Field([], description="names or ISO 3166 codes", examples=[["Senegal", "MLI"]])
    kinds: _Names = Field([], description="framework, evaluation, brief, ...", examples=[["evaluation"]])
    languages: _Names = Field([], description="of the documents, ISO 639-1", examples=[["en", "fr"]])
    organisations: _Names = Field([], description="short names", examples=[["IOM"]])
    since: _Year | None = Field(None, description="documents that cover this year or later ones")
    until: _Year | None = Field(None, description="documents that cover this year or earlier ones")
    documents: _Names = Field(
        [], description="file names, or the beginning of their SHA-256 (8 digits or more)"
    )
    in_force: bool | None = Field(
        None, description="true: only what no newer version supersedes; false: only what one does"
    )

    def filters(self) -> Filters:
        return Filters(
            tuple(self.countries), tuple(self.kinds), tuple(self.languages), tuple(self.organisations),
            self.since, self.until, tuple(self.documents), self.in_force,
        )  # fmt: skip


class Earlier(BaseModel):
    """One earlier exchange of the conversation, to which the question may refer back."""

    model_config = ConfigDict(extra="forbid")

    question: _Asked
    answer: str = Field("", max_length=20_000)


class Question(BaseModel):
    """A question to be answered with citations, or refused."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "question": "And how many of them found work?",
                    "history": [{"question": "What became of vocational training for returnees?"}],
                    "filters": {"countries": ["Senegal"], "since": 2019},
                }
            ]
        },
    )

    question: _Asked
    history: list[Earlier] = Field([], max_length=20, description="oldest first")
    filters: Chosen = Field(Chosen(), description=_FILTERS)
    as_typed: bool = Field(False, description="search these very words, whatever was asked before")
    sentences: int | None = Field(None, ge=1, le=8, description="how many to quote; left out: what answers")

    def turns(self) -> tuple[Turn, ...]:
        return tuple(Turn(each.question, each.answer) for each in self.history)


class Search(BaseModel):
    """A search for passages."""

    model_config = ConfigDict(extra="forbid")

    question: _Asked
    k: int = Field(10, ge=1, le=50, description="passages wanted")
    reading: bool = Field(
        True, description="read the best ones and order them as an answer would; false is quicker"
    )
    filters: Chosen = Field(Chosen(), description=_FILTERS)


class SearchQuery(Chosen):
    """The same as an address can hold it."""

    question: _Asked
    k: int = Field(10, ge=1, le=50, description="passages wanted")
    reading: bool = Field(True, description="read the best ones and order them; false is quicker")

    def search(self) -> Search:
        chosen = Chosen(**self.model_dump(include=set(Chosen.model_fields)))
        return Search(question=self.question, k=self.k, reading=self.reading, filters=chosen)


class Listing(Chosen):
    """A part of the list of documents."""

    offset: int = Field(0, ge=0, le=10_000_000, description="documents passed over")
    limit: int = Field(50, ge=1, le=200, description="documents wanted")
