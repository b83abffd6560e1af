"""The gate before publishing: what is asked of it, what it says, where that is kept, who answers."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import entry_points
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from ingest.library import Library, LibraryError
from ingest.settings import IngestSettings

log = logging.getLogger(__name__)

GROUP = "ingest.gates"  # of entry points: whoever judges answers names itself there, so nothing is imported

Direction = Literal["better", "worse", "other"]


@dataclass(frozen=True)
class GateRequest:
    """What a gate is asked: may generation `candidate` replace `against`, the live one (None: the first)?

    bank: the questions put to it. floor: the file of what it must reach. progress is told
    ("gate", done, total, detail).
    """

    root: Path
    candidate: str
    against: str | None
    bank: Path
    floor: Path | None
    settings: IngestSettings
    progress: Callable[[str, int, int, str], None]


@dataclass(frozen=True)
class Changed:
    """A question whose answer would change. before, after: what is said, with the places cited."""

    question: str
    before: str
    after: str
    direction: Direction
    why: str
    id: str = ""  # the question's, in the bank


@dataclass(frozen=True)
class GateWords:
    """The sentences of a result in one language. whys: of each of the changed answers, in their order."""

    verdict: str
    faults: tuple[str, ...]
    whys: tuple[str, ...]


@dataclass(frozen=True)
class GateResult:
    """What a gate found. run: the name of the kept run of the candidate. report: a file in library/gates/.

    better, worse: of the changed answers. faults: why it did not pass, a sentence each. left_out: ids of the
    questions that this library could not be asked. told: language -> its sentences, which stand here in
    English; {} of a gate that speaks no other.
    """

    passed: bool
    verdict: str  # one sentence
    better: int
    worse: int
    changed: tuple[Changed, ...]
    run: str
    report: str
    faults: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    told: Mapping[str, GateWords] = field(default_factory=dict)

    def said(self, language: str) -> GateResult:
        """The result with its sentences in `language`; in English where it was not told so."""
        words = self.told.get(language)
        if words is None:
            return self
        changed = tuple(replace(one, why=why) for one, why in zip(self.changed, words.whys, strict=True))
        return replace(self, verdict=words.verdict, faults=words.faults, changed=changed)


@dataclass(frozen=True)
class _Kept:
    """A result in its file. created: when the generation that it is about was built."""

    created: str
    result: GateResult


Gate = Callable[[GateRequest], GateResult]


def gate_for(name: str = "bank") -> Gate:
    """The gate that an installed package offers under `name`. Raises LibraryError where there is none."""
    for point in entry_points(group=GROUP, name=name):
        found: Gate = point.load()
        return found
    raise LibraryError(
        f'no gate is installed under the name "{name}"; install the program whole (pip install -e .), or sync'
        " without --gate"
    )


def ask_gate(request: GateRequest, name: str = "bank") -> GateResult:
    """Asks the gate `name` and keeps what it says. Raises LibraryError where it cannot answer."""
    result = gate_for(name)(request)
    keep(request.root, request.candidate, result)
    return result


def folder(root: Path) -> Path:
    """Where results and reports of gates are kept."""
    return root / "gates"


def write(root: Path, name: str, text: str) -> None:
    """Puts a file into the gates' folder, whole or not at all."""
    place = folder(root)
    place.mkdir(parents=True, exist_ok=True)
    part = place / f".{name}.{os.getpid()}.part"
    try:
        part.write_text(text, encoding="utf-8")
        os.replace(part, place / name)
    finally:
        part.unlink(missing_ok=True)


def keep(root: Path, candidate: str, result: GateResult) -> None:
    """Keeps `result` beside the library, as library/gates/<candidate>.json."""
    values = asdict(_Kept(_created(root, candidate), result))
    write(root, f"{candidate}.json", json.dumps(values, ensure_ascii=False, indent=1))


def kept(root: Path, candidate: str) -> GateResult | None:
    """What the gate said of `candidate`; None where it was not asked, or of another one of that name.

    A discarded generation's number is given again: its result stays until the next of that name is built.
    """
    file = folder(root) / f"{candidate}.json"
    try:
        found = TypeAdapter(_Kept).validate_json(file.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        log.warning("the gate's result in %s cannot be read: %s", file, error)
        return None
    return found.result if _created(root, candidate) in ("", found.created) else None


def _created(root: Path, name: str) -> str:
    """When a generation was built, "" where it is gone."""
    try:
        return Library(root).info(name).created
    except LibraryError:
        return ""
