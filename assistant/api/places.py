"""So many questions of programs at a time, so many may wait, and the others are told so."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from assistant.api.problems import Busy

Result = TypeVar("Result")

AT_ONCE = 8  # two cores answer four or five a second; a model's answers mostly wait for the model
WAITING = 60  # as many as may wait in the chat


class Places:
    """Runs work on threads of its own, so that programs take none from the chat."""

    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        from anyio import CapacityLimiter

        self._limiter, self._most = CapacityLimiter(at_once), waiting

    @property
    def waiting(self) -> int:
        return self._limiter.statistics().tasks_waiting

    async def run(self, work: Callable[[], Result]) -> Result:
        """`work()` on a thread. Raises Busy where too many wait already."""
        from anyio import to_thread

        if self.waiting >= self._most:
            raise Busy("too many questions are waiting just now; ask again in a few seconds")
        return await to_thread.run_sync(work, limiter=self._limiter)
