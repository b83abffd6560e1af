"""Figures for Prometheus: questions by outcome, seconds by stage, what waits, the generation, errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assistant.answer import Receipt

# A quoted answer takes some tenths of a second, a written one up to two minutes.
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)


class Metrics:
    """Those of one application, in a registry of its own. No label holds words of a question or a name."""

    def __init__(self) -> None:
        import prometheus_client as prometheus

        self._registry = registry = prometheus.CollectorRegistry()
        self._text = prometheus.generate_latest
        self.media_type: str = prometheus.CONTENT_TYPE_LATEST
        prometheus.ProcessCollector(registry=registry)
        prometheus.GCCollector(registry=registry)
        self._questions = prometheus.Counter(
            "assistant_questions",
            "Questions by outcome: answer, refusal, problem (told to the user), fault (of ours), stopped",
            ["outcome"],
            registry=registry,
        )
        for outcome in ("answer", "refusal", "problem", "fault", "stopped"):
            self._questions.labels(outcome)
        self._seconds = prometheus.Histogram(
            "assistant_stage_seconds",
            "Seconds of a question by stage; total is all of it",
            ["stage"],
            buckets=_BUCKETS,
            registry=registry,
        )
        self._under_way = prometheus.Gauge(
            "assistant_questions_under_way", "Questions being answered", registry=registry
        )
        self._waiting = prometheus.Gauge(
            "assistant_questions_waiting", "Questions waiting for a place", ["door"], registry=registry
        )
        self._generation = prometheus.Gauge(
            "assistant_generation",
            "Number of the generation that answers, 0 if there is none",
            registry=registry,
        )
        self._responses = prometheus.Counter(
            "assistant_responses", "HTTP responses by status", ["status"], registry=registry
        )

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        found: bytes = self._text(self._registry)
        return found

    def watch(self, generation: Callable[[], str], waiting: dict[str, Callable[[], int]]) -> None:
        """From now on each reading asks these."""

        def number() -> float:
            try:
                return float(int(generation() or 0))
            except Exception:  # whatever is wrong with the library, the other figures are wanted then
                return 0.0

        self._generation.set_function(number)
        for door, count in waiting.items():
            self._waiting.labels(door).set_function(count)

    def begun(self) -> None:
        self._under_way.inc()

    def ended(self, outcome: str, receipt: Receipt | None) -> None:
        self._under_way.dec()
        self._questions.labels(outcome).inc()
        for stage, seconds in (receipt.timings if receipt else {}).items():
            self._seconds.labels(stage).observe(seconds)

    def counting(self, app: Any) -> Any:
        """ASGI middleware that counts responses."""

        async def counted(scope: Any, receive: Any, send: Any) -> None:
            async def sending(message: Any) -> None:
                if message["type"] == "http.response.start":
                    self._responses.labels(str(message["status"])).inc()
                await send(message)

            await app(scope, receive, sending)

        return counted
