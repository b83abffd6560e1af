"""Exports of a grid, a comparison and a checklist: sheets, quotes with pages and links, no formulas."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.answer import Citation, Filters, Hit, Sentence, Source
from assistant.chat import Assistant
from assistant.grid import Grid
from assistant.grids.checklist import Checked, Checklist
from assistant.grids.compare import Comparison, Experience, Said, Side
from assistant.grids.export import Export, of_checklist, of_comparison, of_experience, of_grid
from assistant.grids.export_csv import to_csv
from assistant.grids.export_docx import MOST, to_docx
from assistant.grids.export_xlsx import to_xlsx
from assistant.grids.guiding import Item
from assistant.grids.store import CellStore
from assistant.grids.types import Cell
from assistant.web.words import LANGUAGES
from ingest.documents import Passage

FORMULA = '=HYPERLINK("http://evil.example";"x")'
QUESTIONS = ("How is the diaspora engaged?", "=1+1, and who says so?")


def source(number: int, title: str = "") -> Source:
    sha = f"{number:064x}"
    return Source(
        sha, f"d{number}.pdf", title or f"Document {number}", "evaluation", ("SEN",), ("IOM",), (2019, 2021),
        2022, "en", "",
    )  # fmt: skip


def cell(of: Source, question: str, state: Any, quotes: tuple[str, ...] = ("Diasporas invest.",)) -> Cell:
    passage = Passage(of.document, 1, 12, "xi", ("Findings",), " ".join(quotes), 0, 40)
    hit = Hit(passage, of, 1.0)
    sentences = (Sentence(" ".join(quotes), tuple(Citation(hit, quote) for quote in quotes), "en"),)
    if state in ("found", "partly"):
        return Cell(question, of, state, sentences, None, 1, 40)
    return Cell(question, of, state, (), hit, 0 if state == "not found" else 3, 40)


class Kept(CellStore):
    """Cells by key, and how many were held at once."""

    def __init__(self, cells: dict[bytes, Cell]) -> None:
        super().__init__(Path("nowhere"))
        self.cells, self.asked = cells, 0

    def get_many(self, keys: Any, source: Source) -> list[Cell | None]:
        self.asked += 1
        return [self.cells.get(key) for key in keys]


@pytest.fixture
def grid() -> Grid:
    sources = (source(1, FORMULA), source(2), source(3))
    states = (("found", "not found"), ("unreadable", "partly"), ("not found", None))
    keys, cells = {}, {}
    for each, row in zip(sources, states, strict=True):
        keys[each.document] = tuple(f"{each.document}{place}".encode() for place in range(2))
        for place, state in enumerate(row):
            if state:
                quotes = (FORMULA, "120") if state == "found" else ("Diasporas invest.",)
                cells[keys[each.document][place]] = cell(each, QUESTIONS[place], state, quotes)
    return Grid(QUESTIONS, sources, "0007", Filters(countries=("SEN",)), keys, Kept(cells))


def link(of: Source, page: int | None) -> str:
    return f"http://here/original/{of.document}#page={page}"


def workbook(export: Export) -> Any:
    import openpyxl

    file = io.BytesIO()
    to_xlsx(export, file)
    return openpyxl.load_workbook(io.BytesIO(file.getvalue()))


def values(sheet: Any) -> list[list[Any]]:
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_a_workbook_has_answers_quotes_and_method(grid: Grid) -> None:
    book = workbook(of_grid(grid, link))
    assert book.sheetnames == ["Answers", "Quotes", "Method"]
    head, *rows = values(book["Answers"])
    assert head[:4] == ["Document", "File", "Kind, country, years", "1. Found?"]
    assert head[6] == "2. =1+1, and who says so?"
    assert [row[3] for row in rows] == ["Found", "Unreadable", "Not found"]
    assert rows[2][5] == "not decided yet"
    head, *rows = values(book["Quotes"])
    assert len(rows) == 2  # the cells of a table's row stand together
    assert rows[0][2:4] == [12, "xi"]
    assert rows[0][4] == QUESTIONS[0]
    assert rows[0][6] == f"'{FORMULA} | 120"
    assert book["Quotes"].cell(2, 8).hyperlink.target == link(source(1), 12)
    method = dict(row[:2] for row in values(book["Method"])[2:])
    assert method["Library generation"] == "0007"
    assert method["Filters"] == "Senegal"
    assert method["Documents"] == "3 documents"
    assert method["Pages"].startswith("120 pages, without text that can be read: 4")
    assert "word for word" in method["How a cell is decided"]
    assert "nothing follows" in method["Unreadable"]


def test_no_cell_of_a_spreadsheet_is_a_formula(grid: Grid) -> None:
    for export in (of_grid(grid, link), of_comparison(compared(), link), of_checklist(checked(), link)):
        for sheet in workbook(export):
            for row in sheet.iter_rows():
                for each in row:
                    assert each.data_type != "f"
                    assert not str(each.value or "").startswith(("=", "+", "-", "@"))
        for line in table(export):
            assert not any(value.startswith(("=", "+", "-", "@")) for value in line)


def table(export: Export) -> list[list[str]]:
    text = b"".join(to_csv(export)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_csv_has_a_row_for_each_quote_and_for_each_cell_without_one(grid: Grid) -> None:
    head, *rows = table(of_grid(grid, link))
    assert head == ["Document", "File", "Page", "Printed page", "Question", "Found?", "Quote", "Link"]
    assert [row[5] for row in rows] == ["Found", "Not found", "Unreadable", "Partly", "Not found"]
    assert rows[0][7] == link(source(1), 12)
    assert rows[1][6:] == ["", ""]


def test_rows_are_read_one_at_a_time(grid: Grid) -> None:
    store = grid.store
    assert isinstance(store, Kept)
    parts = to_csv(of_grid(grid))
    next(parts)
    assert store.asked == 0
    next(parts)
    assert store.asked == 1


def words(data: bytes) -> str:
    import docx

    document = docx.Document(io.BytesIO(data))
    return "\n".join(paragraph.text for paragraph in document.paragraphs)


def test_word_shows_quotes_with_their_pages_and_the_method(grid: Grid) -> None:
    import docx

    data = to_docx(of_grid(grid, link))
    told = words(data)
    assert f"“{FORMULA} | 120” " in told
    assert "Found: 1, Not found: 1, Unreadable: 1" in told
    assert "Library generation: 0007" in told
    relations = docx.Document(io.BytesIO(data)).part.rels.values()
    assert link(source(1), 12) in {each.target_ref for each in relations if each.is_external}


def test_word_stops_where_nobody_reads_on() -> None:
    sources = [source(number) for number in range(MOST + 5)]
    keys = {each.document: (each.document.encode(),) for each in sources}
    cells = {each.document.encode(): cell(each, QUESTIONS[0], "found") for each in sources}
    made = Grid(QUESTIONS[:1], tuple(sources), "1", Filters(), keys, Kept(cells))
    told = words(to_docx(of_grid(made)))
    assert "More in the workbook: 5." in told
    assert f"Found: {MOST + 5}" in told


def compared() -> Comparison:
    sides = []
    for number, state in ((1, "found"), (2, "not found")):
        one = cell(source(number), QUESTIONS[0], state)
        said = tuple(Said(sentence) for sentence in one.sentences)
        sides.append(Side(f"Side {number}", Filters(), (one,), said))
    return Comparison(QUESTIONS[0], tuple(sides), (), "0007")


def test_a_comparison_is_a_row_for_each_side_and_document() -> None:
    book = workbook(of_comparison(compared(), link))
    head, *rows = values(book["Answers"])
    assert head == ["Side", "Document", "File", "Found?", "Answer"]
    assert [row[0] for row in rows] == ["Side 1", "Side 2"]
    assert [row[3] for row in rows] == ["Found", "Not found"]
    assert values(book["Quotes"])[1][4] == "Side 1"
    assert ["Sides", "Side 1, Side 2"] in [row[:2] for row in values(book["Method"])]


def test_experience_is_a_row_for_each_country_and_document() -> None:
    found = [
        Experience("SEN", (cell(source(1), "Q?", "found"),)),
        Experience("", (cell(source(2), "Q?", "found"),)),
    ]
    rows = values(workbook(of_experience("Who?", found, "0007", link))["Answers"])
    assert [row[0] for row in rows[1:]] == ["Senegal", "No single country"]


def checked() -> Checklist:
    draft = replace(source(9, "The draft"), document="f" * 64)
    items = (
        Checked(Item("Is there a baseline?", "A"), cell(draft, "Is there a baseline?", "found")),
        Checked(
            Item("=Who pays?", "B"),
            cell(draft, "=Who pays?", "not found"),
            cell(source(1), "=Who pays?", "found", ("The budget pays.",)),
        ),
    )
    return Checklist(draft, items, 20, 2, "0007")


def test_a_checklist_says_what_is_missing_and_what_a_good_answer_is() -> None:
    book = workbook(of_checklist(checked(), link))
    rows = values(book["Answers"])[1:]
    assert [row[3] for row in rows] == ["Answered", "Missing"]
    assert rows[0][5] == "12"
    assert rows[1][6:8] == ["The budget pays.", "Document 1"]
    quotes = values(book["Quotes"])[1:]
    assert [bool(row[7]) for row in quotes] == [False, True]  # the draft is in no library
    method = dict(row[:2] for row in values(book["Method"])[2:])
    assert method["Pages"] == "20 pages, without text that can be read: 2"
    assert method["Found?"] == "Answered: 1, Partly: 0, Missing: 1, Unreadable: 0"


@pytest.mark.parametrize("ui", LANGUAGES)
def test_every_export_is_made_in_every_language(grid: Grid, ui: str) -> None:
    for export in (
        of_grid(grid, link, ui),
        of_comparison(compared(), link, ui),
        of_checklist(checked(), link, ui),
    ):
        assert len(workbook(export).sheetnames) == 3
        assert words(to_docx(export))


def test_control_characters_do_no_harm(grid: Grid) -> None:
    strange = of_grid(replace(grid, questions=("What\x0b is \x00this?", "b?")), link, title="A\x01b")
    assert "This" not in words(to_docx(strange))
    assert workbook(strange).sheetnames[0] == "Answers"


def test_a_real_grid_is_exported(assistant: Assistant) -> None:
    from assistant.grid import grid as compute

    made = compute(assistant, ["How is the diaspora engaged?"], Filters(kinds=("evaluation",)))
    rows = table(of_grid(made, link))[1:]
    assert {row[5] for row in rows} <= {"Found", "Partly", "Not found", "Unreadable"}
    for row in rows:
        if row[6]:
            document = next(each for each in made.documents if each.name == row[1])
            page = assistant.page_text(document.document, int(row[2]) if row[2] else None)
            assert all(part in page for part in row[6].removeprefix("'").split(" | "))
