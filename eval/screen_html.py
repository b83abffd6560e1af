"""The words of the Quality screen as HTML: pure functions; every word of a bank or a document is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import quote

from assistant.web.names import language
from eval.measures import METRICS
from eval.report_build import date
from eval.report_content import Content, Link, Measure
from eval.report_html import shown
from eval.report_verdict import questions
from eval.screen_banks import Bank, Checked
from eval.screen_kept import Listed
from eval.screen_running import Standing

# The measures shown large: is it the right page, is all there, and does it know when to be silent.
TILES = ("cites_gold", "fact_recall", "wrong_refusals", "right_refusals")
_TONES = {"Good": "good", "Falls short": "bad"}
_SHOWN = 30  # warnings of a bank that are shown; the rest are counted


def heading(title: str, words: str = "", level: int = 2) -> str:
    under = f'<p class="q-soft">{words}</p>' if words else ""
    return f"<h{level}>{title}</h{level}>{under}"


def said(words: str, tone: str = "") -> str:
    """A sentence that a screen reader is told when it comes."""
    return f'<p class="q-said {tone}" role="status">{shown(words)}</p>' if words else ""


def problem(words: str) -> str:
    """What was wrong; a sentence, or a heading and "- " lines as EvalError has them."""
    first, *lines = words.split("\n")
    items = "".join(f"<li>{shown(line.removeprefix('- '))}</li>" for line in lines)
    listed = f'<ul class="q-faults">{items}</ul>' if items else ""
    named = "." in first.split(":")[0].split(" ")[0]  # a file's name keeps its letters
    words = (first if named else capital(first)) + ("" if first.endswith((".", "?", "!", ":")) else ".")
    return f'<div class="q-problem" role="alert"><p>{shown(words)}</p>{listed}</div>'


def none_yet() -> str:
    return (
        '<div class="q-empty"><h2>No run yet</h2><p>Choose a bank and press Run. Then this page says how good'
        " the answers are, in figures that you can defend.</p></div>"
    )


def waiting(words: str) -> str:
    return (
        f'<p class="q-wait" role="status"><span class="q-pulse" aria-hidden="true"></span>{shown(words)}</p>'
    )


# One run


def opened(name: str, content: Content, before: str, newest: bool, code: str) -> str:
    """A run: the verdict first, then the leading measures, then all that is behind it."""
    first, *others = content.verdict
    claims = "".join(
        f'<div class="q-claim {_TONES.get(claim.label, "")}"><dt>{shown(claim.label)}</dt>'
        f"<dd>{shown(capital(claim.sentence))}</dd></div>"
        for claim in others
    )
    measures = {measure.label: measure for group in content.groups for measure in group.measures}
    labels = {metric.name: metric.label for metric in METRICS}
    tiles = "".join(_tile(measures[labels[each]]) for each in TILES if labels[each] in measures)
    compared = f"?before={before}" if before else ""
    link = f"/quality/report/{name}"
    return (
        f'<article class="q-run" aria-label="Run {name}">'
        f'<p class="q-over">{"Latest run" if newest else "Run"} {name} · {shown(content.subtitle)}</p>'
        f'<h2 class="q-verdict">{shown(capital(first.sentence))}</h2>'
        f'<dl class="q-claims">{claims}</dl>'
        f'<p class="q-links"><a class="q-button main" href="{link}{compared}" target="_blank"'
        f' rel="noopener">Open the report</a>'
        f'<a class="q-button" href="{link}.docx{compared}" download>Download as Word</a></p>'
        f'<div class="q-tiles">{tiles}</div>'
        f'<p class="q-soft">{shown(content.standard)}</p>'
        f"{_all_measures(content)}{_lost(link, content)}"
        f'<p class="q-soft">To have people rate these answers, give them the set <b>{code}</b> (under Rate).'
        " The set does not say which run it is.</p></article>"
    )


def _tile(measure: Measure) -> str:
    return (
        f'<div class="q-tile"><p class="q-label">{shown(measure.label)}</p>'
        f'<p class="q-value">{shown(measure.value)}</p>{_bar(measure)}'
        f'<p class="q-soft">{shown(_span(measure))}</p></div>'
    )


def _span(measure: Measure) -> str:
    return f"{measure.counted} (95 %: {measure.span})" if measure.span else measure.counted


def _bar(measure: Measure) -> str:
    """The interval on a line from 0 to 100 %; the words beside it say the same."""
    low, high, value = measure.interval.low, measure.interval.high, measure.interval.value
    if not measure.rate or low is None or high is None or value is None:
        return ""
    style = f"--low:{100 * low:.1f}%;--high:{100 * high:.1f}%;--at:{100 * value:.1f}%"
    return f'<span class="q-bar" style="{style}" aria-hidden="true"></span>'


def _all_measures(content: Content) -> str:
    parts = []
    for group in content.groups:
        rows = "".join(
            f'<tr><th scope="row">{shown(measure.label)}</th><td class="q-figure">{shown(measure.value)}</td>'
            f"<td>{shown(measure.span or '–')}</td><td>{shown(measure.counted)}</td>"
            f'<td class="q-left">{shown(measure.left_out)}</td></tr>'
            for measure in group.measures
        )
        parts.append(
            f'<table><caption>{shown(group.title)}</caption><thead><tr><th scope="col">Measure</th>'
            '<th scope="col">Value</th><th scope="col">95 % interval</th><th scope="col">Counted</th>'
            '<th scope="col">Left out</th></tr>'
            f"</thead><tbody>{rows}</tbody></table>"
        )
    return f'<details class="q-more"><summary>All measures</summary>{"".join(parts)}</details>'


def _lost(link: str, content: Content) -> str:
    lost = [each for each in content.lost if each.questions]
    if not lost:
        return ""
    items = "".join(
        f"<li><p><b>{shown(capital(each.stage))}: {questions(len(each.questions))}.</b>"
        f" {shown(each.meaning)} {shown(each.advice)}</p>"
        f'<p class="q-ids">{_ids(link, each.questions)}</p></li>'
        for each in lost
    )
    count = questions(sum(len(each.questions) for each in lost))
    return (
        f'<details class="q-more"><summary>{count} fell short, and where</summary><ul>{items}</ul></details>'
    )


def _ids(link: str, named: Iterable[Link]) -> str:
    return " ".join(
        f'<a href="{link}#{shown(each.anchor)}" target="_blank" rel="noopener">{shown(each.text)}</a>'
        if each.anchor
        else f"<span>{shown(each.text)}</span>"
        for each in named
    )


# The list


def listed(runs: Sequence[Listed], chosen: str) -> str:
    """All runs as buttons, the open one marked; "" where there is none."""
    if not runs:
        return ""
    items = "".join(f"<li>{_line(run, run.name == chosen)}</li>" for run in runs)
    return f'<nav aria-label="Runs"><h3>All runs</h3><ul class="q-list">{items}</ul></nav>'


def _line(run: Listed, current: bool) -> str:
    if run.problem:
        return f'<p class="q-line q-damaged"><b>{run.name}</b><span>{shown(run.problem)}</span></p>'
    mark = ' aria-current="true"' if current else ""
    return (
        f'<button type="button" class="q-line" data-run="{run.name}"{mark}><b>{run.name}</b>'
        f'<span class="q-bank">{shown(run.bank)}</span>'
        f"<span>{questions(run.questions)}, generation {shown(run.generation)}</span>"
        f"<span>{shown(date(run.started))}</span></button>"
    )


def choice(run: Listed) -> str:
    """A run in a list to choose from."""
    day = date(run.started).split(",")[0]
    return f"{run.name} · {day} · {run.bank} · generation {run.generation}"


# Banks and running


def bring(largest: int) -> str:
    """The field for a bank of one's own."""
    return (
        '<label class="q-bring"><span><b>Bring your own bank</b> JSONL, CSV or XLSX, at most'
        f" {largest // 1_000_000} MB. It is checked at once.</span>"
        f'<input type="file" accept=".jsonl,.csv,.xlsx" data-limit="{largest}"></label>'
    )


def checked(bank: Bank, found: Checked, fresh: bool = False) -> str:
    """A bank that can be run, and what its gold says of the library that is not so."""
    counts: dict[str, int] = {}
    for question in found.questions:
        counts[question.language] = counts.get(question.language, 0) + 1
    languages = ", ".join(f"{count} {language(code)}" for code, count in counts.items())
    absent = sum(not question.answerable for question in found.questions)
    silent = f"; {absent} of them the documents should not answer" if absent else ""
    kept = f"<b>{shown(bank.name)}</b> is kept. " if fresh else ""
    download = f'<a href="/quality/bank/{quote(bank.key)}" download>Download it</a>'
    first = f"{kept}{questions(len(found.questions))} ({shown(languages)}){silent}. {download}"
    if not found.warnings:
        return (
            f'<p class="q-said good" role="status">{first}<br>Every expected page and quote was found in the'
            " library.</p>"
        )
    items = "".join(f"<li>{shown(each)}</li>" for each in found.warnings[:_SHOWN])
    rest = len(found.warnings) - _SHOWN
    more = f"<li>and {rest} more</li>" if rest > 0 else ""
    count = len(found.warnings)
    return (
        f'<p class="q-said" role="status">{first}</p><details class="q-warn"><summary>'
        f"{count} {'place' if count == 1 else 'places'} in the gold {'does' if count == 1 else 'do'} not fit"
        " this library. You can run the bank, but those questions may count as lost.</summary>"
        f'<ul class="q-faults">{items}{more}</ul></details>'
    )


def standing(now: Standing, clock: float) -> str:
    """The run under way, or how the last one ended; "" where none was started."""
    if now.state == "idle":
        return ""
    if now.busy:
        words = "Getting ready…"
        if now.state == "stopping":
            words = "Stopping after the question in hand…"
        elif now.total:
            words = f"{now.done} of {questions(now.total)}"
            words += _left(now.seconds_left(clock))
        share = now.done / now.total if now.total else 0.0
        return (
            f'<div class="q-progress"><p><b>Running {shown(now.bank)}</b> <span>{words}</span></p>'
            f'<progress max="1" value="{share:.3f}" aria-label="Questions done"></progress></div>'
        )
    if now.state == "failed":
        return problem(now.problem)
    if now.state == "stopped":
        return said(f"Stopped. Nothing of this run of {now.bank} was kept.")
    return said(f"Run {now.run} of {now.bank} is kept.", "good")


def _left(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if seconds < 10:
        return ", a few seconds left"
    if seconds < 90:
        return f", about {round(seconds / 10) * 10} seconds left"
    return f", about {round(seconds / 60)} minutes left"


def capital(words: str) -> str:
    return words[:1].upper() + words[1:]
