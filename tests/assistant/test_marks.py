"""Quotes are marked where they stand on the page's image, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pypdfium2  # type: ignore[import-untyped]
import pytest

from assistant.letters import letters, places, turned
from assistant.marks import Marker, Marks
from ingest.documents import Block, IngestError, Page

WIDTH, HEIGHT = 595.0, 842.0


@pytest.fixture(scope="module")
def marker() -> Iterator[Marker]:
    found = Marker()
    yield found
    found._child.close()


@pytest.fixture
def pdf(tmp_path: Path) -> Callable[[Callable[[Any], None]], Path]:
    def made(draw: Callable[[Any], None]) -> Path:
        from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

        path = tmp_path / "made.pdf"
        canvas = Canvas(str(path), pagesize=(WIDTH, HEIGHT))
        canvas.setFont("Helvetica", 11)
        draw(canvas)
        canvas.save()
        return path

    return made


def page(*lines: str, **more: Any) -> Page:
    return Page(1, "", tuple(Block("paragraph", line) for line in lines), **more)


def under(path: Path, marks: Marks) -> str:
    """What PDFium reads inside the rectangles, from the picture's fractions back to points."""
    document = pypdfium2.PdfDocument(path)
    try:
        sheet = document[0]
        text = sheet.get_textpage()
        left, bottom, right, top = sheet.get_bbox()
        words = []
        for each in marks.rectangles:
            x0 = left + each.x * (right - left)
            y1 = top - each.y * (top - bottom)
            x1, y0 = x0 + each.width * (right - left), y1 - each.height * (top - bottom)
            words.append(" ".join(text.get_text_bounded(x0 - 0.5, y0 - 0.5, x1 + 0.5, y1 + 0.5).split()))
        text.close()
        return " | ".join(words)
    finally:
        document.close()


def lines_at(canvas: Any, x: float, y: float, lines: Sequence[str]) -> None:
    for place, line in enumerate(lines):
        canvas.drawString(x, y - 14 * place, line)


def test_a_word_broken_at_the_lines_end(marker: Marker, pdf: Any) -> None:
    path = pdf(
        lambda canvas: lines_at(canvas, 72, 700, ["The framework for develop-", "ment was signed.", "End."])
    )
    text = page("The framework for development was signed.", "End.")
    found = marker.marks(path, text, ["framework for development was"])
    assert found.why == ("",)
    assert under(path, found) == "framework for develop | ment was"
    first, second = found.rectangles
    assert first.y < second.y < first.y + 3 * first.height  # one line below the other
    assert found.shape == pytest.approx(WIDTH / HEIGHT, abs=1e-3)


def test_the_full_stop_is_marked_with_its_sentence(marker: Marker, pdf: Any) -> None:
    path = pdf(lambda canvas: lines_at(canvas, 72, 700, ["One stands here. Two stands there."]))
    found = marker.marks(path, page("One stands here. Two stands there."), ["One stands here."])
    assert under(path, found) == "One stands here."


def test_two_columns(marker: Marker, pdf: Any) -> None:
    left = ["Many who came home", "found no work in the", "first year at all."]
    right = ["Some went back to the", "fields of their parents", "and planted millet."]

    def draw(canvas: Any) -> None:
        lines_at(canvas, 72, 700, left)
        lines_at(canvas, 320, 700, right)

    path = pdf(draw)
    text = page(" ".join(left), " ".join(right))
    for quote, side in ((" ".join(left), left), (" ".join(right), right)):
        found = marker.marks(path, text, [quote])
        assert under(path, found) == " | ".join(side)


def test_a_page_that_was_turned_and_cropped(marker: Marker, pdf: Any) -> None:
    def draw(canvas: Any) -> None:
        canvas.saveState()
        canvas.translate(300, 200)
        canvas.rotate(90)
        canvas.drawString(0, 0, "Upright once the page is turned")
        canvas.restoreState()

    whole = pdf(draw)
    path = whole.with_name("cropped.pdf")
    document = pypdfium2.PdfDocument(whole)
    document[0].set_rotation(90)
    document[0].set_cropbox(50, 50, WIDTH - 20, HEIGHT - 40)
    document.save(path)
    document.close()
    found = marker.marks(path, page("Upright once the page is turned"), ["the page"])
    (mark,) = found.rectangles
    assert found.shape == pytest.approx((HEIGHT - 90) / (WIDTH - 70), abs=1e-3)
    picture = _picture(path)
    ink = _ink(picture, mark.x, mark.y, mark.x + mark.width, mark.y + mark.height)
    assert ink > 20
    assert mark.width > 3 * mark.height / found.shape  # it lies along the line as it is read
    # All ink of the page is on this one line; left of the mark there is some, above it there is none.
    assert _ink(picture, 0, mark.y, mark.x - 0.002, mark.y + mark.height) > 20
    assert _ink(picture, 0, 0, 1, mark.y - 0.002) == 0


def _picture(path: Path) -> Any:
    document = pypdfium2.PdfDocument(path)
    try:
        return document[0].render(scale=2).to_pil().convert("L")
    finally:
        document.close()


def _ink(picture: Any, x0: float, y0: float, x1: float, y1: float) -> int:
    box = (
        int(x0 * picture.width),
        int(y0 * picture.height),
        int(x1 * picture.width),
        int(y1 * picture.height),
    )
    return sum(picture.crop(box).histogram()[:128])


def test_words_that_stand_there_twice_are_told_apart_by_their_neighbours(marker: Marker, pdf: Any) -> None:
    lines = [
        "The target for Mali was 1,200 returnees in the first year.",
        "Nothing was said of any other country at that time.",
        "The target for Niger was 1,200 returnees in the third year.",
    ]
    path = pdf(lambda canvas: lines_at(canvas, 72, 700, lines))
    text = page(*lines)
    start = text.text.rindex("The target")
    found = marker.marks(path, text, ["1,200 returnees"], near=(start, len(text.text)))
    assert under(path, found) == "1,200 returnees"
    assert found.rectangles[0].y > (HEIGHT - 700 + 14) / HEIGHT  # the one on the third line
    assert marker.marks(path, text, ["1,200 returnees"]).why == ("twice",)  # which one is not said
    elsewhere = (0, text.text.index("Nothing"))
    assert marker.marks(path, text, ["third year"], near=elsewhere).why == ("twice",)  # not in its passage
    assert marker.marks(path, text, ["200 returnees"]).why == ("absent",)  # half a number


def test_the_same_words_with_the_same_neighbours_stay_unmarked(marker: Marker, pdf: Any) -> None:
    lines = ["not available not available not available"]
    path = pdf(lambda canvas: lines_at(canvas, 72, 700, lines))
    found = marker.marks(path, page(*lines), ["available"])
    assert found.why == ("twice",)
    assert found.rectangles == ()


def test_a_table_row_whose_cells_the_file_holds_in_another_order(marker: Marker, pdf: Any) -> None:
    def draw(canvas: Any) -> None:
        lines_at(canvas, 300, 700, ["four hundred"])
        lines_at(canvas, 450, 700, ["five hundred"])
        lines_at(canvas, 72, 660, ["A line between them."])
        lines_at(canvas, 72, 700, ["Households"])

    path = pdf(draw)
    cells = (("Indicator", "Households"), ("Baseline", "four hundred"), ("Target", "five hundred"))
    row = Block("row", "Households four hundred five hundred", cells=cells, table=1)
    text = Page(1, "", (row, Block("paragraph", "A line between them.")))
    found = marker.marks(path, text, [row.text])
    assert found.why == ("",)
    assert under(path, found) == "Households | four hundred | five hundred"


def test_ligatures_accents_and_spaces(marker: Marker, pdf: Any) -> None:
    def draw(canvas: Any) -> None:
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.ttfonts import TTFont  # type: ignore[import-untyped]

        font = next(Path("/usr/share/fonts").rglob("DejaVuSans.ttf"), None)
        if font is None:
            pytest.skip("no DejaVu Sans on this machine")
        pdfmetrics.registerFont(TTFont("DejaVu", str(font)))
        canvas.setFont("DejaVu", 11)
        canvas.drawString(72, 700, "Of\ufb01ce of the  E\u0301tat\u00a0: e\ufb03cient")

    path = pdf(draw)
    found = marker.marks(path, page("Office of the État : efficient"), ["Office of the État : efficient"])
    assert found.why == ("",)
    assert len(found.rectangles) == 1


def test_what_is_not_on_the_page_is_not_marked(marker: Marker, pdf: Any) -> None:
    path = pdf(lambda canvas: lines_at(canvas, 72, 700, ["Seventy per cent found work."]))
    text = page("Seventy per cent found work.")
    assert marker.marks(path, text, ["Eighty per cent found work."]).why == ("absent",)
    # Our text has it and the file's own text layer does not.
    assert marker.marks(path, page("Seventy per cent found no work."), ["found no work"]).why == (
        "not there",
    )
    assert marker.marks(path, page("Seventy per cent found work.", ocr=0.9), ["found work"]).why == (
        "read by OCR",
    )
    off = pdf(lambda canvas: lines_at(canvas, 72, 2000, ["Above the page."]))
    assert marker.marks(off, page("Above the page."), ["Above the page."]).why[0] in ("unseen", "not there")


def test_several_quotes_at_once(marker: Marker, pdf: Any) -> None:
    path = pdf(lambda canvas: lines_at(canvas, 72, 700, ["One thing. Another thing. A third."]))
    found = marker.marks(
        path, page("One thing. Another thing. A third."), ["One thing.", "no such", "A third."]
    )
    assert found.why == ("", "absent", "")
    assert under(path, found) == "One thing. | A third."


def test_a_file_that_is_no_pdf_says_so_and_the_next_is_read(marker: Marker, pdf: Any, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7 nothing")
    with pytest.raises(IngestError, match="cannot be opened"):
        marker.marks(broken, page("words"), ["words"])
    path = pdf(lambda canvas: lines_at(canvas, 72, 700, ["words"]))
    assert marker.marks(path, page("words"), ["words"]).why == ("",)
    with pytest.raises(IngestError, match="no such page"):
        marker.marks(path, Page(2, "", (Block("paragraph", "words"),)), ["words"])


def test_letters_alone_are_compared() -> None:
    text = letters("the develop\x02\r\nment of 1,200 “posts”; la So\u0301ciete\u0301, 千二百")
    assert places(text, letters("development").key) == [(3, 14)]
    assert places(text, letters("ment").key) == []  # half a word
    assert places(text, letters("200").key) == []  # half a number
    assert len(places(text, letters("Sóciété").key)) == 1
    assert len(places(text, letters("千二").key)) == 1  # no spaces there to tell words by


def test_right_to_left_readers_may_turn_ligatures_and_dates() -> None:
    ours = "بتاريخ 28/12/1994 اتفاقية الأمم المتحدة الإطارية"
    theirs = "بتاريخ 1994/12/28 اتفاقية اأٞلمم المتحدة اإلطارية".replace("ٞ", "")
    assert len(turned(letters(f"قبل ذلك {theirs} بعد ذلك"), letters(ours).key)) == 1
    assert turned(letters(f"قبل ذلك {theirs} بعد ذلك"), letters(ours.replace("28", "29")).key) == []
