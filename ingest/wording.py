"""Words of screens in six languages: `Wording(folder).say(language, key)`, from one YAML file a language.

A key is "section.name". Where its words depend on a number, there is a form for each plural category of
CLDR that the language has (`one`, `few`, `other` ...), chosen by the field `count`.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from ingest.documents import IngestError

LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh")
_COUNTED = frozenset(("count", "all"))  # fields written as amounts: 12,345 and not, as a year, 12345
_SLOT = re.compile(r"@@([a-z_]+\.[a-z_]+)@@")
_NUMBERS = re.compile("[0-9]+(?:, [0-9]+)+")
_DEEPEST = 3  # sentences within sentences

Forms = Mapping[str, str]


class Wording:
    """The words in one folder. English has every key; where another language lacks one, English is said."""

    names: frozenset[str] = frozenset()  # fields of `told` that are names, and never sentences themselves

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files: dict[str, dict[str, str | Forms]] = {}

    def say(self, language: str, key: str, /, **fields: Any) -> str:
        """The words of `key` with `fields` filled in. Raises KeyError for a key that English has not."""
        spoken = language if key in self._words(language) else "en"
        entry = self._words(spoken)[key]
        if not isinstance(entry, str):
            entry = entry.get(_category(spoken, fields["count"]), entry["other"])
        for name in _COUNTED.intersection(fields):
            fields[name] = number(spoken, fields[name])
        return entry.format_map(fields) if fields else entry

    def retold(self, language: str, sentence: str, *, _depth: int = 0) -> str:
        """An English `sentence` that code below the screens has made, in `language`.

        Its English words stand under `told`; what they hold (a file's name, an amount, another such sentence)
        is carried over. A sentence that is not found there comes back as it is.
        """
        if language == "en" or _depth > _DEEPEST:
            return sentence
        if _NUMBERS.fullmatch(sentence):
            return listed(language, sentence.split(", "))
        for key, pattern in self._told:
            found = pattern.fullmatch(sentence)
            if found is not None:
                held = found.groupdict().items()
                fields = {name: self._carried(language, name, value, _depth) for name, value in held}
                return self.say(language, key, **fields)
        return sentence

    def _carried(self, language: str, name: str, value: str, depth: int) -> Any:
        """What a sentence holds in its field `name`: an amount, or words that may be such a sentence."""
        if name in _COUNTED:
            return int(value.replace(",", ""))
        return value if name in self.names else self.retold(language, value, _depth=depth + 1)

    def slot(self, key: str) -> str:
        """What stands for `key` in the parts of the page that are made once for everyone; see `filled`."""
        _ = self._words("en")[key]
        return f"@@{key}@@"

    def keys(self, language: str) -> frozenset[str]:
        """The keys that a language has words for."""
        return frozenset(self._words(language))

    def entry(self, language: str, key: str) -> str | Forms:
        """The words of `key` as they stand in the file; for translators' tests."""
        return self._words(language)[key]

    def _words(self, language: str) -> dict[str, str | Forms]:
        if language not in self._files:
            self._files[language] = _read(self.folder / f"{language}.yaml") if language in LANGUAGES else {}
        return self._files[language]

    @cached_property
    def _told(self) -> list[tuple[str, re.Pattern[str]]]:
        """(key, pattern) of each English sentence under `told`: what says most comes first."""
        found: list[tuple[int, str, re.Pattern[str]]] = []
        for key, entry in self._words("en").items():
            if key.startswith("told."):
                for text in [entry] if isinstance(entry, str) else entry.values():
                    parts = list(string.Formatter().parse(text))
                    pattern = "".join(re.escape(literal) + _field(name) for literal, name, _, _ in parts)
                    size = sum(len(literal) for literal, _, _, _ in parts)
                    found.append((size, key, re.compile(pattern, re.DOTALL)))
        return [(key, pattern) for _, key, pattern in sorted(found, key=lambda each: -each[0])]


class Told(IngestError):
    """An error whose sentence is one of a screen's words; as a string it is English."""

    def __init__(self, wording: Wording, key: str, /, **fields: Any) -> None:
        super().__init__(wording.say("en", key, **fields))
        self._wording, self._key, self._fields = wording, key, fields

    def said(self, language: str) -> str:
        return self._wording.say(language, self._key, **self._fields)


def filled(language: str, text: str, wordings: Iterable[Wording]) -> str:
    """`text` with the words of its slots. Words hold nothing that HTML or JSON would have to escape."""
    by_key = {key: each for each in wordings for key in each.keys("en")}

    def said(found: re.Match[str]) -> str:
        return by_key[found[1]].say(language, found[1]) if found[1] in by_key else found[0]

    return _SLOT.sub(said, text)


def language_of(request: Any) -> str:
    """The language that the application has put into the scope of a request, Starlette's or Gradio's, which
    wraps one; English where it has put none."""
    inner = getattr(request, "request", None) or request
    found = getattr(inner, "scope", {}).get("language")
    return found if found in LANGUAGES else "en"


@lru_cache(maxsize=64)
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


def day(language: str, at: date) -> str:
    """The day as `language` writes it: "4 May 2026"."""
    from babel.dates import format_date

    return str(format_date(at, "d MMMM y" if language == "en" else "long", language))


@lru_cache(maxsize=1024)
def language_name(language: str, code: str) -> str:
    """The name of an ISO 639-1 code in `language`; "" for an undetermined one."""
    from babel import Locale

    return "" if code in ("", "und") else str(Locale(language).languages.get(code, code))


def capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _read(path: Path) -> dict[str, str | Forms]:
    import yaml

    sections = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return {
        f"{section}.{name}": words for section, names in sections.items() for name, words in names.items()
    }


def _field(name: str | None) -> str:
    if name is None:
        return ""
    return f"(?P<{name}>[0-9][0-9,]*)" if name in _COUNTED else f"(?P<{name}>.+?)"


@lru_cache(maxsize=1024)
def _category(language: str, count: int) -> str:
    from babel import Locale

    return str(Locale(language).plural_form(count))
