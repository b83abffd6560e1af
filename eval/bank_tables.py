"""Banks as tables: the rows of CSV and XLSX, and how a question is laid out in their cells."""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.answer import Turn
from assistant.spreadsheet import neutralised, restored
from eval.results import EvalError, Question

COLUMNS = (
    "id", "question", "language", "kind", "answerable", "history", "facts", "evidence", "documents", "note"
)  # fmt: skip
KEEP = "keep"
SHEET = "Questions"

YES = frozenset(["yes", "y", "x", "true", "1", "oui", "vrai", "sí", "si", "verdadero"])
NO = frozenset(["no", "n", "false", "0", "non", "faux", "falso"])
# Unpacked, a bank is a few megabytes; a hundred times that is not a bank.
LARGEST = 200_000_000


@dataclass(frozen=True)
class Record:
    """One row as it came: its number in the file, its values by column, and what was wrong with cells."""

    row: int
    values: dict[str, Any]
    faults: tuple[tuple[str, str], ...] = ()  # column, what was wrong


def records(content: bytes) -> list[Record]:
    """The questions of a CSV or XLSX file, as a JSON bank would hold them; only kept rows where a column
    `keep` exists. Raises EvalError where there is no table."""
    rows = iter(xlsx_rows(content) if content.startswith(b"PK\x03\x04") else csv_rows(content))
    header = [str(name or "").strip().casefold() for name in next(rows, [])]
    while header and not header[-1]:
        header.pop()
    _check_header(header)
    found = []
    dropped = 0
    for row, cells in enumerate(rows, start=2):
        filled = {name: cell for name, cell in zip(header, cells, strict=False) if name}
        beyond = any(cell not in (None, "") for cell in cells[len(header) :])
        if not beyond and all(cell in (None, "") for name, cell in filled.items() if name != KEEP):
            continue
        kept = cell_text(filled.pop(KEEP)).strip().casefold() if KEEP in filled else "yes"
        if not kept or kept in NO:
            dropped += 1
            continue
        faults = [] if kept in YES else [(KEEP, f'"{kept}" is neither yes nor no')]
        if beyond:
            faults.append((f"{len(header) + 1} or later", "holds a value but the column has no name"))
        found.append(_record(row, filled, faults))
    if dropped and not found:
        raise EvalError('no row is kept: write "yes" in the column keep of those that are good')
    return found


def _check_header(header: Sequence[str]) -> None:
    known = (*COLUMNS, KEEP)
    faults = [
        f'row 1: the column "{name}" is not known; the columns are {", ".join(COLUMNS)}'
        for name in dict.fromkeys(header)
        if name and name not in known
    ]
    faults += [f'row 1: the column "{name}" is there twice' for name in known if header.count(name) > 1]
    faults += [f'row 1: the column "{name}" is missing' for name in ("id", "question") if name not in header]
    if faults:
        raise EvalError("\n".join(faults))


def _record(row: int, cells: dict[str, Any], faults: list[tuple[str, str]]) -> Record:
    values: dict[str, Any] = {}
    for name, cell in cells.items():
        if isinstance(cell, Unusable):
            faults.append((name, cell.reason))
            continue
        text = restored(cell_text(cell))
        if not text.strip():
            continue
        try:
            values[name] = _value(name, text)
        except ValueError as error:
            faults.append((name, str(error)))
    for name in ("id", "question"):
        values.setdefault(name, "")
    return Record(row, values, tuple(faults))


def _value(column: str, text: str) -> Any:
    if column in ("question", "note"):
        return text
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    match column:
        case "answerable":
            word = text.strip().casefold()
            if word not in YES | NO:
                raise ValueError(f'"{text.strip()}" is neither yes nor no')
            return word in YES
        case "facts":
            return [re.split(r"(?:^|\s+)\|(?:\s+|$)", line) for line in lines]
        case "evidence":
            return [_gold(line) for line in lines]
        case "history":
            return _turns(lines)
        case "documents":
            return lines
    return text.strip()


def _gold(line: str) -> dict[str, Any]:
    parts = re.split(r"\s*\|\s*", line, maxsplit=2)
    if len(parts) < 3:
        raise ValueError(
            f'write "document | page | quote"; "{line[:60]}" has {len(parts)} of the three parts'
        )
    document, page, quote = parts
    return {
        "document": document,
        "page": int(page) if re.fullmatch("[0-9]{1,9}", page) else page or None,
        "quote": quote,
    }


def _turns(lines: Iterable[str]) -> list[dict[str, str]]:
    turns: list[dict[str, str]] = []
    part = ""
    for line in lines:
        mark = re.match(r"([QA]):\s*", line)
        if mark and mark[1] == "Q":
            turns.append({"question": line[mark.end() :], "answer": ""})
            part = "question"
        elif not turns:
            raise ValueError('write "Q: ..." on one line and "A: ..." on the next')
        elif mark:
            turns[-1]["answer"] = line[mark.end() :]
            part = "answer"
        else:
            turns[-1][part] += f"\n{line}"
    return turns


# Reading cells


@dataclass(frozen=True)
class Unusable:
    """A cell that holds no value of its own."""

    reason: str


def cell_text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell)


def csv_rows(content: bytes) -> Iterator[list[Any]]:
    text = content.decode("utf-8-sig")
    first = text.split("\n", 1)[0]
    # Spreadsheets write semicolons where the comma is the decimal mark.
    mark = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise EvalError(f"line {reader.line_num} is no CSV ({error}): check its quotation marks") from error


def xlsx_rows(content: bytes) -> Iterator[list[Any]]:
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > LARGEST:
                raise EvalError("the workbook is too large for a bank: keep only the questions in it")
        with warnings.catch_warnings():  # about styles and rules of the workbook that do not matter here
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False)
            sheet = book[SHEET] if SHEET in book.sheetnames else book.worksheets[0]
            sheet.reset_dimensions()
            rows = [[_cell(cell) for cell in row] for row in sheet.iter_rows()]
        book.close()
    except (zipfile.BadZipFile, KeyError, IndexError, ValueError, OSError, SyntaxError) as error:
        raise EvalError(f"the workbook cannot be read ({error}): save it again as XLSX") from error
    yield from rows


def _cell(cell: Any) -> Any:
    value = cell.value
    if cell.data_type == "f":
        return Unusable("holds a formula, which is never worked out: put its value there")
    if cell.data_type == "e":
        return Unusable(f"holds the error {value}")
    if isinstance(value, int | float) and "%" in (cell.number_format or ""):
        return f"{value * 100:.10g}%"
    return value


# Writing cells


def cells(question: Question) -> list[str]:
    """The question's cells in the order of COLUMNS."""
    return [
        neutralised(text)
        for text in (
            question.id,
            question.question,
            question.language,
            question.kind,
            "yes" if question.answerable else "no",
            "\n".join(_lines(turn) for turn in question.history),
            "\n".join(" | ".join(fact) for fact in question.facts),
            "\n".join(
                f"{gold.document} | {'' if gold.page is None else gold.page} | {gold.quote}"
                for gold in question.evidence
            ),
            "\n".join(question.documents),
            question.note,
        )
    ]


def _lines(turn: Turn) -> str:
    return f"Q: {turn.question}" + (f"\nA: {turn.answer}" if turn.answer else "")


def csv_bytes(questions: Iterable[Question]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(cells(question) for question in questions)
    return text.getvalue().encode("utf-8-sig")  # without the mark Excel takes it for another encoding


def xlsx_bytes(questions: Iterable[Question]) -> bytes:
    """Raises ValueError for characters that a workbook cannot hold."""
    import openpyxl
    from openpyxl.utils.exceptions import IllegalCharacterError

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = SHEET
    sheet.append(COLUMNS)
    for question in questions:
        try:
            sheet.append(cells(question))
        except IllegalCharacterError as error:
            raise ValueError(f"a control character in {question.id!r}") from error
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()
