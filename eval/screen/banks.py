"""The banks that an evaluator can choose: those that came with the program, and those taken before."""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

from assistant.chat import Assistant
from eval.bank import bank_rows, check_bank, load_bank
from eval.results import Question
from eval.screen.words import Told, isolated, say

SAMPLES = Path(__file__).parents[1] / "banks"
FOLDER = "banks"  # in the library
SUFFIXES = (".jsonl", ".csv", ".xlsx")
LARGEST = 5_000_000  # bytes of a file; a thousand questions with their gold are one megabyte
MOST = 500  # banks kept in one library


@dataclass(frozen=True)
class Bank:
    """A bank at hand. key: what chooses it, "samples/..." or "own/..."."""

    key: str
    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    def label(self, ui: str) -> str:
        came = self.key.startswith("samples/")
        return say(ui, "quality_banks.came", name=isolated(ui, self.name)) if came else self.name


@dataclass(frozen=True)
class Checked:
    """A bank that can be run. warnings: what its gold says of the library that is not so."""

    questions: tuple[Question, ...]
    warnings: tuple[str, ...]


def banks(library: Path) -> tuple[Bank, ...]:
    """All banks at hand: those of the library first, each sort by name."""
    return tuple(
        Bank(f"{sort}/{path.name}", path)
        for sort, folder in (("own", library / FOLDER), ("samples", SAMPLES))
        if folder.is_dir()
        for path in sorted(folder.iterdir(), key=lambda each: each.name.casefold())
        if path.suffix.lower() in SUFFIXES and path.is_file() and not path.name.startswith(".")
    )


def bank(library: Path, key: object) -> Bank:
    """The bank of a key, which may come from a browser. Raises EvalError where there is none."""
    found = next((each for each in banks(library) if each.key == key), None)
    if found is None:
        raise Told("quality_banks.missing")
    return found


def keep_bank(library: Path, name: str, content: bytes) -> Bank:
    """Keeps a bank file in the library, once it is seen to have no fault of form.

    The same content under the same name is kept once; other content gets another name ("bank-2.csv").
    Raises EvalError that lists every fault; then nothing is kept.
    """
    plain = _plain_name(name)
    if len(content) > LARGEST:
        raise Told("quality_banks.too_large", name=plain, size=LARGEST // 1_000_000)
    if len([each for each in banks(library) if each.key.startswith("own/")]) >= MOST:
        raise Told("quality_banks.full", most=MOST, folder=FOLDER)
    with tempfile.TemporaryDirectory(prefix="bank-") as scratch:
        seen = Path(scratch) / plain
        seen.write_bytes(content)
        load_bank(seen)
    folder = library / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".", suffix=".part") as part:
        part.write(content)
        part.flush()
        stem, suffix = os.path.splitext(plain)
        for number in range(1, MOST + 2):
            path = folder / (plain if number == 1 else f"{stem}-{number}{suffix}")
            with suppress(FileExistsError):
                os.link(part.name, path)
                path.chmod(0o644)
                return Bank(f"own/{path.name}", path)
            if path.is_file() and path.read_bytes() == content:
                return Bank(f"own/{path.name}", path)
    raise Told("quality_banks.many_of_name", name=plain)


def _plain_name(name: str) -> str:
    """The file's name without folders and without what a file system or a page might take amiss."""
    plain = re.sub(r"[^\w .()+-]+", "_", PureWindowsPath(name).name).strip(" .")
    stem, suffix = os.path.splitext(plain)
    if suffix.lower() not in SUFFIXES or not stem:
        if not plain:
            raise Told("quality_banks.wrong_kind_file")
        raise Told("quality_banks.wrong_kind", name=plain)
    return f"{stem[:80]}{suffix.lower()}"


def check(assistant: Assistant, chosen: Bank) -> Checked:
    """The bank's questions, and where its gold does not fit the live generation.

    Raises EvalError for faults of form, and IngestError where there is no library.
    """
    questions = load_bank(chosen.path)
    live = assistant.library.live()
    if live is None:
        raise Told("quality_banks.no_documents", command="python -m ingest")
    with closing(assistant.library.catalogue(live)) as catalogue:
        return Checked(questions, tuple(check_bank(questions, catalogue, bank_rows(chosen.path))))
