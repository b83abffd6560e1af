"""Families of terms: how they are written, what they find in six languages, how faulty files are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.answer import AssistantError
from assistant.grids.parts import part_under, parts
from assistant.grids.terms import Matcher, TermFault, term
from assistant.grids.themes import LANGUAGES, Family, family, theme, themes


def found(terms: str, text: str) -> list[str]:
    """The words of `text` that a family with these terms, ; between them, finds."""
    matcher = Matcher([[term(each.strip()) for each in terms.split(";")]])
    return [text[place.start : place.end] for place in matcher.places(text)]


# Worked out on paper: terms, text, what is found.
CASES = [
    # whole words, whatever their case
    ("migration", "Migration, MIGRATION and migrations; immigration", ["Migration", "MIGRATION"]),
    ("migra*", "Migrants migrate; emigrants; migra", ["Migrants", "migrate", "migra"]),
    # a space may be a hyphen or a line's end, and no comma
    ("labour migration", "labour-migration labour, migration", ["labour-migration"]),
    ("labour migration", "labour\nmigration", ["labour\nmigration"]),
    ("re-settlement", "resettlement re settlement settlement", ["resettlement", "re settlement"]),
    # the longest at a place, each place once
    ("migration; labour migration; labour migra*", "labour migration", ["labour migration"]),
    # what does not count bars what it touches
    ("migration; !bird migration", "Bird migration and migration", ["migration"]),
    ("internal migration; migration; !migration of birds", "internal migration of birds", []),
    # abbreviations in capitals only
    ("IDP; IDPs", "An IDP, two IDPs, idp, IDPS", ["IDP", "IDPs", "IDPS"]),
    ("WHO", "the WHO and those who", ["WHO"]),
    # accents and apostrophes
    ("déplacé* interne*", "deplaces internes, DÉPLACÉE INTERNE", ["deplaces internes", "DÉPLACÉE INTERNE"]),
    ("droit d'asile", "le droit d’asile et le droit d'asile", ["droit d’asile", "droit d'asile"]),
    ("remesa*", "Las remesas familiares", ["remesas"]),
    ("migración", "MIGRACION migracio\u0301n", ["MIGRACION", "migracio\u0301n"]),
    # Russian, with its endings and its two-part letters
    ("трудов* миграци*", "Трудовая миграция, трудовой миграц", ["Трудовая миграция"]),
    ("беженец; беженц*", "беженцы и беженец", ["беженцы", "беженец"]),
    # Arabic: and, in, to, like and the article are written onto the word; vowel signs do not matter
    ("هجرة", "الهجرة والهجرة هجرات", ["الهجرة", "والهجرة"]),
    ("هجرة", "وبالهجرة للهجرة هجرة كالهجرة", ["وبالهجرة", "للهجرة", "هجرة", "كالهجرة"]),
    ("هجرة دولية", "الهجرة الدولية وهجرة داخلية", ["الهجرة الدولية"]),
    ("مهاجر*", "المهاجرين والمُهاجِرون", ["المهاجرين", "والمُهاجِرون"]),
    ("لاجئ; لاجئين", "للاجئين واللاجئين للأجيال", ["للاجئين", "واللاجئين"]),
    # Chinese: anywhere, also over a line's end, beside Latin letters
    ("移民; !移民局", "国际移民和移\n民，移民局，IOM移民", ["移民", "移\n民", "移民"]),
    ("IOM", "国际移民组织IOM的报告", ["IOM"]),
    # ligatures and wide letters are the letters that they stand for
    ("traffic", "tra\ufb03c ｔｒａｆｆｉｃ", ["tra\ufb03c", "ｔｒａｆｆｉｃ"]),
]  # fmt: skip


@pytest.mark.parametrize(("terms", "text", "expected"), CASES)
def test_terms_find_what_paper_says(terms: str, text: str, expected: list[str]) -> None:
    assert found(terms, text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no word"),
        ("!", "no word"),
        ("mig*ration", "not at the end"),
        ("* migration", "not at the end"),
        ("mi*", "fewer than 3"),
        ("移民*", "needs no"),
        ("migr.tion", "the sign '.'"),
        ("x" * 101, "longer than 100"),
    ],
)
def test_a_faulty_term_is_told(text: str, reason: str) -> None:
    with pytest.raises(TermFault, match=reason):
        term(text)


def test_families_are_found_apart() -> None:
    matcher = Matcher([[term("migra*")], [term("labour migration")], [term("diaspora*")]])
    places = matcher.places("Labour migration")
    assert [(place.family, place.start, place.end) for place in places] == [(1, 0, 16), (0, 7, 16)]


def test_what_is_shipped_is_whole() -> None:
    known = {each.id: each for each in themes()}
    assert set(known) == {"content-analysis", "gcm-objectives"}
    assert len(known["content-analysis"].families) == 14
    assert [each.id[:2] for each in known["gcm-objectives"].families] == [f"{n:02}" for n in range(1, 24)]
    for each in (its for one in themes() for its in one.families):
        assert set(each.terms) == set(each.labels) == set(LANGUAGES), each.id
        assert each.meaning.endswith("."), each.id
        assert len(each.digest) == 64


@pytest.mark.parametrize(
    ("id_", "text"),
    [
        ("remittances", "Les transferts de fonds de la diaspora"),
        ("remittances", "حجم تحويلات المغتربين"),
        ("remittances", "объем денежных переводов"),
        ("displacement", "境内流离失所者人数"),
        ("refugees", "solicitantes de asilo"),
        ("return", "la réintégration des migrants de retour"),
        ("trafficking", "الاتجار بالبشر"),
        ("labour-migration", "migration de la main-d’œuvre"),
        ("climate-mobility", "the planned relocation of villages"),
        ("statelessness", "лица без гражданства"),
    ],
)
def test_shipped_families_speak_six_languages(id_: str, text: str) -> None:
    (wanted,) = theme("content-analysis").choose([id_])
    assert Matcher([wanted.all_terms()]).places(text), text


@pytest.mark.parametrize(
    "text",
    [
        "the seasonal bird migration",
        "repatriating illicit funds",
        "demobilization and reintegration of former fighters",
        "للأجيال القادمة",  # begins like the Arabic word for refugees once its particle is off
        "العائدات النفطية",  # oil revenues, not returnees
    ],
)
def test_shipped_families_know_what_does_not_count(text: str) -> None:
    families = theme("content-analysis").families
    places = Matcher([each.all_terms() for each in families]).places(text)
    assert [families[place.family].id for place in places] == []


def test_a_typed_family_is_like_any_other() -> None:
    made = family("Remittances, typed", ["remittance*", " transferts  de fonds ", "remittance*"])
    assert made.id == "remittances-typed"
    assert made.terms == {"any": ("remittance*", "transferts de fonds")}
    assert made.origin == "typed"
    assert made == family("Remittances, typed", ["remittance*", "transferts de fonds"])
    assert made.covers("en")
    assert made.covers("pt")
    assert made.covers("und")
    assert not made.covers("ar")
    assert not made.covers("zh")


def test_a_family_covers_the_languages_of_its_file() -> None:
    made = Family("x", {"en": "X"}, "", {"en": ("cash",), "ru": ("деньги",)})
    assert made.covers("ru")
    assert not made.covers("pt")


@pytest.mark.parametrize(
    ("name", "terms", "reason"),
    [
        (" ", ["cash"], "no name"),
        ("Cash", [], "no term that counts"),
        ("Cash", ["!cash"], "no term that counts"),
        ("Cash", ["ca.sh"], "the term 'ca.sh' holds the sign"),
    ],
)
def test_a_faulty_typed_family_is_told(name: str, terms: list[str], reason: str) -> None:
    with pytest.raises(AssistantError, match=reason):
        family(name, terms)


GOOD = """label: Cash
about: What is said on cash.
families:
  cash:
    label: {en: Cash, fr: Espèces}
    meaning: People get cash.
    terms:
      en: cash; !cash crop*
      fr: [espèces, argent liquide]
"""


def test_a_users_own_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "cash.yaml"
    path.write_text(GOOD, encoding="utf-8")
    made = theme(path)
    assert (made.id, made.label("fr"), made.about) == ("cash", "Cash", "What is said on cash.")
    (cash,) = made.families
    assert cash.terms == {"en": ("cash", "!cash crop*"), "fr": ("espèces", "argent liquide")}
    assert (cash.label("fr"), cash.label("ru"), cash.origin) == ("Espèces", "Cash", "cash.yaml")


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("!cash crop*", "ca*sh", r"line 8: families › cash › terms › en holds the term 'ca\*sh', which has"),
        ("    meaning: People get cash.\n", "", 'line 5: families › cash has no "meaning"'),
        ("meaning:", "meanings:", "line 6: families › cash › meanings is not known; the fields are label,"),
        ("People get cash.", "", "line 6: families › cash › meaning has to hold words"),
        ("fr: [", "french: [", "line 9: families › cash › terms › french is no language: write its code"),
        ("en: cash; !cash crop*\n", "en: '!cash'\n", None),  # French terms still count
        ("  cash:", "  my cash!:", "line 5: families › my cash! needs a name of letters"),
        ("{en: Cash, fr: Espèces}", "{fr: Espèces}", 'line 5: families › cash › label has no "en"'),
        ("en: cash; !cash crop*", "en: !cash crop", "line 8: '!cash' begins with !, which YAML"),
        ("[espèces, argent liquide]", "[espèces", "this is no YAML"),
        ("about: What is said on cash.", "about: a\nabout: b", "line 3: about is there twice"),
        (GOOD, "", "cash.yaml is empty"),
    ],
)  # fmt: skip
def test_a_faulty_file_is_told_by_line_and_field(
    tmp_path: Path, before: str, after: str, told: str | None
) -> None:
    assert before in GOOD
    path = tmp_path / "cash.yaml"
    path.write_text(GOOD.replace(before, after, 1), encoding="utf-8")
    if told is None:
        theme(path)
        return
    with pytest.raises(AssistantError, match=told) as raised:
        theme(path)
    assert str(raised.value).startswith("cash.yaml")
    assert "\n" not in str(raised.value)


def test_other_files_and_names_are_told(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes("label: Espèces".encode("latin-1"))
    with pytest.raises(AssistantError, match="not UTF-8"):
        theme(tmp_path / "latin.yaml")
    with pytest.raises(AssistantError, match="no theme and no file 'cash'; the themes: content-analysis,"):
        theme("cash")
    with pytest.raises(AssistantError, match="has no family 'cash'; its families: migration, "):
        theme("content-analysis").choose(["cash"])


@pytest.mark.parametrize(
    ("headings", "part"),
    [
        (("Cooperation Framework", "1. Situation analysis"), "situation"),
        (("Situation analysis", "1.4 Lessons learned"), "lessons"),  # the innermost decides
        (("Strategic priorities", "Monitoring and evaluation plan"), "monitoring"),
        (("Annex A: Results matrix",), "indicators"),  # the longest term
        (("Analyse de la situation", "Contexte"), "situation"),
        (("Presupuesto y recursos",), "budget"),
        (("مصفوفة النتائج",), "indicators"),
        (("Выводы и рекомендации",), "lessons"),
        (("附件",), "annex"),
        (("Valoria",), "other"),
        ((), "other"),
        (("The budget " + "of the programme " * 10,), "other"),  # a sentence set in bold
    ],
)
def test_headings_tell_the_part(headings: tuple[str, ...], part: str) -> None:
    assert part_under(headings) == part


def test_parts_have_names_in_six_languages() -> None:
    for part in parts().ids:
        assert set(parts().labels[part]) == set(LANGUAGES)
