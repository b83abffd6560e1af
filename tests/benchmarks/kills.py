"""SIGKILL at any moment of an admin's work, and what is left afterwards.

    python tests/benchmarks/kills.py [--kills 200] [--minutes 60] [--seed 1] [--json FILE]

Round after round the source folder changes at random (files added, changed, renamed, removed), a process
begins to sync (now and then to rebuild, to roll back or to prune) and is killed: half of the times after a
random share of the time that the work takes, half right before or after one of its steps on the disk (a
rename, a removal, a flush), so that short stages are met too. After each kill another process looks: the live
generation is whole and holds exactly what the folder held before or after the change, each passage is in
its original, the lock is free. Every tenth work is left to end: then the library is what the folder is,
nothing is doubled, and nothing is left over. No model is loaded: the embedder makes vectors out of words.
Exit code 1 on a broken promise.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from ingest.embeddings import Embedder  # noqa: E402
from ingest.library import Library  # noqa: E402

WORDS = (
    "lakes", "roads", "wells", "nets", "boats", "tolls", "keys", "goats", "bridges", "seeds", "clinics",
    "teachers", "looms", "kilns", "orchards",
)  # fmt: skip
STEPS = ("replace", "rename", "fsync", "unlink", "rmdir", "mkdir")
_FULL = 10  # every tenth work is left to end
_LONGEST = 600.0  # seconds that a work may take before it counts as hanging; 60 were too few at a load of 80


class SlowHashes(Embedder):
    """A vector out of a text's words; slow enough to be killed at it, and it counts what it was given."""

    name, dimension = "hashes", 32

    def __init__(self, log: Path) -> None:
        super().__init__()
        self._log = log

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.name.encode()).hexdigest()

    def _encode_passages(self, texts: list[str]) -> np.ndarray:
        with self._log.open("a") as stream:
            stream.writelines(f"{hashlib.sha256(text.encode()).hexdigest()}\n" for text in texts)
        time.sleep(0.002 * len(texts))
        return self._encode_queries(texts)

    def _encode_queries(self, texts: list[str]) -> np.ndarray:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            for word in [text, *re.findall(r"\w+", text)]:
                vectors[row] += np.frombuffer(hashlib.sha256(word.encode()).digest(), np.uint8) - 127.5
        unit: np.ndarray = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


@dataclass
class Scene:
    """A source folder and a library, changed by chance. known: each state of the folder that may be live."""

    root: Path
    dice: random.Random
    known: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir()
        for _ in range(6):
            self._add()

    @property
    def folder(self) -> Path:
        return self.root / "documents"

    @property
    def library(self) -> Path:
        return self.root / "library"

    def truth(self) -> dict[str, str]:
        """Name -> SHA-256 of each file."""
        return {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(self.folder.iterdir())
        }

    def change(self) -> None:
        for _ in range(self.dice.randint(1, 3)):
            files = sorted(self.folder.iterdir())
            what = self.dice.choice(["add", "add", "change", "rename", "remove"])
            if what == "add" or len(files) < 5:
                self._add()
            elif what == "change":
                self.dice.choice(files).write_text(self._text(), encoding="utf-8")
            elif what == "rename":
                old = self.dice.choice(files)
                old.rename(old.with_name(f"{self.dice.getrandbits(32):08x}.txt"))
            else:
                self.dice.choice(files).unlink()
        self.known.append(self.truth())

    def _add(self) -> None:
        (self.folder / f"{self.dice.getrandbits(32):08x}.txt").write_text(self._text(), encoding="utf-8")

    def _text(self) -> str:
        said = [" ".join(self.dice.choices(WORDS, k=12)).capitalize() + "." for _ in range(60)]
        return "\n\n".join(" ".join(said[at : at + 6]) for at in range(0, 60, 6))


def work(root: Path, what: str) -> None:
    """One piece of an admin's work, in this process."""
    from ingest.embeddings import VectorCache
    from ingest.jobs import current
    from ingest.publishing import prune, rollback
    from ingest.settings import IngestSettings
    from ingest.sync import Choices, rebuild, sync

    library = Library(root / "library")
    settings = IngestSettings(library=library.root, readers=1, ocr="off")
    embedder = SlowHashes(root / "embedded.log")
    cache = VectorCache(library.root / "vectors.sqlite")
    choices = Choices(who="Ada", allow_shrink=True)
    if what == "prune":
        prune(library, 2, "Ada")
    elif what == "rollback":
        rollback(library, "Ada")
    elif what == "rebuild":
        rebuild(library, embedder, cache, settings, choices=choices)
    else:
        sync(library, root / "documents", embedder, cache, settings, choices=choices)
    assert current(library.root) is not None


def _killed_at_step(number: int) -> None:
    """In the working process: ends it before (even) or after (odd) the step on the disk of this number."""
    count = 0

    def wrapped(real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*arguments: Any, **named: Any) -> Any:
            nonlocal count
            count += 1
            if count == number // 2 and number % 2 == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            result = real(*arguments, **named)
            if count == number // 2 and number % 2:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return step

    for name in STEPS:
        setattr(os, name, wrapped(getattr(os, name)))


def _begin(root: Path, what: str, step: int) -> None:
    os.setsid()  # so that what it leaves running can be counted
    if step:
        _killed_at_step(step)
    sys.stderr = (root / "errors.log").open("a")
    work(root, what)


def look(root: Path, known: list[dict[str, str]], ended: bool) -> list[str]:
    """What is wrong with the library now; in a process of its own, since it opens Chroma."""
    from ingest.check import check

    library = Library(root / "library")
    live = library.live()
    if live is None:
        return ["nothing is live although a sync has ended"] if ended else []
    wrong = [f"{found.where}: {found.what}" for found in check(library.root) if found.level == "error"]
    with closing(library.catalogue(live)) as catalogue:
        files = {entry.name: entry.document for entry in catalogue.files()}
        if files not in known:
            wrong.append(f"generation {live} holds no state that the folder ever had")
        if ended and files != known[-1]:
            wrong.append(f"generation {live} is not what the folder holds")
        for entry in catalogue.documents():
            original = library.original(entry.sha)
            if original is None:
                wrong.append(f"{entry.name} has no original")
                continue
            said = " ".join(original.read_text(encoding="utf-8").split())
            for passage in catalogue.passages_of(entry.sha):
                if " ".join(passage.text.split()) not in said:
                    wrong.append(f"{passage.id} is not in its original")
    if ended:
        left = [*library.root.glob("generations/.*"), *library.root.glob("**/*.part")]
        wrong += [f"left over: {path.relative_to(library.root)}" for path in left]
    with library.writing():
        pass
    return wrong


def _looked(root: Path, known: list[dict[str, str]], ended: bool, out: Any) -> None:
    try:
        out.put(look(root, known, ended))
    except Exception as error:
        out.put([f"looking failed: {error!r}"])


@dataclass
class Tally:
    """kills: by stage at which the process died. wrong: broken promises. works: those left to end."""

    kills: Counter[str] = field(default_factory=Counter)
    works: int = 0
    ended_before: int = 0
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0


def run(
    root: Path,
    kills: int,
    seed: int,
    tell: Callable[[str], None] = lambda line: None,
    longest: float = float("inf"),
) -> Tally:
    """Kills `kills` works on a library in `root`, or as many as `longest` seconds allow."""
    fork = multiprocessing.get_context("fork")
    _load()
    dice = random.Random(seed)
    scene, tally = Scene(root, dice), Tally()
    start, usual, steps = time.monotonic(), 2.0, 60
    turn = 0
    while sum(tally.kills.values()) < kills and time.monotonic() - start < longest:
        turn += 1
        whole = turn % _FULL == 1
        what = "sync" if whole else dice.choices(["sync", "rebuild", "rollback", "prune"], [7, 1, 1, 1])[0]
        if what == "sync":
            scene.change()
        step = 0 if whole or dice.random() < 0.5 else dice.randint(2, 2 * steps)
        process = fork.Process(target=_begin, args=(root, what, step))
        begun = time.monotonic()
        process.start()
        process.join(_LONGEST if whole or step else dice.uniform(0.0, usual))
        if process.is_alive():
            if whole or step:
                tally.wrong.append(f"{what} hung")
            process.kill()
            process.join()
        _count(tally, scene, process.exitcode, whole, what)
        if whole:
            usual = 0.7 * usual + 0.3 * (time.monotonic() - begun)
        out = fork.Queue()
        looking = fork.Process(target=_looked, args=(root, scene.known, whole, out))
        looking.start()
        found = out.get(timeout=600)
        looking.join()
        tally.wrong += [f"turn {turn} ({what}, step {step}): {line}" for line in found]
        done = sum(tally.kills.values())
        tell(f"{turn}: {what}{' to the end' * whole}; {done} kills, {len(tally.wrong)} wrong {found or ''}")
    tally.seconds = time.monotonic() - start
    return tally


def _count(tally: Tally, scene: Scene, code: int | None, whole: bool, what: str) -> None:
    if code == -signal.SIGKILL:
        try:
            stage = json.loads((scene.library / "job.json").read_text())["stage"]
        except (FileNotFoundError, ValueError):
            stage = "before the job"
        tally.kills[what if what in ("rollback", "prune") else stage or "scanning"] += 1
    elif whole:
        tally.works += 1
        if code:
            tally.wrong.append(f"{what} ended with code {code}; see errors.log")
    elif code == 0:
        tally.ended_before += 1


def _load() -> None:
    """Imported once, so that each forked work begins at once."""
    import chromadb
    import chromadb.api.rust  # noqa: F401
    import pebble  # noqa: F401

    import ingest.check
    import ingest.describe
    import ingest.preview
    import ingest.publishing
    import ingest.sync  # noqa: F401


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=60.0, help="at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="kills-"))
    tally = run(
        root, options.kills, options.seed, lambda line: print(line, file=sys.stderr), 60 * options.minutes
    )
    embedded = (root / "embedded.log").read_text().split()
    figures = {
        "kills": sum(tally.kills.values()),
        "at stage": dict(tally.kills),
        "works left to end": tally.works,
        "works that ended before their kill": tally.ended_before,
        "broken promises": tally.wrong,
        "texts embedded": len(embedded),
        "of them for the first time": len(set(embedded)),
        "seconds": round(tally.seconds, 1),
    }
    print(json.dumps(figures, indent=2))
    if options.json:
        options.json.write_text(json.dumps(figures))
    if tally.wrong:
        raise SystemExit(1)
    shutil.rmtree(root)


if __name__ == "__main__":
    main()
