"""Years in documents: the period covered and the year of publication, which are two things."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

# Earlier years are no publication years of programme documents; 1970 and 1900 are machines' zero.
EARLIEST = 1945
_YEAR = r"(?<![\d/.,])((?:19[4-9]|20\d)\d)(?![\d/]|[.,]\d)"
_DASH = r"\s*(?:[-–—/]|to|until|through|à|au|jusqu'en|a|al|hasta|по|до|إلى|الى|حتى|至|到|年至)\s*"
_DAY = r"(?:(?:\d{1,2}(?:er|st|nd|rd|th|º|°)?|le|du|the|of|de|[^\W\d_]{3,12}\.?)[\s,]+){0,5}"
_RANGE = re.compile(rf"{_YEAR}(?:年|\s*гг?\.?)?{_DASH}{_DAY}((?:19|20)\d\d|\d\d)(?!\d)", re.IGNORECASE)
_PERIOD_CUE = re.compile(
    r"(?:project|programme|implementation|commitment|reporting|planning) (?:period|duration|dates)"
    r"|(?:for|covering|covers) the period"
    r"|duration of (?:the )?pro(?:ject|gramme)|time ?frame|périodes? (?:d.engagement|de mise en œuvre"
    r"|d.exécution|du projet)"
    r"|durée du (?:projet|programme)|pour la période|per[ií]odo de (?:ejecución|implementación|execução"
    r"|cumplimiento)|para el per[ií]odo"
    r"|duración del (?:proyecto|programa)|период(?:а)? (?:осуществления|реализации)|на период"
    r"|сроки? реализации|للفترة|فترة التنفيذ"
    r"|UNDAF|UNSDCF|cooperation framework|country programme|strategic plan|执行期|实施期",
    re.IGNORECASE,
)
_NOT_THE_PROJECT = re.compile(
    r"evaluation period|field visit|période d.évaluation|data collection", re.IGNORECASE
)
_SINGLE = re.compile(
    rf"\b(?:in|en|during|for|pour|за|عام|no ano de|,)\s+{_YEAR}(?:\s*$|\b)|^{_YEAR}\s|{_YEAR}年",
    re.IGNORECASE,
)
_ANNUAL = re.compile(r"annual|annuel|anual|yearly|ежегодн|годовой|السنوي|年度", re.IGNORECASE)

_MONTHS = (
    r"january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"
    r"|janvier|f[ée]vrier|mars|avril|mai|juin|juillet|ao[ûu]t|septembre|octobre|novembre|d[ée]cembre"
    r"|enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre|diciembre"
    r"|janeiro|fevereiro|março|maio|junho|julho|setembro|outubro|novembro|dezembro"
    r"|январ[ьея]|феврал[ьея]|март[ае]?|апрел[ьея]|ма[йея]|июн[ьея]|июл[ьея]|август[ае]?"
    r"|сентябр[ьея]|октябр[ьея]|ноябр[ьея]|декабр[ьея]"
    r"|يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر"
)
_DATED = re.compile(
    rf"(?:\b(?:{_MONTHS})(?![^\W\d_])\.?,?(?:\s*\d{{1,2}}(?:st|nd|rd|th)?,)?\s*(?:de\s+|del\s+)?{_YEAR}"
    rf"|{_YEAR}年\d)",
    re.IGNORECASE,
)
_SLASHED = re.compile(r"(?<!\d)\d{1,2}[./-](?:\d{1,2}|[IVX]{1,4})[./-]((?:19[4-9]|20\d)\d)(?!\d)")
_ISO = re.compile(r"(?<!\d)((?:19[4-9]|20\d)\d)-(?:0[1-9]|1[0-2])(?:-[0-3]\d)?(?!\d)")
_REPORT_DATE = re.compile(
    r"(?:final report date|date of (?:the )?(?:final )?report|date (?:du )?rapport final|published"
    r"|publication date"
    r"|date of publication|fecha del informe|date de publication|дата публикации"
    r"|distr)[^:]{0,20}[.:]?(.{0,60})",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(rf"(?:©|\(c\)|copyright)[^\d]{{0,40}}{_YEAR}", re.IGNORECASE)
# "United Nations • New York, 2025": the place of printing and its year.
_IMPRINT = re.compile(
    rf"(?:new york|geneva|gen[èe]ve|ginebra|nairobi|vienna|rome|paris|bonn|washington(?:,? d\.?c\.?)?"
    rf"|нью-йорк|женева|نيويورك|جنيف|纽约|日内瓦)[,،，\s]+{_YEAR}\W*$",
    re.IGNORECASE,
)
_SUBMITTED = re.compile(rf"^\W*submitted(?: on| in)?\s+(?=(?:\d\d?\s+)?(?:{_MONTHS})\b)", re.IGNORECASE)
_NOT_PUBLICATION = re.compile(
    r"field visit|visites? (?:de )?terrain|period|résolution|resolution|decision|pursuant|session"
    r"|entry into force"
    r"|submitted|amended|dated|act,",
    re.IGNORECASE,
)
_SHORT = 90  # characters: a cover date stands alone or in a short line, never in a paragraph


def years_in(text: str) -> list[int]:
    """All years that stand alone in `text`, in order."""
    return [int(year) for year in re.findall(_YEAR, text)]


def created_year(created: str) -> int | None:
    """The year in a file's own date ("D:20211018121828+00'00'", ISO, or in words), if it can be true."""
    found = re.match(r"\s*(?:D:)?((?:19|20)\d\d)", created) or re.search(r"\b((?:19|20)\d\d)\b", created)
    return _plausible(int(found.group(1)), None) if found else None


def _plausible(year: int, latest: int | None) -> int | None:
    latest = latest or date.today().year
    return year if EARLIEST <= year <= latest and year != 1970 else None


def stated_year(text: str) -> int | None:
    """The year of a date field ("JULY 31, 2013", "2021-07-14", "2021"); None if it cannot be true."""
    found = re.search(r"(?<!\d)((?:19|20)\d\d)(?!\d{3})", text)
    return _plausible(int(found.group(1)), None) if found else None


def _ordered(first: str, last: str) -> tuple[int, int] | None:
    start = int(first)
    end = int(last) if len(last) == 4 else start // 100 * 100 + int(last)
    return (start, end) if start < end <= start + 40 or (start == end and len(last) == 4) else None


def find_period(
    title: str, front: Iterable[str], *, dated: bool = True
) -> tuple[tuple[int, int] | None, str]:
    """(first and last year covered, where found) from the title, else from a stated period.

    `front`: texts of the first pages' blocks. `dated` False: a lone year in the title is no period
    (a law of 2013).
    """
    for found in _RANGE.finditer(title):
        period = _ordered(found.group(1), found.group(2))
        if period:
            return period, "title"
    if dated:
        lone = years_in(title)
        if len(set(lone)) == 1 and (_ANNUAL.search(title) or _SINGLE.search(title)):
            return (lone[0], lone[0]), "title"
    for text in front:
        for cue in _PERIOD_CUE.finditer(text):
            if _NOT_THE_PROJECT.search(text[max(0, cue.start() - 25) : cue.end()]):
                continue
            found_range = _RANGE.search(text[cue.end() : cue.end() + 60])
            period = _ordered(found_range.group(1), found_range.group(2)) if found_range else None
            if period:
                return period, "first page"
    return None, ""


def find_published(front: Iterable[str], created: int | None) -> int | None:
    """The year of the cover date or letterhead; `front`: texts of the first pages' blocks.

    A date after the file was made is another's (a deadline, a period's end) and refused.
    """
    texts = list(front)
    for text in texts:
        for cue in _REPORT_DATE.finditer(text):
            year = _first_year(cue.group(1), created)
            if year:
                return year
    for text in texts:
        text = _SUBMITTED.sub("", text) if len(text) <= _SHORT else text  # "Submitted March 2021"
        if len(text) <= _SHORT and not _NOT_PUBLICATION.search(text) and not _RANGE.search(text):
            year = _first_year(text, created)
            if year:
                return year
    for text in texts:
        found = _IMPRINT.search(text) if len(text) <= _SHORT else _COPYRIGHT.search(text)
        found = found or _COPYRIGHT.search(text)
        year = _plausible(int(found.group(1)), created) if found else None
        if year:
            return year
    return None


def _first_year(text: str, created: int | None) -> int | None:
    for pattern in (_DATED, _SLASHED, _ISO):
        for found in pattern.finditer(text):
            year = _plausible(int(next(group for group in found.groups() if group)), created)
            if year:
                return year
    return None
