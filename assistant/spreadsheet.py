"""Cells of CSV and XLSX files: what comes from documents is text there and never a formula."""

from __future__ import annotations

import re

# What a spreadsheet would take for a formula; an apostrophe in front, as spreadsheets themselves do it.
# Excel begins a formula at these, some imports also after white space, and East Asian input at wide signs.
_BEGINS = r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r]"
_FORMULA = re.compile(f"'*(?:{_BEGINS})")
_RESTORED = re.compile(f"'+(?:{_BEGINS})")
# What XML, and so a workbook, cannot hold, halves of surrogate pairs, and signs that turn what follows.
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]"
)
_MOST = 32_767  # characters of a cell in Excel


def neutralised(text: str) -> str:
    """`text` so that no spreadsheet takes it for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def restored(text: str) -> str:
    """`text` without the apostrophe that `neutralised` put in front."""
    return text[1:] if _RESTORED.match(text) else text


def printable(text: str) -> str:
    """`text` with a space for each sign that files of Office cannot hold."""
    return UNPRINTABLE.sub(" ", text)


def cell(text: str) -> str:
    """`text` as a cell can hold it: printable, neutralised, cut at Excel's limit."""
    plain = neutralised(printable(text))
    return plain if len(plain) <= _MOST else plain[: _MOST - 1] + "…"
