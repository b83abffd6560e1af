"""A child process kept ready for quick jobs on single files, within limits of time and memory."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from typing import TypeVar

from ingest.readers.child import GIB, ReaderPool

T = TypeVar("T")
R = TypeVar("R")


class Standby:
    """Started at the first job (half a second), then it answers at once. Safe to share between threads:
    one job at a time. A job that takes too long or crashes ends the child; the next job starts another."""

    def __init__(self, seconds: float, memory: int = GIB) -> None:
        self._seconds = seconds
        self._pool = ReaderPool(workers=1, memory=memory)
        self._lock = threading.Lock()
        self.close = weakref.finalize(self, self._pool.__exit__, None, None, None)

    def run(self, work: Callable[[T], R], job: T) -> R:
        """`work(job)` in the child; `work` is a top-level function. Raises IngestError with the reason."""
        with self._lock:
            _, outcome = next(iter(self._pool.read_all([job], work, self._seconds)))
        if isinstance(outcome, Exception):
            raise outcome
        return outcome
