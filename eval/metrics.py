"""What one question's result is worth: (Question, Result) -> Scores, by rules alone, no model asked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from eval.facts import met, numerals, unsupported
from eval.half_refusals import half_refuses
from eval.results import EvalError, Place, Question, Result, Run
from eval.retrieval import Ranking, pages, ranking
from eval.support import Support, support

# Where a question was lost, first stage first; "" is where it was not.
STAGES = (
    "error",  # it ended in a problem
    "not read",  # no gold page is among those that could be read
    "not found",  # search found no gold page
    "refused",  # it found one, and there was no answer
    "found, not chosen",  # ... and the answer cites none
    "chosen, but cut",  # the answer cites one, but a fact is missing
    "fact missing",  # a fact is missing, and the bank names no page to follow it by
    "answered what is absent",
)


@dataclass(frozen=True)
class Scores:
    """The values of one question; None where a measure does not apply, as said at each.

    Retrieval (None for absent questions and without gold pages): `retrieval`, and by name page_rank (None
    also where no gold page was found), hit1, hit5, hit10, reciprocal_rank, ndcg10, document_hit5,
    wrong_page; see eval/retrieval.py.

    Citations (None without an answer, for absent questions and without gold pages):
    cites_gold: a citation is on a gold page.
    page_precision: share of the pages cited that are gold; page_recall: share of the facts of which a page is
    cited. (Citation precision and recall of Gao et al. 2023, ALCE, arXiv:2305.14627, by the bank's pages
    instead of an entailment model.) A fact's pages are those whose gold quote holds it, or all gold pages
    where none does; any one of them will do. A question without facts counts as one fact.
    quotes, verbatim: citations shown, and those found again on their page; 0 without an answer.
    sentences, uncited: sentences shown, and those without a citation; 0 without an answer.
    support: how many sentences are borne by what they cite, and how many citations are needed for that;
    see eval/support.py.

    Answers:
    facts, facts_met: gold facts, and those in the answer (eval/facts.py); a refusal meets none; 0 for absent.
    numbers_supported: every number in digits stands in a quote or passage that its own sentence cites. None
    without an answer or where it has no number.
    words: of the answer, white space between; None without one.
    language_match: the result is in the question's language, not counting the quotes, which keep their own;
    None where an error ended it.

    Refusals:
    refused: no answer; an error counts (`problem`).
    half_refusal: an answer of which a sentence says that it cannot say (eval/half_refusals.py). None without
    an answer, and for kind "partial", where saying so is right.

    seconds: until the whole answer stood. stage: one of STAGES, or "".
    """

    id: str
    kind: str
    language: str
    answerable: bool
    retrieval: Ranking | None
    cites_gold: bool | None
    page_precision: float | None
    page_recall: float | None
    quotes: int
    verbatim: int
    sentences: int
    uncited: int
    support: Support
    facts: int
    facts_met: int
    numbers_supported: bool | None
    words: int | None
    language_match: bool | None
    refused: bool
    half_refusal: bool | None
    seconds: float
    problem: str
    stage: str

    @property
    def page_rank(self) -> int | None:
        return self.retrieval.page_rank if self.retrieval else None

    @property
    def hit1(self) -> bool | None:
        return self.retrieval.hit1 if self.retrieval else None

    @property
    def hit5(self) -> bool | None:
        return self.retrieval.hit5 if self.retrieval else None

    @property
    def hit10(self) -> bool | None:
        return self.retrieval.hit10 if self.retrieval else None

    @property
    def reciprocal_rank(self) -> float | None:
        return self.retrieval.reciprocal_rank if self.retrieval else None

    @property
    def ndcg10(self) -> float | None:
        return self.retrieval.ndcg10 if self.retrieval else None

    @property
    def document_hit5(self) -> bool | None:
        return self.retrieval.document_hit5 if self.retrieval else None

    @property
    def wrong_page(self) -> bool | None:
        return self.retrieval.wrong_page if self.retrieval else None


def score(question: Question, result: Result, readable: Collection[Place] | None = None) -> Scores:
    """The scores of one result. readable: the pages that have text, for the stage "not read"."""
    answered = result.answered and not result.problem
    said = result.sentences if answered else ()
    cited = [each for sentence in said for each in sentence.citations]
    places = {(each.document, each.page) for each in cited}
    gold = _gold(question)
    judged = answered and bool(gold)
    wanted = question.facts if question.answerable else ()
    numbered = [sentence for sentence in said if numerals(sentence.text)]
    facts_met = sum(met(fact, result.text) for fact in wanted) if answered else 0
    return Scores(
        id=question.id,
        kind=question.kind,
        language=question.language,
        answerable=question.answerable,
        retrieval=ranking(result.found, gold) if gold else None,
        cites_gold=bool(places & gold) if judged else None,
        page_precision=(len(places & gold) / len(places) if places else 0.0) if judged else None,
        page_recall=_page_recall(question, places) if judged else None,
        quotes=len(cited),
        verbatim=sum(each.verbatim for each in cited),
        sentences=len(said),
        uncited=sum(not sentence.citations for sentence in said),
        support=support(said, result.language),
        facts=len(wanted),
        facts_met=facts_met,
        numbers_supported=not any(
            unsupported(
                sentence.text, [text for each in sentence.citations for text in (each.quote, each.passage)]
            )
            for sentence in numbered
        )
        if numbered
        else None,
        words=len(result.text.split()) if answered else None,
        language_match=None if result.problem else result.language == question.language,
        refused=not answered,
        half_refusal=any(map(half_refuses, said)) if answered and question.kind != "partial" else None,
        seconds=result.seconds,
        problem=result.problem,
        stage=_stage(question, result, places, facts_met, readable),
    )


def score_run(run: Run, readable: Collection[Place] | None = None) -> tuple[Scores, ...]:
    """The scores of each question of a run, in order; EvalError where results are not of its questions."""
    if [each.id for each in run.questions] != [each.id for each in run.results]:
        raise EvalError(f"run {run.name}: its results are not those of its questions; run the bank again")
    return tuple(
        score(question, result, readable) for question, result in zip(run.questions, run.results, strict=True)
    )


def _gold(question: Question) -> set[Place]:
    """An absent question's evidence only says what is near, so it has no gold."""
    return {each.place for each in question.evidence} if question.answerable else set()


def _page_recall(question: Question, cited: Collection[Place]) -> float:
    gold = _gold(question)
    ways = [
        {each.place for each in question.evidence if met(fact, each.quote)} or gold for fact in question.facts
    ] or [gold]
    return sum(not way.isdisjoint(cited) for way in ways) / len(ways)


def _stage(
    question: Question,
    result: Result,
    cited: Collection[Place],
    facts_met: int,
    readable: Collection[Place] | None,
) -> str:
    gold = _gold(question)
    if result.problem:
        return "error"
    if not question.answerable:
        return "answered what is absent" if result.answered else ""
    if gold and readable is not None and gold.isdisjoint(readable):
        return "not read"
    if gold and gold.isdisjoint(pages(result.found)):
        return "not found"
    if not result.answered:
        return "refused"
    if gold and gold.isdisjoint(cited):
        return "found, not chosen"
    if facts_met < len(question.facts):
        return "chosen, but cut" if gold else "fact missing"
    return ""
