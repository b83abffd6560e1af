"""The evaluator's front door: python -m eval calibrate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.answer import AssistantError, Hit
from ingest.documents import IngestError
from ingest.terminal import run

app = typer.Typer(help="Know how good the answers are.", no_args_is_help=True)


@app.callback()
def _front_door() -> None:
    """Keeps `calibrate` a named command while it is the only one."""


@app.command()
def calibrate(
    files: Annotated[list[Path], typer.Argument(help="SQuAD 2.0, NoMIRACL or bank files")],
    library: Annotated[Path | None, typer.Option("--library", help="needed for banks")] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=2, help="questions of each file")] = None,
) -> None:
    """Choose the evidence below which there is no answer (ASSISTANT_EVIDENCE), on labelled questions."""
    from assistant.chat import Assistant
    from assistant.search import question_vector
    from assistant.settings import AssistantSettings
    from eval.calibrate import calibrate_on

    settings = AssistantSettings()
    if library:
        settings = settings.model_copy(update={"library": library})
    with Assistant(settings) as assistant:

        def search(question: str, language: str) -> tuple[Hit, ...]:
            return assistant.search(question, k=settings.considered).hits

        try:
            report = calibrate_on(
                files,
                embed=assistant.embedder.encode_passages,
                embed_question=lambda question: question_vector(assistant.embedder, question),
                search=search if library else None,
                limit=limit,
            )
        except (OSError, ValueError) as error:
            raise AssistantError(f"calibration needs questions of both sorts: {error}") from error
    typer.echo(str(report))


def main() -> None:
    run(app, AssistantError, IngestError)


if __name__ == "__main__":
    main()
