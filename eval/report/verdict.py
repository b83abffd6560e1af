"""The words of a report: numbers in one form, what each stage means, and the verdict in plain sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eval.compare import Change
from eval.measures import METRICS, Metric
from eval.metrics import STAGES, Scores
from eval.report.content import Claim
from eval.report.words import also, ended, figure, lowered, named, percent, say, together
from eval.results import Run
from eval.statistics import Interval, wilson
from eval.summary import stages, verdict
from ingest.wording import capital, listed
from ingest.wording import number as whole

# A measure is called good where its whole interval is on the right side of nine in ten, and is said to fall
# short where the whole interval is on the wrong side; between, so many questions cannot tell.
GOOD = 0.9
# What a reader of answers asks first: can I trust the quotes and numbers, is it the right page, is all there,
# and does it say so where the documents are silent.
HEADLINES = ("verbatim", "numbers_supported", "hit5", "cites_gold", "fact_recall", "right_refusals",
             "wrong_refusals", "errors")  # fmt: skip


def number(value: float, ui: str = "en") -> str:
    """A mean, with as many decimals as can be told apart: 0.68, 12.4, 162."""
    return figure(ui, f"{value:.{0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2}f}")


def value_of(metric: Metric, interval: Interval, ui: str = "en") -> str:
    if interval.value is None:
        return "–"
    if metric.kind == "rate":
        return say(ui, "figure.percent", value=percent(ui, interval.value))
    return number(interval.value, ui)


def span_of(metric: Metric, interval: Interval, ui: str = "en") -> str:
    if interval.low is None or interval.high is None:
        return ""
    if metric.kind == "rate":
        return say(ui, "figure.percent_span", low=percent(ui, interval.low), high=percent(ui, interval.high))
    return say(ui, "figure.span", low=number(interval.low, ui), high=number(interval.high, ui))


def counted(interval: Interval, ui: str = "en") -> str:
    if not interval.n:
        return say(ui, "figure.nothing")
    if interval.hits is None:
        return f"n = {whole(ui, interval.n)}"
    return say(ui, "figure.of", count=interval.hits, all=interval.n)


def seconds(value: float | None, ui: str = "en") -> str:
    if value is None:
        return ""
    if value < 1:
        return say(ui, "figure.milliseconds", value=f"{1000 * value:.0f}")
    return say(ui, "figure.seconds", value=figure(ui, f"{value:.1f}"))


def questions(count: int, ui: str = "en") -> str:
    return say(ui, "figure.questions", count=count)


def meaning(stage: str, ui: str = "en") -> str:
    """What it means for a question that it was lost at `stage`."""
    return named(ui, "stage_meaning", stage)


def verdict_of(
    scores: Sequence[Scores],
    found: Mapping[str, Interval],
    before: Run | None,
    changes: Sequence[Change],
    ui: str = "en",
) -> tuple[Claim, ...]:
    """Four sentences, five with a run before: overall, good, falls short, look first, since."""
    good, short = headlines(found, ui)
    fine = sum(not each.stage for each in scores)
    overall = verdict(say(ui, "measure_phrase.ended"), wilson(fine, len(scores)), ui)
    said = {
        "overall": say(ui, "claim.overall_said", said=capital(overall)),
        "good": ended(ui, also(ui, good)) if good else say(ui, "claim.no_good"),
        "short": ended(ui, also(ui, short)) if short else say(ui, "claim.no_short"),
        "first": look_first(scores, ui),
    }
    claims = [Claim(kind, say(ui, f"claim.{kind}"), sentence) for kind, sentence in said.items()]
    if before is not None:
        claims.append(Claim("since", say(ui, "claim.since", name=before.name), since(changes, ui)))
    return tuple(claims)


def headlines(found: Mapping[str, Interval], ui: str = "en") -> tuple[list[str], list[str]]:
    """The leading measures that are shown to be good, and those that fall short, worst first."""
    good: list[str] = []
    short: list[tuple[float, str]] = []
    for metric in sorted((m for m in METRICS if m.name in HEADLINES), key=lambda m: HEADLINES.index(m.name)):
        interval = found[metric.name]
        if interval.value is None or interval.low is None or interval.high is None:
            continue
        worst, value, best = interval.low, interval.value, interval.high
        if metric.better == "lower":
            worst, value, best = 1 - interval.high, 1 - interval.value, 1 - interval.low
        said = verdict(metric.phrased(ui), interval, ui)
        if worst >= GOOD:
            good.append(said)
        elif best < GOOD:
            short.append((value, said))
    return good, [said for _, said in sorted(short, key=lambda pair: pair[0])]


def look_first(scores: Sequence[Scores], ui: str = "en") -> str:
    """The stage that lost most questions (the earlier one of two that lost as many)."""
    counts = stages(scores)
    total = sum(counts.values())
    if not total:
        return say(ui, "claim.none_lost")
    most = max(STAGES, key=lambda stage: counts[stage])
    return say(ui, "claim.most_lost", count=counts[most], all=total, meaning=lowered(meaning(most, ui)))


def since(changes: Sequence[Change], ui: str = "en") -> str:
    """What is better, what is worse, each with what shows it, and of how much no difference is shown."""
    said = []
    for what in ("better", "worse"):
        moves = [
            listed(ui, (each.metric.labelled(ui), each.moved_by(ui)))
            for each in changes
            if each.verdict == what
        ]
        said += [say(ui, f"claim.{what}", moves=also(ui, moves))] if moves else []
    same = sum(each.verdict not in ("better", "worse") for each in changes)
    if same:
        said.append(say(ui, "claim.rest_same" if said else "claim.all_same", count=same))
    return together(ui, said)
