"""What the Grid screen asks for: checked, how much it will be, and how it is worked out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.answer import Filters, Source
from assistant.chat import Assistant
from assistant.grid import MOST_CELLS, Grid, Progress, asked, open_grid
from assistant.grids.checklist import Checklist, checklist
from assistant.grids.compare import MOST_SIDES, Comparison, compare, experience
from assistant.grids.guiding import MOST as MOST_ITEMS
from assistant.grids.guiding import Item
from assistant.grids.survey import Survey, survey
from assistant.grids.survey_words import short_title
from assistant.grids.themes import Family, Theme, family, themes
from assistant.search import resolve
from assistant.web import grid_themes, names
from assistant.web.grid_work import Result, Run
from assistant.web.words import Said, say

# Measured with two cores and a warm library: seconds for a cell, for a document of a survey, for a question
# of a checklist (a cell of the draft, six of other documents) and for reading a draft of 60 pages.
CELL, SURVEYED, CHECKED, DRAFT = 0.036, 0.035, 0.25, 12.0
MOST_FAMILIES = 40

Text = Annotated[str, Field(max_length=1_000)]
Code = Annotated[str, Field(max_length=300)]
_PERIOD = re.compile(r"((?:19|20)\d\d)\s*(?:[-–—/]|to|à|a|до)\s*((?:19|20)\d\d)|((?:19|20)\d\d)")


class Chosen(BaseModel):
    """The filters, as the screen sends them."""

    model_config = ConfigDict(extra="forbid")

    countries: list[Code] = Field(default=[], max_length=300)
    kinds: list[Code] = Field(default=[], max_length=50)
    languages: list[Code] = Field(default=[], max_length=100)
    organisations: list[Code] = Field(default=[], max_length=300)
    documents: list[Code] = Field(default=[], max_length=5_000)
    since: int | None = None
    until: int | None = None
    in_force: bool | None = None

    def filters(self) -> Filters:
        """Raises Said for years the wrong way round."""
        if self.since and self.until and self.since > self.until:
            raise Said("ask.years", first=self.since, last=self.until)
        return Filters(
            tuple(self.countries), tuple(self.kinds), tuple(self.languages), tuple(self.organisations),
            self.since, self.until, tuple(self.documents), self.in_force,
        )  # fmt: skip


class Guiding(BaseModel):
    """A guiding question that the user has confirmed."""

    model_config = ConfigDict(extra="forbid")

    question: Text
    part: Code = ""
    place: Code = ""


class Asked(BaseModel):
    """One use of the screen with its fields. draft: the ticket of an upload, empty before it is there."""

    model_config = ConfigDict(extra="forbid")

    use: Literal["survey", "compare", "checklist", "questions"]
    filters: Chosen = Chosen()
    families: list[Code] = Field(default=[], max_length=200)
    terms: list[Text] = Field(default=[], max_length=MOST_FAMILIES)
    question: Text = ""
    by: Literal["countries", "documents", "periods", "experience"] = "countries"
    periods: Text = ""
    questions: list[Text] = Field(default=[], max_length=400)
    items: list[Guiding] = Field(default=[], max_length=MOST_ITEMS)
    draft: Code = ""


@dataclass(frozen=True)
class Own:
    """What a person has brought, for nobody else: a draft and what it is `called`, themes, and the checklists
    that are held for them."""

    draft: Path | None = None
    called: str = ""
    themes: Sequence[Theme] = ()
    earlier: Sequence[Checklist] = ()


@dataclass(frozen=True)
class Plan:
    """How much is asked for. total: steps that progress is told of; amount: that in words."""

    title: str
    total: int
    documents: int
    seconds: float
    amount: str
    run: Run

    def words(self, ui: str) -> str:
        """ "60 documents × 3 questions: 180 cells. About 7 seconds." """
        return say(ui, "grid.plan", amount=self.amount, time=duration(self.seconds, ui))


def duration(seconds: float, ui: str) -> str:
    """ "40 seconds", "2 minutes"."""
    from datetime import timedelta

    from babel.dates import format_timedelta

    near = max(1, round(seconds)) if seconds < 10 else 5 * max(2, round(seconds / 5))
    return str(format_timedelta(timedelta(seconds=near), locale=ui, threshold=1.6))


def plan(assistant: Assistant, wanted: Asked, ui: str, own: Own | None = None) -> Plan:
    """What `wanted` comes to for the person who `assistant` is seen by, and whose own is `own`. Raises
    AssistantError for what is missing or wrong."""
    filters, sources = wanted.filters.filters(), assistant.sources()
    if not sources:
        raise Said("hero.empty")
    left, own = _left(filters, sources), own or Own()
    if wanted.use != "compare" and wanted.use != "checklist" and not left:
        raise Said("filters.none_left")
    if wanted.use == "survey":
        return _survey(assistant, chosen_families(wanted, own.themes), filters, len(left), ui)
    if wanted.use == "questions":
        return _questions(assistant, wanted, filters, len(left), ui)
    if wanted.use == "checklist":
        return _checklist(assistant, wanted, filters, ui, own)
    if wanted.by == "experience":
        return _experience(assistant, wanted, filters, len(left), ui)
    return _compare(assistant, wanted, filters, sources, ui)


def _left(filters: Filters, sources: Sequence[Source]) -> frozenset[str]:
    found = resolve(filters, sources)
    return frozenset(source.document for source in sources) if found is None else found


def _documents(count: int, ui: str) -> str:
    return say(ui, "filters.these_documents", count=count)


def of_grid(documents: int, questions: int, ui: str) -> str:
    """ "60 documents × 3 questions"."""
    return f"{_documents(documents, ui)} × {say(ui, 'grid.count_questions', count=questions)}"


def _times(parts: Sequence[str], cells: int, ui: str) -> str:
    return say(ui, "grid.amount", parts=" × ".join(parts), cells=say(ui, "grid.cells", count=cells))


def chosen_families(wanted: Asked, brought: Sequence[Theme] = ()) -> tuple[Family, ...]:
    """The families of shipped and `brought` themes, by their ids (never a path), and those that were typed.

    Raises AssistantError for faulty ones, Said where there are none or a brought one is held no longer.
    """
    if grid_themes.lost(wanted.families, brought):
        raise Said("grid.theme_gone")
    found = [
        each
        for theme in (*themes(), *brought)
        for each in theme.families
        if f"{theme.id}/{each.id}" in wanted.families
    ]
    found += [typed(line) for line in wanted.terms if line.strip()]
    if not found:
        raise Said("grid.no_terms")
    if len(found) > MOST_FAMILIES:
        raise Said("grid.many_terms", count=len(found), most=MOST_FAMILIES)
    return tuple({each.id: each for each in found}.values())


def typed(line: str) -> Family:
    """A family as it is typed: "diaspora: diaspora*, expatriates", or its terms alone."""
    name, rest = ([*re.split("[:：]", line, maxsplit=1), ""])[:2]
    listed_terms = rest if rest.strip() else name
    terms = [each.strip() for each in re.split("[,;،؛，；、]", listed_terms) if each.strip()]
    if not terms:
        raise Said("grid.no_terms")
    label = name.strip() if rest.strip() and name.strip() else terms[0].strip("*! ")
    return family(label or terms[0], terms)


def _survey(
    assistant: Assistant, families: tuple[Family, ...], filters: Filters, documents: int, ui: str
) -> Plan:
    def run(progress: Progress, stop: Event) -> Result:
        return survey(assistant, families, filters, progress=progress, stop=stop)

    parts = (_documents(documents, ui), say(ui, "grid.count_families", count=len(families)))
    amount = _times(parts, documents * len(families), ui)
    return Plan(short_title(families, ui), documents, documents, 1 + SURVEYED * documents, amount, run)


def _questions(assistant: Assistant, wanted: Asked, filters: Filters, documents: int, ui: str) -> Plan:
    lines = [each for each in wanted.questions if each.strip()]
    if not lines:
        raise Said("grid.no_question")
    questions = asked(lines)
    cells = len(questions) * documents
    if cells > MOST_CELLS:
        raise Said("grid.many_cells", count=cells, most=MOST_CELLS)

    def run(progress: Progress, stop: Event) -> Result:
        with open_grid(assistant, questions, filters) as work:
            for _ in work.compute(progress=progress, stop=stop):
                pass
            return work.grid

    many = of_grid(documents, len(questions), ui)
    amount = _times((many,), cells, ui)
    title = questions[0] if len(questions) == 1 else many
    return Plan(title, cells, documents, 1 + CELL * cells, amount, run)


def _experience(assistant: Assistant, wanted: Asked, filters: Filters, documents: int, ui: str) -> Plan:
    question = _question(wanted)

    def run(progress: Progress, stop: Event) -> Result:
        return experience(assistant, question, filters, progress=progress, stop=stop)

    amount = _times((_documents(documents, ui), say(ui, "grid.count_questions", count=1)), documents, ui)
    return Plan(question, documents, documents, 1 + CELL * documents, amount, run)


def _question(wanted: Asked) -> str:
    if not any(char.isalnum() for char in wanted.question):
        raise Said("grid.no_question")
    return asked([wanted.question])[0]


def sides(wanted: Asked, filters: Filters, sources: Sequence[Source], ui: str) -> list[tuple[str, Filters]]:
    """(label in the reader's language, filters) of each side. Raises Said for too few or too many."""
    if wanted.by == "periods":
        found = [
            (int(first or single), int(last or single))
            for first, last, single in _PERIOD.findall(wanted.periods)
        ]
        for first, last in found:
            if first > last:
                raise Said("ask.years", first=first, last=last)
        labels = [f"{first}–{last}" if first != last else str(first) for first, last in found]
        made = [
            (label, replace(filters, since=first, until=last))
            for label, (first, last) in zip(labels, found, strict=True)
        ]
    elif wanted.by == "countries":
        made = [(names.country(code, ui), replace(filters, countries=(code,))) for code in filters.countries]
    else:
        titles = {each.document: each.title for each in sources}
        made = [(titles.get(sha, sha), replace(filters, documents=(sha,))) for sha in filters.documents]
    if len(made) < 2:
        raise Said(f"grid.few_{wanted.by}")
    if len(made) > MOST_SIDES:
        raise Said("grid.many_sides", count=len(made), most=MOST_SIDES)
    return made


def _compare(
    assistant: Assistant, wanted: Asked, filters: Filters, sources: Sequence[Source], ui: str
) -> Plan:
    question, made = _question(wanted), sides(wanted, filters, sources, ui)
    scopes = [_left(each, sources) for _, each in made]
    for (label, _), scope in zip(made, scopes, strict=True):
        if not scope:
            raise Said("grid.side_empty", side=label)
    documents = len(frozenset[str]().union(*scopes))

    def run(progress: Progress, stop: Event) -> Result:
        return compare(assistant, question, made, progress=progress, stop=stop)

    parts = (_documents(documents, ui), say(ui, "grid.count_sides", count=len(made)))
    amount = " · ".join(parts)
    return Plan(question, documents, documents, 1 + CELL * documents, amount, run)


def _checklist(assistant: Assistant, wanted: Asked, filters: Filters, ui: str, own: Own) -> Plan:
    items = [Item(each.question, each.part, each.place) for each in wanted.items if each.question.strip()]
    if not items:
        raise Said("grid.no_items")
    asked([item.question for item in items])

    def run(progress: Progress, stop: Event) -> Result:
        if own.draft is None:
            raise Said("grid.no_draft")
        return checklist(
            assistant, items, own.draft, name=own.called, examples=filters if filters else None,
            earlier=own.earlier, progress=progress, stop=stop,
        )  # fmt: skip

    seconds = DRAFT + CHECKED * len(items)
    amount = say(ui, "grid.count_questions", count=len(items))
    title = say(ui, "grid.checklist_of", name=own.called) if own.called else say(ui, "grid.checklist")
    return Plan(title, len(items), 1, seconds, amount, run)


def rests_on(result: Result) -> dict[str, Source]:
    """The documents of the library (SHA-256) that a result tells of."""
    found: Iterable[Source]
    if isinstance(result, Grid):
        found = result.documents
    elif isinstance(result, Survey):
        found = (row.source for row in result.rows)
    elif isinstance(result, Comparison):
        found = (cell.source for side in result.sides for cell in side.cells)
    elif isinstance(result, Checklist):
        found = (each.example.source for each in result.checked if each.example)
    else:
        found = (cell.source for each in result for cell in each.cells)
    return {source.document: source for source in found}


def is_empty(error: Exception) -> bool:
    """Whether it says that something has yet to be filled in, which needs no alarm."""
    return isinstance(error, Said) and error.key.startswith(("grid.no_", "grid.few_"))
