"""The evidence model as it ships: where the answer is, across languages, and when there is none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.answer import Hit, Source
from assistant.evidence import MOST_TOKENS, EvidenceReader, Reading
from assistant.reading import front, read
from assistant.search import Found
from ingest.documents import Passage
from ingest.e5 import bundled_model

WELLS = (
    "The programme began in 2019 in the northern districts. The Government of Norway paid for it, with help"
    " from two foundations. By the end of 2022 the teams had repaired 45 wells. Partners were satisfied."
)
COMMITTEE = (
    "The steering committee met twice a year in the capital. Minutes were kept and sent to all members."
)


@pytest.fixture(scope="module")
def reader(models_dir: Path) -> EvidenceReader:
    return EvidenceReader(bundled_model(models_dir))


def best(reading: Reading, text: str) -> str:
    """The sentence of `text` that the answer is most likely in."""
    spans = []
    for sentence in text.split(". "):
        start = text.index(sentence)
        spans.append((reading.between(start, start + len(sentence)), sentence))
    return max(spans)[1]


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("Who financed the programme?", "Norway"),
        ("How many wells were repaired?", "45"),
        ("When did the programme start?", "2019"),
        ("¿Quién financió el programa?", "Norway"),
        ("Combien de puits ont été réparés ?", "45"),
        ("Сколько колодцев было отремонтировано?", "45"),
        ("修复了多少口井？", "45"),
    ],
)
def test_the_sentence_that_answers_is_found(reader: EvidenceReader, question: str, part: str) -> None:
    here, elsewhere = reader.read(question, [("Water programme", WELLS), ("Water programme", COMMITTEE)])
    assert part in best(here, WELLS)
    assert here.whole > elsewhere.whole + 1


def test_the_same_twice_and_one_by_one(reader: EvidenceReader) -> None:
    both = reader.read("Who financed it?", [("", WELLS), ("", COMMITTEE)])
    again = reader.read("Who financed it?", [("", COMMITTEE), ("", WELLS)])
    assert np.array_equal(both[0].scores, again[1].scores)
    assert np.array_equal(both[1].scores, again[0].scores)


def test_very_long_and_empty_texts(reader: EvidenceReader) -> None:
    long, nothing = reader.read("Who? " * 500, [("title " * 300, "word " * 5000), ("", "")])
    assert 0 < len(long.scores) < MOST_TOKENS
    assert nothing.whole == -20.0
    assert long.between(20_000, 20_010) == -20.0  # beyond what was read


def test_spans_are_those_of_the_text(reader: EvidenceReader) -> None:
    text = "Сколько это стоит? Это стоит 12,5 млн долларов; 修复了45口井。"
    (found,) = reader.read("?", [("", text)])
    words = [text[begin:end] for begin, end in found.spans]
    assert "".join("".join(words).split()) == "".join(text.split())


def hit(text: str, place: int, score: float) -> Hit:
    passage = Passage("a" * 64, place, 1, "", ("Part I", "Financing"), text, 0, len(text))
    source = Source("a" * 64, "a", "Water programme", "report", (), (), None, None, "en", "")
    return Hit(passage, source, score)


def test_reading_orders_hits_anew(reader: EvidenceReader) -> None:
    hits = [hit(COMMITTEE, 0, 1.0), hit(WELLS, 1, 0.98), *(hit(f"{n}", n, 0.5) for n in range(2, 8))]
    found = read("How many wells were repaired?", Found(tuple(hits), "en", 1), reader, 6)
    assert found.hits[0].passage.text == WELLS
    assert len(found.hits) == len(hits)
    assert [each.reading is None for each in found.hits[5:]] == [False, True, True]
    assert replace(found.hits[0], reading=None, score=0.98) == hits[1]
    assert front(hits[0]) == "Water programme - Financing"


def test_nothing_found_is_not_read(reader: EvidenceReader) -> None:
    empty = Found((), "en", 0)
    assert read("How many?", empty, reader, 6) is empty
