"""The work under way: everyone sees the same, it outlives who began it, and it can be asked to end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest.jobs import FILE, Job, current, start, stop, working
from ingest.library import Library, LibraryError

ROOT = Path(__file__).parents[2]
AT_WORK = """
import sys, time
from pathlib import Path
from ingest.jobs import end_on_request, working
from ingest.library import Library
end_on_request()
with working(Library(Path(sys.argv[1])), "sync", "Ada") as report:
    report("reading", 3, 12, "lakes.pdf")
    report.fail("broken.pdf", "the file is damaged")
    print("in", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


@pytest.fixture
def elsewhere(library: Library) -> Any:
    """Another process at work on the library."""
    process = subprocess.Popen(
        [sys.executable, "-c", AT_WORK, str(library.root)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "in\n"
        yield process
        process.kill()


def until(found: Callable[[], Job | None], state: str) -> Job:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        job = found()
        if job and job.state == state:
            return job
        time.sleep(0.05)
    pytest.fail(f"the job never was {state}: {found()}")


def test_nothing_was_ever_done(library: Library) -> None:
    assert current(library.root) is None
    assert not stop(library.root)
    assert not library.root.exists()


def test_others_see_how_far_it_is_and_may_end_it(library: Library, elsewhere: Any) -> None:
    job = current(library.root)
    assert job is not None
    assert (job.what, job.who, job.pid, job.state) == ("sync", "Ada", elsewhere.pid, "running")
    assert (job.stage, job.done, job.total, job.detail) == ("reading", 3, 12, "lakes.pdf")
    left = job.seconds_left(job.stage_since + 6)
    assert left == pytest.approx(18)
    with pytest.raises(LibraryError, match=r"Ada \(sync\), process \d+"), library.writing():
        pass
    with pytest.raises(LibraryError, match="Ada has been at work on this library since"):
        start(library.root, ["prune", "--keep", "1"], "Bo")
    assert stop(library.root)
    elsewhere.wait(30)
    ended = current(library.root)
    assert ended is not None
    assert ended.state == "stopped"
    assert ended.failed == (("broken.pdf", "the file is damaged"),)
    with library.writing():
        pass


def test_a_process_that_dies_is_found_out(library: Library, elsewhere: Any) -> None:
    elsewhere.kill()
    elsewhere.wait()
    job = current(library.root)
    assert job is not None
    assert job.state == "died"
    assert "start it again" in job.message
    with library.writing():
        pass


def test_an_error_ends_the_job_in_a_sentence(library: Library) -> None:
    with pytest.raises(LibraryError), working(library, "sync", "Ada"):
        raise LibraryError("the disk is full; make room")
    job = current(library.root)
    assert job is not None
    assert (job.state, job.message) == ("failed", "the disk is full; make room")
    with pytest.raises(ZeroDivisionError), working(library, "sync", "Ada"):
        _ = 1 / 0
    job = current(library.root)
    assert job is not None
    assert "ZeroDivisionError" in job.message


def test_a_detached_job_says_how_it_ended(workshop: Any) -> None:
    workshop.write("lakes.pdf", "Lakes Programme", ["The catch of the lakes doubled between 2019 and 2023."])
    workshop.sync()
    root = workshop.library.root
    pid = start(root, ["prune", "--keep", "1"], "Bo")
    begun = current(root)
    assert begun is not None
    assert (begun.pid, begun.who) == (pid, "Bo")
    assert os.getpgid(pid) == pid  # of its own group: no signal to this one reaches it
    ended = until(lambda: current(root), "done")
    assert (ended.who, ended.message) == ("Bo", "0 generations, 0 originals removed")
    start(root, ["prune", "--keep", "0"], "Bo")
    ended = until(lambda: current(root), "failed")
    assert ended.message.startswith("at least one generation must be kept")
    start(root, ["prune", "--keep", "many"], "Bo")
    assert "integer" in until(lambda: current(root), "died").message


def test_what_another_version_wrote_is_nothing(library: Library) -> None:
    library.root.mkdir()
    (library.root / FILE).write_text(json.dumps({"id": "1", "news": 2}))
    assert current(library.root) is None
