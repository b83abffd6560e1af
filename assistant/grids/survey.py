"""The survey: families of terms counted in every page of every document, with shares that say their n."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from assistant.answer import AssistantError, Filters
from assistant.grids.counting import Looked, counted
from assistant.grids.meanings import far_for, meanings, read
from assistant.grids.survey_types import (
    STATES,
    Candidate,
    Finding,
    Lost,
    PageCount,
    Progress,
    Row,
    Section,
    Share,
    State,
    Stopped,
    Stratum,
    Survey,
    percent,
)
from assistant.grids.terms import Matcher
from assistant.grids.themes import Family
from assistant.live import Generation, Readable
from assistant.search import checked_filters, resolve

if TYPE_CHECKING:
    from assistant.chat import Assistant

__all__ = [
    "STATES", "Candidate", "Finding", "Lost", "PageCount", "Progress", "Row", "Section", "Share",
    "State", "Stopped", "Stratum", "Survey", "percent", "survey",
]  # fmt: skip

MOST_FAMILIES = 100


def survey(
    assistant: Assistant,
    families: Sequence[Family],
    filters: Filters | None = None,
    *,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
) -> Survey:
    """Counts the families in every document that `filters` leave and the assistant's user may read.

    progress is told (documents done, documents in all). Raises Stopped when `stop` was set, AssistantError
    where there is nothing to look for or in.
    """
    wanted = _checked(families)
    checked = checked_filters(filters or Filters())
    tell = progress or (lambda done, total: None)
    reader = assistant.chain.reader
    with assistant.reading() as generation:
        scope = resolve(checked, generation.sources.values())
        sources = [each for sha, each in generation.sources.items() if scope is None or sha in scope]
        if not sources:
            raise AssistantError("no document passes the filters; widen them")
        tell(0, len(sources))
        looked = Looked(
            wanted,
            Matcher([each.all_terms() for each in wanted]),
            meanings(generation, wanted),
            far_for(reader),
        )
        rows = []
        for source in sources:
            if stop is not None and stop.is_set():
                raise Stopped("the survey was stopped")
            rows.append(counted(generation, source, looked))
            tell(len(rows), len(sources))
        return Survey(
            wanted,
            read(rows, wanted, reader) if reader else tuple(rows),
            _lost(generation) if assistant.sees_all else (),
            checked,
            generation.name,
            datetime.now(UTC).isoformat(timespec="seconds"),
            was_read=reader is not None,
        )


def _checked(families: Sequence[Family]) -> tuple[Family, ...]:
    found = {each.id: each for each in families}
    if not found:
        raise AssistantError("there is no family of terms to look for; choose one or more")
    if len(found) != len(families):
        raise AssistantError("two families have the same name; give each its own")
    if len(found) > MOST_FAMILIES:
        raise AssistantError(f"a survey takes {MOST_FAMILIES} families at most; these are {len(found)}")
    return tuple(families)


def _lost(generation: Readable) -> tuple[Lost, ...]:
    """The files of which nothing could be read. What one person may read of a library names none."""
    if not isinstance(generation, Generation):
        return ()
    failed = (each for each in generation.catalogue.files() if each.state == "failed" and not each.document)
    return tuple(Lost(each.name, each.reason) for each in failed)
