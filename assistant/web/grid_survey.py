"""A survey as the Grid screen shows it: sentences with their numbers, chart, map, and a page of the table."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Literal

from assistant.grids.parts import parts
from assistant.grids.survey import Finding, Lost, Row, Share, Survey
from assistant.grids.survey_charts import bar_chart, world_map
from assistant.grids.survey_method import method
from assistant.grids.survey_words import reason_of
from assistant.web import grid_html as html
from assistant.web.grid_html import Box, Column
from assistant.web.grid_results import original, panel_head
from assistant.web.words import beside, listed, say

By = Literal["kind", "country", "language", "period"]
_STRATA: tuple[By, ...] = ("kind", "language", "period", "country")
_FULL = 6  # families up to which the table shows the quotes
_GROUPS = 30  # values of one stratum that are shown


def of_survey(made: Survey, ticket: str, at: int, full: bool | None, family: str, ui: str) -> str:
    """The whole result. family: the one that the map shows."""
    verdicts = "".join(f"<li>{verdict(made, each.id, ui)}</li>" for each in made.families)
    read = say(ui, "filters.these_documents", count=made.documents)
    if made.unread:
        read = listed(ui, (read, say(ui, "grid.documents_unread", count=made.unread)))
    return (
        f'<ol class="g-verdicts">{verdicts}</ol><p class="g-soft">{escape(read)}</p>'
        f'<div class="g-tools">{html.downloads(ticket, ui, report=True)}</div>'
        f'<div class="g-pictures"><figure class="g-figure">{bar_chart(made, ui)}</figure>'
        f"{_map(made, family, ui)}</div>"
        f"{_table(made, at, full, ui)}{_groups(made, ui)}{_parts(made, ui)}{_lost(made.lost, ui)}"
        f"{html.details(say(ui, 'grid.signs'), html.legend(ui))}{_method(made, ui)}"
    )


def verdict(made: Survey, family: str, ui: str) -> str:
    """ "52 of 119 documents refer to remittances (44 %), 3 could not be read whole." """
    share = made.share(family)
    label = beside(ui, made.family(family).label(ui))
    words = say(ui, "grid.refer", count=share.found, all=share.of, label=label, percent=percent(share, ui))
    rest = [say(ui, "grid.refer_open", count=share.open)] if share.open else []
    if share.candidates:
        rest.append(say(ui, "grid.refer_near", count=share.candidates))
    more = f" <small>{escape(' '.join(rest))}</small>" if rest else ""
    return f"<b>{escape(words)}</b>{more}"


def percent(share: Share, ui: str) -> str:
    from babel.numbers import format_percent

    return str(format_percent(round(share.low, 2), locale=ui))


def _map(made: Survey, family: str, ui: str) -> str:
    chosen = family if family in {each.id for each in made.families} else made.families[0].id
    if not made.countries(chosen):
        return ""
    options = "".join(
        f'<option value="{escape(each.id)}"{" selected" if each.id == chosen else ""}>'
        f"{escape(each.label(ui))}</option>"
        for each in made.families
    )
    select = f'<select data-map aria-label="{escape(say(ui, "grid.map_of"))}">{options}</select>'
    return (
        f'<figure class="g-figure"><figcaption>{select}</figcaption><div class="g-map">'
        f"{world_map(made, chosen, ui=ui)}</div></figure>"
    )


# The table


def _table(made: Survey, at: int, full: bool | None, ui: str) -> str:
    at = max(0, min(at, max(0, len(made.rows) - 1))) // html.PAGE * html.PAGE
    wide = len(made.families) <= _FULL if full is None else full
    columns = [
        Column(each.label(ui), f'<span class="g-sum">{_counted(made.share(each.id), ui)}</span>')
        for each in made.families
    ]
    rows = [(row.source, [_box(each, ui) for each in row.findings]) for row in made.rows[at : at + html.PAGE]]
    return f'<div class="g-tools">{html.switch(wide, ui)}</div>' + html.table(
        columns, rows, at, len(made.rows), ui, full=wide
    )


def _counted(share: Share, ui: str) -> str:
    counts = {"found": share.found, "unreadable": share.open}
    rest = share.of - share.found - share.open
    bars = "".join(
        f'<i class="s-{html.key(state)}" style="flex-grow:{count}"></i>'  # type: ignore[arg-type]
        for state, count in (*counts.items(), ("not found", rest))
        if count
    )
    words = f"{share.found} / {share.of} ({percent(share, ui)})"
    return f'<span class="g-bar" aria-hidden="true">{bars}</span><span class="g-said">{escape(words)}</span>'


def _box(finding: Finding, ui: str) -> Box:
    if finding.state == "found":
        places = html.pages((each.page for each in finding.pages), ui)
        count = say(ui, "grid.places", count=finding.count)
        text = finding.quote.quote if finding.quote else ""
        language = finding.quote.hit.source.language if finding.quote else ""
        return Box("found", " · ".join(filter(None, (count, places))), text, language)
    near = say(ui, "grid.near") if finding.candidate else ""
    return Box(finding.state, near)


def cell_panel(row: Row, finding: Finding, label: str, ui: str) -> str:
    """What one document holds of one family: pages, sections, words, a quote."""
    parts = [panel_head(row.source, label, ui)]
    means = say(
        ui, "grid.means_found_terms" if finding.state == "found" else f"grid.terms_{html.key(finding.state)}"
    )
    parts.append(
        f'<p class="g-why">{html.tag(finding.state, html.word(finding.state, ui))} <span>'
        f"{escape(means)}</span></p>"
    )
    read = say(ui, "grid.pages", count=row.pages)
    if row.unread:
        read = listed(ui, (read, say(ui, "grid.pages_unread", count=row.unread)))
    parts.append(f'<p class="g-soft">{escape(read)}</p>')
    if finding.why:
        parts.append(f'<p class="g-soft">{escape(say(ui, f"survey.why_{finding.why}"))}</p>')
    if finding.quote is not None:
        parts.append(html.quote(finding.quote, ui))
    if finding.candidate is not None:
        parts.append(f"<h3>{escape(say(ui, 'grid.near'))}</h3>{html.quote(finding.candidate.quote, ui)}")
    if finding.words:
        words = listed(ui, (f"{word} ({count})" for word, count in list(finding.words.items())[:20]))
        parts.append(f'<h3>{escape(say(ui, "grid.terms_found"))}</h3><p dir="auto">{escape(words)}</p>')
    if finding.pages:
        parts.append(f"<h3>{escape(say(ui, 'grid.column_pages'))}</h3>{_pages(row, finding, ui)}")
    parts.append(original(row.source, ui))
    return "".join(parts)


def _pages(row: Row, finding: Finding, ui: str) -> str:
    items = []
    for each in finding.pages[:60]:
        count = say(ui, "grid.places", count=each.count)
        if each.page is None:
            items.append(f"<li>{escape(count)}</li>")
            continue
        where = say(ui, "source.page", page=each.page)
        if each.label not in ("", str(each.page)):
            where = say(ui, "source.page_printed", page=each.page, label=each.label)
        items.append(
            f'<li><button type="button" class="g-page" data-evidence="{escape(row.source.document)}"'
            f' data-page="{each.page}" data-quotes="[]">{escape(where)}</button> {escape(count)}</li>'
        )
    return f'<ul class="g-pages">{"".join(items)}</ul>'


# What is behind it


def _groups(made: Survey, ui: str) -> str:
    tables = []
    for by in _STRATA:
        strata = made.strata(by, ui)
        if len(strata) < 2:
            continue
        head = "".join(f'<th scope="col" dir="auto">{escape(each.label(ui))}</th>' for each in made.families)
        rows = "".join(
            f'<tr><th scope="row" dir="auto">{escape(each.label)}</th><td>'
            f"{each.documents}</td>"
            + "".join(f"<td>{_share(each.shares[family.id], ui)}</td>" for family in made.families)
            + "</tr>"
            for each in strata[:_GROUPS]
        )
        tables.append(
            f'<div class="g-scroll"><table class="g-plain"><caption>'
            f"{escape(say(ui, f'grid.by_{by}'))}</caption>"
            f'<thead><tr><th scope="col"></th><th scope="col">{escape(say(ui, "filters.documents"))}</th>'
            f"{head}"
            f"</tr></thead><tbody>{rows}</tbody></table></div>"
        )
    return html.details(say(ui, "grid.groups"), "".join(tables)) if tables else ""


def _share(share: Share, ui: str) -> str:
    return f"{share.found} <small>{escape(percent(share, ui))}</small>"


def _parts(made: Survey, ui: str) -> str:
    rows = []
    for each in made.families:
        for part, (documents, places) in made.parts(each.id).items():
            told = say(ui, "filters.these_documents", count=documents)
            count = say(ui, "grid.places", count=places)
            rows.append(
                f'<tr><th scope="row" dir="auto">{escape(each.label(ui))}</th><td>'
                f"{escape(parts().label(part, ui))}</td>"
                f"<td>{escape(told)}</td><td>{escape(count)}</td></tr>"
            )
    if not rows:
        return ""
    table = f'<div class="g-scroll"><table class="g-plain"><tbody>{"".join(rows)}</tbody></table></div>'
    return html.details(say(ui, "grid.parts"), table)


def _lost(lost: Sequence[Lost], ui: str) -> str:
    if not lost:
        return ""
    items = "".join(
        f'<li><b dir="auto">{escape(each.name)}</b> <span dir="auto">'
        f"{escape(reason_of(each, ui))}</span></li>"
        for each in lost
    )
    return html.details(say(ui, "grid.lost", count=len(lost)), f"<ul>{items}</ul>")


def _method(made: Survey, ui: str) -> str:
    sentences = "".join(f"<li>{escape(each)}</li>" for each in method(made, ui))
    return html.details(say(ui, "grid.sheet_method"), f'<ol class="g-method">{sentences}</ol>')
