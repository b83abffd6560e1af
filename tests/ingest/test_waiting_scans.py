"""An admin's work with scans that wait for OCR, and with a disk that is full."""

from __future__ import annotations

import errno
import os
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ingest.documents import Block, Page
from ingest.jobs import current
from ingest.library import LibraryError
from ingest.ocr import HOW_TO_INSTALL, OcrCache
from ingest.preview import preview
from ingest.scan import sha256_of
from ingest.sync import sync
from tests.ingest.test_admin_work import LAKES, ROADS, titles
from tests.ingest.test_ocr import needs_tesseract, scan


def test_a_scan_is_known_with_its_unread_pages(workshop: Any, tmp_path: Path) -> None:
    """Not searched, yet not absent either: whoever counts documents knows that it could not be read."""
    from PIL import Image
    from reportlab.pdfgen.canvas import Canvas

    Image.new("L", (1200, 1600), 200).save(tmp_path / "page.png")
    canvas = Canvas(str(workshop.folder / "scan.pdf"), pagesize=(600, 800))
    canvas.drawImage(str(tmp_path / "page.png"), 0, 0, 600, 800)
    canvas.save()
    off = workshop.settings.model_copy(update={"ocr": "off"})
    outcome = sync(workshop.library, workshop.folder, workshop.embedder, workshop.cache, off)
    (failed,) = outcome.failed
    assert failed.reason.startswith("nothing to search: a scan without a text layer (1 page); ")
    with closing(workshop.library.catalogue("0001")) as catalogue:
        (entry,) = catalogue.documents()
        assert (entry.name, entry.pages, entry.passages) == ("scan.pdf", 1, 0)
        assert catalogue.page_problems() == {entry.sha: [(1, "a scan without a text layer")]}


def test_scans_that_wait_are_told_as_such(workshop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are no failed files: the same run reads them, unless what it built is held back."""
    monkeypatch.setattr("ingest.ocr.installed", lambda: frozenset({"eng"}))
    scan(workshop.folder / "scan.pdf", "The harbour log names each boat that left.")
    workshop.sync(hold=True)
    job = current(workshop.library.root)
    assert job is not None
    assert job.failed == ()
    assert job.message.endswith("; 1 scan waits for OCR: once it is published, the next run reads it")
    assert workshop.sync(hold=True).candidate == "0001"  # it waits still, and is not built again
    monkeypatch.setattr("ingest.ocr.installed", lambda: None)
    workshop.sync(hold=True)  # nothing here reads it any more: that is told instead
    with closing(workshop.library.catalogue("0002")) as catalogue:
        assert [HOW_TO_INSTALL in entry.reason for entry in catalogue.files()] == [True]


def test_a_scan_that_ocr_cannot_read_makes_no_generation_at_every_run(
    workshop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.ocr.installed", lambda: frozenset({"eng"}))
    scan(workshop.folder / "scan.pdf", "The harbour log names each boat that left.")
    workshop.write("lakes.pdf", "Lakes Programme", LAKES)
    assert workshop.sync(ocr=False).generation == "0001"
    assert workshop.sync(ocr=False).generation == "0001"
    OcrCache(workshop.library.root / "readings.sqlite").put(
        sha256_of(workshop.folder / "scan.pdf"), Page(1, "", (Block("paragraph", ROADS[0]),), "", 0.9)
    )
    assert workshop.sync(ocr=False).generation == "0002"
    assert titles(workshop).keys() == {"lakes.pdf", "scan.pdf"}
    assert not workshop.sync(ocr=False).published


@needs_tesseract
def test_scans_that_ocr_has_read_are_no_failed_files(workshop: Any) -> None:
    scan(workshop.folder / "scan.pdf", "The harbour log names each boat that left.")
    seen = preview(workshop.library, workshop.folder, workshop.settings)
    assert (seen.scans, seen.failed) == ((("scan.pdf", 1),), ())
    assert not workshop.sync().failed
    job = current(workshop.library.root)
    assert job is not None
    assert (job.failed, job.message) == ((), "generation 0002 published")
    assert preview(workshop.library, workshop.folder, workshop.settings).scans == ()


def test_a_plan_says_of_scans_that_nothing_here_can_read_them(
    workshop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan(workshop.folder / "scan.pdf", "The harbour log names each boat that left.")
    monkeypatch.setattr("ingest.ocr.installed", lambda: None)
    monkeypatch.setattr("ingest.preview.installed", lambda: None)
    ((name, reason),) = preview(workshop.library, workshop.folder, workshop.settings).failed
    assert name == "scan.pdf"
    assert "apt-get install tesseract-ocr" in reason


@pytest.mark.parametrize(
    ("where", "error"),
    [
        ("ingest.library.shutil.copytree", OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))),
        ("ingest.build.Vectors.add", RuntimeError("error returned from database: (code: 13) disk is full")),
    ],
)
def test_a_full_disk_leaves_the_live_generation_and_what_was_read(
    workshop: Any, monkeypatch: pytest.MonkeyPatch, where: str, error: Exception
) -> None:
    def full(*given: Any, **named: Any) -> None:
        raise error

    workshop.write("lakes.pdf", "Lakes Programme", LAKES)
    workshop.sync()
    workshop.write("roads.pdf", "Roads Programme", ROADS)
    with monkeypatch.context() as disk:
        disk.setattr(where, full)
        disk.setattr("ingest.sync.shutil.disk_usage", lambda path: SimpleNamespace(free=1000))
        with pytest.raises(
            LibraryError, match="is full; make room and sync again: the live generation is as"
        ):
            workshop.sync()
    job = current(workshop.library.root)
    assert job is not None
    assert (job.state, workshop.library.live(), titles(workshop).keys()) == ("failed", "0001", {"lakes.pdf"})
    assert workshop.sync().generation == "0002"
    assert titles(workshop).keys() == {"lakes.pdf", "roads.pdf"}
    assert not list((workshop.library.root / "generations").glob(".building-*"))
