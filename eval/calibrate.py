"""The gate's threshold, from questions of which it is known whether the passages found can answer them.

Takes SQuAD 2.0 (JSON), NoMIRACL (JSON lines with a prompt) and banks (JSON lines with "answerable").
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from assistant.answer import Hit, Source
from assistant.features import Embed
from assistant.gate import calibrate, evidence
from assistant.quoting import choose
from eval.public.paragraphs import split_prompt
from eval.statistics import auc
from ingest.documents import Passage

# As many passages as search hands on.
PASSAGES = 8

Search = Callable[[str, str], Sequence[Hit]]


@dataclass(frozen=True)
class Case:
    """One question with the passages found for it, best first, and whether these can answer it."""

    source: str
    question: str
    language: str
    answerable: bool
    hits: tuple[Hit, ...]


@dataclass(frozen=True)
class Rates:
    """What a threshold does on one source of questions."""

    source: str
    answerable: int
    unanswerable: int
    wrong_refusals: int
    wrong_answers: int

    def __str__(self) -> str:
        return (
            f"{self.source}: refuses {self.wrong_refusals} of {self.answerable} answerable questions, "
            f"answers {self.wrong_answers} of {self.unanswerable} unanswerable ones"
        )


@dataclass(frozen=True)
class Report:
    """The threshold chosen, its rates for each source, and how well evidence tells both sorts apart (AUC)."""

    threshold: float
    rates: tuple[Rates, ...]
    auc: float
    pairs: tuple[tuple[str, float, bool], ...]  # source, evidence, answerable

    def __str__(self) -> str:
        return "\n".join([f"threshold {self.threshold:.3f}, AUC {self.auc:.2f}", *map(str, self.rates)])


def calibrate_on(
    paths: Sequence[Path],
    *,
    embed: Embed,
    embed_question: Callable[[str], np.ndarray],
    search: Search | None = None,
    limit: int | None = None,
    most_wrong_refusals: float = 0.05,
) -> Report:
    """Calibrates the gate on all questions of `paths`, or on `limit` of each, evenly spread.

    `embed` gives unit vectors of texts as passages, `embed_question` that of a question. `search` (question,
    language) -> hits is needed for banks only. Raises ValueError for a file of no known format.
    """
    embed = remembered(embed)
    pairs = []
    for path in paths:
        cases = list(read_cases(path, search is not None))
        step = max(1, len(cases) // limit) if limit else 1
        for case in cases[::step][: limit or None]:
            vector = embed_question(case.question)
            hits = ranked(case.hits, vector, embed) if case.hits else _search(search, case)
            choices = choose(case.question, case.language, hits, embed=embed, question_vector=vector)
            found = evidence(case.question, case.language, hits, choices)
            pairs.append((case.source, found, case.answerable))
    return report(pairs, most_wrong_refusals)


def report(pairs: Sequence[tuple[str, float, bool]], most_wrong_refusals: float = 0.05) -> Report:
    """The report on (source, evidence, answerable)."""
    threshold = calibrate([(value, answerable) for _, value, answerable in pairs], most_wrong_refusals)
    return Report(
        threshold,
        rates(pairs, threshold),
        auc([value for _, value, _ in pairs], [good for _, _, good in pairs]),
        tuple(pairs),
    )


def rates(pairs: Sequence[tuple[str, float, bool]], threshold: float) -> tuple[Rates, ...]:
    """What `threshold` does on each source of `pairs`."""
    found = []
    for source in dict.fromkeys(source for source, _, _ in pairs):
        good = [value for name, value, answerable in pairs if name == source and answerable]
        bad = [value for name, value, answerable in pairs if name == source and not answerable]
        wrong = sum(value < threshold for value in good), sum(value >= threshold for value in bad)
        found.append(Rates(source, len(good), len(bad), *wrong))
    return tuple(found)


def remembered(embed: Embed) -> Embed:
    """`embed` that embeds each text once: many questions share an article."""
    known: dict[str, np.ndarray] = {}

    def recall(texts: list[str]) -> np.ndarray:
        new = list(dict.fromkeys(text for text in texts if text not in known))
        if new:
            known.update(zip(new, embed(new), strict=True))
        return np.array([known[text] for text in texts])

    return recall


def ranked(hits: Sequence[Hit], vector: np.ndarray, embed: Embed) -> tuple[Hit, ...]:
    """`hits` by their cosine with the question, at most PASSAGES, as search would give them."""
    cosines = embed([f"{hit.source.title}\n{hit.passage.text}" for hit in hits]) @ vector
    order = np.argsort(-cosines, kind="stable")[:PASSAGES]
    return tuple(
        replace(hits[at], similarity=float(cosines[at]), score=1 / (60 + place))
        for place, at in enumerate(order)
    )


def read_cases(path: Path, banks: bool = True) -> Iterator[Case]:
    """The questions of one file, its format known by its content; questions of a bank come without hits."""
    text = path.read_text(encoding="utf-8")
    try:
        if path.suffix == ".json":
            yield from _squad(path.stem, json.loads(text))
            return
        rows = [json.loads(line) for line in text.splitlines() if line.strip()]
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} is not JSON ({error}); give SQuAD 2.0, NoMIRACL or a bank.") from error
    if rows and "prompt" in rows[0]:
        yield from _nomiracl(path, rows)
    elif rows and "answerable" in rows[0]:
        if not banks:
            raise ValueError(f"{path} is a bank; its questions need a library to search.")
        for row in rows:
            earlier = [
                turn.get("question") or turn["content"]
                for turn in row.get("history", ())
                if turn.get("role", "user") == "user"
            ]
            yield Case(
                path.stem, " ".join([*earlier, row["question"]]), row["language"], row["answerable"], ()
            )
    else:
        raise ValueError(f"{path} is neither SQuAD 2.0, nor NoMIRACL, nor a bank.")


def _search(search: Search | None, case: Case) -> tuple[Hit, ...]:
    return tuple(search(case.question, case.language)) if search is not None else ()


def _squad(name: str, data: dict[str, Any]) -> Iterator[Case]:
    """Each question with all paragraphs of its article, its own among them."""
    for article in data["data"]:
        title = article["title"].replace("_", " ")
        hits = tuple(
            _hit(title, paragraph["context"], "en", at) for at, paragraph in enumerate(article["paragraphs"])
        )
        for paragraph in article["paragraphs"]:
            for row in paragraph["qas"]:
                yield Case(name, row["question"], "en", not row.get("is_impossible", False), hits)


def _nomiracl(path: Path, rows: Sequence[dict[str, Any]]) -> Iterator[Case]:
    language = path.stem.rsplit(".", 1)[-1]
    for row in rows:
        if not row["prompt"]:
            continue  # some of the published rows have identifiers only
        found = split_prompt(row["prompt"])
        if found is None:
            raise ValueError(f"{path}: no question and contexts in the prompt of {row.get('query_id', '?')}.")
        hits = []
        for at, context in enumerate(found[1]):
            title, _, text = context.partition(": ")
            hits.append(_hit(title, text or title, language, at))
        name = "nomiracl." + language
        yield Case(name, found[0], language, not path.name.startswith("non_relevant"), tuple(hits))


def _hit(title: str, text: str, language: str, at: int) -> Hit:
    passage = Passage(title, at, None, "", (), text, 0, len(text))
    return Hit(passage, Source(title, title, title, "", (), (), None, None, language, ""), 0.0)
