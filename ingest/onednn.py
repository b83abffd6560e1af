"""A model's linear layers computed by oneDNN, which torch carries, instead of by MKL, its default for them.

MKL does not use all that processors other than Intel's have. Measured on one core of an AMD EPYC (AVX-512):
26 tokens at once 87 GFLOP a second by MKL and 203 by oneDNN, 3,200 tokens 102 and 231. The bundled model then
embeds 32 passages a CPU second instead of 17, and a question in 16 ms instead of 31; no number of a vector
differs by more than 2e-7.
"""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import torch

Model = TypeVar("Model", bound="torch.nn.Module")


def use_onednn(model: Model) -> Model:
    """Puts oneDNN under the float32 linear layers that `model` has on an x86 processor, and returns it.

    They cannot be trained then. Other layers stay, subclasses too, and all where torch comes without oneDNN.
    """
    import torch

    class Linear(torch.nn.Module):
        """What `layer` computes, its weights in the order that oneDNN reads them in."""

        def __init__(self, layer: torch.nn.Linear) -> None:
            super().__init__()
            # A plain attribute: what moves or casts a module's parameters does not know this order.
            self._weights = torch.ops.mkldnn._reorder_linear_weight(layer.weight.detach())
            self._bias = None if layer.bias is None else layer.bias.detach()

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            # The operation that torch.compile itself puts in a linear layer's place.
            found: torch.Tensor = torch.ops.mkldnn._linear_pointwise(
                x, self._weights, self._bias, "none", [], ""
            )
            return found

    there = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    if there and platform.machine() in {"x86_64", "AMD64"}:
        for name, layer in list(model.named_modules()):
            if type(layer) is not torch.nn.Linear:
                continue
            if layer.weight.device.type == "cpu" and layer.weight.dtype is torch.float32:
                above, _, last = name.rpartition(".")
                setattr(model.get_submodule(above), last, Linear(layer))
    return model
