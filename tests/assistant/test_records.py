"""Feedback is kept whole, once an answer, by several processes; reading makes no file."""

from __future__ import annotations

import logging
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from assistant import records
from assistant.answer import Answer, AssistantError, Refusal, Turn
from assistant.chat import Assistant
from assistant.records import Feedback, Place, connect, feedback, feedback_on, keep_feedback

ROOT = Path(__file__).parents[2]
ONE = Feedback(
    "a1",
    "2026-01-02T03:04:05.000+00:00",
    "And in Mali?",
    "How many were trained in Mali?",
    (Turn("How many were trained?", "Ten were."),),
    True,
    "Seven were trained.",
    (Place("mali.pdf", 3, "seven were trained"), Place("note.md", None, "о семи")),
    "0001",
    "right",
    "Yes.",
    "en",
    "Mali",
    {"generation": "0001", "timings": {"total": 0.5}},
)


def test_reading_makes_no_file_and_writing_does(tmp_path: Path) -> None:
    library = tmp_path / "library"
    assert feedback(library) == ()
    assert list(tmp_path.iterdir()) == []
    keep_feedback(library, ONE)
    assert feedback(library) == (ONE,)
    with closing(connect(library)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_second_verdict_takes_the_place_of_the_first(tmp_path: Path) -> None:
    keep_feedback(tmp_path, ONE)
    other = replace(ONE, id="a0", when="2026-01-02T03:04:06.000+00:00", verdict="wrong")
    keep_feedback(tmp_path, other)
    again = replace(ONE, when="2026-01-02T03:04:07.000+00:00", verdict="incomplete", comment="")
    keep_feedback(tmp_path, again)
    assert feedback(tmp_path) == (other, again)  # oldest first
    assert feedback(tmp_path, ("incomplete", "right")) == (again,)
    assert feedback(tmp_path, ["right"]) == ()


def test_a_verdict_is_one_of_four() -> None:
    with pytest.raises(ValueError, match="right, wrong, wrong page, incomplete"):
        replace(ONE, verdict="splendid")  # type: ignore[arg-type]


def test_half_a_surrogate_pair_is_kept_as_a_question_mark(tmp_path: Path) -> None:
    keep_feedback(tmp_path, replace(ONE, comment="odd \ud83d end", history=(Turn("\ud83d"),)))
    assert feedback(tmp_path)[0].comment == "odd ? end"


def test_words_stay_out_of_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    keep_feedback(tmp_path, ONE)
    assert "a1" in caplog.text
    for words in (ONE.question, ONE.standing_question, ONE.text, ONE.comment):
        assert words not in caplog.text


def test_several_processes_write_at_once(tmp_path: Path) -> None:
    """From no file at all: each makes or finds the tables, and none loses a row."""
    code = (
        "import sys, datetime; from pathlib import Path; from dataclasses import replace\n"
        "from assistant.records import Feedback, keep_feedback\n"
        "one = Feedback('', '2026', 'q', 'q', (), False, 'no', (), '0001', 'wrong')\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "for n in range(10): keep_feedback(Path(sys.argv[1]), replace(one, id=f'{sys.argv[2]}-{n}'))\n"
    )
    people = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path), str(number)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for number in range(4)
    ]  # fmt: skip
    for each in people:
        assert each.stdout
        assert each.stdout.readline() == "ready\n"
    for each in people:  # all are loaded: now they start together
        assert each.stdin
        each.stdin.write("go\n")
        each.stdin.flush()
    problems = [each.communicate(timeout=60)[1] for each in people]
    assert [(each.returncode, problem) for each, problem in zip(people, problems, strict=True)] == [
        (0, "")
    ] * 4
    assert len(feedback(tmp_path)) == 40


def test_an_older_file_is_brought_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_feedback(tmp_path, ONE)
    more = (*records._MIGRATIONS, "CREATE TABLE later (id INTEGER)")
    with monkeypatch.context() as patched:
        patched.setattr(records, "_MIGRATIONS", more)
        with closing(connect(tmp_path)) as connection:
            assert connection.execute("SELECT count(*) FROM later").fetchone() == (0,)
        assert feedback(tmp_path) == (ONE,)
    with pytest.raises(AssistantError, match="newer version"):
        connect(tmp_path)


def test_a_migration_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_feedback(tmp_path, ONE)
    with monkeypatch.context() as patched:
        more = (*records._MIGRATIONS, "CREATE TABLE later (id INTEGER)", "CREATE TABLE broken (")
        patched.setattr(records, "_MIGRATIONS", more)
        with pytest.raises(AssistantError, match="cannot be used"):
            connect(tmp_path)
    assert feedback(tmp_path) == (ONE,)
    with closing(sqlite3.connect(tmp_path / "records.sqlite")) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(records._MIGRATIONS),)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "records.sqlite").write_bytes(b"something else" * 100)
    with pytest.raises(AssistantError, match=r"records\.sqlite cannot be used"):
        feedback(tmp_path)


def test_answers_and_refusals_are_kept_with_their_receipt(assistant: Assistant, tmp_path: Path) -> None:
    question = assistant.example_questions()[0]
    answer = assistant.ask(question)
    assert isinstance(answer, Answer)
    made = feedback_on(answer, "right", " Good. ", id="x", question=question)
    assert made.answered
    assert made.text == answer.text
    assert made.cited
    assert made.comment == "Good."
    assert made.generation == assistant.generation()
    assert made.when.endswith("+00:00")
    keep_feedback(tmp_path, made)
    assert feedback(tmp_path) == (made,)
    assert made.receipt["passages"] == list(asdict(answer.receipt)["passages"])
    refusal = assistant.ask("What is the price of tea on the moon of Endor?")
    assert isinstance(refusal, Refusal)
    refused = feedback_on(refusal, "wrong", id="y", question="tea?", history=(Turn("a", "b"),))
    assert (refused.answered, refused.text, refused.cited) == (False, refusal.reason, ())
