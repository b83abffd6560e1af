"""HTML -> blocks: what is read, in which order, and what is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.documents import Block, Reading
from ingest.readers.html import read_html


def read(tmp_path: Path, html: str | bytes) -> Reading:
    path = tmp_path / "page.html"
    path.write_bytes(html.encode() if isinstance(html, str) else html)
    return read_html(path)


def blocks(tmp_path: Path, body: str) -> tuple[Block, ...]:
    return read(tmp_path, f"<!doctype html><meta charset=utf-8><body>{body}</body>").pages[0].blocks


def texts(tmp_path: Path, body: str) -> list[str]:
    return [block.text for block in blocks(tmp_path, body)]


def test_headings_and_paragraphs_in_reading_order(tmp_path: Path) -> None:
    found = blocks(tmp_path, "<h1>One</h1>loose<p>Two</p><div><h3>Three</h3>four<p>five</p>six</div>")
    assert [(block.kind, block.level, block.text) for block in found] == [
        ("heading", 1, "One"),
        ("paragraph", 0, "loose"),
        ("paragraph", 0, "Two"),
        ("heading", 3, "Three"),
        ("paragraph", 0, "four"),
        ("paragraph", 0, "five"),
        ("paragraph", 0, "six"),
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p><b>a</b>b</p>", ["ab"]),
        ("<p>a<br>b</p>", ["a b"]),
        ("<p>a <i>b</i> c</p>", ["a b c"]),
        ("<p>a<!-- not said -->b</p>", ["ab"]),
        ("<p>H<sub>2</sub>O</p>", ["H2O"]),
        ("<table><tr><td><p>a</p><p>b</p></td><td>c</td></tr><tr><td>d</td><td>e</td></tr></table>",
         ["a b c", "d e"]),
    ],
)  # fmt: skip
def test_words_are_joined_as_they_are_shown(tmp_path: Path, body: str, expected: list[str]) -> None:
    assert texts(tmp_path, body) == expected


def test_furniture_and_hidden_words_are_left_out(tmp_path: Path) -> None:
    body = """<nav>Menu</nav><header>Site</header><aside>Ad</aside><form>Search</form><script>x()</script>
    <style>p{}</style><p hidden>no</p><p style="display: none">no</p><p>Yes</p><footer>Imprint</footer>"""
    assert texts(tmp_path, body) == ["Yes"]


def test_the_header_of_an_article_is_kept(tmp_path: Path) -> None:
    found = blocks(
        tmp_path, "<header>Site</header><article><header><h1>Title</h1></header><p>Words.</p></article>"
    )
    assert [(block.kind, block.text) for block in found] == [("heading", "Title"), ("paragraph", "Words.")]


def test_numbers_of_lists_and_paragraphs(tmp_path: Path) -> None:
    body = """<ol start="3"><li>Three</li><li>Four</li></ol><ul><li>Bullet</li></ul>
    <p>12. The Board takes note of the report and of its recommendations.</p>"""
    found = blocks(tmp_path, body)
    assert [block.text for block in found[:3]] == ["3. Three", "4. Four", "Bullet"]
    assert found[3].number == "12"
    assert found[3].text.startswith("12. The Board")


def test_a_term_and_its_definition_are_one_paragraph(tmp_path: Path) -> None:
    assert texts(tmp_path, "<dl><dt>CCA</dt><dd>Common Country Analysis</dd></dl>") == [
        "CCA Common Country Analysis"
    ]


def test_rows_come_with_their_headers(tmp_path: Path) -> None:
    body = """<table><thead><tr><th>Output</th><th>Baseline</th><th>Target</th></tr></thead>
    <tbody><tr><td>Offices</td><td>4</td><td>6</td></tr>
    <tr><td>Staff</td><td></td><td>9</td></tr></tbody></table>"""
    assert blocks(tmp_path, body) == (
        Block("row", "Output Baseline Target", table=1),
        Block(
            "row", "Offices 4 6", cells=(("Output", "Offices"), ("Baseline", "4"), ("Target", "6")), table=1
        ),
        Block("row", "Staff 9", cells=(("Output", "Staff"), ("Target", "9")), table=1),
    )


def test_the_first_row_of_a_plain_table_is_its_header(tmp_path: Path) -> None:
    body = "<table><tr><td>Output</td><td>Target</td></tr><tr><td>Offices</td><td>9</td></tr></table>"
    assert blocks(tmp_path, body)[1].cells == (("Output", "Offices"), ("Target", "9"))


def test_spans_are_repeated_in_cells_but_not_in_text(tmp_path: Path) -> None:
    body = """<table><tr><th>Outcome</th><th>Output</th><th>Target</th></tr>
    <tr><td rowspan="2">Health</td><td>Clinics</td><td>9</td></tr>
    <tr><td>Nurses</td><td>40</td></tr></table>"""
    row = blocks(tmp_path, body)[2]
    assert row.text == "Nurses 40"
    assert row.cells == (("Outcome", "Health"), ("Output", "Nurses"), ("Target", "40"))


def test_a_row_of_one_cell_across_is_a_paragraph(tmp_path: Path) -> None:
    body = """<table><tr><th>Output</th><th>Target</th></tr><tr><td colspan="2">Outcome 1</td></tr>
    <tr><td>Clinics</td><td>9</td></tr></table>"""
    found = blocks(tmp_path, body)
    assert [block.kind for block in found] == ["row", "paragraph", "row"]
    assert found[2].cells == (("Output", "Clinics"), ("Target", "9"))


def test_a_layout_table_is_paragraphs(tmp_path: Path) -> None:
    found = blocks(tmp_path, "<table><tr><td><h2>Title</h2><p>Words.</p></td></tr></table>")
    assert [(block.kind, block.text) for block in found] == [("heading", "Title"), ("paragraph", "Words.")]


def test_footnotes_stand_apart_at_the_end(tmp_path: Path) -> None:
    body = """<p>Words<sup><a href="#fn1">1</a></sup> go on.</p>
    <div><p id="fn1">1 The note. <a href="#fnref1">↩</a></p></div><p>Last.</p>"""
    found = blocks(tmp_path, body)
    assert [(block.kind, block.text) for block in found] == [
        ("paragraph", "Words go on."),
        ("paragraph", "Last."),
        ("footnote", "1 The note."),
    ]


def test_properties_come_from_the_head(tmp_path: Path) -> None:
    html = """<html lang="fr"><head><title>Note | Site</title><meta name="author" content="OIM">
    <meta name="DC.date" content="2021-04-01"><meta name="viewport" content="x"></head><p>Mots</p></html>"""
    assert read(tmp_path, html).properties == {
        "title": "Note | Site",
        "author": "OIM",
        "date": "2021-04-01",
        "language": "fr",
    }


@pytest.mark.parametrize(
    ("charset", "declared"),
    [("windows-1252", True), ("windows-1251", True), ("utf-8", False), ("utf-16", False)],
)
def test_the_encoding_is_declared_or_found(tmp_path: Path, charset: str, declared: bool) -> None:
    words = "Развитие" if charset == "windows-1251" else "Développement"
    meta = f'<meta charset="{charset}">' if declared else ""
    html = f"<!doctype html><html><head>{meta}</head><body><p>{words}</p></body></html>".encode(charset)
    assert read(tmp_path, html).pages[0].text == words


def test_a_page_has_no_number(tmp_path: Path) -> None:
    [page] = read(tmp_path, "<html><p>Words.</p></html>").pages
    assert (page.index, page.label) == (None, "")
