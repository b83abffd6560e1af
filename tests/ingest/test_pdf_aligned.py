"""Tables that white space alone parts: found with their header, and not seen in text that looks alike."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from ingest.documents import Block, Page
from ingest.readers.pdf import read_pdf

LABEL = 72
COLUMNS = (300, 380, 460)  # right edges of the figures
HEADER = ("Component", "2023 budget", "2024 budget", "Change")
MONEY = (
    ("Country offices", "1 204.5", "1 310.0", "105.5"),
    ("Regional hubs", "310.0", "295.4", "(14.6)"),
    ("Headquarters", "88.1", "–", "(88.1)"),
    ("Total", "1 602.6", "1 605.4", "2.8"),
)
PROSE = "The programme works with ministries in nine districts and reports to its board each year."


class Sheet:
    """A page being drawn from the top."""

    def __init__(self, path: Path) -> None:
        self.path, self.y = path, 740.0
        self.canvas = Canvas(str(path), invariant=1)
        self.canvas.setFont("Helvetica", 10)

    def row(self, cells: Sequence[str], pitch: float = 15) -> None:
        self.canvas.drawString(LABEL, self.y, cells[0])
        for right, cell in zip(COLUMNS, cells[1:], strict=False):
            self.canvas.drawRightString(right, self.y, cell)
        self.y -= pitch

    def text(self, *lines: str, x: float = LABEL, pitch: float = 12) -> None:
        for line in lines:
            self.canvas.drawString(x, self.y, line)
            self.y -= pitch
        self.y -= 20

    def rule(self) -> None:
        self.canvas.line(LABEL, self.y + 11, COLUMNS[-1], self.y + 11)
        self.y -= 4

    def page(self) -> None:
        self.canvas.showPage()
        self.canvas.setFont("Helvetica", 10)
        self.y = 740.0

    def read(self) -> tuple[Page, ...]:
        self.canvas.save()
        return read_pdf(self.path).pages


@pytest.fixture
def sheet(tmp_path: Path) -> Sheet:
    return Sheet(tmp_path / "made.pdf")


def rows(page: Page) -> list[tuple[tuple[str, str], ...]]:
    return [block.cells for block in page.blocks if block.kind == "row" and block.cells]


def pairs(cells: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple((head, cell) for head, cell in zip(HEADER, cells, strict=True) if cell)


def test_figures_under_each_other_are_rows_with_their_header(sheet: Sheet) -> None:
    sheet.text(PROSE)
    sheet.row(HEADER)
    for row in MONEY:
        sheet.row(row)
    sheet.y -= 20
    sheet.text(PROSE)
    (page,) = sheet.read()
    assert rows(page) == [pairs(row) for row in MONEY]
    assert [(block.kind, block.text) for block in page.blocks] == [
        ("paragraph", PROSE),
        ("row", " ".join(HEADER)),
        *(("row", " ".join(row)) for row in MONEY),
        ("paragraph", PROSE),
    ]


def test_a_line_between_the_rows_is_a_paragraph_and_a_label_may_have_two_lines(sheet: Sheet) -> None:
    sheet.row(HEADER)
    sheet.row(MONEY[0], pitch=22)
    sheet.row(["Programme of work"], pitch=22)
    sheet.row(["Offices for outreach and"], pitch=11)
    sheet.row(["training of officials", "1", "2", "1"], pitch=22)
    sheet.row(MONEY[3])
    (page,) = sheet.read()
    two = ("Offices for outreach and training of officials", "1", "2", "1")
    assert rows(page) == [pairs(MONEY[0]), pairs(two), pairs(MONEY[3])]
    assert Block("paragraph", "Programme of work") in page.blocks


def test_a_header_cell_counts_for_the_columns_that_its_rule_spans(sheet: Sheet) -> None:
    sheet.canvas.drawCentredString(340, sheet.y, "Budget")
    sheet.canvas.line(240, sheet.y - 4, COLUMNS[1], sheet.y - 4)
    sheet.y -= 15
    sheet.row(["Component", "2023", "2024", "Change"])
    sheet.rule()
    for row in MONEY:
        sheet.row(row)
    (page,) = sheet.read()
    assert [head for head, _ in rows(page)[0]] == ["Component", "Budget 2023", "Budget 2024", "Change"]


def test_one_column_of_figures_is_a_table_between_rules_only(sheet: Sheet) -> None:
    table = [("Wells dug", "31.5"), ("Schools built", "18.0"), ("Clinics opened", "24.2")]
    for ruled in (False, True):
        if ruled:
            sheet.page()
        sheet.rule()
        sheet.row(("Works", "Cost"))
        for row in table:
            sheet.row(row)
        if ruled:
            sheet.rule()
    bare, ruled_page = sheet.read()
    assert rows(bare) == []
    assert rows(ruled_page) == [(("Works", one), ("Cost", two)) for one, two in table]


def test_a_table_goes_on_over_the_page(sheet: Sheet) -> None:
    sheet.row(HEADER)
    for row in MONEY[:3]:
        sheet.row(row)
    sheet.page()
    for row in MONEY * 2:
        sheet.row(row)
    first, second = sheet.read()
    assert rows(first) + rows(second) == [pairs(row) for row in (*MONEY[:3], *MONEY, *MONEY)]


def test_a_table_of_contents_is_none(sheet: Sheet) -> None:
    sheet.rule()
    for number, title in enumerate(("Introduction", "Findings", "Lessons learned", "Annexes"), start=1):
        sheet.row((title, str(7 * number)))
    sheet.rule()
    assert rows(sheet.read()[0]) == []


def test_two_columns_of_prose_with_numbers_are_none(sheet: Sheet) -> None:
    left = [
        "In 2021 the office trained 40",
        "officials, of whom 22 were women",
        "and 18 men, in 6 districts of",
    ]
    right = [
        "the north. A further 120 took",
        "part in 2022, and 135 in 2023,",
        "at a cost of 1 200 dollars each.",
    ]
    for one, two in zip(left * 4, right * 4, strict=True):
        sheet.canvas.drawString(LABEL, sheet.y, one)
        sheet.canvas.drawString(320, sheet.y, two)
        sheet.y -= 12
    assert rows(sheet.read()[0]) == []


@pytest.mark.parametrize("mark", ["–", "1.", "(a)", "•"])
def test_a_list_is_none(sheet: Sheet, mark: str) -> None:
    for _ in range(6):
        sheet.canvas.drawString(LABEL, sheet.y, mark)
        sheet.canvas.drawString(LABEL + 30, sheet.y, "Plan with the ministries from the start.")
        sheet.y -= 14
    assert rows(sheet.read()[0]) == []


def test_the_steps_of_a_charts_axes_are_none(sheet: Sheet) -> None:
    for step in range(6, 0, -1):
        sheet.row((f"Group {step}", str(100 * step), str(20 * step)), pitch=30)
    assert rows(sheet.read()[0]) == []
