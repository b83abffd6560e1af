"""What all tests share: the embedding model, made and loaded once a session."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingest.embeddings import Embedder, load_embeddings

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def models_dir() -> Path:
    """Where the bundled model is kept between runs: ASSISTANT_MODELS, else models/, which git ignores."""
    return Path(os.environ.get("ASSISTANT_MODELS") or ROOT / "models")


@pytest.fixture(scope="session")
def embedder(models_dir: Path) -> Embedder:
    return load_embeddings(models_dir=models_dir)
