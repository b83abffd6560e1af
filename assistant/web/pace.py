"""How fast one person may ask, so that the others are answered too."""

from __future__ import annotations

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil

from assistant.web.words import Said

_FORGOTTEN = 600.0  # seconds after which a question that never said that it ended counts no longer


class Pace:
    """One for an application. Nobody is held up on the machine itself, where no login is needed ("").

    a_minute: questions that one person may ask in 60 seconds. at_once: that may be under way.
    """

    def __init__(self, a_minute: int, at_once: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._a_minute, self._at_once, self._clock = a_minute, at_once, clock
        self._lock = threading.Lock()
        self._asked: dict[str, deque[float]] = defaultdict(deque)
        self._under_way: dict[str, list[float]] = defaultdict(list)

    @contextmanager
    def question(self, name: str) -> Iterator[None]:
        """A question of the user `name`, from its beginning to its end. Raises AssistantError if it is one
        too many; then it does not count."""
        if not name:
            yield
            return
        now = self._begin(name)
        try:
            yield
        finally:
            with self._lock:
                if now in self._under_way[name]:
                    self._under_way[name].remove(now)

    def _begin(self, name: str) -> float:
        with self._lock:
            now = self._clock()
            self._forget(now)
            asked, under_way = self._asked[name], self._under_way[name]
            if len(under_way) >= self._at_once:
                raise Said("ask.at_once", count=len(under_way))
            if len(asked) >= self._a_minute:
                raise Said("ask.pace", count=len(asked), seconds=max(1, ceil(asked[0] + 60 - now)))
            asked.append(now)
            under_way.append(now)
            return now

    def _forget(self, now: float) -> None:
        for name, asked in list(self._asked.items()):
            while asked and asked[0] <= now - 60:
                asked.popleft()
            self._under_way[name] = [each for each in self._under_way[name] if each > now - _FORGOTTEN]
            if not asked and not self._under_way[name]:
                del self._asked[name], self._under_way[name]
