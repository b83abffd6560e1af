"""The report in six languages: whole in each, and from the right where it is so written."""

from __future__ import annotations

import re
import string
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from bs4 import BeautifulSoup

from eval.compare import Short, compare, power, repeated
from eval.measures import METRICS
from eval.metrics import STAGES
from eval.report.build import COLUMNS, DEFINITIONS, GROUPS, STRATA, build
from eval.report.docx import write_docx
from eval.report.page import report
from eval.report.questions import why_changed
from eval.report.words import WORDING, named
from eval.results import Cited, EvalError, Found, Gold, Question, Result, Run, Said
from ingest.wording import LANGUAGES

OTHERS = [language for language in LANGUAGES if language != "en"]
GOLD = (Gold("a.pdf", 1, "45 in Rabat"),)


def asked(id_: str, *, absent: bool = False, text: str = "Combien ?", **more: object) -> Question:
    facts, evidence = ((), ()) if absent else ((("45",),), GOLD)
    return Question(
        id_,
        text,
        "fr",
        "absent" if absent else "fact",
        not absent,
        facts,
        evidence,
        **more,  # type: ignore[arg-type]
    )


def said(id_: str, text: str, page: int = 1, passages: str = "ab") -> Result:
    cited = Cited("a.pdf", page, "iv", text, page != 3, text)
    found = (Found("a.pdf", 1, "p1"), Found("a.pdf", 2, "p2"))
    receipt = {"passages": list(passages)}
    sentences = (Said(text, (cited,)),)
    return Result(id_, True, "Combien ?", "fr", found, sentences, seconds=0.5, receipt=receipt)


def silent(id_: str, problem: str = "") -> Result:
    return Result(id_, False, "Qui ?", "fr", (Found("a.pdf", 1, "p1"),), problem=problem, seconds=1.2)


BEFORE = Run(
    "0001", "2026-01-01T08:00:00Z", "bank.jsonl", "0" * 64, "0001", 2,
    {"sentences": 5, "chat_key": "k", "evidence": None}, {"embedding": {"name": "e5"}}, {"write": "def"},
    (
        asked("q1", documents=("a.pdf",)), asked("q2"), asked("q3"), asked("q4"), asked("q5", absent=True),
        asked("q6", absent=True), asked("q7"),
    ),
    (
        said("q1", "45 in Rabat"), said("q2", "12 in Rabat", 2), silent("q3"), silent("q4", "Timeout."),
        said("q5", "12 in Rabat", 3), silent("q6"), said("q7", "45 in Rabat"),
    ),
    languages={"a.pdf": "en"}, kinds={"a.pdf": "evaluation"},
)  # fmt: skip
AFTER = replace(
    BEFORE,
    name="0002",
    results=(
        said("q1", "12 in Rabat", passages="ac"),
        silent("q2"),
        said("q3", "45 in Rabat"),
        *BEFORE.results[3:6],
        said("q7", "45 in Rabat", 3),
    ),
)


def page_text(document: str, page: int | None) -> str:
    return "Il a dit: 45 in Rabat." if page == 1 else ""


def words(html: str) -> str:
    """All that is said on a page, with what only a screen reader says."""
    body = BeautifulSoup(html, "html.parser").body
    assert body is not None
    labels = [
        str(tag[name]) for name in ("aria-label", "data-label") for tag in body.find_all(attrs={name: True})
    ]
    return "\n".join([body.get_text("\n"), *labels])


def english_in(text: str, language: str) -> set[str]:
    """The English words, of two and more, that stand in `text` and are not the words of `language` too."""
    own = "\n".join(forms(language, key) for key in WORDING.keys(language))
    parts = {
        part.strip(" :;,.()")
        for key in WORDING.keys("en")
        for form in forms("en", key).split("\n")
        for part, _, _, _ in string.Formatter().parse(form)
    }
    return {part for part in parts if " " in part and len(part) > 8 and part in text and part not in own}


def forms(language: str, key: str) -> str:
    entry = WORDING.entry(language, key)
    return entry if isinstance(entry, str) else "\n".join(entry.values())


@pytest.mark.parametrize("language", OTHERS)
def test_the_page_is_whole_in_each_language(language: str) -> None:
    page = report(AFTER, BEFORE, page_text, language)
    root = BeautifulSoup(page, "html.parser").html
    assert root is not None
    assert (root["lang"], root["dir"]) == (language, "rtl" if language == "ar" else "ltr")
    text = words(page)
    assert english_in(text, language) == set()
    assert not set(text) & set("{}")
    assert all(each["dir"] == "ltr" for each in root.find_all("code"))
    if language in ("ar", "ru", "zh"):  # what is left in Latin letters is not ours
        left = set(re.findall(r"[A-Za-z]{3,}", text))
        assert (
            left & {"the", "and", "page", "question", "questions", "answer", "Run", "Bank", "before"} == set()
        )


def test_english_would_be_found() -> None:
    assert "Right page found first" in english_in(words(report(BEFORE)), "fr")


@pytest.mark.parametrize("language", OTHERS)
def test_the_word_document_says_the_same(language: str, tmp_path: Path) -> None:
    path = tmp_path / "report.docx"
    write_docx(AFTER, BEFORE, page_text, path, language)
    document = docx.Document(str(path))
    cells = [cell for table in document.tables for row in table.rows for cell in row.cells]
    paragraphs = [*document.paragraphs, *(each for cell in cells for each in cell.paragraphs)]
    text = "\n".join(each.text for each in paragraphs)
    assert english_in(text, language) == set()
    assert not set(text) & set("{}")
    content = build(AFTER, BEFORE, page_text, language)
    for claim in content.verdict:
        assert f"{claim.label}  {claim.sentence}" in text
    ours = next(each for each in paragraphs if each.text == content.standard)
    assert ("<w:bidi/>" in ours._p.xml) == (language == "ar")
    given = next(each for each in paragraphs if each.text == "Combien ?")
    assert "<w:bidi/>" not in given._p.xml
    assert ("w:bidiVisual" in document.tables[0]._tbl.xml) == (language == "ar")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_name_has_its_words(language: str) -> None:
    for section, names in {
        "measure_label": [metric.name for metric in METRICS],
        "measure_phrase": [metric.name for metric in METRICS],
        "measure_group": [*GROUPS, "Other"],
        "measure_column": COLUMNS,
        "stage_label": STAGES,
        "stage_meaning": STAGES,
        "stage_advice": STAGES,
        "strata": [*STRATA, "same language", "another language"],
        "effect": ["better", "worse", "neither", "no difference shown"],
        "change_cause": ["error", "question", "retrieval", "choice", "wording"],
        "define": [*DEFINITIONS, *(part for parts in DEFINITIONS.values() for part in parts)],
    }.items():
        for name in names:
            key = f"{section}.{name}".lower().replace(",", "").replace(" ", "_")
            assert key in WORDING.keys(language)
            assert named(language, section, name) == WORDING.say(language, key)


def test_what_code_looks_at_is_the_same_in_every_language() -> None:
    english, arabic = (build(AFTER, BEFORE, page_text, language) for language in ("en", "ar"))
    assert [each.kind for each in arabic.verdict] == ["overall", "good", "short", "first", "since"]
    assert [each.stage for each in arabic.lost] == list(STAGES)
    assert [each.stage for each in arabic.failures] == [each.stage for each in english.failures]
    assert english.comparison
    assert arabic.comparison
    for name in ("effect", "cause", "link"):
        one, two = ([getattr(each, name) for each in made.comparison.changed] for made in (english, arabic))  # type: ignore[union-attr]
        assert one == two
    assert [each.verdict for each in arabic.comparison.moves] == [
        each.verdict for each in english.comparison.moves
    ]


def test_figures_are_written_as_the_language_writes_them() -> None:
    assert Short("hit5", 0.5, 0.85).said("fr").endswith("\u00a0: 0,500, alors que le seuil est 0,85")
    assert power(BEFORE, "fr") == "7 questions peuvent révéler une différence d’au moins 86\u00a0%"
    assert build(BEFORE, ui="zh").verdict[0].sentence.startswith("结果符合要求的问题：7中有")
    assert "1 января 2026" in build(BEFORE, ui="ru").subtitle
    assert build(BEFORE, ui="es").groups[0].measures[0].value.endswith(" %")


def test_comparisons_say_it_too() -> None:
    changes = compare(BEFORE, AFTER)
    for language in OTHERS:
        sentences = [each.sentence(BEFORE, AFTER, language) for each in changes]
        assert english_in("\n".join(sentences), language) == set()
        assert all("0002" in each for each in sentences)
        why = [why_changed(*pair, language) for pair in zip(BEFORE.results, AFTER.results, strict=True)]
        assert english_in("\n".join(why), language) == set()
    same = replace(BEFORE, program="p")
    found = repeated(same, same)
    assert found
    assert found.said("es").startswith("preguntas planteadas dos veces a la misma edición")


def test_a_file_name_holds_together_in_arabic() -> None:
    (failure, *_) = [each for each in build(AFTER, None, page_text, "ar").failures if each.expected]
    assert failure.expected[0].where == "\u200ea.pdf\u200e\u200f، الصفحة 1"


def test_another_language_is_refused(tmp_path: Path) -> None:
    from eval.__main__ import report as command

    with pytest.raises(EvalError, match="no words in de"):
        command("0001", library=tmp_path, language="de")
