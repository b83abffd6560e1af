"""Follows source folders: syncs when files change, and at set intervals."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from ingest.documents import IngestError

log = logging.getLogger(__name__)

_SETTLE = 3_000  # milliseconds without a change after which a copy is taken to be complete
_LOOK = 5_000  # milliseconds between two looks at the clock


def watch(
    folders: Sequence[Path],
    act: Callable[[], None],
    *,
    every: float | None = None,
    stop: threading.Event | None = None,
) -> None:
    """Calls `act` at once, again when the watch stands (nobody saw what changed before), then after each
    change in `folders`, and every `every` seconds, until `stop` is set.

    What `act` raises is logged, an IngestError in one sentence, and the watch goes on: nobody sits beside it.
    """
    from watchfiles import watch as changes

    last = _tried(act)
    here = [folder for folder in folders if folder.is_dir()]
    for lost in set(folders) - set(here):
        log.warning("%s is not there; it is looked at again when this is started anew", lost)
    if not here:
        raise IngestError("none of the source folders is there; if a disk is not mounted, mount it")
    seen = changes(
        *here, debounce=60_000, step=_SETTLE, rust_timeout=_LOOK, yield_on_timeout=True, stop_event=stop,
        raise_interrupt=False,
    )  # fmt: skip
    standing = False
    for found in seen:
        if found or not standing or (every is not None and time.monotonic() - last >= every):
            standing, last = True, _tried(act)


def _tried(act: Callable[[], None]) -> float:
    try:
        act()
    except IngestError as error:
        log.warning("%s", error)
    except Exception:
        log.exception("a sync ended by an error; it is tried again at the next change")
    return time.monotonic()
