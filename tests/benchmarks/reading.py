"""Reads a folder: pages a second by the wall clock and by CPU time, what tables cost, slowest files."""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from common import Report, arguments, present, run

from ingest.quality import Quality, quality


@dataclass(frozen=True)
class Job:
    """One file to read, with or without a look for tables."""

    path: Path
    tables: bool


@dataclass(frozen=True)
class Result:
    quality: Quality
    cpu: float  # seconds, of the child


def read(job: Job) -> Result:
    """In the child: reads a file and says how well; the text stays there, so that only reading is timed."""
    from ingest.readers import read_file

    begun = time.process_time()
    with nullcontext() if job.tables else _without_tables():
        pages = read_file(job.path).pages
    return Result(quality(pages), time.process_time() - begun)


@contextmanager
def _without_tables() -> Iterator[None]:
    with (
        mock.patch("ingest.readers.pdf.may_hold_table", return_value=False),
        mock.patch("ingest.readers.pdf.PdfiumPage.rules", return_value=[]),
    ):
        yield


def main() -> int:
    parser = arguments(__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--suffix", default=".pdf", help="of the files that are read")
    parser.add_argument("--slowest", type=int, default=8, help="how many files to name")
    options = parser.parse_args()
    files = [
        path for path in sorted(present(options.folder).rglob("*")) if path.suffix.lower() == options.suffix
    ]
    if not files:
        raise SystemExit(f"Nothing was measured: no {options.suffix} below {options.folder}")
    report = Report("reading", f"{len(files)} files of {options.folder}, {options.workers} at a time")
    for tables in (True, False):
        measure(report, [Job(path, tables) for path in files], options.workers, options.slowest)
    report.finish(options.json)
    return 0


def measure(report: Report, jobs: list[Job], workers: int, slowest: int) -> None:
    """One pass over the files, in child processes as a sync reads them."""
    from ingest.readers.child import ReaderPool

    what = "with tables" if jobs[0].tables else "without tables"
    report.section(what)
    results: list[tuple[Path, Result]] = []
    failed: list[tuple[Path, str]] = []
    begun, before = time.perf_counter(), _children()
    with ReaderPool(workers=workers) as pool:
        for job, result in pool.read_all(jobs, read, timeout=120):
            if isinstance(result, Result):
                results.append((job.path, result))
            else:
                failed.append((job.path, str(result)))
    wall, whole = time.perf_counter() - begun, _children() - before
    pages = sum(result.quality.pages for _, result in results)
    cpu = sum(result.cpu for _, result in results)
    report.add(f"{what}: pages", pages)
    report.add(f"{what}: pages a second, wall", pages / wall)
    report.add(f"{what}: pages a CPU second, reading alone", pages / cpu)
    report.add(f"{what}: pages a CPU second, with the children's start", pages / whole)
    report.add(f"{what}: tables", sum(result.quality.tables for _, result in results))
    report.add(f"{what}: pages with a problem", sum(result.quality.unread for _, result in results))
    report.add(f"{what}: encoding faults", sum(result.quality.faults for _, result in results))
    for path, reason in failed:
        print(f"      {path.name}: {reason}")
    for path, result in sorted(results, key=lambda item: -item[1].cpu)[:slowest] if jobs[0].tables else ():
        print(f"      {result.cpu:5.2f} s  {result.quality.pages:4} pages  {path.name}")


def _children() -> float:
    """CPU seconds of the child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    if sys.platform == "win32":
        sys.exit("Nothing was measured: this benchmark counts CPU time as Unix does.")
    run(main)
