"""Lock-out after repeated failures to sign in, by user and by network address, longer each time."""

from __future__ import annotations

import hashlib
import ipaddress
import sqlite3
from math import ceil

from assistant.web.words import Said

FREE_FOR_USER = 5
FREE_FOR_ADDRESS = 50  # a whole office may share one
FIRST, LONGEST = 60.0, 900.0  # seconds of the first lock-out and of the longest: it doubles in between
FORGET = 3600.0  # seconds after the last failure


def begin(connection: sqlite3.Connection, name: str, address: str, now: float) -> None:
    """Counts an attempt before it is checked, so that many at once are no way around it.

    Raises AssistantError while `name`, which need be no user's, or `address` is locked out.
    """
    connection.execute("DELETE FROM attempts WHERE last < ? AND until < ?", (now - FORGET, now))
    counted = {_user(name): FREE_FOR_USER, _address(address): FREE_FOR_ADDRESS}
    for key in counted:
        row = connection.execute("SELECT until FROM attempts WHERE key = ?", (key,)).fetchone()
        if row and row[0] > now:
            minutes = ceil((row[0] - now) / 60)
            raise Said("login.locked", count=minutes)
    for key, free in counted.items():
        count = connection.execute(
            "INSERT INTO attempts VALUES (?, 1, 0, ?) ON CONFLICT (key) DO UPDATE"
            " SET count = count + 1, last = excluded.last RETURNING count",
            (key, now),
        ).fetchone()[0]
        connection.execute(
            "UPDATE attempts SET until = ? WHERE key = ?",
            (now + delay(count, free) if count >= free else 0, key),
        )


def succeeded(connection: sqlite3.Connection, name: str, address: str) -> None:
    """Forgets the user's failures; of the address only this attempt: others may be guessing from there."""
    clear(connection, name)
    connection.execute(
        "UPDATE attempts SET count = count - 1, until = CASE WHEN count > ? THEN until ELSE 0 END"
        " WHERE key = ?",
        (FREE_FOR_ADDRESS, _address(address)),
    )


def clear(connection: sqlite3.Connection, name: str) -> None:
    connection.execute("DELETE FROM attempts WHERE key = ?", (_user(name),))


def delay(count: int, free: int) -> float:
    """Seconds of lock-out after `count` failures, the first of them after `free`."""
    return min(LONGEST, FIRST * 2.0 ** min(count - free, 10))


def _user(name: str) -> str:
    # Hashed: people type their password into the wrong field.
    return "user " + hashlib.sha256(name.encode(errors="replace")).hexdigest()


def _address(address: str) -> str:
    """IPv6 by its /64, which is one customer's; anything that is no address counts as one."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "address unknown"
    return f"address {ipaddress.ip_network((ip, 64), strict=False) if ip.version == 6 else ip}"
