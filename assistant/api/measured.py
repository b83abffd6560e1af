"""The engine as users ask it: each question is counted, timed and traced."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any, cast

from assistant.answer import Answer, AssistantError, Event, Filters, Finished, Receipt, Turn
from assistant.api.metrics import Metrics
from assistant.api.traces import Traces
from assistant.web.engine import Engine

_NO_FILTERS = Filters()


class _Measured:
    """All but what is named here is the engine's own."""

    def __init__(self, engine: Engine, metrics: Metrics, traces: Traces) -> None:
        self._engine, self._metrics, self._traces = engine, metrics, traces

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def seen_by(self, groups: frozenset[str]) -> Engine:
        return measured(self._engine.seen_by(groups), self._metrics, self._traces)

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters = _NO_FILTERS,
        as_typed: bool = False,
        **more: Any,
    ) -> Iterator[Event]:
        began, outcome = time.time_ns(), "stopped"
        receipt: Receipt | None = None
        self._metrics.begun()
        try:
            for event in self._engine.stream(
                question, history=history, filters=filters, as_typed=as_typed, **more
            ):
                if isinstance(event, Finished):
                    receipt = event.result.receipt
                    outcome = "answer" if isinstance(event.result, Answer) else "refusal"
                yield event
        except AssistantError:
            outcome = "problem"
            raise
        except Exception:
            outcome = "fault"
            raise
        finally:
            self._metrics.ended(outcome, receipt)
            self._traces.ended(began, outcome, receipt)


def measured(engine: Engine, metrics: Metrics, traces: Traces) -> Engine:
    """`engine`, its questions measured."""
    return cast(Engine, _Measured(engine, metrics, traces))
