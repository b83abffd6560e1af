"""What is found out about a document: each field, from small readings made here."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Literal

import pytest

from ingest.dates import find_period, find_published, stated_year
from ingest.describe import describe
from ingest.documents import Block, IngestError, Kind, Page, Reading
from ingest.organisations import find_organisations, organisation
from ingest.overrides import read_overrides

SHARED_DATA = Path(os.environ.get("SHARED_DATA", Path(__file__).parents[2] / "../shared/data"))
BODY = (
    "The project supported returning migrants with training and counselling in their communities.",
    "Partners at regional level met every quarter, and most of the planned activities were carried out.",
)


def heading(text: str, level: int = 1) -> Block:
    return Block("heading", text, level=level)


def reading(
    *first: Block | str,
    body: tuple[str, ...] = BODY,
    format: Literal["pdf", "docx", "html", "markdown", "text"] = "pdf",
    **properties: str,
) -> Reading:
    blocks = tuple(block if isinstance(block, Block) else Block("paragraph", block) for block in first)
    rest = tuple(Block("paragraph", text) for text in body * 8)
    if format == "pdf":
        return Reading(format, (Page(1, "", blocks), Page(2, "", rest)), properties)
    return Reading(format, (Page(None, "", blocks + rest),), properties)


# --- title -----------------------------------------------------------------------------------------


def test_a_brief_is_titled_by_what_was_evaluated() -> None:
    made = reading(
        heading("EVALUATION BRIEF"),
        heading("FINAL EVALUATION OF THE PROJECT: SAFE ROADS FOR HERDERS IN MALI", 4),
        "International Organization for Migration (IOM), Mission in Mali",
        "Final report date: February 2023",
    )
    found = describe(made, name="brief.pdf")
    assert found.title == "FINAL EVALUATION OF THE PROJECT: SAFE ROADS FOR HERDERS IN MALI"
    assert (found.kind, found.countries, found.organisations) == (Kind.BRIEF, ("MLI",), ("IOM",))
    assert (found.published, found.language) == (2023, "en")
    assert found.found["title"] == found.found["published"] == "first page"


def test_a_template_title_in_the_properties_is_not_believed() -> None:
    made = reading(
        heading("FINAL INTERNAL EVALUATION", 2),
        heading("Ann Example", 3),
        heading("BETTER WELLS FOR THE BORDER VILLAGES OF NIGER"),
        title="Capacity building for fisheries management in coastal towns",
        author="Ann Example",
    )
    assert describe(made, name="x.pdf").title == "BETTER WELLS FOR THE BORDER VILLAGES OF NIGER"


def test_a_title_in_the_properties_that_the_page_bears_out_is_taken() -> None:
    made = reading(
        heading("Internal evaluation"),
        "A longer road home for those who went north in the dry years",
        title="A longer road home for those who went north in the dry years",
    )
    found = describe(made, name="x.pdf")
    assert found.title.startswith("A longer road home")
    assert found.found["title"] == "properties"


@pytest.mark.parametrize(
    "junk", ["Microsoft Word - a.docx", "untitled", "report.pdf", "20230415", "Ann Example"]
)
def test_junk_in_the_properties_is_refused_and_the_file_name_comes_last(junk: str) -> None:
    found = describe(
        Reading("pdf", (Page(1, "", ()),), {"title": junk, "author": "Ann Example"}), name="my_scan.pdf"
    )
    assert (found.title, found.found["title"]) == ("my scan", "file name")


def test_a_country_above_the_title_belongs_to_it() -> None:
    made = reading(
        heading("REPUBLIQUE DU BURUNDI"),
        heading("MINISTERE DE LA MER"),
        heading("Plan national pour la pêche"),
    )
    found = describe(made, name="x.pdf")
    assert found.title == "REPUBLIQUE DU BURUNDI: Plan national pour la pêche"
    assert (found.kind, found.countries) == (Kind.NATIONAL_PLAN, ("BDI",))


def test_a_un_paper_is_titled_after_its_letterhead() -> None:
    made = reading(
        heading("United Nations A/91/74/Add.1-E/2036/53/Add.1", 3),
        heading("General Assembly Economic and Social Council"),
        "Distr.: General 8 April 2026",
        "Original: English",
        heading("Ninety-first session", 5),
        "Item 23 (a) of the provisional agenda*",
        heading("Operational activities for development", 5),
        heading("Funding of river commissions in Guinea-Bissau", 2),
        heading("Report of the Secretary-General", 4),
        heading("Summary", 5),
        "* A/91/50.",
        created="D:20260501",
    )
    found = describe(made, name="A_91_74.pdf")
    assert found.title == "Funding of river commissions in Guinea-Bissau"
    assert (found.symbol, found.kind, found.published) == ("A/91/74/Add.1", Kind.REPORT, 2026)
    assert found.countries == ("GNB",)


def test_an_organ_is_joined_to_its_report_and_a_cited_symbol_is_not_the_papers_own() -> None:
    made = reading(
        heading("United Nations", 2),
        "Distr.: General 1 April 2025",
        "See resolution A/79/226 and E/2025/61",
        heading("Statistical Commission"),
        heading("Report on the fifty-sixth session (4–7 March 2025)", 2),
    )
    found = describe(made, name="x.pdf")
    assert found.title == "Statistical Commission: Report on the fifty-sixth session (4–7 March 2025)"
    assert found.symbol == ""


def test_front_matter_and_first_heading_of_markdown() -> None:
    stated = reading(heading("Menu"), format="markdown", title="Seeds for the hills", date="JULY 31, 2013")
    found = describe(stated, name="x.md")
    assert (found.title, found.found["title"]) == ("Seeds for the hills", "front matter")
    assert (found.published, found.found["published"]) == (2013, "front matter")
    plain = describe(reading(heading("Seeds for the valleys"), format="markdown"), name="x.md")
    assert (plain.title, plain.found["title"]) == ("Seeds for the valleys", "first page")
    series = reading(heading("Objective 1"), "text", heading("Objective 2"), format="markdown")
    assert describe(series, name="global-objectives.md").found["title"] == "file name"


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


# --- countries -------------------------------------------------------------------------------------


def test_a_document_is_about_what_carries_its_text_not_about_each_country_it_names() -> None:
    body = ("Work in Kenya went well and Kenya paid for it.", "Nothing more was asked for.")
    made = reading(heading("Wells and roads"), "Donors met in Geneva, Switzerland, once.", body=body)
    found = describe(made, name="x.pdf")
    assert (found.countries, found.found["countries"]) == (("KEN",), "text")
    many = ("Kenya, Mali, Peru, Fiji, Chad, Nepal, Cuba, Iraq, Togo and Haiti took part in the round.",)
    assert describe(reading(heading("Wells and roads"), body=many), name="x.pdf").countries == ()


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
    ],
)
def test_cover_dates(cover: str) -> None:
    assert find_published([cover], created=2025) == 2025


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
