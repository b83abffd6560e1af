"""Readers and generations: a question finishes where it began, and reading changes nothing."""

from __future__ import annotations

import hashlib
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from assistant import live as live_module
from assistant.answer import Answer, AssistantError
from assistant.chat import Assistant
from assistant.live import Generation, LiveLibrary
from assistant.settings import AssistantSettings
from ingest.documents import IngestError
from ingest.embeddings import Embedder, VectorCache
from ingest.library import Library
from ingest.sync import Choices, rebuild, sync

NOTE = "Sample. The port of Quarrel was closed on 3 May 2031, since its only crane had fallen into the sea.\n"


def _tree(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def small(tmp_path: Path, embedder: Embedder, models_dir: Path) -> tuple[Library, Path, AssistantSettings]:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "port.txt").write_text(NOTE, encoding="utf-8")
    settings = AssistantSettings(library=tmp_path / "library", models=models_dir, readers=1)
    library = Library(settings.library)
    sync(library, folder, embedder, VectorCache(tmp_path / "vectors.sqlite"), settings)
    return library, folder, settings


def test_a_question_finishes_on_the_generation_it_began_with(
    small: tuple[Library, Path, AssistantSettings], embedder: Embedder, tmp_path: Path
) -> None:
    library, folder, settings = small
    live = LiveLibrary(library, embedder)
    with live.reading() as before:
        (folder / "bridge.txt").write_text(
            "Sample. The bridge of Tarn opened in 2033 with two lanes.\n", encoding="utf-8"
        )
        sync(library, folder, embedder, VectorCache(tmp_path / "vectors.sqlite"), settings)
        with live.reading() as after:
            assert (before.name, after.name) == ("0001", "0002")
            assert len(after.sources) == 2
        assert len(before.sources) == 1
        assert before.catalogue.counts()["documents"] == 1  # still open
    assert before.catalogue._all == []  # its last reader is done: handles are given back
    live.close()


def test_reading_changes_nothing_in_a_published_generation(
    small: tuple[Library, Path, AssistantSettings], embedder: Embedder
) -> None:
    library, _, settings = small
    before = _tree(library.path("0001"))
    assistant = Assistant(settings, embedder=embedder)
    assistant.ask("When was the port of Quarrel closed?")
    assistant.close()
    assert _tree(library.path("0001")) == before


def test_a_missing_library_and_another_model_are_told_with_the_command(
    small: tuple[Library, Path, AssistantSettings], embedder: Embedder, tmp_path: Path
) -> None:
    library, _, settings = small
    empty = Assistant(settings.model_copy(update={"library": tmp_path / "none"}), embedder=embedder)
    with pytest.raises(AssistantError, match="python -m ingest sync"):
        empty.ask("When was the port closed?")

    class Other:
        name, hash, dimension = "other", "0" * 64, 384

    with (
        pytest.raises(IngestError, match="python -m ingest rebuild"),
        LiveLibrary(library, Other()).reading(),
    ):  # type: ignore[arg-type]
        pass


def test_originals_are_given_for_documents_of_the_live_generation_only(
    small: tuple[Library, Path, AssistantSettings], embedder: Embedder
) -> None:
    _, folder, settings = small
    assistant = Assistant(settings, embedder=embedder)
    sha = assistant.sources()[0].document
    assert assistant.original(sha).read_text(encoding="utf-8") == NOTE
    with pytest.raises(AssistantError, match="not in the library"):
        assistant.original("0" * 64)
    assistant.close()
    shutil.rmtree(folder)


def _until(condition: Callable[[], bool], seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    return condition()


def test_a_follower_opens_a_new_generation_aside(
    small: tuple[Library, Path, AssistantSettings],
    embedder: Embedder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    library, folder, settings = small
    live = LiveLibrary(library, embedder)
    with live.reading() as first:
        pass
    may_go_on = threading.Event()
    open_all = Generation.open_all
    monkeypatch.setattr(Generation, "open_all", lambda self: may_go_on.wait(60) and open_all(self))
    live.follow()
    (folder / "bridge.txt").write_text("Sample. The bridge of Tarn opened in 2033 with two lanes.\n")
    sync(library, folder, embedder, VectorCache(tmp_path / "vectors.sqlite"), settings)
    with live.reading() as meanwhile:  # no question waits for the opening
        assert meanwhile is first
    may_go_on.set()

    def name() -> str:
        with live.reading() as now:
            return now.name

    assert _until(lambda: name() == "0002")
    assert first.catalogue._all == []  # nobody reads it any more
    library.rollback()
    assert _until(lambda: name() == "0001")
    live.close()
    library.discard("0002")  # its lease is given back


def test_a_generation_that_cannot_be_opened_leaves_the_old_one_answering(
    small: tuple[Library, Path, AssistantSettings],
    embedder: Embedder,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    library, folder, settings = small
    live = LiveLibrary(library, embedder)
    with live.reading():
        pass
    (folder / "bridge.txt").write_text("Sample. The bridge of Tarn opened in 2033 with two lanes.\n")
    cache = VectorCache(tmp_path / "vectors.sqlite")
    sync(library, folder, embedder, cache, settings, choices=Choices(hold=True))
    shutil.rmtree(library.path("0002") / "chroma")
    live.follow()
    library.publish("0002")
    assert _until(lambda: "0002 cannot be opened, 0001 answers on" in caplog.text)
    with live.reading() as now:
        assert now.name == "0001"
    live.close()


class _Doubled(Embedder):
    """Another model, of another dimension: the vectors of the first, twice."""

    name, hash, dimension = "doubled", "d" * 64, 768  # type: ignore[assignment]

    def __init__(self, one: Embedder) -> None:
        super().__init__()
        self._one = one

    def _encode_passages(self, texts: list[str]) -> np.ndarray:
        return np.hstack([self._one.encode_passages(texts)] * 2) / np.sqrt(2)

    def _encode_queries(self, texts: list[str]) -> np.ndarray:
        return np.hstack([self._one.encode_queries(texts)] * 2) / np.sqrt(2)


def test_a_generation_of_another_model_brings_it_along_forth_and_back(
    small: tuple[Library, Path, AssistantSettings],
    embedder: Embedder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    library, _, settings = small
    other = settings.model_copy(update={"embedding_model": "doubled"})
    by_name = {"bundled": embedder, "doubled": _Doubled(embedder)}
    monkeypatch.setattr(live_module, "embedder_for", lambda wanted: by_name[wanted.embedding_model])
    assistant = Assistant(settings, embedder=embedder)
    question = "When was the port of Quarrel closed?"
    assert isinstance(assistant.ask(question), Answer)
    rebuild(library, by_name["doubled"], VectorCache(tmp_path / "vectors.sqlite"), other)
    answer = assistant.ask(question)
    assert isinstance(answer, Answer)
    assert answer.receipt.models["embedding"]["name"] == "doubled"
    library.rollback()
    answer = assistant.ask(question)
    assert isinstance(answer, Answer)
    assert answer.receipt.models["embedding"]["hash"] == embedder.hash
    assistant.close()


def test_the_first_generation_is_opened_aside(tmp_path: Path, embedder: Embedder, models_dir: Path) -> None:
    """A server may start before there is a library, and answers once there is one."""
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "port.txt").write_text(NOTE, encoding="utf-8")
    settings = AssistantSettings(library=tmp_path / "library", models=models_dir, readers=1)
    with Assistant(settings, embedder=embedder) as assistant:
        assistant.warm_up()
        assistant.live.follow()
        assert assistant.generation() == ""
        with pytest.raises(AssistantError, match="there is no library"):
            assistant.ask("When was the port of Quarrel closed?")
        sync(assistant.library, folder, embedder, VectorCache(tmp_path / "vectors.sqlite"), settings)
        assert isinstance(assistant.ask("When was the port of Quarrel closed?"), Answer)
