"""The admin's smaller commands: generations, source folders, single documents, audit, the job under way."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from ingest.admin import Admin, SourceFolder, me
from ingest.documents import IngestError
from ingest.library import Library
from ingest.settings import IngestSettings
from ingest.terminal import print_json, say

LibraryOption = Annotated[Path | None, typer.Option("--library", help="the library's directory")]
JsonOption = Annotated[bool, typer.Option("--json", help="print JSON")]
Document = Annotated[str, typer.Argument(help="a file's name or path, or the start of its SHA-256")]

sources = typer.Typer(help="The source folders that `sync` follows.", no_args_is_help=True)


def settings_of(library: Path | None) -> IngestSettings:
    settings = IngestSettings()
    return settings.model_copy(update={"library": library}) if library else settings


def store_of(library: Path | None) -> Library:
    return Library(settings_of(library).library)


# Generations


def generations(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """The generations kept, the live one marked."""
    from ingest.candidates import waiting
    from ingest.gate import kept

    store = store_of(library)
    live, undecided = store.live(), waiting(store)
    listed = [(name, store.info(name), kept(store.root, name)) for name in store.generations()]
    if as_json:
        print_json(
            [
                {
                    "generation": name, "live": name == live, "waiting": name in undecided,
                    "created": info.created, "counts": info.counts,
                    "model": info.models["embedding"]["name"], "gate": gate.verdict if gate else "",
                }
                for name, info, gate in listed
            ]
        )  # fmt: skip
        return
    for name, info, gate in listed:
        mark = "*" if name == live else " "
        size = f"{info.counts['documents']} documents  {info.counts['passages']} passages"
        say(f"{mark} {name}  {info.created}  {size}{'  waits: publish or discard it' * (name in undecided)}")
        if gate:
            say(f"        gate: {gate.verdict}")


def publish(
    generation: Annotated[str, typer.Argument(help="its name, as `generations` lists it")],
    library: LibraryOption = None,
    force: Annotated[bool, typer.Option("--force", help="although the gate did not pass it")] = False,
) -> None:
    """Make a generation live: one that waits, or an earlier one."""
    from ingest.publishing import publish as act

    act(store_of(library), generation, me(), force=force)
    say(f"Generation {generation} published.")


def rollback(library: LibraryOption = None) -> None:
    """Go back to the generation that was live before."""
    from ingest.publishing import rollback as act

    name = act(store_of(library), me())
    say(f"Generation {name} published.")


def discard(
    generation: Annotated[str, typer.Argument(help="its name, as `generations` lists it")],
    library: LibraryOption = None,
) -> None:
    """Remove a generation that is not live."""
    from ingest.publishing import discard as act

    act(store_of(library), generation, me())
    say(f"Generation {generation} discarded.")


def prune(
    keep: Annotated[int, typer.Option("--keep", help="so many of the newest generations stay")],
    library: LibraryOption = None,
) -> None:
    """Remove old generations, and originals that no generation needs any more."""
    from ingest.publishing import prune as act

    gone = act(store_of(library), keep, me())
    say(
        f"{len(gone.generations)} generations and {len(gone.originals)} originals removed"
        f" ({gone.size / 1e6:.1f} MB of originals)."
    )


# Source folders


@sources.command("list")
def list_sources(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """The folders followed, with their patterns."""
    found = Admin(settings_of(library).library).sources()
    if as_json:
        print_json(
            [
                {"folder": str(each.folder), "include": list(each.include), "exclude": list(each.exclude)}
                for each in found
            ]
        )
        return
    for each in found:
        say(f"{each.folder}{_patterns(' only ', each.include)}{_patterns(' without ', each.exclude)}")
    if not found:
        say("No folder is followed yet; run: python -m ingest sync FOLDER")


def _patterns(word: str, patterns: Sequence[str]) -> str:
    return word + ", ".join(patterns) if patterns else ""


@sources.command("add")
def add_source(
    folder: Annotated[Path, typer.Argument(help="the folder to follow")],
    include: Annotated[list[str] | None, typer.Option("--include", help="as in .gitignore: *.pdf")] = None,
    exclude: Annotated[list[str] | None, typer.Option("--exclude", help="as in .gitignore: drafts/")] = None,
    library: LibraryOption = None,
) -> None:
    """Follow a folder, or change its patterns; the next sync takes it in."""
    if not folder.is_dir():
        raise IngestError(f"{folder} is not a folder; name the folder that holds the documents")
    admin = Admin(settings_of(library).library)
    admin.refuse_overlap(folder.resolve())
    admin.put_source(SourceFolder(folder.resolve(), tuple(include or ()), tuple(exclude or ())))
    admin.record(me(), "source added", str(folder.resolve()))
    say(f"{folder.resolve()} is followed; run: python -m ingest sync")


@sources.command("remove")
def remove_source(
    folder: Annotated[Path, typer.Argument(help="the folder")], library: LibraryOption = None
) -> None:
    """Follow a folder no longer; the next sync withdraws its documents."""
    admin = Admin(settings_of(library).library)
    if not (admin.drop_source(folder.resolve()) or admin.drop_source(folder)):
        raise IngestError(f"{folder} is not followed; see: python -m ingest sources list")
    admin.record(me(), "source removed", str(folder.resolve()))
    say(f"{folder} is no longer followed; the next sync withdraws its documents.")


# Single documents


def withdraw(
    document: Document,
    why: Annotated[str, typer.Option("--why", help="kept in the audit and shown in the status")] = "",
    library: LibraryOption = None,
) -> None:
    """Take a document out, whatever its source folder holds; it stays out until `restore`."""
    store = store_of(library)
    sha, name = store.document(document)
    admin = Admin(store.root)
    admin.withdraw(sha, me(), why)
    admin.record(me(), "withdrew", f"{name}: {why}" if why else name)
    say(f"{name} is taken out by the next sync: python -m ingest sync")


def restore(document: Document, library: LibraryOption = None) -> None:
    """Take a document in again that was withdrawn by hand."""
    store = store_of(library)
    sha, name = store.document(document)
    admin = Admin(store.root)
    if not admin.restore(sha):
        raise IngestError(f"{name} is not withdrawn; see: python -m ingest status")
    admin.record(me(), "restored", name)
    say(f"{name} is taken in by the next sync: python -m ingest sync")


def edit(
    document: Document,
    fields: Annotated[list[str], typer.Argument(help='kind=evaluation "title=The title"; kind= clears it')],
    library: LibraryOption = None,
) -> None:
    """Correct what is said of a document; kept whenever it is indexed again."""
    store = store_of(library)
    sha, name = store.document(document)
    given = dict(part.partition("=")[::2] for part in fields)
    admin = Admin(store.root)
    admin.edit(sha, {**admin.edits().get(sha, {}), **given})
    admin.record(me(), "edited", f"{name}: {', '.join(fields)}")
    say(f"{name} is described so by the next sync: python -m ingest sync")


def password(
    file: Annotated[Path, typer.Argument(help="the locked PDF")], library: LibraryOption = None
) -> None:
    """Give the password of a locked PDF; it is kept beside the library, readable for you alone."""
    from ingest.publishing import unlock

    word = typer.prompt("Password", hide_input=True)
    unlock(store_of(library), file, word, me())
    say(f"{file.name} is read by the next sync: python -m ingest sync")


# What was done, what is being done


def audit(
    limit: Annotated[int, typer.Option("--limit", help="so many of the newest lines")] = 50,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Who did what, when; newest first."""
    found = Admin(settings_of(library).library).audit(limit)
    if as_json:
        print_json([{"at": d.at, "who": d.who, "action": d.action, "detail": d.detail} for d in found])
        return
    for deed in found:
        say(f"{deed.at}  {deed.who}  {deed.action}  {deed.detail}")


def job(
    library: LibraryOption = None,
    stop: Annotated[bool, typer.Option("--stop", help="ask it to end; what it has read is kept")] = False,
    as_json: JsonOption = False,
) -> None:
    """The work under way on the library, begun here or on the screen."""
    from dataclasses import asdict

    from ingest.jobs import current
    from ingest.jobs import stop as act

    root = settings_of(library).library
    if stop:
        say("Asked to stop." if act(root) else "Nothing is under way.")
        return
    found = current(root)
    if as_json:
        print_json(asdict(found) if found else None)
        return
    if found is None:
        say("Nothing has been done on this library yet.")
        return
    say(f"{found.what} by {found.who} since {found.started}: {found.state}")
    if found.state == "running":
        say(f"  {found.stage} {found.done} of {found.total}  {found.detail}")
    elif found.message:
        say(f"  {found.message}")
    for name, reason in found.failed:
        say(f"  failed: {name}: {reason}")


def add_to(app: typer.Typer) -> None:
    """Adds these commands to the admin's front door."""
    commands: list[Any] = [
        generations, publish, rollback, discard, prune, withdraw, restore, edit, password, audit, job,
    ]  # fmt: skip
    for command in commands:
        app.command()(command)
    app.add_typer(sources, name="sources")
