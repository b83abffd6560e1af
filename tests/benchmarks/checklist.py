"""The checklist: questions put to the three sample frameworks, of which it is known what each leaves out."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from common import ROOT, Report, arguments, json_lines, open_assistant, run

from assistant.grids.checklist import Checked, checklist
from assistant.grids.guiding import Item

# Of each question: answered (A), partly (P) or left out (M) by the three frameworks in this order. Its banks:
# "sample" (eval/banks/sample-checklist.md), "other" (concrete ones, written before the rules of
# assistant/grids/strict.py, whose weights were fitted on them) and "guidance" (those of the sample guidance
# note, mostly abstract).
GOLD = Path(__file__).with_name("checklist_gold.jsonl")
DRAFTS = ("cooperation-framework-valoria", "cooperation-framework-maruvia", "plan-cadre-cooperation-tambarie")
STATES = {"A": "answered", "P": "partly", "M": "left out"}


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--library", type=Path, required=True, help="any, for instance of the samples")
    parser.add_argument("--show", action="store_true", help="list what is judged otherwise, and how")
    wanted = parser.parse_args()
    report = Report("checklist", wanted.library)
    rows = json_lines(GOLD)
    tables: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    with open_assistant(wanted.library) as assistant:
        for place, name in enumerate(DRAFTS):
            draft = next((ROOT / "eval" / "corpus" / "documents").glob(f"{name}*.pdf"))
            made = checklist(assistant, [Item(row["question"]) for row in rows], draft, examples=False)
            for row, checked in zip(rows, made.checked, strict=True):
                tables[row["bank"]][row["gold"][place], checked.verdict] += 1
                if wanted.show:
                    _show(row, place, checked)
    for bank, table in tables.items():
        report.section(f"{bank}: {sum(table.values())} questions and frameworks")
        for (gold, verdict), count in sorted(table.items()):
            report.add(f"{STATES[gold]}, called {verdict}", count)
    report.finish(wanted.json)


def _show(row: dict[str, Any], place: int, checked: Checked) -> None:
    gold = STATES[row["gold"][place]]
    if checked.verdict != gold.replace("left out", "missing"):
        print(f"    {gold}, called {checked.verdict} by {DRAFTS[place]}: {row['question']}")
        print(f"      {dict(checked.cell.decided)}\n      {checked.cell.text}")


if __name__ == "__main__":
    run(main)
