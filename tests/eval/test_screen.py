"""The Quality screen: its functions on the sample library."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.chat import Assistant
from eval.bank import load_bank
from eval.ratings import rate, ratings
from eval.results import EvalError
from eval.run import Runs
from eval.screen.banks import LARGEST, SAMPLES, bank, banks, check, keep_bank
from eval.screen.compare import comparison, pair
from eval.screen.html import checked, opened, problem, standing
from eval.screen.kept import Kept
from eval.screen.page import _bytes
from eval.screen.people import people
from eval.screen.rating import card, code_of, keep, order, own, sit_down
from eval.screen.running import Running, Standing

ROOT = Path(__file__).parent.parent.parent
NASTY = '<img src=x onerror=alert(1)>"${alert(1)}'
TINY = b"".join((SAMPLES / "sample.jsonl").read_bytes().splitlines(keepends=True)[:3])


# Banks


def test_a_bank_is_kept_once_and_another_under_its_name_beside_it(tmp_path: Path) -> None:
    assert [each.key for each in banks(tmp_path)] == ["samples/sample.jsonl"]
    first = keep_bank(tmp_path, r"C:\Users\me\..\my <bank>.JSONL", TINY)
    assert (first.key, first.path.parent) == ("own/my _bank_.jsonl", tmp_path / "banks")
    assert keep_bank(tmp_path, "my <bank>.jsonl", TINY) == first
    other = keep_bank(tmp_path, "my <bank>.jsonl", TINY.splitlines()[0])
    assert other.name == "my _bank_-2.jsonl"
    assert [each.key for each in banks(tmp_path)][:2] == ["own/my _bank_-2.jsonl", "own/my _bank_.jsonl"]
    assert sorted(each.name for each in (tmp_path / "banks").iterdir()) == [other.name, first.name]
    assert load_bank(bank(tmp_path, first.key).path) == load_bank(first.path)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("bank.jsonl", b'{"id": "q1", "question": ""}\n{"id": 2}\n', "row 2, column question: is missing"),
        ("bank.csv", b"id,question,colour\n", 'the column "colour" is not known'),
        ("bank.xlsx", b"PK\x03\x04nothing", "cannot be read"),
        ("bank.exe", TINY, "a bank is a JSONL, CSV or XLSX file"),
        (".jsonl", TINY, "a bank is a JSONL, CSV or XLSX file"),
        ("../../etc/passwd", TINY, "a bank is a JSONL, CSV or XLSX file"),
        ("bank.jsonl", b" " * (LARGEST + 1), "larger than 5 MB"),
    ],
)
def test_a_bank_with_faults_is_not_kept(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    with pytest.raises(EvalError) as error:
        keep_bank(tmp_path, name, content)
    assert said in str(error.value)
    assert not (tmp_path / "banks").exists()


@pytest.mark.parametrize(
    "key", [None, 7, "", "own/../live", "samples/../bank.py", "/etc/passwd", "own/none.csv"]
)
def test_only_listed_banks_can_be_chosen(tmp_path: Path, key: object) -> None:
    with pytest.raises(EvalError, match="no such bank"):
        bank(tmp_path, key)


def test_gold_that_does_not_fit_is_a_warning(own_assistant: Assistant) -> None:
    library = own_assistant.settings.library
    wrong = TINY.replace(b"evaluation-brief", b"evaluation-grief")
    kept = keep_bank(library, "warned.jsonl", wrong)
    found = check(own_assistant, kept)
    assert len(found.questions) == 3
    assert any("row 1, column evidence" in each for each in found.warnings)
    assert "do not fit this library" in checked(kept, found)
    assert "Every expected page and quote was found" in checked(
        kept, check(own_assistant, bank(library, "samples/sample.jsonl"))
    )


def test_bytes_from_the_browser() -> None:
    assert _bytes({"content": "aGk="}) == b"hi"
    for data, words in (
        ({"size": LARGEST + 1}, "larger than 5 MB"),
        ({"size": 1}, "could not read"),
        ({"content": "a" * (LARGEST * 2)}, "larger than 5 MB"),
        ({"content": "?"}, "did not arrive whole"),
    ):
        with pytest.raises(EvalError, match=words):
            _bytes(data)


# Running


def test_one_bank_is_run_at_a_time_and_can_be_stopped(own_assistant: Assistant) -> None:
    from filelock import FileLock

    runs = Runs(own_assistant.settings.library)
    before = list(runs.names())
    running = Running(own_assistant)
    assert standing(running.standing, 0) == ""
    ticket = running.start(SAMPLES / "sample.jsonl")
    with pytest.raises(EvalError, match=r"sample\.jsonl is being run now"):
        running.start(SAMPLES / "sample.jsonl")
    with pytest.raises(EvalError, match="another program is running a bank"):
        Running(own_assistant).start(SAMPLES / "sample.jsonl")
    running.stop()
    running.wait()
    assert (running.standing.state, running.standing.ticket) == ("stopped", ticket)
    assert list(runs.names()) == before
    with FileLock(runs.folder / ".lock", timeout=0):  # it was given back
        pass


def test_a_run_is_kept_and_an_error_is_said(own_assistant: Assistant, tmp_path: Path) -> None:
    tiny = tmp_path / "tiny.jsonl"
    tiny.write_bytes(TINY)
    running = Running(own_assistant)
    running.start(tiny)
    running.wait()
    now = running.standing
    assert (now.state, now.done, now.total) == ("kept", 3, 3)
    assert len(Runs(own_assistant.settings.library).load(now.run).results) == 3
    tiny.write_bytes(b"{")
    running.start(tiny)
    running.wait()
    assert running.standing.state == "failed"
    assert "is no JSON object" in standing(running.standing, 0)


def test_progress_in_words() -> None:
    now = Standing(1, "b.csv", "running", 3, 30, since=100.0)
    assert "3 of 30 questions, about 40 seconds left" in standing(now, 104.0)
    assert "about 9 minutes left" in standing(now, 160.0)
    assert "a few seconds left" in standing(replace(now, done=29), 104.0)
    assert "Getting ready" in standing(replace(now, done=0, total=0), 104.0)
    assert "Stopping after the question in hand" in standing(replace(now, state="stopping"), 104.0)


# Runs


def test_runs_are_listed_opened_and_compared(a_run: Any, tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    for text, hash_ in (("45 came", "a"), ("expected words", "b"), ("expected words", "a")):
        runs.keep(a_run(text=text, bank_hash=hash_))
    (runs.folder / "0004.json").write_text("{")
    kept = Kept(tmp_path)
    listed = kept.listed()
    assert [each.name for each in listed] == ["0004", "0003", "0002", "0001"]
    assert "is damaged" in listed[0].problem
    assert (kept.before("0003"), kept.before("0002"), kept.before("0009")) == ("0001", "", "")
    assert pair(listed) == ("0001", "0003")
    html = comparison(kept, "0001", "0003")
    assert "better" in html
    assert "Gained: 7 questions" in html
    assert "<img" not in html
    for one, two, words in (
        ("", "0003", "choose a run"),
        ("0003", "0003", "same run twice"),
        ("0002", "0003", "only runs of one bank"),
        ("0001", "../1", "no such run"),
    ):
        with pytest.raises(EvalError, match=words):
            comparison(kept, one, two)


@pytest.mark.parametrize("name", [None, 1, "", "1", "0001x", "../runs/0001", "0001\n", "٠٠٠١", "0002"])
def test_only_kept_runs_are_opened(a_run: Any, tmp_path: Path, name: object) -> None:
    Runs(tmp_path).keep(a_run())
    with pytest.raises(EvalError, match="no such run"):
        Kept(tmp_path).run(name)


def test_a_run_opens_with_its_verdict_and_every_word_is_escaped(a_run: Any, tmp_path: Path) -> None:
    Runs(tmp_path).keep(a_run())
    html = opened("0001", Kept(tmp_path).content("0001"), "", True, code_of("0001"))
    assert html.index("questions ended as they should") < html.index("Open the report")
    assert 'href="/quality/report/0001"' in html
    assert "All measures" in html
    assert "<img" not in html
    assert "<img" not in problem(f"{NASTY}\n- {NASTY}")


# Rating


def test_rating_is_blind_and_shuffled_by_person(a_run: Any, tmp_path: Path) -> None:
    run = Runs(tmp_path).keep(a_run())
    orders = {name: order(run, name) for name in ("Anna", "Bo", "Cy")}
    assert len(set(orders.values())) > 1
    assert orders["Anna"] == order(run, "ANNA")
    assert set(orders["Anna"]) == {f"q{n}" for n in range(7)}  # the refusal is no answer to rate
    rate(tmp_path, "0001", "q0", "Bo", "wrong", False)
    sitting = sit_down(tmp_path, run, " Anna ")
    html = card(run, sitting, 0, {})
    assert "45 people came" in html
    assert "<mark>people came</mark>" in html
    for hidden in ("expected words", "0001", "Bo", "wrong", "bank.csv", "generation", "<img"):
        assert hidden not in html
    assert own(tmp_path, "0001", "anna") == {}


def test_a_sitting_goes_on_where_it_was(a_run: Any, tmp_path: Path) -> None:
    run = Runs(tmp_path).keep(a_run())
    sitting = sit_down(tmp_path, run, "Anna")
    with pytest.raises(EvalError, match="Choose one of the three"):
        keep(tmp_path, sitting, None, "yes")
    with pytest.raises(EvalError, match="Choose yes or no"):
        keep(tmp_path, sitting, "right", None)
    after = keep(tmp_path, sitting, "right", "no")
    assert (after.at, after.step(-1).question) == (1, sitting.question)
    assert sit_down(tmp_path, run, "anna").at == 1
    assert sit_down(tmp_path, run, "Bo").at == 0
    for _ in range(6):
        after = keep(tmp_path, after, "partly", "yes")
    assert after.question == ""
    assert "you have rated every answer" in card(run, after, 7, {})
    with pytest.raises(EvalError, match="all answers of this set are rated"):
        keep(tmp_path, after, "right", "yes")
    keep(tmp_path, sit_down(tmp_path, run, "Bo"), "wrong", "yes")
    html = people(ratings(tmp_path, "0001"), run)
    words = re.sub(r"</?(b|bdi)>", "", html)
    assert "Anna: 1 of 7 answers are right (95 %: 3 to 51 %), 6 partly, 0 wrong; 6 of 7 are borne" in words
    assert "Anna and Bo rated the same answer and give the same verdict on 0." in words
    assert "1 answer for Anna and Bo to talk about" in words
    assert "<img" not in html


def test_a_set_without_an_answer_says_so(a_run: Any, tmp_path: Path) -> None:
    run = a_run("0001")
    silent = replace(run, results=tuple(replace(each, answered=False) for each in run.results))
    with pytest.raises(EvalError, match="no answer in this set"):
        sit_down(tmp_path, silent, "Anna")
