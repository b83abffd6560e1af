"""What an export of an answer or a conversation holds: sentences with footnotes, and the annex.

The three forms (export_docx.py, export_pdf.py, export_markdown.py) differ in how they set it and in nothing
else. What it says besides the answers is in the language of the interface (`ui`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.answer import Answer, Hit, Receipt, Refusal, Source
from assistant.spreadsheet import UNPRINTABLE
from assistant.web import names
from assistant.web.conversation import Conversation, Exchange, now
from assistant.web.render import NEAREST, Look, cautions, problem
from assistant.web.words import listed, number, say

WIDTHS = {5: (6, 4, 2, 4, 2), 3: (2, 3, 9)}  # of the annex's tables, by their number of columns
_LETTER = re.compile(r"[^\W\d_]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


@dataclass(frozen=True)
class Note:
    """A footnote: the place, and the words quoted from it where the sentence does not say them itself."""

    number: int
    text: str
    quotes: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True)
class Line:
    """A sentence with the numbers of its notes, from 1 through the whole export."""

    text: str
    notes: tuple[int, ...] = ()
    language: str = ""


@dataclass(frozen=True)
class Section:
    """A question and what came of it. remarks: cautions, and what the reader should know besides."""

    question: str
    language: str
    standing: str = ""
    remarks: tuple[str, ...] = ()
    refusal: str = ""
    lines: tuple[Line, ...] = ()
    nearest: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table of the annex."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Content:
    """An export; every text in it is one that any form can hold. ui: the language it speaks besides."""

    ui: str
    title: str
    made: str
    sections: tuple[Section, ...]
    notes: tuple[Note, ...]
    annex: tuple[Table, ...]


def content(
    kept: Conversation | Exchange, title: str = "", sources: Sequence[Source] = (), ui: str = "en"
) -> Content:
    """What an export of `kept` holds.

    sources: the documents that the reader may know of; those considered and not cited are named from them.
    """
    exchanges = kept.exchanges if isinstance(kept, Conversation) else (kept,)
    notes = _Notes(ui)
    sections = tuple(_section(each, notes, ui) for each in exchanges)
    heading = printable(" ".join(title.split()))
    if not heading or [heading] == [" ".join(each.question.split()) for each in sections]:
        heading = say(ui, "export.title")  # the only question stands right below
    return Content(
        ui,
        heading,
        say(ui, "export.made", date=names.day(now(), ui)),
        sections,
        tuple(notes.made),
        (_documents(exchanges, sources, ui), _how(exchanges, ui)),
    )


def footnote(hit: Hit, generation: str, ui: str = "en") -> str:
    """A place as one cites it: title, symbol, period, paragraph, page, library generation, cautions."""
    passage, source = hit.passage, hit.source
    paragraph = say(ui, "evidence.paragraph", number=passage.number) if passage.number else ""
    where = (source.title, source.symbol, ", ".join(source.organisations), names.years(source), paragraph)
    in_generation = say(ui, "export.in_generation", generation=generation)
    warned = names.cautions(hit, ui)
    known = filter(None, (*where, names.page(passage, ui), source.name, in_generation, *warned))
    parts = [printable(part) for part in known]
    if any(map(_RIGHT_TO_LEFT.search, parts)):  # each keeps its own direction, and they their order
        parts = [f"\u2068{part}\u2069" for part in parts]
    return ", ".join(parts) + "."


def printable(text: str) -> str:
    """`text` without signs that some form cannot hold."""
    return UNPRINTABLE.sub("", text)


def right_to_left(text: str) -> bool:
    """Whether `text` is set from the right: its first letter says so."""
    first = _LETTER.search(text)
    return bool(first and _RIGHT_TO_LEFT.match(first[0]))


class _Notes:
    """Numbers the places cited: a passage keeps its number through all answers of one generation."""

    def __init__(self, ui: str) -> None:
        self.ui = ui
        self.made: list[Note] = []
        self._numbers: dict[tuple[str, str], int] = {}

    def number(self, hit: Hit, generation: str, quotes: Iterable[str]) -> int:
        key = (hit.passage.id, generation)
        if key not in self._numbers:
            self._numbers[key] = len(self.made) + 1
            text = footnote(hit, generation, self.ui)
            note = Note(len(self.made) + 1, text, language=hit.source.language)
            self.made.append(note)
        number = self._numbers[key]
        note = self.made[number - 1]
        more = dict.fromkeys((*note.quotes, *map(printable, quotes)))
        self.made[number - 1] = Note(number, note.text, tuple(more), note.language)
        return number


def _section(exchange: Exchange, notes: _Notes, ui: str) -> Section:
    result = exchange.result
    standing = say(ui, "answer.searched_for", question=exchange.standing) if exchange.standing else ""
    question, language = printable(exchange.asked), result.language if result else ""
    if result is None:
        told = problem(exchange, ui) if exchange.problem else say(ui, "export.under_way")
        return Section(question, language, refusal=printable(told))
    generation = result.receipt.generation
    if isinstance(result, Refusal):
        nearest = tuple(
            Line(printable(hit.passage.text), (notes.number(hit, generation, ()),), hit.source.language)
            for hit in result.nearest[:NEAREST]
        )
        refusal = say(ui, "answer.none_said", reason=printable(result.reason))
        return Section(question, language, printable(standing), (), refusal, (), nearest)
    remarks = tuple(printable(each) for each in (*cautions(result, Look(ui)), result.note) if each)
    return Section(question, language, printable(standing), remarks, "", _lines(result, notes))


def _lines(answer: Answer, notes: _Notes) -> tuple[Line, ...]:
    generation = answer.receipt.generation
    return tuple(
        Line(
            printable(sentence.text),
            tuple(
                dict.fromkeys(
                    notes.number(each.hit, generation, () if each.quote == sentence.text else (each.quote,))
                    for each in sentence.citations
                )
            ),
            sentence.language,
        )
        for sentence in answer.sentences
    )


# The annex


def _documents(exchanges: Sequence[Exchange], sources: Sequence[Source], ui: str) -> Table:
    uses: dict[str, tuple[Source, str]] = {}
    by_prefix = {source.document[:20]: source for source in sources}
    for result in (each.result for each in exchanges if each.result):
        if isinstance(result, Answer):
            shown = [cited.hit.source for sentence in result.sentences for cited in sentence.citations]
        else:
            shown = [hit.source for hit in result.nearest[:NEAREST]]
        use = "cited" if isinstance(result, Answer) else "near"
        for source in shown:
            if uses.get(source.document, (source, ""))[1] != "cited":
                uses[source.document] = (source, use)
    for result in (each.result for each in exchanges if each.result):
        for passage in result.receipt.passages:
            found = by_prefix.get(passage.partition("-")[0])
            if found:
                uses.setdefault(found.document, (found, "considered"))
    order = ("cited", "near", "considered")
    header = tuple(say(ui, f"export.{name}") for name in ("document", "about", "symbol", "file", "use"))
    rows = [
        (
            source.title,
            listed(ui, names.details(source, ui)),
            source.symbol,
            source.name,
            say(ui, f"export.{use}"),
        )
        for source, use in sorted(uses.values(), key=lambda each: (order.index(each[1]), each[0].title))
    ]
    return Table(say(ui, "export.documents"), header, tuple(tuple(map(printable, row)) for row in rows))


def _how(exchanges: Sequence[Exchange], ui: str) -> Table:
    rows = []
    for place, exchange in enumerate(exchanges, start=1):
        if exchange.result is not None:
            facts = _facts(exchange, ui)
            numbers = (str(place), *[""] * (len(facts) - 1))
            rows += [(number, *fact) for number, fact in zip(numbers, facts, strict=True)]
    return Table(say(ui, "export.how"), (say(ui, "export.question"), "", ""), tuple(rows))


def _facts(exchange: Exchange, ui: str) -> list[tuple[str, str]]:
    assert exchange.result is not None, "only what has a result was searched"
    receipt = exchange.result.receipt
    facts = [
        ("date", names.day(exchange.when, ui)),
        ("generation", receipt.generation),
        ("filters", exchange.scope or say(ui, "export.no_filters")),
        ("searched", number(ui, receipt.documents_searched)),
        ("passages", number(ui, len(receipt.passages))),
    ]
    if isinstance(exchange.result, Answer):
        facts.append(("composer", say(ui, f"export.{exchange.result.composer}")))
    facts.append(("models", _models(receipt)))
    return [(say(ui, f"export.{name}"), printable(value)) for name, value in facts if value]


def _models(receipt: Receipt) -> str:
    return "; ".join(
        f"{role}: {model.get('name', '')} ({model.get('hash', '')[:12]})".replace(" ()", "")
        for role, model in receipt.models.items()
    )
