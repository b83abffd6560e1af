"""The API fuzzed for some seconds; tests/benchmarks/fuzz_api.py does it for longer."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

SECONDS = 20


def _script() -> Any:
    path = Path(__file__).parents[2] / "benchmarks" / "fuzz_api.py"
    spec = importlib.util.spec_from_file_location("fuzz_api", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_nothing_but_2xx_and_4xx_comes_back(
    made: Callable[..., AbstractContextManager[Any]],
    serve: Callable[[Any], AbstractContextManager[str]],
    tmp_path: Path,
) -> None:
    with made() as assistant, serve(assistant) as url:
        assistant.warm_up()
        code, said, statuses = _script().fuzz(url, SECONDS, tmp_path)
    assert code == 0, said
    assert sum(statuses.values()) > 100, said  # it did call
    assert statuses["200"] > 20
    assert all(status[0] in "24" for status in statuses), statuses
