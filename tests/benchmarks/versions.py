"""New versions and near-duplicates: those found in the test data, and how many planted ones are found."""

from __future__ import annotations

import hashlib
import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

from common import Rate, Report, arguments, data, present, run
from describe import read_once

from ingest.catalogue import DocumentEntry
from ingest.describe import describe
from ingest.documents import Block, Page, Reading
from ingest.editions import years
from ingest.passages import passages
from ingest.versions import relations, resemblance, sketch


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--cache", type=Path, metavar="FOLDER", help="keep what was read there")
    parser.add_argument("--near", type=float, default=0.1, help="list pairs from this resemblance on")
    wanted = parser.parse_args()
    report = Report("versions", data("corpus"))
    library = list(_library(report, wanted.cache))
    entries = [entry for entry, _ in library]
    began = time.perf_counter()
    found = relations(entries)
    report.add("relations of all", round(time.perf_counter() - began, 3), "s")
    by_sha = {entry.sha: entry for entry in entries}
    for sha, relation in found.items():
        how, other = (
            ("superseded by", relation.superseded) if relation.superseded else ("twin of", relation.twin)
        )
        print(
            f"    {_shown(by_sha[sha])}\n      {how} {_shown(by_sha[other])}"
            f"  {resemblance(by_sha[sha].sketch, by_sha[other].sketch):.2f}"
        )
    report.add("documents superseded", sum(bool(each.superseded) for each in found.values()))
    report.add("documents with a twin", sum(bool(each.twin) for each in found.values()))
    print("  alike, whether related or not")
    for one, two in combinations(entries, 2):
        like = resemblance(one.sketch, two.sketch)
        if like >= wanted.near:
            print(f"    {like:.2f} {_shown(one)}\n         {_shown(two)}")
    report.section("planted, of documents of the library")
    for what, rate in _planted(library):
        report.add(what, rate)
    report.finish(wanted.json)


# -- Planted ------------------------------------------------------------------------------------------------

Relate = Callable[
    [DocumentEntry, DocumentEntry], tuple[str, str]
]  # (who has a relation, to whom); "" for none


@dataclass(frozen=True)
class Planting:
    """A made document beside a real one: how much of the text it keeps, its description, what is right."""

    what: str
    kept: float  # share of the blocks; the others come from elsewhere
    right: Relate
    title: str = "{title}"
    changed: float = 0.0  # share of the words
    years: int = 0  # later
    symbol: str = "{symbol}"
    countries: tuple[str, ...] = ()  # only of documents that have some
    format: str = ""
    papers: bool = False  # only papers with a symbol


def _made(base: DocumentEntry, made: DocumentEntry) -> tuple[str, str]:
    return made.sha, base.sha


def _base(base: DocumentEntry, made: DocumentEntry) -> tuple[str, str]:
    return base.sha, made.sha


def _none(base: DocumentEntry, made: DocumentEntry) -> tuple[str, str]:
    return "", ""


PLANTINGS = (
    Planting("twin: a word in 200 changed", 1.0, _made, changed=0.005),
    Planting("twin: 3 blocks in 100 are others", 0.97, _made),
    Planting("twin: text only, without tables and footnotes", 1.0, _made, format="text"),
    Planting("twin: other title, longer name", 1.0, _made, title="Something else"),
    Planting("version: draft, 30 % other", 0.7, _made, title="{title} (draft)"),
    Planting("version: revised, half other", 0.5, _base, title="Revised {title}"),
    Planting("version: second edition, 60 % other", 0.4, _base, title="{title}, second edition"),
    Planting("version: v2 of the same text", 1.0, _base, title="{title} v2.0"),
    Planting("version: 3 years later, 40 % other", 0.6, _base, years=3),
    Planting("version: Rev.1 of a paper, 70 % other", 0.3, _base, symbol="{symbol}/Rev.1", papers=True),
    Planting("none: Add.1 of a paper", 0.3, _none, symbol="{symbol}/Add.1", papers=True, years=1),
    Planting("none: next session's paper, same title", 0.3, _none, symbol="{symbol}9", papers=True, years=1),
    Planting("none: the form of another country", 1.0, _none, countries=("FJI",)),
    Planting("none: volume 2", 0.3, _none, title="{title}, volume 2", years=1, symbol=""),
    Planting("none: next year's issue, a third the same", 0.33, _none, title="{title} {year}", years=1),
    Planting(
        "none: a brief with a third of the text", 0.33, _none, title="Brief: {title}", years=1, symbol=""
    ),
)


def _planted(library: Sequence[tuple[DocumentEntry, Reading]]) -> Iterator[tuple[str, Rate]]:
    chance = random.Random(4)
    fit = [
        (entry, reading)
        for entry, reading in library
        if sum(len(page.blocks) for page in reading.pages) >= 40
        and entry.description.published
        and not years(entry.description.title)
    ]
    strangers = [
        block.text for _, reading in chance.sample(fit, 20) for page in reading.pages for block in page.blocks
    ]
    for planting in PLANTINGS:
        able = [
            (entry, reading)
            for entry, reading in fit
            if not (planting.papers and "/" not in entry.description.symbol)
            and not (planting.countries and not entry.description.countries)
        ]
        results = []
        for entry, reading in chance.sample(able, min(20, len(able))):
            if "{year}" in planting.title:
                entry = _retitled(entry, f"{entry.description.title} {entry.description.published}")
            made = _plant(planting, entry, reading, strangers, chance)
            found = {sha: each.superseded or each.twin for sha, each in relations([entry, made]).items()}
            who, whom = planting.right(entry, made)
            results.append(found == ({who: whom} if who else {}))
        yield planting.what, Rate.of(results)


def _retitled(entry: DocumentEntry, title: str) -> DocumentEntry:
    return replace(entry, description=replace(entry.description, title=title))


def _plant(
    planting: Planting,
    entry: DocumentEntry,
    reading: Reading,
    strangers: Sequence[str],
    chance: random.Random,
) -> DocumentEntry:
    what = entry.description
    texts = []
    for block in (block for page in reading.pages for block in page.blocks):
        if planting.format and block.kind in ("row", "footnote"):
            continue
        text = block.text if chance.random() < planting.kept else chance.choice(strangers)
        texts.append(" ".join(
            word if chance.random() >= planting.changed else chance.choice(strangers).split()[0]
            for word in text.split()
        ))  # fmt: skip
    year = (what.published or 2020) + planting.years
    base = re.sub(r" \d{4}$", "", what.title) if "{year}" in planting.title else what.title
    description = replace(
        what,
        title=planting.title.format(title=base, year=year),
        published=year if planting.years else what.published,
        symbol=planting.symbol.format(symbol=what.symbol),
        countries=planting.countries or what.countries,
        found={**what.found, "published": "first page"},
    )
    return DocumentEntry(
        hashlib.sha256(planting.what.encode() + entry.sha.encode()).hexdigest(), "a copy of " + entry.name,
        planting.format or entry.format, description, entry.pages, entry.passages,
        sketch=sketch([Page(None, "", tuple(Block("paragraph", text) for text in texts))]),
    )  # fmt: skip


# -- The library --------------------------------------------------------------------------------------------


def _library(report: Report, cache: Path | None) -> Iterator[tuple[DocumentEntry, Reading]]:
    seconds = []
    for file in sorted(present(data("corpus")).rglob("*")):
        if file.suffix.lower() not in (".pdf", ".md", ".txt", ".docx"):
            continue
        reading = read_once(file, cache)
        if reading:
            began = time.process_time()
            kept = sketch(reading.pages)
            seconds.append(time.process_time() - began)
            yield _entry(file.name, reading, file.read_bytes(), kept), reading
    report.latency("a sketch, CPU time", seconds)


def _entry(name: str, reading: Reading, content: bytes, kept: str) -> DocumentEntry:
    what = describe(reading, name=name)
    sha = hashlib.sha256(content).hexdigest()
    return DocumentEntry(
        sha, name, reading.format, what, len(reading.pages), len(passages(sha, reading.pages)), sketch=kept
    )


def _shown(entry: DocumentEntry) -> str:
    what = entry.description
    return " | ".join(
        map(
            str,
            (
                entry.name[:50],
                what.title[:90],
                what.kind,
                what.countries,
                what.language,
                what.published,
                what.period,
                what.symbol,
            ),
        )
    )


if __name__ == "__main__":
    run(main)
