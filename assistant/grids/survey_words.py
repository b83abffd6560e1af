"""What a survey's report and its exports say alike, in the reader's language (`ui`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from assistant.answer import Source
from assistant.grids.survey_types import Finding, Lost, PageCount, Survey
from assistant.grids.themes import Family
from assistant.web import names
from assistant.web.words import listed, say
from ingest.screen import words as documents

Link = Callable[[Source, int | None], str]  # the address of a page, "" for none

# Columns that are called as elsewhere.
_COLUMNS = {
    "document": "export.document", "file": "export.file", "countries": "filters.countries",
    "language": "page.language", "pages": "grid.column_pages", "page": "grid.column_page",
    "label": "grid.column_label", "quote": "grid.column_quote", "documents": "filters.documents",
    "method": "grid.sheet_method",
}  # fmt: skip


def column(name: str, ui: str = "en") -> str:
    """What a column is called."""
    return say(ui, _COLUMNS.get(name, f"survey.column_{name}"))


def default_title(survey: Survey, ui: str = "en") -> str:
    """What a report is called that has no title of its own."""
    labels = [each.label(ui) for each in survey.families]
    shown, more = listed(ui, labels[:3]), len(labels) - 3
    if more > 0:
        return say(ui, "survey.title_more", families=shown, count=more)
    return say(ui, "survey.title", families=shown)


def short_title(families: Iterable[Family], ui: str = "en") -> str:
    """The first families by name."""
    labels = [each.label(ui) for each in families]
    return listed(ui, labels[:3]) + (" …" if len(labels) > 3 else "")


def pages_in_words(pages: Iterable[PageCount], most: int = 1_000_000, ui: str = "en") -> str:
    """ "p. 3, 7 (printed v), 12 and 4 more"; "" for a format without pages."""
    known = [each for each in pages if each.page is not None]
    if not known:
        return ""
    return pages_of([_page(each, ui) for each in known[:most]], len(known), ui)


def _page(each: PageCount, ui: str) -> str:
    if each.label in ("", str(each.page)):
        return str(each.page)
    return say(ui, "survey.printed", page=each.page, label=each.label)


def pages_of(shown: Iterable[str], count: int, ui: str) -> str:
    """ "p. 3, 7 and 4 more": the pages `shown`, of `count`."""
    pages = list(shown)
    if count > len(pages):
        return say(ui, "survey.pages_more", pages=listed(ui, pages), count=count - len(pages))
    return say(ui, "source.page", page=listed(ui, pages))


def in_short(survey: Survey, ui: str = "en") -> str:
    """What was surveyed, in a line."""
    fields = {
        "documents": say(ui, "filters.these_documents", count=survey.documents),
        "pages": say(ui, "grid.pages", count=survey.pages),
        "generation": survey.generation,
        "date": day(survey, ui),
    }
    if survey.unread:
        return say(ui, "survey.in_short_unread", count=survey.unread, **fields)
    return say(ui, "survey.in_short", **fields)


def day(survey: Survey, ui: str = "en") -> str:
    """When it was made; in English as a program writes it."""
    return survey.made[:10] if ui == "en" else names.day(survey.made, ui)


def state_of(finding: Finding, ui: str = "en") -> str:
    """ "not found; near in meaning"."""
    state = "foreign" if finding.why == "language" else finding.state.replace(" ", "_")
    said = say(ui, f"survey.state_{state}")
    return say(ui, "survey.state_near", state=said) if finding.candidate else said


def reason_of(lost: Lost, ui: str = "en") -> str:
    """Why nothing could be read of a file."""
    return documents.retold(ui, lost.reason)


def apart(ui: str, parts: Iterable[str]) -> str:
    """Things that hold commas themselves, one after another."""
    return {"ar": "؛ ", "zh": "；", "fr": "\u00a0; "}.get(ui, "; ").join(parts)
