"""What stands in place of a conversation before there is one: a heading, and questions to begin with."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from assistant.web.words import say, slot


def static() -> str:
    """The heading as the page has it at once, whatever the library holds; with slots for its words."""
    return _hero(slot("hero.title"), slot("hero.plain"))


def hero(documents: int, ui: str = "en", problem: str = "") -> str:
    """The heading, once it is known how many documents there are. problem: why that is not known."""
    if problem:
        words = problem
    elif documents:
        words = say(ui, "hero.counted", count=documents)
    else:
        words = say(ui, "hero.empty")
    return _hero(say(ui, "hero.title"), escape(words))


def _hero(title: str, words: str) -> str:
    return f'<section class="hero"><h1>{title}</h1><p>{words}</p></section>'


def examples(questions: Sequence[str], ui: str = "en") -> str:
    """Questions to begin with, as buttons; "" where the library offers none."""
    if not questions:
        return ""
    items = "".join(
        f'<li><button type="button" dir="auto" data-ask="{escape(each)}">{escape(each)}</button></li>'
        for each in questions[:4]
    )
    label = say(ui, "hero.examples_label")
    return f'<nav aria-label="{label}"><h2>{say(ui, "hero.examples")}</h2><ul>{items}</ul></nav>'
