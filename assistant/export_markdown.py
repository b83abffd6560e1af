"""An export as Markdown with footnotes, in which the documents' words are words and no markup."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.answer import Source
from assistant.export import Content, Section, Table, content
from assistant.web.conversation import Conversation, Exchange
from assistant.web.words import say

# Anywhere: code, emphasis, links, images, tables, formulas, addresses. At the start: headings, lists, quotes.
_SIGNS = re.compile(r"[\\`*_\[\]|~$@]|(?<=\w):(?=//)|(?<=\bwww)\.|^[#+\-=>:]|(?<=^\d)[.)]|(?<=^\d\d)[.)]")


def to_markdown(
    kept: Conversation | Exchange, title: str = "", sources: Sequence[Source] = (), ui: str = "en"
) -> str:
    """`kept` as Markdown; arguments as of `assistant.export.content`."""
    made = content(kept, title, sources, ui)
    return "\n\n".join(_parts(made)) + "\n"


def plain(text: str) -> str:
    """`text` on one line, so that no Markdown reader finds a heading, link, image, HTML or table in it."""
    folded = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;")
    return _SIGNS.sub(r"\\\g<0>", folded)


def _parts(made: Content) -> Iterator[str]:
    yield f"# {plain(made.title)}"
    yield plain(made.made)
    for section in made.sections:
        yield from _section(section, made.ui)
    yield f"## {say(made.ui, 'export.annex')}"
    for table in made.annex:
        yield f"### {table.title}"
        yield _table(table)
    for note in made.notes:
        quotes = "".join(f" “{plain(quote)}”" for quote in note.quotes)
        yield f"[^{note.number}]: {plain(note.text)}{quotes}"


def _section(section: Section, ui: str) -> Iterator[str]:
    yield f"## {plain(section.question)}"
    for words in filter(None, (section.standing, *section.remarks)):
        yield f"*{plain(words)}*"
    if section.refusal:
        yield plain(section.refusal)
    if section.nearest:
        yield say(ui, "source.nearest")
    for line in section.lines:
        yield _line(line.text, line.notes)
    for line in section.nearest:
        yield f"> {_line(line.text, line.notes)}"


def _line(text: str, notes: Sequence[int]) -> str:
    return plain(text) + "".join(f"[^{number}]" for number in notes)


def _table(table: Table) -> str:
    lines = [table.header, ("---",) * len(table.header)]
    rows = [tuple(plain(cell) for cell in row) for row in table.rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (*lines, *rows))
