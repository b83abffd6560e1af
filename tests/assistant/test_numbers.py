"""Numbers are compared as numbers, however they are written."""

from __future__ import annotations

import pytest

from assistant.numbers import numbers


@pytest.mark.parametrize(
    "text", ["1,200", "1 200", "1.200", "1200", "1\u00a0200", "1\u202f200", "1'200", "١٬٢٠٠", "١٢٠٠"]
)
def test_one_number_has_one_form(text: str) -> None:
    assert numbers(f"({text})") == {"1200"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("12.5 %", {"12.5"}),
        ("12,5 %", {"12.5"}),
        ("١٢٫٥", {"12.5"}),
        ("12.50", {"12.5"}),
        ("0.125", {"0.125"}),
        ("1,234,567.5", {"1234567.5"}),
        ("1.234.567,5", {"1234567.5"}),
        ("2.3 million", {"2300000"}),
        ("2,3 millions", {"2300000"}),
        ("2,3 млн", {"2300000"}),
        ("230万", {"2300000"}),
        ("2019-2021", {"2019", "2021"}),
        ("in 2020 150 people", {"2020", "150"}),
        ("19.04.2023", {"19", "4", "2023"}),
        ("2022年", {"2022"}),
        ("CO2 and H2020", set()),
        ("version 007.", {"7"}),
        ("145", {"145"}),
    ],
)
def test_numbers_of_many_shapes(text: str, found: set[str]) -> None:
    assert numbers(text) == found


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("twenty", "en"),
        ("vingt", "fr"),
        ("veinte", "es"),
        ("двадцати", "ru"),
        ("عشرون", "ar"),
        ("二十个", "zh"),
    ],
)
def test_numbers_in_words_count_where_the_language_is_known(text: str, language: str) -> None:
    assert numbers(text, language) == {"20"}
    assert numbers(text) == set()
