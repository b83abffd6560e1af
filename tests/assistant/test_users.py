"""Users, sessions, tokens and lock-out, with a clock of their own; the users command."""

from __future__ import annotations

import json
import sqlite3
import stat
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assistant.__main__ import app
from assistant.answer import AssistantError
from assistant.lockout import FREE_FOR_ADDRESS, FREE_FOR_USER, LONGEST
from assistant.people import Person
from assistant.people_db import FILE
from assistant.sessions import Sessions
from assistant.users import Users
from ingest.admin import Admin

PASSWORD = "four words in a row"
HERE = "192.0.2.1"


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def users(tmp_path: Path, clock: Clock) -> Users:
    return Users(tmp_path, clock)


@pytest.fixture
def sessions(tmp_path: Path, clock: Clock) -> Sessions:
    return Sessions(tmp_path, idle=2, life=10, clock=clock)


def test_reading_makes_no_file_and_writing_makes_a_private_one(users: Users, tmp_path: Path) -> None:
    assert not users.any()
    assert users.all() == ()
    assert not (tmp_path / FILE).exists()
    user = users.add("Ana@Office.org", "admin", ["West"], password=PASSWORD)
    assert user.person == Person("ana@office.org", "admin", frozenset({"west"}))
    assert users.any()
    assert users.has_admin()
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    kept = (tmp_path / FILE).read_bytes()
    assert PASSWORD.encode() not in kept
    assert b"$argon2id$" in kept


@pytest.mark.parametrize(
    "password", ["short", "", "a" * 300, "aaaaaaaaaaaaaaaa", "i am Anabel, let me in", "abababababab"]
)
def test_bad_passwords_are_refused(users: Users, password: str) -> None:
    with pytest.raises(AssistantError):
        users.add("anabel", "admin", password=password)
    assert not users.any()


@pytest.mark.parametrize("name", ["", " ", "a b", "x" * 101, "<b>", "a/../b", "\ud800"])
def test_bad_names_are_refused(users: Users, name: str) -> None:
    with pytest.raises(AssistantError, match="cannot be a user's name"):
        users.add(name, "admin", password=PASSWORD)


def test_a_name_is_one_users_whatever_its_letters(users: Users) -> None:
    users.add("Ana", "admin", password=PASSWORD)
    with pytest.raises(AssistantError, match="already"):
        users.add("aNA", "focal point", password=PASSWORD)
    assert users.check(" ANA ", PASSWORD, HERE).name == "ana"


def test_wrong_and_unknown_are_told_the_same(users: Users) -> None:
    users.add("ana", "admin", password=PASSWORD)
    users.add("bo", "focal point", password=PASSWORD)
    users.add("net", "focal point", openid=True)
    users.disable("bo")
    told = set()
    for name, password in (
        ("ana", "wrong"),
        ("nobody", PASSWORD),
        ("bo", PASSWORD),
        ("net", ""),
        ("", ""),
        ("\ud800", "\ud800"),
    ):
        with pytest.raises(AssistantError) as error:
            users.check(name, password, HERE)
        told.add(str(error.value))
    assert len(told) == 1


@pytest.mark.parametrize("name", ["ana", "nobody"])
def test_a_user_is_locked_out_longer_each_time(users: Users, clock: Clock, name: str) -> None:
    users.add("ana", "admin", password=PASSWORD)
    for _ in range(FREE_FOR_USER):
        with pytest.raises(AssistantError, match="is not right"):
            users.check(name, "wrong", HERE)
    waited = []
    for _ in range(6):
        with pytest.raises(AssistantError, match="too many attempts"):
            users.check(name, PASSWORD, HERE)  # even the right one, from anywhere
        before = clock.now
        while True:
            clock.now += 30
            try:
                users.check(name, "wrong", "198.51.100.9")
            except AssistantError as error:
                if "is not right" in str(error):
                    break
        waited.append(clock.now - before)
    assert waited == [60, 120, 240, 480, LONGEST, LONGEST]
    clock.now += LONGEST
    if name == "ana":
        assert users.check("ana", PASSWORD, HERE).name == "ana"
        with pytest.raises(AssistantError, match="is not right"):
            users.check("ana", "wrong", HERE)


def test_an_address_is_locked_out_and_success_does_not_clear_it(
    users: Users, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.lockout.FREE_FOR_ADDRESS", 6)
    assert FREE_FOR_ADDRESS > 6
    users.add("ana", "admin", password=PASSWORD)
    for at in range(5):
        with pytest.raises(AssistantError, match="is not right"):
            users.check(f"guess{at}", "x", "2001:db8::1")
    assert users.check("ana", PASSWORD, "2001:db8::77")  # the same /64; the attempt counts, then it does not
    with pytest.raises(AssistantError, match="is not right"):
        users.check("guess9", "x", "2001:db8::2")
    with pytest.raises(AssistantError, match="too many attempts"):
        users.check("ana", PASSWORD, "2001:db8::1")
    assert users.check("ana", PASSWORD, "2001:db8:0:1::1")


def test_a_new_password_ends_lock_out_sessions_and_tokens(users: Users, sessions: Sessions) -> None:
    user = users.add("ana", "admin", password=PASSWORD)
    cookie, token = sessions.begin(user), sessions.make_token(user, "script", 5)
    for _ in range(FREE_FOR_USER):
        with pytest.raises(AssistantError):
            users.check("ana", "wrong", HERE)
    users.set_password("ana", PASSWORD + " two")
    assert sessions.of(cookie) is None
    assert sessions.of_token(token) is None
    assert users.check("ana", PASSWORD + " two", HERE)


def test_sessions_end_when_idle_at_the_end_and_at_once(
    users: Users, sessions: Sessions, clock: Clock
) -> None:
    user = users.add("ana", "focal point", ["a"], password=PASSWORD)
    cookie = sessions.begin(user)
    for _ in range(6):
        clock.now += 1.5 * 3600
        found = sessions.of(cookie)
        assert found is not None
        assert found.person == user.person
    clock.now += 1.5 * 3600  # over ten hours in all
    assert sessions.of(cookie) is None
    cookie = sessions.begin(user)
    clock.now += 2 * 3600 + 1
    assert sessions.of(cookie) is None
    cookie = sessions.begin(user)
    users.set_role("ana", "evaluator")
    users.set_groups("ana", ["b"])
    found = sessions.of(cookie)
    assert found is not None
    assert found.person == Person("ana", "evaluator", frozenset({"b"}))
    sessions.end(found.key)
    assert sessions.of(cookie) is None
    cookie = sessions.begin(user)
    users.disable("ana")
    assert sessions.of(cookie) is None
    users.enable("ana")
    assert sessions.of(cookie) is None
    assert sessions.of("") is None
    assert sessions.of("\ud800") is None


def test_tokens(users: Users, sessions: Sessions, clock: Clock, tmp_path: Path) -> None:
    user = users.add("ana", "focal point", password=PASSWORD)
    token = sessions.make_token(user, "script", 5)
    found = sessions.of_token(token)
    assert found is not None
    assert found.person.name == "ana"
    assert sessions.of(token) is None
    assert sessions.of_token(sessions.begin(user)) is None
    assert token.encode() not in (tmp_path / FILE).read_bytes()
    with pytest.raises(AssistantError, match="already"):
        sessions.make_token(user, "script", 5)
    assert [each.name for each in sessions.tokens(user)] == ["script"]
    clock.now += 6 * 86_400
    assert sessions.of_token(token) is None
    token = sessions.make_token(user, "script", 5)
    sessions.revoke(user, "script")
    assert sessions.of_token(token) is None
    with pytest.raises(AssistantError, match="has no token"):
        sessions.revoke(user, "script")


def test_there_stays_an_admin(users: Users) -> None:
    users.add("ana", "admin", password=PASSWORD)
    with pytest.raises(AssistantError, match="only admin"):
        users.disable("ana")
    with pytest.raises(AssistantError, match="only admin"):
        users.set_role("ana", "evaluator")
    assert users.has_admin()
    users.add("bo", "admin", password=PASSWORD)
    users.disable("ana")
    with pytest.raises(AssistantError, match="only admin"):
        users.disable("bo")


def test_a_replaced_file_is_seen(users: Users, sessions: Sessions, tmp_path: Path) -> None:
    cookie = sessions.begin(users.add("ana", "admin", password=PASSWORD))
    assert sessions.of(cookie)
    (tmp_path / FILE).unlink()
    assert sessions.of(cookie) is None
    assert not users.any()
    users.add("bo", "admin", password=PASSWORD)
    assert [user.name for user in users.all()] == ["bo"]


def test_a_newer_file_is_left_alone(users: Users, tmp_path: Path) -> None:
    users.add("ana", "admin", password=PASSWORD)
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()
    with pytest.raises(AssistantError, match="newer version"):
        Users(tmp_path).all()


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_LIBRARY", str(tmp_path))

    def run(*arguments: str, typed: str = "") -> Any:
        return CliRunner().invoke(app, ["users", *arguments], input=typed)

    assert "no login is needed" in run("list").output
    refused = run("add", "ana", "--role", "admin")
    assert isinstance(refused.exception, AssistantError)
    assert "--password-stdin" in str(refused.exception)
    assert run("add", "ana", "--role", "admin", "--password-stdin", typed=f"{PASSWORD}\n").exit_code == 0
    assert run("add", "Bo", "--group", "west", "--password-stdin", typed=f"{PASSWORD}\n").exit_code == 0
    assert "is no role" in str(run("role", "bo", "boss").exception)
    assert run("role", "bo", "evaluator").exit_code == 0
    assert run("groups", "bo", "east", "north").exit_code == 0
    assert run("add", "net@office.org", "--openid").exit_code == 0
    assert run("disable", "bo").exit_code == 0
    listed = {each["name"]: each for each in json.loads(run("list", "--json").output)}
    assert listed["bo"]["groups"] == ["east", "north"]
    assert (listed["bo"]["role"], listed["bo"]["disabled"]) == ("evaluator", True)
    assert "ana; admin; last seen never" in run("list").output
    assert run("enable", "bo").exit_code == 0
    made = run("token", "bo", "script").stdout.strip().splitlines()[-1]
    found = Sessions(tmp_path).of_token(made)
    assert found is not None
    assert found.person.name == "bo"
    assert "script" in run("token", "bo").output
    assert run("reset", "bo", "--password-stdin", typed="another long one\n").exit_code == 0
    assert Users(tmp_path).check("bo", "another long one", HERE)
    assert "no user cy" in str(run("reset", "cy", "--password-stdin", typed="x\n").exception)
    actions = [deed.action for deed in Admin(tmp_path).audit()]
    assert actions[-1] == "user added"
    assert "password reset" in actions
