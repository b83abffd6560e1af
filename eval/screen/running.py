"""One bank being run in the background: started, watched, stopped; never two at a time."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal

from assistant.chat import Assistant
from eval.run import Runs, run_bank
from eval.screen.parts import lasting
from eval.screen.words import Told

if TYPE_CHECKING:
    from filelock import BaseFileLock


@dataclass(frozen=True)
class Standing:
    """How far it has come. ticket: which start this is, 0 before the first. total: 0 until it is known.

    state: "kept" then has the run's name, "failed" the error that `screen_parts.sentence` can tell. since:
    when the first question was put (monotonic seconds).
    """

    ticket: int = 0
    bank: str = ""
    state: Literal["idle", "running", "stopping", "kept", "stopped", "failed"] = "idle"
    done: int = 0
    total: int = 0
    since: float = 0.0
    run: str = ""
    problem: Exception | None = None

    @property
    def busy(self) -> bool:
        return self.state in ("running", "stopping")

    def seconds_left(self, now: float) -> float | None:
        """By the pace so far; None before the first question is done."""
        return (now - self.since) / self.done * (self.total - self.done) if self.done else None


class _Stopped(Exception):
    pass


class Running:
    """Runs banks for everyone who uses this application; `standing` is what all of them see."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._lock = threading.Lock()
        self._standing = Standing()
        self._thread: threading.Thread | None = None

    @property
    def standing(self) -> Standing:
        return self._standing

    def start(self, bank: Path) -> int:
        """Begins to run `bank` and returns the ticket of this start.

        Raises EvalError while a bank is being run, also by another process on the same library.
        """
        from filelock import FileLock, Timeout

        folder = self._assistant.settings.library / "runs"
        folder.mkdir(parents=True, exist_ok=True)
        with self._lock:
            if self._standing.busy:
                raise Told("quality_running.busy", bank=self._standing.bank)
            alone = FileLock(folder / ".lock", thread_local=False)
            try:
                alone.acquire(timeout=0)
            except Timeout as error:
                raise Told("quality_running.elsewhere") from error
            ticket = self._standing.ticket + 1
            self._standing = Standing(ticket, bank.name, "running", since=monotonic())
            self._thread = threading.Thread(target=self._work, args=(bank, alone), daemon=True)
            self._thread.start()
            return ticket

    def stop(self) -> None:
        """Asks the run to end after the question in hand; nothing of it is kept."""
        with self._lock:
            if self._standing.busy:
                self._standing = replace(self._standing, state="stopping")

    def wait(self) -> None:
        """Until there is nothing left to do."""
        if self._thread is not None:
            self._thread.join()

    def _work(self, bank: Path, alone: BaseFileLock) -> None:
        ended: dict[str, Any]
        try:
            made = run_bank(self._assistant, bank, self._progress)
            ended = {"state": "kept", "run": Runs(self._assistant.settings.library).keep(made).name}
        except _Stopped:
            ended = {"state": "stopped"}
        except Exception as error:
            ended = {"state": "failed", "problem": lasting(error)}
        finally:
            alone.release()  # before it is said that it has ended: the next may start then
        with self._lock:
            self._standing = replace(self._standing, **ended)

    def _progress(self, done: int, total: int) -> None:
        with self._lock:
            if self._standing.state == "stopping":
                raise _Stopped
            since = monotonic() if done == 0 else self._standing.since
            self._standing = replace(self._standing, done=done, total=total, since=since)
