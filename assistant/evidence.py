"""The evidence model: reads question and passage together and says where the answer is, if it is there.

The lower eight layers of the bundled embedding model (multilingual-e5-small, MIT), taught with
`python -m eval train` on the public sets named in evidence.md, in whole numbers of eight bits: 15 MB.
Each token of a passage gets a share of probability to belong to the answer, and "nothing here answers" gets
the rest: extractive reading with one normalisation (Clark and Gardner 2018, "Simple and Effective
Multi-Paragraph Reading Comprehension").
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MODEL = Path(__file__).with_name("evidence.onnx")
MOST_TOKENS = 384  # of question, title and passage together; what is beyond is not read
_QUESTION, _TITLE = 96, 48  # tokens kept of these
_END = 2
_REMEMBERED = 100  # readings: those of the last questions


@dataclass(frozen=True)
class Reading:
    """What the model makes of one passage.

    spans: int (n, 2), begin and end of each token in the passage's text. scores: float (n,), the logarithm of
    how many times likelier it is that the answer is in this token than that the passage holds none.
    """

    spans: NDArray[np.int64]
    scores: NDArray[np.float32]

    def between(self, start: int, end: int) -> float:
        """The same for text[start:end]; a very small number where nothing of it was read."""
        inside = self.scores[(self.spans[:, 0] < end) & (self.spans[:, 1] > start)]
        return float(np.logaddexp.reduce(inside)) if len(inside) else -20.0

    @property
    def whole(self) -> float:
        """The same for the passage."""
        return float(np.logaddexp.reduce(self.scores)) if len(self.scores) else -20.0


def token_ids(
    tokenizer: Tokenizer, question: str, title: str, passage: str
) -> tuple[list[int], NDArray[np.int64]]:
    """-> ids as the model reads them, and for each its (begin, end) in `passage`; (0, 0) for what is not of
    it."""
    asked = tokenizer.encode(f"query: {question}")
    before = tokenizer.encode(f"{title}:", add_special_tokens=False).ids[:_TITLE] if title else []
    read = tokenizer.encode(passage, add_special_tokens=False)
    front = [*asked.ids[:_QUESTION], _END, *before]
    ids = [*[*front, *read.ids][: MOST_TOKENS - 1], _END]
    offsets = np.zeros((len(ids), 2), dtype=np.int64)
    kept = len(ids) - 1 - len(front)
    offsets[len(front) : len(front) + kept] = np.array(read.offsets[:kept], dtype=np.int64).reshape(-1, 2)
    return ids, offsets


class EvidenceReader:
    """Reads with the model in `path`; `embedding` is the folder of the embedding model it was made from.

    Loaded at first use (0.5 s); any number of threads may read at once.
    """

    def __init__(self, embedding: Path, path: Path = MODEL, threads: int = 0) -> None:
        self.name = path.stem
        self._embedding, self._path, self._threads = embedding, path, threads
        self._loading = Lock()
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._reading)

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the model's file."""
        return hashlib.sha256(self._path.read_bytes()).hexdigest()

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[Reading]:
        """A reading of each passage, given as (title, text)."""
        # A core a passage: both cores on one passage take a quarter longer for all.
        return list(self._workers.map(lambda passage: self._remembered(question, *passage), passages))

    def forget(self) -> None:
        """Forgets what was read for earlier questions, so that one asked again takes its whole time."""
        self._remembered.cache_clear()

    def _reading(self, question: str, title: str, text: str) -> Reading:
        with self._loading:
            tokenizer, vectors, session = self._loaded
        ids, spans = token_ids(tokenizer, question, title, text)
        (out,) = session.run(None, {"words": vectors(ids)[None]})
        own = spans[:, 1] > 0
        scores = out[0, own, 0] - out[0, 0, 1]
        return Reading(spans[own], scores.astype(np.float32))

    @cached_property
    def _workers(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._threads or os.cpu_count() or 1, "reading")

    @cached_property
    def _loaded(self) -> tuple[Tokenizer, Any, Any]:
        import onnxruntime  # type: ignore[import-untyped]
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._embedding / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        table = _table(self._embedding / "model.safetensors", "embeddings.word_embeddings.weight")

        def vectors(ids: Sequence[int]) -> NDArray[np.float32]:
            return np.asarray(table[ids], np.float32)

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        # onnxruntime's one step for adding and normalising takes five times as long as the two: 13 ms a
        # passage instead of 11. It rounds otherwise, which moves a passage's reading by .08 (root mean square
        # of 240; they spread over 1.8), as a millionth more or less of its words' vectors does.
        session = onnxruntime.InferenceSession(
            str(self._path),
            options,
            providers=["CPUExecutionProvider"],
            disabled_optimizers=["SkipLayerNormFusion"],
        )
        return tokenizer, vectors, session


def _table(file: Path, name: str) -> NDArray[np.float16]:
    """A float16 tensor of a safetensors file, left in the file: its rows are read when they are asked for.

    Read row by row through the package they took .6 ms a passage, a twentieth of the model itself.
    """
    with file.open("rb") as opened:
        length = int.from_bytes(opened.read(8), "little")
        about = json.loads(opened.read(length))[name]
    return np.memmap(file, "<f2", "r", 8 + length + about["data_offsets"][0], tuple(about["shape"]))
