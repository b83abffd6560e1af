"""OpenTelemetry traces of questions, where OTEL_EXPORTER_OTLP_ENDPOINT names who gets them; else none.

A span a stage, of the seconds in the receipt, one after the other as they ran. No words of a question, an
answer or a document are in any. The provider is our own and not the process's, so that no other package
begins to send.
"""

from __future__ import annotations

import time
from typing import Any

from assistant.answer import Receipt
from assistant.settings import AssistantSettings

# Stages of a receipt in the order in which they run, and what the spans are called.
_STAGES = {
    "standing": "standing question",
    "embedding": "embed",
    "search": "search",
    "reading": "read",
    "choosing": "choose",
    "verifying": "verify",
    "writing": "write",
}


def exporter(settings: AssistantSettings) -> Any:
    """What sends spans on, None where the settings name nobody."""
    if not settings.traces:
        return None
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter(endpoint=settings.traces)


class Traces:
    """Makes spans of ended questions. exporter: an opentelemetry SpanExporter, or None."""

    def __init__(self, exporter: Any) -> None:
        self._tracer: Any = None
        if exporter is None:
            return
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        self._provider = TracerProvider(resource=Resource({"service.name": "programme-assistant"}))
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("assistant")

    def ended(self, began: int, outcome: str, receipt: Receipt | None) -> None:
        """began: nanoseconds since the epoch."""
        if self._tracer is None:
            return
        from opentelemetry.trace import StatusCode, set_span_in_context

        attributes: dict[str, Any] = {"assistant.outcome": outcome}
        if receipt is not None:
            attributes["assistant.generation"] = receipt.generation
            attributes["assistant.documents_searched"] = receipt.documents_searched
            attributes["assistant.composer"] = str(receipt.settings.get("composer", ""))
        root = self._tracer.start_span("question", start_time=began, attributes=attributes)
        if outcome == "fault":
            root.set_status(StatusCode.ERROR)
        within, at = set_span_in_context(root), began
        for stage, name in _STAGES.items():
            seconds = receipt.timings.get(stage) if receipt else None
            if seconds is not None:
                span = self._tracer.start_span(name, context=within, start_time=at)
                at += int(seconds * 1e9)
                span.end(end_time=at)
        root.end(end_time=max(at, time.time_ns()))

    def close(self) -> None:
        """Sends what is left."""
        if self._tracer is not None:
            self._provider.shutdown()
