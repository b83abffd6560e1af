"""OCR: pages without a text layer are rendered (pdfium), turned upright and read by Tesseract."""

from __future__ import annotations

import math
import os
import re
import shutil
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.cache import opened
from ingest.catalogue import blocks_from_json, blocks_to_json
from ingest.documents import Block, Page, UnreadableFile
from ingest.ocr_languages import HOW_TO_INSTALL, languages_for, languages_of_script, package_for
from ingest.ocr_lines import recognised

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "HOW_TO_INSTALL", "OcrCache", "OcrJob", "installed", "languages_for", "ocr_page", "overlay",
    "run_ocr", "unread_reason", "version", "wants_ocr",
]  # fmt: skip

NOTHING_FOUND = "OCR found no text on it"
_FEWEST = 20  # characters; a page with fewer holds a stamp or noise
_DPI = 300
# Its model gets no number right (0 of 22 on six pages, ١٠١٢ for ٢٠١٢): better none than a false one.
_ARABIC = "ara"
_MOST_PIXELS = 25_000_000
# Confidence x share of the characters kept. Upside down the words kept can be as sure as 0.73, but are few.
_SURELY_READ = 0.7
_SURE_OF_SIDE = 2.0  # OSD's confidence; a page of upright prose has 3 to 30


# -- The program --------------------------------------------------------------------------------------------


def installed() -> frozenset[str] | None:
    """Tesseract's languages ("eng", "fra", ...); None where the program is not there."""
    if shutil.which("tesseract") is None:
        return None
    lines = _tesseract(["--list-langs"], b"", 30).splitlines()
    return frozenset(line.strip() for line in lines if re.fullmatch(r"[a-z_]{3,}", line.strip()))


def version() -> str:
    """ "tesseract 5.3.0"; "" where the program is not there."""
    if shutil.which("tesseract") is None:
        return ""
    return next(iter(_tesseract(["--version"], b"", 30).splitlines()), "").strip()


def _tesseract(arguments: Sequence[str], image: bytes, timeout: float) -> str:
    """What Tesseract prints. Raises UnreadableFile with the reason where it fails."""
    # One thread: two processes side by side read more pages a minute than one with two threads.
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    try:
        done = subprocess.run(
            ["tesseract", *arguments], input=image, capture_output=True, timeout=timeout, env=environment
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadableFile(f"OCR took longer than {timeout:.0f} seconds; raise the time limit") from error
    except FileNotFoundError as error:
        raise UnreadableFile(f"OCR is not there; {HOW_TO_INSTALL}") from error
    if done.returncode:
        said = " ".join(done.stderr.decode("utf-8", "replace").split())[:120]
        raise UnreadableFile(f"OCR stopped with code {done.returncode} ({said}); sync again")
    return done.stdout.decode("utf-8", "replace")


# -- Which pages --------------------------------------------------------------------------------------------


def wants_ocr(page: Page) -> bool:
    """Whether the page's problem is one that OCR can mend."""
    return page.problem.startswith(("a scan", "the text layer is unreadable"))


def unread_reason(problem: str) -> str:
    """The page's problem, with the command that installs OCR where it would help and is missing."""
    mendable = wants_ocr(Page(None, "", (), problem)) and shutil.which("tesseract") is None
    return f"{problem}; {HOW_TO_INSTALL}, and sync again" if mendable else problem


# -- One page -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Attempt:
    page: Page
    sure: float  # 0 to 1


def ocr_page(path: Path, index: int, languages: Sequence[str], *, timeout: float, password: str = "") -> Page:
    """Page `index` (from 1) of the PDF at `path` as OCR reads it; `timeout` in seconds, for all of it.

    languages: Tesseract's codes; none: those of the script found on the page. Raises UnreadableFile where
    the page cannot be rendered, a language is missing, or Tesseract stops or is too slow.
    """
    end = time.monotonic() + timeout
    image = _rendered(path, index, password)
    first = _read(image, index, languages, end) if languages else None
    if first and first.sure >= _SURELY_READ:
        return first.page
    turn, script = _side_and_script(image, end)
    if first and not turn:
        return first.page
    if not languages:
        languages = languages_of_script(script, installed() or ())
        if not languages:
            raise UnreadableFile(
                f"page {index}: OCR lacks its language; apt-get install {package_for(script)}, and sync again"
            )
    turned = _read(_turned(image, turn), index, languages, end)
    return (turned if first is None or turned.sure > first.sure else first).page


def _rendered(path: Path, index: int, password: str) -> np.ndarray:
    import pypdfium2 as pdfium  # type: ignore[import-untyped]

    try:
        document = pdfium.PdfDocument(path, password=password or None)
        try:
            page = document[index - 1]
            width, height = page.get_size()
            scale = min(_DPI / 72, math.sqrt(_MOST_PIXELS / max(1.0, width * height)))
            image: np.ndarray = page.render(scale=scale, grayscale=True).to_numpy().copy()
        finally:
            document.close()
    except pdfium.PdfiumError as error:
        raise UnreadableFile(
            f"page {index} cannot be drawn for OCR ({error}); export the PDF again"
        ) from error
    return image.reshape(image.shape[:2])


def _turned(image: np.ndarray, degrees: int) -> np.ndarray:
    """The image turned clockwise by 0, 90, 180 or 270 degrees."""
    import numpy as np

    return np.rot90(image, -degrees // 90)


def _pgm(image: np.ndarray) -> bytes:
    return b"P5 %d %d 255\n" % (image.shape[1], image.shape[0]) + image.tobytes()


def _side_and_script(image: np.ndarray, end: float) -> tuple[int, str]:
    """(degrees clockwise that turn the page upright, its script); (0, "Latin") where nothing tells."""
    try:
        said = _tesseract(
            ["stdin", "stdout", "--psm", "0", "--dpi", str(_DPI)], _pgm(image), end - time.monotonic()
        )
    except UnreadableFile:  # too few characters to tell, or no osd.traineddata
        return 0, "Latin"
    fields = dict(line.split(": ", 1) for line in said.splitlines() if ": " in line)
    sure = float(fields.get("Orientation confidence", 0)) >= _SURE_OF_SIDE
    return int(fields.get("Rotate", 0)) if sure else 0, fields.get("Script", "Latin")


def _read(image: np.ndarray, index: int, languages: Sequence[str], end: float) -> _Attempt:
    left = end - time.monotonic()
    if left <= 0:
        raise UnreadableFile(f"page {index}: OCR took too long; raise the time limit")
    # 3: find columns and paragraphs. The image is given on stdin: no temporary file to leave behind.
    tsv = _tesseract(
        ["stdin", "stdout", "-l", "+".join(languages), "--psm", "3", "--dpi", str(_DPI), "tsv"],
        _pgm(image),
        left,
    )
    found = recognised(tsv, hide_numbers=_ARABIC in languages)
    if sum(char.isalnum() for block in found.blocks for char in block.text) < _FEWEST:
        return _Attempt(Page(index, "", (), NOTHING_FOUND, found.confidence), 0.0)
    return _Attempt(Page(index, "", found.blocks, "", found.confidence), found.confidence * found.share)


# -- Many pages ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OcrJob:
    """One page to read in a child process; `timeout` in seconds, below the pool's own."""

    path: Path
    sha: str
    index: int
    languages: tuple[str, ...] = ()
    password: str = ""
    timeout: float = 120.0


def run_ocr(job: OcrJob) -> Page:
    """The job's page; raises UnreadableFile with the reason where it could not be read."""
    return ocr_page(job.path, job.index, job.languages, timeout=job.timeout, password=job.password)


def overlay(pages: Sequence[Page], read: Mapping[int, Page]) -> tuple[Page, ...]:
    """`pages` with those that want OCR replaced where it has `read` them; printed labels stay.

    Lines that recur at the top or bottom of the pages read by OCR (a symbol, a page number) are left out.
    Where OCR found nothing beside a text layer of a few words, these are all there is: the page is read.
    """
    found = [read.get(page.index or 0) if wants_ocr(page) else None for page in pages]
    running = _running([page for page in found if page])
    return tuple(
        _laid(page, by_ocr, running) if by_ocr else page for page, by_ocr in zip(pages, found, strict=True)
    )


def _laid(page: Page, read: Page, running: set[str]) -> Page:
    if read.problem == NOTHING_FOUND and page.blocks and page.problem.startswith("a scan"):
        return replace(page, problem="")
    return replace(_without(read, running), label=page.label)


def _running(pages: Sequence[Page]) -> set[str]:
    seen: Counter[str] = Counter()
    for page in pages:
        seen.update({_key(page.blocks[at]) for at in _margins(page)})
    least = max(3, round(0.2 * len(pages)))
    return {key for key, count in seen.items() if count >= least}


def _without(page: Page, running: set[str]) -> Page:
    gone = {at for at in _margins(page) if _key(page.blocks[at]) in running}
    return replace(page, blocks=tuple(block for at, block in enumerate(page.blocks) if at not in gone))


def _margins(page: Page) -> list[int]:
    """Places of the short blocks among the first two and last two."""
    count = len(page.blocks)
    ends = {at for at in (0, 1, count - 2, count - 1) if 0 <= at < count}
    return sorted(at for at in ends if len(page.blocks[at].text) <= 60)


def _key(block: Block) -> str:
    return re.sub(r"\d+", "#", re.sub(r"\s+", "", block.text.casefold()))


# -- What was read is kept ----------------------------------------------------------------------------------


_TABLE = (
    "ocr (document TEXT, page INTEGER, engine TEXT, blocks TEXT, problem TEXT, confidence REAL,"
    " PRIMARY KEY (document, page))"
)


class OcrCache:
    """(document, page) -> the page as OCR read it, in readings.sqlite; several processes may use it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def get(self, document: str) -> dict[int, Page]:
        """Page index -> page, of those that were read."""
        if not self.path.is_file():
            return {}
        with self._open() as database:
            rows = database.execute(
                "SELECT page, blocks, problem, confidence FROM ocr WHERE document = ?", (document,)
            ).fetchall()
        return {
            index: Page(index, "", blocks_from_json(blocks), problem, confidence)
            for index, blocks, problem, confidence in rows
        }

    def documents(self) -> frozenset[str]:
        """Those of which a page was read."""
        if not self.path.is_file():
            return frozenset()
        with self._open() as database:
            return frozenset(row[0] for row in database.execute("SELECT DISTINCT document FROM ocr"))

    def put(self, document: str, page: Page, engine: str = "") -> None:
        """Keeps one page. engine: what read it ("tesseract 5.3.0 fra"); a new one redoes nothing."""
        row = (document, page.index, engine, blocks_to_json(page.blocks), page.problem, page.ocr)
        with self._open() as database, database:
            database.execute("INSERT OR REPLACE INTO ocr VALUES (?, ?, ?, ?, ?, ?)", row)

    def forget(self, kept: Collection[str]) -> int:
        """Forgets the pages of all documents but `kept`; how many documents those were."""
        if not self.path.is_file():
            return 0
        with self._open() as database, database:
            known = {row[0] for row in database.execute("SELECT DISTINCT document FROM ocr")}
            gone = [(document,) for document in known - set(kept)]
            database.executemany("DELETE FROM ocr WHERE document = ?", gone)
        return len(gone)

    def _open(self) -> AbstractContextManager[sqlite3.Connection]:
        return opened(self.path, _TABLE, "readings")
