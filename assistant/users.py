"""Users: who may use the assistant, in which role, by which password."""

from __future__ import annotations

import json
import re
import sqlite3
import time
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from assistant import lockout, passwords
from assistant.answer import AssistantError
from assistant.people import ROLES, Person, Role
from assistant.people_db import Reader, opened
from ingest import limits
from ingest.documents import IngestError

_NAME = re.compile(r"[\w.@+-]{1,100}")
COLUMNS = "name, role, groups, disabled, openid, subject, made, seen"
# One sentence for every reason, so that nobody learns which names are users.
WRONG = "the name or the password is not right; try again, or ask an admin for a new password"


@dataclass(frozen=True)
class User:
    """made, seen (None: never): Unix seconds. openid: signs in through the OpenID provider, without a
    password. subject: by which the provider knows this user, "" before the first time."""

    name: str
    role: Role
    groups: frozenset[str]
    disabled: bool
    openid: bool
    subject: str
    made: float
    seen: float | None = None

    @property
    def person(self) -> Person:
        return Person(self.name, self.role, self.groups)


def clean_name(name: str) -> str:
    """A user's name as it is kept: small letters. Raises AssistantError for what cannot be one."""
    plain = as_typed(name)
    if not _NAME.fullmatch(plain):
        raise AssistantError(
            f"{name!r} cannot be a user's name; use at most 100 letters, digits and . _ - + @, without spaces"
        )
    return plain


def as_typed(name: str) -> str:
    return unicodedata.normalize("NFKC", name.encode(errors="replace").decode()).strip().casefold()


def clean_role(role: str) -> Role:
    found = next((each for each in ROLES if each == role.strip().casefold().replace("-", " ")), None)
    if found is None:
        raise AssistantError(f"{role!r} is no role; give one of: {', '.join(ROLES)}")
    return found


def clean_groups(groups: Iterable[str]) -> frozenset[str]:
    """Groups as limits name them. Raises AssistantError for what cannot be one."""
    try:
        return limits.clean_groups(groups)
    except IngestError as error:
        raise AssistantError(str(error)) from error


def user_of(row: tuple[object, ...]) -> User:
    """row: of COLUMNS."""
    name, role, groups, disabled, openid, subject, made, seen = row
    if role not in ROLES:  # never more than a focal point may
        role = ROLES[0]
    known = frozenset(json.loads(str(groups)))
    return User(str(name), role, known, bool(disabled), bool(openid), str(subject or ""), float(made), seen)  # type: ignore[arg-type]


class Users:
    """The users of one library. Reading makes no file; every method may raise AssistantError.

    clock: gives Unix seconds.
    """

    def __init__(self, library: Path, clock: Callable[[], float] = time.time) -> None:
        self._library = library
        self._reader = Reader(library)
        self._clock = clock

    def all(self) -> tuple[User, ...]:
        """By name."""
        return tuple(user_of(row) for row in self._reader.rows(f"SELECT {COLUMNS} FROM users ORDER BY name"))

    def any(self) -> bool:
        """Whether there are users, be they disabled: then everyone has to sign in."""
        return bool(self._reader.rows("SELECT 1 FROM users LIMIT 1"))

    def has_admin(self) -> bool:
        """Whether an admin could sign in."""
        return any(user.role == "admin" and not user.disabled for user in self.all())

    def get(self, name: str) -> User:
        with opened(self._library) as connection:
            return _get(connection, clean_name(name))

    def add(
        self, name: str, role: Role, groups: Iterable[str] = (), *, password: str = "", openid: bool = False
    ) -> User:
        """password: "" for one who signs in through the OpenID provider (openid=True)."""
        name = clean_name(name)
        if openid == bool(password):
            raise AssistantError("give either a password, or that the user signs in through OpenID")
        kept = passwords.hashed(passwords.accepted(password, name)) if password else ""
        row = (name, role, groups_json(groups), kept, int(openid), None, 0, self._clock(), None)
        with opened(self._library) as connection:
            try:
                connection.execute("INSERT INTO users VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
            except sqlite3.IntegrityError as error:
                raise AssistantError(f"there is a user {name} already; choose another name") from error
            return _get(connection, name)

    def set_password(self, name: str, password: str, *, keep: str = "") -> User:
        """The new password; every session but `keep` (its token's SHA-256) ends, and, with none to keep, API
        tokens too: an admin resets what may have been stolen."""
        name = clean_name(name)
        kept = passwords.hashed(passwords.accepted(password, name))
        with opened(self._library) as connection:
            if _get(connection, name).openid:
                raise AssistantError(f"{name} signs in through the OpenID provider and has no password here")
            connection.execute("UPDATE users SET password = ? WHERE name = ?", (kept, name))
            connection.execute("DELETE FROM sessions WHERE user = ? AND token <> ?", (name, keep))
            if not keep:
                connection.execute("DELETE FROM tokens WHERE user = ?", (name,))
            lockout.clear(connection, name)
            return _get(connection, name)

    def set_role(self, name: str, role: Role) -> User:
        return self._change(name, "role", role)

    def set_groups(self, name: str, groups: Iterable[str]) -> User:
        return self._change(name, "groups", groups_json(groups))

    def disable(self, name: str) -> User:
        """The user's sessions and API tokens end with it."""
        user = self._change(name, "disabled", 1)
        with opened(self._library) as connection:
            connection.execute("DELETE FROM sessions WHERE user = ?", (user.name,))
            connection.execute("DELETE FROM tokens WHERE user = ?", (user.name,))
        return user

    def enable(self, name: str) -> User:
        return self._change(name, "disabled", 0)

    def check(self, name: str, password: str, address: str) -> User:
        """The user of a name and password that were typed. Raises AssistantError, in the same words and
        after the same time whether there is such a user or not."""
        plain = as_typed(name)
        with opened(self._library) as connection:
            connection.execute("BEGIN IMMEDIATE")
            lockout.begin(connection, plain, address, self._clock())
        rows = self._reader.rows(f"SELECT password, {COLUMNS} FROM users WHERE name = ?", (plain,))
        found = rows[0] if rows else None
        user = user_of(found[1:]) if found else None
        right = passwords.fits(found[0] if found else "", password)
        if found is None or user is None or not right or user.disabled:
            raise AssistantError(WRONG)
        with opened(self._library) as connection:
            lockout.succeeded(connection, plain, address)
            if passwords.is_old(found[0]):
                connection.execute(
                    "UPDATE users SET password = ? WHERE name = ? AND password = ?",
                    (passwords.hashed(password), plain, found[0]),
                )
        return user

    def _change(self, name: str, column: str, value: object) -> User:
        name = clean_name(name)
        with opened(self._library) as connection:
            connection.execute("BEGIN IMMEDIATE")
            before = _get(connection, name)
            connection.execute(f"UPDATE users SET {column} = ? WHERE name = ?", (value, name))
            admins = "SELECT 1 FROM users WHERE role = 'admin' AND NOT disabled"
            was_admin = before.role == "admin" and not before.disabled
            if was_admin and connection.execute(admins).fetchone() is None:
                raise AssistantError(f"{name} is the only admin; make another user an admin first")
            return _get(connection, name)


def _get(connection: sqlite3.Connection, name: str) -> User:
    row = connection.execute(f"SELECT {COLUMNS} FROM users WHERE name = ?", (name,)).fetchone()
    if row is None:
        raise AssistantError(f"there is no user {name}; see: python -m assistant users list")
    return user_of(row)


def groups_json(groups: Iterable[str]) -> str:
    return json.dumps(sorted(clean_groups(groups)))
