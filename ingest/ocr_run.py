"""OCR of what a library has no text of: page by page in child processes, each kept as soon as it is read."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ingest.admin import Admin
from ingest.catalogue import Catalogue, FileEntry
from ingest.documents import Page, sha256_of
from ingest.jobs import Progress
from ingest.library import Library
from ingest.ocr import OcrCache, OcrJob, installed, languages_for, run_ocr, version, wants_ocr
from ingest.readings import FILE, ReadingCache
from ingest.scan import AWAITS_OCR
from ingest.settings import IngestSettings

log = logging.getLogger(__name__)

_GRACE = 30.0  # seconds that a child has beyond the page's own time


def read_scans(library: Library, settings: IngestSettings, progress: Progress) -> bool:
    """Reads by OCR the pages of the live generation that want it and were never read so; False for none.

    A page that Tesseract cannot read is logged and tried again by the next run.
    """
    from ingest.readers.child import ReaderPool

    jobs = waiting(library, settings)
    if not jobs:
        return False
    cache = OcrCache(library.root / FILE)
    engine = version()
    read = False
    progress("OCR", 0, len(jobs), "")
    with ReaderPool(workers=settings.readers or None, memory=settings.read_memory) as pool:
        results = pool.read_all(jobs, run_ocr, settings.page_timeout + _GRACE)
        for done, (job, page) in enumerate(results, start=1):
            if isinstance(page, Page):
                cache.put(job.sha, page, f"{engine} {'+'.join(job.languages)}".strip())
                read = True
            else:
                log.warning("%s, page %d: %s", jobs[job], job.index, page)
            progress("OCR", done, len(jobs), f"{jobs[job]}, page {job.index}")
    return read


def waiting(library: Library, settings: IngestSettings) -> dict[OcrJob, str]:
    """The pages that `read_scans` would read, each with its file's name; none where Tesseract is missing."""
    languages, live = installed(), library.live()
    if languages is None or live is None or settings.ocr == "off":
        return {}
    cache = OcrCache(library.root / FILE)
    wanted = _Wanted(cache, languages, settings.page_timeout, Admin(library.root).passwords())
    with closing(library.catalogue(live)) as catalogue:
        return dict(wanted.jobs(library, catalogue))


@dataclass(frozen=True)
class _Wanted:
    """Finds the pages that are still to be read. timeout: seconds a page."""

    cache: OcrCache
    languages: frozenset[str]
    timeout: float
    passwords: Mapping[str, str]

    def jobs(self, library: Library, catalogue: Catalogue) -> Iterator[tuple[OcrJob, str]]:
        """(one page to read, its file's name)."""
        problems = catalogue.page_problems()
        for entry in catalogue.documents():
            original = library.original(entry.sha)
            if original is not None and entry.sha in problems:
                pages = [Page(page, "", (), problem) for page, problem in problems[entry.sha]]
                yield from self._of(entry.sha, entry.name, original, pages, entry.description.language)
        for file in catalogue.files():
            if file.state == "failed" and AWAITS_OCR in file.reason:
                yield from self._of_new_version(library, file)

    def _of_new_version(self, library: Library, file: FileEntry) -> Iterator[tuple[OcrJob, str]]:
        """A scan whose last good version answers until OCR has read it: the catalogue lacks its pages."""
        path = Path(file.path)
        try:
            sha = sha256_of(path)
        except OSError:
            return
        kept = ReadingCache(library.root / FILE).get(sha)
        if kept and sha != file.document:
            yield from self._of(sha, file.name, path, kept.reading.pages, "und")

    def _of(
        self, sha: str, name: str, path: Path, pages: Sequence[Page], language: str
    ) -> Iterator[tuple[OcrJob, str]]:
        wanted = [page.index for page in pages if page.index is not None and wants_ocr(page)]
        known = self.cache.get(sha) if wanted else {}
        codes = languages_for(language, Path(name).stem, self.languages)
        for index in wanted:
            if index not in known:
                yield OcrJob(path, sha, index, codes, self.passwords.get(sha, ""), self.timeout), name
