"""The grid: cells against those that a person filled by reading, and how long 250, 1,000 and 5,000 take."""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from common import Rate, Report, arguments, json_lines, open_assistant, run

from assistant.answer import Filters
from assistant.chat import Assistant
from assistant.grid import Cell, open_grid
from assistant.grids.store import FILE

GOLD = Path(__file__).with_name("grid_gold.jsonl")
# Asked to measure time: of all sorts, none of them in the gold.
TIMED = """Which countries took part? How much did it cost? Who carried it out? How are refugees supported?
What is said about trafficking? What results were achieved? Which partners were involved? How is climate
finance used? What is planned for water? How are children protected? What does it say about remittances?
Which risks are named? How is energy used more efficiently? What is done against corruption? Which
indicators are used? How were data collected? What is said about border management? How does agriculture
adapt? Which laws were passed? What is said about human rights?"""


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--library", type=Path, required=True, help="with the documents of the gold")
    parser.add_argument("--show", action="store_true", help="list the cells that are wrong")
    parser.add_argument("--time", action="store_true", help="also time grids, with nothing kept from before")
    wanted = parser.parse_args()
    report = Report("grid", wanted.library)
    with open_assistant(wanted.library) as assistant:
        _gold(assistant, report, wanted.show)
        if wanted.time:
            _timed(assistant, report)
    report.finish(wanted.json)


def _gold(assistant: Assistant, report: Report, show: bool) -> None:
    """Found or not, three states against three, and whether a cited page is one that answers."""
    rows = json_lines(GOLD)
    by_question: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_question[row["question"]].append(row)
    names = tuple(dict.fromkeys(row["document"] for row in rows))
    cells: dict[tuple[str, str], Cell] = {}
    with _nothing_kept(assistant), open_grid(assistant, list(by_question), Filters(documents=names)) as work:
        begun = time.perf_counter()
        for cell in work.compute():
            cells[cell.question, cell.source.name] = cell
        seconds = time.perf_counter() - begun
    report.section(f"against {len(rows)} cells filled by reading")
    table = Counter((row["found"], cells[row["question"], row["document"]].state) for row in rows)
    for (gold, ours), count in sorted(table.items()):
        report.add(f"gold {gold}, decided {ours}", count)
    clear = [row for row in rows if row["found"] != "partly"]
    report.add("F1, found or partly against not, clear cells", _f1(clear, cells, partly=False))
    report.add("the same, all cells, partly counts as found", _f1(rows, cells, partly=True))
    both = [(row, cells[row["question"], row["document"]]) for row in rows if row["found"] == "yes"]
    said = [(row, cell) for row, cell in both if cell.sentences]
    right = [not set(cell.places).isdisjoint(row["pages"]) for row, cell in said]
    report.add("a cited page answers", Rate.of(right))
    first = [cell.places[0] in row["pages"] for row, cell in said]
    report.add("the page cited first answers", Rate.of(first))
    pages = [(page in row["pages"]) for row, cell in said for page in cell.places]
    report.add("of all pages cited", Rate.of(pages))
    report.add("seconds for all", round(seconds, 1), "s")
    if show:
        _show(rows, cells)


def _f1(rows: list[dict[str, Any]], cells: dict[tuple[str, str], Cell], *, partly: bool) -> float:
    right = wrong = missed = 0
    for row in rows:
        gold = row["found"] == "yes" or (partly and row["found"] == "partly")
        ours = bool(cells[row["question"], row["document"]].sentences)
        right += gold and ours
        wrong += ours and not gold
        missed += gold and not ours
    return round(2 * right / (2 * right + wrong + missed), 3)


def _show(rows: list[dict[str, Any]], cells: dict[tuple[str, str], Cell]) -> None:
    for row in rows:
        cell = cells[row["question"], row["document"]]
        where = f"{row['id']} {row['document']}"
        if row["found"] != "partly" and (row["found"] == "yes") != bool(cell.sentences):
            print(f"    gold {row['found']}, decided {cell.state} ({cell.chance}): {where}")
        elif row["found"] == "yes" and not set(cell.places) & set(row["pages"]):
            print(f"    page {cell.places}, right {row['pages']}: {where}\n      {cell.text}")


def _timed(assistant: Assistant, report: Report) -> None:
    report.section("time with nothing kept, library open")
    documents = len(assistant.sources())
    asked = re.findall(r"\w[^?]*\?", " ".join(TIMED.split()))
    for cells in (250, 1_000, 5_000):
        questions = asked[: max(1, round(cells / documents))]
        with _nothing_kept(assistant), open_grid(assistant, questions) as work:
            assistant.forget()
            begun = time.perf_counter()
            count = sum(1 for _ in work.compute())
            seconds = time.perf_counter() - begun
            what = f"{len(questions)} questions x {documents} documents, {count} cells"
            report.add(what, round(seconds, 1), "s")
            report.add("  a cell", round(1000 * seconds / count, 1), "ms")
            begun = time.perf_counter()
            list(work.compute())
            report.add("  again, all kept", round(time.perf_counter() - begun, 1), "s")


class _nothing_kept:
    """The cells that the library keeps are put aside while the block runs."""

    def __init__(self, assistant: Assistant) -> None:
        self.folder = assistant.settings.library

    def __enter__(self) -> None:
        self.aside = Path(tempfile.mkdtemp())
        self._move(self.folder, self.aside)

    def __exit__(self, *error: object) -> None:
        for each in self.folder.glob(f"{FILE}*"):
            each.unlink()
        self._move(self.aside, self.folder)
        shutil.rmtree(self.aside)

    @staticmethod
    def _move(one: Path, other: Path) -> None:
        for each in one.glob(f"{FILE}*"):
            shutil.move(each, other / each.name)


if __name__ == "__main__":
    run(main)
