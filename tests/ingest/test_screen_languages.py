"""The Documents screen in other languages than English: nothing is left in English, names are understood."""

from __future__ import annotations

import re
import socket
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from pycountry import countries

from ingest.admin import Deed, SourceFolder
from ingest.documents import EMPTY_PAGE, Block, Page
from ingest.gaps import Gap, Group
from ingest.jobs import Job
from ingest.ocr_languages import HOW_TO_INSTALL
from ingest.overrides import override_fields
from ingest.places import country_name, named_country
from ingest.screen import document as screen_document
from ingest.screen import gaps as screen_gaps
from ingest.screen import job as screen_job
from ingest.screen import pages as screen_pages
from ingest.screen import sources as screen_sources
from ingest.screen import table as screen_table
from ingest.screen.acts import Acts
from ingest.screen.generations import audit, generations
from ingest.screen.parts import answering, full, here, moment, sentence
from ingest.screen.words import refused, retold, say
from ingest.wording import LANGUAGES
from tests.ingest.conftest import WORDS, Workshop, row_of

AT = "2026-01-02T03:04:05+00:00"
# What an Arabic page holds in Latin letters: files, formats, names, and what the documents say.
NAMES = re.compile(
    r"/\S+|\S+\.(?:pdf|md|csv)|\bPDF|\bNER|\bIOM|\bUNDP|\bA/79/944|\ben\b|\bfr\b|\bes\b|\bar\b|\bru\b|\bzh\b"
    r"|gitignore|drafts|Evaluation of the programme in Senegal|hashes|hq|Ana"
    r"|Stream has ended unexpectedly|Tesseract|apt-get install [\w -]+"
)


def words_of(html: str) -> str:
    """What one reads or hears of it."""
    said = re.findall(r'(?:aria-label|alt|data-sure|data-label)="([^"]*)"', html)
    return " ".join([*said, re.sub(r"<[^>]*>", " ", html)])


def latin(html: str) -> list[str]:
    return re.findall(r"[A-Za-z]{2,}", NAMES.sub(" ", words_of(html)))


def test_documents_in_arabic(acts: Acts) -> None:
    acts.limit(row_of(acts, "good.pdf"), {"groups": "hq"}, "Ana")
    acts.withdraw(row_of(acts, "good.pdf"), "", "Ana")
    rows = screen_table.chosen(acts.rows(), "", "all", "ar")
    assert latin(screen_table.table(rows, 9, ui="ar")) == []
    unread = [{"page": page, "reason": "a scan without a text layer"} for page in (1, 2, 3, 5)]
    blank = [{"page": 9, "reason": EMPTY_PAGE}]
    ocr = [{"page": page, "confidence": 0.5} for page in range(1, 40)]
    for row in rows:
        more = {**row, "unread_pages": unread + blank, "ocr_pages": ocr, "uploaded": True, "superseded": "x"}
        more["quality"] = {**row["quality"], "faults": 40, "faulty_pages": [3, 4], "unseen": 7, "tables": 2}
        for html in (screen_document.about(more, "ar"), screen_document.form(more, "ar")):
            assert latin(html) == []
    pages = [Page(1, "", ()), Page(2, "٢", (Block("paragraph", "نص"),), EMPTY_PAGE), Page(3, "", (), ocr=0.8)]
    assert [latin(screen_pages.page("a" * 64, "pdf", pages, at, "ar")) for at in range(3)] == [[], [], []]


def test_indexing_in_arabic(acts: Acts) -> None:
    folder = {
        "folder": "/a", "problem": "/a is not there; if a disk is not mounted, mount it", "added": ["a.pdf"],
        "changed": ["c.pdf"], "moved": [["o.pdf", "n.pdf"]], "withdrawn": ["w.pdf"], "unchanged": 2,
    }  # fmt: skip
    found = {
        "folders": [folder], "read_again": 3, "scans": [{"file": "s.pdf", "pages": 3}],
        "duplicates": [{"file": "d.pdf", "of": "e.pdf", "how": how} for how in ("same bytes", "nearly")],
        "new_versions": [{"file": "v2.pdf", "of": "v1.pdf"}],
        "failed": [{"file": "f.pdf", "reason": "the file is empty"}],
    }  # fmt: skip
    assert latin(screen_sources.plan(found, "ar")) == []
    sources = [SourceFolder(acts.root, ("*.pdf",), ("drafts/",)), SourceFolder(acts.uploads())]
    assert latin(screen_sources.sources(sources, acts.root, "ar")) == []
    banks = [("0", "/b.csv")]
    assert latin(screen_sources.run(banks, False, True, "0", failed=2, ui="ar")) == []
    assert latin(screen_sources.run((), True, True, models=("/x", "/y"), ui="ar")) == []
    now = Job(
        "1", "sync", "Ana", 1, socket.gethostname(), AT, stage="reading", done=3, total=30, stage_since=1.0,
        detail="a.pdf · pages: 3, passages: 12", failed=(("f.pdf", "no text on the page"),),
    )  # fmt: skip
    for stage in ("reading", "embedding", "building", "checking", "starting", "gate", "OCR", "import", ""):
        assert latin(screen_job.job(replace(now, stage=stage), 104.0, "0001", "ar")) == []
    message = "generation 0002 is built and not published: it waits for you to publish or discard it"
    message += (
        "; 2 files could not be read; 3 scans wait for OCR: once it is published, the next run reads them"
    )
    for state in ("done", "failed", "stopped", "died"):
        ended = replace(now, state=state, message=message)  # type: ignore[arg-type]
        assert latin(screen_job.job(ended, 0, "0001", "ar")) == []


def test_gaps_generations_and_audit_in_arabic(acts: Acts, workshop: Workshop) -> None:
    gap = Gap("1", "كم؟", "ar", "البلدان: مالي", "0001", ("تقرير",), "Ana", AT)
    assert latin(screen_gaps.groups([Group((gap, replace(gap, question="ماذا؟")))], "ar")) == []
    workshop.write("new.pdf", "A guidance note on remittances", WORDS)
    workshop.sync(hold=True)
    assert latin(generations(acts.generations(), "0001", "ar")) == []
    actions = {deed.action for deed in acts.admin.audit()} | {"rolled back", "gap closed as answered"}
    assert latin(audit([Deed(AT, "Ana", action, "") for action in actions], "ar")) == []


def test_documents_are_found_by_words_of_the_readers_language(acts: Acts) -> None:
    def found(words: str, ui: str) -> set[str]:
        return {row["document"] for row in screen_table.chosen(acts.rows(), words, "all", ui)}

    for words, ui in (
        ("السنغال", "ar"), ("تقييم الإنجليزية", "ar"), ("Sénégal", "fr"), ("оценка сенегал", "ru"),
        ("塞内加尔 英语", "zh"), ("evaluación", "es"), ("senegal evaluation", "ar"),
    ):  # fmt: skip
        assert "good.pdf" in found(words, ui), words
    assert found("bad لم", "ar") == set()
    row = {**row_of(acts, "good.pdf"), "organisations": ["UNDP"]}
    for words in ("ПРООН сенегал", "برنامج الأمم المتحدة الإنمائي", "pnud"):
        assert screen_table.chosen([row], words, "all", "ru"), words
    assert screen_table.chosen([row], "ЮНИСЕФ", "all", "ru") == []


def test_countries_are_understood_in_whichever_language_they_are_typed(acts: Acts) -> None:
    # CLDR gives both parts of the one island one name in French, and both archipelagos one in Russian.
    shared = {("fr", "SXM"), ("ru", "VIR")}
    every = {(ui, country.alpha_3) for ui in LANGUAGES for country in countries}
    assert {(ui, code) for ui, code in every if named_country(country_name(code, ui)) != code} == shared
    assert override_fields({"countries": "مالي؛ النيجر"}, "x") == {"countries": ("MLI", "NER")}
    row = row_of(acts, "good.pdf")
    assert screen_document.value(row, "countries", "ar") == "السنغال"
    sent = {field: screen_document.value(row, field, "ar") for field in screen_document.FIELDS}
    assert acts.edit(row, sent, "Ana", "ar").said("ar") == say("ar", "done.nothing")
    acts.edit(row, {**sent, "countries": "مالي"}, "Ana", "ar")
    row = row_of(acts, "good.pdf")
    assert [screen_document.value(row, "countries", ui) for ui in ("ar", "fr")] == ["مالي", "Mali"]


@pytest.mark.parametrize(
    ("ui", "english", "told"),
    [
        ("fr", "pages 4, 5 and 2 more could not be read", "lecture impossible : pages 4, 5 et 2 autres"),
        ("ar", "OCR is unsure of pages 4, 5 and 9", "التعرف الضوئي غير واثق: الصفحات 4، 5 و9"),
        ("zh", "pages 4, 5 and 9 could not be read", "无法读取：第4、5和9页"),
        ("es", f"a scan without a text layer; {HOW_TO_INSTALL}, and sync again",
         "una página escaneada sin capa de texto; instale Tesseract"
         f" ({HOW_TO_INSTALL[19:]} e indexe de nuevo"),
        ("es", "there is a newer version: Fees removed", "hay una versión más reciente: Fees removed"),
        ("ru", "the file is a presentation (PPTX), which is not read; save it as PDF",
         "файл — презентация (PPTX), такие файлы не читаются; сохраните его как PDF"),
    ],
)  # fmt: skip
def test_reasons_are_told_whole(ui: str, english: str, told: str) -> None:
    assert here(english, ui).replace("\u00a0", " ") == told


def test_names_stand_apart_in_sentences_from_right_to_left() -> None:
    why = retold("ar", "the file is damaged (EOF); export or download it again")
    told = say("ar", "plan.because", file="a.pdf", why=why)
    assert told.startswith("\u2068a.pdf\u2069: \u2067الملف تالف (\u2068EOF\u2069)")
    assert "\u2068" not in say("fr", "plan.because", file="a.pdf", why="x")


def test_errors_are_told_in_the_language_of_the_request() -> None:
    def work() -> list[Any]:
        raise refused("refused.idle")

    person = SimpleNamespace(may=lambda role: True)
    request = SimpleNamespace(scope={"language": "fr", "person": person})
    assert "Aucun travail n’est en cours." in answering(request, work, 1)[0]
    stranger = SimpleNamespace(scope={"language": "es"})
    assert "Solo un administrador puede usar esta pantalla" in answering(stranger, work, 1)[0]
    unforeseen = sentence(RuntimeError("x"), "zh")
    assert "此处出错" in unforeseen
    assert "RuntimeError" not in unforeseen
    assert full("没有变化", "zh") == "没有变化。"
    assert moment(AT, "fr").startswith("2 janvier 2026")
    assert retold("fr", sentence(RuntimeError("x"))).startswith("une erreur s’est produite")
