"""Users who sign in through an OpenID provider: which of ours is the one that it names."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assistant.answer import AssistantError
from assistant.people import Role
from assistant.people_db import opened
from assistant.users import COLUMNS, User, Users, clean_name, groups_json, user_of

UNKNOWN = "you are signed in there, and no user here yet; ask the admin of this assistant to add you"


@dataclass(frozen=True)
class Provided:
    """What the provider says of someone. subject: unchanging and its own. role, groups: None where they are
    not the provider's to say."""

    subject: str
    name: str
    role: Role | None = None
    groups: frozenset[str] | None = None


def user_for(
    library: Path, said: Provided, newcomers: bool = False, clock: Callable[[], float] = time.time
) -> User:
    """The user whom the provider means. The first time this is the one of that name that was added to sign in
    through it (never one with a password); from then on whoever has that subject, whatever the name.

    newcomers: who is no user yet is added, as a focal point. Raises AssistantError.
    """
    user = _by_subject(library, said.subject)
    if user is None:
        name = clean_name(said.name)
        if newcomers and all(each.name != name for each in Users(library).all()):
            Users(library, clock).add(name, "focal point", openid=True)
        user = _bound(library, name, said.subject)
    if user is None or user.disabled:
        raise AssistantError(UNKNOWN)
    role = said.role or user.role
    groups = user.groups if said.groups is None else said.groups
    if (role, groups) != (user.role, user.groups):
        with opened(library) as connection:
            connection.execute(
                "UPDATE users SET role = ?, groups = ? WHERE name = ?", (role, groups_json(groups), user.name)
            )
        return Users(library).get(user.name)
    return user


def _by_subject(library: Path, subject: str) -> User | None:
    with opened(library) as connection:
        row = connection.execute(f"SELECT {COLUMNS} FROM users WHERE subject = ?", (subject,)).fetchone()
    return None if row is None else user_of(row)


def _bound(library: Path, name: str, subject: str) -> User | None:
    """The user `name`, from now on known by `subject`; None where there is none to bind."""
    with opened(library) as connection:
        if not connection.execute(
            "UPDATE users SET subject = ? WHERE name = ? AND openid AND subject IS NULL AND NOT disabled",
            (subject, name),
        ).rowcount:
            return None
    return Users(library).get(name)
