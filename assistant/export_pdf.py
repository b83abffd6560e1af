"""An export as PDF, set by Typst (Apache-2.0) with fonts that come as packages (SIL OFL).

Typst shapes Arabic, breaks Chinese lines, sets real footnotes and writes tagged PDF. What an export says goes
in as JSON and is never read as Typst's markup; the template is ours, and Typst fetches nothing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from assistant.answer import AssistantError, Source
from assistant.export import WIDTHS, Content, Line, Section, Table, content, right_to_left
from assistant.web.conversation import Conversation, Exchange
from assistant.web.words import direction, say

_TEMPLATE = Path(__file__).with_name("export.typ")
_FONTS = ("fontpkg_noto_sans", "fontpkg_almarai", "pylopdf_fonts_zh_cn")


def to_pdf(
    kept: Conversation | Exchange, title: str = "", sources: Sequence[Source] = (), ui: str = "en"
) -> bytes:
    """`kept` as PDF; arguments as of `assistant.export.content`. Raises AssistantError."""
    import typst

    made = content(kept, title, sources, ui)
    try:
        return bytes(
            typst.compile(
                _TEMPLATE.read_bytes(),
                font_paths=_fonts(),
                format="pdf",
                sys_inputs={"made": json.dumps(_data(made), ensure_ascii=False)},
                timestamp=datetime.now(UTC).replace(microsecond=0),
            )
        )
    except typst.TypstError as error:
        raise AssistantError(f"the PDF could not be made ({error.message}); export DOCX instead") from error


@cache
def _fonts() -> Any:
    """Our fonts first; those of the machine stand in for scripts that ours lack."""
    import typst

    found = [find_spec(name) for name in _FONTS]
    return typst.Fonts(font_paths=[str(Path(each.origin).parent) for each in found if each and each.origin])


def _data(made: Content) -> dict[str, Any]:
    cited: set[int] = set()
    return {
        "lang": made.ui,
        "rtl": direction(made.ui) == "rtl",
        "title": made.title,
        "heading": _said(made.title),
        "made": made.made,
        "nearest": say(made.ui, "source.nearest"),
        "sections": [_section(each, cited) for each in made.sections],
        "notes": [
            {
                "text": _said(note.text, note.language),
                "quotes": [_said(quote, note.language) for quote in note.quotes],
            }
            for note in made.notes
        ],
        "annex": {"title": say(made.ui, "export.annex"), "tables": [_table(each) for each in made.annex]},
    }


def _said(text: str, language: str = "") -> dict[str, Any]:
    known = language if language.isascii() and language.isalpha() and len(language) == 2 else ""
    return {"text": text, "lang": known, "rtl": right_to_left(text)}


def _section(section: Section, cited: set[int]) -> dict[str, Any]:
    remarks = filter(None, (section.standing, *section.remarks))
    return {
        "question": _said(section.question, section.language),
        "remarks": [_said(each) for each in remarks],
        "refusal": _said(section.refusal) if section.refusal else None,
        "lines": [_line(each, cited) for each in section.lines],
        "nearest": [_line(each, cited) for each in section.nearest],
    }


def _line(line: Line, cited: set[int]) -> dict[str, Any]:
    """A note is set where it is first cited, and referred to from there on."""
    notes = []
    for number in line.notes:
        notes.append({"number": number, "first": number not in cited})
        cited.add(number)
    return {"text": _said(line.text, line.language), "notes": notes}


def _table(table: Table) -> dict[str, Any]:
    return {
        "title": table.title,
        "header": table.header,
        "widths": WIDTHS[len(table.header)],
        "rows": [[_said(cell) for cell in row] for row in table.rows],
    }
