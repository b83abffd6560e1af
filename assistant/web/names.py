"""Codes as people read them: countries, languages, kinds, years and pages. `ui`: the interface's language."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from assistant.answer import Hit, Source
from assistant.web.words import listed, say
from ingest import wording
from ingest.documents import Passage
from ingest.screen.words import say as say_of_documents


@lru_cache(maxsize=2048)
def country(alpha3: str, ui: str = "en") -> str:
    """The name of an ISO 3166-1 alpha-3 code, of CLDR or else ISO; the code where there is none."""
    import pycountry
    from babel import Locale

    found = pycountry.countries.get(alpha_3=alpha3)
    return str(Locale(ui).territories.get(found.alpha_2, found.name)) if found else alpha3


def language(code: str, ui: str = "en") -> str:
    """The name of an ISO 639-1 code; "" for an undetermined language."""
    return wording.language_name(ui, code)


def kind(name: str, ui: str = "en") -> str:
    """ "Guidance note" for a value of `ingest.documents.Kind`; another word as it is."""
    try:
        return say_of_documents(ui, f"kind.{name.replace(' ', '_')}")
    except KeyError:
        return wording.capital(name)


def years(source: Source) -> str:
    """The period a document covers, or else its year of publication; "" where neither is known."""
    if source.period:
        first, last = source.period
        return str(first) if first == last else f"{first}–{last}"
    return str(source.published) if source.published else ""


def page(passage: Passage, ui: str = "en") -> str:
    """ "p. 12 (printed iv)"; "" for formats without pages."""
    if passage.page is None:
        return ""
    printed = passage.label.strip()
    if printed in ("", str(passage.page)):
        return say(ui, "source.page", page=passage.page)
    return say(ui, "source.page_printed", page=passage.page, label=printed)


def day(iso: str, ui: str = "en") -> str:
    """A moment (ISO 8601) as the day it was: "4 May 2026"."""
    return wording.day(ui, datetime.fromisoformat(iso))


def details(source: Source, ui: str = "en") -> tuple[str, ...]:
    """What sort of document it is, where and when: ("Evaluation", "Senegal, Mali", "2019–2021")."""
    shown = [country(code, ui) for code in source.countries[:3]]
    if len(source.countries) > 3:
        shown.append(say(ui, "source.more_countries", count=len(source.countries) - 3))
    return tuple(part for part in (kind(source.kind, ui), listed(ui, shown), years(source)) if part)


def cautions(hit: Hit, ui: str = "en") -> tuple[str, ...]:
    """What a reader should know of the source: that a newer version exists, that OCR read the page."""
    found = []
    if hit.source.superseded:
        found.append(say(ui, "source.superseded", newer=hit.source.superseded))
    if hit.passage.ocr is not None:
        found.append(say(ui, "source.ocr", confidence=round(100 * hit.passage.ocr)))
    return tuple(found)
