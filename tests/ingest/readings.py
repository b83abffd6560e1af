"""Small readings made here, for the tests of what is found out about a document."""

from __future__ import annotations

from typing import Literal

from ingest.documents import Block, Page, Reading

BODY = (
    "The project supported returning migrants with training and counselling in their communities.",
    "Partners at regional level met every quarter, and most of the planned activities were carried out.",
)


def heading(text: str, level: int = 1) -> Block:
    return Block("heading", text, level=level)


def reading(
    *first: Block | str,
    body: tuple[str, ...] = BODY,
    format: Literal["pdf", "docx", "html", "markdown", "text"] = "pdf",
    **properties: str,
) -> Reading:
    blocks = tuple(block if isinstance(block, Block) else Block("paragraph", block) for block in first)
    rest = tuple(Block("paragraph", text) for text in body * 8)
    if format == "pdf":
        return Reading(format, (Page(1, "", blocks), Page(2, "", rest)), properties)
    return Reading(format, (Page(None, "", blocks + rest),), properties)
