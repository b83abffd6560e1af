"""The list of documents as HTML: what needs attention comes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ingest.organisations import organisation
from ingest.places import country_name
from ingest.screen.document import WAITING, withdrawn
from ingest.screen.parts import button, here, kind, language, percent, shown
from ingest.screen.words import either, say
from ingest.status import COPY, FAILED, SKIPPED, WELL
from ingest.wording import capital, listed, number

SHOWN = 100  # rows before one asks for more
_QUIET_RANKS = (SKIPPED, WELL, COPY)

Row = Mapping[str, Any]
SHOWS = ("all", "attention", "failed", "waiting")  # what one may choose to see


def chosen(rows: Sequence[Row], find: str, show: str, ui: str = "en") -> list[Row]:
    """Those rows that hold every word of `find`, of the sort `show`; what needs attention first. An
    organisation may be named in any language, by one word or by all of them."""
    words = [(word, organisation(word)) for word in find.casefold().split()]
    whole = organisation(find) if words else None

    def held(row: Row) -> bool:
        text, by = _text(row, ui), row["organisations"]
        return whole in by or all(word in text or named in by for word, named in words)

    kept = [row for row in rows if _of(row, show) and held(row)]
    return sorted(kept, key=lambda row: (row["attention"]["rank"], row["document"].casefold(), row["path"]))


def _of(row: Row, show: str) -> bool:
    rank = row["attention"]["rank"]
    if show == "attention":
        return rank not in _QUIET_RANKS or bool(row["waiting"])
    if show == "failed":
        return bool(rank == FAILED)
    return bool(row["waiting"]) if show == "waiting" else True


def _text(row: Row, ui: str) -> str:
    """All that one may search a document by, in English and in the reader's own language."""
    parts = [
        row["document"], row["title"], row["kind"], row["symbol"], row["state"], *row["countries"],
        str(row["published"] or ""), *(group for limit in row["limits"] for group in limit["groups"]),
        *row["organisations"],
    ]  # fmt: skip
    for each in {"en", ui}:
        parts += [country_name(code, each) for code in row["countries"]]
        parts += [here(why, each) for why in row["attention"]["why"]]
        parts += [language(row["language"], each), kind(row["kind"], each) if row["kind"] else ""]
    return " ".join(parts).casefold()


def table(rows: Sequence[Row], total: int, most: int = SHOWN, last: str = "", ui: str = "en") -> str:
    """`most` of the rows chosen, of `total` in the library; that of the path `last` takes the focus."""
    if not total:
        begin = say(ui, "files.begin", index=f"<b>{say(ui, 'tabs.index')}</b>")
        return f'<div class="d-empty"><h2>{say(ui, "files.no_documents")}</h2><p>{begin}</p></div>'
    if not rows:
        return f'<p class="d-said" role="status">{say(ui, "files.none_like")}</p>'
    body = "".join(_row(row, row["path"] == last, ui) for row in rows[:most])
    rest = min(SHOWN, len(rows) - most)
    more = button(say(ui, "files.show_more", count=rest), "more") if rest > 0 else ""
    columns = "".join(f'<th scope="col">{say(ui, f"files.{name}")}</th>' for name in _COLUMNS)
    return (
        f'<p class="d-soft d-count" role="status">{_count(rows, total, ui)}</p>'
        f'<table class="d-table"><thead><tr>{columns}</tr></thead><tbody>{body}</tbody></table>{more}'
    )


_COLUMNS = ("document", "what", "read", "attention")


def _count(rows: Sequence[Row], total: int, ui: str) -> str:
    failed = sum(row["state"] == "failed" for row in rows)
    others = sum(row["attention"]["rank"] not in (FAILED, *_QUIET_RANKS) for row in rows)
    if len(rows) == total:
        parts = [say(ui, "amount.files", count=total)]
    else:
        parts = [say(ui, "files.of_all", shown=number(ui, len(rows)), count=total)]
    if failed:
        parts.append(say(ui, "files.failed", count=failed))
    if others:
        parts.append(say(ui, "files.to_look_at", count=others))
    if not failed and not others:
        parts.append(say(ui, "files.all_well"))
    return " · ".join(parts)


def _row(row: Row, focus: bool, ui: str) -> str:
    title = row["title"] or row["document"]
    name = f"<small><bdi>{shown(row['document'])}</bdi></small>" if row["title"] else ""
    return (
        f'<tr class="{tone(row)}"><th scope="row"><button type="button" class="d-open" data-do="open"'
        f' data-file="{shown(row["path"])}"{" data-focus" if focus else ""}>'
        f'<span dir="auto">{shown(title)}</span></button>{name}</th>'
        f"<td>{_or_dash(what(row, ui))}</td><td>{_or_dash(read(row, ui))}</td><td>{notes(row, ui)}</td></tr>"
    )


def _or_dash(words: str) -> str:
    return shown(words) if words else '<p class="d-soft">–</p>'


def groups(row: Row, ui: str) -> list[str]:
    """The groups that a reader must be of, "hq or ops" for each limit."""
    return list(dict.fromkeys(either(ui, limit["groups"]) for limit in row["limits"]))


def tone(row: Row) -> str:
    rank = row["attention"]["rank"]
    return (
        "bad" if rank == FAILED else "skipped" if rank in (SKIPPED, COPY) else "look" if rank < WELL else ""
    )


def what(row: Row, ui: str = "en") -> str:
    """ "Evaluation, Senegal, Mali, French, 2021", "" where nothing is known."""
    if not row["kind"]:
        return ""
    places = [country_name(code, ui) for code in row["countries"][:2]]
    more = len(row["countries"]) - len(places)
    period = row["period"]
    year = "–".join(dict.fromkeys(map(str, period))) if period else str(row["published"] or "")
    parts = [
        kind(row["kind"], ui), *places, say(ui, "files.more_countries", count=more) if more else "",
        language(row["language"], ui), year,
    ]  # fmt: skip
    return listed(ui, filter(None, parts))


def read(row: Row, ui: str = "en") -> str:
    """ "24 pages, 3 tables, 2 by OCR (91% sure)", "" where nothing was read."""
    if not row["pages"]:
        return ""
    quality, ocr = row["quality"], row["ocr_pages"]
    size = "pages" if row["format"] == "pdf" else "passages"
    parts = [say(ui, f"amount.{size}", count=row[size])]
    if quality.get("tables"):
        parts.append(say(ui, "amount.tables", count=quality["tables"]))
    if ocr:
        mean = sum(each["confidence"] for each in ocr) / len(ocr)
        parts.append(say(ui, "files.by_ocr", count=len(ocr), percent=percent(mean, ui)))
    return listed(ui, parts)


def notes(row: Row, ui: str = "en") -> str:
    """What needs attention, a line each, what waits for the next run, and whom it is limited to."""
    rank = row["attention"]["rank"]
    mark = {FAILED: "failed", SKIPPED: "skipped", COPY: "skipped"}.get(rank, "")
    whys = [here(why, ui) for why in row["attention"]["why"]]
    if row["withdrawn"] and rank == SKIPPED:
        whys = [withdrawn(row, ui)]
    before = f"<b>{say(ui, f'files.mark_{mark}')}</b> " if mark else ""
    lines = [f"{before}{shown(why if mark else capital(why))}" for why in whys]
    if row["waiting"]:
        waits = say(ui, f"files.{WAITING[row['waiting']]}")
        lines.append(f'<span class="d-chip">{waits}</span>')
    lines += [
        f'<span class="d-chip">{shown(say(ui, "files.only", groups=each))}</span>' for each in groups(row, ui)
    ]
    return "".join(f"<p>{line}</p>" for line in lines) or '<p class="d-soft">–</p>'
