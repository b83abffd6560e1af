"""What a language model is told: one Markdown file a task. Imports nothing of ours."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

_FOLDER = Path(__file__).parent


class PromptError(Exception):
    """A prompt file that is missing or has no front matter; the message says which and what to do."""


@dataclass(frozen=True)
class Prompt:
    """One prompt. hash: SHA-256 of the whole file, for the receipt. fields: the rest of its front matter."""

    name: str
    version: str
    text: str
    hash: str
    fields: Mapping[str, str] = field(default_factory=dict)

    def filled(self, **values: str) -> str:
        """The text with `{name}` replaced for each of `values`; other braces stay as they are."""
        text = self.text
        for key, value in values.items():
            text = text.replace("{" + key + "}", value)
        return text


def load(name: str, folder: Path | None = None) -> Prompt:
    """The prompt of the task `name` (`prompts/<name>.md`, or another `folder`'s).

    Raises PromptError where the file is missing, or its front matter lacks a name or version.
    """
    folder = folder or _FOLDER
    path = folder / f"{name}.md"
    if Path(name).name != name or not path.is_file():
        known = ", ".join(sorted(each.stem for each in folder.glob("*.md"))) or "none"
        raise PromptError(f"There is no prompt {name!r} in {folder}; the prompts there are: {known}.")
    data = path.read_bytes()
    front, text = _split(data.decode("utf-8"))
    if front.get("name") != name or not front.get("version") or not text:
        raise PromptError(
            f"{path}: a prompt begins with front matter between two lines '---' that holds "
            f"'name: {name}' and 'version: ...', and its text follows; correct the file."
        )
    version = front.pop("version")
    return Prompt(front.pop("name"), version, text, hashlib.sha256(data).hexdigest(), front)


def _split(text: str) -> tuple[dict[str, str], str]:
    """Front matter (one `key: value` a line) and the text below it."""
    head, found, body = text.removeprefix("---\n").partition("\n---\n")
    if not text.startswith("---\n") or not found:
        return {}, ""
    pairs = (line.partition(":") for line in head.splitlines())
    return {key.strip(): value.strip() for key, _, value in pairs}, body.strip()
