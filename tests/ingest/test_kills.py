"""A sync killed at any moment leaves the old generation answering, and the next one ends: a short run."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_kills_at_any_moment_break_no_promise(tmp_path: Path) -> None:
    # In a process of its own: it forks, and this one has threads by now.
    seed = random.randrange(10**6)
    code = (
        "import sys; from pathlib import Path; from tests.benchmarks.kills import run\n"
        f"tally = run(Path(sys.argv[1]), 6, {seed})\n"
        "print(tally); sys.exit(bool(tally.wrong))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, f"seed {seed}: {done.stdout}{done.stderr}"
