"""What the three front doors share in the terminal: printing, and errors as one sentence."""

from __future__ import annotations

import json
import logging
import re
import sys
from typing import Any

import typer

# What a terminal obeys instead of showing it, and what turns words: names of files and documents may hold it.
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def say(text: str, *, err: bool = False) -> None:
    """Prints `text`; lone surrogates of a file name cannot stop it, nor can its signs steer the terminal."""
    typer.echo(_shown(text), err=err)


def _shown(text: str) -> str:
    return _OBEYED.sub("\ufffd", text).encode("utf-8", "replace").decode("utf-8")


class _Shown(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return _shown(super().format(record))


def print_json(value: Any, *, one_line: bool = False) -> None:
    say(json.dumps(value, ensure_ascii=False, indent=None if one_line else 2))


def run(app: typer.Typer, *errors: type[Exception]) -> None:
    """Runs the commands; one of `errors` ends as its sentence and exit code 2, without a stack trace."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Shown("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    try:
        app()
    except errors as error:
        say(f"Error: {error}", err=True)
        sys.exit(2)
