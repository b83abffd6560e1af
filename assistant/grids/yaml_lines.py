"""YAML files that people edit, read so that a fault can be told by file, line and field."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.answer import AssistantError

_LARGEST = 1_000_000  # bytes
# Values of one file, those behind an alias counted each time: a few lines of aliases can stand for billions.
# The largest file that is shipped has 12,000.
_MOST = 100_000
_TOP = "the file"


@dataclass(frozen=True)
class Node:
    """A value of the file, where it stands, and the names it is reached by ("families › return › terms")."""

    file: str
    name: str
    raw: Any

    @property
    def is_map(self) -> bool:
        return isinstance(self.raw.value, list) and self.raw.id == "mapping"

    def fault(self, words: str) -> AssistantError:
        """The error that says `words` of this value."""
        return AssistantError(f"{self.file}, line {self.raw.start_mark.line + 1}: {self.name} {words}")

    def items(self) -> Iterator[tuple[str, Node]]:
        """The fields of a mapping. Raises AssistantError where it is none or has a field twice."""
        if not self.is_map:
            raise self.fault("has to hold fields, each a line of its own: name, colon, value")
        seen = set()
        for key, value in self.raw.value:
            name = str(key.value)
            here = Node(self.file, name if self.name == _TOP else f"{self.name} › {name}", value)
            if name in seen:
                raise Node(self.file, here.name, key).fault("is there twice")
            seen.add(name)
            yield name, here

    def __getitem__(self, field: str) -> Node:
        for name, node in self.items():
            if name == field:
                return node
        raise self.fault(f'has no "{field}"')

    def fields(self, *known: str) -> None:
        """Raises AssistantError where one of these is missing or another one is there."""
        found = dict(self.items())
        for name, node in found.items():
            if name not in known:
                raise node.fault(f"is not known; the fields are {', '.join(known)}")
        for name in known:
            if name not in found:
                raise self.fault(f'has no "{name}"')

    def text(self) -> str:
        """The words of a value, white space folded. Raises AssistantError where there are none."""
        if self.raw.id != "scalar" or not str(self.raw.value).strip():
            raise self.fault("has to hold words")
        return " ".join(str(self.raw.value).split())

    def listed(self, mark: str) -> list[str]:
        """The values of a list, or of one text with `mark` between them."""
        if self.raw.id == "sequence":
            return [Node(self.file, self.name, each).text() for each in self.raw.value]
        return [" ".join(each.split()) for each in self.text().split(mark) if each.strip()]


def read_yaml(path: Path, name: str = "") -> tuple[Node, str]:
    """The top of a file and the SHA-256 of its bytes. name: what it is called, where the path does not say.
    Raises AssistantError where it is no YAML."""
    import yaml

    called = name or path.name
    try:
        data = path.read_bytes()
        if len(data) > _LARGEST:
            raise AssistantError(f"{called} has {len(data):,} bytes; at most {_LARGEST:,} are read")
        raw = yaml.compose(data.decode("utf-8-sig"), Loader=yaml.SafeLoader)
    except OSError as error:
        raise AssistantError(f"{called} cannot be opened: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise AssistantError(f"{called} is not UTF-8: save it as UTF-8 text") from error
    except RecursionError as error:
        raise AssistantError(f"{called} has lists too deep within lists; write it flatter") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "no text that can be read"
        raise AssistantError(f"{called}{where}: this is no YAML ({problem}); mend that line") from error
    if raw is None:
        raise AssistantError(f"{called} is empty")
    return _checked(Node(called, _TOP, raw)), hashlib.sha256(data).hexdigest()


def _checked(node: Node) -> Node:
    """`node`, where it is bounded and nothing in it is tagged: "!bird" at a line's start is a tag and no
    text."""
    stack, count = [node.raw], 0
    while stack:
        raw = stack.pop()
        count += 1
        if count > _MOST:
            raise node.fault(f"holds more than {_MOST:,} values, aliases (*) counted; write less")
        if not raw.tag.startswith("tag:yaml.org,2002:"):
            raise Node(node.file, repr(raw.tag), raw).fault(
                "begins with !, which YAML takes for its own: put it behind another term, or in quotation"
                " marks"
            )
        if raw.id == "mapping":
            stack += [each for pair in raw.value for each in pair]
        elif raw.id == "sequence":
            stack += raw.value
    return node
