"""Plan first: what a sync would change, and which files repeat what the library has, or are newer versions.

To tell, it reads the files that are new or changed. In a library that exists their readings are kept, so that
the sync itself reads none twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ingest.admin import Admin
from ingest.catalogue import DocumentEntry, FileEntry
from ingest.jobs import Progress, quiet
from ingest.library import Library
from ingest.ocr import installed, wants_ocr
from ingest.ocr_run import waiting
from ingest.plans import Sources, counts, make_plans, renewed
from ingest.reading import ReadDocument, ReadJob, read_document, scan_reason
from ingest.readings import FILE, ReadingCache
from ingest.scan import Orders, Plan
from ingest.settings import IngestSettings

_CHANGES = ("added", "changed", "withdrawn")


@dataclass(frozen=True)
class Duplicate:
    """A file that says what another one says. how: "same bytes" or "nearly the same text"."""

    file: str
    of: str
    how: str


@dataclass(frozen=True)
class NewVersion:
    """A file that is a newer version of a document: `of` stays findable, marked and ranked below."""

    file: str
    of: str


@dataclass(frozen=True)
class Preview:
    """What a sync would do. failed: (file, reason); scans: (file, how many pages OCR would read); read_again:
    how many documents that have not changed are read again, with better readers or what OCR has read."""

    plans: tuple[Plan, ...]
    duplicates: tuple[Duplicate, ...]
    new_versions: tuple[NewVersion, ...]
    failed: tuple[tuple[str, str], ...]
    scans: tuple[tuple[str, int], ...] = ()
    read_again: int = 0

    @property
    def empty(self) -> bool:
        return not self.read_again and all(work.empty for work in self.plans)

    def counts(self) -> dict[str, int]:
        return counts(self.plans)

    def as_json(self) -> dict[str, Any]:
        """{"plan": counts, "added", "changed", "withdrawn": file names, "moved": "old -> new", "folders": the
        same by folder, "duplicates", "new_versions", "failed", "scans", "read_again"}."""
        folders = [_folder(work) for work in self.plans]
        names = {name: [file for one in folders for file in one[name]] for name in _CHANGES}
        return {
            "plan": self.counts(),
            **names,
            "moved": [f"{old} -> {new}" for one in folders for old, new in one["moved"]],
            "folders": folders,
            "duplicates": [asdict(each) for each in self.duplicates],
            "new_versions": [asdict(each) for each in self.new_versions],
            "failed": [{"file": file, "reason": reason} for file, reason in self.failed],
            "scans": [{"file": file, "pages": pages} for file, pages in self.scans],
            "read_again": self.read_again,
        }


def preview(
    library: Library,
    sources: Sources,
    settings: IngestSettings,
    progress: Progress = quiet,
    *,
    allow_shrink: bool = False,
) -> Preview:
    """What a sync of `sources` would do; publishes nothing. Raises IngestError as `sync` does."""
    plans, live = make_plans(library, sources, settings, allow_shrink=allow_shrink)
    known: dict[str, DocumentEntry] = {}
    files: list[FileEntry] = []
    if live:
        catalogue = library.catalogue(live)
        known = {entry.sha: entry for entry in catalogue.documents()}
        files = catalogue.files()
        catalogue.close()
    read, failed, scans = _read(library, plans, known, settings, progress)
    leaving = {entry.path for work in plans for entry in work.withdrawn}
    leaving |= {item.address for work in plans for item, _ in (*work.changed, *work.kept_out)}
    staying = {entry.document for entry in files if entry.path not in leaving}
    stay = {sha: entry for sha, entry in known.items() if sha in staying}
    twins, versions = _related(stay, read)
    for name in waiting(library, settings).values():
        scans[name] = scans.get(name, 0) + 1
    again = len(stay.keys() & set(renewed(library, live)))
    return Preview(
        plans, (*_same_bytes(plans, stay), *twins), versions, failed, tuple(sorted(scans.items())), again
    )  # fmt: skip


def _read(
    library: Library,
    plans: tuple[Plan, ...],
    known: Mapping[str, DocumentEntry],
    settings: IngestSettings,
    progress: Progress,
) -> tuple[dict[str, DocumentEntry], tuple[tuple[str, str], ...], dict[str, int]]:
    """(documents read, by SHA-256; files that cannot be read, with the reason; scans, with their pages)."""
    from ingest.readers.child import ReaderPool

    kept = library.root / FILE if library.root.is_dir() else None
    orders = Orders.of(Admin(library.root))
    jobs: dict[str, ReadJob] = {}
    for work in plans:
        for item, sha in (*work.added, *work.changed):
            if sha not in known:
                password = orders.passwords.get(sha, "")
                jobs.setdefault(sha, ReadJob(item.path, sha, item.override, item.name, kept, password))
    found: dict[str, DocumentEntry] = {}
    scans: dict[str, int] = {}
    by_ocr = settings.ocr != "off" and installed() is not None
    failed = [(item.name, reason) for work in plans for item, reason in work.unreadable]
    progress("reading", 0, len(jobs), "")
    with ReaderPool(workers=settings.readers or None, memory=settings.read_memory) as pool:
        results = pool.read_all(jobs.values(), read_document, settings.read_timeout)
        for done, (job, result) in enumerate(results, start=1):
            if isinstance(result, ReadDocument):
                if kept and result.fresh:
                    ReadingCache(kept).put(job.sha, result.reading, result.seconds)
                found[job.sha] = _entry(job, result)
                if not by_ocr and not result.passages:
                    failed.append((job.name, scan_reason(result, settings.ocr)))
                elif by_ocr and (pages := sum(map(wants_ocr, result.pages))):
                    scans[job.name] = pages
            else:
                failed.append((job.name, str(result)))
            progress("reading", done, len(jobs), job.name)
    return found, tuple(sorted(failed)), scans


def _entry(job: ReadJob, read: ReadDocument) -> DocumentEntry:
    return DocumentEntry(
        job.sha, job.name, read.reading.format, read.description, len(read.pages), len(read.passages),
        sketch=read.sketch, quality=read.quality,
    )  # fmt: skip


def _same_bytes(plans: tuple[Plan, ...], known: Mapping[str, DocumentEntry]) -> list[Duplicate]:
    first: dict[str, str] = {sha: entry.name for sha, entry in known.items()}
    found = []
    for work in plans:
        for item, sha in (*work.added, *work.changed):
            if sha in first:
                found.append(Duplicate(item.name, first[sha], "same bytes"))
            first.setdefault(sha, item.name)
    return found


def _related(
    known: Mapping[str, DocumentEntry], read: Mapping[str, DocumentEntry]
) -> tuple[list[Duplicate], tuple[NewVersion, ...]]:
    """What relations the new files bring, beside those that the library has already."""
    from ingest.versions import relations

    every = {**known, **read}
    twins, versions = [], []
    for sha, relation in relations(list(every.values())).items():
        entry = every[sha]
        if relation.twin and relation.twin in every and relation.twin != entry.twin:
            new, old = (sha, relation.twin) if sha in read else (relation.twin, sha)
            twins.append(Duplicate(every[new].name, every[old].name, "nearly the same text"))
        if relation.superseded in every and relation.superseded not in (entry.superseded, sha):
            versions.append(NewVersion(every[relation.superseded].name, entry.name))
    return twins, tuple(versions)


def _folder(work: Plan) -> dict[str, Any]:
    return {
        "folder": str(work.folder),
        "problem": work.problem,
        "added": [item.name for item, _ in (*work.added, *work.unreadable)],
        "changed": [item.name for item, _ in work.changed],
        "moved": [[old.name, new.name] for old, new in work.moved],
        "withdrawn": [entry.name for entry in work.withdrawn] + [item.name for item, _ in work.kept_out],
        "unchanged": len(work.unchanged) + len(work.touched),
    }
