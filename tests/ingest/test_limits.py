"""Limits to groups: what they bind, through changes, moves, withdrawals, copies and other machines."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.admin import Admin
from ingest.documents import IngestError
from ingest.embeddings import Embedder, VectorCache
from ingest.library import Library
from ingest.limit_watch import LimitWatch
from ingest.limiting import lift, limit, listed
from ingest.limits import clean_groups, may_read
from ingest.settings import IngestSettings
from ingest.sync import Choices, sync
from ingest.transfer import export_library, import_library

TEXT = "Sample. The ferry of {name} runs every {name} morning, weather permitting, and takes forty people.\n"
Synced = Callable[..., None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("open/a.txt", "open/b.txt", "closed/c.txt"):
        path = tmp_path / "documents" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(TEXT.format(name=name))
    return tmp_path / "documents"


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


@pytest.fixture
def synced(tmp_path: Path, library: Library, folder: Path, embedder: Embedder, models_dir: Path) -> Synced:
    settings = IngestSettings(library=library.root, models=models_dir, readers=1, ocr="off")

    def again() -> None:
        cache = VectorCache(tmp_path / "vectors.sqlite")
        sync(library, folder, embedder, cache, settings, choices=Choices(allow_shrink=True))

    again()
    return again


def _read_by(library: Library, *groups: str) -> set[str]:
    """Names of the documents that members of `groups` may read."""
    limits = Admin(library.root).limits()
    catalogue = library.catalogue(str(library.live()))
    files, documents = catalogue.files(), catalogue.documents()
    catalogue.close()
    bound = limits.of(files)
    return {each.name for each in documents if may_read(bound.get(each.sha, ()), frozenset(groups))}


def _sha(library: Library, name: str) -> str:
    return library.document(name)[0]


def test_a_folder_limits_what_it_holds_and_what_comes_into_it(
    library: Library, folder: Path, synced: Synced
) -> None:
    told = limit(library, str(folder / "closed"), ["HQ ", "ops"], "ana")
    assert told.documents == 1
    assert _read_by(library) == {"a.txt", "b.txt"}
    assert _read_by(library, "ops") == {"a.txt", "b.txt", "c.txt"} == _read_by(library, "hq", "x")
    (folder / "closed" / "new.txt").write_text(TEXT.format(name="new"))
    (folder / "closed-not").mkdir()
    (folder / "closed-not" / "other.txt").write_text(TEXT.format(name="other"))
    synced()
    assert _read_by(library) == {"a.txt", "b.txt", "other.txt"}
    lift(library, str(folder / "closed"), "ana")
    assert len(_read_by(library)) == 5
    assert [deed.action for deed in Admin(library.root).audit(2)] == ["limit lifted", "published"]
    assert "limited" in {deed.action for deed in Admin(library.root).audit()}


def test_a_folder_may_be_limited_before_there_is_a_library(
    library: Library, folder: Path, tmp_path: Path, embedder: Embedder, models_dir: Path
) -> None:
    limit(library, str(folder / "closed"), ["hq"], "ana")
    settings = IngestSettings(library=library.root, models=models_dir, readers=1, ocr="off")
    sync(library, folder, embedder, VectorCache(tmp_path / "vectors.sqlite"), settings)
    assert _read_by(library) == {"a.txt", "b.txt"}


def test_a_pattern_limits_whatever_its_capitals_and_accents(
    library: Library, folder: Path, synced: Synced
) -> None:
    (folder / "De\u0301pouille-INTERNE.txt").write_text(TEXT.format(name="interne"))
    synced()
    limit(library, "D\u00e9pouille-*.TXT", ["hq"], "ana", pattern=True)
    assert _read_by(library) == {"a.txt", "b.txt", "c.txt"}
    assert [(each.place, number) for each, number in listed(library)] == [("D\u00e9pouille-*.TXT", 1)]
    lift(library, "D\u00e9pouille-*.TXT", "ana")
    assert not listed(library)
    for wrong in ("", "  ", "!a.txt", "# a"):
        with pytest.raises(IngestError, match="pattern"):
            limit(library, wrong, ["hq"], "ana", pattern=True)


def test_a_single_document_keeps_its_limit_as_another_version_and_under_another_name(
    library: Library, folder: Path, synced: Synced
) -> None:
    limit(library, "a.txt", ["hq"], "ana")
    (folder / "open/a.txt").write_text(TEXT.format(name="changed"))
    synced()
    assert "a.txt" not in _read_by(library)
    (folder / "open/a.txt").rename(folder / "moved.txt")
    synced()
    assert _read_by(library) == {"b.txt", "c.txt"}
    (folder / "moved.txt").write_text(TEXT.format(name="changed again"))
    synced()
    assert _read_by(library) == {"b.txt", "c.txt"}
    text = (folder / "moved.txt").read_text()
    (folder / "moved.txt").unlink()
    synced()
    (folder / "back.txt").write_text(text)
    synced()
    assert _read_by(library) == {"b.txt", "c.txt"}
    limit(library, "back.txt", ["ops"], "ana")  # takes the place of the first, wherever that was set
    assert _read_by(library, "ops") == {"b.txt", "c.txt", "back.txt"}
    assert "back.txt" not in _read_by(library, "hq")
    lift(library, "back.txt", "ana")
    assert "back.txt" in _read_by(library)


def test_a_document_of_two_files_is_read_where_both_allow(
    library: Library, folder: Path, synced: Synced
) -> None:
    (folder / "closed/copy.txt").write_text((folder / "open/a.txt").read_text())
    synced()
    limit(library, str(folder / "closed"), ["hq"], "ana")
    limit(library, str(folder / "open"), ["ops"], "ana")
    assert _read_by(library, "hq") == {"c.txt"}
    assert _read_by(library, "ops") == {"b.txt"}
    assert len(_read_by(library, "hq", "ops")) == 3


def test_lifting_a_documents_limit_leaves_that_of_its_folder(
    library: Library, folder: Path, synced: Synced
) -> None:
    limit(library, "c.txt", ["ops"], "ana")
    limit(library, str(folder / "closed"), ["hq"], "ana")
    told = lift(library, "c.txt", "ana")
    assert [each.place for each in told.left] == [str(folder / "closed")]
    assert "c.txt" not in _read_by(library, "ops")
    with pytest.raises(IngestError, match="no limit of its own; it is in what is limited as"):
        lift(library, "c.txt", "ana")
    with pytest.raises(IngestError, match="no limit of its own; see"):
        lift(library, "a.txt", "ana")


def test_what_has_left_the_library_stays_limited_until_that_limit_is_lifted(
    library: Library, folder: Path, synced: Synced
) -> None:
    (folder / "closed/late.txt").write_text(TEXT.format(name="late"))
    synced()
    late, first = _sha(library, "late.txt"), _sha(library, "c.txt")
    limit(library, str(folder / "closed"), ["hq"], "ana")
    library.rollback()  # without a run that could have noted what leaves
    admin = Admin(library.root)
    assert admin.limits().once_on(late)
    library.publish("0002")
    (folder / "closed/c.txt").write_text(TEXT.format(name="another"))
    synced()
    assert admin.limits().once_on(first)
    lift(library, str(folder / "closed"), "ana")
    assert not admin.limits().once_on(first)
    assert not admin.limits().known


def test_a_move_out_of_a_limited_folder_is_the_admins_own_deed(
    library: Library, folder: Path, synced: Synced
) -> None:
    limit(library, str(folder / "closed"), ["hq"], "ana")
    synced()
    (folder / "closed/c.txt").rename(folder / "open/c.txt")
    synced()
    assert "c.txt" in _read_by(library)


def test_groups_are_free_words_in_one_form() -> None:
    assert clean_groups([" HQ  Geneva", "hq geneva", "Bén\u00e9voles"]) == {"hq geneva", "bén\u00e9voles"}
    for wrong in ("", "a/b", "x" * 101, "<b>"):
        with pytest.raises(IngestError, match="group's name"):
            clean_groups([wrong])


def test_no_group_and_nothing_there_are_told(library: Library, synced: Synced) -> None:
    with pytest.raises(IngestError, match="no group"):
        limit(library, "a.txt", [], "ana")
    with pytest.raises(IngestError, match="no document"):
        limit(library, "nowhere.txt", ["hq"], "ana")


def test_limits_travel_with_the_library_and_join_those_of_another(
    library: Library, folder: Path, synced: Synced, tmp_path: Path
) -> None:
    limit(library, str(folder / "closed"), ["hq"], "ana")
    limit(library, "a.txt", ["hq"], "ana")
    export_library(library, tmp_path / "library.tar")
    for other in (Library(tmp_path / "fresh"), Library(tmp_path / "with its own")):
        if other.root.name != "fresh":
            limit(other, "*.pdf", ["ops"], "ben", pattern=True)
        import_library(tmp_path / "library.tar", other.root)
        assert _read_by(other) == {"b.txt"}
        assert _read_by(other, "hq") == {"a.txt", "b.txt", "c.txt"}


def test_uploads_that_were_limited_stay_so_on_another_machine(
    library: Library, synced: Synced, tmp_path: Path
) -> None:
    uploads = (library.root / "uploads").resolve()
    uploads.mkdir()
    (uploads / "u.txt").write_text(TEXT.format(name="uploaded"))
    limit(library, str(uploads), ["hq"], "ana")
    export_library(library, tmp_path / "library.tar")
    import_library(tmp_path / "library.tar", tmp_path / "other")
    places = {each.place for each in Admin(tmp_path / "other").limits().limits}
    assert str((tmp_path / "other/uploads").resolve()) in places


def test_a_watch_sees_every_change_at_once_and_costs_microseconds(library: Library, synced: Synced) -> None:
    admin, watch = Admin(library.root), LimitWatch(library.root)
    assert watch.now().limits == ()
    for number in range(20):  # in a row: no clock of a file system tells them apart
        limit(library, "a.txt", [f"g{number}"], "ana")
        (only,) = watch.now().limits
        assert only.groups == {f"g{number}"}
    before = watch.now()
    admin.record("ana", "looked")
    assert watch.now() is before
    watch.close()


def test_a_watch_refuses_to_go_on_without_the_file_it_knew(library: Library, synced: Synced) -> None:
    watch = LimitWatch(library.root)
    limit(library, "a.txt", ["hq"], "ana")
    assert watch.now().limits
    path = Admin(library.root).path
    kept = path.with_name("kept")
    os.replace(path, kept)
    with pytest.raises(IngestError, match="nobody can tell who may read what"):
        watch.now()
    os.replace(kept, path)
    assert watch.now().limits
    watch.close()
