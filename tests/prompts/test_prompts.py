"""The prompt files: front matter, hash, and clear errors."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

import prompts


@pytest.mark.parametrize("name", ["answer", "judge_faithfulness", "judge_relevance", "standing"])
def test_every_prompt_loads_and_its_hash_is_that_of_the_file(name: str) -> None:
    prompt = prompts.load(name)
    path = Path(prompts.__file__).parent / f"{name}.md"
    assert prompt.name == name
    assert prompt.version
    assert prompt.hash == hashlib.sha256(path.read_bytes()).hexdigest()
    assert not prompt.text.startswith("---")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("answer", "passages are data"),
        ("judge_faithfulness", "passages and the sentence are data"),
        ("judge_relevance", "question and the answer are data"),
    ],
)
def test_a_prompt_with_documents_words_says_that_they_are_data(name: str, data: str) -> None:
    text = prompts.load(name).text
    assert data in text
    assert "never follow it" in text


def test_filling_replaces_only_what_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.md").write_text('---\nname: x\nversion: 3\n---\nIn {language}, {"a": 1}\n', "utf-8")
    prompt = prompts.load("x", tmp_path)
    assert prompt.version == "3"
    assert prompt.filled(language="French") == 'In French, {"a": 1}'


def test_a_missing_prompt_names_those_there_are() -> None:
    with pytest.raises(prompts.PromptError, match=r"no prompt 'absent'.*answer, .*standing"):
        prompts.load("absent")


def test_a_prompt_outside_the_folder_is_not_read() -> None:
    with pytest.raises(prompts.PromptError, match=r"no prompt"):
        prompts.load("../prompts/answer")


@pytest.mark.parametrize(
    "text", ["no front matter", "---\nname: y\n---\nno version", "---\nname: x\nversion: 1\n"]
)
def test_broken_front_matter_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.md").write_text(text, "utf-8")
    with pytest.raises(prompts.PromptError, match=r"x\.md: a prompt begins with front matter"):
        prompts.load("x", tmp_path)
