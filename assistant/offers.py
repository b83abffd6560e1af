"""Questions about every document: how many say it, which countries, compare. They get the offer of a grid.

What counts documents is never told from a handful of passages. How people ask stands in offers.yaml.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from ingest.languages import question_language
from ingest.places import find_countries

WORDS = Path(__file__).with_name("offers.yaml")
MOST_TOPICS = 8
Use = Literal["survey", "compare", "experience", "questions"]


@dataclass(frozen=True)
class Offer:
    """What the grid can do for a question. topics: the terms to survey, or what to ask; countries: ISO 3166-1
    alpha-3, the sides of a comparison; only: the chat gives no answer beside it."""

    use: Use
    topics: tuple[str, ...]
    countries: tuple[str, ...] = ()
    only: bool = False

    def seconds(self, documents: int) -> int:
        """About how long it takes over so many documents (tests/benchmarks/grid.py and survey.py)."""
        each = 0.02 if self.use == "survey" else 0.04
        return max(1, round(each * documents))


@lru_cache(maxsize=256)
def offer_of(question: str) -> Offer | None:
    """What the grid can do for `question`; None where a plain answer does."""
    text = " ".join(question.split())
    counted = _counted(text, question_language(text))
    if counted is not None:
        return counted
    if _any("experience").search(text):
        return Offer("experience", (text,))
    countries = tuple(find_countries(text))
    if len(countries) > 1 and _any("compare").search(text):
        return Offer("compare", (text,), countries)
    return None


def _counted(text: str, language: str) -> Offer | None:
    """For "how many (or which) documents mention this"; only counts go without an answer."""
    free = not _any("according").search(text)
    for asks in ("how many", "which"):
        found = _asking(asks, "say", language).search(text)
        if found and (topics := _topics(text[found.end() :])):
            return Offer("survey", topics, only=free and asks == "how many")
    if passive := _any("passive").search(text):
        return Offer("survey", _topics(passive["what"]), only=free)
    if _asking("how many", "that", language).search(text):
        return Offer("questions", (text,), only=free)
    return None


def _topics(text: str) -> tuple[str, ...]:
    text = _any("tail").sub("", _any("tail").sub("", text.strip()))
    parts = (_any("articles").sub("", part.strip()) for part in _any("between").split(text))
    found = (part.strip(" \"“”«»'") for part in parts)
    return tuple(dict.fromkeys(each for each in found if any(char.isalnum() for char in each)))[:MOST_TOPICS]


@lru_cache(maxsize=64)
def _asking(asks: str, does: str, language: str) -> re.Pattern[str]:
    """How one asks in `language` for documents that do something: "how many ... frameworks ... mention"."""
    asked, documents, done = (
        f"(?:{'|'.join(_table()[each][language])})" for each in (asks, "documents", does)
    )
    # Chinese and Arabic words have no edges, or are written onto others.
    edge, gap = ("", ".{0,30}?") if language in ("zh", "ar") else (r"\b", ".{0,60}?")
    return re.compile(f"{edge}{asked}{gap}{documents}{edge}{gap}{done}", re.IGNORECASE)


@lru_cache(maxsize=16)
def _any(what: str) -> re.Pattern[str]:
    return re.compile("|".join(_table()[what]), re.IGNORECASE)


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    import yaml

    table: dict[str, Any] = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    return table
