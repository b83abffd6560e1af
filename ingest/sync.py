"""Sync: scan -> plan -> read -> embed -> build beside the live generation -> check -> publish."""

from __future__ import annotations

import contextlib
import logging
import random
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from ingest.catalogue import Catalogue, DocumentEntry, FileEntry, State, each_passage
from ingest.documents import Description, Passage, Reading, SkippedFile, UnreadableFile, embedding_text
from ingest.embeddings import Embedder, VectorCache
from ingest.library import GenerationInfo, Library, LibraryError
from ingest.overrides import read_overrides
from ingest.passages import LONGEST, TARGET, passages
from ingest.scan import FoundFile, Plan, plan, scan, storable
from ingest.settings import IngestSettings
from ingest.vectors import Vectors

log = logging.getLogger(__name__)

READERS = 1  # raised when the readers find more: every file is then read again

Progress = Callable[[str, int, int, str], None]
"""Told (stage, done, total, detail); stages: "reading", "embedding", "building"."""


def quiet(stage: str, done: int, total: int, detail: str) -> None:
    """A Progress that says nothing."""


@dataclass(frozen=True)
class ReadJob:
    """One file to read in a child process."""

    path: Path
    sha: str
    override: str


@dataclass(frozen=True)
class ReadDocument:
    """What a child process hands back: pure data, made from the file's bytes alone."""

    reading: Reading
    description: Description
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class Outcome:
    """What a sync did. `generation` is the live one afterwards, None if there is none."""

    plan: Plan
    generation: str | None
    published: bool
    files: tuple[FileEntry, ...]
    times: Mapping[str, float]

    @property
    def failed(self) -> tuple[FileEntry, ...]:
        return tuple(entry for entry in self.files if entry.state == "failed")


def read_document(job: ReadJob) -> ReadDocument:
    """File -> document with its description and passages; runs in a child process."""
    import json

    from ingest.describe import describe
    from ingest.readers import read_file

    reading = read_file(job.path)
    override = json.loads(job.override) if job.override else None
    description = describe(reading, name=storable(job.path.name), override=override)
    cut = passages(job.sha, reading.pages)
    if not cut:
        problems = {page.problem for page in reading.pages if page.problem}
        why = problems.pop() if len(problems) == 1 else "no page has text"
        count = len(reading.pages)
        raise UnreadableFile(
            f"nothing to search: {why} ({count} page{'s' * (count != 1)});"
            " give the text version, or a copy with a text layer (OCR)"
        )
    return ReadDocument(reading, description, cut)


def make_plan(library: Library, folder: Path, *, allow_empty: bool = False) -> tuple[Plan, str | None]:
    """(what a sync of `folder` would do, the live generation it would start from)."""
    folder = folder.resolve()
    live = library.live()
    known: list[FileEntry] = []
    if live and not _must_read_again(library, live):
        catalogue = library.catalogue(live)
        known = catalogue.files()
        catalogue.close()
    elif live:
        live = None
    overrides = read_overrides(folder) if folder.is_dir() else {}
    return plan(folder, scan(folder, overrides), known, allow_empty=allow_empty), live


def _must_read_again(library: Library, live: str) -> bool:
    try:
        return library.info(live).settings.get("readers") != READERS
    except LibraryError:
        return True


def sync(
    library: Library,
    folder: Path,
    embedder: Embedder,
    cache: VectorCache,
    settings: IngestSettings,
    progress: Progress = quiet,
    *,
    allow_empty: bool = False,
) -> Outcome:
    """Brings the library up to date with `folder` and publishes a new generation if anything changed.

    Raises LibraryError where another process is writing, or the live generation was built with another
    embedding model.
    """
    with library.writing():
        work, parent = make_plan(library, folder, allow_empty=allow_empty)
        if parent:
            check_model(library.info(parent), embedder)
        if work.empty and parent:
            return _outcome(library, work, parent, {})
        name = library.next_name()
        building = library.start_building(name, parent)
        builder = _Builder(library, building, embedder, cache, settings, progress)
        try:
            builder.apply(work)
            builder.finish(name, parent)
        finally:
            builder.close()
        return _outcome(library, work, name, builder.times)


def rebuild(
    library: Library,
    embedder: Embedder,
    cache: VectorCache,
    settings: IngestSettings,
    progress: Progress = quiet,
) -> str:
    """Cuts and embeds every document of the live generation anew (another model, other passages).

    Reads no file; embeds only what the cache lacks. Returns the published generation's name.
    """
    with library.writing():
        parent = library.live()
        if parent is None:
            raise LibraryError(f"{library.root} holds no library yet; run: python -m ingest sync FOLDER")
        library.info(parent)
        name = library.next_name()
        building = library.start_building(name, parent)
        builder = _Builder(library, building, embedder, cache, settings, progress, fresh=True)
        try:
            builder.cut_again()
            builder.finish(name, parent)
        finally:
            builder.close()
        return name


def check_model(info: GenerationInfo, embedder: Embedder) -> None:
    """Raises LibraryError where `embedder` is not the model the generation was built with."""
    built = info.models["embedding"]
    if built["hash"] != embedder.hash:
        raise LibraryError(
            f"generation {info.name} was built with the embedding model {built['name']}, the settings name"
            f" {embedder.name}; set ASSISTANT_EMBEDDING_MODEL back, or run: python -m ingest rebuild"
        )


def _outcome(library: Library, work: Plan, live: str, times: Mapping[str, float]) -> Outcome:
    catalogue = library.catalogue(live)
    try:
        return Outcome(work, live, bool(times), tuple(catalogue.files()), times)
    finally:
        catalogue.close()


class _Builder:
    """One generation while it is being built."""

    def __init__(
        self,
        library: Library,
        building: Path,
        embedder: Embedder,
        cache: VectorCache,
        settings: IngestSettings,
        progress: Progress,
        *,
        fresh: bool = False,
    ) -> None:
        self.library, self.building, self.settings = library, building, settings
        self.embedder, self.cache, self.progress = embedder, cache, progress
        self.times: dict[str, float] = {}
        self.rewritten: set[str] = set()
        if fresh:
            shutil.rmtree(building / "chroma", ignore_errors=True)
        self.catalogue = Catalogue(building / "catalogue.sqlite", write=True)
        self.vectors = Vectors(building / "chroma")

    def apply(self, work: Plan) -> None:
        for old, new in work.moved:
            self.catalogue.forget_file(old.path)
            self.catalogue.put_file(_entry(work, new, old.document, "indexed", ""))
            if old.document:
                self.catalogue.rename(old.document, new.name)
        for old, new in work.touched:
            self.catalogue.put_file(replace(old, size=new.size, modified=new.modified))
        for entry in work.withdrawn:
            self.catalogue.forget_file(entry.path)
        before = {entry.path: entry for entry in self.catalogue.files()}
        for item, reason in work.unreadable:
            self._failed(work, item, reason, before.get(item.address))
        with self._timed("read"):
            self._read(work, before)
        self._settle_twins()
        self._drop_orphans()
        with self._timed("embed and store"):
            self._embed()

    def cut_again(self) -> None:
        for entry in self.catalogue.documents():
            pages = self.catalogue.pages(entry.sha)
            cut = passages(entry.sha, pages)
            self.catalogue.add(replace(entry, passages=len(cut)), pages, cut)
        self.catalogue.commit()
        with self._timed("embed and store"):
            self._embed()

    def _read(self, work: Plan, before: Mapping[str, FileEntry]) -> None:
        from ingest.readers.child import ReaderPool

        wanted = [*work.added, *work.changed]
        again = {item.address for item, _ in wanted}
        held = {e.document for e in before.values() if e.state == "indexed" and e.path not in again}
        jobs: dict[ReadJob, list[FoundFile]] = {}
        for item, sha in wanted:
            if sha in held:
                self.catalogue.put_file(_entry(work, item, sha, "skipped", ""))
                continue
            job = ReadJob(item.path, sha, item.override)
            twin = next((known for known in jobs if known.sha == sha), None)
            jobs.setdefault(twin or job, []).append(item)
        total, done, count_pages, count_passages = sum(map(len, jobs.values())), 0, 0, 0
        self.progress("reading", 0, total, "")
        limits = self.settings
        with ReaderPool(workers=limits.readers or None, memory=limits.read_memory) as pool:
            for job, result in pool.read_all(jobs, read_document, limits.read_timeout):
                items = jobs[job]
                if isinstance(result, ReadDocument) and not self.library.keep_original(job.path, job.sha):
                    result = UnreadableFile("changed while it was being read; sync again")
                if isinstance(result, ReadDocument):
                    self._store(job, result)
                    count_pages += len(result.reading.pages)
                    count_passages += len(result.passages)
                for item in items:
                    self._record(work, item, job, result, before.get(item.address))
                done += len(items)
                detail = f"{storable(job.path.name)} · {count_pages} pages, {count_passages} passages"
                self.progress("reading", done, total, detail)
        self.catalogue.commit()

    def _store(self, job: ReadJob, result: ReadDocument) -> None:
        entry = DocumentEntry(
            job.sha, storable(job.path.name), result.reading.format, result.description,
            len(result.reading.pages), len(result.passages),
        )  # fmt: skip
        self.catalogue.add(entry, result.reading.pages, result.passages)
        self.rewritten.add(job.sha)

    def _record(
        self,
        work: Plan,
        item: FoundFile,
        job: ReadJob,
        result: ReadDocument | UnreadableFile | SkippedFile,
        before: FileEntry | None,
    ) -> None:
        if isinstance(result, ReadDocument):
            self.catalogue.put_file(_entry(work, item, job.sha, "indexed", ""))
        elif isinstance(result, SkippedFile):
            self.catalogue.put_file(_entry(work, item, None, "skipped", str(result)))
        else:
            self._failed(work, item, str(result), before)

    def _failed(self, work: Plan, item: FoundFile, reason: str, before: FileEntry | None) -> None:
        kept = before.document if before else None
        note = "; its last good version stays in the library" if kept else ""
        self.catalogue.put_file(_entry(work, item, kept, "failed", f"{reason}{note}"))

    def _settle_twins(self) -> None:
        """Of the files with one document's bytes one is indexed; the others say whose bytes they have."""
        twins: dict[str, list[FileEntry]] = {}
        for entry in self.catalogue.files():
            if entry.document and entry.state != "failed":
                twins.setdefault(entry.document, []).append(entry)
        for document, entries in twins.items():
            first = min(entries, key=lambda entry: (entry.state != "indexed", entry.path))
            self.catalogue.rename(document, first.name)
            for entry in entries:
                state: State = "indexed" if entry is first else "skipped"
                reason = "" if entry is first else f"same bytes as {first.name}"
                self.catalogue.put_file(replace(entry, state=state, reason=reason))

    def _drop_orphans(self) -> None:
        """Documents that no file stands for any more are withdrawn."""
        used = {entry.document for entry in self.catalogue.files() if entry.document}
        for entry in self.catalogue.documents():
            if entry.sha not in used:
                self.catalogue.remove(entry.sha)
        self.catalogue.commit()

    def _embed(self) -> None:
        have = set(self.vectors.ids())
        texts: dict[str, str] = {}
        renewed: set[str] = set()  # a new title changes the vector of each of a document's passages
        for entry, passage in each_passage(self.catalogue):
            texts[passage.id] = embedding_text(entry.description, passage)
            if entry.sha in self.rewritten:
                renewed.add(passage.id)
        self.vectors.remove(sorted(have - texts.keys()))
        ids = [id_ for id_ in texts if id_ not in have or id_ in renewed]
        total = len(ids)
        done = 0

        def more(count: int) -> None:
            nonlocal done
            done += count
            self.progress("embedding", done, total, "")

        self.progress("embedding", 0, total, "")
        vectors = self.cache.embed([texts[id_] for id_ in ids], self.embedder, progress=more)
        self.progress("building", 0, total, "")
        self.vectors.add(ids, vectors)
        self.progress("building", total, total, "")

    def finish(self, name: str, parent: str | None) -> None:
        self.catalogue.finish()
        counts = self.catalogue.counts()
        ids = self.catalogue.passage_ids()
        sample = random.Random(name).sample(ids, min(20, len(ids)))
        stored, strangers = self.vectors.count(), self.vectors.strangers(sample)
        if not counts["passages"] == counts["words"] == stored or strangers:
            raise LibraryError(
                f"generation {name} failed its checks and was not published ({counts['passages']} passages,"
                f" {counts['words']} in the word index, {stored} vectors, {len(strangers)} of {len(sample)}"
                " looked up in vain); the old one stays live; sync again"
            )
        self.close()
        info = GenerationInfo(
            name=name,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            parent=parent,
            models={
                "embedding": {
                    "name": self.embedder.name,
                    "hash": self.embedder.hash,
                    "dimension": self.embedder.dimension,
                }
            },
            settings={"readers": READERS, "passage_target": TARGET, "passage_longest": LONGEST},
            counts=counts,
            checks={"vectors": stored, "looked_up": len(sample)},
            times={stage: round(seconds, 2) for stage, seconds in self.times.items()},
        )
        self.library.publish_built(self.building, info)

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
