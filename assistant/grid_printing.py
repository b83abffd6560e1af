"""What the commands of the grid print: cells, comparisons, shares, and how far they are."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ingest.terminal import say

if TYPE_CHECKING:
    from assistant.answer import Citation
    from assistant.grid import Progress
    from assistant.grids.compare import Comparison
    from assistant.grids.survey import Survey
    from assistant.grids.themes import Family
    from assistant.grids.types import Cell


def share_json(found: Survey, family: Family) -> dict[str, Any]:
    told = found.share(family.id)
    return {
        "family": family.id, "found": told.found, "of": told.of, "open": told.open,
        "documents": [
            {
                "document": row.source.name, "state": finding.state, "count": finding.count,
                "pages": [page.page for page in finding.pages],
                "quote": finding.quote.quote if finding.quote else "",
            }
            for row in found.rows
            for finding in (found.finding(row.source.document, family.id),)
        ],
    }  # fmt: skip


def cell_json(cell: Cell) -> dict[str, Any]:
    quotes = [cited.to_json() for each in cell.sentences for cited in each.citations]
    return {
        "document": cell.source.name, "state": cell.state, "text": cell.text, "quotes": quotes,
        "unread_pages": cell.unread, "decided": dict(cell.decided),
    }  # fmt: skip


def print_comparison(found: Comparison) -> None:
    for side in found.silent:
        say(f"{side.label}: {side.state} in {len(side.cells)} document(s)")
    for pair in found.differing:
        one, other = pair.one, pair.other
        first, second = (f"{each.shown} ({place(each.citation)})" for each in (one, other))
        say(f"Figures differ: {first} and {second}")
    for side in found.sides:
        if side.said:
            say(f"\n{side.label}:")
        for each in side.said:
            also = f" [also: {', '.join(each.shared)}]" if each.shared else ""
            say(f"  - {each.sentence.text} ({place(each.sentence.citations[0])}){also}")


def print_cell(cell: Cell) -> None:
    for each in cell.sentences:
        say(f"  - {each.text} ({place(each.citations[0])})")
    if not cell.sentences:
        unread = f"; {cell.unread} of {cell.pages} pages could not be read" if cell.unread else ""
        say(f"  {cell.state} in {cell.source.name}{unread}")


def place(citation: Citation) -> str:
    name, page = citation.hit.source.name, citation.hit.passage.page
    return f"{name}, p. {page}" if page else name


@contextmanager
def progress(unit: str) -> Iterator[Progress]:
    """A bar on the terminal, none where the output is no terminal."""
    from tqdm import tqdm  # type: ignore[import-untyped]

    with tqdm(unit=f" {unit}", disable=not sys.stderr.isatty(), leave=False) as bar:

        def told(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield told
