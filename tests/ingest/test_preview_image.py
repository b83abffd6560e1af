"""Pictures of pages are drawn once and kept within bounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.documents import IngestError
from ingest.preview_image import PagePictures


def _pdf(folder: Path) -> Path:
    from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

    canvas = Canvas(str(folder / "made.pdf"))
    for number in range(1, 4):
        canvas.drawString(72, 720, f"page {number}")
        canvas.showPage()
    canvas.save()
    return folder / "made.pdf"


def test_a_picture_is_kept_and_the_oldest_goes(tmp_path: Path) -> None:
    path = _pdf(tmp_path)
    pictures = PagePictures()
    first = pictures.png(path, 1, width=800)
    path.unlink()  # what is kept needs the file no more
    assert pictures.png(path, 1, width=800) == first
    with pytest.raises(IngestError, match="page 2 cannot be drawn"):
        pictures.png(path, 2, width=800)
    again = _pdf(tmp_path)
    small = PagePictures(room=2 * len(first) + 100)
    for number in (1, 2, 3):
        small.png(again, number, width=800)
    assert [key[1] for key in small._kept] == [2, 3]
