"""Generations made without reading a file, for tests of what looks after them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ingest.catalogue import Catalogue, DocumentEntry, FileEntry
from ingest.documents import Block, Description, Page, embedding_text
from ingest.library import GenerationInfo, Library
from ingest.passages import passages
from ingest.vectors import Vectors
from tests.ingest.conftest import HashEmbedder

TOPICS = ("cash grants", "shelter kits", "legal aid", "school fees", "water points", "job training")


def bytes_of(number: int) -> bytes:
    return f"the bytes of note {number}".encode() * 50


def sha_of(number: int) -> str:
    return hashlib.sha256(bytes_of(number)).hexdigest()


def pages_of(number: int, count: int) -> tuple[Page, ...]:
    """`count` pages, each a heading and two paragraphs; the last also a table row."""
    made = []
    for index in range(1, count + 1):
        topic = TOPICS[(number + index) % len(TOPICS)]
        blocks = [
            Block("heading", f"Part {index}: {topic}", 1),
            Block("paragraph", f"Note {number} speaks of {topic} for {number * 100 + index} households."),
            Block("paragraph", f"Each household of place{number}x{index} was visited twice."),
        ]
        if index == count:
            cells = (("Indicator", f"Families with {topic}"), ("Target", f"{number * 7 + index}"))
            blocks.append(Block("row", " ".join(cell for _, cell in cells), cells=cells, table=1))
        made.append(Page(index, str(index), tuple(blocks)))
    return tuple(made)


def build(library: Library, *, documents: int = 3, pages: int = 2, publish: bool = True) -> str:
    """A complete generation of `documents` notes with their originals; its name."""
    library.root.mkdir(parents=True, exist_ok=True)
    name, embedder = library.next_name(), HashEmbedder()
    building = library.start_building(name, None)
    catalogue = Catalogue(building / "catalogue.sqlite", write=True)
    vectors = Vectors(building / "chroma")
    for number in range(1, documents + 1):
        sha, file = sha_of(number), f"note-{number}.pdf"
        source = library.root.parent / "sources" / file
        source.parent.mkdir(exist_ok=True)
        source.write_bytes(bytes_of(number))
        assert library.keep_original(source, sha)
        what, read = Description(f"Note {number}", language="en"), pages_of(number, pages)
        cut = passages(sha, read)
        catalogue.add(DocumentEntry(sha, file, "pdf", what, len(read), len(cut)), read, cut)
        catalogue.put_file(FileEntry(str(source), str(source.parent), file, sha, 1, 1, "indexed"))
        texts = [embedding_text(what, passage) for passage in cut]
        vectors.add([passage.id for passage in cut], embedder.encode_passages(texts))
    catalogue.finish()
    counts = catalogue.counts()
    catalogue.close()
    vectors.close()
    model = {
        "name": embedder.name,
        "hash": embedder.hash,
        "dimension": embedder.dimension,
        "setting": {"embedding_model": "hashes"},
    }
    info = GenerationInfo(name, "2026-01-01T00:00:00+00:00", None, {"embedding": model}, counts=counts)
    library.finish_building(building, info)
    if publish:
        library.publish(name)
    return name


def change(path: Path, *statements: str) -> None:
    """Runs `statements` on a database, behind everyone's back."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)
