"""A survey counted on paper: places, pages, sections, shares with their bounds; what cannot be told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answer import AssistantError, Filters
from assistant.chat import Assistant
from assistant.grids.survey import Finding, PageCount, Share, Stopped, Survey, percent, survey
from assistant.grids.survey_method import method
from assistant.grids.themes import Family, family, theme
from assistant.settings import AssistantSettings
from ingest.embeddings import Embedder, VectorCache
from ingest.library import Library
from ingest.limiting import limit
from ingest.sync import sync

FRAMEWORK = """# United Nations Sustainable Development Cooperation Framework for Senegal 2023-2027

## Situation analysis

Families in the regions of Louga and Matam live on remittances from their relatives in Italy and Spain. In
2021 remittances made up a tenth of the national income, and a remittance cost above seven per cent.

## Strategic priorities

The Government and the United Nations will lower the cost of each remittance sent through mobile money.

## Results matrix

| Outcome | Indicator | Baseline | Target |
|---|---|---|---|
| Families have more of what is sent home | Cost of remittances | 7 % | 3 % |

## Lessons learned

The migration of birds over the delta is followed each year, and so is the state of the mangroves.
"""
FRENCH = """# Plan national de développement de la Guinée

## Contexte

Les transferts de fonds des émigrés financent la construction d'écoles et de dispensaires dans les villages
de la Moyenne Guinée, et le gouvernement veut en réduire le coût au cours des cinq prochaines années.
"""
RUSSIAN = """# Национальная стратегия развития Кыргызстана

## Анализ положения

Объем денежных переводов трудовых мигрантов составляет около трети валового внутреннего продукта страны, и
большая часть этих средств идет на питание, жилье и образование детей.
"""
ARABIC = """# خطة التنمية الوطنية في المغرب

## تحليل الوضع

تشكل تحويلات المغتربين مصدرا مهما للدخل في القرى والمدن الصغيرة، وتسعى الحكومة إلى خفض كلفة هذه التحويلات
خلال السنوات الخمس القادمة وتشجيع الاستثمار في المناطق الريفية.
"""
CHINESE = """# 国家发展规划

## 背景

农村家庭的收入有很大一部分来自在外务工人员的汇款，政府计划在今后五年内降低汇款的费用，并鼓励把侨汇用于教育和住房。
"""
PORTUGUESE = """# Plano nacional de desenvolvimento de Moçambique

O governo quer que todas as crianças frequentem a escola primária e que as estradas do norte do país sejam
reparadas nos próximos cinco anos, com a ajuda dos parceiros e das comunidades locais.
"""
NOTHING = """# Evaluation of the water project in Malawi

## Findings

The project repaired forty-five wells in the north of Malawi and trained the committees that look after
them. Two years later nine wells in ten still gave water.
"""
SECRET = """# Evaluation of a pilot in Kenya

## Findings

Remittances sent to the pilot's villages in Kenya rose by a fifth within the two years that the pilot lasted.
"""
REMITTANCES = theme("content-analysis").choose(["remittances"])
BOTH = theme("content-analysis").choose(["remittances", "migration"])


@pytest.fixture(scope="module")
def small(
    tmp_path_factory: pytest.TempPathFactory, embedder: Embedder, models_dir: Path
) -> Iterator[Assistant]:
    root = tmp_path_factory.mktemp("surveyed")
    folder = root / "documents"
    (folder / "closed").mkdir(parents=True)
    written = {
        "framework.md": FRAMEWORK, "guinee.md": FRENCH, "kyrgyzstan.md": RUSSIAN, "maroc.md": ARABIC,
        "zhongguo.md": CHINESE, "mocambique.md": PORTUGUESE, "wells.md": NOTHING, "closed/pilot.md": SECRET,
    }  # fmt: skip
    for name, text in written.items():
        (folder / name).write_text(text, encoding="utf-8")
    _half_scanned(folder / "half.pdf")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 and then nothing that is one")
    library = Library(root / "library")
    limit(library, str(folder / "closed"), frozenset({"hq"}), "ana")
    settings = AssistantSettings(library=library.root, models=models_dir, ocr="off", reader="none")
    outcome = sync(library, folder, embedder, VectorCache(models_dir / "tests-vectors.sqlite"), settings)
    assert [Path(each.path).name for each in outcome.failed] == ["broken.pdf"]
    with Assistant(settings, embedder=embedder) as made:
        yield made


def _half_scanned(path: Path) -> None:
    """Two pages: one of text, one of an image that nothing can be read from."""
    from PIL import Image
    from reportlab.lib.utils import ImageReader  # type: ignore[import-untyped]
    from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

    canvas = Canvas(str(path))
    canvas.drawString(72, 700, "Report on schools in Ghana, 2020. The ministry opened forty schools there.")
    canvas.showPage()
    canvas.drawImage(ImageReader(Image.new("L", (600, 800), 200)), 0, 0, 595, 842)
    canvas.save()


@pytest.fixture(scope="module")
def made(small: Assistant) -> Survey:
    return survey(small, BOTH)


def finding(made: Survey, name: str, family: str = "remittances") -> Finding:
    (row,) = (row for row in made.rows if row.source.name == name)
    return made.finding(row.source.document, family)


def test_each_place_is_counted_with_its_section(made: Survey) -> None:
    found = finding(made, "framework.md")
    assert (found.state, found.count) == ("found", 5)
    assert found.pages == (PageCount(None, "", 5),)
    assert found.words == {"remittance": 2, "remittances": 3}
    assert found.parts == {"situation": 3, "strategy": 1, "indicators": 1}
    assert sum(section.count for section in found.sections) == found.count
    assert {section.headings[-1] for section in found.sections} == {
        "Situation analysis", "Strategic priorities", "Results matrix",
    }  # fmt: skip


def test_the_quote_is_a_sentence_of_the_page(made: Survey, small: Assistant) -> None:
    for row in made.rows:
        for each in row.findings:
            if each.state == "found":
                assert each.quote is not None
                passage = each.quote.hit.passage
                text = " ".join(small.page_text(passage.document, passage.page).split())
                assert each.quote.quote in text
                assert any(word in each.quote.quote.lower() for word in each.words)
    quote = finding(made, "framework.md").quote
    assert quote is not None
    assert quote.hit.passage.kind == "text"
    assert quote.quote.endswith(".")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("guinee.md", {"transferts de fonds": 1}),
        ("kyrgyzstan.md", {"денежных переводов": 1}),
        ("maroc.md", {"تحويلات المغتربين": 1}),
        ("zhongguo.md", {"汇款": 2, "侨汇": 1}),
    ],
)
def test_six_languages_are_counted(made: Survey, name: str, words: dict[str, int]) -> None:
    assert finding(made, name).words == words


def test_absence_is_told_apart_from_what_could_not_be_read(made: Survey) -> None:
    assert finding(made, "wells.md").state == "not found"
    half = finding(made, "half.pdf")
    assert (half.state, half.why) == ("unreadable", "unread")
    foreign = finding(made, "mocambique.md")
    assert (foreign.state, foreign.why) == ("unreadable", "language")
    assert [(each.name, bool(each.reason)) for each in made.lost] == [("broken.pdf", True)]


def test_what_does_not_count_is_not_counted(made: Survey) -> None:
    assert finding(made, "framework.md", "migration").state == "not found"
    assert finding(made, "guinee.md", "migration").words == {"émigrés": 1}


def test_shares_say_their_n_and_their_bounds(made: Survey) -> None:
    # 9 documents that were read and 1 file of which nothing was; 6 hold a term, pilot.md among them
    share = made.share("remittances")
    assert share == Share(6, 10, unread=2, foreign=1, candidates=share.candidates)
    assert (share.low, share.high) == (0.6, 0.9)
    assert made.documents == 10
    assert made.unread == 2
    assert str(share).replace("\u00a0", " ") == (
        "6 of 10 documents (60 %); of the others 2 could not be read whole and 1 is in a language without"
        " terms: between 60 % and 90 % whatever those say"
    )
    assert made.verdicts()[1].startswith(f"Remittances: found in {share}.")


def test_strata_are_parts_of_the_whole(made: Survey) -> None:
    by_language = {each.value: each for each in made.strata("language")}
    assert {code: each.documents for code, each in by_language.items()} == {
        "en": 3, "fr": 1, "ru": 1, "ar": 1, "zh": 1, "pt": 1, "und": 1,
    }  # fmt: skip
    assert by_language["en"].shares["remittances"] == replace(
        Share(2, 3), candidates=by_language["en"].shares["remittances"].candidates
    )
    assert sum(each.documents for each in made.strata("kind")) == len(made.rows)
    assert {each.value: each.label for each in made.strata("country")}["SEN"] == "Senegal"
    assert {each.value for each in made.strata("period")} >= {"2020–2024"}


def test_countries_are_those_that_documents_are_about(made: Survey) -> None:
    countries = made.countries("remittances")
    assert countries["SEN"] == (1, 1)
    assert countries["MWI"] == (0, 1)


def test_parts_are_summed_over_documents(made: Survey) -> None:
    assert made.parts("remittances")["situation"] == (5, 3 + 1 + 1 + 1 + 3)
    assert made.parts("remittances")["indicators"] == (1, 1)


def test_twice_is_the_same(made: Survey, small: Assistant) -> None:
    assert replace(survey(small, BOTH), made=made.made) == made


def test_the_method_can_be_published(made: Survey) -> None:
    said = " ".join(method(made))
    assert f"9 documents with 10 pages, generation {made.generation} of the library, without filters" in said
    assert "broken.pdf" in said
    assert "Portuguese" in said
    assert "remittance*; money sent home; !remittance advice" in said
    assert made.families[1].digest[:16] in said
    assert made.made[:10] in said


def test_filters_narrow_it_and_say_so(small: Assistant) -> None:
    made = survey(small, REMITTANCES, Filters(countries=("Senegal",)))
    assert [row.source.name for row in made.rows] == ["framework.md"]
    assert made.documents == 1  # nothing tells whether the lost file is about Senegal
    assert "chosen by: country Senegal" in method(made)[0]
    assert "not counted, since filters are set" in " ".join(method(made))


def test_a_survey_knows_only_what_its_reader_may_read(small: Assistant) -> None:
    made = survey(small.seen_by(frozenset()), REMITTANCES)
    assert "pilot.md" not in [row.source.name for row in made.rows]
    assert made.lost == ()
    assert made.share("remittances").found == 5
    assert "broken" not in " ".join(method(made))


def test_typed_terms_are_surveyed_like_others(small: Assistant) -> None:
    made = survey(small, [family("wells", ["well*"], "Wells are dug and repaired.")])
    assert finding(made, "wells.md", "wells").words == {"wells": 2}
    assert finding(made, "maroc.md", "wells").why == "language"  # no Arabic letters among the terms
    assert finding(made, "framework.md", "wells").state == "not found"


def test_a_passage_near_in_meaning_is_named_and_never_counted(small: Assistant) -> None:
    meaning = "Wells are repaired and give drinking water."
    made = survey(small, [Family("water", {"en": "Water"}, meaning, {"en": ("borehole*",)})])
    near = finding(made, "wells.md", "water")
    assert near.state == "not found"
    assert near.count == 0
    if near.candidate is not None:
        assert "wells" in near.candidate.quote.quote
    assert made.share("water").found == 0


def test_progress_is_told_and_a_stop_is_heeded(small: Assistant) -> None:
    told: list[tuple[int, int]] = []
    survey(small, REMITTANCES, progress=lambda done, total: told.append((done, total)))
    assert told == [(done, 9) for done in range(10)]
    stop = threading.Event()
    stop.set()
    with pytest.raises(Stopped):
        survey(small, REMITTANCES, stop=stop)


@pytest.mark.parametrize(
    ("families", "filters", "reason"),
    [
        ((), Filters(), "no family of terms"),
        ((*REMITTANCES, *REMITTANCES), Filters(), "the same name"),
        (REMITTANCES, Filters(countries=("Japan",)), "no document passes"),
        (REMITTANCES, Filters(countries=("Atlantis",)), "is no country"),
    ],
)
def test_what_cannot_be_surveyed_is_told(
    small: Assistant, families: tuple[Family, ...], filters: Filters, reason: str
) -> None:
    with pytest.raises(AssistantError, match=reason):
        survey(small, families, filters)


def test_the_sample_library_as_it_was_read_by_eye(assistant: Assistant) -> None:
    made = survey(assistant, theme("content-analysis").choose(["remittances", "statelessness"]))
    found = finding(made, "cooperation-framework-valoria-2023-2027.pdf")
    assert [(each.page, each.count) for each in found.pages] == [(4, 2)]
    assert finding(made, "plan-cadre-cooperation-tambarie-2024-2028.pdf").count == 4
    assert made.share("statelessness").found == 0
    assert made.share("statelessness").open == 0


def test_percentages_are_never_rounded_to_nothing_or_all() -> None:
    shown = [percent(share).replace("\u00a0", " ") for share in (0, 0.001, 0.5, 0.999, 1)]
    assert shown == ["0 %", "under 1 %", "50 %", "over 99 %", "100 %"]


def test_a_finding_cannot_contradict_itself() -> None:
    with pytest.raises(ValueError, match="what is found has a place"):
        Finding("x", "not found", 1, (PageCount(1, "", 1),))
    with pytest.raises(ValueError, match="cannot be told has its reason"):
        Finding("x", "unreadable")
