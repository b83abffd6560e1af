"""Readers and generations: a question finishes where it began, and reading changes nothing."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from assistant.answer import AssistantError
from assistant.chat import Assistant
from assistant.live import LiveLibrary
from assistant.settings import AssistantSettings
from ingest.documents import IngestError
from ingest.embeddings import Embedder, VectorCache
from ingest.library import Library
from ingest.sync import sync

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
