"""Pages -> passages: stretches of about 200 tokens, cut by structure, never across a heading or a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Literal

from ingest.documents import Block, Page, Passage

TARGET = 200  # tokens a passage aims at
LONGEST = 300  # tokens: a paragraph up to here stays whole

_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SENTENCE_END = re.compile(r"(?<=[.!?؟۔])[\"”’»)]*\s+(?=[^\sa-zа-я])|(?<=[。！？])")
_WORD = re.compile(r"[^\W\d_]{2}|[\u3040-\u30ff\u3400-\u9fff]")
_FEWEST_BARE = 8  # tokens: shorter headings without text ("ARTICLE 33") are no passage
_CONTENTS = re.compile(r"\.{5,}|(?:\. ){5,}|…{3,}|_{5,}")


def estimate_tokens(text: str) -> int:
    """About how many tokens a multilingual subword model makes of `text` (within 15 % on our six languages).

    An estimate, so that reading needs no model: 4.2 characters a token, 1.5 for Chinese and Japanese.
    """
    wide = len(_CJK.findall(text))
    return round(wide / 1.5 + (len(text) - wide) / 4.2)


def passages(document: str, pages: Sequence[Page]) -> tuple[Passage, ...]:
    """All passages of a document in reading order. `document` is the SHA-256 of its bytes."""
    cutter = _Cutter(document)
    for page in pages:
        cutter.page(page)
    return tuple(cutter.done)


@dataclass
class _Cutter:
    document: str
    done: list[Passage] = field(default_factory=list)
    _path: list[tuple[int, str]] = field(default_factory=list)

    def page(self, page: Page) -> None:
        at = 0
        open_: list[tuple[Block, int]] = []  # consecutive blocks of the passage being gathered, with offsets
        bare: list[tuple[Block, int]] = []  # headings that no text has followed yet
        for position, block in enumerate(page.blocks):
            start, at = at, at + len(block.text) + 1
            if block.kind == "heading":
                self._close(page, open_)
                if bare and block.level <= bare[-1][0].level:
                    self._bare(page, bare)
                bare.append((block, start))
                self._enter(block)
            elif block.kind == "row":
                self._close(page, open_)
                if block.cells or not _header_of_next(page.blocks, position):
                    self._row(page, block, start)
                    bare.clear()
            elif _CONTENTS.search(block.text):
                self._close(page, open_)  # a line of a table of contents says nothing itself
            else:
                bare.clear()
                full = sum(estimate_tokens(item.text) for item, _ in open_) + estimate_tokens(block.text)
                if open_ and (open_[-1][0].kind != block.kind or full > TARGET * 1.15):
                    self._close(page, open_)
                open_.append((block, start))
        self._close(page, open_)
        self._bare(page, bare)
        if all(block.kind == "heading" for block in page.blocks):
            self._path.clear()  # a cover page's lines are no heading of what follows

    def _enter(self, block: Block) -> None:
        while self._path and self._path[-1][0] >= block.level:
            self._path.pop()
        self._path.append((block.level, block.text))

    def _close(self, page: Page, blocks: list[tuple[Block, int]]) -> None:
        if not blocks:
            return
        first, start = blocks[0]
        text = "\n".join(block.text for block, _ in blocks)
        kind: Literal["text", "footnote"] = "footnote" if first.kind == "footnote" else "text"
        number = next((block.number for block, _ in blocks if block.number), "")
        for begin, end in _pieces(text):
            self._add(page, text[begin:end], start + begin, start + end, kind, number)
        blocks.clear()

    def _bare(self, page: Page, headings: list[tuple[Block, int]]) -> None:
        """Headings without text (a cover page) are a passage of their own, so that they can be found."""
        alone = all(block.kind == "heading" for block in page.blocks)
        if headings and (alone or sum(estimate_tokens(block.text) for block, _ in headings) >= _FEWEST_BARE):
            start = headings[0][1]
            end = headings[-1][1] + len(headings[-1][0].text)
            self._add(page, page.text[start:end], start, end, "text", "", path=False)
        headings.clear()

    def _row(self, page: Page, block: Block, start: int) -> None:
        lines = [f"{header}: {cell}" if header else cell for header, cell in block.cells] or [block.text]
        for group in _groups(lines):
            self._add(page, "\n".join(group), start, start + len(block.text), "row", block.number)

    def _add(
        self,
        page: Page,
        text: str,
        start: int,
        end: int,
        kind: Literal["text", "row", "footnote"],
        number: str,
        path: bool = True,
    ) -> None:
        if not _WORD.search(text):
            return  # figures without a word can neither be found nor understood
        headings = tuple(heading for _, heading in self._path) if path else ()
        self.done.append(
            Passage(
                self.document,
                len(self.done),
                page.index,
                page.label,
                headings,
                text,
                start,
                end,
                kind,
                number,
                page.ocr,
            )
        )


def _header_of_next(blocks: Sequence[Block], position: int) -> bool:
    following = blocks[position + 1] if position + 1 < len(blocks) else None
    return following is not None and following.kind == "row" and following.table == blocks[position].table


def _groups(lines: Sequence[str]) -> Iterator[list[str]]:
    """A row's lines; a row too long for one passage is split between cells, its first cell repeated."""
    group: list[str] = []
    for line in lines:
        if group and sum(map(estimate_tokens, group)) + estimate_tokens(line) > 2 * LONGEST:
            yield group
            group = [lines[0][:200]] if lines[0] is not line else []
        group.append(line)
    yield group


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of the pieces of a paragraph too long for one passage, cut between sentences."""
    if estimate_tokens(text) <= LONGEST:
        yield 0, len(text)
        return
    # Even pieces: a short last one, torn from what it is about, is found by nobody.
    count = ceil(estimate_tokens(text) / TARGET)
    cuts = [found.end() for found in _SENTENCE_END.finditer(text)]
    begin = 0
    for piece in range(1, count):
        aim = len(text) * piece // count
        cut = min(cuts, key=lambda end: abs(end - aim), default=begin)
        if cut > begin:
            yield from _hard(text, begin, cut)
            begin = cut
    yield from _hard(text, begin, len(text))


def _hard(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """A single "sentence" of enormous length (a list without stops) is cut at white space."""
    while estimate_tokens(text[begin:end]) > 2 * LONGEST:
        cut = text.rfind(" ", begin + 1, begin + 4 * TARGET)
        cut = begin + 4 * TARGET if cut <= begin else cut
        yield begin, cut
        begin = cut
    while begin < end and text[begin].isspace():
        begin += 1
    stop = end
    while stop > begin and text[stop - 1].isspace():
        stop -= 1
    if stop > begin:
        yield begin, stop
