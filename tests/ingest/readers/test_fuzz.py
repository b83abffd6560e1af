"""A few seconds of damaged documents; tests/benchmarks/fuzz.py goes on for as long as one likes."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from ingest.readers.child import ReaderPool
from ingest.reading import ReadJob, read_document
from tests.ingest.readers import fuzzing

SECONDS = 20.0


def test_a_damaged_document_ends_in_a_reading_or_a_reason(tmp_path: Path) -> None:
    until, seen = time.monotonic() + SECONDS, 0

    with ReaderPool(workers=1) as pool:

        @settings(
            max_examples=400,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=[*HealthCheck],
        )
        @given(fuzzing.damaged())
        def tried(made: tuple[str, bytes]) -> None:
            nonlocal seen
            if time.monotonic() > until:
                return  # the rest is left out
            seen += 1
            path = fuzzing.write(tmp_path, *made, 0)
            ((_, outcome),) = pool.read_all([ReadJob(path, "0" * 64)], read_document, 20.0)
            assert fuzzing.broken_promise(outcome) == ""

        tried()
    assert seen > 20


@pytest.mark.parametrize("number", range(len(fuzzing.seeds())))
def test_the_documents_are_good_before_they_are_damaged(tmp_path: Path, number: int) -> None:
    ending, data = fuzzing.seeds()[number]
    read = read_document(ReadJob(fuzzing.write(tmp_path, ending, data, number), "0" * 64))
    assert read.passages
