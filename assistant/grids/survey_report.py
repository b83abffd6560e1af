"""A survey to keep and to publish: one page of HTML; a workbook, CSV and a Word document beside it.

The page fetches nothing and runs nothing: what documents say is text in it, and never markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from html import escape as escaped
from pathlib import Path

from assistant.answer import Citation
from assistant.grids.parts import parts
from assistant.grids.survey_charts import bar_chart, land, world_map
from assistant.grids.survey_exports import to_csv, to_docx, to_xlsx
from assistant.grids.survey_method import method
from assistant.grids.survey_types import By, Finding, Row, Share, Survey, percent
from assistant.grids.survey_words import Link, column, default_title, in_short, pages_of, reason_of
from assistant.grids.themes import Family
from assistant.grids.world import PACKAGE, SOURCE
from assistant.spreadsheet import printable
from assistant.web import names
from assistant.web.words import direction, listed, number, say

__all__ = [
    "Link", "bar_chart", "default_title", "land", "to_csv", "to_docx", "to_html", "to_xlsx", "world_map",
]  # fmt: skip

MOST_QUOTES = 60  # of a family in the page; the workbook has all
_MOST_PAGES = 8  # named in a cell of the table
_MOST_STRATA = 12
_FEWEST_FOR_PERCENT = 10


_STRATA: tuple[By, ...] = ("kind", "language", "period")


def to_html(survey: Survey, title: str = "", link: Link | None = None, ui: str = "en") -> str:
    """The whole report as one page, in the reader's language."""
    name = escape(title or default_title(survey, ui))
    return (
        f'<!doctype html>\n<html lang="{ui}" dir="{direction(ui)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{name}</title><style>{_css()}</style></head><body><main>"
        f"<h1><bdi>{name}</bdi></h1>" + "\n".join(_body(survey, link, ui)) + "</main></body></html>\n"
    )


def escape(text: str) -> str:
    """`text` as HTML says it, without signs that none shows or that turn what follows."""
    return escaped(printable(text))


@cache
def _css() -> str:
    return Path(__file__).with_suffix(".css").read_text(encoding="utf-8")


def _body(survey: Survey, link: Link | None, ui: str) -> Iterator[str]:
    yield f'<p class="soft">{escape(in_short(survey, ui))}</p>'
    verdicts = "".join(f"<li>{escape(each)}</li>" for each in survey.verdicts(ui))
    yield f'<ul class="verdicts">{verdicts}</ul>'
    yield f"{_h2('survey.shares', ui)}<figure>{bar_chart(survey, ui)}</figure>"
    yield f"{_h2('survey.where', ui)}{_parts(survey, ui)}"
    if any(row.source.countries for row in survey.rows):
        yield _h2("filters.countries", ui) + land() + '<div class="maps">'
        for family in survey.families:
            drawn = world_map(survey, family.id, drawn=True, ui=ui)
            yield f"<figure><h3>{_bdi(family.label(ui))}</h3>{drawn}</figure>"
        shapes = say(ui, "survey.shapes", source=SOURCE, package=PACKAGE)
        yield f'</div><p class="soft">{escape(shapes)}</p>'
    for by in _STRATA:
        yield _strata(survey, by, ui)
    yield f"{_h2('survey.each', ui)}{_table(survey, link, ui)}"
    yield from _unread(survey, ui)
    yield _h2("survey.words", ui)
    for family in survey.families:
        yield from _quotes(survey, family, link, ui)
    yield f'{_h2("grid.sheet_method", ui)}<div class="method">'
    yield from (f"<p>{escape(each)}</p>" for each in method(survey, ui))
    yield "</div>"


def _h2(key: str, ui: str) -> str:
    return f"<h2>{escape(say(ui, key))}</h2>"


def _marked(ui: str, key: str, parts: Mapping[str, str], **fields: int) -> str:
    """The words of a key as HTML; what `parts` puts into their fields is HTML already."""
    words = say(ui, key, **{name: f"{{{name}}}" for name in parts}, **fields)
    return escape(words).format_map(parts)


def _parts(survey: Survey, ui: str) -> str:
    wheres = [survey.parts(each.id) for each in survey.families]
    known = [part for part in parts().ids if any(part in where for where in wheres)]
    head = "".join(f'<th scope="col">{escape(parts().label(part, ui))}</th>' for part in known)
    rows = []
    for family, where in zip(survey.families, wheres, strict=True):
        counts = (number(ui, where[part][0]) if part in where else "" for part in known)
        cells = "".join(f'<td class="number">{count}</td>' for count in counts)
        rows.append(f"<tr>{_name(family, ui)}{cells}</tr>")
    return _framed(column("family", ui), head, rows, say(ui, "survey.parts_caption"))


def _name(family: Family, ui: str) -> str:
    return f'<th scope="row">{_bdi(family.label(ui))}</th>'


def _strata(survey: Survey, by: By, ui: str) -> str:
    strata = survey.strata(by, ui)[:_MOST_STRATA]
    if len(strata) < 2:
        return ""
    if by == "period":
        strata = tuple(sorted(strata, key=lambda each: (each.value == "", each.value)))
    head = "".join(
        f'<th scope="col">{escape(each.label)} ({number(ui, each.documents)})</th>' for each in strata
    )
    rows = []
    for family in survey.families:
        shares = (_share(stratum.shares[family.id], ui) for stratum in strata)
        cells = "".join(f'<td class="number">{escape(each)}</td>' for each in shares)
        rows.append(f"<tr>{_name(family, ui)}{cells}</tr>")
    return _h2(f"grid.by_{by}", ui) + _framed(column("family", ui), head, rows, "")


def _share(share: Share, ui: str) -> str:
    """Of few documents a percentage would say more than they can bear."""
    if share.of < _FEWEST_FOR_PERCENT:
        said = say(ui, "survey.of", count=share.found, all=share.of)
        most = number(ui, share.found + share.open)
    else:
        said = f"{number(ui, share.found)} · {percent(share.low, ui)}"
        most = percent(share.high, ui)
    return say(ui, "survey.up_to", said=said, most=most) if share.open else said


def _table(survey: Survey, link: Link | None, ui: str) -> str:
    head = "".join(f'<th scope="col">{_bdi(each.label(ui))}</th>' for each in survey.families)
    rows = []
    for row in survey.rows:
        cells = "".join(_cell(row, each, link, ui) for each in row.findings)
        facts = listed(ui, names.details(row.source, ui))
        rows.append(
            f'<tr><th scope="row">{_bdi(row.source.title)}<br><span class="soft">{escape(facts)}'
            f"</span></th>{cells}</tr>"
        )
    return _framed(column("document", ui), head, rows, say(ui, "survey.signs", open=_open(ui)))


def _cell(row: Row, finding: Finding, link: Link | None, ui: str) -> str:
    if finding.state == "found":
        return f'<td class="found"><b>{number(ui, finding.count)}</b> {_pages(row, finding, link, ui)}</td>'
    near = ""
    if finding.candidate is not None:
        page = finding.candidate.quote.hit.passage.page
        near = " ≈" + (f" {escape(say(ui, 'source.page', page=page))}" if page is not None else "")
    if finding.state == "unreadable":
        return f'<td class="open">{_open(ui)}{near}</td>'
    return f'<td class="near">–{near}</td>' if near else "<td>–</td>"


def _open(ui: str) -> str:
    return {"ar": "؟", "zh": "？"}.get(ui, "?")


def _pages(row: Row, finding: Finding, link: Link | None, ui: str) -> str:
    known = [each for each in finding.pages if each.page is not None]
    if not known:
        return ""
    shown = []
    for each in known[:_MOST_PAGES]:
        address = link(row.source, each.page) if link else ""
        shown.append(f'<a href="{escape(address)}">{each.page}</a>' if address else f"{each.page}")
    return pages_of(shown, len(known), ui)  # words hold nothing that would have to be escaped


def _unread(survey: Survey, ui: str) -> Iterator[str]:
    told = [
        _marked(
            ui,
            "survey.unread_pages",
            {"title": _bdi(row.source.title), "unread": number(ui, row.unread)},
            count=row.pages,
        )
        for row in survey.rows
        if row.unread
    ] + [
        _marked(ui, "grid.pair", {"label": _bdi(each.name), "words": _bdi(reason_of(each, ui))})
        for each in survey.lost
    ]
    if told:
        yield _h2("survey.not_read", ui) + "<ul>"
        yield from (f"<li>{each}</li>" for each in told)
        yield "</ul>"


def _bdi(text: str) -> str:
    return f"<bdi>{escape(text)}</bdi>"


def _quotes(survey: Survey, family: Family, link: Link | None, ui: str) -> Iterator[str]:
    found = [(row, each.quote) for row, each in survey.column(family.id) if each.quote]
    near = [(row, each.candidate.quote) for row, each in survey.column(family.id) if each.candidate]
    if not found and not near:
        return
    yield f"<h3>{_bdi(family.label(ui))}</h3>"
    yield from (_quote(row, quote, link, ui) for row, quote in found[:MOST_QUOTES])
    if len(found) > MOST_QUOTES:
        more = say(ui, "grid.more_in_workbook", count=len(found) - MOST_QUOTES)
        yield f'<p class="soft">{escape(more)}</p>'
    if near:
        yield f'<p class="soft">{escape(say(ui, "survey.near"))}</p>'
        yield from (_quote(row, quote, link, ui) for row, quote in near[:MOST_QUOTES])


def _quote(row: Row, quote: Citation, link: Link | None, ui: str) -> str:
    where = _bdi(row.source.title)
    if page := names.page(quote.hit.passage, ui):
        where = listed(ui, (where, escape(page)))
    address = link(row.source, quote.hit.passage.page) if link else ""
    said = f'<a href="{escape(address)}">{where}</a>' if address else where
    cautions = "".join(f" · {escape(each)}" for each in names.cautions(quote.hit, ui))
    known = row.source.language not in ("", "und")
    spoken = f' lang="{escape(row.source.language)}"' if known else ""
    words = f'<p dir="auto"{spoken}>{escape(quote.quote)}</p>'
    return f"<blockquote>{words}<cite>{said}{cautions}</cite></blockquote>"


def _framed(first: str, head: str, rows: Iterable[str], caption: str) -> str:
    said = f"<caption>{escape(caption)}</caption>" if caption else ""
    return (
        f'<div class="wide" tabindex="0"><table>{said}<thead><tr><th scope="col">{escape(first)}</th>{head}'
        f"</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )
