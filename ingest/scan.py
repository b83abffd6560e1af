"""Source folder -> plan: what a sync would add, change, move, withdraw or leave."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.catalogue import FileEntry
from ingest.documents import IngestError

CANNOT_OPEN = "cannot be opened"
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
    """What a sync would do. `added` and `changed` pair each file with its SHA-256;
    `moved` pairs the old entry with the new file; `touched` are unchanged in content only."""

    folder: Path
    added: tuple[tuple[FoundFile, str], ...] = ()
    changed: tuple[tuple[FoundFile, str], ...] = ()
    moved: tuple[tuple[FileEntry, FoundFile], ...] = ()
    touched: tuple[tuple[FileEntry, FoundFile], ...] = ()
    withdrawn: tuple[FileEntry, ...] = ()
    unchanged: tuple[FileEntry, ...] = ()
    unreadable: tuple[tuple[FoundFile, str], ...] = field(default=())

    @property
    def empty(self) -> bool:
        return not (self.added or self.changed or self.moved or self.withdrawn or self.unreadable)

    def counts(self) -> dict[str, int]:
        return {
            "added": len(self.added) + len(self.unreadable),
            "changed": len(self.changed),
            "moved": len(self.moved),
            "withdrawn": len(self.withdrawn),
            "unchanged": len(self.unchanged) + len(self.touched),
        }


def scan(folder: Path, overrides: Mapping[str, Mapping[str, str]]) -> list[FoundFile]:
    """The files below `folder`, sorted by path; hidden ones and metadata.csv are no documents.

    Raises IngestError where the folder is missing.
    """
    if not folder.is_dir():
        raise IngestError(f"{folder} is not a folder; name the folder that holds the documents")
    found = []
    for path in _walk(folder):
        state = path.stat()
        row = overrides.get(path.name) or overrides.get(path.relative_to(folder).as_posix())
        override = json.dumps(dict(row), sort_keys=True, ensure_ascii=False) if row else ""
        found.append(FoundFile(path, state.st_size, state.st_mtime_ns, override))
    return sorted(found, key=lambda item: item.path)


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
    folder: Path, found: Iterable[FoundFile], known: Iterable[FileEntry], *, allow_empty: bool = False
) -> Plan:
    """Compares the files found in `folder` with what the last sync of that folder recorded.

    Raises IngestError where the folder has become empty (an unmounted disk looks so), unless allowed.
    """
    here = {entry.path: entry for entry in known if entry.folder == storable(str(folder))}
    found = list(found)
    if not found and here and not allow_empty:
        raise IngestError(
            f"{folder} is empty, but the library holds {len(here)} files from it; if a disk is not mounted,"
            " mount it; to withdraw them all, sync again with --allow-empty"
        )
    present = {item.address for item in found}
    gone = {entry.document: entry for path, entry in here.items() if path not in present and entry.document}
    lists: dict[str, list[Any]] = {
        name: [] for name in ("added", "changed", "moved", "touched", "unchanged", "unreadable")
    }
    moved_from: set[str] = set()
    for item in found:
        entry = here.get(item.address)
        same_row = entry is not None and entry.override == item.override
        same = entry is not None and same_row and (entry.size, entry.modified) == (item.size, item.modified)
        closed = entry is not None and entry.reason.startswith(CANNOT_OPEN)  # a right granted leaves no trace
        if entry and same and not closed:
            lists["unchanged"].append(entry)
            continue
        try:
            sha = sha256_of(item.path)
        except OSError as error:
            if entry and same:
                lists["unchanged"].append(entry)
            else:
                reason = f"{CANNOT_OPEN} ({error.strerror}); check its permissions"
                lists["unreadable"].append((item, reason))
            continue
        if entry and entry.document == sha and same_row and entry.state == "indexed":
            lists["touched"].append((entry, item))
        elif entry:
            lists["changed"].append((item, sha))
        elif sha in gone and gone[sha].path not in moved_from and gone[sha].override == item.override:
            moved_from.add(gone[sha].path)
            lists["moved"].append((gone[sha], item))
        else:
            lists["added"].append((item, sha))
    withdrawn = [entry for path, entry in here.items() if path not in present and path not in moved_from]
    return Plan(folder, withdrawn=tuple(withdrawn), **{name: tuple(items) for name, items in lists.items()})


def storable(text: str) -> str:
    return os.fsencode(text).decode("utf-8", "backslashreplace")


def sha256_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
