"""Texts to vectors: the embedding model, local or behind an endpoint, and the cache of its vectors."""

from __future__ import annotations

import hashlib
import logging
import os
import sqlite3
import warnings
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cached_property, lru_cache
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from langchain_core.embeddings import Embeddings

from ingest import e5
from ingest.cache import opened
from ingest.documents import IngestError
from ingest.onednn import use_onednn

if TYPE_CHECKING:
    from langchain_openai import OpenAIEmbeddings
    from sentence_transformers import SentenceTransformer

log = logging.getLogger(__name__)

BUNDLED = "bundled"
# Texts a forward pass. Measured on two busy cores, passages of about 220 tokens, passages a CPU second:
# 4: 12.4, 8: 11.4, 16: 9.1, 24: 6.6, 32: 6.0, 64: 3.8 (sentence-transformers' own default is 32).
_BATCH = 8
# Texts between two commits of the cache: some seconds' work on two cores, all that a killed run loses, and as
# often an admin is told how far it is.
_SLICE = 128
_TOKENISED = 512  # texts at a time: meanwhile no other thread can tokenise
_REMEMBERED_QUERIES = 256
_ENDPOINT_BATCH = 128
_ENDPOINT_TIMEOUT_S = 60.0


class Embedder(Embeddings):
    """What the library and search need of a model; vectors are float32 of length 1.

    `name` is for people; `hash` is the identity: two embedders with one hash give the same vectors.
    """

    name: str

    def __init__(self) -> None:
        self._remembered = lru_cache(maxsize=_REMEMBERED_QUERIES)(self._query)

    @property
    @abstractmethod
    def hash(self) -> str:
        """64 hexadecimal digits."""

    @property
    @abstractmethod
    def dimension(self) -> int:
        """Numbers a vector."""

    def encode_passages(self, texts: Sequence[str]) -> np.ndarray:
        """-> float32 (n, dimension), in the order of `texts`. Raises IngestError."""
        return self._encode(texts, self._encode_passages)

    def encode_queries(self, texts: Sequence[str]) -> np.ndarray:
        """-> float32 (n, dimension), in the order of `texts`. Raises IngestError."""
        return self._encode(texts, self._encode_queries)

    def lengths(self, texts: Sequence[str]) -> np.ndarray:
        """-> int (n,): how long each text is for this model, so that those of like length go together."""
        return np.array([len(text) for text in texts], int)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = self.encode_passages(texts).tolist()
        return vectors

    def embed_queries(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = self.encode_queries(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """The vector of one question; the last 256 are remembered."""
        return list(self._remembered(text))

    def forget(self) -> None:
        """Forgets the vectors of earlier questions."""
        self._remembered.cache_clear()

    def _query(self, text: str) -> tuple[float, ...]:
        return tuple(self.encode_queries([text])[0].tolist())

    def _encode(self, texts: Sequence[str], encode: Callable[[list[str]], np.ndarray]) -> np.ndarray:
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        return np.ascontiguousarray(encode(list(texts)), dtype=np.float32)

    @abstractmethod
    def _encode_passages(self, texts: list[str]) -> np.ndarray: ...

    @abstractmethod
    def _encode_queries(self, texts: list[str]) -> np.ndarray: ...


def load_embeddings(
    model: str = BUNDLED, *, models_dir: Path, endpoint: str = "", api_key: str = "", threads: int = 0
) -> Embedder:
    """The embedder that the settings name; the model itself is loaded when it is first used.

    model: "bundled" (multilingual-e5-small, made inside `models_dir` at the first call), a folder of a
    sentence-transformers model, or a name that sentence-transformers knows. With `endpoint` (a URL that
    speaks OpenAI's API), the name of the model there. threads: 0 leaves the number to torch (the cores).
    Raises IngestError if there is no such model.
    """
    if endpoint:
        if model == BUNDLED:
            raise IngestError(f"Name the embedding model that the endpoint {endpoint} serves.")
        return EndpointEmbeddings(model, endpoint, api_key)
    if model == BUNDLED:
        return PassageEmbeddings(str(e5.bundled_model(models_dir)), threads=threads)
    folder = Path(model).expanduser()
    if folder.is_dir():
        if not (folder / "config.json").is_file() and not (folder / "modules.json").is_file():
            raise IngestError(f"{folder} is not the folder of a sentence-transformers model: no config.json.")
        return PassageEmbeddings(str(folder), threads=threads)
    if model.startswith((".", "/", "~")) or model.count("/") > 1:
        raise IngestError(f"There is no model folder {folder}; correct the setting, or use 'bundled'.")
    return PassageEmbeddings(model, threads=threads)


class PassageEmbeddings(Embedder):
    """A sentence-transformers model on this machine, loaded at first use (8 to 16 s with torch's import).

    Any number of threads may encode at once: only tokenising, which is not re-entrant, is locked, so that
    a question need not wait until an index run has done its batch.
    """

    def __init__(self, model: str, *, threads: int = 0) -> None:
        super().__init__()
        self.name = Path(model).name if Path(model).is_dir() else model
        self._source = model
        self._threads = threads
        self._loading = Lock()
        self._tokenising = Lock()
        # Of 20 questions at once each takes 23 ms of CPU, two by two 15: torch has threads of its own.
        self._asking = BoundedSemaphore(os.cpu_count() or 1)

    @cached_property
    def hash(self) -> str:
        """SHA-256 over the names and bytes of the model's files: weights, tokenizer, configuration."""
        total = hashlib.sha256()
        folder = self._folder()
        for path in sorted(folder.rglob("*")):
            if path.suffix in {".safetensors", ".bin", ".json", ".txt", ".model"}:
                with path.open("rb") as file:
                    digest = hashlib.file_digest(file, "sha256").hexdigest()
                total.update(f"{path.relative_to(folder).as_posix()} {digest}\n".encode())
        return total.hexdigest()

    @property
    def dimension(self) -> int:
        return int(self._model.get_embedding_dimension() or 0)

    def _encode_passages(self, texts: list[str]) -> np.ndarray:
        return self._in_batches(texts, self._model.encode_document)

    def _encode_queries(self, texts: list[str]) -> np.ndarray:
        with self._asking:
            return self._in_batches(texts, self._model.encode_query)

    def _in_batches(self, texts: list[str], encode: Callable[..., Any]) -> np.ndarray:
        """Batches of like length in tokens, longest first, so that little is spent on padding.

        sentence-transformers sorts by characters, of which a token has 1.5 in Chinese and 4 in English.
        """
        vectors = np.empty((len(texts), self.dimension), np.float32)
        one = len(texts) <= _BATCH  # a single batch, whatever the order
        order = np.arange(len(texts)) if one else np.argsort(-self.lengths(texts), kind="stable")
        for start in range(0, len(texts), _BATCH):
            batch = order[start : start + _BATCH]
            vectors[batch] = encode(
                [texts[i] for i in batch],
                batch_size=_BATCH,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
        return vectors

    def lengths(self, texts: Sequence[str]) -> np.ndarray:
        """In tokens."""
        found: list[int] = []
        for start in range(0, len(texts), _TOKENISED):
            some = list(texts[start : start + _TOKENISED])
            with self._tokenising:
                ids = self._model.tokenizer(some, truncation=True, return_attention_mask=False)["input_ids"]
            found += map(len, ids)
        return np.array(found, int)

    @property
    def _model(self) -> SentenceTransformer:
        with self._loading:
            return self._loaded

    @cached_property
    def _loaded(self) -> SentenceTransformer:
        try:
            model = _load(self._source, self._threads, self._tokenising)
        except (OSError, ValueError, RuntimeError, ImportError, KeyError) as error:
            reason = str(error).strip().split("\n")[0] or type(error).__name__
            raise IngestError(
                f"The embedding model {self._source!r} cannot be loaded ({reason}). Name the folder of a "
                "sentence-transformers model, or use 'bundled', which needs no network."
            ) from error
        if "e5" in self.name.lower() and not any(model.prompts.values()):
            model.prompts.update(e5.PROMPTS)
        return model

    def _folder(self) -> Path:
        folder = Path(self._source)
        if folder.is_dir():
            return folder
        from huggingface_hub import try_to_load_from_cache

        name = str(self._model.tokenizer.name_or_path)  # in full; loading downloads the model, if need be
        return Path(str(try_to_load_from_cache(name, "config.json"))).parent


def _load(source: str, threads: int, tokenising: Lock) -> SentenceTransformer:
    """A model that says nothing on standard error while it loads and tokenises one batch at a time."""
    local = Path(source).is_dir()
    # Read when torch, tokenizers and huggingface_hub are first imported. Passive: else torch's idle threads
    # spin, which takes the cores from everyone else.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    if local:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        class OneAtATime(SentenceTransformer):
            """Tokenizers are not re-entrant ("Already borrowed"); all else in `encode` is."""

            def preprocess(self, *args: Any, **kwargs: Any) -> Any:
                with tokenising:
                    return super().preprocess(*args, **kwargs)

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
        if threads:
            torch.set_num_threads(threads)
        # Float32, however it is kept: bfloat16 embeds a third as many passages a second on a CPU.
        return use_onednn(OneAtATime(source, local_files_only=local, model_kwargs={"dtype": "float32"}))


class EndpointEmbeddings(Embedder):
    """A model behind a URL that speaks OpenAI's API; the texts leave this process for that address."""

    def __init__(self, model: str, endpoint: str, api_key: str = "") -> None:
        super().__init__()
        self.name = model
        self._endpoint = endpoint.rstrip("/")
        self._api_key = api_key
        self._prompts = e5.PROMPTS if "e5" in model.lower() else {"query": "", "document": ""}

    def __repr__(self) -> str:
        return f"EndpointEmbeddings({self.name!r}, {self._endpoint!r})"

    @cached_property
    def hash(self) -> str:
        """Of address and name: the weights cannot be seen from here."""
        return hashlib.sha256(f"{self._endpoint} {self.name}".encode()).hexdigest()

    @cached_property
    def dimension(self) -> int:
        return int(self._encode_queries(["dimension"]).shape[1])

    def _encode_passages(self, texts: list[str]) -> np.ndarray:
        return self._ask([self._prompts["document"] + text for text in texts])

    def _encode_queries(self, texts: list[str]) -> np.ndarray:
        return self._ask([self._prompts["query"] + text for text in texts])

    def _ask(self, texts: list[str]) -> np.ndarray:
        from openai import OpenAIError

        try:
            vectors = np.array(self._client.embed_documents(texts), np.float32)
        except (OpenAIError, ValueError, TypeError) as error:
            raise IngestError(
                f"The embedding endpoint {self._endpoint} gave no vectors for the model {self.name!r} "
                f"({error}). Check the address, the name and the key, and that it is running."
            ) from error
        if vectors.ndim != 2 or len(vectors) != len(texts) or not np.isfinite(vectors).all():
            raise IngestError(
                f"The embedding endpoint {self._endpoint} answered {len(texts)} texts with something other "
                "than as many vectors; check that it serves an embedding model."
            )
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: np.ndarray = vectors / np.maximum(lengths, np.finfo(np.float32).tiny)
        return unit

    @cached_property
    def _client(self) -> OpenAIEmbeddings:
        from langchain_openai import OpenAIEmbeddings
        from pydantic import SecretStr

        return OpenAIEmbeddings(
            model=self.name,
            openai_api_base=self._endpoint,
            openai_api_key=SecretStr(self._api_key or "none"),  # local servers want none
            check_embedding_ctx_length=False,  # else it downloads a tokenizer
            chunk_size=_ENDPOINT_BATCH,
            request_timeout=_ENDPOINT_TIMEOUT_S,
        )


_TABLE = "vectors (model TEXT, text BLOB, vector BLOB NOT NULL, PRIMARY KEY (model, text))"


class VectorCache:
    """(model, text) -> vector in one SQLite file, so that a rebuild embeds only what is new.

    Losing the file costs time and nothing else.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def embed(
        self, texts: Sequence[str], embedder: Embedder, *, progress: Callable[[int], None] | None = None
    ) -> np.ndarray:
        """-> float32 (n, dimension) in the order of `texts`; embeds, once each, those not in the cache.

        Commits after each 128 texts: a killed run goes on where it was. `progress` is told how many more of
        `texts` are done, `len(texts)` in all. Raises IngestError.
        """
        places: dict[bytes, list[int]] = {}
        for place, text in enumerate(texts):
            key = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
            places.setdefault(key, []).append(place)
        vectors = np.empty((len(texts), embedder.dimension), np.float32)
        tell = progress or (lambda done: None)
        with self._open() as database:
            missing = set(places)
            for key, vector in self._known(database, embedder.hash, list(places)):
                if len(vector) == vectors.shape[1]:
                    vectors[places[key]] = vector
                    missing.discard(key)
            tell(len(texts) - sum(len(places[key]) for key in missing))
            order = self._by_length(texts, places, missing, embedder)
            for start in range(0, len(order), _SLICE):
                keys = order[start : start + _SLICE]
                found = embedder.encode_passages([texts[places[key][0]] for key in keys])
                with database:
                    for key, vector in zip(keys, found, strict=True):
                        row = (embedder.hash, key, vector.tobytes())
                        database.execute("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", row)
                        vectors[places[key]] = vector
                tell(sum(len(places[key]) for key in keys))
        return vectors

    @staticmethod
    def _by_length(
        texts: Sequence[str], places: Mapping[bytes, Sequence[int]], missing: set[bytes], embedder: Embedder
    ) -> list[bytes]:
        """Longest first over all, so that each slice holds texts of like length.

        Sorted by characters, 9 % of what the model read of real passages was padding; by tokens it is .3.
        """
        order = sorted(missing, key=lambda key: places[key][0])
        lengths = embedder.lengths([texts[places[key][0]] for key in order]) if order else np.empty(0, int)
        return [order[at] for at in np.argsort(-lengths, kind="stable")]

    def count(self) -> int:
        """How many vectors are kept, of all models."""
        with self._open() as database:
            return int(database.execute("SELECT count(*) FROM vectors").fetchone()[0])

    @staticmethod
    def _known(
        database: sqlite3.Connection, model: str, keys: list[bytes]
    ) -> Iterator[tuple[bytes, np.ndarray]]:
        for start in range(0, len(keys), _SLICE):
            some = keys[start : start + _SLICE]
            marks = ", ".join("?" * len(some))
            query = f"SELECT text, vector FROM vectors WHERE model = ? AND text IN ({marks})"
            for key, blob in database.execute(query, (model, *some)):
                yield key, np.frombuffer(blob, "<f4")

    def _open(self) -> AbstractContextManager[sqlite3.Connection]:
        return opened(self.path, _TABLE, "vectors")
