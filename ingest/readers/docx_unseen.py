"""Takes out of a DOCX the runs that Word does not show, or not so that anyone sees them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PALE = 0xE1  # paler in red, green and blue is nearly paper
_TINY = 2  # half points: no reader sees such type as words
_DEEPEST_STYLE = 20
_OFF = ("0", "false", "off")


def take_out_unseen(document: _Element, styles: _Element | None) -> int:
    """Removes hidden, tiny and white runs from the tree; returns how many words they had."""
    found = _Styles(styles)
    ground = document.find(f"{W}background") is not None  # the page has a colour of its own
    words = 0
    for run in list(document.iter(f"{W}r")):
        text = "".join(item.text or "" for item in run.iter(f"{W}t"))
        if not text.strip() and run.find(f"{W}rPr/{W}vanish") is None:
            continue
        looks = list(found.of(run))
        hidden = any(_on(looks, name) for name in ("vanish", "specVanish", "webHidden"))
        if hidden or _tiny(looks) or (not ground and _white(looks) and not _shaded(run, looks, found)):
            words += len(text.split())
            parent = run.getparent()
            if parent is not None:
                parent.remove(run)
    return words


class _Styles:
    """Run properties as Word gathers them: of the run, its style, its paragraph's style, the defaults."""

    def __init__(self, root: _Element | None) -> None:
        items = [] if root is None else root.findall(f"{W}style")
        self._styles = {str(item.get(f"{W}styleId", "")): item for item in reversed(items)}
        self._defaults = None if root is None else root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
        self._usual = next(
            (
                str(item.get(f"{W}styleId", ""))
                for item in items
                if item.get(f"{W}type") == "paragraph" and item.get(f"{W}default") in ("1", "true", "on")
            ),
            "",
        )

    def of(self, run: _Element) -> Iterator[_Element]:
        """The run's properties, nearest first."""
        own = run.find(f"{W}rPr")
        if own is not None:
            yield own
            yield from self._inherited(_value(own, "rStyle"))
        paragraph = next(run.iterancestors(f"{W}p"), None)
        style = "" if paragraph is None else _value(paragraph.find(f"{W}pPr"), "pStyle")
        yield from self._inherited(style or self._usual)
        if self._defaults is not None:
            yield self._defaults

    def _inherited(self, style: str) -> Iterator[_Element]:
        for element in self.chain(style):
            looks = element.find(f"{W}rPr")
            if looks is not None:
                yield looks

    def chain(self, style: str) -> Iterator[_Element]:
        for _ in range(_DEEPEST_STYLE):
            element = self._styles.get(style)
            if element is None:
                return
            yield element
            style = _value(element, "basedOn")

    def shades(self, style: str) -> bool:
        """Whether a style gives any ground, under whatever condition."""
        return any(next(element.iter(f"{W}shd"), None) is not None for element in self.chain(style))


def _value(element: _Element | None, name: str) -> str:
    found = None if element is None else element.find(f"{W}{name}")
    return "" if found is None else str(found.get(f"{W}val", ""))


def _on(looks: list[_Element], name: str) -> bool:
    for each in looks:
        found = each.find(f"{W}{name}")
        if found is not None:
            return found.get(f"{W}val", "1") not in _OFF
    return False


def _tiny(looks: list[_Element]) -> bool:
    size = next(filter(None, (_value(each, "sz") for each in looks)), "")
    return size.isdecimal() and int(size) <= _TINY


def _white(looks: list[_Element]) -> bool:
    for each in looks:
        colour = each.find(f"{W}color")
        if colour is None:
            continue
        value = str(colour.get(f"{W}val", "")).lower()
        theme = str(colour.get(f"{W}themeColor", ""))
        if theme:
            return theme in ("background1", "light1") and colour.get(f"{W}themeShade") is None
        try:
            return len(value) == 6 and all(int(value[at : at + 2], 16) >= _PALE for at in (0, 2, 4))
        except ValueError:
            return False
    return False


def _shaded(run: _Element, looks: list[_Element], styles: _Styles) -> bool:
    """Whether anything may give the run a ground that is not white; a drawing does, for all that we know."""
    if any(each.find(f"{W}{name}") is not None for each in looks for name in ("shd", "highlight")):
        return True
    for around in run.iterancestors():
        name = around.tag.removeprefix(W) if isinstance(around.tag, str) else ""
        if name in ("p", "tc", "tr", "tbl"):
            looks_of = around.find(f"{W}{name}Pr")
            if looks_of is not None:
                style = _value(looks_of, "pStyle") or _value(looks_of, "tblStyle")
                if next(looks_of.iter(f"{W}shd"), None) is not None or styles.shades(style):
                    return True
        elif name == "txbxContent":
            return True
    return False
