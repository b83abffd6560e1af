"""What the parts of the Quality screen share: how their handlers are listed, and how an error is told."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from assistant.answer import AssistantError
from assistant.people import Role
from assistant.web import handlers
from assistant.web.access import NotSignedIn, person_of
from assistant.web.words import Said
from eval.results import EvalError
from eval.screen.words import Told, retold, say
from ingest import wording
from ingest.documents import IngestError
from ingest.screen.words import WORDING as DOCUMENTS

log = logging.getLogger(__name__)

Result = TypeVar("Result")

ROLE: Role = "evaluator"  # whose screen it is; an admin may do what an evaluator may

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


def forbidden(ui: str) -> str:
    return finished(ui, say(ui, "quality.forbidden"))


def checked(request: Any) -> str:
    """The language of a request. Raises gr.Error, which Gradio shows as a sentence, for who may not use the
    screen."""
    ui = wording.language_of(request)
    if not may(request):
        import gradio as gr

        raise gr.Error(forbidden(ui), print_exception=False)
    return ui


def calmly(work: Callable[[], Result], instead: Callable[[str], Result], ui: str) -> Result:
    """`work()`; where that fails, `instead` of the sentence that the user is told."""
    try:
        return work()
    except Exception as error:
        return instead(sentence(error, ui))


def sentence(error: Exception, ui: str = "en") -> str:
    """What a user is told of `error`: a sentence, or a heading and "- " lines as EvalError has them."""
    if isinstance(error, Told | wording.Told):
        return finished(ui, error.said(ui))
    if isinstance(error, IngestError):
        told = DOCUMENTS.retold(ui, str(error))
        return finished(ui, told) if told != str(error) else in_language(told, ui)
    if isinstance(error, EvalError | AssistantError) and not isinstance(error, Said):
        return in_language(str(error), ui)
    return handlers.sentence(error, ui)


def in_language(told: str, ui: str) -> str:
    """What code below the screen says in English, in the language of the reader, line by line."""
    first, *faults = (line.removeprefix("- ").removesuffix(".") for line in told.split("\n"))
    listed = (f"- {_stopped(ui, retold(ui, fault))}" for fault in faults)
    return "\n".join((finished(ui, retold(ui, first)), *listed))


def finished(ui: str, words: str) -> str:
    """`words` with a capital, if it is no file's name that they begin with, and a full stop."""
    named = "." in words.split(":")[0].split(" ")[0]
    return _stopped(ui, words if named else wording.capital(words))


def _stopped(ui: str, words: str) -> str:
    ended = words.endswith((".", "?", "!", ":", "…", "؟", "。", "？", "！", "："))
    return words if ended else say(ui, "quality.full_stop", words=words)


def lasting(error: Exception) -> Exception:
    """An error that `sentence` can tell many times and in each language: one that is not for users is
    written into the log once, and told by its reference."""
    if isinstance(error, EvalError | IngestError | AssistantError):
        return error
    reference = secrets.token_hex(4)
    log.error("reference %s", reference, exc_info=error)
    return Said("ask.failed", reference=reference)


def script() -> str:
    """What the browser does for the components that someone can act on."""
    return Path(__file__).with_name("screen.js").read_text(encoding="utf-8")
