"""The work under way on a library (job.json): begun in the terminal or on the screen, seen from both."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from ingest.documents import IngestError
from ingest.library import Library, LibraryError

FILE = "job.json"
LOG = "job.log"
STARTING = "starting"  # the stage of a process that has not spoken for itself yet
_OFTEN = 0.5  # seconds between two writings of the progress
_MOST_FAILED = 200  # files named in it

Progress = Callable[[str, int, int, str], None]
"""Told (stage, done, total, detail); stages: reading, embedding, building, checking, gate, OCR."""


def quiet(stage: str, done: int, total: int, detail: str) -> None:
    """A Progress that says nothing."""


@dataclass(frozen=True)
class Job:
    """One piece of work on a library, as far as it has come.

    started, updated: ISO 8601, UTC. stage_since: Unix seconds at which the stage began. failed: (file,
    reason). message: once it has ended, one sentence. generation: the one published, "" if none was.
    """

    id: str
    what: str
    who: str
    pid: int
    host: str
    started: str
    state: Literal["running", "done", "failed", "stopped", "died"] = "running"
    stage: str = ""
    done: int = 0
    total: int = 0
    detail: str = ""
    stage_since: float = 0.0
    updated: str = ""
    failed: tuple[tuple[str, str], ...] = ()
    message: str = ""
    generation: str = ""

    def seconds_left(self, now: float) -> float | None:
        """Of this stage, by the pace so far; None before its first part is done. now: Unix seconds."""
        if self.state != "running" or not self.done or not self.total:
            return None
        return (now - self.stage_since) / self.done * (self.total - self.done)


class Stopped(BaseException):
    """Somebody asked this process to end; no `except Exception` may swallow it."""


class Reporter:
    """Writes how far a job has come, for everyone who looks, and tells `progress`."""

    def __init__(self, root: Path, what: str, who: str, progress: Progress = quiet) -> None:
        self._path = root / FILE
        self._progress = progress
        self._written = 0.0
        self.job = Job(uuid.uuid4().hex[:12], what, who, os.getpid(), socket.gethostname(), _now())

    def __call__(self, stage: str, done: int, total: int, detail: str) -> None:
        now = time.time()
        changed = stage != self.job.stage
        since = now if changed else self.job.stage_since
        self.job = replace(
            self.job, stage=stage, done=done, total=total, detail=detail, stage_since=since, updated=_now()
        )
        if changed or now - self._written >= _OFTEN:
            self.write()
        self._progress(stage, done, total, detail)

    def fail(self, file: str, reason: str) -> None:
        """Names a file that could not be read."""
        if len(self.job.failed) < _MOST_FAILED:
            self.job = replace(self.job, failed=(*self.job.failed, (file, reason)))

    def end(self, state: Literal["done", "failed", "stopped"], message: str, generation: str = "") -> None:
        self.job = replace(self.job, state=state, message=message, generation=generation, updated=_now())
        self.write()

    def write(self) -> None:
        part = self._path.with_name(f"{FILE}.{os.getpid()}.part")
        part.write_text(json.dumps(asdict(self.job), ensure_ascii=False), encoding="utf-8")
        os.replace(part, self._path)
        self._written = time.time()


@contextmanager
def working(library: Library, what: str, who: str, progress: Progress = quiet) -> Iterator[Reporter]:
    """Holds the writer's lock, and lets everyone see how far the work has come and how it ended.

    Raises LibraryError, naming the owner, where another process holds the lock.
    """
    with library.writing(what, who):
        reporter = Reporter(library.root, what, who, progress)
        reporter.write()
        try:
            yield reporter
        except (Stopped, KeyboardInterrupt):
            reporter.end("stopped", "stopped; what was read and embedded is kept for the next run")
            raise
        except IngestError as error:
            reporter.end("failed", str(error))
            raise
        except BaseException as error:
            reporter.end("failed", f"ended by an error ({type(error).__name__}); see the terminal or {LOG}")
            raise
        if reporter.job.state == "running":
            reporter.end("done", "")


def current(root: Path) -> Job | None:
    """The work under way, or the last that ended; None before the first.

    A job whose process is gone without a word reads "died".
    """
    try:
        values: dict[str, Any] = json.loads((root / FILE).read_text(encoding="utf-8"))
        values["failed"] = tuple((name, reason) for name, reason in values["failed"])
        job = Job(**values)
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError):  # of another version of this program
        return None
    if job.state == "running" and not _alive(job):
        said = _last_line(root / LOG) if job.stage == STARTING else ""
        kept = "the process ended without a word; what it had read and embedded is kept, start it again"
        return replace(job, state="died", message=said or kept)
    return job


def _last_line(log: Path) -> str:
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    worded = [line.strip("│ ") for line in lines if any(map(str.isalpha, line))]
    return worded[-1] if worded else ""


def start(root: Path, arguments: Sequence[str], who: str) -> int:
    """Begins `python -m ingest ARGUMENTS` on the library at `root`; gives the number of its process.

    It outlives the process, and the browser, that began it; what it prints goes to job.log. Raises
    LibraryError while other work is under way.
    """
    job = current(root)
    if job and job.state == "running":
        raise LibraryError(
            f"{job.who} has been at work on this library since {job.started[:16].replace('T', ' ')} UTC"
            f" ({job.what}); wait until it is done, or stop it"
        )
    root.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "ASSISTANT_USER": who}
    with (root / LOG).open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "ingest", *arguments, "--library", str(root.resolve())],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, start_new_session=True,
        )  # fmt: skip
    threading.Thread(target=process.wait, daemon=True).start()  # else it stays in the table of processes
    begun = Reporter(root, arguments[0], who)
    begun.job = replace(begun.job, pid=process.pid, stage=STARTING)
    seen = current(root)
    if seen is None or seen.pid != process.pid:  # it may have spoken for itself by now
        begun.write()
    return process.pid


def stop(root: Path) -> bool:
    """Asks the work under way to end; what it has read and embedded is kept. False if there is none.

    Raises LibraryError where it runs on another machine.
    """
    job = current(root)
    if job is None or job.state != "running":
        return False
    if job.host != socket.gethostname():
        raise LibraryError(f"the work runs on {job.host}; stop it there")
    os.kill(job.pid, signal.SIGTERM)
    return True


def end_on_request() -> None:
    """Lets SIGTERM end this process in order: children are ended, the job says that it was stopped."""

    def stopped(number: int, frame: object) -> None:
        raise Stopped

    signal.signal(signal.SIGTERM, stopped)


def _alive(job: Job) -> bool:
    if job.host != socket.gethostname():
        return True  # nobody can tell from here
    try:
        os.kill(job.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's, and alive
        pass
    return True


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
