"""A run as one self-contained HTML page: inline style and SVG, no script, nothing fetched, all escaped."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

from eval.report import charts
from eval.report.build import build
from eval.report.content import (
    Claim,
    Comparison,
    Content,
    Definition,
    Direction,
    Group,
    Lost,
    Measure,
    Move,
    Repeat,
    Table,
    Time,
)
from eval.report.html import TONES, changed, columns, failure, linked, shown, small, tag, td
from eval.report.pages import PageText
from eval.report.words import ended, named, percent, say, together
from eval.results import Run
from ingest.wording import capital, direction


def report(run: Run, before: Run | None = None, page_text: PageText | None = None, ui: str = "en") -> str:
    """The page. page_text: (file name, page) -> its text, so that expected pages are shown (pages.py).

    Raises EvalError where `before` is a run of another bank. ui: the language that the page speaks.
    """
    return render(build(run, before, page_text, ui))


def render(content: Content) -> str:
    ui = content.ui
    parts = [
        ("verdict", "", _verdict(content)),
        ("measures", "", _measures(content)),
        ("refusing", "", _refusing(content)),
        ("time", "", _times(content)),
        ("strata", "", "".join(map(_table, content.strata))),
        ("lost", "", _lost(content)),
        ("questions", str(len(content.failures)), _failures(content)),
    ]
    if content.comparison:
        count = str(len(content.comparison.changed))
        parts.append(("changes", count, _comparison(content.comparison, ui)))
    parts.append(("repeat", "", _repeat(content.repeat, ui)))
    sections = [(name, named(ui, "report_part", name), count, inside) for name, count, inside in parts]
    contents = "".join(
        f'<li><a href="#{name}">{title}{f"<b>{count}</b>" if count else ""}</a></li>'
        for name, title, count, _ in sections
    )
    body = "".join(
        f'<section id="{name}" aria-labelledby="{name}-h"><h2 id="{name}-h">{title}</h2>{inside}</section>'
        for name, title, _, inside in sections
    )
    compared = f'<p class="lead">{shown(content.compared)}</p>' if content.compared else ""
    style = files("eval.report").joinpath("report.css").read_text(encoding="utf-8")
    return (
        f'<!doctype html>\n<html lang="{ui}" dir="{direction(ui)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        # No icon is asked for, and whatever escaping might miss could neither run nor fetch.
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'; img-src data:\">"
        f'<link rel="icon" href="data:,"><title>{shown(content.title)}</title>'
        f"<style>{style}</style></head>\n"
        '<body><div class="frame">'
        f'<header class="masthead"><h1>{shown(content.title)}</h1>'
        f'<p class="lead">{shown(content.subtitle)}</p>{compared}</header><div class="body">'
        f'<nav class="contents" aria-label="{say(ui, "report.contents")}">'
        f"<ol>{contents}</ol></nav><main>{body}</main></div></div></body></html>\n"
    )


def _lead(ui: str, key: str, **fields: object) -> str:
    return f'<p class="lead">{shown(say(ui, key, **fields))}</p>'


# Figures


def _verdict(content: Content) -> str:
    def claim(each: Claim) -> str:
        tone = TONES.get(each.kind, "")
        sentence = _unbroken(shown(each.sentence))
        return f'<div class="{tone}"><dt>{shown(each.label)}</dt><dd>{sentence}</dd></div>'

    claims = "".join(map(claim, content.verdict))
    return f'<dl class="claims">{claims}</dl><p class="small soft lead">{shown(content.standard)}</p>'


def _unbroken(words: str) -> str:
    return words.replace(" %", "\u00a0%")


def _measures(content: Content) -> str:
    ui, compared = content.ui, content.comparison
    key = _lead(ui, "report.dots")
    if compared:
        key += (
            '<p class="key"><span><svg aria-hidden="true"><g class="now"><line x1="2" x2="32" y1="6" y2="6"/>'
            f'<circle cx="17" cy="6" r="5"/></g></svg>{say(ui, "report.this_run")}</span><span>'
            '<svg aria-hidden="true">'
            '<g class="was"><line x1="2" x2="32" y1="6" y2="6"/><circle cx="17" cy="6" r="3.5"/></g></svg>'
            f"{shown(say(ui, 'report.that_run', name=compared.name))}</span></p>"
        )
    return key + "".join(_group(group, ui) for group in content.groups)


def _group(group: Group, ui: str) -> str:
    rates = any(each.rate for each in group.measures)
    axis = f'<div class="axis"><div class="chart" dir="ltr">{charts.scale(ui)}</div></div>' if rates else ""
    rows = "".join(_measure(each, ui) for each in group.measures)
    note = f'<p class="small soft note">{shown(group.left_out)}</p>' if group.left_out else ""
    return f'<h3>{shown(group.title)}</h3>{note}{axis}<div class="measures">{rows}</div>'


def _measure(measure: Measure, ui: str) -> str:
    chart = charts.whisker(measure.label, measure.interval, measure.earlier, ui) if measure.rate else ""
    was = f"<span>{shown(say(ui, 'report.was', value=measure.was))}</span>" if measure.was else ""
    moved = (
        f"<span>{tag(named(ui, 'effect', measure.moved), TONES[measure.moved])}</span>"
        if measure.moved
        else ""
    )
    return (
        f'<div class="measure"><div class="name">{shown(measure.label)}{small(measure.left_out)}</div>'
        f'<div class="chart" dir="ltr">{chart}</div>'
        f'<div class="value"><b>{shown(measure.value)}</b>{small(measure.span)}</div>'
        f'<div class="count">{shown(measure.counted)}{was}{moved}</div></div>'
    )


def _refusing(content: Content) -> str:
    def card(each: Direction) -> str:
        return (
            f'<div class="card"><h3>{shown(each.title)}</h3><p class="big">{shown(each.value)}</p>'
            f'<p class="small soft">{shown(each.counted)}</p><p class="small">{shown(each.cost)}</p>'
            f"{linked(each.questions)}</div>"
        )

    cards = "".join(map(card, content.directions))
    return (
        f'{_lead(content.ui, "refusing.lead")}<div class="cards">{cards}</div>'
        f'<p class="small soft">{shown(content.refusing)}</p>'
    )


def _times(content: Content) -> str:
    ui = content.ui
    if not content.times:
        return _lead(ui, "timing.none")

    def card(each: Time) -> str:
        was = f'<p class="small soft">{shown(say(ui, "report.was", value=each.was))}</p>' if each.was else ""
        return (
            f'<div class="card"><h3>{shown(each.label)}</h3><p class="big">{shown(each.value)}</p>'
            f'<p class="small soft">{shown(each.note)}</p>{was}</div>'
        )

    label = say(ui, "timing.each", count=len(content.seconds))
    return (
        f'{_lead(ui, "timing.lead")}<div class="cards">{"".join(map(card, content.times))}</div>'
        f'<div dir="ltr">{charts.strip(content.seconds, label)}</div>'
        f'<p class="small soft">{shown(ended(ui, label))}</p>'
    )


def _table(table: Table) -> str:
    header = "".join(f'<th scope="col">{shown(each)}</th>' for each in table.header)
    rows = "".join(
        "<tr>"
        + "".join(
            td(label, f"{shown(cell.text)}{small(cell.small)}", "none" * (cell.text == "–"))
            for label, cell in zip(table.header, row, strict=True)
        )
        + "</tr>"
        for row in table.rows
    )
    return f"<h3>{shown(table.title)}</h3>{columns(header, rows)}"


def _lost(content: Content) -> str:
    ui = content.ui

    def row(each: Lost) -> str:
        count = len(each.questions)
        figure = say(ui, "figure.share", count=count, value=percent(ui, each.share))
        what = (
            f'<div class="what"><p class="small">{shown(each.meaning)} '
            f'<span class="soft">{shown(each.advice)}</span></p>{linked(each.questions)}</div>'
        )
        return (
            f'<li class="{"" if count else "none"}"><span>{shown(capital(each.label))}</span>'
            f'{charts.bar(each.share)}<span class="figure">{figure}</span>'
            f"{what if count else ''}</li>"
        )

    lead = _lead(ui, "lost.lead", count=len(content.failures), all=content.questions)
    return f'{lead}<ol class="lost">{"".join(map(row, content.lost))}</ol>'


# Questions


def _failures(content: Content) -> str:
    ui = content.ui
    if not content.failures:
        return _lead(ui, "report.none")
    parts = []
    for stage in content.lost:
        here = [each for each in content.failures if each.stage == stage.stage]
        if here:
            rows = "".join(failure(each, ui) for each in here)
            title = say(ui, "figure.named", label=capital(stage.label), value=len(here))
            parts.append(f'<h3>{shown(title)}</h3><div class="questions">{rows}</div>')
    return "".join(parts)


def _heads(ui: str, *names: str) -> tuple[dict[str, str], str]:
    """The heads of a table's columns by their names, and as HTML."""
    heads = {name: say(ui, f"report_head.{name}") for name in names}
    return heads, "".join(f'<th scope="col">{each}</th>' for each in heads.values())


def _comparison(comparison: Comparison, ui: str) -> str:
    heads, header = _heads(ui, "measure", "before", "now", "verdict", "chance", "gained", "lost")

    def move(each: Move) -> str:
        verdict = named(ui, "effect", each.verdict)
        cells = (
            ("measure", shown(each.label)),
            ("before", shown(each.was), "figure"),
            ("now", shown(each.now), "figure"),
            ("verdict", tag(verdict, TONES[each.verdict]) if each.verdict in TONES else shown(verdict)),
            ("chance", shown(each.test)),
        )
        ids = (("gained", linked(each.gained)), ("lost", linked(each.lost)))
        return (
            "<tr>"
            + "".join(td(heads[name], *cell) for name, *cell in cells)
            + "".join(td(heads[name], links, "" if links else "none") for name, links in ids)
            + "</tr>"
        )

    rows = "".join(map(move, comparison.moves))
    answers = "".join(changed(each, comparison.name, ui) for each in comparison.changed)
    return (
        f'<p class="lead">{shown(comparison.summary)}</p><h3>{say(ui, "change.by_measure")}</h3>'
        f"{columns(header, rows)}<h3>{say(ui, 'change.by_answer')}</h3>"
        f'<p class="lead small soft">{say(ui, "change.line")}</p><div class="questions">{answers}</div>'
    )


# Repeating it


def _pairs(pairs: Sequence[tuple[str, str]]) -> str:
    inside = "".join(f"<dt>{shown(name)}</dt><dd><bdi>{shown(value)}</bdi></dd>" for name, value in pairs)
    return f'<dl class="pairs">{inside}</dl>'


def _long(title: str, inside: str) -> str:
    return f'<details class="long"><summary>{title}</summary><div class="inside">{inside}</div></details>'


def _repeat(repeat: Repeat, ui: str) -> str:
    heads, header = _heads(ui, "measure", "direction", "method", "left_out")

    def row(each: Definition) -> str:
        cells = (("measure", each.label), ("direction", each.better), ("method", each.method))
        return (
            "<tr>"
            + "".join(td(heads[name], shown(value)) for name, value in cells)
            + td(heads["left_out"], shown(each.left_out), "words")
            + "</tr>"
        )

    wording = "".join(
        f"<h4>{shown(heading)}</h4>" + "".join(f"<p>{shown(part)}</p>" for part in parts)
        for heading, parts in repeat.wording
    )
    return (
        f'<p class="lead">{shown(together(ui, (repeat.power, say(ui, "repeating.same"))))}'
        f' <code dir="ltr">{shown(repeat.command)}</code></p>{_pairs(repeat.facts)}'
        + _long(say(ui, "repeating.settings"), _pairs(repeat.settings))
        + _long(say(ui, "repeating.measures"), columns(header, "".join(map(row, repeat.definitions))))
        + _long(say(ui, "repeating.definitions"), f'<div class="wording">{wording}</div>')
    )
