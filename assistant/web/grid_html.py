"""What the results of the Grid screen share as HTML: states, quotes, the paged table; all is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from assistant.answer import Citation, Hit, Sentence, Source
from assistant.grids.types import STATES, Cell, State
from assistant.web import cards, names
from assistant.web.evidence import attributes
from assistant.web.words import listed, say

PAGE = 50  # documents of a table that are shown at a time, so that no grid stands in one page
_PLACES = 4  # pages of a document that a cell of the table names
_SNIPPET = 220  # characters of an answer in the table; the panel has all of it
_HERE = ' target="_blank" rel="noopener"'
SIGNS: dict[State, str] = {"found": "●", "partly": "◐", "not found": "○", "unreadable": "▨"}


@dataclass(frozen=True)
class Box:
    """A cell as the table shows it. more: pages or counts, short; text: some of the answer."""

    state: State | None  # None: not decided yet
    more: str = ""
    text: str = ""
    language: str = ""


@dataclass(frozen=True)
class Column:
    """A column of the table: what was asked, and below it HTML that sums it up."""

    title: str
    below: str = ""


def key(state: State) -> str:
    return state.replace(" ", "_")


def word(state: State, ui: str) -> str:
    return say(ui, f"grid.{key(state)}")


def tag(state: State, words: str) -> str:
    """A state by sign and word; the colour says the same once more."""
    return (
        f'<span class="g-state s-{key(state)}"><span class="g-sign" aria-hidden="true">{SIGNS[state]}</span>'
        f" {escape(words)}</span>"
    )


def problem(words: str) -> str:
    return f'<div class="g-problem" role="alert"><p>{escape(words)}</p></div>'


def note(words: str) -> str:
    return f'<p class="g-note">{escape(words)}</p>' if words else ""


def details(title: str, inner: str, *, opened: bool = False) -> str:
    shown = " open" if opened else ""
    return f'<details class="g-more"{shown}><summary>{escape(title)}</summary>{inner}</details>'


def legend(ui: str) -> str:
    items = "".join(
        f"<li>{tag(state, word(state, ui))} <span>{escape(say(ui, f'grid.means_{key(state)}'))}</span></li>"
        for state in STATES
    )
    return f'<ul class="g-legend">{items}</ul>'


def facts(source: Source, ui: str) -> str:
    """ "Evaluation · Senegal · 2019–2021", and what is newer."""
    parts = [*names.details(source, ui), source.symbol]
    if source.superseded:
        parts.append(say(ui, "source.superseded", newer=source.superseded))
    return " · ".join(filter(None, parts))


def quote(cited: Citation, ui: str, *, opens: bool = True) -> str:
    """A quote with the way to its page. opens: whether its document is in the library."""
    hit, source = cited.hit, cited.hit.source
    where = names.page(hit.passage, ui)
    cautions = "".join(f'<span class="g-caution">{escape(each)}</span>' for each in names.cautions(hit, ui))
    spoken = cards.lang(source.language)
    words = f'<blockquote dir="auto"{spoken}>{escape(cited.quote)}</blockquote>'
    way = _way(hit, (cited.quote,), where, ui, opens)
    return f'<div class="g-quote">{words}<p class="g-way">{way}{cautions}</p></div>'


def _way(hit: Hit, quotes: Sequence[str], where: str, ui: str, opens: bool) -> str:
    if not opens:
        return f"<span>{escape(where)}</span>"
    label = where or say(ui, "source.see_text")
    page = listed(ui, (hit.source.title, where))
    spoken = say(ui, "grid.pair", label=say(ui, "source.see_page"), words=page) if where else label
    return (
        f'<button type="button" class="g-page"{attributes(hit, quotes)} aria-label="{escape(spoken)}">'
        f"{escape(label)}</button>"
    )


def sentence(each: Sentence, ui: str, *, opens: bool = True) -> str:
    """A sentence of an answer with the way to each page that it is quoted from; a table's row stays whole."""
    hits = {cited.hit.passage.id: cited.hit for cited in each.citations}
    ways = []
    for id_, hit in hits.items():
        own = [cited.quote for cited in each.citations if cited.hit.passage.id == id_]
        ways.append(_way(hit, own, names.page(hit.passage, ui), ui, opens))
        ways += [f'<span class="g-caution">{escape(words)}</span>' for words in names.cautions(hit, ui)]
    spoken = cards.lang(each.language or next(iter(hits.values())).source.language)
    words = f'<blockquote dir="auto"{spoken}>{escape(each.text)}</blockquote>'
    return f'<div class="g-quote">{words}<p class="g-way">{"".join(ways)}</p></div>'


def quotes(cell: Cell, ui: str, *, opens: bool = True, first: int = 0) -> str:
    """The sentences of a cell. first: how many are shown before one asks for more; 0: all."""
    told = [sentence(each, ui, opens=opens) for each in cell.sentences]
    if not first or len(told) <= first:
        return "".join(told)
    return "".join(told[:first]) + details(say(ui, "grid.more"), "".join(told[first:]))


def passage(hit: Hit, ui: str, *, opens: bool = True) -> str:
    """A passage that is no answer, shortened."""
    short = " ".join(hit.passage.text.split())
    if len(short) > 420:
        short = short[:420].rsplit(None, 1)[0] + " …"
    where = names.page(hit.passage, ui)
    own = (hit.passage.text,) if hit.passage.kind == "text" else ()
    return (
        f'<div class="g-quote near"><blockquote dir="auto"{cards.lang(hit.source.language)}>{escape(short)}'
        f'</blockquote><p class="g-way">{_way(hit, own, where, ui, opens)}</p></div>'
    )


def pages(places: Iterable[int | None], ui: str) -> str:
    """ "p. 3, 7, 12 …", "" for formats without pages."""
    known = [str(page) for page in places if page is not None]
    if not known:
        return ""
    shown = listed(ui, known[:_PLACES]) + (" …" if len(known) > _PLACES else "")
    return say(ui, "source.page", page=shown)


def snippet(text: str) -> str:
    return text if len(text) <= _SNIPPET else text[:_SNIPPET].rsplit(None, 1)[0] + " …"


def bar(counts: dict[State, int], ui: str) -> str:
    """How many documents are in which state: a bar, and the same in words."""
    total = sum(counts.values())
    if not total:
        return ""
    parts = "".join(
        f'<i class="s-{key(state)}" style="flex-grow:{count}"></i>'
        for state, count in counts.items()
        if count
    )
    said = listed(ui, (f"{word(state, ui)} {count}" for state, count in counts.items() if count))
    return f'<span class="g-bar" aria-hidden="true">{parts}</span><span class="g-said">{escape(said)}</span>'


def downloads(ticket: str, ui: str, *, report: bool = False) -> str:
    """Links to the exports. report: whether there is one that a browser shows."""
    forms = [("html", say(ui, "grid.report"))] if report else []
    forms += [("xlsx", "Excel (XLSX)"), ("docx", say(ui, "do.docx")), ("csv", "CSV")]
    links = "".join(
        f'<a class="g-button" href="/grid/export/{ticket}.{ending}"'
        f"{_HERE if ending == 'html' else ' download'}>{escape(label)}</a>"
        for ending, label in forms
    )
    return (
        f'<p class="g-exports" role="group" aria-label="{escape(say(ui, "do.export"))}">'
        f"<span>{escape(say(ui, 'do.export'))}</span>{links}</p>"
    )


def table(
    columns: Sequence[Column],
    rows: Sequence[tuple[Source, Sequence[Box]]],
    at: int,
    total: int,
    ui: str,
    *,
    full: bool,
) -> str:
    """A page of the documents from `at` on, of `total`. full: with some of the words of each answer."""
    head = "".join(
        f'<th scope="col"><span class="g-asked" dir="auto">{escape(each.title)}</span>{each.below}</th>'
        for each in columns
    )
    body = "".join(_row(source, boxes, columns, ui, full) for source, boxes in rows)
    caption = say(ui, "grid.shown", first=at + 1, last=at + len(rows), count=total)
    kind = "full" if full else "short"
    return (
        f'<div class="g-scroll {kind}"><table class="g-table" style="--columns:{len(columns)}">'
        f'<caption class="g-hidden">{escape(caption)}. {escape(say(ui, "grid.keys"))}</caption><thead><tr>'
        f'<th scope="col" class="g-corner">{escape(say(ui, "export.document"))}</th>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>{_turn(at, len(rows), total, caption, ui)}"
    )


def _row(source: Source, boxes: Sequence[Box], columns: Sequence[Column], ui: str, full: bool) -> str:
    cells = "".join(
        f"<td>{_box(source, box, place, columns[place].title, ui, full)}</td>"
        for place, box in enumerate(boxes)
    )
    return (
        f'<tr><th scope="row"><span class="g-title" dir="auto">{escape(source.title)}</span>'
        f'<small dir="auto">{escape(facts(source, ui))}</small></th>{cells}</tr>'
    )


def _box(source: Source, box: Box, place: int, asked: str, ui: str, full: bool) -> str:
    question = f'<span class="g-of" dir="auto">{escape(asked)}</span>'
    if box.state is None:
        return f'{question}<span class="g-open">{escape(say(ui, "grid.undecided"))}</span>'
    more = f'<span class="g-where">{escape(box.more)}</span>' if box.more else ""
    text = ""
    if full and box.text:
        text = f'<span class="g-text" dir="auto"{cards.lang(box.language)}>{escape(snippet(box.text))}</span>'
    return (
        f'<button type="button" class="g-cell s-{key(box.state)}" data-document="{escape(source.document)}"'
        f' data-column="{place}">{question}{tag(box.state, word(box.state, ui))}{more}{text}</button>'
    )


def _turn(at: int, shown: int, total: int, caption: str, ui: str) -> str:
    if total <= PAGE:
        return f'<p class="g-turn"><span>{escape(caption)}</span></p>'

    def button(to: int, label: str, works: bool) -> str:
        off = "" if works else " disabled"
        return f'<button type="button" class="g-button" data-at="{to}"{off}>{escape(label)}</button>'

    earlier = button(max(0, at - PAGE), say(ui, "grid.earlier"), at > 0)
    later = button(at + PAGE, say(ui, "grid.later"), at + shown < total)
    return f'<p class="g-turn">{earlier}<span role="status">{escape(caption)}</span>{later}</p>'


def switch(full: bool, ui: str) -> str:
    """Whether the table shows words of the answers."""
    return (
        f'<label class="g-switch"><input type="checkbox" data-full{" checked" if full else ""}> '
        f"{escape(say(ui, 'grid.with_words'))}</label>"
    )
