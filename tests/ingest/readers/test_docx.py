"""DOCX -> blocks: headings in any language, list numbers, tables, footnotes, properties, limits."""

from __future__ import annotations

import zipfile
from datetime import datetime
from pathlib import Path

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE

from ingest.documents import Block, Reading, UnreadableFile
from ingest.readers.docx import read_docx


def saved(tmp_path: Path, document: docx.document.Document) -> Reading:
    path = tmp_path / "note.docx"
    document.save(str(path))
    return read_docx(path)


def test_headings_paragraphs_and_the_title(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("The note", level=0)
    document.add_heading("First part", level=2)
    paragraph = document.add_paragraph("clin")
    paragraph.add_run("ics").bold = True
    found = saved(tmp_path, document).pages[0].blocks
    assert [(block.kind, block.level, block.text) for block in found] == [
        ("heading", 1, "The note"),
        ("heading", 2, "First part"),
        ("paragraph", 0, "clinics"),
    ]


@pytest.mark.parametrize("name", ["Titre 2", "Título 2", "Заголовок 2", "标题 2"])
def test_heading_styles_of_other_languages(tmp_path: Path, name: str) -> None:
    document = docx.Document()
    document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    document.add_paragraph("Contexte", style=name)
    document.add_paragraph("Le texte.")
    block = saved(tmp_path, document).pages[0].blocks[0]
    assert (block.kind, block.level) == ("heading", 2)


def test_lists_have_the_numbers_that_word_prints(tmp_path: Path) -> None:
    document = docx.Document()
    for words in ("One", "Two"):
        document.add_paragraph(words, style="List Number")
    document.add_paragraph("Bullet", style="List Bullet")
    assert [block.text for block in saved(tmp_path, document).pages[0].blocks] == [
        "1. One",
        "2. Two",
        "Bullet",
    ]


def test_a_table_with_merged_cells(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(3, 3)
    rows = [("Outcome", "Output", "Target"), ("Health", "Clinics", "9"), ("", "Nurses", "40")]
    for at, row in enumerate(rows):
        for column, words in enumerate(row):
            table.cell(at, column).text = words
    table.cell(1, 0).merge(table.cell(2, 0))
    found = saved(tmp_path, document).pages[0].blocks
    assert found[0] == Block("row", "Outcome Output Target", table=1)
    assert found[2].text == "Nurses 40"
    assert found[2].cells == (("Outcome", "Health"), ("Output", "Nurses"), ("Target", "40"))


def test_properties(tmp_path: Path) -> None:
    document = docx.Document()
    document.core_properties.title = "The note"
    document.core_properties.author = "IOM"
    document.core_properties.created = datetime(2021, 4, 1, 12)
    document.add_paragraph("Words.")
    properties = saved(tmp_path, document).properties
    assert properties["title"] == "The note"
    assert properties["author"] == "IOM"
    assert properties["created"].startswith("2021-04-01")


def test_what_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("Words.")
    path = tmp_path / "note.docx"
    document.save(str(path))
    with pytest.raises(UnreadableFile, match="unpacks"):
        read_docx(path, largest_unpacked=1000)


@pytest.mark.parametrize("words", ["\x00", f"&{'gofo' * 200};"])
def test_a_reason_is_one_line_whatever_it_quotes(tmp_path: Path, words: str) -> None:
    path = tmp_path / "note.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", f"<document>\n<p>{words}</p></document>")
    with pytest.raises(UnreadableFile, match="damaged") as told:
        read_docx(path)
    assert "\n" not in str(told.value)
    assert len(str(told.value)) < 300
