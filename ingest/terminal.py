"""What the three front doors share in the terminal: printing, and errors as one sentence."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import typer


def say(text: str) -> None:
    """Prints `text`; lone surrogates of a file name cannot stop it."""
    typer.echo(text.encode("utf-8", "replace").decode("utf-8"))


def print_json(value: Any, *, one_line: bool = False) -> None:
    say(json.dumps(value, ensure_ascii=False, indent=None if one_line else 2))


def run(app: typer.Typer, *errors: type[Exception]) -> None:
    """Runs the commands; one of `errors` ends as its sentence and exit code 2, without a stack trace."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        app()
    except errors as error:
        typer.echo(f"Error: {error}", err=True)
        sys.exit(2)
