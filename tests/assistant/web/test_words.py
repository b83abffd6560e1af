"""The words of the screens: in each language the same keys and fields, and nothing that needs escaping."""

from __future__ import annotations

import re
import string

import pytest
from babel import Locale

from assistant.web import names
from assistant.web.language import chosen
from assistant.web.words import LANGUAGES, Said, direction, entry, filled, keys, say, slot
from ingest.documents import Kind

OTHERS = [language for language in LANGUAGES if language != "en"]
# The millions of French and Spanish have a form of their own, which no number here comes near.
RARE = {"fr": {"many"}, "es": {"many"}}
# Words that are the same as the English ones, and names that every language writes in Latin letters.
SAME = {
    "fr": {
        "do.docx", "page.documents", "filters.documents", "filters.these_documents", "filters.organisations",
        "answer.question", "source.title", "source.page", "conversations.show", "evidence.page",
        "evidence.printed", "export.document", "export.question", "grid.questions", "grid.question",
        "grid.count_questions", "grid.pages", "grid.column_page", "grid.column_pages",
    },
    "es": {"do.docx", "grid.amount"},
    "ar": {"do.docx", "grid.amount"},
    "ru": {"do.docx", "grid.amount"},
    "zh": {"privacy.word"},
}  # fmt: skip
SAME_EVERYWHERE = {"do.pdf", "do.markdown"}
LATIN = {"Word", "DOCX", "PDF", "Markdown", "JavaScript", "MD", "HTML", "CSV", "XLSX", "YAML"}


def _forms(language: str, key: str) -> list[str]:
    words = entry(language, key)
    return [words] if isinstance(words, str) else list(words.values())


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", ["en", *OTHERS])
def test_words_stand_in_html_and_json_as_they_are(language: str) -> None:
    for key in keys(language):
        for text in _forms(language, key):
            assert text == text.strip() != ""
            assert not set(text) & set("<>&\"'\\\n"), (language, key)
            assert all(name.isidentifier() for name in _fields(text)), (language, key)


@pytest.mark.parametrize("language", ["en", *OTHERS])
def test_numbers_have_the_forms_of_the_language(language: str) -> None:
    tags = {*Locale(language).plural_form.tags, "other"} - RARE.get(language, set())
    for key in keys(language):
        words = entry(language, key)
        if not isinstance(words, str):
            assert set(words) == tags, (language, key)
        assert isinstance(words, str) == isinstance(entry("en", key), str), (language, key)


@pytest.mark.parametrize("language", OTHERS)
def test_no_words_are_missing(language: str) -> None:
    assert keys("en") - keys(language) == set(), f"to be translated into {language}"
    assert keys(language) - keys("en") == set(), f"no longer used in {language}"
    for key in keys(language):
        wanted = set().union(*(_fields(text) for text in _forms("en", key)))
        found = set().union(*(_fields(text) for text in _forms(language, key)))
        assert found == wanted, (language, key)


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_left_in_english(language: str) -> None:
    same = {key for key in keys(language) if set(_forms(language, key)) & set(_forms("en", key))}
    assert same == SAME[language] | SAME_EVERYWHERE
    if language in ("ar", "ru", "zh"):
        for key in keys(language) - {"page.code"}:
            for text in _forms(language, key):
                said = re.sub(r"\{[a-z_]+\}", "", text)
                assert set(re.findall(r"[A-Za-z]{2,}", said)) <= LATIN, (language, key)


@pytest.mark.parametrize("language", OTHERS)
def test_signs_are_those_of_the_language(language: str) -> None:
    for key in keys(language):
        for text in _forms(language, key):
            if language == "fr":  # a no-break space before these, and inside the quotation marks
                assert not re.search(r"(?<![\u00a0\u202f])[:;?!»%]|«(?!\u00a0)", text), key
            if language == "ar":
                assert not set(text) & set("?;,"), key
            if language == "zh":
                assert not re.search(r"[?;,:!()]", text), key
            assert ("“" in text) <= (language == "zh"), (language, key)


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
    assert filled("en", f"<b>{slot('ask.send')}</b> @@no.key") == "<b>Ask</b> @@no.key"
    with pytest.raises(KeyError):
        say("en", "no.such")
    with pytest.raises(KeyError):
        slot("no.such")
    assert [direction(language) for language in LANGUAGES] == ["ltr", "ltr", "ltr", "rtl", "ltr", "ltr"]
    error = Said("feedback.gone")
    assert error.said("en") == str(error) == say("en", "feedback.gone")


def test_every_kind_of_document_has_a_name() -> None:
    for kind in Kind:
        assert f"kind.{str(kind).replace(' ', '_')}" in keys("en")


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
