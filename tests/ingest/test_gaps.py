"""What users miss: kept once, grouped by what is asked, deleted for good, shown without markup."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ingest.documents import IngestError
from ingest.gaps import FILE, Gap, Gaps, grouped
from ingest.screen.acts import Acts
from ingest.screen.gaps import close, groups
from ingest.settings import IngestSettings

ONE = Gap(
    "a1", "How many returnees were trained in Mali?", "en", "Mali", "0007", ("Evaluation", "Note"), "ana",
    "2026-01-02T00:00:00.000+00:00",
)  # fmt: skip


def gap(id: str, question: str, language: str = "en", at: str = "2026-01-03T00:00:00.000+00:00") -> Gap:
    return replace(ONE, id=id, question=question, language=language, at=at)


def test_kept_once_and_read_back(tmp_path: Path) -> None:
    gaps = Gaps(tmp_path / "library")
    assert gaps.all() == ()
    assert gaps.close(["a1"]) == gaps.purge(1) == 0
    assert not (tmp_path / "library").exists()
    gaps.tell(ONE)
    gaps.tell(replace(ONE, filters=""))
    gaps.tell(gap("a2", "odd \ud83d"))
    assert gaps.all() == (gap("a2", "odd ?"), replace(ONE, filters=""))


@pytest.mark.parametrize(
    ("language", "one", "other", "third"),
    [
        ("en", "How many returnees were trained in Mali?", "number of trained returnees, Mali", "In Niger?"),
        ("fr", "Combien de retournés ont été formés au Mali ?", "Retournés formés au Mali", "Au Niger ?"),
        ("es", "¿Cuántos retornados se formaron en Malí?", "Retornados, formaron, Malí", "¿Y Perú?"),
        ("ar", "كم عدد العائدين المدربين في مالي؟", "عدد العائدين المدربين مالي", "ماذا عن النيجر؟"),
        ("ru", "Сколько возвращенцев обучено в Мали?", "Обучено возвращенцев, Мали", "А в Нигере?"),
        ("zh", "马里有多少返乡者接受培训？", "马里多少返乡者接受培训", "尼日尔的预算是多少？"),
    ],
)  # fmt: skip
def test_much_the_same_question_is_one_group(language: str, one: str, other: str, third: str) -> None:
    told = [gap("3", other, language), gap("2", third, language), gap("1", one, language)]
    found = [tuple(each.id for each in group.gaps) for group in grouped(told)]
    assert found == [("3", "1"), ("2",)]


def test_years_and_countries_keep_questions_apart() -> None:
    told = [gap("2", "What is the budget for 2020?"), gap("1", "What is the budget for 2021?")]
    assert len(grouped(told)) == 2
    assert len(grouped([gap("2", "Trained in Mali?"), gap("1", "Trained in Niger?")])) == 2


def test_deleted_for_good(tmp_path: Path) -> None:
    gaps = Gaps(tmp_path)
    gaps.tell(gap("a2", "Who is Quetzalmarker?" * 500))
    gaps.tell(ONE)
    gaps.tell(gap("a3", "Oldmarker", at="2020-01-01T00:00:00.000+00:00"))
    assert gaps.close(["a2", "a2", "unknown"]) == 1
    assert gaps.purge(0) == 0
    assert gaps.purge(365 * 2) == 1
    data = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"marker" not in data
    assert [each.id for each in gaps.all()] == ["a1"]


def test_what_the_screen_shows_and_does(tmp_path: Path) -> None:
    acts = Acts(IngestSettings(library=tmp_path))
    assert "Nobody has told you" in groups(())
    gaps = Gaps(tmp_path)
    nasty = "<img src=x onerror=alert(1)>\"'"
    gaps.tell(
        replace(gap("a2", f"{nasty} trained in Mali returnees"), who=nasty, filters=nasty, nearest=(nasty,))
    )
    gaps.tell(gap("b1", "Something else"))
    gaps.tell(replace(ONE, question="trained in Mali: returnees img src onerror alert"))
    html = groups(gaps.groups())
    assert "<img" not in html
    assert 'data-ids="a2 a1"' in html or 'data-ids="a1 a2"' in html
    assert html.index("2 times") < html.index("1 time,")
    assert "Asked in other words (1)" in html
    assert str(close(acts, {"do": "done", "ids": "a1 a2"}, "eva")) == "2 questions closed as answered"
    assert [each.id for each in gaps.all()] == ["b1"]
    with pytest.raises(IngestError, match="closed already"):
        close(acts, {"do": "dismiss", "ids": "a1"}, "eva")
    with pytest.raises(IngestError, match="nothing was asked"):
        close(acts, {"do": "drop", "ids": "b1"}, "eva")
    deed = acts.admin.audit()[0]
    assert (deed.who, deed.action, deed.detail) == ("eva", "gap closed as answered", "2 questions")


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"something else" * 100)
    with pytest.raises(IngestError, match=r"gaps\.sqlite cannot be used"):
        Gaps(tmp_path).all()
