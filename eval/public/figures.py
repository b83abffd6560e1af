"""The figures that public sets are compared by, from questions and their results."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from assistant.numbers import numbers
from eval.results import Question, Result
from eval.retrieval import pages, ranking

Asked = tuple[Question, Result]

_ABROAD = ("en", "es", "ar", "ru", "zh")
_WORD = re.compile(r"[^\W_]+")
_NUMERIC = re.compile(r"[^\w]*\d[\d.,  ]*\W*")


@dataclass(frozen=True)
class Figure:
    """One figure of ours: `value` over `n` cases; nan where there was no case.

    share: whether it is a share of the cases, shown in per cent; else a mean or another measure from 0 to 1.
    """

    set: str
    measure: str
    value: float
    n: int
    share: bool = True

    def __str__(self) -> str:
        if not self.n or self.value != self.value:
            return "no case"
        return f"{100 * self.value:.1f} %" if self.share else f"{self.value:.3f}"


# -- One question ------------------------------------------------------------------------------------------


def hit(question: Question, result: Result, k: int) -> bool:
    """Whether a gold page is among the first `k` different pages found."""
    return not {gold.place for gold in question.evidence}.isdisjoint(pages(result.found)[:k])


def ndcg(question: Question, result: Result) -> float:
    """nDCG@10 of pages; the question has at least one gold page."""
    return ranking(result.found, {each.place for each in question.evidence}).ndcg10


def right(question: Question, result: Result) -> bool:
    """Whether sentences or their quotes hold an alternative of each fact."""
    quotes = (cited.quote for said in result.sentences for cited in said.citations)
    text = "\n".join((*(said.text for said in result.sentences), *quotes))
    return result.answered and all(any(holds(text, fact) for fact in facts) for facts in question.facts)


def holds(text: str, fact: str) -> bool:
    """Whether the words of `fact` follow one another in `text`, or, for a bare number, its value is there.

    Case and punctuation aside, as SQuAD's own script compares (Rajpurkar et al. 2016).
    """
    wanted = " ".join(_WORD.findall(fact.casefold()))
    if wanted and f" {wanted} " in f" {' '.join(_WORD.findall(text.casefold()))} ":
        return True
    return bool(_NUMERIC.fullmatch(fact)) and bool(numbers(fact)) and numbers(fact) <= numbers(text)


# -- A set -------------------------------------------------------------------------------------------------


def squad2(asked: Sequence[Asked]) -> list[Figure]:
    """Paragraph hits and right answers on the answerable questions; answering and refusing on all."""
    return [*_hits("squad2", "paragraph", asked), *_answers("squad2", asked), *_refusals("squad2", asked)]


def xquad(asked: Sequence[Asked]) -> list[Figure]:
    """Hits and nDCG@10 of the English paragraph, by the question's language."""
    found = []
    for language in _ABROAD:
        some = [(question, result) for question, result in asked if question.language == language]
        pair = f"{language.upper()} > EN, "
        found += [
            _mean("xquad", f"{pair}nDCG@10", (ndcg(*each) for each in some), share=False),
            *(_mean("xquad", f"{pair}paragraph hit@{k}", (hit(*each, k) for each in some)) for k in (1, 10)),
        ]
    return found


def nomiracl(asked: Sequence[Asked]) -> list[Figure]:
    """Both error rates, by language."""
    found = []
    for language in ("en", "es"):
        some = [(question, result) for question, result in asked if question.language == language]
        wrongly, refused = _errors(some)
        name = language.upper()
        found += [
            _mean("nomiracl", f"{name}, answers when it should refuse", wrongly),
            _mean("nomiracl", f"{name}, refuses when it should answer", refused),
        ]
    return [*found, *_verbatim("nomiracl", asked)]


def mmlongbench(asked: Sequence[Asked]) -> list[Figure]:
    """Page hits on the answerable questions, facts found, and unanswerable ones refused."""
    return [
        *_hits("mmlongbench", "page", asked),
        *_answers("mmlongbench", asked),
        *_refusals("mmlongbench", asked),
    ]


def financebench(asked: Sequence[Asked]) -> list[Figure]:
    """Page hits; right answers, where that can be told from the text; refusals."""
    return [
        *_hits("financebench", "page", asked),
        *_answers("financebench", asked),
        _mean("financebench", "refused", (not result.answered for _, result in asked)),
    ]


MEASURES: dict[str, Callable[[Sequence[Asked]], list[Figure]]] = {
    "squad2": squad2,
    "xquad": xquad,
    "nomiracl": nomiracl,
    "mmlongbench": mmlongbench,
    "financebench": financebench,
}


def _hits(name: str, what: str, asked: Sequence[Asked]) -> list[Figure]:
    some = [each for each in asked if each[0].evidence]
    return [_mean(name, f"{what} hit@{k}", (hit(*each, k) for each in some)) for k in (1, 5, 10)]


def _answers(name: str, asked: Sequence[Asked]) -> list[Figure]:
    """Of the questions whose answer can be looked for; a refusal of one counts as not right in the first."""
    some = [each for each in asked if each[0].facts]
    answered = [each for each in some if each[1].answered]
    return [
        _mean(name, "chosen sentences hold the answer", (right(*each) for each in some)),
        _mean(name, "the same, where it answered", (right(*each) for each in answered)),
        *_verbatim(name, asked),
    ]


def _verbatim(name: str, asked: Sequence[Asked]) -> list[Figure]:
    quotes = (cited.verbatim for _, each in asked for said in each.sentences for cited in said.citations)
    return [_mean(name, "quotes verbatim", quotes)]


def _errors(asked: Sequence[Asked]) -> tuple[list[bool], list[bool]]:
    """(answered, of the unanswerable questions; refused, of the answerable ones)."""
    return (
        [result.answered for question, result in asked if not question.answerable],
        [not result.answered for question, result in asked if question.answerable],
    )


def _refusals(name: str, asked: Sequence[Asked]) -> list[Figure]:
    """Precision, recall and F1 of refusing, F1 of answering, and their mean."""
    wrongly, refused = _errors(asked)
    kept_back, right_refusals = sum(refused), len(wrongly) - sum(wrongly)
    answered, refusals = len(refused) - kept_back, right_refusals + kept_back
    refusing = _f1(right_refusals, kept_back, sum(wrongly))
    answering = _f1(answered, sum(wrongly), kept_back)
    return [
        Figure(name, "refusal precision", _ratio(right_refusals, refusals), refusals),
        Figure(name, "refusal recall", _ratio(right_refusals, len(wrongly)), len(wrongly)),
        _mean(name, "answerable questions refused", refused),
        Figure(name, "F1 of refusing", refusing, len(asked), share=False),
        Figure(name, "F1 of answering", answering, len(asked), share=False),
        Figure(
            name, "F1 of answer-or-refuse (mean of both)", (refusing + answering) / 2, len(asked), share=False
        ),
    ]


def _f1(right_ones: int, wrong: int, missed: int) -> float:
    return _ratio(2 * right_ones, 2 * right_ones + wrong + missed)


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")


def _mean(name: str, measure: str, values: Iterable[float], *, share: bool = True) -> Figure:
    found = list(values)
    return Figure(name, measure, sum(found) / len(found) if found else float("nan"), len(found), share)
