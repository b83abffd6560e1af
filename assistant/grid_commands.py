"""The grid in the terminal: python -m assistant survey | compare | checklist | grid."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.answer import AssistantError
from assistant.grid_printing import cell_json, print_cell, print_comparison, progress, share_json
from assistant.options import (
    Country,
    Document,
    DocumentKind,
    Json,
    Language,
    Library,
    Organisation,
    Since,
    Until,
    assistant_of,
    filters_of,
)
from ingest.terminal import print_json, say
from ingest.wording import LANGUAGES

if TYPE_CHECKING:
    from assistant.grids.checklist import Checklist
    from assistant.grids.export import Export
    from assistant.grids.guiding import Item


# --language is a filter, as everywhere on this front door.
OutLanguage = Annotated[
    str, typer.Option("--out-language", help="of the file that --out writes: en, fr, es, ar, ru or zh")
]


def survey(
    terms: Annotated[
        list[str] | None,
        typer.Argument(help="families of terms: 'remittances: remittance*, transferts de fonds'; or words"),
    ] = None,
    library: Library = None,
    theme: Annotated[
        str, typer.Option("--theme", help="content-analysis, gcm-objectives, or a file of families")
    ] = "",
    family: Annotated[
        list[str] | None, typer.Option("--family", help="of the theme; may be repeated; all without")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="FILE.html, .xlsx, .docx or .csv")] = None,
    out_language: OutLanguage = "en",
    as_json: Json = False,
    country: Country = None,
    kind: DocumentKind = None,
    language: Language = None,
    organisation: Organisation = None,
    since: Since = None,
    until: Until = None,
    document: Document = None,
) -> None:
    """Count how many documents mention a theme, and where."""
    from assistant.grids.survey import survey as act
    from assistant.grids.survey_method import method
    from assistant.grids.survey_report import to_csv, to_docx, to_html, to_xlsx

    families = _families(terms, theme, family)
    filters = filters_of(country, kind, language, organisation, since, until, document)
    writers = {".html": to_html, ".xlsx": to_xlsx, ".docx": to_docx, ".csv": to_csv}
    _check(out, writers, out_language)
    with assistant_of(library) as assistant, progress("documents") as told:
        found = act(assistant, families, filters, progress=told)
    if out:
        written = writers[out.suffix.lower()](found, ui=out_language)  # type: ignore[operator]
        _write(out, [written.encode() if isinstance(written, str) else written])
    if as_json:
        shares = [share_json(found, each) for each in families]
        print_json({"method": list(method(found)), "families": shares})
        return
    for line in found.verdicts():
        say(line)
    say("\n" + "\n".join(method(found)[:2]))
    say("How it was counted, with every term, stands in the report (--out FILE) and in --json.")


def compare(
    question: Annotated[str, typer.Argument(help="put to each side; or 'who has experience with ...?'")],
    library: Library = None,
    period: Annotated[
        list[str] | None, typer.Option("--period", help="2015-2019; repeated: a side each")
    ] = None,
    by: Annotated[
        str, typer.Option("--by", help="countries, documents, kinds, organisations or languages")
    ] = "",
    out: Annotated[Path | None, typer.Option("--out", help="FILE.xlsx, .docx or .csv")] = None,
    out_language: OutLanguage = "en",
    as_json: Json = False,
    country: Country = None,
    kind: DocumentKind = None,
    language: Language = None,
    organisation: Organisation = None,
    since: Since = None,
    until: Until = None,
    document: Document = None,
) -> None:
    """Put one question to several countries, documents or periods side by side, differences first."""
    from assistant.grids.compare import compare as act
    from assistant.grids.compare import experience, periods, sides_of, topic_of
    from assistant.grids.export import of_comparison, of_experience

    filters = filters_of(country, kind, language, organisation, since, until, document)
    _check(out, EXPORTS, out_language)
    with assistant_of(library) as assistant, progress("documents") as told:
        if topic_of(question) != question and not period:
            who, generation = experience(assistant, question, filters, progress=told), assistant.generation()
            shown = [(each.label, list(each.cells)) for each in who]
            found = None
        else:
            ranges = [_range(each) for each in period or ()]
            sides = periods(filters, ranges) if ranges else sides_of(filters, by)
            found = act(assistant, question, sides, progress=told)
            shown = [(side.label, list(side.cells)) for side in found.sides]
    if out:
        ui = out_language
        _export(
            out, of_comparison(found, ui=ui) if found else of_experience(question, who, generation, ui=ui)
        )
    if as_json:
        print_json([{"side": label, "cells": [cell_json(cell) for cell in cells]} for label, cells in shown])
    elif found is not None:
        print_comparison(found)
    else:
        for label, cells in shown:
            say(f"{label}:")
            for cell in cells[:3]:
                print_cell(cell)


def checklist(
    draft: Annotated[Path, typer.Argument(help="the draft; it is read for this alone")],
    questions: Annotated[
        Path | None, typer.Option("--questions", help="a .md, .txt, .csv or .xlsx file of guiding questions")
    ] = None,
    note: Annotated[
        str, typer.Option("--note", help="a guidance note of the library, by its file name")
    ] = "",
    yes: Annotated[
        bool, typer.Option("--yes", help="take the questions found in the note without asking")
    ] = False,
    library: Library = None,
    out: Annotated[Path | None, typer.Option("--out", help="FILE.xlsx, .docx or .csv")] = None,
    out_language: OutLanguage = "en",
    as_json: Json = False,
) -> None:
    """Put guiding questions to a draft: answered, partly or missing, and how others answered. Ctrl-C ends it
    with what is decided."""
    from assistant.grids.checklist import open_checklist
    from assistant.grids.export import of_checklist
    from assistant.grids.guiding import read_questions

    if (questions is None) == (not note):
        raise AssistantError("give either --questions FILE or --note DOCUMENT")
    _check(out, EXPORTS, out_language)
    with assistant_of(library) as assistant:
        items = read_questions(questions) if questions else _asked_by(assistant, note, confirm=not yes)
        with progress("questions") as told, open_checklist(assistant, items, draft) as work:
            with suppress(KeyboardInterrupt):  # nothing of a draft is kept, so that it cannot go on later
                for _ in work.compute(progress=told):
                    pass
            found = work.result()
    if out:
        _export(out, of_checklist(found, ui=out_language))
    _print_checklist(found, as_json)
    if found.unasked:
        say(f"\nStopped: {found.unasked} of {len(items)} questions were not put.", err=True)
        raise typer.Exit(130)


def _print_checklist(found: Checklist, as_json: bool) -> None:
    if as_json:
        print_json(
            [
                {
                    "question": each.item.question,
                    "part": each.item.part,
                    "verdict": each.verdict,
                    "draft": cell_json(each.cell),
                    "example": each.example and cell_json(each.example),
                }
                for each in found.checked
            ]
        )
        return
    say(", ".join(f"{count} {verdict}" for verdict, count in found.counts().items() if count))
    for each in found.checked:
        say(f"\n{each.verdict.upper()}: {each.item.question}")
        print_cell(each.cell)
        if each.verdict != "answered" and each.example:
            say("  elsewhere:")
            print_cell(each.example)


def grid(
    questions: Annotated[list[str] | None, typer.Argument(help="questions, or files of them")] = None,
    library: Library = None,
    out: Annotated[Path | None, typer.Option("--out", help="FILE.xlsx, .docx or .csv")] = None,
    out_language: OutLanguage = "en",
    as_json: Annotated[bool, typer.Option("--json", help="print a JSON object a cell")] = False,
    country: Country = None,
    kind: DocumentKind = None,
    language: Language = None,
    organisation: Organisation = None,
    since: Since = None,
    until: Until = None,
    document: Document = None,
) -> None:
    """Put your own questions to every document; stop it with Ctrl-C, and it goes on where it was."""
    from assistant.grid import open_grid
    from assistant.grids.export import of_grid
    from assistant.grids.guiding import read_questions

    filters = filters_of(country, kind, language, organisation, since, until, document)
    _check(out, EXPORTS, out_language)
    asked: list[str] = []
    for each in questions or ():
        path = Path(each)
        asked += [item.question for item in read_questions(path)] if path.is_file() else [each]
    with assistant_of(library) as assistant, open_grid(assistant, asked, filters) as work:
        with progress("cells") as told:
            for cell in work.compute(progress=told):
                if as_json:
                    print_json({"question": cell.question, **cell_json(cell)}, one_line=True)
        if out:
            _export(out, of_grid(work.grid, ui=out_language))
        if as_json:
            return
        for question, counts in zip(work.grid.questions, work.grid.counts(), strict=True):
            line = ", ".join(f"{count} {state}" for state, count in counts.items() if count)
            say(f"{question}\n  {line}, of {len(work.grid.documents)} documents")


def add_to(app: typer.Typer) -> None:
    """Adds the commands of the grid to those of the focal point."""
    for command in (survey, compare, checklist, grid):
        app.command()(command)


# What they share


def _families(terms: list[str] | None, theme: str, chosen: list[str] | None) -> tuple[Any, ...]:
    from assistant.grids import themes

    if not terms and not theme:
        names = ", ".join(each.id for each in themes.themes())
        raise AssistantError(f"name terms to count, or a --theme: {names}, or a file of your own")
    found: list[Any] = []
    if theme:
        one = themes.theme(Path(theme) if Path(theme).is_file() else theme)
        found += one.choose(chosen) if chosen else one.families
    for each in terms or ():
        name, _, listed = each.partition(":")
        words = [word.strip() for word in (listed or name).replace(";", ",").split(",") if word.strip()]
        found.append(themes.family(name.strip(), words))
    return tuple(found)


def _asked_by(assistant: Any, note: str, *, confirm: bool) -> tuple[Item, ...]:
    from assistant.grids.guiding import questions_in

    with assistant.reading() as generation:
        sha = next((sha for sha, source in generation.sources.items() if source.name == note), "")
        if not sha:
            raise AssistantError(f"there is no document {note!r} in the library; give its file name")
        items = questions_in(generation, sha, note)
    if confirm:
        for number, item in enumerate(items, 1):
            say(f"{number:3}. {item.question} ({item.place})", err=True)
        if not typer.confirm(f"Put these {len(items)} questions to the draft?", default=True, err=True):
            raise AssistantError("nothing was asked; write the questions you want into a file: --questions")
    return items


def _range(period: str) -> tuple[int, int]:
    first, _, last = period.replace("–", "-").partition("-")
    if not (first.strip().isdigit() and (last.strip() or first.strip()).isdigit()):
        raise AssistantError(f"{period!r} is no period; write it as 2015-2019")
    return int(first), int(last or first)


EXPORTS = (".xlsx", ".docx", ".csv")


def _check(out: Path | None, endings: Iterable[str], language: str) -> None:
    """Raises AssistantError for a file that cannot be written, before any work is done."""
    if language not in LANGUAGES:
        raise AssistantError(
            f"files are written in one of {', '.join(LANGUAGES)}; {language!r} is none of them"
        )
    if out is None:
        return
    if out.suffix.lower() not in endings:
        known = ", ".join(endings)
        raise AssistantError(f"{out.name} is none of {known}; name the file by what it shall be")
    if not out.resolve().parent.is_dir():
        raise AssistantError(f"there is no folder {out.resolve().parent}; make it, or write elsewhere")


def _export(out: Path, export: Export) -> None:
    from assistant.grids.export_csv import to_csv
    from assistant.grids.export_docx import to_docx
    from assistant.grids.export_xlsx import to_xlsx

    kind = out.suffix.lower()
    if kind == ".xlsx":
        with tempfile.TemporaryFile() as file:
            to_xlsx(export, file)
            file.seek(0)
            _write(out, iter(lambda: file.read(1 << 20), b""))
    else:
        _write(out, to_csv(export) if kind == ".csv" else [to_docx(export)])


def _write(out: Path, parts: Iterable[bytes]) -> None:
    try:
        with out.open("wb") as file:
            file.writelines(parts)
    except OSError as error:
        raise AssistantError(f"{out} cannot be written ({error.strerror}); write elsewhere") from error
    say(f"Written: {out}", err=True)
