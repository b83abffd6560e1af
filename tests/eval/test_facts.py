"""Facts: found as written otherwise, and never inside another number or word."""

from __future__ import annotations

import pytest

from eval.facts import met, numerals, unsupported


@pytest.mark.parametrize("fact", ["1200", "1,200", "1 200", "1.200", "1’200", "1.2 thousand", "1,2 mille"])
@pytest.mark.parametrize(
    "text",
    [
        "some 1200 people",
        "some 1,200 people.",
        "1 200 personnes",
        "1\u202f200 personnes",
        "1.200 personas",
        "(1.2 thousand)",
        "1,2 mil personas",
        "1,200.00 USD",
        "1.2k people",
        "١٢٠٠ شخص",
        "1,2 тысячи",
    ],
)
def test_one_number_however_it_is_written(fact: str, text: str) -> None:
    assert met([fact], text)


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        ("1.2 million", "EUR 1,200,000"),
        ("1,2 millions", "US$1.2M was spent"),
        ("2.8 M", "2,8 millones"),
        ("13 milliards", "13 billion"),
        ("0.125", "a share of 0,125"),
        ("12,5", "12.50 %"),
        ("479.263,80", "479 263,80 EUR"),
        ("19-04-2023", "on 19.4.2023"),
        ("2023", "on 19.04.2023"),
        ("2022", "在2022年"),
        ("2 to 4", "from 2 to 4 years"),
        ("0.7%", "0,7 per cent"),
    ],
)
def test_scales_decimals_and_dates(fact: str, text: str) -> None:
    assert met([fact], text)


@pytest.mark.parametrize(
    "text",
    ["145", "451", "45\n000", "1.45", "45.2", "45,2", "1,045", "2 045", "CO45", "NG45P", "0.45", "45,000"],
)
def test_forty_five_is_not_in(text: str) -> None:
    assert not met(["45"], f"there were {text} of them")


@pytest.mark.parametrize("text", ["45", "45.", "(45)", "45%", "45, 46", "45-50", "US$45", "45th"])
def test_forty_five_is_in(text: str) -> None:
    assert met(["45"], f"there were {text}")


def test_ambiguous_text_is_read_both_ways() -> None:
    assert met(["225"], "assistance 225 224; men")
    assert met(["224"], "assistance 225 224; men")
    assert met(["225,224"], "assistance 225 224; men")
    assert not met(["300"], "2 300 people")
    assert met(["21,6"], "21.6 milliards USD")
    assert not met(["21.6 milliards"], "21.6 USD")
    assert not met(["3 million"], "3 M&E officers")


def test_words_ignore_case_white_space_and_punctuation() -> None:
    assert met(["Trees for the Future"], "with TREES  for the\nfuture.")
    assert met(["reintegration"], "the re-integration")
    assert met(["CO2"], "CO 2 emissions")
    assert met(["OIM"], "l'OIM")
    assert met(["partner"], "two partners")
    assert met(["التعليم"], "والتعليم")
    assert met(["教育"], "在教育方面")


def test_words_do_not_begin_inside_words() -> None:
    assert not met(["effective"], "it was ineffective")
    assert not met(["Mali"], "normal identity papers")
    assert not met(["2"], "CO2")


def test_any_alternative_will_do_and_none_is_not_met() -> None:
    assert met(["PPMI", "ppmi group"], "by the PPMI Group")
    assert not met(["PPMI", "IOM"], "by UNDP")
    assert not met([], "anything")
    assert not met(["PPMI"], "")
    assert met(["✓"], "yes ✓")
    assert not met(["✓"], "yes")
    assert not met([" "], "a b")


def test_numerals() -> None:
    assert numerals("In 2022, 1,200 of 3 450 (34,8 %) got CO2 meters; H2020 paid 1.5 million.") == {
        "2022",
        "1200",
        "3450",
        "34.8",
        "1500000",
    }


def test_unsupported_numbers() -> None:
    assert not unsupported("1.2 thousand in 2022", ["1 200 people", "from 2022 on"])
    assert unsupported("45 people", ["45 million people"]) == {"45"}
    assert unsupported("45 and 46", ["45", "146"]) == {"46"}
    assert not unsupported("225 people", ["| 225 224 |"])
    assert unsupported("45", []) == {"45"}
