"""The list of documents as HTML: what needs attention comes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ingest.places import country_name
from ingest.screen_parts import button, capital, count, here, language, shown
from ingest.status import COPY, FAILED, SKIPPED, WELL

SHOWN = 100  # rows before one asks for more
NOTHING = "–"  # a phone leaves such a cell out
_QUIET_RANKS = (SKIPPED, WELL, COPY)

Row = Mapping[str, Any]
# What one may choose to see.
SHOWS = ("Everything", "What needs attention", "What failed", "What waits for the next run")


def chosen(rows: Sequence[Row], find: str, show: str) -> list[Row]:
    """Those rows that hold every word of `find`, of the sort `show`; what needs attention first."""
    words = find.casefold().split()
    kept = [row for row in rows if _of(row, show) and all(word in _text(row) for word in words)]
    return sorted(kept, key=lambda row: (row["attention"]["rank"], row["document"].casefold(), row["path"]))


def _of(row: Row, show: str) -> bool:
    rank = row["attention"]["rank"]
    if show == SHOWS[1]:
        return rank not in _QUIET_RANKS or bool(row["waiting"])
    if show == SHOWS[2]:
        return bool(rank == FAILED)
    return bool(row["waiting"]) if show == SHOWS[3] else True


def _text(row: Row) -> str:
    """All that one may search a document by."""
    places = [country_name(code) for code in row["countries"]]
    parts = [
        row["document"], row["title"], row["kind"], row["symbol"], language(row["language"]), row["state"],
        *row["countries"], *places, *row["organisations"], *row["attention"]["why"],
        str(row["published"] or ""), *(group for limit in row["limits"] for group in limit["groups"]),
    ]  # fmt: skip
    return " ".join(parts).casefold()


def table(rows: Sequence[Row], total: int, most: int = SHOWN, last: str = "") -> str:
    """`most` of the rows chosen, of `total` in the library; that of the path `last` takes the focus."""
    if not total:
        return (
            '<div class="d-empty"><h2>No documents yet</h2><p>Under <b>Index</b>, name a folder or'
            " upload files, see what would change, and index them.</p></div>"
        )
    if not rows:
        return '<p class="d-said" role="status">No document is like that. Change the words or the choice.</p>'
    body = "".join(_row(row, row["path"] == last) for row in rows[:most])
    more = button(f"Show {min(SHOWN, len(rows) - most)} more", "more") if len(rows) > most else ""
    return (
        f'<p class="d-soft d-count" role="status">{_count(rows, total)}</p>'
        '<table class="d-table"><thead><tr><th scope="col">Document</th><th scope="col">What it is</th>'
        '<th scope="col">Read</th><th scope="col">Needs attention</th></tr></thead>'
        f"<tbody>{body}</tbody></table>{more}"
    )


def _count(rows: Sequence[Row], total: int) -> str:
    failed = sum(row["state"] == "failed" for row in rows)
    others = sum(row["attention"]["rank"] not in (FAILED, *_QUIET_RANKS) for row in rows)
    parts = [count(len(rows), "file") if len(rows) == total else f"{len(rows):,} of {count(total, 'file')}"]
    if failed:
        parts.append(f"{failed} failed")
    if others:
        parts.append(f"{others} to look at")
    if not failed and not others:
        parts.append("nothing needs attention")
    return " · ".join(parts)


def _row(row: Row, focus: bool) -> str:
    title = row["title"] or row["document"]
    name = f"<small>{shown(row['document'])}</small>" if row["title"] else ""
    return (
        f'<tr class="{tone(row)}"><th scope="row"><button type="button" class="d-open" data-do="open"'
        f' data-file="{shown(row["path"])}"{" data-focus" if focus else ""}>'
        f'<span dir="auto">{shown(title)}</span></button>{name}</th>'
        f"<td>{_or_dash(what(row))}</td><td>{_or_dash(read(row))}</td><td>{notes(row)}</td></tr>"
    )


def _or_dash(words: str) -> str:
    return shown(words) if words else '<p class="d-soft">–</p>'


def groups(row: Row) -> list[str]:
    """The groups that a reader must be of, "hq or ops" for each limit."""
    return list(dict.fromkeys(" or ".join(limit["groups"]) for limit in row["limits"]))


def tone(row: Row) -> str:
    rank = row["attention"]["rank"]
    return (
        "bad" if rank == FAILED else "skipped" if rank in (SKIPPED, COPY) else "look" if rank < WELL else ""
    )


def what(row: Row) -> str:
    """ "Evaluation, Senegal and Mali, French, 2021", "" where nothing is known."""
    if not row["kind"]:
        return ""
    places = [country_name(code) for code in row["countries"][:2]]
    more = len(row["countries"]) - len(places)
    period = row["period"]
    year = "–".join(dict.fromkeys(map(str, period))) if period else str(row["published"] or "")
    parts = [
        capital(row["kind"]), *places, f"{more} more countries" if more else "", language(row["language"]),
        year,
    ]  # fmt: skip
    return ", ".join(part for part in parts if part)


def read(row: Row) -> str:
    """ "24 pages, 3 tables, 2 by OCR (91 %)", "" where nothing was read."""
    if not row["pages"]:
        return ""
    quality, ocr = row["quality"], row["ocr_pages"]
    parts = [count(row["pages"], "page") if row["format"] == "pdf" else count(row["passages"], "passage")]
    if quality.get("tables"):
        parts.append(count(quality["tables"], "table"))
    if ocr:
        mean = sum(each["confidence"] for each in ocr) / len(ocr)
        parts.append(f"{len(ocr)} by OCR ({mean:.0%} sure)")
    return ", ".join(parts)


def notes(row: Row) -> str:
    """What needs attention, a line each, what waits for the next run, and whom it is limited to."""
    rank = row["attention"]["rank"]
    mark = {FAILED: "Failed", SKIPPED: "Not indexed", COPY: "Not indexed"}.get(rank, "")
    whys = [here(why) for why in row["attention"]["why"]]
    lines = [f"{f'<b>{mark}:</b> ' if mark else ''}{shown(why if mark else capital(why))}" for why in whys]
    if row["waiting"]:
        lines.append(f'<span class="d-chip">{shown(capital(row["waiting"]))} at the next run</span>')
    lines += [f'<span class="d-chip">Only {shown(limit)}</span>' for limit in groups(row)]
    return "".join(f"<p>{line}</p>" for line in lines) or '<p class="d-soft">–</p>'
