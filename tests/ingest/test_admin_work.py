"""An admin's work on a library: folders, patterns, withdrawals, edits, candidates, rollback, prune."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ingest.admin import Admin, SourceFolder
from ingest.candidates import waiting
from ingest.documents import IngestError
from ingest.library import LibraryError
from ingest.plans import make_plans
from ingest.preview import preview
from ingest.publishing import discard, prune, publish, unlock
from ingest.readings import ReadingCache
from ingest.scan import sha256_of
from ingest.screen import sources as screen_sources
from ingest.sync import Choices, sync
from ingest.transfer import export_library, import_library

LAKES = ["The fishing cooperatives of the lakes doubled their catch between 2019 and 2023, it is said."]
ROADS = ["The mountain roads were paved by four companies of the north, and tolls pay for their upkeep."]
WELLS = [
    "Forty wells were dug in the dry east, and each village chose a keeper who holds the only key to it."
]


def files(workshop: Any) -> dict[str, tuple[str, str]]:
    with closing(workshop.library.catalogue(workshop.library.live())) as catalogue:
        return {entry.name: (entry.state, entry.reason) for entry in catalogue.files()}


def titles(workshop: Any) -> dict[str, str]:
    with closing(workshop.library.catalogue(workshop.library.live())) as catalogue:
        return {entry.name: entry.description.title for entry in catalogue.documents()}


def sync_all(workshop: Any, **choices: Any) -> Any:
    followed = list(Admin(workshop.library.root).sources())
    return sync(
        workshop.library, followed, workshop.embedder, workshop.cache, workshop.settings,
        choices=Choices(**choices),
    )  # fmt: skip


@pytest.fixture
def two(workshop: Any, tmp_path: Path) -> Path:
    """A library that follows the workshop's folder and a second one; gives the second."""
    workshop.write("lakes.pdf", "Lakes Programme", LAKES)
    workshop.write("roads.pdf", "Roads Programme", ROADS)
    more = tmp_path / "more"
    more.mkdir()
    workshop.write("wells.pdf", "Wells Programme", WELLS).rename(more / "wells.pdf")
    workshop.sync()
    sync(workshop.library, more, workshop.embedder, workshop.cache, workshop.settings)
    return more


def test_every_folder_ever_synced_is_followed(workshop: Any, two: Path) -> None:
    assert [each.folder for each in Admin(workshop.library.root).sources()] == sorted([workshop.folder, two])
    workshop.write("more.pdf", "Bridges Programme", [ROADS[0].replace("roads", "bridges")])
    (two / "wells.pdf").unlink()
    outcome = sync_all(workshop, allow_shrink=True)
    assert outcome.counts() == {"added": 1, "changed": 0, "moved": 0, "withdrawn": 1, "unchanged": 2}
    assert files(workshop).keys() == {"lakes.pdf", "roads.pdf", "more.pdf"}


def test_a_folder_that_is_not_there_keeps_its_documents(workshop: Any, two: Path, tmp_path: Path) -> None:
    two.rename(tmp_path / "unplugged")
    workshop.write("more.pdf", "Bridges Programme", [ROADS[0].replace("roads", "bridges")])
    outcome = sync_all(workshop)
    assert [bool(work.problem) for work in outcome.plans] == [False, True]
    assert outcome.plans[1].problem.startswith(f"{two} is not there; its 1 files stay in the library")
    assert files(workshop).keys() == {"lakes.pdf", "roads.pdf", "more.pdf", "wells.pdf"}
    shutil.rmtree(workshop.folder)
    with pytest.raises(IngestError, match="is not there"):
        sync_all(workshop)


def test_a_folder_followed_no_longer_is_withdrawn_and_one_never_heard_of_is_not(
    workshop: Any, two: Path
) -> None:
    Admin(workshop.library.root).drop_source(two)
    assert workshop.sync().counts()["withdrawn"] == 1
    assert files(workshop).keys() == {"lakes.pdf", "roads.pdf"}
    (workshop.library.root / "admin.sqlite").unlink()  # who lost the settings lost no document
    workshop.write("more.pdf", "Bridges Programme", [ROADS[0].replace("roads", "bridges")])
    assert workshop.sync().counts()["withdrawn"] == 0


def test_much_that_is_gone_at_once_is_asked_about(workshop: Any) -> None:
    names = [f"{number}.pdf" for number in range(8)]
    for name in names:
        workshop.write(name, f"Programme {name}", [f"{LAKES[0]} Lake {name}."])
    workshop.sync()
    for name in names[:4]:
        (workshop.folder / name).unlink()
    with pytest.raises(IngestError, match=r"lacks 4 of its files, .* holds 8 files .* --allow-shrink"):
        workshop.sync()
    assert len(files(workshop)) == 8
    assert workshop.sync(allow_shrink=True).counts()["withdrawn"] == 4


def test_a_folder_in_a_followed_one_is_refused(workshop: Any) -> None:
    """Each of the two would take the other's files for new at every run."""
    (workshop.folder / "annexes").mkdir()
    workshop.write("lakes.pdf", "Lakes Programme", LAKES)
    workshop.sync()
    inner = workshop.folder / "annexes"
    with pytest.raises(IngestError, match=r"lies in .* which is followed already; set patterns"):
        sync(workshop.library, inner, workshop.embedder, workshop.cache, workshop.settings)
    assert files(workshop).keys() == {"lakes.pdf"}


def test_patterns_choose_files(workshop: Any) -> None:
    workshop.write("lakes.pdf", "Lakes Programme", LAKES)
    (workshop.folder / "drafts").mkdir()
    workshop.write("roads.pdf", "Roads Programme", ROADS).rename(workshop.folder / "drafts" / "roads.pdf")
    (workshop.folder / "notes.txt").write_text(WELLS[0])
    source = SourceFolder(workshop.folder, include=("*.pdf",), exclude=("drafts/",))
    Admin(workshop.library.root).put_source(source)
    workshop.sync()
    assert files(workshop).keys() == {"lakes.pdf"}


def test_a_document_withdrawn_by_hand_stays_out_until_it_is_restored(workshop: Any) -> None:
    workshop.write("lakes.pdf", "Lakes Programme", LAKES)
    workshop.write("roads.pdf", "Roads Programme", ROADS)
    workshop.sync()
    admin = Admin(workshop.library.root)
    sha, name = workshop.library.document("roads.pdf")
    admin.withdraw(sha, "Ada", "wrong annex")
    assert workshop.sync().counts()["withdrawn"] == 1
    assert titles(workshop).keys() == {"lakes.pdf"}
    state, reason = files(workshop)[name]
    assert state == "skipped"
    assert reason.startswith("withdrawn by Ada on ")
    assert reason.endswith(": wrong annex")
    assert not workshop.sync().published
    (workshop.folder / "copy.pdf").write_bytes((workshop.folder / "roads.pdf").read_bytes())
    workshop.sync()
    assert files(workshop)["copy.pdf"][0] == "skipped"
    admin.restore(workshop.library.document("roads.pdf")[0])
    workshop.sync()
    assert titles(workshop).keys() == {"lakes.pdf", "copy.pdf"}
    assert not workshop.sync().published


def test_an_edit_is_kept_over_indexing_and_can_be_taken_back(workshop: Any) -> None:
    workshop.write("lakes.pdf", "Lakes Programme", LAKES)
    workshop.sync()
    admin = Admin(workshop.library.root)
    sha, _ = workshop.library.document("lakes.pdf")
    admin.edit(sha, {"title": "Fish for All", "countries": "Mali; NER"})
    with pytest.raises(IngestError, match="kind"):
        admin.edit(sha, {"kind": "novel"})
    assert workshop.sync().counts()["changed"] == 1
    assert titles(workshop) == {"lakes.pdf": "Fish for All"}
    workshop.write("roads.pdf", "Roads Programme", ROADS)
    workshop.sync()
    assert titles(workshop)["lakes.pdf"] == "Fish for All"
    (workshop.folder / "lakes.pdf").rename(workshop.folder / "fish.pdf")
    workshop.sync()
    assert titles(workshop)["fish.pdf"] == "Fish for All"
    assert not workshop.sync().published
    admin.edit(sha, {"countries": "-"})
    workshop.sync()
    assert titles(workshop)["fish.pdf"] == "Lakes Programme"
    with closing(workshop.library.catalogue(workshop.library.live())) as catalogue:
        assert all(entry.description.countries == () for entry in catalogue.documents())


def test_a_preview_keeps_what_it_read_and_changes_nothing(workshop: Any) -> None:
    workshop.write("lakes.pdf", "Lakes Programme", LAKES)
    workshop.sync()
    copy = workshop.folder / "copy.pdf"
    copy.write_bytes((workshop.folder / "lakes.pdf").read_bytes())
    workshop.write("roads.pdf", "Roads Programme", ROADS)
    (workshop.folder / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing of a PDF follows")
    before = sorted(workshop.library.generations())
    found = preview(workshop.library, workshop.folder, workshop.settings)
    assert found.counts() == {"added": 3, "changed": 0, "moved": 0, "withdrawn": 0, "unchanged": 1}
    assert [(each.file, each.of, each.how) for each in found.duplicates] == [
        ("copy.pdf", "lakes.pdf", "same bytes")
    ]
    assert [name for name, _ in found.failed] == ["broken.pdf"]
    assert sorted(workshop.library.generations()) == before
    with workshop.library.writing():  # it needs no lock
        preview(workshop.library, workshop.folder, workshop.settings)
    roads = sha256_of(workshop.folder / "roads.pdf")
    assert ReadingCache(workshop.library.root / "readings.sqlite").has([roads]) == {roads}
    workshop.sync()
    assert titles(workshop).keys() == {"lakes.pdf", "roads.pdf"}


def test_a_plan_counts_what_this_version_reads_again(workshop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    workshop.write("lakes.pdf", "Lakes Programme", LAKES)
    workshop.write("roads.pdf", "Roads Programme", ROADS)
    workshop.sync()
    (workshop.folder / "roads.pdf").unlink()
    monkeypatch.setattr("ingest.plans.readers", lambda: "better ones")
    found = preview(workshop.library, workshop.folder, workshop.settings, allow_shrink=True)
    assert (found.counts()["unchanged"], found.read_again, found.empty) == (1, 1, False)
    assert "1 of these read again" in screen_sources.plan(found.as_json())
    assert workshop.sync(allow_shrink=True).generation == "0002"


def test_a_candidate_waits_and_is_published_or_discarded(workshop: Any) -> None:
    workshop.write("lakes.pdf", "Lakes Programme", LAKES)
    workshop.sync()
    workshop.write("roads.pdf", "Roads Programme", ROADS)
    held = workshop.sync(hold=True, who="Ada")
    assert (held.candidate, held.generation, held.published) == ("0002", "0001", False)
    assert workshop.library.generations() == ["0001", "0002"]
    assert titles(workshop).keys() == {"lakes.pdf"}
    workshop.library.discard("0002")
    assert workshop.library.generations() == ["0001"]
    again = workshop.sync(hold=True)
    publish(workshop.library, again.candidate, "Ada")
    assert titles(workshop).keys() == {"lakes.pdf", "roads.pdf"}
    deeds = [(deed.who, deed.action) for deed in Admin(workshop.library.root).audit()]
    assert ("Ada", "published") in deeds
    assert ("Ada", "held") in deeds


def test_the_audit_says_what_was_indexed_and_what_was_not(workshop: Any) -> None:
    def last() -> str:
        return next(
            deed.detail for deed in Admin(workshop.library.root).audit() if deed.action == "published"
        )

    lakes = workshop.write("lakes.pdf", "Lakes Programme", LAKES)
    shutil.copy(lakes, workshop.folder / "lakes again.pdf")
    workshop.write("roads.pdf", "Roads Programme", ROADS)
    (workshop.folder / "broken.pdf").write_bytes(b"%PDF-1.7 no more of it")
    assert workshop.sync(ocr=False).counts()["added"] == 4
    assert last() == "generation 0001 (2 added; could not be read: broken.pdf; skipped: lakes.pdf)"
    lakes.write_bytes(b"%PDF-1.7 nothing now")
    for number in range(7):
        (workshop.folder / f"torn {number}.pdf").write_bytes(f"%PDF-1.7 torn {number}".encode())
    workshop.write("wells.pdf", "Wells Programme", WELLS)
    workshop.sync(ocr=False)
    assert last() == (
        "generation 0002 (1 added, 3 unchanged; could not be read: torn 0.pdf, torn 1.pdf, torn 2.pdf,"
        " torn 3.pdf, torn 4.pdf and 3 more)"
    )


def test_what_waits_is_not_built_again_and_makes_room_for_what_is_newer(workshop: Any) -> None:
    """A watch whose gate says no would else pile up a generation at every look."""
    workshop.write("lakes.pdf", "Lakes Programme", LAKES)
    workshop.sync()
    workshop.write("roads.pdf", "Roads Programme", ROADS)
    assert workshop.sync(hold=True).candidate == "0002"
    again = workshop.sync(hold=True)
    assert (again.candidate, again.held) == ("0002", "it waits for you to publish or discard it")
    assert workshop.library.generations() == ["0001", "0002"]
    workshop.write("wells.pdf", "Wells Programme", WELLS)
    assert workshop.sync(hold=True).candidate == "0003"
    assert workshop.library.generations() == ["0001", "0003"]
    deeds = [(deed.action, deed.detail) for deed in Admin(workshop.library.root).audit()]
    assert [action for action, _ in deeds].count("held") == 2
    assert ("discarded", "generation 0002: 0003 took its place") in deeds
    outcome = workshop.sync()  # nobody holds it back any more: what waits is published as it is
    assert (outcome.generation, outcome.published, outcome.candidate) == ("0003", True, "")
    assert titles(workshop).keys() == {"lakes.pdf", "roads.pdf", "wells.pdf"}


def test_what_waits_is_built_anew_where_something_has_changed(workshop: Any) -> None:
    workshop.write("lakes.pdf", "Lakes Programme", LAKES)
    workshop.sync()
    workshop.write("roads.pdf", "Roads Programme", ROADS)
    workshop.sync(hold=True)
    sha = sha256_of(workshop.folder / "roads.pdf")
    Admin(workshop.library.root).edit(sha, {"title": "Roads for All"})
    assert workshop.sync(hold=True).candidate == "0003"
    assert workshop.sync(hold=True, retry=True).candidate == "0004"
    workshop.library.publish("0004")
    assert titles(workshop)["roads.pdf"] == "Roads for All"


def test_a_generation_taken_in_from_elsewhere_is_never_overtaken(workshop: Any) -> None:
    workshop.write("lakes.pdf", "Lakes Programme", LAKES)
    workshop.sync()
    archive = workshop.root / "library.tar"
    export_library(workshop.library, archive)
    import_library(archive, workshop.library.root, publish=False)
    workshop.write("roads.pdf", "Roads Programme", ROADS)
    workshop.sync(hold=True)
    assert workshop.library.generations() == ["0001", "0002", "0003"]
    assert waiting(workshop.library) == ["0003", "0002"]


def test_a_number_is_given_once(workshop: Any) -> None:
    workshop.write("lakes.pdf", "Lakes Programme", LAKES)
    workshop.sync()
    workshop.write("roads.pdf", "Roads Programme", ROADS)
    discard(workshop.library, workshop.sync(hold=True).candidate, "Ada")
    assert workshop.sync().generation == "0003"


def test_rollback_goes_back_through_what_was_live(workshop: Any) -> None:
    workshop.write("lakes.pdf", "Lakes Programme", LAKES)
    workshop.sync()
    with pytest.raises(LibraryError, match="no earlier generation"):
        workshop.library.rollback()
    for number in range(2, 4):
        workshop.write("lakes.pdf", "Lakes Programme", [f"{LAKES[0]} Edition {number}."])
        workshop.sync()
    workshop.write("lakes.pdf", "Lakes Programme", WELLS)
    workshop.sync(hold=True)
    assert workshop.library.live() == "0003"
    assert workshop.library.rollback() == "0002"
    assert workshop.library.rollback() == "0001"
    with pytest.raises(LibraryError, match="no earlier generation"):
        workshop.library.rollback()
    assert workshop.sync().generation == "0005"


def test_prune_keeps_the_live_one_those_being_read_and_their_originals(workshop: Any) -> None:
    workshop.write("lakes.pdf", "Lakes Programme", LAKES)
    workshop.sync()
    first, _ = workshop.library.document("lakes.pdf")
    for number in range(2, 6):
        workshop.write("lakes.pdf", "Lakes Programme", [f"{LAKES[0]} Edition {number}."])
        workshop.sync()
    workshop.library.publish("0002")
    with workshop.library.lease("0001"):
        gone = prune(workshop.library, 1, "Ada")
        assert gone.generations == ("0003", "0004")
        assert workshop.library.original(first) is not None
        with pytest.raises(LibraryError, match="being read"):
            workshop.library.discard("0001")
    gone = prune(workshop.library, 1, "Ada")
    assert gone.generations == ("0001",)
    assert workshop.library.generations() == ["0002", "0005"]
    assert workshop.library.original(first) is None
    assert gone.size > 0
    with pytest.raises(LibraryError, match="just been removed"), workshop.library.lease("0001"):
        pass
    assert workshop.library.next_name() == "0006"


def test_the_password_of_a_locked_file_is_asked_for_and_kept(workshop: Any) -> None:
    from pypdf import PdfReader, PdfWriter

    plain = workshop.write("lakes.pdf", "Lakes Programme", LAKES)
    writer = PdfWriter(clone_from=PdfReader(plain))
    writer.encrypt("s3sam", algorithm="AES-256")
    writer.write(plain)
    writer.close()
    (failed,) = workshop.sync().failed
    assert "password" in failed.reason
    assert not workshop.sync().published
    with pytest.raises(IngestError, match="does not open"):
        unlock(workshop.library, plain, "wrong", "Ada")
    unlock(workshop.library, plain, "s3sam", "Ada")
    assert not workshop.sync().failed
    assert titles(workshop) == {"lakes.pdf": "Lakes Programme"}
    assert (workshop.library.root / "admin.sqlite").stat().st_mode & 0o077 == 0


def test_plans_need_a_folder(workshop: Any) -> None:
    with pytest.raises(IngestError, match="no source folder is known yet"):
        make_plans(workshop.library, [], workshop.settings)


def test_what_failed_is_read_again_when_asked(workshop: Any) -> None:
    for number in range(2):
        workshop.write(f"{number}.pdf", f"Lake {number}", [f"{LAKES[0]} Lake {number}."])
    impatient = workshop.settings.model_copy(update={"read_timeout": 0.001})
    outcome = sync(workshop.library, workshop.folder, workshop.embedder, workshop.cache, impatient)
    assert len(outcome.failed) == 2
    assert "sync with --retry" in outcome.failed[0].reason
    assert not workshop.sync().published
    assert not workshop.sync(retry=True).failed
    assert titles(workshop).keys() == {"0.pdf", "1.pdf"}
