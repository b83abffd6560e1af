"""What the focal point sees of superseded documents and twins: ranked below, marked, found when asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.__main__ import app
from assistant.answer import Answer, Filters, Hit
from assistant.chat import Assistant
from assistant.search import Names, spread
from assistant.settings import AssistantSettings
from ingest.embeddings import Embedder, VectorCache
from ingest.library import Library
from ingest.sync import sync

TITLE = "Guidance note on welcoming people who return to Quarrel"
SHARED = """## The first days

The district office greets each person who returns within two days and writes down the skills they bring.
The register of skills is kept by the harbour council and is open to employers who ask for it in writing.

## Housing

Families with children below six are housed near a school, and the school is told a week before they arrive.
The housing fund pays the rent of the first four months, after which the family and the council share it.

## Money
"""
OLD = f"""---
published: 2019
---
# {TITLE}

Sample, invented.

{SHARED}
Each person who returns receives a grant of 340 crowns, paid in one sum by the harbour bank of Quarrel.

## Fishing

Fishing licences are given free of charge to those who had one before, on the word of two neighbours.
"""
NEW = f"""---
published: 2024
---
# {TITLE}

Sample, invented.

{SHARED}
Each person who returns receives a grant of 560 crowns, paid in one sum by the harbour bank of Quarrel.

## Mentors

A mentor who returned at least a year earlier visits each newcomer every second week until the summer.
"""
COPY = NEW.replace(f"# {TITLE}", "# Notes for the newcomers of the harbour")
OTHER = """# The bridges of Tarn

Sample, invented. The bridge over the Tarn was opened with two lanes, and the toll is kept for its painting.
The ferry that it replaced is now a museum, where children learn how to row and how knots are tied.
"""
GRANT = "How large is the grant that each person who returns receives?"
LICENCE = "On whose word are fishing licences given free of charge?"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder, models_dir: Path) -> Path:
    root = tmp_path_factory.mktemp("versions")
    (root / "documents").mkdir()
    for name, text in (("old.md", OLD), ("new.md", NEW), ("copied-notes.md", COPY), ("bridges.md", OTHER)):
        (root / "documents" / name).write_text(text, encoding="utf-8")
    settings = AssistantSettings(library=root / "library", models=models_dir, readers=1)
    sync(
        Library(settings.library),
        root / "documents",
        embedder,
        VectorCache(root / "vectors.sqlite"),
        settings,
    )
    return settings.library


@pytest.fixture(scope="module")
def small(library: Path, embedder: Embedder, models_dir: Path) -> Iterator[Assistant]:
    with Assistant(AssistantSettings(library=library, models=models_dir), embedder=embedder) as made:
        yield made


def found(assistant: Assistant, question: str, filters: Filters | None = None) -> list[str]:
    return [hit.source.name for hit in assistant.search(question, filters=filters or Filters()).hits]


def cited(result: object) -> set[str]:
    assert isinstance(result, Answer)
    return {each.hit.source.name for sentence in result.sentences for each in sentence.citations}


def test_a_source_says_what_stands_for_it(small: Assistant) -> None:
    sources = {source.name: source for source in small.sources()}
    assert sources["old.md"].superseded == f"{TITLE} (2024)"
    assert (sources["new.md"].superseded, sources["new.md"].twin) == ("", "")
    assert sources["copied-notes.md"].twin == "new.md"


def test_the_version_in_force_answers(small: Assistant) -> None:
    assert found(small, GRANT)[0] == "new.md"
    result = small.ask(GRANT)
    assert cited(result) == {"new.md"}
    assert isinstance(result, Answer)
    assert "560" in result.text
    assert "340" not in result.text
    assert result.caution == ""


def test_what_only_the_old_version_says_is_found_and_marked(small: Assistant) -> None:
    assert found(small, LICENCE)[0] == "old.md"
    result = small.ask(LICENCE)
    assert isinstance(result, Answer)
    assert cited(result) == {"old.md"}
    assert result.caution == f"Everything cited here is superseded; in force: {TITLE} (2024)."
    (hit,) = {each.hit for sentence in result.sentences for each in sentence.citations}
    assert hit.cautions == (f"superseded by {TITLE} (2024)",)


@pytest.mark.parametrize(
    "asked", ["How large was the grant in the 2019 note?", f"{GRANT} In the previous version?"]
)
def test_the_old_version_answers_when_asked_for(small: Assistant, asked: str) -> None:
    hit = small.search(asked).hits[0]
    assert hit.source.name == "old.md"
    assert "340" in hit.passage.text
    assert not Names.of(asked).aged([source for source in small.sources() if source.name == "old.md"])


def test_filters_by_what_is_in_force(small: Assistant) -> None:
    assert "old.md" not in found(small, LICENCE, Filters(in_force=True))
    assert set(found(small, GRANT, Filters(in_force=False))) == {"old.md"}
    assert small.search(GRANT, filters=Filters(in_force=True)).documents == 3


def test_the_terminal_says_it(library: Path, small: Assistant) -> None:
    def run(*arguments: str) -> str:
        done = CliRunner().invoke(app, [*arguments, "--library", str(library)], catch_exceptions=False)
        assert done.exit_code == 0
        return done.stdout

    shown = run("ask", LICENCE)
    assert shown.startswith("Everything cited here is superseded")
    assert f"superseded by {TITLE} (2024)" in shown.splitlines()[-1]
    told = json.loads(run("ask", LICENCE, "--json"))
    assert told["caution"].startswith("Everything")
    assert told["sentences"][0]["citations"][0]["superseded"] == f"{TITLE} (2024)"
    assert told["sentences"][0]["citations"][0].get("ocr") is None
    only = json.loads(run("search", GRANT, "--superseded", "--json", "--quick"))["passages"]
    assert {each["document"] for each in only} == {"old.md"}
    assert {each["superseded"] for each in only} == {f"{TITLE} (2024)"}
    kept = json.loads(run("search", GRANT, "--in-force", "--json", "--quick"))
    assert "old.md" not in {each["document"] for each in kept["passages"]}


def test_ocr_is_said_with_its_confidence(small: Assistant) -> None:
    hit = small.search(GRANT).hits[0]
    assert replace(hit, passage=replace(hit.passage, ocr=0.874)).cautions == ("read by OCR, 87 % confidence",)


def test_of_near_duplicates_the_one_in_force_stays_in_the_others_place(small: Assistant) -> None:
    def hit(letter: str, text: str, score: float) -> Hit:
        source = replace(small.sources()[0], document=letter * 64)
        passage = replace(small.search(GRANT).hits[0].passage, document=letter * 64, text=text)
        return Hit(passage, source, score)

    text = "the harbour council keeps the register of skills and opens it to employers"
    hits = [hit("a", text, 1.0), hit("b", "other words", 0.9), hit("c", text + " too", 0.1)]
    assert [each.passage.document[0] for each in spread(hits, 5, None)] == ["a", "b"]
    aged = frozenset({"a" * 64})
    assert [each.passage.document[0] for each in spread(hits, 5, None, aged)] == ["c", "b"]
    assert [each.passage.document[0] for each in spread(hits[:2], 5, None, aged)] == ["a", "b"]
