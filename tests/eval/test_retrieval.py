"""Ranking measures, each worked out on paper."""

from __future__ import annotations

from math import log2

import pytest

from eval.results import Found, Place
from eval.retrieval import pages, ranking


def found(*places: Place) -> tuple[Found, ...]:
    return tuple(Found(name, page, f"{name}-{at}") for at, (name, page) in enumerate(places))


def test_passages_of_a_page_count_once() -> None:
    hits = found(("a", 1), ("a", 1), ("b", None), ("a", 2), ("b", None))
    assert pages(hits) == (("a", 1), ("b", None), ("a", 2))
    ranked = ranking(hits, {("a", 2)})
    assert ranked.page_rank == 3
    assert ranked.reciprocal_rank == pytest.approx(1 / 3)
    assert (ranked.hit1, ranked.hit5, ranked.hit10) == (False, True, True)


def test_ndcg_of_two_gold_pages_one_found_second() -> None:
    # DCG 1/log2(3); ideal 1 + 1/log2(3); 0.3869
    ranked = ranking(found(("b", 1), ("a", 1)), {("a", 1), ("a", 9)})
    assert ranked.ndcg10 == pytest.approx((1 / log2(3)) / (1 + 1 / log2(3)))
    assert ranked.reciprocal_rank == pytest.approx(0.5)


def test_first_and_only_is_perfect() -> None:
    ranked = ranking(found(("a", 1), ("b", 1)), {("a", 1)})
    assert (ranked.hit1, ranked.ndcg10, ranked.reciprocal_rank, ranked.page_rank) == (True, 1, 1, 1)
    assert not ranked.wrong_page


def test_sixth_and_eleventh() -> None:
    others: list[Place] = [("a", page) for page in range(1, 11)]
    sixth = ranking(found(*others), {("a", 6)})
    assert (sixth.hit5, sixth.hit10) == (False, True)
    assert sixth.reciprocal_rank == pytest.approx(1 / 6)
    assert sixth.ndcg10 == pytest.approx(1 / log2(7))
    assert sixth.wrong_page
    assert sixth.document_hit5
    eleventh = ranking(found(*others, ("a", 11)), {("a", 11)})
    assert (eleventh.hit10, eleventh.reciprocal_rank, eleventh.ndcg10) == (False, 0, 0)
    assert eleventh.page_rank == 11


def test_wrong_page_needs_the_right_document_first() -> None:
    assert ranking(found(("a", 2), ("b", 1)), {("a", 1)}).wrong_page
    behind = ranking(found(("b", 1), ("a", 2)), {("a", 1)})
    assert (behind.wrong_page, behind.document_hit5) == (False, True)


def test_a_document_among_the_first_five_pages_only() -> None:
    late = found(*(("b", page) for page in range(1, 6)), ("a", 1))
    assert not ranking(late, {("a", 1)}).document_hit5


def test_nothing_found_and_no_pages() -> None:
    nothing = ranking((), {("a", 1)})
    assert (nothing.hit10, nothing.page_rank, nothing.ndcg10, nothing.wrong_page) == (False, None, 0, False)
    assert ranking(found(("notes.md", None)), {("notes.md", None)}).hit1
    with pytest.raises(ValueError, match="gold"):
        ranking((), set())
