"""The words of the Quality screen as HTML: pure functions; every word of a bank or a document is escaped.

ui: the language of who reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from urllib.parse import quote

from assistant.web.names import day, language
from eval.report.content import Claim, Content, Link, Measure
from eval.report.html import shown
from eval.screen.banks import Bank, Checked
from eval.screen.kept import Listed
from eval.screen.parts import in_language, sentence
from eval.screen.running import Standing
from eval.screen.words import isolated, say, slot
from ingest.wording import capital, number
from ingest.wording import listed as in_a_row

# The measures shown large: is it the right page, is all there, and does it know when to be silent.
TILES = ("cites_gold", "fact_recall", "wrong_refusals", "right_refusals")
_SHOWN = 30  # warnings of a bank that are shown; the rest are counted


def heading(title: str, words: str = "", level: int = 2) -> str:
    under = f'<p class="q-soft">{words}</p>' if words else ""
    return f"<h{level}>{title}</h{level}>{under}"


def said(words: str, tone: str = "") -> str:
    """A sentence (HTML) that a screen reader is told when it comes."""
    return f'<p class="q-said {tone}" role="status">{words}</p>'


def problem(words: str) -> str:
    """What was wrong; a sentence, or a heading and "- " lines, as `screen_parts.sentence` has them."""
    first, *lines = words.split("\n")
    items = "".join(f"<li>{shown(line.removeprefix('- '))}</li>" for line in lines)
    listed = f'<ul class="q-faults">{items}</ul>' if items else ""
    return f'<div class="q-problem" role="alert"><p>{shown(first)}</p>{listed}</div>'


def empty(title: str, words: str) -> str:
    """What stands where there is nothing to show yet."""
    return f'<div class="q-empty"><h2>{title}</h2><p>{words}</p></div>'


def named(name: str) -> str:
    """A name from a bank or a file among the words of another language."""
    return f"<bdi>{shown(name)}</bdi>"


def moment(iso: str, ui: str) -> str:
    """ "24 November 2026, 17:51 UTC"; what is no date stays as it is."""
    try:
        when = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    return say(ui, "quality.moment", day=day(iso, ui), time=f"{when:%H:%M}")


def waiting(words: str) -> str:
    return (
        f'<p class="q-wait" role="status"><span class="q-pulse" aria-hidden="true"></span>{shown(words)}</p>'
    )


# One run


def opened(name: str, content: Content, before: str, newest: bool, code: str, ui: str = "en") -> str:
    """A run: the verdict first, then the leading measures, then all that is behind it."""
    first, *others = content.verdict
    claims = "".join(
        f'<div class="q-claim {_tone(claim)}"><dt>{shown(claim.label)}</dt>'
        f"<dd>{shown(capital(claim.sentence))}</dd></div>"
        for claim in others
    )
    tiles = "".join(_tile(measure, ui) for measure in _leading(content))
    compared = f"?before={before}" if before else ""
    link = f"/quality/report/{name}"
    title = say(ui, f"quality_runs.{'latest' if newest else 'name'}", run=name)
    rate = say(ui, "quality_runs.rate", code=f"<b>{code}</b>")
    return (
        f'<article class="q-run" aria-label="{say(ui, "quality_runs.name", run=name)}">'
        f'<p class="q-over">{title} · {named(content.subtitle)}</p>'
        f'<h2 class="q-verdict">{shown(capital(first.sentence))}</h2>'
        f'<dl class="q-claims">{claims}</dl>'
        f'<p class="q-links"><a class="q-button main" href="{link}{compared}" target="_blank"'
        f' rel="noopener">{say(ui, "quality_runs.report")}</a>'
        f'<a class="q-button" href="{link}.docx{compared}" download>{say(ui, "quality_runs.word")}</a></p>'
        f'<div class="q-tiles">{tiles}</div>'
        f'<p class="q-soft">{shown(content.standard)}</p>'
        f"{_all_measures(content, ui)}{_lost(link, content, ui)}"
        f'<p class="q-soft">{rate}</p></article>'
    )


def _tone(claim: Claim) -> str:
    return {"good": "good", "short": "bad"}.get(claim.kind, "")


def _leading(content: Content) -> list[Measure]:
    measures = {measure.name: measure for group in content.groups for measure in group.measures}
    return [measures[each] for each in TILES if each in measures]


def _tile(measure: Measure, ui: str) -> str:
    return (
        f'<div class="q-tile"><p class="q-label">{shown(measure.label)}</p>'
        f'<p class="q-value">{shown(measure.value)}</p>{_bar(measure)}'
        f'<p class="q-soft">{shown(_span(measure, ui))}</p></div>'
    )


def _span(measure: Measure, ui: str) -> str:
    if not measure.span:
        return measure.counted
    return say(ui, "quality_runs.span", counted=measure.counted, span=measure.span)


def _bar(measure: Measure) -> str:
    """The interval on a line from 0 to 100 %; the words beside it say the same."""
    low, high, value = measure.interval.low, measure.interval.high, measure.interval.value
    if not measure.rate or low is None or high is None or value is None:
        return ""
    style = f"--low:{100 * low:.1f}%;--high:{100 * high:.1f}%;--at:{100 * value:.1f}%"
    return f'<span class="q-bar" style="{style}" aria-hidden="true"></span>'


def _all_measures(content: Content, ui: str) -> str:
    columns = ("measure", "value", "interval", "counted", "left_out")
    header = "".join(f'<th scope="col">{say(ui, f"quality_runs.{each}")}</th>' for each in columns)
    parts = []
    for group in content.groups:
        rows = "".join(
            f'<tr><th scope="row">{shown(measure.label)}</th><td class="q-figure">{shown(measure.value)}</td>'
            f"<td>{shown(measure.span or '–')}</td><td>{shown(measure.counted)}</td>"
            f'<td class="q-left">{shown(measure.left_out)}</td></tr>'
            for measure in group.measures
        )
        parts.append(
            f"<table><caption>{shown(group.title)}</caption><thead><tr>{header}</tr></thead>"
            f"<tbody>{rows}</tbody></table>"
        )
    summary = say(ui, "quality_runs.measures")
    return f'<details class="q-more"><summary>{summary}</summary>{"".join(parts)}</details>'


def _lost(link: str, content: Content, ui: str) -> str:
    lost = [each for each in content.lost if each.questions]
    if not lost:
        return ""
    items = "".join(
        f"<li><p><b>{_stage(each.label, len(each.questions), ui)}</b>"
        f" {shown(each.meaning)} {shown(each.advice)}</p>"
        f'<p class="q-ids">{_ids(link, each.questions)}</p></li>'
        for each in lost
    )
    summary = say(ui, "quality_runs.fell_short", count=sum(len(each.questions) for each in lost))
    return f'<details class="q-more"><summary>{summary}</summary><ul>{items}</ul></details>'


def _stage(stage: str, count: int, ui: str) -> str:
    many = say(ui, "quality.questions", count=count)
    return say(ui, "quality_runs.stage", stage=shown(capital(stage)), questions=many)


def _ids(link: str, named: Iterable[Link]) -> str:
    return " ".join(
        f'<a href="{link}#{shown(each.anchor)}" target="_blank" rel="noopener">{shown(each.text)}</a>'
        if each.anchor
        else f"<span>{shown(each.text)}</span>"
        for each in named
    )


# The list


def listed(runs: Sequence[Listed], chosen: str, ui: str = "en") -> str:
    """All runs as buttons, the open one marked; "" where there is none."""
    if not runs:
        return ""
    items = "".join(f"<li>{_line(run, run.name == chosen, ui)}</li>" for run in runs)
    label, title = say(ui, "quality_runs.runs"), say(ui, "quality_runs.all")
    return f'<nav aria-label="{label}"><h3>{title}</h3><ul class="q-list">{items}</ul></nav>'


def _line(run: Listed, current: bool, ui: str) -> str:
    if run.problem:
        told = shown(in_language(run.problem, ui))
        return f'<p class="q-line q-damaged"><b>{run.name}</b><span>{told}</span></p>'
    mark = ' aria-current="true"' if current else ""
    about = say(ui, "quality_runs.about", count=run.questions, generation=named(run.generation))
    return (
        f'<button type="button" class="q-line" data-run="{run.name}"{mark}><b>{run.name}</b>'
        f'<span class="q-bank">{named(run.bank)}</span><span>{about}</span>'
        f"<span>{shown(moment(run.started, ui))}</span></button>"
    )


def choice(run: Listed, ui: str) -> str:
    """A run in a list to choose from."""
    try:
        on = day(run.started, ui)
    except ValueError:
        on = run.started
    bank, generation = isolated(ui, run.bank), isolated(ui, run.generation)
    return say(ui, "quality_runs.choice", run=run.name, day=on, bank=bank, generation=generation)


# Banks and running


def bring(largest: int) -> str:
    """The field for a bank of one's own."""
    return (
        f'<label class="q-bring"><span><b>{slot("quality_banks.bring")}</b>'
        f" {slot('quality_banks.bring_about')}</span>"
        f'<span class="q-button" aria-hidden="true">{slot("quality_banks.choose")}</span>'
        f'<input type="file" accept=".jsonl,.csv,.xlsx" data-limit="{largest}"></label>'
    )


def checked(bank: Bank, found: Checked, fresh: bool = False, ui: str = "en") -> str:
    """A bank that can be run, and what its gold says of the library that is not so."""
    counts: dict[str, int] = {}
    for question in found.questions:
        counts[question.language] = counts.get(question.language, 0) + 1
    languages = in_a_row(
        ui,
        (
            say(ui, "quality_banks.in_language", count=count, language=shown(language(code, ui)))
            for code, count in counts.items()
        ),
    )
    absent = sum(not question.answerable for question in found.questions)
    holds = f"quality_banks.{'holds_absent' if absent else 'holds'}"
    fields = {"absent": number(ui, absent)} if absent else {}
    parts = (
        say(ui, "quality_banks.kept", name=f"<b>{named(bank.name)}</b>") if fresh else "",
        say(ui, holds, count=len(found.questions), languages=languages, **fields),
        f'<a href="/quality/bank/{quote(bank.key)}" download>{say(ui, "quality_banks.download")}</a>',
    )
    first = " ".join(filter(None, parts))
    if not found.warnings:
        fits = say(ui, "quality_banks.fits")
        return f'<p class="q-said good" role="status">{first}<br>{fits}</p>'
    items = "".join(f"<li>{shown(in_language(each, ui))}</li>" for each in found.warnings[:_SHOWN])
    rest = len(found.warnings) - _SHOWN
    more = f"<li>{say(ui, 'quality_banks.more', count=rest)}</li>" if rest > 0 else ""
    misfits = say(ui, "quality_banks.misfits", count=len(found.warnings))
    return (
        f'<p class="q-said" role="status">{first}</p><details class="q-warn"><summary>{misfits}</summary>'
        f'<ul class="q-faults">{items}{more}</ul></details>'
    )


def standing(now: Standing, clock: float, ui: str = "en") -> str:
    """The run under way, or how the last one ended; "" where none was started."""
    if now.state == "idle":
        return ""
    if now.busy:
        share = now.done / now.total if now.total else 0.0
        title = say(ui, "quality_running.running", bank=named(now.bank))
        return (
            f'<div class="q-progress"><p><b>{title}</b> <span>{_progress(now, clock, ui)}</span></p>'
            f'<progress max="1" value="{share:.3f}" aria-label="{say(ui, "quality_running.progress")}">'
            "</progress></div>"
        )
    if now.problem:
        return problem(sentence(now.problem, ui))
    if now.state == "stopped":
        return said(say(ui, "quality_running.stopped", bank=named(now.bank)))
    return said(say(ui, "quality_running.kept", run=now.run, bank=named(now.bank)), "good")


def _progress(now: Standing, clock: float, ui: str) -> str:
    if now.state == "stopping":
        return say(ui, "quality_running.stopping")
    if not now.total:
        return say(ui, "quality_running.ready")
    done = say(ui, "quality_running.done", done=number(ui, now.done), count=now.total)
    left = now.seconds_left(clock)
    return done if left is None else in_a_row(ui, (done, _left(left, ui)))


def _left(seconds: float, ui: str) -> str:
    if seconds < 10:
        return say(ui, "quality_running.seconds")
    if seconds < 90:
        return say(ui, "quality_running.seconds_left", count=round(seconds / 10) * 10)
    return say(ui, "quality_running.minutes_left", count=round(seconds / 60))
