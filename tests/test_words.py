"""The words of all screens: in each language the same keys and fields, and nothing that needs escaping."""

from __future__ import annotations

import re
import string

import pytest
import yaml
from babel import Locale

from assistant.web.words import WORDING as CHAT
from eval.report.words import WORDING as REPORT
from eval.screen.words import WORDING as QUALITY
from ingest.screen.words import WORDING as DOCUMENTS
from ingest.wording import LANGUAGES, Wording

OTHERS = [language for language in LANGUAGES if language != "en"]
# The millions of French and Spanish have a form of their own, which no number here comes near.
RARE = {"fr": {"many"}, "es": {"many"}}
# Words that are the same as the English ones: language -> keys.
SAME_IN_CHAT = {
    "fr": {
        "do.docx", "page.documents", "filters.documents", "filters.these_documents", "filters.organisations",
        "answer.question", "source.title", "source.page", "conversations.show", "evidence.page",
        "evidence.printed", "export.document", "export.question", "grid.questions", "grid.question",
        "grid.count_questions", "grid.pages", "grid.column_page", "grid.column_pages",
        "do.pdf", "do.markdown", "survey_method.family", "survey_method.organisations",
        "survey_method.documents",
    },
    "es": {
        "do.docx", "grid.amount", "do.pdf", "do.markdown", "grid.pair", "survey_method.family",
        "survey_method.terms",
    },
    "ar": {"do.docx", "grid.amount", "do.pdf", "do.markdown", "grid.pair", "survey_method.terms"},
    "ru": {
        "do.docx", "grid.amount", "do.pdf", "do.markdown", "grid.pair", "survey_method.family",
        "survey_method.terms",
    },
    "zh": {"privacy.word", "do.pdf", "do.markdown"},
}  # fmt: skip
SAME_IN_DOCUMENTS: dict[str, set[str]] = {
    "fr": {
        "amount.documents", "amount.originals", "amount.pages", "amount.passages", "amount.questions",
        "facts.unread_because", "field.organisations", "files.document", "leaf.jump", "parts.moment",
        "plan.titled", "tabs.documents", "told.page", "told.reading_page",
    },
    "es": {
        "amount.originals", "built.fact", "facts.unread_because", "parts.moment", "plan.because",
        "plan.titled",
    },
    "ar": {"built.fact", "facts.unread_because", "plan.because", "plan.titled"},
    "ru": {"built.fact", "facts.unread_because", "parts.moment", "plan.because", "plan.titled"},
    "zh": set(),
}  # fmt: skip
SAME_IN_QUALITY: dict[str, set[str]] = {
    "fr": {
        "quality.full_stop", "quality.moment", "quality.questions", "quality_banks.holds", "told.with_value",
    },
    "es": {
        "quality.full_stop", "quality.moment", "quality_rate.no", "quality_runs.span", "quality_runs.stage",
        "told.fault", "told.with_value",
    },
    "ar": {"quality.full_stop", "quality_runs.stage", "told.fault"},
    "ru": {
        "quality.full_stop", "quality_runs.span", "quality_runs.stage", "told.fault", "told.with_value",
    },
    "zh": set(),
}  # fmt: skip
SAME_IN_REPORT: dict[str, set[str]] = {
    "fr": {
        "figure.documents", "figure.questions", "figure.milliseconds", "figure.seconds", "figure.date",
        "figure.remark", "change.cause", "question.page", "report_part.verdict", "report_head.verdict",
        "report_head.questions",
    },
    "es": {
        "figure.percent", "figure.share", "figure.milliseconds", "figure.seconds", "figure.date",
        "figure.label", "figure.named", "figure.remark", "stage_label.error", "change_cause.error",
        "question.error",
    },
    "ar": {"figure.label", "figure.named", "figure.remark", "change.cause"},
    "ru": {"figure.label", "figure.named", "figure.remark"},
    "zh": set(),
}  # fmt: skip
# Names that every language writes in Latin letters.
LATIN = {
    "Word", "DOCX", "PDF", "Markdown", "JavaScript", "MD", "HTML", "CSV", "XLSX", "YAML", "TXT", "SHA", "UTF",
    "ISO", "MRR", "nDCG", "JSON", "JSONL",
}  # fmt: skip
# Formats, programs, settings, files and codes that only that screen names.
MORE_LATIN = {
    "documents": {
        "Office", "OpenDocument", "Outlook", "PostScript", "Tesseract", "RTF", "PPTX", "EPUB", "DOC", "XLS",
        "PPT", "MSG", "TXT", "XML", "UTF", "UTC", "ISO", "CSV", "ASSISTANT", "OCR", "READ", "TIMEOUT",
        "MEMORY", "EMBEDDING", "MODEL", "auto", "gitignore", "pdf", "drafts", "srv", "documents",
        "metadata", "csv", "file", "generation", "json", "job", "log", "pip", "install", "IOM", "UNDP",
        "NER", "en", "fr", "es", "ar", "ru", "zh", "yes", "no",
    },
}  # fmt: skip

WORDINGS = {
    "chat": (CHAT, SAME_IN_CHAT),
    "documents": (DOCUMENTS, SAME_IN_DOCUMENTS),
    "quality": (QUALITY, SAME_IN_QUALITY),
    "report": (REPORT, SAME_IN_REPORT),
}
each_wording = pytest.mark.parametrize("name", WORDINGS)


def _forms(wording: Wording, language: str, key: str) -> list[str]:
    words = wording.entry(language, key)
    return [words] if isinstance(words, str) else list(words.values())


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_no_two_screens_share_a_key() -> None:
    every = [key for wording, _ in WORDINGS.values() for key in wording.keys("en")]
    slots = [key for key in every if not key.startswith("told.")]
    assert len(slots) == len(set(slots))


@each_wording
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_stands_twice(name: str, language: str) -> None:
    """YAML would keep the last and say nothing."""
    nodes = [yaml.compose((WORDINGS[name][0].folder / f"{language}.yaml").read_text(encoding="utf-8"))]
    while nodes:
        pairs = node.value if isinstance(node := nodes.pop(), yaml.MappingNode) else []
        found = [key.value for key, _ in pairs]
        assert sorted(set(found)) == sorted(found)
        nodes += [value for _, value in pairs]


@each_wording
@pytest.mark.parametrize("language", LANGUAGES)
def test_words_stand_in_html_and_json_as_they_are(name: str, language: str) -> None:
    wording, _ = WORDINGS[name]
    for key in wording.keys(language):
        for text in _forms(wording, language, key):
            assert text == text.strip() != ""
            assert all(field.isidentifier() for field in _fields(text)), (language, key)
            if not key.startswith("told."):  # those are escaped with what they hold
                assert not set(text) & set("<>&\"'\\\n"), (language, key)


@each_wording
@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_have_the_forms_of_the_language(name: str, language: str) -> None:
    wording, _ = WORDINGS[name]
    tags = {*Locale(language).plural_form.tags, "other"} - RARE.get(language, set())
    for key in wording.keys(language):
        words = wording.entry(language, key)
        if not isinstance(words, str):
            assert set(words) == tags, (language, key)
        assert isinstance(words, str) == isinstance(wording.entry("en", key), str), (language, key)


@each_wording
@pytest.mark.parametrize("language", OTHERS)
def test_no_words_are_missing(name: str, language: str) -> None:
    wording, _ = WORDINGS[name]
    assert wording.keys("en") - wording.keys(language) == set(), f"to be translated into {language}"
    assert wording.keys(language) - wording.keys("en") == set(), f"no longer used in {language}"
    for key in wording.keys(language):
        wanted = set().union(*(_fields(text) for text in _forms(wording, "en", key)))
        found = set().union(*(_fields(text) for text in _forms(wording, language, key)))
        assert found == wanted, (language, key)


@each_wording
@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_left_in_english(name: str, language: str) -> None:
    wording, same = WORDINGS[name]
    found = {
        key
        for key in wording.keys(language)
        if set(_forms(wording, language, key)) & set(_forms(wording, "en", key))
    }
    assert found == same[language]
    if language in ("ar", "ru", "zh"):
        for key in wording.keys(language) - {"page.code"}:
            for text in _forms(wording, language, key):
                said = re.sub(r"\{[a-z_]+\}", "", text)
                latin = set(re.findall(r"[A-Za-z]{2,}", said))
                assert latin <= LATIN | MORE_LATIN.get(name, set()), (language, key)


@each_wording
@pytest.mark.parametrize("language", OTHERS)
def test_signs_are_those_of_the_language(name: str, language: str) -> None:
    wording, _ = WORDINGS[name]
    for key in wording.keys(language):
        for text in _forms(wording, language, key):
            if language == "fr":  # a no-break space before these, and inside the quotation marks
                assert not re.search(r"(?<![\u00a0\u202f])[:;?!»%]|«(?!\u00a0)", text), key
            if language == "ar":
                assert not set(text) & set("?;,"), key
            if language == "zh":
                assert not re.search(r"[?;,:!()]", text), key
            assert ("“" in text) <= (language == "zh"), (language, key)
