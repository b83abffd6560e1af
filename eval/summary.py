"""A run in figures and plain words: each measure with its interval, overall and by stratum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from eval.measures import METRICS
from eval.metrics import STAGES, Scores, score_run
from eval.report.words import figure, percent, say
from eval.results import Question, Run
from eval.statistics import Interval, Refusals, percentile, refusal_rates

By = Literal["kind", "language", "document kind", "document language", "crossing"]


def summary(run: Run) -> dict[str, Interval]:
    """Metric name -> interval, in the order of METRICS."""
    return summarise(score_run(run))


def summarise(scores: Sequence[Scores]) -> dict[str, Interval]:
    """The same for scores at hand."""
    return {metric.name: metric.interval(scores) for metric in METRICS}


def strata(run: Run, by: By) -> dict[str, dict[str, Interval]]:
    """Stratum -> summary, by name. Document kind and language are those of the first gold document ("" where
    the run does not know them); "crossing": whether a gold document is in the question's language."""
    groups: dict[str, list[Scores]] = {}
    for question, scores in zip(run.questions, score_run(run), strict=True):
        groups.setdefault(stratum(run, question, by), []).append(scores)
    return {name: summarise(groups[name]) for name in sorted(groups)}


def stratum(run: Run, question: Question, by: By) -> str:
    documents = [gold.document for gold in question.evidence]
    languages = [run.languages.get(name, "") for name in documents]
    match by:
        case "kind":
            return question.kind
        case "language":
            return question.language
        case "document kind":
            return run.kinds.get(documents[0], "") if documents else ""
        case "document language":
            return languages[0] if languages else ""
        case "crossing":
            if not any(languages):
                return ""
            return "same language" if question.language in languages else "another language"


def stages(scores: Sequence[Scores]) -> dict[str, int]:
    """Stage -> questions lost there, first stage first, all of them named."""
    counts = Counter(each.stage for each in scores)
    return {stage: counts[stage] for stage in STAGES}


def refusals(scores: Sequence[Scores]) -> Refusals:
    """Precision, recall and F1 of refusing; an error is a wrong refusal, and no right one."""
    absent = [each for each in scores if not each.answerable]
    right = sum(each.refused and not each.problem for each in absent)
    wrong = sum(each.refused for each in scores if each.answerable)
    return refusal_rates(right, wrong, len(absent) - right)


def latency(scores: Sequence[Scores]) -> tuple[float | None, float | None]:
    """(p50, p95) of seconds, errors left out; None where nothing is left."""
    seconds = [each.seconds for each in scores if not each.problem]
    return percentile(seconds, 50), percentile(seconds, 95)


def verdict(phrase: str, interval: Interval, ui: str = "en") -> str:
    """One plain sentence: "19 of 20 answers cite the right page (95 %: 76 to 99 %)"; of a mean,
    "words an answer: 85.2 on average of 20 (95 %: 70.1 to 99.8)". phrase: a metric's, in `ui`; in English
    it stands after the amounts of a rate, elsewhere before them."""
    if interval.value is None or interval.low is None or interval.high is None:
        return say(ui, "figure.no_figure", phrase=phrase)
    if interval.hits is None:
        values = {"value": interval.value, "low": interval.low, "high": interval.high}
        shown = {name: figure(ui, f"{each:.3g}") for name, each in values.items()}
        return say(ui, "figure.mean", phrase=phrase, count=interval.n, **shown)
    low, high = percent(ui, interval.low), percent(ui, interval.high)
    return say(ui, "figure.rate", phrase=phrase, count=interval.hits, all=interval.n, low=low, high=high)
