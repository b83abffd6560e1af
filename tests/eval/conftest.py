"""What tests of the Quality screen share: an assistant of their own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.chat import Assistant
from assistant.settings import AssistantSettings
from eval.results import Cited, Found, Gold, Question, Result, Run, Said
from ingest.embeddings import Embedder


@pytest.fixture(scope="module")
def own_assistant(
    tmp_path_factory: pytest.TempPathFactory, library: Path, embedder: Embedder, models_dir: Path
) -> Iterator[Assistant]:
    """An assistant on a copy of the library of samples, which these tests may fill with runs."""
    root = tmp_path_factory.mktemp("quality") / "library"
    shutil.copytree(library, root)
    with Assistant(AssistantSettings(library=root, models=models_dir), embedder=embedder) as made:
        yield made


NASTY = '<img src=x onerror=alert(1)>"${alert(1)}'


@pytest.fixture(scope="session")
def a_run() -> Callable[..., Run]:
    """Makes a run by hand, full of markup."""
    return _a_run


def _a_run(name: str = "", text: str = "45 people came", bank_hash: str = "0") -> Run:
    questions = tuple(
        Question(
            f"q{n}", f"How many? {NASTY}", facts=(("expected words",),), evidence=(Gold("a.pdf", 1, ""),)
        )
        for n in range(8)
    )
    cited = Cited(f"{NASTY}.pdf", 1, "iv", "people came", True, f"45 people came to {NASTY}.")
    answer = Result("", True, "How many?", "en", (Found("a.pdf", 1, "p1"),), (Said(text, (cited,)),))
    results = tuple(replace(answer, id=each.id, answered=each.id != "q7") for each in questions)
    return Run(
        name, "2026-01-02T03:04:05+00:00", "bank.csv", bank_hash, "0001", 1, {}, {}, {}, questions, results
    )
