"""Scan and plan: what a sync would do, told from the folder and what the last sync recorded."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from ingest import scan as scanning
from ingest.catalogue import FileEntry, State
from ingest.documents import IngestError, sha256_of
from ingest.scan import FoundFile, Plan, plan, scan

HOUR = 3600 * 10**9


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "documents"
    (made / "sub").mkdir(parents=True)
    (made / "one.pdf").write_bytes(b"one")
    (made / "sub" / "two.pdf").write_bytes(b"two")
    return made


def recorded(item: FoundFile, folder: Path, state: State = "indexed", reason: str = "") -> FileEntry:
    """What a sync would have recorded for a file as it is now."""
    sha = sha256_of(item.path) if state != "failed" else None
    return FileEntry(
        item.address, str(folder), item.name, sha, item.size, item.modified, state, reason, item.override
    )


def after_sync(folder: Path, overrides: Mapping[str, Mapping[str, str]] | None = None) -> list[FileEntry]:
    return [recorded(item, folder) for item in scan(folder, overrides or {})]


def replan(folder: Path, known: list[FileEntry]) -> Plan:
    return plan(folder, scan(folder, {}), known)


def age(path: Path, hours: int = 1) -> None:
    state = path.stat()
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns + hours * HOUR))


def busy(work: Plan) -> dict[str, int]:
    return {name: count for name, count in work.counts().items() if count}


def test_hidden_files_and_what_is_no_document_are_passed_over(folder: Path) -> None:
    for name in (
        ".hidden.pdf",
        ".git/config",
        "metadata.csv",
        "Thumbs.db",
        "lib/generations/0001/x.pdf",
        "lib/live",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")
    (folder / "odd name.unknown").write_bytes(b"?")  # for a reader to judge, not for the scan
    names = [item.path.relative_to(folder).as_posix() for item in scan(folder, {})]
    assert names == ["odd name.unknown", "one.pdf", "sub/two.pdf"]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(IngestError, match=r"nowhere is not a folder"):
        scan(tmp_path / "nowhere", {})


def test_a_first_sync_adds_everything(folder: Path) -> None:
    work = replan(folder, [])
    assert [(item.name, sha) for item, sha in work.added] == [
        ("one.pdf", sha256_of(folder / "one.pdf")),
        ("two.pdf", sha256_of(folder / "sub" / "two.pdf")),
    ]
    assert busy(work) == {"added": 2}
    assert not work.empty


def test_nothing_new_opens_no_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = after_sync(folder)
    monkeypatch.setattr(scanning, "sha256_of", lambda path: pytest.fail(f"{path} was read"))
    work = replan(folder, known)
    assert work.empty
    assert busy(work) == {"unchanged": 2}


def test_changed_and_merely_touched_are_told_apart(folder: Path) -> None:
    known = after_sync(folder)
    (folder / "one.pdf").write_bytes(b"ONE")
    age(folder / "one.pdf")
    age(folder / "sub" / "two.pdf")
    work = replan(folder, known)
    assert [item.name for item, _ in work.changed] == ["one.pdf"]
    assert [new.name for _, new in work.touched] == ["two.pdf"]
    assert busy(work) == {"changed": 1, "unchanged": 1}


def test_moved_and_withdrawn(folder: Path) -> None:
    known = after_sync(folder)
    (folder / "one.pdf").rename(folder / "sub" / "uno.pdf")
    (folder / "sub" / "two.pdf").unlink()
    work = replan(folder, known)
    assert [(old.name, new.name) for old, new in work.moved] == [("one.pdf", "uno.pdf")]
    assert [entry.name for entry in work.withdrawn] == ["two.pdf"]
    assert busy(work) == {"moved": 1, "withdrawn": 1}


def test_a_copy_of_a_file_that_stays_is_added_not_moved(folder: Path) -> None:
    known = after_sync(folder)
    (folder / "copy.pdf").write_bytes(b"one")
    work = replan(folder, known)
    assert [item.name for item, _ in work.added] == ["copy.pdf"]
    assert not work.moved


def test_one_file_gone_stands_for_one_move_only(folder: Path) -> None:
    known = after_sync(folder)
    (folder / "one.pdf").unlink()
    (folder / "a.pdf").write_bytes(b"one")
    (folder / "b.pdf").write_bytes(b"one")
    work = replan(folder, known)
    assert [(old.name, new.name) for old, new in work.moved] == [("one.pdf", "a.pdf")]
    assert [item.name for item, _ in work.added] == ["b.pdf"]


def test_another_row_in_metadata_changes_the_file(folder: Path) -> None:
    row = {"one.pdf": {"title": "One"}}
    known = after_sync(folder, row)
    assert plan(folder, scan(folder, row), known).empty
    for rows in ({"one.pdf": {"title": "Two"}}, {}):
        work = plan(folder, scan(folder, rows), known)
        assert [item.name for item, _ in work.changed] == ["one.pdf"], rows
    work = plan(folder, scan(folder, {"sub/two.pdf": {"kind": "brief"}, **row}), known)
    assert [item.name for item, _ in work.changed] == ["two.pdf"]


def test_an_emptied_folder_is_refused_unless_allowed(folder: Path) -> None:
    known = after_sync(folder)
    (folder / "one.pdf").unlink()
    (folder / "sub" / "two.pdf").unlink()
    with pytest.raises(IngestError, match=r"holds 2 files .* --allow-shrink"):
        replan(folder, known)
    assert busy(plan(folder, [], known, allow_shrink=True)) == {"withdrawn": 2}
    assert plan(folder, [], []).empty  # nothing there, nothing known


def test_files_of_another_folder_are_let_alone(folder: Path, tmp_path: Path) -> None:
    elsewhere = FileEntry("/other/x.pdf", "/other", "x.pdf", "ff" * 32, 1, 1, "indexed")
    work = replan(folder, [*after_sync(folder), elsewhere])
    assert work.empty
    assert elsewhere not in work.unchanged


def test_a_failed_file_is_read_again_only_when_it_changed(folder: Path) -> None:
    known = [recorded(item, folder, "failed", "is damaged") for item in scan(folder, {})]
    assert replan(folder, known).empty
    age(folder / "one.pdf")  # a new copy of the same bytes: the admin wants it tried again
    assert [item.name for item, _ in replan(folder, known).changed] == ["one.pdf"]


def test_a_file_without_permission_is_named_and_tried_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = scanning.sha256_of

    def closed(path: Path) -> str:
        if path.name == "one.pdf":
            raise PermissionError(13, "Permission denied")
        return honest(path)

    monkeypatch.setattr(scanning, "sha256_of", closed)
    work = replan(folder, [])
    ((item, reason),) = work.unreadable
    assert item.name == "one.pdf"
    assert reason == "cannot be opened (Permission denied); check its permissions"
    assert not work.empty
    known = [recorded(item, folder, "failed", reason), *after_sync(folder)[1:]]
    assert replan(folder, known).empty  # still closed: nothing new to say
    monkeypatch.setattr(scanning, "sha256_of", honest)
    assert [item.name for item, _ in replan(folder, known).changed] == ["one.pdf"]


def test_a_name_that_is_not_utf8_can_be_stored(folder: Path) -> None:
    (folder / os.fsdecode(b"caf\xe9.pdf")).write_bytes(b"three")
    known = after_sync(folder)
    assert "caf\\xe9.pdf" in [entry.name for entry in known]
    for entry in known:
        entry.path.encode("utf-8")
    assert replan(folder, known).empty
