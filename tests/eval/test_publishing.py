"""The gate before publishing: sample documents, a generation beside the live one, the answers that change."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from assistant.settings import AssistantSettings
from eval.bank import load_bank, write_bank
from eval.publishing import gate
from eval.run import Runs
from ingest.catalogue import Catalogue
from ingest.gate import GateRequest, GateResult, keep, kept
from ingest.library import Library, LibraryError
from ingest.vectors import Vectors
from ingest.wording import LANGUAGES

SAMPLE = Path(__file__).parents[2] / "eval" / "banks" / "sample.jsonl"
PLAN = "plan-cadre-cooperation-tambarie-2024-2028.pdf"
ON_PLAN = ("sample-014", "sample-019", "sample-020")
OTHERS = ("sample-001", "sample-009", "sample-017")  # two with an answer, one without
BUILT = "2026-01-01T00:00:00+00:00"

Ask = Callable[..., GateResult]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, library: Path) -> Path:
    """A library of the samples that these tests may fill with generations and runs."""
    place = tmp_path_factory.mktemp("gate") / "library"
    shutil.copytree(library, place)
    for name in Library(place).generations():
        built(place, name, BUILT)
    return place


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("bank") / "bank.jsonl"
    write_bank([each for each in load_bank(SAMPLE) if each.id in ON_PLAN + OTHERS], place)
    return place


@pytest.fixture
def told() -> list[tuple[str, int, int, str]]:
    return []


@pytest.fixture
def ask(root: Path, bank: Path, models_dir: Path, told: list[tuple[str, int, int, str]]) -> Ask:
    """Asks the gate about a generation of `root`."""

    def asking(candidate: str, against: str | None, floor: Path | None = None, of: Path = bank) -> GateResult:
        settings = AssistantSettings(library=root, models=models_dir)
        return gate(
            GateRequest(root, candidate, against, of, floor, settings, lambda *each: told.append(each))
        )

    return asking


@pytest.fixture
def build(root: Path) -> Callable[..., str]:
    """Builds a generation beside the live one: a copy without some documents, or with other names."""

    def building(without: tuple[str, ...] = (), renamed: dict[str, str] | None = None) -> str:
        library = Library(root)
        live = library.live()
        assert live
        name = f"{int(library.generations()[-1]) + 1:04d}"
        place = library.path(name)
        shutil.copytree(library.path(live), place)
        catalogue, vectors = Catalogue(place / "catalogue.sqlite", write=True), Vectors(place / "chroma")
        for entry in catalogue.documents():
            if entry.name in without:
                vectors.remove(catalogue.passage_ids([entry.sha]))
                catalogue.remove(entry.sha)
            elif entry.name in (renamed or {}):
                catalogue.rename(entry.sha, (renamed or {})[entry.name])
        catalogue.finish()
        counts = catalogue.counts()
        catalogue.close()
        vectors.close()
        info = replace(library.info(live), name=name, parent=live, counts=counts)
        (place / "generation.json").write_text(json.dumps(asdict(info)), encoding="utf-8")
        return name

    return building


def built(root: Path, name: str, created: str) -> None:
    """Dates a generation: runs are newer than what they are put to, also within a second."""
    info = replace(Library(root).info(name), created=created)
    (root / "generations" / name / "generation.json").write_text(json.dumps(asdict(info)), encoding="utf-8")


def floors(folder: Path, **values: float) -> Path:
    file = folder / "floor.json"
    file.write_text(json.dumps(values), encoding="utf-8")
    return file


def test_the_same_documents_change_nothing(
    root: Path, ask: Ask, build: Callable[..., str], told: list[tuple[str, int, int, str]], tmp_path: Path
) -> None:
    live = Library(root).live()
    result = ask(candidate := build(), live, floors(tmp_path, verbatim=1.0))
    assert result.passed
    assert (result.better, result.worse, result.changed, result.faults, result.left_out) == (0, 0, (), (), ())
    assert result.verdict == (
        f"Generation {candidate} may be published; none of 6 questions would be answered otherwise than by"
        f" generation {live}."
    )
    assert Library(root).live() == live
    assert (root / "gates" / result.report).read_text(encoding="utf-8").startswith("<!doctype html>")
    run = Runs(root).load(result.run)
    assert (run.generation, len(run.results)) == (candidate, 6)
    assert told[0] == ("gate", 0, 12, f"generation {live}, question 1 of 6")
    assert told[-1] == ("gate", 12, 12, f"generation {candidate}, question 6 of 6")
    assert [each[1] for each in told] == sorted(each[1] for each in told)


def test_runs_that_would_come_out_the_same_are_not_made_again(
    root: Path, ask: Ask, build: Callable[..., str], told: list[tuple[str, int, int, str]]
) -> None:
    candidate = build()
    first = ask(candidate, None)
    told.clear()
    assert ask(candidate, None) == first
    assert told == []
    built(root, candidate, "2999-01-01T00:00:00+00:00")  # the number given again, after the run
    assert ask(candidate, None).run > first.run
    assert len(told) == 7


def test_a_gold_document_that_is_gone_fails_and_the_answers_it_bore_are_worse(
    root: Path, ask: Ask, build: Callable[..., str]
) -> None:
    live = Library(root).live()
    result = ask(candidate := build(without=(PLAN,)), live)
    assert not result.passed
    assert result.worse == len(ON_PLAN)
    assert {each.id for each in result.changed if each.direction == "worse"} == set(ON_PLAN)
    worst = result.changed[0]
    assert worst.question.endswith("?")
    assert PLAN in worst.before
    assert PLAN not in worst.after
    assert worst.why.startswith(f"Document withdrawn: {PLAN}.")
    assert f"worse than in generation {live}" in result.faults[0]
    assert f"Generation {candidate} falls short" in result.verdict
    assert f"it withdraws documents that answers rest on: {PLAN}" in result.verdict
    report = (root / "gates" / result.report).read_text(encoding="utf-8")
    assert "Answers that changed" in report
    assert set(result.told) == set(LANGUAGES)
    assert result.said("en") == result
    keep(root, candidate, result)
    again = kept(root, candidate)
    assert again == result  # its sentences too
    for language in set(LANGUAGES) - {"en"}:
        other = result.said(language)
        assert len(other.faults) == len(result.faults)
        assert not set(other.faults) & set(result.faults)
        assert candidate in other.verdict
        assert PLAN in other.verdict
        assert other.verdict != result.verdict
        assert all(one.why != two.why for one, two in zip(other.changed, result.changed, strict=True))
        assert PLAN in other.changed[0].why
    assert result.said("fr").changed[0].why.startswith(f"Document retiré\u00a0: {PLAN}.")


def test_a_result_kept_before_it_was_told_in_languages_is_in_english(root: Path) -> None:
    old = GateResult(True, "Generation 9000 may be published.", 0, 0, (), "0001", "9000.html")
    keep(root, "9000", old)
    file = root / "gates" / "9000.json"
    values = json.loads(file.read_text(encoding="utf-8"))
    del values["result"]["told"]
    file.write_text(json.dumps(values), encoding="utf-8")
    found = kept(root, "9000")
    assert found == old
    assert found.said("fr") == old


def test_a_renamed_document_is_the_same_document(root: Path, ask: Ask, build: Callable[..., str]) -> None:
    result = ask(build(renamed={PLAN: "plan.pdf"}), Library(root).live())
    assert result.passed
    assert result.worse == 0


def test_below_the_floor_it_is_not_published(root: Path, ask: Ask, tmp_path: Path) -> None:
    live = Library(root).live()
    result = ask(live, None, floors(tmp_path, wrong_refusals=-1.0, hit10=0.1))
    assert not result.passed
    assert "Answerable questions refused" in result.verdict
    assert "the floor is -1" in result.verdict
    assert len(result.faults) == 1


def test_a_generation_without_documents_falls_short(
    root: Path, ask: Ask, build: Callable[..., str], library: Path
) -> None:
    catalogue = Library(library).catalogue(str(Library(library).live()))
    everything = tuple(entry.name for entry in catalogue.documents())
    catalogue.close()
    result = ask(build(without=everything), Library(root).live())
    assert not result.passed
    assert result.worse == len(ON_PLAN + OTHERS) - 1  # nothing is still the right answer to one


def test_the_first_generation_is_held_against_the_floor_alone(root: Path, ask: Ask, tmp_path: Path) -> None:
    live = Library(root).live()
    assert live
    result = ask(live, None, floors(tmp_path, hit10=0.5))
    assert result.passed
    assert result.changed == ()
    assert result.verdict == f"Generation {live} may be published."


def test_questions_on_documents_that_the_library_never_had_are_left_out_and_named(
    root: Path, ask: Ask, bank: Path, tmp_path: Path
) -> None:
    live = Library(root).live()
    first, *others = load_bank(bank)
    elsewhere = replace(
        first, id="elsewhere", evidence=tuple(replace(each, document="else.pdf") for each in first.evidence)
    )
    scoped = replace(first, id="scoped", documents=("else.pdf",))
    mixed = tmp_path / "mixed.jsonl"
    write_bank([elsewhere, *others[:1], scoped], mixed)
    result = ask(live, None, of=mixed)
    assert result.left_out == ("elsewhere", "scoped")
    assert (
        "2 questions left out, about documents that this library lacks: elsewhere, scoped" in result.verdict
    )
    strange = tmp_path / "strange.jsonl"
    write_bank([elsewhere], strange)
    with pytest.raises(LibraryError, match=r"none of the 1 question of strange\.jsonl is about documents"):
        ask(live, None, of=strange)


def test_a_bank_or_floor_file_with_faults_is_one_sentence(root: Path, ask: Ask, tmp_path: Path) -> None:
    live = Library(root).live()
    with pytest.raises(LibraryError, match="there is no measure 'hits'"):
        ask(live, None, floors(tmp_path, hits=1.0))
    with pytest.raises(LibraryError, match=r"missing\.jsonl cannot be read"):
        ask(live, None, of=tmp_path / "missing.jsonl")
    assert kept(root, "0001") is None  # the gate says; whoever asked keeps it
