"""Child processes that read files within limits of time and memory; one bad file ends alone."""

from __future__ import annotations

import logging
import os
import pickle
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from ingest.documents import LONGEST_WHY, IngestError, Reading, SkippedFile, UnreadableFile
from ingest.readers.detect import Format, detect

if TYPE_CHECKING:
    from concurrent.futures import Future

    from pebble import ProcessPool

log = logging.getLogger(__name__)

T = TypeVar("T")
R = TypeVar("R")

GIB = 1024**3
MOST_TEXT = 50_000_000  # characters: more is no document that anyone cites from
# A child is renewed after so many files: parsers leave holes in the memory that the limit counts.
_FILES_A_CHILD = 100
_NOISY = ("pypdf", "pypdfium2", "fontTools", "charset_normalizer", "markdown_it")


def read_file(path: Path, *, most_text: int = MOST_TEXT, password: str = "") -> Reading:
    """Reads a file by what it holds, whatever its name says. `most_text`: characters. `password`: a PDF's.

    Raises SkippedFile for what is no document that this program reads, UnreadableFile for one that ought
    to be and cannot.
    """
    reading = _reader(detect(path), password)(path)
    size = 0
    for page in reading.pages:
        # Cells that span rows are repeated in each, so they count beside the text.
        size += sum(len(block.text) + sum(len(cell) for _, cell in block.cells) for block in page.blocks)
    if size > most_text:
        raise UnreadableFile(
            f"the file holds {size / 1e6:.0f} million characters, more than the {most_text / 1e6:.0f} million"
            " that are read; split it"
        )
    return reading


def _reader(found: Format, password: str) -> Callable[[Path], Reading]:
    """Imported when needed: a child loads only the libraries of its files' formats."""
    if found == "pdf":
        from ingest.readers.pdf import read_pdf

        return partial(read_pdf, password=password)
    read: Callable[[Path], Reading]
    if found == "docx":
        from ingest.readers.docx import read_docx as read
    elif found == "html":
        from ingest.readers.html import read_html as read
    elif found == "markdown":
        from ingest.readers.markdown import read_markdown as read
    else:
        from ingest.readers.plain import read_text as read
    return read


class ReaderPool:
    """Runs a picklable top-level function over jobs in child processes, started at the first job.

    workers: None for as many as there are cores. memory: bytes of address space a child may use.
    """

    def __init__(self, workers: int | None = None, memory: int = 2 * GIB) -> None:
        self._workers = workers or os.cpu_count() or 1
        self._memory = memory
        self._pool: ProcessPool | None = None

    def __enter__(self) -> ReaderPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def read_all(
        self, jobs: Iterable[T], work: Callable[[T], R], timeout: float
    ) -> Iterator[tuple[T, R | UnreadableFile | SkippedFile]]:
        """(job, result or the reason why there is none) as they complete.

        `timeout`: seconds a job may run, from when a child takes it. Only a few jobs are under way at a
        time, so that results which nobody has fetched yet do not fill the memory.
        """
        from concurrent.futures import FIRST_COMPLETED, wait

        waiting: dict[Future[bytes | _Failure], T] = {}
        rest = iter(jobs)
        more = True
        try:
            while more or waiting:
                while more and len(waiting) < 2 * self._workers:
                    try:
                        job = next(rest)
                    except StopIteration:
                        more = False
                        break
                    waiting[self._started().schedule(_guarded, args=[work, job], timeout=timeout)] = job
                done, _ = wait(waiting, return_when=FIRST_COMPLETED)
                for future in done:
                    job = waiting.pop(future)
                    yield job, _outcome(job, future, timeout)
        finally:
            for future in waiting:
                future.cancel()

    def _started(self) -> ProcessPool:
        if self._pool is not None and not self._pool.active:
            self._stop()
        if self._pool is None:
            import multiprocessing

            from pebble import ProcessPool

            self._pool = ProcessPool(
                max_workers=self._workers,
                max_tasks=_FILES_A_CHILD,
                initializer=_limit,
                initargs=[self._memory],
                context=multiprocessing.get_context("spawn"),
            )
        return self._pool

    def _stop(self) -> None:
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call]
            self._pool.join()
            self._pool = None


@dataclass(frozen=True)
class _Failure:
    """What went wrong in a child, as plain text: a library's exceptions do not always survive pickling."""

    reason: str
    skipped: bool = False
    error: str = ""
    trace: str = ""


def _outcome(job: object, future: Future[bytes | _Failure], timeout: float) -> Any:
    """The job's result, or the reason why there is none."""
    from concurrent.futures import CancelledError
    from concurrent.futures.process import BrokenProcessPool

    from pebble import ProcessExpired

    try:
        result = future.result()
    except TimeoutError:
        log.warning("reading took longer than %s s: %r", timeout, job)
        return UnreadableFile(
            f"the file took longer than {timeout:g} seconds to read;"
            " split it, or raise ASSISTANT_READ_TIMEOUT and sync with --retry"
        )
    except ProcessExpired as error:
        log.warning("the reading process ended with code %s: %r", error.exitcode, job)
        return UnreadableFile("the file made its reader crash; export it again or give another format")
    except (BrokenProcessPool, CancelledError, RuntimeError) as error:
        log.warning("the reading processes stopped (%r): %r", error, job)
        return UnreadableFile("the reading processes stopped before the file was read; sync again")
    if not isinstance(result, _Failure):
        return pickle.loads(result)
    if result.trace:
        log.warning("could not read %r: %s", job, result.error)
        log.debug("%s", result.trace)
    return SkippedFile(result.reason) if result.skipped else UnreadableFile(result.reason)


def _guarded(work: Callable[[T], R], job: T) -> bytes | _Failure:
    """In the child: the pickled result of `work`; whatever is raised becomes one clear sentence.

    Pickled here, because an error while pebble pickles a result ends the process.
    """
    try:
        return pickle.dumps(work(job))
    except IngestError as error:
        return _Failure(str(error), skipped=isinstance(error, SkippedFile))
    except MemoryError:
        reason = (
            "the file needs more memory than a reader may use; split it, or raise ASSISTANT_READ_MEMORY and"
            " sync with --retry"
        )
        return _Failure(reason, error="MemoryError", trace="no trace: it would need memory")
    except RecursionError as error:
        reason = "the file is nested too deeply to be read; export it again"
        return _Failure(reason, error=repr(error)[:300], trace=traceback.format_exc(limit=5))
    except OSError as error:
        reason = f"the file cannot be read from the disk ({error.strerror or error}); check it and sync again"
        return _Failure(reason, error=repr(error)[:300], trace=traceback.format_exc())
    except (
        Exception
    ) as error:  # whatever a damaged file provokes in a library: this file ends, the others go on
        reason = f"the file is damaged ({_short(error)}); export or download it again"
        return _Failure(reason, error=repr(error)[:300], trace=traceback.format_exc())


def _short(error: Exception) -> str:
    words = " ".join(str(error).split())[:LONGEST_WHY]
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


def _limit(memory: int) -> None:
    """In the child: a bound on memory, a lower priority, no core dumps, and quiet libraries."""
    if sys.platform != "win32":
        import resource

        for kind, size in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CORE, 0)):
            hard = resource.getrlimit(kind)[1]
            allowed = size if hard == resource.RLIM_INFINITY else min(size, hard)
            try:
                resource.setrlimit(kind, (allowed, hard))
            except (ValueError, OSError) as error:  # macOS has no bound on the address space
                log.warning("no limit on a reader's memory: %s", error)
        os.nice(5)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.CRITICAL)
