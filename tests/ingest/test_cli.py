"""The admin's front door: what it prints, its exit codes, and that no stack trace reaches anyone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ingest import __main__ as front
from ingest import settings as settings_module
from ingest.documents import IngestError

ROOT = Path(__file__).parents[2]
TEXT = (
    "The fishing cooperatives of the lakes doubled their catch between 2019 and 2023, the evaluation found."
)


@pytest.fixture
def admin(workshop: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command on the workshop's library with its small embedder."""
    monkeypatch.setattr(settings_module, "embedder_for", lambda settings: workshop.embedder)
    monkeypatch.setenv("ASSISTANT_LIBRARY", str(workshop.library.root))
    monkeypatch.setenv("ASSISTANT_READERS", "1")

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(front.app, [str(item) for item in arguments])

    return run


def test_sync_says_what_changed_and_what_failed(workshop: Any, admin: Any) -> None:
    workshop.write("lakes.pdf", "Lakes Programme", [TEXT])
    (workshop.folder / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing of a PDF follows")
    (workshop.folder / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    dry = admin("sync", workshop.folder, "--dry-run")
    assert dry.exit_code == 0
    assert "3 added" in dry.stdout
    assert "  added: lakes.pdf" in dry.stdout
    assert not workshop.library.root.exists()

    result = admin("sync", workshop.folder)
    assert result.exit_code == 1  # a file failed
    lines = result.stdout.splitlines()
    assert any(line.startswith("  failed: broken.pdf: ") for line in lines)
    assert any(line.startswith("  skipped: photo.png: ") for line in lines)
    assert lines[-1] == "Generation 0001 published: 1 files indexed."

    again = admin("sync", workshop.folder)
    assert "Generation 0001 unchanged: 1 files indexed." in again.stdout
    assert "failed: broken.pdf" in again.stdout  # said until it is mended
    assert "photo.png" not in again.stdout

    (workshop.folder / "broken.pdf").unlink()
    result = admin("sync", workshop.folder, "--json")
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert (told["generation"], told["published"], told["plan"]["withdrawn"]) == ("0002", True, 1)
    assert {item["document"]: item["state"] for item in told["files"]} == {
        "lakes.pdf": "indexed",
        "photo.png": "skipped",
    }


def test_status_names_each_file_and_page_that_was_not_read(workshop: Any, admin: Any) -> None:
    assert "python -m ingest sync FOLDER" in admin("status").stdout
    assert json.loads(admin("status", "--json").stdout) == {"generation": None, "documents": []}
    workshop.write("lakes.pdf", "Lakes Programme", [TEXT], [])
    (workshop.folder / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing of a PDF follows")
    admin("sync", workshop.folder)
    shown = admin("status").stdout
    assert "Generation 0001: 2 files." in shown
    assert "failed   broken.pdf" in shown
    assert "Lakes Programme · " in shown
    assert "not read: page 2 (no text on the page)" in shown
    broken, lakes = json.loads(admin("status", "--json").stdout)["documents"]
    assert (broken["state"], broken["pages"]) == ("failed", 0)
    assert broken["reason"]
    assert (lakes["state"], lakes["title"], lakes["language"], lakes["pages"]) == (
        "indexed", "Lakes Programme", "en", 2,
    )  # fmt: skip
    assert lakes["unread_pages"] == [{"page": 2, "reason": "no text on the page"}]


def test_rebuild_and_generations(workshop: Any, admin: Any) -> None:
    workshop.write("lakes.pdf", "Lakes Programme", [TEXT])
    admin("sync", workshop.folder)
    assert "Generation 0002 published." in admin("rebuild").stdout
    first, second = admin("generations").stdout.splitlines()
    assert first.startswith("  0001")
    assert second.startswith("* 0002")
    assert second.endswith("1 documents  1 passages")


def test_library_option_goes_before_the_setting(workshop: Any, admin: Any, tmp_path: Path) -> None:
    workshop.write("lakes.pdf", "Lakes Programme", [TEXT])
    admin("sync", workshop.folder, "--library", tmp_path / "other")
    assert (tmp_path / "other" / "live").read_text(encoding="utf-8") == "0001\n"
    assert not workshop.library.root.exists()


def test_a_wrong_argument_is_one_sentence(
    workshop: Any, admin: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    result = admin("sync", workshop.root / "nowhere")
    assert isinstance(result.exception, IngestError)  # for `main`, which turns it into one line
    monkeypatch.setattr(sys, "argv", ["ingest", "rebuild"])
    with pytest.raises(SystemExit) as ended:
        front.main()
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert told.startswith("Error: ")
    assert "holds no library yet; run: python -m ingest sync FOLDER" in told
    assert told.count("\n") == 1


def run_program(workshop: Any, *arguments: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "ASSISTANT_LIBRARY": str(workshop.library.root), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "ingest", *map(str, arguments)],
        cwd=workshop.root, env=environment, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def test_the_program_itself(workshop: Any) -> None:
    workshop.write("lakes.pdf", "Lakes Programme", [TEXT])
    workshop.sync()
    workshop.write("new.pdf", "New Programme", [TEXT])
    told = run_program(workshop, "sync", workshop.folder, "--dry-run", "--json")
    assert (told.returncode, told.stderr) == (0, "")
    assert json.loads(told.stdout)["added"] == ["new.pdf"]
    refused = run_program(workshop, "sync", "nowhere", "--dry-run")
    assert refused.returncode == 2
    assert refused.stdout == ""
    assert refused.stderr.count("\n") == 1
    assert "Error: " in refused.stderr
    assert "nowhere is not a folder" in refused.stderr
