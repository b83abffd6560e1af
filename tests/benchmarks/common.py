"""What the benchmarks share: settings, banks, rates with intervals, percentiles, the table and its JSON."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from math import ceil, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:  # a checkout that is not installed
    sys.path.insert(0, str(ROOT))

if TYPE_CHECKING:
    from assistant.answer import Turn
    from assistant.chat import Assistant
    from assistant.settings import AssistantSettings

_Z = 1.96  # standard deviations that hold 95 %


# -- Where things are ---------------------------------------------------------------------------------------


def data(*parts: str) -> Path:
    """A path below the folder of test data (SHARED_DATA, by default beside the repository)."""
    folder = os.environ.get("SHARED_DATA") or ROOT.parent / "shared" / "data"
    return Path(folder).resolve().joinpath(*parts)


def present(path: Path) -> Path:
    """`path` where it exists; else ends the program, naming it."""
    if not path.exists():
        raise SystemExit(
            f"Nothing was measured: {path} is absent. Name the folder of test data in SHARED_DATA"
            f" (now {data()}), or give another file."
        )
    return path


def settings(library: Path) -> AssistantSettings:
    """The settings in force, with this library."""
    from assistant.settings import AssistantSettings

    found = AssistantSettings()
    models = found.models if found.models.is_absolute() else ROOT / found.models
    return found.model_copy(update={"library": library.resolve(), "models": models})


def environment(values: AssistantSettings) -> dict[str, str]:
    """The environment of a child process that works on the same library and models, from ROOT."""
    return {**os.environ, "ASSISTANT_LIBRARY": str(values.library), "ASSISTANT_MODELS": str(values.models)}


@contextmanager
def open_assistant(library: Path) -> Iterator[Assistant]:
    """The assistant on a library, its model loaded. Ends the program where there is no library."""
    from assistant.chat import Assistant

    if not (library / "live").is_file():
        raise SystemExit(f"Nothing was measured: no library in {library}; run: python -m ingest sync FOLDER")
    assistant = Assistant(settings(library))
    try:
        assistant.warm_up()
        yield assistant
    finally:
        assistant.close()


# -- Banks --------------------------------------------------------------------------------------------------


def json_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a file of JSON lines."""
    text = present(path).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.split("\n") if line.strip()]


def history(row: dict[str, Any]) -> tuple[Turn, ...]:
    """The earlier turns of a bank's question: chat messages, or objects with question and answer."""
    from assistant.answer import Turn

    turns: list[Turn] = []
    for entry in row.get("history") or ():
        if "question" in entry:
            turns.append(Turn(entry["question"], entry.get("answer", "")))
        elif entry["role"] == "user":
            turns.append(Turn(entry["content"]))
        elif turns:
            turns[-1] = Turn(turns[-1].question, entry["content"])
    return tuple(turns)


def spread_out(rows: Sequence[Any], limit: int | None) -> list[Any]:
    """`limit` of `rows`, evenly spread; all of them without a limit."""
    if not limit or limit >= len(rows):
        return list(rows)
    return [rows[at * len(rows) // limit] for at in range(limit)]


# -- Figures ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rate:
    """`hits` of `n`, with Wilson's 95 % interval (Wilson 1927)."""

    hits: int
    n: int

    @classmethod
    def of(cls, values: Sequence[object]) -> Rate:
        return cls(sum(bool(value) for value in values), len(values))

    @property
    def interval(self) -> tuple[float, float]:
        if not self.n:
            return 0.0, 1.0
        share, z2 = self.hits / self.n, _Z * _Z
        middle = share + z2 / (2 * self.n)
        half = _Z * sqrt(share * (1 - share) / self.n + z2 / (4 * self.n * self.n))
        below = 1 + z2 / self.n
        return max(0.0, (middle - half) / below), min(1.0, (middle + half) / below)

    def __str__(self) -> str:
        if not self.n:
            return "no case"
        low, high = self.interval
        return f"{self.hits / self.n:.3f}  ({self.hits} of {self.n}; 95 %: {low:.3f} to {high:.3f})"

    def to_json(self) -> dict[str, Any]:
        low, high = self.interval
        share = round(self.hits / self.n, 4) if self.n else None
        return {**asdict(self), "rate": share, "low": round(low, 4), "high": round(high, 4)}


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of `values` do not exceed (nearest rank); nan of nothing."""
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else float("nan")


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """(seconds, what `work` returned)."""
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


class Report:
    """Figures in the order they were found: printed as a plain table, written as JSON."""

    def __init__(self, benchmark: str, subject: object) -> None:
        self.figures: dict[str, Any] = {}
        self._begun = time.perf_counter()
        self._head = {
            "benchmark": benchmark,
            "subject": str(subject),
            "cores": os.cpu_count(),
            "load before": round(os.getloadavg()[0], 1),
        }
        print(" · ".join(f"{name} {value}" for name, value in self._head.items()), flush=True)

    def add(self, name: str, value: Any, unit: str = "") -> None:
        """One line; floats are shown with as many digits as they bear."""
        self.figures[name] = value.to_json() if isinstance(value, Rate) else value
        print(f"  {name:<52} {_shown(value)}{' ' + unit if unit else ''}", flush=True)

    def latency(self, name: str, seconds: Sequence[float], note: str = "") -> None:
        """p50, p95 and the slowest, in milliseconds; nothing where nothing was timed."""
        if not seconds:
            return
        found = {
            "n": len(seconds),
            "p50_ms": round(percentile(seconds, 0.5) * 1000, 1),
            "p95_ms": round(percentile(seconds, 0.95) * 1000, 1),
            "max_ms": round(max(seconds) * 1000, 1),
        }
        self.figures[name] = found
        shown = f"p50 {found['p50_ms']:.0f}  p95 {found['p95_ms']:.0f}  max {found['max_ms']:.0f} ms"
        print(f"  {name:<52} {shown}  (n {len(seconds)}{'; ' + note if note else ''})", flush=True)

    def section(self, title: str) -> None:
        print(title, flush=True)

    def finish(self, path: Path | None) -> None:
        """Says how long it all took and writes the JSON."""
        self.add("this benchmark took", round(time.perf_counter() - self._begun, 1), "s")
        if path:
            path.write_text(
                json.dumps({**self._head, "figures": self.figures}, ensure_ascii=False, indent=2) + "\n",
                encoding="utf-8",
            )


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3f}" if abs(value) < 10 else f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def arguments(description: str | None) -> argparse.ArgumentParser:
    """A parser with the options that every benchmark has."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    return parser


def run(main: Callable[[], int | None]) -> None:
    """Runs a benchmark; errors that are meant for people end it with their sentence."""
    from assistant.answer import AssistantError
    from ingest.documents import IngestError

    logging.basicConfig(level=logging.ERROR, format="%(levelname)s %(name)s: %(message)s")
    try:
        sys.exit(main())
    except (AssistantError, IngestError) as error:
        sys.exit(f"Nothing more was measured: {error}")
