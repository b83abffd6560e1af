"""Tesseract's words (TSV) -> blocks: lines without noise, paragraphs, headings; and their mean confidence."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import median

from ingest.clean import join_lines, normalise
from ingest.documents import Block

# Below, in a line with little else, a word is more often noise of an image, a rule or a dot leader.
_LEAST, _TRUSTED = 30.0, 60.0  # per cent
_GAP = 1.5  # times the page's usual distance of lines
_PROSE = 0.8  # share of a line's characters in trusted words
_PUNCTUATION = re.compile(r"[-–—•·*«»\"“”„'’&%/+=()\[\].,:;!?…№§$€،؛؟。，、：；（）《》]+")
_MARKS = re.compile("[\u200e\u200f\u202a-\u202e]")  # of direction: Tesseract sets them around Latin words
_NUMBER = re.compile(r"\d(?:[\d.,/:]*\d)?")
_CJK = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")
_ITEM = re.compile(r"(?:[•▪●○■□➢➤✓–—*·-]\s|\([a-z]{1,3}\)\s|\([ivx]{1,5}\)\s|\d{1,3}[.)]\s)")
_NUMBERED = re.compile(r"^(\d{1,3}(?:\.\d{1,2}){0,4})[.)]?\s+(?=\S)")
_ENDED = (".", ":", ";", "!", "?", "؟", "。", "”", '"', "»")
_LONGEST_HEADING = 120  # characters


@dataclass(frozen=True)
class _Word:
    text: str
    top: int  # pixels, as all lengths here
    height: int
    confidence: float  # per cent


@dataclass(frozen=True)
class _Line:
    """One printed line as far as it was read, the height of its words and where its middle is."""

    words: tuple[_Word, ...]
    height: float
    middle: float

    @property
    def text(self) -> str:
        out = ""
        for word in self.words:
            glued = not out or (_CJK.match(out[-1]) and _CJK.match(word.text[0]))
            out += word.text if glued else f" {word.text}"
        return out


@dataclass(frozen=True)
class Recognised:
    """A page's blocks in reading order, their words' mean confidence, and how much of the page they are.

    Both from 0 to 1; `share` is that of the characters that Tesseract saw: upside down, most are dropped.
    """

    blocks: tuple[Block, ...]
    confidence: float
    share: float


def recognised(tsv: str, *, hide_numbers: bool = False) -> Recognised:
    """What Tesseract's TSV comes to, without what is no word; `hide_numbers` puts "[…]" for each number."""
    rows = csv.DictReader(tsv.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    seen = [row for row in rows if row["level"] == "5" and (row["text"] or "").strip()]
    if hide_numbers:
        seen = [{**row, "text": _NUMBER.sub("[…]", row["text"])} for row in seen]
    paragraphs = _paragraphs(seen)
    words = [word for paragraph in paragraphs for line in paragraph for word in line.words]
    if not words:
        return Recognised((), 0.0, 0.0)
    usual = median(line.height for paragraph in paragraphs for line in paragraph for _ in line.words)
    blocks = _joined([_block(paragraph, usual) for paragraph in paragraphs])
    mean = sum(word.confidence for word in words) / len(words) / 100
    share = sum(len(word.text) for word in words) / sum(len(row["text"].strip()) for row in seen)
    return Recognised(tuple(block for block in blocks if block.text), round(mean, 3), min(1.0, share))


def _paragraphs(rows: Sequence[dict[str, str]]) -> list[list[_Line]]:
    """Tesseract's paragraphs, cut at a wide gap and where a list item or a numbered paragraph begins."""
    paragraphs = []
    for _, paragraph in groupby(rows, lambda row: (row["block_num"], row["par_num"])):
        found = (_line([_word(row) for row in line]) for _, line in groupby(paragraph, _line_number))
        paragraphs.append([line for line in found if line])
    pitches = [two.middle - one.middle for lines in paragraphs for one, two in pairwise(lines)]
    widest = _GAP * median(pitches) if pitches else 0.0
    cut: list[list[_Line]] = []
    for lines in paragraphs:
        for at, line in enumerate(lines):
            last = lines[at - 1] if at else None
            item = last and _ITEM.match(line.text) and last.text.endswith(_ENDED)
            if last is None or item or line.middle - last.middle > widest:
                cut.append([line])
            else:
                cut[-1].append(line)
    return cut


def _line_number(row: dict[str, str]) -> str:
    return row["line_num"]


def _word(row: dict[str, str]) -> _Word:
    text = normalise(_MARKS.sub("", row["text"]))
    return _Word(text, int(row["top"]), int(row["height"]), float(row["conf"]))


def _line(words: list[_Word]) -> _Line | None:
    """The line without what is no word; None where little of it is one.

    A line of prose keeps even its unsure words: a quote that lacks one in silence says something else.
    """
    words = [word for word in words if word.text]
    trusted = sum(len(word.text) for word in words if word.confidence >= _TRUSTED)
    share = trusted / max(1, sum(len(word.text) for word in words))
    least = 0.0 if share >= _PROSE else _LEAST if share >= 0.5 else _TRUSTED
    kept = [word for word in words if word.confidence >= least and _is_word(word)]
    longest = max((sum(char.isalnum() for char in word.text) for word in kept), default=0)
    letters = any(char.isalpha() and not _CJK.match(char) for word in kept for char in word.text)
    if not longest or (letters and longest == 1) or (least == _TRUSTED and longest < 3):
        return None
    signs = [word for word in kept if any(char.isalnum() for char in word.text)]
    middle = median(word.top + word.height / 2 for word in signs)
    return _Line(tuple(kept), median(word.height for word in signs), middle)


def _is_word(word: _Word) -> bool:
    return any(char.isalnum() for char in word.text) or _PUNCTUATION.fullmatch(word.text) is not None


def _block(lines: Sequence[_Line], usual: float) -> Block:
    text = join_lines([line.text for line in lines])
    level = _level(lines, text, usual)
    if level:
        return Block("heading", text, level=level)
    numbered = _NUMBERED.match(text)
    return Block("paragraph", text, number=numbered.group(1) if numbered and len(text) > 40 else "")


def _level(lines: Sequence[_Line], text: str, usual: float) -> int:
    """Heading depth by the type's height, or capitals; 0 for body text."""
    letters = [char for char in text if char.isalpha()]
    if len(lines) > 3 or len(letters) < 4 or len(text) > _LONGEST_HEADING or text.endswith((".", ",", ";")):
        return 0
    if min(word.confidence for line in lines for word in line.words) < _TRUSTED:
        return 0
    height = median(line.height for line in lines)
    if height >= 1.3 * usual:
        return 1 if height >= 1.6 * usual else 2
    return 3 if text.isupper() and " " in text else 0


def _joined(blocks: Sequence[Block]) -> list[Block]:
    """Paragraphs that a slanted scan or a page's layout broke in mid-sentence are one again."""
    out: list[Block] = []
    for block in blocks:
        last = out[-1] if out else None
        if (
            last
            and last.kind == block.kind == "paragraph"
            and len(last.text) > 40
            and block.text[:1].islower()
            and not last.text.endswith(_ENDED)
        ):
            out[-1] = Block("paragraph", join_lines([last.text, block.text]), number=last.number)
        else:
            out.append(block)
    return out
