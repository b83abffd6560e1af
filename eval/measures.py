"""METRICS: the table of measures that the report, the comparison and the gate go through."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from eval.metrics import Scores
from eval.statistics import Interval, bootstrap_mean, pooled_rate, wilson


@dataclass(frozen=True)
class Metric:
    """One measure over a run.

    label: a heading. phrase: after "19 of 20" in a verdict, or before a mean. of: one question's value,
    None where the measure does not apply (`excludes` says when). kind: "rate" (`of` is 0 or 1) or "mean"
    (`of` is any number). counts: of a rate pooled over smaller things than questions, (hits, things) of one
    question; then `of` is their share in it.
    """

    name: str
    label: str
    phrase: str
    better: Literal["higher", "lower"]
    kind: Literal["rate", "mean"]
    of: Callable[[Scores], float | None]
    excludes: str = ""
    counts: Callable[[Scores], tuple[int, int]] | None = None

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
    label: str,
    phrase: str,
    better: Literal["higher", "lower"],
    counts: Callable[[Scores], tuple[int, int]],
    excludes: str,
) -> Metric:
    def share(scores: Scores) -> float | None:
        hits, things = counts(scores)
        return hits / things if things else None

    return Metric(name, label, phrase, better, "rate", share, excludes, counts)


_NO_GOLD = "absent questions, and questions without a gold page"
_NO_ANSWER = "questions without an answer"
_NOT_JUDGED = f"{_NO_GOLD}; {_NO_ANSWER}"
_NO_SUPPORT = f"{_NO_ANSWER}, and those that cite another language in words of their own"

METRICS: tuple[Metric, ...] = (
    # Search
    Metric("hit1", "Right page found first", "questions find the right page first",
           "higher", "rate", lambda s: s.hit1, _NO_GOLD),
    Metric("hit5", "Right page among the first five", "questions find the right page among the first five",
           "higher", "rate", lambda s: s.hit5, _NO_GOLD),
    Metric("hit10", "Right page among the first ten", "questions find the right page among the first ten",
           "higher", "rate", lambda s: s.hit10, _NO_GOLD),
    Metric("mrr", "How near the top the right page is (MRR: 1 is always first)",
           "nearness of the right page to the top (MRR)",
           "higher", "mean", lambda s: s.reciprocal_rank, _NO_GOLD),
    Metric("ndcg10", "How well the first ten pages are ordered (nDCG: 1 is perfect)",
           "order of the first ten pages (nDCG)", "higher", "mean", lambda s: s.ndcg10, _NO_GOLD),
    Metric("document_hit5", "Right document among the first five pages",
           "questions find the right document among the first five pages",
           "higher", "rate", lambda s: s.document_hit5, _NO_GOLD),
    Metric("wrong_page", "Right document, wrong page",
           "questions find the right document first, but not the right page",
           "lower", "rate", lambda s: s.wrong_page, _NO_GOLD),
    # Citations
    Metric("cites_gold", "Answers that cite the right page", "answers cite the right page",
           "higher", "rate", lambda s: s.cites_gold, _NOT_JUDGED),
    Metric("page_precision", "Share of the cited pages that are right",
           "share of an answer's cited pages that are right",
           "higher", "mean", lambda s: s.page_precision, _NOT_JUDGED),
    Metric("page_recall", "Share of the expected facts with a right page cited",
           "share of a question's facts with a right page cited",
           "higher", "mean", lambda s: s.page_recall, _NOT_JUDGED),
    _pooled("verbatim", "Quotes that stand word for word on their page",
            "quotes stand word for word on their page",
            "higher", lambda s: (s.verbatim, s.quotes), "questions without a quote"),
    _pooled("uncited", "Sentences without a citation", "sentences are without a citation",
            "lower", lambda s: (s.uncited, s.sentences), _NO_ANSWER),
    _pooled("supported", "Sentences that what they cite supports",
            "sentences are supported by what they cite",
            "higher", lambda s: (s.support.borne, s.support.sentences), _NO_SUPPORT),
    _pooled("citations_needed", "Citations that their sentence needs",
            "citations are needed by their sentence",
            "higher", lambda s: (s.support.needed, s.support.citations), _NO_SUPPORT),
    # Answers
    _pooled("fact_recall", "Expected facts in the answers (refusals counted as none)",
            "expected facts are in the answers (refusals counted as none)",
            "higher", lambda s: (s.facts_met, s.facts), "absent questions, and questions without facts"),
    _pooled("fact_recall_answered", "Expected facts in the answers given",
            "expected facts are in the answers given",
            "higher", lambda s: (0, 0) if s.refused else (s.facts_met, s.facts),
            "absent questions, questions without facts or without an answer"),
    Metric("numbers_supported", "Answers whose every number stands in what they cite",
           "answers with numbers have every number in what they cite",
           "higher", "rate", lambda s: s.numbers_supported, "questions without an answer that has a number"),
    Metric("words", "Words an answer", "words an answer", "lower", "mean", lambda s: s.words, _NO_ANSWER),
    Metric("language_match", "Replies in the question's language", "replies are in the question's language",
           "higher", "rate", lambda s: s.language_match, "errors"),
    # Refusals; an error on an absent question is no right refusal
    Metric("right_refusals", "Absent questions refused (right; a miss misleads)",
           "questions that the documents do not answer are refused", "higher", "rate",
           lambda s: None if s.answerable else s.refused and not s.problem, "answerable questions"),
    Metric("wrong_refusals", "Answerable questions refused (wrong; each sends someone away)",
           "questions that the documents answer are refused", "lower", "rate",
           lambda s: s.refused if s.answerable else None, "absent questions"),
    Metric("refusal_precision", "Refusals that are right", "refusals are right", "higher", "rate",
           lambda s: not s.answerable if s.refused and (s.answerable or not s.problem) else None,
           "answers, and errors on absent questions"),
    Metric("half_refusals", "Answers that say they cannot say", "answers say that they cannot say",
           "lower", "rate", lambda s: s.half_refusal, f'{_NO_ANSWER}; questions of kind "partial"'),
    # The machine
    Metric("errors", "Questions that ended in an error", "questions ended in an error",
           "lower", "rate", lambda s: bool(s.problem)),
    Metric("latency", "Seconds to the whole answer", "seconds to the whole answer",
           "lower", "mean", lambda s: None if s.problem else s.seconds, "errors"),
)  # fmt: skip
