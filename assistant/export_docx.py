"""An export as a Word document, with Word's own footnotes and right-to-left paragraphs where due."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assistant.answer import Source
from assistant.export import WIDTHS, Content, Line, Note, Section, Table, content, right_to_left
from assistant.web.conversation import Conversation, Exchange
from assistant.web.words import direction, say

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

INK, SOFT = "1A1F24", "5A626B"
# Word's names of a footnote's two built-in separators, which every footnotes part must hold.
_SEPARATORS = (("-1", "separator"), ("0", "continuationSeparator"))
_WML = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"


def to_docx(
    kept: Conversation | Exchange, title: str = "", sources: Sequence[Source] = (), ui: str = "en"
) -> bytes:
    """`kept` as DOCX; arguments as of `assistant.export.content`."""
    made = content(kept, title, sources, ui)
    document = empty(made.title)
    write(document, made.title, "Title")
    write(document, made.made, soft=True)
    cited: set[int] = set()
    for section in made.sections:
        _section(document, section, cited, ui)
    write(document, say(ui, "export.annex"), "Heading 1").paragraph_format.page_break_before = True
    for table in made.annex:
        _table(document, table, ui)
    _add_notes(document, made)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def empty(title: str) -> Document:
    """A document in the looks of our exports, without a word yet."""
    import docx
    from docx.shared import Mm, Pt, RGBColor

    document = docx.Document()
    document.core_properties.title = title[:255]
    document.core_properties.author = ""
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Mm(22)
    for name, size in {"Title": 20, "Heading 1": 15, "Heading 2": 12, "Normal": 10.5, "Quote": 10}.items():
        style: Any = document.styles[name]
        style.font.name = "Calibri"
        style.font.size = Pt(size)
        style.font.color.rgb = RGBColor.from_string(INK)
        _size_of_arabic(style, size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for key in [key for key in fonts.attrib if key.endswith("Theme")]:
            del fonts.attrib[key]  # it would win over the name set here
    document.styles["Normal"].paragraph_format.space_after = Pt(6)
    _note_styles(document)
    return document


def _size_of_arabic(style: Any, points: float) -> None:
    """Word keeps the size of what is written from the right apart."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    size = OxmlElement("w:szCs")
    size.set(qn("w:val"), str(round(2 * points)))
    properties = style.element.get_or_add_rPr()
    for old in properties.findall(qn("w:szCs")):
        properties.remove(old)
    properties.insert_element_before(size, "w:highlight", "w:u", "w:effect", "w:vertAlign", "w:rtl", "w:lang")


def _note_styles(document: Document) -> None:
    """Word knows a footnote's text and its mark by the names of their styles."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt

    for name in ("footnote text", "table text"):
        text: Any = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        text.base_style = document.styles["Normal"]
        text.font.size = Pt(8.5)
        text.paragraph_format.space_after = Pt(2)
        _size_of_arabic(text, 8.5)
    mark: Any = document.styles.add_style("footnote reference", WD_STYLE_TYPE.CHARACTER)
    mark.font.superscript = True


def write(
    document: Document, text: str, style: str | None = None, *, soft: bool = False, ui: str = ""
) -> Paragraph:
    """Adds a paragraph; soft: in the colour of what is said beside. ui: the language that it is said in,
    where it is no document's."""
    from docx.shared import RGBColor

    paragraph = document.add_paragraph(style=style)
    run = paragraph.add_run(text)
    if soft:
        run.font.color.rgb = RGBColor.from_string(SOFT)
    turn(paragraph, text, ui)
    return paragraph


def turn(paragraph: Paragraph, text: str, ui: str = "") -> None:
    """Sets a paragraph from the right where its language (`ui`) is, or without one its first letter."""
    if direction(ui) == "rtl" if ui else right_to_left(text):
        from_right(paragraph)


def from_right(paragraph: Paragraph) -> None:
    _insert(paragraph._p.get_or_add_pPr(), "w:bidi")
    for run in paragraph.runs:
        run.font.rtl = True


def _insert(properties: Any, tag: str) -> None:
    """Where the schema wants it: after the style and before the spacing."""
    from docx.oxml import OxmlElement

    properties.insert_element_before(
        OxmlElement(tag), "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:outlineLvl", "w:rPr"
    )


def _section(document: Document, section: Section, cited: set[int], ui: str) -> None:
    write(document, section.question, "Heading 1")
    for words in filter(None, (section.standing, *section.remarks)):
        write(document, words, soft=True)
    if section.refusal:
        write(document, section.refusal)
    for line in section.lines:
        _line(document, line, cited)
    if section.nearest:
        write(document, say(ui, "source.nearest"), soft=True)
    for line in section.nearest:
        _line(document, line, cited, "Quote")


def _line(document: Document, line: Line, cited: set[int], style: str | None = None) -> None:
    """A sentence with its marks: a note stands where it is first cited, and is referred to from there on."""
    paragraph = document.add_paragraph(style=style)
    paragraph.add_run(line.text)
    for place, number in enumerate(line.notes):
        if place:
            paragraph.add_run(", ").font.superscript = True
        if number in cited:
            _refer(paragraph, number)
        else:
            _mark(paragraph, number)
            cited.add(number)
    turn(paragraph, line.text)


def _mark(paragraph: Paragraph, number: int) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    name = f"note{number}"
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for element in (start, end):
        element.set(qn("w:id"), str(number))
    start.set(qn("w:name"), name)
    paragraph._p.append(start)
    run = paragraph.add_run(style="footnote reference")
    reference = OxmlElement("w:footnoteReference")
    reference.set(qn("w:id"), str(number))
    run._r.append(reference)
    paragraph._p.append(end)


def _refer(paragraph: Paragraph, number: int) -> None:
    """A field that says the number of a note set before, also after the notes have been renumbered."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), f" NOTEREF note{number} \\f \\h ")
    run = paragraph.add_run(str(number), style="footnote reference")
    field.append(run._r)
    paragraph._p.append(field)


def _add_notes(document: Document, made: Content) -> None:
    """The part of the file that holds the footnotes; python-docx has no words for it."""
    from docx.opc.oxml import serialize_part_xml
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from docx.oxml import OxmlElement
    from docx.oxml.ns import nsdecls, qn
    from docx.oxml.parser import parse_xml

    root: Any = parse_xml(f"<w:footnotes {nsdecls('w')}/>")
    for id_, kind in _SEPARATORS:
        note, paragraph, run = (OxmlElement(tag) for tag in ("w:footnote", "w:p", "w:r"))
        note.set(qn("w:type"), kind)
        note.set(qn("w:id"), id_)
        run.append(OxmlElement(f"w:{kind}"))
        paragraph.append(run)
        note.append(paragraph)
        root.append(note)
    for each in made.notes:
        root.append(_note(document, each))
    package = document.part.package
    assert package is not None, "a document that python-docx made has a package"
    blob = serialize_part_xml(root)
    part = Part(PackURI("/word/footnotes.xml"), f"{_WML}.footnotes+xml", blob, package)
    document.part.relate_to(part, _RELATION)


def _note(document: Document, each: Note) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    note = OxmlElement("w:footnote")
    note.set(qn("w:id"), str(each.number))
    paragraph = document.add_paragraph(style="footnote text")  # made here, moved there
    mark = paragraph.add_run(style="footnote reference")
    mark._r.append(OxmlElement("w:footnoteRef"))
    quotes = "".join(f" “{quote}”" for quote in each.quotes)
    paragraph.add_run(f" {each.text}{quotes}")
    turn(paragraph, each.text)
    note.append(paragraph._p)
    return note


def _table(document: Document, table: Table, ui: str) -> None:
    from docx.enum.table import WD_TABLE_DIRECTION
    from docx.shared import Mm

    write(document, table.title, "Heading 2")
    made = document.add_table(0, len(table.header), style="Table Grid")
    made.autofit = False
    if direction(ui) == "rtl":
        made.table_direction = WD_TABLE_DIRECTION.RTL
    shares = WIDTHS[len(table.header)]
    for column, share in zip(made.columns, shares, strict=True):
        column.width = Mm(166 * share / sum(shares))
    for place, line in enumerate((table.header, *table.rows)):
        cells = made.add_row().cells
        for cell, text, share in zip(cells, line, shares, strict=True):
            cell.width = Mm(166 * share / sum(shares))
            paragraph = cell.paragraphs[0]
            paragraph.style = "table text"
            paragraph.add_run(text).bold = not place
            turn(paragraph, text)
    _insert_header(made.rows[0])


def _insert_header(row: Any) -> None:
    """A table that runs over a page says again what its columns are."""
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
