"""PDF -> lines, labels and properties by pypdf: for what PDFium cannot open, and for Arabic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ingest.clean import normalise
from ingest.documents import LONGEST_WHY, UnreadableFile
from ingest.readers.pdf_lines import BOLD, Line
from ingest.readers.pdf_unseen import Box

_LARGE_IMAGE = 500 * 500  # pixels


class PypdfDocument:
    """An open PDF. Raises UnreadableFile with the reason where pypdf cannot open it either."""

    def __init__(self, path: Path, password: str = "") -> None:
        from pypdf import PdfReader
        from pypdf.errors import PyPdfError

        try:
            self._reader: Any = PdfReader(path)
            if self._reader.is_encrypted and not self._reader.decrypt(password):
                raise UnreadableFile(_locked(password))
            self._count = len(self._reader.pages)
        except PyPdfError as error:
            why = " ".join(str(error).split())[:LONGEST_WHY]  # one line, whatever bytes of the file it quotes
            raise UnreadableFile(f"the PDF is damaged ({why}); export or download it again") from error

    def __len__(self) -> int:
        return self._count

    def page(self, index: int, unseen: Sequence[Box] = ()) -> tuple[list[Line], float]:
        """(the page's printed lines, its height). Raises whatever a damaged page provokes in pypdf.

        unseen: where words stand that nobody sees; what begins there is left out.
        """
        page = self._reader.pages[index]
        collector = _LineCollector(unseen)
        page.extract_text(visitor_text=collector.visit)
        collector.flush()
        return collector.lines, float(page.mediabox.height)

    def scanned(self, index: int) -> bool:
        """Whether a large picture stands on the page."""
        return _has_large_image(self._reader.pages[index].get("/Resources"), depth=2)

    def labels(self) -> list[str]:
        if "/PageLabels" not in self._reader.trailer["/Root"]:
            return []
        return [normalise(str(label)) for label in self._reader.page_labels]

    def properties(self) -> dict[str, str]:
        info = self._reader.metadata or {}
        named = {
            "title": "/Title", "author": "/Author", "subject": "/Subject",
            "keywords": "/Keywords", "created": "/CreationDate",
        }  # fmt: skip
        values = {name: normalise(str(info.get(key) or "")) for name, key in named.items()}
        values["language"] = normalise(str(self._reader.trailer["/Root"].get("/Lang") or ""))
        return {name: value for name, value in values.items() if value}


def _locked(password: str) -> str:
    """Why a locked PDF could not be read, and what to do."""
    if password:
        return (
            "the PDF is locked with a password, and the one given does not open it;"
            " give the right one with: python -m ingest password FILE"
        )
    return "the PDF is locked with a password; give it with: python -m ingest password FILE"


def _has_large_image(resources: Any, depth: int) -> bool:
    objects = (resources.get_object() if resources else {}).get("/XObject") if resources else None
    for item in (objects.get_object() if objects else {}).values():
        item = item.get_object()
        if item.get("/Subtype") == "/Image":
            if int(item.get("/Width", 0)) * int(item.get("/Height", 0)) >= _LARGE_IMAGE:
                return True
        elif depth and _has_large_image(item.get("/Resources"), depth - 1):
            return True
    return False


class _LineCollector:
    """Gathers pypdf's text runs (`visitor_text`) into lines in the order of the content stream."""

    def __init__(self, unseen: Sequence[Box]) -> None:
        self.lines: list[Line] = []
        self._unseen = unseen
        self._runs: list[tuple[str, float, float, float, bool]] = []

    def visit(self, text: str, cm: Sequence[float], tm: Sequence[float], font: Any, size: float) -> None:
        if not text:
            return
        x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
        y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        scale = max(abs(tm[3]), abs(tm[1])) * max(abs(cm[3]), abs(cm[1]))
        if any(box.holds(x, y) for box in self._unseen):
            return
        bold = bool(font and BOLD.search(str(font.get("/BaseFont", ""))))
        parts = text.split("\n")
        for number, part in enumerate(parts):
            if number:
                self.flush()
            if part:
                self._runs.append((part, x, y, abs(size) * scale, bold))

    def flush(self) -> None:
        runs, self._runs = self._runs, []
        text = "".join(run[0] for run in runs)
        inked = [run for run in runs if run[0].strip()]
        if not inked:
            return
        weight: Counter[float] = Counter()
        for run in inked:
            weight[round(run[3], 1)] += len(run[0])
        letters = sum(len(run[0]) for run in inked)
        bold = sum(len(run[0]) for run in inked if run[4]) > 0.85 * letters
        _, x, y, *_ = max(inked, key=lambda run: run[3] >= 0.8 * max(weight))
        self.lines.append(Line(text, x, y, weight.most_common(1)[0][0], bold, len(self.lines)))
