"""The admin's front door: python -m ingest sync | status | rebuild | generations | publish | ..."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from ingest import commands, limit_commands
from ingest.admin import Admin, SourceFolder, me
from ingest.commands import JsonOption, LibraryOption, settings_of, store_of
from ingest.documents import IngestError
from ingest.library import Library
from ingest.settings import IngestSettings
from ingest.terminal import print_json, run, say

app = typer.Typer(help="Documents in: index folders, see what was read, publish.", no_args_is_help=True)
commands.add_to(app)
limit_commands.add_to(app)

Gate = Annotated[Path | None, typer.Option("--gate", help="put this bank to it before it is published")]
Floor = Annotated[Path | None, typer.Option("--floor", help="what it must reach in the gate's bank")]
Hold = Annotated[bool, typer.Option("--hold", help="build and check, but leave publishing to me")]
NoGate = Annotated[bool, typer.Option("--no-gate", help="this once without the gate of the settings")]
Force = Annotated[bool, typer.Option("--force", help="publish although the gate does not pass it")]


@app.command()
def sync(
    folders: Annotated[
        list[Path] | None, typer.Argument(help="folders that hold documents; none: all that are followed")
    ] = None,
    library: LibraryOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what would change")] = False,
    allow_shrink: Annotated[
        bool, typer.Option("--allow-shrink", help="withdraw also when much of a folder is gone")
    ] = False,
    retry: Annotated[bool, typer.Option("--retry", help="read files again that failed")] = False,
    gate: Gate = None,
    floor: Floor = None,
    no_gate: NoGate = False,
    hold: Hold = False,
    force: Force = False,
    no_ocr: Annotated[bool, typer.Option("--no-ocr", help="leave scans for another time")] = False,
    as_json: JsonOption = False,
) -> None:
    """Bring the library up to date with FOLDERS. Exit code 1 if a file failed, 3 if nothing was published
    because the gate did not pass."""
    from ingest.sync import Choices
    from ingest.sync import sync as act

    settings = settings_of(library)
    store = Library(settings.library)
    wanted = _sources(store, folders)
    if dry_run:
        _preview(store, wanted, settings, allow_shrink, as_json)
        return
    choices = Choices(
        allow_shrink=allow_shrink, retry=retry, hold=hold, gated=not no_gate, gate=gate, floor=floor,
        force=force, ocr=not no_ocr,
    )  # fmt: skip
    embedder, cache, bar = _tools(settings, quiet=as_json)
    try:
        outcome = act(store, wanted, embedder, cache, settings, bar.update, choices)
    finally:
        bar.close()
    _tell(outcome, as_json)


def _sources(store: Library, folders: list[Path] | None) -> Path | list[SourceFolder]:
    followed = {source.folder: source for source in Admin(store.root).sources()}
    if not folders:
        return list(followed.values())
    if len(folders) == 1:
        return folders[0]
    return [followed.get(path, SourceFolder(path)) for path in map(Path.resolve, folders)]


def _preview(
    store: Library, wanted: Any, settings: IngestSettings, allow_shrink: bool, as_json: bool
) -> None:
    from ingest.preview import preview

    bar = _Bar(quiet=as_json)
    try:
        found = preview(store, wanted, settings, bar.update, allow_shrink=allow_shrink)
    finally:
        bar.close()
    told = found.as_json()
    if as_json:
        print_json(told)
        return
    say(_plan_line(found.counts()))
    for folder in told["folders"]:
        if folder["problem"]:
            say(f"  {folder['problem']}")
        for change in ("added", "changed", "withdrawn"):
            for name in folder[change]:
                say(f"  {change}: {name}")
        for old, new in folder["moved"]:
            say(f"  moved: {old} -> {new}")
    for each in found.duplicates:
        say(f"  duplicate: {each.file} has {each.how} as {each.of}".replace("has nearly", "says nearly"))
    for version in found.new_versions:
        say(f"  new version: {version.file} supersedes {version.of}")
    for name, reason in found.failed:
        say(f"  cannot be read: {name}: {reason}")
    if found.read_again:
        say(f"  read again, by this version's readers or with OCR: {found.read_again}, unchanged as they are")
    for name, pages in found.scans:
        say(f"  read by OCR after the rest is published: {name} ({pages} page{'s' * (pages != 1)})")


def _tell(outcome: Any, as_json: bool) -> None:
    """What a sync did, file by file where something was amiss."""
    touched = {
        item.address
        for work in outcome.plans
        for item, _ in (*work.added, *work.changed, *work.unreadable, *work.kept_out)
    }
    folders = {str(work.folder) for work in outcome.plans}
    shown = [entry for entry in outcome.files if entry.folder in folders]
    problems = [work.problem for work in outcome.plans if work.problem]
    if as_json:
        print_json(
            {
                "generation": outcome.generation,
                "published": outcome.published,
                "candidate": outcome.candidate,
                "held": outcome.held,
                "plan": outcome.counts(),
                "problems": problems,
                "files": [{"document": e.name, "state": e.state, "reason": e.reason} for e in shown],
                "times": dict(outcome.times),
            }
        )
    else:
        say(_plan_line(outcome.counts()))
        for problem in problems:
            say(f"  {problem}")
        for entry in shown:
            if entry.state != "indexed" and (entry.path in touched or entry.state == "failed"):
                say(f"  {entry.state}: {entry.name}: {entry.reason}")
        indexed = sum(entry.state == "indexed" for entry in outcome.files)
        if outcome.candidate:
            say(f"Generation {outcome.candidate} is built and not published: {outcome.held.rstrip('.')}.")
            say(f"  python -m ingest publish {outcome.candidate}   or   discard {outcome.candidate}")
        else:
            change = "published" if outcome.published else "unchanged"
            say(f"Generation {outcome.generation} {change}: {indexed} files indexed.")
    if problems or any(entry.state == "failed" for entry in shown):
        raise typer.Exit(1)
    if outcome.candidate and outcome.held:
        raise typer.Exit(3)


@app.command()
def status(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """What the library holds, file by file, with what could not be read."""
    from ingest.status import status as act

    found = act(store_of(library))
    if as_json:
        print_json(found)
        return
    if found["generation"] is None:
        say("There is no library yet; run: python -m ingest sync FOLDER")
        return
    documents = found["documents"]
    say(f"Generation {found['generation']}: {len(documents)} files.")
    for item in documents:
        places = ",".join(item["countries"]) or "-"
        size = f"{item['pages']} pages · {item['passages']} passages"
        what = f"{item['title']} · {item['kind']} · {places} · {item['language']} · {size}"
        say(f"{item['state']:8} {item['document']}")
        say(f"         {what if item['state'] == 'indexed' else item['reason']}")
        unread = item["unread_pages"]
        if unread:
            pages = ", ".join(str(page["page"]) for page in unread[:12])
            more = " ..." if len(unread) > 12 else ""
            say(f"         not read: page {pages}{more} ({unread[0]['reason']})")


@app.command()
def rebuild(
    library: LibraryOption = None,
    gate: Gate = None,
    floor: Floor = None,
    no_gate: NoGate = False,
    hold: Hold = False,
    force: Force = False,
) -> None:
    """Cut and embed every document again, after a change of model; the old generation answers meanwhile."""
    from ingest.sync import Choices
    from ingest.sync import rebuild as act

    settings = settings_of(library)
    embedder, cache, bar = _tools(settings, quiet=False)
    choices = Choices(gated=not no_gate, gate=gate, floor=floor, hold=hold, force=force)
    try:
        outcome = act(Library(settings.library), embedder, cache, settings, bar.update, choices)
    finally:
        bar.close()
    if outcome.candidate:
        say(f"Generation {outcome.candidate} is built and not published: {outcome.held.rstrip('.')}.")
        raise typer.Exit(3)
    say(f"Generation {outcome.generation} published.")


@app.command()
def watch(
    library: LibraryOption = None,
    every: Annotated[float | None, typer.Option("--every", help="minutes between two syncs")] = None,
) -> None:
    """Sync the followed folders whenever a file changes, until interrupted."""
    from ingest.sync import sync as act
    from ingest.watch import watch as follow

    settings = settings_of(library)
    store = Library(settings.library)
    embedder, cache, _ = _tools(settings, quiet=True)

    def once() -> None:
        outcome = act(store, list(Admin(store.root).sources()), embedder, cache, settings)
        if outcome.published:
            say(f"Generation {outcome.generation} published.")

    folders = [source.folder for source in Admin(store.root).sources()]
    follow(folders, once, every=every * 60 if every else None)


@app.command()
def check(
    library: LibraryOption = None,
    deep: Annotated[bool, typer.Option("--deep", help="also every original's bytes")] = False,
    as_json: JsonOption = False,
) -> None:
    """Verify the library end to end; exit code 1 where something is wrong."""
    from dataclasses import asdict

    from ingest.check import check as act

    found = act(settings_of(library).library, deep=deep)
    if as_json:
        print_json([asdict(each) for each in found])
    else:
        for each in found:
            say(f"{each.level}: {each.where}: {each.what}\n  {each.mend}")
        if not found:
            say("The library is sound.")
    if any(each.level == "error" for each in found):
        raise typer.Exit(1)


@app.command("export")
def export_(
    file: Annotated[Path, typer.Argument(help="the file to write: library.tar or library.tar.gz")],
    library: LibraryOption = None,
    passwords: Annotated[bool, typer.Option("--passwords", help="with those of locked files")] = False,
    records: Annotated[bool, typer.Option(help="with what people said of answers")] = True,
    cache: Annotated[bool, typer.Option("--cache", help="with the vectors' cache")] = False,
    force: Annotated[bool, typer.Option("--force", help="replace the file")] = False,
) -> None:
    """Write the live library into one file with checksums, to keep or to carry to another office."""
    from ingest.transfer import export_library

    bar = _Bar(quiet=False)
    try:
        done = export_library(
            store_of(library), file, progress=bar.update, passwords=passwords, records=records, cache=cache,
            force=force,
        )  # fmt: skip
    finally:
        bar.close()
    say(f"{file} written: generation {done.generation}, {file.stat().st_size / 1e6:.1f} MB.")
    for missing in done.missing:
        say(f"  without the original of {missing}: it is not in the library")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="what `export` wrote")],
    library: LibraryOption = None,
    publish: Annotated[bool, typer.Option(help="make it live")] = True,
) -> None:
    """Take in a library from one file, beside what is there, and publish it."""
    from ingest.transfer import import_library

    bar = _Bar(quiet=False)
    try:
        done = import_library(
            file, settings_of(library).library, progress=bar.update, publish=publish, who=me()
        )
    finally:
        bar.close()
    say(f"Generation {done.generation} {'published' if done.published else 'taken in, not published'}.")
    for source in done.sources:
        say(f"  follows {source}, as there; drop it with: python -m ingest sources remove {source}")
    for left in done.left:
        say(f"  left as it is here: {left}")
    for missing in done.missing:
        say(f"  without the original of {missing}")


class _Bar:
    """A progress bar a stage, on the terminal's error stream."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._stage = ""
        self._bar: Any = None

    def update(self, stage: str, done: int, total: int, detail: str) -> None:
        if self._quiet:
            return
        from tqdm import tqdm  # type: ignore[import-untyped]

        if stage != self._stage:
            self.close()
            self._stage = stage
            self._bar = tqdm(
                total=total, desc=stage[0].upper() + stage[1:], unit=f" {_UNITS.get(stage, 'passages')}",
                file=sys.stderr, dynamic_ncols=True,
            )  # fmt: skip
        if self._bar is not None:
            self._bar.update(done - self._bar.n)
            if detail:
                self._bar.set_postfix_str(detail, refresh=False)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


_UNITS = {"reading": "files", "gate": "questions", "checking": "checks", "OCR": "pages", "export": "files",
          "import": "files"}  # fmt: skip


def _tools(settings: IngestSettings, *, quiet: bool) -> tuple[Any, Any, _Bar]:
    from ingest.embeddings import VectorCache
    from ingest.settings import embedder_for

    return embedder_for(settings), VectorCache(settings.library / "vectors.sqlite"), _Bar(quiet)


def _plan_line(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counts.items()) + "."


def main() -> None:
    from ingest.jobs import Stopped, end_on_request

    end_on_request()
    try:
        run(app, IngestError)
    except Stopped:
        typer.echo("Stopped; what was read and embedded is kept for the next run.", err=True)
        sys.exit(143)


if __name__ == "__main__":
    main()
