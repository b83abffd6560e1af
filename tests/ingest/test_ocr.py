"""OCR: scans made on the spot are read; languages, overlay and cache; what is said where it is missing."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from ingest.documents import Block, Page, UnreadableFile
from ingest.ocr import (
    NOTHING_FOUND,
    OcrCache,
    OcrJob,
    installed,
    languages_for,
    ocr_page,
    overlay,
    run_ocr,
    unread_reason,
    version,
    wants_ocr,
)
from ingest.ocr_languages import WANTED, languages_of_script, package_for
from ingest.ocr_lines import Recognised, recognised
from ingest.readers.child import ReaderPool

needs_tesseract = pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="Tesseract is not installed (apt-get install tesseract-ocr)"
)
needs_french = pytest.mark.skipif(
    "fra" not in (installed() or ()), reason="Tesseract lacks French (apt-get install tesseract-ocr-fra)"
)

ENGLISH = (
    "The ferry service carried nine hundred pupils across the",
    "lagoon each morning, and the harbour office kept the log.",
    "In 2021 the council of elders asked for a second boat.",
)
FRENCH = (
    "Le marché hebdomadaire a été déplacé près de la forêt,",
    "où les éleveurs vendent leurs chèvres dès le lever du jour.",
    "Les règles ont été fixées après une réunion à l'école.",
)


@pytest.fixture
def tesseract_gone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


def scan(path: Path, *lines: str, heading: str = "", turned: int = 0) -> Path:
    """A PDF of one image (A4 at 150 dpi), turned clockwise by `turned` degrees; no text layer."""
    drawn = io.BytesIO()
    canvas = Canvas(drawn, pagesize=A4, invariant=1)
    canvas.setFont("Helvetica-Bold", 20)
    canvas.drawString(72, 760, heading)
    canvas.setFont("Helvetica", 12)
    for number, line in enumerate(lines):
        canvas.drawString(72, 700 - 18 * number, line)
    canvas.save()
    with pdfium.PdfDocument(drawn.getvalue()) as document:
        image = document[0].render(scale=150 / 72, grayscale=True).to_pil()
    image.rotate(-turned, expand=True).save(path, "PDF", resolution=150)
    assert not PdfReader(path).pages[0].extract_text().strip()
    return path


def line(number: int, words: list[tuple[str, float]], block: int = 1, top: int | None = None) -> str:
    """One line of Tesseract's TSV."""
    top = 50 * number if top is None else top
    return "".join(
        f"5\t1\t{block}\t1\t{number}\t{at}\t0\t{top}\t50\t30\t{sure}\t{text}\n"
        for at, (text, sure) in enumerate(words, start=1)
    )


HEAD = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"


# -- Scans --------------------------------------------------------------------------------------------------


@needs_tesseract
def test_a_scan_is_read_with_its_heading_and_confidence(tmp_path: Path) -> None:
    path = scan(tmp_path / "scan.pdf", *ENGLISH, heading="The ferry of the lagoon")
    page = ocr_page(path, 1, ("eng",), timeout=60)
    assert page.index == 1
    assert page.problem == ""
    assert page.ocr is not None
    assert 0.8 < page.ocr <= 1
    assert page.blocks[0] == Block("heading", "The ferry of the lagoon", level=1)
    assert page.blocks[1] == Block("paragraph", " ".join(ENGLISH))


@needs_tesseract
@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_scan_lying_on_its_side_is_turned_upright(tmp_path: Path, turned: int) -> None:
    path = scan(tmp_path / "scan.pdf", *ENGLISH * 4, turned=turned)
    assert " ".join(ENGLISH) in " ".join(ocr_page(path, 1, ("eng",), timeout=60).text.split())


@needs_french
@pytest.mark.parametrize("languages", [("fra",), ()], ids=["told", "found by script"])
def test_french_keeps_its_accents(tmp_path: Path, languages: tuple[str, ...]) -> None:
    path = scan(tmp_path / "scan.pdf", *FRENCH * 3)
    text = ocr_page(path, 1, languages, timeout=60).text
    for word in ("marché", "hebdomadaire", "forêt", "chèvres", "réunion"):
        assert word in text


@needs_tesseract
def test_a_page_without_words_says_so(tmp_path: Path) -> None:
    page = ocr_page(scan(tmp_path / "empty.pdf", "7"), 1, ("eng",), timeout=60)
    assert page.problem == NOTHING_FOUND
    assert page.blocks == ()
    assert page.ocr is not None
    assert not wants_ocr(page)


@needs_tesseract
def test_a_page_that_takes_too_long_is_named_in_one_sentence(tmp_path: Path) -> None:
    path = scan(tmp_path / "scan.pdf", *ENGLISH)
    with pytest.raises(UnreadableFile, match="took"):
        ocr_page(path, 1, ("eng",), timeout=0.001)


def test_a_page_that_cannot_be_drawn_is_named_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "broken.pdf"
    path.write_bytes(b"%PDF-1.4 and nothing more")
    with pytest.raises(UnreadableFile, match="page 1 cannot be drawn"):
        ocr_page(path, 1, ("eng",), timeout=60)


@needs_tesseract
def test_child_processes_read_pages_within_their_memory_and_with_a_password(tmp_path: Path) -> None:
    writer = PdfWriter(clone_from=scan(tmp_path / "open.pdf", *ENGLISH))
    writer.encrypt("harbour", algorithm="RC4-128")
    locked = io.BytesIO()
    writer.write(locked)
    (tmp_path / "locked.pdf").write_bytes(locked.getvalue())
    jobs = [
        OcrJob(tmp_path / "open.pdf", "a", 1),
        OcrJob(tmp_path / "locked.pdf", "b", 1, ("eng",), password="harbour"),
        OcrJob(tmp_path / "locked.pdf", "c", 1, ("eng",), password="wrong"),
    ]
    with ReaderPool(workers=1) as pool:
        results = {job.sha: result for job, result in pool.read_all(jobs, run_ocr, timeout=120)}
    for key in ("a", "b"):
        page = results[key]
        assert isinstance(page, Page), page
        assert page.text == " ".join(ENGLISH)
    assert "page 1 cannot be drawn" in str(results["c"])


# -- Where Tesseract is missing -----------------------------------------------------------------------------


@pytest.mark.usefixtures("tesseract_gone")
def test_without_tesseract_the_command_is_named(tmp_path: Path) -> None:
    assert installed() is None
    assert version() == ""
    told = unread_reason("a scan without a text layer")
    assert told.startswith("a scan without a text layer; install Tesseract (apt-get install tesseract-ocr ")
    for language in ("fra", "spa", "ara", "rus", "chi-sim", "por"):
        assert f"tesseract-ocr-{language}" in told
    assert unread_reason("no text on the page") == "no text on the page"
    with pytest.raises(UnreadableFile, match="apt-get install tesseract-ocr"):
        ocr_page(scan(tmp_path / "scan.pdf", *ENGLISH), 1, ("eng",), timeout=60)


@pytest.mark.parametrize(
    ("problem", "wanted"),
    [
        ("a scan without a text layer", True),
        ("a scan behind 35 characters of text: only those were read", True),
        ("the text layer is unreadable (encoding)", True),
        ("no text on the page", False),
        (NOTHING_FOUND, False),
        ("", False),
    ],
)
def test_which_pages_want_ocr(problem: str, wanted: bool) -> None:
    assert wants_ocr(Page(1, "", (), problem)) is wanted


# -- Languages ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "name", "codes"),
    [
        ("fr", "report.pdf", ("fra",)),
        ("fr", "report_English.pdf", ("fra",)),  # what the text says goes before the name
        ("und", "Plan_French.pdf", ("fra",)),
        ("und", "plan.es.pdf", ("spa",)),
        ("und", "plan.es", ()),
        ("und", "plan-french-and-english.pdf", ()),  # two names tell nothing
        ("und", "Frenchman.pdf", ()),
        ("ar", "a.pdf", ("ara",)),
        ("ru", "a.pdf", ("rus", "eng")),
        ("und", "a.pdf", ()),
        ("de", "a.pdf", ()),  # its pack is not there: the script decides
    ],
)
def test_languages_by_document_and_name(language: str, name: str, codes: tuple[str, ...]) -> None:
    assert languages_for(language, name, WANTED) == codes


def test_languages_by_script() -> None:
    assert languages_of_script("Latin", WANTED) == ("eng", "fra", "spa", "por")
    assert languages_of_script("Han", WANTED) == ("chi_sim", "eng")
    assert languages_of_script("Arabic", {"eng"}) == ()
    assert package_for("Han") == "tesseract-ocr-chi-sim"


# -- Lines --------------------------------------------------------------------------------------------------


def test_noise_is_left_out_and_line_ends_are_joined() -> None:
    tsv = HEAD
    tsv += line(1, [("Boats", 95), ("and", 96), ("nets", 96), ("regis-", 90)])
    tsv += line(2, [("tered", 95), ("|", 95), ("again.", 96), ("eee", 12), ("e", 0)])
    tsv += line(1, [("ae", 35), ("~~", 90), ("cee", 20), ("ae", 40)], block=2)
    tsv += line(1, [("m", 95)], block=3)
    found = recognised(tsv)
    assert found.blocks == (Block("paragraph", "Boats and nets registered again."),)
    assert found.confidence == pytest.approx(0.947, abs=0.002)
    assert 0.5 < found.share < 0.8


def test_a_line_of_prose_keeps_the_word_that_is_unsure() -> None:
    tsv = HEAD + line(1, [("The", 95), ("boat", 96), ("did", 96), ("not", 21), ("leave", 90), ("port.", 90)])
    assert recognised(tsv).blocks[0].text == "The boat did not leave port."


def test_chinese_words_are_joined_and_items_parted() -> None:
    tsv = HEAD + line(1, [("人口", 95), ("流动", 95), ("2021", 95), ("年", 95)])
    tsv += line(1, [("Two", 95), ("goals", 95), ("were", 95), ("set:", 95)], block=2)
    tsv += line(2, [("(a)", 95), ("water", 95), ("for", 95), ("all;", 95)], block=2)
    blocks = recognised(tsv).blocks
    assert [block.text for block in blocks] == [
        "人口流动 2021 年",
        "Two goals were set:",
        "(a) water for all;",
    ]


def test_numbers_that_cannot_be_trusted_are_hidden() -> None:
    tsv = HEAD + line(1, [("في", 95), ("عام", 95), ("٢٠١٢", 95), ("و(5/1)", 95), ("قارب", 95)])
    assert recognised(tsv, hide_numbers=True).blocks[0].text == "في عام […] و([…]) قارب"


def test_a_paragraph_broken_in_mid_sentence_is_one_and_keeps_its_number() -> None:
    first = "12. The harbour office counted every boat that left the lagoon before"
    tsv = HEAD + line(1, [(word, 95) for word in first.split()])
    tsv += line(1, [("sunrise.", 95)], block=2)
    (block,) = recognised(tsv).blocks
    assert block == Block("paragraph", f"{first} sunrise.", number="12")


def test_a_wide_gap_ends_a_paragraph() -> None:
    tops = {
        "HARBOUR RULES": 0,
        "The log is kept by": 120,
        "the harbour office.": 170,
        "Nets are dried ashore.": 220,
    }
    tsv = HEAD + "".join(
        line(at, [(word, 95) for word in text.split()], top=top)
        for at, (text, top) in enumerate(tops.items(), start=1)
    )
    assert recognised(tsv).blocks == (
        Block("heading", "HARBOUR RULES", level=3),
        Block("paragraph", "The log is kept by the harbour office. Nets are dried ashore."),
    )


def test_no_words_no_blocks() -> None:
    assert recognised(HEAD) == Recognised((), 0.0, 0.0)


# -- Overlay and cache --------------------------------------------------------------------------------------


def paragraphs(*texts: str) -> tuple[Block, ...]:
    return tuple(Block("paragraph", text) for text in texts)


def test_overlay_replaces_only_what_wants_ocr_and_keeps_labels() -> None:
    pages = [
        Page(1, "i", paragraphs("Text that was there.")),
        Page(2, "ii", paragraphs("A/1/2"), "a scan behind 5 characters of text: only those were read"),
        Page(3, "iii", (), "a scan without a text layer"),
    ]
    read = {
        1: Page(1, "", paragraphs("wrong"), ocr=0.9),
        2: Page(2, "", paragraphs("A/1/2", "Boats."), ocr=0.9),
    }
    laid = overlay(pages, read)
    assert laid[0] is pages[0]
    assert laid[1] == Page(2, "ii", paragraphs("A/1/2", "Boats."), ocr=0.9)
    assert laid[2] is pages[2]


def test_overlay_keeps_the_few_words_of_a_picture_page() -> None:
    page = Page(1, "1", paragraphs("Part two"), "a scan behind 8 characters of text: only those were read")
    assert overlay([page], {1: Page(1, "", (), NOTHING_FOUND, 0.2)}) == (Page(1, "1", page.blocks),)
    empty = Page(1, "1", (), "a scan without a text layer")
    assert overlay([empty], {1: Page(1, "", (), NOTHING_FOUND, 0.2)}) == (
        Page(1, "1", (), NOTHING_FOUND, 0.2),
    )


def test_overlay_leaves_out_what_runs_along_the_pages() -> None:
    pages = [Page(at, "", (), "a scan without a text layer") for at in range(1, 5)]
    read = {
        at: Page(at, "", paragraphs("A/1/2", f"Boat {'x' * at} left.", f"{at}/4"), ocr=0.9)
        for at in range(1, 5)
    }
    assert [page.text for page in overlay(pages, read)] == [f"Boat {'x' * at} left." for at in range(1, 5)]


def test_the_cache_gives_pages_back_and_forgets(tmp_path: Path) -> None:
    cache = OcrCache(tmp_path / "library" / "readings.sqlite")
    assert cache.get("a") == {}
    assert cache.forget([]) == 0
    page = Page(3, "", (Block("heading", "Bateaux été", level=2),), "", 0.87)
    cache.put("a", page, "tesseract 5.3.0 fra")
    cache.put("b", Page(1, "", (), NOTHING_FOUND, 0.1))
    assert OcrCache(cache.path).get("a") == {3: page}
    assert cache.forget(["a"]) == 1
    assert cache.get("b") == {}
    assert cache.get("a") == {3: page}
