"""What all tests share, made once a session: the model, a library of the sample documents, an assistant."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.chat import Assistant
from assistant.settings import AssistantSettings
from ingest.embeddings import Embedder, VectorCache, load_embeddings
from ingest.library import Library
from ingest.sync import sync

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "eval" / "corpus" / "documents"


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
