"""python -m assistant users ...: who may use the assistant. Passwords are asked for, never arguments."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.answer import AssistantError
from assistant.users import User, Users, clean_role
from ingest.terminal import print_json, say

app = typer.Typer(help="Users, their roles and groups, their API tokens.", no_args_is_help=True)

Library = Annotated[Path | None, typer.Option("--library", help="the library's directory")]
Name = Annotated[str, typer.Argument(help="the user's name, such as an address: ana@office.org")]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="read the password from the first line of standard input")
]


@app.command()
def add(
    name: Name,
    role: Annotated[str, typer.Option("--role", help="focal-point, evaluator or admin")] = "focal-point",
    group: Annotated[list[str] | None, typer.Option("--group", help="a group; may be repeated")] = None,
    openid: Annotated[
        bool, typer.Option("--openid", help="signs in through the OpenID provider, without a password")
    ] = False,
    password_stdin: FromStdin = False,
    library: Library = None,
) -> None:
    """Add a user. From the first one on, everyone has to sign in."""
    users, wanted = _users(library), clean_role(role)
    password = "" if openid else _password(password_stdin)
    user = users.add(name, wanted, group or (), password=password, openid=openid)
    _done(library, "user added", f"{user.name}, {user.role}")


@app.command("list")
def list_(
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False, library: Library = None
) -> None:
    """List the users."""
    users = _users(library).all()
    if as_json:
        print_json([{**asdict(user), "groups": sorted(user.groups)} for user in users])
        return
    if not users:
        say("There are no users: on this machine no login is needed. The first admin is made with:")
        say("  python -m assistant users add NAME --role admin")
    for user in users:
        say(_line(user))


@app.command()
def reset(name: Name, password_stdin: FromStdin = False, library: Library = None) -> None:
    """Give a user a new password; sessions and API tokens end, a lock-out too."""
    users = _users(library)
    users.get(name)  # before a password is asked for
    user = users.set_password(name, _password(password_stdin))
    _done(library, "password reset", user.name)


@app.command()
def disable(name: Name, library: Library = None) -> None:
    """Let a user in no longer, from the next click on; API tokens are taken away."""
    _done(library, "user disabled", _users(library).disable(name).name)


@app.command()
def enable(name: Name, library: Library = None) -> None:
    """Let a disabled user in again."""
    _done(library, "user enabled", _users(library).enable(name).name)


@app.command()
def role(
    name: Name,
    role: Annotated[str, typer.Argument(help="focal-point, evaluator or admin")],
    library: Library = None,
) -> None:
    """Change a user's role."""
    user = _users(library).set_role(name, clean_role(role))
    _done(library, "role changed", f"{user.name}: {user.role}")


@app.command()
def groups(
    name: Name,
    groups: Annotated[
        list[str] | None, typer.Argument(help="all the user's groups; none: leave them")
    ] = None,
    library: Library = None,
) -> None:
    """Set a user's groups: those named take the place of those before."""
    user = _users(library).set_groups(name, groups or ())
    _done(library, "groups changed", f"{user.name}: {', '.join(sorted(user.groups)) or 'none'}")


@app.command()
def token(
    name: Name,
    label: Annotated[str, typer.Argument(help="what the token is for; without it, tokens are listed")] = "",
    days: Annotated[int, typer.Option("--days", help="how long it lasts")] = 90,
    revoke: Annotated[bool, typer.Option("--revoke", help="take the token away instead")] = False,
    library: Library = None,
) -> None:
    """Make an API token for a user: a program that sends it has the user's rights. It is shown once."""
    from assistant.sessions import Sessions

    sessions, user = Sessions(_root(library)), _users(library).get(name)
    if not label:
        for each in sessions.tokens(user):
            say(f"{each.name}  until {_day(each.ends)}  last used {_day(each.used)}")
    elif revoke:
        sessions.revoke(user, label)
        _done(library, "token revoked", f"{user.name}: {label}")
    else:
        made = sessions.make_token(user, label, days)
        _done(library, "token made", f"{user.name}: {label}")
        say(made)


def _root(library: Path | None) -> Path:
    from assistant.settings import AssistantSettings

    return library or AssistantSettings().library


def _users(library: Path | None) -> Users:
    return Users(_root(library))


def _password(from_stdin: bool) -> str:
    if from_stdin:
        given = sys.stdin.readline().rstrip("\r\n")
    elif not sys.stdin.isatty():
        raise AssistantError("there is no terminal to ask for the password on; give it with --password-stdin")
    else:
        given = str(typer.prompt("Password", hide_input=True, confirmation_prompt="The same again"))
    if not given:
        raise AssistantError("no password was given; try again")
    return given


def _done(library: Path | None, action: str, words: str) -> None:
    """Says it, and keeps it in the library's audit."""
    from ingest.admin import Admin, me

    Admin(_root(library)).record(me(), action, words)
    typer.echo(f"{action}: {words}", err=True)


def _line(user: User) -> str:
    parts: list[Any] = [user.name, user.role]
    if user.groups:
        parts.append("groups " + ", ".join(sorted(user.groups)))
    if user.openid:
        parts.append("through OpenID")
    if user.disabled:
        parts.append("disabled")
    return "; ".join([*parts, f"last seen {_day(user.seen)}"])


def _day(moment: float | None) -> str:
    return "never" if moment is None else f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d}"
