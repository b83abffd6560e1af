"""What an admin does about limits: sets, lifts and lists them; and what a new generation does to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePath

from ingest.admin import Admin
from ingest.catalogue import FileEntry
from ingest.documents import IngestError, sha256_of
from ingest.library import Library
from ingest.limits import (
    Limit,
    Limits,
    clean_groups,
    clean_pattern,
    every_file,
    folder_of,
    seen_in,
)
from ingest.scan import storable


@dataclass(frozen=True)
class Told:
    """What a deed came to. documents: of the live generation, that it binds; left: limits that bind some of
    them still."""

    what: str
    documents: int
    left: tuple[Limit, ...] = ()


@dataclass(frozen=True)
class _Target:
    """What was named. addresses, document (SHA-256): of a single file."""

    limit: Limit
    addresses: tuple[str, ...] = ()
    document: str = ""


def limit(library: Library, named: str, groups: Iterable[str], who: str, *, pattern: bool = False) -> Told:
    """Limits a folder, a document or (with `pattern`) what fits a pattern to members of `groups`, at once.

    Takes the place of an earlier limit on the same. Raises IngestError for no group, or what is not there.
    """
    wanted = clean_groups(groups)
    if not wanted:
        raise IngestError("no group is named; give --groups A,B, or --everyone to lift a limit")
    target = _target(library, named, wanted, pattern)
    admin, files = Admin(library.root), every_file(library)
    olds = _single(admin.limits(), target) if target.addresses else []
    if target.addresses:
        admin.put_limited((each, *target.limit.key) for each in (*target.addresses, target.document))
    admin.put_limit(target.limit)
    for old in olds:  # after the new one is there: at no moment is it without
        if old.key != target.limit.key:
            admin.drop_limit(old.sort, old.place)
    # What stands there now stays limited as an old answer when it leaves.
    admin.put_limited(seen_in(admin.limits(), files))
    admin.record(who, "limited", f"{target.limit.place}: {', '.join(sorted(wanted))}")
    return Told(target.limit.place, _bound(library, target, admin.limits()))


def lift(library: Library, named: str, who: str, *, pattern: bool = False) -> Told:
    """Takes the limit from a folder, a document or a pattern. Raises IngestError where there is none.

    A document's limit is its own alone: that of its folder, or of a pattern it fits, stays.
    """
    admin = Admin(library.root)
    limits = admin.limits()
    known = [each for each in limits.limits if each.place == named.strip()]
    target = known[0] if known else _target(library, named, frozenset(), pattern)
    if isinstance(target, Limit):
        target = _Target(target, (target.place,) if target.sort == "file" else ())
    olds = _single(limits, target) if target.addresses else [target.limit]
    gone = [old for old in olds if admin.drop_limit(old.sort, old.place)]
    once = limits.once_on(target.document) if target.document else frozenset()
    admin.drop_limited(filter(None, (target.document, *target.addresses)))
    admin.put_limited(seen_in(admin.limits(), every_file(library)))
    left = _left(library, admin.limits(), target)
    if not gone and not once - left:
        more = f"; it is in what is limited as {_places(left)}" if left else ""
        raise IngestError(f"{named} has no limit of its own{more}; see: python -m ingest limits")
    admin.record(who, "limit lifted", target.limit.place)
    return Told(target.limit.place, 0, tuple(sorted(left, key=lambda each: each.key)))


def remember(library: Library, generation: str) -> None:
    """Notes which limits bind the documents of a new generation: call it before that is published."""
    admin = Admin(library.root)
    limits = admin.limits()
    if limits.limits:
        admin.put_limited(seen_in(limits, _files(library, generation)))


def take_in(library: Library, other: Limits, moved: Mapping[str, str]) -> None:
    """Adds the limits that came along with another library; for the same place this library's stays.

    moved: folder there -> folder here, for those that came along too: the limits hold in both places.
    """
    if not other.limits:
        return
    admin = Admin(library.root)
    here = {each.key for each in admin.limits().limits}
    for each in other.limits:
        places = {
            each.place,
            *(_moved(each.place, *pair) for pair in moved.items() if each.sort != "pattern"),
        }
        for place in places:
            if (each.sort, place) not in here:
                admin.put_limit(replace(each, place=place))
    known = ((what, sort, place) for what, keys in other.known.items() for sort, place in keys)
    admin.put_limited(known)  # type: ignore[arg-type]


def _moved(place: str, there: str, here: str) -> str:
    path = PurePath(place)
    return str(PurePath(here) / path.relative_to(there)) if path.is_relative_to(there) else place


def listed(library: Library) -> list[tuple[Limit, int]]:
    """Each limit, with how many documents of the live generation it binds."""
    limits = Admin(library.root).limits()
    bound = limits.of(_live_files(library))
    return [(each, sum(each in those for those in bound.values())) for each in limits.limits]


def _target(library: Library, named: str, groups: frozenset[str], pattern: bool) -> _Target:
    if pattern:
        return _Target(Limit("pattern", clean_pattern(named), groups))
    path = folder_of(named)
    files = _live_files(library)
    folder = Limit("folder", storable(str(path)), groups)
    if path.is_dir() or any(folder.holds(file) and file.path != folder.place for file in files):
        return _Target(folder)
    if path.is_file():
        sha, own = sha256_of(path), storable(str(path))
    else:
        (sha, _), own = library.document(named), ""
    held = {file.path for file in files if file.document == sha} | ({own} if own else set())
    addresses = tuple(sorted(held, key=lambda address: (address != own, address)))
    return _Target(Limit("file", addresses[0], groups), addresses, sha)


def _single(limits: Limits, target: _Target) -> list[Limit]:
    """The limits that are the document's own, under whichever of its addresses they were set."""
    known = frozenset[tuple[str, str]]().union(
        *(limits.known.get(each, frozenset()) for each in (*target.addresses, target.document))
    )
    return [
        each
        for each in limits.limits
        if each.sort == "file" and (each.place in target.addresses or each.key in known)
    ]


def _bound(library: Library, target: _Target, limits: Limits) -> int:
    bound = limits.of(_live_files(library)).values()
    return sum(any(each.key == target.limit.key for each in those) for those in bound)


def _left(library: Library, limits: Limits, target: _Target) -> frozenset[Limit]:
    files = [file for file in _live_files(library) if file.path in target.addresses or (
        not target.addresses and target.limit.holds(file))]  # fmt: skip
    return frozenset[Limit]().union(*limits.of(files).values())


def _places(limits: Iterable[Limit]) -> str:
    return ", ".join(sorted(each.place for each in limits))


def _live_files(library: Library) -> list[FileEntry]:
    live = library.live()
    return _files(library, live) if live else []


def _files(library: Library, generation: str) -> list[FileEntry]:
    catalogue = library.catalogue(generation)
    try:
        return catalogue.files()
    finally:
        catalogue.close()
