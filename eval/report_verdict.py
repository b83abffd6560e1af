"""The words of a report: numbers in one form, what each stage means, and the verdict in plain sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eval.compare import Change
from eval.measures import METRICS, Metric
from eval.metrics import STAGES, Scores
from eval.report_content import Claim
from eval.results import Run
from eval.statistics import Interval, wilson
from eval.summary import stages, verdict

# A measure is called good where its whole interval is on the right side of nine in ten, and is said to fall
# short where the whole interval is on the wrong side; between, so many questions cannot tell.
GOOD = 0.9
# What a reader of answers asks first: can I trust the quotes and numbers, is it the right page, is all there,
# and does it say so where the documents are silent.
HEADLINES = ("verbatim", "numbers_supported", "hit5", "cites_gold", "fact_recall", "right_refusals",
             "wrong_refusals", "errors")  # fmt: skip

# Stage -> what it means for a question, and what to look at.
MEANINGS: Mapping[str, tuple[str, str]] = {
    "error": (
        "The question ended in an error, so there is no answer to judge.",
        "Read the message, then the program's log.",
    ),
    "not read": (
        "No expected page could be read: the file is not in the library, or the page has no text.",
        "Look the file up among the documents; a scanned page needs text recognition.",
    ),
    "not found": (
        "Search did not bring up any expected page.",
        "Compare the words of the question with those of the page.",
    ),
    "refused": (
        "Search found an expected page, and yet the assistant said that the documents do not answer.",
        "See how plainly the page answers; the evidence asked for may be too much.",
    ),
    "found, not chosen": (
        "Search found an expected page, but the answer cites other pages.",
        "See what is cited instead, and whether it is as good: then the bank should expect it too.",
    ),
    "chosen, but cut": (
        "The answer cites an expected page, but at least one expected fact is missing from it.",
        "See whether the missing fact stands near what is quoted, or in words that the bank does not list.",
    ),
    "fact missing": (
        "An expected fact is missing, and the bank names no page by which to follow it.",
        "Add the page to the bank.",
    ),
    "answered what is absent": (
        "The documents do not answer this question, and yet an answer was given.",
        "See whether what is cited could mislead; asking for more evidence refuses more such questions.",
    ),
}


def number(value: float) -> str:
    """A mean, with as many decimals as can be told apart: 0.68, 12.4, 162."""
    return f"{value:.{0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2}f}"


def value_of(metric: Metric, interval: Interval) -> str:
    if interval.value is None:
        return "–"
    return f"{100 * interval.value:.0f} %" if metric.kind == "rate" else number(interval.value)


def span_of(metric: Metric, interval: Interval) -> str:
    if interval.low is None or interval.high is None:
        return ""
    if metric.kind == "rate":
        return f"{100 * interval.low:.0f} to {100 * interval.high:.0f} %"
    return f"{number(interval.low)} to {number(interval.high)}"


def counted(interval: Interval) -> str:
    if not interval.n:
        return "nothing to measure"
    return f"n = {interval.n:,}" if interval.hits is None else f"{interval.hits:,} of {interval.n:,}"


def seconds(value: float | None) -> str:
    if value is None:
        return ""
    return f"{1000 * value:.0f} ms" if value < 1 else f"{value:.1f} s"


def questions(count: int) -> str:
    return "1 question" if count == 1 else f"{count} questions"


def verdict_of(
    scores: Sequence[Scores], found: Mapping[str, Interval], before: Run | None, changes: Sequence[Change]
) -> tuple[Claim, ...]:
    """Four sentences, five with a run before: overall, good, falls short, look first, since."""
    good, short = headlines(found)
    fine = sum(not each.stage for each in scores)
    overall = verdict("questions ended as they should", wilson(fine, len(scores)))
    claims = [
        Claim("Overall", f"{overall}: with every expected fact and its page, or rightly refused."),
        Claim("Good", f"{'; '.join(good)}." if good else "No leading measure is shown to be good."),
        Claim(
            "Falls short", f"{'; '.join(short)}." if short else "No leading measure is shown to fall short."
        ),
        Claim("Look first", look_first(scores)),
    ]
    if before is not None:
        claims.append(Claim(f"Since run {before.name}", since(changes)))
    return tuple(claims)


def headlines(found: Mapping[str, Interval]) -> tuple[list[str], list[str]]:
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
        said = verdict(metric.phrase, interval)
        if worst >= GOOD:
            good.append(said)
        elif best < GOOD:
            short.append((value, said))
    return good, [said for _, said in sorted(short, key=lambda pair: pair[0])]


def look_first(scores: Sequence[Scores]) -> str:
    """The stage that lost most questions (the earlier one of two that lost as many)."""
    counts = stages(scores)
    total = sum(counts.values())
    if not total:
        return "No question fell short."
    most = max(STAGES, key=lambda stage: counts[stage])
    meaning = MEANINGS[most][0]
    return f"{counts[most]} of the {questions(total)} that fell short: {meaning[0].lower()}{meaning[1:]}"


def since(changes: Sequence[Change]) -> str:
    """What is better, what is worse, each with what shows it, and of how much no difference is shown."""
    said = []
    for what in ("better", "worse"):
        named = [f"{each.metric.label}, {moved_by(each)}" for each in changes if each.verdict == what]
        said += [f"{what}: {'; '.join(named)}"] if named else []
    same = sum(each.verdict not in ("better", "worse") for each in changes)
    rest = f"no difference is shown in {'the other' if said else 'any of the'} {same} measures"
    sentence = ". ".join(each[0].upper() + each[1:] for each in (*said, *([rest] if same else [])))
    return f"{sentence}."


def moved_by(change: Change) -> str:
    """What the comparison of one measure rests on."""
    if change.p is not None:
        return f"{len(change.gained)} gained, {len(change.lost)} lost, p = {change.p:.3f}"
    value, low, high = change.difference.value, change.difference.low, change.difference.high
    if value is None or low is None or high is None:
        return "nothing to compare"
    return f"{value:+.2f} (95 %: {low:+.2f} to {high:+.2f})"
