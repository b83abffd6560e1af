"""Ruled tables of a PDF: rows with their header, merged cells, tables that go on over the page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from reportlab.lib import colors  # type: ignore[import-untyped]
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.lib.styles import getSampleStyleSheet  # type: ignore[import-untyped]
from reportlab.platypus import (  # type: ignore[import-untyped]
    PageBreak,
    Paragraph,
    SimpleDocTemplate,
    Table,
)

from ingest.documents import Block, Page
from ingest.passages import passages
from ingest.readers.pdf import read_pdf
from ingest.readers.pdf_drawn import Rule
from ingest.readers.pdf_tables import may_hold_table

HEADER = ["Outcome", "Indicator", "Baseline", "Target"]
GRID = ("GRID", (0, 0), (-1, -1), 0.8, colors.black)
BODY = getSampleStyleSheet()["BodyText"]
INTRO = "The results matrix below sets out what each outcome is measured by and what it shall reach."


def table(rows: Sequence[Sequence[str]], *style: Any, repeat: int = 0) -> Table:
    return Table(
        [list(row) for row in rows], colWidths=[100, 180, 70, 70], style=[GRID, *style], repeatRows=repeat
    )


def read(path: Path, *story: Any) -> tuple[Page, ...]:
    SimpleDocTemplate(str(path), pagesize=A4, invariant=1).build([Paragraph(INTRO, BODY), *story])
    return read_pdf(path).pages


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "matrix.pdf"


def rows(page: Page) -> list[Block]:
    return [block for block in page.blocks if block.kind == "row"]


def data(page: Page) -> list[tuple[tuple[str, str], ...]]:
    return [block.cells for block in rows(page) if block.cells]


def pairs(*cells: str) -> tuple[tuple[str, str], ...]:
    return tuple(zip(HEADER, cells, strict=True))


def test_a_row_is_pairs_of_header_and_cell_in_its_place_on_the_page(path: Path) -> None:
    one = ["Decent work", "Young people hired", "400", "1,200"]
    two = ["Health", "Children vaccinated", "61 %", "90 %"]
    (page,) = read(path, table([HEADER, one, two]), Paragraph("The matrix is reviewed each year.", BODY))
    assert data(page) == [pairs(*one), pairs(*two)]
    assert [(block.kind, block.text) for block in page.blocks] == [
        ("paragraph", INTRO),
        ("row", " ".join(HEADER)),
        ("row", " ".join(one)),
        ("row", " ".join(two)),
        ("paragraph", "The matrix is reviewed each year."),
    ]
    cut = passages("ab" * 32, [page])
    assert [item.text for item in cut if item.kind == "row"] == [
        "Outcome: Decent work\nIndicator: Young people hired\nBaseline: 400\nTarget: 1,200",
        "Outcome: Health\nIndicator: Children vaccinated\nBaseline: 61 %\nTarget: 90 %",
    ]


def test_an_empty_cell_has_no_pair(path: Path) -> None:
    (page,) = read(path, table([HEADER, ["Health", "Clinics open", "", "14"], ["Work", "Jobs", "1", "2"]]))
    assert data(page)[0] == (("Outcome", "Health"), ("Indicator", "Clinics open"), ("Target", "14"))


def test_a_merged_first_cell_counts_for_each_row_it_covers(path: Path) -> None:
    matrix = [
        HEADER,
        ["Decent work", "Young people hired", "400", "1,200"],
        ["", "Firms founded", "20", "80"],
        ["", "Women trained", "35", "300"],
        ["Health", "Children vaccinated", "61 %", "90 %"],
    ]
    (page,) = read(path, table(matrix, ("SPAN", (0, 1), (0, 3)), ("VALIGN", (0, 0), (-1, -1), "TOP")))
    assert data(page) == [
        pairs("Decent work", "Young people hired", "400", "1,200"),
        pairs("Decent work", "Firms founded", "20", "80"),
        pairs("Decent work", "Women trained", "35", "300"),
        pairs("Health", "Children vaccinated", "61 %", "90 %"),
    ]
    assert page.text.count("Decent work") == 1  # on the page the words stand once


LONG = [[f"Outcome area {n}", f"People reached by service {n}", str(n), str(9 * n)] for n in range(10, 70)]


def test_a_table_that_goes_on_keeps_its_header(path: Path) -> None:
    first, second = read(path, table([HEADER, *LONG]))
    assert data(first) + data(second) == [pairs(*row) for row in LONG]
    assert "Outcome Indicator" in first.text
    assert "Outcome Indicator" not in second.text


def test_a_header_repeated_over_the_page_is_not_taken_for_data(path: Path) -> None:
    first, second = read(path, table([HEADER, *LONG], repeat=1))
    assert data(first) + data(second) == [pairs(*row) for row in LONG]
    assert "Outcome Indicator" in second.text  # it stands there, and can be quoted


def test_another_table_on_the_next_page_has_its_own_header(path: Path) -> None:
    other = Table([["Risk", "Owner"], ["Drought", "Ministry of Water"]], colWidths=[200, 200], style=[GRID])
    _, second = read(path, table([HEADER, *LONG[:3]]), PageBreak(), other)
    assert data(second) == [(("Risk", "Drought"), ("Owner", "Ministry of Water"))]


def test_a_table_whose_first_row_is_data_has_no_header(path: Path) -> None:
    (page,) = read(
        path,
        table([["2019", "3,400", "12", "7"], ["2020", "Wells dug", "14", "9"], ["2021", "Roads", "1", "2"]]),
    )
    assert all(header == "" for block in rows(page) for header, _ in block.cells)


def test_a_header_of_two_lines_is_joined(path: Path) -> None:
    matrix = [
        ["Outcome", "Indicator", "Value", ""],
        ["", "", "Baseline", "Target"],
        ["Health", "Clinics open", "3", "14"],
        ["Work", "Jobs made", "400", "1,200"],
    ]
    spans = [("SPAN", (0, 0), (0, 1)), ("SPAN", (1, 0), (1, 1)), ("SPAN", (2, 0), (3, 0))]
    (page,) = read(path, table(matrix, *spans))
    assert data(page)[0] == (
        ("Outcome", "Health"), ("Indicator", "Clinics open"), ("Value Baseline", "3"), ("Value Target", "14"),
    )  # fmt: skip


def test_a_row_across_the_table_is_a_paragraph_between_two_headers(path: Path) -> None:
    matrix = [
        HEADER,
        ["Health", "Clinics open", "3", "14"],
        ["Part two: the economy", "", "", ""],
        HEADER,
        ["Work", "Jobs made", "400", "1,200"],
    ]
    (page,) = read(path, table(matrix, ("SPAN", (0, 2), (3, 2))))
    assert "Part two: the economy" in [block.text for block in page.blocks if block.kind == "paragraph"]
    assert data(page) == [
        pairs("Health", "Clinics open", "3", "14"),
        pairs("Work", "Jobs made", "400", "1,200"),
    ]


def test_a_section_line_under_the_header_leaves_the_header_in_force(path: Path) -> None:
    one = ["Health", "Clinics open to all", "few", "most"]
    two = ["Water", "Wells in use", "none", "some"]
    matrix = [HEADER, ["Part one: services", "", "", ""], one, two]
    (page,) = read(path, table(matrix, ("SPAN", (0, 1), (3, 1))))
    assert data(page) == [pairs(*one), pairs(*two)]


def test_a_frame_round_text_is_no_table(path: Path) -> None:
    box = Table(
        [[Paragraph(INTRO * 3, BODY)], [Paragraph("Second box.", BODY)]], colWidths=[400], style=[GRID]
    )
    (page,) = read(path, box)
    assert rows(page) == []
    assert page.text.count("results matrix") == 4


def test_the_cheap_look() -> None:
    level = [Rule(10, y, 90, y) for y in (10, 30, 50)]
    assert may_hold_table([], [*level, Rule(10, 10, 10, 50), Rule(60, 10, 60, 50)])
    assert not may_hold_table([], level)
