"""How well a document could be read: pages unread, encoding faults, tables, OCR."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.documents import Page

_MOST_FAULTY = 10  # page numbers named
# What encodings gone wrong leave behind: replacement and private-use characters, control characters,
# pdfminer's marks for glyphs without a letter, and UTF-8 taken for Latin-1 ("Ã©", "â€™", "Ð°").
_FAULT = re.compile(
    "[\ufffd\ue000-\uf8ff\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
    r"|\(cid:\d+\)"
    "|[ÂÃÐÑØÙ][\u0080-\u00bf]|â(?:€[^\\sa-z]|\u0080[\u0080-\u00bf])"
)
# Symbol fonts put bullets into the private use area: so few are no sign of a broken text layer.
_FEWEST_FAULTS = 20


@dataclass(frozen=True)
class Quality:
    """Counts over the pages of one document."""

    pages: int
    unread: int  # pages with a problem
    empty: int  # pages without any text
    ocr: int  # pages whose text was read by OCR
    tables: int
    faults: int  # characters or marks that show an encoding fault
    faulty_pages: tuple[int, ...] = ()  # the first of them, by number
    confidence: float | None = None  # mean of the OCR pages', 0 to 1; None without such pages


def quality(pages: Sequence[Page]) -> Quality:
    """What an admin is told of how `pages` were read."""
    found = [faults(page.text) for page in pages]
    read = [page.ocr for page in pages if page.ocr is not None]
    faulty = [page.index or 1 for page, count in zip(pages, found, strict=True) if count]
    return Quality(
        pages=len(pages),
        unread=sum(bool(page.problem) for page in pages),
        empty=sum(not page.text.strip() for page in pages),
        ocr=len(read),
        tables=len(
            {(at, block.table) for at, page in enumerate(pages) for block in page.blocks if block.table}
        ),
        faults=sum(found),
        faulty_pages=tuple(faulty[:_MOST_FAULTY]),
        confidence=sum(read) / len(read) if read else None,
    )


def faults(text: str) -> int:
    """How many characters or marks of `text` show an encoding fault."""
    return sum(1 for _ in _FAULT.finditer(text))


def unreadable(text: str) -> bool:
    """Whether a text layer is rubbish: over a fifth of its letters are faults, or it has no letter."""
    letters = sum(map(str.isalpha, text))
    broken = faults(text)
    if broken >= _FEWEST_FAULTS and broken > 0.2 * (letters + broken):
        return True
    digits = sum(map(str.isdigit, text))
    symbols = sum(not char.isspace() for char in text) - letters - digits
    return not letters and symbols >= _FEWEST_FAULTS and symbols > digits
