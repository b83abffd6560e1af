"""OCR measured: how well it reads pages whose text is known, and what it makes of real scans."""

from __future__ import annotations

import io
import re
import resource
import tempfile
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from common import Report, arguments, data, percentile, present, run, spread_out

from ingest.documents import Page, UnreadableFile
from ingest.ocr import NOTHING_FOUND, installed, languages_for, ocr_page, version

# Pages with a text layer: (language, folders and patterns below the corpus).
_TRUTH = {
    "en": ("un/*.pdf", "ndc/*English.pdf"), "fr": ("ndc/*French.pdf",), "es": ("ndc/*Spanish.pdf",),
    "ru": ("ndc/*Russian.pdf",), "ar": ("ndc/*Arabic.pdf",),
}  # fmt: skip
_PROSE = 900  # characters of a page that is worth comparing
_SCAN_DPI = 200


@dataclass(frozen=True)
class Measured:
    """One page: share of the text layer's words that were read, character error rate, confidence, seconds."""

    recall: float
    errors: float
    confidence: float
    seconds: float


def main() -> int:
    parser = arguments(__doc__)
    parser.add_argument("--pages", type=int, default=10, help="pages a language with known text (10)")
    parser.add_argument("--unknown", action="store_true", help="do not tell OCR the documents' language")
    parser.add_argument("--no-scans", action="store_true", help="only pages whose text is known")
    parser.add_argument("--show", type=Path, metavar="DIR", help="write what was read from scans there")
    asked = parser.parse_args()
    corpus = present(data("corpus"))
    report = Report("ocr", f"{corpus} with {version() or 'no tesseract'}")
    if (languages := installed()) is None:
        raise SystemExit("Nothing was measured: Tesseract is not installed.")
    report.section("pages with known text, drawn at 200 dpi as images without text")
    for language, patterns in _TRUTH.items() if asked.pages else ():
        files = sorted(path for pattern in patterns for path in corpus.glob(pattern))
        told = () if asked.unknown else languages_for(language, "", languages)
        found = [_measured(path, index, text, told) for path, index, text in _truth(files, asked.pages)]
        if found:
            _tell(report, language, found)
    if not asked.no_scans:
        report.section("scans")
        for path in sorted([*corpus.glob("ndc/*.pdf"), *corpus.glob("un/*.pdf")]):
            _scan(report, path, languages, asked.show)
    report.finish(asked.json)
    return 0


# -- Pages with known text ----------------------------------------------------------------------------------


def _truth(files: Sequence[Path], count: int) -> Iterator[tuple[Path, int, str]]:
    """`count` pages of prose, spread over the files: (file, page from 1, its text layer)."""
    pages = [
        (path, index, text)
        for path in files
        for index, text in spread_out([(i, t) for i, t in _texts(path) if _comparable(t)], 4)
    ]
    yield from spread_out(pages, count)


def _comparable(text: str) -> bool:
    """A page of prose; not one whose text layer holds its letters one by one."""
    words = re.findall(r"\w+", text)
    return len(text) >= _PROSE and sum(len(word) == 1 for word in words) < 0.2 * len(words)


def _texts(path: Path) -> list[tuple[int, str]]:
    import pypdfium2 as pdfium

    try:
        with pdfium.PdfDocument(path) as document:
            return [
                (at + 1, document[at].get_textpage().get_text_bounded())
                for at in range(min(60, len(document)))
            ]
    except pdfium.PdfiumError:
        return []


def _measured(path: Path, index: int, text: str, languages: tuple[str, ...]) -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        scan = Path(folder) / "scan.pdf"
        scan.write_bytes(_image_only(path, index))
        seconds, page = _timed(scan, 1, languages)
    truth, read = _letters(text), _letters(page.text)
    wanted, got = Counter(re.findall(r"\w+", truth)), Counter(re.findall(r"\w+", read))
    recall = sum((wanted & got).values()) / max(1, sum(wanted.values()))
    return Measured(recall, _distance(truth, read) / max(1, len(truth)), page.ocr or 0.0, seconds)


def _image_only(path: Path, index: int) -> bytes:
    import pypdfium2 as pdfium

    with pdfium.PdfDocument(path) as document:
        image = document[index - 1].render(scale=_SCAN_DPI / 72, grayscale=True).to_pil()
    out = io.BytesIO()
    image.save(out, "PDF", resolution=_SCAN_DPI, quality=80)
    return out.getvalue()


def _letters(text: str) -> str:
    """Case, marks, hyphens at line ends and white space folded; of Arabic what text layers get wrong, too."""
    text = re.sub(r"(?<=\w)[-\u00ad\u0002\ufffe]\s*\n\s*(?=\w)", "", text)
    text = unicodedata.normalize("NFKD", text.casefold())
    text = "".join(char for char in text if not unicodedata.combining(char) and char != "\u0640")
    text = text.replace(
        "\u0644\u0627", "\u0627\u0644"
    )  # many text layers hold the ligature's letters reversed
    return re.sub(r"\s+", " ", re.sub("[\x00-\x1f\u200b-\u200f\ue000-\uf8ff]", " ", text)).strip()


def _distance(one: str, two: str) -> int:
    """Levenshtein's distance, a row at a time."""
    import numpy as np

    first, places = np.array([ord(char) for char in two]), np.arange(len(two) + 1)
    row = places.copy()
    for number, char in enumerate(one, start=1):
        best = np.minimum(row[1:] + 1, row[:-1] + (first != ord(char)))
        row = np.minimum.accumulate(np.concatenate(([number], best)) - places) + places
    return int(row[-1])


def _tell(report: Report, language: str, found: Sequence[Measured]) -> None:
    recalls, errors = [page.recall for page in found], [page.errors for page in found]
    report.add(f"{language}: pages", len(found))
    report.add(f"{language}: words read, mean", sum(recalls) / len(found))
    report.add(f"{language}: words read, worst page", min(recalls))
    report.add(f"{language}: character error rate, median", percentile(errors, 0.5))
    report.add(f"{language}: confidence, mean", sum(page.confidence for page in found) / len(found))
    report.add(f"{language}: processor seconds a page", sum(page.seconds for page in found) / len(found))


# -- Scans --------------------------------------------------------------------------------------------------


def _scan(report: Report, path: Path, languages: frozenset[str], show: Path | None) -> None:
    wanted = [index for index, text in _texts(path) if len(text.strip()) < 100 and _pictured(path, index)]
    if not wanted:
        return
    told = languages_for("und", path.name, languages)
    read, failed, seconds = [], 0, 0.0
    for index in wanted:
        try:
            took, page = _timed(path, index, told)
        except UnreadableFile:
            failed += 1
            continue
        seconds += took
        read.append(page)
    texts = [page for page in read if page.problem != NOTHING_FOUND]
    mean = sum(page.ocr or 0.0 for page in texts) / len(texts) if texts else 0.0
    report.add(
        path.name,
        f"{len(texts)} of {len(wanted)} pages read ({failed} failed), confidence {mean:.2f},"
        f" {seconds / max(1, len(read)):.1f} s a page",
    )
    if show:
        show.mkdir(parents=True, exist_ok=True)
        told_text = "\n\n".join(f"=== {page.index} {page.ocr} {page.problem}\n{page.text}" for page in read)
        (show / f"{path.stem}.txt").write_text(told_text, encoding="utf-8")


def _pictured(path: Path, index: int) -> bool:
    import pypdfium2 as pdfium
    import pypdfium2.raw as raw

    with pdfium.PdfDocument(path) as document:
        images = document[index - 1].get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)
        return any(width * height >= 250_000 for width, height in (image.get_px_size() for image in images))


def _timed(path: Path, index: int, languages: tuple[str, ...]) -> tuple[float, Page]:
    """(processor seconds of this process and Tesseract, the page)."""
    before = _processor()
    page = ocr_page(path, index, languages, timeout=300)
    return _processor() - before, page


def _processor() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


if __name__ == "__main__":
    run(main)
