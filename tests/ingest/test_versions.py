"""Older versions and near-duplicates: what a sketch says, which relations follow, what an admin overrules."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from ingest.catalogue import DocumentEntry
from ingest.describe import describe
from ingest.documents import Block, Description, IngestError, Kind, Page, Reading
from ingest.editions import core, distinctive, version
from ingest.overrides import override_fields
from ingest.versions import Relation, relations, resemblance, sketch

_WORDS = [
    first + last for first in ("ba", "ke", "li", "mo", "nu") for last in ("ran", "sel", "tim", "vod", "zup")
]


def text(seed: int, count: int = 400) -> list[str]:
    """Invented words, others for each seed."""
    chance = random.Random(seed)
    return [f"{chance.choice(_WORDS)}{chance.choice(_WORDS)}" for _ in range(count)]


def pages(words: Sequence[str]) -> list[Page]:
    return [
        Page(at // 100 + 1, "", (Block("paragraph", " ".join(words[at : at + 100])),))
        for at in range(0, len(words), 100)
    ]


def document(
    name: str, words: Sequence[str], title: str = "Hosting people on the move in towns", **more: Any
) -> Any:
    format_ = more.pop("format", "pdf")
    what = Description(title, **{"kind": Kind.GUIDANCE, "language": "en", **more})
    return DocumentEntry(f"sha of {name}", name, format_, what, 4, 20, sketch=sketch(pages(words)))


def related(*documents: DocumentEntry) -> dict[str, Relation]:
    """By file name, as are the names inside."""
    return {
        sha.removeprefix("sha of "): Relation(
            *(value.removeprefix("sha of ") for value in (each.superseded, each.twin))
        )
        for sha, each in relations(documents).items()
    }


WHOLE = text(1)
HALF = [*WHOLE[:200], *text(2)[:200]]
OTHER = text(3)
NEAR = [*WHOLE[:390], *text(4)[:10]]


# -- Sketches


def test_a_sketch_estimates_the_share_of_common_shingles() -> None:
    assert resemblance(sketch(pages(WHOLE)), sketch(pages(WHOLE))) == 1.0
    assert resemblance(sketch(pages(WHOLE)), sketch(pages(OTHER))) == 0.0
    assert resemblance(sketch(pages(WHOLE)), sketch(pages(HALF))) == pytest.approx(
        196 / (2 * 396 - 196), abs=0.06
    )


def test_layout_and_capitals_do_not_change_a_sketch() -> None:
    shouted = [Page(None, "", (Block("paragraph", ",\n".join(WHOLE).upper()),))]
    assert sketch(shouted) == sketch(pages(WHOLE))


def test_a_sketch_is_the_same_on_every_machine() -> None:
    assert sketch(pages(WHOLE))[:24] == "mug3ANkz8ACVeRIBNfjzAasd"


def test_few_words_have_no_sketch() -> None:
    assert sketch(pages(WHOLE[:49])) == ""
    assert sketch([]) == ""
    assert resemblance("", "") == 0.0


def test_scripts_without_spaces_are_compared_by_characters() -> None:
    chance = random.Random(5)
    chinese = "".join(chr(chance.randrange(0x4E00, 0x5000)) for _ in range(300))
    one, two = (
        sketch([Page(1, "", (Block("paragraph", each),))]) for each in (chinese, chinese[:290] + "移民与发展")
    )
    assert resemblance(one, two) > 0.85


# -- Titles


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("A guide to hosting – draft", "A guide to hosting"),
        ("A guide to hosting, first draft", "A guide to hosting (second draft)"),
        ("A guide to hosting, draft 3", "A guide to hosting, final draft"),
        ("A guide to hosting v1.2", "A guide to hosting v2"),
        ("A guide to hosting", "Revised guide to hosting"),
        ("A guide to hosting, second edition", "A guide to hosting, 3rd edition"),
        ("A guide to hosting", "A guide to hosting (final)"),
        ("Guide de l'accueil (version provisoire)", "Guide de l'accueil"),
        ("Guía de acogida, borrador", "Guía de acogida"),
        ("难民指南 草案", "难民指南 修订版"),
    ],
)
def test_marks_of_version_order_titles(older: str, newer: str) -> None:
    assert version(older).rank < version(newer).rank
    assert core(older).removeprefix("a ") == core(newer).removeprefix("a ")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("First plan for the coast", "Second plan for the coast"),
        ("Report on towns, volume 1", "Report on towns, volume 2"),
        ("Mid-term evaluation of the river project", "Final evaluation of the river project"),
    ],
)
def test_what_tells_documents_apart_stays(one: str, other: str) -> None:
    assert core(one) != core(other)


def test_titles_of_a_series_are_not_distinctive() -> None:
    assert distinctive("Hosting people on the move in towns")
    assert not distinctive("Annual report of the office for hosting people in towns")
    assert not distinctive("Country note")


# -- Superseded


def test_a_later_year_supersedes_where_the_text_goes_on() -> None:
    old, new = document("old.pdf", WHOLE, published=2018), document("new.pdf", HALF, published=2022)
    assert related(old, new) == {"old.pdf": Relation(superseded="new.pdf")}
    assert (
        related(replace(old, sketch=""), replace(new, sketch="")) == {}
    )  # nothing but the title speaks for it


def test_a_draft_is_superseded_whatever_became_of_its_text() -> None:
    draft, final = (
        document("d.pdf", WHOLE, "Hosting people on the move in towns (draft)"),
        document("f.pdf", OTHER),
    )
    assert related(draft, final) == {"d.pdf": Relation(superseded="f.pdf")}
    short = [document(f"{each}.pdf", words, title) for each, words, title in (
        ("d", WHOLE, "Country note (draft)"), ("f", OTHER, "Country note"))]  # fmt: skip
    assert related(*short) == {}


def test_the_file_name_marks_a_version_too() -> None:
    assert related(document("guide_v2.pdf", HALF), document("guide_v1.pdf", WHOLE)) == {
        "guide_v1.pdf": Relation(superseded="guide_v2.pdf")
    }


def test_marks_and_dates_that_disagree_decide_nothing() -> None:
    draft = document("d.pdf", WHOLE, "Hosting people on the move in towns (draft)", published=2022)
    assert related(draft, document("f.pdf", HALF, published=2019)) == {}


@pytest.mark.parametrize(
    "other",
    [{"language": "fr"}, {"countries": ("FJI",)}, {"kind": Kind.REPORT}, {"title": "Hosting in camps"}],
)
def test_another_language_country_kind_or_title_is_another_document(other: dict[str, Any]) -> None:
    old = document("old.pdf", WHOLE, published=2018, countries=("MLI",))
    assert (
        related(old, document("new.pdf", HALF, **{"published": 2022, "countries": ("MLI",), **other})) == {}
    )


def test_the_next_plan_is_no_version_of_the_last_one() -> None:
    what: dict[str, Any] = {"kind": Kind.FRAMEWORK, "countries": ("FJI",)}
    last = document("1.pdf", WHOLE, "Framework for Fiji 2013-2017", period=(2013, 2017), **what)
    following = document("2.pdf", HALF, "Framework for Fiji 2018-2022", period=(2018, 2022), **what)
    assert related(last, following) == {}
    extended = document("3.pdf", NEAR, "Framework for Fiji 2013-2019", period=(2013, 2019), **what)
    assert related(last, extended) == {"1.pdf": Relation(superseded="3.pdf")}


def test_a_revision_of_a_paper_supersedes_it_an_addendum_does_not() -> None:
    papers = [
        document(f"{number}.pdf", words, symbol=symbol, published=2025)
        for number, (symbol, words) in enumerate(
            (("A/80/74", WHOLE), ("A/80/74/Rev.1", HALF), ("A/80/74/Rev.2", OTHER), ("A/80/74/Add.1", HALF),
             ("A/80/75", WHOLE))
        )
    ]  # fmt: skip
    assert related(*papers) == {"0.pdf": Relation(superseded="2.pdf"), "1.pdf": Relation(superseded="2.pdf")}


def test_the_next_sessions_paper_has_a_symbol_of_its_own() -> None:
    old = document("old.pdf", WHOLE, published=2024, symbol="A/79/12")
    assert related(old, document("new.pdf", HALF, published=2025, symbol="A/80/14")) == {}


def test_each_of_a_chain_points_to_the_newest() -> None:
    third = [*WHOLE[:100], *HALF[100:300], *OTHER[:100]]
    chain = [
        document(f"{year}.pdf", words, published=year)
        for year, words in ((2016, WHOLE), (2019, HALF), (2023, third))
    ]
    assert {name: each.superseded for name, each in related(*chain).items()} == {
        "2016.pdf": "2023.pdf", "2019.pdf": "2023.pdf",
    }  # fmt: skip


# -- Twins


def test_the_twin_is_who_has_no_pages_or_the_longer_name() -> None:
    web, pdf = document("a.html", WHOLE, "Other", format="html"), document("longer.pdf", NEAR)
    copy = document("longer (1).pdf", WHOLE)
    assert related(web, pdf, copy) == {
        "a.html": Relation(twin="longer.pdf"), "longer (1).pdf": Relation(twin="longer.pdf"),
    }  # fmt: skip


def test_a_form_filled_in_for_another_country_is_no_twin() -> None:
    assert (
        related(document("a.pdf", WHOLE, countries=("MLI",)), document("b.pdf", NEAR, countries=("NER",)))
        == {}
    )


def test_when_a_file_was_saved_does_not_make_a_version() -> None:
    found = {"published": "properties"}
    old, new = (document(f"{year}.pdf", NEAR, published=year, found=found) for year in (2018, 2020))
    assert related(old, new) == {"2020.pdf": Relation(twin="2018.pdf")}


def test_the_twin_of_an_older_version_is_superseded_with_it() -> None:
    old, new = document("old.pdf", WHOLE, published=2018), document("new.pdf", HALF, published=2022)
    copy = document("copy.txt", WHOLE, "copy", format="text")
    assert related(old, new, copy) == {
        name: Relation(superseded="new.pdf") for name in ("old.pdf", "copy.txt")
    }


# -- The admin's word


def test_an_admin_overrules() -> None:
    old, new = document("old.pdf", WHOLE, published=2018), document("new.pdf", HALF, published=2022)
    kept = replace(old, description=replace(old.description, found={"in_force": "yes"}))
    assert related(kept, new) == {}
    gone = replace(new, description=replace(new.description, found={"in_force": "no"}))
    assert related(old, gone) == {
        "old.pdf": Relation(superseded="new.pdf"), "new.pdf": Relation(superseded="new.pdf"),
    }  # fmt: skip
    copies = document("a.pdf", WHOLE), document("ab.pdf", NEAR, found={"in_force": "yes"})
    assert related(*copies) == {"a.pdf": Relation(twin="ab.pdf")}


def test_in_force_is_a_column_of_metadata() -> None:
    assert override_fields({"in_force": "No"}, "a.pdf") == {"in_force": "no"}
    with pytest.raises(IngestError, match="in_force holds 'perhaps'; allowed is yes"):
        override_fields({"in_force": "perhaps"}, "a.pdf")
    described = describe(Reading("text", tuple(pages(WHOLE))), name="a.txt", override={"in_force": "yes"})
    assert described.found["in_force"] == "yes"


def test_order_of_documents_does_not_matter() -> None:
    all_ = [document("a.pdf", WHOLE, published=2018), document("b.pdf", HALF, published=2022),
            document("c.docx", WHOLE, "c", format="docx"), document("d.pdf", OTHER)]  # fmt: skip
    assert related(*all_) == related(*reversed(all_))
