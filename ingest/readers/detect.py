"""What a file is, by its content and not by its name."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Literal

from ingest.documents import SkippedFile

Format = Literal["pdf", "docx", "html", "markdown", "text"]

MIB = 1024**2
_HEAD = 8192  # bytes looked at
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "an image"), (b"\xff\xd8\xff", "an image"), (b"GIF8", "an image"), (b"BM", "an image"),
    (b"II*\x00", "an image"), (b"MM\x00*", "an image"), (b"{\\rtf", "a Rich Text file"),
    (b"\xd0\xcf\x11\xe0", "an old Office file (.doc, .xls or .ppt)"), (b"\x1f\x8b", "an archive"),
    (b"7z\xbc\xaf", "an archive"), (b"Rar!", "an archive"), (b"\x7fELF", "a program"), (b"MZ", "a program"),
)  # fmt: skip
_OFFICE = {
    "ppt/": "a presentation (PPTX)", "xl/": "a spreadsheet (XLSX)",
    "META-INF/manifest.xml": "an OpenDocument file", "mimetype": "an OpenDocument or EPUB file",
}  # fmt: skip
_HTML = re.compile(r"^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|article|main)\b", re.I | re.S)
_TAGS = re.compile(r"</(?:p|div|table|h[1-6]|ul|body)>", re.I)
_MARKDOWN = re.compile(r"\A---\r?\n.*?\n---\s*$|^#{1,6} \S|^\|.+\|\s*\n\|\s*:?-{2,}", re.M | re.S)


def detect(path: Path, *, largest: int = 500 * MIB, largest_text: int = 50 * MIB) -> Format:
    """The file's format. Raises SkippedFile, with the reason, for what is not read. Limits in bytes."""
    size = path.stat().st_size
    if not size:
        raise SkippedFile("the file is empty")
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    if b"%PDF-" in head[:1024]:
        return _bounded("pdf", size, largest)
    if head.startswith(b"PK\x03\x04"):
        return _bounded(_zipped(path), size, largest)
    for magic, what in _MAGIC:
        if head.startswith(magic):
            raise SkippedFile(f"is {what}, which is not read; give it as PDF, DOCX, HTML, Markdown or text")
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not wide and _binary(head):
        raise SkippedFile("is a binary file of an unknown kind; give it as PDF, DOCX, HTML, Markdown or text")
    if path.suffix.lower() in {".csv", ".tsv", ".json", ".xml"}:
        raise SkippedFile(f"is data ({path.suffix.lower()}), not a document")
    text = head.decode("utf-16" if wide else "utf-8", "replace")
    if _HTML.match(text) or (path.suffix.lower() in {".html", ".htm"} and _TAGS.search(text)):
        return _bounded("html", size, largest_text)
    if path.suffix.lower() in {".md", ".markdown"} or _MARKDOWN.search(text):
        return _bounded("markdown", size, largest_text)
    return _bounded("text", size, largest_text)


def _bounded(format_: Format, size: int, largest: int) -> Format:
    if size > largest:
        raise SkippedFile(f"is {size // MIB} MB large, more than the {largest // MIB} MB that are read; split it")
    return format_


def _zipped(path: Path) -> Format:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise SkippedFile("is a damaged archive or Office file; save it again") from error
    if "word/document.xml" in names:
        return "docx"
    for start, what in _OFFICE.items():
        if any(name.startswith(start) for name in names):
            raise SkippedFile(f"is {what}, which is not read; save it as PDF or DOCX")
    raise SkippedFile("is an archive, which is not read; unpack it into the folder")


def _binary(head: bytes) -> bool:
    odd = sum(byte < 9 or 13 < byte < 27 or 27 < byte < 32 for byte in head)
    return b"\x00" * 4 in head or odd > 0.05 * len(head)
