"""Errors as programs get them: a status, one sentence, and when to try again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from assistant.answer import AssistantError
from assistant.web.access import NotSignedIn
from assistant.web.words import Said
from ingest.documents import IngestError

TOO_LARGE = "this is more than a request may hold (1 MB); send less"
_HTTP = {
    400: "the body is not what was announced; send JSON in UTF-8",
    404: "there is nothing at this address; /api lists what there is",
    405: "this address does not know this method; /api says which it knows",
}


class NotThere(AssistantError):
    """What was named is not in the library, or not for this person."""


class NoLibrary(AssistantError):
    """Nothing can be answered yet."""


class Busy(AssistantError):
    """As many questions wait as may."""


@dataclass(frozen=True)
class Trouble:
    """status: of HTTP. after: seconds after which to try again, 0 where that would change nothing."""

    status: int
    sentence: str
    after: int = 0

    def response(self, headers: Mapping[str, str] = MappingProxyType({})) -> Any:
        from starlette.responses import JSONResponse

        told = {"Cache-Control": "no-store", **headers}
        if self.after:
            told["Retry-After"] = str(self.after)
        return JSONResponse({"detail": self.sentence}, self.status, told)


def trouble(error: Exception) -> Trouble:
    """What a program is told of `error`; what was not written for users is logged under a reference."""
    from assistant.web.handlers import sentence

    said = _whole(sentence(error))
    if isinstance(error, Said) and error.key in ("ask.pace", "ask.at_once"):
        return Trouble(429, said, int(error.fields.get("seconds", 1)))
    for kind, status, after in (
        (NotSignedIn, 401, 0),
        (NotThere, 404, 0),
        (Busy, 503, 5),
        (NoLibrary, 503, 60),
        (AssistantError, 422, 0),
        (IngestError, 503, 60),
    ):
        if isinstance(error, kind):
            return Trouble(status, said, after)
    return Trouble(500, said)


def refused(status: int) -> Trouble:
    """Of an HTTP error that the framework found."""
    return Trouble(status, _whole(TOO_LARGE if status == 413 else _HTTP.get(status, "this cannot be done")))


def invalid(errors: Any) -> Trouble:
    """Of what pydantic found wrong with a request: the first fault, without repeating what was sent."""
    first = errors[0]
    if first["type"] == "json_invalid":
        return refused(400)
    where = ".".join(str(part) for part in first["loc"][1:]) or str(first["loc"][0])
    what = _shown(str(first["msg"]))
    return Trouble(422, _whole(f"{_shown(where)!r} is not right: {what[:1].lower()}{what[1:]}; correct it"))


def _shown(text: str) -> str:
    """Without lone surrogates, which no JSON can carry, and not longer than a sentence."""
    return text.encode(errors="replace").decode()[:200]


def _whole(words: str) -> str:
    return words[:1].upper() + words[1:] + ("" if words.endswith((".", "?", "!")) else ".")
