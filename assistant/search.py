"""Search: a dense and a lexical leg fused by rank, with filters and the names that a question holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from assistant.answer import AssistantError, Filters, Hit, Source
from assistant.live import Generation
from ingest.documents import Kind
from ingest.embeddings import Embedder
from ingest.languages import question_language
from ingest.organisations import organisation
from ingest.places import country_code, find_countries
from ingest.terms import terms

DEPTH = 150  # passages each leg is asked for
# Reciprocal rank fusion (Cormack, Clarke, Buettcher 2009). Their 60 levels the ranks. Page hits at 1 and 5
# measured with 60, 20, 10, 5: questions .52/.74, .53/.75, .57/.78, .54/.78; statements .70/.89, .73/.96,
# .74/.98, .74/.98.
RRF = 10
LEXICAL = 1.0  # weight of the lexical leg against the dense one
# What a passage in another language, which no word can find, gets for its dense rank in the lexical leg's
# place: else any document in the question's language would beat the one that answers.
ABROAD = 0.5
NAMED, DEPTH_NAMED = 0.8, 40  # weight and depth of the search inside the documents that a question names
# What a name in the question that is in a document's description is worth, in first places of one leg.
COUNTRY, CODE, YEAR = 0.35, 0.8, 0.1
A_DOCUMENT = 5  # passages one document may have among the first ten, unless a filter names documents
TWIN = 0.8  # share of common terms from which two passages say the same

_CODE = re.compile(r"\b(?:[A-Z]{1,5}(?:[/.-][A-Z0-9]{1,8})+|[A-Z]{2}[.]?\d{4}[A-Z0-9]*)\b")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@dataclass(frozen=True)
class Found:
    """What search hands on: the hits, best first, the question's language and vector, and how many
    documents were searched."""

    hits: tuple[Hit, ...]
    language: str
    vector: NDArray[np.float32]
    documents: int


def question_vector(embedder: Embedder, question: str) -> NDArray[np.float32]:
    """The question's vector, shape (d,), of length 1."""
    return np.asarray(embedder.embed_query(question), dtype=np.float32)


def search(
    generation: Generation, question: str, vector: NDArray[np.float32], *, k: int, filters: Filters
) -> Found:
    """The `k` best passages for `question`, whose vector (shape (d,)) is `vector`.

    Raises AssistantError where a filter names nothing that exists.
    """
    language = question_language(question)
    scope = resolve(filters, generation.sources.values())
    searched = len(generation.sources) if scope is None else len(scope)
    if scope is not None and not scope:
        return Found((), language, vector, 0)
    dense = generation.nearest(vector, DEPTH, scope)
    lexical = generation.catalogue.lexical(lexical_terms(question, language), language, DEPTH, scope)
    named = Names.of(question)
    legs = [(1.0, dense), (LEXICAL, lexical)]
    cosine = dict(dense)
    for documents in named.scopes(generation.sources.values()):
        inside = generation.nearest(vector, DEPTH_NAMED, documents if scope is None else documents & scope)
        legs.append((NAMED, inside))
        cosine.update(inside)
    ranks_dense = {id_: rank for rank, (id_, _) in enumerate(dense, 1)}
    ranks_lexical = {id_: rank for rank, (id_, _) in enumerate(lexical, 1)}
    ranked: dict[str, float] = {}
    for id_, fused in fuse(legs).items():
        source, rank = generation.source_of(id_), ranks_dense.get(id_)
        ranked[id_] = fused + named.worth(source) / (RRF + 1)
        if rank and source.language not in (language, "und"):
            ranked[id_] += ABROAD * LEXICAL / (RRF + rank)
    # Near-duplicates and a crowding document are passed over, so more than k are looked at.
    best = sorted(ranked, key=lambda id_: (-ranked[id_], id_))[: max(60, 6 * k)]
    hits = [
        Hit(
            passage,
            generation.sources[passage.document],
            ranked[id_],
            ranks_dense.get(id_),
            ranks_lexical.get(id_),
            cosine.get(id_),
        )
        for id_, passage in generation.catalogue.passages(best).items()
    ]
    hits.sort(key=lambda hit: (-hit.score, hit.passage.id))
    cap = None if filters.documents else A_DOCUMENT
    return Found(tuple(spread(hits, k, cap)), language, vector, searched)


def lexical_terms(question: str, language: str) -> list[str]:
    """The question's content words as index terms."""
    from assistant.words import stop_words

    stops = stop_words(language)
    found = terms(question, language)
    kept = [term for term in found if term not in stops and (len(term) > 1 or term.isdigit())]
    return kept or found


def fuse(legs: Iterable[tuple[float, Sequence[tuple[str, float]]]]) -> dict[str, float]:
    """Passage id -> fused score of (weight, leg) pairs. What a leg did not find gets nothing from it."""
    scores: dict[str, float] = {}
    for weight, leg in legs:
        for rank, (id_, _) in enumerate(leg, 1):
            scores[id_] = scores.get(id_, 0.0) + weight / (RRF + rank)
    return scores


@dataclass(frozen=True)
class Names:
    """What a question names that documents are described by, in whatever language either is written."""

    countries: frozenset[str]
    codes: frozenset[str]
    years: frozenset[int]

    @classmethod
    def of(cls, question: str) -> Names:
        return cls(
            frozenset(find_countries(question)),
            frozenset(_plain(code) for code in _CODE.findall(question)),
            frozenset(int(year) for year in _YEAR.findall(question)),
        )

    def scopes(self, sources: Iterable[Source]) -> list[frozenset[str]]:
        """For each country and each code that the question names: the documents described by it.

        Each is searched by itself, so that a document in another language, or the other side of a
        comparison, is not drowned. A name that describes much of the library tells nothing.
        """
        known = list(sources)
        found = [
            frozenset(source.document for source in known if country in source.countries)
            for country in sorted(self.countries)[:4]
        ]
        found += [
            frozenset(source.document for source in known if code in source_names(source))
            for code in sorted(self.codes)[:4]
        ]
        return [documents for documents in found if 0 < len(documents) <= max(8, len(known) // 5)]

    def worth(self, source: Source) -> float:
        """How much of what the question names describes the document, in first places of one leg."""
        found = COUNTRY if self.countries.intersection(source.countries) else 0.0
        if self.codes and any(code in source_names(source) for code in self.codes):
            found += CODE
        if self.years and source.published in self.years:
            found += YEAR
        return found


def source_names(source: Source) -> str:
    """What a document is called, squeezed: "IB.0238" and "ib0238" are the same."""
    return _plain(f"{source.symbol} {source.name} {source.title}")


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.casefold())


def spread(hits: Iterable[Hit], k: int, cap: int | None) -> list[Hit]:
    """The first `k` hits without near-duplicates and with at most `cap` of one document among each ten."""
    kept: list[Hit] = []
    later: list[Hit] = []
    seen: list[frozenset[str]] = []
    counts: dict[str, int] = {}
    for hit in hits:
        if len(kept) >= k:
            break
        words = frozenset(re.findall(r"\w+", hit.passage.text.casefold()))
        if any(_same(words, other) for other in seen):
            continue
        seen.append(words)
        document = hit.passage.document
        if cap is not None and counts.get(document, 0) >= cap * (1 + len(kept) // 10):
            later.append(hit)
            continue
        counts[document] = counts.get(document, 0) + 1
        kept.append(hit)
    # Where there is nothing else, one document may fill the list after all.
    return (kept + later)[:k]


def _same(one: frozenset[str], two: frozenset[str]) -> bool:
    if not one or not two or min(len(one), len(two)) < TWIN * max(len(one), len(two)):
        return False
    return len(one & two) >= TWIN * len(one | two)


def resolve(filters: Filters, sources: Iterable[Source]) -> frozenset[str] | None:
    """SHA-256 of the documents that `filters` leave, None where nothing is filtered."""
    if not filters:
        return None
    return frozenset(source.document for source in sources if _passes(filters, source))


def _passes(filters: Filters, source: Source) -> bool:
    if filters.countries and not set(filters.countries).intersection(source.countries):
        return False
    if filters.kinds and source.kind not in filters.kinds:
        return False
    if filters.languages and source.language not in filters.languages:
        return False
    if filters.organisations and not set(filters.organisations).intersection(source.organisations):
        return False
    if filters.documents and not any(
        source.name == wanted or (len(wanted) >= 8 and source.document.startswith(wanted))
        for wanted in filters.documents
    ):
        return False
    years = source.period or (source.published and (source.published, source.published))
    if filters.since is not None and not (years and years[1] >= filters.since):
        return False
    return not (filters.until is not None and not (years and years[0] <= filters.until))


def checked_filters(filters: Filters) -> Filters:
    """`filters` with names made codes (Senegal -> SEN, OIM -> IOM). Raises AssistantError on others."""
    kinds = {kind.value for kind in Kind}
    short = {
        "undaf": "framework",
        "unsdcf": "framework",
        "cooperation framework": "framework",
        "guidance": "guidance note",
    }
    wanted_kinds = tuple(short.get(kind.casefold(), kind.casefold()) for kind in filters.kinds)
    for kind in wanted_kinds:
        if kind not in kinds:
            raise AssistantError(f"there is no kind {kind!r}; the kinds are: {', '.join(sorted(kinds))}")
    countries = []
    for name in filters.countries:
        code = country_code(name)
        if code is None:
            raise AssistantError(f"{name!r} is no country; give its name or its ISO 3166 code")
        countries.append(code)
    organisations = tuple(organisation(name) or name for name in filters.organisations)
    if filters.since and filters.until and filters.since > filters.until:
        raise AssistantError(f"the years are the wrong way round: from {filters.since} to {filters.until}")
    return replace(filters, countries=tuple(countries), kinds=wanted_kinds, organisations=organisations)
