"""WiCE: how well the verifier tells claims that their cited text supports from those that it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.verify import borne, support
from eval.public.figures import Figure
from eval.public.prepared import read_rows, spread
from eval.results import EvalError
from eval.statistics import auc

# The cited text comes as sentences, a hundred and more; the verifier judges passages. AUC on the 349 claims
# by sentences a window (support alone): 1 .677, 2 .708, 3 .714, 6 .709, 10 .713, 20 .707, the whole text .69.
# Six are about a passage of ours.
WINDOW = 6
# Passages a written sentence may cite. With `borne` on the best 1 / 3 / 5 windows: AUC .746 / .762 / .759.
CITED = 3
_LABELS = ("supported", "partially_supported", "not_supported")


@dataclass(frozen=True)
class Claim:
    """A claim, the sentences of the text it cites, and WiCE's label."""

    text: str
    evidence: tuple[str, ...]
    label: str


def claims(folder: Path, limit: int | None) -> list[Claim]:
    """The claims of `claim.dev.jsonl` (Kamoi et al. 2023), or `limit` of them, evenly spread."""
    path = folder / "claim.dev.jsonl"
    found = []
    for number, row in enumerate(read_rows(path), 1):
        if row.get("label") not in _LABELS:
            raise EvalError(
                f"{path}, row {number}, label: {row.get('label')!r} is none of {', '.join(_LABELS)}"
            )
        found.append(Claim(row["claim"], tuple(row["evidence"]), row["label"]))
    return spread(found, limit)


def score(claim: Claim) -> float:
    """The verifier's score, 0 to 4: the most support of a window, 2 more where the best windows bear it."""
    windows = list(_windows(claim.evidence))
    rated = [support(claim.text, window, "en", "en") for window in windows]
    best = sorted(range(len(windows)), key=lambda at: (-rated[at], at))[:CITED]
    return max(rated, default=0.0) + 2.0 * bool(borne(claim.text, [windows[at] for at in best]))


def _windows(sentences: Sequence[str]) -> Iterator[str]:
    """Each WINDOW sentences, half of them shared with the next."""
    for start in range(0, max(1, len(sentences) - WINDOW // 2), WINDOW // 2):
        yield " ".join(sentences[start : start + WINDOW])


def measure(folder: Path, limit: int | None, progress: Callable[[str], None]) -> list[Figure]:
    """AUC of the verifier's score: supported against all others, and against partly supported alone."""
    asked = claims(folder, limit)
    scores = []
    for done, claim in enumerate(asked, 1):
        scores.append(score(claim))
        if done % 100 == 0 or done == len(asked):
            progress(f"wice: {done} of {len(asked)} claims")
    some = [at for at, claim in enumerate(asked) if claim.label != "not_supported"]
    whole = auc(scores, [claim.label == "supported" for claim in asked])
    partly = auc([scores[at] for at in some], [asked[at].label == "supported" for at in some])
    return [
        Figure("wice", "AUC, supported against the others", whole, len(asked), share=False),
        Figure("wice", "AUC, supported against partly", partly, len(some), share=False),
    ]
