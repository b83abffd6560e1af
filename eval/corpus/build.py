"""Build the sample documents from `source/` into `documents/`: `python -m eval.corpus.build`.

Needs the `test` extra (reportlab, python-docx). Deterministic: the same sources give the same bytes,
so nothing is compressed (another zlib may deflate otherwise) and all dates are the sources' own.
"""

from __future__ import annotations

import json
import re
import zipfile
from datetime import datetime
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

from eval.corpus.markup import Block, Source, read_source

HERE = Path(__file__).parent
SOURCES = HERE / "source"
DOCUMENTS = HERE / "documents"


def _runs(paragraph: Any, text: str) -> None:
    for number, part in enumerate(re.split(r"\*\*(.+?)\*\*", text)):
        if part:
            paragraph.add_run(part).bold = bool(number % 2) or None


def _docx_table(document: Any, block: Block) -> None:
    from docx.oxml import OxmlElement
    from docx.shared import Mm

    table = document.add_table(len(block.rows), len(block.rows[0]), style="Table Grid")
    table.autofit = False
    for at, row in enumerate(block.rows):
        for cell, text, share in zip(table.rows[at].cells, row, block.widths, strict=True):
            cell.width = Mm(166 * share / sum(block.widths))
            _runs(cell.paragraphs[0], f"**{text}**" if at == 0 else text)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    document.add_paragraph()


def _slim(document: Any) -> None:
    """Drop from python-docx's template what nothing here uses: nine tenths of its bytes."""
    styles = document.styles.element
    for style in list(styles):
        kind, name = (style.get(style.nsmap["w"].join(("{", "}" + key))) for key in ("type", "styleId"))
        if kind == "table" and name not in ("TableNormal", "TableGrid"):
            styles.remove(style)
    for holder in (document.part, document.part.package):
        for key, relation in list(holder.rels.items()):
            if relation.reltype.endswith(("/stylesWithEffects", "/thumbnail")):
                del holder.rels[key]


def write_docx(source: Source, path: Path) -> None:
    """Write the DOCX of `source`, its ZIP entries uncompressed and dated 1980."""
    import docx

    document = docx.Document()
    _slim(document)
    core, made = document.core_properties, datetime.combine(source.date, datetime.min.time())
    core.title, core.author, core.language = source.title, source.fields["author"], source.language
    core.created = core.modified = made
    core.comments = "Sample document"
    document.sections[0].footer.paragraphs[0].text = f"Sample document | {source.fields['author']}"
    document.add_paragraph().add_run(source.label).italic = True
    document.add_heading(source.title, 0)
    for block in source.blocks:
        if block.kind == "table":
            _docx_table(document, block)
        elif block.kind == "heading":
            document.add_heading(block.text, block.level)
        else:
            style = "List Bullet" if block.kind == "bullet" else None
            _runs(document.add_paragraph(style=style), f"{block.number} {block.text}".strip())
    packed = BytesIO()
    document.save(packed)
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name)  # dated 1980-01-01
            entry.create_system = 3  # else it is the building machine's
            new.writestr(entry, old.read(name))


def write_html(source: Source, path: Path) -> None:
    """Write the HTML of `source`, with a menu and a footer around it as web pages have."""
    from markdown_it import MarkdownIt

    main = MarkdownIt("commonmark").enable("table").render(source.body)
    title, author = escape(source.title), escape(source.fields["author"])
    path.write_text(
        f'<!DOCTYPE html>\n<html lang="{source.language}">\n<head>\n<meta charset="utf-8">\n'
        f'<title>{title}</title>\n<meta name="author" content="{author}">\n'
        f'<meta name="date" content="{source.date}">\n</head>\n<body>\n'
        '<nav><a href="#main">Skip to main content</a> <a href="#">Home</a> <a href="#">Library</a></nav>\n'
        f'<main id="main">\n<p><em>{escape(source.label)}</em></p>\n<h1>{title}</h1>\n{main}</main>\n'
        f"<footer>Sample document | {author}</footer>\n</body>\n</html>\n",
        encoding="utf-8",
    )


def write_markdown(source: Source, path: Path) -> None:
    """Write the Markdown of `source`: front matter, label, title, body."""
    fields = [item for item in source.fields.items() if item[0] != "label"]
    front = "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in fields)
    text = f"---\n{front}---\n\n*{source.label}*\n\n# {source.title}\n\n{source.body}"
    path.write_text(text, encoding="utf-8")


def write_text(source: Source, path: Path) -> None:
    """Write the plain text of `source`."""
    path.write_text(f"{source.label}\n\n{source.title}\n\n{source.body}", encoding="utf-8")


def build(target: Path) -> list[Path]:
    """Build every sample document into the folder `target`; the files written, sorted by name."""
    from eval.corpus.pdf import write_pdf

    writers = {".pdf": write_pdf, ".docx": write_docx, ".html": write_html,
               ".md": write_markdown, ".txt": write_text}  # fmt: skip
    target.mkdir(parents=True, exist_ok=True)
    built = []
    for path in sorted(SOURCES.glob("*.src")):
        source = read_source(path)
        built.append(target / source.name)
        writers[built[-1].suffix](source, built[-1])
    return built


if __name__ == "__main__":
    for document in build(DOCUMENTS):
        print(f"{document.stat().st_size:>8,} {document.name}")
