"""Child processes: a job that hangs, crashes or runs out of memory ends alone, with a reason."""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest.documents import IngestError, Reading, SkippedFile, UnreadableFile
from ingest.overrides import read_overrides
from ingest.readers import read_file
from ingest.readers.child import ReaderPool

GIB = 1024**3


def outcome(work: Callable[[Any], Any], job: object, timeout: float = 30) -> Any:
    with ReaderPool(workers=1) as pool:
        [(same, result)] = pool.read_all([job], work, timeout)
    assert same == job
    return result


def test_no_process_without_a_job() -> None:
    with ReaderPool() as pool:
        assert list(pool.read_all([], read_file, 1)) == []
        assert pool._pool is None


def test_results_come_with_their_jobs() -> None:
    with ReaderPool(workers=2) as pool:
        assert sorted(pool.read_all(["[1]", "[2]", "[3]"], json.loads, 30)) == [
            ("[1]", [1]),
            ("[2]", [2]),
            ("[3]", [3]),
        ]


def test_one_that_hangs_ends_alone_and_waiting_does_not_count() -> None:
    # One child, a limit of 1 s, and jobs that wait 2 s for their turn: only the one that hangs is ended.
    jobs = [0.7, 0.8, 60.0, 0.0]
    with ReaderPool(workers=1) as pool:
        results = dict(pool.read_all(jobs, time.sleep, 1.0))
    assert isinstance(results[60.0], UnreadableFile)
    assert "1 seconds" in str(results[60.0])
    assert [results[job] for job in (0.7, 0.8, 0.0)] == [None, None, None]


def test_one_that_crashes_ends_alone() -> None:
    with ReaderPool(workers=1) as pool:
        crashed = dict(pool.read_all([3], os._exit, 30))
        assert "crash" in str(crashed[3])
        assert dict(pool.read_all(["[1]"], json.loads, 30)) == {"[1]": [1]}


@pytest.mark.parametrize(
    ("work", "job", "words"),
    [
        (bytearray, 8 * GIB, "more memory than"),
        (json.loads, "[" * 200_000, "nested too deeply"),
        (json.loads, "{", "JSONDecodeError"),
        (os.listdir, "no such folder", "No such file"),
    ],
    ids=["memory", "recursion", "library", "missing"],
)
def test_an_exception_becomes_a_sentence(work: Callable[[Any], Any], job: object, words: str) -> None:
    result = outcome(work, job)
    assert isinstance(result, UnreadableFile)
    assert words in str(result)
    assert "\n" not in str(result)
    assert "Traceback" not in str(result)


def test_the_exception_itself_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="ingest.readers.child"):
        outcome(json.loads, "{")
    assert "Traceback" in caplog.text


def test_reasons_pass_unchanged(tmp_path: Path) -> None:
    empty = tmp_path / "empty.pdf"
    empty.touch()
    result = outcome(read_file, empty)
    assert type(result) is SkippedFile
    with pytest.raises(SkippedFile) as raised:
        read_file(empty)
    assert str(result) == str(raised.value)


def test_another_error_an_admin_can_act_on_keeps_its_words(tmp_path: Path) -> None:
    (tmp_path / "metadata.csv").write_text("file,colour\na.pdf,red\n", encoding="utf-8")
    with pytest.raises(IngestError) as raised:
        read_overrides(tmp_path)
    result = outcome(read_overrides, tmp_path)
    assert isinstance(result, UnreadableFile)
    assert str(result) == str(raised.value)


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "note.md"
    path.write_text("# Note\n\nOne paragraph.\n", encoding="utf-8")
    result = outcome(read_file, path)
    assert isinstance(result, Reading)
    assert result == read_file(path)


def test_who_stops_listening_does_not_wait() -> None:
    began = time.monotonic()
    with ReaderPool(workers=1) as pool:
        for _ in pool.read_all([0.0, 60.0], time.sleep, 90):
            break
    assert time.monotonic() - began < 20
