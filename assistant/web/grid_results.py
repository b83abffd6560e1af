"""The results of the four uses as HTML; of a table one page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby

from assistant.answer import Source
from assistant.grid import Grid
from assistant.grids.checklist import VERDICTS, Checked, Checklist
from assistant.grids.compare import Comparison, Experience, Said, Side
from assistant.grids.export import pair, verdict_word
from assistant.grids.types import STATES, Cell, State
from assistant.web import cards, names
from assistant.web import grid_html as html
from assistant.web.grid_html import Box, Column
from assistant.web.words import listed, say

_FULL = 6  # questions up to which the table shows words of the answers, unless it is told otherwise
_SHOWN = 6  # documents of a side or a country whose answers are shown before one asks for more


def of_grid(grid: Grid, ticket: str, at: int, full: bool | None, ui: str, *, stopped: bool) -> str:
    """The plain grid: what it comes to for each question, and a page of its table."""
    at = max(0, min(at, len(grid.documents) - 1)) // html.PAGE * html.PAGE
    wide = len(grid.questions) <= _FULL if full is None else full
    counts = grid.counts()
    columns = [
        Column(question, f'<span class="g-sum">{html.bar(found, ui)}</span>')
        for question, found in zip(grid.questions, counts, strict=True)
    ]
    rows = [
        (source, [_box(cell, ui) for cell in grid.row(source)])
        for source in grid.documents[at : at + html.PAGE]
    ]
    alone = len(grid.questions) == 1  # then it is the title
    verdicts = "".join(
        f"<li>{'' if alone else _asked(question)}{_verdict(found, ui)}</li>"
        for question, found in zip(grid.questions, counts, strict=True)
    )
    left = html.note(say(ui, "grid.stopped_open")) if stopped else ""
    return (
        f'<ol class="g-verdicts">{verdicts}</ol>{left}'
        f'<div class="g-tools">{html.downloads(ticket, ui)}{html.switch(wide, ui)}</div>'
        f"{html.table(columns, rows, at, len(grid.documents), ui, full=wide)}"
        f"{html.details(say(ui, 'grid.signs'), html.legend(ui))}"
        f"{_method(grid.generation, ui)}"
    )


def _asked(question: str) -> str:
    return f'<span dir="auto">{escape(question)}</span> '


def _verdict(found: dict[State, int], ui: str) -> str:
    total = sum(found.values())
    said = escape(say(ui, "grid.answer_it", count=found["found"], all=total))
    others: tuple[State, ...] = ("partly", "unreadable")
    rest = [pair(html.word(state, ui), found[state], ui) for state in others if found[state]]
    return f"<b>{said}</b>" + (f" <small>{escape(listed(ui, rest))}</small>" if rest else "")


def _box(cell: Cell | None, ui: str) -> Box:
    if cell is None:
        return Box(None)
    return Box(cell.state, html.pages(cell.places, ui), cell.text, cell.source.language)


def _method(generation: str, ui: str) -> str:
    made = say(ui, "export.in_generation", generation=generation) if generation else ""
    words = f"<p>{escape(say(ui, 'grid.decided_how'))}</p><p>{escape(made)}</p>"
    return html.details(say(ui, "grid.sheet_method"), words)


# One cell


def cell_panel(cell: Cell, ui: str) -> str:
    """Everything that one document says to one question."""
    parts = [_head(cell.source, cell.question, ui), _state(cell, ui)]
    parts.append(html.quotes(cell, ui))
    if cell.nearest is not None:
        parts.append(f"<h3>{escape(say(ui, 'grid.nearest'))}</h3>{html.passage(cell.nearest, ui)}")
    parts.append(original(cell.source, ui))
    return "".join(parts)


def _head(source: Source, asked: str, ui: str) -> str:
    return (
        f'<h2 tabindex="-1" dir="auto">{escape(source.title)}</h2>'
        f'<p class="g-facts" dir="auto">{escape(html.facts(source, ui))}</p>'
        f'<p class="g-question" dir="auto">{escape(asked)}</p>'
    )


panel_head = _head


def _state(cell: Cell, ui: str) -> str:
    read = say(ui, "grid.pages", count=cell.pages) if cell.pages else ""
    if cell.unread:
        read = listed(ui, filter(None, (read, say(ui, "grid.pages_unread", count=cell.unread))))
    means = say(ui, f"grid.means_{html.key(cell.state)}")
    return (
        f'<p class="g-why">{html.tag(cell.state, html.word(cell.state, ui))} <span>{escape(means)}</span></p>'
        + (f'<p class="g-soft">{escape(read)}</p>' if read else "")
    )


def original(source: Source, ui: str) -> str:
    return (
        f'<p class="g-way"><a class="g-button" href="/original/{escape(source.document)}" target="_blank"'
        f' rel="noopener noreferrer">{escape(say(ui, "source.open"))}</a></p>'
    )


# Comparing


def of_comparison(made: Comparison, ticket: str, ui: str) -> str:
    """Side by side, what each says alone first; the sides that are silent are named."""
    sides = "".join(_side(side, made, ui) for side in made.sides)
    silent = ""
    if made.silent:
        told = listed(ui, (side.label for side in made.silent))
        silent = html.note(say(ui, "grid.silent", sides=told))
    if made.unasked:
        silent = html.note(say(ui, "grid.stopped_sides"))
    return (
        f"{_differing(made, ui)}{silent}"
        f'<div class="g-tools">{html.downloads(ticket, ui)}</div>'
        f'<div class="g-sides" style="--sides:{len(made.sides)}">{sides}</div>'
        f"{html.details(say(ui, 'grid.signs'), html.legend(ui))}{_method(made.generation, ui)}"
    )


def _differing(made: Comparison, ui: str) -> str:
    if not made.differing:
        return ""
    items = []
    for each in made.differing:
        pair = "".join(
            f'<li><b dir="auto">{escape(figure.shown)}</b> <span dir="auto">'
            f"{escape(figure.citation.hit.source.title)}</span>{html.quote(figure.citation, ui)}</li>"
            for figure in (each.one, each.other)
        )
        items.append(f"<ul>{pair}</ul>")
    return (
        f'<section class="g-differ"><h3>{escape(say(ui, "answer.differ"))}</h3>'
        f"<p>{escape(say(ui, 'answer.differ_why'))}</p>{''.join(items)}</section>"
    )


def _side(side: Side, made: Comparison, ui: str) -> str:
    state = html.tag(side.state, html.word(side.state, ui)) if side.cells else ""
    count = say(ui, "filters.these_documents", count=len(side.cells))
    own = [each for each in side.said if not each.shared]
    shared = [each for each in side.said if each.shared]
    body = _said(own, ui)
    if shared:
        body += f"<h4>{escape(say(ui, 'grid.also_said'))}</h4>{_said(shared, ui)}"
    if not side.cells:
        body = f'<p class="g-soft">{escape(say(ui, "grid.undecided"))}</p>'
    elif not side.said:
        nearest = next((cell.nearest for cell in side.cells if cell.nearest), None)
        body = f'<p class="g-soft">{escape(say(ui, f"grid.means_{html.key(side.state)}"))}</p>'
        if nearest is not None:
            body += f"<h4>{escape(say(ui, 'grid.nearest'))}</h4>{html.passage(nearest, ui)}"
    documents = "".join(
        f'<li>{html.tag(cell.state, html.word(cell.state, ui))} <span dir="auto">'
        f"{escape(cell.source.title)}</span></li>"
        for cell in side.cells
    )
    return (
        f'<section class="g-side" aria-label="{escape(side.label)}"><h3 dir="auto">{escape(side.label)}</h3>'
        f'<p class="g-why">{state} <span>{escape(count)}</span></p>{body}'
        f"{html.details(count, f'<ul class=g-docs>{documents}</ul>')}</section>"
    )


def _said(said: Sequence[Said], ui: str) -> str:
    parts = []
    for each in said:
        source = each.sentence.citations[0].hit.source
        told = ""
        if each.shared:
            told = f'<p class="g-shared">{escape(say(ui, "grid.shared", sides=listed(ui, each.shared)))}</p>'
        quotes = html.sentence(each.sentence, ui)
        parts.append(
            f'<div class="g-said-one">{quotes}<p class="g-from" dir="auto">{escape(source.title)}</p>'
            f"{told}</div>"
        )
    return "".join(parts)


def of_experience(question: str, found: Sequence[Experience], ticket: str, ui: str, *, stopped: bool) -> str:
    """The countries that report experience, the weightiest first, each with its evidence."""
    left = html.note(say(ui, "grid.stopped_sides")) if stopped else ""
    if not found:
        return left or html.note(say(ui, "grid.nobody"))
    items = []
    for each in found:
        label = names.country(each.country, ui) if each.country else say(ui, "grid.no_country")
        first = "".join(_reports(cell, ui) for cell in each.cells[:2])
        rest = "".join(_reports(cell, ui) for cell in each.cells[2:_SHOWN])
        others = say(ui, "filters.these_documents", count=len(each.cells[2:_SHOWN]))
        more = html.details(f"+ {others}", rest) if rest else ""
        count = say(ui, "filters.these_documents", count=len(each.cells))
        items.append(
            f'<section class="g-side" aria-label="{escape(label)}"><h3>{escape(label)}</h3>'
            f'<p class="g-soft">{escape(count)}</p>{first}{more}</section>'
        )
    told = listed(ui, (names.country(each.country, ui) for each in found if each.country))
    lead = f'<p class="g-lead">{escape(told)}</p>' if told else ""
    return (
        f'{left}{lead}<div class="g-tools">{html.downloads(ticket, ui)}</div>'
        f'<div class="g-sides many">{"".join(items)}</div>{_method("", ui)}'
    )


def _reports(cell: Cell, ui: str) -> str:
    return (
        f'<div class="g-said-one"><p class="g-from" dir="auto"><b>{escape(cell.source.title)}</b> ·'
        f" {escape(html.facts(cell.source, ui))}</p>{html.quotes(cell, ui, first=2)}</div>"
    )


# The checklist


def of_checklist(made: Checklist, ticket: str, ui: str) -> str:
    """What the draft answers, and what it leaves out; what is missing comes with an example."""
    counts = made.counts()
    words: dict[State, str] = {state: verdict_word(state, ui) for state in STATES}
    told = "".join(
        f"<li>{html.tag(state, words[state])} <b>{counts[VERDICTS[state]]}</b></li>"
        for state in STATES
        if counts[VERDICTS[state]] or state != "unreadable"
    )
    parts = []
    for part, group in groupby(made.checked, lambda each: each.item.part):
        heading = f'<h3 dir="auto">{escape(part)}</h3>' if part else ""
        lines = "".join(_checked(each, made, ui) for each in group)
        parts.append(f'{heading}<ol class="g-checked">{lines}</ol>')
    read = say(ui, "grid.pages", count=made.pages)
    if made.unread:
        read = listed(ui, (read, say(ui, "grid.pages_unread", count=made.unread)))
    left = html.note(say(ui, "grid.stopped_list")) if made.unasked else ""
    return (
        f'<ul class="g-counts">{told}</ul><p class="g-soft">{escape(read)} · '
        f"{escape(say(ui, 'grid.draft_gone'))}</p>{left}"
        f'<div class="g-tools">{html.downloads(ticket, ui)}</div>'
        f"{''.join(parts)}{_method(made.generation, ui)}"
    )


def _checked(each: Checked, made: Checklist, ui: str) -> str:
    cell = each.cell
    body = html.quotes(cell, ui, opens=False, first=1)
    if cell.state == "not found" and cell.nearest is not None:
        near = html.passage(cell.nearest, ui, opens=False)
        body = html.details(say(ui, "grid.nearest"), near)
    if cell.state == "unreadable":
        body = f'<p class="g-soft">{escape(say(ui, "grid.means_unreadable"))}</p>'
    example = ""
    if each.example is not None and each.example.source.document != made.draft.document:
        source = each.example.source
        title = f'<p class="g-from" dir="auto">{escape(source.title)} · {escape(html.facts(source, ui))}</p>'
        example = html.details(
            say(ui, "grid.good_answer"),
            html.quotes(each.example, ui, first=1) + title,
            opened=cell.state != "found",
        )
    return (
        f'<li class="g-item s-{html.key(cell.state)}"><p class="g-asked-one"><span dir="auto"'
        f"{cards.lang('')}>{escape(each.item.question)}</span> "
        f"{html.tag(cell.state, verdict_word(cell.state, ui))}</p>{body}{example}</li>"
    )
