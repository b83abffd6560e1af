"""Sources as HTML: the numbered cards beside an answer, the nearest passages beside a refusal."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import PurePath

from assistant.answer import AssistantError, Hit, Refusal, Sentence
from assistant.web import names
from assistant.web.evidence import attributes
from assistant.web.excerpt import excerpt
from assistant.web.words import say

log = logging.getLogger(__name__)

PageText = Callable[[str, int | None], str]
NEAREST = 3  # passages shown beside a refusal
_NEAREST_CHARACTERS = 420


@dataclass
class Numbered:
    """A cited passage, its number in this exchange, and what is quoted from it."""

    number: int
    hit: Hit
    quotes: list[str]


def numbered(answers: Sequence[Sequence[Sentence]]) -> dict[str, Numbered]:
    """Passage id -> its number, from 1 in order of first citation; a passage keeps its number."""
    found: dict[str, Numbered] = {}
    for sentences in answers:
        for citation in (each for sentence in sentences for each in sentence.citations):
            passage = citation.hit.passage
            entry = found.setdefault(passage.id, Numbered(len(found) + 1, citation.hit, []))
            if citation.quote not in entry.quotes:
                entry.quotes.append(citation.quote)
    return found


def sources(cited: dict[str, Numbered], language: str, place: int, page_text: PageText, ui: str) -> str:
    """The cards of the answer at `place`. language: of the answer, from which a quote's may differ."""
    if not cited:
        return ""
    cards = "".join(_card(entry, language, place, page_text, ui) for entry in cited.values())
    label = say(ui, "source.of_answer", number=place)
    title = say(ui, "source.title")
    return f'<aside class="sources" aria-label="{escape(label)}"><h3>{title}</h3>{cards}</aside>'


def nearest(refusal: Refusal, place: int, ui: str) -> str:
    """The passages nearest to a question without an answer."""
    if not refusal.nearest:
        return ""
    cards = []
    for hit in refusal.nearest[:NEAREST]:
        short = hit.passage.text
        if len(short) > _NEAREST_CHARACTERS:
            short = short[:_NEAREST_CHARACTERS].rsplit(None, 1)[0] + " …"
        cards.append(
            f'<details class="source"><summary><span class="about">{_about(hit, ui)}</span></summary>'
            f'<div class="inside">{_path(hit)}<blockquote dir="auto"{lang(hit.source.language)}>'
            f"{escape(short)}</blockquote>{_ways(hit, _own(hit), ui)}</div></details>"
        )
    label = f"{say(ui, 'source.nearest_label')} {place}"
    return (
        f'<aside class="sources nearest" aria-label="{escape(label)}">'
        f"<h3>{say(ui, 'source.nearest')}</h3>{''.join(cards)}</aside>"
    )


def foreign(spoken: str, asked: str, ui: str) -> str:
    """A chip that says in which other language a quote is."""
    name = names.language(spoken, ui)
    if not name or not asked or spoken == asked:
        return ""
    return f' <span class="chip" lang="{ui}">{escape(say(ui, "answer.quoted_in", language=name))}</span>'


def lang(code: str) -> str:
    """The attribute that says in which language an element's words are."""
    return f' lang="{escape(code)}"' if code not in ("", "und") else ""


def _card(entry: Numbered, language: str, place: int, page_text: PageText, ui: str) -> str:
    hit = entry.hit
    opened = " open" if entry.number == 1 else ""
    return (
        f'<details class="source" name="sources-{place}" id="source-{place}-{entry.number}"{opened}><summary>'
        f'<span class="number">{entry.number}</span><span class="about">{_about(hit, ui)}</span></summary>'
        f'<div class="inside">{_path(hit)}{foreign(hit.source.language, language, ui)}'
        f'<blockquote dir="auto"{lang(hit.source.language)}>{_context(entry, page_text)}</blockquote>'
        f"{_ways(hit, entry.quotes, ui)}</div></details>"
    )


def _ways(hit: Hit, quotes: Sequence[str], ui: str) -> str:
    """The ways to the page: in the panel, and in the original."""
    page = hit.passage.page
    see = say(ui, "source.see_text" if page is None else "source.see_page")
    if PurePath(hit.source.name).suffix.lower() == ".docx":
        words = say(ui, "source.download")
    else:
        words = say(ui, "source.open" if page is None else "source.open_page")
    anchor = "" if page is None else f"#page={page}"
    about = escape(hit.source.title)
    return (
        f'<p class="ways"><button type="button" class="quiet see"{attributes(hit, quotes)}'
        f' aria-description="{about}">{see}</button>'
        f'<a class="original" href="/original/{escape(hit.source.document)}{anchor}" target="_blank" '
        f'rel="noopener noreferrer" aria-description="{about}">{words}</a></p>'
    )


def _about(hit: Hit, ui: str) -> str:
    facts = filter(None, (*names.details(hit.source, ui), names.page(hit.passage, ui)))
    shown = " · ".join(f'<span class="fact">{escape(fact)}</span>' for fact in facts)
    title = f'<span class="title" dir="auto">{escape(hit.source.title)}</span>'
    cautions = "".join(
        f'<span class="facts caution" dir="auto">{escape(each)}</span>' for each in names.cautions(hit, ui)
    )
    return f'{title}<span class="facts">{shown}</span>{cautions}'


def _path(hit: Hit) -> str:
    path = " › ".join(hit.passage.headings)
    return f'<p class="path" dir="auto">{escape(path)}</p>' if path else ""


def _context(entry: Numbered, page_text: PageText) -> str:
    passage = entry.hit.passage
    try:
        found = excerpt(page_text(passage.document, passage.page), entry.quotes, near=passage.start)
    except AssistantError as problem:
        log.warning("no text for page %s of %s: %s", passage.page, passage.document[:12], problem)
        found = None
    if found is None:  # the quotes alone, without a highlight that might stand in the wrong place
        return "".join(f'<p class="alone">{escape(quote)}</p>' for quote in entry.quotes)
    words = "".join(
        f"<mark>{escape(text)}</mark>" if quoted else escape(text) for text, quoted in found.parts
    )
    return f"{'… ' if found.before else ''}{words}{' …' if found.after else ''}"


def _own(hit: Hit) -> list[str]:
    """The passage as words of its page; a table row's text has headers in it that do not stand there."""
    return [] if hit.passage.kind == "row" else [hit.passage.text]
