"""People who use the chat for a while: each signs in and asks at a steady pace, then many ask at one moment.

    python tests/benchmarks/load.py --library DIR [--people 50] [--every 10] [--minutes 10] [--burst 200]

On a copy of the library, with users of its own, served by `python -m assistant serve`, over HTTP as the page
does. Each question carries a word that no other person's has; none may come back to anybody else. Exit code 1
where a question failed, words crossed, p95 is over 2 seconds, or one is slow 10 seconds after the burst.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chat import Asked, _ask, _asking, serving
from common import Report, arguments, data, json_lines, percentile, run

_PASSWORD = "a quiet harbour in winter"
_BUSY = (
    "busy",
    "within a minute",
    "being answered",
    "waits its turn",
    "queue answered",
)  # clear words, not faults


@dataclass
class Watched:
    """What the server holds, every few seconds: MiB of memory of its own, open files.

    Not of files: each thread maps the catalogue anew, and one copy in memory would be counted many times.
    """

    process: int
    memory: list[float] = field(default_factory=list)
    files: list[int] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        while not self.ended.wait(5):
            here = Path(f"/proc/{self.process}")
            held = next(
                line for line in (here / "status").read_text().splitlines() if line.startswith("RssAnon")
            )
            self.memory.append(int(held.split()[1]) / 1024)
            self.files.append(sum(1 for _ in (here / "fd").iterdir()))


def main() -> int:
    parser = arguments(__doc__)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument(
        "--bank", type=Path, default=data("banks", "dev.jsonl"), help="where the questions are from"
    )
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--every", type=float, default=10.0, help="seconds between one's questions")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--burst", type=int, default=200, help="questions at one moment")
    options = parser.parse_args()
    questions = [row["question"] for row in json_lines(options.bank) if not row.get("history")]
    report = Report("load", options.library.resolve())
    with tempfile.TemporaryDirectory() as place:
        library = Path(place) / "library"
        shutil.copytree(
            options.library, library, ignore=shutil.ignore_patterns("records.sqlite*", "people.sqlite*")
        )
        people = _people(library, options.people)
        with serving(library) as (address, started, process):
            report.add("from exec until the page answers", started, "s")
            watched = Watched(process)
            watching = threading.Thread(target=watched.watch)
            watching.start()
            visits = [Visit(address, name) for name in people]
            for visit in visits:
                visit.sign_in()
            steady = _steady(visits, questions, options)
            burst, again = _burst(visits, questions, options.burst)
            watched.ended.set()
            watching.join()
    return _told(report, options, steady, burst, again, watched)


def _people(library: Path, count: int) -> list[str]:
    from assistant.users import Users

    users = Users(library)
    users.add("keeper", "admin", password=_PASSWORD)
    names = [f"person{number}" for number in range(count)]
    for name in names:
        users.add(name, "focal point", password=_PASSWORD)
    return names


class Visit:
    """One person with the page open. Their word stands in each of their questions."""

    def __init__(self, address: str, name: str) -> None:
        import httpx

        self.word = "".join(random.Random(name).choices("bcdfghjklmnpqrstvwxz", k=9))
        self.name = name
        self.client = httpx.Client(base_url=address, timeout=120, follow_redirects=True)

    def sign_in(self) -> None:
        self.client.post("/login", data={"name": self.name, "password": _PASSWORD}).raise_for_status()
        self.client.get("/").raise_for_status()
        self.asking, self.values = _asking(self.client.get("/config").json())

    def ask(self, question: str, words: set[str]) -> Asked:
        """In a session of its own, so that several may go on at once."""
        import secrets

        import httpx

        asked, begun = f"{question} {self.word}", time.perf_counter()
        try:
            return _ask(
                self.client, self.asking, self.values, secrets.token_hex(8), asked, words - {self.word}
            )
        except httpx.HTTPError as error:  # a line that goes dead is a fault as well, and the others go on
            return Asked(0.0, time.perf_counter() - begun, f"the line: {type(error).__name__}")


def _steady(visits: list[Visit], questions: list[str], options: Any) -> list[Asked]:
    words = {visit.word for visit in visits}
    end = time.monotonic() + options.minutes * 60

    def live(number: int) -> list[Asked]:
        chance = random.Random(number)
        found = []
        due = time.monotonic() + chance.random() * options.every
        while due < end:
            time.sleep(max(0.0, due - time.monotonic()))
            found.append(visits[number].ask(chance.choice(questions), words))
            due = max(due + options.every, time.monotonic())
        return found

    with ThreadPoolExecutor(len(visits)) as pool:
        return [each for part in pool.map(live, range(len(visits))) for each in part]


def _burst(visits: list[Visit], questions: list[str], count: int) -> tuple[list[Asked], float]:
    """What became of `count` questions at one moment; seconds of one asked 10 seconds after they ended."""
    words = {visit.word for visit in visits}
    start = threading.Barrier(count)

    def one(number: int) -> Asked:
        start.wait()
        return visits[number % len(visits)].ask(questions[number % len(questions)], words)

    with ThreadPoolExecutor(count) as pool:
        found = list(pool.map(one, range(count)))
    time.sleep(10)
    again = visits[-1].ask(questions[0], words)
    return found, again.whole if not again.problem else float("inf")


def _told(
    report: Report, options: Any, steady: list[Asked], burst: list[Asked], again: float, watched: Watched
) -> int:
    wrong = Counter(each.problem for each in steady if each.problem)
    report.section(
        f"{options.people} people, a question each {options.every:g} s, {options.minutes:g} minutes"
    )
    report.add("questions", len(steady))
    report.latency("whole answer", [each.whole for each in steady if not each.problem])
    report.add("questions that failed", sum(wrong.values()))
    fifth = max(1, len(watched.memory) // 5)
    report.add("memory in the second fifth", round(percentile(watched.memory[fifth : 2 * fifth], 0.5)), "MiB")
    report.add("memory at the end", round(percentile(watched.memory[-fifth:], 0.5)), "MiB")
    report.add("open files, most", max(watched.files, default=0))
    report.section(f"{options.burst} questions at one moment")
    turned = [each for each in burst if any(word in each.problem for word in _BUSY)]
    failed = Counter(each.problem for each in burst if each.problem and each not in turned)
    report.add("answered", sum(not each.problem for each in burst))
    report.add("told that the assistant is busy", len(turned))
    report.add("failed otherwise", sum(failed.values()))
    report.latency("whole answer", [each.whole for each in burst if not each.problem])
    report.add("a question 10 seconds later", again, "s")
    report.finish(options.json)
    for problem, times in (*wrong.items(), *failed.items()):
        print(f"FAILED: {problem} ({times} times)", file=sys.stderr)
    slow = percentile([each.whole for each in steady if not each.problem], 0.95) > 2
    return int(bool(wrong or failed or slow or again > 2))


if __name__ == "__main__":
    run(main)
