"""An export as a Word document: what was asked, the answers with their quotes, the method."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assistant.export_docx import empty, turn, write
from assistant.grids.export import Export, Quoted, pair, quoted, state_word
from assistant.grids.types import STATES, State
from assistant.web.words import listed, say

if TYPE_CHECKING:
    from docx.document import Document

# Word holds a document as a whole, and nobody reads more of one: the workbook has all of it.
MOST = 40  # cells of a question whose quotes are written out
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass
class _Group:
    """What is said under one question, side or country."""

    counts: dict[State, int] = field(default_factory=lambda: dict.fromkeys(STATES, 0))
    told: list[tuple[State, list[Quoted]]] = field(default_factory=list)
    more: int = 0


def to_docx(export: Export) -> bytes:
    """The document; of each question at most MOST answers with their quotes, and the number of all."""
    groups: dict[str, _Group] = {}
    pages = unread = 0
    for entry in export.entries():
        pages, unread = pages + entry.pages, unread + entry.unread
        for under, cell in entry.said:
            group = groups.setdefault(under, _Group())
            group.counts[cell.state] += 1
            if cell.state not in ("found", "partly"):
                continue
            if len(group.told) >= MOST:
                group.more += 1
                continue
            group.told.append((cell.state, quoted(under, cell, export.link)))
    document = empty(_plain(export.title))
    write(document, _plain(export.title), "Title", ui=export.ui)
    for under, group in groups.items():
        _group(document, under, group, export.ui)
    write(document, say(export.ui, "grid.sheet_method"), "Heading 1", ui=export.ui)
    _method(document, export.method(pages, unread), export.ui)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _group(document: Document, under: str, group: _Group, ui: str) -> None:
    write(document, _plain(under), "Heading 1", ui=ui)
    counts = (pair(state_word(state, ui), count, ui) for state, count in group.counts.items() if count)
    write(document, listed(ui, counts), soft=True, ui=ui)
    last = ""
    for state, quotes in group.told:
        for each in quotes:
            if each.source.document != last:
                words = f"{each.source.title} ({state_word(state, ui)})"
                write(document, _plain(words), "Heading 2", ui=ui)
                last = each.source.document
            _quote(document, each, ui)
    if group.more:
        write(document, say(ui, "grid.more_in_workbook", count=group.more), soft=True, ui=ui)


def _quote(document: Document, each: Quoted, ui: str) -> None:
    paragraph = write(document, say(ui, "privacy.word", word=_plain(each.quote)), "Quote")
    if each.page is None:
        return
    where = say(ui, "source.page", page=each.page)
    if each.label not in ("", str(each.page)):
        where = say(ui, "source.page_printed", page=each.page, label=_plain(each.label))
    paragraph.add_run(" ")
    if each.link:
        _link(paragraph, where, each.link)
    else:
        paragraph.add_run(where)
    turn(paragraph, each.quote)


def _link(paragraph: Any, words: str, address: str) -> None:
    """python-docx has no words for a link."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement("w:hyperlink")
    made.set(qn("r:id"), paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run = paragraph.add_run(words)
    run.font.underline = True
    made.append(run._r)
    paragraph._p.append(made)


def _method(document: Document, facts: Iterable[tuple[str, str]], ui: str) -> None:
    for label, words in facts:
        paragraph = document.add_paragraph()
        paragraph.add_run(say(ui, "grid.pair", label=_plain(label), words="")).bold = True
        paragraph.add_run(_plain(words))
        turn(paragraph, label, ui)


def _plain(text: str) -> str:
    return _CONTROL.sub("", text)
