"""Measures indexing a folder: files, stages, memory, a second sync, a rebuild, the model's bare speed."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from common import ROOT, Report, arguments, run, settings, timed

if TYPE_CHECKING:
    from ingest.catalogue import FileEntry
    from ingest.library import Library
    from ingest.settings import IngestSettings

MIB = 1024


class Clock:
    """A Progress that notes when each stage began."""

    def __init__(self) -> None:
        self.begun = [("scan and plan", time.perf_counter(), time.process_time())]

    def __call__(self, stage: str, done: int, total: int, detail: str) -> None:
        if stage != self.begun[-1][0]:
            self.begun.append((stage, time.perf_counter(), time.process_time()))

    def end(self) -> dict[str, tuple[float, float]]:
        """Stage -> (seconds, CPU seconds of this process); one that comes again (after OCR) is added up, and
        the last holds the checks and publishing too."""
        ends = [*self.begun[1:], ("", time.perf_counter(), time.process_time())]
        found: dict[str, tuple[float, float]] = {}
        for (name, at, busy), until in zip(self.begun, ends, strict=True):
            seconds, cpu = found.get(name, (0.0, 0.0))
            found[name] = seconds + until[1] - at, cpu + until[2] - busy
        return found


def main() -> int:
    parser = arguments(__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--library", type=Path, required=True, help="a directory that does not exist yet")
    parser.add_argument("--compare", action="store_true", help="embed the same texts with the bare model too")
    parser.add_argument("--sample", type=int, default=1, metavar="N", help="compare every N-th text, scaled")
    options = parser.parse_args()
    if options.library.exists() and any(options.library.iterdir()):
        raise SystemExit(f"{options.library} is not empty; name a directory for a fresh library")
    if not options.folder.is_dir():
        raise SystemExit(f"Nothing was measured: {options.folder} is absent")
    from ingest.embeddings import VectorCache
    from ingest.library import Library
    from ingest.settings import embedder_for
    from ingest.sync import rebuild, sync

    values = settings(options.library)
    report = Report("index", options.folder.resolve())
    embedder = embedder_for(values)
    loading, _ = timed(lambda: embedder.encode_passages(["warm up"]))
    report.add("loading the model", loading, "s")
    library, cache = Library(values.library), VectorCache(values.library / "vectors.sqlite")
    clock = Clock()
    first, outcome = timed(lambda: sync(library, options.folder, embedder, cache, values, clock))
    stages = clock.end()
    lost = files(report, options.folder, outcome.files)
    report.section("First sync")
    for name, count in library.info(outcome.generation).counts.items():
        report.add(name, count)
    for stage, (seconds, _) in stages.items():
        report.add(f"{stage} (with checks and publishing)" if stage == "building" else stage, seconds, "s")
    report.add("wall time", first, "s")
    memory(report, values)
    report.section("Later")
    second, again = timed(lambda: sync(library, options.folder, embedder, cache, values))
    report.add("second sync, nothing changed", second, "s")
    report.add("it published nothing", not again.published)
    third, _ = timed(lambda: rebuild(library, embedder, cache, values))
    report.add("rebuild from catalogue and cache", third, "s")
    report.add("rebuild / first sync", third / first)
    if options.compare:
        ours = (first, *stages.get("embedding", (0.0, 0.0)))
        compare(report, library, outcome.generation, values, options.sample, ours)
    report.finish(options.json)
    return 1 if lost else 0


def files(report: Report, folder: Path, entries: Sequence[FileEntry]) -> list[str]:
    """States of the files, counted against the disk. Returns the paths of which nothing was said."""
    on_disk = {os.path.join(place, name) for place, _, names in os.walk(folder.resolve()) for name in names}
    counts = Counter(entry.state for entry in entries)
    report.section("Files")
    report.add("on disk", len(on_disk))
    for state in ("indexed", "skipped", "failed"):
        report.add(state, counts[state])
    without = sorted(on_disk - {entry.path for entry in entries})
    passed = [path for path in without if _no_document(Path(path).relative_to(folder.resolve()))]
    report.add("no documents by name (hidden, metadata.csv)", len(passed))
    lost = [path for path in without if path not in passed]
    report.add("lost in silence", len(lost))
    silent = [entry.name for entry in entries if entry.state != "indexed" and not entry.reason]
    report.add("skipped or failed without a reason", len(silent))
    for path in lost + silent:
        print(f"    LOST: {path}")
    reasons = Counter(f"{entry.state}: {entry.reason}" for entry in entries if entry.reason)
    for reason, count in reasons.most_common():
        print(f"    {count:4} x {reason}")
    return lost + silent


def _no_document(path: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.parts)
    return hidden or path.name.casefold() in {"metadata.csv", "thumbs.db", "desktop.ini"}


def memory(report: Report, values: IngestSettings) -> None:
    """Peaks so far. The system tells the largest child only, so the sum is an upper bound."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / MIB
    readers = values.readers or os.cpu_count() or 1
    report.add("peak memory, own process", round(own), "MiB")
    report.add("peak memory, largest child", round(child), "MiB")
    report.add(f"peak memory, at most (own + {readers} readers)", round(own + readers * child), "MiB")


def compare(
    report: Report,
    library: Library,
    generation: str,
    values: IngestSettings,
    every: int,
    ours: tuple[float, float, float],
) -> None:
    """Embeds every `every`-th of the very texts that were embedded, with nothing of ours around it.

    ours: seconds of the first sync, seconds and CPU seconds of its embedding stage.
    """
    from ingest.catalogue import each_passage
    from ingest.documents import embedding_text

    if values.embedding_endpoint:
        raise SystemExit("--compare needs a local model; ASSISTANT_EMBEDDING_ENDPOINT is set")
    catalogue = library.catalogue(generation)
    texts = [embedding_text(entry.description, passage) for entry, passage in each_passage(catalogue)]
    catalogue.close()
    some = texts[:: max(1, every)]
    with tempfile.TemporaryDirectory() as scratch:
        listed = Path(scratch) / "texts.json"
        listed.write_text(json.dumps(some), encoding="utf-8")
        script = str(Path(__file__).with_name("bare.py"))
        command = [sys.executable, script, _model(values), str(listed), "--threads", str(values.threads)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"the bare model failed: {done.stderr.strip()[-500:]}")
    bare = json.loads(done.stdout.strip().split("\n")[-1])
    seconds, busy = (bare[key] * len(texts) / len(some) for key in ("embed", "cpu"))
    report.section(f"A bare SentenceTransformer ({bare['dtype']}) on the same texts")
    report.add("texts", len(texts))
    report.add("texts embedded by the bare model", len(some))
    report.add("distinct texts (equal ones we embed once)", len(set(texts)))
    report.add("bare embedding, scaled to all texts", seconds, "s")
    report.add("bare passages a second", len(some) / bare["embed"])
    report.add("our embedding stage / bare", ours[1] / seconds)
    report.add("our embedding stage / bare, CPU seconds", ours[2] / busy)
    report.add("our whole first sync / bare", ours[0] / seconds)


def _model(values: IngestSettings) -> str:
    from ingest import e5
    from ingest.embeddings import BUNDLED

    bundled = values.embedding_model == BUNDLED
    return str(e5.bundled_model(values.models)) if bundled else values.embedding_model


if __name__ == "__main__":
    run(main)
