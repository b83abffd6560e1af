"""Single questions of a report: those that fell short, and those whose answer changed between two runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.web.names import language
from eval.facts import met
from eval.metrics import STAGES, Scores
from eval.report_content import Answers, Citation, Fact, Failure, Link, Reply, Sentence
from eval.report_pages import PageText, expected, place
from eval.report_verdict import MEANINGS
from eval.results import Cited, Place, Question, Result, Run, Said
from eval.retrieval import pages

CONSIDERED = 10  # passages compared where a receipt does not say which were considered


def failures(
    run: Run, scores: Sequence[Scores], anchors: Mapping[str, str], page_text: PageText | None
) -> tuple[Failure, ...]:
    """The questions that fell short, by stage."""
    both = zip(run.questions, run.results, scores, strict=True)
    lost = [each for each in both if each[2].stage]
    lost.sort(key=lambda each: STAGES.index(each[2].stage))  # stable: in the bank's order within a stage
    return tuple(_failure(*each, anchors, page_text) for each in lost)


def _failure(
    question: Question,
    result: Result,
    scores: Scores,
    anchors: Mapping[str, str],
    page_text: PageText | None,
) -> Failure:
    standing = result.standing_question
    answered = result.answered and not result.problem
    return Failure(
        link=Link(question.id, anchors.get(question.id, "")),
        question=question.question,
        standing=standing if squash(standing) != squash(question.question) else "",
        history=tuple((turn.question, turn.answer) for turn in question.history),
        about=about(question),
        stage=scores.stage,
        meaning=MEANINGS[scores.stage][0],
        found=_found(question, result, scores),
        facts=tuple(Fact(" / ".join(fact), answered and met(fact, result.text)) for fact in question.facts),
        expected=expected(question.evidence, page_text),
        expects_refusal=not question.answerable,
        reply=reply(question, result),
        note=question.note,
    )


def about(question: Question) -> str:
    scope = f"asked of {', '.join(question.documents)} alone" if question.documents else ""
    return " · ".join(filter(None, (question.kind, language(question.language), scope)))


def _found(question: Question, result: Result, scores: Scores) -> str:
    """How far search came with a question that has gold pages; "" for others."""
    if not question.answerable or not question.evidence or result.problem:
        return ""
    there = len(pages(result.found))
    if scores.page_rank is None:
        return f"Search brought up {there} pages; none of them is expected."
    return f"The first expected page is at place {scores.page_rank} of the {there} pages that search found."


def reply(question: Question, result: Result, other: Result | None = None) -> Reply:
    """What was said, with the places cited numbered; `other` is the answer that it is held against."""
    if result.problem:
        return Reply(silence=f"Error: {result.problem}")
    if not result.answered:
        return Reply(silence=result.reason or "Refused, without a reason.")
    gold = {each.place for each in question.evidence} if question.answerable else set()
    cited = [each for sentence in result.sentences for each in sentence.citations]
    numbers: dict[Place, int] = {}
    for each in cited:
        numbers.setdefault((each.document, each.page), len(numbers) + 1)
    before = {squash(sentence.text) for sentence in other.sentences} if other else set()
    sentences = tuple(
        Sentence(
            said.text,
            tuple(sorted({numbers[each.document, each.page] for each in said.citations})),
            differs=other is not None and squash(said.text) not in before,
        )
        for said in result.sentences
    )
    return Reply(sentences, _citations(result.sentences, cited, numbers, gold), note=result.note)


def _citations(
    said: Sequence[Said], cited: Sequence[Cited], numbers: Mapping[Place, int], gold: set[Place]
) -> tuple[Citation, ...]:
    shown = [squash(sentence.text) for sentence in said]
    found = []
    for where, number in numbers.items():
        here = [each for each in cited if (each.document, each.page) == where]
        quotes = dict.fromkeys(
            each.quote for each in here if not any(squash(each.quote) in text for text in shown)
        )
        found.append(
            Citation(
                number,
                place(*where, here[0].label),
                where in gold if gold else None,
                all(each.verbatim for each in here),
                tuple(quotes),
            )
        )
    return tuple(found)


def why_changed(old: Result, new: Result) -> str:
    """Why an answer is not what it was, found by code: error, question, retrieval, choice or wording.

    "" where nothing that is shown has changed. What was searched comes before what was found, and that
    before what was chosen of it: the first that differs is the reason.
    """
    if _shown(old) == _shown(new):
        return ""
    if old.problem or new.problem:
        if old.problem and new.problem:
            return "Error: both ended in an error, each in another one."
        return f"Error: it ended in an error {'before' if old.problem else 'now, and did not before'}."
    if squash(old.standing_question) != squash(new.standing_question):
        return "Question: it was searched in other words, made from the conversation before it."
    one, two = _considered(old), _considered(new)
    if set(one) != set(two):
        new_ones, gone = len(set(two) - set(one)), len(set(one) - set(two))
        return f"Retrieval: other passages were found ({new_ones} new, {gone} gone)."
    if one != two:
        return "Retrieval: the same passages were found, in another order."
    if old.answered != new.answered:
        what = "answered before and is not now" if old.answered else "refused before and is answered now"
        return f"Choice: the same passages were found; the question was {what}."
    if _places(old) != _places(new):
        return "Choice: the same passages were found, and other pages were cited."
    if [each.text for each in old.sentences] != [each.text for each in new.sentences]:
        return "Wording: the same passages were found and the same pages cited, in other sentences."
    return "Wording: the same sentences, with another quote or note."


def _shown(result: Result) -> object:
    said = [(each.text, [(c.document, c.page, c.quote) for c in each.citations]) for each in result.sentences]
    return result.answered, result.problem, said, result.note


def _considered(result: Result) -> list[str]:
    """The ids of the passages that the answer was chosen from, best first."""
    known = result.receipt.get("passages")
    return list(known) if known else [each.passage for each in result.found[:CONSIDERED]]


def _places(result: Result) -> set[Place]:
    return {(each.document, each.page) for said in result.sentences for each in said.citations}


def changed(
    before: Run,
    after: Run,
    scores: tuple[Sequence[Scores], Sequence[Scores]],
    anchors: Mapping[str, str],
) -> tuple[Answers, ...]:
    """The questions whose answer changed: those that got worse first, then better, then neither."""
    found = []
    for question, old, new, was, now in zip(
        after.questions, before.results, after.results, *scores, strict=True
    ):
        why = why_changed(old, new)
        if not why:
            continue
        found.append(
            Answers(
                Link(question.id, anchors.get(question.id, "")),
                question.question,
                about(question),
                _effect(was, now),
                why.partition(":")[0],
                why,
                reply(question, old, new),
                reply(question, new, old),
                _outcome(was),
                _outcome(now),
            )
        )
    return tuple(sorted(found, key=lambda each: ("worse", "better", "neither").index(each.effect)))


def _effect(was: Scores, now: Scores) -> str:
    """By whether it fell short, then by facts, then by whether an expected page is cited."""
    one, two = ((not each.stage, each.facts_met, bool(each.cites_gold)) for each in (was, now))
    return "neither" if one == two else "better" if two > one else "worse"


def _outcome(scores: Scores) -> str:
    how = scores.stage or "as it should be"
    facts = f", {scores.facts_met} of {scores.facts} expected facts" if scores.facts else ""
    return f"{how}{facts}"


def squash(text: str) -> str:
    return " ".join(text.split())
