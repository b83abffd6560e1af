"""The server killed while it answers, and started again: what has become of the conversations.

    python tests/benchmarks/killed_chat.py --library DIR [--kills 8] [--seed 0]

On a copy of the library, served by `python -m assistant serve`. Each time a person asks one question to its
end and a second one, and the server gets SIGKILL somewhere in that. Exit code 1 where a conversation is not
whole: each has its first answer, and the second question with its answer or as one that was interrupted.
"""

from __future__ import annotations

import os
import random
import secrets
import shutil
import signal
import sys
import tempfile
import threading
from pathlib import Path

from chat import _ask, _asking, serving
from common import Report, arguments, data, json_lines, run


def main() -> int:
    parser = arguments(__doc__)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument(
        "--bank", type=Path, default=data("banks", "dev.jsonl"), help="where the questions are from"
    )
    parser.add_argument("--kills", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    questions = [row["question"] for row in json_lines(options.bank) if not row.get("history")]
    chance = random.Random(options.seed)
    report = Report("killed_chat", options.library.resolve())
    with tempfile.TemporaryDirectory() as place:
        library = Path(place) / "library"
        shutil.copytree(options.library, library, ignore=shutil.ignore_patterns("records.sqlite*"))
        moments = []
        for _ in range(options.kills):
            moments.append(chance.random() * 0.5)
            _killed(library, chance.sample(questions, 2), moments[-1])
        whole, interrupted, faults = _left(library, options.kills)
        with serving(library) as (_, started, _process):
            report.add("from exec until the page answers, after the last kill", started, "s")
    report.add("kills", options.kills)
    report.add("conversations whole", whole)
    report.add("of these, second question interrupted", interrupted)
    report.finish(options.json)
    for fault in faults:
        print(f"FAILED: {fault}", file=sys.stderr)
    return int(bool(faults))


def _killed(library: Path, questions: list[str], after: float) -> None:
    """Asks both questions in one conversation, and kills the server `after` seconds into the second."""
    import httpx

    with serving(library) as (address, _, process), httpx.Client(base_url=address, timeout=60) as client:
        client.get("/").raise_for_status()
        asking, values = _asking(client.get("/config").json())
        name = secrets.token_hex(8)
        first = _ask(client, asking, values, name, questions[0], set())
        if first.problem:
            raise SystemExit(f"FAILED: the first question: {first.problem}")
        threading.Timer(after, os.kill, (process, signal.SIGKILL)).start()
        try:
            while True:  # an answer may come before the blow: then the next is under way
                _ask(client, asking, values, name, questions[1], set())
        except httpx.HTTPError:
            return


def _left(library: Path, expected: int) -> tuple[int, int, list[str]]:
    """(conversations that are whole, how many of them end in an interrupted question, what is wrong)."""
    from assistant.kept import INTERRUPTED, Conversations

    store = Conversations(library)
    lines = store.list("")
    faults = [] if len(lines) == expected else [f"{len(lines)} conversations of {expected} are left"]
    interrupted = 0
    for line in lines:
        first, *others = store.open("", line.id).exchanges
        broken = [each for each in others if each.result is None and each.problem != INTERRUPTED]
        if first.result is None or broken or any(each.result is None for each in others[:-1]):
            faults.append(f"conversation {line.id} is not whole")
        elif others and others[-1].result is None:
            interrupted += 1
    return len(lines) - sum("is not whole" in each for each in faults), interrupted, faults


if __name__ == "__main__":
    run(main)
