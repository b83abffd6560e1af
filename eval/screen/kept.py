"""The kept runs as the screen lists and opens them; what was worked out once is remembered."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from eval.report.build import build
from eval.report.content import Content
from eval.results import EvalError, Run
from eval.run import Runs
from eval.screen.words import Told

_NAME = re.compile(r"[0-9]{4,9}")


@dataclass(frozen=True)
class _Stamp:
    """A run's file as it is now. Runs never change, but a deleted one's number may come again."""

    name: str
    written: int
    size: int


@dataclass(frozen=True)
class Listed:
    """A line of the list of runs. problem: why it cannot be opened, in English; then only the name is
    known."""

    name: str
    started: str = ""
    bank: str = ""
    bank_hash: str = ""
    questions: int = 0
    generation: str = ""
    problem: str = ""


class Kept:
    """Reads a library's runs; what was worked out is remembered for as long as the run's file is the same."""

    def __init__(self, library: Path) -> None:
        self._runs = Runs(library)
        # Some runs are a megabyte, and scoring eighty questions takes seconds.
        self._listed: Callable[[_Stamp], Listed] = lru_cache(maxsize=1024)(self._list)
        self._loaded: Callable[[_Stamp], Run] = lru_cache(maxsize=8)(
            lambda stamp: self._runs.load(stamp.name)
        )
        self._built: Callable[[_Stamp, _Stamp | None, str], Content] = lru_cache(maxsize=32)(self._build)

    def listed(self) -> tuple[Listed, ...]:
        """All kept runs, newest first."""
        return tuple(self._listed(self._stamp(name)) for name in reversed(self._runs.names()))

    def run(self, name: object) -> Run:
        """A run by its name, which may come from a browser. Raises EvalError where there is none."""
        return self._loaded(self._known(name))

    def content(self, name: object, before: object = "", ui: str = "en") -> Content:
        """What a run's report says, compared with the run `before` where one is named. Raises EvalError."""
        return self._built(self._known(name), self._known(before) if before else None, ui)

    def before(self, name: str) -> str:
        """The newest run of the same bank that is older than `name`, "" if there is none."""
        runs = self.listed()
        own = next((each for each in runs if each.name == name), None)
        older = (each for each in runs if own and int(each.name) < int(name) and not each.problem)
        return next((each.name for each in older if own and each.bank_hash == own.bank_hash), "")

    def _known(self, name: object) -> _Stamp:
        if not isinstance(name, str) or not _NAME.fullmatch(name) or name not in self._runs.names():
            raise Told("quality_runs.missing")
        return self._stamp(name)

    def _stamp(self, name: str) -> _Stamp:
        try:
            status = (self._runs.folder / f"{name}.json").stat()
        except OSError as error:
            raise Told("quality_runs.taken_away", run=name) from error
        return _Stamp(name, status.st_mtime_ns, status.st_size)

    def _list(self, stamp: _Stamp) -> Listed:
        try:
            run = self._runs.load(stamp.name)
        except EvalError as error:
            return Listed(stamp.name, problem=str(error))
        return Listed(stamp.name, run.started, run.bank, run.bank_hash, len(run.questions), run.generation)

    def _build(self, stamp: _Stamp, before: _Stamp | None, ui: str) -> Content:
        return build(self._loaded(stamp), self._loaded(before) if before else None, ui=ui)
