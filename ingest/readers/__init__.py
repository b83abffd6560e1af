"""Readers: one file a format, file -> pages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ingest.documents import Reading, UnreadableFile
from ingest.readers.detect import detect

MOST_TEXT = 50_000_000  # characters: more is no document that anyone cites from


def read_file(path: Path) -> Reading:
    """Reads a file by what it holds, whatever its name says.

    Raises SkippedFile for what is no document this program reads, UnreadableFile for one that cannot be.
    """
    reading = _reader(detect(path))(path)
    if sum(len(block.text) for page in reading.pages for block in page.blocks) > MOST_TEXT:
        raise UnreadableFile(f"holds more than {MOST_TEXT // 1_000_000} million characters; split it")
    return reading


def _reader(format_: str) -> Callable[[Path], Reading]:
    """Imported when needed: a reading process loads only the libraries of its files' formats."""
    if format_ == "pdf":
        from ingest.readers.pdf import read_pdf as read
    elif format_ == "docx":
        from ingest.readers.docx import read_docx as read
    elif format_ == "html":
        from ingest.readers.html import read_html as read
    elif format_ == "markdown":
        from ingest.readers.markdown import read_markdown as read
    else:
        from ingest.readers.plain import read_text as read
    return read
