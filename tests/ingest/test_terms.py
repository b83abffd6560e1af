"""Index terms: one form for the forms of a word, in its language, in six languages and none."""

from __future__ import annotations

import threading

import pytest

from ingest.terms import terms


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "Evaluations", "evaluation"),
        ("fr", "ÉVALUATIONS", "évaluation"),
        ("es", "comunidades", "comunidad"),
        ("ru", "программы", "программа"),
        ("ar", "التنمية", "تنمية"),
        ("und", "CAFÉ", "cafe"),
    ],
)
def test_forms_of_a_word_are_one_term(language: str, one: str, other: str) -> None:
    assert terms(one, language) == terms(other, language) != []


def test_different_words_stay_apart() -> None:
    assert terms("outcome", "en") != terms("output", "en")
    assert terms("évaluations", "en") != terms("evaluation", "fr") or terms("running", "und") == ["running"]


def test_chinese_is_indexed_in_pairs_of_characters() -> None:
    assert terms("可持续发展", "zh") == ["可持", "持续", "续发", "发展"]
    assert terms("水", "zh") == ["水"]
    assert terms("2030年议程 SDG", "zh") == ["2030", "年议", "议程", "sdg"]


def test_numbers_and_codes_are_kept_as_they_are() -> None:
    assert terms("A/80/74: 1,234.5 in CO_2", "en") == ["a", "80", "74", "1", "234", "5", "in", "co", "2"]


def test_threads_do_not_share_a_stemmer() -> None:
    words = [
        f"evaluat{suffix} {number}organisations" for number in range(50) for suffix in ("ions", "ing", "ed")
    ]
    expected = [terms(word, "en") for word in words]
    found: list[list[list[str]]] = []

    def work() -> None:
        from ingest.terms import _term

        _term.cache_clear()
        found.append([terms(word, "en") for word in words])

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4
