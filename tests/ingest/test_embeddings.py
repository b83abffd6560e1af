"""Vectors: prompts, order, threads, the endpoint, and a cache that mixes nothing and loses nothing."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest

from ingest import embeddings
from ingest.documents import IngestError
from ingest.embeddings import Embedder, EndpointEmbeddings, PassageEmbeddings, VectorCache, load_embeddings

PASSAGES = [
    "The clinic in the valley was rebuilt and now serves nine villages.",
    "Seed banks were handed over to farmers' groups.",
    "Water.",
    "Полевой медицинский пункт работает круглосуточно.",
]


class Counting(Embedder):
    """A small stand-in that notes what it was asked and gives each text a vector of its own."""

    def __init__(self, identity: str = "a" * 64) -> None:
        super().__init__()
        self.name, self._hash, self.asked = "counting", identity, list[list[str]]()
        self.fail_at: int | None = None

    @property
    def hash(self) -> str:
        return self._hash

    @property
    def dimension(self) -> int:
        return 3

    def _encode_passages(self, texts: list[str]) -> np.ndarray:
        if self.fail_at == len(self.asked):
            raise KeyboardInterrupt
        self.asked.append(texts)
        return np.array(
            [[len(text), int(self._hash[0], 16), sum(map(ord, text))] for text in texts], np.float32
        )

    def _encode_queries(self, texts: list[str]) -> np.ndarray:
        return self._encode_passages(texts)


# -- The model ---------------------------------------------------------------------------------------------


def test_passages_and_queries_have_prompts_of_their_own(embedder: Embedder) -> None:
    assert isinstance(embedder, PassageEmbeddings)
    passages = embedder.encode_passages(PASSAGES)
    bare = embedder._model.encode([f"passage: {text}" for text in PASSAGES], show_progress_bar=False)
    assert passages.dtype == np.float32
    assert passages.shape == (4, embedder.dimension) == (4, 384)
    np.testing.assert_allclose(passages, bare, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(passages, axis=1), 1, atol=1e-5)
    query = np.array(embedder.embed_query("Where is health care open at night?"))
    bare_query = embedder._model.encode("query: Where is health care open at night?", show_progress_bar=False)
    np.testing.assert_allclose(query, bare_query, atol=1e-5)
    assert int(np.argmax(passages @ query)) == 3


def test_many_passages_come_back_in_their_order(embedder: Embedder) -> None:
    texts = [
        f"{word} " * (1 + i * 7 % 11)
        for i in range(3)
        for word in ("water", "水", "health", "вода", "ماء", "x")
    ]
    together = embedder.encode_passages(texts)
    one_by_one = np.concatenate([embedder.encode_passages([text]) for text in texts])
    np.testing.assert_allclose(together, one_by_one, atol=1e-5)


def test_the_langchain_interface(embedder: Embedder) -> None:
    assert embedder.embed_documents([]) == []
    assert embedder.encode_passages([]).shape == (0, 384)
    np.testing.assert_allclose(
        embedder.embed_documents(["Water."]), embedder.encode_passages(["Water."]), atol=1e-6
    )
    np.testing.assert_allclose(
        embedder.embed_queries(["Water?"]), [embedder.embed_query("Water?")], atol=1e-6
    )


def test_a_query_is_embedded_once() -> None:
    embedder = Counting()
    first = embedder.embed_query("How many?")
    first[0] = 99.0  # a caller's own list: what is remembered does not change
    assert embedder.embed_query("How many?") == [9.0, 10.0, float(sum(map(ord, "How many?")))]
    assert embedder.asked == [["How many?"]]


def test_threads_may_embed_at_once(embedder: Embedder) -> None:
    texts = [f"{'water ' * (i % 5)} point {i}" for i in range(24)]
    expected = np.concatenate([embedder.encode_queries([text]) for text in texts])
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda text: embedder.encode_queries([text])[0], texts))
    np.testing.assert_allclose(np.array(found), expected, atol=1e-5)


def test_the_hash_follows_the_files(embedder: Embedder, tmp_path: Path) -> None:
    def folder(name: str, weights: bytes) -> str:
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text("{}")
        (tmp_path / name / "model.safetensors").write_bytes(weights)
        return load_embeddings(str(tmp_path / name), models_dir=tmp_path).hash

    assert folder("one", b"weights") == folder("two", b"weights") != folder("three", b"others")
    assert len(embedder.hash) == 64
    assert embedder.name == "multilingual-e5-small"


def test_a_folders_own_prompts_go_first(models_dir: Path, tmp_path: Path) -> None:
    def with_prompts(name: str, prompts: dict[str, str]) -> dict[str, str | None]:
        folder = tmp_path / name
        shutil.copytree(models_dir / "multilingual-e5-small", folder, copy_function=_link)
        settings = folder / "config_sentence_transformers.json"
        settings.unlink()
        settings.write_text(json.dumps({"prompts": prompts}))
        return PassageEmbeddings(str(folder))._model.prompts

    assert with_prompts("my-e5", {})["document"] == "passage: "
    assert with_prompts("our-e5", {"document": "text: "})["document"] == "text: "


def _link(source: str, target: str) -> None:
    Path(target).symlink_to(Path(source).resolve())


def test_loading_is_quiet_and_waits_for_the_first_use(models_dir: Path) -> None:
    script = f"""
import sys, pathlib
from ingest.embeddings import load_embeddings
embedder = load_embeddings(models_dir=pathlib.Path({str(models_dir)!r}))
assert "torch" not in sys.modules
assert len(embedder.embed_query("Which districts?")) == 384
"""
    root = Path(__file__).parents[2]
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_a_model_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(IngestError, match="There is no model folder"):
        load_embeddings(str(tmp_path / "nowhere"), models_dir=tmp_path)
    with pytest.raises(IngestError, match=r"no config\.json"):
        load_embeddings(str(tmp_path), models_dir=tmp_path)
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(IngestError, match="cannot be loaded"):
        load_embeddings(str(tmp_path), models_dir=tmp_path).embed_query("x")
    with pytest.raises(IngestError, match="Name the embedding model"):
        load_embeddings(models_dir=tmp_path, endpoint="http://localhost:1/v1")


# -- The endpoint ------------------------------------------------------------------------------------------


class Endpoint(BaseHTTPRequestHandler):
    """OpenAI's /embeddings: each text's vector is (its length, 0); notes what it is sent."""

    received: list[dict[str, Any]]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.received.append({"path": self.path, "key": self.headers["Authorization"], **body})
        rows = [
            {"object": "embedding", "index": i, "embedding": [float(len(text)), 0.0]}
            for i, text in enumerate(body["input"])
        ]
        answer = json.dumps({"object": "list", "data": rows, "model": body["model"], "usage": {}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture
def endpoint() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    handler = type("Handler", (Endpoint,), {"received": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1", handler.received  # type: ignore[attr-defined]
        server.shutdown()
        thread.join()


def test_an_endpoint_is_sent_the_texts_with_their_prompts(
    endpoint: tuple[str, list[dict[str, Any]]], tmp_path: Path
) -> None:
    address, received = endpoint
    embedder = load_embeddings("e5-large", models_dir=tmp_path, endpoint=address, api_key="secret")
    assert embedder.encode_passages(["water", "health"]).tolist() == [[1.0, 0.0], [1.0, 0.0]]
    assert embedder.dimension == 2
    assert received[0]["path"] == "/v1/embeddings"
    assert received[0]["key"] == "Bearer secret"
    assert received[0]["input"] == ["passage: water", "passage: health"]
    assert received[1]["input"] == ["query: dimension"]
    assert "secret" not in repr(embedder)


def test_an_endpoint_that_is_down() -> None:
    embedder = EndpointEmbeddings("some-model", "http://127.0.0.1:9/v1")
    embedder._client.client._client.max_retries = 0
    with pytest.raises(IngestError, match="gave no vectors for the model 'some-model'"):
        embedder.embed_query("x")


def test_endpoints_are_told_apart() -> None:
    one, same, other = (
        EndpointEmbeddings("m", url) for url in ("http://a/v1", "http://a/v1/", "http://b/v1")
    )
    assert one.hash == same.hash != other.hash


# -- The cache ---------------------------------------------------------------------------------------------


@pytest.fixture
def cache(tmp_path: Path) -> VectorCache:
    return VectorCache(tmp_path / "library" / "vectors.sqlite")


def test_each_text_is_embedded_once(cache: VectorCache) -> None:
    embedder = Counting()
    texts = ["b", "a longer one", "b", "cc", "b"]
    done: list[int] = []
    first = cache.embed(texts, embedder, progress=done.append)
    assert embedder.asked == [["a longer one", "cc", "b"]]
    assert first[:, 0].tolist() == [1, 12, 1, 2, 1]
    assert sum(done) == 5
    done.clear()
    again = cache.embed([*texts, "new"], embedder, progress=done.append)
    assert embedder.asked[1:] == [["new"]]
    assert again[:5].tolist() == first.tolist()
    assert done == [5, 1]
    assert cache.count() == 4


def test_models_do_not_mix(cache: VectorCache) -> None:
    first = cache.embed(["a"], Counting("a" * 64))
    second = cache.embed(["a"], Counting("b" * 64))
    assert (first[0, 1], second[0, 1]) == (10, 11)
    assert cache.embed(["a"], Counting("a" * 64))[0, 1] == 10
    assert cache.count() == 2


def test_a_killed_run_goes_on_where_it_was(cache: VectorCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embeddings, "_SLICE", 10)
    texts = [f"{'x' * i}" for i in range(1, 36)]
    killed = Counting()
    killed.fail_at = 2
    with pytest.raises(KeyboardInterrupt):
        cache.embed(texts, killed)
    assert cache.count() == 20
    assert [len(text) for text in killed.asked[0]] == list(range(35, 25, -1))  # longest first
    resumed = Counting()
    vectors = cache.embed(texts, resumed)
    assert [len(asked) for asked in resumed.asked] == [10, 5]
    assert vectors[:, 0].tolist() == list(range(1, 36))


def test_slices_are_of_like_length_for_the_model(
    cache: VectorCache, monkeypatch: pytest.MonkeyPatch, embedder: Embedder
) -> None:
    monkeypatch.setattr(embeddings, "_SLICE", 2)
    counting, told = Counting(), list[int]()
    texts = ["移民与发展的关系和它们之间的联系", "a few plain words of English", "one", "two"]
    counting.lengths = embedder.lengths  # type: ignore[method-assign]
    assert embedder.lengths(texts).tolist() == [11, 8, 3, 3]
    cache.embed(texts, counting, progress=told.append)
    assert counting.asked == [texts[:2], texts[2:]]
    assert told == [0, 2, 2]  # an admin sees it go on


def test_nothing_to_embed(cache: VectorCache) -> None:
    assert cache.embed([], Counting()).shape == (0, 3)
    assert cache.count() == 0


def test_vectors_survive_the_round_trip(cache: VectorCache, embedder: Embedder) -> None:
    first = cache.embed(PASSAGES, embedder)
    assert np.array_equal(first, cache.embed(PASSAGES, embedder))
    np.testing.assert_allclose(first, embedder.encode_passages(PASSAGES), atol=1e-5)


def test_a_damaged_row_is_embedded_again(cache: VectorCache) -> None:
    cache.embed(["a", "bb"], Counting())
    with sqlite3.connect(cache.path) as database:
        database.execute("UPDATE vectors SET vector = x'00000000'")
    database.close()
    embedder = Counting()
    assert cache.embed(["a", "bb"], embedder)[:, 0].tolist() == [1, 2]
    assert embedder.asked == [["bb", "a"]]


def test_a_damaged_file_says_what_to_do(cache: VectorCache) -> None:
    cache.path.parent.mkdir()
    cache.path.write_bytes(b"not a database" * 100)
    with pytest.raises(IngestError, match="delete it"):
        cache.embed(["a"], Counting())
