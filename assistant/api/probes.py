"""`/health`, `/ready` and `/metrics`: for what watches over the server. They tell nothing of documents."""

# No `from __future__ import annotations`: FastAPI reads the annotations, which name a local `Request`.
import hmac
from typing import Any

from assistant.api.metrics import Metrics
from assistant.settings import AssistantSettings
from assistant.web.engine import Engine
from assistant.web.gate import is_local

_HEADERS = {"Cache-Control": "no-store"}
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


def add_routes(app: Any, engine: Engine, metrics: Metrics) -> None:
    """Adds the three to a FastAPI app."""
    from fastapi import Request
    from starlette.responses import JSONResponse, Response

    async def health() -> Any:
        return JSONResponse({"status": "up"}, headers=_HEADERS)

    def ready() -> Any:
        problem = engine.not_ready()
        if problem:
            return JSONResponse({"detail": problem}, 503, _HEADERS)
        return JSONResponse({"status": "ready"}, headers=_HEADERS)

    def measured(request: Request) -> Any:
        if not may_measure(request, engine.settings):
            return JSONResponse({"detail": "The metrics are not for this address, or need a token."}, 403)
        return Response(metrics.text(), headers=_HEADERS, media_type=metrics.media_type)

    for path, answer in (("/health", health), ("/ready", ready), ("/metrics", measured)):
        app.add_api_route(path, answer, methods=["GET", "HEAD"], response_model=None)


def may_measure(request: Any, settings: AssistantSettings) -> bool:
    """Whether it carries the token of the settings; without such, whether it comes from this machine itself
    and not through a proxy on it."""
    token = settings.metrics_token.get_secret_value()
    if token:
        given = request.headers.get("authorization", "").encode(errors="replace")
        return hmac.compare_digest(given, f"Bearer {token}".encode())
    client = request.client.host if request.client else ""
    through = bool(settings.address) or any(name in request.headers for name in _FORWARDED)
    return is_local(client) and is_local(request.headers.get("host", "")) and not through
