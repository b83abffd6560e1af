"""Public question sets -> examples: a question, a passage, and which of its words answer, if any do.

Reads a folder of NAME.jsonl.gz (fields q question, t passage or sentence, y whether it answers, a answer and
s its begin in t, g group, lang). Only sets whose licences let weights ship are named here.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from assistant.sentences import Unit, units
from eval.results import EvalError
from ingest.documents import Passage
from ingest.phrases import words

# Set -> its licence; all of them let derived weights ship, with attribution.
LICENCES = {
    "squad2_train_piece": "CC BY-SA 4.0",
    "tydi_goldp": "Apache-2.0",
    "mlqa_dev": "CC BY-SA 3.0",
    "afriqa": "CC BY 4.0",
    "doc2dial_val": "CC BY 3.0",
    "covid_qa": "Apache-2.0",
    "faquad_train": "CC BY 4.0",
    "cmrc2018": "CC BY-SA 4.0",
    "drcd_dev": "CC BY-SA 3.0",
    "selqa": "Apache-2.0",
    "qed_nq": "CC BY-SA 3.0",
    "multihop_pieces": "CC BY-SA 4.0, CC BY 4.0",
    "boolq_dev": "CC BY-SA 3.0",
    "danetqa_ru": "CC0",
    "piaf_admin_fr": "Licence Ouverte",
    "or_sharc": "CC BY-SA 3.0",
}
SENTENCES = frozenset({"selqa", "qed_nq", "multihop_pieces"})  # a row a sentence
LONGEST = 1100  # characters of a passage: about what passages of a library have
WEAK = 0.5  # share taken of the passages of which only is known that they answer

Span = tuple[int, int]


@dataclass(frozen=True)
class Example:
    """`answers`: spans of `passage` of which any word answers; none: nothing there answers.

    `whole`: only known is that the passage answers. `title` is its document's, "" where there is none.
    """

    source: str
    group: str
    question: str
    passage: str
    title: str = ""
    answers: tuple[Span, ...] = ()
    whole: bool = False
    language: str = "en"

    @property
    def answerable(self) -> bool:
        return self.whole or bool(self.answers)


def read_examples(folder: Path, sets: Iterable[str] = LICENCES, seed: int = 7) -> list[Example]:
    """Examples of `sets` in `folder`, with and without an answer. Raises EvalError where one is missing."""
    chance = random.Random(seed)
    found: list[Example] = []
    for name in sets:
        own = list(_sentences(name, folder) if name in SENTENCES else _passages(name, folder, chance))
        found += own
        found += _others(own, chance)
        found += _emptied(own, chance)
        found += _altered(own, chance)
    chance.shuffle(found)
    return found


def held_out(example: Example) -> bool:
    """Whether its article belongs to the eighth that is never trained on."""
    return zlib.crc32(f"{example.source}:{example.group}".encode()) % 8 == 0


def _rows(name: str, folder: Path) -> list[dict[str, Any]]:
    path = folder / f"{name}.jsonl.gz"
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            return [json.loads(line) for line in file]
    except OSError as error:
        raise EvalError(f"{path} cannot be read: {error}; give the folder of the training sets") from error


def _passages(name: str, folder: Path, chance: random.Random) -> Iterator[Example]:
    for row in _rows(name, folder):
        text, start, answer = row["t"], row.get("s"), row.get("a")
        whole = row["y"] == 1 and (not answer or start is None)
        if whole and (len(text) > LONGEST or chance.random() > WEAK):
            continue
        spans = ((start, start + len(answer)),) if row["y"] == 1 and answer and start is not None else ()
        question = " ".join(filter(None, (row.get("scenario"), row["q"]))) if name == "or_sharc" else row["q"]
        group = str(row["g"])
        title = row.get("title") or ""
        if not title and name in ("squad2_train_piece", "mlqa_dev", "boolq_dev"):
            title = group.split(":")[-1].replace("_", " ")
        example = Example(name, group, question, text, title, spans, whole, row["lang"].split("-")[0])
        yield _window(example, chance)


def _sentences(name: str, folder: Path) -> Iterator[Example]:
    """Rows of one question are the sentences of a passage (of several, by title, where there are titles)."""
    grouped: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in _rows(name, folder):
        if row.get("src", "hotpotqa") == "hotpotqa":
            grouped[row["g"], row["q"], row.get("title") or row.get("p_title") or ""].append(row)
    for (group, question, title), rows in grouped.items():
        text, spans = "", []
        for row in rows:
            sentence = untokenised(row["t"])
            if len(text) + len(sentence) > LONGEST * 1.5:
                break
            if row["y"] == 1:
                spans.append((len(text), len(text) + len(sentence)))
            text += sentence + " "
        if text.strip():
            yield Example(name, group, untokenised(question), text.rstrip(), title, tuple(spans))


def untokenised(text: str) -> str:
    """Text written with a space before each mark, as people write it."""
    text = re.sub(r"-LRB-\s?", "(", re.sub(r"\s?-RRB-", ")", text))
    text = re.sub(r" ([.,;:!?%)\]])", r"\1", text)
    text = re.sub(r"([(\[$]) ", r"\1", text)
    text = re.sub(r" ('s|n't|'re|'ve|'ll)\b", r"\1", text)
    text = re.sub(r"`` ?", '"', re.sub(r" ?''", '"', text))
    return " ".join(re.sub(r"(\w) - (\w)", r"\1-\2", text).split())


def sentences_of(example: Example) -> tuple[Unit, ...]:
    """The sentences of its passage, as the assistant cuts them."""
    passage = Passage("0" * 20, 0, 1, "", (), example.passage, 0, len(example.passage))
    return units(passage, example.language)


def _window(example: Example, chance: random.Random) -> Example:
    """A long passage cut, between sentences, to a random stretch around its answer."""
    if len(example.passage) <= LONGEST:
        return example
    at = example.answers[0][0] if example.answers else 0
    units_ = sentences_of(example)
    starts = [unit.start for unit in units_ if at - LONGEST * 0.8 < unit.start <= at] or [max(0, at - 200)]
    begin = chance.choice(starts)
    ends = [unit.end for unit in units_ if begin < unit.end <= begin + LONGEST]
    end = max(
        [*(each for each in ends if not example.answers or each >= example.answers[0][1])]
        or [begin + LONGEST]
    )
    spans = tuple(
        (max(a, begin) - begin, min(b, end) - begin) for a, b in example.answers if a < end and b > begin
    )
    return replace(example, passage=example.passage[begin:end], answers=spans)


def _others(own: Sequence[Example], chance: random.Random) -> Iterator[Example]:
    """For some answerable examples another passage of its set that shares most words and lacks the answer."""
    ranked = shared_terms(own)
    for example in own:
        if not example.answerable or chance.random() > 0.6:
            continue
        answers = [example.passage[a:b].casefold() for a, b in example.answers]
        fitting = [
            other
            for other in ranked(example)
            if other.passage != example.passage
            and not any(answer in other.passage.casefold() for answer in answers)
            and not (example.whole and other.group == example.group)
        ][:4]
        if fitting:
            other = chance.choice(fitting)
            yield replace(
                example,
                passage=other.passage,
                title=other.title,
                answers=(),
                whole=False,
                language=other.language,
            )


def shared_terms(own: Sequence[Example]) -> Callable[[Example], list[Example]]:
    """-> the passages of a set, one example each, that share most terms with an example's question."""
    texts: dict[str, Example] = {}
    for example in own:
        texts.setdefault(example.passage, example)
    listed = list(texts.values())
    where: dict[str, list[int]] = defaultdict(list)
    for row, each in enumerate(listed):
        for term in set(_terms(f"{each.title} {each.passage}", each.language)):
            where[term].append(row)

    def ranked(example: Example) -> list[Example]:
        scores: dict[int, float] = defaultdict(float)
        for term in set(_terms(f"{example.title} {example.question}", example.language)):
            rows = where.get(term, [])
            if 0 < len(rows) < len(listed) / 3 + 3:
                for row in rows:
                    scores[row] += len(rows) ** -0.5
        best = sorted(scores, key=lambda row: (-scores[row], row))[:14]
        return [listed[row] for row in best]

    return ranked


def _terms(text: str, language: str) -> Iterable[str]:
    folded = text.casefold()
    if language == "zh":
        chars = [c for c in folded if c.isalnum()]
        return [a + b for a, b in pairwise(chars)]
    return (word[:6] for word in words(folded) if len(word) > 2 or word.isdigit())


def _emptied(own: Sequence[Example], chance: random.Random) -> Iterator[Example]:
    """Some passages without the sentences that answer: on the subject, and silent on the question."""
    for example in own:
        if not example.answers or chance.random() > 0.35:
            continue
        kept, answers = [], [example.passage[a:b].casefold() for a, b in example.answers]
        for unit in sentences_of(example):
            inside = any(unit.start < b and unit.end > a for a, b in example.answers)
            if not inside and not any(len(each) > 3 and each in unit.text.casefold() for each in answers):
                kept.append(unit.text)
        if len(kept) >= 2:
            yield replace(example, passage=" ".join(kept), answers=(), whole=False)


def _altered(own: Sequence[Example], chance: random.Random) -> Iterator[Example]:
    """Some questions about another year, number or name than the passage speaks of."""
    names: dict[str, list[str]] = defaultdict(list)
    for example in own:
        names[example.language] += _names(example.question)
    for example in own:
        if not example.answers or chance.random() > 0.3:
            continue
        numbers = [n for n in re.findall(r"\d+", example.question) if n in example.passage]
        named = [n for n in _names(example.question) if n in example.passage and n not in example.title]
        if numbers:
            old = chance.choice(numbers)
            new = (
                str(int(old) + chance.choice((-12, -7, -3, -2, -1, 1, 2, 3, 5, 9))) if len(old) < 10 else "77"
            )
        elif named and len(names[example.language]) > 20:
            old, new = chance.choice(named), chance.choice(names[example.language])
        else:
            continue
        if new not in example.passage:
            yield replace(example, question=example.question.replace(old, new), answers=(), whole=False)


def _names(question: str) -> list[str]:
    return re.findall(r"(?<=[a-zà-ÿа-я,] )[A-ZÀ-ÝА-Я][\w-]+(?: [A-ZÀ-ÝА-Я][\w-]+)*", question)
