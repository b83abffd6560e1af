"""Damaged documents to the readers, in their child process, for so many seconds: what became of them.

Exit code 1 where one ended otherwise than in a reading or a stated reason.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from common import ROOT, Report, arguments, run
from hypothesis import HealthCheck, given, seed
from hypothesis import settings as hypothesis_settings

sys.path.insert(0, str(ROOT))  # the mutations are the tests'

from ingest.readers.child import ReaderPool
from ingest.reading import ReadDocument, ReadJob, read_document
from tests.ingest.readers import fuzzing

ROUND = 250  # documents


def main() -> int:
    parser = arguments(__doc__)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--read-timeout", type=float, default=20.0, help="seconds a file may take")
    parser.add_argument("--keep", type=Path, help="folder for what crashed, was slow or broke a promise")
    options = parser.parse_args()
    report = Report("fuzz", f"{options.seconds:g} s, seed {options.seed}")
    until = time.monotonic() + options.seconds
    became: Counter[str] = Counter()
    formats: Counter[str] = Counter()
    broken: list[str] = []
    with tempfile.TemporaryDirectory(prefix="fuzz-") as scratch, ReaderPool(workers=1) as pool:
        rounds = 0
        while time.monotonic() < until:

            @seed(options.seed * 10_000 + rounds)
            @hypothesis_settings(
                max_examples=ROUND, deadline=None, database=None, suppress_health_check=[*HealthCheck]
            )
            @given(fuzzing.damaged())
            def tried(made: tuple[str, bytes]) -> None:
                if time.monotonic() > until:
                    return  # the rest is left out
                path = fuzzing.write(Path(scratch), *made, 0)
                job = ReadJob(path, "0" * 64)
                ((_, outcome),) = pool.read_all([job], read_document, options.read_timeout)
                what, wrong = kind(outcome), fuzzing.broken_promise(outcome)
                became[what] += 1
                formats[made[0]] += 1
                if wrong:
                    broken.append(wrong)
                if options.keep and (wrong or what in ("crashed its reader", "took too long")):
                    options.keep.mkdir(parents=True, exist_ok=True)
                    fuzzing.write(options.keep, *made, formats.total())

            tried()
            rounds += 1
    report.add("documents", formats.total())
    for name, count in sorted(formats.items()):
        report.add(f"  {name}", count)
    report.section("What became of them")
    for name, count in became.most_common():
        report.add(name, count)
    report.add("broken promises", len(broken))
    report.finish(options.json)
    for sentence in broken[:20]:
        print(f"FAILED: {sentence}", file=sys.stderr)
    return 1 if broken else 0


def kind(outcome: fuzzing.Outcome) -> str:
    if isinstance(outcome, ReadDocument):
        return "read"
    reason = str(outcome)
    if "crash" in reason:
        return "crashed its reader"
    if "took longer" in reason:
        return "took too long"
    named = re.search(r"damaged \((\w+)", reason)
    return f"damaged: {named[1]}" if named else re.sub(r"[\d.,]+", "n", reason)[:60]


if __name__ == "__main__":
    run(main)
