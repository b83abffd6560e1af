"""Numbers in text, each in one form, however six languages write them."""

from __future__ import annotations

import re

from assistant.words import NUMBER_WORDS, SCALES
from ingest.phrases import words

# One number: groups of three, or plain digits, then perhaps decimals. Not inside a word ("CO2", "H2020"),
# but "2022年" and "45-й" are numbers.
_NUMBER = re.compile(
    r"(?<![A-Za-z\u00c0-\u024f\u0400-\u04ff\d])(?<!\d[.,])"
    r"(\d{1,3}(?:(?P<mark>[ ,.'’])\d{3})(?:(?P=mark)\d{3})*(?!\d)|\d+)(?:[.,](\d+))?"
)
# 19.04.2023, 2023-04-19
_DATE = re.compile(r"(?<![\d.])(?:\d{1,2}([./-])\d{1,2}\1\d{4}|\d{4}([./-])\d{1,2}\2\d{1,2})(?!\d)")
_ARABIC_MARKS = str.maketrans({"٫": ".", "٬": ",", "\u00a0": " ", "\u202f": " ", "\u2009": " "})


def numbers(text: str, language: str = "") -> set[str]:
    """The numbers of `text`, each in one form: 1,200 = 1 200 = 1.200 = 1200; 12,5 = 12.5; ٤٥ = 45.

    "2.3 million" is 2300000. With a `language`, numbers in words count too ("twenty" is 20).
    """
    text = re.sub(r"\d", lambda digit: str(int(digit[0])), text.translate(_ARABIC_MARKS))
    found = set()
    for date in _DATE.finditer(text):
        found |= {part.lstrip("0") or "0" for part in re.findall(r"\d+", date[0])}
    text = _DATE.sub(" ", text)
    for match in _NUMBER.finditer(text):
        whole, decimals = re.sub(r"\D", "", match[1]), match[3] or ""
        if match["mark"] and match[1].startswith("0"):  # 0.125 is no thousand
            whole, decimals = "0", whole[1:]
        scale = SCALES.match(text, match.end())
        if scale is not None and scale.lastgroup:
            power = int(scale.lastgroup[1:])
            whole, decimals = whole + decimals[:power].ljust(power, "0"), decimals[power:]
        decimals = decimals.rstrip("0")
        found.add((whole.lstrip("0") or "0") + ("." + decimals if decimals else ""))
    named = NUMBER_WORDS.get(language, {})
    if language == "zh":
        counted = re.findall("([两二三四五六七八九十]+)[个名项种家所次年月国]", text)
        found |= {named[word] for word in counted if word in named}
    elif named:
        found |= {named[word] for word in words(text) if word in named}
    return found
