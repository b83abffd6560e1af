"""Measures search across languages: the 240 English XQuAD paragraphs, asked in five languages.

Each paragraph becomes a text file, indexed as any other; one of them is relevant to a question. nDCG@10 is
then 1 / log2(1 + place), 0 beyond the tenth (Järvelin and Kekäläinen 2002).
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from math import log2
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from common import Rate, Report, arguments, data, open_assistant, present, run, settings, spread_out, timed

if TYPE_CHECKING:
    from assistant.chat import Assistant

LANGUAGES = ("en", "es", "ar", "ru", "zh")
DEEP = 40  # passages asked for, so that ten different paragraphs are among them


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--folder", type=Path, default=data("sets", "xquad"))
    parser.add_argument("--limit", type=int, metavar="N", help="questions a language, evenly spread")
    parser.add_argument("--paragraphs", type=int, metavar="N", help="only the first N (a trial: easier)")
    parser.add_argument("--cache", type=Path, help="a file for the paragraphs' vectors, used again")
    options = parser.parse_args()
    report = Report("xquad", present(options.folder))
    with tempfile.TemporaryDirectory(prefix="xquad-") as scratch:
        library = Path(scratch) / "library"
        contexts = [context for context, _ in paragraphs(options.folder, "en")][: options.paragraphs]
        build(report, Path(scratch) / "documents", library, contexts, options.cache)
        with open_assistant(library) as assistant:
            vectors, owners = passage_vectors(assistant, options.cache or library / "vectors.sqlite")
            for language in LANGUAGES:
                asked = [
                    (question, number)
                    for number, (_, questions) in enumerate(paragraphs(options.folder, language))
                    for question in questions
                    if number < len(contexts)
                ]
                score(report, assistant, language, spread_out(asked, options.limit), vectors, owners)
    report.finish(options.json)


def paragraphs(folder: Path, language: str) -> Iterator[tuple[str, list[str]]]:
    """(paragraph, its questions), in the same order in every language."""
    found = json.loads(present(folder / f"xquad.{language}.json").read_text(encoding="utf-8"))
    for article in found["data"]:
        for paragraph in article["paragraphs"]:
            yield paragraph["context"], [row["question"] for row in paragraph["qas"]]


def build(report: Report, folder: Path, root: Path, contexts: Sequence[str], cache: Path | None) -> None:
    """Indexes the paragraphs, one file each, into a library of their own."""
    from ingest.embeddings import VectorCache
    from ingest.library import Library
    from ingest.settings import embedder_for
    from ingest.sync import sync

    folder.mkdir()
    for number, context in enumerate(contexts):
        (folder / _name(number)).write_text(context + "\n", encoding="utf-8")
    values = settings(root)
    kept = VectorCache(cache or root / "vectors.sqlite")
    seconds, outcome = timed(lambda: sync(Library(root), folder, embedder_for(values), kept, values))
    indexed = sum(entry.state == "indexed" for entry in outcome.files)
    report.add("paragraphs indexed", f"{indexed} of {len(contexts)}")
    report.add("passages", Library(root).info(outcome.generation).counts["passages"])
    report.add("indexing", seconds, "s")
    for entry in outcome.files:
        if entry.state != "indexed":
            print(f"    {entry.state}: {entry.name}: {entry.reason}")


def _name(number: int) -> str:
    return f"paragraph {number:03d}.txt"


def passage_vectors(assistant: Assistant, cache: Path) -> tuple[np.ndarray, list[str]]:
    """The vectors of the library's passages (n, d), and each one's file."""
    from ingest.catalogue import each_passage
    from ingest.documents import embedding_text
    from ingest.embeddings import VectorCache

    catalogue = assistant.library.catalogue(assistant.generation())
    found = [
        (embedding_text(entry.description, passage), entry.name) for entry, passage in each_passage(catalogue)
    ]
    catalogue.close()
    vectors = VectorCache(cache).embed([text for text, _ in found], assistant.embedder)
    return vectors, [name for _, name in found]


def score(
    report: Report,
    assistant: Assistant,
    language: str,
    asked: Sequence[tuple[str, int]],
    vectors: np.ndarray,
    owners: Sequence[str],
) -> None:
    whole: list[float] = []
    bare: list[float] = []
    for question, number in asked:
        hits = assistant.search(question, k=DEEP).hits
        whole.append(gain([hit.source.name for hit in hits], _name(number)))
        order = np.argsort(-(vectors @ query(assistant, question)), kind="stable")[:DEEP]
        bare.append(gain([owners[at] for at in order], _name(number)))
    report.section(f"{language.upper()} > EN, {len(asked)} questions")
    for how, gains in (("whole search", whole), ("cosine alone", bare)):
        report.add(f"{language} nDCG@10, {how}", round(float(np.mean(gains)), 4))
        report.add(f"{language} hit@1, {how}", Rate.of([value == 1.0 for value in gains]))
        report.add(f"{language} hit@10, {how}", Rate.of([value > 0 for value in gains]))


def query(assistant: Assistant, question: str) -> Any:
    return np.asarray(assistant.embedder.embed_query(question), np.float32)


def gain(names: Sequence[str], right: str) -> float:
    """nDCG@10 of documents ranked by their best passage, where one is relevant."""
    ranked = list(dict.fromkeys(names))[:10]
    return 1 / log2(2 + ranked.index(right)) if right in ranked else 0.0


if __name__ == "__main__":
    run(main)
