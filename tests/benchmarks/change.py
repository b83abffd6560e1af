"""How long a changed file takes to be live: from the start of the sync to the first answer that rests on it.

    python tests/benchmarks/change.py FOLDER --library DIR [--times 5]

FOLDER is one that the library follows. A file of one page is written there, synced, changed and synced again
(`python -m ingest sync FOLDER`, a process of its own), while an assistant here answers throughout.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from common import ROOT, Report, arguments, environment, open_assistant, run, settings

from assistant.answer import Answer
from assistant.chat import Assistant

_LONGEST = 300.0  # seconds
_NAME = "changed-for-a-benchmark.txt"
_QUESTION = "How many benchmark kites did the Harbour Kite Programme fly?"


def main() -> int:
    parser = arguments(__doc__)
    parser.add_argument(
        "folder", type=Path, help="a folder that the library follows; a file is written there"
    )
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--times", type=int, default=5)
    wanted = parser.parse_args()
    file = wanted.folder / _NAME
    report = Report("change", wanted.library)
    live, synced = [], []
    with open_assistant(wanted.library) as assistant:
        assistant.live.follow()
        try:
            for number in range(wanted.times + 1):  # the first adds the file, the others change it
                file.write_text(
                    f"Harbour Kite Programme, a note\n\nIt flew {7000 + number} benchmark kites.\n"
                )
                begun = time.monotonic()
                command = [sys.executable, "-m", "ingest", "sync", str(wanted.folder), "--no-ocr"]
                with subprocess.Popen(
                    command, cwd=ROOT, env=environment(settings(wanted.library)),
                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                ) as work:  # fmt: skip
                    _until(assistant, str(7000 + number), begun)
                    live.append(time.monotonic() - begun)
                    work.wait()
                    synced.append(time.monotonic() - begun)
            documents = len(assistant.sources())
        finally:
            file.unlink()
    report.latency("to the first answer from the changed file", live[1:])
    report.latency("the whole sync", synced[1:])
    report.add("documents in the library", documents)
    report.finish(wanted.json)
    return 0


def _until(assistant: Assistant, words: str, begun: float) -> None:
    """Asks until the answer holds `words`."""
    while time.monotonic() - begun < _LONGEST:
        result = assistant.ask(_QUESTION)
        if isinstance(result, Answer) and words in result.text:
            return
        time.sleep(0.2)
    raise SystemExit(f"The change was not live within {_LONGEST:.0f} seconds.")


if __name__ == "__main__":
    run(main)
