"""Where two sources of an answer give different figures for what seems to be the same thing.

A note is shown only where all agrees but the figure: the unit, most content words of the sentence, the names,
the countries. No note is better than a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from assistant.answer import Citation, Sentence
from assistant.claims import own_stems
from assistant.names import name_tokens
from assistant.numbers import numbers
from assistant.words import SCALES, split_sentences, stems
from ingest.places import find_countries

# Share of the content stems of two sentences that they have in common (Jaccard), and how many at least.
ALIKE, SHARED = 0.6, 3
MOST = 2  # differences shown
_NUMBER = re.compile(r"(?<![\w.,])\d(?:[\d.,'’ \u00a0\u202f]*\d)?(?![\w])")
_PERCENT = re.compile(
    r"\s?(?:%|٪|per\s?cent\b|percent\b|pour cent\b|por ciento\b|процент\w*|(?:ب|في )?الم[ائ]+ة)"
)
_MONEY = re.compile(r"(US\$|USD|EUR|\$|€|£)\s?\Z")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@dataclass(frozen=True)
class Figure:
    """A figure as one source gives it; `shown` are words of the citation's quote, verbatim."""

    shown: str
    value: str
    citation: Citation


@dataclass(frozen=True)
class Difference:
    """Two figures for what seems to be the same thing."""

    one: Figure
    other: Figure


@dataclass(frozen=True)
class _Told:
    """A figure with what it is told of. All but the figure has to be the same in another sentence."""

    figure: Figure
    unit: str
    about: frozenset[str]
    names: frozenset[str]
    countries: frozenset[str]
    years: frozenset[str]
    values: frozenset[str]
    language: str


def differing(sentences: Sequence[Sentence]) -> tuple[Difference, ...]:
    """The differences between the sources that `sentences` cite, at most MOST, in the order of the answer."""
    citations = dict.fromkeys(each for sentence in sentences for each in sentence.citations)
    told = [each for citation in citations for each in _told(citation)]
    found: dict[frozenset[str], Difference] = {}
    for one, other in combinations(told, 2):
        if _differ(one, other):
            shown = frozenset((one.figure.shown, other.figure.shown))
            found.setdefault(shown, Difference(one.figure, other.figure))
    return tuple(found.values())[:MOST]


def _told(citation: Citation) -> Iterator[_Told]:
    hit = citation.hit
    language = hit.source.language
    if hit.passage.kind == "row":  # its figures have their nouns in the headers, in other lines
        return
    for sentence in split_sentences(citation.quote):
        values = frozenset(numbers(sentence))
        names = frozenset(each.casefold() for each in name_tokens(sentence, language, first=False))
        countries = frozenset(find_countries(sentence)) or frozenset(hit.source.countries)
        for match in _NUMBER.finditer(sentence):
            scale = SCALES.match(sentence, match.end())
            end = scale.end() if scale else match.end()
            value = numbers(sentence[match.start() : end])
            unit, stop = _unit(sentence, match.start(), end, language)
            if not unit or len(value) != 1 or (_YEAR.fullmatch(match[0]) and unit not in "%$€£"):
                continue
            money = _MONEY.search(sentence, 0, match.start())
            shown = sentence[money.start() if money else match.start() : stop].strip()
            yield _Told(
                Figure(shown, value.pop(), citation),
                unit,
                own_stems(sentence, language),
                names,
                countries,
                frozenset(_YEAR.findall(sentence)),
                values,
                language,
            )


def _unit(sentence: str, start: int, end: int, language: str) -> tuple[str, int]:
    """(what is counted: "%", a currency or the stem of the next word; where that ends); "" for a label."""
    before, after = sentence[:start], sentence[end:]
    percent = _PERCENT.match(after)
    if percent:
        return "%", end + percent.end()
    if money := _MONEY.search(before):
        return {"US$": "$", "USD": "$", "EUR": "€"}.get(money[1], money[1]), end
    if re.search(r"[A-ZÀ-ÝА-Я][\w-]* $|(?:^|\W)[Nn][or]?[.°] ?$", before):
        return "", end  # "Outcome 3", "No. 7"
    word = re.match(r"\s?(?:de |d['’])?([^\W\d_]{2,})", after)
    found = stems(word[1], language) if word else []
    if not word or not found:
        return "", end
    further = re.match(r"\s([^\W\d_]{2,})", after[word.end() :])  # "rural households"
    more = further is not None and bool(stems(further[1], language))
    return found[0], end + word.end() + (further.end() if further and more else 0)


def _differ(one: _Told, other: _Told) -> bool:
    source, its = one.figure.citation.hit.source, other.figure.citation.hit.source
    shared = one.about & other.about
    return (
        source.document != its.document
        and (one.language, one.unit) == (other.language, other.unit)
        and not {one.figure.value} & other.values
        and not {other.figure.value} & one.values
        and not _rounded(one.figure.value, other.figure.value)
        and len(shared) >= SHARED
        and len(shared) >= ALIKE * len(one.about | other.about)
        and one.names == other.names
        and one.countries == other.countries
        and not (one.years and other.years and one.years != other.years)
    )


def _rounded(one: str, other: str) -> bool:
    """Whether one of two numbers is the other, rounded: 1.2 million and 1,234,000."""
    first, second = float(one), float(other)
    digits = min(len(each.replace(".", "").strip("0")) or 1 for each in (one, other))
    return f"{first:.{digits - 1}e}" == f"{second:.{digits - 1}e}"
