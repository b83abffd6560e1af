"""Measures how long questions take: the first after a start, then searches by filter, then answers."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from common import (
    ROOT,
    Report,
    arguments,
    data,
    environment,
    history,
    json_lines,
    open_assistant,
    percentile,
    run,
    settings,
    spread_out,
    timed,
)

if TYPE_CHECKING:
    from assistant.answer import Filters, Source
    from assistant.chat import Assistant
    from assistant.settings import AssistantSettings


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--bank", type=Path, default=data("banks", "dev.jsonl"), help="JSON lines")
    parser.add_argument("--limit", type=int, help="only so many of the bank's questions")
    parser.add_argument("--starts", type=int, default=1, help="how often the first question is measured")
    options = parser.parse_args()
    rows = spread_out(json_lines(options.bank), options.limit)
    report = Report("search", options.library.resolve())
    values = settings(options.library)
    if options.starts:
        report.section("First question after a start (a fresh process, exec to the first byte of the answer)")
    first = [rows[at % len(rows)]["question"] for at in range(options.starts)]
    for command in ("search", "ask"):
        taken = [first_answer(command, question, values) for question in first]
        report.latency(f"python -m assistant {command}", taken)
    with open_assistant(options.library) as assistant:
        report.add("documents", len(assistant.sources()))
        questions = [assistant.standing(row["question"], history(row)) for row in rows]
        searches(report, assistant, questions)
        answers(report, assistant, rows)
    report.finish(options.json)


def first_answer(command: str, question: str, values: AssistantSettings) -> float:
    """Seconds from starting `python -m assistant COMMAND` to the first byte it prints."""
    whole = [sys.executable, "-m", "assistant", command, question, "--json"]
    begun = time.perf_counter()
    with subprocess.Popen(
        whole, cwd=ROOT, env=environment(values), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        byte = process.stdout.read(1)
        seconds = time.perf_counter() - begun
        process.stdout.read()
        problem = process.stderr.read().decode("utf-8", "replace").strip()
    if not byte:
        raise SystemExit(f"python -m assistant {command} printed nothing: {problem[-500:]}")
    return seconds


def searches(report: Report, assistant: Assistant, questions: Sequence[str]) -> None:
    """Latency with no filter and with each kind of filter.

    Query vectors are remembered by the question's text: each round appends one more question mark, which
    makes another text and the same search terms.
    """
    report.section("Searches (the model is loaded; no question's vector is remembered)")
    for turn, (name, filters) in enumerate(kinds_of_filter(assistant.sources()), 1):
        seconds = []
        for question in questions:
            asked = f"{question} {'?' * turn}"
            took, found = timed(partial(assistant.search, asked, filters=filters))
            seconds.append(took)
        report.latency(name, seconds, f"{found.documents} documents")


def kinds_of_filter(sources: Sequence[Source]) -> list[tuple[str, Filters]]:
    """(name, filter) for none and for each kind of filter, each set to what most documents have."""
    from assistant.answer import Filters

    found = [("no filter", Filters())]
    for name, field, values in (
        ("a country", "countries", (code for each in sources for code in each.countries)),
        ("a kind", "kinds", (each.kind for each in sources)),
        ("a language", "languages", (each.language for each in sources)),
        ("an organisation", "organisations", (short for each in sources for short in each.organisations)),
    ):
        commonest = _commonest(values)
        if commonest is not None:
            wanted: dict[str, Any] = {field: (commonest,)}
            found.append((f"{name} ({commonest})", Filters(**wanted)))
    year = _commonest(each.published for each in sources if each.published)
    if year is not None:
        found.append((f"years ({year - 2} to {year + 2})", Filters(since=year - 2, until=year + 2)))
    names = [each.name for each in sources]
    found.append(("one document", Filters(documents=(names[len(names) // 2],))))
    if len(names) > 1:
        found.append(("two documents", Filters(documents=(names[0], names[len(names) // 2]))))
    return found


def _commonest(values: Iterable[Any]) -> Any:
    most = Counter(values).most_common(1)
    return most[0][0] if most else None


def answers(report: Report, assistant: Assistant, rows: Sequence[dict[str, Any]]) -> None:
    """Latency of quoting answers and refusals, and where the time goes (from the receipts)."""
    report.section(f"Answers ({assistant.settings.composer})")
    seconds: list[float] = []
    stages: dict[str, list[float]] = {}
    for row in rows:
        asked = f"{row['question']} {'?' * 12}"
        took, result = timed(partial(assistant.ask, asked, history=history(row)))
        seconds.append(took)
        for stage, value in result.receipt.timings.items():
            stages.setdefault(stage, []).append(value)
    report.latency("ask", seconds)
    for stage, values in stages.items():
        report.add(f"  of which {stage}, p50", round(percentile(values, 0.5) * 1000, 1), "ms")


if __name__ == "__main__":
    run(main)
