"""Watching source folders: at once, after a change, at intervals; no error of one sync ends it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue

import pytest

from ingest import watch
from ingest.documents import IngestError

PATIENCE = 20.0  # seconds that a change may take to be noticed on a busy machine


class Watched:
    """A watch in a thread of its own; `seen` has an entry for each sync it began."""

    def __init__(self, *folders: Path, every: float | None = None) -> None:
        self.seen: Queue[int] = Queue()
        self.raising: list[Exception] = []
        self.stop = threading.Event()
        self._count = 0
        wanted = {"every": every, "stop": self.stop}
        self.thread = threading.Thread(target=watch.watch, args=(folders, self._act), kwargs=wanted)
        self.thread.start()

    def _act(self) -> None:
        self._count += 1
        self.seen.put(self._count)
        if self.raising:
            raise self.raising.pop()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "_SETTLE", 50)
    monkeypatch.setattr(watch, "_LOOK", 50)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    made = Watched(tmp_path)
    yield made
    made.stop.set()
    made.thread.join(PATIENCE)
    assert not made.thread.is_alive()


def test_a_change_is_synced_and_no_error_ends_the_watch(
    watched: Watched, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert watched.seen.get(timeout=PATIENCE) == 1
    watched.raising = [RuntimeError("a bug"), IngestError("the disk is full; make room")]
    for number in range(2, 5):
        (tmp_path / f"{number}.txt").write_text("Two boats a day.")
        assert watched.seen.get(timeout=PATIENCE) >= number
    assert "the disk is full; make room" in caplog.text
    assert "ended by an error" in caplog.text
    assert [record.levelno for record in caplog.records].count(logging.ERROR) == 1


def test_a_change_before_the_watch_stands_is_not_missed(tmp_path: Path) -> None:
    seen: Queue[bool] = Queue()
    new, stop = tmp_path / "late.txt", threading.Event()

    def act() -> None:
        seen.put(new.exists())
        new.write_text("Two boats a day.")

    thread = threading.Thread(target=watch.watch, args=([tmp_path], act), kwargs={"stop": stop}, daemon=True)
    thread.start()
    assert not seen.get(timeout=PATIENCE)
    assert seen.get(timeout=PATIENCE)
    stop.set()
    thread.join(PATIENCE)


def test_it_looks_at_set_intervals(tmp_path: Path) -> None:
    watched = Watched(tmp_path, every=0.01)
    for number in range(1, 4):
        assert watched.seen.get(timeout=PATIENCE) == number
    watched.stop.set()
    watched.thread.join(PATIENCE)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(IngestError, match="none of the source folders is there"):
        watch.watch([tmp_path / "unplugged"], lambda: None)
