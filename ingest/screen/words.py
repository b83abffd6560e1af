"""The words of the Documents screen: `say(language, key)`, as `ingest/wording.py` keeps them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.wording import Told, Wording, direction

_LATIN = re.compile("[A-Za-z]")
_RLI, _FSI, _PDI = "\u2067\u2068\u2069"


def isolated(ui: str, words: str) -> str:
    """A name of a file, folder or person as it may stand in a sentence that runs from right to left: isolated
    (Unicode, UAX 9), so that its signs do not change places with those around it. What holds such a name is a
    sentence itself, and runs as the others do."""
    if direction(ui) != "rtl" or not _LATIN.search(words):
        return words
    return f"{_RLI if _FSI in words else _FSI}{words}{_PDI}"


class _Isolating(Wording):
    """Words whose fields keep their own direction."""

    names = frozenset(("title", "file", "folder", "other", "name", "value", "who", "host", "model", "places"))

    def say(self, language: str, key: str, /, **fields: Any) -> str:
        kept = {
            name: isolated(language, str(each)) if isinstance(each, str | Path) else each
            for name, each in fields.items()
        }
        return super().say(language, key, **kept)


WORDING = _Isolating(Path(__file__).with_name("words"))
say, slot, retold = WORDING.say, WORDING.slot, WORDING.retold


@dataclass(frozen=True)
class Line:
    """What one of these words says with its fields, in whichever language it is read; as a string, English.

    A field may be a line itself, or a tuple of which one is enough ("hq or ops").
    """

    key: str
    fields: Mapping[str, Any] = field(default_factory=dict)

    def said(self, ui: str) -> str:
        return say(ui, self.key, **{name: _said(ui, value) for name, value in self.fields.items()})

    def __str__(self) -> str:
        return self.said("en")


def line(key: str, **fields: Any) -> Line:
    return Line(key, fields)


def refused(key: str, **fields: Any) -> Told:
    """An error in one of these words."""
    return Told(WORDING, key, **fields)


def either(ui: str, names: tuple[str, ...] | list[str]) -> str:
    """ "hq or ops"."""
    from babel.lists import format_list

    return str(format_list(list(names), "or", ui))


def _said(ui: str, value: Any) -> Any:
    if isinstance(value, Line):
        return value.said(ui)
    return either(ui, value) if isinstance(value, tuple) else value
