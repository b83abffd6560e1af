"""The words of the chat side in six languages: `say(language, key)`, from one YAML file a language.

A key is "section.name". Where its words depend on a number, there is a form for each plural category of
CLDR that the language has (`one`, `few`, `other` ...), chosen by the field `count`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from assistant.answer import AssistantError

LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh")
# How each names itself in the language menu.
OWN_NAMES = {
    "en": "English",
    "fr": "Français",
    "es": "Español",
    "ar": "العربية",
    "ru": "Русский",
    "zh": "中文",
}
_COUNTED = frozenset(("count", "all"))  # fields written as amounts: 12,345 and not, as a year, 12345
_SLOT = re.compile(r"@@([a-z_]+\.[a-z_]+)@@")

Forms = Mapping[str, str]


class Said(AssistantError):
    """An error whose sentence is one of these words; as a string it is English."""

    def __init__(self, key: str, **fields: Any) -> None:
        super().__init__(say("en", key, **fields))
        self.key, self.fields = key, fields

    def said(self, language: str) -> str:
        return say(language, self.key, **self.fields)


def say(language: str, key: str, /, **fields: Any) -> str:
    """The words of `key` with `fields` filled in; in English where `language` has none.

    Raises KeyError for a key that English has not.
    """
    spoken = language if key in _words(language) else "en"
    entry = _words(spoken)[key]
    if not isinstance(entry, str):
        entry = entry.get(_category(spoken, fields["count"]), entry["other"])
    for name in _COUNTED.intersection(fields):
        fields[name] = number(spoken, fields[name])
    return entry.format_map(fields) if fields else entry


def slot(key: str) -> str:
    """What stands for `key` in the parts of the page that are made once for everyone; see `filled`."""
    _ = _words("en")[key]
    return f"@@{key}@@"


def filled(language: str, text: str) -> str:
    """`text` with the words of its slots. Words hold nothing that HTML or JSON would have to escape."""
    return _SLOT.sub(lambda found: say(language, found[1]), text)


def direction(language: str) -> str:
    """ "rtl" or "ltr", as the attribute `dir` takes it."""
    from babel import Locale

    return "rtl" if Locale(language).text_direction == "rtl" else "ltr"


def listed(language: str, parts: Iterable[str]) -> str:
    """Things named one after another: "Senegal, Mali"."""
    return {"ar": "، ", "zh": "、"}.get(language, ", ").join(parts)


def number(language: str, value: int) -> str:
    """12,345 as `language` writes it."""
    from babel.numbers import format_decimal

    return str(format_decimal(value, locale=language))


def keys(language: str) -> frozenset[str]:
    """The keys that a language has words for."""
    return frozenset(_words(language))


def entry(language: str, key: str) -> str | Forms:
    """The words of `key` as they stand in the file; for translators' tests."""
    return _words(language)[key]


@cache
def _words(language: str) -> dict[str, str | Forms]:
    import yaml

    if language not in LANGUAGES:
        return {}
    path = Path(__file__).with_name("words") / f"{language}.yaml"
    if not path.is_file():
        return {}
    sections = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return {
        f"{section}.{name}": words for section, names in sections.items() for name, words in names.items()
    }


@cache
def _category(language: str, count: int) -> str:
    from babel import Locale

    return str(Locale(language).plural_form(count))
