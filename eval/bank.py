"""Banks: questions with gold, read from JSON lines, CSV or XLSX, checked, and written again."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from assistant.answer import Turn
from eval.bank_tables import Record, csv_bytes, records, xlsx_bytes
from eval.results import EvalError, Gold, Question
from ingest.catalogue import Catalogue
from ingest.clean import join_lines

Filled = Annotated[str, Field(pattern=r"\S")]


class _Edge(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Gold(_Edge):
    document: Filled
    page: Annotated[int, Field(ge=1)] | None = None
    quote: str = ""


class _Turn(_Edge):
    question: Filled
    answer: str = ""


class _Row(_Edge):
    """A question as a bank file holds it."""

    id: Filled
    question: Filled
    language: Filled = "en"
    kind: Filled = "fact"
    answerable: bool = True
    facts: list[Annotated[list[Filled], Field(min_length=1)]] = []
    evidence: list[_Gold] = []
    history: list[_Turn] = []
    documents: list[Filled] = []
    note: str = ""

    @field_validator("history", mode="before")
    @classmethod
    def _from_messages(cls, history: Any) -> Any:
        """Chat messages (role, content) as turns; anything else as it is."""
        if not isinstance(history, list) or not any(
            isinstance(each, dict) and "role" in each for each in history
        ):
            return history
        turns: list[dict[str, Any]] = []
        for each in history:
            match each:
                case {"role": "user", "content": question}:
                    turns.append({"question": question})
                case {"role": "assistant", "content": answer} if turns:
                    turns[-1]["answer"] = answer
                case _:
                    raise ValueError("messages are role (user first, then assistant) and content")
        return turns

    def as_question(self) -> Question:
        return Question(
            self.id, self.question, self.language, self.kind, self.answerable,
            tuple(map(tuple, self.facts)),
            tuple(Gold(gold.document, gold.page, gold.quote) for gold in self.evidence),
            tuple(Turn(turn.question, turn.answer) for turn in self.history),
            tuple(self.documents), self.note,
        )  # fmt: skip


def load_bank(path: Path) -> tuple[Question, ...]:
    """The questions of a bank file; its content, not its name, says which format it is.

    Raises EvalError that lists every fault by row and column. Rows are lines of JSON lines, and rows of a
    spreadsheet (the header is row 1); of a table with a column `keep`, only rows with "yes" are taken.
    """
    return tuple(question for _, question in _load(_read(path), path.name))


def bank_rows(path: Path) -> tuple[int, ...]:
    """The row of each question of `load_bank`, for `check_bank` to name."""
    return tuple(row for row, _ in _load(_read(path), path.name))


def bank_hash(path: Path) -> str:
    """SHA-256 of the file."""
    return hashlib.sha256(_read(path)).hexdigest()


def write_bank(questions: Sequence[Question], path: Path) -> None:
    """Writes a bank as JSON lines, CSV or XLSX, by the suffix of `path`; loading gives the same questions.

    Raises EvalError, and writes nothing, for another suffix or for what that format cannot hold.
    """
    suffix = path.suffix.lower()
    if suffix not in (".jsonl", ".csv", ".xlsx"):
        raise EvalError(f'{path.name}: a bank is written as .jsonl, .csv or .xlsx, not as "{suffix}"')
    try:
        content = (
            csv_bytes(questions) if suffix == ".csv"
            else xlsx_bytes(questions) if suffix == ".xlsx"
            else "".join(_line(question) for question in questions).encode()
        )  # fmt: skip
    except ValueError as error:
        raise EvalError(f"{path.name}: the bank cannot be written: {error}") from error
    again = [question for _, question in _load(content, path.name)]
    changed = [one.id for one, other in zip(questions, again, strict=True) if one != other]
    if changed:
        raise EvalError(
            f"{path.name}: {', '.join(changed)} would not come back unchanged from {suffix} (a line break or"
            ' " | " in a fact or quote, say): write .jsonl instead'
        )
    path.write_bytes(content)


def check_bank(
    questions: Sequence[Question], catalogue: Catalogue, rows: Sequence[int] | None = None
) -> list[str]:
    """What the bank says of a library that is not so: one sentence each, [] where all is well.

    Documents must be in the generation, pages in the document, and quotes on their pages (white space folded,
    words broken at a line's end joined). rows: from `bank_rows`; without it, questions are counted from 1.
    """
    library = _Library(catalogue)
    faults = []
    for row, question in zip(rows or range(1, len(questions) + 1), questions, strict=True):
        for column, names in (
            ("evidence", [gold.document for gold in question.evidence]),
            ("documents", question.documents),
        ):
            for name in dict.fromkeys(names):
                if name not in library.documents:
                    faults.append(f"row {row}, column {column}: {library.unknown(name)}")
        for gold in question.evidence:
            fault = library.fault(gold) if gold.document in library.documents else ""
            if fault:
                faults.append(f"row {row}, column evidence: {fault}")
    return faults


class _Library:
    """A generation as a bank is held against it; each document's pages are read once."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.documents: dict[str, list[str]] = {}  # file name -> documents called so
        for entry in catalogue.documents():
            self.documents.setdefault(entry.name, []).append(entry.sha)
        names = {sha: name for name, shas in self.documents.items() for sha in shas}
        self.twins = {file.name: names[file.document] for file in catalogue.files() if file.document in names}
        self._pages: dict[str, list[tuple[int | None, str, str, str]]] = {}

    def unknown(self, name: str) -> str:
        if name in self.twins:
            return f'"{name}" is the same file as "{self.twins[name]}": use that name'
        near = difflib.get_close_matches(name, self.documents, n=1, cutoff=0.5)
        hint = f'; did you mean "{near[0]}"?' if near else ""
        return f'the library has no document "{name}"{hint}'

    def pages(self, name: str) -> list[tuple[int | None, str, str, str]]:
        """(page, text folded, text joined, problem) of each page."""
        if name not in self._pages:
            self._pages[name] = [
                (page.index, *_both(page.text), page.problem)
                for sha in self.documents[name]
                for page in self.catalogue.pages(sha)
            ]
        return self._pages[name]

    def fault(self, gold: Gold) -> str:
        pages = self.pages(gold.document)
        numbers = [number for number, *_ in pages if number is not None]
        there = [page for page in pages if page[0] == gold.page]
        if not there and not numbers:
            return f'"{gold.document}" has no pages: leave the page empty'
        if not there and gold.page is None:
            return f'"{gold.document}" has pages: name the page, 1 to {max(numbers)}'
        if not there:
            return f'"{gold.document}" has pages 1 to {max(numbers)}, not {gold.page}'
        if not gold.quote.strip() or any(_holds(page, gold.quote) for page in there):
            return ""
        place = "" if gold.page is None else f"page {gold.page} of "
        said = f'the quote "{_short(gold.quote)}" is not on {place}"{gold.document}"'
        if there[0][3]:
            return f"{said}: that page could not be read ({there[0][3]})"
        others = [str(page[0]) for page in pages if _holds(page, gold.quote)]
        return f"{said}; it is on page {', '.join(others)}" if others else said


def _both(text: str) -> tuple[str, str]:
    return " ".join(text.split()), join_lines(text.split("\n"))


def _holds(page: tuple[int | None, str, str, str], quote: str) -> bool:
    return any(wanted in text for wanted, text in zip(_both(quote), page[1:3], strict=True))


def _short(quote: str) -> str:
    text = " ".join(quote.split())
    return text if len(text) <= 60 else f"{text[:60].rsplit(' ', 1)[0]} ..."


# Reading


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise EvalError(f"the bank {path} cannot be read: {error.strerror}") from error


def _load(content: bytes, name: str) -> list[tuple[int, Question]]:
    """(row, question) of each; raises EvalError with all faults."""
    try:
        found, faults = _records(content)
    except EvalError as error:
        raise _faulty(name, str(error).split("\n")) from error
    questions: list[tuple[int, Question]] = []
    seen: dict[str, int] = {}
    for record in found:
        own = [(record.row, f"row {record.row}, column {column}: {fault}") for column, fault in record.faults]
        try:
            question = _Row.model_validate(record.values).as_question()
            if not own:
                questions.append((record.row, question))
        except ValidationError as error:
            unread = {column for column, _ in record.faults}
            own += [
                (record.row, f"row {record.row}, {_sentence(each)}")
                for each in error.errors(include_url=False)
                if not unread or (each["loc"] and each["loc"][0] not in unread)
            ]
        misfit = "" if record.faults else _misfit(record.values)
        if misfit:
            own.append((record.row, f"row {record.row}, column answerable: {misfit}"))
        id_ = record.values.get("id")
        if isinstance(id_, str) and id_.strip() and seen.setdefault(id_, record.row) != record.row:
            own.append(
                (record.row, f'row {record.row}, column id: "{id_}" is already the id of row {seen[id_]}')
            )
        faults += own
    if faults:
        raise _faulty(name, [text for _, text in sorted(faults, key=lambda fault: fault[0])])
    if not questions:
        raise _faulty(name, ["there is no question in it"])
    return questions


def _misfit(values: dict[str, Any]) -> str:
    """Why the row's gold does not fit its `answerable`."""
    facts, evidence = values.get("facts"), values.get("evidence")
    if values.get("answerable", True) is True and not facts and not evidence:
        return "an answerable question needs facts or evidence"
    if values.get("answerable") is False and facts:
        return "a question without an answer has no facts; empty them, or set answerable to yes"
    return ""


def _faulty(name: str, faults: Sequence[str]) -> EvalError:
    if len(faults) == 1:
        return EvalError(f"{name}: {faults[0]}.")
    return EvalError(f"{name} has {len(faults)} faults:\n" + "\n".join(f"- {fault}." for fault in faults))


def _records(content: bytes) -> tuple[list[Record], list[tuple[int, str]]]:
    """The file's rows, and the faults of rows that could not be read at all."""
    if not content.strip(b"\xef\xbb\xbf \t\r\n"):
        raise EvalError("the file is empty")
    if content.startswith(b"PK\x03\x04"):
        return records(content), []
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise EvalError("this is an old or protected workbook: save it as XLSX without a password")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise EvalError(f"line {line} is not UTF-8: save the file as UTF-8 text") from error
    if text.lstrip()[0] not in "{[":
        return records(content), []
    return _json_lines(text.split("\n"))


def _json_lines(lines: Iterable[str]) -> tuple[list[Record], list[tuple[int, str]]]:
    found: list[Record] = []
    faults: list[tuple[int, str]] = []
    for row, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
        except (ValueError, RecursionError) as error:
            what = (
                f"{error.msg} at character {error.pos + 1}"
                if isinstance(error, json.JSONDecodeError)
                else error
            )
            faults.append((row, f"row {row}: the line is no JSON object ({what})"))
            continue
        if isinstance(values, dict):
            found.append(Record(row, values))
        else:
            faults.append(
                (row, f"row {row}: the line is no JSON object; write one question a line as {{...}}")
            )
    return found, faults


_SAID = {
    "missing": "is missing",
    "bool_type": "is neither true nor false",
    "string_type": "is not text",
    "list_type": "is not a list",
    "model_type": "is not an object of names and values",
    "dict_type": "is not an object of names and values",
    "too_short": "has an empty fact: give at least one acceptable string",
    "string_pattern_mismatch": "is empty",
    "int_type": "is not a positive whole number",
    "int_parsing": "is not a positive whole number",
    "greater_than_equal": "is not a positive whole number",
}


def _sentence(error: Any) -> str:
    """One fault of pydantic's as "column c: ..."."""
    where, sort = list(error["loc"]), str(error["type"])
    column = where[0]
    inside = [f"entry {part + 1}" if isinstance(part, int) else f"the {part}" for part in where[1:]]
    if sort == "extra_forbidden":
        known = _Row.model_fields if len(where) == 1 else ()
        near = difflib.get_close_matches(str(where[-1]), known, n=1)
        hint = f'; did you mean "{near[0]}"?' if near else ""
        return f"column {column}: {'this column' if len(where) == 1 else inside[-1]} is not known{hint}"
    if column == "facts" and sort == "string_pattern_mismatch":
        return f"column facts: fact {where[1] + 1} is empty, or one of its alternatives is"
    if column == "facts" and sort == "list_type" and len(where) == 2:
        return f"column facts: fact {where[1] + 1} is not a list of acceptable strings"
    said = _SAID.get(sort, str(error["msg"]).removeprefix("Value error, "))
    value = error["input"]
    shown = (
        f" ({json.dumps(value, ensure_ascii=False)})"
        if isinstance(value, str | int | float) and value != ""
        else ""
    )
    return f"column {column}: {' '.join([*inside, said]) if inside else said}{shown}"


def _line(question: Question) -> str:
    values = asdict(question)
    order = (
        "id",
        "language",
        "kind",
        "question",
        "history",
        "answerable",
        "facts",
        "evidence",
        "documents",
        "note",
    )
    return json.dumps({name: values[name] for name in order}, ensure_ascii=False) + "\n"
