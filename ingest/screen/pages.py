"""A document's pages as HTML: the page's picture beside the text that was read from it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from ingest.documents import Block, Page
from ingest.ocr import unread_reason
from ingest.screen.parts import here, percent, shown
from ingest.screen.words import say


def page(sha: str, format_: str, pages: Sequence[Page], at: int, ui: str = "en") -> str:
    """Page `at` (from 0) of the document; "" where it has none."""
    if not pages:
        return ""
    at = min(max(at, 0), len(pages) - 1)
    this = pages[at]
    words = text(this, ui)
    if format_ != "pdf" or this.index is None:
        title = f"<h2>{say(ui, 'leaf.title')}</h2>"
        return (
            f'<section class="d-page">{title}<div class="d-text" tabindex="0" dir="auto">{words}</div>'
            "</section>"
        )
    printed = shown(say(ui, "leaf.printed", label=this.label)) if _printed(this) else ""
    label = f' <span class="d-soft">{printed}</span>' if printed else ""
    # The address names the page, so a picture is fetched once; it fails in words where it cannot be drawn.
    picture = (
        f'<div class="d-picture"><img src="/documents/page/{sha}/{this.index}.png"'
        f' alt="{say(ui, "leaf.picture", page=this.index)}" width="1000" height="1414">'
        f"<p hidden>{say(ui, 'leaf.not_drawn')}</p></div>"
    )
    number = say(ui, "leaf.page", page=this.index, pages=len(pages))
    return (
        f'<section class="d-page" aria-label="{say(ui, "leaf.pages")}">'
        f'<div class="d-turn"><h2>{number}{label}</h2>{_turns(at, pages, ui)}</div>'
        f'<div class="d-beside">{picture}<div class="d-text" tabindex="0" dir="auto"'
        f' aria-label="{say(ui, "leaf.text", page=this.index)}">{words}</div></div></section>'
    )


def _printed(this: Page) -> bool:
    return this.label.strip() not in ("", str(this.index))


def _turns(at: int, pages: Sequence[Page], ui: str) -> str:
    def turn(name: str, to: int, off: bool) -> str:
        words = say(ui, f"leaf.{name}")
        held = " disabled" if off else ""
        return f'<button type="button" class="d-button" data-do="page" data-to="{to}"{held}>{words}</button>'

    last = len(pages) - 1
    return (
        f'<p class="d-links">{turn("previous", at - 1, at == 0)}{turn("next", at + 1, at == last)}'
        f'<label class="d-jump">{say(ui, "leaf.jump")} <input type="number" min="1" max="{len(pages)}"'
        f' value="{at + 1}" data-change="page" inputmode="numeric"></label></p>'
    )


def text(this: Page, ui: str = "en") -> str:
    """The page's blocks in reading order: headings, paragraphs, tables with their headers."""
    parts = []
    if this.problem:
        why = here(unread_reason(this.problem), ui)
        parts.append(f'<p class="d-warn">{shown(say(ui, "leaf.not_read", why=why))}</p>')
    if this.ocr is not None:
        sure = say(ui, "leaf.ocr", percent=percent(this.ocr, ui))
        parts.append(f'<p class="d-soft" dir="auto">{sure}</p>')
    for number, blocks in groupby(this.blocks, key=lambda block: block.table):
        listed = list(blocks)
        parts.extend([_table(listed)] if number else map(_block, listed))
    if not this.blocks and not this.problem:
        parts.append(f'<p class="d-soft" dir="auto">{say(ui, "leaf.empty")}</p>')
    return "".join(parts)


def _block(block: Block) -> str:
    words = shown(block.text)
    if block.kind == "heading":
        return f'<p class="d-head" role="heading" aria-level="{min(max(block.level, 1) + 2, 6)}">{words}</p>'
    apart = block.number and not block.text.startswith(block.number)
    number = f'<b class="d-number">{shown(block.number)}</b> ' if apart else ""
    return f'<p class="d-{"note" if block.kind == "footnote" else "par"}">{number}{words}</p>'


def _table(rows: Sequence[Block]) -> str:
    """The rows of one table under its headers; a row without cells (a line across it) as it stands."""
    headers = list(dict.fromkeys(header for row in rows for header, _ in row.cells))
    named = any(headers)
    body = "".join(
        _row(row, headers if named else []) for row in rows if row.cells or not _repeats(row, headers)
    )
    head = "".join(f'<th scope="col">{shown(header)}</th>' for header in headers) if named else ""
    top = f"<thead><tr>{head}</tr></thead>" if head else ""
    return f'<div class="d-grid" tabindex="0"><table>{top}<tbody>{body}</tbody></table></div>'


def _row(row: Block, headers: Sequence[str]) -> str:
    if not row.cells:
        return f'<tr><td colspan="{max(len(headers), 1)}">{shown(row.text)}</td></tr>'
    if not headers:
        return "<tr>" + "".join(f"<td>{shown(cell)}</td>" for _, cell in row.cells) + "</tr>"
    cells: dict[str, list[str]] = {}
    for header, cell in row.cells:
        cells.setdefault(header, []).append(cell)
    return (
        "<tr>" + "".join(f"<td>{shown(' / '.join(cells.get(each, [])))}</td>" for each in headers) + "</tr>"
    )


def _repeats(row: Block, headers: Sequence[str]) -> bool:
    """Whether the row is the line of headers itself, which stands above the table already."""
    return "".join(row.text.split()) == "".join("".join(headers).split())
