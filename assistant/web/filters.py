"""Filters on the screen: the choices the library offers, what was chosen, and that in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from assistant.answer import Filters, Source
from assistant.search import resolve
from assistant.web import names
from assistant.web.words import Said, listed, say

Choices = list[tuple[str, str]]  # (label, value)
ANY_YEAR = ""
# What can be chosen of documents with newer versions -> its words, `Filters.in_force`.
VERSIONS = {"": ("any_version", None), "yes": ("in_force", True), "no": ("superseded", False)}


@dataclass(frozen=True)
class Offer:
    """What can be chosen, each as (label, value) in the order shown."""

    countries: Choices
    kinds: Choices
    languages: Choices
    organisations: Choices
    years: Choices
    documents: Choices


def offer(sources: Sequence[Source], ui: str = "en") -> Offer:
    """The choices that at least one of `sources` answers to. ui: the interface's language."""
    periods = [(source.period or (source.published, source.published)) for source in sources]
    known = [year for period in periods for year in period if year]
    years = [(str(year), str(year)) for year in range(max(known), min(known) - 1, -1)] if known else []
    codes = (code for source in sources for code in source.countries)
    return Offer(
        countries=_named(codes, partial(names.country, ui=ui)),
        kinds=_named((source.kind for source in sources), partial(names.kind, ui=ui)),
        languages=_named((source.language for source in sources), partial(names.language, ui=ui)),
        organisations=_named((name for source in sources for name in source.organisations), str),
        years=[(say(ui, "filters.any_year"), ANY_YEAR), *years],
        documents=_documents(sources),
    )


def versions(word: Callable[[str], str]) -> Choices:
    """In force, superseded or both, as (label, value). word: gives the words of a key."""
    return [(word(f"filters.{key}"), value) for value, (key, _) in VERSIONS.items()]


def chosen(
    countries: Sequence[str],
    kinds: Sequence[str],
    languages: Sequence[str],
    organisations: Sequence[str],
    since: str,
    until: str,
    documents: Sequence[str],
    in_force: str = "",
) -> Filters:
    """The filters as set on the screen; raises `Said` for years the wrong way round.

    in_force: one of VERSIONS.
    """
    first, last = (int(year) if year else None for year in (since, until))
    if first and last and first > last:
        raise Said("ask.years", first=first, last=last)
    return Filters(
        tuple(countries), tuple(kinds), tuple(languages), tuple(organisations), first, last, tuple(documents),
        VERSIONS[in_force][1],
    )  # fmt: skip


def remaining(filters: Filters, sources: Sequence[Source], ui: str = "en") -> str:
    """How many of `sources` the filters leave, as a sentence; "" where nothing is filtered."""
    left = resolve(filters, sources)
    if left is None:
        return ""
    if not left:
        return say(ui, "filters.none_left")
    return say(ui, "filters.remain", count=len(left), all=len(sources))


def in_words(filters: Filters, titles: dict[str, str] | None = None, ui: str = "en") -> str:
    """ "Senegal, Evaluation, since 2019"; "" where nothing is set. `titles`: SHA-256 -> title."""
    parts = [names.country(code, ui) for code in filters.countries]
    parts += [names.kind(kind, ui) for kind in filters.kinds]
    parts += [*(names.language(code, ui) for code in filters.languages), *filters.organisations]
    if filters.since and filters.until:
        same = filters.since == filters.until
        parts.append(str(filters.since) if same else f"{filters.since}–{filters.until}")
    elif filters.since:
        parts.append(say(ui, "filters.since", year=filters.since))
    elif filters.until:
        parts.append(say(ui, "filters.until", year=filters.until))
    if len(filters.documents) == 1:
        parts += [(titles or {}).get(document, document) for document in filters.documents]
    elif filters.documents:
        parts.append(say(ui, "filters.these_documents", count=len(filters.documents)))
    if filters.in_force is not None:
        parts.append(say(ui, "filters.only_in_force" if filters.in_force else "filters.only_superseded"))
    return listed(ui, parts)


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
