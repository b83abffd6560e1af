"""An outside check of quotes: the page is extracted anew from the original by pypdf, none of our readers."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from html import unescape
from pathlib import Path

EXACT, LOOSE = "found", "found, hyphens and spaces ignored"
MARKUP = "found in the file's text, markup ignored"
CELL = "found, a table row's cell"
ROW, ORDER, ABSENT = "not found: a table row's cell", "not found: its words in another order", "not found"
UNCHECKED = "not checked: neither PDF nor text"


class Originals:
    """Pages of originals as pypdf gives them; each is extracted once."""

    def __init__(self) -> None:
        self._readers: dict[Path, object] = {}
        self._texts: dict[tuple[Path, int | None], str] = {}

    def verdict(self, original: Path, page: int | None, quote: str, *, row: bool) -> str:
        """One of the constants above: how `quote` stands on the page (of a file without pages: in it)."""
        kind = original.suffix.lower()
        if original.read_bytes()[:5] == b"%PDF-" and page is not None:
            text = self._page(original, page)
        elif kind in (".md", ".markdown", ".txt", ".html", ".htm"):
            text = original.read_text(encoding="utf-8", errors="replace")
            return MARKUP if bare(quote) in bare(unescape(re.sub(r"<[^>]+>", "", text))) else ABSENT
        else:
            return UNCHECKED
        if fold(quote) in fold(text):
            return CELL if row else EXACT
        if bare(quote) in bare(text):
            return LOOSE
        if row:
            return ROW
        missing = Counter(re.findall(r"\w+", fold(quote))) - Counter(re.findall(r"\w+", fold(text)))
        return ABSENT if missing else ORDER

    def _page(self, original: Path, page: int) -> str:
        from pypdf import PdfReader

        key = (original, page)
        if key not in self._texts:
            reader = self._readers.setdefault(original, PdfReader(original))
            assert isinstance(reader, PdfReader)
            if reader.is_encrypted:
                reader.decrypt("")
            self._texts[key] = reader.pages[page - 1].extract_text()
        return self._texts[key]


def fold(text: str) -> str:
    """White space folded, line-end hyphens joined, ligatures resolved."""
    text = unicodedata.normalize("NFKC", text).replace("\u00ad", "").replace("\u200b", "")
    text = re.sub(r"(?<=[^\W\d_])[-\u2010]\s*\n\s*(?=[^\W\d_])", _hyphen, text)
    return re.sub(r"\s+", " ", text).strip()


def _hyphen(found: re.Match[str]) -> str:
    return "" if found.string[found.end()].islower() else "-"


def bare(text: str) -> str:
    """Letters and digits alone."""
    return "".join(char for char in unicodedata.normalize("NFKC", text) if char.isalnum())
