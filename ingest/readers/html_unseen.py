"""Takes out of a web page what nobody sees on it: hidden by its style, of no size, off the screen, white.

What a script could show, or a style sheet elsewhere could colour, is kept: real words must not be lost.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bs4.element import Tag

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_LENGTH = re.compile(r"^(-?[\d.]+)(px|pt|em|rem|ex|ch|%|vw|vh|)$")
_RGB = re.compile(r"^rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)(?:\s*[,/]\s*([\d.]+%?))?\s*\)$")
_NAMED = {"white": (255, 255, 255), "snow": (255, 250, 250), "ivory": (255, 255, 240), "black": (0, 0, 0)}
_WHITE = _NAMED["white"]
_ALIKE = 24  # levels of 255 between the colours of words and of their ground that no eye tells apart
_FAR = -500  # pixels (or ems): what begins there lies off the screen
_MOST_RULES = 50  # that hide something
Colour = tuple[int, int, int]
Style = dict[str, str]


def take_out_unseen(soup: Tag) -> int:
    """Removes what nobody sees from the tree; returns how many words that were."""
    found = [tag for tag in soup.find_all(style=True) if _unseen(declared(str(tag["style"])))]
    found += soup.find_all(hidden=True)
    found += [tag for tag in soup.find_all(_coloured) if _on_its_own_colour(tag, soup)]
    if soup.find("script") is None:
        found += _by_sheet(soup)
    words = 0
    for tag in found:
        if not tag.decomposed and tag.name not in ("html", "body"):
            words += len(tag.get_text(" ").split())
            tag.decompose()
    return words


def declared(style: str) -> Style:
    """What a style attribute or a rule declares, by property."""
    pairs = (part.split(":", 1) for part in _COMMENT.sub("", style).casefold().split(";") if ":" in part)
    return {name.strip(): value.replace("!important", "").strip() for name, value in pairs}


def _unseen(style: Style) -> bool:
    if style.get("display") == "none" or style.get("visibility") in ("hidden", "collapse"):
        return True
    opacity = style.get("opacity", "").removesuffix("%")
    if re.fullmatch(r"0*\.?0+\d?", opacity) and float(opacity) < 0.05:
        return True
    size = _length(style.get("font-size", ""))
    if size is not None and size <= 1 and (size == 0 or style["font-size"].endswith(("px", "pt"))):
        return True
    if style.get("color") == "transparent" or _clear(style.get("color", "")):
        return True
    edges = [_length(style.get(name, "")) for name in ("left", "top", "right", "bottom", "text-indent")]
    placed = style.get("position") in ("absolute", "fixed")
    if any(edge is not None and edge <= _FAR for edge in (edges if placed else edges[-1:])):
        return True
    clipped = style.get("overflow") == "hidden" or style.get("overflow-y") == "hidden"
    flat = any(_length(style.get(name, "")) == 0 for name in ("height", "max-height", "width", "max-width"))
    return (clipped and flat) or re.match(r"rect\(\s*[01]", style.get("clip", "")) is not None


def _length(value: str) -> float | None:
    found = _LENGTH.match(value)
    try:
        return float(found.group(1)) if found else None
    except ValueError:
        return None


def _clear(value: str) -> bool:
    found = _RGB.match(value)
    return bool(found and found.group(4) and re.fullmatch(r"0*\.?0*%?", found.group(4)))


def _by_sheet(soup: Tag) -> Iterator[Tag]:
    """What the page's own style sheets hide; without a script nothing shows it."""
    import soupsieve

    # ":hover", ":target" and the like show and hide without a script.
    hiding = (
        selector
        for sheet in soup.find_all("style")
        for selector, body in _rules(_COMMENT.sub("", sheet.get_text()))
        if ":" not in selector and _unseen(declared(body))
    )
    for selector in islice(hiding, _MOST_RULES):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield from soupsieve.select(selector, soup)
        except (soupsieve.SelectorSyntaxError, ValueError):
            continue


def _rules(sheet: str) -> Iterator[tuple[str, str]]:
    """(selector, declarations) of a style sheet; what stands in an @media or the like is left out."""
    depth = start = body = 0
    selector = ""
    for brace in re.finditer("[{}]", sheet):
        if brace.group() == "{":
            if not depth:
                selector, body = sheet[start : brace.start()].rpartition(";")[2].strip(), brace.end()
            depth += 1
            continue
        if depth == 1 and selector and not selector.startswith("@"):
            yield selector, sheet[body : brace.start()]
        depth, start = max(depth - 1, 0), brace.end()


def _coloured(tag: Tag) -> bool:
    return tag.has_attr("color") or "color" in str(tag.get("style") or "").casefold()


def _on_its_own_colour(tag: Tag, soup: Tag) -> bool:
    """Whether the words' colour is that of their ground, as far as the page itself says what that is."""
    styled = declared(str(tag.get("style") or "")).get("color", "")
    own = _colour(styled or str(tag.get("color") or "").casefold())
    if own is None:
        return False
    for around in (tag, *tag.parents):
        style = declared(str(around.get("style") or ""))
        ground = style.get("background-color") or style.get("background") or str(around.get("bgcolor") or "")
        if ground:
            colour = _colour(ground.casefold())
            return colour is not None and _alike(own, colour)
        if around.get("background"):
            return False
    return _alike(own, _WHITE) and not _grounded_by_sheet(tag, soup)


def _grounded_by_sheet(tag: Tag, soup: Tag) -> bool:
    """Whether a style sheet gives the words a ground, or is not here to be asked."""
    import soupsieve

    if soup.find("link", rel="stylesheet") is not None:
        return True
    for sheet in soup.find_all("style"):
        for selector, body in _rules(_COMMENT.sub("", sheet.get_text())):
            if "background" not in body.casefold():
                continue
            try:
                if soupsieve.closest(selector, tag) is not None:
                    return True
            except (soupsieve.SelectorSyntaxError, ValueError):
                return True  # nobody knows
    return False


def _alike(one: Colour, two: Colour) -> bool:
    return all(abs(a - b) <= _ALIKE for a, b in zip(one, two, strict=True))


def _colour(value: str) -> Colour | None:
    value = value.strip()
    if value in _NAMED:
        return _NAMED[value]
    if found := _RGB.match(value):
        return int(found.group(1)), int(found.group(2)), int(found.group(3))
    digits = value.removeprefix("#")
    if re.fullmatch("[0-9a-f]{3}", digits):
        digits = "".join(2 * digit for digit in digits)
    if not re.fullmatch("[0-9a-f]{6}", digits):
        return None
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
