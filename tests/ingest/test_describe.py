"""What is found out about a document: each field, from small readings made here."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ingest.dates import find_period, find_published, stated_year
from ingest.describe import describe
from ingest.documents import Block, IngestError, Kind
from ingest.organisations import find_organisations, organisation
from ingest.overrides import read_overrides
from tests.ingest.readings import BODY, heading, reading

SHARED_DATA = Path(os.environ.get("SHARED_DATA", Path(__file__).parents[2] / "../shared/data"))
# --- kind ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Management response to the evaluation of the country programme", Kind.MANAGEMENT_RESPONSE),
        ("Réponse de la direction à l'évaluation", Kind.MANAGEMENT_RESPONSE),
        ("Ex-post evaluation of the harbour project", Kind.EVALUATION),
        ("Evaluación final del proyecto puertos seguros", Kind.EVALUATION),
        ("Annual report on evaluation, 2024", Kind.REPORT),
        ("United Nations Sustainable Development Cooperation Framework 2023-2027", Kind.FRAMEWORK),
        ("Marco de Cooperación de las Naciones Unidas 2021-2025", Kind.FRAMEWORK),
        ("Рамочная программа Организации Объединенных Наций", Kind.FRAMEWORK),
        ("Implementation of the Cooperation Framework for the lakes", Kind.REPORT),
        ("Предполагаемый национально-определяемый вклад", Kind.NATIONAL_PLAN),
        ("Contribución prevista y determinada a nivel nacional", Kind.NATIONAL_PLAN),
        ("Nationally Determined Contribution under the Framework Convention", Kind.NATIONAL_PLAN),
        ("Lessons learned from cash assistance", Kind.LESSONS),
        ("الدروس المستفادة من مشروع المياه", Kind.LESSONS),
        ("Guidance note on community planning", Kind.GUIDANCE),
        ("移民融入主流指南", Kind.GUIDANCE),
        ("Convention on the Status of Rivers", Kind.LEGAL),
        ("The Lakes (General) Regulations, 2024", Kind.LEGAL),
        ("Rapport sur les lacs", Kind.REPORT),
        ("How we met the mayor", Kind.OTHER),
    ],
)  # fmt: skip
def test_kind_by_title(title: str, kind: Kind) -> None:
    assert describe(reading(heading(title)), name="x.pdf").kind is kind


def test_many_articles_make_a_legal_text() -> None:
    articles = tuple(f"Article {n} Everyone has the right to number {n}." for n in range(1, 10))
    assert (
        describe(reading(heading("On rivers and their banks"), body=articles), name="x.pdf").kind
        is Kind.LEGAL
    )


def test_first_pages_tell_the_kind_where_the_cover_shows_a_country_alone() -> None:
    made = reading(heading("Fiji"), "May 2015", "What the INDC of Fiji is", "How the INDC was written")
    assert describe(made, name="x.pdf").kind is Kind.NATIONAL_PLAN
    post = reading(heading("A walk on the beach"), "The INDC of Fiji", "An INDC", format="markdown")
    assert describe(post, name="x.md").kind is Kind.OTHER


# --- countries -------------------------------------------------------------------------------------


def test_a_document_is_about_what_carries_its_text_not_about_each_country_it_names() -> None:
    body = ("Work in Kenya went well and Kenya paid for it.", "Nothing more was asked for.")
    made = reading(heading("Wells and roads"), "Donors met in Geneva, Switzerland, once.", body=body)
    found = describe(made, name="x.pdf")
    assert (found.countries, found.found["countries"]) == (("KEN",), "text")
    many = ("Kenya, Mali, Peru, Fiji, Chad, Nepal, Cuba, Iraq, Togo and Haiti took part in the round.",)
    assert describe(reading(heading("Wells and roads"), body=many), name="x.pdf").countries == ()


@pytest.mark.parametrize(
    "sheet",
    [
        ("Project code: XX.0001 Geographical coverage: Chad, Togo; Donor: Japan",),
        (Block("row", "Geographical Coverage Chad and Togo"),),
        ("Countries covered:", "Chad, Togo", "Donor", "Japan"),
        ("Couverture géographique : Tchad, Togo Bailleur : Japon",),
        ("País: Chad y Togo.",),
        ("Donor: Japan", "Countries of implementation: Chad; Togo"),
    ],
)
def test_a_data_sheet_is_taken_at_its_word(sheet: tuple[Block | str, ...]) -> None:
    body = ("Staff of Japan met staff of Japan, and Togo was mentioned.",)
    found = describe(reading(heading("Wells and roads"), *sheet, body=body), name="x.pdf")
    assert (found.countries, found.found["countries"]) == (("TCD", "TGO"), "data sheet")


def test_where_a_conference_was_is_not_what_a_title_is_about() -> None:
    made = reading(
        heading("PLAN OF TOGO FOR THE MEETING AT LIMA, PERU"), body=("Togo asks, Togo gives.",) * 2
    )
    found = describe(made, name="x.pdf")
    assert (found.countries, found.found["countries"]) == (("TGO",), "title")


def test_countries_named_nearly_alike_carry_a_text_together() -> None:
    body = ("Chad, Togo, Mali, Peru and Fiji came; Chad and Togo spoke.",) * 2
    found = describe(reading(heading("Wells and roads"), body=(*body, "Cuba was absent.")), name="x.pdf")
    assert (found.countries, found.found["countries"]) == (("FJI", "MLI", "PER", "TCD", "TGO"), "text")


def test_front_matter_names_a_country_only_if_the_text_does() -> None:
    body = ("In Nepal the mayors met the builders of Nepal.",)
    stated = reading(heading("Mayors"), body=body, format="markdown", country="Nepal; United States")
    assert describe(stated, name="x.md").countries == ("NPL",)


# --- organisations, years, language ----------------------------------------------------------------


def test_organisations() -> None:
    text = "l'OIM, those who know, ПРООН, UN-Women, 世界银行 and the EU-IOM fund"
    assert find_organisations(text) == {"IOM": 2, "UNDP": 1, "UN Women": 1, "EU": 1, "World Bank": 1}
    assert find_organisations("FOR THOSE WHO ARRIVE") == {}
    assert [organisation(name) for name in ("pnud", "World Bank", "nobody")] == ["UNDP", "World Bank", None]


def test_period_and_publication_are_two_things() -> None:
    made = reading(
        heading("Final evaluation of the ferry project"),
        "Project Period: 4 March 2018 – 30 November 2020",
        "Juillet, 2021",
        created="D:20220105",
    )
    found = describe(made, name="x.pdf")
    assert (found.period, found.published) == ((2018, 2020), 2021)


@pytest.mark.parametrize(
    ("title", "front", "period"),
    [
        ("UNDAF 2012-2016", (), (2012, 2016)),
        ("Plan 2021–25", (), (2021, 2025)),
        ("Annual report 2024", (), (2024, 2024)),
        ("План на 2009-2012 годы", (), (2009, 2012)),
        ("Notes", ("Période d’engagement : 2021 – 2030.",), (2021, 2030)),
        ("Notes", ("Evaluation period: December 2021—March 2022",), None),
        ("Regulation (EU) No 604/2013", (), None),
    ],
)
def test_find_period(title: str, front: tuple[str, ...], period: tuple[int, int] | None) -> None:
    assert find_period(title, front)[0] == period


def test_dirty_years_are_refused() -> None:
    assert stated_year("January 1, 1970") is None
    assert stated_year("1900") is None
    assert find_published(["March 2031"], created=2020) is None
    found = describe(
        reading(heading("Wells and roads"), date="1970-01-01", created="D:20190304"), name="x.pdf"
    )
    assert (found.published, found.found["published"]) == (2019, "properties")


@pytest.mark.parametrize(
    "cover",
    [
        "12 March 2025",
        "9th July 2025",
        "Septiembre de 2025",
        "نوفمبر2025",
        "2025年3月",
        "14.05.2025",
        "март 2025",
        "United Nations • New York, 2025",
        "Submitted July 2025",
    ],
)
def test_cover_dates(cover: str) -> None:
    assert find_published([cover], created=2025) == 2025


def test_a_papers_symbol_tells_its_year_better_than_its_file() -> None:
    made = reading("A/2019/77", heading("United Nations", 2), heading("Ferries"), created="D:20240101")
    found = describe(made, name="x.pdf")
    assert (found.published, found.found["published"]) == (2019, "symbol")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", BODY[0]),
        (
            "fr",
            "Le projet a soutenu les migrants de retour dans leurs communautés, avec des formations utiles.",
        ),
        ("es", "El proyecto apoyó a los migrantes retornados en sus comunidades, con formación y asesoría."),
        (
            "ar",
            "دعم المشروع المهاجرين العائدين في مجتمعاتهم المحلية من خلال التدريب والمشورة والدعم النفسي",
        ),
        (
            "ru",
            "Проект поддержал возвращающихся мигрантов в их общинах, предоставив обучение и консультации.",
        ),
        ("zh", "该项目通过培训和咨询，在社区内支持返乡移民，并与各级政府合作，确保他们能够重新融入社会。"),
    ],
)
def test_language_is_that_of_the_body(language: str, text: str) -> None:
    made = reading(
        heading("Report"),
        "A foreword in English stands on the first page only.",
        body=(text,),
        language="de-DE",
    )
    assert describe(made, name="x.pdf").language == language


@pytest.mark.parametrize(
    ("name", "language"),
    [("FJI_plan_French.pdf", "fr"), ("A_80_1.ru.pdf", "ru"), ("plan-es.pdf", "es"), ("as it is.pdf", "und")],
)
def test_the_name_tells_the_language_of_a_scan(name: str, language: str) -> None:
    assert describe(reading(heading("Map"), body=()), name=name).language == language


def test_language_where_there_is_too_little_text() -> None:
    assert describe(reading(heading("Map"), body=()), name="x.pdf").language == "und"


def test_project_code_stands_in_where_there_is_no_symbol() -> None:
    made = reading(
        heading("Final evaluation of the border project"), "IOM, IOM, IOM Mali", "Project code: IB.0238"
    )
    assert describe(made, name="x.pdf").symbol == "IB.0238"


# --- metadata.csv ----------------------------------------------------------------------------------


def test_a_row_of_metadata_wins(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"")
    (tmp_path / "metadata.csv").write_text(
        "file,title,kind,countries,organisations,period,published,language,symbol\n"
        "a.pdf,Given,Guidance note,Mali; NER,oim;Some NGO,2018-2022,2023,fr,\n",
        encoding="utf-8-sig",
    )
    found = describe(
        reading(heading("Printed title of it")), name="a.pdf", override=read_overrides(tmp_path)["a.pdf"]
    )
    assert (found.title, found.kind, found.countries) == ("Given", Kind.GUIDANCE, ("MLI", "NER"))
    assert (found.organisations, found.period) == (("IOM", "Some NGO"), (2018, 2022))
    assert (found.published, found.language, found.symbol) == (2023, "fr", "")
    assert found.found["title"] == found.found["period"] == "metadata.csv"
    assert "symbol" not in found.found


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("kind", "leaflet"),
        ("countries", "Atlantis"),
        ("period", "2022-2018"),
        ("published", "soon"),
        ("language", "french"),
    ],
)
def test_a_wrong_value_names_file_column_value_and_what_is_allowed(column: str, value: str) -> None:
    with pytest.raises(IngestError) as caught:
        describe(reading(heading("Wells")), name="a.pdf", override={column: value})
    for part in ("a.pdf", column, value, "allowed"):
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("file,colour\na.pdf,red\n", "unknown column colour"),
        ("title\nx\n", "no column 'file'"),
        ("file,title\na.pdf,x\na.pdf,y\n", "named twice"),
        ("file,title\n,x\n", "no file is named"),
        ("file,title\na.pdf,x,y\n", "more cells than columns"),
    ],
)
def test_a_wrong_table_says_what_to_do(tmp_path: Path, content: str, says: str) -> None:
    (tmp_path / "metadata.csv").write_text(content, encoding="utf-8")
    with pytest.raises(IngestError, match=says):
        read_overrides(tmp_path)


def test_a_row_for_a_missing_file_is_only_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "metadata.csv").write_text("file;title\ngone.pdf;Gone\n", encoding="utf-8")
    assert read_overrides(tmp_path) == {"gone.pdf": {"title": "Gone"}}
    assert "gone.pdf" in caplog.text
    assert read_overrides(tmp_path / "nowhere") == {}


# --- real documents --------------------------------------------------------------------------------


@pytest.mark.skipif(not (SHARED_DATA / "corpus").is_dir(), reason="SHARED_DATA with its corpus is absent")
def test_years_and_languages_of_real_briefs() -> None:
    from ingest.readers.pdf import read_pdf

    gold = json.loads((SHARED_DATA / "corpus/iom.metadata.json").read_text(encoding="utf-8"))
    briefs = [row for row in gold if "brief" in row["file"].lower() and row["year"]]
    assert len(briefs) >= 5
    for row in briefs:
        found = describe(read_pdf(SHARED_DATA / "corpus/iom" / row["file"]), name=row["file"])
        assert found.kind is Kind.BRIEF
        assert found.published == row["year"]
        assert found.language == {"English": "en", "French": "fr"}[row["languages"]]
