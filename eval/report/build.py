"""The content of a run's report, from the run and perhaps one before: all figures and all sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from shlex import quote

from assistant.web.names import day, kind, language
from eval.compare import Change, compare, power, repeated
from eval.measures import METRICS, Metric
from eval.metrics import STAGES, Scores, score_run
from eval.report.content import (
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
from eval.report.pages import PageText
from eval.report.questions import changed, failures
from eval.report.verdict import (
    GOOD,
    counted,
    meaning,
    questions,
    seconds,
    span_of,
    value_of,
    verdict_of,
)
from eval.report.words import also, ended, figure, file_name, lowered, named, percent, say, together
from eval.results import Run
from eval.statistics import Interval, wilson
from eval.summary import By, latency, refusals, stratum, summarise, verdict
from ingest.wording import listed

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
STRATA: tuple[By, ...] = ("kind", "language", "document kind", "crossing")
COLUMNS = ("hit5", "cites_gold", "fact_recall", "right_refusals", "wrong_refusals")
# What the measures mean: the words of a heading and of the paragraphs under it, and whose methods they name.
DEFINITIONS: Mapping[str, tuple[str, ...]] = {
    "scores": (
        *("scores_scope", "scores_citations", "scores_quotes"),
        *("scores_answers", "scores_refusals", "scores_time"),
    ),
    "search": ("search_ranks",),
    "support": ("support_counts", "support_rules"),
    "rates": ("rates_interval",),
    "pooled": ("pooled_units", "pooled_interval"),
    "means": ("means_interval",),
    "two_runs": ("two_runs_test", "two_runs_chance"),
}
_SOURCES = {
    "alce": "Gao et al. 2023, ALCE, arXiv:2305.14627",
    "trec": "RR@10; Voorhees 1999, TREC-8",
    "ndcg": "nDCG@10; Järvelin & Kekäläinen 2002, ACM TOIS 20:422",
    "wilson": "Wilson 1927, J. Am. Stat. Assoc. 22:209",
    "efron": "Efron 1979, Ann. Stat. 7:1",
    "mcnemar": "McNemar 1947, Psychometrika 12:153",
}


def build(run: Run, before: Run | None = None, page_text: PageText | None = None, ui: str = "en") -> Content:
    """Raises EvalError where `before` is of another bank. Without `page_text` no page is shown, and a page
    that could not be read is not told from one that was not found. ui: the language of all that is said."""
    changes = compare(before, run) if before else ()
    readable = _readable(run, page_text)
    scores, old = score_run(run, readable), score_run(before, readable) if before else ()
    found, was = summarise(scores), summarise(old)
    anchors = {each.id: f"q{at}" for at, each in enumerate(run.questions, 1)}
    lost = {each.id: anchors[each.id] for each in scores if each.stage}
    compared = say(ui, "report.compared", name=before.name, date=date(before.started, ui)) if before else ""
    return Content(
        title=say(ui, "report.title", name=run.name),
        subtitle=" · ".join(
            (
                listed(
                    ui,
                    (say(ui, "report.bank", name=file_name(run.bank, ui)), questions(len(run.questions), ui)),
                ),
                listed(ui, (say(ui, "report.generation", name=run.generation), _documents(run, ui))),
                date(run.started, ui),
            )
        ),
        compared=compared,
        verdict=verdict_of(scores, found, before, changes, ui),
        standard=say(ui, "report.standard", good=percent(ui, GOOD), rest=percent(ui, 1 - GOOD)),
        groups=_groups(found, was if before else {}, changes, ui),
        directions=_directions(scores, found, lost, ui),
        refusing=_refusing(scores, ui),
        times=_times(scores, old, ui),
        seconds=tuple(each.seconds for each in scores if not each.problem),
        strata=tuple(_table(run, scores, by, ui) for by in STRATA),
        questions=len(scores),
        lost=_lost(scores, lost, ui),
        failures=failures(run, scores, lost, page_text, ui),
        comparison=_comparison(before, run, (old, scores), changes, lost, ui) if before else None,
        repeat=_repeat(run, ui),
        ui=ui,
    )


def _readable(run: Run, page_text: PageText | None) -> set[tuple[str, int | None]] | None:
    if page_text is None:
        return None
    gold = {each.place for question in run.questions for each in question.evidence}
    return {each for each in gold if page_text(*each).strip()}


def date(started: str, ui: str = "en") -> str:
    """ "24 November 2026, 17:51 UTC"; what is no date stays as it is."""
    try:
        when = datetime.fromisoformat(started)
    except ValueError:
        return started
    return say(ui, "figure.date", day=day(started, ui), time=f"{when:%H:%M}")


def _documents(run: Run, ui: str) -> str:
    return say(ui, "figure.documents", count=run.documents)


def _links(ids: Iterable[str], anchors: Mapping[str, str]) -> tuple[Link, ...]:
    return tuple(Link(each, anchors.get(each, "")) for each in ids)


# Measures


def _groups(
    found: Mapping[str, Interval],
    earlier: Mapping[str, Interval],
    changes: Sequence[Change],
    ui: str,
) -> tuple[Group, ...]:
    metrics = {metric.name: metric for metric in METRICS}
    moved = {change.metric.name: change.verdict for change in changes}
    known = {name for names in GROUPS.values() for name in names}
    groups = {**GROUPS, "Other": tuple(name for name in metrics if name not in known)}
    return tuple(
        _group(
            named(ui, "measure_group", title),
            [
                _measure(metrics[name], found[name], earlier.get(name), moved.get(name, ""), ui)
                for name in names
            ],
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


def _measure(metric: Metric, interval: Interval, earlier: Interval | None, moved: str, ui: str) -> Measure:
    out = interval.excluded
    return Measure(
        metric.name,
        metric.labelled(ui),
        metric.kind == "rate",
        interval,
        value_of(metric, interval, ui),
        span_of(metric, interval, ui),
        counted(interval, ui),
        say(ui, "report.left_out", count=out, what=metric.excluding(ui)) if out else "",
        earlier,
        value_of(metric, earlier, ui) if earlier else "",
        moved if moved in ("better", "worse") else "",
    )


# Refusals and time


def _directions(
    scores: Sequence[Scores], found: Mapping[str, Interval], anchors: Mapping[str, str], ui: str
) -> tuple[Direction, ...]:
    right, wrong = found["right_refusals"], found["wrong_refusals"]
    missed = [each.id for each in scores if not each.answerable and not each.refused]
    refused = [each.id for each in scores if each.answerable and each.refused]
    (rate,) = (metric for metric in METRICS if metric.name == "wrong_refusals")

    def direction(way: str, interval: Interval, ids: Iterable[str]) -> Direction:
        counts = {"count": interval.hits, "all": interval.n, "span": span_of(rate, interval, ui)}
        return Direction(
            say(ui, f"refusing.{way}"),
            value_of(rate, interval, ui),
            say(ui, f"refusing.{way}_of", **counts) if interval.n else say(ui, f"refusing.{way}_none"),
            say(ui, f"refusing.{way}_cost"),
            _links(ids, anchors),
        )

    return (direction("missed", wilson(len(missed), right.n), missed), direction("wrong", wrong, refused))


def _refusing(scores: Sequence[Scores], ui: str) -> str:
    rates = refusals(scores)
    said = verdict(named(ui, "measure_phrase", "refusal_precision"), rates.precision, ui)
    both = "" if rates.f1 is None else say(ui, "refusing.both", value=figure(ui, f"{rates.f1:.2f}"))
    return together(ui, (ended(ui, said), both))


def _times(scores: Sequence[Scores], old: Sequence[Scores], ui: str) -> tuple[Time, ...]:
    (p50, p95), (old50, old95) = latency(scores), latency(old)
    (metric,) = (each for each in METRICS if each.name == "latency")
    mean, was = metric.interval(scores), metric.interval(old)
    if p50 is None or p95 is None or mean.value is None or mean.low is None or mean.high is None:
        return ()
    low, high = seconds(mean.low, ui), seconds(mean.high, ui)
    span = say(ui, "timing.mean_note", low=low, high=high, count=mean.n)
    return (
        Time(say(ui, "timing.half"), seconds(p50, ui), say(ui, "timing.half_note"), seconds(old50, ui)),
        Time(say(ui, "timing.most"), seconds(p95, ui), "p95", seconds(old95, ui)),
        Time(say(ui, "timing.mean"), seconds(mean.value, ui), span, seconds(was.value, ui)),
    )


# Strata and stages


def _table(run: Run, scores: Sequence[Scores], by: By, ui: str) -> Table:
    groups: dict[str, list[Scores]] = {}
    for question, each in zip(run.questions, scores, strict=True):
        groups.setdefault(stratum(run, question, by), []).append(each)
    order = sorted(groups, key=lambda name: (not name, -len(groups[name]), name))
    metrics = [metric for name in COLUMNS for metric in METRICS if metric.name == name]
    return Table(
        named(ui, "strata", by),
        ("", say(ui, "report_head.questions"), *(named(ui, "measure_column", name) for name in COLUMNS)),
        tuple(
            (
                Cell(stratum_name(name, by, ui)),
                Cell(str(len(groups[name]))),
                *(_cell(metric, metric.interval(groups[name]), ui) for metric in metrics),
            )
            for name in order
        ),
    )


def stratum_name(name: str, by: By, ui: str = "en") -> str:
    if not name:
        return say(ui, "strata.unknown" if by == "crossing" else "strata.none")
    match by:
        case "language" | "document language":
            return language(name, ui)
        case "kind":
            return named(ui, "question_kind", name)
        case "document kind":
            return lowered(kind(name, ui))
    return named(ui, "strata", name)


def _cell(metric: Metric, interval: Interval, ui: str) -> Cell:
    if interval.value is None or interval.low is None or interval.high is None:
        return Cell("–")
    span = "–".join(percent(ui, each) for each in (interval.low, interval.high))
    return Cell(value_of(metric, interval, ui), also(ui, (span, counted(interval, ui))))


def _lost(scores: Sequence[Scores], anchors: Mapping[str, str], ui: str) -> tuple[Lost, ...]:
    found = []
    for stage in STAGES:
        here = [each.id for each in scores if each.stage == stage]
        share = len(here) / len(scores) if scores else 0.0
        label, advice = named(ui, "stage_label", stage), named(ui, "stage_advice", stage)
        found.append(Lost(stage, label, meaning(stage, ui), advice, share, _links(here, anchors)))
    return tuple(found)


# The run before


def _comparison(
    before: Run,
    after: Run,
    scores: tuple[Sequence[Scores], Sequence[Scores]],
    changes: Sequence[Change],
    lost: Mapping[str, str],
    ui: str,
) -> Comparison:
    places = {question.id: f"c{at}" for at, question in enumerate(after.questions, 1)}
    answers = changed(before, after, scores, places, ui)
    anchors = {**lost, **{each.link.text: each.link.anchor for each in answers}}
    effects = Counter(each.effect for each in answers)
    amounts = {effect: effects[effect] for effect in ("worse", "better", "neither")}
    causes = [
        say(ui, "change.cause", cause=named(ui, "change_cause", cause), count=count)
        for cause, count in Counter(each.cause for each in answers).most_common()
    ]
    same, total = repeated(before, after), len(after.questions)
    summary = (
        ended(ui, same.said(ui)) if same else "",
        say(ui, "change.summary", count=len(answers), all=total, name=before.name, **amounts),
        say(ui, "change.causes", causes=listed(ui, causes) or say(ui, "change.no_cause")),
        say(ui, "change.small", power=power(after, ui)),
    )
    was, now = map(summarise, scores)
    moves = tuple(
        Move(
            change.metric.labelled(ui),
            value_of(change.metric, was[change.metric.name], ui),
            value_of(change.metric, now[change.metric.name], ui),
            change.verdict,
            _chance(change, ui),
            _links(change.gained, anchors) if change.p is not None else (),
            _links(change.lost, anchors) if change.p is not None else (),
        )
        for change in changes
    )
    return Comparison(before.name, together(ui, summary), moves, answers)


def _chance(change: Change, ui: str) -> str:
    """As Change.moved_by, but the questions gained and lost stand beside it."""
    if change.p is None:
        return change.moved_by(ui)
    p = figure(ui, f"{change.p:.3f}")
    return f"p = {p}" if change.gained or change.lost else say(ui, "change.none")


# How to repeat it


def _repeat(run: Run, ui: str) -> Repeat:
    def fact(name: str, /, *values: str, **fields: str) -> tuple[str, str]:
        return say(ui, f"repeating.{name}", **fields), listed(ui, filter(None, values))

    facts = (
        fact("run", run.name, date(run.started, ui)),
        fact("bank", file_name(run.bank, ui), questions(len(run.questions), ui)),
        fact("hash", run.bank_hash),
        fact("generation", run.generation, _documents(run, ui)),
        *(fact("model", *model.values(), role=role) for role, model in run.models.items()),
        *(fact("prompt", value, name=name) for name, value in run.prompts.items()),
    )
    return Repeat(
        f"python -m eval run {quote(run.bank)}",
        ended(ui, power(run, ui)),
        facts,
        tuple((name, _setting(name, value, ui)) for name, value in run.settings.items()),
        tuple(_definition(metric, ui) for metric in METRICS),
        tuple(
            (say(ui, f"define.{heading}"), tuple(say(ui, f"define.{each}", **_SOURCES) for each in parts))
            for heading, parts in DEFINITIONS.items()
        ),
    )


def _setting(name: str, value: object, ui: str) -> str:
    if value in (None, ""):
        return say(ui, "repeating.unset")
    hidden = name.endswith(("_key", "password", "token"))
    return say(ui, "repeating.hidden") if hidden else str(value)


def _definition(metric: Metric, ui: str) -> Definition:
    method = "pooled" if metric.counts is not None else metric.kind
    return Definition(
        metric.labelled(ui),
        say(ui, f"measure_method.{metric.better}"),
        say(ui, f"measure_method.{method}"),
        metric.excluding(ui) or say(ui, "measure_method.nothing"),
    )
