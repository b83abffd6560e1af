"""How well search found a question's gold pages: hits, reciprocal rank, nDCG, by page and by document."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from eval.results import Found, Place

DEEP = 10


@dataclass(frozen=True)
class Ranking:
    """The ranked pages of one question against its gold pages, any of which is relevant.

    hit1/5/10: a gold page is among the first 1, 5, 10 (Success@k). reciprocal_rank: 1 / rank of the first
    gold page, 0 below the tenth (RR@10; Voorhees 1999, TREC-8). ndcg10: nDCG@10 with gain 1 for each gold
    page (Järvelin & Kekäläinen 2002, ACM TOIS 20:422). document_hit5: a page of a gold document is among the
    first five. wrong_page: the first page is of a gold document, but no gold page is among the first five.
    """

    hit1: bool
    hit5: bool
    hit10: bool
    reciprocal_rank: float
    ndcg10: float
    page_rank: int | None  # of the first gold page, from 1
    document_hit5: bool
    wrong_page: bool


def pages(found: Sequence[Found]) -> tuple[Place, ...]:
    """The pages of the passages found, each once, where its best passage stands."""
    return tuple(dict.fromkeys(each.place for each in found))


def ranking(found: Sequence[Found], gold: Collection[Place]) -> Ranking:
    """Ranks of `gold` (at least one place) among the pages of `found`, by ir-measures (MacAvaney 2022)."""
    from ir_measures import RR, Qrel, ScoredDoc, Success, calc_aggregate, nDCG

    if not gold:
        raise ValueError("a ranking is judged against at least one gold page")
    ranked = pages(found)
    places = set(gold)
    names = {place: str(at) for at, place in enumerate(dict.fromkeys((*ranked, *places)))}
    wanted = [Success @ 1, Success @ 5, Success @ DEEP, RR @ DEEP, nDCG @ DEEP]
    value = calc_aggregate(
        wanted,
        [Qrel("q", names[place], 1) for place in places],
        [ScoredDoc("q", names[place], float(-at)) for at, place in enumerate(ranked)],
    )
    documents = {name for name, _ in places}
    first = next((at for at, place in enumerate(ranked, 1) if place in places), None)
    return Ranking(
        hit1=value[wanted[0]] == 1,
        hit5=value[wanted[1]] == 1,
        hit10=value[wanted[2]] == 1,
        reciprocal_rank=float(value[wanted[3]]),
        ndcg10=float(value[wanted[4]]),
        page_rank=first,
        document_hit5=any(name in documents for name, _ in ranked[:5]),
        wrong_page=bool(ranked) and ranked[0][0] in documents and value[wanted[1]] != 1,
    )
