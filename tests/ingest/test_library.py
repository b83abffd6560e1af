"""The library: one writer, an atomic pointer, and refusals that name the command that helps."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.catalogue import Catalogue
from ingest.library import GenerationInfo, Library, LibraryError

ROOT = Path(__file__).parents[2]
MODELS = {"embedding": {"name": "hashes", "hash": "0" * 64, "dimension": 4}}


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


def build(library: Library, parent: str | None = None) -> str:
    name = library.next_name()
    building = library.start_building(name, parent)
    Catalogue(building / "catalogue.sqlite", write=True).close()
    library.finish_building(building, GenerationInfo(name, "2026-01-01T00:00:00+00:00", parent, MODELS))
    library.publish(name)
    return name


def test_opening_makes_nothing(library: Library) -> None:
    assert library.live() is None
    assert library.generations() == []
    assert library.original("ab" * 32) is None
    assert not library.root.exists()


def test_generations_are_numbered_and_the_last_is_live(library: Library) -> None:
    assert [build(library), build(library, "0001"), build(library, "0002")] == ["0001", "0002", "0003"]
    assert library.generations() == ["0001", "0002", "0003"]
    assert library.live() == "0003"
    assert library.info("0003").parent == "0002"
    assert library.info("0003").models == MODELS
    library.publish("0001")  # going back
    assert library.live() == "0001"
    assert build(library, "0001") == "0004"  # a number is never given twice


def test_publishing_replaces_the_pointer_in_one_step(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(library)
    seen: list[str | None] = []
    replace = os.replace

    def watch(source: Path, target: Path) -> None:
        assert Path(source).read_text(encoding="utf-8") == "0002\n"  # whole before it is named "live"
        seen.append(library.live())
        replace(source, target)
        seen.append(library.live())

    monkeypatch.setattr(os, "replace", watch)
    build(library, "0001")
    assert seen == ["0001", "0002"]
    assert not (library.root / "live.new").exists()


def test_a_crash_before_the_pointer_leaves_the_old_one_live(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(library)

    def crash(source: Path, target: Path) -> None:
        raise OSError("the power is gone")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", crash)
        with pytest.raises(OSError, match="power"):
            build(library, "0001")
    assert library.live() == "0001"
    assert build(library, "0001") == "0003"
    assert library.live() == "0003"


def test_what_a_dead_build_left_is_removed(library: Library) -> None:
    build(library)
    dead = library.start_building("0002", "0001")
    (dead / "half").write_text("x")
    (dead / "generation.json").write_text("{}")  # it died just before it got its name
    assert library.generations() == ["0001"]
    building = library.start_building(library.next_name(), "0001")
    assert sorted(item.name for item in building.iterdir()) == ["catalogue.sqlite"]
    assert [item.name for item in building.parent.iterdir() if item.name != "0001"] == [".building-0002"]


def test_a_generation_that_is_missing_or_of_another_version_is_refused(library: Library) -> None:
    with pytest.raises(LibraryError, match=r"0007 is missing .* python -m ingest sync"):
        library.publish("0007")
    assert library.live() is None
    name = build(library)
    path = library.path(name) / "generation.json"
    values = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**values, "schema": 99, "news": 1}), encoding="utf-8")
    with pytest.raises(LibraryError, match=r"schema 99, this one reads \d+\); run: python -m ingest sync"):
        library.info(name)


def test_a_second_writer_is_told_who_writes(library: Library) -> None:
    code = (
        "import sys; from pathlib import Path; from ingest.library import Library\n"
        "with Library(Path(sys.argv[1])).writing():\n"
        "    print('in', flush=True); sys.stdin.read()\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(library.root)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == "in\n"
        for _ in range(2):  # the refused one takes nothing from the owner
            with (
                pytest.raises(LibraryError, match=rf"being changed by process {other.pid} on .* since "),
                library.writing(),
            ):
                pytest.fail("two writers")
        other.kill()  # dies without a word
        other.wait()
        with library.writing():
            assert str(os.getpid()) in (library.root / "lock.owner").read_text(encoding="utf-8")
    with library.writing():
        pass
    assert not (library.root / "lock.owner").exists()


def test_originals_are_kept_by_their_bytes(library: Library, tmp_path: Path) -> None:
    from ingest.scan import sha256_of

    source = tmp_path / "Note.PDF"
    source.write_bytes(b"bytes")
    sha = sha256_of(source)
    assert library.keep_original(source, sha)
    kept = library.original(sha)
    assert kept is not None
    assert kept.read_bytes() == b"bytes"
    assert kept.suffix == ".pdf"
    source.write_bytes(b"others")
    assert not library.keep_original(source, sha)  # though its first bytes are kept
    assert not library.keep_original(source, "0" * 64)
    assert kept.read_bytes() == b"bytes"
    assert library.original("0" * 64) is None
    assert [item.name for item in (library.root / "originals").rglob("*") if item.is_file()] == [kept.name]
