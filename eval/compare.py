"""Two runs of one bank compared question by question, and the gate that a run must pass."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from eval.measures import METRICS, Metric
from eval.metrics import Scores, score_run
from eval.report.words import also, figure, file_name, named, percent, say
from eval.results import EvalError, Result, Run
from eval.statistics import Interval, bootstrap_mean, mcnemar_exact, smallest_difference, wilson
from eval.summary import summary, verdict
from ingest.wording import listed

LEVEL = 0.05
# Of a gate, one-sided: a person can overrule a false stop, and nobody sees a false pass.
GATE_LEVEL = 0.1
_SAME = "no difference shown"
# Of fewer questions the bootstrap shows a difference where there is none (the same bank run twice: "faster"),
# and not even a rate could: exact McNemar on five is 0.06 at least. A gate stops all the same.
_FEWEST = 6


@dataclass(frozen=True)
class Change:
    """How one measure moved between two runs.

    gained, lost: ids of the questions that got better and worse. p: exact McNemar on those; for a mean, None,
    and `difference` is the mean of the questions' differences with its bootstrap interval.
    """

    metric: Metric
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    p: float | None
    difference: Interval

    @property
    def verdict(self) -> str:
        """ "better", "worse" or "no difference shown"."""
        if self.p is None:
            return self._moved if self.difference.n >= _FEWEST else _SAME
        return self._moved if self.p < LEVEL else _SAME

    @property
    def _moved(self) -> str:
        """The verdict, however few the questions or high the p."""
        if self.p is not None:
            return "better" if len(self.gained) > len(self.lost) else "worse"
        low, high = self.difference.low, self.difference.high
        if low is None or high is None or low <= 0 <= high:
            return _SAME
        return "better" if (low > 0) == (self.metric.better == "higher") else "worse"

    @property
    def stops(self) -> bool:
        """Whether a gate takes it for worse: of rates, a one-sided sign test at GATE_LEVEL says so."""
        if self.p is None:
            return self._moved == "worse"
        return len(self.lost) > len(self.gained) and self.p / 2 < GATE_LEVEL

    def sentence(self, before: Run, after: Run, ui: str = "en") -> str:
        """For example: run 0012 is better than run 0011: Answers that cite the right page (14 gained ...)."""
        what = "seems worse" if self.stops and self.verdict == _SAME else self.verdict
        if self.p is not None:
            gained, lost, p = len(self.gained), len(self.lost), figure(ui, f"{self.p:.3f}")
            moved = say(ui, "change.moved_questions", gained=gained, lost=lost, p=p)
        elif self.difference.value is None:
            moved = say(ui, "change.nothing")
        else:
            moved = say(ui, "change.moved_value", **_signed(self.difference, ui, "+.3g"))
        label = self.metric.labelled(ui)
        key = f"change.{what.replace(' ', '_')}"
        return say(ui, key, before=before.name, after=after.name, label=label, moved=moved)

    def moved_by(self, ui: str = "en") -> str:
        """What the comparison of the measure rests on."""
        if self.p is not None:
            gained, lost, p = len(self.gained), len(self.lost), figure(ui, f"{self.p:.3f}")
            return say(ui, "change.moved", gained=gained, lost=lost, p=p)
        if self.difference.value is None:
            return say(ui, "change.nothing")
        return say(ui, "change.moved_mean", **_signed(self.difference, ui, "+.2f"))


def _signed(difference: Interval, ui: str, form: str) -> dict[str, str]:
    """Fields of a difference that was measured."""
    values = {"value": difference.value, "low": difference.low, "high": difference.high}
    return {name: figure(ui, format(value, form)) for name, value in values.items() if value is not None}


def compare(before: Run, after: Run) -> tuple[Change, ...]:
    """Each measure's change. Raises EvalError where the runs are of different questions."""
    if before.bank_hash != after.bank_hash:
        raise EvalError(
            f"run {before.name} is of {before.bank}, run {after.name} of {after.bank} or another state of it;"
            " only runs of one bank can be compared: run the bank again on both generations"
        )
    pairs = list(zip(score_run(before), score_run(after), strict=True))
    return tuple(_change(metric, pairs) for metric in METRICS)


def _change(metric: Metric, pairs: list[tuple[Scores, Scores]]) -> Change:
    gained: list[str] = []
    lost: list[str] = []
    differences: list[float] = []
    for one, two in pairs:
        old, new = metric.of(one), metric.of(two)
        if old is None or new is None:
            continue
        differences.append(float(new) - float(old))
        if new != old:
            (gained if (new > old) == (metric.better == "higher") else lost).append(one.id)
    p = mcnemar_exact(len(gained), len(lost)) if metric.kind == "rate" else None
    return Change(metric, tuple(gained), tuple(lost), p, bootstrap_mean(differences))


@dataclass(frozen=True)
class Repeated:
    """Determinism. Of two runs of one generation by one program, whose settings and models are the same: how
    many questions got the same words, quotes and pages twice, and the ids of those that did not.

    certain: no language model wrote the answers, so that any difference is a fault.
    """

    same: Interval
    differ: tuple[str, ...]
    certain: bool

    def __str__(self) -> str:
        return self.said("en")

    def said(self, ui: str) -> str:
        same = verdict(say(ui, "measure_phrase.repeated"), self.same, ui)
        differ = (
            say(ui, "change.differ", names=listed(ui, (file_name(each, ui) for each in self.differ)))
            if self.differ
            else ""
        )
        return also(ui, filter(None, (same, differ)))


def repeated(before: Run, after: Run) -> Repeated | None:
    """Whether the second run repeats the first; None where they were asked of different things."""

    def asked(run: Run) -> tuple[object, ...]:
        return run.bank_hash, run.generation, run.settings, run.models, run.prompts, run.program

    if not before.program or asked(before) != asked(after):
        return None
    differ = tuple(
        one.id for one, two in zip(before.results, after.results, strict=True) if _told(one) != _told(two)
    )
    count = len(after.results)
    certain = after.settings.get("composer", "quoting") == "quoting"
    return Repeated(wilson(count - len(differ), count), differ, certain)


def _told(result: Result) -> tuple[object, ...]:
    return result.answered, result.reason, result.sentences, result.problem


def power(run: Run, ui: str = "en") -> str:
    """The smallest difference that the bank of `run` could show, in words."""
    count, least = len(run.questions), smallest_difference(len(run.questions))
    if least is None:
        return say(ui, "change.no_power", count=count)
    return say(ui, "change.power", count=count, value=percent(ui, least))


def against(before: Run, after: Run) -> list[str]:
    """Why `after` must not replace `before`: every measure that is worse, beyond chance, and answers that are
    not what they were though nothing changed. [] if there is none."""
    faults = [change.sentence(before, after) for change in worse(before, after)]
    again = repeated(before, after)
    if again is not None and again.certain and again.differ:
        faults.append(str(again))
    return faults + never(after)


def worse(before: Run, after: Run) -> list[Change]:
    """The measures that gate and are worse in `after`, by more than chance would make likely."""
    return [
        change
        for change in compare(before, after)
        if change.stops and change.metric.name not in ("latency", "words")
    ]


@dataclass(frozen=True)
class Short:
    """A measure that falls short of `floor`; exact: it must be just that.

    value: None where there was nothing to measure.
    """

    name: str
    value: float | None
    floor: float
    exact: bool = False

    def said(self, ui: str = "en") -> str:
        label = named(ui, "measure_label", self.name)
        if self.value is None:
            return say(ui, "change.no_floor", label=label, floor=figure(ui, f"{self.floor:g}"))
        if self.exact:
            value, best = percent(ui, self.value, 1), percent(ui, self.floor)
            return say(ui, "change.must", label=label, value=value, best=best)
        value, floor = figure(ui, f"{self.value:.3f}"), figure(ui, f"{self.floor:g}")
        return say(ui, "change.floor", label=label, value=value, floor=floor)


def never(run: Run) -> list[str]:
    """What no run may have: a quote that is not verbatim, a sentence without a citation, an error."""
    return [each.said() for each in shortfalls(run, {})]


def below(run: Run, floors: Mapping[str, float]) -> list[str]:
    """The measures of `run` that fall short of `floors` (for a measure where less is better: exceed them),
    and what no run may have."""
    return [each.said() for each in shortfalls(run, floors)]


def shortfalls(run: Run, floors: Mapping[str, float]) -> list[Short]:
    """As `below`, not yet in words."""
    found = summary(run)
    faults = []
    for metric in METRICS:
        value, floor = found[metric.name].value, floors.get(metric.name)
        if floor is None:
            continue
        if value is None or (value < floor if metric.better == "higher" else value > floor):
            faults.append(Short(metric.name, value, floor))
    for name, best in (("verbatim", 1.0), ("uncited", 0.0), ("errors", 0.0)):
        value = found[name].value
        if value is not None and value != best:
            faults.append(Short(name, value, best, exact=True))
    return faults


def load_floors(path: Path) -> dict[str, float]:
    """Measure -> floor from a JSON object. Raises EvalError for a fault, naming it."""
    names = [metric.name for metric in METRICS]
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EvalError(f"{path} cannot be read as a floor file: {error}; give a JSON object") from error
    if not isinstance(values, dict):
        raise EvalError(f"{path} holds no JSON object of measures and floors")
    for name, value in values.items():
        if name not in names:
            raise EvalError(f"{path}: there is no measure {name!r}; the measures are: {', '.join(names)}")
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise EvalError(f"{path}: the floor of {name} is {value!r}; give a number")
    return {name: float(value) for name, value in values.items()}
