"""Quoting: the one to five sentences of the passages found that answer a question.

Each sentence is scored (`assistant.features`); the best are then taken one after another, each for what it
adds to those already chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.answer import Hit
from assistant.features import Scene, candidates
from assistant.sentences import Unit

# Sentences are added until it is so likely that the answer is among them; more for lists, reasons and
# comparisons.
ENOUGH = 0.9
ENOUGH_OF_MANY = 0.97
# What a sentence gains for words of the question that no chosen one has, and for the other side of a
# comparison.
COVERAGE = 1.0
OTHER_SIDE = 2.0


@dataclass(frozen=True)
class Choice:
    """A chosen sentence; `score` orders the choices of one question and means nothing else."""

    hit: Hit
    unit: Unit
    score: float


def choose(
    question: str,
    language: str,
    hits: Sequence[Hit],
    *,
    limit: int = 5,
    all: bool = False,
) -> tuple[Choice, ...]:
    """The one to `limit` sentences of `hits` (best first) that answer `question`, the best passage's first.

    all: `limit`, though fewer are likely to hold the answer. Sentences of one passage stand in reading order.
    Where the hits were not read (`assistant.reading`), words alone decide, which serve another language than
    the question's poorly.
    """
    pool = candidates(hits)
    if not pool or limit < 1:
        return ()
    scene = Scene(question, language, pool)
    scores = scene.scores()
    rows = _pick(scene, scores, limit, all)
    best: dict[int, float] = {}
    for row in rows:
        rank = pool[row].rank
        best[rank] = max(best.get(rank, -np.inf), float(scores[row]))
    rows.sort(key=lambda row: (-best[pool[row].rank], pool[row].rank, pool[row].place))
    return tuple(Choice(pool[row].hit, pool[row].unit, float(scores[row])) for row in rows)


def _pick(scene: Scene, scores: np.ndarray, limit: int, all: bool) -> list[int]:
    """Rows one after another, each the best for what it adds, until those left are unlikely to be needed."""
    chances = np.exp(scores - scores.max())
    chances /= chances.sum()
    enough = ENOUGH if scene.single else ENOUGH_OF_MANY
    chosen: list[int] = []
    open_ = np.ones(len(scores), dtype=bool)
    total = max(float(scene.rarity.sum()), 1e-9)
    while len(chosen) < limit and open_.any():
        covered = scene.own[chosen].max(axis=0) if chosen else np.zeros(len(scene.rarity))
        gains = scores + COVERAGE * (scene.own * (1 - covered)) @ scene.rarity / total
        if chosen and scene.compares:
            known = {scene.candidates[row].hit.source.document for row in chosen}
            if len(known) == 1:
                gains += OTHER_SIDE * np.array([c.hit.source.document not in known for c in scene.candidates])
        row = int(np.where(open_, gains, -np.inf).argmax())
        open_[row] = False
        if any(_alike(scene.held[row], scene.held[other]) for other in chosen):
            continue
        chosen.append(row)
        for beside in scene.companions(row):
            if open_[beside] and len(chosen) < limit:
                open_[beside] = False
                chosen.append(beside)
        if not all and chances[chosen].sum() >= enough and not scene.missing_sides(chosen):
            break
    for rows in scene.missing_sides(chosen)[: limit - 1]:
        chosen = [*chosen[: limit - 1], max(rows, key=lambda row: float(scores[row]))]
    return chosen


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two sentences say the same in nearly the same words (a brief repeats its report)."""
    both = len(one & other)
    return both >= 0.7 * max(1, min(len(one), len(other))) and both >= 0.5 * len(one | other)
