"""Child processes that read files within limits of time and memory; one bad file ends alone."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any, TypeVar

from ingest.documents import IngestError, SkippedFile, UnreadableFile

log = logging.getLogger(__name__)

T = TypeVar("T")
R = TypeVar("R")

GIB = 1024**3


class ReaderPool:
    """Runs a picklable top-level function over jobs in child processes, started at the first job.

    workers: None for as many as there are cores. memory: bytes of address space a child may use.
    """

    def __init__(self, workers: int | None = None, memory: int = 2 * GIB) -> None:
        self._workers = workers or os.cpu_count() or 1
        self._memory = memory
        self._pool: Any = None

    def __enter__(self) -> ReaderPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            if kind is None:
                self._pool.close()
            else:
                self._pool.stop()
            self._pool.join()

    def read_all(
        self, jobs: Iterable[T], work: Callable[[T], R], timeout: float
    ) -> Iterator[tuple[T, R | UnreadableFile | SkippedFile]]:
        """(job, result or the reason why there is none) as they complete. `timeout`: seconds a job may run."""
        import concurrent.futures as futures

        waiting = {}
        for job in jobs:
            waiting[self._started().schedule(work, args=[job], timeout=timeout)] = job
        for done in futures.as_completed(waiting):
            job = waiting.pop(done)
            yield job, _outcome(done, timeout)

    def _started(self) -> Any:
        if self._pool is None:
            import multiprocessing

            from pebble import ProcessPool

            self._pool = ProcessPool(
                max_workers=self._workers,
                initializer=_limit,
                initargs=[self._memory],
                context=multiprocessing.get_context("spawn"),
            )
        return self._pool


def _limit(memory: int) -> None:
    """In the child: a bound on memory, a lower priority, and quiet libraries."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)
    for name in ("pypdf", "pdfminer", "pdfplumber", "fontTools"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _outcome(done: Any, timeout: float) -> Any:
    from pebble import ProcessExpired

    try:
        return done.result()
    except (UnreadableFile, SkippedFile) as error:
        return error
    except IngestError as error:
        return UnreadableFile(str(error))
    except TimeoutError:
        return UnreadableFile(
            f"took longer than {timeout:.0f} seconds to read; raise ASSISTANT_READ_TIMEOUT or export it again"
        )
    except MemoryError:
        return UnreadableFile("needs more memory than a reader may use; raise ASSISTANT_READ_MEMORY or split it")
    except RecursionError:
        return UnreadableFile("is nested too deeply to be read; export it again")
    except ProcessExpired as error:
        log.warning("a reading process ended with %s", error.exitcode)
        return UnreadableFile("the reader crashed on it; export it again or give another format")
    except Exception as error:  # a library's own error: the file is named, the others go on
        log.warning("a file could not be read", exc_info=error)
        return UnreadableFile(f"is damaged ({type(error).__name__}: {str(error)[:120]}); export it again")
