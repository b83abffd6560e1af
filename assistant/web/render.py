"""The transcript as HTML. All HTML that holds others' words is built here, and every word is escaped."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import PurePath

from assistant.answer import Answer, AssistantError, Hit, Refusal, Sentence
from assistant.web import feedback, names
from assistant.web.conversation import Conversation, Exchange
from assistant.web.excerpt import excerpt

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


def transcript(conversation: Conversation, page_text: PageText) -> str:
    """The whole conversation; what is finished was rendered before and is only put in its place."""
    exchanges = enumerate(conversation.exchanges, start=1)
    turns = [exchange.html or turn(exchange, place, page_text) for place, exchange in exchanges]
    return f'<div class="turns">{"".join(turns)}</div>'


def turn(exchange: Exchange, place: int, page_text: PageText) -> str:
    """One exchange: the question, what has come back so far, and its sources beside it."""
    final = exchange.result.sentences if isinstance(exchange.result, Answer) else exchange.written
    quoted = exchange.quoted.sentences if exchange.quoted else ()
    cited = numbered((quoted, final))
    if isinstance(exchange.result, Refusal):
        body, beside = _refusal(exchange, exchange.result), _nearest(exchange.result)
    elif exchange.problem:
        body, beside = f'<p class="problem" role="alert">{escape(exchange.problem)}</p>', ""
    else:
        body = _answer(exchange, exchange.result, final, cited, place)
        beside = _sources(cited, _language(exchange), place, page_text)
    state = "done" if exchange.finished else "busy"
    return (
        f'<article class="turn {state}" id="turn-{place}" aria-label="Question {place}">'
        f'<div class="said"><h2 class="question" dir="auto">{escape(exchange.asked)}</h2>'
        f"{_standing(exchange)}{body}{feedback.row(exchange)}</div>{beside}</article>"
    )


def _language(exchange: Exchange) -> str:
    answer = exchange.result or exchange.quoted
    return answer.language if answer else ""


def _standing(exchange: Exchange) -> str:
    if not exchange.standing:
        return ""
    again = (
        f'<button type="button" class="quiet" data-as-typed="{escape(exchange.asked)}">'
        "Search as typed</button>"
        if exchange.finished
        else ""
    )
    searched = f'<span dir="auto">Searched for: {escape(exchange.standing)}</span>'
    return f'<p class="standing">{searched} {again}</p>'


def _answer(
    exchange: Exchange,
    answer: Answer | None,
    final: Sequence[Sentence],
    cited: dict[str, Numbered],
    place: int,
) -> str:
    language = _language(exchange)
    writing = answer.composer == "writing" if answer else exchange.quoted is not None
    parts = []
    if final:
        flow = "prose" if writing else "quotes"
        words = "".join(_sentence(each, cited, place, language, quoting=not writing) for each in final)
        parts.append(f'<div class="answer {flow}">{words}</div>')
    if not exchange.finished:
        status = "Writing the answer from these quotes…" if exchange.quoted else searching(exchange)
        parts.append(f'<p class="status"><span class="pulse" aria-hidden="true"></span>{escape(status)}</p>')
    if exchange.quoted and (writing or not answer):
        words = "".join(
            _sentence(each, cited, place, language, quoting=True) for each in exchange.quoted.sentences
        )
        opened = "" if answer else " open"
        parts.append(
            f'<details class="found"{opened}><summary>Quotes found in the documents</summary>'
            f'<div class="answer quotes">{words}</div></details>'
        )
    if answer and answer.note:
        parts.append(f'<p class="note">{escape(answer.note)}</p>')
    if answer:
        parts.append(_foot(exchange, answer, cited))
    return "".join(parts)


def searching(exchange: Exchange) -> str:
    """ "Searching 270 documents…", with the filters in words where some are set."""
    scope = f" filtered to {exchange.scope}" if exchange.scope else ""
    return f"Searching {_documents(exchange.documents)}{scope}…"


def _documents(count: int) -> str:
    return "1 document" if count == 1 else f"{count:,} documents"


def _sentence(
    sentence: Sentence, cited: dict[str, Numbered], place: int, language: str, *, quoting: bool
) -> str:
    marks = []
    for passage in dict.fromkeys(each.hit.passage.id for each in sentence.citations):
        entry = cited[passage]
        where = ", ".join(filter(None, (entry.hit.source.title, names.page(entry.hit.passage))))
        marks.append(
            f'<button type="button" class="mark" data-source="source-{place}-{entry.number}" '
            f'aria-label="Source {entry.number}: {escape(where)}">{entry.number}</button>'
        )
    spoken = sentence.language or (sentence.citations[0].hit.source.language if quoting else "")
    label = _foreign(spoken, language)
    tag = "p" if quoting else "span"
    return (
        f'<{tag} class="sentence" dir="auto"{_lang(spoken)}>{escape(sentence.text)}'
        f'<span class="marks" lang="en">&#8239;{"".join(marks)}{label}</span></{tag}> '
    )


def _foreign(spoken: str, asked: str) -> str:
    name = names.language(spoken)
    if not name or not asked or spoken == asked:
        return ""
    return f' <span class="chip">quoted in {escape(name)}</span>'


def _lang(code: str) -> str:
    return f' lang="{escape(code)}"' if code not in ("", "und") else ""


def _foot(exchange: Exchange, answer: Answer, cited: dict[str, Numbered]) -> str:
    documents = len({each.hit.source.document for each in cited.values()})
    how = "Written from" if answer.composer == "writing" else "Quoted word for word from"
    scope = f" · Filters: {exchange.scope}" if exchange.scope else ""
    searched = f" · {_documents(answer.receipt.documents_searched)} searched"
    return (
        f'<p class="foot"><button type="button" class="quiet" data-copy="{escape(plain(exchange))}">'
        f"Copy with citations</button>"
        f"<span>{how} {_documents(documents)}{searched}{escape(scope)}</span></p>"
    )


def _sources(cited: dict[str, Numbered], language: str, place: int, page_text: PageText) -> str:
    if not cited:
        return ""
    cards = "".join(_card(entry, language, place, page_text) for entry in cited.values())
    return f'<aside class="sources" aria-label="Sources of answer {place}"><h3>Sources</h3>{cards}</aside>'


def _card(entry: Numbered, language: str, place: int, page_text: PageText) -> str:
    hit = entry.hit
    label = _foreign(hit.source.language, language)
    opened = " open" if entry.number == 1 else ""
    return (
        f'<details class="source" name="sources-{place}" id="source-{place}-{entry.number}"{opened}><summary>'
        f'<span class="number">{entry.number}</span><span class="about">{_about(hit)}</span></summary>'
        f'<div class="inside">{_path(hit)}{label}'
        f'<blockquote dir="auto"{_lang(hit.source.language)}>{_context(entry, page_text)}</blockquote>'
        f"{_original(hit)}</div></details>"
    )


def _about(hit: Hit) -> str:
    facts = filter(None, (*names.details(hit.source), names.page(hit.passage)))
    shown = " · ".join(f'<span class="fact">{escape(fact)}</span>' for fact in facts)
    title = f'<span class="title" dir="auto">{escape(hit.source.title)}</span>'
    return f'{title}<span class="facts">{shown}</span>'


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


def _original(hit: Hit) -> str:
    page = hit.passage.page
    if PurePath(hit.source.name).suffix.lower() == ".docx":
        words = "Download the original"
    else:
        words = "Open the original" if page is None else "Open the original at this page"
    anchor = "" if page is None else f"#page={page}"
    return (
        f'<a class="original" href="/original/{escape(hit.source.document)}{anchor}" target="_blank" '
        f'rel="noopener noreferrer">{words}</a>'
    )


def _refusal(exchange: Exchange, refusal: Refusal) -> str:
    scope = f" Filters: {exchange.scope}." if exchange.scope else ""
    searched = f"{_documents(refusal.receipt.documents_searched)} searched.{scope}"
    return (
        f'<section class="refusal"><h3>No answer in the documents</h3>'
        f'<p dir="auto">{escape(refusal.reason)}</p><p class="searched">{escape(searched)}</p></section>'
    )


def _nearest(refusal: Refusal) -> str:
    if not refusal.nearest:
        return ""
    cards = []
    for hit in refusal.nearest[:NEAREST]:
        short = hit.passage.text
        if len(short) > _NEAREST_CHARACTERS:
            short = short[:_NEAREST_CHARACTERS].rsplit(None, 1)[0] + " …"
        cards.append(
            f'<details class="source"><summary><span class="about">{_about(hit)}</span></summary>'
            f'<div class="inside">{_path(hit)}<blockquote dir="auto"{_lang(hit.source.language)}>'
            f"{escape(short)}</blockquote>{_original(hit)}</div></details>"
        )
    return (
        '<aside class="sources nearest" aria-label="Nearest passages">'
        f"<h3>Nearest passages (not an answer)</h3>{''.join(cards)}</aside>"
    )


def plain(exchange: Exchange) -> str:
    """The answer as plain text with numbered citations, for the clipboard."""
    if not isinstance(exchange.result, Answer):
        return ""
    cited = numbered((exchange.result.sentences,))
    lines = [exchange.standing or exchange.asked, ""]
    for sentence in exchange.result.sentences:
        marks = dict.fromkeys(cited[each.hit.passage.id].number for each in sentence.citations)
        lines.append(f"{sentence.text} {''.join(f'[{number}]' for number in marks)}")
    lines += ["", "Sources"]
    for entry in cited.values():
        source = entry.hit.source
        page = names.page(entry.hit.passage)
        facts = (source.title, *names.details(source), source.symbol, page, source.name)
        lines.append(f"[{entry.number}] {', '.join(filter(None, facts))}")
    return "\n".join(lines)


def announced(exchange: Exchange) -> str:
    """What a screen reader is told, politely: the state, then the finished answer or refusal."""
    match exchange.result:
        case Answer() as answer:
            words = answer.text
        case Refusal() as refusal:
            words = f"No answer in the documents. {refusal.reason}"
        case None:
            words = exchange.problem or searching(exchange)
    return live(words)


def live(words: str) -> str:
    """A polite live region that holds `words`."""
    return f'<p role="status" aria-live="polite">{escape(words)}</p>'


def hero(documents: int, problem: str = "") -> str:
    """What stands in place of a conversation before there is one."""
    if problem:
        words = escape(problem)
    elif documents:
        words = (
            f"Ask {_documents(documents)} in your own words. Every sentence of an answer "
            "leads to the page it rests on."
        )
    else:
        words = "There are no documents in the library yet. An admin adds them with “python -m ingest”."
    return f'<section class="hero"><h1>What do you need to know?</h1><p>{words}</p></section>'


def examples(questions: Sequence[str]) -> str:
    """Questions to begin with, as buttons; "" where the library offers none."""
    if not questions:
        return ""
    items = "".join(
        f'<li><button type="button" dir="auto" data-ask="{escape(each)}">{escape(each)}</button></li>'
        for each in questions[:4]
    )
    return f'<nav aria-label="Example questions"><h2>Try one of these</h2><ul>{items}</ul></nav>'


def notice(words: str) -> str:
    """One calm sentence in place of a screen."""
    return f'<p class="problem" role="alert">{escape(words)}</p>'
