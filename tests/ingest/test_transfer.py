"""A library as one file: it comes back as it was, and what is damaged or strange is refused whole."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import tarfile
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from ingest.admin import Admin, SourceFolder
from ingest.check import check
from ingest.checks import private_vectors
from ingest.jobs import current
from ingest.library import Library, LibraryError
from ingest.settings import IngestSettings
from ingest.terms import terms
from ingest.transfer import export_library, import_library
from ingest.word_index import WordIndex
from tests.ingest.conftest import HashEmbedder
from tests.ingest.generations import build, bytes_of, change, sha_of

QUESTIONS = ("Which households got cash grants?", "Who was visited in place2x1?", "Target of water points")
PASSWORD = "open-sesame-4711"


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """library.tar of a library whose second generation is live, beside that library."""
    place = tmp_path_factory.mktemp("exported")
    library = Library(place / "library")
    build(library, documents=1)
    build(library)
    admin = Admin(library.root)
    admin.put_source(SourceFolder(place / "gone"))
    admin.put_source(SourceFolder((library.root / "uploads").resolve()))
    admin.put_password(sha_of(1), PASSWORD)
    (library.root / "uploads").mkdir()
    (library.root / "uploads" / "note-3.pdf").write_bytes(bytes_of(3))
    (library.root / "uploads" / ".hidden").write_bytes(b"x")
    for name in ("records.sqlite", "vectors.sqlite"):
        change(library.root / name, "PRAGMA journal_mode = WAL", "CREATE TABLE kept (x)")
    change(library.root / "records.sqlite", "INSERT INTO kept VALUES ('said')")
    done = export_library(library, place / "library.tar")
    assert (done.generation, done.documents, done.missing) == ("0002", 3, ())
    assert done.size == (place / "library.tar").stat().st_size
    return place / "library.tar"


def answers(library: Library) -> list[tuple[list[tuple[str, float]], list[str]]]:
    """What both legs of the search find for each question."""
    live = library.live()
    assert live
    catalogue, embedder = library.catalogue(live), HashEmbedder()
    words = WordIndex(catalogue)
    found = []
    with private_vectors(library.path(live)) as vectors:
        for question in QUESTIONS:
            near = vectors._collection.query(
                query_embeddings=[embedder.encode_queries([question])[0]], n_results=5
            )
            found.append((words.best(terms(question, "en"), "en", 5), near["ids"][0]))
    catalogue.close()
    return found


def contents(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(query).fetchall()


@pytest.mark.parametrize("suffix", [".tar", ".tar.gz"])
def test_a_library_comes_back_and_answers_the_same(exported: Path, tmp_path: Path, suffix: str) -> None:
    there, here = Library(exported.parent / "library"), Library(tmp_path / "new" / "library")
    file = tmp_path / f"copy{suffix}"
    told: list[tuple[str, int, int, str]] = []
    export_library(there, file, progress=lambda *each: told.append(each))
    assert told[-1][:3] == ("export", told[-1][2], told[-1][2])
    assert members(file)[0][0].name == "manifest.json"
    assert file.stat().st_mode & 0o077 == 0  # it holds what people asked
    done = import_library(file, here.root)
    assert (done.generation, done.was, done.published) == ("0002", "0002", True)  # receipts still name it
    assert (done.documents, done.originals, done.left, done.missing) == (3, 3, (), ())
    assert done.sources == (str(exported.parent / "gone"),)
    assert here.live() == "0002"
    assert answers(here) == answers(there)
    assert check(here.root, IngestSettings(embedding_model="hashes"), deep=True) == []
    assert [item.name for item in tmp_path.iterdir()].count(file.name) == 1
    folders = [str(source.folder) for source in Admin(here.root).sources()]
    assert folders == sorted([str(exported.parent / "gone"), str((here.root / "uploads").resolve())])
    assert contents(here.root / "uploads") == {"note-3.pdf": bytes_of(3)}
    assert rows(here.root / "records.sqlite", "SELECT x FROM kept") == [("said",)]
    assert not (here.root / "vectors.sqlite").exists()


def test_secrets_and_conversations_go_along_only_as_asked(exported: Path, tmp_path: Path) -> None:
    there = Library(exported.parent / "library")
    assert PASSWORD.encode() in (there.root / "admin.sqlite").read_bytes()
    assert PASSWORD.encode() not in exported.read_bytes()
    export_library(there, tmp_path / "all.tar", passwords=True, records=False, cache=True)
    import_library(tmp_path / "all.tar", tmp_path / "library")
    assert Admin(tmp_path / "library").passwords() == {sha_of(1): PASSWORD}
    assert (tmp_path / "library" / "vectors.sqlite").is_file()
    assert not (tmp_path / "library" / "records.sqlite").exists()
    assert Admin(there.root).passwords() == {sha_of(1): PASSWORD}  # nothing is taken from the library itself


def test_a_library_in_use_is_exported(exported: Path, tmp_path: Path) -> None:
    there = Library(exported.parent / "library")
    with (
        there.writing("sync", "Ana"),
        closing(sqlite3.connect(there.root / "records.sqlite")) as writer,
        writer,
    ):
        writer.execute("INSERT INTO kept VALUES ('later')")  # not committed: not of this moment
        export_library(there, tmp_path / "copy.tar")
        writer.rollback()
    import_library(tmp_path / "copy.tar", tmp_path / "library")
    assert rows(tmp_path / "library" / "records.sqlite", "SELECT x FROM kept") == [("said",)]


def test_an_export_overwrites_nothing_and_leaves_nothing(
    exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, file = Library(exported.parent / "library"), tmp_path / "copy.tar"
    file.write_bytes(b"mine")
    with pytest.raises(LibraryError, match="exists already"):
        export_library(there, file)
    assert file.read_bytes() == b"mine"
    export_library(there, file, force=True)
    assert tarfile.is_tarfile(file)
    for target, words in (
        (tmp_path / "copy.zip", r"\.tar or \.tar\.gz"),
        (tmp_path / "no" / "x.tar", "no folder"),
    ):
        with pytest.raises(LibraryError, match=words):
            export_library(there, target)
    with pytest.raises(LibraryError, match="no library yet"):
        export_library(Library(tmp_path / "none"), tmp_path / "x.tar")
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(9, 8, 1_000))
        with pytest.raises(LibraryError, match=r"the export needs .* MB left; make room first"):
            export_library(there, tmp_path / "x.tar")
        with pytest.raises(LibraryError, match=r"the import needs .* MB left; make room first"):
            import_library(file, tmp_path / "new")
    assert [item.name for item in tmp_path.iterdir()] == ["copy.tar"]


def test_a_missing_or_damaged_original_is_said(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    build(library)
    for number, content in ((1, None), (2, b"other bytes")):
        path = library.original(sha_of(number))
        assert path
        path.unlink() if content is None else path.write_bytes(content)
    assert export_library(library, tmp_path / "copy.tar").missing == ("note-1.pdf", "note-2.pdf")
    assert import_library(tmp_path / "copy.tar", tmp_path / "new").missing == ("note-1.pdf", "note-2.pdf")


# Beside a library that is there


def test_an_import_stands_beside_what_is_there(exported: Path, tmp_path: Path) -> None:
    here = Library(tmp_path / "library")
    build(here, documents=2, pages=1)
    Admin(here.root).edit(sha_of(1), {"title": "Mine"})
    damaged = here.original(sha_of(2))
    assert damaged
    damaged.write_bytes(b"damaged")
    before = contents(here.root)
    done = import_library(exported, here.root, publish=False)
    assert (done.generation, done.was, done.published, here.live()) == ("0002", "0002", False, "0001")
    assert done.originals == 2  # one was missing, one damaged
    assert done.left == ("admin.sqlite",)
    after = contents(here.root)
    changed = {name for name in before if after[name] != before[name]}
    assert changed - {"admin.sqlite", "admin.sqlite-wal"} == {str(damaged.relative_to(here.root))}
    assert Admin(here.root).edits() == {sha_of(1): {"title": "Mine"}}
    assert Admin(here.root).audit()[0].detail == "library.tar: generation 0002 as 0002"
    assert damaged.read_bytes() == bytes_of(2)
    assert import_library(exported, here.root, who="Ana").generation == "0003"
    assert here.live() == "0003"
    assert here.published()[-1]["who"] == "Ana"
    job = current(here.root)
    assert job is not None
    assert (job.what, job.who, job.state, job.generation) == ("import", "Ana", "done", "0003")
    assert answers(here) == answers(Library(exported.parent / "library"))


def test_an_import_waits_for_no_writer(exported: Path, tmp_path: Path) -> None:
    here = Library(tmp_path / "library")
    with here.writing("sync", "Ana"), pytest.raises(LibraryError, match=r"being changed by Ana \(sync\)"):
        import_library(exported, here.root)
    assert here.generations() == []


# What is refused

Members = list[tuple[tarfile.TarInfo, bytes]]


def members(file: Path) -> Members:
    with tarfile.open(file) as archive:
        return [(each, archive.extractfile(each).read()) for each in archive]  # type: ignore[union-attr]


def write(target: Path, content: Sequence[tuple[tarfile.TarInfo, bytes]]) -> Path:
    with tarfile.open(target, "w") as archive:
        for header, body in content:
            header.size = len(body)
            archive.addfile(header, io.BytesIO(body))
    return target


def place_of(content: Members, name: str) -> int:
    return next(at for at, (header, _) in enumerate(content) if header.name == name)


def flip(name: str) -> Callable[[Members], None]:
    def act(content: Members) -> None:
        at = place_of(content, name)
        header, body = content[at]
        content[at] = header, body[:-1] + bytes([body[-1] ^ 1])

    return act


def listed(change: Callable[[dict[str, object]], object]) -> Callable[[Members], None]:
    def act(content: Members) -> None:
        manifest = json.loads(content[0][1])
        change(manifest)
        content[0] = content[0][0], json.dumps(manifest).encode()

    return act


def member(name: str, sha: str = "0" * 64) -> dict[str, object]:
    return {"name": name, "size": 1, "sha256": sha}


def add(name: str, kind: bytes = tarfile.REGTYPE) -> Callable[[Members], None]:
    def act(content: Members) -> None:
        header = tarfile.TarInfo(name)
        header.type, header.linkname = kind, "/etc/passwd"
        content.append((header, b"" if kind == tarfile.SYMTYPE else b"x"))

    return act


def link(name: str) -> Callable[[Members], None]:
    def act(content: Members) -> None:
        header, _ = content.pop(place_of(content, name))
        header.type, header.linkname = tarfile.SYMTYPE, "/etc/passwd"
        content.append((header, b""))

    return act


def drop(name: str) -> Callable[[Members], None]:
    return lambda content: content.pop(place_of(content, name)) and None


ORIGINAL = f"originals/{sha_of(1)[:2]}/{sha_of(1)}.pdf"
STRANGE: dict[str, tuple[Callable[[Members], None], str]] = {
    "a flipped byte": (flip(ORIGINAL), f"{ORIGINAL} is damaged: its checksum"),
    "a flipped byte in the catalogue": (
        flip("generation/catalogue.sqlite"),
        r"generation/catalogue\.sqlite is damaged: its checksum",
    ),
    "a member missing": (drop("records.sqlite"), r"it ends before records\.sqlite: it is cut off"),
    "a member outside": (add("../evil"), r"it holds '\.\./evil', which its manifest does not list"),
    "an absolute member": (add("/tmp/evil"), "it holds '.*tmp/evil', which its manifest does not list"),
    "a member twice": (add(ORIGINAL), f"it holds '{ORIGINAL}', which its manifest does not list"),
    "a link": (link(ORIGINAL), f"{ORIGINAL} is a link or no plain file"),
    "a link more": (add("uploads/x", tarfile.SYMTYPE), "it holds 'uploads/x', which its manifest does not"),
    "a listed way out": (
        listed(lambda manifest: manifest["members"].append(member("uploads/../../evil"))),  # type: ignore
        r"its manifest lists 'uploads/\.\./\.\./evil', which is no part of a library",
    ),
    "a listed stranger": (
        listed(lambda manifest: manifest["members"].append(member("live"))),  # type: ignore
        "its manifest lists 'live', which is no part of a library",
    ),
    "an original of other bytes": (
        listed(lambda manifest: manifest["members"].append(member("originals/ab/" + "ab" * 32))),  # type: ignore
        "is not named by its bytes",
    ),
    "a generation's name that leads out": (
        listed(lambda manifest: manifest.update(generation="../1")),
        r"its manifest\.json is damaged",
    ),
    "a later format": (listed(lambda manifest: manifest.update(format=2)), r"another version .* \(format 2"),
    "no manifest": (drop("manifest.json"), r"its first member is not manifest\.json"),
}


@pytest.mark.parametrize(("act", "words"), STRANGE.values(), ids=STRANGE)
def test_a_strange_file_is_refused_whole(
    exported: Path, tmp_path: Path, act: Callable[[Members], None], words: str
) -> None:
    content = members(exported)
    act(content)
    file = write(tmp_path / "strange.tar", content)
    refused(file, tmp_path, words)


@pytest.mark.parametrize("suffix", [".tar", ".tar.gz"])
@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.9])
def test_a_truncated_file_is_refused(exported: Path, tmp_path: Path, suffix: str, share: float) -> None:
    file = tmp_path / f"copy{suffix}"
    export_library(Library(exported.parent / "library"), file)
    file.write_bytes(file.read_bytes()[: int(file.stat().st_size * share)])
    refused(file, tmp_path, "cut off|damaged|no library file")


def refused(file: Path, place: Path, words: str) -> None:
    """Neither a new library nor one that is there keeps anything of it."""
    with pytest.raises(LibraryError, match=rf"was not imported: .*({words}).*; nothing was changed$"):
        import_library(file, place / "new")
    assert [item.name for item in place.iterdir()] == [file.name]
    empty = place / "empty"
    empty.mkdir()
    with pytest.raises(LibraryError):
        import_library(file, empty)
    assert list(empty.iterdir()) == []


def without_work(root: Path) -> dict[str, bytes]:
    """What a library holds, but for what tells of the work on it."""
    return {name: body for name, body in contents(root).items() if name not in ("lock", "job.json")}


def test_a_generation_that_is_not_sound_is_refused(tmp_path: Path) -> None:
    there, here = Library(tmp_path / "there"), Library(tmp_path / "here")
    build(there)
    build(here, documents=1)
    before = contents(here.root)
    change(there.path("0001") / "catalogue.sqlite", "DELETE FROM words WHERE rowid = 1")
    export_library(there, tmp_path / "copy.tar")
    with pytest.raises(LibraryError, match=r"not sound \(1 passages have no entry .*; nothing was changed"):
        import_library(tmp_path / "copy.tar", here.root)
    assert without_work(here.root) == before


def test_an_import_that_fails_at_the_last_step_leaves_nothing(
    exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Library(tmp_path / "library")
    build(here, documents=1)
    before = contents(here.root)

    def fail(library: Library, name: str, who: str = "") -> None:
        raise OSError("no space left")

    monkeypatch.setattr(Library, "publish", fail)
    with pytest.raises(LibraryError, match=r"no space left.*nothing was changed"):
        import_library(exported, here.root)
    assert without_work(here.root) == before
    job = current(here.root)
    assert job is not None
    assert (job.what, job.state) == ("import", "failed")  # what everyone sees
