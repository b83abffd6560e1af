"""What a sync would do: each source folder compared with the generation that it would start from."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.admin import Admin, SourceFolder
from ingest.catalogue import FileEntry
from ingest.documents import IngestError, Page
from ingest.library import Library, LibraryError
from ingest.overrides import read_overrides
from ingest.readings import FILE, readers
from ingest.scan import AWAITS_OCR, Orders, Plan, plan, scan, storable
from ingest.settings import IngestSettings

Sources = Path | Sequence[SourceFolder]

_MISSED = ("could not be read", AWAITS_OCR, "skipped")  # what becomes of a file that is not indexed
_NAMED = 5  # files of a sort that are named; the status has them all


def counts(plans: Sequence[Plan]) -> dict[str, int]:
    each = [work.counts() for work in plans]
    return {name: sum(one[name] for one in each) for name in (each[0] if each else {})}


def told(plans: Sequence[Plan], files: Sequence[FileEntry]) -> str:
    """What became of `plans` in a generation with these files: "2 added; could not be read: a.pdf"."""
    found = {entry.path: entry for entry in files}
    number, missed = counts(plans), {why: list[str]() for why in _MISSED}
    for work in plans:
        for change, items in (("added", (*work.added, *work.unreadable)), ("changed", work.changed)):
            for item, _ in items:
                entry = found.get(item.address)
                if entry is not None and entry.state != "indexed":
                    number[change] -= 1
                    missed[_why(entry)].append(entry.name)
    changes = ", ".join(f"{many} {change}" for change, many in number.items() if many)
    rest = (f"{why}: {_names(names)}" for why, names in missed.items() if names)
    return "; ".join(filter(None, (changes, *rest)))


def _why(entry: FileEntry) -> str:
    if entry.state == "skipped":
        return "skipped"
    return AWAITS_OCR if AWAITS_OCR in entry.reason else "could not be read"


def _names(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def make_plans(
    library: Library,
    sources: Sources,
    settings: IngestSettings,
    *,
    allow_shrink: bool = False,
    retry: bool = False,
    start: str | None = None,
) -> tuple[tuple[Plan, ...], str | None]:
    """(what a sync of `sources` would do, the generation it would start from: `start`, or the live one).

    A folder that is missing is left as it is, and its plan says so. Raises IngestError where none is there.
    """
    folders = listed(library, sources)
    live = start or library.live()
    if live and not _of_this_version(library, live):
        live = None
    known: list[FileEntry] = []
    if live:
        catalogue = library.catalogue(live)
        known = catalogue.files()
        catalogue.close()
        retry = retry or library.info(live).settings.get("readers") != readers()
    orders = Orders.of(Admin(library.root), _read_by_ocr(library, settings))
    ask = _Ask(known, orders, settings.most_withdrawn, allow_shrink, retry)
    plans = [ask.plan(each, alone=len(folders) == 1) for each in folders]
    if plans and all(work.problem for work in plans):
        raise IngestError(plans[0].problem)
    for folder in sorted(Admin(library.root).dropped() - {each.folder for each in folders}):
        gone = tuple(entry for entry in known if entry.folder == storable(str(folder)))
        if gone:
            plans.append(Plan(folder, withdrawn=gone))
    return tuple(plans), live


def _read_by_ocr(library: Library, settings: IngestSettings) -> frozenset[str] | None:
    from ingest.ocr import OcrCache, installed

    if settings.ocr == "off" or installed() is None:
        return None
    return OcrCache(library.root / FILE).documents()


def listed(library: Library, sources: Sources) -> tuple[SourceFolder, ...]:
    """The folders meant, with the patterns that the admin has set for them. Raises IngestError for none."""
    followed = {source.folder: source for source in Admin(library.root).sources()}
    if isinstance(sources, Path):
        folder = sources.resolve()
        return (followed.get(folder, SourceFolder(folder)),)
    if not sources:
        raise IngestError("no source folder is known yet; run: python -m ingest sync FOLDER")
    return tuple(replace(each, folder=each.folder.resolve()) for each in sources)


@dataclass(frozen=True)
class _Ask:
    """What each folder is compared with, and how."""

    known: Sequence[FileEntry]
    orders: Orders
    most_withdrawn: float
    allow_shrink: bool
    retry: bool

    def plan(self, source: SourceFolder, *, alone: bool) -> Plan:
        folder = source.folder
        here = sum(entry.folder == storable(str(folder)) for entry in self.known)
        if not folder.is_dir() and (here or not alone):
            kept = f"; its {here} files stay in the library as they are" if here else ""
            return Plan(folder, problem=f"{folder} is not there{kept}; if a disk is not mounted, mount it")
        overrides = read_overrides(folder) if folder.is_dir() else {}
        return plan(
            folder,
            scan(folder, overrides, source.include, source.exclude),
            self.known,
            orders=self.orders,
            most_withdrawn=self.most_withdrawn,
            allow_shrink=self.allow_shrink,
            retry=self.retry,
        )


def _of_this_version(library: Library, live: str) -> bool:
    try:
        library.info(live)
    except LibraryError:
        return False
    return True


def renewed(library: Library, parent: str | None) -> list[str]:
    """Documents of generation `parent` to be read again: by better readers, or with what OCR read since."""
    from ingest.ocr import OcrCache, wants_ocr

    if parent is None:
        return []
    with closing(library.catalogue(parent)) as catalogue:
        documents = [entry.sha for entry in catalogue.documents()]
        if library.info(parent).settings.get("readers") != readers():
            return documents
        cache = OcrCache(library.root / FILE)
        unread = catalogue.page_problems()
        return [
            sha
            for sha in documents
            if sha in unread
            and (read := cache.get(sha))
            and any(page in read and wants_ocr(Page(page, "", (), why)) for page, why in unread[sha])
        ]
