"""What each part of search and choice is worth: the bank is run without it, and compared with the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import assistant.gate
import assistant.reading
import assistant.search
from assistant.chat import Assistant
from assistant.settings import AssistantSettings
from eval.compare import Change, compare
from eval.results import Run
from eval.run import Progress, run_bank
from eval.summary import summary
from ingest.embeddings import Embedder

SHOWN = ("hit5", "hit10", "cites_gold", "fact_recall", "right_refusals", "wrong_refusals")


@dataclass(frozen=True)
class Part:
    """A part, and the constants or settings that leave it out."""

    name: str
    constants: tuple[tuple[ModuleType, Mapping[str, float]], ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)


PARTS = (
    Part("words (lexical leg)", ((assistant.search, {"LEXICAL": 0.0}),)),
    Part("a word's worth for passages in another language", ((assistant.search, {"ABROAD": 0.0}),)),
    Part("names and numbers found in other languages", ((assistant.search, {"NAMES_ABROAD": 0.0}),)),
    Part("a search of its own in each document named", ((assistant.search, {"NAMED": 0.0}),)),
    Part(
        "countries, codes and years in descriptions",
        ((assistant.search, {"COUNTRY": 0.0, "CODE": 0.0, "YEAR": 0.0}),),
    ),
    Part("at most five of ten passages from one document", ((assistant.search, {"A_DOCUMENT": 1000}),)),
    Part("near-duplicates passed over", ((assistant.search, {"TWIN": 2.0}),)),
    Part("reading, in the order of passages", ((assistant.reading, {"WEIGHT": 0.0}),)),
    Part("reading, altogether", settings={"reader": "none"}),
    Part("what the question names and a passage lacks", ((assistant.gate, {"UNNAMED": 0.0}),)),
    Part("the threshold of evidence", settings={"evidence": 0.0}),
)


@dataclass(frozen=True)
class Ablation:
    """The run without one part, and how the measures moved from it to the whole."""

    part: Part
    run: Run
    changes: tuple[Change, ...]


@contextmanager
def without(part: Part) -> Iterator[None]:
    """The part's constants left out while the block runs; one ablation at a time in a process."""
    before = [(module, name, getattr(module, name)) for module, values in part.constants for name in values]
    try:
        for module, values in part.constants:
            for name, value in values.items():
                setattr(module, name, value)
        yield
    finally:
        for module, name, value in before:
            setattr(module, name, value)


def ablate(
    settings: AssistantSettings,
    embedder: Embedder,
    bank: Path,
    progress: Callable[[str], Progress],
    parts: tuple[Part, ...] = PARTS,
) -> tuple[Run, list[Ablation]]:
    """The run of the whole, and one without each part. Raises EvalError where the bank has faults."""
    with Assistant(settings, embedder=embedder) as assistant:
        whole = run_bank(assistant, bank, progress("everything"))
    found = []
    for part in parts:
        changed = settings.model_copy(update=dict(part.settings))
        with without(part), Assistant(changed, embedder=embedder) as assistant:
            run = run_bank(assistant, bank, progress(f"without {part.name}"))
        found.append(Ablation(part, run, compare(run, whole)))
    return whole, found


def table(whole: Run, ablations: list[Ablation]) -> str:
    """A Markdown table: each measure with everything and without each part; in brackets the 95 % interval, or
    the questions that the part gains and loses."""
    from eval.measures import METRICS

    metrics = [metric for metric in METRICS if metric.name in SHOWN]
    lines = [
        "| | " + " | ".join(metric.label for metric in metrics) + " | words |",
        "|---" * (len(metrics) + 2) + "|",
    ]

    def percent(value: float | None) -> str:
        return "-" if value is None else f"{100 * value:.0f} %"

    figures = summary(whole)
    cells = [
        f"{percent(figures[metric.name].value)}"
        f" ({percent(figures[metric.name].low)} to {percent(figures[metric.name].high)})"
        for metric in metrics
    ]
    lines.append(f"| everything | {' | '.join(cells)} | {figures['words'].value or 0:.0f} |")
    for ablation in ablations:
        figures = summary(ablation.run)
        changes = {change.metric.name: change for change in ablation.changes}
        cells = []
        for metric in metrics:
            change = changes[metric.name]
            moved = f" (+{len(change.gained)} -{len(change.lost)})" if change.gained or change.lost else ""
            cells.append(percent(figures[metric.name].value) + moved)
        row = " | ".join(cells)
        lines.append(f"| without: {ablation.part.name} | {row} | {figures['words'].value or 0:.0f} |")
    return "\n".join(lines)
