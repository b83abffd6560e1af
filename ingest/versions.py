"""Which documents are older versions of others, and which say nearly the same.

A text's sketch is the smallest hashes of its shingles, five words in a row each (Broder 1997, "On the
resemblance and containment of documents"). The share of common ones among the smallest of both together
estimates how many shingles two texts have in common, with a standard error of .02 at a resemblance of .9.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import PurePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.catalogue import DocumentEntry
from ingest.documents import Kind, Page
from ingest.editions import Version, core, distinctive, version, years

SKETCH = 256  # hashes kept of a text, four bytes each
FEWEST = 50  # words; of less there is no sketch
_SHINGLE = 5  # words
_CHARACTERS = 8  # a shingle of a script without spaces
_SPACELESS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"  # Thai, Lao, Burmese, Khmer, CJK
)

# Of 20 copies with 3 % other blocks all are at .8 or more, of 20 that lost their tables and footnotes 15
# (tests/benchmarks/versions.py). In the test data no two documents are between .4 and .8.
TWIN = 0.8  # resemblance from which two texts are nearly the same
TOUCH = 0.05  # from which a paper's Rev.1 is one of it, whatever was read as their titles
KIN = 0.15  # from which a document with the same title, or symbol, has the other's text
SAME_TEXT = 0.5  # from which one has the other's text although it covers other years


@dataclass(frozen=True)
class Relation:
    """Of one document; "" where there is none.

    superseded: SHA-256 of the newest version of it; its own, where an admin says that there is a newer one
    and the library has none. twin: that of the document with nearly the same text which stands for both.
    """

    superseded: str = ""
    twin: str = ""


# -- Sketches ---------------------------------------------------------------------------------------------


def sketch(pages: Sequence[Page]) -> str:
    """The text's smallest shingle hashes, ascending, as Base64 of little-endian uint32; "" for too few words.

    The same on every machine and at every run. Of 266 documents 95 % take 14 ms or less, the longest 76.
    """
    text = "\n".join(page.text for page in pages).casefold()
    sample = text[:: max(1, len(text) // 4000)]
    spaceless = len(re.findall(f"[{_SPACELESS}]", sample)) > 0.2 * len(sample)
    found = re.findall(r"[^\W_]", text) if spaceless else re.findall(r"\w+", text)
    if len(found) < FEWEST:
        return ""
    known = {word: zlib.crc32(word.encode()) for word in set(found)}
    tokens = np.fromiter(map(known.__getitem__, found), np.uint64, len(found))
    smallest = _smallest(_shingles(tokens, _CHARACTERS if spaceless else _SHINGLE))
    return base64.b64encode(smallest.astype("<u4").tobytes()).decode()


def _smallest(hashes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The SKETCH smallest different hashes, ascending."""
    few = 8 * SKETCH  # to sort all of them would take as long as all the rest
    found = np.unique(np.partition(hashes, few)[:few]) if len(hashes) > few else np.unique(hashes)
    return (found if len(found) >= SKETCH else np.unique(hashes))[:SKETCH]


def _shingles(tokens: NDArray[np.uint64], size: int) -> NDArray[np.uint32]:
    """A hash of each `size` tokens in a row (the mixing steps of MurmurHash3)."""
    count = len(tokens) - size + 1
    found = np.zeros(count, np.uint64)
    for at in range(size):
        found = (found + tokens[at : at + count]) * np.uint64(0xFF51AFD7ED558CCD)
        found ^= found >> np.uint64(33)
    return (found >> np.uint64(16)).astype(np.uint32)


def resemblance(one: str, other: str) -> float:
    """The estimated share of common shingles of two sketches, 0 to 1; 0 where one is missing."""
    if not one or not other:
        return 0.0
    return _resemblance(_hashes(one), _hashes(other))


def _hashes(kept: str) -> NDArray[np.uint32]:
    return np.frombuffer(base64.b64decode(kept), "<u4")


def _resemblance(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> float:
    # The smallest of the union; a text with fewer shingles than SKETCH has all of them in its sketch.
    both = np.union1d(one, other)[:SKETCH]
    common = np.intersect1d(one, other, assume_unique=True)
    return len(np.intersect1d(common, both, assume_unique=True)) / len(both)


# -- Relations --------------------------------------------------------------------------------------------

_EDITIONS = frozenset({Kind.GUIDANCE, Kind.LEGAL})  # of these a year in the title is when, not what about
_FORMATS = ("pdf", "docx", "html", "markdown", "text")  # pages to cite first
_LOOKED_UP = 24  # hashes of a sketch by which its like are found
_SHARED = 6  # of them: of 10^9 twins all but one share so many; forms filled in alike share fewer
_REVISION = re.compile(r"/REV\.?(\d*)$")


@dataclass(frozen=True)
class _Known:
    """A document as far as its relations go."""

    entry: DocumentEntry
    hashes: NDArray[np.uint32]
    core: str
    version: Version
    symbol: str  # of a UN paper, without its revision; "" for all else
    revision: int

    @classmethod
    def of(cls, entry: DocumentEntry) -> _Known:
        what = entry.description
        marks = version(what.title)
        if marks == Version():
            marks = version(PurePath(entry.name).stem)
        symbol = what.symbol.upper().replace(" ", "") if "/" in what.symbol else ""
        found = _REVISION.search(symbol)
        revision = int(found.group(1) or 1) if found else 0
        base = _REVISION.sub("", symbol)
        return cls(entry, _hashes(entry.sketch), core(what.title), marks, base, revision)

    @property
    def in_force(self) -> str:
        """What an admin says of it: "yes", "no", or "" for nothing."""
        return self.entry.description.found.get("in_force", "")

    def like(self, other: _Known) -> float:
        if not len(self.hashes) or not len(other.hashes):
            return 0.0
        return _resemblance(self.hashes, other.hashes)


def relations(documents: Sequence[DocumentEntry]) -> dict[str, Relation]:
    """SHA-256 -> relation, for the documents that have one.

    Superseded is who shares with a newer document the language and either the symbol of a UN paper (Rev.1
    supersedes; Add. and Corr. are documents of their own) or, but for marks of version, the title, the kind
    and the countries, is older by its marks or year, and has some of its text. It points to the newest. A
    document that says nearly the same as another, and is no version of it, is the twin of the one with the
    better format (PDF, Word, HTML, Markdown, text), or else the shorter name, or else more passages.

    An admin's word goes before: what has in_force "yes" (metadata.csv or an edit) is never superseded and no
    twin, "no" is superseded even where the library has nothing newer.
    """
    known = [_Known.of(entry) for entry in documents]
    newest = _newest(known)
    twins = _twins(known, newest)
    for sha, main in twins.items():  # a copy under another title ages with the document it copies
        newer = newest.get(sha, main)
        if main not in newest and newer != main and twins.get(newer) != main:
            newest[main] = newer
    found: dict[str, Relation] = {}
    for each in known:
        sha, twin = each.entry.sha, twins.get(each.entry.sha, "")
        if each.in_force == "yes":
            continue
        newer = newest.get(sha) or newest.get(twin) or (sha if each.in_force == "no" else "")
        if newer or twin:
            found[sha] = Relation(newer, "" if newer else twin)
    return found


def _newest(known: Sequence[_Known]) -> dict[str, str]:
    """SHA-256 -> that of the newest version of the document, for those that are not the newest."""
    groups: defaultdict[tuple[object, ...], list[_Known]] = defaultdict(list)
    for each in known:
        what = each.entry.description
        if each.symbol:
            groups["symbol", what.language, each.symbol].append(each)
        if each.core:
            groups["title", what.language, what.kind, what.countries, each.core].append(each)
    newer: defaultdict[str, list[_Known]] = defaultdict(list)
    for one, other in (pair for group in groups.values() for pair in combinations(group, 2)):
        if one.symbol and other.symbol and one.symbol != other.symbol:
            continue  # this year's report to the Assembly is no version of last year's
        order = _order(one, other)
        if order and _same_work(one, other):
            old, new = (one, other) if order < 0 else (other, one)
            newer[old.entry.sha].append(new)
    found: dict[str, str] = {}
    for sha in newer:
        at, passed = sha, {sha}
        while ahead := [each for each in newer.get(at, ()) if each.entry.sha not in passed]:
            at = max(ahead, key=_age).entry.sha
            passed.add(at)
        found[sha] = at
    return found


def _age(each: _Known) -> tuple[object, ...]:
    return each.revision, each.version.rank, each.entry.description.published or 0, each.entry.sha


def _order(one: _Known, other: _Known) -> int:
    """-1 where `one` is older, 1 where it is newer, 0 where nothing tells or marks and dates disagree."""
    if one.revision != other.revision:
        return _sign(one.revision, other.revision)
    marks = _sign(one.version.rank, other.version.rank)
    date = _by_date(one, other)
    return 0 if marks * date < 0 else marks or date


def _by_date(one: _Known, other: _Known) -> int:
    """By the first of these that both state: the years in the titles, of publication, at the period's end."""
    mine, its = one.entry.description, other.entry.description
    named = years(mine.title), years(its.title)
    if all(named) and named[0] != named[1]:
        return _sign(max(named[0]), max(named[1]))
    # When a file was saved says nothing of a text that is the same.
    saved = "properties" in (mine.found.get("published"), its.found.get("published"))
    if mine.published and its.published and not (saved and one.like(other) >= TWIN):
        return _sign(mine.published, its.published)
    return _sign(mine.period[1], its.period[1]) if mine.period and its.period else 0


def _sign(one: Any, other: Any) -> int:
    return int(one > other) - int(one < other)


def _same_work(one: _Known, other: _Known) -> bool:
    """Whether two documents of one title or symbol are the same work, not next year's or another office's.

    Either has some of the other's text, more where the title or the period says that it covers other years;
    or the title is of its own and they differ in their marks of version.
    """
    mine, its = one.entry.description, other.entry.description
    named = years(mine.title), years(its.title)
    other_years = mine.kind not in _EDITIONS and (
        (all(named) and named[0] != named[1])
        or (mine.period is not None and its.period is not None and mine.period[0] != its.period[0])
    )
    like = one.like(other)
    if other_years:
        return like >= SAME_TEXT
    if one.revision != other.revision:
        return like >= TOUCH or one.core == other.core
    return like >= KIN or (
        one.version != other.version and one.core == other.core and distinctive(mine.title)
    )


def _twins(known: Sequence[_Known], newest: Mapping[str, str]) -> dict[str, str]:
    """SHA-256 -> that of the document which stands for both; who stands for others has no twin itself."""
    ordered = sorted(known, key=lambda each: (each.entry.sha in newest, *_standing(each)))
    holders: defaultdict[int, list[str]] = defaultdict(list)  # hash -> those who stand for others, so far
    standing: dict[str, _Known] = {}
    found: dict[str, str] = {}
    for each in ordered:
        smallest = each.hashes[:_LOOKED_UP].tolist()
        shared = Counter(other for value in smallest for other in holders[value])
        least = min(_SHARED, len(smallest))
        near = (sha for sha, count in shared.items() if count >= least)
        main = next((sha for sha in near if _says_the_same(each, standing[sha])), None)
        if main:
            found[each.entry.sha] = main
        else:
            standing[each.entry.sha] = each
            for value in smallest:
                holders[value].append(each.entry.sha)
    return found


def _standing(each: _Known) -> tuple[object, ...]:
    entry = each.entry
    format_ = _FORMATS.index(entry.format) if entry.format in _FORMATS else len(_FORMATS)
    return each.in_force != "yes", format_, len(entry.name), -entry.passages, entry.name, entry.sha


def _says_the_same(one: _Known, other: _Known) -> bool:
    """Nearly the same text, and not one form filled in for two countries, papers or years."""
    mine, its = one.entry.description, other.entry.description
    pairs = (
        (mine.countries, its.countries),
        (one.symbol, other.symbol),
        (years(mine.title), years(its.title)),
    )
    if any(here and there and here != there for here, there in pairs):
        return False
    return mine.language == its.language and one.like(other) >= TWIN
