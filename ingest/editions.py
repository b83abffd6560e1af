"""What a title or file name says of the version (draft, revised, second edition, final), and what is left."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.phrases import fold, words

_ORDINALS = {
    "second": 2, "third": 3, "fourth": 4, "fifth": 5, "deuxieme": 2, "seconde": 2, "troisieme": 3,
    "segunda": 2, "tercera": 3, "terceira": 3, "второе": 2, "третье": 3, "二": 2, "三": 3,
}  # fmt: skip
_NTH = r"(\d{1,2})(?:st|nd|rd|th|e|eme|a|ª|-?е)?"
_EDITION = re.compile(
    rf"\b(?:(?:{_NTH}|({'|'.join(_ORDINALS)}|first|premiere|primera|первое))[ -](?:revised )?"
    r"(?:edition|edicion|edicao|издание))\b|第([二三\d])版"
)
_DRAFT = re.compile(
    r"\b(?:(final|first|second|third|zero|\d(?:st|nd|rd|th)) )?(?:draft|avant[- ]projet|ebauche|borrador"
    r"|rascunho|черновик|مسوده)\b(?: (?:version|no\.?))?(?: ?(\d{1,2})\b)?"
    r"|\badvance (?:unedited )?(?:copy|version)\b|\bpreliminary version\b"
    r"|\bversion (?:provisoire|preliminar)\b"
    r"|草案|草稿|征求意见稿"
)
_NUMBERED = re.compile(r"\b(?:version|ver|v|rev|revision)[. ]{0,2}(\d{1,2}(?:[.]\d{1,2})?)\b")
_REVISED = re.compile(
    r"\b(?:rev|revised|updated|revisee?|mise? a jour|actualisee?|revisad[oa]|actualizad[oa]|atualizad[oa]"
    r"|пересмотренн\w+|обновленн\w+|منقح\w*|محدث\w*)\b(?: (?:version|edition|text))?|修订版?|更新版"
)
_FINAL = re.compile(
    r"\b(?:final (?:version|text|copy|clean)|version finale?|versao final|окончательн\w+ \w+)\b"
    r"|[(\[] ?final ?[)\]]|[-–—,: ]+final$|最终版|定稿"
)
_DISTINCT = 5  # words
_YEARS = re.compile(r"(?<!\d)(?:19|20)\d\d(?: ?[-–—/] ?(?:(?:19|20)?\d\d))?(?!\d)")
_MONTHS = re.compile(
    r"\b(?:\d{1,2} )?(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre"
    r"|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)\b"
    r"(?=(?: de)?[ ,]*$|(?: de)?[ ,]* \d{4})"
)
# Titles that every year, session or country has again.
_SERIAL = re.compile(
    r"\b(?:annual|yearly|quarterly|monthly|weekly|biennial|progress|status|situation|financial|session"
    r"|newsletter|bulletin|annuel|anuales?|trimestriel|trimestral|nationally determined"
    r"|determinee? au niveau national"
    r"|determinad[oa]s? a nivel nacional|voluntary national|human development report"
    r"|country programme document"
    r"|годовой|ежегодный|доклад о|年度)"
)


@dataclass(frozen=True)
class Version:
    """Which version of its document one is, as its marks say; a later one is greater."""

    edition: int = 1
    stage: int = 1  # 0 a draft, 1 unmarked, 2 marked as final
    number: float = 0.0

    @property
    def rank(self) -> tuple[int, int, float]:
        return self.edition, self.stage, self.number

    def names(self, other: Version) -> bool:
        """Whether these marks, of a question, are among the other's: "the draft" names the second draft."""
        pairs = zip(self.rank, other.rank, Version().rank, strict=True)
        return self != Version() and all(mine in (none, its) for mine, its, none in pairs)


def _plain(text: str) -> str:
    return re.sub(r"[\s_]+", " ", fold(text).casefold()).strip()


def version(text: str) -> Version:
    """The version marks of a title or file name."""
    plain, edition, stage, number = _plain(text), 1, 1, 0.0
    if found := _EDITION.search(plain):
        nth = found.group(1) or found.group(2) or found.group(3)
        edition = int(nth) if nth.isdigit() else _ORDINALS.get(nth, 1)
    if found := _NUMBERED.search(plain):
        number = float(found.group(1))
    elif _REVISED.search(plain):
        number = 1.0
    if found := _DRAFT.search(plain):
        stage = 0
        nth = found.group(2) or (found.group(1) or "0")[0]
        number = max(number, float(nth) if nth.isdigit() else {"f": 1.0, "s": 2.0, "t": 3.0}.get(nth, 0.0))
        if found.group(1) == "final":
            number = 99.0
    elif _FINAL.search(plain):
        stage = 2
    return Version(edition, stage, number)


def core(title: str) -> str:
    """A title without what tells versions apart: marks, years, months."""
    plain = _plain(title)
    for pattern in (_EDITION, _DRAFT, _NUMBERED, _REVISED, _FINAL, _MONTHS, _YEARS):
        plain = pattern.sub(" ", plain)
    return " ".join(words(plain))


def years(title: str) -> frozenset[int]:
    """The years that a title names."""
    return frozenset(int(year) for year in re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", title))


def distinctive(title: str) -> bool:
    """Whether no two documents bear the title by chance: it is long, and not that of a series."""
    return len(core(title).split()) >= _DISTINCT and not _SERIAL.search(_plain(title))
