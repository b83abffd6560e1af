"""One file -> a document: its reading, description and passages; runs in a child process."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ingest.documents import Description, Page, Passage, Reading, UnreadableFile


@dataclass(frozen=True)
class ReadJob:
    """One file to read. name: what it is called, where `path` does not say; cache: readings.sqlite."""

    path: Path
    sha: str
    override: str = ""
    name: str = ""
    cache: Path | None = None
    password: str = ""


@dataclass(frozen=True)
class ReadDocument:
    """What a child process hands back: pure data, made from the file's bytes alone.

    reading: as the file gave it; pages: with those that OCR has read in their places; passages: none where
    only OCR can help. fresh: it was read now, in `seconds`; else it was in the cache.
    """

    reading: Reading
    pages: tuple[Page, ...]
    description: Description
    passages: tuple[Passage, ...]
    sketch: str
    quality: dict[str, Any]
    seconds: float
    fresh: bool


def read_document(job: ReadJob) -> ReadDocument:
    """Reads the job's file, or takes its reading from the cache; raises UnreadableFile, SkippedFile."""
    from ingest.describe import describe
    from ingest.ocr import OcrCache, overlay, wants_ocr
    from ingest.passages import passages
    from ingest.quality import quality
    from ingest.versions import sketch

    reading, seconds, fresh = _reading(job)
    pages = overlay(reading.pages, OcrCache(job.cache).get(job.sha)) if job.cache else reading.pages
    name = job.name or job.path.name
    override = json.loads(job.override) if job.override else None
    description = describe(replace(reading, pages=pages), name=name, override=override)
    cut = passages(job.sha, pages)
    if not cut and not any(wants_ocr(page) for page in pages):
        raise UnreadableFile(
            f"{nothing_to_search(page.problem for page in pages)}; give the text version, or a copy with a"
            " text layer (OCR)"
        )
    unseen = int(reading.properties.get("unseen", 0))
    measured = {**asdict(quality(pages)), "seconds": round(seconds, 3), "unseen": unseen}
    return ReadDocument(reading, pages, description, cut, sketch(pages), measured, seconds, fresh)


def nothing_to_search(problems: Iterable[str]) -> str:
    """Why a document without a passage has none, from its pages' problems."""
    listed = list(problems)
    told = {problem for problem in listed if problem}
    why = told.pop() if len(told) == 1 else "no page has text"
    return f"nothing to search: {why} ({len(listed)} page{'s' * (len(listed) != 1)})"


def scan_reason(read: ReadDocument, ocr: str) -> str:
    """Why a document that only OCR can help is not searched yet. ocr: as the settings have it."""
    from ingest.ocr import HOW_TO_INSTALL, installed
    from ingest.scan import AWAITS_OCR

    why = nothing_to_search(page.problem for page in read.pages)
    if ocr == "off":
        return f"{why}; set ASSISTANT_OCR=auto to have it read by OCR"
    return f"{why}; it {AWAITS_OCR}" if installed() else f"{why}; {HOW_TO_INSTALL}, and sync again"


def _reading(job: ReadJob) -> tuple[Reading, float, bool]:
    from ingest.readers import read_file
    from ingest.readings import ReadingCache

    kept = ReadingCache(job.cache).get(job.sha) if job.cache else None
    if kept:
        return kept.reading, kept.seconds, False
    start = time.monotonic()
    reading = read_file(job.path, password=job.password)
    return reading, time.monotonic() - start, True
