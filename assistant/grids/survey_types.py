"""The types of a survey: Survey, its rows and findings, and shares that say their n."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, get_args

from assistant.answer import AssistantError, Citation, Filters, Source
from assistant.grids.parts import parts
from assistant.grids.themes import Family
from assistant.web import names
from assistant.web.words import beside, number, say, spaced

State = Literal["found", "not found", "unreadable"]
STATES: tuple[State, ...] = get_args(State)
By = Literal["kind", "country", "language", "period"]
Progress = Callable[[int, int], None]


class Stopped(AssistantError):
    """The survey was stopped; half of one would have the wrong denominators, so there is none."""


@dataclass(frozen=True)
class PageCount:
    """How many places a page holds; `page` is 1-based (None: no pages), `label` as printed or ""."""

    page: int | None
    label: str
    count: int


@dataclass(frozen=True)
class Section:
    """How many places stand under a heading path (outermost first), and which part of a document that is."""

    headings: tuple[str, ...]
    part: str  # an id of assistant/grids/parts.yaml: "situation", "strategy", ..., "other"
    count: int


@dataclass(frozen=True)
class Candidate:
    """A passage near to what the family means, in a document that holds none of its terms.

    deviations: how far its cosine is above that of a passage drawn at random, in standard deviations.
    """

    quote: Citation
    deviations: float


@dataclass(frozen=True)
class Finding:
    """What one document holds of one family.

    found: `count` places on `pages`, under `sections`, `words` as they stand there (lower case) with their
    counts, and the best sentence as `quote` (None only where no passage of the page holds the place).
    not found: every page was read and none holds a term. unreadable: none of the pages that could be read
    holds one, and `why` says what could not be ("unread": pages; "language": the terms do not cover it).
    candidate: only where nothing was found; never counted.
    """

    family: str
    state: State
    count: int = 0
    pages: tuple[PageCount, ...] = ()
    sections: tuple[Section, ...] = ()
    words: Mapping[str, int] = field(default_factory=dict)
    quote: Citation | None = None
    candidate: Candidate | None = None
    why: Literal["", "unread", "language"] = ""

    def __post_init__(self) -> None:
        places = sum(each.count for each in self.pages)
        if self.count != places or (self.state == "found") != bool(places):
            raise ValueError("what is found has a place on a page, and nothing else has")
        if (self.state == "unreadable") != bool(self.why):
            raise ValueError("what cannot be told has its reason, and nothing else has")

    @property
    def parts(self) -> Mapping[str, int]:
        """Part of a document -> places in it, most first."""
        found: Counter[str] = Counter()
        for section in self.sections:
            found[section.part] += section.count
        return dict(found.most_common())


@dataclass(frozen=True)
class Row:
    """One document with a finding for each family, in the survey's order."""

    source: Source
    pages: int
    unread: int  # pages with something to read that could not be read
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Lost:
    """A file of which nothing could be read."""

    name: str
    reason: str


@dataclass(frozen=True)
class Share:
    """found: documents with a term. of: all. unread: those without one that were not wholly read; foreign:
    those without one in a language that the terms do not cover. candidates: those without one that have a
    passage near in meaning (counted in no share)."""

    found: int
    of: int
    unread: int = 0
    foreign: int = 0
    candidates: int = 0

    @property
    def open(self) -> int:
        """How many documents may or may not hold a term."""
        return self.unread + self.foreign

    @property
    def low(self) -> float:
        """The share, 0 to 1, if the open ones hold nothing."""
        return self.found / self.of if self.of else 0.0

    @property
    def high(self) -> float:
        """The share if all the open ones hold a term."""
        return (self.found + self.open) / self.of if self.of else 0.0

    def __str__(self) -> str:
        return self.told("en")

    def told(self, ui: str) -> str:
        """ "52 of 119 documents (44 %); of the others 3 could not be read whole: between 44 % and ..."."""
        said = say(
            ui, "survey.share", found=number(ui, self.found), count=self.of, percent=percent(self.low, ui)
        )
        if not self.open:
            return said
        fields = {"share": said, "low": percent(self.low, ui), "high": percent(self.high, ui)}
        unread = say(ui, "survey.unread", count=self.unread)
        foreign = say(ui, "survey.foreign", count=self.foreign)
        if self.unread and self.foreign:
            return say(ui, "survey.share_open_both", unread=unread, foreign=foreign, **fields)
        return say(ui, "survey.share_open", open=unread if self.unread else foreign, **fields)


@dataclass(frozen=True)
class Stratum:
    """The documents that share a value: by "kind", "country", "language" or "period"."""

    by: By
    value: str
    label: str
    documents: int
    shares: Mapping[str, Share]  # family id -> share


@dataclass(frozen=True)
class Survey:
    """What a survey found. The same library, families and filters give the same, but for `made`.

    lost: files of which nothing could be read (known to whoever may read the whole library); they count among
    the documents as unreadable unless `filters` are set, since nothing tells whether they would pass.
    made: ISO 8601, UTC. was_read: a model read the passages near in meaning.
    """

    families: tuple[Family, ...]
    rows: tuple[Row, ...]
    lost: tuple[Lost, ...]
    filters: Filters
    generation: str
    made: str
    was_read: bool = False

    @property
    def counted_lost(self) -> int:
        """How many of the lost files are among the documents that the shares are of."""
        return 0 if self.filters else len(self.lost)

    @property
    def documents(self) -> int:
        """How many documents the shares are of."""
        return len(self.rows) + self.counted_lost

    @property
    def unread(self) -> int:
        """How many of them could not be read whole."""
        return sum(row.unread > 0 for row in self.rows) + self.counted_lost

    @property
    def pages(self) -> int:
        return sum(row.pages for row in self.rows)

    @cached_property
    def _rows(self) -> Mapping[str, Row]:
        return {row.source.document: row for row in self.rows}

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {each.id: place for place, each in enumerate(self.families)}

    def family(self, family: str) -> Family:
        return self.families[self._places[family]]

    def finding(self, document: str, family: str) -> Finding:
        """What a document (SHA-256) holds of a family. Raises KeyError for one that is not surveyed."""
        return self._rows[document].findings[self._places[family]]

    def column(self, family: str) -> list[tuple[Row, Finding]]:
        """Every row with its finding of one family."""
        place = self._places[family]
        return [(row, row.findings[place]) for row in self.rows]

    def share(self, family: str) -> Share:
        return _share((finding for _, finding in self.column(family)), self.counted_lost)

    def strata(self, by: By, ui: str = "en") -> tuple[Stratum, ...]:
        """The largest first. A document with several countries counts in each; lost files in none."""
        groups: dict[str, list[Row]] = {}
        for row in self.rows:
            for value in _values(row.source, by):
                groups.setdefault(value, []).append(row)
        found = [
            Stratum(
                by,
                value,
                _named(value, by, ui),
                len(rows),
                {
                    each.id: _share(row.findings[place] for row in rows)
                    for place, each in enumerate(self.families)
                },
            )
            for value, rows in groups.items()
        ]
        return tuple(sorted(found, key=lambda each: (-each.documents, each.value == "", each.value)))

    def parts(self, family: str) -> Mapping[str, tuple[int, int]]:
        """Part of a document -> (documents, places) that hold the family there, as parts.yaml orders them."""
        documents: Counter[str] = Counter()
        places: Counter[str] = Counter()
        for _, finding in self.column(family):
            for part, count in finding.parts.items():
                documents[part] += 1
                places[part] += count
        return {part: (documents[part], places[part]) for part in parts().ids if documents[part]}

    def countries(self, family: str) -> Mapping[str, tuple[int, int]]:
        """ISO alpha-3 -> (documents with a term, documents), of all countries that documents are about."""
        found: dict[str, tuple[int, int]] = {}
        for row, finding in self.column(family):
            for code in row.source.countries:
                with_term, all_ = found.get(code, (0, 0))
                found[code] = (with_term + (finding.state == "found"), all_ + 1)
        return dict(sorted(found.items()))

    def verdicts(self, ui: str = "en") -> tuple[str, ...]:
        """What it comes to, some sentences a family."""
        return tuple(
            _verdict(each.label(ui), self.share(each.id), self.parts(each.id), ui) for each in self.families
        )


def percent(share: float, ui: str = "en") -> str:
    """A share of 0 to 1 in words; what is not quite nothing or all is never rounded to it."""
    if 0 < share < 0.005:
        return say(ui, "survey.under", percent=_percent(0.01, ui))
    if 0.995 <= share < 1:
        return say(ui, "survey.over", percent=_percent(0.99, ui))
    return _percent(share, ui)


def _percent(share: float, ui: str) -> str:
    from babel.numbers import format_percent

    # A space before the sign is the habit of this house in English.
    return f"{100 * share:.0f}\u00a0%" if ui == "en" else str(format_percent(round(share, 2), locale=ui))


def _share(findings: Iterable[Finding], lost: int = 0) -> Share:
    known = list(findings)
    return Share(
        sum(each.state == "found" for each in known),
        len(known) + lost,
        sum(each.why == "unread" for each in known) + lost,
        sum(each.why == "language" for each in known),
        sum(each.candidate is not None for each in known),
    )


_OFTEN = 0.2  # of the documents found: a part that fewer hold the family in is not named in a verdict


def _verdict(label: str, share: Share, where: Mapping[str, tuple[int, int]], ui: str) -> str:
    said = [say(ui, "survey.verdict", label=beside(ui, label), share=share.told(ui))]
    told = [(part, count) for part, (count, _) in where.items() if part != "other"]
    part, count = max(told, key=lambda each: each[1], default=("", 0))
    if count >= _OFTEN * share.found > 0:
        named = parts().label(part, ui)
        named = named.lower() if ui == "en" else named
        said.append(say(ui, "survey.most_often", part=named, count=count, all=share.found))
    if share.candidates:
        said.append(say(ui, "survey.near_more", count=share.candidates))
    return spaced(ui, said)


def _values(source: Source, by: By) -> Sequence[str]:
    match by:
        case "kind":
            return (source.kind,)
        case "language":
            return (source.language,)
        case "country":
            return source.countries or ("",)
        case "period":
            years = source.period or (source.published and (source.published, source.published))
            return (f"{years[0] // 5 * 5}–{years[0] // 5 * 5 + 4}",) if years else ("",)


def _named(value: str, by: By, ui: str) -> str:
    match by:
        case "kind":
            return names.kind(value, ui)
        case "language":
            return names.language(value, ui) or say(ui, "survey.no_language")
        case "country":
            return names.country(value, ui) if value else say(ui, "survey.no_country")
        case "period":
            return value or say(ui, "survey.no_year")
