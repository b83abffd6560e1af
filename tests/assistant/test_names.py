"""What a question names: names as they begin, without countries, acronyms and first words."""

from __future__ import annotations

import pytest

from assistant.names import names_asked


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
