"""Readers: one file a format, file -> pages."""

from __future__ import annotations

from pathlib import Path

from ingest.documents import Reading, SkippedFile


def read_file(path: Path) -> Reading:
    """Reads a file by what it holds, whatever its name says."""
    with path.open("rb") as stream:
        start = stream.read(1024)
    if b"%PDF" in start:
        from ingest.readers.pdf import read_pdf

        return read_pdf(path)
    raise SkippedFile("not yet")
