"""The evaluator's front door: python -m eval run, compare, gate, check, draft, public, calibrate."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.answer import AssistantError, Hit
from eval.results import EvalError
from ingest.documents import IngestError
from ingest.terminal import run, say

if TYPE_CHECKING:
    from assistant.chat import Assistant
    from assistant.settings import AssistantSettings
    from eval.results import Run
    from ingest.catalogue import Catalogue

Bank = Annotated[Path, typer.Argument(help="questions with gold: JSON lines, CSV or XLSX")]
Library = Annotated[Path | None, typer.Option("--library", help="the library's folder")]

app = typer.Typer(help="Know how good the answers are.", no_args_is_help=True)


@app.command()
def calibrate(
    files: Annotated[list[Path], typer.Argument(help="SQuAD 2.0, NoMIRACL or bank files")],
    library: Annotated[Path | None, typer.Option("--library", help="needed for banks")] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=2, help="questions of each file")] = None,
) -> None:
    """Choose the evidence below which there is no answer (ASSISTANT_EVIDENCE), on labelled questions."""
    from assistant.search import question_vector
    from eval.calibrate import calibrate_on

    with _assistant(library) as assistant:

        def search(question: str, language: str) -> tuple[Hit, ...]:
            return assistant.search(question, k=assistant.settings.considered).hits

        try:
            report = calibrate_on(
                files,
                embed=assistant.embedder.encode_passages,
                embed_question=lambda question: question_vector(assistant.embedder, question),
                search=search if library else None,
                limit=limit,
            )
        except (OSError, ValueError) as error:
            raise EvalError(f"calibration needs questions of both sorts: {error}") from error
    typer.echo(str(report))


@app.command("run")
def run_command(bank: Bank, library: Library = None) -> None:
    """Put a bank to the library, keep the run and say how good the answers are."""
    from tqdm import tqdm  # type: ignore[import-untyped]

    from eval.run import Runs, run_bank

    with _assistant(library) as assistant, tqdm(desc="Asking", unit=" questions") as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        made = Runs(assistant.settings.library).keep(run_bank(assistant, bank, progress))
    _print_run(made)


@app.command("list")
def list_command(library: Library = None) -> None:
    """List the runs kept in the library."""
    from eval.run import Runs

    runs = Runs(_settings(library).library)
    for name in runs.names():
        kept = runs.load(name)
        say(
            f"{name}  {kept.started}  {kept.bank}, {len(kept.questions)} questions,"
            f" generation {kept.generation}"
        )


@app.command()
def show(name: Annotated[str, typer.Argument(metavar="RUN")], library: Library = None) -> None:
    """Say again how good the answers of a kept run are."""
    from eval.run import Runs

    _print_run(Runs(_settings(library).library).load(name))


@app.command()
def compare(
    before: Annotated[str, typer.Argument(metavar="RUN")],
    after: Annotated[str, typer.Argument(metavar="RUN")],
    library: Library = None,
) -> None:
    """Say, measure by measure, whether the second run is better than the first."""
    from eval.compare import compare as changes
    from eval.compare import power
    from eval.run import Runs

    runs = Runs(_settings(library).library)
    one, two = runs.load(before), runs.load(after)
    for change in changes(one, two):
        say(change.sentence(one, two))
        if change.p is not None and (change.gained or change.lost):
            say(f"    gained: {', '.join(change.gained) or '-'}; lost: {', '.join(change.lost) or '-'}")
    say(power(one))


@app.command()
def gate(
    name: Annotated[str, typer.Argument(metavar="RUN")],
    against: Annotated[str | None, typer.Option(help="the run that it must not be worse than")] = None,
    floor: Annotated[Path | None, typer.Option(help="a JSON object: measure -> lowest value")] = None,
    library: Library = None,
) -> None:
    """Exit with 1, and say why, where a run falls short of another run or of a floor file."""
    from eval import compare as gates
    from eval.run import Runs

    if against is None and floor is None:
        raise EvalError("a gate needs --against RUN, --floor FILE or both")
    runs = Runs(_settings(library).library)
    wanted = runs.load(name)
    faults = gates.against(runs.load(against), wanted) if against else []
    faults += gates.below(wanted, gates.load_floors(floor)) if floor else []
    for fault in dict.fromkeys(faults):
        say(f"falls short: {fault}")
    say(f"run {name} {'falls short' if faults else 'passes'}")
    raise typer.Exit(1 if faults else 0)


@app.command()
def check(bank: Bank, library: Library = None) -> None:
    """Check a bank, and its gold against the library; exit with 1 where there are faults."""
    from eval.bank import bank_rows, check_bank, load_bank

    questions = load_bank(bank)
    with _catalogue(library) as catalogue:
        faults = check_bank(questions, catalogue, bank_rows(bank))
    for fault in faults:
        say(fault)
    say(f"{len(questions)} questions, {len(faults)} faults")
    raise typer.Exit(1 if faults else 0)


@app.command()
def draft(
    file: Annotated[Path, typer.Argument(help="the XLSX to write")],
    count: Annotated[int, typer.Option(min=1, help="questions to propose")] = 50,
    library: Library = None,
) -> None:
    """Propose questions from the library's documents for a person to accept, edit or drop."""
    from eval.draft import draft as propose
    from eval.draft import draft_workbook

    with _catalogue(library) as catalogue:
        proposed = propose(catalogue, count)
    draft_workbook(proposed, file)
    say(f"{len(proposed)} questions proposed in {file}; set keep to yes for those that are good")


@app.command()
def public(
    sets: Annotated[Path, typer.Argument(help="the folder of the public sets")],
    place: Annotated[Path, typer.Option("--place", help="where their libraries are kept")],
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="questions of each set")] = None,
) -> None:
    """Run the public sets through the whole system and print one table beside the published figures."""
    from eval.public import run_all, table

    say(table(run_all(sets, place, limit, lambda line: typer.echo(line, err=True))))


def _print_run(made: Run) -> None:
    from eval.measures import METRICS
    from eval.metrics import score_run
    from eval.summary import latency, stages, summarise, verdict

    scores = score_run(made)
    found = summarise(scores)
    say(f"Run {made.name}: {made.bank} on generation {made.generation} ({made.documents} documents)")
    for metric in METRICS:
        say(f"  {verdict(metric.phrase, found[metric.name])}")
    p50, p95 = latency(scores)
    if p50 is not None and p95 is not None:
        say(f"  half of the answers within {1000 * p50:.0f} ms, 95 % within {1000 * p95:.0f} ms")
    lost = ", ".join(f"{stage}: {count}" for stage, count in stages(scores).items() if count)
    say(f"  questions lost, by the stage that lost them: {lost or 'none'}")


def _settings(library: Path | None) -> AssistantSettings:
    from assistant.settings import AssistantSettings

    settings = AssistantSettings()
    return settings.model_copy(update={"library": library}) if library else settings


def _assistant(library: Path | None) -> Assistant:
    from assistant.chat import Assistant

    return Assistant(_settings(library))


@contextmanager
def _catalogue(library: Path | None) -> Iterator[Catalogue]:
    """The live generation's catalogue."""
    from ingest.library import Library as Store

    store = Store(_settings(library).library)
    live = store.live()
    if live is None:
        raise EvalError(f"there is no library in {store.root} yet; run: python -m ingest sync FOLDER")
    with closing(store.catalogue(live)) as catalogue:
        yield catalogue


def main() -> None:
    run(app, AssistantError, IngestError, EvalError)


if __name__ == "__main__":
    main()
