"""Passages: cut by structure, about 200 tokens, with addresses that lead back to the page's own words."""

from __future__ import annotations

import pytest

from ingest.documents import Block, Description, Page, Passage, embedding_text
from ingest.passages import LONGEST, TARGET, estimate_tokens, passages

SHA = "ab" * 32


def heading(text: str, level: int = 1) -> Block:
    return Block("heading", text, level=level)


def paragraph(text: str, number: str = "") -> Block:
    return Block("paragraph", text, number=number)


def row(*cells: tuple[str, str], table: int = 1) -> Block:
    return Block("row", " ".join(cell for _, cell in cells), cells=cells, table=table)


def page(*blocks: Block, index: int = 1, label: str = "") -> Page:
    return Page(index, label, blocks)


def sentences(count: int, about: str = "training") -> str:
    return " ".join(f"Finding {n} says that {about} helped the districts a little." for n in range(count))


def cut(*pages: Page) -> tuple[Passage, ...]:
    found = passages(SHA, pages)
    texts = {item.index: item.text for item in pages}
    for passage in found:  # what no passage may ever break
        if passage.kind != "row":
            assert texts[passage.page][passage.start : passage.end] == passage.text
    assert [passage.ordinal for passage in found] == list(range(len(found)))
    assert len({passage.id for passage in found}) == len(found)
    return found


def test_a_passage_ends_at_a_heading_and_knows_its_path() -> None:
    found = cut(
        page(
            heading("Findings"),
            paragraph("The mission met its targets."),
            heading("Relevance", 2),
            paragraph("It fits the national plan."),
            paragraph("It fits the needs."),
            heading("Annex"),
            paragraph("Terms of reference are kept apart."),
            label="iv",
        )
    )
    assert [(p.headings, p.text) for p in found] == [
        (("Findings",), "The mission met its targets."),
        (("Findings", "Relevance"), "It fits the national plan.\nIt fits the needs."),
        (("Annex",), "Terms of reference are kept apart."),
    ]
    assert {(p.page, p.label) for p in found} == {(1, "iv")}


def test_the_heading_path_goes_on_over_the_page_and_a_cover_is_no_heading_of_what_follows() -> None:
    cover = page(heading("Evaluation of the Lakes Programme in all its districts"), index=1)
    first = page(heading("Results"), paragraph("Wells were dug."), index=2)
    second = page(paragraph("Fewer people fell ill."), index=3)
    found = cut(cover, first, second)
    assert [(p.page, p.headings) for p in found] == [(1, ()), (2, ("Results",)), (3, ("Results",))]
    assert found[0].text == "Evaluation of the Lakes Programme in all its districts"


def test_a_table_row_is_one_passage_and_never_shares_it_with_text() -> None:
    found = cut(
        page(
            paragraph("The matrix follows."),
            Block("row", "Outcome Indicator", table=1),
            row(("Outcome", "Jobs"), ("Indicator", "1,200 people hired")),
            row(("Outcome", "Health"), ("Indicator", "80 per cent vaccinated")),
            paragraph("The matrix ends."),
        )
    )
    assert [(p.kind, p.text) for p in found] == [
        ("text", "The matrix follows."),
        ("row", "Outcome: Jobs\nIndicator: 1,200 people hired"),
        ("row", "Outcome: Health\nIndicator: 80 per cent vaccinated"),
        ("text", "The matrix ends."),
    ]


def test_a_row_too_long_is_split_between_cells_and_repeats_its_first() -> None:
    long = sentences(28)
    found = cut(page(row(("Outcome", "Jobs"), ("One", long), ("Two", long), ("Three", long))))
    assert len(found) > 1
    assert all(p.text.startswith("Outcome: Jobs\n") for p in found)
    assert "".join(p.text for p in found).count(long) == 3


def test_small_paragraphs_are_gathered_up_to_the_target() -> None:
    blocks = [paragraph(f"{n}. " + sentences(3), number=str(n)) for n in range(1, 25)]
    found = cut(page(*blocks))
    sizes = [estimate_tokens(p.text) for p in found]
    assert max(sizes) <= 1.15 * TARGET
    assert sum(sizes[:-1]) / len(sizes[:-1]) > 0.75 * TARGET
    assert "\n".join(p.text for p in found) == page(*blocks).text
    assert found[0].number == "1"
    assert found[1].number == found[1].text.split(".")[0]


def test_a_long_paragraph_is_split_between_sentences_and_loses_nothing() -> None:
    text = sentences(80)
    found = cut(page(paragraph(text)))
    assert len(found) > 3
    assert " ".join(p.text for p in found) == text
    assert all(p.text.startswith("Finding ") and p.text.endswith("little.") for p in found)
    assert all(estimate_tokens(p.text) <= LONGEST for p in found)


def test_chinese_is_split_at_its_own_full_stops() -> None:
    text = "".join(f"第{n}项成果由各地区共同实现并得到国家计划的支持。" for n in range(60))
    found = cut(page(paragraph(text)))
    assert len(found) > 2
    assert "".join(p.text for p in found) == text
    assert all(p.text.endswith("。") for p in found)


def test_a_sentence_without_end_is_cut_all_the_same() -> None:
    found = cut(page(paragraph("word " * 2000), paragraph("x" * 9000)))
    assert all(estimate_tokens(p.text) <= 2 * LONGEST for p in found)
    assert sum(p.text.count("word") for p in found) == 2000
    assert sum(p.text.count("x") for p in found) == 9000


@pytest.mark.parametrize("line", ["1. Introduction .......... 4", "Findings . . . . . . . 12", "结论……… 8"])
def test_a_line_of_a_table_of_contents_is_no_passage(line: str) -> None:
    found = cut(page(heading("Contents"), paragraph(line), paragraph("What follows is prose.")))
    assert [p.text for p in found] == ["What follows is prose."]


def test_footnotes_are_passages_of_their_own() -> None:
    found = cut(page(paragraph("Trade grew."), Block("footnote", "1 Ministry of Trade, 2021.")))
    assert [(p.kind, p.text) for p in found] == [
        ("text", "Trade grew."),
        ("footnote", "1 Ministry of Trade, 2021."),
    ]


def test_figures_without_a_word_are_no_passage() -> None:
    assert cut(page(paragraph("12 34 56"), paragraph("— 7 —"))) == ()


def test_the_same_pages_give_the_same_passages() -> None:
    pages = [page(heading("A"), paragraph(sentences(40))), page(paragraph(sentences(5)), index=2)]
    assert passages(SHA, pages) == passages(SHA, pages)


def test_embedding_text_has_the_title_and_the_last_two_headings_in_front() -> None:
    passage = Passage(SHA, 0, 1, "", ("Part One", "Findings", "Relevance"), "It fits.", 0, 8)
    assert (
        embedding_text(Description("Lakes Programme"), passage)
        == "Lakes Programme > Findings > Relevance\nIt fits."
    )
    assert (
        embedding_text(Description("Findings and relevance"), passage)
        == "Findings and relevance > Part One\nIt fits."
    )
    assert embedding_text(Description(""), passage) == "Findings > Relevance\nIt fits."
    named = Description("report 7", found={"title": "file name"})
    assert embedding_text(named, passage) == "Findings > Relevance\nIt fits."
    long = embedding_text(Description("Lakes " * 60), passage).split(" > ")[0]
    assert len(long) <= 100
    assert set(long.split()) == {"Lakes"}
