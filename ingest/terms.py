"""Text -> index terms: words folded and stemmed; Chinese and Japanese as pairs of characters."""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import lru_cache
from typing import Any

_STEMMERS = {
    "ar": "arabic", "de": "german", "en": "english", "es": "spanish", "fr": "french",
    "it": "italian", "nl": "dutch", "pt": "portuguese", "ru": "russian",
}  # fmt: skip
_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]+|[^\W_\u3040-\u30ff\u3400-\u9fff]+")  # "2030年议程": both
_local = threading.local()


def terms(text: str, language: str) -> list[str]:
    """Index terms of `text` in order: lower case, accents off, stemmed as words of `language` (ISO 639-1)."""
    found: list[str] = []
    for match in _TOKEN.finditer(text.casefold()):
        token = match.group()
        if "\u3040" <= token[0] <= "\u9fff":
            found.extend(token[i : i + 2] for i in range(max(1, len(token) - 1)))
        else:
            found.append(_term(token, language))
    return found


@lru_cache(maxsize=200_000)
def _term(token: str, language: str) -> str:
    if language in _STEMMERS and token.isalpha():
        token = _stemmer(_STEMMERS[language]).stemWord(token)
    decomposed = unicodedata.normalize("NFD", token)
    # All marks, not only those that `combining` knows: FTS5 splits a term at a Tamil or Burmese vowel sign.
    return "".join(char for char in decomposed if not unicodedata.category(char).startswith("M"))


def _stemmer(name: str) -> Any:
    """Stemmers keep state while they work: one a thread."""
    import snowballstemmer  # type: ignore[import-untyped]

    stemmers: dict[str, Any] = _local.__dict__.setdefault("stemmers", {})
    if name not in stemmers:
        stemmers[name] = snowballstemmer.stemmer(name)
    return stemmers[name]
