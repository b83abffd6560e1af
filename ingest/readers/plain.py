"""Plain text -> blocks."""

from __future__ import annotations

import re
from pathlib import Path

from ingest.clean import join_lines, normalise
from ingest.documents import Block, Page, Reading

_BLANK = re.compile(r"\n[ \t]*\n+")
_NUMBER = re.compile(r"^(\d{1,3}(?:\.\d{1,2}){0,4})[.)]?\s+(?=\S)")
_NUMBERED_HEADING = re.compile(r"^(?:\d{1,2}(?:\.\d{1,2})*\.?|[IVX]{1,5}\.|[A-Z]\.)\s+\S")
_ITEM = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s")


def read_text(path: Path) -> Reading:
    """The file at `path`; it has no pages."""
    text = decode(path.read_bytes()).replace("\r\n", "\n").replace("\r", "\n")
    parts = _BLANK.split(text) if _BLANK.search(text) else text.split("\n")
    blocks = [block for part in parts for block in _blocks(part)]
    return Reading("text", (Page(None, "", tuple(blocks)),), {})


def decode(data: bytes) -> str:
    """`data` as text: by its byte order mark, as UTF-8, or in the encoding that fits best."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        from charset_normalizer import from_bytes

        best = from_bytes(data[:200_000]).best()
        return data.decode(best.encoding if best else "cp1252", "replace")


def _blocks(part: str) -> list[Block]:
    lines = [line for line in part.split("\n") if line.strip()]
    if not lines:
        return []
    if len(lines) > 1 and sum(bool(_ITEM.match(line)) for line in lines) >= len(lines) - 1:
        return [_block(normalise(line)) for line in lines]
    return [_block(join_lines(lines))]


def _block(text: str) -> Block:
    words = text.split()
    short = 1 < len(words) <= 10 and len(text) <= 80 and not text.endswith((".", ",", ";", ":", "!", "?", "。"))
    titled = sum(word[:1].isupper() for word in words if len(word) > 3) == sum(len(word) > 3 for word in words)
    if short and not _ITEM.match(text) and (text.isupper() or titled or _NUMBERED_HEADING.match(text)):
        return Block("heading", text, level=2)
    number = _NUMBER.match(text)
    return Block("paragraph", text, number=number.group(1) if number and len(text) > 40 else "")
