"""Filters on the screen: the choices the library offers, what was chosen, and that in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from assistant.answer import AssistantError, Filters, Source
from assistant.web import names

Choices = list[tuple[str, str]]  # (label, value)
ANY_YEAR = ""


@dataclass(frozen=True)
class Offer:
    """What can be chosen, each as (label, value) in the order shown."""

    countries: Choices
    kinds: Choices
    languages: Choices
    organisations: Choices
    years: Choices
    documents: Choices


def offer(sources: Sequence[Source]) -> Offer:
    """The choices that at least one of `sources` answers to."""
    periods = [(source.period or (source.published, source.published)) for source in sources]
    known = [year for period in periods for year in period if year]
    years = [(str(year), str(year)) for year in range(max(known), min(known) - 1, -1)] if known else []
    return Offer(
        countries=_named((code for source in sources for code in source.countries), names.country),
        kinds=_named((source.kind for source in sources), lambda kind: kind[:1].upper() + kind[1:]),
        languages=_named((source.language for source in sources), names.language),
        organisations=_named((name for source in sources for name in source.organisations), str),
        years=[("Any", ANY_YEAR), *years],
        documents=_documents(sources),
    )


def chosen(
    countries: Sequence[str],
    kinds: Sequence[str],
    languages: Sequence[str],
    organisations: Sequence[str],
    since: str,
    until: str,
    documents: Sequence[str],
) -> Filters:
    """The filters as set on the screen; raises `AssistantError` for years the wrong way round."""
    first, last = (int(year) if year else None for year in (since, until))
    if first and last and first > last:
        raise AssistantError(
            f"The filter “From year” ({first}) is later than “To year” ({last}). Change one of the two."
        )
    return Filters(
        tuple(countries), tuple(kinds), tuple(languages), tuple(organisations), first, last, tuple(documents)
    )


def in_words(filters: Filters, titles: dict[str, str] | None = None) -> str:
    """ "Senegal, evaluation, since 2019"; "" where nothing is set. `titles`: SHA-256 -> title."""
    parts = [names.country(code) for code in filters.countries]
    parts += [*filters.kinds, *(names.language(code) for code in filters.languages), *filters.organisations]
    if filters.since and filters.until:
        parts.append(
            f"{filters.since}–{filters.until}" if filters.since != filters.until else str(filters.since)
        )
    elif filters.since or filters.until:
        parts.append(f"since {filters.since}" if filters.since else f"until {filters.until}")
    parts += [(titles or {}).get(document, document) for document in filters.documents[:1]]
    if len(filters.documents) > 1:
        parts[-1] = f"{len(filters.documents)} documents"
    return ", ".join(parts)


def _named(values: Iterable[str], name: Callable[[str], str]) -> Choices:
    return sorted(((name(value), value) for value in set(values) if value and name(value)), key=_by_label)


def _by_label(choice: tuple[str, str]) -> str:
    return choice[0].casefold()


def _documents(sources: Sequence[Source]) -> Choices:
    """Titles; where two documents share one, the file's name tells them apart."""
    titles = Counter(source.title for source in sources)
    named = (
        (f"{source.title} ({source.name})" if titles[source.title] > 1 else source.title, source.document)
        for source in sources
    )
    return sorted(named, key=_by_label)
