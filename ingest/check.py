"""The doctor of a library: verifies all of it, changes nothing, and names the command that mends."""

from __future__ import annotations

import shlex
import shutil
import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ingest.admin import FILE as ADMIN
from ingest.checks import RECORDS, reading
from ingest.documents import sha256_of
from ingest.examine import Case, Fault, examine
from ingest.library import DamagedGeneration, GenerationInfo, Library, LibraryError
from ingest.readings import FILE as READINGS
from ingest.settings import IngestSettings

VECTORS = "vectors.sqlite"
_CACHES = (VECTORS, READINGS)
_MOST = 20  # findings of one sort; the rest is counted
_BACKUP = "python -m ingest import FILE, with the last export"


@dataclass(frozen=True)
class Finding:
    """Something wrong. where: a path; mend: the command, or the sentence, that puts it right."""

    level: Literal["error", "warning"]
    what: str
    where: str
    mend: str


def check(root: Path, settings: IngestSettings | None = None, *, deep: bool = False) -> list[Finding]:
    """Everything wrong with the library at `root`, errors first; nothing is changed.

    deep: every original is compared with its hash, every database and the word index is read whole.
    settings: of the environment where None.
    """
    library = Library(root)
    names = library.generations()
    if not names and library.live() is None:
        return [Finding("error", "there is no library yet", str(root), "python -m ingest sync FOLDER")]
    busy = list(_writer(root))
    ill = _examined(library, names, deep=deep)
    found = [*busy, *_live(library, names, ill), *_generations(library, names, ill)]
    found += [*_databases(root, deep=deep), *_room(library), *_model(library, settings or IngestSettings())]
    live = library.live()
    if live in names and not any(fault.part == "catalogue" for fault in ill.get(live, ())):
        found += _originals(library, live, deep=deep)
    if not busy:  # what a writer is building is no leftover
        found += [*_leftovers(library, names), *_orphans(library, names)]
    return sorted(found, key=lambda each: each.level == "warning")


# Generations


def _examined(library: Library, names: list[str], *, deep: bool) -> dict[str, list[Fault]]:
    """Name -> what is wrong, of those that are not sound."""
    ill: dict[str, list[Fault]] = {}
    cases = []
    for name in names:
        try:
            info = library.info(name)
            dimension = int(info.models["embedding"]["dimension"])
        except DamagedGeneration as error:
            ill[name] = [Fault("catalogue", str(error).partition(": ")[2].partition(";")[0])]
        except LibraryError as error:
            ill[name] = [Fault("version", str(error).partition(";")[0])]
        except (TypeError, KeyError, AttributeError) as error:
            ill[name] = [Fault("catalogue", f"its generation.json cannot be read ({error})")]
        else:
            if info.name != name:
                ill[name] = [Fault("catalogue", f"its generation.json is that of generation {info.name}")]
            cases.append(Case(name, library.path(name), dimension, info.counts.get("documents"), deep))
    for name, faults in examine(cases):
        if faults:
            ill[name] = ill.get(name, []) + faults
    return {name: ill[name] for name in names if name in ill and library.path(name).is_dir()}  # else: pruned


def _live(library: Library, names: list[str], ill: Collection[str]) -> Iterator[Finding]:
    live, pointer = library.live(), str(library.root / "live")
    if live in names:
        return
    newest = max((name for name in names if name not in ill), default=None)
    mend = f"python -m ingest publish {newest}" if newest else _anew(library)
    if live is None:
        yield Finding("error", "no generation is live", pointer, mend)
    else:
        what = f"the live generation {live} is missing, or was never completed"
        yield Finding("error", what, pointer, mend)


def _generations(library: Library, names: list[str], ill: dict[str, list[Fault]]) -> Iterator[Finding]:
    live = library.live()
    for name, faults in ill.items():
        for fault in faults:
            mend = _mend_live(library, names, ill, fault) if name == live else _mend_other(names, name, fault)
            level: Literal["error", "warning"] = (
                "warning" if fault.part == "version" and name != live else "error"
            )
            yield Finding(level, f"generation {name}: {fault.what}", str(library.path(name)), mend)


def _mend_live(library: Library, names: list[str], ill: Collection[str], fault: Fault) -> str:
    if fault.part == "version":
        return "python -m ingest sync"
    if fault.part == "vectors":
        return "python -m ingest rebuild"
    sound = max((name for name in names if name not in ill), default=None)
    return f"python -m ingest publish {sound}" if sound else _anew(library)


def _mend_other(names: list[str], name: str, fault: Fault) -> str:
    if fault.part == "vectors":
        return f"python -m ingest discard {name}"
    newer = sum(other > name for other in names)
    return f"python -m ingest prune --keep {newer}" if newer else f"delete the folder of generation {name}"


def _anew(library: Library) -> str:
    return f"{_BACKUP}; without one: rm {_quoted(library.root / 'live')} && python -m ingest sync"


def _model(library: Library, settings: IngestSettings) -> Iterator[Finding]:
    live = library.live()
    info = _info(library, live)
    if live is None or info is None:
        return
    setting = info.models.get("embedding", {}).get("setting")
    if not isinstance(setting, dict):
        return
    other = {name: value for name, value in setting.items() if getattr(settings, name, value) != value}
    if other:
        built = " at ".join(str(value) for value in setting.values() if value)
        wanted = " at ".join(str(value) for name in setting if (value := getattr(settings, name, "")))
        back = " ".join(
            f"ASSISTANT_{name.upper()}={shlex.quote(str(value))}" for name, value in other.items()
        )
        yield Finding(
            "warning",
            f"generation {live} was built with the embedding model {built}, the settings name {wanted}",
            str(library.path(live)),
            f"set {back}, or run: python -m ingest rebuild",
        )


def _info(library: Library, name: str | None) -> GenerationInfo | None:
    try:
        return library.info(name) if name else None
    except (LibraryError, OSError, ValueError, TypeError, AttributeError):
        return None


# Originals


def _originals(library: Library, live: str, *, deep: bool) -> list[Finding]:
    catalogue = library.catalogue(live)
    try:
        documents = [(entry.sha, entry.name) for entry in catalogue.documents()]
        sources = {entry.document: Path(entry.path) for entry in catalogue.files() if entry.document}
    except (sqlite3.Error, ValueError):  # said of the generation already
        return []
    finally:
        catalogue.close()
    found = []
    for sha, name in documents:
        path = library.original(sha)
        if path is None or path.suffix == ".part":
            what = f"the original of {name} is missing"
        elif not path.stat().st_size:
            what = f"the original of {name} is empty"
        elif deep and _hash(path) != sha:
            what = f"the original of {name} is damaged: its bytes are not those that were indexed"
        else:
            continue
        source = sources.get(sha)
        kept = source.suffix.lower()[:10] if source else ""
        place = path or library.root / "originals" / sha[:2] / f"{sha}{kept}"
        found.append(Finding("error", what, str(place), _mend_original(source, sha, place)))
    return _cut(found)


def _mend_original(source: Path | None, sha: str, place: Path) -> str:
    """A copy of the source file, where it still has the same bytes."""
    if source is None or not source.is_file() or _hash(source) != sha:
        return f"{_BACKUP}, that still holds it"
    return f"mkdir -p {_quoted(place.parent)} && cp {_quoted(source)} {_quoted(place)}"


def _hash(path: Path) -> str:
    try:
        return sha256_of(path)
    except OSError:  # a failing disk
        return ""


def _orphans(library: Library, names: list[str]) -> Iterator[Finding]:
    needed: set[str] = set()
    for name in names:
        catalogue = library.catalogue(name)
        try:
            library.info(name)
            needed.update(entry.sha for entry in catalogue.documents())
            needed.update(entry.document for entry in catalogue.files() if entry.document)
        except (LibraryError, sqlite3.Error, OSError, ValueError, TypeError, AttributeError):
            return  # nobody can tell what that generation needs
        finally:
            catalogue.close()
    kept = [path for path in (library.root / "originals").glob("*/*") if path.suffix != ".part"]
    left = [path for path in kept if path.name.partition(".")[0] not in needed]
    if left:
        size = sum(path.stat().st_size for path in left)
        what = f"{len(left)} originals ({_megabytes(size)}) belong to no generation that is kept"
        yield Finding("warning", what, str(library.root / "originals"), _prune(names))


# The rest


def _databases(root: Path, *, deep: bool) -> Iterator[Finding]:
    for name in (*_CACHES, ADMIN, RECORDS):
        path = root / name
        if not path.is_file():
            continue
        try:
            with reading(path) as database:
                answer = database.execute(f"PRAGMA {'integrity' if deep else 'quick'}_check(1)").fetchone()[0]
        except sqlite3.Error as error:
            answer = str(error)
        if answer == "ok":
            continue
        mend = f"rm {_quoted(path)}: it fills again"
        if name not in _CACHES:
            mend = f"take it from the last export: tar -xf FILE -C {_quoted(root)} {name}"
        what = f"{name} is damaged ({' '.join(str(answer).split())})"
        yield Finding("error", what, str(path), mend)


def _writer(root: Path) -> Iterator[Finding]:
    """Who holds the lock; asked only where somebody has signed, so that no writer is ever kept out."""
    owner = root / "lock.owner"
    try:
        signed = owner.read_text(encoding="utf-8") or "another process"
    except OSError:
        return
    if _held(root / "lock"):
        what = f"the library is being changed by {signed}"
        yield Finding("warning", what, str(owner), "wait until it is done; see: python -m ingest job")


def _held(path: Path) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows: believe the signature
        return True
    try:
        with path.open() as stream:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _leftovers(library: Library, names: list[str]) -> Iterator[Finding]:
    patterns = ("generations/.building-*", "generations/.removing-*", "originals/*/*.part", "live.new")
    for path in sorted(path for pattern in patterns for path in library.root.glob(pattern)):
        what = "was left by a process that died; the next sync removes it"
        yield Finding("warning", f"{path.name} {what}", str(path), _prune(names))
    if (library.root / "lock.owner").exists():
        where = str(library.root / "lock.owner")
        what = "a process died while it was changing the library"
        yield Finding("warning", what, where, "python -m ingest sync")
    for path in sorted((library.root / "generations").glob("[!.]*")):
        if path.name not in names:
            what = f"{path.name} is no complete generation"
            yield Finding("warning", what, str(path), f"rm -r {_quoted(path)}")


def _room(library: Library) -> Iterator[Finding]:
    live = library.live()
    if live is None or not library.path(live).is_dir():
        return
    size = sum(path.stat().st_size for path in library.path(live).rglob("*") if path.is_file())
    free = shutil.disk_usage(library.root).free
    if free < 2 * size:
        what = f"the disk has {_megabytes(free)} left; a sync may need twice the live generation's"
        what += f" {_megabytes(size)}"
        yield Finding("warning", what, str(library.root), "python -m ingest prune --keep 2")


def _prune(names: list[str]) -> str:
    """Tidies up and removes no generation."""
    return f"python -m ingest prune --keep {max(1, len(names))}"


def _cut(found: list[Finding]) -> list[Finding]:
    if len(found) <= _MOST:
        return found
    last = found[_MOST]
    rest = f"{len(found) - _MOST} more originals are missing or damaged"
    return [*found[:_MOST], Finding("error", rest, str(Path(last.where).parents[1]), last.mend)]


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
