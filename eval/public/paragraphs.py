"""Adapters of sets that ask about paragraphs: SQuAD 2.0, XQuAD, NoMIRACL. A paragraph is a text file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eval.public.prepared import Prepared, read_json, read_rows, spread, write_texts
from eval.results import EvalError, Gold, Question

XQUAD_LANGUAGES = ("en", "es", "ar", "ru", "zh")
NOMIRACL_LANGUAGES = ("en", "es")

_PROMPT = re.compile(r"QUESTION:\s*(.+?)\s*CONTEXTS:\s*(.+?)\s*(?:OUTPUT:|$)", re.DOTALL)
_CONTEXT = re.compile(r"(?:^|\n)\[\d+\] ")


class _Names:
    """Text -> file name. One text has one name, for the library keeps files with the same bytes once."""

    def __init__(self, stem: str) -> None:
        self._stem = stem
        self._names: dict[str, str] = {}

    def of(self, text: str) -> str:
        return self._names.setdefault(text, f"{self._stem} {len(self._names):05d}.txt")

    def texts(self) -> dict[str, str]:
        return {name: text + "\n" for text, name in self._names.items()}


def squad2(folder: Path, limit: int | None, place: Path, *, paragraphs: int | None = None) -> Prepared:
    """SQuAD 2.0 (Rajpurkar, Jia, Liang 2018): `dev-v2.0.json` in `folder`.

    All paragraphs are one library, put into `place`; `paragraphs` of them, evenly spread, make a trial, which
    is easier. `facts` are the published answers, one of which has to be met.
    """
    path = folder / "dev-v2.0.json"
    names = _Names("paragraph")
    questions = []
    for paragraph in spread(list(_paragraphs(path)), paragraphs):
        name = names.of(paragraph["context"].strip())
        for row in paragraph["qas"]:
            answers = tuple(dict.fromkeys(answer["text"] for answer in row.get("answers", ())))
            answerable = not row.get("is_impossible", False)
            questions.append(
                Question(
                    id=row["id"],
                    question=row["question"],
                    kind="fact" if answerable else "absent",
                    answerable=answerable,
                    facts=(answers,) if answerable and answers else (),
                    evidence=(Gold(name, None),) if answerable else (),
                )
            )
    return Prepared(write_texts(place, names.texts()), tuple(spread(questions, limit)))


def xquad(folder: Path, limit: int | None, place: Path, *, paragraphs: int | None = None) -> Prepared:
    """XQuAD (Artetxe, Ruder, Yogatama 2020): `xquad.LANGUAGE.json`, parallel in each language.

    The documents are the English paragraphs, asked in five languages; `paragraphs` as in `squad2`.
    """
    english = [paragraph["context"].strip() for paragraph in _paragraphs(folder / "xquad.en.json")]
    names = _Names("paragraph")
    kept = {at: names.of(english[at]) for at in spread(range(len(english)), paragraphs)}
    questions = []
    for language in XQUAD_LANGUAGES:
        path = folder / f"xquad.{language}.json"
        translated = list(_paragraphs(path))
        if len(translated) != len(english):
            raise EvalError(
                f"{path} has {len(translated)} paragraphs, the English {len(english)}; fetch both anew"
            )
        for at, name in kept.items():
            for row in translated[at]["qas"]:
                questions.append(
                    Question(
                        id=f"{row['id']}.{language}",
                        question=row["question"],
                        language=language,
                        evidence=(Gold(name, None),),
                    )
                )
    return Prepared(write_texts(place, names.texts()), tuple(spread(questions, limit)))


def nomiracl(folder: Path, limit: int | None, place: Path) -> Prepared:
    """NoMIRACL (Thakur et al. 2024): `relevant.LANGUAGE.jsonl` and `non_relevant.LANGUAGE.jsonl`.

    Each question is put to its own ten passages alone. Rows that were published without a prompt, and so
    without texts, are left out.
    """
    names = _Names("passage")
    questions = []
    for language in NOMIRACL_LANGUAGES:
        for sort in ("relevant", "non_relevant"):
            path = folder / f"{sort}.{language}.jsonl"
            for number, row in enumerate(read_rows(path), 1):
                if not row.get("prompt"):
                    continue
                found = split_prompt(row["prompt"])
                if found is None:
                    raise EvalError(
                        f"{path}, row {number}, prompt: no QUESTION and CONTEXTS; fetch the file anew"
                    )
                passages = [names.of(_titled(text)) for text in found[1]]
                questions.append(
                    Question(
                        id=f"{language}.{sort}.{row['query_id']}",
                        question=found[0],
                        language=language,
                        kind="fact" if sort == "relevant" else "absent",
                        answerable=sort == "relevant",
                        documents=tuple(dict.fromkeys(passages)),
                    )
                )
    asked = spread(questions, limit)
    wanted = {name for question in asked for name in question.documents}
    texts = {name: text for name, text in names.texts().items() if name in wanted}
    return Prepared(write_texts(place, texts), tuple(asked))


def split_prompt(prompt: str) -> tuple[str, list[str]] | None:
    """(question, contexts) of a NoMIRACL prompt; None where it is not of that form."""
    found = _PROMPT.search(prompt)
    return (found[1], [text.strip() for text in _CONTEXT.split(found[2]) if text.strip()]) if found else None


def _titled(context: str) -> str:
    """ "Title: text" with the title on a line of its own."""
    title, colon, text = context.partition(": ")
    return f"{title}\n\n{text}" if colon else title


def _paragraphs(path: Path) -> Iterator[dict[str, Any]]:
    """The paragraphs of a file in SQuAD's format."""
    found = read_json(path)
    try:
        for article in found["data"]:
            yield from article["paragraphs"]
    except (KeyError, TypeError) as error:
        raise EvalError(f"{path} is not in SQuAD's format (no {error}); fetch the published file") from error
