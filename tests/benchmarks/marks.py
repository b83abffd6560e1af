"""Marks quotes on their pages' images and reads back, with another program, what lies under the marks."""

from __future__ import annotations

import random
import re
import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from pathlib import Path

from common import Rate, Report, arguments, percentile, run, settings

from assistant.letters import letters, right_to_left
from assistant.marks import Marker, Marks
from assistant.words import split_sentences
from eval.run import Runs
from ingest.catalogue import Catalogue
from ingest.documents import IngestError, Passage
from ingest.library import Library
from ingest.preview_image import PagePictures

_WORD = re.compile(r'<word xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.*?)</word>', re.DOTALL)
_DPI = 720
_PAGE = re.compile(r'<page width="(.+?)" height="(.+?)">')


@dataclass(frozen=True)
class Asked:
    document: str
    page: int
    quote: str
    near: tuple[int, int] | None


def main() -> int:
    parser = arguments(__doc__)
    parser.add_argument("run", help="the run's number, or 'sample' for passages of the library")
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=2000, help="quotes of a sample")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--verbose", action="store_true")
    wanted = parser.parse_args()
    library = Library(settings(wanted.library).library)
    report = Report("marks", f"{wanted.run} of {wanted.library.name}")
    with closing(library.catalogue(library.live() or "")) as catalogue:
        if wanted.run == "sample":
            random.seed(wanted.seed)
            asked = list(_sample(catalogue, wanted.limit))
        else:
            asked = list(_cited(library, catalogue, wanted.run))
        wrong = _marking(report, library, catalogue, asked, verbose=wanted.verbose)
        _drawing(report, library, asked)
        if wanted.run == "sample":
            wrong += _repeated(report, library, catalogue, wanted.limit // 2, verbose=wanted.verbose)
    report.finish(wanted.json)
    return 1 if wrong else 0


def _cited(library: Library, catalogue: Catalogue, name: str) -> Iterator[Asked]:
    """The citations of a run that lead to pages of PDFs."""
    entries = {entry.name: entry for entry in catalogue.documents()}
    for result in Runs(library.root).load(name).results:
        for cited in (each for sentence in result.sentences for each in sentence.citations):
            entry = entries[cited.document]
            if entry.format != "pdf" or cited.page is None:
                continue
            near = next(
                (
                    (passage.start, passage.end)
                    for passage in catalogue.passages_of(entry.sha)
                    if passage.page == cited.page and passage.text == cited.passage
                ),
                None,
            )
            yield Asked(entry.sha, cited.page, cited.quote, near)


def _passages(catalogue: Catalogue) -> list[Passage]:
    found = [
        passage
        for entry in catalogue.documents()
        if entry.format == "pdf"
        for passage in catalogue.passages_of(entry.sha)
        if passage.ocr is None and passage.page is not None
    ]
    random.shuffle(found)
    return found


def _sample(catalogue: Catalogue, limit: int) -> Iterator[Asked]:
    """Sentences and table rows of pages at random."""
    count = 0
    for passage in _passages(catalogue):
        text = catalogue.page_text(passage.document, passage.page)[passage.start : passage.end]
        parts = [text] if passage.kind == "row" else split_sentences(text)
        quote = " ".join(random.choice(parts).split()) if parts else ""
        if passage.page is None or not any(char.isalnum() for char in quote):
            continue
        yield Asked(passage.document, passage.page, quote, (passage.start, passage.end))
        count += 1
        if count == limit:
            return


def _marking(
    report: Report, library: Library, catalogue: Catalogue, asked: Sequence[Asked], *, verbose: bool
) -> int:
    marker, why = Marker(), Counter[str]()
    right: Counter[str] = Counter()
    seconds: list[float] = []
    for each in asked:
        path, page = library.original(each.document), catalogue.page(each.document, each.page)
        if path is None or page is None:
            why["no original"] += 1
            continue
        begun = time.perf_counter()
        try:
            found = marker.marks(path, page, [each.quote], near=each.near)
        except IngestError as error:
            why[str(error)] += 1
            continue
        seconds.append(time.perf_counter() - begun)
        why[found.why[0] or "marked"] += 1
        if found.why[0]:
            if verbose:
                print(f"    {found.why[0]}: {each.document[:8]} p. {each.page}: {each.quote[:90]!r}")
            continue
        verdict = _verdict(path, each, found)
        right[verdict] += 1
        if verdict != "the same letters" and verbose:
            print(f"    {verdict}: {each.document[:8]} p. {each.page}: {each.quote[:90]!r}")
            print(f"        under the marks: {_under(path, each.page, found)[:200]!r}")
    report.add("quotes marked", Rate(why["marked"], len(asked)))
    for reason, count in why.most_common():
        report.add(f"  {reason}", count)
    read = sum(right.values()) - right["not read"]
    report.add("read back: the same letters", Rate(right["the same letters"], read))
    for verdict in ("a word more or less", "other words", "not read"):
        report.add(f"  {verdict}", right[verdict])
    report.add("ms to find a quote, p50 / p95", _two(seconds))
    return right["other words"]


def _verdict(path: Path, asked: Asked, found: Marks) -> str:
    """Whether poppler reads the quote under the marks."""
    if not _words(path, asked.page):
        return "not read"
    ours = _bag(asked.quote)
    # Cut out letter by letter where poppler takes two words apart by a tab for one.
    for read in (_under, _cut_out):
        theirs = _bag(read(path, asked.page, found))
        if ours == theirs:
            return "the same letters"
    missing, more = (ours - theirs).total(), (theirs - ours).total()
    # A word that poppler cuts otherwise, or that a rectangle touches: the quote all the same.
    if missing <= 0.1 * ours.total() + 3 and more <= 0.1 * ours.total() + 12:
        return "a word more or less"
    return "other words"


def _bag(text: str) -> Counter[str]:
    return Counter(letters(unescape(text)).key)


def _under(path: Path, page: int, found: Marks) -> str:
    inside = []
    for x, y, text in _words(path, page):
        if any(r.x <= x <= r.x + r.width and r.y <= y <= r.y + r.height for r in found.rectangles):
            inside.append(text)
    return " ".join(inside)


def _cut_out(path: Path, page: int, found: Marks) -> str:
    width, height = _size(path, page)
    texts = []
    for r in found.rectangles:
        x, y, w, h = (
            round(each * _DPI / 72)
            for each in (r.x * width, r.y * height, r.width * width, r.height * height)
        )
        box = ["-r", str(_DPI), "-x", str(x), "-y", str(y), "-W", str(max(w, 1)), "-H", str(max(h, 1))]
        texts.append(_poppler(path, page, *box))
    return " ".join(texts)


def _poppler(path: Path, page: int, *options: str) -> str:
    command = ["pdftotext", "-cropbox", *options, "-f", str(page), "-l", str(page), str(path), "-"]
    return subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=60).stdout


@lru_cache(maxsize=256)
def _size(path: Path, page: int) -> tuple[float, float]:
    size = _PAGE.search(_poppler(path, page, "-bbox"))
    return (float(size[1]), float(size[2])) if size else (0.0, 0.0)


@lru_cache(maxsize=256)
def _words(path: Path, page: int) -> list[tuple[float, float, str]]:
    """(middle across, middle down, text) of each word, as fractions of the page."""
    made = _poppler(path, page, "-bbox")
    width, height = _size(path, page)
    if not width:
        return []
    return [
        ((float(x0) + float(x1)) / 2 / width, (float(y0) + float(y1)) / 2 / height, text)
        for x0, y0, x1, y1, text in _WORD.findall(made)
    ]


def _drawing(report: Report, library: Library, asked: Sequence[Asked]) -> None:
    """How long a page's picture takes, first and again."""
    pages = list(dict.fromkeys((each.document, each.page) for each in asked))
    chosen = random.Random(2).sample(pages, min(60, len(pages)))
    for width in (800, 1200, 1600):
        pictures = PagePictures()
        times: dict[str, list[float]] = {"first": [], "again": []}
        sizes = []
        for turn in times:
            for document, page in chosen:
                path = library.original(document)
                if path is None:
                    continue
                begun = time.perf_counter()
                drawn = pictures.png(path, page, width=width)
                times[turn].append(time.perf_counter() - begun)
                sizes.append(len(drawn))
        report.add(f"ms to draw at {width} pixels, p50 / p95", _two(times["first"]))
        report.add("  again", _two(times["again"]))
        report.add(
            "  KB, p50 / p95", f"{percentile(sizes, 0.5) / 1e3:.0f} / {percentile(sizes, 0.95) / 1e3:.0f}"
        )


def _repeated(report: Report, library: Library, catalogue: Catalogue, limit: int, *, verbose: bool) -> int:
    """Words that stand more than once on their page but once in their passage: are the right ones marked?

    The whole passage's marks say where they are.
    """
    marker, counts = Marker(), Counter[str]()
    for passage in _passages(catalogue):
        path, page = library.original(passage.document), catalogue.page(passage.document, passage.page)
        if path is None or page is None or passage.kind == "row":
            continue
        own = page.text[passage.start : passage.end]
        words = [
            word
            for word in set(re.findall(r"\w{4,}(?: \w+)?", own))
            if len(re.findall(rf"\b{word}\b", own)) == 1 < len(re.findall(rf"\b{word}\b", page.text))
        ]
        if not words or right_to_left(letters(own).key):
            continue
        near = (passage.start, passage.end)
        word = random.choice(sorted(words))
        try:
            all_of_it = marker.marks(path, page, [" ".join(own.split())], near=near)
            found = marker.marks(path, page, [word], near=near)
        except IngestError:
            continue
        if all_of_it.why[0]:
            continue
        state = found.why[0] or ("right" if _inside(found, all_of_it) else "wrong")
        counts[state] += 1
        if state == "wrong" and verbose:
            print(f"    wrong: {passage.document[:8]} p. {passage.page}: {word!r}")
        if counts.total() == limit:
            break
    report.add(
        "words that stand there several times, marked", Rate(counts.total() - counts["twice"], counts.total())
    )
    for state in ("right", "wrong", "twice", "not there"):
        report.add(f"  {state}", counts[state])
    return counts["wrong"]


def _inside(found: Marks, frame: Marks) -> bool:
    return all(
        any(
            r.x <= x + width / 2 <= r.x + r.width and r.y <= y + height / 2 <= r.y + r.height
            for r in frame.rectangles
        )
        for x, y, width, height in found.rectangles
    )


def _two(seconds: Sequence[float]) -> str:
    return f"{1000 * percentile(seconds, 0.5):.1f} / {1000 * percentile(seconds, 0.95):.1f}"


if __name__ == "__main__":
    run(main)
