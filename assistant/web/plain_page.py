"""Pages beside the chat in its looks: no script, nothing from elsewhere."""

from __future__ import annotations

import re
from functools import cache
from html import escape
from pathlib import Path

from assistant.web.words import direction, say


def plain_page(title: str, main: str, language: str = "en") -> str:
    """A whole page. main: HTML in which every word of others is escaped."""
    brand = say(language, "page.title")
    return (
        f'<!doctype html><html lang="{escape(language)}" dir="{direction(language)}"><head>'
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} · {brand}</title><style>{style()}</style></head>"
        f'<body><p class="brand"><a href="/">{brand}</a></p><main>{main}</main></body></html>'
    )


@cache
def style() -> str:
    """The colours that style.css gives the chat, by the browser's own choice of light and dark."""
    here = Path(__file__)
    colours = here.with_name("style.css").read_text(encoding="utf-8")
    blocks = re.findall(r"^(?::root|\.dark[^{]*) \{(.*?)\}", colours, re.S | re.M)
    light, dark = blocks[:2]
    rest = here.with_name("plain_page.css").read_text(encoding="utf-8")
    return f":root{{{light}}}@media(prefers-color-scheme:dark){{:root{{{dark}}}}}{rest}"
