"""The language a document is written in, from words of several of its places."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import PurePath
from typing import Any

from ingest.phrases import fold

# The six UN languages and what programme offices write beside them; a short list keeps the models small.
_DETECTED = (
    "ENGLISH", "FRENCH", "SPANISH", "ARABIC", "RUSSIAN", "CHINESE", "PORTUGUESE", "GERMAN", "ITALIAN",
    "CROATIAN", "SERBIAN", "KAZAKH", "UKRAINIAN", "TURKISH",
)  # fmt: skip
FEWEST_LETTERS = 60  # below this a detector guesses
_SAMPLES, _SAMPLE = 8, 250  # characters


@lru_cache(maxsize=1)
def _detector() -> Any:
    from lingua import Language, LanguageDetectorBuilder

    languages = [getattr(Language, name) for name in _DETECTED]
    return LanguageDetectorBuilder.from_languages(*languages).with_low_accuracy_mode().build()


def detect_language(text: str) -> str:
    """ISO 639-1 of `text`; "und" where it is too short to tell."""
    if sum(char.isalpha() for char in text) < FEWEST_LETTERS and not any(
        "\u3400" <= c <= "\u9fff" for c in text
    ):
        return "und"
    found = _detector().detect_language_of(text)
    return str(found.iso_code_639_1.name).lower() if found is not None else "und"


_NAMED = {
    "english": "en", "french": "fr", "francais": "fr", "spanish": "es", "espanol": "es", "arabic": "ar",
    "russian": "ru", "chinese": "zh", "portuguese": "pt", "portugues": "pt",
}  # fmt: skip


def named_language(name: str) -> str:
    """The language that a file's name ends with ("plan_French.pdf", "A_80_1.ru.pdf"); "" if none."""
    last = re.split(r"[^a-z]+", fold(PurePath(name).stem).casefold())[-1]
    marked = re.search(rf"[._-](?:{'|'.join(SIX)})$", PurePath(name).stem, re.IGNORECASE)
    return _NAMED.get(last, marked[0][1:].lower() if marked else "")


SIX = ("en", "fr", "es", "ar", "ru", "zh")


@lru_cache(maxsize=1)
def _question_detector() -> Any:
    from lingua import Language, LanguageDetectorBuilder

    names = ("ENGLISH", "FRENCH", "SPANISH", "ARABIC", "RUSSIAN", "CHINESE")
    return LanguageDetectorBuilder.from_languages(*(getattr(Language, name) for name in names)).build()


@lru_cache(maxsize=1024)
def question_language(text: str) -> str:
    """The language a question is asked in, one of the six UN languages; "en" where nothing tells.

    A question is short: only the six are weighed, and with the detector's full models
    (XQuAD, 1,190 questions a language: 4 wrong in English, 11 Spanish, 1 Arabic, 5 Russian, 14 Chinese).
    """
    found = _question_detector().detect_language_of(text)
    return str(found.iso_code_639_1.name).lower() if found is not None else "en"


def sample(paragraphs: Sequence[str]) -> str:
    """Words of the body from several places of the document: its first page is often another language."""
    long = [text for text in paragraphs if len(text) > 80] or [text for text in paragraphs if len(text) > 15]
    step = max(1, len(long) // _SAMPLES)
    return "\n".join(text[:_SAMPLE] for text in long[step // 2 :: step][:_SAMPLES])
