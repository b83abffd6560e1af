"""Whether a gold fact is in an answer: case, white space and punctuation ignored, numbers kept whole."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_PART = re.compile(r"\d+|[^\W\d_]+|[\W_]+")
_ANY = r"[\W_]*"  # white space and punctuation
# "45" is not in "145", "1.45" or "45.2".
_BEFORE, _AFTER = r"(?<!\d)(?<!\d[.,])", r"(?!\d|[.,]\d)"


def met(fact: Sequence[str], text: str) -> bool:
    """Whether any one of a fact's alternatives is in `text`."""
    folded = _fold(text)
    return any(pattern(alternative).search(folded) for alternative in fact)


@lru_cache(maxsize=4096)
def pattern(alternative: str) -> re.Pattern[str]:
    """A pattern that finds `alternative` in folded text.

    Between letters anything but letters and digits may stand. Digits are stricter: "1250", "1,250" and
    "1 250" are one number, but the separator of "1.5" must be there.
    """
    parts = _PART.findall(_fold(alternative))
    words = [at for at, part in enumerate(parts) if part[0].isalnum()]
    if not words:
        return re.compile(re.escape(alternative))
    found = ""
    for place, at in enumerate(words):
        part = parts[at]
        if place:
            found += _between(parts[words[place - 1]], part, gap=at - words[place - 1] > 1)
        found += _number(part) if part.isdigit() else _ANY.join(map(re.escape, part))
    first, last = parts[words[0]], parts[words[-1]]
    return re.compile((_BEFORE if first.isdigit() else "") + found + (_AFTER if last.isdigit() else ""))


def _between(one: str, two: str, *, gap: bool) -> str:
    if not (one.isdigit() and two.isdigit() and gap):
        return _ANY
    return r"[\s.,'’]?" if len(two) == 3 and len(one) <= 3 else r"[\W_]+"


def _number(digits: str) -> str:
    """The digits, with or without separators of thousands."""
    if len(digits) <= 3:
        return digits
    head = len(digits) % 3 or 3
    groups = [digits[:head], *(digits[at : at + 3] for at in range(head, len(digits), 3))]
    return r"[\s.,'’]?".join(groups)


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
