"""Each question has a thread of its own; numpy takes no more."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_info, threadpool_limits

from assistant.chat import Assistant
from assistant.settings import AssistantSettings


def threads() -> set[int]:
    return {each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"}


def test_an_assistant_keeps_numpy_on_one_thread(models_dir: Path, tmp_path: Path) -> None:
    np.ones((2, 2)) @ np.ones(2)
    threadpool_limits(limits=2, user_api="blas")
    assert threads() == {2}
    with Assistant(AssistantSettings(library=tmp_path, models=models_dir, reader="none")):
        assert threads() == {1}
