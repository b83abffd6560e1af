"""Measures the chat under load: so many sessions at once, over the HTTP queue that the page itself uses."""

from __future__ import annotations

import json
import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from common import (
    ROOT,
    Rate,
    Report,
    arguments,
    data,
    environment,
    json_lines,
    percentile,
    run,
    settings,
    spread_out,
)

if TYPE_CHECKING:
    from httpx import Client


@dataclass(frozen=True)
class Asked:
    """One question of one session: seconds to the first sign on the page and to the end; what was wrong."""

    first: float
    whole: float
    problem: str


def main() -> int:
    parser = arguments(__doc__)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument(
        "--bank", type=Path, default=data("banks", "dev.jsonl"), help="where the questions are from"
    )
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=2, help="questions a session asks, one after the other")
    options = parser.parse_args()
    rows = [row for row in json_lines(options.bank) if not row.get("history")]
    questions = [row["question"] for row in spread_out(rows, options.sessions * options.rounds)]
    report = Report("chat", options.library.resolve())
    with serving(options.library) as (address, started, process):
        report.add("from exec until the page answers", started, "s")
        alone = session(address, questions[:3], threading.Barrier(1), set())
        report.latency("one session alone, whole answer", [each.whole for each in alone])
        barrier = threading.Barrier(options.sessions)
        shares = [
            [questions[(at * options.rounds + turn) % len(questions)] for turn in range(options.rounds)]
            for at in range(options.sessions)
        ]
        begun = time.perf_counter()
        with ThreadPoolExecutor(options.sessions) as pool:
            asked = [
                each
                for part in pool.map(lambda share: session(address, share, barrier, set(questions)), shares)
                for each in part
            ]
        seconds = time.perf_counter() - begun
        report.section(f"{options.sessions} sessions at once, {options.rounds} questions each")
        report.latency("first sign on the page", [each.first for each in asked])
        report.latency("whole answer", [each.whole for each in asked])
        report.add("answers a second, all together", len(asked) / seconds)
        report.add("own answer or refusal arrived", Rate.of([not each.problem for each in asked]))
        report.add("p50, times that of one alone", _ratio(asked, alone))
        report.add("peak memory of the server", round(peak_memory(process)), "MiB")
    report.finish(options.json)
    problems = [each.problem for each in asked if each.problem]
    for problem in dict.fromkeys(problems):
        print(f"FAILED: {problem} ({problems.count(problem)} times)", file=sys.stderr)
    return 1 if problems else 0


def _ratio(many: list[Asked], alone: list[Asked]) -> float:
    return percentile([each.whole for each in many], 0.5) / percentile([each.whole for each in alone], 0.5)


@contextmanager
def serving(library: Path) -> Iterator[tuple[str, float, int]]:
    """(address, seconds until the page answered, process id) of `python -m assistant serve`."""
    import httpx

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "assistant", "serve", "--port", str(port), "--host", "127.0.0.1"]
    address, begun = f"http://127.0.0.1:{port}", time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment(settings(library)), stdout=said, stderr=subprocess.STDOUT
        )
        try:
            while True:
                try:
                    if httpx.get(f"{address}/ready", timeout=10).status_code == 200:
                        break
                except httpx.TransportError:
                    time.sleep(0.1)
                if process.poll() is not None or time.perf_counter() - begun > 180:
                    said.seek(0)
                    text = said.read().decode("utf-8", "replace")
                    raise SystemExit(f"FAILED: the server did not come up:\n{text[-2000:]}")
            yield address, time.perf_counter() - begun, process.pid
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def session(address: str, questions: list[str], start: threading.Barrier, strangers: set[str]) -> list[Asked]:
    """Opens the page, waits for the others, and asks `questions` in one session.

    strangers: what all sessions ask; none of it may come back here.
    """
    import httpx

    with httpx.Client(base_url=address, timeout=300) as client:
        client.get("/").raise_for_status()
        config = client.get("/config").json()
        asking, values = _asking(config)
        name = secrets.token_hex(8)
        start.wait()
        others = {f">{escape(other)}</h2>" for other in strangers - set(questions)}
        return [_ask(client, asking, values, name, question, others) for question in questions]


def _asking(config: dict[str, Any]) -> tuple[dict[str, Any], list[Any]]:
    """(the listener that answers questions, its inputs as the page first has them)."""
    components = {each["id"]: each for each in config["components"]}
    box = next(id_ for id_, each in components.items() if each["props"].get("elem_id") == "question")
    listener = next(each for each in config["dependencies"] if [box, "submit"] in each["targets"])
    return listener, [components[id_]["props"].get("value") for id_ in listener["inputs"]]


def _ask(
    client: Client,
    asking: dict[str, Any],
    values: list[Any],
    name: str,
    question: str,
    others: set[str],
) -> Asked:
    """Sends `question` as the page does and follows its events to the end."""
    body = {
        "data": [question, None, *values[2:]],
        "fn_index": asking["id"],
        "trigger_id": asking["targets"][0][0],
        "event_data": None,
        "session_hash": name,
    }
    begun, first, seen = time.perf_counter(), 0.0, ""
    joined = client.post("/gradio_api/queue/join", json=body)
    if joined.status_code != 200:
        return Asked(0.0, time.perf_counter() - begun, f"the queue answered {joined.status_code}")
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": name}) as events:
        for line in events.iter_lines():
            if not line.startswith("data:"):
                continue
            message = json.loads(line[5:])
            seen += "\n".join(_texts(message.get("output")))
            if message["msg"] == "process_generating":
                first = first or time.perf_counter() - begun
            elif message["msg"] == "process_completed":
                return Asked(first, time.perf_counter() - begun, _problem(message, seen, question, others))
            elif message["msg"] in ("unexpected_error", "close_stream"):
                break
    return Asked(first, time.perf_counter() - begun, "the stream ended before the answer")


def _problem(message: dict[str, Any], seen: str, question: str, others: set[str]) -> str:
    """What is wrong with a finished question, "" if nothing is; `seen` is all text that came back.

    others: what must not stand there, of other sessions.
    """
    if not message.get("success"):
        return "the server reported an error"
    if told := re.search(r'<p class="problem"[^>]*>(.*?)</p>', seen):
        return f"the page said: {told[1]}"
    if escape(question) not in seen:
        return "what came back does not show the question"
    if any(other in seen for other in others):
        return "another session's question came back"
    if 'class="sentence"' not in seen and '<section class="refusal">' not in seen:
        return "neither an answer nor a refusal came back"
    return ""


def _texts(value: Any) -> Iterator[str]:
    """All strings within a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _texts(each)


def peak_memory(process: int) -> float:
    """MiB the process held at most (Linux); 0 where the system does not say."""
    status = Path(f"/proc/{process}/status")
    lines = status.read_text().splitlines() if os.path.exists(status) else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


if __name__ == "__main__":
    run(main)
