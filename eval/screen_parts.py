"""What the parts of the Quality screen share: how their handlers are listed, and how an error is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from assistant.answer import AssistantError
from assistant.people import Role
from assistant.web import handlers
from assistant.web.access import NotSignedIn, person_of
from eval.results import EvalError
from ingest.documents import IngestError

Result = TypeVar("Result")

ROLE: Role = "evaluator"  # whose screen it is; an admin may do what an evaluator may
FORBIDDEN = "only an evaluator may use this screen; ask your admin"

# No names for API clients, no spinner of Gradio's: the screen says itself what goes on.
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "queue": False}
LASTING: dict[str, Any] = {**QUIET, "queue": True}  # for handlers that yield more than once
PLAIN: dict[str, Any] = {"apply_default_css": False, "js_on_load": None}


def may(request: Any) -> bool:
    """Whether who sends this request is an evaluator. Every handler and route of the screen asks here."""
    try:
        return person_of(request).may(ROLE)
    except NotSignedIn:
        return False


def checked(request: Any) -> None:
    """Raises gr.Error, which Gradio shows as a sentence, for who may not use the screen."""
    if not may(request):
        import gradio as gr

        raise gr.Error(f"{FORBIDDEN[0].upper()}{FORBIDDEN[1:]}.", print_exception=False)


def calmly(work: Callable[[], Result], instead: Callable[[str], Result]) -> Result:
    """`work()`; where that fails, `instead` of the sentence that the user is told."""

    def told() -> Result:
        try:
            return work()
        except (EvalError, IngestError) as error:
            raise AssistantError(str(error)) from error

    return handlers.calmly(told, instead)


def sentence(error: Exception) -> str:
    """What a user is told of `error`."""
    return str(error) if isinstance(error, EvalError | IngestError) else handlers.sentence(error)


def script() -> str:
    """What the browser does for the components that someone can act on."""
    return Path(__file__).with_name("screen.js").read_text(encoding="utf-8")
