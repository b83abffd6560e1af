"""METRICS: the table of measures that the report, the comparison and the gate go through."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from eval.metrics import Scores
from eval.report.words import named, say
from eval.statistics import Interval, bootstrap_mean, pooled_rate, wilson


@dataclass(frozen=True)
class Metric:
    """One measure over a run.

    name: what it is called in files and options; its words are in `eval/report/words/`. kind: "rate" (`of` is
    0 or 1) or "mean" (`of` is any number). of: one question's value, None where the measure does not apply
    (`excludes` says when). left_out: which words say so. counts: of a rate pooled over smaller things than
    questions, (hits, things) of one question; then `of` is their share in it.
    """

    name: str
    better: Literal["higher", "lower"]
    kind: Literal["rate", "mean"]
    of: Callable[[Scores], float | None]
    left_out: str = ""
    counts: Callable[[Scores], tuple[int, int]] | None = None

    @property
    def label(self) -> str:
        """A heading, in English."""
        return self.labelled("en")

    @property
    def phrase(self) -> str:
        """What a verdict says of it, in English: after "19 of 20", or before a mean."""
        return self.phrased("en")

    @property
    def excludes(self) -> str:
        """The questions to which it does not apply, in English."""
        return self.excluding("en")

    def labelled(self, ui: str) -> str:
        return named(ui, "measure_label", self.name)

    def phrased(self, ui: str) -> str:
        return named(ui, "measure_phrase", self.name)

    def excluding(self, ui: str) -> str:
        return say(ui, f"measure_excludes.{self.left_out}") if self.left_out else ""

    def interval(self, scores: Sequence[Scores]) -> Interval:
        """The measure over `scores`: Wilson for rates, bootstrap by question for means and pooled rates."""
        values = [value for each in scores if (value := self.of(each)) is not None]
        excluded = len(scores) - len(values)
        if self.counts is not None:
            return pooled_rate([self.counts(each) for each in scores], excluded=excluded)
        if self.kind == "rate":
            return wilson(sum(value == 1 for value in values), len(values), excluded=excluded)
        return bootstrap_mean(values, excluded=excluded)


def _pooled(
    name: str,
    better: Literal["higher", "lower"],
    counts: Callable[[Scores], tuple[int, int]],
    left_out: str,
) -> Metric:
    def share(scores: Scores) -> float | None:
        hits, things = counts(scores)
        return hits / things if things else None

    return Metric(name, better, "rate", share, left_out, counts)


METRICS: tuple[Metric, ...] = (
    # Search
    Metric("hit1", "higher", "rate", lambda s: s.hit1, "no_gold"),
    Metric("hit5", "higher", "rate", lambda s: s.hit5, "no_gold"),
    Metric("hit10", "higher", "rate", lambda s: s.hit10, "no_gold"),
    Metric("mrr", "higher", "mean", lambda s: s.reciprocal_rank, "no_gold"),
    Metric("ndcg10", "higher", "mean", lambda s: s.ndcg10, "no_gold"),
    Metric("document_hit5", "higher", "rate", lambda s: s.document_hit5, "no_gold"),
    Metric("wrong_page", "lower", "rate", lambda s: s.wrong_page, "no_gold"),
    # Citations
    Metric("cites_gold", "higher", "rate", lambda s: s.cites_gold, "not_judged"),
    Metric("page_precision", "higher", "mean", lambda s: s.page_precision, "not_judged"),
    Metric("page_recall", "higher", "mean", lambda s: s.page_recall, "not_judged"),
    _pooled("verbatim", "higher", lambda s: (s.verbatim, s.quotes), "no_quote"),
    _pooled("uncited", "lower", lambda s: (s.uncited, s.sentences), "no_answer"),
    _pooled("supported", "higher", lambda s: (s.support.borne, s.support.sentences), "no_support"),
    _pooled("citations_needed", "higher", lambda s: (s.support.needed, s.support.citations), "no_support"),
    # Answers
    _pooled("fact_recall", "higher", lambda s: (s.facts_met, s.facts), "no_facts"),
    _pooled(
        "fact_recall_answered",
        "higher",
        lambda s: (0, 0) if s.refused else (s.facts_met, s.facts),
        "no_facts_given",
    ),
    Metric("numbers_supported", "higher", "rate", lambda s: s.numbers_supported, "no_number"),
    Metric("words", "lower", "mean", lambda s: s.words, "no_answer"),
    Metric("language_match", "higher", "rate", lambda s: s.language_match, "errors"),
    # Refusals; an error on an absent question is no right refusal
    Metric("right_refusals", "higher", "rate",
           lambda s: None if s.answerable else s.refused and not s.problem, "answerable"),
    Metric("wrong_refusals", "lower", "rate", lambda s: s.refused if s.answerable else None, "absent"),
    Metric("refusal_precision", "higher", "rate",
           lambda s: not s.answerable if s.refused and (s.answerable or not s.problem) else None,
           "no_refusal"),
    Metric("half_refusals", "lower", "rate", lambda s: s.half_refusal, "partial"),
    # The machine
    Metric("errors", "lower", "rate", lambda s: bool(s.problem)),
    Metric("latency", "lower", "mean", lambda s: None if s.problem else s.seconds, "errors"),
)  # fmt: skip
