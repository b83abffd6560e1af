"""Names in text: what is written like one, and what may stand for it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.words import stop_words
from ingest.phrases import fold, words
from ingest.places import find_countries

_STARTS = re.compile(r"(?<=[.?!:—])\s+")
_YEAR = re.compile(r"(?<![\d.,/])(?:19|20)\d\d(?![\d,/]|\.\d)")
# Not the letters of a code or a format: of "IB.0238", "A/RES/70" or "YYYY-MM-DD" nothing is an acronym.
_ACRONYM = re.compile(r"(?<![\w./&-])[A-Z]\w*[A-Z]\w*(?![\w&]|[./-][A-Z0-9])", re.ASCII)


def tokens(text: str) -> list[str]:
    """The words of `text`, folded, as they are written."""
    return re.findall(r"[^\W_]+", fold(text))


def is_acronym(token: str) -> bool:
    """Whether `token` is written like one: IOM, CPCs, SDG16."""
    capitals = sum(char.isupper() for char in token)
    return capitals >= 2 or (capitals >= 1 and any(char.isdigit() for char in token))


def name_tokens(text: str, language: str, *, first: bool = True) -> list[str]:
    """Words written like names: acronyms and capitals; the first word of `text` only with `first`."""
    stops = stop_words(language)
    return [
        token
        for place, token in enumerate(tokens(text))
        if len(token) > 1
        and token.casefold() not in stops
        and (is_acronym(token) or (token[0].isupper() and (first or place > 0)))
    ]


def country_words(text: str) -> frozenset[str]:
    """Words that are part of a country's name as `text` writes it (other languages have other words)."""
    if not find_countries(text):
        return frozenset()
    written = tokens(text)
    found: set[str] = set()
    for size in (1, 2, 3):  # the shortest runs first: a longer one would take its neighbours along
        for at in range(len(written) - size + 1):
            run = [token.casefold() for token in written[at : at + size]]
            if not found & set(run) and find_countries(" ".join(written[at : at + size])):
                found |= set(run)
    return frozenset(found)


def names_asked(question: str, language: str) -> frozenset[str]:
    """How the names in `question` begin, five letters each, as far as they are written in Latin letters.

    Not countries, which each language calls otherwise, nor acronyms, which a text may write out; but the
    numerals of phases: II, IV.
    """
    countries = country_words(question)
    found = {
        token.casefold()
        for part in _STARTS.split(question)  # where the first word is no name for its capital
        for token in name_tokens(part, language, first=False)
        if re.fullmatch("[IVX]+", token) or (len(token) > 2 and not is_acronym(token))
    }
    return frozenset(beginning(token) for token in found - countries if token.isascii())


def acronyms_asked(question: str) -> frozenset[str]:
    """The acronyms in `question`, of three letters or more; none where all of it is in capitals."""
    if not any(char.islower() for char in question):
        return frozenset()
    found = _ACRONYM.findall(fold(question))
    return frozenset(
        name for name in found if len(name.rstrip("s")) > 2 and not re.fullmatch("[IVX]+|\\w*\\d\\w*", name)
    )


def years_asked(text: str) -> tuple[int, ...]:
    """The years in `text`, each once, in order; not the digits of a code or of a larger number."""
    return tuple(dict.fromkeys(map(int, _YEAR.findall(text))))


def holds_year(year: int, text: str) -> bool:
    """Whether `text` has it, in four digits or as the end of a period: "2023/24"."""
    ending = rf"(?<!\d)(?:19|20)\d\d\s?[-–/]\s?{year % 100:02}(?!\d)"
    return str(year) in text or re.search(ending, text) is not None


def beginning(token: str) -> str:
    """What a name is compared by: "Nigeria" is met by "Nigerian"."""
    return token.casefold()[:5]


def expanded(acronym: str, texts: Iterable[str]) -> bool:
    """Whether some words in a row have the acronym's letters as initials (with or without small words)."""
    letters = acronym.rstrip("s").casefold()
    if len(letters) < 3:
        return False
    for text in texts:
        lower = words(text)
        for kept in (lower, [word for word in lower if len(word) > 3]):
            if letters in "".join(word[0] for word in kept):
                return True
    return False
