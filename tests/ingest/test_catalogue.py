"""The catalogue: what is put in comes out again, and what is removed leaves no trace."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.catalogue import Catalogue, DocumentEntry, FileEntry, each_passage
from ingest.documents import Block, Description, Kind, Page, Passage
from ingest.passages import passages
from ingest.terms import terms
from ingest.word_index import WordIndex

LAKES, RIVERS = "a1" * 32, "b2" * 32


def pages(word: str) -> tuple[Page, ...]:
    return (
        Page(
            1,
            "i",
            (Block("heading", "Findings", level=2), Block("paragraph", f"1. {word} grew.", number="1")),
        ),
        Page(
            2, "ii", (Block("row", "Jobs 1,200", cells=(("Outcome", "Jobs"), ("Target", "1,200")), table=1),)
        ),
        Page(3, "1", (), "a scan without a text layer"),
    )


def put(catalogue: Catalogue, sha: str, name: str, word: str, language: str = "en") -> DocumentEntry:
    description = Description(
        f"The {name} Programme", Kind.EVALUATION, ("JOR", "LBN"), ("IOM",), (2019, 2023), 2024, language,
        "A/80/74", {"title": "first page"},
    )  # fmt: skip
    cut = passages(sha, pages(word))
    entry = DocumentEntry(sha, f"{name}.pdf", "pdf", description, 3, len(cut))
    catalogue.add(entry, pages(word), cut)
    return entry


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    made = Catalogue(tmp_path / "catalogue.sqlite", write=True)
    put(made, LAKES, "Lakes", "Fishing")
    put(made, RIVERS, "Rivers", "La pêche", "fr")
    made.put_file(FileEntry("/d/Lakes.pdf", "/d", "Lakes.pdf", LAKES, 10, 20, "indexed"))
    made.put_file(FileEntry("/d/broken.pdf", "/d", "broken.pdf", None, 1, 2, "failed", "is damaged", "{}"))
    made.finish()
    yield made
    made.close()


def found(catalogue: Catalogue, question: str, language: str = "en", limit: int = 10) -> list[str]:
    return [id_ for id_, _ in WordIndex(catalogue).best(terms(question, language), language, limit)]


def test_documents_pages_and_passages_come_back_as_they_were(catalogue: Catalogue, tmp_path: Path) -> None:
    reader = Catalogue(tmp_path / "catalogue.sqlite")
    expected = passages(LAKES, pages("Fishing"))
    entry = next(item for item in reader.documents() if item.sha == LAKES)
    assert entry.description == Description(
        "The Lakes Programme", Kind.EVALUATION, ("JOR", "LBN"), ("IOM",), (2019, 2023), 2024, "en", "A/80/74",
        {"title": "first page"},
    )  # fmt: skip
    assert tuple(reader.pages(LAKES)) == pages("Fishing")
    assert tuple(reader.passages_of(LAKES)) == expected
    assert reader.passages([expected[0].id, "nobody"]) == {expected[0].id: expected[0]}
    assert reader.passage_ids([LAKES]) == [item.id for item in expected]
    assert [passage for _, passage in each_passage(reader)] == [*expected, *reader.passages_of(RIVERS)]
    assert reader.files()[1] == FileEntry(
        "/d/broken.pdf", "/d", "broken.pdf", None, 1, 2, "failed", "is damaged", "{}"
    )
    reader.close()


def test_page_text_and_problems(catalogue: Catalogue) -> None:
    assert catalogue.page_text(LAKES, 1) == "Findings\n1. Fishing grew."
    assert catalogue.page_text(LAKES, 9) == ""
    assert catalogue.page_problems()[LAKES] == [(3, "a scan without a text layer")]


def test_a_document_without_pages_has_its_text_under_none(catalogue: Catalogue) -> None:
    sha = "c3" * 32
    web = (Page(None, "", (Block("paragraph", "Written for the web."),)),)
    cut = passages(sha, web)
    catalogue.add(DocumentEntry(sha, "web.html", "html", Description("Web"), 1, len(cut)), web, cut)
    assert catalogue.page_text(sha, None) == "Written for the web."
    assert catalogue.page_text(sha, 1) == ""


def test_lexical_search_finds_forms_of_a_word_and_only_in_its_language(catalogue: Catalogue) -> None:
    first = passages(LAKES, pages("Fishing"))[0].id
    assert found(catalogue, "fished") == [first]
    assert found(catalogue, "fishing", "fr") == []
    assert found(catalogue, "PECHE", "fr") == [passages(RIVERS, pages("La pêche"))[0].id]
    assert found(catalogue, "pêche", "en") == []
    assert found(catalogue, "") == []
    assert found(catalogue, "Jordan IOM A/80/74") == [item.id for item in passages(LAKES, pages("Fishing"))]


def test_own_words_count_more_than_those_of_the_title(catalogue: Catalogue) -> None:
    other = "d4" * 32
    put(catalogue, other, "Fishing", "Trade")
    ranked = found(catalogue, "fishing")
    assert len(ranked) == 3
    assert ranked[0].startswith(LAKES[:20])
    scores = [score for _, score in WordIndex(catalogue).best(terms("fishing", "en"), "en", 10)]
    assert scores == sorted(scores, reverse=True)
    assert len(WordIndex(catalogue).best(terms("fishing", "en"), "en", 2)) == 2


def test_lexical_search_keeps_to_the_documents_named(catalogue: Catalogue) -> None:
    other = "d4" * 32
    put(catalogue, other, "Ponds", "Fishing")
    hits = WordIndex(catalogue).best(terms("fishing", "en"), "en", 10, frozenset({other}))
    assert [id_ for id_, _ in hits] == [passages(other, pages("Fishing"))[0].id]
    assert WordIndex(catalogue).best(terms("fishing", "en"), "en", 10, frozenset()) == []


def test_rows_that_a_replaced_document_left_count_for_nothing(catalogue: Catalogue) -> None:
    before = WordIndex(catalogue).best(terms("fishing", "en"), "en", 10)
    put(catalogue, LAKES, "Lakes", "Fishing")  # its passages get new rows, the old ones stay free
    assert WordIndex(catalogue).best(terms("fishing", "en"), "en", 10) == before


@pytest.mark.parametrize(
    "question", ['"fishing" OR (NEAR *', "language:fr body:x", "ஔவை ဦးစီး གྷ", "2030年议程", "' --"]
)
def test_no_question_breaks_the_search(catalogue: Catalogue, question: str) -> None:
    for language in ("en", "fr", "zh", "und"):
        assert isinstance(found(catalogue, question, language), list)


def test_removing_a_document_leaves_nothing_of_it(catalogue: Catalogue) -> None:
    before = catalogue.counts()
    catalogue.remove(LAKES)
    assert catalogue.counts() == {key: count // 2 for key, count in before.items()}
    assert found(catalogue, "fishing") == []
    assert catalogue.page_text(LAKES, 1) == ""
    assert catalogue.passages_of(LAKES) == []
    assert catalogue.page_problems().keys() == {RIVERS}
    rows = catalogue.connection.execute("SELECT count(*) FROM words WHERE words MATCH 'fish'").fetchone()
    assert rows == (0,)


def test_adding_a_document_again_replaces_it(catalogue: Catalogue) -> None:
    before = catalogue.counts()
    put(catalogue, LAKES, "Lakes", "Sailing")
    assert catalogue.counts() == before
    assert found(catalogue, "fishing") == []
    assert len(found(catalogue, "sailing")) == 1


def test_reading_leaves_no_file_beside_it_and_cannot_write(catalogue: Catalogue, tmp_path: Path) -> None:
    catalogue.close()
    bytes_ = (tmp_path / "catalogue.sqlite").read_bytes()
    reader = Catalogue(tmp_path / "catalogue.sqlite")
    assert reader.counts()["documents"] == 2
    assert found(reader, "fishing")
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.remove(LAKES)
    reader.close()
    assert [item.name for item in tmp_path.iterdir()] == ["catalogue.sqlite"]
    assert (tmp_path / "catalogue.sqlite").read_bytes() == bytes_


def test_threads_read_side_by_side(catalogue: Catalogue, tmp_path: Path) -> None:
    reader = Catalogue(tmp_path / "catalogue.sqlite")
    results: list[list[Passage]] = []
    threads = [threading.Thread(target=lambda: results.append(reader.passages_of(LAKES))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reader.close()
    assert results == [list(passages(LAKES, pages("Fishing")))] * 4
