"""Looks for each quote of a kept run on its page as pypdf alone extracts it from the original."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from pathlib import Path

from common import Rate, Report, arguments, run, settings
from verbatim import ABSENT, CELL, EXACT, LOOSE, MARKUP, ORDER, ROW, UNCHECKED, Originals

from eval.run import Runs
from ingest.library import Library


def main() -> int:
    parser = arguments(__doc__)
    parser.add_argument("run", help="the run's number")
    parser.add_argument("--library", type=Path, required=True)
    wanted = parser.parse_args()
    library = Library(settings(wanted.library).library)
    kept = Runs(library.root).load(wanted.run)
    report = Report("quotes", f"run {kept.name} of {kept.bank}")
    with closing(library.catalogue(kept.generation)) as catalogue:
        files = {entry.name: entry.sha for entry in catalogue.documents()}
    originals, counts = Originals(), Counter[str]()
    for result in kept.results:
        for sentence in result.sentences:
            # The cells of a row are cited one by one.
            row = len(sentence.citations) > 1
            for cited in sentence.citations:
                original = library.original(files[cited.document])
                verdict = (
                    originals.verdict(original, cited.page, cited.quote, row=row) if original else UNCHECKED
                )
                counts[verdict] += 1
                if verdict in (ORDER, ABSENT):
                    print(f"    {result.id}: {verdict}: {cited.quote[:100]!r}")
    found = (EXACT, CELL, LOOSE, MARKUP)
    inspected = sum(counts.values()) - counts[UNCHECKED]
    report.add("quotes found", Rate(sum(counts[verdict] for verdict in found), inspected))
    for verdict in (*found, ROW, ORDER, ABSENT, UNCHECKED):
        report.add(f"  {verdict}", counts[verdict])
    report.finish(wanted.json)
    return 1 if counts[ABSENT] else 0


if __name__ == "__main__":
    run(main)
