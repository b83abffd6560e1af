"""Whether a gold fact is in an answer: case, white space and punctuation ignored, numbers as numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.words import SCALES

# Written apart from assistant/numbers.py on purpose: a ruler should not be part of what it measures.

# A number: groups of three with one mark throughout, or plain digits; then perhaps decimals.
_NUMBER = re.compile(
    r"(?<!\d)(?<!\d[.,])"
    r"(?P<whole>\d{1,3}(?:(?P<mark>[ ,.'’])\d{3})(?:(?P=mark)\d{3})*(?!\d)|\d+)(?:[.,](?P<decimals>\d+))?"
)
# 19.04.2023, 2023-04-19: three numbers, not one with separators.
_DATE = re.compile(
    r"(?<![\d.])(?:(\d{1,2})(?P<one>[./-])(\d{1,2})(?P=one)(\d{4})"
    r"|(\d{4})(?P<two>[./-])(\d{1,2})(?P=two)(\d{1,2}))(?!\d)"
)
_CELLS = re.compile(r"\d{3}(?: \d{3})+")  # "225 224": 225224, or 225 and 224; "2 300" is one number
_SHORT = re.compile(r" ?M(?![^\W_]|&)|[kK](?![^\W_])")  # "2.8 M", "12k"; not "5 m" (metres), "3 M&E officers"
_ARABIC_MARKS = str.maketrans({"٫": ".", "٬": ","})
# Scripts that write words apart; in others (and in Arabic, which writes "and" and "the" onto the word) a
# fact may begin in the middle.
_SPACED = re.compile(r"[0-9A-Za-z\u00aa-\u024f\u0370-\u052f\u1e00-\u1fff]")
_OPEN, _CLOSE = "\u2045", "\u2046"  # around each number in folded text; punctuation, so never in a word


def met(alternatives: Sequence[str], text: str) -> bool:
    """Whether any one of a fact's alternatives is in `text`.

    "45" is not in "145", "1.45" or "CO45". 1,200 = 1 200 = 1.200 = 1.2 thousand = 1,2 mille; a mark before
    exactly three digits separates thousands ("0.125" apart), any other is a decimal mark. Where a text can
    be read in two ways, either will do: "21.6" is in "21.6 billion" (banks leave the scale out), and "225"
    in "225 224" (two cells of a table, or one number). A word may go on after the fact ("partner" is in
    "partners") but not before it ("effective" is not in "ineffective").
    """
    return any(_holds(text, alternative) for alternative in alternatives)


def numerals(text: str) -> frozenset[str]:
    """The numbers of `text` written in digits, each in one form ("1200", "12.5"); not those in "CO2"."""
    return _numerals(text, split=False)


def unsupported(text: str, sources: Sequence[str]) -> frozenset[str]:
    """The numbers of `text` that stand in none of `sources`; a scale counts: "45" is not "45 million"."""
    there = (_numerals(source, split) for source in sources for split in (False, True))
    return numerals(text).difference(*there)


@lru_cache(maxsize=8192)
def _numerals(text: str, split: bool) -> frozenset[str]:
    parts = _parts(_plain(text), split, scaled=True)
    return frozenset(part.folded for part in parts if part.number and not part.glued)


def _holds(text: str, alternative: str) -> bool:
    needle = _fold(alternative).text
    if not needle:  # only punctuation, "+" say
        return bool(alternative.strip()) and alternative.strip() in text
    return any(
        _begins(needle, _fold(text, split, scaled)) for split in (False, True) for scaled in (True, False)
    )


def _begins(needle: str, hay: _Folded) -> bool:
    at = hay.text.find(needle)
    while at >= 0:
        if at in hay.starts:
            return True
        at = hay.text.find(needle, at + 1)
    return False


@dataclass(frozen=True)
class _Folded:
    text: str
    starts: frozenset[int]  # where a fact may begin


@lru_cache(maxsize=4096)
def _fold(text: str, split: bool = False, scaled: bool = True) -> _Folded:
    """Letters in lower case and numbers in one form between brackets, nothing else.

    split: "225 224" are two numbers. scaled: "45 million" is 45000000.
    """
    out: list[str] = []
    starts, length = set(), 0
    for part in _parts(_plain(text), split, scaled):
        if not part.folded:
            continue
        if not part.glued:
            starts.add(length)
        out.append(_OPEN + part.folded + _CLOSE if part.number else part.folded)
        length += len(out[-1])
    return _Folded("".join(out), frozenset(starts))


def _plain(text: str) -> str:
    """Compatibility forms, Arabic and other digits and white space in one form each; case is kept."""
    text = unicodedata.normalize("NFKC", text).translate(_ARABIC_MARKS)
    text = re.sub(r"\d", lambda digit: str(int(digit[0])), text)
    return " ".join(text.split())


@dataclass(frozen=True)
class _Part:
    folded: str  # one letter or one number; "" for what is ignored
    number: bool
    glued: bool  # to the letter or digit before it


def _parts(text: str, split: bool, scaled: bool) -> Iterator[_Part]:
    at = 0
    while at < len(text):
        glued = bool(at and _SPACED.match(text, at) and _SPACED.match(text, at - 1))
        date = _DATE.match(text, at)
        if date:
            for digits in filter(str.isdigit, filter(None, date.groups())):
                yield _Part(digits.lstrip("0") or "0", True, glued)
            at = date.end()
            continue
        number = _NUMBER.match(text, at)
        if number and split and _CELLS.fullmatch(number[0]):
            for digits in number[0].split():
                yield _Part(digits.lstrip("0") or "0", True, glued)
            at = number.end()
            continue
        if number:
            value, at = _value(text, number, scaled)
            yield _Part(value, True, glued)
            continue
        char = text[at].casefold()
        yield _Part(char if text[at].isalnum() else "", False, glued)
        at += 1


def _value(text: str, number: re.Match[str], scaled: bool) -> tuple[str, int]:
    """The number in one form, with the scale that follows it, and where both end."""
    whole, decimals, end = re.sub(r"\D", "", number["whole"]), number["decimals"] or "", number.end()
    if number["mark"] and number["whole"].startswith("0"):  # 0.125 is no thousand
        whole, decimals = "0", whole[1:] + decimals
    power = 0
    if scaled and (scale := SCALES.match(text, end)) is not None and scale.lastgroup:
        power, end = int(scale.lastgroup[1:]), scale.end()
    elif scaled and (short := _SHORT.match(text, end)) is not None:
        power, end = (6 if "M" in short[0] else 3), short.end()
    whole, decimals = whole + decimals[:power].ljust(power, "0"), decimals[power:].rstrip("0")
    return (whole.lstrip("0") or "0") + ("." + decimals if decimals else ""), end
