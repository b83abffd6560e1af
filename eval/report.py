"""A run as one self-contained HTML page: inline style and SVG, no script, nothing fetched, all escaped."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

from eval import charts
from eval.report_build import build
from eval.report_content import (
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
from eval.report_html import TONES, changed, columns, failure, linked, shown, small, tag, td
from eval.report_pages import PageText
from eval.results import Run


def report(run: Run, before: Run | None = None, page_text: PageText | None = None) -> str:
    """The page. page_text: (file name, page) -> its text, so that expected pages are shown (report_pages.py).

    Raises EvalError where `before` is a run of another bank.
    """
    return render(build(run, before, page_text))


def render(content: Content) -> str:
    sections = [
        ("verdict", "Verdict", "", _verdict(content)),
        ("measures", "Measures", "", _measures(content)),
        ("refusing", "Refusing", "", _refusing(content)),
        ("time", "Time", "", _times(content)),
        ("strata", "By kind and language", "", "".join(map(_table, content.strata))),
        ("lost", "Where questions were lost", "", _lost(content)),
        ("questions", "Questions that fell short", str(len(content.failures)), _failures(content)),
    ]
    if content.comparison:
        count = str(len(content.comparison.changed))
        sections.append(("changes", "Answers that changed", count, _comparison(content.comparison)))
    sections.append(("repeat", "How to repeat this run", "", _repeat(content.repeat)))
    contents = "".join(
        f'<li><a href="#{name}">{title}{f"<b>{count}</b>" if count else ""}</a></li>'
        for name, title, count, _ in sections
    )
    body = "".join(
        f'<section id="{name}" aria-labelledby="{name}-h"><h2 id="{name}-h">{title}</h2>{inside}</section>'
        for name, title, _, inside in sections
    )
    compared = f'<p class="lead">{shown(content.compared)}</p>' if content.compared else ""
    style = files("eval").joinpath("report.css").read_text(encoding="utf-8")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        # No icon is asked for, and whatever escaping might miss could neither run nor fetch.
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'; img-src data:\">"
        f'<link rel="icon" href="data:,"><title>{shown(content.title)}</title>'
        f"<style>{style}</style></head>\n"
        '<body><div class="frame">'
        f'<header class="masthead"><h1>{shown(content.title)}</h1>'
        f'<p class="lead">{shown(content.subtitle)}</p>'
        f'{compared}</header><div class="body"><nav class="contents" aria-label="Contents">'
        f"<ol>{contents}</ol></nav><main>{body}</main></div></div></body></html>\n"
    )


# Figures


def _verdict(content: Content) -> str:
    def claim(each: Claim) -> str:
        tone = TONES.get(each.label, "")
        sentence = _unbroken(shown(each.sentence))
        return f'<div class="{tone}"><dt>{shown(each.label)}</dt><dd>{sentence}</dd></div>'

    claims = "".join(map(claim, content.verdict))
    return f'<dl class="claims">{claims}</dl><p class="small soft lead">{shown(content.standard)}</p>'


def _unbroken(words: str) -> str:
    return words.replace(" %", "\u00a0%")


def _measures(content: Content) -> str:
    compared = content.comparison
    key = (
        '<p class="lead">A dot is the value, the line through it the 95 % interval: where the true'
        " value lies, as far as so many questions can tell. Averages stand as numbers.</p>"
    )
    if compared:
        key += (
            '<p class="key"><span><svg aria-hidden="true"><g class="now"><line x1="2" x2="32" y1="6" y2="6"/>'
            '<circle cx="17" cy="6" r="5"/></g></svg>this run</span><span><svg aria-hidden="true">'
            '<g class="was"><line x1="2" x2="32" y1="6" y2="6"/><circle cx="17" cy="6" r="3.5"/></g></svg>'
            f"run {shown(compared.name)}</span></p>"
        )
    return key + "".join(map(_group, content.groups))


def _group(group: Group) -> str:
    axis = f'<div class="axis">{charts.scale()}</div>' if any(each.rate for each in group.measures) else ""
    rows = "".join(map(_measure, group.measures))
    note = f'<p class="small soft note">{shown(group.left_out)}</p>' if group.left_out else ""
    return f'<h3>{shown(group.title)}</h3>{note}{axis}<div class="measures">{rows}</div>'


def _measure(measure: Measure) -> str:
    chart = charts.whisker(measure.label, measure.interval, measure.earlier) if measure.rate else ""
    was = f"<span>before: {shown(measure.was)}</span>" if measure.was else ""
    moved = f"<span>{tag(measure.moved, TONES[measure.moved])}</span>" if measure.moved else ""
    return (
        f'<div class="measure"><div class="name">{shown(measure.label)}{small(measure.left_out)}</div>'
        f'<div class="chart">{chart}</div>'
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
        '<p class="lead">A refusal can be wrong in two ways, and what helps against one makes the other'
        f' worse.</p><div class="cards">{cards}</div><p class="small soft">{shown(content.refusing)}</p>'
    )


def _times(content: Content) -> str:
    if not content.times:
        return '<p class="lead">No question ended with an answer or a refusal: nothing to time.</p>'

    def card(each: Time) -> str:
        was = f'<p class="small soft">before: {shown(each.was)}</p>' if each.was else ""
        return (
            f'<div class="card"><h3>{shown(each.label)}</h3><p class="big">{shown(each.value)}</p>'
            f'<p class="small soft">{shown(each.note)}</p>{was}</div>'
        )

    label = f"The time of each of {len(content.seconds)} answers and refusals, from 0 to the longest"
    return (
        '<p class="lead">From the question to the whole answer, or to the refusal.</p>'
        f'<div class="cards">{"".join(map(card, content.times))}</div>'
        f'{charts.strip(content.seconds, label)}<p class="small soft">{shown(label)}.</p>'
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
    def row(each: Lost) -> str:
        count = len(each.questions)
        what = (
            f'<div class="what"><p class="small">{shown(each.meaning)} '
            f'<span class="soft">{shown(each.advice)}</span></p>{linked(each.questions)}</div>'
        )
        return (
            f'<li class="{"" if count else "none"}"><span>{shown(_capital(each.stage))}</span>'
            f'{charts.bar(each.share)}<span class="figure">{count} ({100 * each.share:.0f} %)</span>'
            f"{what if count else ''}</li>"
        )

    total = len(content.failures)
    return (
        f'<p class="lead">{total} of {content.questions} questions fell short. Each is counted once, at the'
        f' first step that lost it.</p><ol class="lost">{"".join(map(row, content.lost))}</ol>'
    )


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


# Questions


def _failures(content: Content) -> str:
    if not content.failures:
        return '<p class="lead">None.</p>'
    parts = []
    for stage in content.lost:
        here = [each for each in content.failures if each.stage == stage.stage]
        if here:
            rows = "".join(map(failure, here))
            title = f"{_capital(stage.stage)}: {len(here)}"
            parts.append(f'<h3>{shown(title)}</h3><div class="questions">{rows}</div>')
    return "".join(parts)


def _comparison(comparison: Comparison) -> str:
    header = "".join(
        f'<th scope="col">{each}</th>'
        for each in ("Measure", "Before", "Now", "Verdict", "Chance", "Gained", "Lost")
    )

    def move(each: Move) -> str:
        verdict = tag(each.verdict, TONES[each.verdict]) if each.verdict in TONES else shown(each.verdict)
        cells = (
            ("Measure", shown(each.label)),
            ("Before", shown(each.was), "figure"),
            ("Now", shown(each.now), "figure"),
            ("Verdict", verdict),
            ("Chance", shown(each.test)),
        )
        ids = (("Gained", linked(each.gained)), ("Lost", linked(each.lost)))
        return (
            "<tr>"
            + "".join(td(*cell) for cell in cells)
            + "".join(td(label, links, "" if links else "none") for label, links in ids)
            + "</tr>"
        )

    rows = "".join(map(move, comparison.moves))
    answers = "".join(changed(each, comparison.name) for each in comparison.changed)
    return (
        f'<p class="lead">{shown(comparison.summary)}</p><h3>Measure by measure</h3>{columns(header, rows)}'
        f'<h3>Answer by answer</h3><p class="lead small soft">A line beside a sentence marks what is not in'
        f' the other answer.</p><div class="questions">{answers}</div>'
    )


# Repeating it


def _pairs(pairs: Sequence[tuple[str, str]]) -> str:
    inside = "".join(f"<dt>{shown(name)}</dt><dd>{shown(value)}</dd>" for name, value in pairs)
    return f'<dl class="pairs">{inside}</dl>'


def _long(title: str, inside: str) -> str:
    return f'<details class="long"><summary>{title}</summary><div class="inside">{inside}</div></details>'


def _repeat(repeat: Repeat) -> str:
    header = "".join(
        f'<th scope="col">{each}</th>' for each in ("Measure", "Direction", "Interval", "Left out")
    )

    def row(each: Definition) -> str:
        cells = (("Measure", each.label), ("Direction", each.better), ("Interval", each.method))
        return (
            "<tr>"
            + "".join(td(label, shown(value)) for label, value in cells)
            + td("Left out", shown(each.left_out), "words")
            + "</tr>"
        )

    wording = "".join(
        f"<h4>{shown(heading)}</h4>" + "".join(f"<p>{shown(part)}</p>" for part in parts)
        for heading, parts in repeat.wording
    )
    return (
        f'<p class="lead">{shown(repeat.power)} The same bank on the same generation, with the same settings,'
        f" gives the same answers: <code>{shown(repeat.command)}</code></p>{_pairs(repeat.facts)}"
        + _long("Settings", _pairs(repeat.settings))
        + _long("Measures and their intervals", columns(header, "".join(map(row, repeat.definitions))))
        + _long("Definitions, as the program has them", f'<div class="wording">{wording}</div>')
    )
