"""Looks for what could be asked next, while nobody asks."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from assistant.answer import Answer
from assistant.web.engine import Engine

log = logging.getLogger(__name__)


class Suggestions:
    """One for an application: each suggestion is asked first, and no question may wait for that."""

    def __init__(self) -> None:
        self._lock, self._busy = threading.Lock(), threading.Lock()
        self._under_way = 0

    @contextmanager
    def asking(self) -> Iterator[None]:
        """A question of someone, from its beginning to its end."""
        with self._lock:
            self._under_way += 1
        try:
            yield
        finally:
            with self._lock:
                self._under_way -= 1

    def after(self, engine: Engine, answer: Answer) -> tuple[str, ...]:
        """Up to three questions that have an answer; fewer, or none, where somebody asks meanwhile."""
        if self._under_way or not self._busy.acquire(blocking=False):
            return ()
        found: list[str] = []
        try:
            for question in engine.next_questions(answer):
                if question:
                    found.append(question)
                if self._under_way:
                    break
        except Exception as error:  # a courtesy: the answer stands without it
            log.warning("no further questions: %s", type(error).__name__)
        finally:
            self._busy.release()
        return tuple(found[:3])
