"""A survey's counts against an independent full-text count, and how long a survey takes.

    python tests/benchmarks/survey.py [--theme content-analysis] [--families 12] [--list] [--library DIR]

The truth: the PDFs of corpus/ndc and corpus/iom of the test data, their text by poppler (`pdftotext`), the
terms looked for by plain regular expressions made here, without a line of our readers, matcher or folding.
Documents without a text layer (fewer than 200 letters by pdftotext) and files that are no PDF are named and
left out. Compared: for each document and family, whether it holds a term; every disagreement is listed with
the pages of both sides and the words around the first place. Also, for information, the same page by page.

The documents are read into a scratch library whose vectors are made of nothing, since exact counts need none.
With --library, a survey of 12 families is also timed there, all documents, three times. Exit code 1 where
presence agrees in less than 99 %.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from common import Rate, Report, arguments, data, open_assistant, present, run, settings

from assistant.chat import Assistant
from assistant.grids.survey import Finding, Survey, survey
from assistant.grids.themes import Family, theme
from ingest.embeddings import Embedder, VectorCache
from ingest.library import Library
from ingest.sync import sync

_FEWEST_LETTERS = 200
_FLOOR = 0.99
_PREFIX = "(?:[وف]?(?:[بك]?ال|لل|[بلك])?)"


class NoVectors(Embedder):
    """A vector of a text's bytes: for counts that need none."""

    name, dimension = "no vectors", 8

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.name.encode()).hexdigest()

    def _encode_passages(self, texts: list[str]) -> np.ndarray:
        return self._encode_queries(texts)

    def _encode_queries(self, texts: list[str]) -> np.ndarray:
        made = [np.frombuffer(hashlib.sha256(text.encode()).digest()[:8], np.uint8) for text in texts]
        vectors = np.array(made, np.float32) - 127.5
        unit: np.ndarray = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


# -- The other count ----------------------------------------------------------------------------------------


def plain(text: str) -> str:
    """`text` in small letters without accents, words that a line's end broke in one."""
    text = re.sub(r"(?<=\w)[-\u00ad]\n(?=[^\W\d_])", "", text)
    letters = unicodedata.normalize("NFKD", text).lower()
    letters = "".join(char for char in letters if unicodedata.category(char) != "Mn").replace("ـ", "")
    return letters.replace("ة", "ه").replace("ى", "ي").replace("’", "'")


def pattern(term: str) -> str:
    """The regular expression of one term of a theme's file."""
    if re.search("[\u3400-\u9fff]", term):
        return re.escape(plain(term))
    arabic = re.search("[\u0621-\u064a]", term)
    words = []
    for word in plain(term).split(" "):
        if arabic and word.startswith("ال") and len(word) > 4:
            word = word[2:]
        made = "".join(
            r"\w*" if char == "*" else r"[\s\-‐-―]*" if char == "-" else re.escape(char) for char in word
        )
        words.append((_PREFIX if arabic else "") + made.replace("'", r"['\s]\s*"))
    return r"(?<!\w)" + r"[\s\-‐-―]+".join(words) + r"(?!\w)"


@dataclass(frozen=True)
class Other:
    """One family as regular expressions: what counts, what does not, and abbreviations in capitals."""

    wanted: re.Pattern[str]
    barred: re.Pattern[str] | None
    capitals: re.Pattern[str] | None

    @classmethod
    def of(cls, family: Family) -> Other:
        terms = sorted({each for some in family.terms.values() for each in some}, key=len, reverse=True)
        short = [each for each in terms if re.fullmatch("[A-ZА-Я]{2,6}s?", each)]
        wanted = [pattern(each) for each in terms if not each.startswith("!") and each not in short]
        barred = [pattern(each[1:]) for each in terms if each.startswith("!")]
        return cls(
            re.compile("|".join(wanted)),
            re.compile("|".join(barred)) if barred else None,
            re.compile(rf"(?<!\w)(?:{'|'.join(short)})(?!\w)") if short else None,
        )

    def places(self, page: str) -> list[str]:
        """The words around each place on a page of pdftotext's."""
        text = plain(page)
        spans = [each.span() for each in self.barred.finditer(text)] if self.barred else []
        found = [
            text[max(0, each.start() - 60) : each.end() + 60]
            for each in self.wanted.finditer(text)
            if not any(start < each.end() and each.start() < end for start, end in spans)
        ]
        if self.capitals:
            found += [page[max(0, m.start() - 60) : m.end() + 60] for m in self.capitals.finditer(page)]
        return [" ".join(each.split()) for each in found]


def pages_of(path: Path) -> list[str]:
    """Each page's text by pdftotext."""
    done = subprocess.run(["pdftotext", "-q", "-enc", "UTF-8", str(path), "-"], capture_output=True)
    return done.stdout.decode("utf-8", "replace").split("\f")[:-1]


# -- Comparing ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Compared:
    """One document and family: our finding, and the other count's places by page."""

    file: str
    language: str
    finding: Finding
    theirs: dict[int, list[str]]

    @property
    def ours(self) -> dict[int, int]:
        return {each.page or 1: each.count for each in self.finding.pages}

    @property
    def agrees(self) -> bool:
        return bool(self.ours) == bool(self.theirs)


def surveyed(folders: Sequence[Path], families: Sequence[Family], scratch: Path) -> Survey:
    """Our survey of the folders' files, read anew."""
    values = settings(scratch / "library").model_copy(update={"ocr": "off", "reader": "none"})
    embedder = NoVectors()
    for folder in folders:
        sync(Library(values.library), folder, embedder, VectorCache(scratch / "vectors.sqlite"), values)
    assistant = Assistant(values, embedder=embedder)
    try:
        return survey(assistant, families)
    finally:
        assistant.close()


def compared(found: Survey, folders: Sequence[Path], out: Report) -> list[Compared]:
    known = {row.source.name: row for row in found.rows}
    others = {family.id: Other.of(family) for family in found.families}
    pairs: list[Compared] = []
    left_out = []
    for path in sorted(each for folder in folders for each in folder.iterdir()):
        if path.suffix.lower() != ".pdf":
            continue
        pages = pages_of(path) if path.read_bytes()[:5] == b"%PDF-" else []
        row = known.get(path.name)
        if row is None or sum(char.isalpha() for page in pages for char in page) < _FEWEST_LETTERS:
            left_out.append(path.name)
            continue
        for family, finding in zip(found.families, row.findings, strict=True):
            other = others[family.id]
            theirs = {at: places for at, page in enumerate(pages, 1) if (places := other.places(page))}
            pairs.append(Compared(path.name, row.source.language, finding, theirs))
    out.add("left out, no PDF or no text layer", f"{len(left_out)}: {', '.join(left_out)}")
    return pairs


def report(pairs: Sequence[Compared], out: Report, listed: bool) -> bool:
    out.add("documents", len({each.file for each in pairs}))
    out.add("languages", ", ".join(sorted({each.language for each in pairs})))
    presence = Rate.of([each.agrees for each in pairs])
    out.add("presence agrees, document by family", presence)
    both = [each for each in pairs if each.ours and each.theirs]
    out.add("holds the family: both, ours alone, theirs alone", (
        f"{len(both)}, {sum(bool(each.ours and not each.theirs) for each in pairs)},"
        f" {sum(bool(each.theirs and not each.ours) for each in pairs)}"
    ))  # fmt: skip
    held = [each.ours.keys() | each.theirs.keys() for each in pairs]
    same = [
        page in each.ours and page in each.theirs
        for each, pages in zip(pairs, held, strict=True)
        for page in pages
    ]
    out.add("pages that hold a family: held by both", Rate.of(same))
    counts = [(sum(each.ours.values()), sum(map(len, each.theirs.values()))) for each in both]
    out.add("places in all: ours, theirs", f"{sum(a for a, _ in counts)}, {sum(b for _, b in counts)}")
    out.section("Every disagreement on presence")
    for each in pairs:
        if not each.agrees:
            theirs = {page: len(places) for page, places in each.theirs.items()}
            print(f"  {each.file} | {each.finding.family} | ours {each.ours} | theirs {theirs}")
            said = [each.finding.quote.quote] if each.finding.quote else list(each.finding.words)
            said += [places[0] for places in each.theirs.values()]
            print(f"      {' '.join(said[0].split())[:300]}")
    if listed:
        out.section("Pages on which one side alone holds a family")
        for each in pairs:
            for page in sorted(each.ours.keys() ^ each.theirs.keys()):
                words = each.theirs[page][0] if page in each.theirs else ", ".join(each.finding.words)
                side = "theirs" if page in each.theirs else "ours"
                print(f"  {each.file} | {each.finding.family} | p. {page} | {side}: {words[:200]}")
    return presence.hits >= _FLOOR * presence.n


def timed(library: Path, families: Sequence[Family], out: Report) -> None:
    with open_assistant(library) as assistant:
        with assistant.reading() as generation:
            out.add("documents in the library", len(generation.sources))
        for attempt in range(3):
            begun = time.perf_counter()
            found = survey(assistant, families)
            out.add(f"seconds for {len(families)} families, time {attempt + 1}", time.perf_counter() - begun)
        out.add("pages", found.pages)
        out.add("candidates", sum(found.share(each.id).candidates for each in families))


def main() -> int:
    parser = arguments(__doc__)
    parser.add_argument("--theme", default="content-analysis", help="a theme's id, or a file")
    parser.add_argument("--families", type=int, default=12, help="the first so many of it")
    parser.add_argument("--list", action="store_true", help="name each page on which the sides differ")
    parser.add_argument("--library", type=Path, help="a library to time a survey in")
    options = parser.parse_args()
    folders = [present(data("corpus", name)) for name in ("ndc", "iom")]
    families = theme(options.theme).families[: options.families]
    out = Report("survey", ", ".join(each.id for each in families))
    with tempfile.TemporaryDirectory() as scratch:
        found = surveyed(folders, families, Path(scratch))
        out.section("Against pdftotext and plain regular expressions")
        enough = report(compared(found, folders, out), out, options.list)
    if options.library:
        out.section(f"Time, {options.library}")
        timed(options.library, families, out)
    out.finish(options.json)
    return 0 if enough else 1


if __name__ == "__main__":
    run(main)
