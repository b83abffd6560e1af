"""Passages near in meaning to a family: what is looked for besides terms, and from where on it is near.

A cosine with a family's sentence alone finds short headings and, in a library on migration, everything that
is near to any sentence. So the mean of many other sentences is taken from the family's: what is left is what
tells it from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from assistant.evidence import EvidenceReader
from assistant.grids.survey_types import Row
from assistant.grids.themes import Family, themes
from assistant.live import Readable
from assistant.reading import front
from assistant.search import question_vector

# Measured on the test data's corpus, 276 documents and 14 families: of 3,374 cells without a term 85 are
# beyond FAR. Read by eye, about one in five of them is on the family's matter; of the 9 that the reading
# model gives READ or more, 7 are, and of the 15 beyond FAR_ALONE, 7. So the model decides where there is one.
FAR = 3.5  # deviations above chance
READ = -0.5  # what the reading model gives the passage for the family's sentence (a log-odds)
FAR_ALONE = 4.5  # where there is no such model
FEWEST_WORDS = 12  # of a passage that can say something: shorter ones are headings and names
DEPTH = 5  # passages of a document that are looked at for one that is long enough

# What programme documents speak of besides: with the sentences of content-analysis.yaml, what is taken off.
_BESIDES = (
    "The government draws up its budget and mobilises resources.",
    "Children go to school and teachers are trained.",
    "Greenhouse gas emissions from energy, industry and transport are reduced.",
    "Farmers grow crops and adapt to drought.",
    "Hospitals and clinics give health care.",
    "The evaluation used interviews, surveys and documents.",
    "The document has annexes, tables and a list of abbreviations.",
    "Courts, police and parliament uphold the law.",
    "Companies create jobs and markets grow.",
    "Women and girls take part in decisions.",
    "The organisation manages its staff, offices and finances.",
    "Water, sanitation and waste are managed in towns.",
    "Forests, coasts and biodiversity are protected.",
    "The project was relevant, efficient, effective and sustainable.",
    "Partners coordinate, report and monitor progress.",
)


@dataclass(frozen=True)
class Meaning:
    """What a family means, as a vector of shape (d,); mean, deviation: of its product with the vector of a
    passage drawn at random."""

    vector: NDArray[np.float32]
    mean: float
    deviation: float


def far_for(reader: EvidenceReader | None) -> float:
    """From how many deviations on a passage is a candidate, or is read to see whether it is one."""
    return FAR if reader else FAR_ALONE


def read(rows: Sequence[Row], families: Sequence[Family], reader: EvidenceReader) -> tuple[Row, ...]:
    """`rows` without the candidates that the reading model finds nothing in."""
    dropped: set[tuple[str, str]] = set()
    for place, family in enumerate(families):
        near = [its.quote.hit for row in rows if (its := row.findings[place].candidate)]
        texts = [(front(hit), hit.passage.text) for hit in near]
        for hit, reading in zip(near, reader.read(family.meaning, texts), strict=True):
            if reading.whole < READ:
                dropped.add((hit.passage.document, family.id))
    return tuple(
        replace(
            row,
            findings=tuple(
                replace(each, candidate=None) if (row.source.document, each.family) in dropped else each
                for each in row.findings
            ),
        )
        for row in rows
    )


def meanings(generation: Readable, families: Sequence[Family]) -> tuple[Meaning | None, ...]:
    """The meaning of each family, None where it has no sentence."""
    if not any(family.meaning for family in families):
        return tuple(None for _ in families)
    others = [*_BESIDES, *(each.meaning for each in themes()[0].families)]
    common = np.mean([question_vector(generation.embedder, each) for each in others], axis=0)
    return tuple(_meaning(generation, family, common) for family in families)


def _meaning(generation: Readable, family: Family, common: NDArray[np.float32]) -> Meaning | None:
    if not family.meaning:
        return None
    vector = np.asarray(question_vector(generation.embedder, family.meaning) - common, dtype=np.float32)
    mean, deviation = generation.typical(vector)
    return Meaning(vector, mean, max(deviation, 1e-6))
