"""Search: a dense and a lexical leg, their scores fused, with filters and the names that a question holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from assistant.answer import AssistantError, Filters, Hit, Source
from assistant.live import Readable
from assistant.questions import names
from ingest.documents import Kind
from ingest.editions import Version, version
from ingest.embeddings import Embedder
from ingest.languages import question_language
from ingest.organisations import organisation
from ingest.places import country_code, find_countries
from ingest.terms import terms

DEPTH = 150  # passages each leg is asked for
LATIN = frozenset({"en", "fr", "es", "pt"})
# The legs' scores are added, each as a share of its best (Bruch, Gai, Ingber 2023, "An Analysis of Fusion
# Functions for Hybrid Retrieval"). A cosine counts from FLOOR standard deviations below that of a passage
# drawn at random. Against reciprocal rank fusion (k = 10), page hits at 1/5/10: questions .57/.81/.88 for
# .57/.76/.87, statements .85/.99/.99 for .73/.98/.99; XQuAD English nDCG@10 .982 for .967. LEXICAL .4 to .8
# and FLOOR 2 to 6 are within .03 of that; a floor nearer to the mean is worse.
FLOOR = 3.0
LEXICAL = 0.65  # weight of the lexical leg against the dense one
# What a passage in another language, which no word can find, gets for its dense share in the lexical leg's
# place: else any document in the question's language would beat the one that answers.
ABROAD = 0.5
# What names and numbers of the question, which other languages write alike, add to that for the passage that
# has most of them: page hits at 1/5/10 of questions .62/.87/.93 for .59/.82/.88 without; .25 and 1: .91.
NAMES_ABROAD = 0.5
# For the passages nearest to the question within the documents that it names: the first gets NAMED, the one
# at HALF of that.
NAMED, HALF, DEPTH_NAMED = 0.3, 30, 40
# What a name in the question that is in a document's description is worth.
COUNTRY, CODE, YEAR = 0.1, 0.25, 0.03
# What a passage of a superseded document, or of a twin, loses. With the same words in both versions the older
# one's score was up to .036 higher in 95 of 100 cases, .25 at most (15 sample documents with revised copies,
# 67 passages). Of 50 passages that only the older one has, 48 stayed among the first five for 49 without it
# (47 at .2, 37 at .5).
AGED = 0.1
A_DOCUMENT = 5  # passages one document may have among the first ten, unless a filter names documents
TWIN = 0.8  # share of common terms from which two passages say the same

_CODE = re.compile(r"\b(?:[A-Z]{1,5}(?:[/.-][A-Z0-9]{1,8})+|[A-Z]{2}[.]?\d{4}[A-Z0-9]*)\b")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_OLDER = re.compile(
    r"\b(?:superseded|previous|earlier|older|former|outdated) (?:version|edition|draft|text|guidance)"
    r"|\b(?:ancienne version|version (?:précédente|antérieure)|versi[óo]n(?:es)? anterior|versão anterior)"
    r"|\b(?:предыдущ|прежн|устаревш)\w+ (?:верси|редакци|издани)|(?:السابقة|القديمة)|旧版|上一版|以前的版本",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Found:
    """What search hands on: the hits, best first, the question's language, and how many documents were
    searched."""

    hits: tuple[Hit, ...]
    language: str
    documents: int


def question_vector(embedder: Embedder, question: str) -> NDArray[np.float32]:
    """The question's vector, shape (d,), of length 1."""
    return np.asarray(embedder.embed_query(question), dtype=np.float32)


def search(
    generation: Readable, question: str, vector: NDArray[np.float32], *, k: int, filters: Filters
) -> Found:
    """The `k` best passages for `question`, whose vector (shape (d,)) is `vector`.

    Raises AssistantError where a filter names nothing that exists.
    """
    language = question_language(question)
    scope = resolve(filters, generation.sources.values())
    searched = len(generation.sources) if scope is None else len(scope)
    if scope is not None and not scope:
        return Found((), language, 0)
    dense = generation.nearest(vector, DEPTH, scope)
    lexical = generation.words.best(lexical_terms(question, language), language, DEPTH, scope)
    naming = Names.of(question)
    written = written_alike(generation, question, language, scope, DEPTH) if NAMES_ABROAD else {}
    aged = naming.aged(generation.sources.values()) if not filters.documents else frozenset[str]()
    named: dict[str, float] = {}
    for documents in naming.scopes(generation.sources.values()):
        inside = generation.nearest(vector, DEPTH_NAMED, documents if scope is None else documents & scope)
        for place, (id_, _) in enumerate(inside):
            named[id_] = max(named.get(id_, 0.0), NAMED / (1 + place / HALF))
    words = dict(lexical)
    ids = {id_ for id_, _ in dense} | words.keys() | named.keys() | written.keys()
    cosine = generation.cosines(vector, ids)
    ranked: dict[str, float] = {}
    for id_, near in shares(cosine, *generation.typical(vector)).items():
        source = generation.source_of(id_)
        if source.language in (language, "und"):
            by_words = words.get(id_, 0.0) / lexical[0][1] if lexical else 0.0
        else:
            by_words = ABROAD * near + NAMES_ABROAD * written.get(id_, 0.0)
        ranked[id_] = near + LEXICAL * by_words + named.get(id_, 0.0) + naming.worth(source)
        ranked[id_] -= AGED * (source.document in aged)
    ranks_dense = {id_: rank for rank, (id_, _) in enumerate(dense, 1)}
    ranks_lexical = {id_: rank for rank, (id_, _) in enumerate(lexical, 1)}
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
    return Found(tuple(spread(hits, k, cap, aged)), language, searched)


def written_alike(
    generation: Readable, question: str, language: str, scope: frozenset[str] | None, limit: int
) -> dict[str, float]:
    """Passage id -> how many, by rarity, of the question's names and numbers it holds, the best 1; passages
    in other languages that are written in Latin letters."""
    wanted = " ".join(sorted(names(question, language) | set(re.findall(r"\d{2,}", question))))
    if not wanted:
        return {}
    found: dict[str, float] = {}
    for other in sorted({source.language for source in generation.sources.values()} & LATIN - {language}):
        found.update(generation.words.best(terms(wanted, other), other, limit, scope))
    best = max(found.values(), default=1.0)
    return {id_: score / best for id_, score in found.items()}


def lexical_terms(question: str, language: str) -> list[str]:
    """The question's content words as index terms."""
    from assistant.words import stop_words

    stops = stop_words(language)
    found = terms(question, language)
    kept = [term for term in found if term not in stops and (len(term) > 1 or term.isdigit())]
    return kept or found


def shares(cosine: Mapping[str, float], mean: float, deviation: float) -> dict[str, float]:
    """Each cosine as a share of the best, 1, counted from FLOOR deviations below the mean, 0."""
    floor = mean - FLOOR * deviation
    widest = max(max(cosine.values(), default=0.0) - floor, 1e-6)
    return {id_: max(0.0, (value - floor) / widest) for id_, value in cosine.items()}


@dataclass(frozen=True)
class Names:
    """What a question names that documents are described by, in whatever language either is written.

    marks: of a version, as in "what did the draft say"; older: it asks for versions that are superseded.
    """

    countries: frozenset[str]
    codes: frozenset[str]
    years: frozenset[int]
    marks: Version = Version()  # noqa: RUF009
    older: bool = False

    @classmethod
    def of(cls, question: str) -> Names:
        return cls(
            frozenset(find_countries(question)),
            frozenset(_plain(code) for code in _CODE.findall(question)),
            frozenset(int(year) for year in _YEAR.findall(question)),
            version(question),
            bool(_OLDER.search(question)),
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

    def aged(self, sources: Iterable[Source]) -> frozenset[str]:
        """Documents that others stand for: superseded ones, but for those asked for, and twins."""
        return frozenset(
            source.document
            for source in sources
            if source.twin or (source.superseded and not (self._dates(source) or self._asks_for(source)))
        )

    def _dates(self, source: Source) -> bool:
        """Whether the question names the year or the symbol of this version."""
        years = {source.published, *(source.period or ())}
        return bool(self.years & years) or any(code in source_names(source) for code in self.codes)

    def _asks_for(self, source: Source) -> bool:
        """Whether the question asks for superseded versions, or names the marks of this one."""
        names = source.title, PurePath(source.name).stem
        return self.older or any(self.marks.names(version(name)) for name in names)

    def worth(self, source: Source) -> float:
        """What it adds to the score of the document's passages that the question names it."""
        found = COUNTRY if self.countries.intersection(source.countries) else 0.0
        if self.codes and any(code in source_names(source) for code in self.codes):
            found += CODE
        if self.years and source.published in self.years:
            found += YEAR
        if source.superseded and self._asks_for(source):
            found += AGED
        return found


def source_names(source: Source) -> str:
    """What a document is called, squeezed: "IB.0238" and "ib0238" are the same."""
    return _plain(f"{source.symbol} {source.name} {source.title}")


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.casefold())


def spread(hits: Iterable[Hit], k: int, cap: int | None, aged: frozenset[str] = frozenset()) -> list[Hit]:
    """The first `k` hits without near-duplicates and with at most `cap` of one document among each ten.

    Of near-duplicates one that is in none of the `aged` documents stands for the rest, else the first.
    """
    hits = _preferred(hits, aged)
    kept: list[Hit] = []
    later: list[Hit] = []
    seen: list[frozenset[str]] = []
    counts: dict[str, int] = {}
    for hit in hits:
        if len(kept) >= k:
            break
        words = _words(hit)
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


def _preferred(hits: Iterable[Hit], aged: frozenset[str]) -> list[Hit]:
    """`hits` with those of `aged` documents replaced by what says the same in others, where anything does."""
    found = list(hits)
    if not any(hit.passage.document in aged for hit in found):
        return found
    others = [(hit, _words(hit)) for hit in found if hit.passage.document not in aged]
    for place, hit in enumerate(found):
        if hit.passage.document in aged:
            words = _words(hit)
            better = next((other for other, its in others if _same(words, its)), None)
            if better is not None:
                found[place] = replace(better, score=max(better.score, hit.score))
    return found


def _words(hit: Hit) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", hit.passage.text.casefold()))


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
    if filters.in_force is not None and filters.in_force == bool(source.superseded):
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
