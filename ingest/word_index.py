"""The word index asked: which passages hold a question's terms, ranked by BM25."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from ingest.catalogue import Catalogue

# How much a term in the passage's own words, one in its title or headings, and the passage's length against
# the mean count. The index keeps whether a field holds a term, not how often, so little is left to saturate:
# page hits at 1/5/10 of questions .56/.84/.88, of statements .86/.99/.99; with weights 2.5 and 1 and length
# at the usual .75: .46/.79/.82, .79/.96/.96.
BODY, FRONT, LENGTH = 8.0, 3.3, 0.3
_REMEMBERED = 128  # terms: a question's names are looked up for each language


class WordIndex:
    """BM25 over one generation (Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework").

    FTS5 finds the passages that hold a term, which takes it 1 ms; its own scoring reads a row of another
    table for each of them: of 27,590 passages p95 110 ms, where this takes 10. Rarity is counted among the
    passages of one language, so that a French word is no rarer for standing in an English library.
    Safe to use from several threads.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._only: frozenset[str] | None = None
        self._holding = lru_cache(maxsize=_REMEMBERED)(self._weights)

    def of(self, documents: frozenset[str]) -> WordIndex:
        """The same index as though the generation held `documents` alone; what is in others counts not."""
        _ = self._table, self._shas  # filled before they are shared
        found = copy(self)
        found._only = documents
        return found

    def best(
        self, question: Sequence[str], language: str, limit: int, documents: frozenset[str] | None = None
    ) -> list[tuple[str, float]]:
        """(passage id, BM25 score above 0), best first, of passages in `language` that hold a term of
        `question` (index terms); those of unknown language count as its own. `documents` restricts."""
        among = self._in_language(language)
        total = int(among.sum())
        scores = np.zeros(len(among), np.float32)
        length = self._lengths * (total / max(1.0, float(self._lengths @ among)))
        for term in dict.fromkeys(question):
            rows, weight = self._holding(term)
            here = among[rows]
            rows, weight = rows[here], weight[here]
            held = len(rows)
            rarity = np.log(1 + (total - held + 0.5) / (held + 0.5))
            scores[rows] += rarity * weight / (weight + 1 - LENGTH + LENGTH * length[rows])
        if documents is not None:
            scores *= self._of_documents(documents)
        found = np.flatnonzero(scores)
        order = np.lexsort((found, -scores[found]))[:limit]
        rows = found[order]
        ids = self._catalogue.ids_of_rows(rows.tolist())
        return [(ids[row], float(scores[row])) for row in rows.tolist()]

    def holding(self, forms: Iterable[Sequence[str]], language: str) -> dict[str, bool]:
        """Id of each passage in `language` (or an unknown one) that holds all terms of any of `forms`: True
        where its own words do, False where title or headings are needed."""
        among = self._in_language(language)
        own, either = (np.zeros(len(among), np.bool_) for _ in range(2))
        for form in forms:
            body = [self._rows(term, "body") for term in form]
            own |= np.logical_and.reduce(body)
            either |= np.logical_and.reduce(
                [rows | self._rows(term, "front") for rows, term in zip(body, form, strict=True)]
            )
        rows = np.flatnonzero((own | either) & among)
        ids = self._catalogue.ids_of_rows(rows.tolist())
        return {ids[row]: bool(own[row]) for row in rows.tolist()}

    @property
    def size(self) -> int:
        """How many passages it holds."""
        return int(np.count_nonzero(self._of_documents(sha for sha, _ in self._entries if self._sees(sha))))

    def _sees(self, sha: str) -> bool:
        return self._only is None or sha in self._only

    def _in_language(self, language: str) -> NDArray[np.bool_]:
        return self._of_documents(
            sha for sha, name in self._entries if name in (language, "und") and self._sees(sha)
        )

    def _rows(self, term: str, column: Literal["front", "body"]) -> NDArray[np.bool_]:
        held = np.zeros(len(self._lengths), np.bool_)
        held[self._catalogue.rows_holding(term, column)] = True
        return held

    def _weights(self, term: str) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """The rows that hold `term`, and its weight in each."""
        weight = np.zeros(len(self._lengths), np.float32)
        weight[self._catalogue.rows_holding(term, "body")] = BODY
        weight[self._catalogue.rows_holding(term, "front")] += FRONT
        rows = np.flatnonzero(weight)
        return rows, weight[rows]

    def _of_documents(self, documents: Iterable[str]) -> NDArray[np.bool_]:
        """Whether each row is a passage of one of `documents`."""
        return np.isin(self._documents, [self._shas[sha] for sha in documents if sha in self._shas])

    @cached_property
    def _table(self) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        rows = self._catalogue.row_lengths()
        documents = np.full(1 + max((row for row, _, _ in rows), default=0), -1, np.int32)
        lengths = np.zeros(len(documents), np.float32)
        for row, sha, length in rows:
            documents[row], lengths[row] = self._shas[sha], length
        return documents, lengths

    @property
    def _documents(self) -> NDArray[np.int32]:
        """Row -> number of its document, -1 where a row is free."""
        return self._table[0]

    @property
    def _lengths(self) -> NDArray[np.float32]:
        """Row -> how many terms the passage's own words have."""
        return self._table[1]

    @cached_property
    def _entries(self) -> list[tuple[str, str]]:
        """(SHA-256, language) of each document."""
        return [(entry.sha, entry.description.language) for entry in self._catalogue.documents()]

    @cached_property
    def _shas(self) -> dict[str, int]:
        return {sha: number for number, (sha, _) in enumerate(self._entries)}
