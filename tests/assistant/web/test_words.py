"""The words of the chat: numbers, dates and names as each language writes them; which language is taken."""

from __future__ import annotations

import pytest

from assistant.web import names
from assistant.web.language import chosen
from assistant.web.words import LANGUAGES, WORDING, Said, direction, say, slot
from ingest.documents import Kind
from ingest.screen.words import WORDING as DOCUMENTS
from ingest.wording import filled

OTHERS = [language for language in LANGUAGES if language != "en"]


def test_numbers_and_dates_are_written_as_the_language_does() -> None:
    counted = {language: say(language, "answer.searched", count=12345) for language in OTHERS}
    assert counted == {
        "fr": "12\u202f345 documents consultés",
        "es": "12.345 documentos consultados",
        "ar": "جرى البحث في 12,345 وثيقة",
        "ru": "просмотрено 12\u00a0345 документов",
        "zh": "已检索12,345份文件",
    }
    few = [say("ar", "answer.searched", count=count) for count in (0, 1, 2, 3, 11, 100)]
    assert len(set(few)) == 6
    days = [names.day("2026-05-04T10:00:00+00:00", language) for language in LANGUAGES]
    assert days == [
        "4 May 2026",
        "4 mai 2026",
        "4 de mayo de 2026",
        "4 مايو 2026",
        "4 мая 2026\u202fг.",
        "2026年5月4日",
    ]
    assert [names.country("SEN", language) for language in LANGUAGES] == [
        "Senegal", "Sénégal", "Senegal", "السنغال", "Сенегал", "塞内加尔",
    ]  # fmt: skip


def test_words_and_numbers() -> None:
    assert say("en", "answer.searching", count=1) == "Searching 1 document…"
    assert say("en", "answer.searching", count=12345) == "Searching 12,345 documents…"
    assert say("xx", "ask.send") == "Ask"
    assert say("en", "filters.since", year=2019) == "since 2019"
    assert filled("en", f"<b>{slot('ask.send')}</b> @@no.key@@", [WORDING]) == "<b>Ask</b> @@no.key@@"
    with pytest.raises(KeyError):
        say("en", "no.such")
    with pytest.raises(KeyError):
        slot("no.such")
    assert [direction(language) for language in LANGUAGES] == ["ltr", "ltr", "ltr", "rtl", "ltr", "ltr"]
    error = Said("feedback.gone")
    assert error.said("en") == str(error) == say("en", "feedback.gone")


def test_every_kind_of_document_has_a_name() -> None:
    assert {f"kind.{str(kind).replace(' ', '_')}" for kind in Kind} <= DOCUMENTS.keys("en")


@pytest.mark.parametrize(
    ("cookie", "accepted", "language"),
    [
        ("", "", "en"),
        ("ar", "fr", "ar"),
        ("xx", "fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", "fr"),
        ("", "de, ru;q=0.3, es;q=0.8", "es"),
        ("", "zh-Hans-CN", "zh"),
        ("", "de-DE,pt", "en"),
        ("", "fr;q=0, es;q=nonsense, ar;q=0.1", "ar"),
        ("../../en", ";;;,,q=", "en"),
    ],
)
def test_the_language_is_the_chosen_one_or_the_browsers(cookie: str, accepted: str, language: str) -> None:
    assert chosen(cookie, accepted) == language
