"""The gate: whether the passages found hold evidence for an answer at all."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.answer import Hit
from assistant.named import Named

# Of 68 answerable questions on programme documents three are below, of 12 that these do not answer ten, three
# of them refused by name (`python -m eval calibrate RUN`; AUC of those that are weighed .95); at .2 one and
# seven, at .33 nine and ten. Elsewhere higher is better: NoMIRACL English is answered wrongly in 60 % and
# refused wrongly in 12 % at .73, at .27 in 83 % and 2 % (60 of each sort, the ten passages given).
# Of held-out questions of the training sets, with eight passages each, 5 % are below (a mean of the sets).
THRESHOLD = 0.25
# What a passage in another language gets, as it reads lower by about so much (few of the questions trained
# on were in another language than the passage). On the same questions AUC .71 without it, .74 with it.
ABROAD = 1.0
# What a passage loses that has none of the names asked for, as much for none of the acronyms and for none of
# the years: it tells of another project, organisation or period. Absent questions on programme documents that
# are refused, of 12, and answerable ones, of 68: 4 and 1 without, 8 and 2 with names alone, 9 and 3 with
# acronyms, 10 and 3 with years too (8 and 3 at 2, 10 and 3 at 4; 11 and 3 if the year of publication does not
# count, by which people call a document; a share of names and acronyms together: 5 and 3). Of questions that
# it was not made on: MMLongBench-Doc 22 of 32 and 25 of 81 for 14 and 25 with names alone.
UNNAMED = 3.0


@dataclass(frozen=True)
class Gate:
    """Lets an answer pass whose evidence is at least `threshold`."""

    threshold: float = THRESHOLD

    def __call__(self, evidence: float) -> bool:
        return evidence >= self.threshold


def evidence(question: str, language: str, hits: Sequence[Hit]) -> float:
    """How likely it is, 0 to 1, that one of the passages holds the answer to `question`, which is in
    `language`; 1 where none was read.

    The evidence model's own estimate of the passage, less what it lacks of what the question names. What else
    was tried helped on the questions it was fitted on and not on others: shares of the question's words and
    concepts in the passages and in the sentences chosen, the second passage, the sentence's own reading.
    """
    if not hits:
        return 0.0
    named = Named.of(question, language)
    readings = []
    for hit in hits:
        if hit.reading is not None:
            abroad = hit.source.language not in ("", "und", language)
            lacking = named.lacking(hit, abroad=abroad)
            readings.append(hit.reading.whole + ABROAD * abroad - UNNAMED * lacking)
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
