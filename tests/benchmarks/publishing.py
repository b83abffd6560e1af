"""Publishing while people ask: what the questions notice, and whether memory and files are given back.

    python tests/benchmarks/publishing.py [--library DIR] [--clients 20] [--publishes 10] [--flat 30]

Without --library the sample documents are indexed into a folder of its own, twice over. With it, DIR needs
two generations; they are published in turn, and at the end the one that was live is live again. `clients`
threads ask without pause, first undisturbed, then during `publishes` publications: p50, p95, errors. Then
`flat` publications in one process: memory and open files after each. Exit code 1 where a question failed or
p95 more than doubled.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from common import ROOT, percentile, settings  # type: ignore[import-not-found]

from assistant.chat import Assistant
from ingest.library import Library

QUESTIONS = (
    "How many people returned voluntarily?",
    "What does the framework say on remittances?",
    "Quels sont les enseignements tirés du projet ?",
    "Which indicator measures the outcome on labour migration?",
    "What did the evaluation recommend to the ministry?",
)
_PHASE = 20.0  # seconds that the undisturbed phase lasts


class Clients:
    """Threads that ask without pause. seconds: of each answer; errors: what went wrong."""

    def __init__(self, assistant: Assistant, count: int) -> None:
        self.assistant, self.count = assistant, count
        self.seconds: list[float] = []
        self.errors: list[str] = []
        self.generations: set[str] = set()
        self._stop = threading.Event()

    @contextmanager
    def asking(self) -> Iterator[None]:
        threads = [threading.Thread(target=self._ask, args=(number,)) for number in range(self.count)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    def _ask(self, number: int) -> None:
        for question in itertools.islice(itertools.cycle(QUESTIONS), number, None):
            if self._stop.is_set():
                return
            start = time.monotonic()
            try:
                result = self.assistant.ask(question)
            except Exception as error:
                self.errors.append(repr(error))
            else:
                self.seconds.append(time.monotonic() - start)
                self.generations.add(result.receipt.generation)

    def figures(self) -> dict[str, Any]:
        return {
            "answers": len(self.seconds),
            "errors": self.errors,
            "p50": round(percentile(self.seconds, 0.5), 3),
            "p95": round(percentile(self.seconds, 0.95), 3),
            "generations": sorted(self.generations),
        }


def _two_generations(root: Path) -> None:
    from ingest.embeddings import VectorCache
    from ingest.settings import embedder_for
    from ingest.sync import rebuild, sync

    values = settings(root)
    cache = VectorCache(root / "vectors.sqlite")
    embedder = embedder_for(values)
    sync(Library(root), ROOT / "eval" / "corpus" / "documents", embedder, cache, values)
    rebuild(Library(root), embedder, cache, values)


def _in_turn(library: Library) -> list[str]:
    """The newest generation beside the live one, and the live one."""
    live = str(library.live())
    return [*[name for name in library.generations() if name != live][-1:], live]


def _under_load(root: Path, clients: int, publishes: int) -> dict[str, Any]:
    library = Library(root)
    live = library.live()
    names = _in_turn(library)
    if len(names) < 2:
        raise SystemExit(f"{root} has one generation only; run: python -m ingest rebuild")
    with Assistant(settings(root)) as assistant:
        assistant.warm_up()
        assistant.live.follow()
        before = Clients(assistant, clients)
        with before.asking():
            time.sleep(_PHASE)
        during = Clients(assistant, clients)
        with during.asking():
            for name in itertools.islice(itertools.cycle(names), publishes):
                library.publish(name)
                time.sleep(_PHASE / 5)
    library.publish(str(live))
    return {"undisturbed": before.figures(), "during publishes": during.figures()}


def _flat(root: Path, times: int) -> dict[str, Any]:
    library = Library(root)
    live = str(library.live())
    names = _in_turn(library)
    memory, files = [], []
    with Assistant(settings(root)) as assistant:
        assistant.warm_up()
        for name in itertools.islice(itertools.cycle(names), times):
            library.publish(name)
            assistant.ask(QUESTIONS[0])
            memory.append(_resident())
            files.append(len(os.listdir("/proc/self/fd")))
    library.publish(live)
    return {"MiB": memory, "open files": files}


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--library", type=Path)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--publishes", type=int, default=10)
    parser.add_argument("--flat", type=int, default=30)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        root = options.library or Path(place) / "library"
        if options.library is None:
            _two_generations(root)
        figures = {
            "cores": os.cpu_count(),
            "load": os.getloadavg()[0],
            **_under_load(root, options.clients, options.publishes),
            "flat": _flat(root, options.flat),
        }
    print(json.dumps(figures, indent=2))
    if options.json:
        options.json.write_text(json.dumps(figures))
    during, before = figures["during publishes"], figures["undisturbed"]
    if during["errors"] or before["errors"] or during["p95"] > 2 * before["p95"]:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
