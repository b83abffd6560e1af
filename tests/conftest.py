"""What all tests share, made once a session: the model, a library of the sample documents, an assistant."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from assistant.chat import Assistant
from assistant.settings import AssistantSettings
from ingest.embeddings import Embedder, VectorCache, load_embeddings
from ingest.library import Library
from ingest.sync import sync

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "eval" / "corpus" / "documents"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """What each open page showed when a browser's test failed: a failure elsewhere leaves nothing else."""
    report = yield
    opened = getattr(item, "funcargs", {}).get("browser")
    if report.when == "call" and report.failed and opened is not None:
        for page in (page for context in opened.contexts for page in context.pages):
            with suppress(Exception):
                focus = page.evaluate("document.activeElement?.outerHTML.slice(0, 200)")
                shown = page.locator("body").inner_text(timeout=2_000)[-3_000:]
                report.sections.append((page.url, f"focus: {focus}\n{shown}"))
    return report


@pytest.fixture(scope="session")
def models_dir() -> Path:
    """Where the bundled model is kept between runs: ASSISTANT_MODELS, else models/, which git ignores."""
    return Path(os.environ.get("ASSISTANT_MODELS") or ROOT / "models")


@pytest.fixture(scope="session")
def embedder(models_dir: Path) -> Embedder:
    return load_embeddings(models_dir=models_dir)


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder, models_dir: Path) -> Path:
    root = tmp_path_factory.mktemp("library")
    settings = AssistantSettings(library=root, models=models_dir)
    # Kept beside the model, so that a second run of the tests embeds nothing.
    cache = VectorCache(models_dir / "tests-vectors.sqlite")
    outcome = sync(Library(root), SAMPLES, embedder, cache, settings)
    assert not outcome.failed
    return root


@pytest.fixture(scope="session")
def assistant(library: Path, embedder: Embedder, models_dir: Path) -> Iterator[Assistant]:
    made = Assistant(AssistantSettings(library=library, models=models_dir), embedder=embedder)
    yield made
    made.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, for the tests of one file: Playwright allows no second one beside it in a thread."""
    found = map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
    chromium = os.environ.get("CHROMIUM") or next(filter(None, found), None)
    if not chromium:
        pytest.skip("no Chromium: set CHROMIUM to its path")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
        )
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def serve() -> Callable[[Any], AbstractContextManager[str]]:
    """Serves the application on an engine, on a free port; the context gives its address."""
    return _serving


@contextmanager
def _serving(engine: Any) -> Iterator[str]:
    import uvicorn

    from assistant.app import web

    async def built() -> Any:  # with a loop running, Gradio makes none of its own, which it would not close
        return web(engine)

    with ThreadPoolExecutor(1) as elsewhere:  # this thread may have the browser's loop already
        app = elsewhere.submit(asyncio.run, built()).result()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        until = time.monotonic() + 30
        while not server.started:
            assert time.monotonic() < until, "the server did not start"
            threading.Event().wait(0.02)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=10)
