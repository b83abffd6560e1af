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
from pathlib import Path
from typing import Any

from ingest.catalogue import SCHEMA, Catalogue
from ingest.documents import IngestError

_LOCK_POLL = 0.05  # seconds


class LibraryError(IngestError):
    """The library cannot be used as asked; the message says why and which command helps."""


@dataclass(frozen=True)
class GenerationInfo:
    """What generation.json holds.

    models: {"embedding": {"name", "hash", "dimension"}}; times: stage -> seconds; checks: what was
    verified before it was published.
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
        return sorted(item.name for item in folder.iterdir() if (item / "generation.json").is_file())

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
        if values.get("schema") != SCHEMA:
            raise LibraryError(
                f"generation {name} was built by another version of this program (schema"
                f" {values.get('schema')}, this one reads {SCHEMA}); run: python -m ingest sync FOLDER"
            )
        return GenerationInfo(**values)

    def catalogue(self, name: str) -> Catalogue:
        return Catalogue(self.path(name) / "catalogue.sqlite")

    def original(self, document: str) -> Path | None:
        """The stored bytes of a document, None if there are none."""
        folder = self.root / "originals" / document[:2]
        return next(iter(sorted(folder.glob(f"{document}*"))), None) if folder.is_dir() else None

    # Writing

    @contextmanager
    def writing(self) -> Iterator[None]:
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
            owner.write_text(
                f"process {os.getpid()} on {socket.gethostname()} since {since}", encoding="utf-8"
            )
            yield
        finally:
            owner.unlink(missing_ok=True)
            lock.release()

    def next_name(self) -> str:
        last = max((int(name) for name in self.generations() if name.isdigit()), default=0)
        return f"{last + 1:04d}"

    def start_building(self, name: str, parent: str | None) -> Path:
        """An unpublished directory for generation `name`: a copy of its parent, or empty."""
        folder = self.root / "generations"
        folder.mkdir(parents=True, exist_ok=True)
        for leftover in folder.glob(".building-*"):  # of a process that died
            shutil.rmtree(leftover)
        building = folder / f".building-{name}"
        if parent is None:
            building.mkdir()
        else:
            shutil.copytree(self.path(parent), building)
            (building / "generation.json").unlink()
        return building

    def publish_built(self, building: Path, info: GenerationInfo) -> None:
        """Turns a finished directory into generation `info.name` and makes it live."""
        _write_durably(building / "generation.json", json.dumps(asdict(info), indent=2, ensure_ascii=False))
        for item in building.rglob("*"):
            if item.is_file():
                _sync_to_disk(item)
        os.rename(building, self.path(info.name))
        _sync_to_disk(self.root / "generations")
        self.publish(info.name)

    def publish(self, name: str) -> None:
        """Makes generation `name` live by one atomic replacement of the pointer."""
        self.info(name)
        temporary = self.root / "live.new"
        _write_durably(temporary, name + "\n")
        os.replace(temporary, self.root / "live")
        _sync_to_disk(self.root)

    def keep_original(self, source: Path, document: str) -> bool:
        """Stores the bytes of `source` under their hash; False if they are no longer those of `document`."""
        from ingest.scan import sha256_of

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
