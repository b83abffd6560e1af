"""The content of a run's report, from the run and perhaps one before: all figures and all sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from inspect import cleandoc
from shlex import quote

from assistant.web.names import language
from eval.compare import Change, compare, power, repeated
from eval.measures import METRICS, Metric
from eval.metrics import Scores, score_run
from eval.report_content import (
    Cell,
    Comparison,
    Content,
    Definition,
    Direction,
    Group,
    Link,
    Lost,
    Measure,
    Move,
    Repeat,
    Table,
    Time,
)
from eval.report_pages import PageText
from eval.report_questions import changed, failures
from eval.report_verdict import (
    GOOD,
    MEANINGS,
    counted,
    moved_by,
    questions,
    seconds,
    span_of,
    value_of,
    verdict_of,
)
from eval.results import Run
from eval.retrieval import Ranking
from eval.statistics import Interval, bootstrap_mean, mcnemar_exact, pooled_rate, wilson
from eval.summary import By, latency, refusals, stratum, summarise, verdict
from eval.support import support

# Metrics under their headings; one that is named nowhere comes last, under "Other".
GROUPS: Mapping[str, tuple[str, ...]] = {
    "Search": ("hit1", "hit5", "hit10", "document_hit5", "wrong_page", "mrr", "ndcg10"),
    "Citations": (
        *("cites_gold", "verbatim", "uncited", "supported", "citations_needed"),
        *("page_precision", "page_recall"),
    ),
    "Answers": ("fact_recall", "fact_recall_answered", "numbers_supported", "language_match", "words"),
    "Refusals": ("right_refusals", "wrong_refusals", "refusal_precision", "half_refusals"),
    "The machine": ("errors", "latency"),
}
STRATA: Mapping[By, str] = {
    "kind": "Kind of question",
    "language": "Language of the question",
    "document kind": "Kind of document",
    "crossing": "Question and document",
}
COLUMNS: Mapping[str, str] = {
    "hit5": "Right page in the first five",
    "cites_gold": "Right page cited",
    "fact_recall": "Expected facts given",
    "right_refusals": "Absent, refused (right)",
    "wrong_refusals": "Answerable, refused (wrong)",
}


def build(run: Run, before: Run | None = None, page_text: PageText | None = None) -> Content:
    """Raises EvalError where `before` is of another bank. Without `page_text` no page is shown, and a page
    that could not be read is not told from one that was not found."""
    changes = compare(before, run) if before else ()
    readable = _readable(run, page_text)
    scores, old = score_run(run, readable), score_run(before, readable) if before else ()
    found, was = summarise(scores), summarise(old)
    anchors = {each.id: f"q{at}" for at, each in enumerate(run.questions, 1)}
    lost = {each.id: anchors[each.id] for each in scores if each.stage}
    return Content(
        title=f"How good the answers are: run {run.name}",
        subtitle=" · ".join(
            (
                f"Bank {run.bank}, {questions(len(run.questions))}",
                f"generation {run.generation}, {run.documents:,} documents",
                date(run.started),
            )
        ),
        compared=f"compared with run {before.name} of {date(before.started)}" if before else "",
        verdict=verdict_of(scores, found, before, changes),
        standard=f"Good: the whole 95 % interval is on the right side of {100 * GOOD:.0f} %"
        f" (of {100 - 100 * GOOD:.0f} %, where less is better). Falls short: the whole interval is on the"
        " wrong side. What is named under neither cannot be told from so few questions.",
        groups=_groups(found, was if before else {}, changes),
        directions=_directions(scores, found, lost),
        refusing=_refusing(scores),
        times=_times(scores, old),
        seconds=tuple(each.seconds for each in scores if not each.problem),
        strata=tuple(_table(run, scores, by, title) for by, title in STRATA.items()),
        questions=len(scores),
        lost=_lost(scores, lost),
        failures=failures(run, scores, lost, page_text),
        comparison=_comparison(before, run, (old, scores), changes, lost) if before else None,
        repeat=_repeat(run),
    )


def _readable(run: Run, page_text: PageText | None) -> set[tuple[str, int | None]] | None:
    if page_text is None:
        return None
    gold = {each.place for question in run.questions for each in question.evidence}
    return {each for each in gold if page_text(*each).strip()}


def date(started: str) -> str:
    """ "24 November 2026, 17:51 UTC"; what is no date stays as it is."""
    try:
        when = datetime.fromisoformat(started)
    except ValueError:
        return started
    return f"{when.day} {when:%B %Y, %H:%M} UTC"


def _links(ids: Iterable[str], anchors: Mapping[str, str]) -> tuple[Link, ...]:
    return tuple(Link(each, anchors.get(each, "")) for each in ids)


# Measures


def _groups(
    found: Mapping[str, Interval],
    earlier: Mapping[str, Interval],
    changes: Sequence[Change],
) -> tuple[Group, ...]:
    metrics = {metric.name: metric for metric in METRICS}
    moved = {change.metric.name: change.verdict for change in changes}
    known = {name for names in GROUPS.values() for name in names}
    groups = {**GROUPS, "Other": tuple(name for name in metrics if name not in known)}
    return tuple(
        _group(
            title,
            [_measure(metrics[name], found[name], earlier.get(name), moved.get(name, "")) for name in names],
        )
        for title, names in groups.items()
        if names
    )


def _group(title: str, measures: Sequence[Measure]) -> Group:
    """What every measure leaves out alike is said once."""
    notes = {each.left_out for each in measures}
    if len(measures) == 1 or len(notes) > 1:
        return Group(title, tuple(measures))
    return Group(title, tuple(replace(each, left_out="") for each in measures), notes.pop())


def _measure(metric: Metric, interval: Interval, earlier: Interval | None, moved: str) -> Measure:
    left_out = f"{questions(interval.excluded)} left out: {metric.excludes}" if interval.excluded else ""
    return Measure(
        metric.label,
        metric.kind == "rate",
        interval,
        value_of(metric, interval),
        span_of(metric, interval),
        counted(interval),
        left_out,
        earlier,
        value_of(metric, earlier) if earlier else "",
        moved if moved in ("better", "worse") else "",
    )


# Refusals and time


def _directions(
    scores: Sequence[Scores], found: Mapping[str, Interval], anchors: Mapping[str, str]
) -> tuple[Direction, ...]:
    right, wrong = found["right_refusals"], found["wrong_refusals"]
    missed = wilson(sum(not s.answerable and not s.refused for s in scores), right.n)
    (rate,) = (metric for metric in METRICS if metric.name == "wrong_refusals")
    return (
        Direction(
            "Answered, though the documents do not answer",
            value_of(rate, missed),
            _of(missed, "absent question", span_of(rate, missed)),
            "Each may mislead: the reader is shown something that is near the question and does not answer"
            " it, and may take it for the answer.",
            _links((s.id for s in scores if not s.answerable and not s.refused), anchors),
        ),
        Direction(
            "Refused, though the documents answer",
            value_of(rate, wrong),
            _of(wrong, "answerable question", span_of(rate, wrong)),
            "Each sends someone away: the reader believes that the documents are silent, or must search"
            " them by hand.",
            _links((s.id for s in scores if s.answerable and s.refused), anchors),
        ),
    )


def _of(interval: Interval, what: str, span: str) -> str:
    if not interval.n:
        return f"the bank has no {what}s"
    return f"{interval.hits} of {interval.n} {what}{'s' * (interval.n != 1)} (95 %: {span})"


def _refusing(scores: Sequence[Scores]) -> str:
    rates = refusals(scores)
    said = verdict("refusals are right", rates.precision)
    f1 = "" if rates.f1 is None else f" Both directions in one figure (F1, 1 is perfect): {rates.f1:.2f}."
    return f"{said[0].upper()}{said[1:]}.{f1}"


def _times(scores: Sequence[Scores], old: Sequence[Scores]) -> tuple[Time, ...]:
    (p50, p95), (old50, old95) = latency(scores), latency(old)
    (metric,) = (each for each in METRICS if each.name == "latency")
    mean, was = metric.interval(scores), metric.interval(old)
    if p50 is None or p95 is None or mean.value is None or mean.low is None or mean.high is None:
        return ()
    span = f"95 %: {seconds(mean.low)} to {seconds(mean.high)}, n = {mean.n}"
    return (
        Time("Half of the answers within", seconds(p50), "p50, the median", seconds(old50)),
        Time("95 % of the answers within", seconds(p95), "p95", seconds(old95)),
        Time("On average", seconds(mean.value), span, seconds(was.value)),
    )


# Strata and stages


def _table(run: Run, scores: Sequence[Scores], by: By, title: str) -> Table:
    groups: dict[str, list[Scores]] = {}
    for question, each in zip(run.questions, scores, strict=True):
        groups.setdefault(stratum(run, question, by), []).append(each)
    order = sorted(groups, key=lambda name: (not name, -len(groups[name]), name))
    metrics = [metric for name in COLUMNS for metric in METRICS if metric.name == name]
    return Table(
        title,
        ("", "Questions", *COLUMNS.values()),
        tuple(
            (
                Cell(stratum_name(name, by)),
                Cell(str(len(groups[name]))),
                *(_cell(metric, metric.interval(groups[name])) for metric in metrics),
            )
            for name in order
        ),
    )


def stratum_name(name: str, by: By) -> str:
    if not name:
        return "no document expected" if by != "crossing" else "no document expected, or language unknown"
    return language(name) if by == "language" else name


def _cell(metric: Metric, interval: Interval) -> Cell:
    if interval.value is None or interval.low is None or interval.high is None:
        return Cell("–")
    low, high = (f"{100 * each:.0f}" for each in (interval.low, interval.high))
    return Cell(value_of(metric, interval), f"{low}–{high}; {counted(interval)}")


def _lost(scores: Sequence[Scores], anchors: Mapping[str, str]) -> tuple[Lost, ...]:
    found = []
    for stage, (meaning, advice) in MEANINGS.items():
        here = [each.id for each in scores if each.stage == stage]
        share = len(here) / len(scores) if scores else 0.0
        found.append(Lost(stage, meaning, advice, share, _links(here, anchors)))
    return tuple(found)


# The run before


def _comparison(
    before: Run,
    after: Run,
    scores: tuple[Sequence[Scores], Sequence[Scores]],
    changes: Sequence[Change],
    lost: Mapping[str, str],
) -> Comparison:
    answers = changed(before, after, scores, {q.id: f"c{at}" for at, q in enumerate(after.questions, 1)})
    anchors = {**lost, **{each.link.text: each.link.anchor for each in answers}}
    effects, causes = [each.effect for each in answers], Counter(each.cause.lower() for each in answers)
    why = ", ".join(f"{cause} {count}" for cause, count in causes.most_common()) or "nothing"
    summary = (
        f"{len(answers)} of {questions(len(after.questions))} are answered otherwise than in run"
        f" {before.name}: {effects.count('worse')} worse, {effects.count('better')} better,"
        f" {effects.count('neither')} without effect on facts and pages. By what changed: {why}."
        f" {power(after)}; what is smaller may be chance."
    )
    same = repeated(before, after)
    if same is not None:
        summary = f"{same}. {summary}"
    was, now = map(summarise, scores)
    moves = tuple(
        Move(
            change.metric.label,
            value_of(change.metric, was[change.metric.name]),
            value_of(change.metric, now[change.metric.name]),
            change.verdict,
            _chance(change),
            _links(change.gained, anchors) if change.p is not None else (),
            _links(change.lost, anchors) if change.p is not None else (),
        )
        for change in changes
    )
    return Comparison(before.name, summary, moves, answers)


def _chance(change: Change) -> str:
    """As moved_by, but the questions gained and lost stand beside it."""
    if change.p is None:
        return moved_by(change)
    return f"p = {change.p:.3f}" if change.gained or change.lost else "no question changed"


# How to repeat it


def _repeat(run: Run) -> Repeat:
    facts = [
        ("Run", f"{run.name}, {date(run.started)}"),
        ("Bank", f"{run.bank}, {questions(len(run.questions))}"),
        ("SHA-256 of the bank", run.bank_hash),
        ("Generation", f"{run.generation}, {run.documents:,} documents"),
        *((f"Model ({role})", ", ".join(filter(None, model.values()))) for role, model in run.models.items()),
        *((f"Prompt ({name})", value) for name, value in run.prompts.items()),
    ]
    settings = [(name, _setting(name, value)) for name, value in run.settings.items()]
    return Repeat(
        f"python -m eval run {quote(run.bank)}",
        f"{power(run)}.",
        tuple(facts),
        tuple(settings),
        tuple(_definition(metric) for metric in METRICS),
        tuple((heading, _paragraphs(what)) for heading, what in _WORDING.items()),
    )


def _setting(name: str, value: object) -> str:
    if value in (None, ""):
        return "not set"
    return "set, and not shown" if name.endswith(("_key", "password", "token")) else str(value)


_WORDING = {
    "One question's scores": Scores,
    "Search": Ranking,
    "Support": support,
    "Rates": wilson,
    "Rates of facts, quotes and sentences": pooled_rate,
    "Means": bootstrap_mean,
    "Two runs": mcnemar_exact,
}


def _paragraphs(what: object) -> tuple[str, ...]:
    text = cleandoc(what.__doc__ or "").replace("`", "")
    return tuple(" ".join(part.split()) for part in text.split("\n\n"))


def _definition(metric: Metric) -> Definition:
    if metric.counts is not None:
        method = "rate, pooled; bootstrap by question"
    else:
        method = "rate; Wilson" if metric.kind == "rate" else "mean; bootstrap by question"
    return Definition(metric.label, f"{metric.better} is better", method, metric.excludes or "nothing")
