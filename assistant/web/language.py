"""The language of a request: chosen by hand (a cookie), else what the browser asks for, else English."""

from __future__ import annotations

from typing import Any

from assistant.web.words import LANGUAGES

COOKIE = "language"


def language_of(request: Any) -> str:
    """One of `LANGUAGES`. request: Starlette's or Gradio's (gr.Request), which wraps one."""
    inner = getattr(request, "request", None) or request
    return chosen(inner.cookies.get(COOKIE, ""), inner.headers.get("accept-language", ""))


def chosen(cookie: str, accepted: str) -> str:
    """The language of the cookie, else the best of an Accept-Language header (RFC 9110, 12.5.4)."""
    if cookie in LANGUAGES:
        return cookie
    best, weight = "en", 0.0
    for part in accepted[:500].split(","):
        tag, _, rest = part.strip().partition(";")
        code = tag.partition("-")[0].strip().casefold()
        quality = _quality(rest)
        if code in LANGUAGES and quality > weight:
            best, weight = code, quality
    return best


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0
