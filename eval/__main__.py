"""The evaluator's front door: python -m eval run, compare, report, gate, check, draft, public and more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.answer import AssistantError
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
Language = Annotated[str, typer.Option("--language", help="what it is said in: en, fr, es, ar, ru or zh")]

app = typer.Typer(help="Know how good the answers are.", no_args_is_help=True)


@app.command()
def calibrate(
    names: Annotated[list[str], typer.Argument(metavar="RUN...")],
    library: Library = None,
    most: Annotated[float, typer.Option(help="share of answerable questions that may be refused")] = 0.05,
) -> None:
    """Choose the evidence below which there is no answer (ASSISTANT_EVIDENCE), from kept runs."""
    from eval.calibrate import report as rates
    from eval.run import Runs

    runs = Runs(_settings(library).library)
    say(str(rates([runs.load(name) for name in names], most)))


@app.command("run")
def run_command(bank: Bank, library: Library = None) -> None:
    """Put a bank to the library, keep the run and say how good the answers are."""
    from eval.run import Runs, run_bank

    with _assistant(library) as assistant:
        made = Runs(assistant.settings.library).keep(run_bank(assistant, bank, _bar("Asking")))
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
    language: Language = "en",
) -> None:
    """Say, measure by measure, whether the second run is better than the first."""
    from eval.compare import compare as changes
    from eval.compare import power, repeated
    from eval.report.words import say as words
    from eval.run import Runs

    _check(language)
    runs = Runs(_settings(library).library)
    one, two = runs.load(before), runs.load(after)
    for change in changes(one, two):
        say(change.sentence(one, two, language))
        if change.p is not None and (change.gained or change.lost):
            gained, lost = ", ".join(change.gained) or "-", ", ".join(change.lost) or "-"
            say(f"    {words(language, 'change.ids', gained=gained, lost=lost)}")
    same = repeated(one, two)
    if same is not None:
        say(same.said(language))
    say(power(one, language))


@app.command()
def report(
    name: Annotated[str, typer.Argument(metavar="RUN")],
    against: Annotated[str | None, typer.Option(help="the run before, to say what changed")] = None,
    out: Annotated[Path | None, typer.Option(help="an .html or .docx file; else report-RUN.html")] = None,
    library: Library = None,
    language: Language = "en",
) -> None:
    """Write a report of a run that can be read, printed and handed on."""
    from eval.report.docx import write_docx
    from eval.report.page import report as page
    from eval.report.pages import pages_of_run
    from eval.run import Runs
    from ingest.library import Library as Store

    _check(language)
    store = Store(_settings(library).library)
    runs = Runs(store.root)
    wanted, before = runs.load(name), runs.load(against) if against else None
    file = out or Path(f"report-{wanted.name}.html")
    if file.suffix.lower() not in (".html", ".docx"):
        raise EvalError(f"{file}: a report is an .html or a .docx file; name one of these")
    with pages_of_run(store, wanted) as pages:
        if file.suffix.lower() == ".docx":
            write_docx(wanted, before, pages, file, language)
        else:
            try:
                file.write_text(page(wanted, before, pages, language), encoding="utf-8")
            except OSError as error:
                raise EvalError(f"the report cannot be written to {file}: {error.strerror}") from error
    say(f"the report of run {wanted.name} is in {file}")


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


@app.command()
def ablate(bank: Bank, library: Library = None) -> None:
    """Say what each part of search and choice is worth: the bank run without it, beside the whole."""
    from eval.ablate import ablate as leave_out
    from eval.ablate import table
    from ingest.settings import embedder_for

    settings = _settings(library)
    say(table(*leave_out(settings, embedder_for(settings), bank, _bar)))


@app.command()
def train(
    sets: Annotated[Path, typer.Argument(help="the folder of the training sets")],
    out: Annotated[Path, typer.Option(help="the model to write")] = Path("assistant/evidence.onnx"),
    weights: Annotated[
        Path | None, typer.Option(help="what was trained; exported, not trained again")
    ] = None,
    fit: Annotated[bool, typer.Option(help="only fit the weights that go with the model in --out")] = False,
) -> None:
    """Train the evidence model (an hour on two cores), or fit the weights that go with it."""
    from eval.training import command

    embedding = _settings(None).models
    if fit:
        for line in command.fit(sets, out, embedding):
            say(line)
    else:
        command.train_and_export(sets, out, weights, embedding)
        say(f"{out} written; now fit the weights: python -m eval train {sets} --fit")


@app.command()
def feedback(
    file: Annotated[Path, typer.Argument(help="the XLSX to write")], library: Library = None
) -> None:
    """Turn what people said of answers in the chat into draft questions, for a person to complete."""
    from assistant.records import feedback as kept
    from eval.feedback import feedback_workbook

    count = feedback_workbook(kept(_settings(library).library), file)
    say(f"questions from the chat in {file}: {count}; complete those that are good and set keep to yes")


@app.command("judge")
def judge_command(name: Annotated[str, typer.Argument(metavar="RUN")], library: Library = None) -> None:
    """Ask a language model how faithful and relevant the answers of a run are; advisory, gates nothing."""
    from eval import judge as judging
    from eval.run import Runs

    settings = _settings(library)
    run = Runs(settings.library).load(name)
    model, called = judging.judge_model(settings)
    judged = judging.judge(
        run,
        model,
        name=called,
        progress=_bar("Judging"),
        first=settings.first_token,
        total=settings.writing_time,
    )
    file = judging.keep(judged, settings.library)
    for line in judged.sentences():
        say(line)
    say(f"kept in {file}")


@app.command("judge-agreement")
def judge_agreement(
    name: Annotated[str, typer.Argument(metavar="RUN")],
    labels: Annotated[Path, typer.Argument(help="CSV or XLSX: id, sentence, faithful, relevant")],
    library: Library = None,
) -> None:
    """Say how far people's labels agree with the judge of a run (Cohen's kappa)."""
    from eval import judge as judging
    from eval.run import Runs

    root = _settings(library).library
    found = judging.agreement(judging.load(Runs(root).load(name).name, root), labels)
    say(found.sentence)
    for aspect, part in found.by.items():
        say(f"  {aspect}: {part.sentence}")
        for label, row in part.table.items():
            counts = ", ".join(f"{other} {count}" for other, count in row.items())
            say(f"    people say {label}; the judge says: {counts}")


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


def _bar(what: str) -> Callable[[int, int], None]:
    """Tells how far `what` has come, on standard error, each time it is called with (done, total)."""
    from tqdm import tqdm  # type: ignore[import-untyped]

    bar = tqdm(desc=what)

    def tell(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)
        if done == total:
            bar.close()

    return tell


def _check(language: str) -> None:
    from ingest.wording import LANGUAGES

    if language not in LANGUAGES:
        raise EvalError(f"there are no words in {language}; --language is one of: {', '.join(LANGUAGES)}")


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
