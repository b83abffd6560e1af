"""The admin's commands for who may read what: limit, limits."""

from __future__ import annotations

from typing import Annotated

import typer

from ingest.admin import me
from ingest.commands import JsonOption, LibraryOption, store_of
from ingest.documents import IngestError
from ingest.terminal import print_json, say


def limit(
    named: Annotated[
        str,
        typer.Argument(
            metavar="NAME|FOLDER", help="a file's name or path, the start of its SHA-256, or a folder"
        ),
    ],
    groups: Annotated[str, typer.Option("--groups", help="who may read it: A,B")] = "",
    everyone: Annotated[bool, typer.Option("--everyone", help="lift the limit")] = False,
    pattern: Annotated[
        bool, typer.Option("--pattern", help="NAME is a pattern as in .gitignore: drafts/")
    ] = False,
    library: LibraryOption = None,
) -> None:
    """Let only members of some groups read a document, or what is or comes into a folder; at once.

    Evaluators and admins read everything. Where several limits meet, a reader needs a group of each.
    """
    from ingest import limiting

    if everyone == bool(groups.strip()):
        raise IngestError("give either --groups A,B, or --everyone to lift the limit")
    store = store_of(library)
    if everyone:
        told = limiting.lift(store, named, me(), pattern=pattern)
        say(f"{told.what} has no limit of its own any more.")
        for left in told.left:
            say(f"  still limited as {left.place}: {', '.join(sorted(left.groups))}")
        return
    wanted = [each for each in groups.split(",") if each.strip()]
    told = limiting.limit(store, named, wanted, me(), pattern=pattern)
    say(f"{told.what} is limited from now on; documents of the live generation under it: {told.documents}.")


def limits(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """List what is limited to groups, and how many documents of the live generation each limit binds."""
    from ingest import limiting

    found = limiting.listed(store_of(library))
    if as_json:
        print_json(
            [
                {"sort": each.sort, "place": each.place, "groups": sorted(each.groups), "documents": number}
                for each, number in found
            ]
        )
        return
    for each, number in found:
        say(f"{each.sort:7} {each.place}: {', '.join(sorted(each.groups))}  ({number})")
    if not found:
        say("Nothing is limited: everyone who may ask reads every document.")


def add_to(app: typer.Typer) -> None:
    """Adds these commands to the admin's front door."""
    app.command()(limit)
    app.command()(limits)
