"""Measures page hits of search on statements of briefs, which a page of the full report is known to hold.

Found mechanically, so it catches page and passage bugs and is too easy to claim quality. The statement's own
file is left out of the results when scoring.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from common import Rate, Report, arguments, data, json_lines, open_assistant, run, spread_out

if TYPE_CHECKING:
    from assistant.chat import Assistant

# Search hands out four passages of a document among ten, so five others are left without the source file.
ASKED = 15


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--statements", type=Path, default=data("sets", "iom-statements.dev.jsonl"))
    parser.add_argument("--limit", type=int, help="only so many statements, evenly spread")
    parser.add_argument(
        "--filter", action="store_true", help="also with a filter on all files but the statement's own"
    )
    options = parser.parse_args()
    rows = spread_out(json_lines(options.statements), options.limit)
    report = Report("statements", options.library.resolve())
    with open_assistant(options.library) as assistant:
        names = [source.name for source in assistant.sources()]
        known = [row for row in rows if row["report_file"] in names]
        report.add("statements", len(rows))
        report.add("left out: their report is not in the library", len(rows) - len(known))
        score(report, "source file left out of the results", assistant, known, None)
        if options.filter:
            score(report, "source file left out by a filter", assistant, known, names)
    report.finish(options.json)


def score(
    report: Report, how: str, assistant: Assistant, rows: list[dict[str, Any]], names: list[str] | None
) -> None:
    from assistant.answer import Filters

    places: list[int | None] = []
    missed: Counter[str] = Counter()
    for row in rows:
        others = tuple(name for name in names or () if name != row["source_file"])
        found = assistant.search(row["statement"], k=ASKED, filters=Filters(documents=others))
        hits = [hit for hit in found.hits if hit.source.name != row["source_file"]][:10]
        right = [hit.source.name == row["report_file"] for hit in hits]
        gold = set(row["report_pages"])
        on_page = [same and hit.passage.page in gold for same, hit in zip(right, hits, strict=True)]
        place = on_page.index(True) + 1 if True in on_page else None
        places.append(place)
        if place is None or place > 5:
            near = any(
                right[at] and hit.passage.page and min(abs(hit.passage.page - page) for page in gold) == 1
                for at, hit in enumerate(hits[:5])
            )
            missed["a neighbouring page" if near else "the report" if any(right[:5]) else "other files"] += 1
    report.section(f"Page hits, {how}")
    for k in (1, 5, 10):
        report.add(f"hit@{k}, {how}", Rate.of([place is not None and place <= k for place in places]))
    for what, count in missed.most_common():
        report.add(f"missed @5, the first five hold {what}, {how}", count)


if __name__ == "__main__":
    run(main)
