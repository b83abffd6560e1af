"""What a question names and the library lacks: countries, years, codes, a country's document."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence

from assistant.answer import Hit, Source
from assistant.names import holds_year, years_asked
from ingest.documents import Kind

# A project code or document symbol: "IB.0238", "A/80/74", "NG20P0516".
_CODE = re.compile(
    r"(?<![\w.])(?=[\w./-]*\d{2})[A-Z]{1,6}[./]?\d[\w./-]*\d(?!\w)|(?<!\w)[A-Z]{1,4}(?:/[\w.]+){2,}"
)


def missing_names(
    question: str, hits: Sequence[Hit], known_countries: Container[str], language: str = "en"
) -> tuple[str, ...]:
    """What the question names and nothing found has: countries (by name in `language`), years, codes.

    A country of `known_countries` (alpha-3: the library has a document about it) is never called missing, nor
    one that a passage found, its headings or its document's description names; and none is where another
    country of the question was found: "Canada-funded project in Mali" is about Mali.
    """
    from ingest.places import country_name, find_countries

    texts = [
        " ".join(
            (hit.source.title, hit.source.name, hit.source.symbol, *hit.passage.headings, hit.passage.text)
        )
        for hit in hits
    ]
    everything = "\n".join(texts)
    there = set(find_countries(everything)).union(*(hit.source.countries for hit in hits))
    named = find_countries(question)
    missing = []
    if not any(code in there or code in known_countries for code in named):
        missing = [country_name(code, language) for code in named]
    years = years_asked(question)
    if not any(_has_year(year, everything, hits) for year in years):  # of "2020-2024" one is enough
        missing += map(str, years)
    squeezed = re.sub(r"\W", "", everything).casefold()
    missing += [
        code
        for code in dict.fromkeys(_CODE.findall(question))
        if re.sub(r"\W", "", code).casefold() not in squeezed
    ]
    return tuple(missing)


def _has_year(year: int, text: str, hits: Sequence[Hit]) -> bool:
    if holds_year(year, text):
        return True
    periods = [hit.source.period for hit in hits if hit.source.period is not None]
    return any(since <= year <= until for since, until in periods) or any(
        hit.source.published == year for hit in hits
    )


def missing_document(
    question: str, hits: Sequence[Hit], sources: Iterable[Source]
) -> tuple[Kind, str] | None:
    """(kind, alpha-3) where the question names one country's own document and `sources` have none such.

    "Kenya's NDC" is missing from a library that knows Kenya from its laws and other countries by their NDCs.
    Not where a passage found names both: it may tell what that document says.
    """
    from ingest.kinds import country_document
    from ingest.places import find_countries

    kind = country_document(question)
    named = find_countries(question)
    if kind is None or len(named) != 1:
        return None
    (country,) = named
    if any(source.kind == kind and country in source.countries for source in sources):
        return None
    for hit in hits:
        text = " ".join((hit.source.title, *hit.passage.headings, hit.passage.text))
        if country_document(text) is kind and country in find_countries(text):
            return None
    return kind, country
