"""An export as CSV: a row a quote, and one without a quote for each cell in which nothing was found."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from assistant.grids.export import Entry, Export, quote_row, quoted, state_word
from assistant.spreadsheet import cell as plain


def to_csv(export: Export) -> Iterator[bytes]:
    """The file in parts, a row of the grid each."""
    yield "\ufeff".encode() + _lines([export.quote_header()])  # else Excel takes it for another encoding
    for entry in export.entries():
        yield _lines(_rows(export, entry))


def _rows(export: Export, entry: Entry) -> Iterator[tuple[str, ...]]:
    for under, cell in entry.said:
        quotes = quoted(under, cell, export.link)
        for each in quotes:
            yield quote_row(each, export.ui)
        if not quotes:
            state = state_word(cell.state, export.ui)
            yield cell.source.title, cell.source.name, "", "", under, state, "", ""


def _lines(rows: Iterable[tuple[str, ...]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([plain(value) for value in row] for row in rows)
    return text.getvalue().encode()
