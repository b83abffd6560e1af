"""A grid on the sample documents: found and not found, kept and asked again, stopped, limited, unread."""

from __future__ import annotations

import sqlite3
import threading
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from assistant.answer import AssistantError, Filters
from assistant.chat import Assistant
from assistant.grid import Cell, asked, grid, open_grid
from assistant.grids.store import FILE, CellStore, from_bytes, key_of, to_bytes
from assistant.restricted import View

REFUGEES = "Which refugees live in the country, and how many?"
NURSES = "How many nurses leave the country?"
FRAMEWORKS = Filters(
    documents=(
        "cooperation-framework-valoria-2023-2027.pdf",
        "cooperation-framework-maruvia-2022-2026.pdf",
        "plan-cadre-cooperation-tambarie-2024-2028.pdf",
    )
)


@pytest.fixture
def alone(assistant: Assistant, tmp_path: Path) -> Assistant:
    """The assistant with a cache of cells of its own."""
    mine = copy(assistant)
    mine.settings = assistant.settings.model_copy(update={"library": tmp_path})
    return mine


def test_each_document_is_asked_each_question(alone: Assistant) -> None:
    done = grid(alone, [REFUGEES, NURSES], FRAMEWORKS)
    assert len(done.documents) == 3
    assert len(done) == done.done() == 6
    by_name = {source.name: cells for source, cells in done.rows()}
    valoria = next(cells for name, cells in by_name.items() if "valoria" in name)
    maruvia = next(cells for name, cells in by_name.items() if "maruvia" in name)
    assert valoria[0] is not None
    assert valoria[0].state == "found"
    assert "9,300 refugees from Belzora" in valoria[0].text
    assert valoria[0].places
    assert maruvia[1] is not None
    assert maruvia[1].state == "found"
    counts = done.counts()
    assert [sum(each.values()) for each in counts] == [3, 3]


def test_a_quote_is_verbatim_on_its_page(alone: Assistant) -> None:
    with open_grid(alone, [REFUGEES, NURSES]) as work:
        cells = list(work.compute())
        for cell in cells:
            for sentence in cell.sentences:
                for cited in sentence.citations:
                    page = work.generation.catalogue.page_text(cell.source.document, cited.hit.passage.page)
                    assert " ".join(cited.quote.split()) in " ".join(page.split())


def test_what_is_absent_has_its_nearest_passage(alone: Assistant) -> None:
    done = grid(alone, ["How does the document regulate fishing with nets?"])
    cells = [cell for _, row in done.rows() for cell in row if cell is not None]
    lacking = [cell for cell in cells if cell.state == "not found"]
    assert len(lacking) >= 10
    assert all(cell.nearest is not None and not cell.sentences for cell in lacking)
    assert all({"chance", "chance_at_most"} & cell.decided.keys() for cell in lacking)


def test_a_question_asked_again_is_not_decided_again(
    alone: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = grid(alone, [REFUGEES], FRAMEWORKS)
    before = [row for _, row in first.rows()]

    def never(*_: object) -> Cell:
        raise AssertionError("this cell was decided before")

    monkeypatch.setattr("assistant.grids.cells.Decider.cell", never)
    again = grid(alone, [REFUGEES], FRAMEWORKS)
    assert [row for _, row in again.rows()] == before


def test_a_new_question_costs_its_own_cells_alone(alone: Assistant) -> None:
    grid(alone, [REFUGEES], FRAMEWORKS)
    told: list[tuple[int, int]] = []
    grid(alone, [REFUGEES, NURSES], FRAMEWORKS, progress=lambda done, total: told.append((done, total)))
    assert told[0] == (1, 6)
    assert (3, 6) in told
    assert told[-1] == (6, 6)


def test_a_grid_that_was_stopped_goes_on(alone: Assistant) -> None:
    stop = threading.Event()
    with open_grid(alone, [REFUGEES]) as work:
        work.work.threads = 1
        seen = []
        for cell in work.compute(stop=stop):
            seen.append(cell)
            stop.set()
        assert 0 < len(seen) < len(work.grid)
        assert work.grid.done() == len(seen)
        kept = {cell.source.document for cell in seen}
    told: list[int] = []
    done = grid(alone, [REFUGEES], progress=lambda count, _: told.append(count))
    assert done.done() == len(done)
    assert told[len(done.documents) - 1] == len(kept)


def test_no_documents_no_questions_and_too_many_are_said_so(alone: Assistant) -> None:
    with pytest.raises(AssistantError, match="there is no question"):
        asked([])
    with pytest.raises(AssistantError, match="question 2 holds no word"):
        asked(["What?", "…"])
    with pytest.raises(AssistantError, match="200 questions at most"):
        asked([f"Question {number}?" for number in range(201)])
    with (
        pytest.raises(AssistantError, match="no document passes the filters"),
        open_grid(alone, ["What?"], Filters(countries=("JPN",))),
    ):
        pass
    assert asked(["  Who   pays? ", "Who pays?"]) == ("Who pays?",)


def test_a_cell_says_what_it_may_say(alone: Assistant) -> None:
    cell = next(iter(grid(alone, [REFUGEES], FRAMEWORKS).rows()))[1][0]
    assert cell is not None
    with pytest.raises(ValueError, match="quotes where something was found"):
        replace(cell, state="found", sentences=())
    with pytest.raises(ValueError, match="unread pages"):
        replace(cell, state="not found", sentences=(), unread=1)


def test_a_cell_is_kept_whole_and_takes_the_description_of_now(alone: Assistant) -> None:
    for source, row in grid(alone, [REFUGEES, NURSES], FRAMEWORKS).rows():
        for cell in row:
            assert cell is not None
            assert from_bytes(to_bytes(cell), source) == replace(cell, question="")
            renamed = replace(source, name="other.pdf")
            moved = from_bytes(to_bytes(cell), renamed)
            assert moved.source.name == "other.pdf"
            assert all(
                cited.hit.source.name == "other.pdf" for each in moved.sentences for cited in each.citations
            )


def test_keys_depend_on_all_that_decides(tmp_path: Path) -> None:
    keys = {
        key_of("Who?", "sha", {"embedding": "a"}),
        key_of("Who?", "sha", {"embedding": "b"}),
        key_of("Who?", "other", {"embedding": "a"}),
        key_of("What?", "sha", {"embedding": "a"}),
    }
    assert len(keys) == 4
    store = CellStore(tmp_path)
    assert store.forget(but=["sha"]) == 0
    assert (tmp_path / FILE).is_file()


def test_what_left_the_library_leaves_its_cells(alone: Assistant) -> None:
    first = grid(alone, [REFUGEES], FRAMEWORKS)
    gone = first.documents[0]
    assert first.store.forget(but={source.document for source in first.documents[1:]}) == 1
    assert first.row(gone) == [None]
    assert first.done() == 2


def test_no_words_of_a_question_are_kept(alone: Assistant) -> None:
    asked = "What became of Amina Diallo, who was born in 1990 and lost her permit?"
    made, file = grid(alone, [asked], FRAMEWORKS), alone.settings.library / FILE
    assert {cell.question for _, row in made.rows() for cell in row if cell} == {asked}
    with closing(sqlite3.connect(file)) as database:
        kept = [zlib.decompress(cell) for (cell,) in database.execute("SELECT cell FROM decided")]
        assert not [cell for cell in kept if b"Amina" in cell]
        # Before, the questions were kept: what is left of that goes.
        database.execute("CREATE TABLE cells (document TEXT, key BLOB, cell BLOB)")
        database.execute("INSERT INTO cells VALUES ('a', x'00', 'Amina Diallo')")
        database.commit()
    made.store.forget(but=[each.document for each in made.documents])
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"Amina" not in file.read_bytes()


def test_who_may_not_read_a_document_gets_no_cell_of_it(alone: Assistant) -> None:
    whole = grid(alone, [REFUGEES], FRAMEWORKS)
    hidden = next(source for source in whole.documents if "valoria" in source.name)

    class Seen:
        settings, chain = alone.settings, alone.chain

        @staticmethod
        @contextmanager
        def reading() -> Iterator[View]:
            with alone.live.reading() as generation:
                yield View(generation, frozenset(generation.sources) - {hidden.document})

    seen = grid(cast("Assistant", Seen()), [REFUGEES], FRAMEWORKS)
    assert hidden.document not in {source.document for source in seen.documents}
    assert len(seen.documents) == 2
    # What was decided with the whole library's rarities is not handed to who may not know of it.
    assert {key for keys in seen.keys.values() for key in keys}.isdisjoint(
        key for keys in whole.keys.values() for key in keys
    )
