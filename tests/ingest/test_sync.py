"""Sync from folder to published generation: real PDFs, real child processes, real Chroma."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ingest import scan as scanning
from ingest.documents import UnreadableFile, embedding_text
from ingest.library import Library, LibraryError
from ingest.plans import make_plans
from ingest.reading import ReadJob, read_document
from ingest.sync import rebuild, sync
from ingest.terms import terms
from ingest.vectors import COLLECTION, open_client
from ingest.word_index import WordIndex

MORE = "The evaluation team spoke with officials, villagers and partners in every district it visited."
LAKES = ["The fishing cooperatives of the lakes doubled their catch between 2019 and 2023.", MORE]
WELLS = ["Wells were dug in nine districts and handed over to water committees led by women.", MORE]
ROADS = ["Mountain villages waited for roads, and the programme built forty kilometres of them.", MORE]


class Snapshot:
    """What one generation holds in its three stores."""

    def __init__(self, workshop: Any, name: str | None = None) -> None:
        name = name or workshop.library.live()
        catalogue = workshop.library.catalogue(name)
        self.documents = {entry.name: entry for entry in catalogue.documents()}
        self.files = {entry.name: entry for entry in catalogue.files()}
        self.passages = {
            item.id: item for sha in catalogue.documents() for item in catalogue.passages_of(sha.sha)
        }
        self.counts = catalogue.counts()
        self._catalogue = catalogue
        with tempfile.TemporaryDirectory() as copy:  # Chroma writes to a directory that it opens
            place = Path(copy) / "chroma"
            shutil.copytree(workshop.library.path(name) / "chroma", place)
            client = open_client(place)
            held = client.get_collection(COLLECTION, embedding_function=None).get(include=["embeddings"])
            client.close()
        self.vectors = dict(zip(held["ids"], np.array(held["embeddings"]), strict=True))

    def finds(self, question: str) -> set[str]:
        hits = WordIndex(self._catalogue).best(terms(question, "en"), "en", 10)
        return {self.passages[id_].document for id_, _ in hits}

    def check(self, workshop: Any) -> None:
        """The three stores agree, and each vector is that of its passage's own words."""
        assert self.passages.keys() == self.vectors.keys()
        assert self.counts["passages"] == self.counts["words"] == len(self.passages)
        described = {entry.sha: entry.description for entry in self.documents.values()}
        for id_, passage in self.passages.items():
            text = embedding_text(described[passage.document], passage)
            assert np.allclose(self.vectors[id_], workshop.embedder.encode_queries([text])[0], atol=1e-6)


def fingerprint(folder: Path) -> dict[str, str]:
    files = (item for item in folder.rglob("*") if item.is_file())
    return {str(item.relative_to(folder)): hashlib.sha256(item.read_bytes()).hexdigest() for item in files}


def test_a_library_through_its_life(workshop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Add, leave, change, withdraw: each sync publishes what changed and touches nothing else."""
    workshop.write("lakes.pdf", "Lakes Programme", LAKES, ["Annex text about the boats and nets."])
    workshop.write("roads.pdf", "Roads Programme", ROADS)
    first = workshop.sync()
    assert (first.generation, first.published, first.failed) == ("0001", True, ())
    one = Snapshot(workshop)
    one.check(workshop)
    assert {entry.state for entry in one.files.values()} == {"indexed"}
    assert one.documents["lakes.pdf"].description.title == "Lakes Programme"
    assert one.finds("fishing cooperatives") == {one.documents["lakes.pdf"].sha}
    info = workshop.library.info("0001")
    assert info.counts == one.counts
    assert info.models["embedding"]["hash"] == workshop.embedder.hash
    original = workshop.library.original(one.documents["lakes.pdf"].sha)
    assert original.read_bytes() == (workshop.folder / "lakes.pdf").read_bytes()
    before = fingerprint(workshop.library.path("0001"))

    with monkeypatch.context() as patch:
        patch.setattr(Library, "start_building", lambda *args: pytest.fail("something was built"))
        again = workshop.sync()
    assert (again.generation, again.published) == ("0001", False)
    assert workshop.library.generations() == ["0001"]

    workshop.embedder.encoded.clear()
    workshop.write("roads.pdf", "Roads Programme", WELLS)
    second = workshop.sync()
    two = Snapshot(workshop)
    two.check(workshop)
    assert (second.generation, second.counts()["changed"]) == ("0002", 1)
    assert all("Wells" in text or "Roads Programme" in text for text in workshop.embedder.encoded)
    kept = {id_ for id_, item in one.passages.items() if item.document == one.documents["lakes.pdf"].sha}
    assert kept
    assert all(np.array_equal(two.vectors[id_], one.vectors[id_]) for id_ in kept)
    gone = one.passages.keys() - kept
    assert gone
    assert not gone & (two.passages.keys() | two.vectors.keys())
    assert two.finds("wells") == {two.documents["roads.pdf"].sha}
    assert two.finds("mountain") == set()

    (workshop.folder / "lakes.pdf").unlink()
    workshop.sync()
    three = Snapshot(workshop)
    three.check(workshop)
    assert three.documents.keys() == three.files.keys() == {"roads.pdf"}
    assert not kept & (three.passages.keys() | three.vectors.keys())
    assert three.finds("fishing cooperatives") == set()
    assert workshop.library.original(one.documents["lakes.pdf"].sha) is not None  # for older generations

    after = fingerprint(workshop.library.path("0001"))
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert changed == set()
    workshop.library.publish("0001")  # and it can answer again
    Snapshot(workshop).check(workshop)


def test_a_failing_file_is_named_and_keeps_its_last_good_version(workshop: Any) -> None:
    lakes = workshop.write("lakes.pdf", "Lakes Programme", LAKES)
    (workshop.folder / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing of a PDF follows")
    first = workshop.sync()
    assert [entry.name for entry in first.failed] == ["broken.pdf"]
    assert "export" in first.failed[0].reason
    good = Snapshot(workshop)
    lakes.write_bytes(lakes.read_bytes()[:600])
    second = workshop.sync()
    now = Snapshot(workshop)
    now.check(workshop)
    assert {entry.name for entry in second.failed} == {"broken.pdf", "lakes.pdf"}
    assert now.files["lakes.pdf"].document == good.documents["lakes.pdf"].sha
    assert now.files["lakes.pdf"].reason.endswith("its last good version stays in the library")
    assert now.passages == good.passages
    assert now.finds("fishing")
    assert not workshop.sync().published  # a file that fails is not read again and again
    workshop.write("lakes.pdf", "Lakes Programme", WELLS)
    assert [entry.name for entry in workshop.sync().failed] == ["broken.pdf"]
    assert not Snapshot(workshop).finds("fishing")


def test_a_file_that_cannot_be_opened_keeps_its_last_good_version(
    workshop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop.write("lakes.pdf", "Lakes Programme", LAKES)
    workshop.sync()
    workshop.write("lakes.pdf", "Lakes Programme", WELLS)

    def closed(path: Path) -> str:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:  # rights do not bind the superuser that tests may run as
        patch.setattr(scanning, "sha256_of", closed)
        (failed,) = workshop.sync().failed
    assert failed.reason.startswith("cannot be opened (Permission denied)")
    assert Snapshot(workshop).finds("fishing")
    assert not workshop.sync().failed
    assert Snapshot(workshop).finds("wells")


def test_the_same_bytes_twice_are_one_document(workshop: Any) -> None:
    """Whenever the copy comes, and whichever of the two goes."""
    a = workshop.write("a.pdf", "Lakes Programme", LAKES)
    (workshop.folder / "b.pdf").write_bytes(a.read_bytes())
    workshop.sync()
    (workshop.folder / "c.pdf").write_bytes(a.read_bytes())
    workshop.sync()
    now = Snapshot(workshop)
    assert now.documents.keys() == {"a.pdf"}
    assert {n: (e.state, e.reason) for n, e in now.files.items()} == {
        "a.pdf": ("indexed", ""),
        "b.pdf": ("skipped", "same bytes as a.pdf"),
        "c.pdf": ("skipped", "same bytes as a.pdf"),
    }
    a.unlink()
    workshop.sync()
    now = Snapshot(workshop)
    now.check(workshop)
    assert now.documents.keys() == {"b.pdf"}
    assert {n: (e.state, e.reason) for n, e in now.files.items()} == {
        "b.pdf": ("indexed", ""),
        "c.pdf": ("skipped", "same bytes as b.pdf"),
    }
    assert not workshop.sync().published


def test_a_moved_file_is_neither_read_nor_embedded_again(
    workshop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop.write("lakes.pdf", "Lakes Programme", LAKES)
    workshop.sync()
    old = Snapshot(workshop)
    (workshop.folder / "2024").mkdir()
    (workshop.folder / "lakes.pdf").rename(workshop.folder / "2024" / "final.pdf")
    workshop.embedder.broken = True
    outcome = workshop.sync()
    new = Snapshot(workshop)
    assert outcome.counts()["moved"] == 1
    assert new.documents.keys() == {"final.pdf"}
    assert [Path(entry.path).name for entry in new.files.values()] == ["final.pdf"]
    assert new.vectors.keys() == old.vectors.keys()


def test_a_row_of_metadata_changes_title_and_vectors(workshop: Any) -> None:
    workshop.write("lakes.pdf", "Lakes Programme", LAKES)
    workshop.sync()
    old = Snapshot(workshop)
    (workshop.folder / "metadata.csv").write_text("file,title,kind\nlakes.pdf,Fish for All,brief\n")
    workshop.sync()
    new = Snapshot(workshop)
    new.check(workshop)
    what = new.documents["lakes.pdf"].description
    assert (what.title, str(what.kind)) == ("Fish for All", "brief")
    assert new.passages == old.passages
    assert not any(np.array_equal(new.vectors[id_], old.vectors[id_]) for id_ in old.vectors)


def test_a_crash_inside_the_build_leaves_the_old_one_live_and_the_next_sync_finishes(workshop: Any) -> None:
    workshop.write("lakes.pdf", "Lakes Programme", LAKES)
    workshop.sync()
    before = fingerprint(workshop.library.path("0001"))
    workshop.write("wells.pdf", "Wells Programme", WELLS)
    workshop.embedder.broken = True
    with pytest.raises(RuntimeError, match="the model is gone"):
        workshop.sync()
    assert workshop.library.live() == "0001"
    assert workshop.library.generations() == ["0001"]
    assert Snapshot(workshop).finds("fishing")
    assert fingerprint(workshop.library.path("0001")) == before
    workshop.embedder.broken = False
    assert workshop.sync().generation == "0002"
    Snapshot(workshop).check(workshop)
    assert Snapshot(workshop).documents.keys() == {"lakes.pdf", "wells.pdf"}
    assert sorted(os.listdir(workshop.library.root / "generations")) == ["0001", "0002"]


def test_another_model_is_refused_until_a_rebuild_which_embeds_only_what_is_new(workshop: Any) -> None:
    workshop.write("lakes.pdf", "Lakes Programme", LAKES)
    workshop.sync()
    first = workshop.embedder
    workshop.embedder = type(first)("another")
    workshop.write("wells.pdf", "Wells Programme", WELLS)
    with pytest.raises(
        LibraryError, match=r"built with the embedding model hashes, .* python -m ingest rebuild"
    ):
        workshop.sync()
    assert workshop.library.live() == "0001"

    def again() -> str:
        made = rebuild(workshop.library, workshop.embedder, workshop.cache, workshop.settings)
        return made.generation or ""

    (workshop.folder / "lakes.pdf").rename(workshop.root / "away.pdf")  # a rebuild needs no source file
    assert again() == "0002"
    Snapshot(workshop).check(workshop)
    assert len(workshop.embedder.encoded) == len(Snapshot(workshop).passages)
    workshop.embedder.encoded.clear()
    assert again() == "0003"
    assert workshop.embedder.encoded == []
    workshop.embedder = first
    first.encoded.clear()
    assert again() == "0004"
    assert first.encoded == []  # both models' vectors are kept
    Snapshot(workshop).check(workshop)
    assert workshop.library.info("0004").models["embedding"]["name"] == "hashes"


def test_an_emptied_folder_withdraws_nothing_unless_allowed(workshop: Any) -> None:
    workshop.write("lakes.pdf", "Lakes Programme", LAKES)
    workshop.sync()
    (workshop.folder / "lakes.pdf").unlink()
    with pytest.raises(Exception, match="--allow-shrink"):
        workshop.sync()
    assert Snapshot(workshop).finds("fishing")
    assert workshop.sync(allow_shrink=True).generation == "0002"
    assert Snapshot(workshop).counts == {"documents": 0, "pages": 0, "passages": 0, "words": 0}


def test_a_dry_run_writes_nothing(workshop: Any) -> None:
    workshop.write("lakes.pdf", "Lakes Programme", LAKES)
    (work,), live = make_plans(workshop.library, workshop.folder, workshop.settings)
    assert ([item.name for item, _ in work.added], live) == (["lakes.pdf"], None)
    assert not workshop.library.root.exists()


def test_a_name_that_is_not_utf8_stops_nobody(workshop: Any) -> None:
    workshop.write("lakes.pdf", "Lakes Programme", LAKES)
    (workshop.folder / "lakes.pdf").rename(workshop.folder / os.fsdecode(b"caf\xe9.pdf"))
    assert workshop.sync().generation == "0001"
    assert Snapshot(workshop).files.keys() == {"caf\\xe9.pdf"}
    assert not workshop.sync().published


def test_two_folders_share_a_library(workshop: Any, tmp_path: Path) -> None:
    lakes = workshop.write("lakes.pdf", "Lakes Programme", LAKES)
    workshop.sync()
    more = tmp_path / "more"
    more.mkdir()
    (more / "copy.pdf").write_bytes(lakes.read_bytes())
    workshop.write("wells.pdf", "Wells Programme", WELLS).rename(more / "wells.pdf")
    sync(workshop.library, more, workshop.embedder, workshop.cache, workshop.settings)
    now = Snapshot(workshop)
    now.check(workshop)
    assert now.documents.keys() == {"lakes.pdf", "wells.pdf"}
    assert now.files["copy.pdf"].reason == "same bytes as lakes.pdf"


def test_reading_a_document_without_text_says_what_to_do(workshop: Any) -> None:
    path = workshop.write("empty.pdf", "", [])
    with pytest.raises(UnreadableFile, match=r"no text on the page \(1 page\); give the text version"):
        read_document(ReadJob(path, "ab" * 32, ""))
