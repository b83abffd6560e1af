"""A library as one file with checksums: `export_library` writes it, `import_library` takes it in."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from ingest.admin import FILE as ADMIN
from ingest.admin import UPLOADS, Admin, me
from ingest.archive import FORMAT, Manifest, Source, manifest_of, pack, portable, unpack
from ingest.catalogue import SCHEMA
from ingest.checks import RECORDS
from ingest.documents import sha256_of
from ingest.jobs import FILE as JOB
from ingest.jobs import Progress, quiet, working
from ingest.library import GenerationInfo, Library, LibraryError
from ingest.limiting import take_in
from ingest.scan import storable

VECTORS = "vectors.sqlite"
_SPARE = 16 * 1024**2  # bytes beyond what is written


@dataclass(frozen=True)
class ExportResult:
    """What was written. size: bytes; missing: documents whose original is missing or damaged, and uploaded
    files whose name no other machine would take."""

    path: Path
    generation: str
    documents: int
    size: int
    seconds: float
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class ImportResult:
    """What was taken in. was: the generation's name where it came from; originals: how many were new here.

    sources: the source folders of the other machine, which may not exist here; left: files of this library
    that stayed as they are, so that those of the archive were left out; missing: as of the export.
    """

    generation: str
    was: str
    published: bool
    documents: int
    originals: int
    seconds: float
    sources: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


# Out


def export_library(
    library: Library,
    target: Path,
    *,
    progress: Progress = quiet,
    passwords: bool = False,
    records: bool = True,
    cache: bool = False,
    force: bool = False,
) -> ExportResult:
    """Writes the live generation, its originals and what was set and said into `target` (.tar or .tar.gz).

    Nothing is locked: a published generation never changes, and databases are copied as of one moment.
    passwords: those of locked files too; cache: the vectors of earlier generations, too; force: an existing
    file is replaced. Raises LibraryError.
    """
    start = time.monotonic()
    live = _may_export(library, target, force)
    part = target.with_name(target.name + ".part")  # a folder: copies of the databases, and the archive
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(mode=0o700)
        with library.lease(live):
            catalogue = library.catalogue(live)
            names = {entry.sha: entry.name for entry in catalogue.documents()}
            catalogue.close()
            wanted = [ADMIN, *([RECORDS] if records else []), *([VECTORS] if cache else [])]
            copies = [_copied(library.root / name, part / name) for name in wanted]
            if not passwords:
                _without_passwords(part / ADMIN)
            others = [Source(copy.name, copy) for copy in copies if copy is not None]
            manifest, places = _listed(library, live, names, others)
            _room(target.parent, manifest.size, "export")
            compress = not target.name.endswith(".tar")
            pack(part / "library", manifest, places, compress, lambda *told: progress("export", *told))
        os.chmod(part / "library", 0o600)
        os.replace(part / "library", target)
    except (OSError, sqlite3.Error) as error:
        raise LibraryError(
            f"the export to {target} failed ({error}); see that the disk has room and that this program may"
            " write there"
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    size, seconds = target.stat().st_size, time.monotonic() - start
    return ExportResult(target, live, len(names), size, seconds, manifest.missing)


def _may_export(library: Library, target: Path, force: bool) -> str:
    live = library.live()
    if live is None:
        raise LibraryError(f"{library.root} holds no library yet; run: python -m ingest sync FOLDER")
    library.info(live)
    if not target.name.endswith((".tar", ".tar.gz", ".tgz")):
        raise LibraryError(f"{target.name} does not say its format; name the file .tar or .tar.gz")
    if target.exists() and (not force or not target.is_file()):
        raise LibraryError(f"{target} exists already; give another name, or remove it first")
    if not target.parent.is_dir():
        raise LibraryError(f"there is no folder {target.parent}; make it, or name another file")
    return live


def _listed(
    library: Library, live: str, names: dict[str, str], others: Iterable[Source]
) -> tuple[Manifest, dict[str, Path]]:
    """The manifest, and member name -> file."""
    folder = library.path(live)
    sources = [*_below(folder, "generation"), *others]
    missing = []
    for sha, name in names.items():
        original = library.original(sha)
        if original is None:
            missing.append(name)
        else:
            sources.append(Source(f"originals/{sha[:2]}/{original.name}", original))
    uploads = (library.root / UPLOADS).resolve()
    sources += _below(uploads, UPLOADS)
    members = []
    for source in sources:
        if not portable(source.name):
            missing.append(storable(source.path.name))
            continue
        member = source.member()
        sha = source.path.name.partition(".")[0]
        if source.name.startswith("originals/") and member.sha256 != sha:
            missing.append(names[sha])
        else:
            members.append(member)
    manifest = Manifest(
        format=FORMAT,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        generation=live,
        uploads=str(uploads) if uploads.is_dir() else "",
        missing=tuple(sorted(missing)),
        members=tuple(members),
    )
    return manifest, {source.name: source.path for source in sources}


def _below(folder: Path, name: str) -> list[Source]:
    """Every file below `folder`, none whose name begins with a dot."""
    found = []
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and not path.is_symlink() and not any(part[0] == "." for part in inside.parts):
            found.append(Source(f"{name}/{inside.as_posix()}", path))
    return found


def _copied(source: Path, target: Path) -> Path | None:
    """A copy of a database as of one moment, whoever writes to it; None where there is none."""
    if not source.is_file():
        return None
    with (
        closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True, timeout=30)) as database,
        closing(sqlite3.connect(target)) as copy,
    ):
        database.backup(copy)
    return target


def _without_passwords(path: Path) -> None:
    """Nor in the file's free pages."""
    if not path.is_file():
        return
    with closing(sqlite3.connect(path)) as database:
        if database.execute("SELECT 1 FROM sqlite_master WHERE name = 'passwords'").fetchone():
            database.execute("DELETE FROM passwords")
            database.commit()
            database.execute("VACUUM")


def _room(folder: Path, size: int, what: str) -> None:
    free = shutil.disk_usage(folder).free
    if free < size + _SPARE:
        raise LibraryError(
            f"the {what} needs {(size + _SPARE) / 1e6:.0f} MB and the disk of {folder} has"
            f" {free / 1e6:.0f} MB left; make room first"
        )


# In


def import_library(
    source: Path, root: Path, *, progress: Progress = quiet, publish: bool = True, who: str = ""
) -> ImportResult:
    """Takes in what `export_library` wrote: a generation beside those that are there, and publishes it.

    Everything is verified before anything is put in place; what this library has stays as it is, except a
    damaged original. Raises LibraryError, and then nothing is left behind.
    """
    start, who, library = time.monotonic(), who or me(), Library(root)
    size = manifest_of(source).size
    with _as_it_was(root), working(library, "import", who, progress) as report:
        _room(root, size, "import")
        fresh = not library.generations()
        name = library.next_name()
        stage = library.start_building(name, None)
        try:
            with ExitStack() as undo:
                manifest = unpack(source, stage, lambda *told: report("import", *told))
                if fresh:  # so that receipts name the generation they were given on
                    name = max(manifest.generation, name)
                info = _sound(source, stage / "generation", name, manifest)
                done = _put_in_place(library, stage, info, manifest, undo)
                if publish:
                    library.publish(name, who)
                undo.pop_all()
        except (OSError, sqlite3.Error) as error:
            raise LibraryError(f"{source} was not imported ({error}); nothing was changed") from error
        finally:
            shutil.rmtree(stage, ignore_errors=True)
        what = f"{source.name}: generation {manifest.generation} as {name}"
        Admin(root).record(who, "imported", what)
        report.end("done", what, name if publish else "")
    return replace(done, published=publish, seconds=time.monotonic() - start)


def _sound(source: Path, folder: Path, name: str, manifest: Manifest) -> GenerationInfo:
    """What generation.json is to say here. Raises LibraryError where the generation cannot be used."""
    from ingest.examine import Case, examine

    try:
        values = json.loads((folder / "generation.json").read_text(encoding="utf-8"))
        if values["schema"] != SCHEMA:
            raise LibraryError(
                f"{source} was not imported: its generation was built by another version of this program"
                f" (schema {values['schema']}, this one reads {SCHEMA}); nothing was changed"
            )
        info = GenerationInfo(**values)
        dimension = int(info.models["embedding"]["dimension"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise LibraryError(
            f"{source} was not imported: its generation.json is damaged; nothing was changed"
        ) from error
    case = Case(manifest.generation, folder, dimension, info.counts.get("documents"), False)
    for _, faults in examine([case]):
        if faults:
            what = "; ".join(fault.what for fault in faults)
            raise LibraryError(
                f"{source} was not imported: its generation is not sound ({what}); nothing was changed"
            )
    return replace(info, name=name, parent=None, checks={**info.checks, "imported": manifest.generation})


def _put_in_place(
    library: Library, stage: Path, info: GenerationInfo, manifest: Manifest, undo: ExitStack
) -> ImportResult:
    root, originals, left = library.root, 0, []
    if (stage / ADMIN).is_file():
        (stage / ADMIN).chmod(0o600)
        _uploads_are_here(stage / ADMIN, manifest.uploads, str((root / UPLOADS).resolve()))
    followed = [each.folder for each in Admin(stage).sources()]
    moved = {manifest.uploads: str((root / UPLOADS).resolve())} if manifest.uploads else {}
    limits = Admin(stage).limits()  # before the file goes to its place, or is left out
    for member in manifest.members:
        if member.name.startswith("generation/"):
            continue
        original = member.name.startswith("originals/")
        target = (library.original(member.sha256) if original else None) or root / member.name
        there = target.exists()
        if there and original:
            if sha256_of(target) == member.sha256:
                continue
        elif there:
            if sha256_of(target) != member.sha256:
                left.append(member.name)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(stage / member.name, target)
        if not there:
            undo.callback(target.unlink, missing_ok=True)
        originals += original
    take_in(library, limits, moved)  # before anything of it can be published
    undo.callback(shutil.rmtree, library.path(info.name), ignore_errors=True)
    library.finish_building(stage / "generation", info)
    documents = info.counts.get("documents", 0)
    sources = tuple(str(folder) for folder in followed if not folder.is_dir())
    return ImportResult(
        info.name, manifest.generation, False, documents, originals, 0.0, sources, tuple(left),
        manifest.missing,
    )  # fmt: skip


def _uploads_are_here(admin: Path, there: str, here: str) -> None:
    """The folder of uploaded files came along: it is followed where it is now."""
    with closing(sqlite3.connect(admin)) as database, database:
        if database.execute("SELECT 1 FROM sqlite_master WHERE name = 'sources'").fetchone():
            database.execute("UPDATE OR IGNORE sources SET folder = ? WHERE folder = ?", (here, there))


@contextmanager
def _as_it_was(root: Path) -> Iterator[None]:
    """Where the block fails, what it made of a new library goes again: empty folders, the lock, the job."""
    if Library(root).generations():
        yield
        return
    existed = root.exists()
    before = {path.name for path in root.iterdir()} if existed else set()
    try:
        yield
    except BaseException:
        made = [path for path in (root.iterdir() if root.exists() else ()) if path.name not in before]
        for path in made:
            if path.name in ("lock", JOB):
                path.unlink()
            elif path.is_dir() and not any(item.is_file() for item in path.rglob("*")):
                shutil.rmtree(path)
        if not existed and root.exists() and not any(root.iterdir()):
            root.rmdir()
        raise
