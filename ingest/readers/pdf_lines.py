"""A PDF page's printed lines -> blocks: paragraphs, headings, footnotes, without running heads and feet."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.clean import join_lines, normalise
from ingest.documents import Block

BOLD = re.compile(r"bold|black|heavy|semibold|demi", re.IGNORECASE)
_NUMBERED = re.compile(r"^(\d{1,3}(?:\.\d{1,2}){0,4})[.)]?\s+(?=\S)")
_ITEM = re.compile(r"^\s*(?:[•▪◦●○■□➢➤✓–—*·-]\s|\(?[a-z]{1,3}\)\s|\(?[ivx]{1,5}[.)]\s|\d{1,3}[.)]\s)")
_PAGE_NUMBER = re.compile(
    r"^(?:page\s*|p\.\s*|страница\s*|página\s*|صفحة\s*)?[-–\s]*(\d{1,4}|[ivxl]{1,6})"
    r"(?:\s*(?:/|of|de|sur|из|\|)\s*\d{1,4})?[-–\s|]*(?:page)?$",
    re.IGNORECASE,
)
_FOOTNOTE = re.compile(r"^\s*(?:\d{1,3}|[*†‡])\s*\S")
_CONTENTS = re.compile(r"\.{4,}\s*\d*$|(?:\. ){4,}")

# "3.4.", "IV.", "ARTICLE 33": a heading that the next line completes.
_HEADING_NUMBER = re.compile(
    r"(?:(?:article|section|chapter|part|annex|chapitre|partie|annexe|art[íi]culo|cap[íi]tulo|anexo|статья|глава)\s+)?"
    r"(?:\d{1,3}|[IVX]{1,5}|[A-Z])(?:\.\d{1,2}){0,3}[.:]?",
    re.IGNORECASE,
)

HEADER_ZONE = 0.89  # of the page's height: above stands the running header
FOOTER_ZONE = 0.10  # below stands the running footer
LONGEST_HEADING = 180  # characters


@dataclass(frozen=True)
class Line:
    """One printed line: its text, where it starts (points, origin at the lower left), its type size."""

    text: str
    x: float
    y: float
    size: float
    bold: bool
    index: int = 0  # table rows are put where this line of the page stood


def running_keys(pages: Sequence[tuple[Sequence[Line], float]]) -> set[str]:
    """Keys of the lines that recur at the pages' top or bottom. `pages`: (lines, height in points)."""
    seen: Counter[str] = Counter()
    for lines, height in pages:
        seen.update({_key(line) for line in lines if _in_margin(line, height)})
    least = max(3, round(0.2 * len(pages)))
    return {key for key, count in seen.items() if key and count >= least}


def split_running(
    lines: Sequence[Line], height: float, keys: set[str], *, first: bool
) -> tuple[list[Line], list[Line]]:
    """(body lines, running lines). The first page keeps its header: it is often the letterhead."""
    body: list[Line] = []
    running: list[Line] = []
    for line in lines:
        margin = _in_margin(line, height)
        number = margin and _PAGE_NUMBER.match(line.text.strip()) is not None
        recurs = margin and _key(line) in keys
        (running if number or (recurs and not first) else body).append(line)
    return body, running


def printed_number(running: Iterable[Line]) -> str:
    """The page number printed in the margin, "" if there is none."""
    for line in running:
        found = _PAGE_NUMBER.match(line.text.strip())
        if found:
            return found.group(1).lower()
    return ""


def _in_margin(line: Line, height: float) -> bool:
    return height > 0 and not FOOTER_ZONE < line.y / height < HEADER_ZONE


def _key(line: Line) -> str:
    return re.sub(r"\d+", "#", re.sub(r"\s+", "", line.text.casefold()))


@dataclass(frozen=True)
class Typography:
    """What is usual in one document: the body's type size, its line pitch, its heading styles."""

    body: float
    pitch: float
    styles: tuple[tuple[float, bool], ...]  # heading styles, most prominent first

    @classmethod
    def of(cls, pages: Iterable[Sequence[Line]]) -> Typography:
        sizes: Counter[float] = Counter()
        pitches: Counter[float] = Counter()
        pages = list(pages)
        for lines in pages:
            for line in lines:
                sizes[line.size] += len(line.text)
        body = sizes.most_common(1)[0][0] if sizes else 10.0
        for lines in pages:
            for one, two in pairwise(lines):
                if one.size == two.size == body and 0 < one.y - two.y < 3 * body:
                    pitches[round(one.y - two.y)] += 1
        pitch = float(pitches.most_common(1)[0][0]) if pitches else 1.2 * body
        styles = {
            cls._style(line)
            for lines in pages
            for line in lines
            if line.size >= 1.12 * body or (line.bold and line.size >= 0.95 * body)
        }
        return cls(body, pitch, tuple(sorted(styles, reverse=True)))

    @staticmethod
    def _style(line: Line) -> tuple[float, bool]:
        return round(line.size), line.bold

    def level(self, line: Line) -> int:
        """Heading depth of the line's style, 1 the most prominent; 0 for body text."""
        try:
            return min(6, 1 + self.styles.index(self._style(line)))
        except ValueError:
            return 0


def blocks_of(lines: Sequence[Line], style: Typography, height: float) -> list[tuple[int, Block]]:
    """The page's blocks in reading order, each with the index of its first line."""
    groups: list[list[Line]] = []
    for line in lines:
        if groups and _continues(groups[-1], line, style):
            groups[-1].append(line)
        else:
            groups.append([line])
    blocks = [(group[0].index, _block(group, style, height)) for group in groups]
    return [(at, block) for at, block in _footnotes_apart(blocks) if block.text]


def _continues(group: list[Line], line: Line, style: Typography) -> bool:
    last = group[-1]
    drop = last.y - line.y
    pitch = max(style.pitch * line.size / style.body, 1.1 * line.size)
    if drop < -0.6 * line.size:  # the next column, or text placed higher up
        ended = last.text.rstrip().endswith((".", ":", "؟", "!", "?"))
        return not ended and _same(last, line) and not last.bold
    if drop > 1.4 * pitch or not _same(last, line):
        return False
    if _CONTENTS.search(last.text.strip()):
        return False
    return not (_ITEM.match(line.text) or _starts_numbered(line, group)) or drop < 0.3 * line.size


def _same(one: Line, two: Line) -> bool:
    return abs(one.size - two.size) <= 0.08 * max(one.size, two.size) and one.bold == two.bold


def _starts_numbered(line: Line, group: list[Line]) -> bool:
    """A new numbered paragraph: "23. UNDP ...", but not a line that happens to begin with "23 per cent"."""
    found = re.match(r"^\s*\d{1,3}\.\s+\S", line.text)
    return found is not None and group[-1].text.rstrip().endswith((".", ":", ";", "”", '"'))


def _block(group: list[Line], style: Typography, height: float) -> Block:
    text = join_lines([line.text for line in group])
    first = group[0]
    level = style.level(first)
    prose = text.endswith((".", ";", ",")) and len(text) > 60 and not first.size >= 1.12 * style.body
    letters = sum(char.isalpha() for char in text)
    numbered_only = _HEADING_NUMBER.fullmatch(text) is not None and first.size >= 1.12 * style.body
    if (
        level
        and (letters >= 3 or numbered_only)
        and len(text) <= LONGEST_HEADING
        and not prose
        and not _CONTENTS.search(text)
    ):
        return Block("heading", text, level=level)
    small = first.size <= 0.9 * style.body and first.y < 0.5 * height
    if small and _FOOTNOTE.match(text):
        return Block("footnote", text)
    numbered = _NUMBERED.match(text)
    return Block("paragraph", text, number=numbered.group(1) if numbered and len(text) > 40 else "")


def _footnotes_apart(blocks: list[tuple[int, Block]]) -> list[tuple[int, Block]]:
    notes = [item for item in blocks if item[1].kind == "footnote"]
    rest = [item for item in blocks if item[1].kind != "footnote"]
    last = max((at for at, _ in blocks), default=0)
    return rest + [(last + 1, block) for _, block in notes]


def merge_headings(blocks: list[Block]) -> list[Block]:
    """Joins a heading broken over lines ("3.4." + "Efficiency"; a title of three lines)."""
    merged: list[Block] = []
    for block in blocks:
        last = merged[-1] if merged else None
        if (
            last is not None
            and last.kind == block.kind == "heading"
            and len(last.text) + len(block.text) < LONGEST_HEADING
            and (
                _HEADING_NUMBER.fullmatch(last.text)
                or (last.level == block.level and (block.text[:1].islower() or last.text[-1:] in ",-–:&"))
            )
        ):
            merged[-1] = replace(last, text=normalise(f"{last.text} {block.text}"))
        else:
            merged.append(block)
    return merged
