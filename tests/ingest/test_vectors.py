"""The vectors of a generation in a real Chroma: cosine, replaced and removed by id, checked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ingest import vectors as module
from ingest.vectors import COLLECTION, Vectors, open_client


def unit(rows: int, seed: int = 1) -> np.ndarray:
    made = np.random.default_rng(seed).normal(size=(rows, 16)).astype(np.float32)
    found: np.ndarray = made / np.linalg.norm(made, axis=1, keepdims=True)
    return found


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Vectors]:
    made = Vectors(tmp_path / "chroma")
    yield made
    made.close()


def test_what_is_stored_is_found_by_cosine_after_reopening(tmp_path: Path) -> None:
    vectors = unit(40)
    store = Vectors(tmp_path / "chroma")
    store.add([f"p{n}" for n in range(40)], vectors)
    store.close()
    client = open_client(tmp_path / "chroma")
    collection = client.get_collection(COLLECTION, embedding_function=None)
    answer = collection.query(
        query_embeddings=[3 * vectors[7]], n_results=2, include=["distances", "documents"]
    )
    client.close()
    assert answer["ids"][0][0] == "p7"
    assert answer["distances"][0][0] == pytest.approx(0, abs=1e-5)  # length plays no part
    assert answer["distances"][0][1] == pytest.approx(1 - np.sort(vectors @ vectors[7])[-2], abs=1e-4)
    assert answer["documents"][0] == ["", ""]  # no texts, and yet langchain-chroma counts them


def test_paging_goes_through_everything(store: Vectors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH", 7)
    ids = [f"p{n:02d}" for n in range(40)]
    store.add(ids, unit(40))
    assert store.count() == 40
    assert sorted(store.ids()) == ids
    store.remove(ids[:20])
    assert sorted(store.ids()) == ids[20:]
    assert store.strangers(ids[20:]) == []


def test_an_id_stored_again_is_replaced(store: Vectors) -> None:
    store.add(["a", "b"], unit(2))
    store.add(["a"], unit(1, seed=9))
    assert store.count() == 2
    assert store.strangers(["a", "b"]) == []


def test_strangers_are_named(store: Vectors) -> None:
    ids = [f"p{n}" for n in range(12)]
    store.add(ids, unit(12))
    assert store.strangers([*ids, "never stored"]) == ["never stored"]
    assert store.strangers([]) == []


def test_passages_with_equal_vectors_are_no_strangers(store: Vectors) -> None:
    ids = [f"p{n}" for n in range(12)]
    store.add(ids, np.repeat(unit(1), 12, axis=0))
    assert store.strangers(ids) == []


def test_removing_what_is_not_there_is_no_error(store: Vectors) -> None:
    store.add(["a"], unit(1))
    store.remove([])
    store.remove(["nobody"])
    assert list(store.ids()) == ["a"]
