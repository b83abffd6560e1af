"""Who sends a request, and the assistant as that person may see it. Every handler and route asks here."""

from __future__ import annotations

from typing import Any

from assistant.answer import AssistantError
from assistant.people import Person
from assistant.web.engine import Engine

KEY = "person"  # under which the gate (see gate.py) puts the person into a request's scope


class NotSignedIn(AssistantError):
    """Nobody is known to send this request, so nothing is shown."""


def person_of(request: Any) -> Person:
    """The person of a Starlette request, or of Gradio's (gr.Request), which wraps one.

    Raises NotSignedIn where the gate put none there: what did not come through it has no rights.
    """
    inner = getattr(request, "request", None) or request
    found = getattr(inner, "scope", {}).get(KEY)
    if not isinstance(found, Person):
        raise NotSignedIn("you are not signed in; load the page again, and sign in")
    return found


def engine_for(request: Any, engine: Engine) -> Engine:
    """`engine` with the documents alone that the person of `request` may read. Raises NotSignedIn."""
    reads = person_of(request).reads
    return engine if reads is None else engine.seen_by(reads)
