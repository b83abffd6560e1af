"""Plain text -> paragraphs, numbers, and headings only where it is safe to say so."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.readers.plain import read_text, text_blocks

PROSE = (
    "The programme reached every district in the south during its second year, and the north in its third."
)


def test_paragraphs_end_at_blank_lines() -> None:
    found = text_blocks("One line\nand the develop-\nment of it.\n\nTwo.\n")
    assert [block.text for block in found] == ["One line and the development of it.", "Two."]


def test_without_blank_lines_each_line_is_a_paragraph() -> None:
    assert [block.text for block in text_blocks("One line.\nAnother line.\n")] == [
        "One line.",
        "Another line.",
    ]


@pytest.mark.parametrize(
    ("line", "level"), [("FINDINGS", 1), ("2.1 Relevance", 2), ("Lessons And Findings", 2)]
)
def test_a_short_line_before_prose_is_a_heading(line: str, level: int) -> None:
    heading = text_blocks(f"{PROSE}\n\n{line}\n\n{PROSE}\n")[1]
    assert (heading.kind, heading.level, heading.text) == ("heading", level, line)


@pytest.mark.parametrize("line", ["Dear Ms Renn,", "and so on", "Signed.", "12 March 2024"])
def test_other_short_lines_stay_paragraphs(line: str) -> None:
    assert text_blocks(f"{PROSE}\n\n{line}\n\n{PROSE}\n")[1].kind == "paragraph"


def test_numbered_paragraphs_keep_their_number() -> None:
    block = text_blocks(f"12. {PROSE}\n\n{PROSE}\n")[0]
    assert block.number == "12"
    assert block.text == f"12. {PROSE}"


def test_a_count_is_no_paragraph_number() -> None:
    assert text_blocks("23 per cent of the clinics had a doctor on every day of the week.")[0].number == ""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le"])
def test_unicode_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "note.txt"
    path.write_bytes("The résumé of the note.".encode(encoding))
    assert read_text(path).pages[0].text == "The résumé of the note."


def test_older_encodings_are_found(tmp_path: Path) -> None:
    words = "Министерство здравоохранения сообщает о ходе выполнения программы развития. " * 3
    path = tmp_path / "note.txt"
    path.write_bytes(words.encode("cp1251"))
    assert read_text(path).pages[0].text == words.strip()


def test_halves_of_pairs_and_nul_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_bytes("Words \ud83d and\x00 more.".encode("utf-8", "surrogatepass"))
    assert read_text(path).pages[0].text == "Words and more."
