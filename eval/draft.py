"""Drafts of bank questions from the library's own documents, made by rule for a person to keep or drop."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.words import split_sentences
from eval.bank_tables import COLUMNS, KEEP, SHEET, cells
from eval.draft_rules import LANGUAGES, Proposal, from_row, from_sentence
from eval.results import EvalError, Gold, Question
from ingest.catalogue import Catalogue, DocumentEntry
from ingest.documents import Page

# Words of a quote, as in the banks: shorter ones stand anywhere, longer ones hold more than the answer.
SHORTEST, LONGEST = 8, 30
# Words of a row's quote: a row is short.
ROW_SHORTEST = 5
# A document gives so many drafts at most: more of one kind teach nothing new.
MOST_OF_A_DOCUMENT = 20

_NAMED = {
    "en": "According to “{title}”, {question}",
    "fr": "Selon « {title} », {question}",
    "es": "Según «{title}», {question}",
}
HOW_TO = (
    "How to use this workbook",
    "Each row of the sheet Questions is a proposal, made by rule from a sentence or a row of a table.",
    "1. Read the question and the quote in the column evidence (document | page | quote).",
    "2. Could a colleague ask this question, and does the quote answer it? Write yes in the column keep.",
    "3. Would it be good with other words? Change it, then write yes. Say it as people would type it.",
    "4. Otherwise write no, or leave the cell empty. Only rows with yes are taken.",
    "Facts: one fact a line. Different ways to write the same fact stand on one line, with | between them.",
    "An answer is right when it holds one of them for every line.",
    "Evidence: one place a line. If the answer stands on other pages too, add a line for each.",
    "Leave the names of the columns as they are. Do not write formulas.",
    "Then check and run the workbook like any other bank.",
)
_WIDTHS = {"question": 60, "evidence": 60, "facts": 24, "history": 14, "note": 22, "documents": 22, "id": 11}


@dataclass(frozen=True)
class _Candidate:
    proposal: Proposal
    document: str
    page: int | None


def draft(library_catalogue: Catalogue, count: int, seed: int = 0) -> tuple[Question, ...]:
    """At most `count` proposed questions with gold; the same library, count and seed give the same ones.

    Documents take turns, and languages take turns among them; of a document's sentences and rows, the kind
    that was drawn least so far comes next. Raises EvalError where no document yields a question.
    """
    drawn = random.Random(seed)
    order = _turns(library_catalogue, drawn)
    left: dict[str, list[_Candidate]] = {}
    used: Counter[str] = Counter()
    asked: set[str] = set()
    questions: list[Question] = []
    for turn in range(MOST_OF_A_DOCUMENT):
        for entry in order:
            if len(questions) >= count:
                break
            if turn == 0:
                left[entry.sha] = list(_candidates(library_catalogue, entry))
                drawn.shuffle(left[entry.sha])
            mine = [each for each in left[entry.sha] if each.proposal.question not in asked]
            if not mine:
                continue
            chosen = min(mine, key=lambda each: used[each.proposal.rule])
            left[entry.sha].remove(chosen)
            asked.add(chosen.proposal.question)
            used[chosen.proposal.rule] += 1
            questions.append(_question(library_catalogue, entry, chosen, len(questions) + 1))
    if not questions:
        raise EvalError("no question could be drafted: the library has no suitable sentence in en, fr or es")
    return tuple(questions)


def _turns(catalogue: Catalogue, drawn: random.Random) -> list[DocumentEntry]:
    """The documents in the languages that rules know, shuffled; languages, then kinds, take turns."""
    entries = [entry for entry in catalogue.documents() if entry.description.language in LANGUAGES]
    names = Counter(entry.name for entry in entries)
    entries = [entry for entry in entries if names[entry.name] == 1]  # gold names its document by file name
    drawn.shuffle(entries)
    kinds: Counter[tuple[str, str]] = Counter()
    ranked = []
    for entry in entries:
        key = (entry.description.language, str(entry.description.kind))
        ranked.append((kinds[key], entry))
        kinds[key] += 1
    ranked.sort(key=lambda each: each[0])
    languages: Counter[str] = Counter()
    turns = []
    for _, entry in ranked:
        turns.append((languages[entry.description.language], entry))
        languages[entry.description.language] += 1
    turns.sort(key=lambda each: each[0])
    return [entry for _, entry in turns]


def _candidates(catalogue: Catalogue, entry: DocumentEntry) -> Iterator[_Candidate]:
    for page in catalogue.pages(entry.sha):
        for proposal in _of_page(page, entry.description.language):
            yield _Candidate(proposal, entry.name, page.index)


def _of_page(page: Page, language: str) -> Iterator[Proposal]:
    for block in page.blocks:
        if block.kind == "row":
            found = from_row(block, language)
            if found and ROW_SHORTEST <= len(found.quote.split()) <= LONGEST:
                yield found
        elif block.kind == "paragraph":
            for sentence in split_sentences(block.text):
                if SHORTEST <= len(sentence.split()) <= LONGEST:
                    yield from from_sentence(sentence, language)


def _question(catalogue: Catalogue, entry: DocumentEntry, chosen: _Candidate, number: int) -> Question:
    what, proposal = entry.description, chosen.proposal
    pages = [chosen.page]
    pages += [  # the same words elsewhere in the document are gold too
        page.index
        for page in catalogue.pages(entry.sha)
        if page.index != chosen.page and proposal.quote in page.text
    ]
    question = Question(
        f"draft-{number:03d}",
        proposal.question,
        what.language,
        "fact" if proposal.rule in ("date", "actor") else "number",
        facts=(proposal.fact,),
        evidence=tuple(Gold(entry.name, page, proposal.quote) for page in pages),
        note=f"drafted by rule: {proposal.rule}",
    )
    title = re.sub(r"[“”«»\"]", "", what.title).strip()
    if what.found.get("title") == "file name" or not 10 <= len(title) <= 120 or "\n" in title:
        return replace(question, question=_capital(question.question), documents=(entry.name,))
    named = _NAMED[what.language].format(title=title, question=question.question)
    return replace(question, question=named)


def _capital(text: str) -> str:
    at = 1 if text.startswith("¿") else 0
    return text[:at] + text[at : at + 1].upper() + text[at + 1 :]


def draft_workbook(questions: tuple[Question, ...], path: Path, how_to: Sequence[str] = HOW_TO) -> None:
    """Writes drafts as XLSX for a person: a column `keep` (yes or no) in front, and a sheet "How to"."""
    import openpyxl
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter
    from openpyxl.utils.exceptions import IllegalCharacterError
    from openpyxl.worksheet.datavalidation import DataValidation

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = SHEET
    sheet.append([KEEP, *COLUMNS])
    try:
        for question in questions:
            sheet.append(["", *cells(question)])
        for row in sheet.iter_rows():
            for cell in row:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
                cell.font = Font(bold=cell.row == 1)
        for at, column in enumerate([KEEP, *COLUMNS], start=1):
            sheet.column_dimensions[get_column_letter(at)].width = _WIDTHS.get(column, 11)
        sheet.freeze_panes = "A2"
        choice = DataValidation(type="list", formula1='"yes,no"', allow_blank=True)
        choice.error = "Choose yes or no, or leave the cell empty."
        sheet.add_data_validation(choice)
        choice.add(f"A2:A{max(2, len(questions) + 1)}")
        help_sheet = book.create_sheet("How to")
        help_sheet.column_dimensions["A"].width = 100
        for line in how_to:
            help_sheet.append([line])
        for cell in help_sheet["A"]:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        help_sheet["A1"].font = Font(bold=True, size=14)
        book.save(path)
    except (ValueError, OSError, IllegalCharacterError) as error:
        raise EvalError(f"the workbook {path} cannot be written: {error}") from error
