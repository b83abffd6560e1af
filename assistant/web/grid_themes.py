"""Themes that people bring to the Grid screen: held in memory, for the one who brought it alone."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Sequence
from dataclasses import replace
from time import monotonic

from assistant.grids.themes import Theme

_MARK = "brought-"  # how the ids of brought themes begin; those of shipped ones are names of files
_LASTING = 3600.0  # seconds for which one is held after it was last looked for


class Themes:
    """The last theme that each person brought. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._themes: dict[str, tuple[Theme, float]] = {}

    def keep(self, person: str, brought: Theme) -> Theme:
        """`brought` under an id that nobody can guess; an earlier one of this person is forgotten."""
        named = replace(brought, id=_MARK + secrets.token_urlsafe(12))
        with self._lock:
            self._themes[person] = (named, monotonic())
        return named

    def of(self, person: str) -> tuple[Theme, ...]:
        """What this person brought, if it is still held."""
        now = monotonic()
        with self._lock:
            late = [each for each, (_, when) in self._themes.items() if now - when > _LASTING]
            for each in late:
                del self._themes[each]
            if person not in self._themes:
                return ()
            found, _ = self._themes[person]
            self._themes[person] = (found, now)
        return (found,)


def lost(families: Sequence[str], held: Sequence[Theme]) -> bool:
    """Whether a family (theme/family) of a brought theme is chosen that is held no longer."""
    known = {each.id for each in held}
    return any(each.startswith(_MARK) and each.partition("/")[0] not in known for each in families)
