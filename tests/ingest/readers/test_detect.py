"""A file's format by its content; what is not read gets a reason in words."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from ingest.documents import IngestError, SkippedFile
from ingest.readers.detect import detect

MIB = 1024**2


def _zip(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


def _old_office(entry: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + entry.encode("utf-16-le")


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.txt", b"%PDF-1.7\n", "pdf"),
        ("a.pdf", b"\n" * 900 + b"%PDF-1.4\n", "pdf"),
        ("a.pdf", _zip("word/document.xml"), "docx"),
        ("a", b"<!DOCTYPE html><html><p>Words.</p></html>", "html"),
        (
            "a.txt",
            b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- made by hand -->\n<html><p>Words.</p></html>",
            "html",
        ),
        ("a.html", b"<div><p>Words.</p></div>", "html"),
        ("a.md", b"<div>\n\n# A heading\n", "markdown"),
        ("a.md", b"Only words.", "markdown"),
        ("a.MARKDOWN", b"Only words.", "markdown"),
        ("a.txt", b"---\ntitle: A note\n---\nWords.\n", "markdown"),
        ("a.txt", b"# One\n\n# Two\n\nWords with a [link](https://example.org).\n", "markdown"),
        ("a.txt", b"Only words, 5 < 6.\n# but one sign is not enough\n", "text"),
        ("a.txt", "Ministère de l’Intérieur".encode("cp1252"), "text"),
        ("a.txt", "Министерство".encode("utf-16"), "text"),
        ("a.txt", b"Words with a NUL\x00.", "text"),
    ],
)
def test_content_decides(tmp_path: Path, name: str, data: bytes, expected: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert detect(path) == expected


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.pdf", b"", "empty"),
        ("a.txt", b" \n\t\n", "no text"),
        ("a.pdf", b"\x89PNG\r\n\x1a\n", "an image"),
        ("a.md", b"\xff\xd8\xff\xe0", "an image"),
        ("a.html", b"<svg xmlns='x'></svg>", "an image"),
        ("a.docx", _zip("ppt/presentation.xml"), "PPTX"),
        ("a.docx", _zip("xl/workbook.xml"), "XLSX"),
        ("a.odt", _zip("mimetype", "META-INF/manifest.xml"), "OpenDocument"),
        ("a.zip", _zip("a.pdf"), "archive"),
        ("a.gz", b"\x1f\x8b\x08\x00", "archive"),
        ("a.pdf", _old_office("WordDocument"), "DOC"),
        ("a.xls", _old_office("Workbook"), "XLS"),
        ("a.docx", _old_office("EncryptedPackage"), "password"),
        ("a.doc", b"{\\rtf1 words}", "Rich Text"),
        ("a.md", bytes(range(256)) * 20, "binary"),
        ("a.csv", b"file,title\n", "data"),
    ],
)
def test_what_is_not_read_has_a_reason(tmp_path: Path, name: str, data: bytes, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(SkippedFile, match=words):
        detect(path)


def test_limits_differ_by_format(tmp_path: Path) -> None:
    text, pdf = tmp_path / "a.txt", tmp_path / "a.pdf"
    text.write_bytes(b"Some words.\n" * 200_000)
    pdf.write_bytes(b"%PDF-1.7\n" + b"%" * 2 * MIB)
    with pytest.raises(SkippedFile, match="2 MB"):
        detect(text, largest_text=MIB)
    assert detect(pdf, largest_text=MIB) == "pdf"
    with pytest.raises(SkippedFile, match="more than the 1 MB"):
        detect(pdf, largest=MIB)


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(IngestError, match="cannot be opened"):
        detect(tmp_path / "gone.pdf")
