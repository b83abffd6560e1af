"""Files that the Grid screen takes in: drafts, lists of questions and themes, for this use alone."""

from __future__ import annotations

import atexit
import os
import re
import secrets
import shutil
import tempfile
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from time import monotonic

from assistant.web.words import Said

LARGEST_DRAFT, LARGEST_LIST, LARGEST_THEME = 60_000_000, 5_000_000, 2_000_000  # bytes
_LASTING = 900.0  # seconds for which a draft waits for its checklist to begin
_ENDINGS = re.compile(r"\.(?:pdf|docx|html?|md|markdown|txt|csv|tsv|xlsx)", re.IGNORECASE)
_THEME = re.compile(r"\.ya?ml", re.IGNORECASE)


@dataclass(frozen=True)
class Draft:
    """A file that came in: a scratch folder of its own, and what its writer calls it."""

    path: Path
    name: str
    person: str
    when: float

    def remove(self) -> None:
        shutil.rmtree(self.path.parent, ignore_errors=True)


def called(name: str, theme: bool = False) -> str:
    """A file's name as it is shown: without folders and signs; it never becomes a path.

    Raises Said for an ending that is not read; theme: for any but YAML.
    """
    plain = re.sub(r"[^\w .()+,&'-]+", "_", PureWindowsPath(name).name, flags=re.UNICODE).strip(" ")[:150]
    if not (_THEME if theme else _ENDINGS).fullmatch(PureWindowsPath(plain).suffix):
        raise Said("grid.bad_theme" if theme else "grid.bad_file")
    return plain


async def taken(
    stream: AsyncIterator[bytes], name: str, limit: int, person: str, theme: bool = False
) -> Draft:
    """Stores what comes in, in a folder for it alone. Raises Said where it is too large or empty; then
    nothing of it is left."""
    shown = called(name, theme)
    folder = Path(tempfile.mkdtemp(prefix="grid-"))
    path, size = folder / f"file{PureWindowsPath(shown).suffix.lower()}", 0
    try:
        with path.open("wb") as file:
            os.chmod(path, 0o600)
            async for chunk in stream:
                size += len(chunk)
                if size > limit:
                    raise Said("grid.too_large", size=limit // 1_000_000)
                file.write(chunk)
        if not size:
            raise Said("grid.empty_file")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return Draft(path, shown, person, monotonic())


class Drafts:
    """Drafts that wait for their checklist, one a person; one that nobody comes for is deleted."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._drafts: dict[str, Draft] = {}
        atexit.register(self.clear)

    def keep(self, draft: Draft) -> str:
        """The ticket under which `take` gives it out once."""
        ticket = secrets.token_urlsafe(18)
        with self._lock:
            self._forget(draft.person)
            self._drafts[ticket] = draft
        late = threading.Timer(_LASTING, self._drop, [ticket])
        late.daemon = True
        late.start()
        return ticket

    def take(self, ticket: str, person: str) -> Draft:
        """Raises Said where this person has no such draft waiting."""
        with self._lock:
            self._forget("")
            found = self._drafts.get(ticket)
            if found is None or found.person != person:
                raise Said("grid.no_draft")
            return self._drafts.pop(ticket)

    def clear(self) -> None:
        for ticket in list(self._drafts):
            self._drop(ticket)

    def _drop(self, ticket: str) -> None:
        with self._lock:
            draft = self._drafts.pop(ticket, None)
            if draft is not None:
                draft.remove()

    def _forget(self, person: str) -> None:
        now = monotonic()
        for ticket, each in list(self._drafts.items()):
            if now - each.when > _LASTING or (person and each.person == person):
                self._drafts.pop(ticket).remove()
