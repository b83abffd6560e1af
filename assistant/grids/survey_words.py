"""What a survey's report and its exports say alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from assistant.answer import Source
from assistant.grids.survey_types import PageCount, Survey

Link = Callable[[Source, int | None], str]  # the address of a page, "" for none


def default_title(survey: Survey) -> str:
    """What a report is called that has no title of its own."""
    labels = [each.label() for each in survey.families]
    shown = ", ".join(labels[:3]) + (f" and {len(labels) - 3} more" if len(labels) > 3 else "")
    return f"Survey: {shown}"


def pages_in_words(pages: Iterable[PageCount], most: int = 1_000_000) -> str:
    """ "p. 3, 7 (printed v), 12 and 4 more"; "" for a format without pages."""
    known = [each for each in pages if each.page is not None]
    if not known:
        return ""
    shown = [
        f"{each.page}" + (f" (printed {each.label})" if each.label not in ("", str(each.page)) else "")
        for each in known[:most]
    ]
    more = f" and {len(known) - most} more" if len(known) > most else ""
    return "p. " + ", ".join(shown) + more


def in_short(survey: Survey) -> str:
    """What was surveyed, in a line."""
    one = "document" if survey.documents == 1 else "documents"
    said = f"{survey.documents:,} {one}, {survey.pages:,} pages"
    if survey.unread:
        said += f"; {survey.unread:,} could not be read whole"
    return f"{said}. Generation {survey.generation} of the library, {survey.made[:10]}."
