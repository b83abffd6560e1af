"""A run as a Word document: the content of the page (report.py), with tables in the place of charts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.report_build import build
from eval.report_content import (
    Answers,
    Comparison,
    Content,
    Expected,
    Failure,
    Group,
    Link,
    Repeat,
    Reply,
    Table,
    printable,
)
from eval.report_pages import PageText
from eval.results import EvalError, Run

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import _Cell
    from docx.text.paragraph import Paragraph

INK, SOFT, GOOD, BAD = "1A1F24", "5A626B", "2C6440", "9A3412"
_TONES = {"Good": GOOD, "Falls short": BAD, "better": GOOD, "worse": BAD}
_LETTER = re.compile(r"[^\W\d_]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


def write_docx(run: Run, before: Run | None, page_text: PageText | None, path: Path) -> None:
    """Writes the report of `run` to `path`; arguments as of eval.report.report.

    Raises EvalError where `before` is a run of another bank, or the file cannot be written.
    """
    document = render(build(run, before, page_text))
    try:
        document.save(str(path))
    except OSError as error:
        raise EvalError(f"the report cannot be written to {path}: {error.strerror or error}") from error


def render(content: Content) -> Document:
    document = _empty(content.title)
    _write(document, content.title, "Title")
    for line in filter(None, (content.subtitle, content.compared)):
        _write(document, line, soft=True)
    _verdict(document, content)
    document.add_heading("Measures", 1)
    for group in content.groups:
        _group(document, group, content.comparison is not None)
    _refusing(document, content)
    _times(document, content)
    document.add_heading("By kind and language", 1)
    for table in content.strata:
        _stratum(document, table)
    _lost(document, content)
    document.add_heading("Questions that fell short", 1)
    for failure in content.failures:
        _failure(document, failure)
    if content.comparison:
        _comparison(document, content.comparison)
    _repeat(document, content.repeat)
    return document


# The pieces


def _empty(title: str) -> Document:
    import docx
    from docx.shared import Mm, Pt, RGBColor

    document = docx.Document()
    document.core_properties.title = printable(title)
    document.core_properties.author = ""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin = section.bottom_margin = Mm(20)
    sizes = {"Title": 24, "Heading 1": 16, "Heading 2": 12, "Heading 3": 10.5, "Normal": 10}
    for name, size in sizes.items():
        style = document.styles[name]
        style.font.name = "Calibri"
        style.font.size = Pt(size)
        style.font.color.rgb = RGBColor.from_string(INK)
        # Headings take their face from the theme, which would win over the name set here.
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for key in [key for key in fonts.attrib if key.endswith("Theme")]:
            del fonts.attrib[key]
    document.styles["Normal"].paragraph_format.space_after = Pt(5)
    return document


def _write(
    document: Document | _Cell,
    text: str,
    style: str | None = None,
    *,
    label: str = "",
    soft: bool = False,
    tone: str = "",
) -> Paragraph:
    """A paragraph of `text`, after `label` in bold; right to left where its first letter is."""
    paragraph = document.add_paragraph(style=style)
    if label:
        _colour(paragraph.add_run(printable(f"{label}  ")), tone).bold = True
    _colour(paragraph.add_run(printable(text)), SOFT if soft else "" if label else tone)
    _direct(paragraph, text)
    return paragraph


def _colour(run: Any, tone: str) -> Any:
    from docx.shared import RGBColor

    if tone:
        run.font.color.rgb = RGBColor.from_string(tone)
    return run


def _direct(paragraph: Paragraph, text: str) -> None:
    from docx.oxml import OxmlElement

    first = _LETTER.search(text)
    if first and _RIGHT_TO_LEFT.match(first[0]):
        paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
        for run in paragraph.runs:
            run.font.rtl = True


def _tabled(document: Document, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    from docx.shared import Pt

    lines = [header, *rows]
    table = document.add_table(len(lines), len(header), style="Light Shading")
    for cells, line in zip((row.cells for row in table.rows), lines, strict=True):
        for cell, text in zip(cells, line, strict=True):
            paragraph = cell.paragraphs[0]
            paragraph.add_run(printable(text)).font.size = Pt(8.5)
            _direct(paragraph, text)  # before the spacing: Word wants them in this order
            paragraph.paragraph_format.space_after = Pt(1)
    _repeat_header(table.rows[0])
    document.add_paragraph()


def _repeat_header(row: Any) -> None:
    """A table that runs over a page says again what its columns are."""
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _ids(links: Iterable[Link]) -> str:
    return ", ".join(link.text for link in links)


# Figures


def _verdict(document: Document, content: Content) -> None:
    document.add_heading("Verdict", 1)
    for claim in content.verdict:
        _write(document, claim.sentence, label=claim.label, tone=_TONES.get(claim.label, ""))
    _write(document, content.standard, soft=True)


def _group(document: Document, group: Group, compared: bool) -> None:
    document.add_heading(printable(group.title), 2)
    if group.left_out:
        _write(document, group.left_out, soft=True)
    header = ["Measure", "Value", "95 % interval", "n", *(["Before", ""] if compared else []), "Left out"]
    rows = (
        [each.label, each.value, each.span, each.counted]
        + ([each.was, each.moved] if compared else [])
        + [each.left_out]
        for each in group.measures
    )
    _tabled(document, header, rows)


def _refusing(document: Document, content: Content) -> None:
    document.add_heading("Refusing", 1)
    for each in content.directions:
        document.add_heading(printable(each.title), 2)
        _write(document, each.counted, label=each.value)
        _write(document, each.cost)
        if each.questions:
            _write(document, _ids(each.questions), soft=True)
    _write(document, content.refusing, soft=True)


def _times(document: Document, content: Content) -> None:
    document.add_heading("Time", 1)
    rows = [(each.label, each.value, each.note, each.was) for each in content.times]
    if rows:
        _tabled(document, ("", "Time", "", "Before" if content.comparison else ""), rows)
    else:
        _write(document, "No question ended with an answer or a refusal: nothing to time.")


def _stratum(document: Document, table: Table) -> None:
    document.add_heading(printable(table.title), 2)
    rows = ([f"{cell.text}\n{cell.small}".strip() for cell in row] for row in table.rows)
    _tabled(document, table.header, rows)


def _lost(document: Document, content: Content) -> None:
    document.add_heading("Where questions were lost", 1)
    _write(document, f"{len(content.failures)} of {content.questions} questions fell short.")
    rows = (
        (each.stage, f"{len(each.questions)} ({100 * each.share:.0f} %)", f"{each.meaning} {each.advice}",
         _ids(each.questions))
        for each in content.lost
    )  # fmt: skip
    _tabled(document, ("Stage", "Questions", "What it means, and what to look at", "Which"), rows)


# Questions


def _failure(document: Document, each: Failure) -> None:
    _headed(document, each.question, f"{each.link.text} · {each.about}", each.stage, BAD)
    _write(document, f"{each.meaning} {each.found}".strip())
    for asked, answer in each.history:
        _write(document, asked, label="Before it, asked:")
        _write(document, answer, label="Answered:")
    if each.standing:
        _write(document, each.standing, label="Searched as:")
    if each.expects_refusal:
        _write(document, "A refusal: the documents do not answer.", label="Expected:")
    for fact in each.facts:
        _write(
            document, fact.words, label="Given:" if fact.met else "Missing:", tone=GOOD if fact.met else BAD
        )
    for place in each.expected:
        _expected(document, place)
    _reply(document, each.reply, "Given")
    if each.note:
        _write(document, each.note, label="Note in the bank:", soft=True)


def _headed(document: Document, question: str, about: str, state: str, tone: str) -> None:
    heading = document.add_heading(printable(question), 2)
    _direct(heading, question)
    _write(document, about, label=state, soft=True, tone=tone)


def _expected(document: Document, place: Expected) -> None:
    from docx.enum.text import WD_COLOR_INDEX

    _write(document, place.where, label="Expected on:")
    if not place.parts:
        for quote in place.quotes:
            _write(document, quote, "Quote")
    else:
        paragraph = document.add_paragraph(style="Quote")
        paragraph.add_run("… " if place.cut_before else "")
        for text, quoted in place.parts:
            run = paragraph.add_run(printable(text))
            if quoted:
                run.font.highlight_color = WD_COLOR_INDEX.YELLOW
        paragraph.add_run(" …" if place.cut_after else "")
        _direct(paragraph, "".join(text for text, _ in place.parts))
    if place.remark:
        _write(document, place.remark, soft=True)


def _reply(document: Document | _Cell, reply: Reply, label: str) -> None:
    if reply.silence:
        _write(document, reply.silence, label=f"{label}:")
        return
    _write(document, "", label=f"{label}:")
    for each in reply.sentences:
        paragraph = _write(document, each.text, tone=BAD if each.differs else "")
        paragraph.add_run(f" [{', '.join(map(str, each.marks))}]").bold = True
    for cited in reply.citations:
        right = "" if cited.right is None else " (expected)" if cited.right else " (not expected)"
        doubt = "" if cited.verbatim else " (not word for word)"
        _write(document, f"{cited.where}{right}{doubt}", label=f"[{cited.number}]", soft=True)
        for quote in cited.quotes:
            _write(document, quote, "Quote")
    if reply.note:
        _write(document, reply.note, soft=True)


def _comparison(document: Document, comparison: Comparison) -> None:
    document.add_heading("Answers that changed", 1)
    _write(document, comparison.summary)
    rows = (
        (each.label, each.was, each.now, each.verdict, each.test, _ids(each.gained), _ids(each.lost))
        for each in comparison.moves
    )
    _tabled(document, ("Measure", "Before", "Now", "Verdict", "Chance", "Gained", "Lost"), rows)
    _write(document, "A sentence in colour is not in the other answer.", soft=True)
    for changed in comparison.changed:
        _changed(document, changed, comparison.name)


def _changed(document: Document, each: Answers, name: str) -> None:
    about = f"{each.link.text} · {each.about}"
    _headed(document, each.question, about, each.effect, _TONES.get(each.effect, SOFT))
    _write(document, each.why)
    cells = document.add_table(1, 2, style="Table Grid").rows[0].cells
    for cell, reply, label in zip(
        cells,
        (each.old, each.new),
        (f"Before, run {name}: {each.old_outcome}", f"Now: {each.new_outcome}"),
        strict=True,
    ):
        _reply(cell, reply, label)
        first = cell.paragraphs[0]._p  # a cell begins with an empty paragraph
        first.getparent().remove(first)
    document.add_paragraph()


# Repeating it


def _repeat(document: Document, repeat: Repeat) -> None:
    document.add_heading("How to repeat this run", 1)
    _write(document, f"{repeat.power} Command: {repeat.command}")
    _tabled(document, ("What", "Value"), repeat.facts)
    document.add_heading("Settings", 2)
    _tabled(document, ("Setting", "Value"), repeat.settings)
    document.add_heading("Measures and their intervals", 2)
    rows = ((each.label, each.better, each.method, each.left_out) for each in repeat.definitions)
    _tabled(document, ("Measure", "Direction", "Interval", "Left out"), rows)
    document.add_heading("Definitions, as the program has them", 2)
    for heading, paragraphs in repeat.wording:
        document.add_heading(printable(heading), 3)
        for text in paragraphs:
            _write(document, text)
