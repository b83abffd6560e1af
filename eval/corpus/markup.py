"""The sources of the sample documents: a front matter and a small Markdown, read into blocks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

BlockKind = Literal["heading", "paragraph", "numbered", "bullet", "box", "table", "directive"]

# What stands at the head of a document that says nothing else of itself.
LABELS = {
    "en": "Sample document: country, people and figures are invented.",
    "fr": "Sample document – document d’exemple : pays, personnes et chiffres inventés.",
    "es": "Sample document – documento de muestra: país, personas y cifras inventados.",
}
_HEADING = re.compile(r"(#{1,3}) (.+)")
_NUMBERED = re.compile(r"(\d+(?:\.\d+)*\.) (.+)")
_NOTE = re.compile(r"\[\^(\d+)\]: (.+)")
_DIRECTIVE = re.compile(r"=== ([\w-]+)")


@dataclass(frozen=True)
class Block:
    """One block of a source. `rows` and `widths` are a table's; its first row is its header."""

    kind: BlockKind
    text: str = ""
    level: int = 0
    number: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    widths: tuple[float, ...] = ()


@dataclass(frozen=True)
class Source:
    """One sample document: what its front matter says, its blocks, notes and unparsed body."""

    name: str  # the file to build
    fields: dict[str, str]
    blocks: tuple[Block, ...]
    notes: dict[str, str]
    body: str

    @property
    def title(self) -> str:
        return self.fields["title"]

    @property
    def language(self) -> str:
        return self.fields["language"]

    @property
    def date(self) -> date:
        return date.fromisoformat(self.fields["date"])

    @property
    def label(self) -> str:
        return self.fields.get("label", LABELS[self.language])


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.strip().strip("|").split("|"))


def _table(lines: list[str]) -> Block:
    """A table; `{widths: 2 1 1}` on the line before it gives the columns' proportions."""
    widths: tuple[float, ...] = ()
    if lines[0].startswith("{widths:"):
        widths = tuple(float(width) for width in lines[0].strip("{}").split(":")[1].split())
        lines = lines[1:]
    rows = tuple(_cells(line) for line in lines if not line.startswith("|--"))
    return Block("table", rows=rows, widths=widths or (1.0,) * len(rows[0]))


def _blocks(chunk: str) -> list[Block]:
    """The blocks of one run of lines without a blank line between them."""
    lines = chunk.split("\n")
    if lines[0].startswith(("|", "{widths:")):
        return [_table(lines)]
    if lines[0].startswith(("- ", "> ")):
        kind: BlockKind = "bullet" if lines[0].startswith("-") else "box"
        return [Block(kind, line[2:]) for line in lines]
    text = " ".join(lines)
    if match := _DIRECTIVE.fullmatch(text):
        return [Block("directive", match[1])]
    if match := _HEADING.fullmatch(text):
        return [Block("heading", match[2], level=len(match[1]))]
    if match := _NUMBERED.fullmatch(text):
        return [Block("numbered", match[2], number=match[1])]
    return [Block("paragraph", text)]


def read_source(path: Path) -> Source:
    """The source at `path`; its file name without `.src` is the name of what is built from it."""
    _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    fields = dict(line.split(": ", 1) for line in front.splitlines() if line)
    chunks = re.split(r"\n\s*\n", body.strip())
    notes = {match[1]: match[2] for chunk in chunks if (match := _NOTE.fullmatch(chunk.replace("\n", " ")))}
    blocks = [block for chunk in chunks if not _NOTE.match(chunk) for block in _blocks(chunk)]
    return Source(path.name.removesuffix(".src"), fields, tuple(blocks), notes, body.strip() + "\n")
