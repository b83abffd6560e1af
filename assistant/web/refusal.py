"""A request refused in one sentence."""

from __future__ import annotations

from typing import Any


async def refuse(scope: Any, receive: Any, send: Any, status: int, problem: str) -> None:
    """Answers in place of an ASGI app."""
    from starlette.responses import JSONResponse, PlainTextResponse, Response

    words, headers = problem[:1].upper() + problem[1:] + ".", {"Cache-Control": "no-store"}
    response: Response = PlainTextResponse(words, status, headers)
    if scope["path"].startswith(("/api", "/mcp")):
        response = JSONResponse({"detail": words}, status, headers)
    await response(scope, receive, send)
