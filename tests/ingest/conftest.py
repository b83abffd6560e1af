"""What the ingest tests share: PDFs made on the spot, a small embedder that needs no model, a workshop."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from ingest.embeddings import Embedder, VectorCache
from ingest.library import Library
from ingest.screen.acts import Acts
from ingest.settings import IngestSettings
from ingest.sync import Choices, Outcome, sync

LEFT, TOP = 72, 770
WORDS = ["The office worked with returnees and their families in four districts of the country."] * 4


class HashEmbedder(Embedder):
    """Each word adds a direction of its own, so that like texts are near; remembers what it was given."""

    dimension = 32

    def __init__(self, name: str = "hashes") -> None:
        super().__init__()
        self.name = name
        self.encoded: list[str] = []
        self.broken = False

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.name.encode()).hexdigest()

    def _encode_passages(self, texts: list[str]) -> np.ndarray:
        if self.broken:
            raise RuntimeError("the model is gone")
        self.encoded.extend(texts)
        return self._encode_queries(texts)

    def _encode_queries(self, texts: list[str]) -> np.ndarray:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            for word in [text, *re.findall(r"\w+", text)]:
                seed = hashlib.sha256(f"{self.name} {word}".encode()).digest()
                vectors[row] += np.frombuffer(seed, np.uint8).astype(np.float32) - 127.5
        unit: np.ndarray = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


PdfWriter = Callable[..., Path]


def write_text_pdf(path: Path, title: str, *pages: Sequence[str]) -> Path:
    """A PDF whose first page opens with `title`; each page is paragraphs of one or more lines ("\\n")."""
    canvas = Canvas(str(path), pagesize=A4, invariant=1)
    for number, paragraphs in enumerate(pages):
        y = TOP - 60
        if number == 0:
            canvas.setFont("Helvetica-Bold", 20)
            canvas.drawString(LEFT, y, title)
            y -= 50
        canvas.setFont("Helvetica", 11)
        for paragraph in paragraphs:
            for line in paragraph.split("\n"):
                canvas.drawString(LEFT, y, line)
                y -= 14
            y -= 14
        canvas.showPage()
    canvas.save()
    return path


@pytest.fixture
def text_pdf() -> PdfWriter:
    return write_text_pdf


@dataclass
class Workshop:
    """A source folder and a library beside it, with what a sync needs."""

    root: Path
    embedder: HashEmbedder = field(default_factory=HashEmbedder)

    def __post_init__(self) -> None:
        self.folder.mkdir()

    @property
    def folder(self) -> Path:
        return self.root / "documents"

    @property
    def library(self) -> Library:
        return Library(self.root / "library")

    @property
    def cache(self) -> VectorCache:
        return VectorCache(self.library.root / "vectors.sqlite")

    @property
    def settings(self) -> IngestSettings:
        return IngestSettings(library=self.library.root, readers=1)

    def write(self, name: str, title: str, *pages: Sequence[str]) -> Path:
        return write_text_pdf(self.folder / name, title, *pages)

    def sync(self, **choices: Any) -> Outcome:
        """choices: those of ingest.sync.Choices."""
        made = Choices(**choices)
        return sync(self.library, self.folder, self.embedder, self.cache, self.settings, choices=made)


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


@pytest.fixture
def acts(workshop: Workshop) -> Acts:
    """Three documents: one well read, one of its bytes again, one that fails."""
    workshop.write("good.pdf", "Evaluation of the programme in Senegal", WORDS, WORDS)
    (workshop.folder / "zcopy.pdf").write_bytes((workshop.folder / "good.pdf").read_bytes())
    (workshop.folder / "bad.pdf").write_bytes((workshop.folder / "good.pdf").read_bytes()[:700])
    workshop.sync()
    return Acts(workshop.settings)


def row_of(acts: Acts, name: str) -> dict[str, Any]:
    return next(row for row in acts.rows() if row["document"] == name)
