"""Puts public sets to the whole system: a library of each set's own, the questions asked, the figures."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.chat import Assistant
from assistant.settings import AssistantSettings
from eval.public import papers, paragraphs, wice
from eval.public.figures import MEASURES, Asked, Figure
from eval.public.prepared import Prepared
from eval.results import EvalError, Question, Result
from eval.run import search_and_ask, search_only
from ingest.documents import IngestError
from ingest.embeddings import Embedder, VectorCache
from ingest.library import Library
from ingest.settings import embedder_for
from ingest.sync import sync

log = logging.getLogger(__name__)

Ask = Callable[[Assistant, Question], Result]
Progress = Callable[[str], None]

_TELL = 100  # questions between two lines of progress


@dataclass(frozen=True)
class PublicSet:
    """A set's name, its folder below that of all sets, and its adapter (folder, limit, place) -> bank.

    answers: whether it is measured by answers too, or by search alone.
    """

    name: str
    folder: str
    prepare: Callable[[Path, int | None, Path], Prepared] | None
    answers: bool = True


SETS = (
    PublicSet("nomiracl", "nomiracl", paragraphs.nomiracl),
    PublicSet("mmlongbench", "mmlongbench", papers.mmlongbench),
    PublicSet("squad2", "squad2_half_dev", paragraphs.squad2),
    PublicSet("xquad", "xquad", paragraphs.xquad, answers=False),
    PublicSet("financebench", "financebench", papers.financebench),
    PublicSet("wice", "wice", None),
)


def quiet(line: str) -> None:
    """A Progress that says nothing."""


def run_public(
    name: str,
    folder: Path,
    library_root: Path,
    limit: int | None,
    ask: Ask = search_and_ask,
    *,
    settings: AssistantSettings | None = None,
    embedder: Embedder | None = None,
    progress: Progress = quiet,
) -> dict[str, Figure]:
    """measure -> figure of the set `name`, whose files are in `folder`, on `limit` of its questions.

    Its library is built in `library_root`/`name`, and the vectors kept in `library_root`/vectors.sqlite, so
    that the second time is quick. Raises EvalError where the set is unknown or not as published.
    """
    chosen = next((each for each in SETS if each.name == name), None)
    if chosen is None:
        known = ", ".join(each.name for each in SETS)
        raise EvalError(f"there is no public set {name!r}; the sets are: {known}")
    if chosen.prepare is None:
        return _by_measure(wice.measure(folder, limit, progress))
    place = library_root / name
    bank = chosen.prepare(folder, limit, place / "documents")
    if not bank.questions:
        raise EvalError(f"{folder} holds no question; fetch the published set")
    values = (settings or AssistantSettings()).model_copy(update={"library": place / "library"})
    embedder = embedder or embedder_for(values)
    _index(bank, values, embedder, library_root / "vectors.sqlite", lambda line: progress(f"{name}: {line}"))
    asked: list[Asked] = []
    with Assistant(values, embedder=embedder) as assistant:
        assistant.warm_up()
        for question in bank.questions:
            result = ask(assistant, question) if chosen.answers else search_only(assistant, question)
            asked.append((question, result))
            if len(asked) % _TELL == 0 or len(asked) == len(bank.questions):
                progress(f"{name}: {len(asked)} of {len(bank.questions)} questions")
    _say_problems(asked, lambda line: progress(f"{name}: {line}"))
    return _by_measure(MEASURES[name](asked))


def run_all(
    sets_folder: Path,
    root: Path,
    limit: int | None,
    progress: Progress,
    *,
    ask: Ask = search_and_ask,
    settings: AssistantSettings | None = None,
    embedder: Embedder | None = None,
) -> list[Figure]:
    """The figures of every public set that `sets_folder` holds, `limit` questions of each; absent ones are
    named through `progress`. Libraries and vectors are kept in `root`. Raises EvalError where none is there.
    """
    values = settings or AssistantSettings()
    present = [each for each in SETS if (sets_folder / each.folder).is_dir()]
    if not present:
        names = ", ".join(each.folder for each in SETS)
        raise EvalError(f"{sets_folder} holds none of the public sets ({names}); name the folder they are in")
    for absent in SETS:
        if absent not in present:
            progress(f"{absent.name}: left out, there is no {sets_folder / absent.folder}")
    if embedder is None and any(each.prepare for each in present):
        embedder = embedder_for(values)
    found: list[Figure] = []
    for each in present:
        folder = sets_folder / each.folder
        figures = run_public(
            each.name, folder, root, limit, ask, settings=values, embedder=embedder, progress=progress
        )
        found += figures.values()
    return found


def _by_measure(figures: Sequence[Figure]) -> dict[str, Figure]:
    return {figure.measure: figure for figure in figures}


def _index(
    bank: Prepared, settings: AssistantSettings, embedder: Embedder, vectors: Path, progress: Progress
) -> None:
    """Brings the set's library up to date. Raises EvalError where not one document could be read."""
    told = -1

    def tell(stage: str, done: int, total: int, detail: str) -> None:
        nonlocal told
        if total and 10 * done // total != told:
            told = 10 * done // total
            progress(f"{stage}, {done} of {total}")

    try:
        outcome = sync(
            Library(settings.library), bank.documents, embedder, VectorCache(vectors), settings, tell
        )
    except IngestError as error:
        raise EvalError(f"the library of {bank.documents} could not be built: {error}") from error
    for entry in outcome.failed:
        progress(f"could not be read, so its questions are lost: {entry.name}: {entry.reason}")
    if all(entry.state != "indexed" for entry in outcome.files):
        raise EvalError(f"no document of {bank.documents} could be read; fetch the published set anew")


def _say_problems(asked: Sequence[Asked], progress: Progress) -> None:
    problems = [result.problem for _, result in asked if result.problem]
    if problems:
        progress(f"{len(problems)} questions ended in an error, the first: {problems[0]}")
