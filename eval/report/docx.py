"""A run as a Word document: the content of the page (page.py), with tables in the place of charts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.report.build import build
from eval.report.content import (
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
from eval.report.pages import PageText
from eval.report.words import named, percent, say, together
from eval.results import EvalError, Run
from ingest.wording import capital, direction, listed

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

INK, SOFT, GOOD, BAD = "1A1F24", "5A626B", "2C6440", "9A3412"
_TONES = {"good": GOOD, "short": BAD, "better": GOOD, "worse": BAD}
# What Word writes Latin, Arabic and Chinese letters in; each is on every Windows.
_FACES = {"w:ascii": "Calibri", "w:hAnsi": "Calibri", "w:cs": "Arial", "w:eastAsia": "Microsoft YaHei"}


def write_docx(run: Run, before: Run | None, page_text: PageText | None, path: Path, ui: str = "en") -> None:
    """Writes the report of `run` to `path`; arguments as of eval.report.report.

    Raises EvalError where `before` is a run of another bank, or the file cannot be written.
    """
    document = render(build(run, before, page_text, ui))
    try:
        document.save(str(path))
    except OSError as error:
        raise EvalError(f"the report cannot be written to {path}: {error.strerror or error}") from error


def render(content: Content) -> Document:
    document = _empty(content.title)
    paper = _Paper(document, content.ui)
    paper.write(content.title, "Title")
    for line in filter(None, (content.subtitle, content.compared)):
        paper.write(line, soft=True)
    _verdict(paper, content)
    paper.part("measures")
    for group in content.groups:
        _group(paper, group, content.comparison is not None)
    _refusing(paper, content)
    _times(paper, content)
    paper.part("strata")
    for table in content.strata:
        _stratum(paper, table)
    _lost(paper, content)
    paper.part("questions")
    for failure in content.failures:
        _failure(paper, failure)
    if content.comparison:
        _comparison(paper, content.comparison)
    _repeat(paper, content.repeat)
    return document


# The pieces


def _empty(title: str) -> Document:
    from docx.oxml.ns import qn

    from assistant.export_docx import empty

    document = empty(printable(title))
    for name in ("Title", "Heading 1", "Heading 2", "Normal", "Quote"):
        fonts = document.styles[name].element.get_or_add_rPr().get_or_add_rFonts()
        for key, face in _FACES.items():
            fonts.set(qn(key), face)
    return document


@dataclass(frozen=True)
class _Paper:
    """A document, or a cell of it, and the language of what the report itself says there."""

    place: Any  # Document | _Cell
    ui: str

    def say(self, key: str, **fields: Any) -> str:
        return say(self.ui, key, **fields)

    def label(self, key: str) -> str:
        """Words that stand before others: "Given:"."""
        return self.say("figure.label", words=capital(self.say(f"question.{key}")))

    def heads(self, *names: str) -> list[str]:
        return [self.say(f"report_head.{name}") if name else "" for name in names]

    def part(self, name: str) -> None:
        self.heading(named(self.ui, "report_part", name), 1)

    def heading(self, text: str, level: int = 2, *, given: bool = False) -> None:
        self.turn(self.place.add_heading(printable(text), level), text, given)

    def write(
        self,
        text: str,
        style: str | None = None,
        *,
        label: str = "",
        soft: bool = False,
        tone: str = "",
        given: bool = False,
    ) -> Paragraph:
        """A paragraph of `text`, after `label` in bold. given: in the words of a document, bank or answer."""
        paragraph: Paragraph = self.place.add_paragraph(style=style)
        if label:
            _colour(paragraph.add_run(printable(f"{label}  ")), tone).bold = True
        _colour(paragraph.add_run(printable(text)), SOFT if soft else "" if label else tone)
        self.turn(paragraph, text, given)
        return paragraph

    def turn(self, paragraph: Paragraph, text: str, given: bool = False) -> None:
        """Sets a paragraph from the right where `ui` is so written, or else the words that are given."""
        from assistant.export_docx import from_right, turn

        if given:
            turn(paragraph, text)
        elif direction(self.ui) == "rtl":
            from_right(paragraph)

    def table(self, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        from docx.enum.table import WD_TABLE_DIRECTION

        lines = [header, *rows]
        table = self.place.add_table(len(lines), len(header), style="Light Shading")
        if direction(self.ui) == "rtl":
            table.table_direction = WD_TABLE_DIRECTION.RTL
        for cells, line in zip((row.cells for row in table.rows), lines, strict=True):
            for cell, text in zip(cells, line, strict=True):
                paragraph = cell.paragraphs[0]
                paragraph.style = "table text"
                paragraph.add_run(printable(text))
                self.turn(paragraph, text)
        _repeat_header(table.rows[0])
        self.place.add_paragraph()


def _colour(run: Any, tone: str) -> Any:
    from docx.shared import RGBColor

    if tone:
        run.font.color.rgb = RGBColor.from_string(tone)
    return run


def _repeat_header(row: Any) -> None:
    """A table that runs over a page says again what its columns are."""
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _ids(links: Iterable[Link], ui: str) -> str:
    return listed(ui, (link.text for link in links))


# Figures


def _verdict(paper: _Paper, content: Content) -> None:
    paper.part("verdict")
    for claim in content.verdict:
        paper.write(claim.sentence, label=claim.label, tone=_TONES.get(claim.kind, ""))
    paper.write(content.standard, soft=True)


def _group(paper: _Paper, group: Group, compared: bool) -> None:
    paper.heading(group.title)
    if group.left_out:
        paper.write(group.left_out, soft=True)
    before = paper.heads("before", "") if compared else []
    header = [*paper.heads("measure", "value", "interval"), "n", *before, *paper.heads("left_out")]
    rows = (
        [each.label, each.value, each.span, each.counted]
        + ([each.was, named(paper.ui, "effect", each.moved) if each.moved else ""] if compared else [])
        + [each.left_out]
        for each in group.measures
    )
    paper.table(header, rows)


def _refusing(paper: _Paper, content: Content) -> None:
    paper.part("refusing")
    for each in content.directions:
        paper.heading(each.title)
        paper.write(each.counted, label=each.value)
        paper.write(each.cost)
        if each.questions:
            paper.write(_ids(each.questions, paper.ui), soft=True)
    paper.write(content.refusing, soft=True)


def _times(paper: _Paper, content: Content) -> None:
    paper.part("time")
    rows = [(each.label, each.value, each.note, each.was) for each in content.times]
    if rows:
        paper.table(paper.heads("", "time", "", "before" if content.comparison else ""), rows)
    else:
        paper.write(paper.say("timing.none"))


def _stratum(paper: _Paper, table: Table) -> None:
    paper.heading(table.title)
    rows = ([f"{cell.text}\n{cell.small}".strip() for cell in row] for row in table.rows)
    paper.table(table.header, rows)


def _lost(paper: _Paper, content: Content) -> None:
    paper.part("lost")
    paper.write(paper.say("lost.short", count=len(content.failures), all=content.questions))
    rows = (
        (
            each.label,
            paper.say("figure.share", count=len(each.questions), value=percent(paper.ui, each.share)),
            together(paper.ui, (each.meaning, each.advice)),
            _ids(each.questions, paper.ui),
        )
        for each in content.lost
    )
    paper.table(paper.heads("stage", "questions", "meaning", "which"), rows)


# Questions


def _failure(paper: _Paper, each: Failure) -> None:
    paper.heading(each.question, given=True)
    paper.write(f"{each.link.text} · {each.about}", label=each.lost, soft=True, tone=BAD)
    paper.write(together(paper.ui, (each.meaning, each.found)))
    for asked, answer in each.history:
        paper.write(asked, label=paper.label("asked"), given=True)
        paper.write(answer, label=paper.label("answered"), given=True)
    if each.standing:
        paper.write(each.standing, label=paper.label("searched_as"), given=True)
    if each.expects_refusal:
        paper.write(paper.say("question.refusal"), label=paper.label("expected"))
    for fact in each.facts:
        met = paper.label("met" if fact.met else "missing")
        paper.write(fact.words, label=met, tone=GOOD if fact.met else BAD, given=True)
    for place in each.expected:
        _expected(paper, place)
    _reply(paper, each.reply, paper.say("question.given"))
    if each.note:
        paper.write(each.note, label=paper.label("note"), soft=True, given=True)


def _expected(paper: _Paper, place: Expected) -> None:
    from docx.enum.text import WD_COLOR_INDEX

    paper.write(place.where, label=paper.label("expected_on"))
    if not place.parts:
        for quote in place.quotes:
            paper.write(quote, "Quote", given=True)
    else:
        paragraph = paper.place.add_paragraph(style="Quote")
        paragraph.add_run("… " if place.cut_before else "")
        for text, quoted in place.parts:
            run = paragraph.add_run(printable(text))
            if quoted:
                run.font.highlight_color = WD_COLOR_INDEX.YELLOW
        paragraph.add_run(" …" if place.cut_after else "")
        paper.turn(paragraph, "".join(text for text, _ in place.parts), given=True)
    if place.remark:
        paper.write(place.remark, soft=True)


def _reply(paper: _Paper, reply: Reply, label: str) -> None:
    label = paper.say("figure.label", words=label)
    if reply.silence:
        paper.write(reply.silence, label=label, given=True)
        return
    paper.write("", label=label)
    for each in reply.sentences:
        paragraph = paper.write(each.text, tone=BAD if each.differs else "", given=True)
        paragraph.add_run(f" [{', '.join(map(str, each.marks))}]").bold = True
    for cited in reply.citations:
        remarks = [] if cited.verbatim else ["not_verbatim"]
        if cited.right is not None:
            remarks.insert(0, "is_expected" if cited.right else "not_expected")
        where = cited.where
        for remark in remarks:
            where = paper.say("figure.remark", words=where, remark=paper.say(f"question.{remark}"))
        paper.write(where, label=f"[{cited.number}]", soft=True)
        for quote in cited.quotes:
            paper.write(quote, "Quote", given=True)
    if reply.note:
        paper.write(reply.note, soft=True, given=True)


def _comparison(paper: _Paper, comparison: Comparison) -> None:
    paper.part("changes")
    paper.write(comparison.summary)
    rows = (
        (
            *(each.label, each.was, each.now, named(paper.ui, "effect", each.verdict), each.test),
            *(_ids(each.gained, paper.ui), _ids(each.lost, paper.ui)),
        )
        for each in comparison.moves
    )
    paper.table(paper.heads("measure", "before", "now", "verdict", "chance", "gained", "lost"), rows)
    paper.write(paper.say("change.colour"), soft=True)
    for changed in comparison.changed:
        _changed(paper, changed, comparison.name)


def _changed(paper: _Paper, each: Answers, name: str) -> None:
    from docx.enum.table import WD_TABLE_DIRECTION

    def headed(label: str, outcome: str) -> str:
        return paper.say("figure.named", label=label, value=outcome)

    paper.heading(each.question, given=True)
    effect = named(paper.ui, "effect", each.effect)
    about = f"{each.link.text} · {each.about}"
    paper.write(about, label=effect, soft=True, tone=_TONES.get(each.effect, SOFT))
    paper.write(each.why)
    table = paper.place.add_table(1, 2, style="Table Grid")
    if direction(paper.ui) == "rtl":
        table.table_direction = WD_TABLE_DIRECTION.RTL
    before = headed(paper.say("change.before", name=name), each.old_outcome)
    sides = ((each.old, before), (each.new, headed(paper.say("change.now"), each.new_outcome)))
    for cell, (reply, label) in zip(table.rows[0].cells, sides, strict=True):
        _reply(_Paper(cell, paper.ui), reply, label)
        first = cell.paragraphs[0]._p  # a cell begins with an empty paragraph
        first.getparent().remove(first)
    paper.place.add_paragraph()


# Repeating it


def _repeat(paper: _Paper, repeat: Repeat) -> None:
    paper.part("repeat")
    paper.write(repeat.power)
    paper.write(repeat.command, label=paper.say("repeating.command"))
    paper.table(paper.heads("what", "value"), repeat.facts)
    paper.heading(paper.say("repeating.settings"))
    paper.table(paper.heads("setting", "value"), repeat.settings)
    paper.heading(paper.say("repeating.measures"))
    rows = ((each.label, each.better, each.method, each.left_out) for each in repeat.definitions)
    paper.table(paper.heads("measure", "direction", "method", "left_out"), rows)
    paper.heading(paper.say("repeating.definitions"))
    for heading, paragraphs in repeat.wording:
        paper.write("", label=heading)
        for text in paragraphs:
            paper.write(text)
