"""Feedback under an answer: the row of buttons, and what happens when one is pressed."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from assistant.records import LONGEST, VERDICTS, feedback_on, keep_feedback
from assistant.web.conversation import Conversation, Exchange
from assistant.web.words import Said, say


def row(exchange: Exchange, ui: str = "en") -> str:
    """The buttons and the comment, which page.js shows once there is a verdict; "" without a result."""
    if exchange.result is None:
        return ""
    question = say(ui, "feedback.question")
    buttons = "".join(
        f'<button type="button" class="quiet" data-verdict="{verdict}" aria-pressed="false">'
        f"{say(ui, 'feedback.' + verdict.replace(' ', '_'))}</button>"
        for verdict in VERDICTS
    )
    return (
        f'<div class="feedback" data-answer="{escape(exchange.id)}">'
        f'<div class="verdicts" role="group" aria-label="{question}">'
        f'<span aria-hidden="true">{question}</span>{buttons}</div>'
        '<p class="thanks" hidden></p>'
        '<div class="comment" hidden>'
        f'<textarea rows="1" maxlength="{LONGEST}" aria-label="{say(ui, "feedback.comment")}" '
        f'placeholder="{say(ui, "feedback.comment_placeholder")}" dir="auto"></textarea>'
        f'<button type="button" class="quiet" data-send>{say(ui, "feedback.send")}</button></div></div>'
    )


def kept(
    library: Path, conversation: Conversation, sent: Mapping[str, Any], ui: str = "en"
) -> dict[str, Any]:
    """Keeps the verdict that a browser sent, and says so for page.js: answer, verdict, words, at.

    Of what was `sent`, the answer's id only picks one of this session's own answers; the words of the
    answer come from `conversation`. Raises AssistantError.
    """
    answer, verdict = sent.get("answer"), sent.get("verdict")
    place = next((at for at, each in enumerate(conversation.exchanges) if each.id == answer), None)
    result = None if place is None else conversation.exchanges[place].result
    if place is None or result is None or verdict not in VERDICTS:
        raise Said("feedback.gone")
    exchange = conversation.exchanges[place]
    # What was searched as typed was searched without what came before.
    history = () if exchange.as_typed else Conversation(conversation.exchanges[:place]).history
    made = feedback_on(
        result,
        verdict,
        str(sent.get("comment") or ""),
        id=exchange.id,
        question=exchange.asked,
        history=history,
        scope=exchange.scope,
    )
    keep_feedback(library, made)
    words = say(ui, "feedback.thanks_comment" if made.comment else "feedback.thanks")
    return {"answer": exchange.id, "verdict": verdict, "words": words, "at": made.when}
