"""Phrases found in text by their words: accents folded, whole words, longest first, six languages."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

# Combining accents, Arabic vowel signs and the Arabic tatweel.
_MARKS = re.compile("[\u0300-\u036f\u064b-\u065f\u0670\u0640]")
_WORD = re.compile(r"[^\W_]+")
_CHINESE = re.compile("[\u3400-\u9fff][\u3400-\u9fff()]*")  # 刚果(金) is one name
_ARABIC = re.compile("[\u0621-\u064a]")
_SAME = str.maketrans({"ة": "ه", "ى": "ي", "ı": "i", "ø": "o", "Ø": "O", "ł": "l", "đ": "d"})

# Russian case endings by the ending of the first case (accents folded: й is и). Few and safe on purpose.
_RUSSIAN: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ая", ("ои", "ую")),
    ("ое", ("ого", "ому", "ом", "ым")),
    ("ие", ("их", "им", "ими")),
    ("ые", ("ых", "ым", "ыми")),
    ("ии", ("ого", "ому", "им", "ом", "ем")),
    ("ыи", ("ого", "ому", "ым", "ом")),
    ("ия", ("ии", "ию", "иеи")),
    ("ь", ("и", "ью", "я", "ю", "ем", "е")),
    ("ы", ("ов", "ам", "ами", "ах")),
    ("а", ("ы", "и", "е", "у", "ои")),
    ("я", ("и", "е", "ю", "еи")),
)
_CONSONANT = tuple("бвгджзклмнпрстфхцчшщ")


def fold(text: str) -> str:
    """`text` without accents and vowel signs; letters that are written two ways made one; case kept."""
    if text.isascii():
        return text
    return _MARKS.sub("", unicodedata.normalize("NFKD", text)).translate(_SAME)


def words(text: str) -> list[str]:
    """The words of `text`, folded, lower case."""
    return _WORD.findall(fold(text).casefold())


def _russian_forms(word: str) -> Iterable[str]:
    for ending, others in _RUSSIAN:
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return [word[: -len(ending)] + other for other in others]
    return [word + other for other in ("а", "у", "ом", "ем", "е")] if word.endswith(_CONSONANT) else []


def _arabic_forms(word: str) -> Iterable[str]:
    """`word` without the particles written onto it (and, in, to, like)."""
    rests = [word]
    if word[0] in "وف":
        rests.append(word[1:])
    for rest in rests:
        if rest != word:
            yield rest
        if rest.startswith("لل"):
            yield "ال" + rest[2:]
        elif rest[:1] and rest[0] in "بلك":
            yield rest[1:]


class Phrases:
    """A table phrase -> value. A phrase with value "" only keeps shorter ones from being found in it.

    With `abbreviations`, a phrase of two to six capitals is found in capitals only ("WHO", not "who").
    """

    def __init__(self, table: Iterable[tuple[str, str]], *, abbreviations: bool = False) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self._exact: dict[str, str] = {}
        self._forms: dict[str, str] = {}
        self._whole: dict[tuple[str, ...], str] = {}
        chinese: dict[str, str] = {}
        for phrase, value in table:
            if _CHINESE.search(phrase):
                chinese.setdefault(fold(phrase), value)
                self._whole.setdefault(tuple(words(phrase)), value)
                continue
            if abbreviations and re.fullmatch(r"[^\W\d_a-z]{2,6}", phrase) and phrase.isupper():
                self._exact.setdefault(fold(phrase), value)
                continue
            key = tuple(words(phrase))
            if not key or key in self._whole:
                continue
            self._whole[key] = value
            self._by_first.setdefault(key[0], []).append((key, value))
            for word in key:
                if re.fullmatch("[а-я]{3,}", word):
                    for form in _russian_forms(word):
                        self._forms.setdefault(form, word)
        for word in list(self._forms):  # a word that stands in a phrase itself is no form of another
            if any(word in key for key in self._whole):
                del self._forms[word]
        for entries in self._by_first.values():
            entries.sort(key=lambda entry: -len(entry[0]))
        self._chinese = chinese
        longest = sorted(chinese, key=lambda name: -len(name))
        self._chinese_names = re.compile("|".join(map(re.escape, longest))) if longest else None

    def count(self, text: str) -> Counter[str]:
        """value -> how often its phrases stand in `text`."""
        found: Counter[str] = Counter()
        folded = fold(text)
        raw = _WORD.findall(folded) if self._exact else []
        lower = _WORD.findall(folded.casefold())
        if self._forms and not folded.isascii():
            forms = self._forms
            lower = [forms.get(word, word) for word in lower]
        if len(raw) == len(lower):
            for word in raw:
                if word in self._exact:
                    found[self._exact[word]] += 1
        first, at, end = self._by_first, 0, len(lower)
        while at < end:
            entries = first.get(lower[at])
            size = 1
            if entries is not None:
                size = self._match(entries, lower, at, found) or 1
            elif _ARABIC.match(lower[at]):
                for form in _arabic_forms(lower[at]):
                    if form in first:
                        rest = [form, *lower[at + 1 : at + 6]]
                        size = self._match(first[form], rest, 0, found) or 1
                        break
            at += size
        if self._chinese_names is not None and not folded.isascii():
            for run in _CHINESE.findall(folded):
                for name in self._chinese_names.findall(run):
                    found[self._chinese[name]] += 1
        del found[""]
        return found

    @staticmethod
    def _match(
        entries: list[tuple[tuple[str, ...], str]], lower: list[str], at: int, found: Counter[str]
    ) -> int:
        for key, value in entries:
            if tuple(lower[at : at + len(key)]) == key:
                found[value] += 1
                return len(key)
        return 0

    def whole(self, text: str) -> str:
        """The value of the phrase that `text` is, "" if it is none."""
        value = self._exact.get(fold(text).strip(), "")
        return value or self._whole.get(tuple(self._forms.get(word, word) for word in words(text)), "")


def lazily(build: Callable[[], Phrases]) -> Callable[[], Phrases]:
    """`build`, run once a process at its first use."""
    return lru_cache(maxsize=1)(build)


def variants(table: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """(phrase, value) of a readable table value -> "phrase; phrase; ..."."""
    for value, phrases in table.items():
        for phrase in phrases.split(";"):
            if phrase.strip():
                yield phrase.strip(), value
