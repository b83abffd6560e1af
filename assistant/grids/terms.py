"""Terms found in a page's text: whole words, whatever their case and accents, in every script.

How a term is written: words, matched whole, with a space or a hyphen between them ("labour migration" is
found in "labour-migration"); a hyphen in the term may also be missing in the text ("re-settlement":
"resettlement"). `*` at the end of a word stands for any ending ("migra*"). A word of two to six capitals is
an abbreviation and is found in capitals only ("IDP", "IDPs"). Arabic words are found with the particles and
the article written onto them (و ف ب ل ك ال), Chinese terms anywhere. A term with `!` in front does not count,
nor does what it touches ("!bird migration").
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from ingest.phrases import fold

_WIDE = "\u3040-\u30ff\u3400-\u9fff"  # written without spaces
_WORD = re.compile(rf"[^\W_{_WIDE}]+")
_HAN = re.compile(f"[{_WIDE}]")
_ARABIC = re.compile("[\u0621-\u064a]")
# Between two words of a phrase, a line's end included: a phrase may run on in the next block.
_BETWEEN = re.compile(r"[\s\u2010-\u2015\u00ad'’ʼ-]{1,4}")
_ABBREVIATION = re.compile(r"[A-ZА-Я]{2,6}s?")
# What Arabic writes onto a word: and; in, to, like; the (which "to" merges with).
_PARTICLES = tuple(
    first + rest
    for first in ("", "و", "ف")
    for rest in ("", "ب", "ل", "ك", "ال", "بال", "كال", "لل")
    if first + rest
)
_FEWEST = 3  # letters before the * of a term of one word, and of an Arabic word without its particles


class TermFault(ValueError):
    """What is wrong with a term, in words that go behind "the term ... "."""


@dataclass(frozen=True)
class _Word:
    """A word of a term: folded, lower case; `open`: any ending; `capitals`: how many letters must be."""

    text: str
    open: bool = False
    capitals: int = 0

    def fits(self, forms: Sequence[str], written: str) -> bool:
        """Whether a token fits: `forms` are its readings, `written` the token with its case."""
        if self.capitals and not written[: self.capitals].isupper():
            return False
        return any(form.startswith(self.text) if self.open else form == self.text for form in forms)


@dataclass(frozen=True)
class Term:
    """One term, ready to be found. words: each way to write it; wide: the pattern of a Chinese one."""

    text: str
    excluded: bool
    words: tuple[tuple[_Word, ...], ...] = ()
    wide: str = ""

    @property
    def script(self) -> str:
        """ "han", "arabic", "cyrillic" or "latin"."""
        return script(self.text)


@lru_cache(maxsize=4096)
def term(text: str) -> Term:
    """The term that `text` writes. Raises TermFault."""
    plain = " ".join(text.split())
    excluded, body = plain.startswith("!"), plain.removeprefix("!").strip()
    if not any(char.isalnum() for char in body):
        raise TermFault("holds no word")
    if len(body) > 100:
        raise TermFault("is longer than 100 characters")
    if found := re.search(r"[^\w\s*'’ʼ‐-―-]|_", fold(body)):
        raise TermFault(f"holds the sign {found[0]!r}; write words, and * at the end of a word")
    if _HAN.search(body):
        if "*" in body:
            raise TermFault("needs no * in Chinese: it is found wherever its characters stand")
        signs = (re.escape(char) for char in fold(body).lower() if not char.isspace())
        return Term(plain, excluded, wide=r"\s*".join(signs))
    if re.search(r"\*\w", body) or re.search(r"(?<!\w)\*", body):
        raise TermFault("has a * that is not at the end of a word")
    pieces = re.split(r"(-| )", re.sub(r"[\u2010-\u2015]", "-", body))
    ways = tuple(_ways(pieces))
    if any(len(words) == 1 and words[0].open and len(words[0].text) < _FEWEST for words in ways):
        raise TermFault(f"has a * after fewer than {_FEWEST} letters, which would find too much")
    return Term(plain, excluded, ways)


def _ways(pieces: Sequence[str]) -> Iterator[tuple[_Word, ...]]:
    """Each way to write the term: a hyphen parts words or is missing."""
    hyphens = [place for place, piece in enumerate(pieces) if piece == "-"]
    for glued in product((False, True), repeat=min(len(hyphens), 3)):
        parts = list(pieces)
        for place, is_glued in zip(hyphens, glued, strict=False):
            parts[place] = "" if is_glued else " "
        yield tuple(_word(each) for each in re.findall(r"[^\W_]+\*?", "".join(parts)))


def _word(text: str) -> _Word:
    stem, open_ = text.removesuffix("*"), text.endswith("*")
    capitals = len(stem.rstrip("s")) if _ABBREVIATION.fullmatch(stem) else 0
    plain = fold(stem).lower()
    if _ARABIC.match(plain) and plain.startswith("ال") and len(plain) >= _FEWEST + 2:
        plain = plain[2:]  # the article is among the particles that may stand in front
    return _Word(plain, open_, capitals)


def script(text: str) -> str:
    """ "han", "arabic", "cyrillic" or "latin": what the first letter of `text` belongs to."""
    for char in text:
        if _HAN.match(char):
            return "han"
        if "\u0600" <= char <= "\u06ff":
            return "arabic"
        if "\u0400" <= char <= "\u04ff":
            return "cyrillic"
        if char.isalpha():
            return "latin"
    return "latin"


@dataclass(frozen=True)
class Place:
    """A place that a family has in a text: `text[start:end]`."""

    family: int
    start: int
    end: int


class Matcher:
    """Several families of terms, found in one walk over a text. Safe to share between threads."""

    def __init__(self, families: Sequence[Iterable[Term]]) -> None:
        self._whole: dict[str, list[_Entry]] = {}  # by the first word
        self._open: dict[str, list[_Entry]] = {}  # by the beginning of the first word
        self._wide: list[tuple[int, bool, re.Pattern[str]]] = []
        self._known: dict[str, tuple[_Entry, ...]] = {}
        for family, terms in enumerate(families):
            wide: dict[bool, list[str]] = {False: [], True: []}
            for each in terms:
                if each.wide:
                    wide[each.excluded].append(each.wide)
                for words in each.words:
                    index = self._open if words[0].open else self._whole
                    index.setdefault(words[0].text, []).append(_Entry(family, each.excluded, words))
            self._wide += [(family, out, _any(patterns)) for out, patterns in wide.items() if patterns]
        self._sizes = sorted({len(beginning) for beginning in self._open})

    def places(self, text: str) -> list[Place]:
        """Where the families stand in `text`, none twice at one place, in the order of the text."""
        written = fold(text)
        lower = _lower(written)
        found: list[tuple[_Entry, int, int]] = []
        known = self._known
        for token in _WORD.finditer(lower):
            word = token.group()
            entries = known.get(word)
            if entries is None:
                entries = known[word] = self._starting(word)
            for entry in entries:
                end = _end(entry.words, token.start(), token.end(), lower, written)
                if end:
                    found.append((entry, token.start(), end))
        spans = [(entry.family, entry.excluded, start, end) for entry, start, end in found]
        if self._wide and _HAN.search(lower):
            for family, excluded, pattern in self._wide:
                spans += [(family, excluded, *each.span()) for each in pattern.finditer(lower)]
        if not spans:
            return []
        return _settled(spans, None if text.isascii() else _Offsets(text))

    def _starting(self, word: str) -> tuple[_Entry, ...]:
        """The entries whose first word a token may be."""
        found: list[_Entry] = []
        for form in forms(word):
            found += self._whole.get(form, ())
            for size in self._sizes:
                if size > len(form):
                    break
                found += self._open.get(form[:size], ())
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True)
class _Entry:
    family: int
    excluded: bool
    words: tuple[_Word, ...]


def _any(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(sorted(patterns, key=lambda each: (-len(each), each))))


@lru_cache(maxsize=100_000)
def forms(word: str) -> tuple[str, ...]:
    """The readings of a token: itself, and an Arabic one without particles and article."""
    if not _ARABIC.match(word):
        return (word,)
    rests = [word[len(each) :] for each in _PARTICLES if word.startswith(each)]
    return tuple(dict.fromkeys([word, *(each for each in rests if len(each) >= _FEWEST)]))


def _end(words: Sequence[_Word], start: int, at: int, lower: str, written: str) -> int:
    """Where the phrase ends whose first word stands from `start` to `at`; 0 where it is none."""
    if words[0].capitals and not words[0].fits((words[0].text,), written[start:at]):
        return 0
    for word in words[1:]:
        between = _BETWEEN.match(lower, at)
        if between is None:
            return 0
        token = _WORD.match(lower, between.end())
        if token is None or not word.fits(forms(token.group()), written[token.start() : token.end()]):
            return 0
        at = token.end()
    return at


def _lower(text: str) -> str:
    """`text` in lower case, letter by letter, so that places stay where they are."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(small if len(small := char.lower()) == 1 else char for char in text)


@lru_cache(maxsize=20_000)
def _width(char: str) -> int:
    return len(fold(char))


class _Offsets:
    """From offsets of a folded text to those of the text itself. Only letters that folding makes longer or
    shorter are looked at: to list the place of every letter took a third of a survey's time."""

    def __init__(self, text: str) -> None:
        odd = sorted(char for char in set(text) if not char.isascii() and _width(char) != 1)
        self._ends: list[int] = []  # of odd letters, in the folded text
        self._places: list[tuple[int, int]] = []  # where they begin in the folded text and in the text
        longer = 0
        for found in re.finditer(f"[{re.escape(''.join(odd))}]", text) if odd else ():
            begins = found.start() + longer
            longer += _width(found[0]) - 1
            self._ends.append(begins + _width(found[0]))
            self._places.append((begins, found.start()))

    def __getitem__(self, offset: int) -> int:
        """Where the letter stands that the folded text has at `offset`."""
        before = bisect_right(self._ends, offset)
        if before < len(self._places) and self._places[before][0] <= offset:
            return self._places[before][1]  # within what one letter became
        if not before:
            return offset
        return self._places[before - 1][1] + 1 + offset - self._ends[before - 1]


def _settled(spans: Sequence[tuple[int, bool, int, int]], offsets: _Offsets | None) -> list[Place]:
    """The longest at each place, without those that an excluded phrase touches."""
    barred: dict[int, list[tuple[int, int]]] = {}
    for family, excluded, start, end in spans:
        if excluded:
            barred.setdefault(family, []).append((start, end))
    until: dict[int, int] = {}
    kept: list[Place] = []
    for family, excluded, start, end in sorted(spans, key=lambda each: (each[2], -each[3], each[0])):
        if excluded or start < until.get(family, 0):
            continue
        if any(start < its_end and its_start < end for its_start, its_end in barred.get(family, ())):
            continue
        until[family] = end
        if offsets is None:
            kept.append(Place(family, start, end))
        else:
            # Accents that stand as signs of their own belong to the letter before them.
            kept.append(Place(family, offsets[start], max(offsets[end], offsets[end - 1] + 1)))
    return kept
