"""Source folder -> plan: what a sync would add, change, move, withdraw or leave."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ingest.admin import WITHDRAWN, Admin, Withdrawal
from ingest.catalogue import FileEntry
from ingest.documents import IngestError, sha256_of

CANNOT_OPEN = "cannot be opened"
LOCKED = "locked with a password"
AWAITS_OCR = "waits for OCR"
STOPPED = "stopped before the file was read"  # no fault of the file: it is read again by the next sync
_FEW = 3  # files: so few may go at once
_NOT_DOCUMENTS = {"metadata.csv", "thumbs.db", "desktop.ini"}


@dataclass(frozen=True)
class FoundFile:
    """A file of the source folder; `modified` in nanoseconds, `override` its row of metadata.csv as JSON."""

    path: Path
    size: int
    modified: int
    override: str = ""

    @property
    def address(self) -> str:
        """The path as text that can be stored: bytes of a name that are not UTF-8 stand as "\\xe9"."""
        return storable(str(self.path))

    @property
    def name(self) -> str:
        return storable(self.path.name)


@dataclass(frozen=True)
class Plan:
    """What a sync would do with one source folder. `added` and `changed` pair each file with its SHA-256;
    `moved` pairs the old entry with the new file; `touched` are unchanged in content only; `kept_out` are
    withdrawn by hand. problem: why the folder was left as it is, "" if it was not."""

    folder: Path
    added: tuple[tuple[FoundFile, str], ...] = ()
    changed: tuple[tuple[FoundFile, str], ...] = ()
    moved: tuple[tuple[FileEntry, FoundFile], ...] = ()
    touched: tuple[tuple[FileEntry, FoundFile], ...] = ()
    withdrawn: tuple[FileEntry, ...] = ()
    kept_out: tuple[tuple[FoundFile, str], ...] = ()
    unchanged: tuple[FileEntry, ...] = ()
    unreadable: tuple[tuple[FoundFile, str], ...] = field(default=())
    problem: str = ""

    @property
    def empty(self) -> bool:
        return not (
            self.added or self.changed or self.moved or self.withdrawn or self.kept_out or self.unreadable
        )

    def counts(self) -> dict[str, int]:
        return {
            "added": len(self.added) + len(self.unreadable),
            "changed": len(self.changed),
            "moved": len(self.moved),
            "withdrawn": len(self.withdrawn) + len(self.kept_out),
            "unchanged": len(self.unchanged) + len(self.touched),
        }


@dataclass(frozen=True)
class Orders:
    """What the admin has set of documents, by SHA-256 (ingest/admin.py), and those that OCR has read.

    ocr: None where nothing here can read scans.
    """

    edits: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    withdrawn: Mapping[str, Withdrawal] = field(default_factory=dict)
    passwords: Mapping[str, str] = field(default_factory=dict)
    ocr: frozenset[str] | None = None

    @classmethod
    def of(cls, admin: Admin, ocr: frozenset[str] | None = None) -> Orders:
        return cls(admin.edits(), admin.withdrawn(), admin.passwords(), ocr)

    def override(self, row: str, document: str | None) -> str:
        """A file's row of metadata.csv (JSON, or "") with the admin's edits of its document over it."""
        edited = self.edits.get(document or "")
        if not edited:
            return row
        return json.dumps({**(json.loads(row) if row else {}), **edited}, sort_keys=True, ensure_ascii=False)


_NO_ORDERS = Orders()


def scan(
    folder: Path,
    overrides: Mapping[str, Mapping[str, str]],
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
) -> list[FoundFile]:
    """The files below `folder`, sorted by path; hidden ones and metadata.csv are no documents.

    include, exclude: patterns as in .gitignore. Raises IngestError where the folder is missing, a part of it
    cannot be opened, or a pattern is wrong.
    """
    if not folder.is_dir():
        raise IngestError(f"{folder} is not a folder; name the folder that holds the documents")
    wanted = _wanted(include, exclude)
    found = []
    try:
        for path in _walk(folder):
            within = path.relative_to(folder).as_posix()
            if not wanted(storable(within)):
                continue
            state = path.stat()
            row = overrides.get(path.name) or overrides.get(within)
            override = json.dumps(dict(row), sort_keys=True, ensure_ascii=False) if row else ""
            found.append(FoundFile(path, state.st_size, state.st_mtime_ns, override))
    except OSError as error:
        raise IngestError(
            f"{error.filename or folder} cannot be opened ({error.strerror}); see that it is mounted and"
            " may be read; nothing was changed"
        ) from error
    return sorted(found, key=lambda item: item.path)


def _wanted(include: Sequence[str], exclude: Sequence[str]) -> Callable[[str], bool]:
    if not include and not exclude:
        return lambda path: True
    from pathspec import GitIgnoreSpec

    try:
        ins, outs = GitIgnoreSpec.from_lines(include), GitIgnoreSpec.from_lines(exclude)
    except ValueError as error:
        raise IngestError(f"a pattern is wrong ({error}); patterns are as in .gitignore: *.pdf") from error
    return lambda path: (not include or ins.match_file(path)) and not outs.match_file(path)


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name.startswith(".") or path.name.casefold() in _NOT_DOCUMENTS:
            continue
        if path.is_dir():
            if not path.is_symlink() and not (path / "generations").is_dir():  # a library is no source
                yield from _walk(path)
        elif path.is_file():
            yield path


def plan(
    folder: Path,
    found: Iterable[FoundFile],
    known: Iterable[FileEntry],
    *,
    orders: Orders = _NO_ORDERS,
    most_withdrawn: float = 1.0,
    allow_shrink: bool = False,
    retry: bool = False,
) -> Plan:
    """Compares the files found in `folder` with what the last sync of that folder recorded.

    retry: files that failed are read again, though they have not changed.

    Raises IngestError where the folder has become empty, or more than the share `most_withdrawn` of its files
    has gone (an unmounted disk looks so), unless allowed.
    """
    here = {entry.path: entry for entry in known if entry.folder == storable(str(folder))}
    found = list(found)
    sorter = _Sorter(here, orders, {item.address for item in found}, retry)
    for item in found:
        sorter.take(item)
    withdrawn = sorter.withdrawn()
    share = len(withdrawn) / len(here) if here else 0.0
    if not allow_shrink and here and (not found or (share > most_withdrawn and len(withdrawn) >= _FEW)):
        gone = "is empty" if not found else f"lacks {len(withdrawn)} of its files"
        raise IngestError(
            f"{folder} {gone}, but the library holds {len(here)} files from it; if a disk is not mounted,"
            " mount it; to withdraw what is gone, sync again with --allow-shrink"
        )
    lists: dict[str, Any] = {name: tuple(items) for name, items in sorter.lists.items()}
    return Plan(folder, withdrawn=tuple(withdrawn), **lists)


class _Sorter:
    """Puts each file of a folder into one list of its plan."""

    def __init__(self, here: Mapping[str, FileEntry], orders: Orders, present: set[str], retry: bool) -> None:
        self.here, self.orders, self.present, self.retry = here, orders, present, retry
        self.gone = {
            entry.document: entry for path, entry in here.items() if path not in present and entry.document
        }
        self.moved_from: set[str] = set()
        names = ("added", "changed", "moved", "touched", "kept_out", "unchanged", "unreadable")
        self.lists: dict[str, list[Any]] = {name: [] for name in names}

    def take(self, item: FoundFile) -> None:
        entry = self.here.get(item.address)
        if entry and self._as_it_was(entry, item):
            self.lists["unchanged"].append(entry)
            return
        try:
            sha = sha256_of(item.path)
        except OSError as error:
            if entry and _same_file(entry, item):
                self.lists["unchanged"].append(entry)
            else:
                reason = f"{CANNOT_OPEN} ({error.strerror}); check its permissions"
                self.lists["unreadable"].append((item, reason))
            return
        item = replace(item, override=self.orders.override(item.override, sha))
        if sha in self.orders.withdrawn:
            if entry and entry.reason == self.orders.withdrawn[sha].reason:
                self.lists["touched"].append((entry, item))
            else:
                self.lists["kept_out"].append((item, sha))
        elif entry and entry.document == sha and entry.override == item.override and entry.state == "indexed":
            self.lists["touched"].append((entry, item))
        elif entry and _same_file(entry, item) and self._still_in_vain(entry, sha):
            self.lists["unchanged"].append(entry)
        elif entry:
            self.lists["changed"].append((item, sha))
        elif self._may_have_moved(sha, item):
            self.moved_from.add(self.gone[sha].path)
            self.lists["moved"].append((self.gone[sha], item))
        else:
            self.lists["added"].append((item, sha))

    def _as_it_was(self, entry: FileEntry, item: FoundFile) -> bool:
        """Told without opening the file; one whose state may have changed without a trace is opened."""
        if not _same_file(entry, item) or entry.reason.startswith((CANNOT_OPEN, WITHDRAWN)):
            return False
        if entry.state == "failed" and (
            self.retry or any(mark in entry.reason for mark in (LOCKED, AWAITS_OCR, STOPPED))
        ):
            return False
        if entry.document in self.orders.withdrawn:
            return False
        return entry.override == self.orders.override(item.override, entry.document)

    def _still_in_vain(self, entry: FileEntry, sha: str) -> bool:
        """Whether to read it again would end as before: no password was given, no page was read by OCR."""
        if LOCKED in entry.reason:
            return sha not in self.orders.passwords
        ocr = self.orders.ocr
        return AWAITS_OCR in entry.reason and not self.retry and ocr is not None and sha not in ocr

    def _may_have_moved(self, sha: str, item: FoundFile) -> bool:
        old = self.gone.get(sha)
        return old is not None and old.path not in self.moved_from and old.override == item.override

    def withdrawn(self) -> list[FileEntry]:
        return [
            entry
            for path, entry in self.here.items()
            if path not in self.present and path not in self.moved_from
        ]


def _same_file(entry: FileEntry, item: FoundFile) -> bool:
    return (entry.size, entry.modified) == (item.size, item.modified)


def storable(text: str) -> str:
    return os.fsencode(text).decode("utf-8", "backslashreplace")
