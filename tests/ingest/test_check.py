"""The doctor: each fault is caused for real, named with its mend, and nothing is changed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from ingest.admin import Admin, SourceFolder
from ingest.check import Finding, check
from ingest.library import Library
from ingest.settings import IngestSettings
from ingest.sync import rebuild
from ingest.vectors import Vectors
from tests.ingest.conftest import Workshop
from tests.ingest.generations import build, change, sha_of

SETTINGS = IngestSettings(embedding_model="hashes")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a library of two generations, 0002 live, beside its sources; copied by each test."""
    place = tmp_path_factory.mktemp("sound")
    library = Library(place / "library")
    build(library, documents=2)
    build(library)
    Admin(library.root).put_source(SourceFolder(place / "sources"))
    for name in ("records.sqlite", "vectors.sqlite", "readings.sqlite"):
        change(library.root / name, "PRAGMA journal_mode = WAL", "CREATE TABLE kept (x)")
    return place


@pytest.fixture
def library(sound: Path, tmp_path: Path) -> Library:
    shutil.copytree(sound / "library", tmp_path / "library")
    return Library(tmp_path / "library")


def examined(library: Library, *, deep: bool = False) -> list[Finding]:
    return check(library.root, SETTINGS, deep=deep)


def contents(root: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize("deep", [False, True])
def test_a_sound_library_is_left_as_it_is(library: Library, deep: bool) -> None:
    before = contents(library.root)
    assert examined(library, deep=deep) == []
    assert contents(library.root) == before


def test_where_there_is_no_library(tmp_path: Path) -> None:
    (found,) = check(tmp_path / "none", SETTINGS)
    assert (found.level, found.mend) == ("error", "python -m ingest sync FOLDER")
    assert not (tmp_path / "none").exists()


class Case(NamedTuple):
    damage: Callable[[Library], None]
    level: str
    what: str
    mend: str
    deep: bool = False


def drop_vector(library: Library) -> None:
    vectors = Vectors(library.path("0002") / "chroma")
    vectors.remove([f"{sha_of(2)[:20]}-00001"])
    vectors.close()


def spoil(path: Path, *, after: int = 0) -> None:
    """Flips bytes of a file from `after` on, one in three."""
    content = bytearray(path.read_bytes())
    for at in range(after, len(content), 3):
        content[at] ^= 0xFF
    path.write_bytes(content)


def truncate(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def original(library: Library, number: int) -> Path:
    found = library.original(sha_of(number))
    assert found is not None
    return found


def as_json(library: Library, generation: str, /, **values: object) -> None:
    path = library.path(generation) / "generation.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **values}), encoding="utf-8")


def only_live(library: Library) -> None:
    shutil.rmtree(library.path("0001"))
    (library.path("0002") / "catalogue.sqlite").unlink()


def leftover(*names: str) -> Callable[[Library], None]:
    def make(library: Library) -> None:
        for name in names:
            (library.root / name).parent.mkdir(parents=True, exist_ok=True)
            (library.root / name).write_text("x")

    return make


CASES: dict[str, Case] = {
    "a vector gone": Case(
        drop_vector,
        "error",
        r"generation 0002: 1 of 9 passages have no vector, such as one of note-2\.pdf, page 2",
        "python -m ingest rebuild",
    ),
    "vectors gone": Case(
        lambda library: shutil.rmtree(library.path("0002") / "chroma"),
        "error",
        r"generation 0002: its vectors \(the folder chroma\) are missing",
        "python -m ingest rebuild",
    ),
    "vectors that kill": Case(
        lambda library: spoil(library.path("0002") / "chroma" / "chroma.sqlite3", after=4096),
        "error",
        "generation 0002: its vectors",
        "python -m ingest rebuild",
    ),
    "vectors gone from an old one": Case(
        lambda library: shutil.rmtree(library.path("0001") / "chroma"),
        "error",
        "generation 0001: its vectors .* are missing",
        "python -m ingest discard 0001",
    ),
    "catalogue truncated": Case(
        lambda library: truncate(library.path("0002") / "catalogue.sqlite"),
        "error",
        "generation 0002: its catalogue is damaged",
        "python -m ingest publish 0001",
    ),
    "catalogue of an old one truncated": Case(
        lambda library: truncate(library.path("0001") / "catalogue.sqlite"),
        "error",
        "generation 0001: its catalogue is damaged",
        "python -m ingest prune --keep 1",
    ),
    "no other to go to": Case(
        only_live,
        "error",
        "generation 0002: its catalogue is damaged or missing",
        r"python -m ingest import FILE, .*; without one: rm .*live && python -m ingest sync",
    ),
    "word index differs": Case(
        lambda library: change(
            library.path("0002") / "catalogue.sqlite", "UPDATE words_content SET c1 = 'others' WHERE id = 2"
        ),
        "error",
        "generation 0002: its catalogue is damaged",
        "python -m ingest publish 0001",
        deep=True,
    ),
    "documents lost": Case(
        lambda library: as_json(library, "0002", counts={"documents": 7}),
        "error",
        "generation 0002: its catalogue holds 3 documents, generation.json says 7",
        "python -m ingest publish 0001",
    ),
    "generation.json damaged": Case(
        lambda library: truncate(library.path("0002") / "generation.json"),
        "error",
        r"generation 0002: its generation\.json cannot be read",
        "python -m ingest publish 0001",
    ),
    "generation.json of another": Case(
        lambda library: as_json(library, "0002", name="0001"),
        "error",
        r"generation 0002: its generation\.json is that of generation 0001",
        "python -m ingest publish 0001",
    ),
    "live of another version": Case(
        lambda library: as_json(library, "0002", schema=1),
        "error",
        "generation 0002: .* another version",
        "python -m ingest sync",
    ),
    "old one of another version": Case(
        lambda library: as_json(library, "0001", schema=1),
        "warning",
        "generation 0001: .* another version",
        "python -m ingest prune --keep 1",
    ),
    "live names nothing": Case(
        lambda library: (library.root / "live").write_text("0009\n") and None,
        "error",
        "the live generation 0009 is missing",
        "python -m ingest publish 0002",
    ),
    "live is gone": Case(
        lambda library: (library.root / "live").unlink(),
        "error",
        "no generation is live",
        "python -m ingest publish 0002",
    ),
}

TOGETHER: dict[str, Case] = {
    "original gone": Case(
        lambda library: original(library, 1).unlink(),
        "error",
        r"the original of note-1\.pdf is missing",
        r"mkdir -p .* && cp .*note-1\.pdf ",
    ),
    "original empty": Case(
        lambda library: original(library, 2).write_bytes(b"") and None,
        "error",
        r"the original of note-2\.pdf is empty",
        r"mkdir -p .* && cp .*note-2\.pdf ",
    ),
    "original damaged": Case(
        lambda library: spoil(original(library, 3)),
        "error",
        r"the original of note-3\.pdf is damaged",
        r"mkdir -p .* && cp .*note-3\.pdf ",
        deep=True,
    ),
    "original of nothing": Case(
        leftover("originals/ab/" + "ab" * 32 + ".pdf"),
        "warning",
        "1 originals .* belong to no generation",
        "python -m ingest prune --keep 2",
    ),
    "a cache damaged": Case(
        lambda library: spoil(library.root / "vectors.sqlite"),
        "error",
        r"vectors\.sqlite is damaged \(file is not a database\)",
        r"rm .*vectors\.sqlite: it fills again",
    ),
    "records damaged": Case(
        lambda library: spoil(library.root / "records.sqlite", after=4096),
        "error",
        r"records\.sqlite is damaged",
        r"take it from the last export: tar -xf FILE -C .* records\.sqlite",
    ),
    "a dead build": Case(
        leftover("generations/.building-0003"),
        "warning",
        r"\.building-0003 was left by a process that died",
        "python -m ingest prune --keep 2",
    ),
    "half an original": Case(
        leftover("originals/cd/cdef.pdf.part"),
        "warning",
        r"cdef\.pdf\.part was left",
        "python -m ingest prune --keep 2",
    ),
    "no generation at all": Case(
        leftover("generations/0009/catalogue.sqlite"),
        "warning",
        "0009 is no complete generation",
        "rm -r .*0009",
    ),
    "a dead writer": Case(
        leftover("lock.owner"),
        "warning",
        "a process died while it was changing the library",
        "python -m ingest sync",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_fault_is_named_with_its_mend(library: Library, case: Case) -> None:
    case.damage(library)
    before = contents(library.root)
    found = examined(library, deep=case.deep)
    assert [each.level for each in found] == [case.level], found
    assert re.match(case.what, found[0].what), found
    assert re.match(case.mend, found[0].mend), found
    assert contents(library.root) == before


def test_faults_beside_the_generations_are_all_named(library: Library) -> None:
    for case in TOGETHER.values():
        case.damage(library)
    before = contents(library.root)
    found = examined(library, deep=True)
    assert contents(library.root) == before
    assert len(found) == len(TOGETHER)
    assert [each.level for each in found] == sorted(each.level for each in found)
    for case in TOGETHER.values():
        (one,) = (each for each in found if re.match(case.what, each.what))
        assert one.level == case.level
        assert re.match(case.mend, one.mend)


def test_what_mends_the_live_generation_does(workshop: Workshop) -> None:
    workshop.write("a.pdf", "Cash grants", ["Cash grants reached 120 households in the north."])
    workshop.write("b.pdf", "Legal aid", ["Legal aid reached 80 households in the south."])
    workshop.sync()
    library, settings = workshop.library, workshop.settings
    shutil.rmtree(library.path("0001") / "chroma")
    (found,) = check(library.root, settings)
    assert found.mend == "python -m ingest rebuild"
    rebuild(library, workshop.embedder, workshop.cache, settings)
    (found,) = check(library.root, settings)
    assert found.mend == "python -m ingest discard 0001"
    library.discard("0001")
    assert check(library.root, settings, deep=True) == []
    truncate(library.path("0002") / "catalogue.sqlite")
    (found,) = check(library.root, settings)
    command = found.mend.partition("without one: ")[2].partition(" && ")[0]
    subprocess.run(command, shell=True, check=True)  # rm live; then: python -m ingest sync
    workshop.sync()
    assert library.live() == "0003"
    (found,) = check(library.root, settings)
    assert found.mend == "python -m ingest prune --keep 1"
    library.prune(1)
    assert check(library.root, settings, deep=True) == []


def test_what_mends_an_original_does(library: Library) -> None:
    original(library, 1).unlink()
    spoil(original(library, 2))
    found = examined(library, deep=True)
    assert len(found) == 2
    for each in found:
        subprocess.run(each.mend, shell=True, check=True)
    assert examined(library, deep=True) == []


def test_an_original_whose_source_has_changed_is_in_a_backup(library: Library) -> None:
    original(library, 1).unlink()
    catalogue = library.catalogue("0002")
    source = Path(next(entry.path for entry in catalogue.files() if entry.document == sha_of(1)))
    catalogue.close()
    kept = source.read_bytes()
    try:
        source.write_bytes(b"another version")
        (found,) = examined(library)
    finally:
        source.write_bytes(kept)
    assert found.mend == "python -m ingest import FILE, with the last export, that still holds it"


def test_errors_come_first_and_many_missing_originals_are_counted(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    build(library, documents=25, pages=1)
    shutil.rmtree(library.root / "originals")
    leftover("originals/ab/" + "ab" * 32 + ".pdf")(library)
    found = examined(library)
    assert [each.level for each in found] == 21 * ["error"] + ["warning"]
    assert found[20].what == "5 more originals are missing or damaged"


def test_a_writer_is_named_and_what_it_builds_is_no_leftover(library: Library) -> None:
    with library.writing("sync", "Ana"):
        leftover("generations/.building-0003")(library)
        (found,) = examined(library)
    assert found.level == "warning"
    assert found.what.startswith("the library is being changed by Ana (sync), process ")


def test_another_model_and_a_full_disk_are_warned_of(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(9, 8, 1_000))
    found = check(library.root, IngestSettings(embedding_model="other"))
    assert [each.level for each in found] == ["warning", "warning"]
    assert "the disk has 0.0 MB left" in found[0].what
    assert (
        found[1].what == "generation 0002 was built with the embedding model hashes, the settings name other"
    )
    assert found[1].mend == "set ASSISTANT_EMBEDDING_MODEL=hashes, or run: python -m ingest rebuild"
