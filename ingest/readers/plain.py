"""Plain text -> paragraphs and, where it is safe to say so, headings; and how bytes become text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from ingest.clean import join_lines
from ingest.documents import Block, Page, Reading, UnreadableFile
from ingest.readers.detect import wide_encoding

LONGEST_HEADING = 90  # characters
PROSE = 100  # characters from which a paragraph is taken for running text
# "12." or "12)" or "4.1"; a bare "12" more often counts something ("12 countries").
_NUMBER = re.compile(r"^(\d{1,3}(?:\.\d{1,2}){1,4}|\d{1,3}(?=[.)]))[.)]?\s+(?=\S)")
_HEADING_NUMBER = re.compile(
    r"^(?:\d{1,2}(?:\.\d{1,2})+[.)]?|\d{1,2}[.)]|[IVX]{1,5}[.)]|[A-Z][.)])\s+(?=[^\W\d_])"
)
_DIVISION = re.compile(
    r"^(?:chapter|part|section|annex|appendix|chapitre|partie|annexe|cap[ií]tulo|parte|secci[oó]n|anexo|глава|"
    r"раздел|часть|приложение|الفصل|الجزء|المرفق)\s+(?:\d{1,2}|[IVXLA-H]{1,5})\b",
    re.IGNORECASE,
)
_ITEM = re.compile(r"^\s*(?:[-–*•●▪◦]|\(?\d{1,2}[.)]|\(?[a-z]\))\s")
_DATE = re.compile(r"^\d{1,2}\.?\s+\D{3,20}\s\d{4}$")
_END = (".", ",", ";", ":", "!", "?", "…", "。", "؟", "،", "؛")


def read_text(path: Path) -> Reading:
    """The file at `path`, in whatever encoding it seems to have; it has no pages."""
    return Reading("text", (Page(None, "", tuple(text_blocks(decode(path.read_bytes())))),))


def text_blocks(text: str) -> list[Block]:
    """Paragraphs at blank lines (or a line each, if there are none), numbers and safe headings marked."""
    groups: list[list[str]] = [[]]
    for line in text.replace("\f", "\n\n").splitlines():
        if not line.strip():
            groups.append([])
        elif groups[-1] and _ITEM.match(line):
            groups.append([line])
        else:
            groups[-1].append(line)
    if len(groups) == 1:
        groups = [[line] for line in groups[0]]
    return promote_headings((_paragraph(join_lines(group)), len(group) == 1) for group in groups if group)


def _paragraph(text: str) -> Block:
    return Block("paragraph", text, number=paragraph_number(text))


def paragraph_number(text: str) -> str:
    """The number a paragraph of running text begins with ("12", "4.1"), else ""."""
    found = _NUMBER.match(text) if len(text) > 40 else None
    return found.group(1) if found else ""


def promote_headings(blocks: Iterable[tuple[Block, bool]]) -> list[Block]:
    """`blocks` without the empty ones; short lines that are surely headings become headings.

    Each comes with whether it is one line. A wrong heading stands over every passage below it, so a line
    counts only between running text (or the file's start, or a heading) and running text.
    """
    kept = [(block, alone) for block, alone in blocks if block.text]
    times = Counter(_shape(block.text) for block, _ in kept if len(block.text) <= LONGEST_HEADING)
    result: list[Block] = []
    for at, (block, alone) in enumerate(kept):
        alone = alone and times[_shape(block.text)] <= 2  # more often: a running header
        before = not at or _runs(kept[at - 1][0]) or result[-1].kind == "heading"
        after = at + 1 < len(kept) and _runs(kept[at + 1][0])
        level = _heading_level(block) if alone and before and after else 0
        result.append(replace(block, kind="heading", level=level, number="") if level else block)
    return result


def _shape(text: str) -> str:
    return re.sub(r"[\d|\s]+", " ", text).strip().casefold()


def _runs(block: Block) -> bool:
    return block.kind == "row" or (block.kind == "paragraph" and len(block.text) >= PROSE)


def _heading_level(block: Block) -> int:
    """1 to 4 for a line with a heading's looks, else 0."""
    text = block.text
    letters = [char for char in text if char.isalpha()]
    if block.kind != "paragraph" or len(text) > LONGEST_HEADING or text.endswith(_END) or len(letters) < 4:
        return 0
    if _DATE.match(text):
        return 0
    if _DIVISION.match(text):
        return 1
    numbered = _HEADING_NUMBER.match(text)
    if numbered and text[numbered.end()].isupper():
        return min(1 + numbered.group().strip(" .)").count("."), 4)
    if len(letters) >= 6 and all(char.isupper() for char in letters):
        return 1
    words = [word for word in re.findall(r"[^\W\d_]+", text) if len(word) > 3]
    return 2 if len(words) >= 2 and all(word[0].isupper() for word in words) else 0


def decode(data: bytes, declared: str = "") -> str:
    """`data` as text: by its mark, as UTF-8, in the `declared` charset, or in what charset-normalizer finds.

    Raises UnreadableFile where no encoding fits.
    """
    wide = wide_encoding(data[:4096])
    for name in filter(None, (wide, "utf-8-sig", _web_name(declared))):
        try:
            return data.decode(name)
        except (UnicodeError, LookupError):
            continue
    if wide:
        return data.decode(wide, "replace")
    try:  # UTF-8 with halves of UTF-16 pairs, as some exports write emoji
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return _guess(data)


def _web_name(charset: str) -> str:
    """Browsers read Latin-1 and ASCII as Windows-1252 (WHATWG Encoding Standard); so do we."""
    name = charset.strip().lower()
    return "cp1252" if name in ("iso-8859-1", "latin-1", "latin1", "ascii", "us-ascii") else name


def _guess(data: bytes) -> str:
    from charset_normalizer import from_bytes

    text = data.decode("utf-8", "replace")
    broken, foreign = text.count("\ufffd"), sum(char > "\x7f" for char in text)
    if broken <= 0.02 * foreign:
        return text  # UTF-8 that was damaged in places
    # The lines that tell encodings apart; charset-normalizer takes seconds a megabyte.
    telling = b"\n".join(line for line in data.splitlines() if not line.isascii())[: 64 * 1024]
    best = from_bytes(telling).best()
    if best is None:
        raise UnreadableFile("the text is in an encoding that cannot be told; save it as UTF-8")
    return data.decode(best.encoding, "replace")
