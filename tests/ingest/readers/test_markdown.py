"""Markdown -> blocks, with its front matter as properties."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.documents import Block, Reading
from ingest.readers.markdown import read_markdown


def read(tmp_path: Path, text: str) -> Reading:
    path = tmp_path / "note.md"
    path.write_text(text, encoding="utf-8")
    return read_markdown(path)


def blocks(tmp_path: Path, text: str) -> tuple[Block, ...]:
    return read(tmp_path, text).pages[0].blocks


def test_front_matter_becomes_properties(tmp_path: Path) -> None:
    text = """---
title: "A note: on clinics"
date: 2021-04-01
countries: [Nepal, Niger]
year: 2021
empty:
---
# A note
"""
    reading = read(tmp_path, text)
    assert reading.properties == {
        "title": "A note: on clinics",
        "date": "2021-04-01",
        "countries": "Nepal; Niger",
        "year": "2021",
    }
    assert reading.pages[0].text == "A note"


@pytest.mark.parametrize(
    "front",
    ["title: A note: on clinics\nyear: [2021", "title: A note: on clinics\nx: !!python/object:os.system {}"],
)
def test_bad_front_matter_is_not_fatal(tmp_path: Path, front: str) -> None:
    reading = read(tmp_path, f"---\n{front}\n---\n\nWords.\n")
    assert reading.properties["title"] == "A note: on clinics"
    assert reading.pages[0].text == "Words."


def test_a_table_with_its_header(tmp_path: Path) -> None:
    found = blocks(tmp_path, "| Output | Target |\n|---|---|\n| Clinics | **9** |\n")
    assert found == (
        Block("row", "Output Target", table=1),
        Block("row", "Clinics 9", cells=(("Output", "Clinics"), ("Target", "9")), table=1),
    )


def test_lists_keep_their_numbers(tmp_path: Path) -> None:
    text = "1. One\n2. Two\n   - inner\n5. Five\n"
    assert [block.text for block in blocks(tmp_path, text)] == ["1. One", "2. Two", "inner", "5. Five"]


def test_footnotes_stand_at_the_end_without_marks(tmp_path: Path) -> None:
    found = blocks(tmp_path, "Words[^a] go on[^a].\n\n[^a]: The note.\n\nLast.\n")
    assert [(block.kind, block.text.removeprefix("1. ")) for block in found] == [
        ("paragraph", "Words go on."),
        ("paragraph", "Last."),
        ("footnote", "The note."),
    ]


def test_html_inside_is_html_and_other_brackets_are_words(tmp_path: Path) -> None:
    text = "<script>x()</script>\n\n<p>One<br>two</p>\n\nThe <name of the ministry> signs.\n"
    assert [block.text for block in blocks(tmp_path, text)] == [
        "One two",
        "The <name of the ministry> signs.",
    ]


def test_deep_lists_are_read_whole(tmp_path: Path) -> None:
    text = "\n".join("  " * depth + f"- item {depth}" for depth in range(30))
    assert [block.text for block in blocks(tmp_path, text)] == [f"item {depth}" for depth in range(30)]
