"""Hostile and broken files: each ends in a reason or in a reading, within its limits, and alone."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.documents import Reading, SkippedFile, UnreadableFile
from ingest.readers import read_file
from ingest.readers.child import ReaderPool
from ingest.readers.detect import detect

MIB = 1024**2
TIMEOUT = 12.0  # seconds: the whole file of tests stays under 40


def _pdf(pages: int = 1, content: bytes = b"", password: str = "") -> bytes:
    from pypdf import PdfWriter
    from pypdf.generic import NameObject, StreamObject

    writer = PdfWriter()
    for _ in range(pages):
        page = writer.add_blank_page(width=200, height=200)
        if content:
            stream = StreamObject()
            stream.set_data(content)
            page[NameObject("/Contents")] = writer._add_object(stream.flate_encode())
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _docx(document: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", document)
    return out.getvalue()


def _docx_with_entities() -> bytes:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "laughter"}">' for n in range(10))
    body = (
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">&a9;</w:document>'
    )
    return _docx(f"<!DOCTYPE w [{entities}]>{body}".encode())


def _text_pdf(words: str) -> bytes:
    from reportlab.pdfgen import canvas

    out = io.BytesIO()
    sheet = canvas.Canvas(out)
    for at in range(8):
        sheet.drawString(72, 700 - 14 * at, words)
    sheet.save()
    return out.getvalue()


GOOD = "The programme reached every district in the south during its second year."
HOSTILE: dict[str, Callable[[], bytes]] = {
    "empty.pdf": lambda: b"",
    "truncated.pdf": lambda: _text_pdf(GOOD)[:300],
    "locked.pdf": lambda: _pdf(password="secret"),
    "no pages.pdf": lambda: _pdf(pages=0),
    # 300 MB of operators that pack to 300 KB.
    "bomb.pdf": lambda: _pdf(content=b"0 0 m 1 1 l S\n" * (300 * MIB // 14)),
    "many operators.pdf": lambda: _pdf(content=b"BT /F1 9 Tf 1 0 0 1 9 9 Tm (word) Tj ET\n" * 40_000),
    "binary.md": lambda: bytes(range(256)) * 100,
    "bomb.docx": lambda: _docx(b"<a>" + b" " * (100 * MIB) + b"</a>"),
    "entities.docx": _docx_with_entities,
    "not xml.docx": lambda: _docx(b"no XML at all"),
    "no zip.docx": lambda: b"PK\x03\x04" + b"x" * 1000,
    "deep.html": lambda: b"<html><body>" + b"<div>" * 50_000 + b"deep words" + b"</div>" * 50_000,
    "deep.md": lambda: b"> " * 50_000 + b"deep words",
    "brackets.md": lambda: b"[" * 100_000,
    "wide.html": lambda: (
        b"<table>" + b'<tr><td rowspan="9999" colspan="9999">x</td></tr>' * 300 + b"</table>"
    ),
    "....md": lambda: b"# Dots\n\nWords.\n",
    "..%2f..%2fetc\\passwd.html": lambda: b"<html><body><p>Words.</p></body></html>",
    "🌍 note \u202e.md": lambda: "# 🌍\n\nWords \ud83d and \x00.\n".encode("utf-8", "surrogatepass"),
}
READ = {"....md", "..%2f..%2fetc\\passwd.html", "🌍 note \u202e.md"}
REFUSED = {
    "empty.pdf": (SkippedFile, "empty"),
    "truncated.pdf": (UnreadableFile, "damaged"),
    "locked.pdf": (UnreadableFile, "password"),
    "no pages.pdf": (UnreadableFile, "no pages"),
    "binary.md": (SkippedFile, "binary"),
    "bomb.docx": (UnreadableFile, "unpacks"),
    "entities.docx": (UnreadableFile, ""),
    "deep.md": (UnreadableFile, "nested"),
    "not xml.docx": (UnreadableFile, "damaged"),
    "no zip.docx": (UnreadableFile, "damaged"),
}

Outcome = Reading | UnreadableFile | SkippedFile


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """Name -> what became of the file; two good files stand among them."""
    folder = tmp_path_factory.mktemp("hostile")
    for name, make in HOSTILE.items():
        (folder / name).write_bytes(make())
    (folder / "good.pdf").write_bytes(_text_pdf(GOOD))
    (folder / "good.md").write_text(GOOD, encoding="utf-8")
    paths = sorted(folder.iterdir())
    with ReaderPool(workers=2, memory=1024 * MIB) as pool:
        return {path.name: result for path, result in pool.read_all(paths, read_file, TIMEOUT)}


def test_every_file_has_an_outcome(outcomes: dict[str, Outcome]) -> None:
    assert set(outcomes) == {*HOSTILE, "good.pdf", "good.md"}


@pytest.mark.parametrize("name", ["good.pdf", "good.md"])
def test_good_files_among_them_are_read(outcomes: dict[str, Outcome], name: str) -> None:
    result = outcomes[name]
    assert isinstance(result, Reading)
    assert GOOD in result.pages[0].text


@pytest.mark.parametrize("name", sorted(READ))
def test_odd_names_and_characters_do_no_harm(outcomes: dict[str, Outcome], name: str) -> None:
    result = outcomes[name]
    assert isinstance(result, Reading)
    text = result.pages[0].text
    assert "Words" in text
    assert "\x00" not in text
    text.encode("utf-8")  # a lone surrogate could not be


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_the_reason_names_what_is_wrong(outcomes: dict[str, Outcome], name: str) -> None:
    kind, words = REFUSED[name]
    assert type(outcomes[name]) is kind
    assert words in str(outcomes[name])


def test_reasons_are_one_clear_sentence(outcomes: dict[str, Outcome]) -> None:
    reasons = [str(result) for result in outcomes.values() if not isinstance(result, Reading)]
    assert reasons
    for reason in reasons:
        assert "\n" not in reason
        assert "Traceback" not in reason
        assert 10 < len(reason) < 300


@pytest.mark.parametrize("name", sorted({*HOSTILE} - READ - {*REFUSED}))
def test_the_rest_ends_in_a_reason_or_a_reading(outcomes: dict[str, Outcome], name: str) -> None:
    result = outcomes[name]
    if isinstance(result, Reading):  # a page that could not be read says so, and what was read is bounded
        assert all(len(page.text) < 10_000_000 for page in result.pages)
    else:
        assert isinstance(result, UnreadableFile)


def test_a_large_text_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as stream:
        for _ in range(60):
            stream.write(b"A line of words.\n" * (MIB // 17))
    with pytest.raises(SkippedFile, match="more than the 10 MB"):
        detect(path, largest_text=10 * MIB)
