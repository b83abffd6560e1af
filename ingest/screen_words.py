"""The words of the Documents screen: `say(language, key)`, as `ingest/wording.py` keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.wording import Told, Wording

WORDING = Wording(Path(__file__).with_name("words"))
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
