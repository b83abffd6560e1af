"""Codes as people read them: countries, languages, years and pages."""

from __future__ import annotations

from functools import lru_cache

from assistant.answer import Source
from ingest.documents import Passage


@lru_cache(maxsize=512)
def country(alpha3: str) -> str:
    """The English name of an ISO 3166-1 alpha-3 code; the code itself where there is none."""
    import pycountry
    from babel import Locale

    found = pycountry.countries.get(alpha_3=alpha3)
    return str(Locale("en").territories.get(found.alpha_2, found.name)) if found else alpha3


@lru_cache(maxsize=256)
def language(code: str) -> str:
    """The English name of an ISO 639-1 code; "" for an undetermined language."""
    from babel import Locale

    return "" if code in ("", "und") else str(Locale("en").languages.get(code, code))


def years(source: Source) -> str:
    """The period a document covers, or else its year of publication; "" where neither is known."""
    if source.period:
        first, last = source.period
        return str(first) if first == last else f"{first}–{last}"
    return str(source.published) if source.published else ""


def page(passage: Passage) -> str:
    """ "p. 12 (printed iv)"; "" for formats without pages."""
    if passage.page is None:
        return ""
    printed = passage.label.strip()
    return f"p. {passage.page}" + (f" (printed {printed})" if printed not in ("", str(passage.page)) else "")


def details(source: Source) -> tuple[str, ...]:
    """What sort of document it is, where and when: ("Evaluation", "Senegal, Mali", "2019–2021")."""
    shown = [country(code) for code in source.countries[:3]]
    if len(source.countries) > 3:
        shown.append(f"{len(source.countries) - 3} more")
    kind = source.kind[:1].upper() + source.kind[1:]
    return tuple(part for part in (kind, ", ".join(shown), years(source)) if part)
