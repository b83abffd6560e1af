"""A survey's report: what documents say stays text in every form, and the figures are the survey's own."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from docx.enum.table import WD_TABLE_DIRECTION
from docx.oxml.ns import qn

from assistant.answer import Citation, Filters, Hit, Source
from assistant.chat import Assistant
from assistant.grids.survey import Candidate, Finding, Lost, PageCount, Row, Section, Survey, survey
from assistant.grids.survey_charts import shades
from assistant.grids.survey_exports import _PAGES
from assistant.grids.survey_method import method
from assistant.grids.survey_report import bar_chart, to_csv, to_docx, to_html, to_xlsx, world_map
from assistant.grids.survey_words import column, pages_in_words
from assistant.grids.themes import Family, theme
from assistant.grids.world import FILE, world
from assistant.web import names
from assistant.web.words import entry, keys, say
from ingest.documents import Passage

HOSTILE = '=HYPERLINK("http://evil.invalid") <script>alert(1)</script> & "quotes" \x07\u202e'
FAMILIES = (
    Family("cash", {"en": "Cash <b>"}, "People get cash.", {"en": ("cash",)}, "cash.yaml", "a" * 64),
    Family("wells", {"en": "Wells"}, "", {"any": ("well*",)}, "typed", "b" * 64),
)
NOTICE = say("en", "survey.notice")


def source(letter: str, title: str, countries: tuple[str, ...] = ()) -> Source:
    return Source(
        letter * 64, f"{letter}.pdf", title, "evaluation", countries, (), (2019, 2021), None, "en", ""
    )


def citation(its: Source, quote: str, page: int | None = 3) -> Citation:
    passage = Passage(its.document, 0, page, "iii", ("Findings",), quote, 0, len(quote))
    return Citation(Hit(passage, its, 0.0), quote)


def found(family: str, its: Source, quote: str, *pages: tuple[int, int]) -> Finding:
    count = sum(places for _, places in pages)
    return Finding(
        family,
        "found",
        count,
        tuple(PageCount(page, "iii" if page == 3 else str(page), places) for page, places in pages),
        (Section(("Findings",), "findings", count),),
        {"cash": count},
        citation(its, quote),
    )


@pytest.fixture(scope="module")
def made() -> Survey:
    """Four documents: one says things no report may run, one is near, one is unread, one has nothing."""
    one, two = source("1", HOSTILE, ("SEN", "MLT")), source("2", "Second", ("SEN",))
    three, four = source("3", "Third", ("KEN",)), source("4", "Fourth")
    near = Candidate(citation(two, "Money is handed out in villages."), 4.2)
    rows = (
        Row(one, 9, 0, (found("cash", one, HOSTILE, (3, 2), (7, 1)), Finding("wells", "not found"))),
        Row(two, 5, 0, (Finding("cash", "not found", candidate=near), found("wells", two, "Wells.", (1, 1)))),
        Row(three, 4, 2, (Finding("cash", "unreadable", why="unread"), found("wells", three, "W", (1, 1)))),
        Row(four, 1, 0, (Finding("cash", "not found"), Finding("wells", "not found"))),
    )
    lost = (Lost("lost.pdf", "damaged <b>"),)
    return Survey(FAMILIES, rows, lost, Filters(), "0007", "2026-03-04T05:06:07+00:00")


def link(its: Source, page: int | None) -> str:
    return f"https://office.invalid/{its.name}?page={page}&x=1"


class Tags(HTMLParser):
    """The tags of a page, its attributes, and whether all are closed."""

    VOID = frozenset({"meta", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.open: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += attrs


def test_the_page_runs_nothing_and_fetches_nothing(made: Survey) -> None:
    page = to_html(made, link=link)
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    assert not set(tags.names) & {"script", "img", "link", "iframe", "object", "form", "base"}
    assert not [name for name, _ in tags.attributes if name.startswith("on")]
    addresses = [value for name, value in tags.attributes if name in ("href", "src", "xlink:href")]
    assert all(value in ("#land",) or str(value).startswith("https://office.invalid/") for value in addresses)
    assert "@import" not in page
    assert "url(" not in page
    assert "\x07" not in page
    assert "\u202e" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quotes&quot;" in page
    assert "<b>" not in page.replace("<b>3</b>", "").replace("<b>1</b>", "")


def test_the_page_says_what_the_survey_found(made: Survey) -> None:
    page = to_html(made, "My <title>", link=link).replace("\u00a0", " ")
    text = re.sub(r"<[^>]+>", " ", re.sub(r"</?bdi>", "", page))
    assert "<h1><bdi>My &lt;title&gt;</bdi></h1>" in page
    # 1 of 5: four documents and the lost file; the unread document and the lost file may hold it too
    assert "found in 1 of 5 documents (20 %); of the others 2 could not be read whole" in text
    assert "between 20 % and 60 % whatever those say" in text
    assert "1 more document has a passage near in meaning without a term; not counted." in text
    assert 'href="https://office.invalid/1.pdf?page=7&amp;x=1">7</a>' in page
    assert "Third: 2 of 4 pages" in text
    assert "lost.pdf: damaged &lt;b&gt;" in text
    assert "Cash &lt;b&gt; (cash.yaml, SHA-256 aaaaaaaaaaaaaaaa)." in text
    assert "English: cash. Meaning: People get cash." in text
    assert NOTICE in page
    assert page.count('class="map"') == len(FAMILIES)
    assert "Near in meaning, without a term" in text


def test_the_table_tells_the_four_states(made: Survey) -> None:
    table = to_html(made).split("Document by document")[1].split("</table>")[0]
    cells = re.findall(r"<td[^>]*>.*?</td>", table)
    assert cells == [
        '<td class="found"><b>3</b> p. 3, 7</td>', "<td>–</td>",
        '<td class="near">– ≈ p. 3</td>', '<td class="found"><b>1</b> p. 1</td>',
        '<td class="open">?</td>', '<td class="found"><b>1</b> p. 1</td>',
        "<td>–</td>", "<td>–</td>",
    ]  # fmt: skip


def test_bars_are_as_long_as_the_shares(made: Survey) -> None:
    chart = bar_chart(made)
    widths = {
        name: [float(each) for each in re.findall(rf'"{name}" x="[\d.]+" y="\d+" width="([\d.]+)"', chart)]
        for name in ("bar", "open")
    }  # the last of each is the legend's
    assert widths["bar"][:2] == [720 * 1 / 5, 720 * 2 / 5]
    assert widths["open"][:2] == [720 * 2 / 5, 720 * 1 / 5]
    assert "Cash &lt;b&gt;" in chart


def test_the_map_shades_countries_and_marks_small_states(made: Survey) -> None:
    drawn = world_map(made, "cash")
    assert "<title>Senegal: 1 of 2 documents</title>" in drawn
    assert "<title>Malta: 1 of 1 document</title></circle>" in drawn  # too small for a shape
    assert re.search(r'class="none"[^>]*><title>Kenya: 0 of 1 document</title>', drawn)
    assert NOTICE in drawn


def test_the_map_that_is_shipped_knows_the_world() -> None:
    import pycountry

    assert FILE.stat().st_size < 120_000
    known = world().shapes.keys() | world().points.keys()
    missing = {each.alpha_3 for each in pycountry.countries} - known
    # Antarctica, and what Natural Earth counts with France, the Netherlands and Norway
    assert missing <= {
        "ATA", "ATF", "BES", "BVT", "CCK", "CXR", "GLP", "GUF", "MTQ", "MYT", "REU", "SJM", "TKL",
    }  # fmt: skip
    assert all(0 <= x <= world().width and 0 <= y <= world().height for x, y in world().points.values())


@pytest.mark.parametrize(
    ("counts", "expected"),
    [([], []), ([0], []), ([1, 0], [1]), ([1, 3], [1, 2, 3]), ([17], [1, 5, 9, 13])],
)
def test_shades_begin_where_they_say(counts: list[int], expected: list[int]) -> None:
    assert shades(counts) == expected


def test_pages_in_words() -> None:
    pages = [PageCount(3, "iii", 1), PageCount(7, "7", 2), PageCount(9, "", 1)]
    assert pages_in_words(pages) == "p. 3 (printed iii), 7, 9"
    assert pages_in_words(pages, 1) == "p. 3 (printed iii) and 2 more"
    assert pages_in_words([PageCount(None, "", 4)]) == ""


def test_the_workbook_holds_figures_and_no_formula(made: Survey) -> None:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(made, link=link)))
    assert book.sheetnames == ["Answers", "Shares", "Quotes", "Method"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert not [cell for cell in cells if isinstance(cell.value, str) and cell.value.startswith("=")]
    answers = [[cell.value for cell in row] for row in book["Answers"].iter_rows()]
    assert answers[0][-2:] == ["Cash <b>", "Wells"]
    assert [row[-2:] for row in answers[1:]] == [
        [3, "not found"], ["not found; near in meaning", 1], ["unreadable", 1], ["not found", "not found"],
    ]  # fmt: skip
    assert answers[1][0].startswith("'=HYPERLINK")
    shares = [[cell.value for cell in row] for row in book["Shares"].iter_rows()]
    assert shares[1][:7] == ["Cash <b>", 1, 5, "20\u00a0%", 2, "60\u00a0%", 1]
    quotes = [[cell.value for cell in row] for row in book["Quotes"].iter_rows()]
    header = quotes[0]
    assert [row[header.index("How found")] for row in quotes[1:]] == [
        "a term", "near in meaning", "a term", "a term",
    ]  # fmt: skip
    assert quotes[1][header.index("All pages")] == "p. 3 (printed iii), 7"
    assert quotes[1][header.index("Address")] == "https://office.invalid/1.pdf?page=3&x=1"
    assert "Wells (typed for this survey, SHA-256 bbbbbbbbbbbbbbbb). in any language: well*." in [
        cell.value for cell in book["Method"]["A"]
    ]


def test_the_csv_has_a_row_a_page(made: Survey) -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(made, link=link).decode("utf-8-sig"))))
    assert [(row["file"], row["family"], row["state"], row["page"], row["places"]) for row in rows] == [
        ("1.pdf", "Cash <b>", "found", "3", "2"), ("1.pdf", "Cash <b>", "found", "7", "1"),
        ("1.pdf", "Wells", "not found", "", "0"), ("2.pdf", "Cash <b>", "not found", "", "0"),
        ("2.pdf", "Wells", "found", "1", "1"), ("3.pdf", "Cash <b>", "unreadable", "", "0"),
        ("3.pdf", "Wells", "found", "1", "1"), ("4.pdf", "Cash <b>", "not found", "", "0"),
        ("4.pdf", "Wells", "not found", "", "0"),
    ]  # fmt: skip
    assert rows[0]["document"].startswith("'=HYPERLINK")
    assert rows[0]["printed_page"] == "iii"
    assert rows[3]["near_in_meaning_page"] == "3"


def test_the_word_document_holds_it_all(made: Survey) -> None:
    import docx

    document = docx.Document(io.BytesIO(to_docx(made, "A title", link=link)))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert text.startswith("A title")
    assert "found in 1 of 5 documents" in text
    assert "<script>alert(1)</script>" in text  # as words
    assert "p. 3 (printed iii) · https://office.invalid/1.pdf?page=3&x=1" in text
    assert "Cash <b> (cash.yaml, SHA-256" in text
    table = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert table[0][:3] == ["Family", "Found", "Documents"]
    assert table[1][:3] == ["Cash <b>", "1", "5"]


def test_the_sample_library_in_every_form(assistant: Assistant) -> None:
    made = survey(assistant, theme("content-analysis").families[:3])
    page = to_html(made)
    assert page.count("<blockquote>") >= sum(made.share(each.id).found for each in made.families)
    assert to_html(replace(made)) == page
    for form in (to_xlsx(made), to_docx(made), to_csv(made)):
        assert len(form) > 1_000


def _english() -> set[str]:
    """What the words of a survey say in English, between their fields, of three words and more."""
    found = set()
    for key in keys("en"):
        if key.startswith(("survey.", "survey_method.")):
            words = entry("en", key)
            for text in [words] if isinstance(words, str) else words.values():
                found |= {each.strip(" .:;,()") for each in re.split(r"\{\w+\}", text)}
    return {each for each in found if len(each.split()) > 2}


@pytest.mark.parametrize("ui", ["fr", "es", "ar", "ru", "zh"])
def test_a_report_speaks_the_readers_language(made: Survey, ui: str) -> None:
    import docx
    import openpyxl

    page = unescape(to_html(made, link=link, ui=ui))
    assert f'<html lang="{ui}" dir="{"rtl" if ui == "ar" else "ltr"}">' in page
    document = docx.Document(io.BytesIO(to_docx(made, link=link, ui=ui)))
    cells = [cell.text for row in document.tables[0].rows for cell in row.cells]
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(made, link=link, ui=ui)))
    written = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    table = to_csv(made, link, ui).decode("utf-8-sig")
    for form in (
        page,
        "\n".join([*(each.text for each in document.paragraphs), *cells]),
        "\n".join([*book.sheetnames, *written]),
        table,
    ):
        assert [each for each in _english() if each in form] == []
        assert "not found" not in form
    assert names.country("KEN", ui) in page
    assert names.country("KEN", ui) in table
    assert say(ui, "survey.shares") in page
    assert all(each in page for each in method(made, ui))
    assert next(csv.reader(io.StringIO(table))) == [column(each, ui) for each in _PAGES]


def test_what_is_read_from_the_right_is_set_from_there(made: Survey) -> None:
    import docx
    import openpyxl

    document = docx.Document(io.BytesIO(to_docx(made, link=link, ui="ar")))
    turned = {each.text: _turned(each) for each in document.paragraphs}
    assert turned[say("ar", "survey.shares")]
    assert all(turned[each] for each in made.verdicts("ar")), "one begins with a Latin name"
    assert not turned["Money is handed out in villages."]
    assert document.tables[0].table_direction == WD_TABLE_DIRECTION.RTL
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(made, link=link, ui="ar")))
    assert all(sheet.sheet_view.rightToLeft for sheet in book)
    chart = bar_chart(made, "ar")
    assert 'direction="rtl"' in chart
    assert '"bar" x="576.0" y="22" width="144.0"' in chart, "a fifth, from the right"
    assert '"open" x="288.0" y="22" width="288.0"' in chart
    terms = next(each for each in method(made, "ar") if "well*" in each)
    assert "\u200ewell*\u200e" in terms, "else the star would stand on the other side"
    assert not any(map(_turned, docx.Document(io.BytesIO(to_docx(made, ui="fr"))).paragraphs))


def _turned(paragraph: Any) -> bool:
    return paragraph._p.pPr is not None and paragraph._p.pPr.find(qn("w:bidi")) is not None


def test_families_and_parts_have_their_names_in_the_readers_language(assistant: Assistant) -> None:
    made = survey(assistant, theme("content-analysis").choose(["remittances"]))
    page = to_html(made, ui="fr")
    assert "Transferts de fonds des migrants" in page
    assert "Analyse de la situation" in page
    assert "التحويلات المالية للمهاجرين" in to_html(made, ui="ar")


def test_an_empty_survey_is_reported_too() -> None:
    made = Survey(FAMILIES, (), (), Filters(), "0001", "2026-03-04T05:06:07+00:00")
    assert "found in 0 of 0 documents" in to_html(made)
    for form in (to_xlsx(made), to_docx(made), to_csv(made)):
        assert form
