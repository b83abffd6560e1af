"""The notice that stands before a question which seems to hold a person's case is put."""

from __future__ import annotations

from html import escape

from assistant.persons_case import case_words
from assistant.web.conversation import Conversation, now
from assistant.web.words import listed, say


def words(asked: str, conversation: Conversation, ui: str) -> str:
    """What is said of `asked`; "" where it holds no case, or was put in this conversation before."""
    found = case_words(asked)
    if not found or any(each.asked == asked for each in conversation.exchanges):
        return ""
    return say(
        ui, "privacy.notice", words=listed(ui, (say(ui, "privacy.word", word=word) for word in found[:3]))
    )


def notice(said: str, asked: str, as_typed: bool, ui: str) -> str:
    """The notice as HTML, with the ways on and back. said: see `words`."""
    typed, change = "yes" if as_typed else "", say(ui, "privacy.change")
    return (
        # The moment makes it new for Gradio, which else would not show again what page.js took away.
        f'<section class="before" role="group" aria-labelledby="before-title" data-before="{now()}">'
        f'<h2 id="before-title" tabindex="-1">{say(ui, "privacy.title")}</h2><p dir="auto">{escape(said)}</p>'
        f'<p class="ways"><button type="button" class="first" data-change>{change}</button>'
        f'<button type="button" class="quiet" data-anyway="{escape(asked)}" data-typed="{typed}">'
        f"{say(ui, 'privacy.anyway')}</button></p></section>"
    )
