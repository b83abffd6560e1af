"""Feedback from the chat as drafts of bank questions, for an evaluator to complete."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from assistant.answer import Turn
from assistant.records import Feedback, Place
from eval.bank_tables import SHEET
from eval.draft import draft_workbook
from eval.results import EvalError, Gold, Question
from eval.screen.words import say

KIND = "feedback"
_GOLD = ("right", "incomplete")  # verdicts under which the places that an answer cited are gold
_SHORT = 200  # characters of what is only there to remind the evaluator
# Control characters, which a workbook cannot hold, and white space, which would break its lines.
_BREAKS = re.compile(r"[\s\x00-\x1f\x7f\ufffe\uffff\ud800-\udfff]+")

_LINES = (
    "title", "rows", "read", "good", "otherwise", "evidence", "facts", "answerable", "columns", "then"
)  # fmt: skip
# What a workbook holds as it is, whatever the reader's language.
_NAMES = {name: name for name in ("facts", "evidence", "answerable", "yes", "no", "keep")} | {
    "sheet": SHEET,
    "form": "document | page | quote",
    "bar": "|",
}


def how_to(ui: str) -> list[str]:
    """How the workbook is used, line by line."""
    return [say(ui, f"quality_workbook.{line}", **_NAMES) for line in _LINES]


def questions_from(feedback: Sequence[Feedback]) -> tuple[Question, ...]:
    """One draft for each verdict, in their order: the question as typed, with its history, without facts.

    What the answer cited is gold only where a person found it right or incomplete; the note says so, and
    holds the comment. A refusal found right is a question without an answer.
    """
    return tuple(_question(each) for each in feedback)


def _question(feedback: Feedback) -> Question:
    gold = feedback.answered and feedback.verdict in _GOLD
    return Question(
        id=f"feedback-{feedback.id[:12]}",
        question=_plain(feedback.question),
        language=feedback.language or "en",
        kind=KIND,
        answerable=feedback.answered or feedback.verdict != "right",
        evidence=tuple(dict.fromkeys(map(_gold, feedback.cited))) if gold else (),
        history=tuple(Turn(_plain(turn.question), _plain(turn.answer)) for turn in feedback.history),
        note=_note(feedback, gold),
    )


def _gold(place: Place) -> Gold:
    return Gold(_plain(place.document), place.page, _plain(place.quote))


def _note(feedback: Feedback, gold: bool) -> str:
    what = "answer" if feedback.answered else "refusal"
    parts = [f"{what} judged {feedback.verdict} on {feedback.when[:10]}, generation {feedback.generation}"]
    if gold:
        more = "; more may be missing" if feedback.verdict == "incomplete" else ""
        parts.append(f"evidence: what that answer cited{more}")
    elif feedback.answered:
        places = dict.fromkeys(_where(place) for place in feedback.cited)
        parts.append(f"not taken as evidence: it cited {', '.join(places)}")
    if feedback.scope:
        parts.append(f"asked with the filters {_plain(feedback.scope)}")
    if feedback.comment:
        parts.append(f"comment: {_plain(feedback.comment)}")
    if not gold:
        text = _plain(feedback.text)
        short = text if len(text) <= _SHORT else f"{text[:_SHORT].rsplit(' ', 1)[0]} ..."
        parts.append(f"it said: {short}")
    return ". ".join(part.rstrip(".") for part in parts) + "."


def _where(place: Place) -> str:
    document = _plain(place.document)
    return document if place.page is None else f"{document} p. {place.page}"


def _plain(text: str) -> str:
    return _BREAKS.sub(" ", text).strip()


def feedback_workbook(feedback: Sequence[Feedback], path: Path, ui: str = "en") -> int:
    """Writes `questions_from(feedback)` as a workbook like that of drafts; the number of its questions.
    ui: the language in which its sheet "How to" is.

    Raises EvalError where there is no feedback, or the file cannot be written.
    """
    if path.suffix.lower() != ".xlsx":
        raise EvalError(f'{path.name}: the workbook is written as .xlsx, not as "{path.suffix}"')
    questions = questions_from(feedback)
    if not questions:
        raise EvalError("there is no feedback yet; people give it in the chat, under each answer")
    draft_workbook(questions, path, how_to(ui))
    return len(questions)
