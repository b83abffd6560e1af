"""Trains the evidence model: layers of the embedding model, taught where in a passage the answer is."""

from __future__ import annotations

import logging
import math
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from eval.training.examples import Example

if TYPE_CHECKING:
    import torch

    from eval.training.model import EvidenceModel

log = logging.getLogger(__name__)

TOKENS = 3000  # of one batch, padding included
RATE = 8e-5  # of the layers' weights; the head, which begins at nothing, learns faster
HEAD_RATE = 1e-3
WARM_UP = 0.06  # share of the steps
TITLED = 0.6  # share of examples that keep their title

Encoded = tuple[list[int], np.ndarray]  # token ids; which of them answer (row 0: that none does)


def encode(model: EvidenceModel, example: Example, titled: bool = True) -> Encoded:
    """-> ids, targets of the same length: where the mass of probability belongs."""
    ids, offsets = model.tokens(example.question, example.title if titled else "", example.passage)
    right = np.zeros(len(ids), dtype=bool)
    if not example.answerable:
        right[0] = True
    elif example.whole:
        right[:] = offsets[:, 1] > 0
    else:
        for begin, end in example.answers:
            right |= (offsets[:, 0] < end) & (offsets[:, 1] > begin)
    return ids, right


def batches(encoded: Sequence[Encoded], chance: random.Random | None = None) -> Iterator[list[Encoded]]:
    """Batches of texts alike in length; in random order with `chance`."""
    rows = sorted(range(len(encoded)), key=lambda row: len(encoded[row][0]))
    found: list[list[Encoded]] = [[]]
    for row in rows:
        if found[-1] and (len(found[-1]) + 1) * len(encoded[row][0]) > TOKENS:
            found.append([])
        found[-1].append(encoded[row])
    if chance is not None:
        chance.shuffle(found)
    yield from found


def loss(model: EvidenceModel, batch: Sequence[Encoded]) -> torch.Tensor:
    """Minus the log of the probability that lies where it belongs, a mean over the batch."""
    import torch

    logits, allowed = model([ids for ids, _ in batch])
    right = torch.zeros_like(allowed)
    for row, (ids, wanted) in enumerate(batch):
        right[row, : len(ids)] = torch.from_numpy(wanted)
    right &= allowed
    logits = logits.masked_fill(~allowed, -1e4)
    hit = logits.masked_fill(~right, -1e4).logsumexp(1)
    found: torch.Tensor = (logits.logsumexp(1) - hit).mean()
    return found


def train(
    model: EvidenceModel,
    examples: Sequence[Example],
    *,
    epochs: float = 1.0,
    seed: int = 7,
    save: Path | None = None,
) -> None:
    """Trains `model` in place with AdamW, the rate rising and then falling linearly; saves as it goes."""
    import torch

    chance = random.Random(seed)
    torch.manual_seed(seed)
    encoded = [encode(model, each, chance.random() < TITLED) for each in examples]
    encoded = [each for each in encoded if each[1].any()]
    planned = list(batches(encoded, chance))
    steps = max(1, round(len(planned) * epochs))
    head = [p for name, p in model.named_parameters() if name.startswith("head")]
    body = [p for name, p in model.named_parameters() if not name.startswith("head") and p.requires_grad]
    groups: list[dict[str, Any]] = [
        {"params": body, "lr": RATE, "weight_decay": 0.01},
        {"params": head, "lr": HEAD_RATE, "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (WARM_UP * steps), max(0.02, (steps - step) / steps))
    )
    begun, mean = time.monotonic(), math.nan
    model.train()
    for step in range(steps):
        if step and step % len(planned) == 0:
            planned = list(batches(encoded, chance))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            found = loss(model, planned[step % len(planned)])
        optimizer.zero_grad(set_to_none=True)
        found.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(body + head, 1.0)
        optimizer.step()
        schedule.step()
        mean = found.item() if math.isnan(mean) else 0.98 * mean + 0.02 * found.item()
        if step % 50 == 0:
            log.info("step %d of %d, loss %.3f, %.0f s", step, steps, mean, time.monotonic() - begun)
        if save is not None and (step + 1) % 300 == 0:
            model.save(save)
    if save is not None:
        model.save(save)
    model.eval()
