"""HTML -> blocks: one walker for web pages, and for DOCX and Markdown, which become HTML first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.clean import normalise
from ingest.documents import Block, Page, Reading
from ingest.readers.html_tables import Row, row_blocks, table_rows
from ingest.readers.html_unseen import take_out_unseen
from ingest.readers.plain import decode, paragraph_number, promote_headings

if TYPE_CHECKING:
    from bs4.element import PageElement, Tag

_NEVER = {
    "script", "style", "noscript", "template", "head", "button", "select", "textarea", "datalist", "iframe",
    "object", "svg", "canvas", "audio", "video", "dialog", "map",
}  # fmt: skip
_FURNITURE = {"nav", "aside", "footer", "menu"}  # of a web site, around the document
_FURNITURE_ROLES = {"navigation", "banner", "contentinfo", "search", "complementary"}
_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hr", "html", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
}  # fmt: skip
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
LONGEST_HEADING = 300  # characters: more is a paragraph that was marked up as a heading
_WORD = re.compile(r"[^\W\d_]{3}|[\u3040-\u30ff\u3400-\u9fff]")
_NOTE_NAMES = r"(?:fn|_?ftn|_?edn|footnote|endnote|cite_note)[-_:]?"
_NOTE_ID = re.compile(rf"^{_NOTE_NAMES}[\w-]*\d", re.IGNORECASE)
_NOTE_REFERENCE = re.compile(rf"^#{_NOTE_NAMES}(?!ref)[\w-]*\d", re.IGNORECASE)
_MARK = re.compile(r"^[\[(]?(?:\d{1,4}(?::\d{1,3})?|[ivx]{1,6}|[a-z*†‡])[\])]?$")
_ARROWS = {"↑", "↩", "↩︎", "^", "⤴"}
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([\w.:-]{2,30})""", re.IGNORECASE)
_XML_CHARSET = re.compile(rb"""^\s*<\?xml[^>]{0,100}encoding\s*=\s*["']([\w.:-]{2,30})""")
_META = {
    "description": "subject", "dc.title": "title", "dcterms.title": "title", "og:title": "title",
    "citation_title": "title", "dc.creator": "author", "dcterms.creator": "author",
    "article:author": "author", "citation_author": "author", "dc.date": "date", "dcterms.date": "date",
    "article:published_time": "published", "citation_publication_date": "published",
    "dcterms.created": "created", "dc.language": "language", "dcterms.language": "language",
    "dc.subject": "keywords", "dc.description": "subject",
}  # fmt: skip
_TECHNICAL = re.compile(
    r"viewport|robots|generator|csrf|verif|theme-|msapplication|apple-|twitter:|fb:|og:image|og:url"
)


def read_html(path: Path) -> Reading:
    """The page at `path`, in whatever encoding it declares or seems to have; it has no pages.

    Raises UnreadableFile where no encoding fits.
    """
    data = path.read_bytes()
    declared = _XML_CHARSET.search(data[:4096]) or _CHARSET.search(data[:4096])
    text = decode(data, declared.group(1).decode("ascii") if declared else "")
    soup = _parsed(text)
    properties = {name: value for name, value in _properties(soup).items() if name != "unseen"}
    unseen = take_out_unseen(soup)
    if unseen:
        properties["unseen"] = str(unseen)
    return Reading("html", (Page(None, "", _blocks(soup)),), properties)


def blocks_of_html(html: str) -> tuple[Block, ...]:
    """Blocks in reading order, footnotes at the end, of HTML that a converter made."""
    soup = _parsed(html)
    take_out_unseen(soup)
    return _blocks(soup)


def _parsed(text: str) -> Tag:
    from bs4 import BeautifulSoup

    # NUL ends libxml2's input, and what cannot be encoded cannot be parsed.
    return BeautifulSoup(text.replace("\x00", " ").encode("utf-8", "replace").decode(), "lxml")


def _blocks(soup: Tag) -> tuple[Block, ...]:
    found = _Walker(furniture=False, only_title=_only_title(soup)).walk(soup)
    # A page whose words all stand in what looks like furniture is read whole: nothing is lost in silence.
    return found or _Walker(furniture=True).walk(soup)


def _only_title(soup: Tag) -> Tag | None:
    titles = soup.find_all("h1", limit=2)
    return titles[0] if len(titles) == 1 else None


def _properties(soup: Tag) -> dict[str, str]:
    found: dict[str, str] = {}
    title = soup.find("title")
    if title is not None:
        found["title"] = normalise(title.get_text())
    for tag in soup.find_all("meta"):
        name = str(tag.get("name") or tag.get("property") or "").strip().lower()
        content = normalise(str(tag.get("content") or ""))
        name = _META.get(name, name)
        if name and content and not _TECHNICAL.search(name) and not found.get(name):
            found[name] = content
    root = soup.find("html")
    language = str(root.get("lang") or root.get("xml:lang") or "") if root is not None else ""
    if language:
        found["language"] = normalise(language)
    return {name: value for name, value in found.items() if value}


@dataclass
class _Walker:
    """Walks the tree with a stack of its own: its depth is the file's choice and must not end the reading."""

    furniture: bool  # whether what a web site puts around a document is read too
    only_title: Tag | None = None
    blocks: list[Block] = field(default_factory=list)
    notes: list[Block] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    levels: list[int] = field(default_factory=list)  # of the headings around
    counters: list[int | None] = field(default_factory=list)  # of the lists around; None: no numbers
    term: str = ""  # a definition list's term that waits for its definition
    mark: str = ""  # a list item's number that waits for its first words
    in_notes: int = 0
    in_article: int = 0
    tables: int = 0

    def walk(self, root: Tag) -> tuple[Block, ...]:
        from bs4.element import NavigableString, PreformattedString, Tag

        stack: list[tuple[Tag | None, Iterator[PageElement]]] = [(None, iter(root.contents))]
        while stack:
            tag, children = stack[-1]
            child = next(children, None)
            if child is None:
                stack.pop()
                if tag is not None:
                    self._leave(tag)
            elif isinstance(child, Tag):
                if not self._is_dropped(child) and self._enter(child):
                    stack.append((child, iter(child.contents)))
            elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
                self.words.append(str(child))
        self._flush()
        self._define("")
        return (*self.blocks, *self.notes)

    def _enter(self, tag: Tag) -> bool:
        """Whether to go into `tag`."""
        name = tag.name
        if name == "br":
            self.words.append("\n")
        if name not in _BLOCKS:
            return True
        self._flush()
        if _is_note(tag):
            self.in_notes += 1
        if name in _HEADINGS:
            self.levels.append(_HEADINGS[name])
        elif name in ("article", "main"):
            self.in_article += 1
        elif name in ("ol", "ul", "menu"):
            self.counters.append(_start(tag) if name == "ol" else None)
        elif name == "li":
            self._count(tag)
        elif name == "dt":
            self._define("")
        elif name == "pre":
            for part in re.split(r"\n[ \t]*\n", flat_text(tag, "")):
                self.words.append(part)
                self._flush()
            return False
        elif name == "table":
            return self._table(tag)
        return True

    def _leave(self, tag: Tag) -> None:
        name = tag.name
        if name not in _BLOCKS:
            return
        if name == "dt":
            self.term = f"{self.term} {normalise(''.join(self.words))}".strip()
            self.words.clear()
        self._flush()
        if name in _HEADINGS:
            self.levels.pop()
        elif name in ("article", "main"):
            self.in_article -= 1
        elif name in ("ol", "ul", "menu"):
            self.counters.pop()
        elif name == "li":
            self.mark = ""
        elif name == "dl":
            self._define("")
        if _is_note(tag):
            self.in_notes -= 1

    def _is_dropped(self, tag: Tag) -> bool:
        name = tag.name
        role = str(tag.get("role") or "")
        if name in _NEVER:
            return True
        if name == "a":
            return _is_note_link(tag)
        if tag.get("aria-hidden") == "true" and not tag.find(list(_HEADINGS)):
            return True
        if self.furniture or role.startswith("doc-"):
            return False
        if name == "form":  # some systems put the whole page into one
            return tag.find(["h1", "main", "article"]) is None
        if name == "header":
            return not self.in_article and (self.only_title is None or tag not in self.only_title.parents)
        return name in _FURNITURE or role in _FURNITURE_ROLES

    def _count(self, item: Tag) -> None:
        if not self.counters or self.counters[-1] is None:
            return
        value = str(item.get("value") or "")
        number = int(value) if value.isdecimal() and len(value) < 7 else self.counters[-1]
        self.counters[-1] = number + 1
        self.mark = f"{number}."

    def _table(self, table: Tag) -> bool:
        """Adds the table's rows; whether to go into it instead, because it only lays out a page."""
        caption = table.find("caption", recursive=False)
        rows = table_rows(table, flat_text)
        if _is_layout(table, rows):
            return True
        if caption is not None:
            self.words.append(flat_text(caption))
            self._flush()
        self.mark = ""
        self.tables += 1
        self.blocks += row_blocks(rows, self.tables)
        return False

    def _define(self, definition: str) -> None:
        """A term and its definition are one paragraph."""
        text, self.term = f"{self.term} {definition}".strip(), ""
        if text:
            self.blocks.append(Block("paragraph", text))

    def _flush(self) -> None:
        text = normalise("".join(self.words))
        self.words.clear()
        if not text:
            return
        if self.mark:
            text, self.mark = f"{self.mark} {text}", ""
        if self.in_notes:
            number = re.match(r"^\[?(\d{1,4})[\].]?\s", text)
            self.notes.append(Block("footnote", text, number=number.group(1) if number else ""))
        elif self.levels and len(text) <= LONGEST_HEADING and _says_something(text):
            self.blocks.append(Block("heading", text, level=self.levels[-1]))
        elif self.term:
            self._define(text)
        else:
            self.blocks.append(Block("paragraph", text, number=paragraph_number(text)))


def _says_something(text: str) -> bool:
    """Whether a heading has words: a chart's line above "---" is a heading to Markdown ("0 1", "M A R")."""
    letters, digits = sum(map(str.isalpha, text)), sum(map(str.isdigit, text))
    return letters >= digits and _WORD.search(text) is not None


def flat_text(tag: Tag, space: str = " ") -> str:
    """The words of `tag` on one line: a line break or a block's edge is a space, inline markup is nothing.

    `space`: "" keeps the text's own lines (of <pre>).
    """
    from bs4.element import NavigableString, PreformattedString, Tag

    parts: list[str] = []
    stack: list[Iterator[PageElement] | str] = [iter(tag.contents)]
    while stack:
        top = stack[-1]
        child = None if isinstance(top, str) else next(top, None)
        if child is None:
            stack.pop()
            if isinstance(top, str):
                parts.append(top)
        elif isinstance(child, Tag):
            if child.name in _NEVER or (child.name == "a" and _is_note_link(child)):
                continue
            edge = "\n" if child.name in _BLOCKS or child.name == "br" else ""
            parts.append(edge)
            stack += [edge, iter(child.contents)]
        elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
            parts.append(str(child))
    return normalise("".join(parts)) if space else "".join(parts)


def _is_layout(table: Tag, rows: list[Row]) -> bool:
    if str(table.get("role") or "") in ("presentation", "none") or not rows:
        return True
    if any(any(row.headers) or row.head for row in rows):
        return False
    if max(len(row.cells) for row in rows) == 1 or len(rows) == 1:
        return len(rows[0].cells) == 1 or table.find(["table", "p", "ul", "ol", *_HEADINGS]) is not None
    return any(len(inner.find_all("tr", limit=2)) > 1 for inner in table.find_all("table", limit=5))


def _start(tag: Tag) -> int:
    value = str(tag.get("start") or "1")
    return int(value) if value.isdecimal() and len(value) < 7 else 1


def _is_note(tag: Tag) -> bool:
    if str(tag.get("role") or "") in ("doc-footnote", "doc-endnote", "doc-endnotes"):
        return True
    return tag.name in ("li", "p", "div", "aside") and _NOTE_ID.match(str(tag.get("id") or "")) is not None


def _is_note_link(tag: Tag) -> bool:
    """Whether a link leads from the text to its note or back: its mark is no word of either."""
    role, target = str(tag.get("role") or ""), str(tag.get("href") or "")
    if role in ("doc-noteref", "doc-backlink"):
        return True
    if not target.startswith("#"):
        return False
    text = tag.get_text().strip()
    return text in _ARROWS or (_NOTE_REFERENCE.match(target) is not None and _MARK.match(text) is not None)


def with_headings(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """`blocks`; what surely is a heading becomes one where the author marked up none but a title."""
    if sum(block.kind == "heading" for block in blocks) > 1:
        return blocks
    return tuple(promote_headings((block, True) for block in blocks))
