"""Guiding questions: read from a Markdown, text, CSV or XLSX file, or found in a guidance note."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.answer import AssistantError
from assistant.live import Readable
from assistant.sentences import units
from ingest.documents import Passage

MOST = 200
_LARGEST = 5_000_000  # bytes
_COLUMNS = ("question", "questions", "guiding question", "pregunta", "preguntas", "вопрос", "سؤال", "问题")
_ASKS = re.compile(r"[?؟？][\"”’»)\]]*\s*$")
# "- ", "3.", "(b)", "[ ]", "Check 4." before what is asked
_MARK = re.compile(
    r"^\s*(?:[-*•▪●◦–—☐□]\s+|\[[ xX]?\]\s*|\(?(?:\d{1,3}(?:\.\d{1,2})*|[a-zA-Z]|[ivx]{1,5})[.)]\s+|>\s*)+"
)
_CHECK = re.compile(
    r"^\s*\**(?:check|question|criterion|point|contr[oô]le|crit[eè]re|pregunta|criterio|вопрос|критерий)"
    r"\s*\d{1,3}\s*[.:)]\**\s*",
    re.IGNORECASE,
)
_FEWEST = 4  # words: shorter questions ("Why?") ask nothing by themselves


@dataclass(frozen=True)
class Item:
    """A guiding question; `part`: the heading it stands under, "" for none; `place`: where it was found."""

    question: str
    part: str = ""
    place: str = ""


def read_questions(path: Path, name: str = "") -> tuple[Item, ...]:
    """The questions of a file: a list item, numbered line or line that asks (Markdown, text), or a row each
    (CSV, XLSX: the column "question", or else the first). Raises AssistantError in words for the user."""
    called = name or path.name
    try:
        data = path.read_bytes()
    except OSError as error:
        raise AssistantError(
            f"{called} cannot be read ({error.strerror}); give a file of questions"
        ) from error
    if len(data) > _LARGEST:
        raise AssistantError(f"{called} is larger than {_LARGEST // 1_000_000} MB; keep only the questions")
    suffix = Path(called).suffix.lower()
    if suffix == ".xlsx":
        found = _rows(_sheet(data, called), called)
    elif suffix in (".csv", ".tsv"):
        found = _rows(_table(_text(data, called), suffix), called)
    elif suffix in (".md", ".markdown", ".txt", ""):
        found = list(_lines(_text(data, called)))
    else:
        raise AssistantError(
            f"{called} is none of .md, .txt, .csv and .xlsx; give the questions in one of these, or name a"
            " guidance note of the library"
        )
    return checked_items(found, called)


def questions_in(generation: Readable, document: str, called: str) -> tuple[Item, ...]:
    """The questions that a document of `generation` (a guidance note) asks, and its numbered checks, in
    reading order, for a person to confirm. Raises AssistantError where it asks none."""
    language = generation.sources[document].language
    found = []
    for passage in generation.catalogue.passages_of(document):
        place = f"p. {passage.page}" if passage.page else ""
        part = passage.headings[-1] if passage.headings else ""
        found += [Item(question, part, place) for question in _asked_in(passage, language)]
    return checked_items(found, called)


def checked_items(items: Iterable[Item], called: str) -> tuple[Item, ...]:
    """Each question once. Raises AssistantError for none, or too many."""
    kept: dict[str, Item] = {}
    for item in items:
        kept.setdefault(" ".join(item.question.casefold().split()), item)
    if not kept:
        raise AssistantError(
            f"{called} asks no question: give one a line, each ending with a question mark or in a list"
        )
    if len(kept) > MOST:
        raise AssistantError(f"{called} asks {len(kept)} questions; a checklist takes {MOST}: choose some")
    return tuple(kept.values())


def _asked_in(passage: Passage, language: str) -> Iterator[str]:
    if passage.kind != "text":
        return
    for unit in units(passage, language):
        # A list stays in one unit with its lead-in: each line of it may ask.
        for line in unit.text.split("\n"):
            for sentence in _sentences(line):
                check = _CHECK.match(sentence)
                plain = _plain(sentence[check.end() :] if check else sentence)
                if (check or _ASKS.search(plain)) and len(plain.split()) >= _FEWEST:
                    yield plain


def _sentences(line: str) -> list[str]:
    """Questions that stand in one line, apart; what is no question stays with what follows it no longer."""
    return [part.strip() for part in re.split(r"(?<=[?؟？])\s+", line) if part.strip()]


def _lines(text: str) -> Iterator[Item]:
    part = ""
    for number, line in enumerate(text.splitlines(), 1):
        if heading := re.match(r"#{1,6}\s+(.*)", line):
            part = heading[1].strip(" #*")
            continue
        marked = _MARK.match(line)
        plain = _plain(_CHECK.sub("", line[marked.end() :] if marked else line))
        if (marked or _ASKS.search(plain)) and any(char.isalnum() for char in plain):
            yield Item(plain, part, f"line {number}")


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[*_`]+(?=\S)|(?<=\S)[*_`]+", "", text).split())


def _text(data: bytes, called: str) -> str:
    for encoding in ("utf-8-sig", "utf-16") if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig",):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise AssistantError(f"{called} is not UTF-8 text; save it as UTF-8, or give an XLSX file")


def _table(text: str, suffix: str) -> list[list[str]]:
    first = text.split("\n", 1)[0]
    mark = "\t" if suffix == ".tsv" else max(",;\t", key=first.count)
    return list(csv.reader(io.StringIO(text), delimiter=mark))


def _sheet(data: bytes, called: str) -> list[list[str]]:
    import zipfile

    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        return [
            ["" if cell is None else str(cell) for cell in row]
            for row in sheet.iter_rows(max_row=5_000, max_col=50, values_only=True)
        ]
    except (zipfile.BadZipFile, KeyError, ValueError, IndexError, OSError) as error:
        raise AssistantError(f"{called} is no XLSX workbook; save it again as .xlsx") from error


def _rows(rows: Sequence[Sequence[str]], called: str) -> list[Item]:
    if not rows:
        return []
    head = [cell.strip().casefold() for cell in rows[0]]
    column = next((head.index(name) for name in _COLUMNS if name in head), None)
    parts = next((head.index(name) for name in ("part", "section", "heading") if name in head), None)
    body = list(enumerate(rows, 1))[column is not None :]
    found = []
    for number, row in body:
        question = _plain(row[column or 0]) if len(row) > (column or 0) else ""
        if question:
            part = row[parts].strip() if parts is not None and len(row) > parts else ""
            found.append(Item(question.lstrip("'"), part, f"row {number}"))
    return found
