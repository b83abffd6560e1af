"""Conversations are whole after a crash, their person's own, found by their words, and gone when deleted."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from assistant import kept
from assistant.answer import AssistantError, Receipt, Refusal
from assistant.kept import INTERRUPTED, PAGE, Conversations, keeping, purge_daily
from assistant.records import connect
from assistant.web.conversation import Conversation, Exchange
from tests.assistant.test_kept_json import some_answer

ROOT = Path(__file__).parents[2]


def refused(question: str, reason: str) -> Refusal:
    from assistant.answer import Filters

    return Refusal(question, "en", reason, (), Receipt("0001", {}, {}, Filters(), (), 3))


def held(
    store: Conversations, person: str, question: str, said: str = "No.", into: Conversation | None = None
) -> Conversation:
    """A conversation after one more question, kept as the screen does."""
    conversation = (into or Conversation()).add(Exchange(question))
    store.keep(person, conversation)
    finished = replace(conversation.exchanges[-1], result=refused(question, said))
    conversation = conversation.update(finished)
    store.keep(person, conversation)
    return conversation


@pytest.fixture
def store(tmp_path: Path) -> Conversations:
    return Conversations(tmp_path / "library")


def titles(store: Conversations, person: str = "ana", search: str = "", page: int = 1) -> list[str]:
    return [line.title for line in store.list(person, search, page)]


def test_reading_makes_no_file(store: Conversations) -> None:
    assert store.list("ana") == ()
    assert store.delete_all("ana") == store.purge(3) == 0
    for gone in (store.open, store.delete, store.title):
        with pytest.raises(AssistantError, match="no such conversation"):
            gone("ana", "x")
    assert not store.library.exists()


def test_a_conversation_comes_back_whole(store: Conversations) -> None:
    from random import Random

    one = held(store, "ana", "How many were trained in Mali?")
    exchange = Exchange("And in Niger?", "Mali", 3, standing="How many in Niger?")
    two = one.add(exchange)
    assert two.id == one.id
    store.keep("ana", two)
    two = two.update(replace(exchange, result=some_answer(Random(4)), html="<p>"))
    store.keep("ana", two)
    store.keep("ana", two)
    back = store.open("ana", two.id)
    assert back.exchanges == tuple(replace(each, html="") for each in two.exchanges)
    assert (back.id, back.keep) == (two.id, True)
    (line,) = store.list("ana")
    assert (line.title, line.exchanges) == ("How many were trained in Mali?", 2)
    assert line.changed >= line.begun


def test_the_newest_stands_first_in_pages(store: Conversations) -> None:
    first = held(store, "ana", "question 0")
    for number in range(1, PAGE + 2):
        held(store, "ana", f"question {number}")
    held(store, "ana", "again", into=first)
    assert titles(store)[:2] == ["question 0", f"question {PAGE + 1}"]
    assert len(titles(store)) == PAGE
    assert titles(store, page=2) == ["question 2", "question 1"]
    assert titles(store, page=3) == []


def test_words_are_found_in_six_languages(store: Conversations) -> None:
    for question, said in (
        ("How were returnees trained?", "Sixty-four per cent earned an income."),
        ("Quels délais ont découragé ?", "Les paiements étaient lents."),
        ("¿Qué dice la evaluación?", "La reintegración fue lenta."),
        ("Что говорит оценка?", "Реинтеграция была медленной."),
        ("ماذا يقول التقييم؟", "كانت إعادة الإدماج بطيئة"),
        ("评估报告说了什么？", "重返社会进展缓慢。"),
    ):
        held(store, "ana", question, said)
    for search, found in (
        ("INCOME", "How were returnees trained?"),
        ("trained earned", "How were returnees trained?"),
        ("decourage", "Quels délais ont découragé ?"),
        ("evaluacion", "¿Qué dice la evaluación?"),
        ("оцен", "Что говорит оценка?"),
        ("الإدماج", "ماذا يقول التقييم؟"),
        ("缓慢", "评估报告说了什么？"),
        ("评估报告", "评估报告说了什么？"),
    ):
        assert titles(store, search=search) == [found], search
    for search in ("income lents", "zebra", "100%", '" OR 1', "NEAR(", "*", "\ud83d", "' --"):
        assert titles(store, search=search) == [], search
    assert len(titles(store, search="  ")) == 6


def test_renamed_and_found_by_the_new_name(store: Conversations) -> None:
    one = held(store, "ana", "x" * 50 + " word" * 50)
    assert len(titles(store)[0]) <= 122
    store.rename("ana", one.id, "  Notes\nfor 100% of <b>us</b> ")
    assert titles(store) == titles(store, search="100% of") == ["Notes for 100% of <b>us</b>"]
    assert store.title("ana", one.id) == "Notes for 100% of <b>us</b>"
    with pytest.raises(AssistantError, match="needs a title"):
        store.rename("ana", one.id, " \n ")


def test_another_persons_conversation_does_not_exist(store: Conversations) -> None:
    one = held(store, "ana", "canary question", "canary answer")
    for person in ("ben", "", "Ana", "ana "):
        assert store.list(person) == store.list(person, "canary") == ()
        assert store.delete_all(person) == 0
        for deed in (store.open, store.delete, store.title, lambda who, id: store.rename(who, id, "mine")):
            with pytest.raises(AssistantError) as raised:
                deed(person, one.id)
            assert str(raised.value) == kept.MISSING
        with pytest.raises(AssistantError, match="no such"):
            store.keep(person, one.add(Exchange("into theirs")))
    assert store.open("ana", one.id).exchanges == one.exchanges
    held(store, "ben", "his own")
    assert store.delete_all("ben") == 1
    assert titles(store) == ["canary question"]


def bytes_of(store: Conversations) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(store.library.glob("records.sqlite*")))


@pytest.mark.parametrize("way", ["one", "all", "purge"])
def test_what_is_deleted_is_gone_from_the_files(store: Conversations, way: str) -> None:
    """Also while somebody has the file open, so that the log beside it is not simply removed."""
    with closing(connect(store.library)):
        other = held(store, "ben", "What stays?", "This stays: staymarker.")
        one = held(store, "ana", "Who is Quetzalmarker?", "Quetzalmarker is Xylophonemarker. " * 400)
        held(store, "ana", "And Overmarker?", "Nobody knows Overmarker.", into=one)
        store.rename("ana", one.id, "Titlemarker and others")
        data = bytes_of(store).lower()
        assert b"titlemarker" in data
        if way == "one":
            store.delete("ana", one.id)
        elif way == "all":
            assert store.delete_all("ana") == 1
        else:
            with closing(connect(store.library)) as connection, connection:
                connection.execute("UPDATE conversation SET changed = '2020' WHERE person = 'ana'")
            assert store.purge(30) == 1
        data = bytes_of(store).lower()
        assert b"staymarker" in data
        for word in (b"titlemarker", b"quetzalmarker", b"etzalmark", b"ylophonemark", b"vermarker"):
            assert word not in data, word
    assert titles(store) == []
    assert store.open("ben", other.id).exchanges == other.exchanges


def test_an_old_title_is_gone_when_renamed(store: Conversations) -> None:
    one = held(store, "ana", "plain")
    store.rename("ana", one.id, "Secretmarker")
    store.rename("ana", one.id, "Other")
    assert b"Secretmarker" not in bytes_of(store)


def test_retention(store: Conversations) -> None:
    held(store, "ana", "new")
    old = held(store, "ana", "old")
    with closing(connect(store.library)) as connection, connection:
        connection.execute("UPDATE conversation SET changed = '2020-01-01' WHERE id = ?", (old.id,))
    assert store.purge(0) == store.purge(100_000) == 0
    ended = purge_daily(store.library, 30)
    for _ in range(200):
        if titles(store) == ["new"]:
            break
        ended.wait(0.02)
    ended.set()
    assert titles(store) == ["new"]
    assert not purge_daily(store.library, 0).is_set()


def test_nothing_is_kept_where_one_says_so(store: Conversations) -> None:
    conversation = replace(Conversation(), keep=False)
    held(store, "ana", "a question", into=conversation)
    assert not store.library.exists()
    one = held(store, "ana", "kept")
    held(store, "ana", "not kept", into=replace(one, keep=False))
    assert [each.asked for each in store.open("ana", one.id).exchanges] == ["kept"]


def test_a_conversation_without_an_id_is_nobodys(store: Conversations) -> None:
    with pytest.raises(ValueError, match="gets its id"):
        store.keep("ana", Conversation((Exchange("asked"),)))


def test_what_was_deleted_meanwhile_stays_deleted(store: Conversations) -> None:
    conversation = Conversation().add(Exchange("asked"))
    store.keep("ana", conversation)
    store.delete("ana", conversation.id)
    answered = replace(conversation.exchanges[-1], result=refused("asked", "No."))
    store.keep("ana", conversation.update(answered))
    assert store.list("ana") == ()


def test_a_killed_server_leaves_whole_conversations(store: Conversations) -> None:
    one = held(store, "ana", "finished")
    code = (
        "import sys; from pathlib import Path\n"
        "from assistant.kept import Conversations; from assistant.web.conversation import Exchange\n"
        "store = Conversations(Path(sys.argv[1]))\n"
        "store.keep('ana', store.open('ana', sys.argv[2]).add(Exchange('under way')))\n"
        "print('asked', flush=True); sys.stdin.readline()\n"
    )
    server = subprocess.Popen(
        [sys.executable, "-c", code, str(store.library), one.id],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with server:
        assert server.stdout
        assert server.stdout.readline() == "asked\n"
        os.kill(server.pid, signal.SIGKILL)
    first, second = store.open("ana", one.id).exchanges
    assert first == one.exchanges[0]
    assert (second.asked, second.result, second.problem) == ("under way", None, INTERRUPTED)
    held(store, "ana", "goes on", into=store.open("ana", one.id))
    assert len(store.open("ana", one.id).exchanges) == 3


def test_a_question_is_answered_though_it_cannot_be_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "records.sqlite").write_bytes(b"something else" * 100)
    steps = [Conversation().add(Exchange("a very private question"))]
    assert list(keeping(Conversations(tmp_path), "ana", steps)) == steps
    assert "was not kept" in caplog.text
    assert "private" not in caplog.text


def test_words_stay_out_of_the_log(store: Conversations, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    one = held(store, "ana", "Quetzalmarker", "Xylophonemarker")
    store.list("ana", "Quetzalmarker")
    store.rename("ana", one.id, "Titlemarker")
    store.delete("ana", one.id)
    assert one.id in caplog.text
    assert "marker" not in caplog.text
