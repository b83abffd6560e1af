"""What a page shows of whoever loads it: the way to the account, and the screens that the person may use."""

# No `from __future__ import annotations`: Gradio reads the handlers' annotations, which name a local `gr`.
from collections.abc import Sequence
from html import escape
from typing import Any

from assistant.people import Person, Role
from assistant.web.access import person_of
from assistant.web.language import language_of
from assistant.web.words import say


def show(blocks: Any, account: Any, tabs: Sequence[tuple[Role, Any]]) -> None:
    """Fills `account` and shows those of `tabs` (gr.Tab, hidden at first) whose role is the person's."""
    import gradio as gr

    def begin(request: gr.Request) -> Any:
        person = person_of(request)
        shown = [
            signed_in(person, language_of(request)),
            *(gr.Tab(visible=person.may(role)) for role, _ in tabs),
        ]
        return shown if tabs else shown[0]

    outputs = [account, *(tab for _, tab in tabs)]
    blocks.load(begin, None, outputs, queue=False, show_progress="hidden", api_visibility="private")


def signed_in(person: Person, ui: str = "en") -> str:
    """Who is signed in, as the way to the account; "" where no login is needed."""
    if not person.name:
        return ""
    name = escape(person.name)
    label = f"{say(ui, 'login.account')}: {name}"
    return f'<a href="/account" aria-label="{label}" title="{name}"><bdi>{name}</bdi></a>'
