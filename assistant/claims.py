"""Sentences and passages taken apart, as verification holds one against the other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from assistant.names import name_tokens
from assistant.words import split_sentences, stems
from ingest.phrases import words

CLAUSE = re.compile(
    r"[,;:](?=\s)|[()]|[，；、：،؛]|\s(?:and|while|et|tandis|y|mientras|и|а|و)\s|\s(?=و[^\W\d_]{3})"
)


@dataclass(frozen=True)
class Text:
    """A text taken apart once."""

    text: str
    language: str

    @property
    def stems(self) -> frozenset[str]:
        return stems_of(self.text, self.language)

    @property
    def words(self) -> frozenset[str]:
        return frozenset(words(self.text))


@lru_cache(maxsize=512)
def stems_of(text: str, language: str) -> frozenset[str]:
    return frozenset(stems(text, language))


def windows(text: str) -> list[str]:
    """Each sentence of `text`, alone and with the one before it ("They ..." leans on that)."""
    parts = split_sentences(text)
    return parts + [f"{one} {two}" for one, two in pairwise(parts)]


def own_stems(text: str, language: str) -> frozenset[str]:
    """The content stems of a sentence without its names, which are checked apart; all, if all are names."""
    names = {
        stem for name in name_tokens(text, language, first=False) for stem in stems(name, language, keep=True)
    }
    return (stems_of(text, language) - names) or stems_of(text, language)


def share(claim: Text, text: str) -> float:
    own = claim.stems
    return len(own & stems_of(text, claim.language)) / len(own) if own else 0.0
