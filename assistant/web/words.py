"""The words of the chat side in six languages: `say(language, key)`, as `ingest/wording.py` keeps them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from unicodedata import bidirectional

from assistant.answer import AssistantError
from ingest.wording import LANGUAGES, Wording, direction, listed, number

__all__ = (
    "LANGUAGES",
    "OWN_NAMES",
    "WORDING",
    "Said",
    "beside",
    "direction",
    "entry",
    "keys",
    "listed",
    "number",
    "say",
    "slot",
    "spaced",
)  # fmt: skip

# How each names itself in the language menu.
OWN_NAMES = {
    "en": "English",
    "fr": "Français",
    "es": "Español",
    "ar": "العربية",
    "ru": "Русский",
    "zh": "中文",
}
WORDING = Wording(Path(__file__).with_name("words"))
say, slot, keys, entry = WORDING.say, WORDING.slot, WORDING.keys, WORDING.entry


def beside(language: str, name: str) -> str:
    """`name` so that what follows it in a sentence runs as `language` does, whatever script it is in."""
    strong = next((kind for each in name if (kind := bidirectional(each)) in ("L", "R", "AL")), "")
    rtl = direction(language) == "rtl"
    if not strong or (strong != "L") == rtl:
        return name
    return name + ("\u200f" if rtl else "\u200e")


def spaced(language: str, sentences: Iterable[str]) -> str:
    """Sentences one after another, as `language` parts them."""
    return ("" if language == "zh" else " ").join(sentences)


class Said(AssistantError):
    """An error whose sentence is one of these words; as a string it is English."""

    def __init__(self, key: str, **fields: Any) -> None:
        super().__init__(say("en", key, **fields))
        self.key, self.fields = key, fields

    def said(self, language: str) -> str:
        return say(language, self.key, **self.fields)
