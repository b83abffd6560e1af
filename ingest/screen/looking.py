"""What a run would change: worked out in the background, once for everyone who uses the application."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

from ingest.library import Library
from ingest.settings import IngestSettings


@dataclass(frozen=True)
class Look:
    """How far it has come. found: Preview.as_json, None before it is done; problem: why there is none."""

    state: Literal["none", "working", "done", "failed"] = "none"
    done: int = 0
    total: int = 0
    detail: str = ""
    found: dict[str, Any] | None = None
    problem: str = ""


class Looking:
    """`look` is what all sessions see; `start` begins anew, `forget` after a run has changed everything."""

    def __init__(self, settings: IngestSettings, sentence: Callable[[Exception], str]) -> None:
        self._settings = settings
        self._sentence = sentence
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._round = 0
        self.look = Look()

    def start(self) -> None:
        with self._lock:
            if self.look.state == "working":
                return
            self._round += 1
            self.look = Look("working")
            self._thread = threading.Thread(target=self._work, args=(self._round,), daemon=True)
            self._thread.start()

    def forget(self) -> None:
        """What was found holds no longer; work under way is finished for nobody."""
        with self._lock:
            self._round += 1
            self.look = Look()

    def wait(self) -> None:
        """Until the work under way is done."""
        if self._thread is not None:
            self._thread.join()

    def _work(self, round_: int) -> None:
        from ingest.admin import Admin
        from ingest.preview import preview

        def progress(stage: str, done: int, total: int, detail: str) -> None:
            with self._lock:
                if self._round == round_:
                    self.look = replace(self.look, done=done, total=total, detail=detail)

        library = Library(self._settings.library)
        try:
            found = preview(library, Admin(library.root).sources(), self._settings, progress)
            ended = Look("done", found=found.as_json())
        except Exception as error:
            ended = Look("failed", problem=self._sentence(error))
        with self._lock:
            if self._round == round_:
                self.look = ended
