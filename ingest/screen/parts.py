"""What the parts of the Documents screen share: who may use it, words as HTML, errors as sentences."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any, Protocol, TypeVar

from ingest import wording
from ingest.documents import IngestError
from ingest.screen.words import Line, refused, retold, say
from ingest.settings import IngestSettings
from ingest.wording import Told, capital, language_of

log = logging.getLogger(__name__)

Result = TypeVar("Result")

# No names for API clients, no spinner of Gradio's: the screen says itself what goes on.
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "queue": False}
PLAIN: dict[str, Any] = {"apply_default_css": False, "js_on_load": None}
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_APART = {"fr": "\u00a0; ", "ar": "؛ ", "zh": "；"}  # between clauses; "; " in the other languages
_ENDS = (".", "?", "!", "…", "؟", "。", "？", "！")


class Engine(Protocol):
    """What the screen needs from the application around it."""

    @property
    def settings(self) -> IngestSettings:
        """Among them the library's folder."""
        ...


@dataclass(frozen=True)
class Part:
    """A tab that has been built: `fill(request, *inputs)` gives what its `outputs` show now."""

    fill: Callable[..., list[Any]]
    inputs: list[Any]
    outputs: list[Any]


def may(request: Any) -> bool:
    """Whether who sends this request is an admin. Every handler and route of the screen asks here.

    The application's login puts a person into the request's scope; without one nobody may.
    """
    asked = getattr(_person(request), "may", None)
    return callable(asked) and asked("admin") is True


def who(request: Any) -> str:
    """The name for the audit of who sends this request: on the machine itself, where nobody signs in, the
    name of who runs this process."""
    from ingest.admin import me

    return str(getattr(_person(request), "name", "") or me())


def _person(request: Any) -> Any:
    """Whom the login put into the scope of a Starlette request, or of Gradio's, which wraps one."""
    inner = getattr(request, "request", None) or request
    return getattr(inner, "scope", {}).get("person")


def checked(request: Any) -> None:
    """Raises IngestError for who may not use the screen."""
    if not may(request):
        raise refused("parts.forbidden")


def calmly(ui: str, work: Callable[[], Result], instead: Callable[[str], Result]) -> Result:
    """`work()`; where that fails, `instead` of the sentence that the user is told."""
    try:
        return work()
    except Exception as error:
        return instead(sentence(error, ui))


def answering(request: Any, work: Callable[[], list[Any]], size: int, told: int = 0) -> list[Any]:
    """What a handler gives its `size` outputs: those of `work()` for an admin; else, and where it fails, the
    sentence goes to the output at `told` and all others stay as they are."""
    import gradio as gr

    ui = language_of(request)

    def allowed() -> list[Any]:
        checked(request)
        return work()

    def instead(words: str) -> list[Any]:
        return [problem(words, ui) if at == told else gr.skip() for at in range(size)]

    return calmly(ui, allowed, instead)


def sentence(error: Exception, ui: str = "en") -> str:
    """What a user is told of `error`: its own words if they were written for users, else a reference under
    which the log has the stack trace."""
    if isinstance(error, Told):
        return error.said(ui)
    if isinstance(error, IngestError):
        return retold(ui, str(error))
    reference = secrets.token_hex(4)
    log.error("reference %s", reference, exc_info=error)
    return say(ui, "told.wrong", reference=reference)


def script() -> str:
    """What the browser does for the components that someone can act on."""
    return Path(__file__).with_name("screen.js").read_text(encoding="utf-8")


# Words as HTML


def shown(words: object) -> str:
    """Text as it may stand in a page, also inside an attribute."""
    return escape(_UNPRINTABLE.sub("\ufffd", str(words)))


def heading(title: str, words: str = "", level: int = 2) -> str:
    under = f'<p class="d-soft">{shown(words)}</p>' if words else ""
    return f"<h{level}>{shown(title)}</h{level}>{under}"


def said(words: str | Line, ui: str = "en", tone: str = "good") -> str:
    """A sentence that a screen reader is told when it comes."""
    plain = words.said(ui) if isinstance(words, Line) else words
    return f'<p class="d-said {tone}" role="status">{shown(full(plain, ui))}</p>'


def problem(words: str, ui: str = "en") -> str:
    """What was wrong and what to do."""
    return f'<p class="d-problem" role="alert">{shown(full(words, ui))}</p>'


def full(words: str, ui: str = "en") -> str:
    """As a sentence: with a capital, unless a path or file name comes first, and a full stop."""
    first = words.split(" ")[0]
    named = "/" in first or "." in first.rstrip(".,:;")
    end = "" if words.endswith(_ENDS) else "。" if ui == "zh" else "."
    return (words if named else capital(words)) + end


# What readers advise for the terminal, and the same on this screen; other languages say it so at once.
_HERE = (
    ("give it with: python -m ingest password FILE", "open it under Documents and give its password"),
    (
        "give the right one with: python -m ingest password FILE",
        "open it under Documents and give the right one",
    ),
    ("sync with --retry", "index again with “Read again what failed”"),
    ("sync again", "index again"),
)


def here(reason: str, ui: str = "en") -> str:
    """A reason as it is told on the screen, where nobody types commands."""
    words = retold(ui, reason)
    for there, instead in _HERE if words == reason else ():
        words = words.replace(there, instead)
    return words


def apart(ui: str, clauses: Iterable[str]) -> str:
    """Clauses one after another: "a scan; damaged"."""
    return _APART.get(ui, "; ").join(clauses)


def waiting(words: str) -> str:
    return (
        f'<p class="d-wait" role="status"><span class="d-pulse" aria-hidden="true"></span>{shown(words)}</p>'
    )


def button(words: str, do: str, tone: str = "", **data: str) -> str:
    """A button that tells the screen to do something (see screen.js); `data` goes with it.

    With sure="..." it asks that first: only a second press does it.
    """
    named = "".join(f' data-{name}="{shown(value)}"' for name, value in data.items())
    return f'<button type="button" class="d-button {tone}" data-do="{do}"{named}>{shown(words)}</button>'


def moment(iso: str, ui: str = "en") -> str:
    """A moment (ISO 8601) as people read it, in this machine's time: "4 May 2026, 14:05"."""
    try:
        at = datetime.fromisoformat(iso).astimezone()
    except ValueError:
        return iso
    return say(ui, "parts.moment", day=wording.day(ui, at), time=f"{at:%H:%M}")


def language(code: str, ui: str = "en") -> str:
    """The name of an ISO 639-1 code; "" for an undetermined language."""
    return wording.language_name(ui, code)


def kind(name: str, ui: str = "en") -> str:
    """ "Guidance note" for a value of `ingest.documents.Kind`."""
    return say(ui, f"kind.{name.replace(' ', '_')}")


def percent(share: float, ui: str = "en") -> str:
    from babel.numbers import format_percent

    return str(format_percent(share, locale=ui))


def values(event: Any) -> dict[str, str]:
    """What the browser sent with an action, as text; whatever is not text is left out."""
    data = event._data if isinstance(event._data, dict) else {}
    return {str(name): value for name, value in data.items() if isinstance(value, str)}
