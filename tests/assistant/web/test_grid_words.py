"""The Grid screen in other languages than English: what goes wrong, results begun in another one, files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.answer import AssistantError
from assistant.chat import Assistant
from assistant.grid import asked
from assistant.grids.draft import open_draft
from assistant.grids.guiding import read_questions
from assistant.grids.themes import family, theme_of
from assistant.web.grid_routes import _words
from assistant.web.words import say
from tests.assistant.web.grid_client import Client, client_of

OTHERS = ("fr", "es", "ar", "ru", "zh")
THEME = """label: {en: Cash, fr: Espèces}
about: What is said on cash.
families:
  cash:
    label: {en: Cash, fr: Espèces}
    meaning: People get cash.
    terms:
      en: cash; !cash crop*
      fr: [espèces, argent liquide]
"""
TERMS = "en: cash; !cash crop*"


@pytest.fixture(scope="module")
def client(assistant: Assistant) -> Client:
    return client_of(assistant)


def _faults(folder: Path) -> list[AssistantError]:
    """Every sentence that code below the screen says to who uses it wrongly."""
    found = []

    def catch(act: object, *arguments: object) -> None:
        with pytest.raises(AssistantError) as raised:
            act(*arguments)  # type: ignore[operator]
        found.append(raised.value)

    def of_file(name: str, data: bytes | str, act: object) -> None:
        path = folder / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        catch(act, path)

    changes = (
        ("crop*", "cr*p"), ("cash;", "ca*;"), ("cash;", "x" * 101 + ";"), ("cash;", "移民*;"),
        ("cash;", "c.h;"), ("cash;", "*;"), ("    meaning: People get cash.\n", ""),
        ("meaning:", "meanings:"),
        ("People get cash.", ""), ("fr: [", "french: ["), ("  cash:", "  my cash!:"),
        ("{en: Cash, fr: Espèces}", "{fr: Espèces}"), (TERMS, "en: !cash"),
        ("on cash.", "on cash.\nabout: x"), (THEME, ""), (THEME, "- a"),
        (TERMS + "\n      fr: [espèces, argent liquide]", "en: '!cash'"),
        (TERMS, "en: " + "; ".join(f"cash{n}" for n in range(600))), ("People get cash.", "x" * 1_000_001),
    )  # fmt: skip
    for before, after in changes:
        of_file("cash.yaml", THEME.replace(before, after), theme_of)
    of_file("cash.yaml", b"\xff\xfe", theme_of)
    of_file("cash.yaml", THEME[: THEME.index("families")] + "families: {}", theme_of)
    of_file("cash.yaml", "[" * 5_000, theme_of)
    for name, terms in (
        (" ", ["cash"]), ("Cash", []), ("Cash", ["ca.sh"]), ("Cash", ["m*"]), ("Cash", ["d'un mot*if"]),
        ("Cash", ["!"]), ("Cash", ["y" * 101]), ("Cash", ["移民*"]), ("Cash", [f"w{n}" for n in range(600)]),
    ):  # fmt: skip
        catch(family, name, terms)
    for name, data in (
        ("q.md", b"# x"), ("q.pdf", b"x"), ("q.md", b"\xff\x00"), ("q.xlsx", b"PK"),
        ("q.md", b"x" * 5_000_001),
        ("q.md", "\n".join(f"- Is there a {n}th one?" for n in range(300)).encode()),
    ):  # fmt: skip
        of_file(name, data, read_questions)
    for questions in ([], ["??"], [f"Who is {n}?" for n in range(300)]):
        catch(asked, questions)
    return found


@pytest.mark.parametrize("ui", OTHERS)
def test_what_is_wrong_is_told_in_the_readers_language(ui: str, tmp_path: Path) -> None:
    for fault in _faults(tmp_path):
        told = _words(fault, ui)
        left = [word for word in ("holds", "has", "is", "are", "takes", "asks", "give", "needs") if
                re.search(rf"\b{word}\b", told)]  # fmt: skip
        assert left == [], told
        assert told.endswith("。" if ui == "zh" else (".", "؟", "?"))


def test_a_sentence_that_begins_with_a_file_leaves_its_name_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "cash.yaml"
    path.write_text("", encoding="utf-8")
    with pytest.raises(AssistantError) as raised:
        theme_of(path)
    assert [_words(raised.value, ui) for ui in ("en", "fr")] == ["cash.yaml is empty.", "cash.yaml est vide."]
    assert _words(AssistantError("there is no question; give one a line"), "en").startswith("There")


def test_errors_on_the_screen(client: Client) -> None:
    asked = {"use": "survey", "terms": ["m*"]}
    assert client.post("/grid/plan", asked)["problem"].startswith("The term 'm*' has a *")
    assert client.post("/grid/plan", asked, ui="fr")["problem"].startswith("Le terme 'm*' a une *")
    assert "لم تسجّل الدخول" in client.get("/grid/form", "nobody", "ar")["problem"]


def test_where_a_question_was_found_is_told_and_kept_apart_from_language(client: Client) -> None:
    html = client.call(
        "POST", "/grid/items", ui="fr", params={"name": "q.md"}, content=b"# A\n- How are nurses paid?\n",
        headers={"x-grid": "upload"},
    ).json()["html"]  # fmt: skip
    assert "A · ligne 2" in html
    assert 'data-place="line 2"' in html


def test_a_survey_that_was_begun_in_one_language_is_shown_and_written_in_another(client: Client) -> None:
    asked = {"use": "survey", "families": ["content-analysis/remittances"]}
    ticket = client.worked_out(asked, "fo")  # in English
    shown = client.get(f"/grid/result/{ticket}", "fo", "fr")["html"]
    assert "Transferts de fonds des migrants</h2>" in shown
    assert "Les parts sont les documents trouvés" in shown
    assert 'lang="en" direction' not in shown
    assert client.get(f"/grid/standing/{ticket}", "fo", "fr")["title"] == "Transferts de fonds des migrants"
    report = client.call("GET", f"/grid/export/{ticket}.html", "fo", "ar").text
    assert '<html lang="ar" dir="rtl">' in report
    assert say("ar", "survey.shares") in report
    table = client.call("GET", f"/grid/export/{ticket}.csv", "fo", "fr").text
    assert table.startswith("\ufeffDocument,Fichier,Type,Pays,Langue,")
    document = next(iter(client.works.of("fo", ticket).documents))
    assert "unread" not in client.get(f"/grid/cell/{ticket}/{document}/0", "fo", "fr")["html"]


def test_a_comparison_of_countries_names_them_for_who_reads(client: Client, assistant: Assistant) -> None:
    from dataclasses import replace

    from assistant.answer import Filters
    from assistant.grids.compare import Comparison, Said, Side
    from assistant.grids.export import named, of_comparison

    frameworks = [source for source in assistant.sources() if source.kind == "framework"]
    asked = {
        "use": "compare", "question": "How is the diaspora engaged?", "by": "documents",
        "filters": {"documents": [source.document for source in frameworks[:2]]},
    }  # fmt: skip
    made = client.works.of("", client.worked_out(asked)).result
    assert isinstance(made, Comparison)
    labels = [side.label for side in made.sides]
    assert [side.label for side in named(made, "ar").sides] == labels, "titles stay as they are"
    said = next(each for side in made.sides for each in side.said)
    sides = (
        Side(
            "Germany", Filters(countries=("DEU",)), made.sides[0].cells, (replace(said, shared=("Kenya",)),)
        ),
        Side("Kenya", Filters(countries=("KEN",)), made.sides[1].cells, (Said(said.sentence),)),
    )
    turned = named(replace(made, sides=sides), "fr")
    assert [side.label for side in turned.sides] == ["Allemagne", "Kenya"]
    assert [side.label for side in named(turned, "ru").sides] == ["Германия", "Кения"]
    assert named(turned, "ru").sides[0].said[0].shared == ("Кения",)
    assert next(of_comparison(replace(made, sides=sides), ui="es").entries()).cells[0] == "Alemania"


def test_a_draft_that_cannot_be_read_says_why(assistant: Assistant, tmp_path: Path) -> None:
    path = tmp_path / "draft.pdf"
    path.write_bytes(b"%PDF-1.4 nothing")
    with (
        pytest.raises(AssistantError) as raised,
        open_draft(path, assistant.embedder, assistant.settings),
    ):
        pass
    assert _words(raised.value, "en").startswith("draft.pdf: ")
    assert _words(raised.value, "fr").startswith("draft.pdf")
