"""Documents limited to groups: the limits an admin has set, and which of them bind a document."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePath
from typing import Any, Literal, get_args

from ingest.catalogue import FileEntry
from ingest.documents import IngestError
from ingest.library import Library, LibraryError

Sort = Literal["folder", "pattern", "file"]
SORTS: tuple[Sort, ...] = get_args(Sort)
_GROUP = re.compile(r"[\w .@+-]{1,100}")


@dataclass(frozen=True)
class Limit:
    """What stands in `place` is for members of `groups` (one of them is enough) and no other focal point.

    place: of a folder or a file its address, an absolute path; a pattern is as in .gitignore, relative to
    each source folder, and small and capital letters are the same to it.
    """

    sort: Sort
    place: str
    groups: frozenset[str]

    @property
    def key(self) -> tuple[Sort, str]:
        return self.sort, self.place

    def holds(self, file: FileEntry) -> bool:
        """Whether the file stands there."""
        if self.sort == "folder":
            return file.path.startswith(self.place.rstrip(os.sep) + os.sep)
        if self.sort == "file":
            return file.path == self.place
        path = PurePath(file.path)
        within = path.relative_to(file.folder) if path.is_relative_to(file.folder) else path
        return bool(_spec(self.place).match_file(_plain(within.as_posix())))


@dataclass(frozen=True)
class Limits:
    """All limits of a library.

    known: SHA-256, or address -> the limits (their keys) that bound it once. By it a single document keeps
    its limit as another version and under another name; and what has left the library stays limited, for
    those who ask for old answers.
    """

    limits: tuple[Limit, ...] = ()
    known: Mapping[str, frozenset[tuple[str, str]]] = field(default_factory=dict)

    def of(self, files: Iterable[FileEntry]) -> dict[str, frozenset[Limit]]:
        """SHA-256 -> the limits that bind the document, for those that have any; `files`: of a generation.

        A document that several files hold has the limits of all of them.
        """
        found: dict[str, frozenset[Limit]] = {}
        for file in files if self.limits else ():
            if file.document:
                bound = frozenset(self._binding(file))
                if bound:
                    found[file.document] = found.get(file.document, frozenset()) | bound
        return found

    def _binding(self, file: FileEntry) -> Iterator[Limit]:
        known = self.known.get(file.path, frozenset()) | self.known.get(file.document or "", frozenset())
        for limit in self.limits:
            # A folder's or a pattern's limit ends where a file leaves it; a single document's goes along.
            if limit.holds(file) or (limit.sort == "file" and limit.key in known):
                yield limit

    def once_on(self, document: str) -> frozenset[Limit]:
        """The limits that bind a document of no generation: those that bound it when it was in one."""
        known = self.known.get(document, frozenset())
        return frozenset(limit for limit in self.limits if limit.key in known)


def may_read(limits: Iterable[Limit], groups: frozenset[str]) -> bool:
    """Whether members of `groups` may read what `limits` bind: where there are several, all must let them."""
    return all(limit.groups & groups for limit in limits)


def seen_in(limits: Limits, files: Iterable[FileEntry]) -> set[tuple[str, Sort, str]]:
    """What is to be added to `known` of a generation's `files`: (SHA-256 or address, sort, place)."""
    files = [file for file in files if file.document]
    bound = limits.of(files)
    found: set[tuple[str, Sort, str]] = set()
    for file in files:
        for limit in bound.get(str(file.document), ()):
            found.add((str(file.document), *limit.key))
            if limit.sort == "file":
                found.add((file.path, *limit.key))
    return found


def clean_groups(groups: Iterable[str]) -> frozenset[str]:
    """Groups as they are kept: small letters, single spaces. Raises IngestError for what cannot be one."""
    plain = frozenset(
        " ".join(unicodedata.normalize("NFKC", each.encode(errors="replace").decode()).casefold().split())
        for each in groups
    )
    for each in plain:
        if not _GROUP.fullmatch(each):
            raise IngestError(f"{each!r} cannot be a group's name; use letters, digits, spaces and . _ - + @")
    return plain


def clean_pattern(pattern: str) -> str:
    """Raises IngestError for what is no pattern that files could fit."""
    plain = pattern.strip()
    if not plain or plain[0] in "!#":
        raise IngestError("give a pattern as in .gitignore that fits files: drafts/ or *-internal.pdf")
    _spec(plain)
    return plain


@lru_cache(maxsize=1024)
def _spec(pattern: str) -> Any:
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines([_plain(pattern)])
    except ValueError as error:
        raise IngestError(f"a pattern is wrong ({error}); patterns are as in .gitignore: *.pdf") from error


def _plain(path: str) -> str:
    """The same for names that differ in capitals alone, or in how their accents are written."""
    return unicodedata.normalize("NFC", path.casefold())


def every_file(library: Library) -> list[FileEntry]:
    """The files of all generations that are kept, whichever is live."""
    found = []
    for name in library.generations():
        try:
            library.info(name)
        except LibraryError:  # of another version of this program: it answers nobody either
            continue
        catalogue = library.catalogue(name)
        found += catalogue.files()
        catalogue.close()
    return found


def folder_of(given: str) -> Path:
    return Path(given).expanduser().resolve()
