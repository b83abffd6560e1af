"""What a draft has to say to answer a guiding question: stricter than a cell of the grid.

All of a draft on migration is near a question on migration. So it counts how surely an answer is read there,
how much of what the question names stands in one sentence, and whether all its concepts are met together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.answer import Hit
from assistant.gate import ABROAD as READS_ABROAD
from assistant.grids.cells import Decider, Put
from assistant.grids.concepts import Thing
from assistant.grids.types import State
from assistant.sentences import units
from ingest.terms import terms

READ = 6  # a share of GDP was not read among the first three passages of a draft
# What is read (the logarithm of the odds that a passage answers) and what is named in one sentence (0 to 1,
# times NAMED) are its strength. Where the concepts are met together, a question is answered from ANSWERED on
# and partly from NEAR on; where they are not, it is partly answered from ANSWERED on. NAMED and ANSWERED were
# fitted by logistic regression on the 28 questions "other" of tests/benchmarks/checklist_gold.jsonl put to
# three frameworks. On the 14 questions "sample", which they were not fitted on, the area under the curve of
# answered against left out is .995 (.96 for the chance of a cell); of all, with each question left out in
# turn, .945 (.90). What did not help: a figure where one is asked for, things told nowhere in the draft.
NAMED = 3.5
ANSWERED, NEAR = 1.9, 0.4
# The words of a phrase have so many others between them at most: "data ... protect" at the two ends of a
# sentence are no data protection.
_APART = 3
_OR = {
    "en": r"\bor\b",
    "fr": r"\bou\b",
    "es": r"\b[ou]\b",
    "ru": r"\b(?:или|либо)\b",
    "ar": r"\bأو\b",
    "zh": "或",
}


@dataclass(frozen=True)
class StrictDecider(Decider):
    """Decides the cells of a draft; what it finds is at most what a cell of the grid would be."""

    depth: int = READ

    def _state(self, question: Put, hits: Sequence[Hit], measures: dict[str, float], absent: State) -> State:
        state = super()._state(question, hits, measures, absent)
        if self.reader is None or state == absent:
            return state
        language = hits[0].source.language
        wanted = Wanted(question, question.language if language == "und" else language)
        if not wanted.told:
            return state
        named, together = wanted.met_in(hits)
        abroad = language not in (question.language, "und")
        strength = measures["reading"] + READS_ABROAD * abroad + NAMED * named
        measures |= {"named": named, "together": float(together), "strength": strength}
        if strength < (NEAR if together else ANSWERED):
            return absent
        return state if strength >= ANSWERED and together else "partly"


class Wanted:
    """What a question names, in groups, looked for in a document in `language`: of the things on both sides
    of an "or" one will do."""

    def __init__(self, question: Put, language: str) -> None:
        named, self._language = question.met.things, language
        rows: dict[int, list[int]] = {}
        for row, first in enumerate(_joined(question.text, question.language, named)):
            rows.setdefault(first, []).append(row)
        self._groups = [[named[row] for row in each] for each in rows.values()]
        self._weights = [max(question.met.weights[row] for row in each) for each in rows.values()]

    @property
    def told(self) -> bool:
        """Whether anything that is named can be told in the document's language."""
        return any(self._language in thing.forms for group in self._groups for thing in group)

    def met_in(self, hits: Sequence[Hit]) -> tuple[float, bool]:
        """How much of it one sentence of `hits` names, 0 to 1 by weight, and whether a sentence, with those
        beside it and the headings above, names all concepts that can be told."""
        most, together = 0.0, False
        concepts = {at for at, group in enumerate(self._groups) if _told(group, self._language)}
        for hit in hits:
            above = frozenset(terms(" ".join(hit.passage.headings), self._language))
            sentences = units(hit.passage, self._language)
            parts = [terms(sentence.text, self._language) for sentence in sentences]
            for place, own in enumerate(parts):
                near = [term for part in parts[max(0, place - 1) : place + 2] for term in part]
                most = max(most, sum(self._weights[at] for at in self._met(own)))
                together = together or concepts <= self._met(near, above)
        return most / (sum(self._weights) or 1.0), together

    def _met(self, text: Sequence[str], above: frozenset[str] = frozenset()) -> set[int]:
        """The groups of which a thing is named in `text`, or partly there and for the rest `above` it."""
        return {
            at
            for at, group in enumerate(self._groups)
            if any(
                _stands([word for word in form if word not in above], text)
                for thing in group
                for form in thing.forms.get(self._language, ())
            )
        }


def _told(group: Sequence[Thing], language: str) -> bool:
    """Whether it holds a concept that can be told in `language`; other words are often said otherwise."""
    return any(len(thing.forms) > 1 and language in thing.forms for thing in group)


def _joined(question: str, language: str, named: Sequence[Thing]) -> list[int]:
    """For each thing the row of the first thing that it is an alternative to, mostly itself: the last one
    before an "or" and the first one after it are alternatives."""
    joined = list(range(len(named)))
    sides = re.split(_OR.get(language, r"(?!)"), question, flags=re.IGNORECASE)
    whole = frozenset(terms(question, language))
    for before, after in pairwise(_rows(side, whole, language, named) for side in sides):
        if before and after:
            one, other = joined[before[-1]], joined[after[0]]
            joined = [one if first == other else first for first in joined]
    return joined


def _rows(side: str, question: frozenset[str], language: str, named: Sequence[Thing]) -> list[int]:
    """The rows of the things that `side` names a word of, in its order."""
    found = []
    for term in terms(side, language):
        for row, thing in enumerate(named):
            if any(term in form and question.issuperset(form) for form in thing.forms.get(language, ())):
                found.append(row)
                break
    return found


def _stands(form: Sequence[str], text: Sequence[str]) -> bool:
    """Whether the words of `form` stand near each other in `text` (index terms), in any order."""
    places = [[at for at, term in enumerate(text) if term == word] for word in form]
    if not all(places):
        return False
    for begin in places[0] if places else ():
        chosen = [min(each, key=lambda at: abs(at - begin)) for each in places]
        if max(chosen) - min(chosen) < len(form) + _APART:
            return True
    return not places
