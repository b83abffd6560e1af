"""The Documents screen: what it shows, what its deeds do, what its routes hand out and take in."""

from __future__ import annotations

import os
import socket
import tomllib
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from ingest.admin import Deed, SourceFolder
from ingest.documents import EMPTY_PAGE, Block, IngestError, Page
from ingest.gate import Changed, GateResult, keep
from ingest.jobs import Job
from ingest.screen import document as screen_document
from ingest.screen import job as screen_job
from ingest.screen import pages as screen_pages
from ingest.screen import sources as screen_sources
from ingest.screen import table as screen_table
from ingest.screen.acts import Acts
from ingest.screen.generations import audit, generations
from ingest.screen.looking import Look, Looking
from ingest.screen.page import documents
from ingest.screen.parts import sentence
from ingest.status import COPY, FAILED, FAULTS, SUPERSEDED, UNKNOWN, UNREAD, UNSURE, WELL, attention
from ingest.sync import sync
from tests.ingest.conftest import WORDS, Workshop, row_of

ROOT = Path(__file__).parent.parent.parent
LOCKED_PDF = "the PDF is locked with a password; give it with: python -m ingest password FILE"
NASTY = "<img src=x onerror=alert(1)>\"'${alert(1)}"


# What needs attention


def without_text(reason: str, *pages: int) -> list[dict[str, Any]]:
    return [{"page": page, "reason": reason} for page in pages]


def test_the_most_pressing_comes_first(acts: Acts) -> None:
    rows = screen_table.chosen(acts.rows(), "", screen_table.SHOWS[0])
    assert [row["attention"]["rank"] for row in rows] == [FAILED, WELL, COPY]
    html = screen_table.table(rows, len(rows))
    assert html.index("bad.pdf") < html.index("Evaluation of the programme in Senegal")
    assert "<b>Failed:</b>" in html
    assert "3 files · 1 failed" in html
    failed = screen_table.chosen(rows, "", "failed")
    assert [row["document"] for row in failed] == ["bad.pdf"]
    assert [row["document"] for row in screen_table.chosen(rows, "SENEGAL evaluation pdf", "")][:1]
    assert screen_table.chosen(rows, "mali", "") == []
    assert "No document is like that" in screen_table.table([], 3)
    assert "No documents yet" in screen_table.table([], 0)


@pytest.mark.parametrize(
    ("change", "rank", "why"),
    [
        ({"state": "failed", "reason": "damaged"}, FAILED, "damaged"),
        ({"unread_pages": without_text("a scan", 1, 2, 5, 9)}, UNREAD, "pages 1, 2, 5 and 1 more"),
        ({"unread_pages": without_text(EMPTY_PAGE, 2), "pages": 9}, WELL, ""),  # the back of a title page
        ({"unread_pages": without_text(EMPTY_PAGE, 2), "pages": 2}, UNREAD, "1 of 2 pages hold no text"),
        ({"quality": {"faults": 40, "faulty_pages": [3]}}, FAULTS, "40 wrong letters (page 3)"),
        ({"quality": {"faults": 3, "faulty_pages": [3]}}, WELL, ""),
        ({"language": "und"}, UNKNOWN, "language unknown"),
        ({"found": {"title": "file name"}}, UNKNOWN, "title from the file name"),
        ({"superseded_by": "n", "superseded": "New"}, SUPERSEDED, "there is a newer version: New"),
        ({"superseded_by": "s"}, SUPERSEDED, "no longer in force"),
        ({"ocr_pages": [{"page": 2, "confidence": 0.5}]}, UNSURE, "OCR is unsure of page 2"),
        ({"ocr_pages": [{"page": 2, "confidence": 0.9}]}, WELL, ""),
    ],
)  # fmt: skip
def test_attention(acts: Acts, change: dict[str, Any], rank: int, why: str) -> None:
    row = {**row_of(acts, "good.pdf"), "sha256": "s", **change}
    found, whys = attention(row)
    assert found == rank
    assert why in "".join(whys)


# One document


def test_a_document_is_limited_to_groups_and_opened_again(acts: Acts) -> None:
    row = row_of(acts, "good.pdf")
    assert str(acts.limit(row, {"groups": "HQ ;"}, "Ana")) == "only members of hq read it from now on"
    row = row_of(acts, "good.pdf")
    assert [each["groups"] for each in row["limits"]] == [["hq"]]
    assert "Only hq" in screen_table.notes(row)
    assert {each["sha256"] for each in screen_table.chosen(acts.rows(), "hq", "")} == {row["sha256"]}
    assert "Read only by" in screen_document.about(row)
    assert 'value="hq"' in screen_document.form(row)
    for wrong, why in (("", "no group is named"), ("<b>", "cannot be a group's name")):
        with pytest.raises(IngestError, match=why):
            acts.limit(row, {"groups": wrong}, "Ana")
    assert "everyone" in str(acts.unlimit(row, "Ana"))
    assert row_of(acts, "good.pdf")["limits"] == []
    assert [deed.action for deed in acts.admin.audit(2)] == ["limit lifted", "limited"]


def test_only_changed_fields_become_the_admins_own(acts: Acts) -> None:
    row = row_of(acts, "good.pdf")
    sent = {field: screen_document.value(row, field) for field in screen_document.FIELDS}
    assert "Senegal" in sent["countries"]
    assert screen_document.edited(row, sent) == {}
    assert str(acts.edit(row, sent, "Ana")) == "nothing was changed"
    with pytest.raises(IngestError, match=r"^countries holds 'Atlantis'"):
        acts.edit(row, {**sent, "countries": "Atlantis"}, "Ana")
    acts.edit(row, {**sent, "countries": "Mali; NER", "title": " A title "}, "Ana")
    row = row_of(acts, "good.pdf")
    assert row["edited"] == {"countries": "Mali; NER", "title": "A title"}
    assert row["waiting"] == "will be described anew"
    assert "set by an admin" in screen_document.about(row)
    assert screen_document.edited(row, {"title": "", "countries": "Mali; NER"}) == {"countries": "Mali; NER"}
    acts.give_back(row, "Ana")
    assert row_of(acts, "good.pdf")["edited"] == {}
    assert [deed.action for deed in acts.admin.audit()[:2]] == ["edited", "edited"]


def test_a_document_is_withdrawn_and_brought_back(acts: Acts, workshop: Workshop) -> None:
    acts.withdraw(row_of(acts, "good.pdf"), " old ", "Ana")
    row = row_of(acts, "good.pdf")
    assert row["waiting"] == "will be taken out"
    assert "Bring it back" in screen_document.form(row)
    workshop.sync()
    row = row_of(acts, "good.pdf")
    assert (row["state"], row["waiting"]) == ("skipped", "")
    assert "Withdrawn by Ana" in screen_document.about(row)
    acts.restore(row, "Ana")
    assert row_of(acts, "good.pdf")["waiting"] == "will be brought back"
    with pytest.raises(IngestError, match="was not withdrawn"):
        acts.restore(row, "Ana")
    workshop.sync()
    assert row_of(acts, "good.pdf")["state"] == "indexed"


def test_an_uploaded_file_is_removed(acts: Acts, workshop: Workshop) -> None:
    """A damaged one would else be named as failed for good: it has no document to withdraw."""
    folder = acts.uploads()
    (folder / "note.md").write_text("# A note\n\nThe office of the lakes helps returnees to find work.\n")
    (folder / "junk.pdf").write_bytes(b"%PDF-1.7\nnothing of a PDF follows")
    sync(acts.library, acts.admin.sources(), workshop.embedder, workshop.cache, workshop.settings)
    assert "Remove the uploaded file" not in screen_document.form(row_of(acts, "good.pdf"))
    with pytest.raises(IngestError, match="only what was uploaded can be removed"):
        acts.remove(row_of(acts, "good.pdf"), "Ana")
    row = row_of(acts, "junk.pdf")
    assert "Remove the uploaded file" in screen_document.form(row)
    assert "junk.pdf is deleted" in str(acts.remove(row, "Ana"))
    row = row_of(acts, "junk.pdf")
    assert row["waiting"] == "will be taken out"
    with pytest.raises(IngestError, match="gone already"):
        acts.remove(row, "Ana")
    assert acts.admin.audit(1)[0].detail == "the uploaded file junk.pdf"
    sync(acts.library, acts.admin.sources(), workshop.embedder, workshop.cache, workshop.settings)
    assert "junk.pdf" not in {row["document"] for row in acts.rows()}
    assert row_of(acts, "note.md")["state"] == "indexed"


@pytest.mark.parametrize("path", ["", "/etc/passwd", "../good.pdf"])
def test_only_listed_files_are_opened(acts: Acts, path: str) -> None:
    with pytest.raises(IngestError, match="no longer in the library"):
        acts.row(path)


def test_a_page_shows_its_blocks_and_tables() -> None:
    cells = (("Indicator", "Jobs"), ("Target", "150"))
    blocks = (
        Block("heading", f"Results {NASTY}", level=1),
        Block("row", "Indicator Target", table=1),
        Block("row", "Jobs 150", cells=cells, table=1),
        Block("row", "Total", table=1),
        Block("footnote", "of which women: 61"),
    )
    html = screen_pages.page(
        "a" * 64, "pdf", [Page(1, "iv", blocks, ocr=0.83), Page(2, "", (), "no text")], 0
    )
    assert "<img src=x" not in html
    assert f"/documents/page/{'a' * 64}/1.png" in html
    assert "(printed iv)" in html
    assert "83% sure" in html
    assert '<th scope="col">Indicator</th><th scope="col">Target</th>' in html
    assert "<td>Jobs</td><td>150</td>" in html
    assert "Indicator Target" not in html  # the line of headers stands above the table already
    assert '<td colspan="2">Total</td>' in html
    assert "Not read: no text." in screen_pages.page("a" * 64, "pdf", [Page(2, "", (), "no text")], 7)
    assert "/documents/page/" not in screen_pages.page("a" * 64, "docx", [Page(None, "", blocks)], 0)


# Sources, plan, run


def test_folders_are_checked_before_they_are_followed(acts: Acts, tmp_path: Path) -> None:
    for given, said in (
        ("documents", "whole path"),
        (str(tmp_path / "none"), "is not a folder"),
        (str(acts.root), "is a library"),
    ):
        with pytest.raises(IngestError, match=said):
            acts.follow({"folder": given}, "Ana")
    sent = {"folder": str(tmp_path / "documents"), "include": "*.pdf, *.md", "exclude": "drafts/"}
    assert "holds 3 files" in str(acts.follow(sent, "Ana"))
    (source,) = acts.admin.sources()
    assert (source.include, source.exclude) == (("*.pdf", "*.md"), ("drafts/",))
    inner = tmp_path / "documents" / "drafts"
    inner.mkdir()
    for other, said in ((inner, "lies in"), (tmp_path, "follow that one no longer first")):
        with pytest.raises(IngestError, match=said):
            acts.follow({"folder": str(other)}, "Ana")
    assert acts.uploads().is_dir()  # in the library, wherever that lies
    acts.drop(str(acts.uploads()), "Ana")
    html = screen_sources.sources([*acts.admin.sources(), SourceFolder(Path(f"/none/{NASTY}"))], acts.root)
    assert "only *.pdf, *.md; without drafts/" in html
    assert "not there now" in html
    assert "<img" not in html
    with pytest.raises(IngestError, match="is not followed"):
        acts.drop("/etc", "Ana")
    acts.drop(str(source.folder), "Ana")
    assert acts.admin.sources() == ()
    with pytest.raises(IngestError, match="no folder is followed"):
        acts.run({}, "Ana")


def test_what_would_change_is_worked_out_in_the_background(acts: Acts, workshop: Workshop) -> None:
    looking = Looking(workshop.settings, sentence)
    workshop.write("new.pdf", "A guidance note on remittances", WORDS)
    (workshop.folder / "zcopy.pdf").unlink()
    looking.start()
    looking.wait()
    assert looking.look.found is not None
    html = screen_sources.plan(looking.look.found)
    assert "1 to add, 1 to take out, 2 as they were" in html
    assert "new.pdf" in html
    assert acts.library.generations() == ["0001"]
    looking.forget()
    assert looking.look == Look()
    for item in workshop.folder.iterdir():
        item.unlink()
    looking.start()
    looking.wait()
    assert looking.look.state == "failed"
    assert "is empty" in looking.look.problem


def test_a_plan_names_duplicates_versions_and_failures() -> None:
    folder = {
        "folder": "/a", "problem": f"/a is not there {NASTY}", "added": [NASTY], "changed": ["c"],
        "moved": [["old", "new"]], "withdrawn": ["w"], "unchanged": 2,
    }  # fmt: skip
    found = {
        "folders": [folder],
        "duplicates": [{"file": "d", "of": "e", "how": "nearly the same text"}],
        "new_versions": [{"file": "v2", "of": "v1"}],
        "failed": [{"file": "f", "reason": "damaged"}, {"file": "l", "reason": LOCKED_PDF}],
        "scans": [{"file": "s", "pages": 3}],
    }
    html = screen_sources.plan(found)
    for words in (
        "d has nearly the same text as e", "v2 is a newer version of v1", "f: damaged", "old is now new",
        "/a is not there", "l: the PDF is locked with a password; open it under Documents and give its",
        "s: 3 scanned pages",
    ):  # fmt: skip
        assert words in html
    assert "<img" not in html
    lists = ("folders", "duplicates", "new_versions", "failed", "scans")
    nothing: dict[str, list[Any]] = {name: [] for name in lists}
    assert "Nothing would change" in screen_sources.plan(nothing)


def test_a_run_is_started_with_what_was_chosen(acts: Acts, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr("ingest.jobs.start", lambda root, arguments, who: started.append(list(arguments)))
    acts.run({"shrink": "yes", "retry": "yes", "bank": "0"}, "Ana")
    with pytest.raises(IngestError, match="no such bank"):
        acts.run({"test": "yes", "bank": "/etc/passwd"}, "Ana")
    (acts.root / "banks").mkdir()
    bank = acts.root / "banks" / "mine.jsonl"
    bank.write_text("{}")
    assert acts.banks() == [("0", "mine.jsonl")]
    acts.run({"test": "yes", "bank": "0"}, "Ana")
    assert started == [
        ["sync", "--allow-shrink", "--retry"],
        ["sync", "--hold", "--gate", str(bank.resolve())],
    ]
    acts.settings.gate_bank = bank
    acts.run({}, "Ana")  # the box was ticked, and the admin took the tick away
    assert started[-1] == ["sync", "--no-gate"]
    assert "Index, test, then decide" in screen_sources.run(acts.banks(), False, True)
    assert "Read again" not in screen_sources.run(acts.banks(), False, True)
    assert "Read again what failed (1 file)" in screen_sources.run((), False, True, failed=acts.failed())
    assert acts.other_models() is None
    acts.settings.embedding_model = "another/model"
    acts.run({"shrink": "yes"}, "Ana")
    assert started[-1] == ["rebuild", "--no-gate"]
    html = screen_sources.run(acts.banks(), False, True, models=acts.other_models())
    assert "built with the embedding model hashes, and answers with it; the settings name model now" in html
    assert "Build anew and publish" in html
    assert "shrink" not in html
    with pytest.raises(IngestError, match="nothing is under way"):
        acts.stop("Ana")


def test_the_work_under_way_in_words() -> None:
    now = Job(
        "1", "sync", NASTY, os.getpid(), socket.gethostname(), "2026-01-02T03:04:05+00:00", stage="reading",
        done=3, total=30, detail=NASTY, stage_since=100.0, failed=((NASTY, "damaged"),),
    )  # fmt: skip
    html = screen_job.job(now, 104.0, "0001")
    assert "3 of 30 files, about 40 seconds left" in html
    assert "1 file could not be read so far" in html
    assert "<img" not in html
    ended = replace(now, state="done", message="generation 0002 published")
    assert "Generation 0002 published. " in screen_job.job(ended, 0, "0002")
    assert "Generation 0001 is live." in screen_job.job(ended, 0, "0001")  # somebody went back
    long = replace(ended, message=f"generation 0002 is built and not published: {'worse ' * 60}")
    assert "see why under Generations" in screen_job.job(long, 0, "0001")
    reading = replace(now, stage="OCR", detail="")
    assert "<b>Reading scanned pages by OCR</b> <span>3 of 30 pages" in screen_job.job(reading, 104.0, "0001")
    locked = replace(now, failed=(("l.pdf", LOCKED_PDF),))
    assert "python -m" not in screen_job.job(locked, 104.0, "0001")
    assert "broke off" in screen_job.job(replace(now, state="died", message="x"), 0, None)
    assert screen_job.job(None, 0, None) == ""


# Generations and audit


def test_generations_with_the_gates_word(acts: Acts, workshop: Workshop) -> None:
    workshop.write("new.pdf", "A guidance note on remittances", WORDS)
    workshop.sync(hold=True)
    changed = tuple(Changed(f"How many? {NASTY}", "5", NASTY, way, "lost") for way in ("worse", "better"))
    keep(
        acts.root, "0002", GateResult(False, "It falls short", 1, 1, changed, "0001", "0002.html", ("less",))
    )
    html = generations(acts.generations(), acts.before())
    assert "waits for your decision" in html
    assert "Worse: 1 answer" in html
    assert 'href="/documents/gate/0002.html"' in html
    assert 'data-do="force"' in html
    assert 'data-do="rollback"' not in html
    assert "<img" not in html
    with pytest.raises(IngestError, match="gate did not pass"):
        acts.publish("0002", "Ana")
    acts.publish("0002", "Ana", force=True)
    assert acts.before() == "0001"
    html = generations(acts.generations(), acts.before())
    assert "Go back to the one before (0001)" in html
    assert "Passages looked for by their own words, and found: " in html
    assert "by force" in acts.admin.audit()[0].detail
    said = str(acts.rollback("Ana"))
    assert said.startswith("generation 0001 is live again; the next run takes in anew what is in the folders")
    with pytest.raises(IngestError, match="no such generation"):
        acts.publish("../0001", "Ana")
    acts.discard("0002", "Ana")
    assert acts.library.generations() == ["0001"]
    with pytest.raises(IngestError, match="1 or more"):
        acts.prune("0", "Ana")
    assert "0 generations" in str(acts.prune("3", "Ana"))
    assert "<img" not in audit([Deed("2026-01-02T03:04:05+00:00", NASTY, NASTY, NASTY)])
    assert "Nothing has been done" in audit([])


def test_the_screen_is_found_by_its_entry_point() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    value = project["entry-points"]["assistant.screens"]["Documents"]
    assert EntryPoint("Documents", value, "assistant.screens").load() is documents
