"""A survey to keep and to publish: one page of HTML; a workbook, CSV and a Word document beside it.

The page fetches nothing and runs nothing: what documents say is text in it, and never markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from html import escape as escaped
from pathlib import Path

from assistant.answer import Citation
from assistant.grids.parts import parts
from assistant.grids.survey_charts import bar_chart, land, world_map
from assistant.grids.survey_exports import to_csv, to_docx, to_xlsx
from assistant.grids.survey_types import By, Finding, Row, Share, Survey, percent
from assistant.grids.survey_words import Link, default_title, in_short
from assistant.grids.themes import Family
from assistant.grids.world import SOURCE
from assistant.spreadsheet import printable
from assistant.web import names

__all__ = [
    "Link", "bar_chart", "default_title", "land", "to_csv", "to_docx", "to_html", "to_xlsx", "world_map",
]  # fmt: skip

MOST_QUOTES = 60  # of a family in the page; the workbook has all
_MOST_PAGES = 8  # named in a cell of the table
_MOST_STRATA = 12
_FEWEST_FOR_PERCENT = 10


def to_html(survey: Survey, title: str = "", link: Link | None = None) -> str:
    """The whole report as one page."""
    name = escape(title or default_title(survey))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{name}</title><style>{_css()}</style></head><body><main><h1>{name}</h1>"
        + "\n".join(_body(survey, link))
        + "</main></body></html>\n"
    )


def escape(text: str) -> str:
    """`text` as HTML says it, without signs that none shows or that turn what follows."""
    return escaped(printable(text))


@cache
def _css() -> str:
    return Path(__file__).with_suffix(".css").read_text(encoding="utf-8")


def _body(survey: Survey, link: Link | None) -> Iterator[str]:
    yield f'<p class="soft">{escape(in_short(survey))}</p>'
    verdicts = "".join(f"<li>{escape(each)}</li>" for each in survey.verdicts())
    yield f'<ul class="verdicts">{verdicts}</ul>'
    yield f"<h2>Shares of documents</h2><figure>{bar_chart(survey)}</figure>"
    yield f"<h2>Where in the documents</h2>{_parts(survey)}"
    if any(row.source.countries for row in survey.rows):
        yield "<h2>Countries</h2>" + land() + '<div class="maps">'
        for family in survey.families:
            drawn = world_map(survey, family.id, drawn=True)
            yield f"<figure><h3>{escape(family.label())}</h3>{drawn}</figure>"
        yield f'</div><p class="soft">{escape(SOURCE)}</p>'
    for by, heading in _STRATA:
        yield _strata(survey, by, heading)
    yield f"<h2>Document by document</h2>{_table(survey, link)}"
    yield from _unread(survey)
    yield "<h2>In their own words</h2>"
    for family in survey.families:
        yield from _quotes(survey, family, link)
    yield '<h2>Method</h2><div class="method">'
    yield from (f"<p>{escape(each)}</p>" for each in survey.method)
    yield "</div>"


_STRATA: tuple[tuple[By, str], ...] = (
    ("kind", "By kind of document"),
    ("language", "By language"),
    ("period", "By period"),
)


def _parts(survey: Survey) -> str:
    wheres = [survey.parts(each.id) for each in survey.families]
    known = [part for part in parts().ids if any(part in where for where in wheres)]
    head = "".join(f'<th scope="col">{escape(parts().label(part))}</th>' for part in known)
    rows = []
    for family, where in zip(survey.families, wheres, strict=True):
        counts = (where[part][0] if part in where else "" for part in known)
        cells = "".join(f'<td class="number">{count}</td>' for count in counts)
        rows.append(f'<tr><th scope="row">{escape(family.label())}</th>{cells}</tr>')
    caption = "Documents that hold a term there; one document may count in several columns."
    return _framed(f'<th scope="col">Family</th>{head}', rows, caption)


def _strata(survey: Survey, by: By, heading: str) -> str:
    strata = survey.strata(by)[:_MOST_STRATA]
    if len(strata) < 2:
        return ""
    if by == "period":
        strata = tuple(sorted(strata, key=lambda each: (each.value == "", each.value)))
    head = "".join(f'<th scope="col">{escape(each.label)} ({each.documents:,})</th>' for each in strata)
    rows = []
    for family in survey.families:
        shares = (_share(stratum.shares[family.id]) for stratum in strata)
        cells = "".join(f'<td class="number">{each}</td>' for each in shares)
        rows.append(f'<tr><th scope="row">{escape(family.label())}</th>{cells}</tr>')
    return f"<h2>{escape(heading)}</h2>" + _framed(f'<th scope="col">Family</th>{head}', rows, "")


def _share(share: Share) -> str:
    """Of few documents a percentage would say more than they can bear."""
    if share.of < _FEWEST_FOR_PERCENT:
        return f"{share.found:,} of {share.of:,}" + (f" (to {share.found + share.open:,})" * (share.open > 0))
    upper = f" (to {percent(share.high)})" if share.open else ""
    return f"{share.found:,} · {percent(share.low)}{upper}"


def _table(survey: Survey, link: Link | None) -> str:
    head = "".join(f'<th scope="col">{escape(each.label())}</th>' for each in survey.families)
    rows = []
    for row in survey.rows:
        cells = "".join(_cell(row, each, link) for each in row.findings)
        facts = ", ".join(names.details(row.source))
        rows.append(
            f'<tr><th scope="row"><bdi>{escape(row.source.title)}</bdi><br><span class="soft">{escape(facts)}'
            f"</span></th>{cells}</tr>"
        )
    caption = (
        "Places with their pages. – : not found. ? : not found, and not all could be read, or no terms in its"
        " language. ≈ : near in meaning, not counted."
    )
    return _framed(f'<th scope="col">Document</th>{head}', rows, caption)


def _cell(row: Row, finding: Finding, link: Link | None) -> str:
    if finding.state == "found":
        return f'<td class="found"><b>{finding.count:,}</b> {_pages(row, finding, link)}</td>'
    near = ""
    if finding.candidate is not None:
        page = finding.candidate.quote.hit.passage.page
        near = " ≈" + (f" p. {page}" if page is not None else "")
    if finding.state == "unreadable":
        return f'<td class="open">?{near}</td>'
    return f'<td class="near">–{near}</td>' if near else "<td>–</td>"


def _pages(row: Row, finding: Finding, link: Link | None) -> str:
    known = [each for each in finding.pages if each.page is not None]
    if not known:
        return ""
    shown = []
    for each in known[:_MOST_PAGES]:
        address = link(row.source, each.page) if link else ""
        shown.append(f'<a href="{escape(address)}">{each.page}</a>' if address else f"{each.page}")
    more = f" and {len(known) - _MOST_PAGES} more" if len(known) > _MOST_PAGES else ""
    return "p. " + ", ".join(shown) + more


def _unread(survey: Survey) -> Iterator[str]:
    told = [
        f"{row.source.title}: {row.unread:,} of {row.pages:,} pages" for row in survey.rows if row.unread
    ] + [f"{each.name}: {each.reason}" for each in survey.lost]
    if told:
        yield "<h2>What could not be read</h2><ul>"
        yield from (f"<li>{escape(each)}</li>" for each in told)
        yield "</ul>"


def _quotes(survey: Survey, family: Family, link: Link | None) -> Iterator[str]:
    found = [(row, each.quote) for row, each in survey.column(family.id) if each.quote]
    near = [(row, each.candidate.quote) for row, each in survey.column(family.id) if each.candidate]
    if not found and not near:
        return
    yield f"<h3>{escape(family.label())}</h3>"
    yield from (_quote(row, quote, link) for row, quote in found[:MOST_QUOTES])
    if len(found) > MOST_QUOTES:
        yield f'<p class="soft">{len(found) - MOST_QUOTES:,} more stand in the workbook.</p>'
    if near:
        yield '<p class="soft">Near in meaning, without a term; to be read, and counted in no share:</p>'
        yield from (_quote(row, quote, link) for row, quote in near[:MOST_QUOTES])


def _quote(row: Row, quote: Citation, link: Link | None) -> str:
    where = row.source.title
    if page := names.page(quote.hit.passage):
        where += f", {page}"
    address = link(row.source, quote.hit.passage.page) if link else ""
    said = f'<a href="{escape(address)}">{escape(where)}</a>' if address else escape(where)
    cautions = "".join(f" · {escape(each)}" for each in quote.hit.cautions)
    cite = f"<cite><bdi>{said}</bdi>{cautions}</cite>"
    return f'<blockquote><p dir="auto">{escape(quote.quote)}</p>{cite}</blockquote>'


def _framed(head: str, rows: Iterable[str], caption: str) -> str:
    said = f"<caption>{escape(caption)}</caption>" if caption else ""
    return (
        f'<div class="wide" tabindex="0"><table>{said}<thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )
