"""The words of the report, of comparisons and of the gate: `say(language, key)`, by `ingest/wording.py`.

Measures, stages, groups and effects have names that stay the same in code and files; `named` says them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from ingest.wording import Wording, capital, direction

WORDING = Wording(Path(__file__).with_name("words"))
say = WORDING.say
_LEFT, _RIGHT = "\u200e", "\u200f"  # marks that are not seen, of a direction
_NO_LETTER = re.compile(r"\W+")


def named(ui: str, section: str, name: str) -> str:
    """The words of `section` for a name: ("stage_label", "found, not chosen"); a bank's own name as it is."""
    key = f"{section}.{_NO_LETTER.sub('_', name)}".lower()
    return say(ui, key) if key in WORDING.keys("en") else name


def figure(ui: str, digits: str) -> str:
    """Digits as Python writes them, with the decimal sign of `ui`: "0,68"."""
    from babel.numbers import get_decimal_symbol

    written = digits.replace(".", get_decimal_symbol(ui))
    return f"{_LEFT}{written}" if written[0] in "+-" and direction(ui) == "rtl" else written


def percent(ui: str, share: float, places: int = 0) -> str:
    """0.77 as "77", for the words to put their sign after."""
    return figure(ui, f"{100 * share:.{places}f}")


def file_name(name: str, ui: str) -> str:
    """The name of a file as it stands in words of `ui`: held together where those run from the right."""
    return f"{_LEFT}{name}{_LEFT}{_RIGHT}" if direction(ui) == "rtl" else name


def also(ui: str, parts: Iterable[str]) -> str:
    """Clauses of one sentence: "a; b"."""
    return {"ar": "؛ ", "zh": "；", "fr": "\u00a0; "}.get(ui, "; ").join(parts)


def ended(ui: str, words: str) -> str:
    """A clause as a sentence."""
    return f"{capital(words)}{'。' if ui == 'zh' else '.'}"


def together(ui: str, sentences: Iterable[str]) -> str:
    """Sentences one after another, the empty ones left out."""
    return ("" if ui == "zh" else " ").join(filter(None, sentences))


def lowered(words: str) -> str:
    return words[:1].lower() + words[1:]
