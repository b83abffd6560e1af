"""The library on disk: generations, the live pointer, originals, and the lock that lets one writer in."""

from __future__ import annotations

import json
import os
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingest.catalogue import SCHEMA, Catalogue
from ingest.documents import IngestError, sha256_of

_LOCK_POLL = 0.05  # seconds


class LibraryError(IngestError):
    """The library cannot be used as asked; the message says why and which command helps."""


class DamagedGeneration(LibraryError):
    """A generation that was complete and is so no longer."""


@dataclass(frozen=True)
class GenerationInfo:
    """What generation.json holds.

    models: {"embedding": {"name", "hash", "dimension", "setting"}}, where "setting" holds the settings by
    which it is loaded; times: stage -> seconds; checks: what was verified before it was published.
    """

    name: str
    created: str
    parent: str | None
    models: dict[str, dict[str, Any]]
    settings: dict[str, Any] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    checks: dict[str, Any] = field(default_factory=dict)
    times: dict[str, float] = field(default_factory=dict)
    schema: int = SCHEMA


@dataclass(frozen=True)
class Pruned:
    """What was removed: names of generations, of originals, and the originals' size in bytes."""

    generations: tuple[str, ...]
    originals: tuple[str, ...]
    size: int


class Library:
    """The directory that holds everything the assistant knows; opening it makes nothing."""

    def __init__(self, root: Path) -> None:
        self.root = root

    # Reading

    def live(self) -> str | None:
        """The name of the generation that answers, None if there is none yet."""
        try:
            return (self.root / "live").read_text(encoding="utf-8").strip() or None
        except FileNotFoundError:
            return None

    def generations(self) -> list[str]:
        """Names of the complete generations, oldest first."""
        folder = self.root / "generations"
        if not folder.is_dir():
            return []
        # One that is being built has its generation.json just before it gets its name.
        return sorted(
            item.name
            for item in folder.iterdir()
            if not item.name.startswith(".") and (item / "generation.json").is_file()
        )

    def path(self, name: str) -> Path:
        return self.root / "generations" / name

    def info(self, name: str) -> GenerationInfo:
        """Raises LibraryError where the generation is missing or was written by another version."""
        try:
            values = json.loads((self.path(name) / "generation.json").read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise LibraryError(
                f"generation {name} is missing from {self.root}; run: python -m ingest sync FOLDER"
            ) from error
        except (OSError, ValueError) as error:
            raise DamagedGeneration(
                f"generation {name} is damaged: its generation.json cannot be read ({error}); run: python -m"
                " ingest check"
            ) from error
        if values.get("schema") != SCHEMA:
            raise LibraryError(
                f"generation {name} was built by another version of this program (schema"
                f" {values.get('schema')}, this one reads {SCHEMA}); run: python -m ingest sync FOLDER"
            )
        return GenerationInfo(**values)

    def catalogue(self, name: str) -> Catalogue:
        return Catalogue(self.path(name) / "catalogue.sqlite")

    def document(self, name: str) -> tuple[str, str]:
        """(SHA-256, file name) of the document meant by a file's name or path, or the start of its SHA-256.

        Knows those of the live generation, and those withdrawn by hand. Raises LibraryError for none or
        several.
        """
        live = self.live()
        if live is None:
            raise LibraryError(f"{self.root} holds no library yet; run: python -m ingest sync FOLDER")
        self.info(live)
        catalogue = self.catalogue(live)
        files = [entry for entry in catalogue.files() if entry.document]
        catalogue.close()
        found = {
            entry.document: entry.name
            for entry in files
            if name in (entry.name, entry.path)
            or (len(name) >= 8 and entry.document and entry.document.startswith(name.lower()))
        }
        if len(found) > 1:
            raise LibraryError(
                f"{name} names {len(found)} documents; give the whole path, or more of the hash"
            )
        for sha, file in found.items():
            return str(sha), file
        raise LibraryError(f"there is no document {name} in the library; see: python -m ingest status")

    def original(self, document: str) -> Path | None:
        """The stored bytes of a document, None if there are none."""
        folder = self.root / "originals" / document[:2]
        return next(iter(sorted(folder.glob(f"{document}*"))), None) if folder.is_dir() else None

    # Writing

    @contextmanager
    def writing(self, what: str = "", who: str = "") -> Iterator[None]:
        """Holds the lock that makes this process the only writer.

        Raises LibraryError naming the owner while another process holds it. The system frees the lock
        of a process that died.
        """
        from filelock import FileLock, Timeout

        self.root.mkdir(parents=True, exist_ok=True)
        owner = self.root / "lock.owner"
        lock = FileLock(self.root / "lock", timeout=0, poll_interval=_LOCK_POLL)
        try:
            lock.acquire()
        except Timeout as error:
            raise LibraryError(
                f"the library {self.root} is being changed by {_owner(owner)}; try again later"
            ) from error
        try:
            since = time.strftime("%Y-%m-%d %H:%M:%S")
            name = f"{who} ({what}), " if who or what else ""
            owner.write_text(
                f"{name}process {os.getpid()} on {socket.gethostname()} since {since}", encoding="utf-8"
            )
            yield
        finally:
            owner.unlink(missing_ok=True)
            lock.release()

    def next_name(self) -> str:
        """A number that was never given before, so that a line of the audit means one generation for good."""
        removed = (item.name for item in (self.root / "leases").glob("*"))  # each removal leaves its lease
        known = {*self.generations(), *(line["generation"] for line in self.published()), *removed}
        return f"{max((int(name) for name in known if name.isdigit()), default=0) + 1:04d}"

    def start_building(self, name: str, parent: str | None) -> Path:
        """An unpublished directory for generation `name`: a copy of its parent, or empty."""
        folder = self.root / "generations"
        folder.mkdir(parents=True, exist_ok=True)
        self.clear_leftovers()
        building = folder / f".building-{name}"
        if parent is None:
            building.mkdir()
        else:
            shutil.copytree(self.path(parent), building)
            (building / "generation.json").unlink()
        return building

    def clear_leftovers(self) -> None:
        """Removes what a process that died was building or removing; call it with the lock held."""
        for folder in ("generations", "originals"):
            for pattern in (".building-*", ".removing-*", "*/*.part"):
                for leftover in (self.root / folder).glob(pattern):
                    shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
        for leftover in self.root.glob("*.part"):
            leftover.unlink()

    def finish_building(self, building: Path, info: GenerationInfo) -> None:
        """Turns a finished directory into generation `info.name`: complete, and not yet live."""
        _write_durably(building / "generation.json", json.dumps(asdict(info), indent=2, ensure_ascii=False))
        for item in building.rglob("*"):
            if item.is_file():
                _sync_to_disk(item)
        os.rename(building, self.path(info.name))
        _sync_to_disk(self.root / "generations")

    def publish(self, name: str, who: str = "") -> None:
        """Makes generation `name` live by one atomic replacement of the pointer."""
        self.info(name)
        temporary = self.root / "live.new"
        _write_durably(temporary, name + "\n")
        os.replace(temporary, self.root / "live")
        _sync_to_disk(self.root)
        line = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "generation": name, "who": who}
        with (self.root / "published.jsonl").open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(line) + "\n")

    def published(self) -> list[dict[str, str]]:
        """Each publication, oldest first: {"at" (ISO 8601, UTC), "generation", "who"}."""
        try:
            lines = (self.root / "published.jsonl").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
        found = []
        for line in lines:
            try:
                found.append(json.loads(line))
            except json.JSONDecodeError:  # half a line: the machine stopped while it was written
                continue
        return found

    def rollback(self, who: str = "") -> str:
        """Publishes the generation `before` the live one; gives its name.

        Raises LibraryError where there is none.
        """
        name = self.before()
        if name is None:
            raise LibraryError(
                f"{self.root} holds no earlier generation to go back to; see: python -m ingest generations"
            )
        self.publish(name, who)
        return name

    def before(self) -> str | None:
        """The newest generation older than the live one that has been live, None if there is none."""
        live, have = self.live(), set(self.generations())
        older = {
            line["generation"]
            for line in self.published()
            if live and line["generation"] < live and line["generation"] in have
        }
        return max(older, default=None)

    def discard(self, name: str) -> None:
        """Removes a generation that is not live. Raises LibraryError where it is, or is being read."""
        self.info(name)
        if name == self.live():
            raise LibraryError(f"generation {name} is live; publish another one first, then discard it")
        if not self._remove(name):
            raise LibraryError(f"generation {name} is being read by another process; try again later")

    def prune(self, keep: int) -> Pruned:
        """Removes all but the `keep` newest generations, and originals that no kept one needs.

        The live generation stays, and so does one that a process is reading.
        """
        if keep < 1:
            raise LibraryError("at least one generation must be kept; give --keep 1 or more")
        self.clear_leftovers()
        names = self.generations()
        stay = {*names[-keep:], self.live()}
        gone = tuple(name for name in names if name not in stay and self._remove(name))
        needed: set[str] = set()
        for name in self.generations():
            try:
                self.info(name)
            except LibraryError:  # of another version of this program: nobody can tell what it needs
                return Pruned(gone, (), 0)
            catalogue = self.catalogue(name)
            needed.update(entry.sha for entry in catalogue.documents())
            needed.update(entry.document for entry in catalogue.files() if entry.document)
            catalogue.close()
        originals, size = [], 0
        for path in (self.root / "originals").glob("*/*"):
            if path.name.partition(".")[0] not in needed:
                size += path.stat().st_size
                path.unlink()
                originals.append(path.name)
        return Pruned(gone, tuple(sorted(originals)), size)

    def _remove(self, name: str) -> bool:
        """False where a process is reading it."""
        with self._leased(name, alone=True) as free:
            if not free:
                return False
            leaving = self.root / "generations" / f".removing-{name}"
            os.rename(self.path(name), leaving)
        shutil.rmtree(leaving)
        for path in (self.root / "gates").glob(f"{name}.*"):
            path.unlink()
        return True

    @contextmanager
    def lease(self, name: str) -> Iterator[None]:
        """Keeps generation `name` from being removed while the block runs; a dead process's lease is void.

        Raises LibraryError where it has just been removed.
        """
        with self._leased(name, alone=False) as granted:
            if not granted or not self.path(name).is_dir():
                raise LibraryError(f"generation {name} has just been removed; ask again")
            yield

    @contextmanager
    def _leased(self, name: str, *, alone: bool) -> Iterator[bool]:
        try:
            import fcntl
        except ImportError:  # Windows: what is open there cannot be removed anyway
            yield True
            return
        folder = self.root / "leases"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / name).open("a") as stream:
            try:
                fcntl.flock(stream, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    def keep_original(self, source: Path, document: str) -> bool:
        """Stores the bytes of `source` under their hash; False if they are no longer those of `document`."""
        target = self.root / "originals" / document[:2] / f"{document}{source.suffix.lower()[:10]}"
        if target.exists():
            return sha256_of(source) == document
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(target.name + ".part")
        shutil.copyfile(source, temporary)
        if sha256_of(temporary) != document:
            temporary.unlink()
            return False
        os.replace(temporary, target)
        return True


def _owner(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8") or "another process"
    except OSError:
        return "another process"


def _write_durably(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())


def _sync_to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
