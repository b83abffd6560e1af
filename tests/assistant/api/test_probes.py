"""Health, readiness, metrics and traces: what watches over the server learns nothing of what is asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from assistant.api.probes import may_measure
from assistant.chat import Assistant
from assistant.settings import AssistantSettings
from ingest.embeddings import Embedder

CANARY = "quokkacanary"
STAGES = {"standing question", "embed", "search", "read", "choose", "verify"}


def test_probes_need_no_login_and_tell_nothing(house: Any) -> None:
    with house.as_("") as client:
        assert client.get("/health").json() == {"status": "up"}
        assert client.get("/ready").json() == {"status": "ready"}


def test_it_is_ready_once_there_are_models_and_a_library(
    tmp_path: Path, embedder: Embedder, models_dir: Path, serve: Callable[[Any], AbstractContextManager[str]]
) -> None:
    settings = AssistantSettings(library=tmp_path / "none", models=models_dir)
    with Assistant(settings, embedder=embedder) as assistant, serve(assistant) as url:
        cold = httpx.get(f"{url}/ready")
        assistant.warm_up()
        empty = httpx.get(f"{url}/ready")
        alive = httpx.get(f"{url}/health")
        asked = httpx.post(f"{url}/api/ask", json={"question": "Who?"})
    assert (cold.status_code, cold.json()["detail"]) == (503, "The models are still being loaded.")
    assert (empty.status_code, empty.json()["detail"]) == (503, "There is no library yet.")
    assert alive.status_code == 200
    assert asked.status_code == 503
    assert str(tmp_path) not in asked.text


def test_metrics_count_questions_and_hold_none(house: Any) -> None:
    with house.as_("fo") as client:
        before = _read(client)
        client.post("/api/ask", json={"question": f"What does the {CANARY} say?"})
        client.post("/api/ask", json={"question": "...?"})
        after = _read(client)
        text = client.get("/metrics").text
    for outcome, more in (("refusal", 1), ("problem", 1), ("fault", 0)):
        name = f'assistant_questions_total{{outcome="{outcome}"}}'
        assert after[name] == before.get(name, 0) + more
    for stage in ("search", "reading", "choosing", "total"):
        assert after[f'assistant_stage_seconds_count{{stage="{stage}"}}'] >= 1
    assert after["assistant_generation"] == 1
    assert after["assistant_questions_under_way"] == 0
    assert after['assistant_questions_waiting{door="api"}'] == 0
    assert after['assistant_questions_waiting{door="chat"}'] == 0
    assert after['assistant_responses_total{status="422"}'] >= 1
    for kept_out in (CANARY, house.limited, house.sha, '"fo"', str(house.library)):
        assert kept_out not in text


def _read(client: httpx.Client) -> dict[str, float]:
    from prometheus_client.parser import text_string_to_metric_families

    found = {}
    for family in text_string_to_metric_families(client.get("/metrics").text):
        for each in family.samples:
            labels = ",".join(f'{name}="{value}"' for name, value in each.labels.items())
            found[f"{each.name}{{{labels}}}" if labels else each.name] = each.value
    return found


@pytest.mark.parametrize(
    ("settings", "client", "headers", "may"),
    [
        ({}, "127.0.0.1", {"host": "127.0.0.1:7860"}, True),
        ({}, "::1", {"host": "[::1]:7860"}, True),
        ({}, "192.0.2.1", {"host": "127.0.0.1"}, False),
        ({}, "127.0.0.1", {"host": "rebound.example"}, False),
        ({}, "127.0.0.1", {"host": "127.0.0.1", "x-forwarded-for": "192.0.2.1"}, False),
        ({"address": "https://assistant.example"}, "127.0.0.1", {"host": "127.0.0.1"}, False),
        ({"metrics_token": "s"}, "127.0.0.1", {"host": "127.0.0.1"}, False),
        ({"metrics_token": "s"}, "127.0.0.1", {"authorization": "Bearer x"}, False),
        ({"metrics_token": "s"}, "192.0.2.1", {"authorization": "Bearer s"}, True),
    ],
)
def test_who_may_read_the_metrics(
    settings: dict[str, str], client: str, headers: dict[str, str], may: bool
) -> None:
    request = SimpleNamespace(headers=headers, client=SimpleNamespace(host=client))
    assert may_measure(request, AssistantSettings(**settings)) is may


@pytest.fixture
def collector() -> Iterator[tuple[str, list[Any]]]:
    """An OTLP collector on this machine: its address, and the spans that it got."""
    import grpc
    from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc

    got: list[Any] = []

    class Service(trace_service_pb2_grpc.TraceServiceServicer):  # type: ignore[misc]
        def Export(self, request: Any, context: Any) -> Any:
            for resource in request.resource_spans:
                for scope in resource.scope_spans:
                    got.extend(scope.spans)
            return trace_service_pb2.ExportTraceServiceResponse()

    server = grpc.server(ThreadPoolExecutor(2))
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(Service(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"http://127.0.0.1:{port}", got
    server.stop(None).wait()


def test_traces_go_where_the_setting_says_without_words(
    made: Callable[..., AbstractContextManager[Any]],
    serve: Callable[[Any], AbstractContextManager[str]],
    collector: tuple[str, list[Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    endpoint, spans = collector
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
    with made() as assistant, serve(assistant) as url:
        httpx.post(f"{url}/api/ask", json={"question": f"What does the {CANARY} say?"}, timeout=60)
    root = next(each for each in spans if each.name == "question")  # sent at the latest when it ends
    assert {each.name for each in spans} == {"question", *STAGES}
    for each in spans:
        if each is not root:
            assert each.parent_span_id == root.span_id
            assert root.start_time_unix_nano <= each.start_time_unix_nano
            assert each.end_time_unix_nano <= root.end_time_unix_nano
    assert CANARY not in str(spans)


def test_without_the_setting_there_is_no_tracing(
    made: Callable[..., AbstractContextManager[Any]], serve: Callable[[Any], AbstractContextManager[str]]
) -> None:
    with made() as assistant, serve(assistant) as url:
        httpx.post(f"{url}/api/ask", json={"question": "Who?"}, timeout=60)
        assert not [each for each in threading.enumerate() if "BatchSpan" in each.name]
