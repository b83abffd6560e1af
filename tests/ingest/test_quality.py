"""Quality: what is counted over a document's pages, and which text layers are rubbish."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from ingest.documents import Block, Page
from ingest.quality import faults, quality, unreadable


def page(index: int | None, *texts: str, tables: tuple[int, ...] = (), **more: object) -> Page:
    blocks = [Block("paragraph", text) for text in texts]
    blocks += [Block("row", f"row {number}", table=number) for number in tables]
    return Page(index, "", tuple(blocks), **more)  # type: ignore[arg-type]


def test_pages_are_counted() -> None:
    found = quality([
        page(1, "Good words.", tables=(1, 1, 2)),
        page(2, "Header", problem="a scan behind 6 characters of text: only those were read"),
        page(3, problem="a scan without a text layer"),
        page(4, "Read by eye.", ocr=0.8),
        page(5, "And again.", tables=(1,), ocr=0.9),
    ])  # fmt: skip
    assert (found.pages, found.unread, found.empty, found.ocr, found.tables) == (5, 2, 1, 2, 3)
    assert found.confidence == pytest.approx(0.85)
    assert (found.faults, found.faulty_pages) == (0, ())


def test_of_no_pages_there_is_nothing_to_say() -> None:
    assert set(asdict(quality([])).values()) == {0, (), None}


def test_the_first_ten_pages_with_faults_are_named() -> None:
    found = quality([page(number, "caf\ufffd", "\ufffd") for number in range(1, 15)])
    assert found.faults == 28
    assert found.faulty_pages == tuple(range(1, 11))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Migration et développement à Ñuñoa, SÃO TOMÉ, 20 °C, « ÂGE »", 0),
        ("Развитие и миграция — 2020–2024", 0),
        ("التنمية والهجرة في عام 2024", 0),
        ("发展与移民", 0),
        ("dÃ©veloppement", 1),
        ("Statesâ€™ plans", 1),
        ("Ð Ð°Ð·", 2),
        ("a\ufffdb \ue012 (cid:12)(cid:7) \x01", 5),
    ],
)
def test_faults(text: str, count: int) -> None:
    assert faults(text) == count


def test_a_text_layer_is_rubbish_by_its_share_of_faults() -> None:
    assert unreadable("\ufffd" * 30 + "words " * 10)
    assert not unreadable("\ufffd" * 30 + "words " * 100)
    assert not unreadable("\uf0b7 a bullet " * 5)
    assert unreadable("!\"#$%&'()*+,-./:;<=>?@[" * 3)
    assert not unreadable("1,200 3.4 (56) 78 % " * 20)
    assert not unreadable("* * *")
    assert not unreadable("")
