"""Measures what `ingest.describe` finds against official records and against what file names say.

IOM (`corpus/iom.metadata.json`, a record for each evaluation, which its report, briefs and annexes share):

- title: token F1 of at least .8 with the record's title (accents and case folded); "F1 .8 or held whole"
  also counts one in which the record's words stand together, articles aside, as in "Title: Case study".
  A figure without the words "final evaluation of the project" and their like is given beside it, as records
  add or leave them freely.
- published: equals the record's year. Countries: the set equals the record's ("Worldwide" is the empty set);
  precision and recall over all pairs beside it, and a figure with the records mended that their own
  documents gainsay (`_MENDED`). Language: equals.
- kind: records name none, so it is told from the file's name by `_KINDS`, which agrees with the covers of
  all twenty; case studies and reviews may be an evaluation or a report, as we have no kind for them.

NDC (`corpus/ndc`): country and language from the file's name, "Translation_English" being English.

Each file is described under its own name and under "document.pdf". Files of fewer than `SCAN` words are scans
without a text layer: they are counted apart. Halves: evaluations (or countries) taken in turns, so that rules
can be made on one half and tried on the other. `--cache` keeps the readings: reading takes most of the time.
"""

from __future__ import annotations

import json
import pickle
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from common import Rate, Report, arguments, data, present, run

from ingest.describe import describe
from ingest.documents import Description, IngestError, Kind, Reading
from ingest.phrases import words
from ingest.places import country_code

SCAN = 60  # words
NEUTRAL = "document.pdf"
_KINDS: tuple[tuple[str, tuple[Kind, ...]], ...] = (
    (r"management response", (Kind.MANAGEMENT_RESPONSE,)),
    (r"\bbrief\b", (Kind.BRIEF,)),
    (r"case study|review", (Kind.EVALUATION, Kind.REPORT)),
    (r"evaluation", (Kind.EVALUATION,)),
)
_LANGUAGES = {
    "English": "en", "French": "fr", "Spanish": "es", "Arabic": "ar", "Russian": "ru", "Chinese": "zh",
    "Portuguese": "pt",
}  # fmt: skip
# The record names South Sudan where the documents name Sudan: the brief's data sheet lists Ethiopia, Somalia,
# Sudan and Djibouti, and the report names Sudan 148 times, South Sudan 3 times.
_MENDED = {"49d2fba7": ("DJI", "ETH", "SDN", "SOM")}
_PREFACE = re.compile(
    r"^(?:(?:final|internal|external|ex-?post|mid-?term|independent|joint) )*evaluation (?:of )?(?:the )?"
    r"(?:project|programme)?\W*|^[ée]valuation (?:finale |interne |externe |ex-?post )*(?:du |de la |des )?"
    r"(?:projet|programme)?\W*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Gold:
    """What is known of one file from outside; None: not known."""

    file: Path
    half: int
    title: str | None = None
    published: int | None = None
    countries: tuple[str, ...] | None = None
    language: str | None = None
    kinds: tuple[Kind, ...] | None = None
    mended: tuple[str, ...] | None = None  # countries, where the record's own documents gainsay it


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--cache", type=Path, metavar="DIR", help="a folder for the readings, used again")
    parser.add_argument("--half", type=int, choices=(0, 1), help="show the misses of this half alone")
    parser.add_argument("--list", action="store_true", help="also show what the UN and UNDP files give")
    options = parser.parse_args()
    report = Report("describe", present(data("corpus")))
    sets = {"IOM": iom(), "NDC": ndc()}
    if options.list:
        for folder in ("un", "undp"):
            listed(folder, options.cache)
    for label, golds in sets.items():
        read = [(gold, reading) for gold in golds if (reading := read_once(gold.file, options.cache))]
        with_text = [pair for pair in read if size(pair[1]) >= SCAN]
        scans = [pair for pair in read if size(pair[1]) < SCAN]
        for name in (NEUTRAL, ""):
            known = "own name" if not name else "neutral name"
            described = [
                (gold, describe(reading, name=name or gold.file.name)) for gold, reading in with_text
            ]
            report.section(f"{label}, {known}: {len(with_text)} files with text")
            figures(report, f"{label} {known}", described)
            misses(described, options.half)
            if scans:
                unread = [(gold, describe(reading, name=name or gold.file.name)) for gold, reading in scans]
                report.section(f"{label}, {known}: {len(scans)} scans without a text layer, apart")
                for what in ("countries", "language"):
                    values = [verdict for pair in unread if (verdict := judge(what, *pair)) is not None]
                    report.add(f"{label} {known} scans: {what}", Rate.of(values))
    report.finish(options.json)


# -- Records ------------------------------------------------------------------------------------------------


def iom() -> list[Gold]:
    """The IOM files with their records; a record without a title tells only the kind."""
    rows = json.loads(present(data("corpus", "iom.metadata.json")).read_text(encoding="utf-8"))
    groups = sorted({row["file"][:8] for row in rows})
    found = []
    for row in sorted(rows, key=lambda row: str(row["file"])):
        plain = re.sub(r"[_\W]+", " ", row["file"]).lower()
        kinds = next((kinds for pattern, kinds in _KINDS if re.search(pattern, plain)), None)
        path, half = data("corpus", "iom", row["file"]), groups.index(row["file"][:8]) % 2
        if not row["title"]:
            found.append(Gold(path, half, kinds=kinds))
            continue
        countries = {country_code(name) for name in row["countries"] if name != "Worldwide"}
        codes = tuple(sorted(code or "?" for code in countries))
        found.append(
            Gold(
                path,
                half,
                row["title"],
                row["year"],
                codes,
                _LANGUAGES[row["languages"]],
                kinds,
                mended=_MENDED.get(row["file"][:8]),
            )
        )
    return found


def ndc() -> list[Gold]:
    """The national plans: "SEN_Senegal_First_NDC_French.pdf"."""
    files = sorted(present(data("corpus", "ndc")).glob("*.pdf"))
    codes = sorted({file.name[:3] for file in files})
    return [
        Gold(
            file,
            codes.index(file.name[:3]) % 2,
            countries=(file.name[:3],),
            language=_LANGUAGES[file.stem.rsplit("_", 1)[1]],
            kinds=(Kind.NATIONAL_PLAN,),
        )
        for file in files
    ]


def read_once(file: Path, cache: Path | None) -> Reading | None:
    """The file's reading, kept below `cache`; None, said aloud, where it cannot be read."""
    from ingest.readers import read_file

    kept = cache / f"{file.parent.name}__{file.name}.pickle" if cache else None
    if kept and kept.exists():
        found: Reading = pickle.loads(kept.read_bytes())
        return found
    try:
        reading = read_file(file)
    except IngestError as error:
        print(f"  not read: {file.name}: {error}")
        return None
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(pickle.dumps(reading))
    return reading


def size(reading: Reading) -> int:
    """How many words the file's text layer has; OCR's do not count."""
    return sum(len(page.text.split()) for page in reading.pages if page.ocr is None)


# -- Judging ------------------------------------------------------------------------------------------------


def token_f1(found: str, record: str) -> float:
    """F1 of the two titles' words, each counted as often as it stands."""
    one, other = Counter(words(found)), Counter(words(record))
    shared = (one & other).total()
    return 2 * shared / (one.total() + other.total()) if shared else 0.0


def bare(title: str) -> list[str]:
    """The title's words without articles and the "s" of "IOM's"."""
    return [word for word in words(title) if len(word) > 1 and word not in ("the", "le", "la", "les", "du")]


def judge(what: str, gold: Gold, found: Description) -> bool | None:
    """Whether one field is right; None where nothing is known of it."""
    if what.startswith("title"):
        if gold.title is None:
            return None
        plain, wanted = found.title, gold.title
        if "project's" in what:
            plain, wanted = _PREFACE.sub("", plain) or plain, _PREFACE.sub("", wanted) or wanted
        whole = f" {' '.join(bare(wanted))} " in f" {' '.join(bare(plain))} "
        return token_f1(plain, wanted) >= 0.8 or ("whole" in what and whole)
    if what == MENDED:
        if gold.mended is None:
            return None if gold.countries is None else found.countries == gold.countries
        return found.countries == gold.mended
    known, given = {
        "published": (gold.published, found.published),
        "countries": (gold.countries, found.countries),
        "language": (gold.language, found.language),
    }.get(what, (None, None))
    if what == "kind":
        return None if gold.kinds is None else found.kind in gold.kinds
    return None if known is None else known == given


TITLES = ("title, F1 .8", "title, F1 .8 or held whole", "title, the project's part, F1 .8 or held whole")
MENDED = "countries, records mended"
FIELDS = (*TITLES, "published", "countries", MENDED, "language", "kind")


def figures(report: Report, label: str, described: Sequence[tuple[Gold, Description]]) -> None:
    """Each field's rate, over all and over the two halves."""
    for what in FIELDS:
        if what == MENDED and not any(gold.mended for gold, _ in described):
            continue
        judged = [
            (gold.half, value) for gold, found in described if (value := judge(what, gold, found)) is not None
        ]
        if not judged:
            continue
        report.add(f"{label}: {what}", Rate.of([value for _, value in judged]))
        halves = [Rate.of([value for half, value in judged if half == side]) for side in (0, 1)]
        report.add("    halves", "   ".join(f"{half.hits} of {half.n}" for half in halves))
    pairs = [
        (set(gold.countries), set(found.countries)) for gold, found in described if gold.countries is not None
    ]
    hits = sum(len(known & given) for known, given in pairs)
    report.add(f"{label}: countries, precision", Rate(hits, sum(len(given) for _, given in pairs)))
    report.add(f"{label}: countries, recall", Rate(hits, sum(len(known) for known, _ in pairs)))


def misses(described: Iterable[tuple[Gold, Description]], half: int | None) -> None:
    """What was found, from where, and what the record says."""
    shown: dict[str, Callable[[Gold, Description], tuple[object, object]]] = {
        TITLES[1]: lambda gold, found: (found.title, gold.title),
        "published": lambda gold, found: (found.published, gold.published),
        "countries": lambda gold, found: (found.countries, gold.countries),
        "language": lambda gold, found: (found.language, gold.language),
        "kind": lambda gold, found: (found.kind.value, " or ".join(gold.kinds or ())),
    }
    for gold, found in described:
        if half is not None and gold.half != half:
            continue
        for what, values in shown.items():
            if judge(what, gold, found) is False:
                given, known = values(gold, found)
                where = found.found.get(what.split(",")[0], "nowhere")
                print(f"    miss: {gold.file.name}\n      {what}: {given!r} ({where}); record: {known!r}")


def listed(folder: str, cache: Path | None) -> None:
    """What is found in files that have no record, for reading with one's own eyes."""
    print(f"{folder}: what is found")
    for file in sorted(present(data("corpus", folder)).rglob("*")):
        if file.suffix.lower() not in (".pdf", ".md"):
            continue
        reading = read_once(file, cache)
        if reading:
            found = describe(reading, name=file.name)
            row = (found.published, found.kind.value, ",".join(found.countries), found.language, found.symbol)
            print(f"  {file.name[:40]:40} {' | '.join(map(str, row))} | {found.title[:150]} {found.found}")


if __name__ == "__main__":
    run(main)
