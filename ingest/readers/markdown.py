"""Markdown -> HTML (markdown-it-py) -> blocks, with its front matter as properties."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.clean import normalise
from ingest.documents import Page, Reading, UnreadableFile
from ingest.readers.html import blocks_of_html, with_headings
from ingest.readers.plain import decode

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

log = logging.getLogger(__name__)

# Exports from wikis write what they know of a page as lines "[[year:2020]]".
_FIELD = re.compile(r"^\[\[(\w{2,20}):([^\[\]\n]{0,500})\]\][ \t]*$", re.MULTILINE)
# markdown-it leaves out what is nested deeper, and its own 20 are ten lists; 100 fit on Python's stack.
_DEEPEST = 100
# CommonMark takes a lone "-" for a rule that makes the line above a heading; it is a dash at a line's end.
_SHORT_RULE = re.compile(r"^ {0,3}([-=]{1,2})[ \t]*$", re.MULTILINE)
_TAG = re.compile(r"<(?=/?([a-zA-Z][\w:-]*))")
# What is no element of HTML is words in angle brackets: "<name of the ministry>".
_ELEMENTS = frozenset(
    re.findall(
        r"\w+",
        "a abbr address article aside b bdi bdo blockquote body br button caption center cite code col"
        " colgroup dd del details dfn div dl dt em fieldset figcaption figure font footer form h1 h2 h3 h4 h5"
        " h6 head header hr html i iframe img input ins kbd label legend li link main map mark meta nav"
        " noscript object ol option p picture pre q s samp script section select small source span strike"
        " strong style sub summary sup svg table tbody td template textarea tfoot th thead time title tr tt u"
        " ul var video wbr",
    )
)


def read_markdown(path: Path) -> Reading:
    """The file at `path`; it has no pages. Raises UnreadableFile where no encoding fits."""
    text = decode(path.read_bytes()).replace("\x00", " ")
    fields = {name.lower(): normalise(value) for name, value in _FIELD.findall(text)}
    parser = _parser()
    tokens = parser.parse(_SHORT_RULE.sub(r"\\\1", _FIELD.sub("", text)))
    if any(token.level >= _DEEPEST - 1 for token in tokens):
        raise UnreadableFile(
            f"the text is nested more than {_DEEPEST // 2} lists or quotations deep; export it again"
        )
    properties: dict[str, str] = {}
    for token in tokens:
        if token.type == "front_matter":
            properties = _front_matter(token.content)
    properties |= {name: value for name, value in fields.items() if value and name not in properties}
    properties.pop("unseen", None)  # the reader's own word
    _keep_numbers(tokens)
    _keep_brackets(tokens)
    html = parser.renderer.render(tokens, parser.options, {})
    return Reading("markdown", (Page(None, "", with_headings(blocks_of_html(html))),), properties)


def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.footnote import footnote_plugin
    from mdit_py_plugins.front_matter import front_matter_plugin

    # Without "code": in a text that was exported to Markdown an indented line is no program.
    parser = (
        MarkdownIt("commonmark", {"html": True, "maxNesting": _DEEPEST})
        .enable(["table", "strikethrough"])
        .disable("code")
    )
    return parser.use(front_matter_plugin).use(footnote_plugin)


def _keep_numbers(tokens: list[Token]) -> None:
    """CommonMark renumbers a list "3. 5. 6."; documents mean what they say, unless it is "1. 1. 1."."""
    open_: list[list[Token]] = []
    for token in tokens:
        if token.type in ("ordered_list_open", "bullet_list_open"):
            open_.append([])
        elif token.type == "list_item_open" and open_ and token.info:
            open_[-1].append(token)
        elif token.type in ("ordered_list_close", "bullet_list_close"):
            items = open_.pop()
            if len({item.info for item in items}) > 1:
                for item in items:
                    item.attrSet("value", item.info)


def _keep_brackets(tokens: list[Token]) -> None:
    for token in tokens:
        if token.type in ("html_block", "html_inline"):
            token.content = _TAG.sub(_bracket, token.content)
        _keep_brackets(token.children or [])


def _bracket(match: re.Match[str]) -> str:
    return "<" if match.group(1).lower() in _ELEMENTS else "&lt;"


def _front_matter(text: str) -> dict[str, str]:
    """Scalars as text, lists joined by "; ". Front matter that is no YAML is read line by line."""
    import yaml

    values: Any
    try:
        values = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        log.info("front matter is no YAML: %s", type(error).__name__)
        values = dict(line.split(":", 1) for line in text.splitlines() if re.match(r"\w[\w .-]*:", line))
    if not isinstance(values, dict):
        return {}
    found = {str(name).strip().lower(): _plain(value) for name, value in values.items()}
    return {name: value for name, value in found.items() if value}


def _plain(value: Any) -> str:
    if value is None or isinstance(value, dict):
        return ""
    if isinstance(value, (list, tuple, set)):
        return "; ".join(
            _plain(item) for item in value if not isinstance(item, (list, tuple, set)) and _plain(item)
        )
    return normalise(str(value)).strip("\"' ")
