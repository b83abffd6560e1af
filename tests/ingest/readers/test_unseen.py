"""What nobody sees in a document is not read; what someone may see is."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.documents import Reading
from ingest.readers import read_file
from tests.assistant import poison

LEAK = "http://127.0.0.1:9/leak"
MADE: dict[str, tuple[Callable[[str], bytes], tuple[str, ...]]] = {
    "note.pdf": (poison.pdf, poison.UNSEEN_PDF),
    "note.docx": (poison.docx, poison.UNSEEN_DOCX),
    "note.html": (poison.web_page, poison.UNSEEN_HTML),
    "note.md": (poison.markdown, poison.UNSEEN_MARKDOWN),
}


def _words(reading: Reading) -> str:
    return "\n".join(f"{page.text}\n{page.blocks!r}" for page in reading.pages)


def _html(body: str, head: str = "", folder: Path | None = None) -> str:
    assert folder is not None
    path = folder / "page.html"
    page = f"<!doctype html><html><head>{head}</head><body><p>Words that stay.</p>{body}</body></html>"
    path.write_text(page, encoding="utf-8")
    return _words(read_file(path))


@pytest.mark.parametrize("name", sorted(MADE))
def test_hidden_places_are_not_read_and_visible_words_are(tmp_path: Path, name: str) -> None:
    make, unseen = MADE[name]
    path = tmp_path / name
    path.write_bytes(make(LEAK))
    reading = read_file(path)
    words = _words(reading)
    assert [place for place in unseen if poison.canary(place) in words] == []
    assert poison.FACT in words
    assert poison.canary("visible") in words
    assert poison.canary("heading") in words
    assert ("Whiteonblue" in words) == (name in ("note.pdf", "note.docx"))
    if name != "note.md":
        assert int(reading.properties["unseen"]) >= 4


@pytest.mark.parametrize("name", sorted(MADE))
def test_no_sign_that_turns_or_hides_words_is_handed_on(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(MADE[name][0](LEAK))
    reading = read_file(path)
    text = "".join([_words(reading), *reading.properties.values()])
    assert not {*text} & {*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff\x1b\x9b\x07"}


@pytest.mark.parametrize(
    "body",
    [
        '<p style="color:#fff">Kept</p><p style="color:white;background:#123">Kept</p>',
        '<table bgcolor="navy"><tr><td><font color="#ffffff">Kept</font></td></tr></table>',
        '<div style="background-color: teal"><p><b style="color: white">Kept</b></p></div>',
        '<div class="hero"><h2 style="color:#fff">Kept</h2></div>',
        '<p style="font-size:0.9em;opacity:0.8;height:0">Kept</p>',
        '<p class="tab">Kept</p><script>show()</script>',
    ],
)
def test_web_words_that_may_be_seen_are_kept(tmp_path: Path, body: str) -> None:
    sheet = "<style>.hero{background:#123}.tab{display:none}@media print{p{display:none}}</style>"
    assert "Kept" in _html(body, sheet, tmp_path)


def test_white_words_are_kept_where_a_sheet_elsewhere_may_colour_their_ground(tmp_path: Path) -> None:
    words = '<p style="color:#fff">Kept</p>'
    assert "Kept" not in _html(words, "", tmp_path)
    assert "Kept" in _html(words, '<link rel="stylesheet" href="site.css">', tmp_path)


def test_a_scan_keeps_the_words_behind_its_picture(tmp_path: Path) -> None:
    from PIL import Image
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    path = tmp_path / "scan.pdf"
    sheet = Canvas(str(path))
    blank = io.BytesIO()
    Image.new("L", (400, 600), 255).save(blank, "PNG")
    sheet.drawImage(ImageReader(blank), 0, 0, 595, 842)
    text = sheet.beginText(60, 700)
    text.setTextRenderMode(3)
    text.textLine("What the picture of the page says, as a scanner recognised it.")
    sheet.drawText(text)
    sheet.save()
    assert "as a scanner recognised it" in _words(read_file(path))
