"""Reading: the best passages found are read with the question, and ordered anew by what that shows."""

from __future__ import annotations

from dataclasses import replace

from assistant.answer import Hit
from assistant.evidence import EvidenceReader
from assistant.search import Found

WEIGHT = 0.05  # of a reading beside a search score, whose best is 1


def read(question: str, found: Found, reader: EvidenceReader, depth: int) -> Found:
    """`found` with its first `depth` hits read and ordered by search score and reading together."""
    hits = found.hits[:depth]
    if not hits:
        return found
    best = max(hits[0].score, 1e-9)
    readings = reader.read(question, [(front(hit), hit.passage.text) for hit in hits])
    scored = [
        replace(hit, reading=reading, score=hit.score + WEIGHT * best * reading.whole)
        for hit, reading in zip(hits, readings, strict=True)
    ]
    scored.sort(key=lambda hit: -hit.score)
    return replace(found, hits=(*scored, *found.hits[depth:]))


def front(hit: Hit) -> str:
    """What a passage is read under: its document's title and its nearest heading."""
    return " - ".join(filter(None, (hit.source.title, *hit.passage.headings[-1:])))
