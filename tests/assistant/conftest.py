"""A library of the sample documents, built once with the real model, and an assistant on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.chat import Assistant
from assistant.settings import AssistantSettings
from ingest.embeddings import Embedder, VectorCache
from ingest.library import Library
from ingest.sync import sync

SAMPLES = Path(__file__).parents[2] / "eval" / "corpus" / "documents"


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
