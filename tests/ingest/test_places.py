"""Country names in six languages: found as words, never inside another name."""

from __future__ import annotations

import pytest

from ingest.places import country_code, country_name, find_countries


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Nigeria, Niger and Papua New Guinea", {"NGA", "NER", "PNG"}),
        ("Guinea-Bissau and Equatorial Guinea", {"GNB", "GNQ"}),
        ("the Niger Delta and the Gulf of Guinea", set()),
        ("the Democratic Republic of the Congo", {"COD"}),
        ("en RDC et au Congo", {"COD", "COG"}),
        ("the DRC, DR Congo, the DRC; elsewhere in the Congo", {"COD"}),
        ("COTE D’IVOIRE; l’Algérie; le Soudan du Sud", {"CIV", "DZA", "SSD"}),
        ("en Perú y en la República Dominicana", {"PER", "DOM"}),
        ("в Нигерии, Южного Судана, Российской Федерации, с Ираком", {"NGA", "SSD", "RUS", "IRQ"}),
        ("того, что было", set()),
        ("في النيجر وبالأردن وللعراق ولبنان وجنوب السودان", {"NER", "JOR", "IRQ", "LBN", "SSD"}),
        ("الدعم المالي", set()),
        ("尼日利亚、索马里、刚果（金）和沿海地区", {"NGA", "SOM", "COD"}),
        ("la reunión; La Réunion des ministres", set()),
        ("Turkey, Türkiye, Moldova, Viet Nam, Cape Verde", {"TUR", "MDA", "VNM", "CPV"}),
        ("people who work in us offices", set()),
    ],
)
def test_find_countries(text: str, codes: set[str]) -> None:
    assert set(find_countries(text)) == codes


def test_mentions_are_counted() -> None:
    assert find_countries("Mali, Niger, Mali") == {"MLI": 2, "NER": 1}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ml", "MLI"), ("MLI", "MLI"), ("the Gambia", "GMB"), ("République du Niger", "NER"),
        ("Россия", "RUS"), ("العراق", "IRQ"),
        ("刚果（金）", "COD"), ("DR Congo", "COD"), ("Congo", "COG"),
        ("Worldwide", None), ("", None),
    ],
)  # fmt: skip
def test_country_code(text: str, code: str | None) -> None:
    assert country_code(text) == code


def test_country_name() -> None:
    assert [country_name("COD", lang) for lang in ("en", "fr")] == ["DR Congo", "RD Congo"]
    assert country_name("DEU", "ru") == "Германия"
    assert country_name("DEU", "no such language") == "Germany"
    assert country_name("???", "en") == "???"
