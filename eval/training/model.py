"""The evidence model in torch, for training; `export` writes the file that the assistant reads."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import nn

from assistant.evidence import token_ids
from eval.results import EvalError

LAYERS = 8  # of the embedding model's twelve
FROZEN = 2  # lowest layers, which stay as they are
SMOOTHING = 0.7  # how much of the evening out the weights take; .5: .45 off, .8: .26, .9: .32


class EvidenceModel(nn.Module):
    """The embedding model of `folder` (BERT), cut to LAYERS, with two numbers for each token."""

    def __init__(self, folder: Path) -> None:
        from transformers import AutoModel
        from transformers.utils import logging

        logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # of the layers left out
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        super().__init__()
        self.encoder = AutoModel.from_pretrained(
            folder,
            num_hidden_layers=LAYERS,
            add_pooling_layer=False,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
            dtype="float32",
        )
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        self.head = nn.Linear(self.encoder.config.hidden_size, 2)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)
        for part in (self.encoder.embeddings, *self.encoder.encoder.layer[:FROZEN]):
            part.requires_grad_(False)

    def tokens(self, question: str, title: str, passage: str) -> tuple[list[int], NDArray[np.int64]]:
        return token_ids(self.tokenizer, question, title, passage)

    def forward(self, texts: Sequence[list[int]]) -> tuple[torch.Tensor, torch.Tensor]:
        """-> logits (n, longest) of each token to be of the answer, column 0 that there is none; and which of
        them may be: column 0 and what stands after the question's end."""
        longest = max(map(len, texts))
        ids = torch.ones((len(texts), longest), dtype=torch.long)
        for row, text in enumerate(texts):
            ids[row, : len(text)] = torch.tensor(text)
        there = ids != 1
        hidden = self.encoder(ids, attention_mask=there.long()).last_hidden_state
        both = self.head(hidden.float())
        logits = torch.cat([both[:, :1, 1], both[:, 1:, 0]], dim=1)
        allowed = there & ((ids == 2).cumsum(1) >= 2) & (ids != 2)
        allowed[:, 0] = True
        return logits, allowed

    def save(self, path: Path) -> None:
        """Keeps what was trained, to go on from or to export."""
        from safetensors.torch import save_file

        def trained(name: str) -> bool:
            layer = name.removeprefix("encoder.encoder.layer.").split(".")[0]
            return name.startswith("head") or (layer.isdigit() and int(layer) >= FROZEN)

        kept = {
            name: value.detach().contiguous() for name, value in self.state_dict().items() if trained(name)
        }
        save_file(kept, path)

    def load(self, path: Path) -> None:
        from safetensors.torch import load_file

        state = {name: value.float() for name, value in load_file(path).items()}
        self.load_state_dict(state, strict=False)


class _OneText(nn.Module):
    """Word vectors of one text -> the two numbers of each token."""

    def __init__(self, model: EvidenceModel) -> None:
        super().__init__()
        self.encoder, self.head = model.encoder, model.head

    def forward(self, words: torch.Tensor) -> torch.Tensor:
        hidden = self.encoder.embeddings(inputs_embeds=words)
        for layer in self.encoder.encoder.layer:
            hidden = layer(hidden)
            if isinstance(hidden, tuple):
                hidden = hidden[0]
        found: torch.Tensor = self.head(hidden)
        return found


class _Smoothed(nn.Module):
    """A linear layer whose inputs are evened out, and its weights made to undo it."""

    inverse: torch.Tensor

    def __init__(self, layer: nn.Linear, largest: torch.Tensor) -> None:
        super().__init__()
        weights = layer.weight.detach()
        scale = largest.clamp(min=1e-5) ** SMOOTHING / weights.abs().amax(0).clamp(min=1e-5) ** (
            1 - SMOOTHING
        )
        self.layer = nn.Linear(layer.in_features, layer.out_features)
        self.layer.weight.data, self.layer.bias.data = weights * scale, layer.bias.detach()
        self.register_buffer("inverse", 1 / scale)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = self.layer(x * self.inverse)
        return found


def export(model: EvidenceModel, path: Path, texts: Sequence[list[int]]) -> None:
    """Writes the model as ONNX, its matrices in whole numbers of eight bits (seven used, for processors
    without VNNI). `model` is spent by it; `texts` (token ids, some thirty) show how large its inputs become.

    The few large values in what flows between layers are evened out first (Xiao et al. 2023, "SmoothQuant"):
    passages' scores are then within .21 of the exact ones (root mean square; they spread over 2.2) instead of
    .57, at 41 ms a passage and core for 37; a scale for each 128 weights gives .04 at 61 ms, exact numbers
    take 108. The words' vectors stay out: the assistant has them in the embedding model.
    """
    try:
        from onnxruntime.quantization import QuantType, quantize_dynamic  # type: ignore[import-untyped]
    except ImportError as error:
        raise EvalError(f"exporting needs the extra 'train': pip install -e '.[train]' ({error})") from error
    model.eval()
    model.encoder.set_attn_implementation("eager")
    _smooth(model, texts)
    example: Any = torch.zeros(1, 30, model.encoder.config.hidden_size)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        # torch's newer exporter would need one more package, and traces no better.
        warnings.simplefilter("ignore", DeprecationWarning)
        whole = Path(folder) / "whole.onnx"
        torch.onnx.export(
            _OneText(model).eval(),
            (example,),
            str(whole),
            input_names=["words"],
            output_names=["scores"],
            dynamic_axes={"words": {1: "tokens"}, "scores": {1: "tokens"}},
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(whole, path, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)


def _smooth(model: EvidenceModel, texts: Sequence[list[int]]) -> None:
    layers = model.encoder.encoder
    largest: dict[str, torch.Tensor] = {}

    def watch(name: str) -> Any:
        def hook(_: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
            found = inputs[0].abs().flatten(0, -2).amax(0)
            largest[name] = torch.maximum(largest[name], found) if name in largest else found

        return hook

    linear = {name: part for name, part in layers.named_modules() if isinstance(part, nn.Linear)}
    hooks = [part.register_forward_pre_hook(watch(name)) for name, part in linear.items()]
    with torch.inference_mode():
        for text in texts:
            model([text])
    for hook in hooks:
        hook.remove()
    for name, part in linear.items():
        above, _, last = name.rpartition(".")
        setattr(layers.get_submodule(above), last, _Smoothed(part, largest[name].clone()))
