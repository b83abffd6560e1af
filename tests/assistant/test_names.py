"""What a question names: names as they begin, without countries, acronyms and first words."""

from __future__ import annotations

import pytest

from assistant.names import acronyms_asked, holds_year, names_asked, years_asked


@pytest.mark.parametrize(
    ("question", "language", "found"),
    [
        ("What did the network achieve in Palermo?", "en", {"paler"}),
        ("Palermo did what?", "en", set()),  # its capital may be that of a first word
        ("How many were trained? Women only?", "en", set()),
        ("What was phase III of the project in Nigeria about?", "en", {"iii"}),
        ("What does the UNSDCF of Kenya say?", "en", set()),
        ("Quel est le budget de l'atelier de Médina ?", "fr", {"medin"}),
        ("¿Qué hizo el proyecto en Choluteca?", "es", {"cholu"}),
        ("Кто руководит комиссией в Бишкеке?", "ru", set()),  # endings change, and Latin has other letters
        ("", "en", set()),
    ],
)
def test_names_asked(question: str, language: str, found: set[str]) -> None:
    assert names_asked(question, language) == found


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("What did IOM and UNHCR do with the NGOs?", {"IOM", "UNHCR", "NGOs"}),
        ("Que dit l'OIM ?", {"OIM"}),
        ("what did iom do?", set()),
        ("WHAT DID IOM DO?", set()),  # all capitals tell nothing
        ("What do IB.0238, A/RES/70, COVID-19 and SDG16 stand for?", set()),  # codes and goals
        ("Which IOM-funded report is dated YYYY-MM-DD?", {"IOM"}),
        ("What of phase III of the EU's fund?", set()),  # a numeral, and two letters
    ],
)
def test_acronyms_asked(question: str, found: set[str]) -> None:
    assert acronyms_asked(question) == found


def test_years() -> None:
    assert years_asked("Between 2020-2024 and again in 2024, of 2,019 people in A/2023/5?") == (2020, 2024)
    assert holds_year(2021, "Report for 2021")
    assert holds_year(2024, "Plan 2023/24")
    assert not holds_year(2021, "Plan 2020-2024")  # within a period, which the description tells
