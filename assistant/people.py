"""Who asks: a person with a name, a role and groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Role = Literal["focal point", "evaluator", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)  # each may do what those before it may


@dataclass(frozen=True)
class Person:
    """name: "" for the one person who works without a login. groups: whose documents this person may read
    beside those that are limited to none."""

    name: str
    role: Role
    groups: frozenset[str] = frozenset()

    def may(self, role: Role) -> bool:
        """Whether this person may do what `role` may."""
        return ROLES.index(self.role) >= ROLES.index(role)

    @property
    def reads(self) -> frozenset[str] | None:
        """The groups whose documents this person may read; None: every document.

        Evaluators measure the whole library and admins keep it, so groups bind focal points alone.
        """
        return None if self.may("evaluator") else self.groups


LOCAL = Person("", "admin")
