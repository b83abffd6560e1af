"""One page of a PDF as pdfium opens it, for what is drawn or measured of it; only ever in a child process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ingest.documents import UnreadableFile


@contextmanager
def pdf_page(path: str | Path, number: int, password: str) -> Iterator[Any]:
    """Page `number`, from 1. Raises UnreadableFile where there is none, or the file cannot be opened."""
    import pypdfium2  # type: ignore[import-untyped]

    try:
        document = pypdfium2.PdfDocument(path, password=password or None)
    except pypdfium2.PdfiumError as error:
        raise UnreadableFile(f"the file cannot be opened ({error})") from error
    try:
        if not 1 <= number <= len(document):
            raise UnreadableFile("the file has no such page")
        yield document[number - 1]
    finally:
        document.close()
