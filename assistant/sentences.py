"""Passages -> units: the sentences, list items and table rows that can be quoted, verbatim.

Own code and not a library: sentencex 1.0 (the best kept) cuts "para. 14", "Vol. 2", "ст. 5", "M. Dupont" and
"12. The Board" in two, and knows no lead-ins, footnote marks or table rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.words import stop_words
from ingest.documents import Passage
from ingest.phrases import fold

LONGEST = 80  # words in a unit; a longer sentence is cut at semicolons

_CLOSING = r"(?:[\"”’')\]]|\s?[»›])*"
_STOP = re.compile(
    rf"[.!?؟۔…]+{_CLOSING}(?=\s|$)"  # an ordinary end
    # "per cent.12 Later": with a footnote's mark
    r"|(?<=[a-zà-ÿа-я)»”])\.(?P<note>\d{1,3})(?=\s+[A-ZÀ-ÝА-Я«“])"
    r"|[。！？]+[”’」』）)]*"
    r"|\n"
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Never the end of a sentence where a number follows.
_BEFORE_NUMBERS = _words(
    """no nos nr art arts para paras p pp pg fig figs vol vols ch chap sec sect tab annex ann doc res add
rev cap n núm num pág págs párr inc ap ст п пп рис стр табл гл с № ч прил см jan feb mar apr jun jul aug sep
sept oct nov dec janv févr avr juil sept déc ene abr ago dic approx ca env aprox c v"""
)
# Never the end of a sentence where a capital follows.
_BEFORE_NAMES = _words(
    """mr mrs ms dr drs prof st ste sr sra sres srta dra mm mme mmes mlle messrs hon gen col rev vs e.g i.e
eg ie cf viz al
p.ej ej ud uds д-р проф им ул т.е т.к др акад д أ م"""
)
# May end a sentence: what follows has to look like a beginning.
_MAY_END = _words(
    """etc u.s u.n u.k e.u u.s.a o.n.u ee.uu inc ltd co corp a.m p.m ph.d m.a no т.д т.п г гг млн млрд тыс руб
чел долл approx est dept univ ext op min max"""
)
_LISTED = r"(?:\d{1,3}(?:\.\d{1,2})*|[a-zа-я]|[ivx]{1,5}|[A-H]|[IVX]{1,5})"
# "12." or "(a)" where it numbers what follows, at the beginning of what is left.
_NUMBERING = re.compile(rf"\s*\(?{_LISTED}[.)]*$")
_ITEM = re.compile(
    rf"(?:[•●▪■□◦‣⁃∙·✓✔➢►→–—-]\s|\(?{_LISTED}\)\s|\d{{1,2}}\.\s|[IVX]+\.\s|[أبجدهو]\s?[).-]\s)"
)
_FIRST_ITEM = re.compile(r"(?<=[:：])\s+\(?(?:1|a|i)[.)]\s")
_CAPITAL = re.compile(r"[\"“«‘'(\[¿¡]*[A-ZÀ-ÝА-ЯЁ]")
_SOFT = re.compile(r"[;؛；](?=\s|$)|；|(?<=[:：])\s(?=\(?(?:a|i|1)\)\s)")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


@dataclass(frozen=True)
class Unit:
    """A sentence, list item or row: `text` is `passage.text[start:end]`.

    `lead` is what introduces a list item that is a unit by itself ("The donors are:"), "" elsewhere; it is
    a unit of its own, or the beginning of one, further up in the same passage.
    """

    text: str
    start: int
    end: int
    lead: str = ""


def units(passage: Passage, language: str) -> tuple[Unit, ...]:
    """What of `passage` can be quoted, in reading order; `language` is ISO 639-1, of the passage.

    A list stays in one piece with the line that introduces it where both have at most LONGEST words. A row is
    one unit (or one a cell, where it is longer).
    """
    if passage.kind == "row":
        return tuple(_row(passage.text))
    spans = _joined(passage.text, list(_sentences(passage.text, language)))
    return tuple(piece for unit in spans for piece in _cut(unit))


def count_words(text: str) -> int:
    """Words of `text`; of Chinese, which has no spaces, about what its translation has."""
    wide = len(_WIDE.findall(text))
    return len(_WIDE.sub(" ", text).split()) + round(wide / 1.6)


def is_item(text: str) -> bool:
    """Whether `text` begins as a list item does: "(a) ", "3. ", "• "."""
    return _ITEM.match(text) is not None


def _unit(text: str, start: int, end: int, lead: str = "") -> Unit | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Unit(text[start:end], start, end, lead) if any(map(str.isalnum, text[start:end])) else None


def _row(text: str) -> Iterator[Unit]:
    whole = _unit(text, 0, len(text))
    if whole is None:
        return
    if count_words(text) <= LONGEST:
        yield whole
        return
    start, first = 0, text.split("\n", 1)[0]
    for line in text.split("\n"):
        unit = _unit(text, start, start + len(line), "" if start == 0 else first)
        start += len(line) + 1
        if unit is not None:
            yield from _cut(unit)


def _sentences(text: str, language: str) -> Iterator[Unit]:
    starters = stop_words(language)
    begin = 0
    for match in _STOP.finditer(text):
        if match[0] == "\n":
            if not _line_ends(text, match.start()):
                continue
        elif match["note"] is None and not _ends(text, begin, match, starters):
            continue
        unit = _unit(text, begin, match.end())
        begin = match.end()
        if unit is not None:
            yield unit
    last = _unit(text, begin, len(text))
    if last is not None:
        yield last


def _line_ends(text: str, at: int) -> bool:
    """Whether a line's end is a sentence's end: not where a sentence only goes on in the next block."""
    before, after = text[:at].rstrip()[-1:], text[at:].lstrip()
    return not (after[:1].islower() and (before.isalnum() or before in ",-–(")) or is_item(after)


def _ends(text: str, begin: int, match: re.Match[str], starters: frozenset[str]) -> bool:
    mark = match[0].strip("\"”’')]»› ")
    after = text[match.end() :].lstrip()
    if not after:
        return True
    if after[0].islower() and not is_item(after):
        return False
    if not mark.endswith(".") or mark.startswith("…"):
        return True
    if len(mark) > 1:  # "..." within a sentence has a small letter after it
        return True
    if _numbers(text, begin, match.start()):
        return False
    found = re.search(r"[^\s(\[«“\"’'/]*$", text[begin : match.start()])
    word = (found[0] if found else "").casefold()
    next_word = re.match(r"\W*(\w+)(?!\w|\.\s)", after)  # in "А. С. Пушкин" no word but an initial
    begins = next_word is not None and fold(next_word[1]).casefold() in starters
    if word in _BEFORE_NAMES:
        return False
    if word in _BEFORE_NUMBERS and (after[0].isdigit() or re.match(r"[IVX]+\b", after)):
        return False
    if word in ("г", "гг") and re.search(r"\d\s?$", text[: match.start() - len(word)]):
        return _CAPITAL.match(after) is not None
    if word in _MAY_END and word != "no":
        return begins
    if len(word) == 1 and word.isalpha():
        return begins and word not in "мmnдп"
    return True


def _numbers(text: str, begin: int, at: int) -> bool:
    """Whether what stands before the stop at `at` is the number of a paragraph or list item."""
    since = max(begin, text.rfind("\n", 0, at) + 1, *(text.rfind(mark, 0, at) + 1 for mark in ":;："))
    return _NUMBERING.fullmatch(text, since, at) is not None


def _joined(text: str, spans: list[Unit]) -> Iterator[Unit]:
    """Each "lead-in:" with the items it introduces, in one piece or, if that is too long, with the first."""
    at = 0
    while at < len(spans):
        unit = spans[at]
        at += 1
        inline = _FIRST_ITEM.search(unit.text)
        if at == len(spans) or not (unit.text.endswith((":", "：")) or (inline and is_item(spans[at].text))):
            yield unit
            continue
        lead = unit.text[: inline.start()] if inline else unit.text
        items = [spans[at]]
        marked = is_item(spans[at].text)
        while at + len(items) < len(spans) and _same_list(items[-1], spans[at + len(items)], marked):
            items.append(spans[at + len(items)])
        at += len(items)
        whole = _unit(text, unit.start, items[-1].end)
        if whole is not None and count_words(whole.text) <= LONGEST:
            yield whole
            continue
        first = _unit(text, unit.start, items[0].end)
        if first is not None and count_words(first.text) <= LONGEST:
            yield first
            items = items[1:]
        else:
            yield unit
        yield from (Unit(item.text, item.start, item.end, lead) for item in items)


def _same_list(item: Unit, following: Unit, marked: bool) -> bool:
    if marked:
        return is_item(following.text)
    return item.text.endswith((";", "؛", "；", ",", "،"))


def _cut(unit: Unit) -> Iterator[Unit]:
    """`unit`, or its pieces between semicolons where it is too long; the words before ":" are their lead."""
    if count_words(unit.text) <= LONGEST:
        yield unit
        return
    colon = re.search(r"[:：](?=\s)", unit.text)
    lead = unit.lead or (
        unit.text[: colon.end()] if colon and count_words(unit.text[: colon.end()]) < 40 else ""
    )
    begin = last = 0
    for end in [match.end() for match in _SOFT.finditer(unit.text)] + [len(unit.text)]:
        if last > begin and count_words(unit.text[begin:end]) > LONGEST * 0.6:
            yield from _piece(unit, begin, last, lead)
            begin = last
        last = end
    yield from _piece(unit, begin, len(unit.text), lead)


def _piece(unit: Unit, begin: int, end: int, lead: str) -> Iterator[Unit]:
    found = _unit(unit.text, begin, end, lead if begin else unit.lead)
    if found is not None:
        yield Unit(found.text, unit.start + found.start, unit.start + found.end, found.lead)
