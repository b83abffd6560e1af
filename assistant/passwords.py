"""Passwords: what a new one must be, and argon2id (RFC 9106) to keep and check them."""

from __future__ import annotations

import secrets
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from assistant.web.words import Said

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 12, 256  # characters


def accepted(password: str, name: str) -> str:
    """`password` if it may be one for the user `name`. Raises AssistantError that says what is amiss.

    After NIST SP 800-63B: length counts, and no rules of composition.
    """
    plain = _plain(password)
    if len(plain) < SHORTEST:
        raise Said("login.too_short", shortest=SHORTEST)
    if len(plain) > LONGEST:
        raise Said("login.too_long", longest=LONGEST)
    stem = name.split("@")[0]
    if len(set(plain)) < 5 or (len(stem) > 3 and stem in plain.casefold()):
        raise Said("login.easy")
    return password


def hashed(password: str) -> str:
    """As it is kept: argon2id with a salt."""
    return _hasher().hash(_plain(password))


def fits(kept: str, password: str) -> bool:
    """Whether `password` is the one that `kept` was made of. It takes as long where there is none ("")."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        same = _hasher().verify(kept or nobodys(), _plain(password)[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return same and bool(kept)


def is_old(kept: str) -> bool:
    """Whether it was kept with other parameters than today's."""
    return _hasher().check_needs_rehash(kept)


@cache
def nobodys() -> str:
    """What is checked in place of a password where there is no such user; made at the first call."""
    return hashed(secrets.token_urlsafe())


def _hasher() -> PasswordHasher:
    """OWASP's first choice (19 MiB, 2 passes): 0.25 s on two busy cores, where RFC 9106's 64 MiB took 1.6."""
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def _plain(password: str) -> str:
    """The same keys on another keyboard may give another sequence of code points; lone surrogates go."""
    return unicodedata.normalize("NFC", password.encode(errors="replace").decode())
