"""Linear layers under oneDNN: the same vectors, and nothing changed that is not theirs to compute."""

from __future__ import annotations

import platform
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from ingest.embeddings import Embedder
from ingest.onednn import use_onednn

x86_only = pytest.mark.skipif(
    platform.machine() not in {"x86_64", "AMD64"} or not torch.backends.mkldnn.is_available(),
    reason="oneDNN is used on x86 processors",
)


@x86_only
def test_the_vectors_are_those_of_the_plain_model(embedder: Embedder, models_dir: Path) -> None:
    from sentence_transformers import SentenceTransformer

    plain = SentenceTransformer(
        str(models_dir / "multilingual-e5-small"), device="cpu", model_kwargs={"dtype": "float32"}
    )
    texts = ["Water.", "The clinic in the valley was rebuilt.", "вода и здоровье " * 40, "水"]
    expected = plain.encode([f"passage: {text}" for text in texts], normalize_embeddings=True)
    np.testing.assert_allclose(embedder.encode_passages(texts), expected, atol=1e-6)


@x86_only
@torch.inference_mode()
def test_every_plain_layer_is_replaced_and_no_other() -> None:
    class Doubled(nn.Linear):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return 2 * super().forward(x)

    model = nn.Sequential(
        nn.Linear(3, 8), nn.Sequential(nn.Linear(8, 8, bias=False), nn.GELU()), Doubled(8, 4), nn.Linear(4, 2)
    )
    texts = torch.randn(5, 7, 3)
    expected = model(texts)
    assert use_onednn(model) is model
    assert [type(part) for part in model.modules() if isinstance(part, nn.Linear)] == [Doubled]
    torch.testing.assert_close(model(texts), expected)


def test_other_numbers_stay() -> None:
    model = nn.Sequential(nn.Linear(3, 8).double())
    use_onednn(model)
    assert type(model[0]) is nn.Linear


def test_without_onednn_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    model = nn.Sequential(nn.Linear(3, 8))
    use_onednn(model)
    assert type(model[0]) is nn.Linear
