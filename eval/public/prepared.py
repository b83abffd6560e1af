"""What an adapter makes of a public set; and what adapters share: reading, spreading, writing documents."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from eval.results import EvalError, Question

T = TypeVar("T")


@dataclass(frozen=True)
class Prepared:
    """A public set as a bank: a folder of documents to index, and the questions on them."""

    documents: Path
    questions: tuple[Question, ...]


def spread(rows: Sequence[T], limit: int | None) -> list[T]:
    """`limit` of `rows`, evenly spread; all of them without a limit."""
    if not limit or limit >= len(rows):
        return list(rows)
    return [rows[at * len(rows) // limit] for at in range(limit)]


def read_json(path: Path) -> Any:
    """The file's value. Raises EvalError where it is absent or no JSON."""
    try:
        return json.loads(_text(path))
    except json.JSONDecodeError as error:
        raise EvalError(f"{path} is not JSON ({error}); fetch the published file anew") from error


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The objects of a file of JSON lines. Raises EvalError where it is absent or a line is no JSON."""
    rows = []
    # Not splitlines(): a string may hold U+2028.
    for number, line in enumerate(_text(path).split("\n"), 1):
        if line.strip():
            try:
                rows.append(json.loads(line))
            except json.JSONDecodeError as error:
                raise EvalError(f"{path}, row {number}: no JSON ({error}); fetch the file anew") from error
    return rows


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise EvalError(f"{path} is absent; give the folder that holds the public set") from error


def write_texts(place: Path, texts: Mapping[str, str]) -> Path:
    """Makes `place` hold exactly `texts` (file name -> text); files that are right are left as they are."""
    _clear(place, texts.keys())
    for name, text in texts.items():
        path = place / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    return place


def copy_files(place: Path, files: Sequence[Path]) -> Path:
    """Makes `place` hold copies of `files` and nothing else. Raises EvalError where one is absent."""
    _clear(place, {file.name for file in files})
    for file in files:
        if not file.is_file():
            raise EvalError(f"{file} is absent, and questions ask about it; add it, or drop them")
        there = place / file.name
        if not there.exists() or there.stat().st_size != file.stat().st_size:
            shutil.copyfile(file, there)
    return place


def _clear(place: Path, wanted: Any) -> None:
    place.mkdir(parents=True, exist_ok=True)
    for path in place.iterdir():
        if path.name not in wanted:
            path.unlink()
