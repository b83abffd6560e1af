"""What Word prints but does not write into the text: list numbers; and which paragraphs are headings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
# Word keeps the English name in every language ("heading 1"); other programs write their own.
_HEADING = re.compile(
    r"^(?:heading|titre|t[ií]tulo|überschrift|titolo|заголовок|标题|عنوان|العنوان)\s*([1-6])$", re.IGNORECASE
)
_TITLE = re.compile(r"^(?:title|titre|t[ií]tulo|titel|название|标题|العنوان)$", re.IGNORECASE)
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
          (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_LONGEST_BOLD = 100  # characters of a bold line that is taken for a heading
_DEEPEST_STYLE = 20  # styles based on styles; a circle ends here


def printed_words(parts: dict[str, _Element]) -> dict[str, _Element]:
    """`parts` with list numbers as words, headings in the styles Heading1 to Heading6 (by outline level,
    so in any language), and without hidden text and the table of contents. Changes the trees in place."""
    document = parts.get("word/document.xml")
    if document is None:
        return parts
    styles = _Styles(parts.get("word/styles.xml"))
    lists = _Lists(parts.get("word/numbering.xml"), styles)
    _strip(document)
    for paragraph in list(document.iter(f"{_W}p")):
        style = _value(paragraph, "pPr/pStyle")
        if re.match(r"toc\s*\d", styles.name(style), re.IGNORECASE):
            _remove(paragraph)
            continue
        label = lists.label(paragraph, style)
        if label:
            _prefix(paragraph, label)
        level = styles.heading(paragraph, style)
        if level:
            _set_style(paragraph, f"Heading{level}")
    lists.forget_numbers()
    if sum(_value(item, "pPr/pStyle").startswith("Heading") for item in document.iter(f"{_W}p")) < 2:
        _promote_bold(document)
    return parts


def _strip(document: _Element) -> None:
    for choice in list(document.iter(f"{_MC}Choice")):
        parent = choice.getparent()
        if parent is not None and parent.find(f"{_MC}Fallback") is not None:
            parent.remove(choice)


def _promote_bold(document: _Element) -> None:
    """Authors who know no styles set their headings in bold: short lines of the body, bold throughout."""
    for paragraph in document.iterfind(f"{_W}body/{_W}p"):
        runs = [
            run
            for run in paragraph.iter(f"{_W}r")
            if any(_has_words(text.text) for text in run.iter(f"{_W}t"))
        ]
        text = "".join(item.text or "" for item in paragraph.iter(f"{_W}t")).strip()
        bold = [_find(run, "rPr/b") for run in runs]
        if (
            3 < len(text) <= _LONGEST_BOLD
            and not text.endswith((".", ",", ";", ":", "!", "?", "؟", "،"))
            and all(mark is not None and mark.get(f"{_W}val", "1") not in ("0", "false") for mark in bold)
        ):
            _set_style(paragraph, "Heading2")


def _remove(element: _Element) -> None:
    parent = element.getparent()
    if parent is None:
        return
    siblings = [child for child in parent if child.tag == element.tag]
    if parent.tag == f"{_W}tc" and len(siblings) == 1:
        return  # a cell needs a paragraph
    parent.remove(element)


def _find(element: _Element | None, path: str) -> _Element | None:
    return None if element is None else element.find("/".join(_W + step for step in path.split("/")))


def _value(element: _Element | None, path: str) -> str:
    """The w:val of what stands at `path`, "" if there is none."""
    found = _find(element, path)
    return "" if found is None else str(found.get(f"{_W}val", ""))


def _number(text: str, default: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 7 else default


class _Styles:
    """The paragraph styles: their names, outline levels and lists, inherited as Word inherits them."""

    def __init__(self, root: _Element | None) -> None:
        found = [] if root is None else root.findall(f"{_W}style")
        self._styles = {str(item.get(f"{_W}styleId", "")): item for item in reversed(found)}

    def name(self, style: str) -> str:
        return _value(self._styles.get(style), "name") or style

    def chain(self, style: str) -> Iterator[tuple[str, _Element]]:
        for _ in range(_DEEPEST_STYLE):
            element = self._styles.get(style)
            if element is None:
                return
            yield style, element
            style = _value(element, "basedOn")

    def heading(self, paragraph: _Element, style: str) -> int:
        """1 to 6, or 0 for no heading."""
        outline = _value(paragraph, "pPr/outlineLvl")
        for _, element in self.chain(style):
            outline = outline or _value(element, "pPr/outlineLvl")
            named = _HEADING.match(_value(element, "name"))
            if named and not outline:
                return int(named.group(1))
        if outline:
            level = _number(outline, 9) + 1
            return min(level, 6) if level <= 9 else 0
        return 1 if _TITLE.match(self.name(style)) else 0


@dataclass(frozen=True)
class _Level:
    """One level of a list: `shape` is "%1.%2.", `style` the paragraph style that is tied to it."""

    start: int
    format: str
    shape: str
    style: str
    legal: bool


@dataclass
class _List:
    """An abstract list: its levels, and how far it has counted."""

    levels: dict[int, _Level]
    counts: dict[int, int] = field(default_factory=dict)


class _Lists:
    """Counts as Word counts: lists made from one definition share their counters (ECMA-376, 17.9)."""

    def __init__(self, root: _Element | None, styles: _Styles) -> None:
        self._root = root
        self._styles = styles
        self._lists: dict[str, _List] = {}
        self._instances: dict[str, str] = {}
        self._starts: dict[str, dict[int, int]] = {}
        for item in () if root is None else root.findall(f"{_W}abstractNum"):
            levels = {_number(str(lvl.get(f"{_W}ilvl")), 0): _level(lvl) for lvl in item.findall(f"{_W}lvl")}
            self._lists[str(item.get(f"{_W}abstractNumId"))] = _List(levels)
        for item in () if root is None else root.findall(f"{_W}num"):
            name = str(item.get(f"{_W}numId"))
            self._instances[name] = _value(item, "abstractNumId")
            self._starts[name] = {
                _number(str(one.get(f"{_W}ilvl")), 0): _number(_value(one, "startOverride"), 1)
                for one in item.findall(f"{_W}lvlOverride")
                if _value(one, "startOverride")
            }

    def label(self, paragraph: _Element, style: str) -> str:
        """What Word prints before the paragraph ("12.", "(a)"); "" for no list, bullets and other scripts."""
        name, depth = self._place(paragraph, style)
        found = self._lists.get(self._instances.get(name, ""))
        level = found.levels.get(depth) if found else None
        if found is None or level is None or level.format in ("bullet", "none", ""):
            return ""
        start = self._starts.get(name, {}).pop(depth, None)
        found.counts[depth] = start if start is not None else found.counts.get(depth, level.start - 1) + 1
        for deeper in [at for at in found.counts if at > depth]:
            del found.counts[deeper]
        return self._printed(found, level).strip()

    def _place(self, paragraph: _Element, style: str) -> tuple[str, int]:
        """(list, level) of a paragraph, by itself or by its style."""
        own = _find(paragraph, "pPr/numPr")
        name, depth = _value(own, "numId"), _value(own, "ilvl")
        for style_name, element in () if name else self._styles.chain(style):
            name = _value(element, "pPr/numPr/numId")
            if name:
                found = self._lists.get(self._instances.get(name, ""))
                tied = (
                    [at for at, level in found.levels.items() if level.style == style_name] if found else []
                )
                depth = depth or _value(element, "pPr/numPr/ilvl") or str(tied[0] if tied else 0)
                break
        return name, _number(depth, 0)

    @staticmethod
    def _printed(found: _List, level: _Level) -> str:
        def put(match: re.Match[str]) -> str:
            at = int(match.group(1)) - 1
            other = found.levels.get(at)
            if other is None:
                return ""
            return _figure(found.counts.get(at, other.start), "decimal" if level.legal else other.format)

        return re.sub(r"%([1-9])", put, level.shape)

    def forget_numbers(self) -> None:
        """Takes out all lists but bullets, so that nobody counts them again."""
        for item in () if self._root is None else self._root.iter(f"{_W}lvl"):
            kind = _find(item, "numFmt")
            if kind is not None and kind.get(f"{_W}val") != "bullet":
                item.getparent().remove(item)


def _level(item: _Element) -> _Level:
    legal = _find(item, "isLgl")
    return _Level(
        _number(_value(item, "start"), 1),
        _value(item, "numFmt"),
        _value(item, "lvlText"),
        _value(item, "pStyle"),
        legal is not None and legal.get(f"{_W}val", "1") not in ("0", "false", "off"),
    )


def _figure(number: int, kind: str) -> str:
    if kind in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1) if number > 0 else ""
        return letter.upper() if kind == "upperLetter" else letter
    if kind in ("lowerRoman", "upperRoman"):
        return _roman(number).upper() if kind == "upperRoman" else _roman(number)
    if kind == "decimalZero":
        return f"{number:02d}"
    return str(number) if kind.startswith("decimal") else ""


def _roman(number: int) -> str:
    figures: list[str] = []
    for value, letters in _ROMAN:
        times, number = divmod(number, value) if number < 5000 else (0, number)
        figures.append(letters * times)
    return "".join(figures)


def _prefix(paragraph: _Element, label: str) -> None:
    """Puts `label` before the words of a paragraph that has any, and takes it out of its list."""
    if not any(_has_words(text.text) for text in paragraph.iter(f"{_W}t")):
        return
    run = paragraph.makeelement(f"{_W}r", {})
    words = paragraph.makeelement(f"{_W}t", {"{http://www.w3.org/XML/1998/namespace}space": "preserve"})
    words.text = f"{label} "
    run.append(words)
    properties = _find(paragraph, "pPr")
    paragraph.insert(0 if properties is None else 1, run)


def _has_words(text: str | None) -> bool:
    return bool(text and text.strip())


def _set_style(paragraph: _Element, style: str) -> None:
    properties = _find(paragraph, "pPr")
    if properties is None:
        properties = paragraph.makeelement(f"{_W}pPr", {})
        paragraph.insert(0, properties)
    found: Iterable[_Element] = properties.findall(f"{_W}pStyle")
    for old in found:
        properties.remove(old)
    properties.insert(0, paragraph.makeelement(f"{_W}pStyle", {f"{_W}val": style}))
