"""Grids under way and what they came to: held for the person who began them, under a ticket."""

from __future__ import annotations

import logging
import secrets
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Literal

from assistant.answer import Source
from assistant.grid import Grid, Progress
from assistant.grids.checklist import Checklist
from assistant.grids.compare import Comparison, Experience
from assistant.grids.survey import Stopped, Survey
from assistant.web.words import Said

log = logging.getLogger(__name__)

AT_ONCE = 2  # grids that are worked out at the same time, whoever asks: the chat needs its share
KEPT, LASTING = 4, 2 * 3600.0  # results of one person, and seconds for which the last ones are held
_PACE = 12.0  # seconds back over which the pace is taken

Result = Grid | Survey | Comparison | tuple[Experience, ...] | Checklist
State = Literal["running", "stopping", "done", "stopped", "failed"]


@dataclass
class Work:
    """One grid, from its beginning until it is forgotten.

    asked: what the screen sent, to be asked again. documents: all that it rests on by SHA-256, which its
    reader has to be allowed to read each time. error: why there is no result.
    """

    ticket: str
    person: str
    use: str
    title: str
    asked: Mapping[str, Any]
    total: int
    state: State = "running"
    done: int = 0
    result: Result | None = None
    documents: Mapping[str, Source] = field(default_factory=dict)
    error: Exception | None = None
    when: float = field(default_factory=monotonic)
    stop: threading.Event = field(default_factory=threading.Event)
    _seen: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=400))

    @property
    def busy(self) -> bool:
        return self.state in ("running", "stopping")

    def progress(self, done: int, total: int) -> None:
        self.done, self.total = done, total
        now = monotonic()
        if not self._seen or now - self._seen[-1][0] > 0.1:
            self._seen.append((now, done))
        while len(self._seen) > 2 and now - self._seen[0][0] > _PACE:
            self._seen.popleft()

    def seconds_left(self) -> float | None:
        """By the pace of the last seconds; None while nothing tells."""
        seen = list(self._seen)
        if len(seen) < 3:
            return None
        (then, before), (now, done) = seen[0], seen[-1]
        return None if done <= before else (now - then) / (done - before) * (self.total - done)


Run = Callable[[Progress, threading.Event], Result]
Rests = Callable[[Result], Mapping[str, Source]]


class Works:
    """All grids of one application. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._works: dict[str, Work] = {}
        self._threads: dict[str, threading.Thread] = {}

    def start(
        self, person: str, use: str, title: str, asked: Mapping[str, Any], total: int, run: Run, rests: Rests
    ) -> Work:
        """Begins `run` in a thread. rests: the documents that its result rests on.

        Raises Said while this person has one under way, or others have as many as may be.
        """
        with self._lock:
            self._forget(person)
            busy = [each for each in self._works.values() if each.busy]
            if any(each.person == person for each in busy):
                raise Said("grid.yours_runs")
            if len(busy) >= AT_ONCE:
                raise Said("grid.others_run", count=len(busy))
            work = Work(secrets.token_urlsafe(18), person, use, title, asked, total)
            self._works[work.ticket] = work
            thread = threading.Thread(target=self._work, args=(work, run, rests), daemon=True, name="grid")
            self._threads[work.ticket] = thread
        thread.start()
        return work

    def of(self, person: str, ticket: str) -> Work:
        """The work of this person under `ticket`. Raises Said where there is none such, or no longer."""
        with self._lock:
            work = self._works.get(ticket)
        if work is None or work.person != person:
            raise Said("grid.gone")
        return work

    def latest(self, person: str) -> Work | None:
        """What this person began last, if it is still held."""
        with self._lock:
            own = [each for each in self._works.values() if each.person == person]
        return own[-1] if own else None

    def ended(self, person: str) -> list[Work]:
        """What this person's held results are of, the latest first."""
        with self._lock:
            own = [each for each in self._works.values() if each.person == person and each.result is not None]
        return own[::-1]

    def halt(self, work: Work) -> None:
        """Asks it to end; what it has decided is kept in the library."""
        with self._lock:
            if work.busy:
                work.state = "stopping"
                work.stop.set()

    def wait(self, work: Work) -> None:
        """Until it has ended."""
        if thread := self._threads.get(work.ticket):
            thread.join()

    def _work(self, work: Work, run: Run, rests: Rests) -> None:
        state: State = "done"
        try:
            result = run(work.progress, work.stop)
            work.documents = rests(result)
            work.result = result
            state = "stopped" if work.stop.is_set() else "done"
        except Stopped:
            state = "stopped"
        except Exception as error:
            work.error, state = error, "failed"
        finally:
            with self._lock:
                work.state, work.when = state, monotonic()
                self._threads.pop(work.ticket, None)

    def _forget(self, person: str) -> None:
        """The oldest results of `person`, and everyone's that have been held for long."""
        now = monotonic()
        ended = {ticket: each for ticket, each in self._works.items() if not each.busy}
        own = [ticket for ticket, each in ended.items() if each.person == person]
        late = [ticket for ticket, each in ended.items() if now - each.when > LASTING]
        for ticket in {*own[: max(0, len(own) - KEPT + 1)], *late}:
            del self._works[ticket]
