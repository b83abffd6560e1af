"""Real tables, twenty chosen before the reader was tuned and ten looked at after: rows and headed cells."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from common import Rate, Report, arguments, data, present, run

from ingest.documents import IngestError, Page


@dataclass(frozen=True)
class Gold:
    """One table on one page, read off its image.

    rows: data rows with at least two filled cells. cells: (words of the row, words of the column's header,
    the cell's first words).
    """

    file: str  # below corpus/, a pattern
    page: int
    what: str
    rows: int
    cells: tuple[tuple[str, str, str], ...]


RULED = (
    Gold("ndc/BFA_*", 14, "FR, emissions by category, coloured cells", 13, (
        ("Sols agricoles", "2007", "8 239"), ("Transport", "pourcentage", "3,6%"),
        ("Gestion du fumier", "gaz", "CH4"))),
    Gold("ndc/BFA_*", 22, "FR, adaptation actions, header of two levels", 5, (
        ("Zaï seul", "CiblesINDC 2025", "150 000"), ("Cordons végétalisés", "CO2", "1 998 000"),
        ("Cordons végétalisés", "Retour", "31"))),
    Gold("ndc/BFA_*", 23, "FR, the same gone on over the page", 4, (
        ("SRI", "CO2", "44 400"), ("SRI", "Retour", "188"), ("Demi-lunes", "Régions", "Toutes"))),
    Gold("ndc/SEN_*", 41, "FR, cost by sector", 9, (
        ("Industrie", "Conditionnels", "488 414 222"), ("Transport", "inconditionnels", "1 582 000 000"),
        ("Déchets", "Total", "1 834 683 026"))),
    Gold("ndc/CAF_*INDC_F*", 13, "FR, budget, section lines in the header", 14, (
        ("Elaboration", "Conditionnel", "600 000"), ("transhumance", "Etudes", "10 000 000"),
        ("précoces", "Conditionnel", "40 000 000"))),
    Gold("ndc/CAF_*INDC_F*", 14, "FR, the same gone on, then a second header", 20, (
        ("potable", "Conditionnel", "600 000 000"), ("Dimoli", "Mesures conditionnelles", "250 000"),
        ("Lobaye", "Etudes", "16 250 000"))),
    Gold("ndc/BEN_*", 17, "FR, mitigation measures and costs", 6, (
        ("centrales solaires 40", "Inconditionnelle", "50 %"), ("259,9", "Conditionnelle", "100%"),
        ("1000 localités", "Coût milliards $", "0,35"))),
    Gold("ndc/BEN_*", 18, "FR, the same gone on over the page", 10, (
        ("foyers améliorés", "Conditionnelle", "71,27%"), ("5000 ha", "Objectif", "5000 ha"),
        ("gaz naturel", "Inconditionnelle", "42,82%"))),
    Gold("un/DP_OPS_2025_4*", 5, "EN, audit ratings, two years side by side", 5, (
        ("Satisfactory", "2024 Percentage", "88%"), ("Unsatisfactory", "2023 Project", "2"),
        ("major", "2024 Weighted", "1.0"))),
    Gold("un/E_ICEF_2025_23*", 12, "EN, evaluations by region, header of three levels", 9, (
        ("ECA", "Evaluations 2023", "11"), ("LAC", "Real-time 2022", "9"),
        ("MENA", "Evaluations 2022", "21"))),
    Gold("un/DP_FPA_2025_7*", 4, "EN, requests by year", 3, (
        ("Conflict", "2021", "206"), ("Total", "2024", "311"))),
    Gold("iom/f365264e__Man*", 2, "EN, management response matrix", 3, (
        ("2.1", "Timeframe", "N/A"), ("3.1", "Responsible", "Project Team"), ("3.1", "Timeframe", "Q2 2022"),
        ("2.1", "monitoring Comments", "To be also"))),
    Gold("iom/1a57974a__Internal*", 48, "EN, regression table gone on, double borders", 28, (
        ("StateBorno", "Composite Covariates", "0.104"), ("StateDelta", "Social Covariates", "-0.139"))),
    Gold("ndc/KGZ_*", 4, "RU, reductions by scenario, within a form", 3, (
        ("Сценарий 1", "Ресурсы", "1960"), ("Сценарий 3", "Сокращение", "4463"))),
    Gold("ndc/URY_*", 1, "ES, targets by gas and sector, merged cells", 9, (
        ("UTCUTS", "adicionales", "Remover aproximadamente|Remover anualmente"),
        ("Desechos", "medios propios", "Reducir 44%"), ("Procesos", "adicionales", "Reducir 40%"))),
)  # fmt: skip

UNRULED = (
    Gold("un/E_2025_61*", 33, "EN, budget by component", 7, (
        ("Global coordination", "2024 budget", "14 971.4"), ("Programme support", "Variance", "3 242.3"),
        ("Total", "expenditure", "214 926.3"))),
    Gold("un/E_2025_61*", 33, "EN, posts by grade, fourteen columns", 7, (
        ("Regional", "D-2", "5"), ("Country", "NPO", "413"), ("support", "Principal level", "6"),
        ("management", "P-5", "5"))),
    Gold("un/E_2025_61*", 44, "EN, indicator framework on a turned page", 10, (
        ("Youth", "Baseline", "46% (2021)"), ("Civil society", "target", "96%"),
        ("Universities/academia", "2024 results", "60%"))),
    Gold("un/E_2025_61*", 45, "EN, the next page of it, cells of several lines", 6, (
        ("Member State contributors", "Baseline", "34 (2019)"), ("audit", "target", "70%"),
        ("annual utilization", "2024 results", "74%"))),
    Gold("un/DP_2025_26*", 2, "EN, financial situation", 9, (
        ("Revenue", "2024", "103"), ("Liabilities", "2023", "24"), ("Accumulated", "% change", "4%"))),
    Gold("un/DP_2025_14*", 16, "EN, resources by year, labels of several lines", 4, (
        ("Decentralized", "2021", "16.4"), ("Total resources", "2018", "22.0"), ("Share", "2024", "0.83"))),
    Gold("un/JIU_REP_2025_1*", 18, "EN, divisions and their staff", 8, (
        ("Law", "Professional", "51"), ("Corporate", "Affiliate", "8"), ("Climate", "Sections", "2 (15)"))),
    Gold("un/JIU_REP_2025_1*", 31, "EN, survey answers", 10, (
        ("ICT", "UNEP", "48|45"), ("Travel", "MEAs", "50|40"), ("Financial", "Overall", "50|32"))),
    Gold("iom/2b297bc9*report*", 39, "EN, ratings by theme", 13, (
        ("Counter-trafficking", "2021", "3.0"), ("Transition", "2023", "2.0"),
        ("Labour", "2020", "2.5"))),
    Gold("ndc/CHL_*", 11, "ES, emissions by sector", 8, (
        ("Agricultura", "2010", "13.825,6"), ("UDOP", "2010", "243,0"))),
)  # fmt: skip

KEPT_BACK = (
    Gold("un/E_2025_61*", 38, "EN, unruled, indicator framework", 10, (
        ("Communications", "Baseline", "87% (2021)"), ("Economic", "target", "92%"),
        ("Strategic planning", "2024 results", "94%"))),
    Gold("un/JIU_REP_2025_1*", 19, "EN, unruled, presence by region", 7, (
        ("Europe", "Office Affiliate", "15"), ("Latin", "Staff", "41"),
        ("Total", "Staff and affiliate", "38"))),
    Gold("un/JIU_REP_2025_1*", 57, "EN, unruled, survey answers", 4, (
        ("communicate", "Field", "41"), ("receptive", "Overall", "36"))),
    Gold("un/DP_OPS_2025_4*", 10, "EN, ruled, recommendations by year", 5, (
        ("Closed", "2023 Project", "60"), ("Closed", "Total for", "5,468"),
        ("Total", "2024 Internal", "84"))),
    Gold("un/DP_OPS_2025_4*", 16, "EN, ruled, cases by category", 6, (
        ("Prohibited", "2023", "11"), ("Sexual", "2024", "24"))),
    Gold("un/E_ICEF_2025_23*", 22, "EN, ruled, expenditure by activity", 9, (
        ("Research", "2023", "185 091"), ("Monitoring", "2024", "864 701"), ("Other", "Percentage", "4.5%"))),
    Gold("iom/2b297bc9*report*", 45, "EN, ruled, ratings, merged cells", 7, (
        ("conclusions", "HU", "51%"), ("methodology", "Rating SU", "37%"), ("intervention", "HS", "6%"))),
    Gold("ndc/SOM_*", 39, "EN, ruled, budget gone on over the page", 10, (
        ("Manager", "Total", "120,000"), ("Sub-total", "Total", "948,500"))),
    Gold("ndc/VUT_*", 6, "EN, ruled, targets within a cell of a form", 10, (
        ("bungalows", "2030", "65%"), ("Generation", "2025", "50%"))),
    Gold("ndc/CIV_*", 3, "FR, ruled, emissions by sector, coloured", 8, (
        ("Transport", "2012 Emissions", "2 389,36"), ("Industrie", "BAU Pourcentage", "10,63"),
        ("Agriculture", "Scénario Emission", "4 722,57"))),
)  # fmt: skip


def main() -> int:
    parser = arguments(__doc__)
    parser.add_argument("--prose", type=int, default=0, metavar="N", help="also list tables on N prose pages")
    parser.add_argument("--verbose", action="store_true", help="say which cells were not found")
    options = parser.parse_args()
    report = Report("tables", data("corpus"))
    for title, golds in (("ruled", RULED), ("unruled", UNRULED), ("kept back", KEPT_BACK)):
        rows: list[bool] = []
        cells: list[bool] = []
        for gold in golds:
            found, hits = score(gold)
            rows += [at < min(found, 2 * gold.rows - found) for at in range(gold.rows)]
            cells += hits
            report.add(
                f"{gold.file} p. {gold.page}: {gold.what}"[:52],
                f"{found} of {gold.rows} rows, {sum(hits)} of {len(hits)} cells",
            )
            for (row, header, cell), hit in zip(gold.cells, hits, strict=True):
                if options.verbose and not hit:
                    print(f"      not found: {row} | {header} | {cell}")
        if golds:
            report.add(f"{title}: rows", Rate.of(rows))
            report.add(f"{title}: cells under their header", Rate.of(cells))
    if options.prose:
        false_tables(report, options.prose)
    report.finish(options.json)
    return 0


def score(gold: Gold) -> tuple[int, list[bool]]:
    """(data rows of the table that holds most of the gold's cells, which of the cells were found)."""
    blocks = [block for block in _page(gold.file, gold.page).blocks if block.table and len(block.cells) > 1]
    best: tuple[int, list[bool]] = (0, [False] * len(gold.cells))
    for number in sorted({block.table for block in blocks}):
        rows = [block for block in blocks if block.table == number]
        hits = [
            any(
                _words(row) <= _words(" ".join(text for _, text in block.cells))
                and any(_words(header) <= _words(head) and _begins(text, cell) for head, text in block.cells)
                for block in rows
            )
            for row, header, cell in gold.cells
        ]
        if sum(hits) > sum(best[1]) or not best[0]:
            best = len(rows), hits
    return best


def false_tables(report: Report, wanted: int) -> None:
    """Names the pages of prose, drawn by chance, on which a table was found: look at each."""
    from ingest.readers import read_file

    pages = []
    for path in sorted(present(data("corpus")).rglob("*.pdf")):
        try:
            found = read_file(path).pages
        except IngestError:
            continue
        pages += [(path, page) for page in found if _is_prose(page.text)]
    drawn = random.Random(4).sample(pages, min(wanted, len(pages)))
    with_tables = [(path, page) for path, page in drawn if any(block.table for block in page.blocks)]
    for path, page in with_tables:
        rows = [block.text for block in page.blocks if block.table]
        print(f"      {path.parent.name}/{path.name} p. {page.index}: {len(rows)} rows, {rows[0][:50]!r}")
    report.add(f"pages of prose with a table, of {len(pages)}", Rate(len(with_tables), len(drawn)))


def _is_prose(text: str) -> bool:
    """At least 250 words, of which one in thirty at most holds a digit."""
    words = text.split()
    return len(words) >= 250 and sum(any(map(str.isdigit, word)) for word in words) <= len(words) / 30


def _begins(text: str, wanted: str) -> bool:
    return any(text.replace(" ", "").startswith(one.replace(" ", "")) for one in wanted.split("|"))


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\s()|;:,]+", text.casefold()))


_READ: dict[Path, Sequence[Page]] = {}


def _page(pattern: str, number: int) -> Page:
    from ingest.readers import read_file

    folder = present(data("corpus"))
    path = sorted(folder.glob(pattern))[0]
    if path not in _READ:
        _READ[path] = read_file(path).pages
    return _READ[path][number - 1]


if __name__ == "__main__":
    run(main)
