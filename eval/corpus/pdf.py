"""One sample PDF: report or two-column brief, with page labels, footnotes and ruled tables."""

from __future__ import annotations

import calendar
import re
import time
from hashlib import md5
from html import escape
from pathlib import Path
from typing import Any

from reportlab.lib import colors  # type: ignore[import-untyped]
from reportlab.lib.pagesizes import A4, landscape  # type: ignore[import-untyped]
from reportlab.lib.styles import ParagraphStyle  # type: ignore[import-untyped]
from reportlab.lib.units import mm  # type: ignore[import-untyped]
from reportlab.lib.utils import TimeStamp, simpleSplit  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]
from reportlab.platypus import (  # type: ignore[import-untyped]
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    FrameBreak,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)
from reportlab.platypus.flowables import AnchorFlowable  # type: ignore[import-untyped]
from reportlab.platypus.tableofcontents import TableOfContents  # type: ignore[import-untyped]

from eval.corpus.markup import Block, Source

INK = colors.HexColor("#0b3c6f")
MARGIN = 22 * mm
NOTES_HEIGHT = 52  # points kept free above the footer in documents that have footnotes
_BODY, _BOLD, _ITALIC = "Helvetica", "Helvetica-Bold", "Helvetica-Oblique"
_ROMAN = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii")
_CONTENTS = {"en": "Contents", "fr": "Table des matières", "es": "Índice"}


def _style(name: str, size: float, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(name, **{"fontName": _BODY, "fontSize": size, "leading": size * 1.42, **more})


_HEADING = {"fontName": _BOLD, "textColor": INK, "keepWithNext": 1}
STYLES = {
    "title": _style("title", 22, fontName=_BOLD, textColor=INK, spaceAfter=10, leading=27),
    "label": _style("label", 9, fontName=_ITALIC, textColor=colors.HexColor("#8a1c1c"), spaceAfter=8),
    "heading1": _style("heading1", 15, **_HEADING, spaceBefore=12, spaceAfter=6),
    "heading2": _style("heading2", 12, **_HEADING, spaceBefore=9, spaceAfter=4),
    "heading3": _style("heading3", 10.5, **_HEADING, spaceBefore=6, spaceAfter=3),
    "paragraph": _style("paragraph", 11, spaceAfter=7),
    "numbered": _style("numbered", 11, spaceAfter=7, leftIndent=26),
    "bullet": _style("bullet", 11, spaceAfter=4, leftIndent=16, bulletIndent=5),
    "box": _style("box", 10, spaceBefore=4, leftIndent=10, rightIndent=6, borderPadding=(5, 6, 5, 6),
                  backColor=colors.HexColor("#e8eff7")),
    "cell": _style("cell", 9.5, leading=12.6),
    "head": _style("head", 9.5, leading=12.6, fontName=_BOLD, textColor=colors.white),
    "toc1": _style("toc1", 11, spaceBefore=4),
    "toc2": _style("toc2", 10, leftIndent=14),
}  # fmt: skip


def _markup(text: str) -> str:
    """Source text as reportlab's markup: bold, italics, soft hyphens, footnote references."""
    text = escape(text, quote=False).replace("&amp;shy;", "\u00ad")
    text = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", text)
    text = re.sub(r"\*(.+?)\*", r"<i>\1</i>", text)
    return re.sub(r"\[\^(\d+)\]", r'<super size="7">\1</super><onDraw name="footnote" label="\1"/>', text)


class _Canvas(Canvas):  # type: ignore[misc]
    """A canvas that remembers which footnotes its page refers to, and is dated by its source."""

    def __init__(self, *args: Any, source: Source, **more: Any) -> None:
        super().__init__(*args, **more)
        stamp = TimeStamp(invariant=1)
        stamp.t = calendar.timegm(source.date.timetuple())
        stamp.lt = time.gmtime(stamp.t)
        stamp.YMDhms = tuple(stamp.lt)[:6]
        self._doc._timeStamp = stamp
        # Else the file's ID would follow SOURCE_DATE_EPOCH where that is set.
        self._doc.signature = md5(source.name.encode(), usedforsecurity=False)
        self.noted: list[str] = []
        self.setNamedCB("footnote", self._note)

    def _note(self, _canvas: Any, _kind: str, label: str) -> None:
        if label not in self.noted:
            self.noted.append(label)


class _Document(BaseDocTemplate):  # type: ignore[misc]
    """The pages of one source: frames, running header and footer, contents, labels."""

    def __init__(self, path: Path, source: Source) -> None:
        super().__init__(str(path), pagesize=A4, title=source.title, author=source.fields["author"],
                         subject=source.fields.get("subject", ""), lang=source.language,
                         invariant=1, pageCompression=0)  # fmt: skip
        self.source = source
        self.body_start = 0  # the page that bears the label 1; 0 where all pages are numbered from 1
        bottom = 20 * mm + (NOTES_HEIGHT if source.notes else 0)
        if source.fields.get("layout") == "brief":
            self.addPageTemplates(self._columns(bottom))
        else:
            self.addPageTemplates(self._template("portrait", A4, bottom))
            self.addPageTemplates(self._template("landscape", landscape(A4), bottom))

    def _template(self, name: str, size: tuple[float, float], bottom: float) -> PageTemplate:
        width, height = size
        frame = Frame(MARGIN, bottom, width - 2 * MARGIN, height - bottom - 24 * mm, 0, 0, 0, 0)
        return PageTemplate(name, [frame], onPageEnd=self._furniture, pagesize=size)

    def _columns(self, bottom: float) -> list[PageTemplate]:
        """A first page with the title across it, and further pages, in two columns."""
        width, height = A4
        gap, head = 8 * mm, 104
        column, top = (width - 2 * MARGIN - gap) / 2, height - 24 * mm
        left, right = MARGIN, MARGIN + column + gap

        def pair(ceiling: float) -> list[Frame]:
            return [Frame(x, bottom, column, ceiling - bottom, 0, 0, 0, 0) for x in (left, right)]

        title = Frame(MARGIN, top - head, width - 2 * MARGIN, head, 0, 0, 0, 0)
        return [PageTemplate("brief", [title, *pair(top - head - 8)], onPageEnd=self._furniture),
                PageTemplate("columns", pair(top), onPageEnd=self._furniture)]  # fmt: skip

    def label(self, page: int) -> str:
        """What is printed at the foot of a page."""
        if "roman" not in self.source.fields:
            return str(page)
        in_front = not self.body_start or page < self.body_start
        return _ROMAN[page] if in_front else str(page - self.body_start + 1)

    def _furniture(self, canvas: Any, _doc: Any) -> None:
        """Running header, footnotes, footer and the page's label."""
        page, width, height = canvas.getPageNumber(), canvas._pagesize[0], canvas._pagesize[1]
        canvas.setFillColor(colors.HexColor("#555555"))
        canvas.setFont(_BODY, 8)
        if page > 1:
            canvas.drawString(MARGIN, height - 15 * mm, self.source.fields.get("running", self.source.title))
            canvas.line(MARGIN, height - 17 * mm, width - MARGIN, height - 17 * mm)
        canvas.drawString(MARGIN, 12 * mm, f"Sample document | {self.source.fields['author']}")
        canvas.drawRightString(width - MARGIN, 12 * mm, self.label(page))
        if "roman" in self.source.fields and page in (1, self.body_start):
            canvas.addPageLabel(page - 1, "ROMAN_LOWER" if page == 1 else "ARABIC", 1)
        self._footnotes(canvas, width)

    def _footnotes(self, canvas: Any, width: float) -> None:
        notes = [f"{number} {self.source.notes[number]}" for number in canvas.noted]
        lines = [line for note in notes for line in simpleSplit(note, _BODY, 7.5, width - 2 * MARGIN)]
        canvas.noted = []
        if not lines:
            return
        y = 18 * mm + 9.5 * (len(lines) - 1)
        canvas.line(MARGIN, y + 11, MARGIN + 120, y + 11)
        canvas.setFont(_BODY, 7.5)
        for line in lines:
            canvas.drawString(MARGIN, y, line)
            y -= 9.5

    def afterFlowable(self, flowable: Flowable) -> None:
        """Where numbering starts, and each heading's place in the contents and the outline."""
        if isinstance(flowable, AnchorFlowable):
            self.body_start = self.page
        elif isinstance(flowable, Paragraph) and flowable.style.name in ("heading1", "heading2"):
            level, text = int(flowable.style.name[-1]) - 1, flowable.getPlainText()
            key = f"p{self.page}-{re.sub(r'[^a-z0-9]+', '-', text.lower())}"
            self.canv.bookmarkPage(key)
            self.canv.addOutlineEntry(text, key, level, closed=True)
            self.notify("TOCEntry", (level, escape(text, quote=False), self.page, key))


def _table(block: Block, width: float, repeat: bool) -> Table:
    """A ruled table; a row of one cell runs across all columns."""
    header, *rows = block.rows
    lines: list[tuple[Any, ...]] = [
        ("GRID", (0, 0), (-1, -1), 0.5, colors.HexColor("#7a8ca3")),
        ("BACKGROUND", (0, 0), (-1, 0), INK),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]
    data = [[Paragraph(_markup(cell), STYLES["head"]) for cell in header]]
    for number, row in enumerate(rows, start=1):
        if len(row) == 1:
            lines += [("SPAN", (0, number), (-1, number)),
                      ("BACKGROUND", (0, number), (-1, number), colors.HexColor("#dde6f0")),
                      ("NOSPLIT", (0, number), (-1, number + 1))]  # fmt: skip
        cells = [Paragraph(_markup(cell), STYLES["cell"]) for cell in row]
        data.append(cells + [""] * (len(header) - len(row)))
    widths = [width * share / sum(block.widths) for share in block.widths]
    return Table(data, widths, repeatRows=1 if repeat else 0, style=lines, spaceBefore=4, spaceAfter=10)


def _contents(document: _Document) -> list[Flowable]:
    levels = [STYLES["toc1"], STYLES["toc2"]]
    toc = TableOfContents(dotsMinLevel=0, levelStyles=levels, formatter=document.label)
    title = ParagraphStyle("contents", parent=STYLES["heading1"])  # not itself an entry
    return [Paragraph(_CONTENTS[document.source.language], title), toc]


def _directive(name: str, document: _Document) -> list[Flowable]:
    if name == "contents":
        return _contents(document)
    if name == "columns":
        return [NextPageTemplate("columns"), FrameBreak()]
    if name in ("portrait", "landscape"):
        return [NextPageTemplate(name), PageBreak()]
    if name == "space":
        return [Spacer(1, 60)]
    return [PageBreak(), AnchorFlowable("body")] if name == "body" else [PageBreak()]


def _paragraph(block: Block, following: Block, brief: bool) -> list[Flowable]:
    """A heading, paragraph, numbered paragraph, bullet or line of a box, kept with what it belongs to."""
    name = f"heading{block.level}" if block.kind == "heading" else block.kind
    style, before = STYLES[name], []
    if brief and block.kind != "heading":
        style = ParagraphStyle(f"brief-{name}", parent=style, fontSize=9.5, leading=12.8)
    if block.kind == "box":
        last = following.kind != "box"
        style = ParagraphStyle("boxed", parent=style, keepWithNext=not last, spaceAfter=14 if last else 4)
    if block.kind == "heading" and following.kind == "table":
        # Kept with the next, a heading would take the whole table along to a new page.
        style, before = ParagraphStyle(name, parent=style, keepWithNext=0), [CondPageBreak(130)]
    bullet = "•" if block.kind == "bullet" else block.number or None
    return [*before, Paragraph(_markup(block.text), style, bulletText=bullet)]


def _story(document: _Document) -> list[Flowable]:
    """The flowables of a document, its label and title first."""
    source = document.source
    brief, repeat = source.fields.get("layout") == "brief", source.fields.get("header") != "once"
    story: list[Flowable] = [Paragraph(_markup(source.label), STYLES["label"]),
                             Paragraph(_markup(source.title), STYLES["title"])]  # fmt: skip
    width = A4[0] - 2 * MARGIN
    for block, following in zip(source.blocks, (*source.blocks[1:], Block("directive")), strict=True):
        if block.kind == "directive":
            story += _directive(block.text, document)
            if block.text in ("portrait", "landscape", "columns"):
                full = landscape(A4)[0] if block.text == "landscape" else A4[0]
                width = (full - 2 * MARGIN - 8 * mm) / 2 if block.text == "columns" else full - 2 * MARGIN
        elif block.kind == "table":
            story.append(_table(block, width, repeat))
        else:
            story += _paragraph(block, following, brief)
    return story


def write_pdf(source: Source, path: Path) -> None:
    """Write the PDF of `source`; the same source gives the same bytes."""
    document = _Document(path, source)

    def canvas(*args: Any, **more: Any) -> _Canvas:
        return _Canvas(*args, source=source, **more)

    document.multiBuild(_story(document), canvasmaker=canvas)
