"""All that programs meet, put on the application: one call for assistant/app.py."""

# No `from __future__ import annotations`: FastAPI reads the annotations, which name local types.
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from assistant.api import embed, guide, probes
from assistant.api.mcp_server import Endpoint
from assistant.api.measured import measured
from assistant.api.metrics import Metrics
from assistant.api.places import Places
from assistant.api.rest import rest
from assistant.api.traces import Traces, exporter
from assistant.web.engine import Engine
from assistant.web.pace import Pace


class ForPrograms:
    """REST, MCP, the embeddable page, probes, metrics and traces of one application.

    engine: the one that users ask, the chat's too: its questions are measured. running: a lifespan.
    """

    def __init__(self, engine: Engine, pace: Pace) -> None:
        self.metrics = Metrics()
        self._traces = Traces(exporter(engine.settings))
        self.engine = measured(engine, self.metrics, self._traces)
        self._places = Places()
        self._rest = rest(self.engine, pace, self._places)
        self._mcp = Endpoint(self.engine, pace, self._places)

    @asynccontextmanager
    async def running(self, app: Any) -> AsyncIterator[None]:
        async with AsyncExitStack() as kept:
            kept.callback(self._traces.close)
            await kept.enter_async_context(self._mcp.running(app))
            yield

    def add_routes(self, app: Any, blocks: Any) -> None:
        """blocks: the chat, whose queue is counted."""
        from starlette.requests import Request
        from starlette.responses import HTMLResponse
        from starlette.routing import Route

        settings = self.engine.settings

        def about(request: Request) -> Any:
            return HTMLResponse(guide.page(self._rest.openapi(), settings.address))

        app.add_api_route("/api", about, methods=["GET"], response_model=None)
        app.mount("/api", self._rest)
        app.router.routes.append(Route("/mcp", self._mcp, methods=["GET", "POST", "DELETE"]))
        embed.add_routes(app, settings)
        probes.add_routes(app, self.engine, self.metrics)
        self.metrics.watch(
            self.engine.generation,
            {"chat": lambda: len(blocks._queue), "api": lambda: self._places.waiting},
        )
