"""The admin's front door: python -m ingest sync | status | rebuild | generations."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from ingest.documents import IngestError
from ingest.library import Library
from ingest.settings import IngestSettings
from ingest.terminal import print_json, run, say

app = typer.Typer(help="Documents in: index a folder, see what was read, publish.", no_args_is_help=True)

LibraryOption = Annotated[Path | None, typer.Option("--library", help="the library's directory")]
JsonOption = Annotated[bool, typer.Option("--json", help="print JSON")]


@app.command()
def sync(
    folder: Annotated[Path, typer.Argument(help="the folder that holds the documents")],
    library: LibraryOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what would change")] = False,
    allow_empty: Annotated[bool, typer.Option("--allow-empty", help="an empty folder withdraws all")] = False,
    as_json: JsonOption = False,
) -> None:
    """Bring the library up to date with FOLDER. Exit code 1 if a file failed."""
    from ingest.sync import make_plan
    from ingest.sync import sync as act

    settings = _settings(library)
    store = Library(settings.library)
    if dry_run:
        work, _ = make_plan(store, folder, allow_empty=allow_empty)
        names = {
            "added": [item.name for item, _ in (*work.added, *work.unreadable)],
            "changed": [item.name for item, _ in work.changed],
            "moved": [f"{old.name} -> {new.name}" for old, new in work.moved],
            "withdrawn": [entry.name for entry in work.withdrawn],
        }
        if as_json:
            print_json({"plan": work.counts(), **names})
        else:
            say(_plan_line(work.counts()))
            for change, files in names.items():
                for name in files:
                    say(f"  {change}: {name}")
        return
    embedder, cache, bar = _tools(settings, quiet=as_json)
    try:
        outcome = act(store, folder, embedder, cache, settings, bar.update, allow_empty=allow_empty)
    finally:
        bar.close()
    done = outcome.plan
    touched = {item.address for item, _ in (*done.added, *done.changed, *done.unreadable)}
    listed = [entry for entry in outcome.files if entry.folder == str(outcome.plan.folder)]
    if as_json:
        print_json(
            {
                "generation": outcome.generation,
                "published": outcome.published,
                "plan": outcome.plan.counts(),
                "files": [{"document": e.name, "state": e.state, "reason": e.reason} for e in listed],
                "times": dict(outcome.times),
            }
        )
    else:
        say(_plan_line(outcome.plan.counts()))
        for entry in listed:
            if entry.state != "indexed" and (entry.path in touched or entry.state == "failed"):
                say(f"  {entry.state}: {entry.name}: {entry.reason}")
        indexed = sum(entry.state == "indexed" for entry in outcome.files)
        change = "published" if outcome.published else "unchanged"
        say(f"Generation {outcome.generation} {change}: {indexed} files indexed.")
    if any(entry.state == "failed" for entry in listed):
        raise typer.Exit(1)


@app.command()
def status(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """What the library holds, file by file, with what could not be read."""
    from ingest.status import status as act

    found = act(Library(_settings(library).library))
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
def rebuild(library: LibraryOption = None) -> None:
    """Cut and embed every document again, after a change of model; the old generation answers meanwhile."""
    from ingest.sync import rebuild as act

    settings = _settings(library)
    embedder, cache, bar = _tools(settings, quiet=False)
    try:
        name = act(Library(settings.library), embedder, cache, settings, bar.update)
    finally:
        bar.close()
    say(f"Generation {name} published.")


@app.command()
def generations(library: LibraryOption = None) -> None:
    """The generations kept, the live one marked."""
    store = Library(_settings(library).library)
    live = store.live()
    for name in store.generations():
        info = store.info(name)
        mark = "*" if name == live else " "
        size = f"{info.counts['documents']} documents  {info.counts['passages']} passages"
        say(f"{mark} {name}  {info.created}  {size}")


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
            unit = " files" if stage == "reading" else " passages"
            self._bar = tqdm(
                total=total, desc=stage.capitalize(), unit=unit, file=sys.stderr, dynamic_ncols=True
            )
        if self._bar is not None:
            self._bar.update(done - self._bar.n)
            if detail:
                self._bar.set_postfix_str(detail, refresh=False)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def _tools(settings: IngestSettings, *, quiet: bool) -> tuple[Any, Any, _Bar]:
    from ingest.embeddings import VectorCache
    from ingest.settings import embedder_for

    return embedder_for(settings), VectorCache(settings.library / "vectors.sqlite"), _Bar(quiet)


def _settings(library: Path | None) -> IngestSettings:
    settings = IngestSettings()
    return settings.model_copy(update={"library": library}) if library else settings


def _plan_line(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counts.items()) + "."


def main() -> None:
    run(app, IngestError)


if __name__ == "__main__":
    main()
