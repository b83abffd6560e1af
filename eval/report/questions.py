"""Single questions of a report: those that fell short, and those whose answer changed between two runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.web.names import language
from eval.facts import met
from eval.metrics import STAGES, Scores
from eval.report.content import Answers, Citation, Fact, Failure, Link, Reply, Sentence
from eval.report.pages import PageText, expected, place
from eval.report.verdict import meaning
from eval.report.words import file_name, named, say
from eval.results import Cited, Place, Question, Result, Run, Said
from eval.retrieval import pages
from ingest.wording import listed

CONSIDERED = 10  # passages compared where a receipt does not say which were considered


def failures(
    run: Run,
    scores: Sequence[Scores],
    anchors: Mapping[str, str],
    page_text: PageText | None,
    ui: str = "en",
) -> tuple[Failure, ...]:
    """The questions that fell short, by stage."""
    both = zip(run.questions, run.results, scores, strict=True)
    lost = [each for each in both if each[2].stage]
    lost.sort(key=lambda each: STAGES.index(each[2].stage))  # stable: in the bank's order within a stage
    return tuple(_failure(*each, anchors, page_text, ui) for each in lost)


def _failure(
    question: Question,
    result: Result,
    scores: Scores,
    anchors: Mapping[str, str],
    page_text: PageText | None,
    ui: str,
) -> Failure:
    standing = result.standing_question
    answered = result.answered and not result.problem
    return Failure(
        link=Link(question.id, anchors.get(question.id, "")),
        question=question.question,
        standing=standing if squash(standing) != squash(question.question) else "",
        history=tuple((turn.question, turn.answer) for turn in question.history),
        about=about(question, ui),
        stage=scores.stage,
        lost=named(ui, "stage_label", scores.stage),
        meaning=meaning(scores.stage, ui),
        found=_found(question, result, scores, ui),
        facts=tuple(Fact(" / ".join(fact), answered and met(fact, result.text)) for fact in question.facts),
        expected=expected(question.evidence, page_text, ui),
        expects_refusal=not question.answerable,
        reply=reply(question, result, ui=ui),
        note=question.note,
    )


def about(question: Question, ui: str = "en") -> str:
    kind = named(ui, "question_kind", question.kind)
    names = listed(ui, (file_name(each, ui) for each in question.documents))
    scope = say(ui, "question.alone", documents=names) if names else ""
    return " · ".join(filter(None, (kind, language(question.language, ui), scope)))


def _found(question: Question, result: Result, scores: Scores, ui: str) -> str:
    """How far search came with a question that has gold pages; "" for others."""
    if not question.answerable or not question.evidence or result.problem:
        return ""
    there = len(pages(result.found))
    if scores.page_rank is None:
        return say(ui, "question.found_none", count=there)
    return say(ui, "question.found_at", rank=scores.page_rank, count=there)


def reply(question: Question, result: Result, other: Result | None = None, ui: str = "en") -> Reply:
    """What was said, with the places cited numbered; `other` is the answer that it is held against."""
    if result.problem:
        return Reply(silence=say(ui, "question.error", problem=result.problem))
    if not result.answered:
        return Reply(silence=result.reason or say(ui, "question.no_reason"))
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
    return Reply(sentences, _citations(result.sentences, cited, numbers, gold, ui), note=result.note)


def _citations(
    said: Sequence[Said], cited: Sequence[Cited], numbers: Mapping[Place, int], gold: set[Place], ui: str
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
                place(*where, here[0].label, ui),
                where in gold if gold else None,
                all(each.verbatim for each in here),
                tuple(quotes),
            )
        )
    return tuple(found)


def why_changed(old: Result, new: Result, ui: str = "en") -> str:
    """Why an answer is not what it was, found by code: error, question, retrieval, choice or wording.

    "" where nothing that is shown has changed.
    """
    why = _why(old, new)
    return say(ui, f"change_why.{why}", **_passages(old, new)) if why else ""


def _why(old: Result, new: Result) -> str:
    """A key of the words, which begins with the cause: the first that differs, of what was searched, what was
    found and what was chosen of it."""
    if _shown(old) == _shown(new):
        return ""
    if old.problem or new.problem:
        return "error_both" if old.problem and new.problem else "error_before" if old.problem else "error_now"
    if squash(old.standing_question) != squash(new.standing_question):
        return "question"
    one, two = _considered(old), _considered(new)
    if one != two:
        return "retrieval_other" if set(one) != set(two) else "retrieval_order"
    if old.answered != new.answered:
        return "choice_refused" if old.answered else "choice_answered"
    if _places(old) != _places(new):
        return "choice_pages"
    same = [each.text for each in old.sentences] == [each.text for each in new.sentences]
    return "wording_quotes" if same else "wording_sentences"


def _passages(old: Result, new: Result) -> dict[str, int]:
    """How many of the passages considered are new, and how many are no longer among them."""
    one, two = set(_considered(old)), set(_considered(new))
    return {"new": len(two - one), "gone": len(one - two)}


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
    ui: str = "en",
) -> tuple[Answers, ...]:
    """The questions whose answer changed: those that got worse first, then better, then neither."""
    found = []
    for question, old, new, was, now in zip(
        after.questions, before.results, after.results, *scores, strict=True
    ):
        why = why_changed(old, new, ui)
        if not why:
            continue
        found.append(
            Answers(
                Link(question.id, anchors.get(question.id, "")),
                question.question,
                about(question, ui),
                _effect(was, now),
                _why(old, new).partition("_")[0],
                why,
                reply(question, old, new, ui),
                reply(question, new, old, ui),
                _outcome(was, ui),
                _outcome(now, ui),
            )
        )
    return tuple(sorted(found, key=lambda each: ("worse", "better", "neither").index(each.effect)))


def _effect(was: Scores, now: Scores) -> str:
    """By whether it fell short, then by facts, then by whether an expected page is cited."""
    one, two = ((not each.stage, each.facts_met, bool(each.cites_gold)) for each in (was, now))
    return "neither" if one == two else "better" if two > one else "worse"


def _outcome(scores: Scores, ui: str) -> str:
    how = named(ui, "stage_label", scores.stage) if scores.stage else say(ui, "change.right")
    if not scores.facts:
        return how
    return say(ui, "change.outcome", outcome=how, count=scores.facts_met, all=scores.facts)


def squash(text: str) -> str:
    return " ".join(text.split())
