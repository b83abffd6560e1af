"""A document's title: from its first pages, its properties, its name."""

from __future__ import annotations

import pytest

from ingest.describe import describe
from ingest.documents import Kind, Page, Reading
from tests.ingest.readings import BODY, heading, reading


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


def test_a_motto_and_a_conference_between_country_and_title_are_passed_over() -> None:
    made = reading(
        heading("REPUBLIQUE ISLAMIQUE DE MAURITANIE", 2),
        "Travail - Patience",
        "PLAN NATIONAL POUR LES ENFANTS DES VILLES",
        heading("9ème Conférence des Parties, Lima"),
    )
    assert describe(made, name="x.pdf").title == (
        "REPUBLIQUE ISLAMIQUE DE MAURITANIE: PLAN NATIONAL POUR LES ENFANTS DES VILLES"
    )


def test_a_heading_below_running_text_yields_to_the_title_above_it() -> None:
    made = reading("STRATEGY FOR SAFER FERRIES ON LAKES", BODY[0] * 2, heading("Money that is needed", 2))
    assert describe(made, name="x.pdf").title == "STRATEGY FOR SAFER FERRIES ON LAKES"


@pytest.mark.parametrize(
    ("printed", "title"),
    [
        ("WATER FOR WATER FOR WATER FOR ALL THE TOWNS", "WATER FOR WATER FOR WATER FOR ALL THE TOWNS"),
        ("Plan for coastal towns Plan for coastal towns of today", "Plan for coastal towns of today"),
        ("PPPPlan of the CCCCoastal towns", "Plan of the Coastal towns"),
        ("Report on the ferries of 20241", "Report on the ferries of 2024"),
    ],
)
def test_what_is_printed_over_itself_is_read_once(printed: str, title: str) -> None:
    assert describe(reading(heading(printed)), name="x.pdf").title == title


@pytest.mark.parametrize("edition", ["(Updated submission)", "Version 2.1", "Revised edition", "Rev. 3"])
def test_the_line_that_tells_editions_apart_is_kept(edition: str) -> None:
    made = reading(heading("Second Nationally Determined Contribution of Fiji"), edition, "March 2021")
    found = describe(made, name="x.pdf")
    assert found.title == f"Second Nationally Determined Contribution of Fiji {edition}"
    assert (found.published, found.found["published"]) == (2021, "first page")


def test_a_field_gives_the_title_without_what_follows_it() -> None:
    made = reading(
        heading("Management response matrix"),
        "Evaluation title/year: Final evaluation of the project “Ferries for Fiji” (May 2020 – July 2021)."
        " Person or entity responsible: Ann Example",
    )
    assert describe(made, name="x.pdf").title == "Final evaluation of the project “Ferries for Fiji”"


def test_a_chapter_is_no_title_and_an_own_title_comes_before_the_file_name() -> None:
    made = reading(
        BODY[0], heading("الفصل الثاني"), body=("دعم المشروع المهاجرين العائدين",), title="Fiji Second NDC"
    )
    found = describe(made, name="x.pdf")
    assert (found.title, found.found["title"]) == ("Fiji Second NDC", "properties")


def test_a_bilingual_letterhead_is_no_title() -> None:
    made = reading(
        heading("United Nations Nations Unies"),
        heading("ECONOMIC CONSEIL AND ECONOMIQUE SOCIAL COUNCIL ET SOCIAL", 2),
        "Third report of the working group on ferries and lakes",
    )
    assert describe(made, name="x.pdf").title == "Third report of the working group on ferries and lakes"


def test_the_report_of_a_session_says_whose() -> None:
    made = reading(
        "E/2036/25",
        heading("United Nations", 2),
        heading("Commission on Lakes and Rivers"),
        heading("Report on the second session (3–7 March 2036)", 2),
        "Official Records, 2036",
    )
    found = describe(made, name="x.pdf")
    assert found.title == "Commission on Lakes and Rivers: Report on the second session (3–7 March 2036)"


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
