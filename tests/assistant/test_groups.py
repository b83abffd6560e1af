"""What a person may not read leaves no trace: a restricted library answers as if it held nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answer import Answer, AssistantError, Filters, Refusal
from assistant.chat import Assistant
from assistant.settings import AssistantSettings
from ingest.embeddings import Embedder, VectorCache
from ingest.library import Library
from ingest.limiting import lift, limit
from ingest.sync import Choices, sync

SAMPLES = Path(__file__).parents[2] / "eval" / "corpus" / "documents"
GROUP = frozenset({"hq"})
NOBODY = frozenset[str]()
SECRET = """# Zanzibarite settlement note of the Quokka Board

Symbol: QK/2031/77. Published in 2031 by the Quokka Board for Mongolia.

## Lessons of the Velvet Anchor scheme

The Velvet Anchor scheme resettled 4,417 herders of Ulaanbaatar in 2031, at a cost of 93 million tugrik, and
the Quokka Board found that 81 per cent of them had come back to the steppe within two years, above all since
the winter feed that they had been promised came late. The Board recommends that feed be stored in autumn.
"""
QUESTIONS = (
    "How many herders did the Velvet Anchor scheme resettle?",
    "What does QK/2031/77 say?",
    "What is known of Mongolia?",
    "What share of returnees had an income after training?",
    "Quels sont les principaux défis de la réintégration ?",
    "What did the Quokka Board recommend?",
    "What do evaluations recommend on winter feed?",
)


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("documents")
    shutil.copytree(SAMPLES, root / "open")
    (root / "closed").mkdir()
    (root / "closed" / "velvet-anchor.md").write_text(SECRET)
    return root


def _made(root: Path, documents: Path, embedder: Embedder, models_dir: Path) -> Assistant:
    settings = AssistantSettings(library=root, models=models_dir, ocr="off")
    cache = VectorCache(models_dir / "tests-vectors.sqlite")
    assert not sync(Library(root), documents, embedder, cache, settings).failed
    return Assistant(settings, embedder=embedder)


@pytest.fixture(scope="module")
def whole(
    tmp_path_factory: pytest.TempPathFactory, documents: Path, embedder: Embedder, models_dir: Path
) -> Iterator[Assistant]:
    """Of all documents; those in closed/ are limited to the group."""
    root = tmp_path_factory.mktemp("whole") / "library"
    limit(Library(root), str(documents / "closed"), GROUP, "ana")
    with _made(root, documents, embedder, models_dir) as made:
        yield made


@pytest.fixture(scope="module")
def public(
    tmp_path_factory: pytest.TempPathFactory, documents: Path, embedder: Embedder, models_dir: Path
) -> Iterator[Assistant]:
    """Of the others alone: what somebody without the group must not be able to tell from `whole`."""
    root = tmp_path_factory.mktemp("public") / "library"
    with _made(root, documents / "open", embedder, models_dir) as made:
        yield made


@pytest.mark.parametrize("question", QUESTIONS)
def test_searching_a_view_is_searching_a_library_without_the_rest(
    whole: Assistant, public: Assistant, question: str
) -> None:
    seen = whole.seen_by(NOBODY)
    mine, theirs = seen.search(question, k=30), public.search(question, k=30)
    assert [hit.passage.id for hit in mine.hits] == [hit.passage.id for hit in theirs.hits]
    assert [hit.score for hit in mine.hits] == pytest.approx([hit.score for hit in theirs.hits], abs=1e-5)
    assert (mine.language, mine.documents) == (theirs.language, theirs.documents)
    one, other = seen.ask(question), public.ask(question)
    assert type(one) is type(other)
    for each in (one, other):
        assert each.receipt.documents_searched == len(public.sources())
    if isinstance(one, Answer) and isinstance(other, Answer):
        assert _cited(one) == _cited(other)
    if isinstance(one, Refusal) and isinstance(other, Refusal):
        assert (one.reason, [hit.passage for hit in one.nearest]) == (
            other.reason,
            [hit.passage for hit in other.nearest],
        )


def _cited(answer: Answer) -> list[object]:
    return [
        (each.text, [(cited.hit.passage, cited.hit.source, cited.quote) for cited in each.citations])
        for each in answer.sentences
    ]


def test_sources_and_examples_are_those_of_the_public_library(whole: Assistant, public: Assistant) -> None:
    seen = whole.seen_by(NOBODY)
    assert seen.sources() == public.sources()
    assert seen.example_questions() == public.example_questions()
    assert len(whole.sources()) == len(public.sources()) + 1


def test_a_member_of_the_group_finds_cites_and_opens_it(whole: Assistant) -> None:
    for seen in (whole, whole.seen_by(GROUP), whole.seen_by(GROUP | {"other"})):
        answer = seen.ask(QUESTIONS[0])
        assert isinstance(answer, Answer)
        assert "4,417" in answer.text
        (document,) = {each.hit.source.document for s in answer.sentences for each in s.citations}
        assert seen.original(document).is_file()
        assert "Velvet Anchor" in seen.page_text(document, None)
        assert seen.page(document, None) is not None
        assert seen.page_count(document) == 1


def test_nothing_opens_it_for_the_others(whole: Assistant) -> None:
    (document,) = {each.document for each in whole.sources() if "velvet" in each.name}
    for seen in (
        whole.seen_by(NOBODY),
        whole.seen_by(frozenset({"other"})),
        whole.seen_by(NOBODY).seen_by(GROUP),
    ):
        with pytest.raises(AssistantError, match="not in the library"):
            seen.original(document)
        assert seen.page_text(document, None) == ""
        assert seen.page(document, None) is None
        assert seen.page_count(document) == 0
        for wanted in ("velvet-anchor.md", document, document[:8]):
            refusal = seen.ask(QUESTIONS[0], filters=Filters(documents=(wanted,)))
            assert isinstance(refusal, Refusal)
            assert (refusal.nearest, refusal.receipt.documents_searched) == ((), 0)
        for filters in (
            Filters(countries=("MNG",)),
            Filters(since=2030),
            Filters(organisations=("Quokka Board",)),
        ):
            assert (
                seen.search("winter feed", filters=filters).documents
                == whole.seen_by(NOBODY).search("bread", filters=filters).documents
            )
        assert not any(hit.source.document == document for hit in seen.search("Velvet Anchor", k=100).hits)


def test_a_right_ends_and_begins_with_the_next_question(
    whole: Assistant, documents: Path, public: Assistant
) -> None:
    store, folder = Library(whole.settings.library), str(documents / "closed")
    seen, generation = whole.seen_by(GROUP), whole.generation()
    try:
        for _ in range(3):
            assert isinstance(seen.ask(QUESTIONS[0]), Answer)
            limit(store, folder, ["others"], "ana")
            assert not any("velvet" in each.name for each in seen.sources())
            assert "4,417" not in str(seen.ask(QUESTIONS[0]))
            assert isinstance(whole.seen_by(frozenset({"others"})).ask(QUESTIONS[0]), Answer)
            limit(store, folder, GROUP, "ana")
        lift(store, folder, "ana")
        assert whole.seen_by(NOBODY).sources() == whole.sources()
    finally:
        limit(store, folder, GROUP, "ana")
    assert whole.generation() == generation  # no new one was needed


def test_people_who_may_read_the_same_share_a_view(whole: Assistant) -> None:
    seen = whole.seen_by(NOBODY)
    with seen.reading() as one, whole.seen_by(frozenset({"x"})).reading() as other:
        assert one is other


VERSIONS = {
    "guidance v1.md": ("# Guidance on ferry safety (draft v1)", "eight"),
    "guidance v2.md": ("# Guidance on ferry safety (draft v2)", "nine"),
    "guidance v3.md": ("# Guidance on ferry safety (draft v3)", "ten"),
}
BODY = """
{title}

Each ferry carries at least {number} life rafts, checked every spring by the harbour master, who signs the
book of the ship. Where rafts are missing the ferry stays in port until they are replaced. Crews practise with
the rafts twice a year, at night and in daylight, and keep a list of who took part. Passengers are told where
the rafts are before the ferry leaves, in the languages that most of them speak.
"""
TWIN = """# Winter roads of the northern valleys

Snow closes the pass above the saw mill from the middle of November, and the road crew of eleven people keeps
the lower road open with two ploughs and forty tons of grit that are stored under the bridge since October.
Villages without a shop keep flour, oil and candles for six weeks. The school bus turns back at the chapel
where drifts are higher than a metre, and the teacher sleeps at the inn until the plough has come through.
"""


@pytest.fixture
def versions(tmp_path: Path, embedder: Embedder, models_dir: Path) -> Iterator[Assistant]:
    folder = tmp_path / "documents"
    folder.mkdir()
    for name, (title, number) in VERSIONS.items():
        (folder / name).write_text(BODY.format(title=title, number=number))
    (folder / "twin.md").write_text(TWIN)
    (folder / "twin-longer.md").write_text(TWIN + "\nThis copy was typed anew.\n")
    with _made(tmp_path / "library", folder, embedder, models_dir) as made:
        yield made


def test_a_newer_version_that_may_not_be_read_is_not_named(versions: Assistant) -> None:
    store = Library(versions.settings.library)
    said = {each.name: each.superseded for each in versions.sources()}
    assert "v3" in said["guidance v1.md"]
    assert "v3" in said["guidance v2.md"]
    limit(store, "guidance v3.md", GROUP, "ana")
    seen = {each.name: each for each in versions.seen_by(NOBODY).sources()}
    assert "v3" not in str(seen)
    assert "v2" in seen["guidance v1.md"].superseded  # among those that may be read
    assert seen["guidance v2.md"].superseded == ""
    refused = versions.seen_by(NOBODY).search("life rafts", filters=Filters(in_force=False))
    assert "guidance v2.md" not in {hit.source.name for hit in refused.hits}


def test_the_twin_that_may_be_read_stands_for_itself(versions: Assistant) -> None:
    (marked,) = [each for each in versions.sources() if each.twin]
    limit(Library(versions.settings.library), marked.twin, GROUP, "ana")
    seen = versions.seen_by(NOBODY)
    (left,) = [each for each in seen.sources() if each.document == marked.document]
    assert left == replace(marked, twin="")
    answer = seen.ask("How many people are in the road crew of the northern valleys?")
    assert isinstance(answer, Answer)
    assert marked.document in {each.hit.source.document for s in answer.sentences for each in s.citations}


def test_a_new_file_in_a_limited_folder_is_limited_from_its_first_moment(
    versions: Assistant, tmp_path: Path, embedder: Embedder, models_dir: Path
) -> None:
    store, folder = Library(versions.settings.library), tmp_path / "documents"
    limit(store, "secret/", GROUP, "ana", pattern=True)
    (folder / "secret").mkdir()
    (folder / "secret" / "velvet.md").write_text(SECRET)
    cache = VectorCache(models_dir / "tests-vectors.sqlite")
    settings = versions.settings
    sync(store, folder, embedder, cache, settings, choices=Choices(allow_shrink=True))
    assert not any(each.name == "velvet.md" for each in versions.seen_by(NOBODY).sources())
    assert any(each.name == "velvet.md" for each in versions.seen_by(GROUP).sources())
