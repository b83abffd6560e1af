"""Text as readers hand it on: what is folded, joined and removed, and what is left as it was."""

from __future__ import annotations

import pytest

from ingest.clean import join_lines, normalise


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("of\ufb01cial e\ufb00orts, a\ufb04uent", "official efforts, affluent"),
        ("a\x00b", "a b"),
        ("before\ud800after", "before after"),
        ("\uf0b7 first point", "first point"),
        ("e\u0301tat", "\u00e9tat"),
        ("12\u00a0000\u202fpeople\n\tin  need ", "12 000 people in need"),
        ("co\u00adoperation\u200b", "cooperation"),
        ("pay \u202eyap\u202c \u2067now\u2069\U000e0041\U000e0042", "pay yap now"),
        ("مؤشر 2.1 — 发展 «развитие»", "مؤشر 2.1 — 发展 «развитие»"),
    ],
)
def test_normalise(given: str, expected: str) -> None:
    assert normalise(given) == expected
    expected.encode("utf-8")
    assert normalise(expected) == expected  # nothing is left to do the second time


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["sustainable develop-", "ment of towns"], "sustainable development of towns"),
        (["réorga-", "écrite"], "réorgaécrite"),
        (["развит\u2010", "ие общин"], "развитие общин"),
        (
            ["the Guinea-", "Bissau office"],
            "the Guinea- Bissau office",
        ),  # a capital: the hyphen may be its own
        (["in 2019-", "2023"], "in 2019- 2023"),
        (["women and", "men"], "women and men"),
    ],
)
def test_lines_are_joined_and_broken_words_made_whole(lines: list[str], expected: str) -> None:
    assert join_lines(lines) == expected


def test_a_soft_hyphen_at_the_line_end_joins_the_word() -> None:
    assert join_lines(["sustainable develop\u00ad", "ment"]) == "sustainable development"
