"""The gate: whether the passages found hold evidence for an answer at all."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.answer import Hit

# Of 68 answerable questions on programme documents one is below, of 9 that these do not answer (3 more are
# refused by name) another; at .33 five and the same one (`python -m eval calibrate RUN`; AUC .75). Elsewhere
# higher is better: NoMIRACL English is answered wrongly in 60 % and refused wrongly in 12 % at .73, at .27 in
# 83 % and 2 % (60 of each sort, the ten passages given and read alone).
THRESHOLD = 0.25
# What a passage in another language gets, as it reads lower by about so much (few of the questions trained
# on were in another language than the passage). On the same questions AUC .71 without it, .74 with it.
ABROAD = 1.0


@dataclass(frozen=True)
class Gate:
    """Lets an answer pass whose evidence is at least `threshold`."""

    threshold: float = THRESHOLD

    def __call__(self, evidence: float) -> bool:
        return evidence >= self.threshold


def evidence(language: str, hits: Sequence[Hit]) -> float:
    """How likely it is, 0 to 1, that the passage that reads best holds the answer to a question in
    `language`; 1 where none was read.

    The evidence model's own estimate. What else was tried (shares of the question's words and names in the
    sentences chosen, the second passage, the sentence's own reading) helped on the questions it was fitted on
    (AUC .76) and not on programme documents (.54 against .63 for this alone).
    """
    if not hits:
        return 0.0
    readings = [
        hit.reading.whole + ABROAD * (hit.source.language not in ("", "und", language))
        for hit in hits
        if hit.reading is not None
    ]
    return 1 / (1 + math.exp(-max(readings))) if readings else 1.0


def calibrate(rows: Iterable[tuple[float, bool]], most_wrong_refusals: float = 0.05) -> float:
    """The threshold for (evidence, answerable) pairs: of all that refuse at most `most_wrong_refusals` of the
    answerable ones, the one with the best balanced accuracy; the lowest of equals.

    Raises ValueError without pairs of both sorts.
    """
    pairs = list(rows)
    good = sorted(value for value, answerable in pairs if answerable)
    bad = sorted(value for value, answerable in pairs if not answerable)
    if not good or not bad:
        raise ValueError("calibration needs answerable and unanswerable questions; these are all of one sort")
    best, found = -1.0, 0.0
    for threshold in sorted({0.0, *(value for value, _ in pairs)}):
        refused_wrongly = sum(value < threshold for value in good) / len(good)
        if refused_wrongly > most_wrong_refusals:
            break
        balanced = (1 - refused_wrongly + sum(value < threshold for value in bad) / len(bad)) / 2
        if balanced > best + 1e-12:
            best, found = balanced, threshold
    return found
