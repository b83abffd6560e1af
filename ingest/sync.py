"""Sync: scan -> plan -> read -> embed -> build beside the live generation -> check -> gate -> publish."""

from __future__ import annotations

import logging
import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ingest.admin import Admin, me
from ingest.build import Builder, Tools
from ingest.candidates import built_from, clear_overtaken
from ingest.catalogue import FileEntry
from ingest.documents import IngestError
from ingest.embeddings import Embedder, VectorCache
from ingest.jobs import Progress, Reporter, quiet, working
from ingest.library import GenerationInfo, Library, LibraryError
from ingest.limiting import remember
from ingest.plans import Sources, counts, listed, make_plans, renewed, told
from ingest.scan import AWAITS_OCR, Orders, Plan
from ingest.settings import IngestSettings

log = logging.getLogger(__name__)

_ROOM = 64 * 1024**2  # bytes: with less on the disk, an error is taken for a full one


@dataclass(frozen=True)
class Choices:
    """How a sync, or a rebuild, is to end.

    hold: build and check a candidate, and leave publishing to the admin. gated: whether a bank is put to the
    candidate: `gate`, or settings.gate_bank where that is None; floor: what it must reach. force: publish
    whatever the gate says. retry: read files again that failed and have not changed.
    """

    who: str = field(default_factory=me)
    allow_shrink: bool = False
    retry: bool = False
    hold: bool = False
    gated: bool = True
    gate: Path | None = None
    floor: Path | None = None
    force: bool = False
    ocr: bool = True


@dataclass(frozen=True)
class Outcome:
    """What a sync did. `generation` is the live one afterwards, None if there is none; `candidate` one that
    was built and is not published, and `held` says why."""

    plans: tuple[Plan, ...]
    generation: str | None
    published: bool
    files: tuple[FileEntry, ...]
    times: Mapping[str, float]
    candidate: str = ""
    held: str = ""

    @property
    def failed(self) -> tuple[FileEntry, ...]:
        return tuple(entry for entry in self.files if entry.state == "failed")

    def counts(self) -> dict[str, int]:
        """Of all its folders: added, changed, moved, withdrawn, unchanged."""
        return counts(self.plans)


def sync(
    library: Library,
    sources: Sources,
    embedder: Embedder,
    cache: VectorCache,
    settings: IngestSettings,
    progress: Progress = quiet,
    choices: Choices | None = None,
) -> Outcome:
    """Brings the library up to date with `sources` and publishes a new generation if anything changed.

    sources: a folder, which is followed from now on, or several. Then, where Tesseract is installed, pages
    without text are read by OCR and published in a further generation. Raises IngestError; LibraryError where
    another process is writing, or the live generation was built with another embedding model.
    """
    wanted = choices or Choices()
    work = _Work(library, Tools(embedder, cache, settings), wanted)
    with working(library, "sync", wanted.who, progress) as report, _room(library):
        plans, parent = make_plans(
            library, sources, settings, allow_shrink=wanted.allow_shrink, retry=wanted.retry
        )
        if parent:
            check_model(library.info(parent), embedder)
        _follow(library, sources)
        again = renewed(library, parent)
        if parent and not again and all(each.empty for each in plans):
            work.say(report, f"generation {parent} unchanged: nothing new")
        elif name := work.built_already(parent, sources):
            work.decide(report, name, plans, again=True)
        else:
            work.build(report, plans, parent, again)
        work.ocr(report, sources)
        work.count_scans()
        report.end("done", work.message, library.live() or "" if work.published else "")
        return work.outcome(plans)


def rebuild(
    library: Library,
    embedder: Embedder,
    cache: VectorCache,
    settings: IngestSettings,
    progress: Progress = quiet,
    choices: Choices | None = None,
) -> Outcome:
    """Describes, cuts and embeds every document of the live generation anew (another model, other passages).

    Needs no source folder; reads and embeds only what the caches lack.
    """
    wanted = choices or Choices()
    work = _Work(library, Tools(embedder, cache, settings), wanted)
    with working(library, "rebuild", wanted.who, progress) as report, _room(library):
        parent = library.live()
        if parent is None:
            raise LibraryError(f"{library.root} holds no library yet; run: python -m ingest sync FOLDER")
        library.info(parent)
        catalogue = library.catalogue(parent)
        documents = [entry.sha for entry in catalogue.documents()]
        catalogue.close()
        work.build(report, (), parent, documents, fresh=True)
        report.end("done", work.message, library.live() or "" if work.published else "")
        return work.outcome(())


def check_model(info: GenerationInfo, embedder: Embedder) -> None:
    """Raises LibraryError where `embedder` is not the model the generation was built with."""
    built = info.models["embedding"]
    if built["hash"] != embedder.hash:
        raise LibraryError(
            f"generation {info.name} was built with the embedding model {built['name']}, the settings name"
            f" {embedder.name}; set ASSISTANT_EMBEDDING_MODEL back, or run: python -m ingest rebuild"
        )


def _follow(library: Library, sources: Sources) -> None:
    admin = Admin(library.root)
    known = {source.folder for source in admin.sources()}
    for source in listed(library, sources):
        if source.folder not in known:
            admin.refuse_overlap(source.folder)
            admin.put_source(source)


class _Work:
    """One sync or rebuild under way; remembers what its generations came to."""

    def __init__(self, library: Library, tools: Tools, choices: Choices) -> None:
        self.library, self.tools, self.choices = library, tools, choices
        self.admin = Admin(library.root)
        self.published = False
        self.candidate = self.held = self.message = ""
        self.times: dict[str, float] = {}

    def build(
        self,
        report: Reporter,
        plans: Sequence[Plan],
        parent: str | None,
        again: Sequence[str],
        *,
        fresh: bool = False,
    ) -> None:
        """A new generation from `parent`, published if nothing speaks against it.

        again: those of its documents that are read again, though their files have not changed.
        """
        name = self.library.next_name()
        building = self.library.start_building(name, parent)
        orders = Orders.of(self.admin)
        info = self.library.info(parent) if parent else None
        builder = Builder(self.library, building, self.tools, report, orders, info, fresh=fresh)
        try:
            builder.apply(plans, again)
            builder.finish(name, parent)
        finally:
            builder.close()
        remember(self.library, name)
        for stage, seconds in builder.times.items():
            self.times[stage] = self.times.get(stage, 0.0) + seconds
        self.decide(report, name, plans)

    def built_already(self, parent: str | None, sources: Sources) -> str:
        """The generation that waits and holds what would be built, "" if none does."""
        settings, name = self.tools.settings, next(iter(built_from(self.library, parent)), "")
        if not name or self.choices.retry:
            return ""
        built = self.library.info(name).models["embedding"]
        plans, _ = make_plans(self.library, sources, settings, allow_shrink=True, start=name)
        same = built["hash"] == self.tools.embedder.hash and all(each.empty for each in plans)
        return name if same and not renewed(self.library, name) else ""

    def decide(self, report: Reporter, name: str, plans: Sequence[Plan], *, again: bool = False) -> None:
        """Publishes generation `name`, or holds it back where the gate or the admin wants that.

        again: it waits since an earlier run, and the audit has a line of it.
        """
        self.held = self._gate(report, name)
        if self.choices.hold:
            self.held = self.held or "it waits for you to publish or discard it"
        forced = bool(self.held) and self.choices.force and not self.choices.hold
        if self.held and not forced:
            self.candidate = name
            if not again:
                self.admin.record(self.choices.who, "held", f"generation {name}: {self.held}")
            for older in clear_overtaken(self.library, name):
                self.admin.record(self.choices.who, "discarded", f"generation {older}: {name} took its place")
            self.say(report, f"generation {name} is built and not published: {self.held}")
            return
        self.library.publish(name, self.choices.who)
        self.published, self.candidate = True, ""
        why = f", by force though {self.held}" if forced else ""
        self.held = ""
        with closing(self.library.catalogue(name)) as catalogue:
            changes = told(plans, catalogue.files())
        self.admin.record(
            self.choices.who, "published", f"generation {name}{f' ({changes})' if changes else ''}{why}"
        )
        if self.tools.settings.keep_generations:
            self.library.prune(self.tools.settings.keep_generations)
        self.say(report, f"generation {name} published")

    def _gate(self, report: Reporter, name: str) -> str:
        """Why the gate does not let generation `name` pass; "" where it does, or none is asked."""
        from ingest.gate import GateRequest, ask_gate

        settings = self.tools.settings
        bank = self.choices.gate or settings.gate_bank
        if bank is None or not self.choices.gated:
            return ""
        floor = self.choices.floor or settings.gate_floor
        request = GateRequest(self.library.root, name, self.library.live(), bank, floor, settings, report)
        try:
            result = ask_gate(request)
        except Exception as error:  # whatever stops a gate must not let anything pass it
            log.warning("the gate could not answer: %r", error)
            return f"the gate could not answer ({error})"
        return "" if result.passed else result.verdict

    def say(self, report: Reporter, message: str) -> None:
        """Remembers how the work came out, for its end."""
        failed = len(report.job.failed)
        self.message = message + (f"; {failed} file{'s' * (failed != 1)} could not be read" if failed else "")

    def count_scans(self) -> None:
        """Says of scans that OCR has not read: of a generation that waits it reads none."""
        shown = self.candidate or self.library.live()
        if not shown:
            return
        with closing(self.library.catalogue(shown)) as catalogue:
            left = sum(AWAITS_OCR in entry.reason for entry in catalogue.files() if entry.state == "failed")
        if left:
            many = f"{left} scans wait" if left > 1 else "1 scan waits"
            when = "once it is published, " if self.candidate else ""
            self.message += f"; {many} for OCR: {when}the next run reads {'them' if left > 1 else 'it'}"

    def ocr(self, report: Reporter, sources: Sources) -> None:
        """Reads by OCR what the live generation has no text of, and publishes a generation with it."""
        from ingest.ocr_run import read_scans

        if self.candidate or not self.choices.ocr or self.tools.settings.ocr == "off":
            return
        if read_scans(self.library, self.tools.settings, report):
            plans, parent = make_plans(self.library, sources, self.tools.settings)
            self.build(report, plans, parent, renewed(self.library, parent))

    def outcome(self, plans: tuple[Plan, ...]) -> Outcome:
        live = self.library.live()
        shown = self.candidate or live
        files: tuple[FileEntry, ...] = ()
        if shown:
            catalogue = self.library.catalogue(shown)
            files = tuple(catalogue.files())
            catalogue.close()
        return Outcome(plans, live, self.published, files, self.times, self.candidate, self.held)


@contextmanager
def _room(library: Library) -> Iterator[None]:
    """Tells a full disk, which every library reports in its own way, in one sentence."""
    try:
        yield
    except IngestError:
        raise
    except Exception as error:
        full = isinstance(error, (OSError, sqlite3.Error)) and "full" in str(error).lower()
        if full or shutil.disk_usage(library.root).free < _ROOM:
            raise LibraryError(
                f"the disk of {library.root} is full; make room and sync again: the live generation is as it"
                " was, and what was read and embedded is kept"
            ) from error
        raise
