"""The training command: sets -> weights -> the model's file, and figures on held-out questions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from eval.training.examples import held_out, read_examples


def train_and_export(sets: Path, out: Path, weights: Path | None, models: Path) -> None:
    """Trains on `sets` (kept beside `out` as .safetensors) unless `weights` are at hand, and writes `out`.

    Raises EvalError where a set or the extra 'train' is missing.
    """
    from eval.training.model import EvidenceModel, export
    from eval.training.train import encode, train
    from ingest.e5 import bundled_model

    model = EvidenceModel(bundled_model(models))
    examples = [example for example in read_examples(sets) if not held_out(example)]
    if weights is None:
        train(model, examples, save=out.with_suffix(".safetensors"))
    else:
        model.load(weights)
    shown = examples[:: max(1, len(examples) // 32)]
    export(model, out, [encode(model, example)[0] for example in shown])


def fit(sets: Path, model: Path, models: Path) -> Iterator[str]:
    """The weights of sentence choice with figures on the half they were not fitted on, and evidence's AUC."""
    from assistant.evidence import EvidenceReader
    from eval.training.weigh import cases, evidence_auc, fit_choice
    from ingest.e5 import bundled_model

    reader = EvidenceReader(bundled_model(models), model)
    listed = list(cases(read_examples(sets), reader))
    found = fit_choice(listed)
    yield f"weights: {found.weights}"
    yield "first sentence right: " + ", ".join(f"{name} {value:.3f}" for name, value in found.figures.items())
    for kind, value in evidence_auc(listed).items():
        yield f"AUC of evidence, {kind}: {value:.3f}"
