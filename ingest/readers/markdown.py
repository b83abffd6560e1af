"""Markdown -> HTML (markdown-it-py) -> blocks, with its front matter as properties."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ingest.clean import normalise
from ingest.documents import Page, Reading
from ingest.readers.html import blocks_of_html
from ingest.readers.plain import decode

_FRONT = re.compile(r"\A﻿?---[ \t]*\r?\n(.*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.S)
_FIELD = re.compile(r"^\[\[(\w{2,20}):([^\[\]\n]*)\]\][ \t]*$", re.M)


def read_markdown(path: Path) -> Reading:
    """The file at `path`; it has no pages."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.footnote import footnote_plugin

    text = decode(path.read_bytes())
    front = _FRONT.match(text)
    properties = _front_matter(front.group(1)) if front else {}
    body = text[front.end() :] if front else text
    # Exports from wikis write their metadata as lines "[[year:2020]]".
    properties.update((name.casefold(), normalise(value)) for name, value in _FIELD.findall(body))
    body = _FIELD.sub("", body)
    html = MarkdownIt("commonmark", {"html": True}).enable("table").use(footnote_plugin).render(body)
    html = re.sub(r'<a href="#fnref[^"]*"[^>]*>.*?</a>', "", html)
    html = re.sub(r'<sup class="footnote-ref">.*?</sup>', "", html)
    return Reading("markdown", (Page(None, "", blocks_of_html(html)),), properties)


def _front_matter(text: str) -> dict[str, str]:
    """Scalars and lists as text, lists joined by "; ". Front matter that is no YAML is read line by line."""
    import yaml

    try:
        values = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError):
        values = dict(line.split(":", 1) for line in text.splitlines() if ":" in line and line[:1].isalpha())
    if not isinstance(values, dict):
        return {}
    found = {str(name).strip().casefold(): _plain(value) for name, value in values.items()}
    return {name: value for name, value in found.items() if value}


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return "; ".join(filter(None, map(_plain, value)))
    if isinstance(value, dict):
        return "; ".join(filter(None, map(_plain, value.values())))
    return normalise(str(value).strip(" '\""))
