"""What the parts of the Quality screen share: how their handlers are listed, and how an error is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from assistant.answer import AssistantError
from assistant.web import handlers
from eval.results import EvalError
from ingest.documents import IngestError

Result = TypeVar("Result")

# No names for API clients, no spinner of Gradio's: the screen says itself what goes on.
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "queue": False}
LASTING: dict[str, Any] = {**QUIET, "queue": True}  # for handlers that yield more than once
PLAIN: dict[str, Any] = {"apply_default_css": False, "js_on_load": None}


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
