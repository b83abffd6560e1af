"""Builds a generation beside the live one: what the plans say is read, described, cut, embedded, checked."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingest.catalogue import Catalogue, DocumentEntry, FileEntry, State, each_passage
from ingest.documents import SkippedFile, UnreadableFile, embedding_text
from ingest.embeddings import Embedder, VectorCache
from ingest.jobs import Reporter
from ingest.library import GenerationInfo, Library, LibraryError
from ingest.passages import LONGEST, TARGET, passages
from ingest.reading import ReadDocument, ReadJob, read_document, scan_reason
from ingest.readings import FILE as READINGS
from ingest.readings import ReadingCache, readers
from ingest.scan import AWAITS_OCR, FoundFile, Orders, Plan, storable
from ingest.settings import IngestSettings
from ingest.vectors import Vectors

# Vectors removed or replaced since the index was made anew, as a share of those in it. Chroma's graph keeps
# their places, and now and then a passage is not found by its own vector any more: 1 of 100 after 70 of 100
# had been replaced in seven generations, 1 of 20 after 28 generations (tests/benchmarks/kills.py).
MOST_STALE = 0.3

log = logging.getLogger(__name__)

Result = ReadDocument | UnreadableFile | SkippedFile


@dataclass(frozen=True)
class Tools:
    """What a build needs besides the files."""

    embedder: Embedder
    cache: VectorCache
    settings: IngestSettings


@dataclass(frozen=True)
class _Wanted:
    """A file of a source folder to be read."""

    plan: Plan
    item: FoundFile
    sha: str


class Builder:
    """One generation while it is being built."""

    def __init__(
        self,
        library: Library,
        building: Path,
        tools: Tools,
        report: Reporter,
        orders: Orders,
        parent: GenerationInfo | None,
        *,
        fresh: bool,
    ) -> None:
        """parent: the generation that `building` is a copy of. fresh: every vector is stored anew."""
        self.library, self.building, self.tools, self.report = library, building, tools, report
        self.orders = orders
        self.times: dict[str, float] = {}
        self.readings = ReadingCache(library.root / READINGS)
        self._rewritten: set[str] = set()
        if fresh:
            import shutil

            shutil.rmtree(building / "chroma", ignore_errors=True)
        self._stale = 0 if fresh or parent is None else int(parent.checks.get("stale", 0))
        self.catalogue = Catalogue(building / "catalogue.sqlite", write=True)
        self.vectors = Vectors(building / "chroma")

    def apply(self, plans: Sequence[Plan], renewed: Sequence[str] = ()) -> None:
        """Does what `plans` say, and reads the documents `renewed` again from originals or the cache."""
        before = {entry.path: entry for entry in self.catalogue.files()}
        for work in plans:
            self._without_reading(work, before)
        with self._timed("read"):
            self._read(
                [_Wanted(work, *each) for work in plans for each in (*work.added, *work.changed)], before
            )
            self._renew(renewed)
        self._settle_twins()
        self._drop_orphans()
        self._relate()
        with self._timed("embed and store"):
            self._embed()

    def _without_reading(self, work: Plan, before: Mapping[str, FileEntry]) -> None:
        for old, new in work.moved:
            self.catalogue.forget_file(old.path)
            self.catalogue.put_file(_entry(work, new, old.document, "indexed", ""))
            if old.document:
                self.catalogue.rename(old.document, new.name)
        for old, new in work.touched:
            self.catalogue.put_file(replace(old, size=new.size, modified=new.modified))
        for entry in work.withdrawn:
            self.catalogue.forget_file(entry.path)
        for item, sha in work.kept_out:
            reason = self.orders.withdrawn[sha].reason
            self.catalogue.put_file(_entry(work, item, sha, "skipped", reason))
        for item, reason in work.unreadable:
            self._failed(work, item, reason, before.get(item.address))

    # Reading

    def _read(self, wanted: Sequence[_Wanted], before: Mapping[str, FileEntry]) -> None:
        again = {each.item.address for each in wanted}
        held = {e.document for e in before.values() if e.state == "indexed" and e.path not in again}
        jobs: dict[ReadJob, list[_Wanted]] = {}
        for each in wanted:
            if each.sha in held:
                self.catalogue.put_file(_entry(each.plan, each.item, each.sha, "skipped", ""))
                continue
            job = self._job(each.item.path, each.sha, each.item.override, each.item.name)
            twin = next((known for known in jobs if known.sha == each.sha), None)
            jobs.setdefault(twin or job, []).append(each)
        for job, result in self._results(jobs, sum(map(len, jobs.values()))):
            if isinstance(result, ReadDocument) and not self.library.keep_original(job.path, job.sha):
                result = UnreadableFile("changed while it was being read; sync again")
            if isinstance(result, ReadDocument) and result.fresh:
                self.readings.put(job.sha, result.reading, result.seconds)
            for each in jobs[job]:
                self._record(each, result, before.get(each.item.address))
        self.catalogue.commit()

    def _job(self, path: Path, sha: str, override: str, name: str) -> ReadJob:
        password = self.orders.passwords.get(sha, "")
        return ReadJob(path, sha, override, name, self.readings.path, password)

    def _results(self, jobs: Mapping[ReadJob, object], total: int) -> Iterator[tuple[ReadJob, Result]]:
        from ingest.readers.child import ReaderPool

        done, pages, cut = 0, 0, 0
        self.report("reading", 0, total, "")
        limits = self.tools.settings
        with ReaderPool(workers=limits.readers or None, memory=limits.read_memory) as pool:
            for job, result in pool.read_all(jobs, read_document, limits.read_timeout):
                yield job, result
                if isinstance(result, ReadDocument):
                    pages, cut = pages + len(result.pages), cut + len(result.passages)
                listed = jobs[job]
                done += len(listed) if isinstance(listed, list) else 1
                self.report("reading", done, total, f"{job.name} · pages: {pages}, passages: {cut}")

    def _record(self, each: _Wanted, result: Result, before: FileEntry | None) -> None:
        if isinstance(result, SkippedFile):
            self.catalogue.put_file(_entry(each.plan, each.item, None, "skipped", str(result)))
        elif isinstance(result, UnreadableFile):
            self._failed(each.plan, each.item, str(result), before)
        elif result.passages:
            self._store(each.sha, each.item.name, result)
            self.catalogue.put_file(_entry(each.plan, each.item, each.sha, "indexed", ""))
        elif before and before.document and self._answers(before.document):
            self._failed(each.plan, each.item, scan_reason(result, self.tools.settings.ocr), before)
        else:  # known with its unread pages, so that OCR finds them and absence is not told of it
            self._store(each.sha, each.item.name, result)
            reason = scan_reason(result, self.tools.settings.ocr)
            self._failed(each.plan, each.item, reason, None, each.sha)

    def _answers(self, document: str) -> bool:
        return bool(self.catalogue.passage_ids([document]))

    def _failed(
        self, work: Plan, item: FoundFile, reason: str, before: FileEntry | None, document: str | None = None
    ) -> None:
        kept = before.document if before else document
        note = "; its last good version stays in the library" if kept and self._answers(kept) else ""
        self.catalogue.put_file(_entry(work, item, kept, "failed", f"{reason}{note}"))
        if AWAITS_OCR not in reason:  # OCR reads it later in the same run, or the end of the run says so
            self.report.fail(item.name, reason)

    def _store(self, sha: str, name: str, result: ReadDocument) -> None:
        entry = DocumentEntry(
            sha, name, result.reading.format, result.description, len(result.pages), len(result.passages),
            sketch=result.sketch, quality=result.quality,
        )  # fmt: skip
        self.catalogue.add(entry, result.pages, result.passages)
        self._rewritten.add(sha)

    def _renew(self, documents: Sequence[str]) -> None:
        """Each from its original or the cache of readings; one that can be read no more stays as it is."""
        wanted = set(documents) - self._rewritten
        if not wanted:
            return
        files = {entry.document: entry for entry in self.catalogue.files() if entry.document in wanted}
        jobs: dict[ReadJob, DocumentEntry] = {}
        for entry in self.catalogue.documents():
            if entry.sha not in wanted:
                continue
            file, original = files.get(entry.sha), self.library.original(entry.sha)
            if original is None and not self.readings.has([entry.sha]):
                pages = self.catalogue.pages(entry.sha)
                cut = passages(entry.sha, pages)
                self.catalogue.add(replace(entry, passages=len(cut)), pages, cut)
                continue
            override = self.orders.override(file.override if file else "", entry.sha)
            jobs[self._job(original or Path(entry.name), entry.sha, override, entry.name)] = entry
        for job, result in self._results(jobs, len(jobs)):
            if not isinstance(result, ReadDocument):
                self.report.fail(job.name, f"could not be read again ({result}); it stays as it was")
                continue
            if result.fresh:
                self.readings.put(job.sha, result.reading, result.seconds)
            self._store(job.sha, job.name, result)
            file = files.get(job.sha)
            if file and file.state == "failed" and result.passages:
                self.catalogue.put_file(replace(file, state="indexed", reason=""))
        self.catalogue.commit()

    # Documents among each other

    def _settle_twins(self) -> None:
        """Of the files with one document's bytes one is indexed; the others say whose bytes they have."""
        twins: dict[str, list[FileEntry]] = {}
        for entry in self.catalogue.files():
            if entry.document and entry.state != "failed" and entry.document not in self.orders.withdrawn:
                twins.setdefault(entry.document, []).append(entry)
        for document, entries in twins.items():
            first = min(entries, key=lambda entry: (entry.state != "indexed", entry.path))
            self.catalogue.rename(document, first.name)
            for entry in entries:
                state: State = "indexed" if entry is first else "skipped"
                reason = "" if entry is first else f"same bytes as {first.name}"
                self.catalogue.put_file(replace(entry, state=state, reason=reason))

    def _drop_orphans(self) -> None:
        """Documents that no file stands for any more, or that were taken out by hand, are withdrawn."""
        used = {entry.document for entry in self.catalogue.files()} - self.orders.withdrawn.keys()
        for entry in self.catalogue.documents():
            if entry.sha not in used:
                self.catalogue.remove(entry.sha)
        self.catalogue.commit()

    def _relate(self) -> None:
        from ingest.versions import relations

        known = self.catalogue.documents()
        found = relations(known)
        for entry in known:
            relation = found.get(entry.sha)
            superseded, twin = (relation.superseded, relation.twin) if relation else ("", "")
            if (superseded, twin) != (entry.superseded, entry.twin):
                self.catalogue.relate(entry.sha, superseded=superseded, twin=twin)
        self.catalogue.commit()

    # Vectors

    def _embed(self) -> None:
        have = set(self.vectors.ids())
        texts = self._texts()
        again = {sha[:20] for sha in self._rewritten}  # a new title changes the vector of each passage
        renewed = {id_ for id_ in texts if id_.partition("-")[0] in again}
        gone, replaced = have - texts.keys(), have & renewed
        self._stale += len(gone) + len(replaced)
        if self._stale > MOST_STALE * len(texts):
            self._empty_vectors()
            have, gone = set(), set()
        self.vectors.remove(sorted(gone))
        ids = [id_ for id_ in texts if id_ not in have or id_ in renewed]
        self._store_vectors(ids, texts)

    def _texts(self) -> dict[str, str]:
        """Passage id -> what is embedded for it."""
        return {
            passage.id: embedding_text(entry.description, passage)
            for entry, passage in each_passage(self.catalogue)
        }

    def _empty_vectors(self) -> None:
        """The index is made anew; the vectors themselves are in the cache."""
        import shutil

        self.vectors.close()
        shutil.rmtree(self.building / "chroma")
        self.vectors, self._stale = Vectors(self.building / "chroma"), 0

    def _store_vectors(self, ids: Sequence[str], texts: Mapping[str, str]) -> None:
        total, done = len(ids), 0

        def more(count: int) -> None:
            nonlocal done
            done += count
            self.report("embedding", done, total, "")

        self.report("embedding", 0, total, "")
        embedder = self.tools.embedder
        vectors = self.tools.cache.embed([texts[id_] for id_ in ids], embedder, progress=more)
        self.report("building", 0, total, "")
        self.vectors.add(ids, vectors)
        self.report("building", total, total, "")

    # The end

    def finish(self, name: str, parent: str | None) -> GenerationInfo:
        """Checks what was built and makes it a complete generation, not yet live. Raises LibraryError."""
        from ingest.checks import quotes_lost

        self.report("checking", 0, 1, "")
        self.catalogue.finish()
        embedder = self.tools.embedder
        with self._timed("check"):
            checks = self._checked(name)
            checks["stale"] = self._stale
            checks["quotes_lost"] = len(quotes_lost(self.library, self.catalogue, limit=1000))
        counts = self.catalogue.counts()
        self.close()
        settings = self.tools.settings
        model = {
            "name": embedder.name,
            "hash": embedder.hash,
            "dimension": embedder.dimension,
            "setting": {
                "embedding_model": settings.embedding_model,
                "embedding_endpoint": settings.embedding_endpoint,
            },
        }
        info = GenerationInfo(
            name=name,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            parent=parent,
            models={"embedding": model},
            settings={"readers": readers(), "passage_target": TARGET, "passage_longest": LONGEST},
            counts=counts,
            checks=checks,
            times={stage: round(seconds, 2) for stage, seconds in self.times.items()},
        )
        self.library.finish_building(self.building, info)
        self.report("checking", 1, 1, "")
        return info

    def _checked(self, name: str) -> dict[str, Any]:
        """What was checked. An index of vectors worn by changes is made anew before it counts as a fault."""
        from ingest.checks import check_generation

        dimension = self.tools.embedder.dimension
        try:
            return check_generation(self.catalogue, self.vectors, seed=name, dimension=dimension)
        except LibraryError as error:
            if not self._stale:
                raise
            log.warning("%s: the index of vectors is made anew", error)
        self._empty_vectors()
        texts = self._texts()
        self._store_vectors(list(texts), texts)
        return check_generation(self.catalogue, self.vectors, seed=name, dimension=dimension)

    def close(self) -> None:
        self.catalogue.close()
        with contextlib.suppress(RuntimeError):  # closed already
            self.vectors.close()

    @contextlib.contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        start = time.monotonic()
        yield
        self.times[stage] = time.monotonic() - start


def _entry(work: Plan, item: FoundFile, document: str | None, state: State, reason: str) -> FileEntry:
    return FileEntry(
        item.address, storable(str(work.folder)), item.name, document, item.size, item.modified, state,
        reason, item.override,
    )  # fmt: skip
