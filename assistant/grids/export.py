"""What an export of a grid, a comparison or a checklist says; export_xlsx.py, _docx and _csv write it.

Rows are made one at a time, so that a grid of 100,000 cells is never held as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from assistant.answer import Filters, Source
from assistant.grid import Grid
from assistant.grids.checklist import Checklist
from assistant.grids.compare import Comparison, Experience
from assistant.grids.types import STATES, Cell, State
from assistant.web import filters as filtering
from assistant.web import names
from assistant.web.words import LANGUAGES, listed, number, say
from ingest.places import country_name

Link = Callable[[Source, int | None], str]  # the address of a page, "" for none


@dataclass(frozen=True)
class Quoted:
    """A quote with its place. under: the question, side or country that it stands for."""

    under: str
    state: State
    source: Source
    page: int | None
    label: str
    quote: str
    link: str


@dataclass(frozen=True)
class Entry:
    """A row of the sheet of answers. states: the state that column `place` of `cells` tells, for its colour.

    said: its cells as (under, cell), from which the quotes are made. pages, unread: what it adds to the
    numbers of pages that were read, and that could not be.
    """

    cells: tuple[str, ...]
    states: Mapping[int, State]
    said: tuple[tuple[str, Cell], ...]
    pages: int = 0
    unread: int = 0


@dataclass(frozen=True)
class Export:
    """One export. entries: makes the rows anew each time it is called. facts: (label, value) of its method;
    pages and unread pages are added when all rows have been seen. links: gives the address of a page."""

    title: str
    under: str  # what the quotes' first column is called
    header: tuple[str, ...]
    entries: Callable[[], Iterator[Entry]]
    facts: tuple[tuple[str, str], ...]
    link: Link
    ui: str

    def quotes(self, entry: Entry) -> Iterator[Quoted]:
        """The quotes of `entry`, none twice for the same cell."""
        for under, cell in entry.said:
            yield from quoted(under, cell, self.link)

    def quote_header(self) -> tuple[str, ...]:
        before = (column(name, self.ui) for name in ("document", "file", "page", "label"))
        return (*before, self.under, *(column(name, self.ui) for name in ("state", "quote", "link")))

    def method(self, pages: int, unread: int) -> tuple[tuple[str, str], ...]:
        """(label, sentence): what was done, when and with what, to be published with the figures."""
        count = say(self.ui, "grid.pages", count=pages)
        if unread:
            count = listed(self.ui, (count, say(self.ui, "grid.pages_unread", count=unread)))
        return (
            *self.facts,
            (column("pages", self.ui), count),
            (say(self.ui, "grid.decided"), say(self.ui, "grid.decided_how")),
            *((state_word(state, self.ui), say(self.ui, f"grid.means_{_key(state)}")) for state in STATES),
        )


def column(name: str, ui: str) -> str:
    """What a column is called."""
    known = name in ("document", "file", "about", "question")
    return say(ui, f"export.{name}" if known else f"grid.column_{name}")


def quoted(under: str, cell: Cell, link: Link) -> list[Quoted]:
    """What a cell quotes, passage by passage; the cells of a table's row together, with bars between."""
    found: dict[tuple[str, str], Quoted] = {}
    for sentence in cell.sentences:
        for hit in dict.fromkeys(cited.hit for cited in sentence.citations):
            passage, source = hit.passage, hit.source
            words = (cited.quote for cited in sentence.citations if cited.hit == hit)
            quote = " | ".join(dict.fromkeys(words))
            where = link(source, passage.page)
            made = Quoted(under, cell.state, source, passage.page, passage.label, quote, where)
            found.setdefault((passage.id, quote), made)
    return list(found.values())


def quote_row(each: Quoted, ui: str) -> tuple[str, ...]:
    """One row of the sheet of quotes, in the order of `Export.quote_header`."""
    page = "" if each.page is None else str(each.page)
    label = "" if each.label == page else each.label
    state = state_word(each.state, ui)
    return (each.source.title, each.source.name, page, label, each.under, state, each.quote, each.link)


def state_word(state: State, ui: str) -> str:
    """ "found" in the reader's language."""
    return say(ui, f"grid.{_key(state)}")


def pair(label: str, count: int, ui: str) -> str:
    """ "Found: 12"."""
    return say(ui, "grid.pair", label=label, words=number(ui, count))


def verdict_word(state: State, ui: str) -> str:
    """What a cell's state means for a draft: "answered", "partly", "missing", "not readable"."""
    return say(ui, {"found": "grid.answered", "not found": "grid.missing"}.get(state, f"grid.{_key(state)}"))


def _key(state: State) -> str:
    return state.replace(" ", "_")


def _no_link(source: Source, page: int | None) -> str:
    return ""


def of_grid(grid: Grid, link: Link | None = None, ui: str = "en", title: str = "") -> Export:
    """Documents by questions: two columns a question, its state and its text."""

    def entries() -> Iterator[Entry]:
        for source, cells in grid.rows():
            row = [source.title, source.name, listed(ui, names.details(source, ui))]
            states: dict[int, State] = {}
            for cell in cells:
                if cell is not None:
                    states[len(row)] = cell.state
                row += [state_word(cell.state, ui), cell.text] if cell else [say(ui, "grid.undecided"), ""]
            said = tuple((cell.question, cell) for cell in cells if cell is not None)
            first = said[0][1] if said else None
            pages, unread = (first.pages, first.unread) if first else (0, 0)
            yield Entry(tuple(row), states, said, pages, unread)

    columns = [column(name, ui) for name in ("document", "file", "about")]
    for place, question in enumerate(grid.questions, 1):
        columns += [f"{place}. {column('state', ui)}", f"{place}. {question}"]
    facts = (*_facts(grid.generation, ui, grid.filters), _counted(len(grid.documents), ui))
    name = title or say(ui, "grid.questions")
    under = column("question", ui)
    return Export(name, under, tuple(columns), entries, facts, link or _no_link, ui)


def named(made: Comparison, ui: str) -> Comparison:
    """`made` with the sides that are countries called as `ui` calls them, whoever put them."""
    labels: dict[str, str] = {}
    for side in made.sides:
        for code in side.filters.countries if len(side.filters.countries) == 1 else ():
            if side.label in {names.country(code, each) for each in LANGUAGES} | {country_name(code)}:
                labels[side.label] = names.country(code, ui)
    sides = (
        replace(
            side,
            label=labels.get(side.label, side.label),
            said=tuple(
                replace(each, shared=tuple(labels.get(other, other) for other in each.shared))
                for each in side.said
            ),
        )
        for side in made.sides
    )
    return replace(made, sides=tuple(sides))


def of_comparison(made: Comparison, link: Link | None = None, ui: str = "en") -> Export:
    """A row for each side and document, the sides in their order."""
    made = named(made, ui)

    def entries() -> Iterator[Entry]:
        seen: set[str] = set()
        for side in made.sides:
            for cell in side.cells:
                new = cell.source.document not in seen
                seen.add(cell.source.document)
                row = (side.label, cell.source.title, cell.source.name, state_word(cell.state, ui), cell.text)
                pages, unread = (cell.pages, cell.unread) if new else (0, 0)
                yield Entry(row, {3: cell.state}, ((side.label, cell),), pages, unread)

    columns = ("side", "document", "file", "state", "text")
    documents = len({cell.source.document for side in made.sides for cell in side.cells})
    sides = listed(ui, (side.label for side in made.sides))
    facts = (
        *_stopped("sides", bool(made.unasked), ui),
        (column("question", ui), made.question),
        (say(ui, "grid.sides"), sides),
        *_facts(made.generation, ui),
        _counted(documents, ui),
    )
    return _export(made.question, "side", columns, entries, facts, link, ui)


def of_experience(
    question: str,
    found: Sequence[Experience],
    generation: str,
    link: Link | None = None,
    ui: str = "en",
    filters: Filters | None = None,
    *,
    stopped: bool = False,
) -> Export:
    """A row for each country and document that reports experience, the most first."""

    def entries() -> Iterator[Entry]:
        for each in found:
            label = names.country(each.country, ui) if each.country else say(ui, "grid.no_country")
            for cell in each.cells:
                row = (label, cell.source.title, cell.source.name, state_word(cell.state, ui), cell.text)
                yield Entry(row, {3: cell.state}, ((label, cell),), cell.pages, cell.unread)

    columns = ("country", "document", "file", "state", "text")
    asked = (column("question", ui), question)
    facts = (*_stopped("sides", stopped, ui), asked, *_facts(generation, ui, filters))
    return _export(question, "country", columns, entries, facts, link, ui)


def of_checklist(made: Checklist, link: Link | None = None, ui: str = "en") -> Export:
    """A row for each guiding question: what the draft says, and what a good answer elsewhere looks like."""

    def entries() -> Iterator[Entry]:
        for place, each in enumerate(made.checked, 1):
            cell, example = each.cell, each.example
            pages = listed(ui, (str(page) for page in cell.places if page is not None))
            row = (
                str(place), each.item.part, each.item.question, verdict_word(cell.state, ui), cell.text,
                pages, example.text if example else "", example.source.title if example else "",
            )  # fmt: skip
            said = ((each.item.question, cell), *(((each.item.question, example),) if example else ()))
            yield Entry(row, {3: cell.state}, said)

    columns = ("number", "part", "question", "state", "text", "page", "example", "example_of")
    counts = made.counts()
    told = (pair(say(ui, f"grid.{name}"), count, ui) for name, count in counts.items())
    facts = (
        *_stopped("list", bool(made.unasked), ui),
        (say(ui, "grid.draft"), made.draft.title or made.draft.name),
        (column("state", ui), listed(ui, told)),
        *_facts(made.generation, ui),
    )

    def linked(source: Source, page: int | None) -> str:
        # The draft is not in the library: there is no page of it to open.
        return "" if source.document == made.draft.document or link is None else link(source, page)

    pages = (made.pages, made.unread)
    made_entries = lambda: _with_pages(entries(), *pages)  # noqa: E731
    title = say(ui, "grid.checklist_of", name=made.draft.title or made.draft.name)
    return _export(title, "question", columns, made_entries, facts, linked, ui)


def _with_pages(entries: Iterator[Entry], pages: int, unread: int) -> Iterator[Entry]:
    for place, entry in enumerate(entries):
        counted = (pages, unread) if not place else (0, 0)
        yield Entry(entry.cells, entry.states, entry.said, *counted)


def _export(
    title: str,
    under: str,
    columns: Sequence[str],
    entries: Callable[[], Iterator[Entry]],
    facts: tuple[tuple[str, str], ...],
    link: Link | None,
    ui: str,
) -> Export:
    header = tuple(column(name, ui) for name in columns)
    return Export(title, column(under, ui), header, entries, facts, link or _no_link, ui)


def _facts(generation: str, ui: str, filters: Filters | None = None) -> tuple[tuple[str, str], ...]:
    scope = filtering.in_words(filters, ui=ui) if filters is not None else ""
    return (
        (say(ui, "grid.made_on"), names.day(datetime.now(UTC).isoformat(), ui)),
        (say(ui, "export.generation"), generation or "–"),
        *(
            ((say(ui, "export.filters"), scope or say(ui, "export.no_filters")),)
            if filters is not None
            else ()
        ),
    )


def _stopped(what: str, stopped: bool, ui: str) -> tuple[tuple[str, str], ...]:
    return ((say(ui, "grid.unfinished"), say(ui, f"grid.stopped_{what}")),) if stopped else ()


def _counted(documents: int, ui: str) -> tuple[str, str]:
    return say(ui, "filters.documents"), say(ui, "filters.these_documents", count=documents)
