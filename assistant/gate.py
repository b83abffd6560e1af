"""The gate: whether the passages found hold evidence for an answer at all."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.answer import Hit
from assistant.names import beginning, names_asked, tokens

# Of 68 answerable questions on programme documents two are below, of 9 that these do not answer (3 more are
# refused by name) five; at .33 seven and the same five (`python -m eval calibrate RUN`; AUC .86). Elsewhere
# higher is better: NoMIRACL English is answered wrongly in 60 % and refused wrongly in 12 % at .73, at .27 in
# 83 % and 2 % (60 of each sort, the ten passages given and read alone; before names counted).
# Of held-out questions of the training sets, with eight passages each, 5 % are below (a mean of the sets).
THRESHOLD = 0.25
# What a passage in another language gets, as it reads lower by about so much (few of the questions trained
# on were in another language than the passage). On the same questions AUC .71 without it, .74 with it.
ABROAD = 1.0
# What a passage loses that has none of the names asked for: it tells of another project, region or phase. On
# programme documents 8 of 12 absent questions are refused and 2 of 68 answerable ones (4 and 1 without; 6 and
# 2 at 2; the same at 4; with acronyms as names 5 and 3). On others it changes little: of 200 SQuAD 2.0
# questions 10 of 97 and 4 of 103 for 8 and 4, of NoMIRACL's in English (30 of each sort) 3 and 2 for 2 and 1,
# in Spanish (20 of each) 2 and 0 for none.
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

    The evidence model's own estimate of the passage, less what it lacks of the names asked for (in another
    language names may be written otherwise, so there nothing is taken off). What else was tried helped on the
    questions it was fitted on and not on others: shares of the question's words and concepts in the passages
    and in the sentences chosen, the second passage, the sentence's own reading.
    """
    if not hits:
        return 0.0
    named = names_asked(question, language)
    readings = []
    for hit in hits:
        if hit.reading is not None:
            abroad = hit.source.language not in ("", "und", language)
            readings.append(hit.reading.whole + (ABROAD if abroad else -UNNAMED * _lacking(named, hit)))
    return 1 / (1 + math.exp(-max(readings))) if readings else 1.0


def _lacking(named: frozenset[str], hit: Hit) -> float:
    """The share of the names that neither the passage nor its headings, title or file name have."""
    if not named:
        return 0.0
    text = " ".join((hit.source.title, hit.source.name, *hit.passage.headings, hit.passage.text))
    return len(named - {beginning(token) for token in tokens(text)}) / len(named)


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
