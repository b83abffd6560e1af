"""PDF -> pages: labels, running lines, paragraphs, headings, columns, footnotes, unreadable pages."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.constants import PageLabelStyle, UserAccessPermissions
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.lib.utils import ImageReader  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from ingest.documents import Block, UnreadableFile
from ingest.readers.pdf import read_pdf

LEFT = 72
WIDTH, HEIGHT = A4
PROSE = (
    "The programme supported farming families in nine",
    "districts and trained two hundred officials in the",
    "planning of water, roads and schools for all people.",
)


class Sheets:
    """A PDF being drawn line by line, from the top of each page."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.canvas = Canvas(str(path), pagesize=A4, invariant=1)
        self.y = 700.0

    def lines(
        self,
        lines: Sequence[str],
        size: float = 11,
        font: str = "Helvetica",
        x: float = LEFT,
        after: float = 12,
    ) -> Sheets:
        self.canvas.setFont(font, size)
        for line in lines:
            self.canvas.drawString(x, self.y, line)
            self.y -= 1.3 * size
        self.y -= after
        return self

    def heading(self, text: str, size: float = 16) -> Sheets:
        return self.lines([text], size, "Helvetica-Bold")

    def at(self, y: float, text: str, size: float = 9, x: float = LEFT) -> Sheets:
        self.canvas.setFont("Helvetica", size)
        self.canvas.drawString(x, y, text)
        return self

    def image(
        self, width: int = 800, height: int = 1000, on: tuple[float, ...] = (36, 36, 520, 640)
    ) -> Sheets:
        picture = io.BytesIO()
        Image.effect_noise((width, height), 50).save(picture, "PNG")
        picture.seek(0)
        self.canvas.drawImage(ImageReader(picture), *on)
        return self

    def page(self) -> Sheets:
        self.canvas.showPage()
        self.y = 700.0
        return self

    def read(self) -> tuple[PageBlocks, ...]:
        self.canvas.save()
        return tuple(PageBlocks(page) for page in read_pdf(self.path).pages)


class PageBlocks:
    """One page as read, with what the tests ask of it."""

    def __init__(self, page: object) -> None:
        from ingest.documents import Page

        assert isinstance(page, Page)
        self.page = page
        self.text, self.label, self.problem = page.text, page.label, page.problem

    def of(self, kind: str) -> list[Block]:
        return [block for block in self.page.blocks if block.kind == kind]

    def texts(self, kind: str = "paragraph") -> list[str]:
        return [block.text for block in self.of(kind)]


@pytest.fixture
def sheets(tmp_path: Path) -> Sheets:
    return Sheets(tmp_path / "made.pdf")


def test_page_labels_of_the_file_win_over_printed_numbers(sheets: Sheets, tmp_path: Path) -> None:
    for number in range(1, 6):
        sheets.lines(PROSE).at(30, str(number), x=300).page()
    sheets.canvas.save()
    writer = PdfWriter(clone_from=sheets.path)
    writer.set_page_label(0, 1, style=PageLabelStyle.LOWERCASE_ROMAN)
    writer.set_page_label(2, 4, style=PageLabelStyle.DECIMAL, start=1)
    writer.write(tmp_path / "labelled.pdf")
    pages = read_pdf(tmp_path / "labelled.pdf").pages
    assert [page.index for page in pages] == [1, 2, 3, 4, 5]
    assert [page.label for page in pages] == ["i", "ii", "1", "2", "3"]


@pytest.mark.parametrize("printed", ["{}", "- {} -", "Page {} of 40", "{} | Page"])
def test_numbers_printed_in_the_margin_are_labels_and_no_text(sheets: Sheets, printed: str) -> None:
    for number in range(7, 12):
        sheets.lines(PROSE).at(30, printed.format(number), x=280).page()
    pages = sheets.read()
    assert [page.label for page in pages] == ["7", "8", "9", "10", "11"]
    assert {page.text for page in pages} == {" ".join(PROSE)}


def test_a_stray_number_is_no_label(sheets: Sheets) -> None:
    for printed in ("", "2", "3", "2019", "5", "6"):
        sheets.lines(PROSE).at(30, printed, x=280).page()
    assert [page.label for page in sheets.read()] == ["", "2", "3", "", "5", "6"]


def test_running_headers_and_footers_are_dropped_but_the_letterhead_stays(sheets: Sheets) -> None:
    for number in range(1, 6):
        sheets.at(800, "United Nations in Valoria").at(30, f"Annual report - {number}", x=280)
        sheets.lines([*PROSE, f"This is what page {number} says."]).page()
    first, *others = sheets.read()
    assert "United Nations in Valoria" in first.text
    for number, page in enumerate(others, start=2):
        assert page.texts() == [" ".join(PROSE) + f" This is what page {number} says."]
        assert page.texts("heading") == []


def test_a_line_that_stands_once_at_the_top_is_text(sheets: Sheets) -> None:
    for number in range(1, 6):
        if number == 3:
            sheets.at(800, "Only here: the deadline was moved to June.", size=11)
        sheets.lines(PROSE).page()
    pages = sheets.read()
    assert "the deadline was moved to June" in pages[2].text


def test_words_broken_at_the_line_end_are_joined(sheets: Sheets) -> None:
    sheets.lines(["The sustainable develop-", "ment of towns, and the well-", "being of all who live there."])
    (page,) = sheets.page().read()
    assert page.text == "The sustainable development of towns, and the wellbeing of all who live there."


def test_headings_have_levels_by_their_type(sheets: Sheets) -> None:
    sheets.heading("Findings", 18).heading("Relevance", 13).lines(PROSE).heading("Impact", 13).lines(PROSE)
    sheets.heading("Recommendations", 18).lines(PROSE)
    (page,) = sheets.page().read()
    found = page.of("heading")
    assert [(block.text, block.level) for block in found] == [
        ("Findings", 1), ("Relevance", 2), ("Impact", 2), ("Recommendations", 1),
    ]  # fmt: skip
    assert page.texts() == [" ".join(PROSE)] * 3


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("ARTICLE 33", "Water rights"),
        ("Lessons on the way to", "fair water prices"),
        ("3.4.", "Efficiency"),
    ],
)
def test_a_heading_broken_over_lines_is_one(sheets: Sheets, one: str, two: str) -> None:
    sheets.lines([one], 16, "Helvetica-Bold", after=20).lines([two], 16, "Helvetica-Bold").lines(PROSE)
    (page,) = sheets.page().read()
    assert page.texts("heading") == [f"{one} {two}"]


def test_bold_words_within_a_sentence_are_no_heading(sheets: Sheets) -> None:
    text = sheets.canvas.beginText(LEFT, 700)
    text.setFont("Helvetica-Bold", 11)
    text.textOut("Lesson. ")
    text.setFont("Helvetica", 11)
    text.textLine("Plans made together last longer than others.")
    sheets.canvas.drawText(text)
    sheets.y = 660
    (page,) = sheets.lines(PROSE).page().read()
    assert page.texts("heading") == []
    assert page.texts()[0] == "Lesson. Plans made together last longer than others."


def test_numbered_paragraphs_keep_their_number(sheets: Sheets) -> None:
    sheets.lines(["23. The fund paid for wells in two districts of the north."], after=0)
    sheets.lines(["24. It also paid for a school, which opened in the year", "2021 and is full."])
    sheets.lines(["4.1 The office should plan with the ministries from the start."])
    (page,) = sheets.page().read()
    assert [(block.number, block.text) for block in page.of("paragraph")] == [
        ("23", "23. The fund paid for wells in two districts of the north."),
        ("24", "24. It also paid for a school, which opened in the year 2021 and is full."),
        ("4.1", "4.1 The office should plan with the ministries from the start."),
    ]


def test_two_columns_are_read_one_after_the_other(sheets: Sheets) -> None:
    left = [f"Left column line {number} speaks of boats" for number in range(6)]
    right = [f"right column line {number} speaks of nets" for number in range(6)]
    sheets.lines(left, 10, after=0)
    sheets.y = 700
    sheets.lines(right, 10, x=310)
    (page,) = sheets.page().read()
    assert page.text.replace("\n", " ") == " ".join(left + right)


def test_footnotes_stand_apart_after_the_text(sheets: Sheets) -> None:
    sheets.lines(PROSE)
    sheets.y = 120
    sheets.lines(["1 Ministry of Planning, Yearbook 2021, page 14."], 8, after=8)
    sheets.lines(["2 Interview with the district office."], 8).page()
    sheets.lines(PROSE).lines(PROSE).page()
    first, _ = sheets.read()
    assert first.texts() == [" ".join(PROSE)]
    assert first.texts("footnote") == [
        "1 Ministry of Planning, Yearbook 2021, page 14.",
        "2 Interview with the district office.",
    ]


def test_a_page_that_is_an_image_is_named(sheets: Sheets) -> None:
    sheets.lines(PROSE).page()
    sheets.image().page()
    sheets.at(760, "A/80/74 Annex II").image().page()
    sheets.lines(PROSE).image(on=(72, 100, 100, 100)).page()
    sheets.page()
    text, scan, header, picture, empty = sheets.read()
    assert text.problem == ""
    assert scan.problem == "a scan without a text layer"
    assert header.problem == "a scan behind 16 characters of text: only those were read"
    assert header.text == "A/80/74 Annex II"
    assert picture.problem == ""  # a picture beside text
    assert empty.problem == "no text on the page"


def test_a_logo_makes_no_scan(sheets: Sheets) -> None:
    sheets.at(400, "Thank you", size=20).image(120, 120, (72, 700, 60, 60)).page()
    sheets.at(400, "Thank you", size=20).image(800, 800, (72, 700, 60, 60)).page()  # many pixels, small
    sheets.at(400, "Thank you", size=20).image(8, 8, (0, 0, WIDTH, HEIGHT)).page()  # a coloured ground
    assert [page.problem for page in sheets.read()] == ["", "", ""]


def test_a_scan_in_strips_is_a_scan(sheets: Sheets) -> None:
    for strip in range(5):
        sheets.image(800, 200, (36, 36 + 150 * strip, 520, 150))
    (page,) = sheets.page().read()
    assert page.problem == "a scan without a text layer"


def test_a_text_layer_of_symbols_is_named(sheets: Sheets) -> None:
    sheets.lines(["!%$ #&*( )!% $#& *()"] * 6).page()
    (page,) = sheets.read()
    assert page.problem == "the text layer is unreadable (encoding)"


def test_text_that_runs_up_the_page_is_read_as_if_it_stood_upright(sheets: Sheets) -> None:
    sheets.canvas.rotate(90)
    for at, line in enumerate(PROSE):
        sheets.canvas.drawString(100, -100 - 14 * at, line)
    (page,) = sheets.page().read()
    assert page.texts() == [" ".join(PROSE)]


def test_latin_words_keep_their_order_in_a_file_that_says_it_runs_from_right_to_left(sheets: Sheets) -> None:
    sheets.canvas.setViewerPreference("Direction", "R2L")
    (page,) = sheets.lines(PROSE).page().read()
    assert page.text == " ".join(PROSE)


def test_arabic_keeps_its_ligatures() -> None:
    folder = Path(os.environ.get("SHARED_DATA", "")) / "corpus" / "ndc"
    if not os.environ.get("SHARED_DATA") or not folder.is_dir():
        pytest.skip("the folder of test data is absent (SHARED_DATA)")
    text = "".join(page.text for page in read_pdf(next(folder.glob("KWT_*.pdf"))).pages)
    assert text.count("\u0644\u0627") > 60  # lam before alef, as it is spelt
    assert "\u0643\u0627\u0645\u0644\u0627" in text  # "entirely"


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_a_password_is_one_sentence(sheets: Sheets, tmp_path: Path, algorithm: str) -> None:
    sheets.lines(PROSE).page().canvas.save()
    for user, readable in (("secret", False), ("", True)):
        writer = PdfWriter(clone_from=sheets.path)
        writer.encrypt(user, "owner", permissions_flag=UserAccessPermissions.PRINT, algorithm=algorithm)
        writer.write(tmp_path / "locked.pdf")
        if readable:  # locked only against changes
            assert read_pdf(tmp_path / "locked.pdf").pages[0].text == " ".join(PROSE)
        else:
            with pytest.raises(UnreadableFile, match=r"^the PDF is locked with a password; give it with: "):
                read_pdf(tmp_path / "locked.pdf")
            with pytest.raises(
                UnreadableFile, match=r"locked with a password, and the one given does not open"
            ):
                read_pdf(tmp_path / "locked.pdf", password="guess")
            for password in ("secret", "owner"):
                assert read_pdf(tmp_path / "locked.pdf", password).pages[0].text == " ".join(PROSE)


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7\n", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<</Size 1>>\n"]
)
def test_a_damaged_file_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "damaged.pdf"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=r"the PDF .*(damaged|no pages).*again"):
        read_pdf(path)


def test_one_damaged_page_is_named_and_the_others_are_read(sheets: Sheets, tmp_path: Path) -> None:
    sheets.lines(PROSE).page().lines(PROSE).page().canvas.save()
    writer = PdfWriter(clone_from=sheets.path)
    from pypdf.generic import NameObject, NumberObject

    writer.pages[1][NameObject("/Contents")] = NumberObject(7)
    writer.write(tmp_path / "half.pdf")
    good, bad = read_pdf(tmp_path / "half.pdf").pages
    assert good.text == " ".join(PROSE)
    assert bad.problem
    assert (bad.index, bad.blocks) == (2, ())


def test_what_cannot_be_stored_is_cleaned(tmp_path: Path) -> None:
    """NUL, ligatures and lone surrogates come out of fonts that map their glyphs oddly."""
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

    writer = PdfWriter()
    page = writer.add_blank_page(*A4)
    cmap = DecodedStreamObject()
    cmap.set_data(
        b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FF> endcodespacerange\n"
        b"4 beginbfchar <01> <0000> <02> <FB01> <03> <D800> <04> <F0B7> endbfchar\n"
        b"1 beginbfrange <20> <7E> <0020> endbfrange endcmap end"
    )
    font = DictionaryObject()
    for key, value in (("/Type", "/Font"), ("/Subtype", "/Type1"), ("/BaseFont", "/Helvetica")):
        font[NameObject(key)] = NameObject(value)
    font[NameObject("/ToUnicode")] = writer._add_object(cmap)
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/F1"): writer._add_object(font)})}
    )
    content = DecodedStreamObject()
    content.set_data(b"BT /F1 11 Tf 72 700 Td (The of\x02cial\x01report \x03 \x04 is out.) Tj ET")
    page[NameObject("/Contents")] = writer._add_object(content)
    writer.write(tmp_path / "odd.pdf")
    raw = PdfReader(tmp_path / "odd.pdf").pages[0].extract_text()
    assert "\ufb01" in raw
    assert "\x00" in raw
    (read,) = read_pdf(tmp_path / "odd.pdf").pages
    assert read.text == "The official report is out."
    read.text.encode("utf-8")


def test_properties_of_the_file(sheets: Sheets) -> None:
    sheets.canvas.setTitle("Lakes \u00a0Pro\u00adgramme")
    sheets.canvas.setAuthor("UNDP")
    sheets.canvas.setCatalogEntry("Lang", "en-GB")
    sheets.lines(PROSE).page().canvas.save()
    found = read_pdf(sheets.path).properties
    assert found["title"] == "Lakes Programme"
    assert found["author"] == "UNDP"
    assert found["language"] == "en-GB"
    assert found["created"].startswith("D:2")
