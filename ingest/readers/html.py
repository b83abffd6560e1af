"""HTML -> blocks: one walker for HTML pages, and for DOCX and Markdown, which become HTML first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.clean import normalise
from ingest.documents import Block, Page, Reading, UnreadableFile

_DROPPED = (
    "script", "style", "noscript", "template", "nav", "aside", "form", "button", "iframe", "object", "svg", "head",
)  # fmt: skip
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
# An element that holds one of these is a container; else it is a paragraph.
_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "dd", "details", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main",
    "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
}  # fmt: skip
_NUMBER = re.compile(r"^(\d{1,3}(?:\.\d{1,2}){0,4})[.)]?\s+(?=\S)")
_FOOTNOTE = re.compile(r"footnote|endnote|doc-endnote", re.I)
_META = {
    "author": "author", "date": "date", "description": "subject", "dc.title": "title", "dc.creator": "author",
    "dc.date": "date", "og:title": "title", "article:published_time": "published", "citation_title": "title",
    "citation_publication_date": "published", "keywords": "keywords", "dc.language": "language",
}  # fmt: skip
_DEEPEST = 400  # nested elements; lxml refuses more by itself


def read_html(path: Path) -> Reading:
    """The page at `path`, in whatever encoding it declares or seems to have."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(path.read_bytes(), "lxml")
    properties: dict[str, str] = {}
    if soup.title and soup.title.string:
        properties["title"] = normalise(soup.title.string)
    for tag in soup.find_all("meta"):
        name = str(tag.get("name") or tag.get("property") or "").casefold()
        content = normalise(str(tag.get("content") or ""))
        if content and name in _META:
            properties.setdefault(_META[name], content)
    language = soup.html.get("lang") if soup.html else None
    if language:
        properties["language"] = str(language)
    for tag in soup.find_all(["header", "footer"]):
        if not tag.find_parent(["article", "main"]) or tag.name == "footer":
            tag.decompose()
    return Reading("html", (Page(None, "", blocks_of(soup)),), properties)


def blocks_of_html(html: str) -> tuple[Block, ...]:
    """The blocks of HTML that a converter made."""
    from bs4 import BeautifulSoup

    return blocks_of(BeautifulSoup(html, "lxml"))


def blocks_of(soup: Any) -> tuple[Block, ...]:
    """Blocks in reading order, footnotes at the end. Raises UnreadableFile where it is nested absurdly."""
    for tag in soup.find_all(_DROPPED):
        tag.decompose()
    for tag in soup.find_all(lambda tag: tag.has_attr("hidden") or "display:none" in str(tag.get("style", "")).replace(" ", "")):
        tag.decompose()
    walker = _Walker()
    try:
        walker.walk(soup.body or soup, 0)
    except RecursionError as error:
        raise UnreadableFile("is nested too deeply to be read; save it again from its editor") from error
    found = [block for block in walker.found if block.text]
    return tuple([b for b in found if b.kind != "footnote"] + [b for b in found if b.kind == "footnote"])


class _Walker:
    def __init__(self) -> None:
        self.found: list[Block] = []
        self.tables = 0
        self.note = False

    def walk(self, node: Any, depth: int) -> None:
        from bs4 import NavigableString

        if depth > _DEEPEST:
            raise UnreadableFile("is nested too deeply to be read; save it again from its editor")
        inline: list[str] = []
        for child in node.children:
            if isinstance(child, NavigableString):
                if type(child) is NavigableString:  # no comments, no declarations
                    inline.append(str(child))
            elif child.name not in _BLOCKS and not child.find(list(_BLOCKS)):
                inline.append("\n" if child.name == "br" else _text(child))
            else:
                self._paragraph(inline)
                self._element(child, depth)
        self._paragraph(inline)

    def _element(self, tag: Any, depth: int) -> None:
        before = self.note
        marks = " ".join([*map(str, tag.get("class") or []), str(tag.get("id") or ""), str(tag.get("role") or "")])
        if tag.name in {"ol", "section", "div", "li", "aside"} and _FOOTNOTE.search(marks):
            self.note = True
        if tag.name in _HEADINGS:
            self._add("heading", _text(tag), level=_HEADINGS[tag.name])
        elif tag.name == "table":
            self._table(tag, depth)
        elif tag.name in {"ol", "ul"}:
            self._list(tag, depth)
        elif tag.name == "pre":
            self._paragraph([_text(tag)])
        else:
            self.walk(tag, depth + 1)
        self.note = before

    def _list(self, tag: Any, depth: int) -> None:
        number = int(tag["start"]) if str(tag.get("start", "")).isdigit() else 1
        for item in tag.find_all("li", recursive=False):
            at = len(self.found)
            self._element(item, depth + 1)
            if tag.name == "ol" and len(self.found) > at and not self.note and self.found[at].kind == "paragraph":
                first = self.found[at]
                # The number is what the reader sees, though it is no text of the file.
                self.found[at] = Block("paragraph", first.text, number=first.number or str(number))
            number += 1

    def _table(self, tag: Any, depth: int) -> None:
        rows = [row for row in tag.find_all("tr") if row.find_parent("table") is tag]
        grid, own = _grid(rows)
        if not grid:
            return
        if max(len(set(filled)) for filled in own) <= 1:  # a frame around text
            for row in rows:
                self.walk(row, depth + 1)
            return
        self.tables += 1
        header = self._header(rows, grid)
        for at, (cells, words) in enumerate(zip(grid, own, strict=True)):
            text = normalise(" ".join(words))
            if at == 0 and header:
                self.found.append(Block("row", text, table=self.tables))
            elif len(words) == 1 and len(grid[0]) > 1 and len(set(cells)) == 1:
                self._add("paragraph", text)
            else:
                pairs = tuple(
                    (header[i] if i < len(header) else "", cell) for i, cell in enumerate(cells) if cell
                )
                self.found.append(Block("row", text, cells=pairs, table=self.tables))

    @staticmethod
    def _header(rows: list[Any], grid: list[list[str]]) -> tuple[str, ...]:
        if len(grid) < 2:
            return ()
        marked = rows[0].find_parent("thead") is not None or not rows[0].find("td")
        short = all(len(cell) <= 90 for cell in grid[0]) and sum(any(c.isdigit() for c in cell) for cell in grid[0]) <= 1
        return tuple(grid[0]) if (marked or short) and len(set(grid[0])) > 1 else ()

    def _paragraph(self, parts: list[str]) -> None:
        text = "".join(parts)
        parts.clear()
        self._add("footnote" if self.note else "paragraph", text)

    def _add(self, kind: Any, text: str, level: int = 0) -> None:
        plain = normalise(text)
        if not plain:
            return
        number = _NUMBER.match(plain) if kind == "paragraph" and len(plain) > 40 else None
        self.found.append(Block(kind, plain, level=level, number=number.group(1) if number else ""))


def _text(tag: Any) -> str:
    """The words of an element; a line break or a nested block is a space, inline markup is nothing."""
    parts: list[str] = []
    for part in tag.descendants:
        if getattr(part, "name", None) in _BLOCKS or getattr(part, "name", None) == "br":
            parts.append(" ")
        elif getattr(part, "name", None) is None and type(part).__name__ == "NavigableString":
            parts.append(str(part))
    return "".join(parts)


def _grid(rows: list[Any]) -> tuple[list[list[str]], list[list[str]]]:
    """(cells with spans filled in, each row's own words), rows without words left out."""
    grid: list[list[str]] = []
    own: list[list[str]] = []
    waiting: dict[int, tuple[int, str]] = {}  # column -> (rows still covered, text)
    for row in rows:
        cells: list[str] = []
        words: list[str] = []
        queue: Iterator[Any] = iter(row.find_all(["td", "th"], recursive=False))
        current = next(queue, None)
        while current is not None or len(cells) in waiting:
            column = len(cells)
            if column in waiting:
                left, text = waiting.pop(column)
                if left > 1:
                    waiting[column] = (left - 1, text)
                cells.append(text)
                continue
            text = normalise(_text(current))
            if text:
                words.append(text)
            across, down = _span(current, "colspan"), _span(current, "rowspan")
            for offset in range(across):
                if down > 1:
                    waiting[column + offset] = (down - 1, text)
                cells.append(text)
            current = next(queue, None)
        if words:
            grid.append(cells)
            own.append(words)
    return grid, own


def _span(cell: Any, name: str) -> int:
    value = str(cell.get(name, "1"))
    return min(100, max(1, int(value))) if value.isdigit() else 1
