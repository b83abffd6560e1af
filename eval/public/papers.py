"""Adapters of sets that ask about PDF files by page: MMLongBench-Doc, and sets in FinanceBench's shape."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

from eval.public.prepared import Prepared, copy_files, read_json, read_rows, spread
from eval.results import EvalError, Gold, Question

_NOT_ANSWERABLE = "Not answerable"
# Lists and longer answers cannot be told right or wrong by looking for them in the text.
_CHECKED_FORMATS = {"Str", "Int", "Float"}
_LONGEST_FACT = 5  # words


def mmlongbench(folder: Path, limit: int | None, place: Path) -> Prepared:
    """MMLongBench-Doc (Ma et al. 2024): `questions.json` and `documents/`; evidence pages are 1-based.

    Each question is put to its own PDF alone.
    """
    path = folder / "questions.json"
    questions = []
    for number, row in enumerate(read_json(path), 1):
        try:
            pages = ast.literal_eval(row["evidence_pages"])
            name, answer = row["doc_id"], str(row["answer"])
            answerable = answer != _NOT_ANSWERABLE
            facts = ((answer,),) if answerable and row.get("answer_format") in _CHECKED_FORMATS else ()
            questions.append(
                Question(
                    id=f"{number:04d}",
                    question=row["question"],
                    kind="fact" if answerable else "absent",
                    answerable=answerable,
                    facts=facts,
                    evidence=tuple(Gold(name, int(page)) for page in pages) if answerable else (),
                    documents=(name,),
                )
            )
        except (KeyError, TypeError, ValueError, SyntaxError) as error:
            raise EvalError(
                f"{path}, question {number}: not as published ({error!r}); doc_id, question, answer and"
                " evidence_pages are needed"
            ) from error
    return _with_files(folder / "documents", spread(questions, limit), place)


def financebench(folder: Path, limit: int | None, place: Path, *, shared: bool = False) -> Prepared:
    """FinanceBench (Islam et al. 2023) or a set of its shape: one file of JSON lines, and `pdfs/` beside it.

    A row has `question`, `answer`, `doc_name` (".pdf" may be left out) and its pages: `pages` or `page`,
    1-based, or the published `evidence`, whose `evidence_page_num` counts from 0. `shared`: a question is put
    to all files, not to its own alone.
    """
    files = sorted(path for path in folder.glob("*.jsonl") if "document_information" not in path.name)
    if len(files) != 1:
        raise EvalError(f"{folder} holds {len(files)} files of questions (*.jsonl); leave exactly one there")
    questions = []
    for number, row in enumerate(read_rows(files[0]), 1):
        try:
            name, answer = _pdf(row["doc_name"]), str(row["answer"])
            questions.append(
                Question(
                    id=str(row.get("financebench_id", f"{number:04d}")),
                    question=row["question"],
                    facts=((answer.rstrip("."),),) if len(answer.split()) <= _LONGEST_FACT else (),
                    evidence=tuple(_pages(row, name)),
                    documents=() if shared else (name,),
                )
            )
        except (KeyError, TypeError, ValueError) as error:
            raise EvalError(
                f"{files[0]}, row {number}: not as published ({error!r}); question, answer, doc_name and"
                " pages are needed"
            ) from error
    place_of = folder / "pdfs"
    return _with_files(
        place_of if place_of.is_dir() else folder / "documents", spread(questions, limit), place
    )


def _pages(row: dict[str, Any], name: str) -> list[Gold]:
    if "evidence" in row:
        found = [
            (
                _pdf(each.get("evidence_doc_name") or each.get("doc_name") or name),
                int(each["evidence_page_num"]) + 1,
            )
            for each in row["evidence"]
        ]
    else:
        given = row["pages"] if "pages" in row else row["page"]
        found = [(name, int(page)) for page in (given if isinstance(given, list) else [given])]
    return [Gold(document, page) for document, page in dict.fromkeys(found)]


def _pdf(name: str) -> str:
    return name if name.lower().endswith(".pdf") else f"{name}.pdf"


def _with_files(folder: Path, questions: list[Question], place: Path) -> Prepared:
    names = {gold.document for question in questions for gold in question.evidence}
    names |= {name for question in questions for name in question.documents}
    return Prepared(copy_files(place, [folder / name for name in sorted(names)]), tuple(questions))
