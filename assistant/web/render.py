"""The transcript as HTML.

All HTML that holds others' words is built here and in cards.py, and every word is escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from assistant.answer import Answer, Refusal, Sentence
from assistant.differ import Figure, differing
from assistant.kept import INTERRUPTED
from assistant.web import cards, feedback, names
from assistant.web.cards import NEAREST, Numbered, PageText, numbered
from assistant.web.conversation import Conversation, Exchange
from assistant.web.evidence import attributes
from assistant.web.offered import for_all, offered
from assistant.web.readable import HIDDEN
from assistant.web.words import say

__all__ = ["NEAREST", "Numbered", "PageText", "numbered"]

_PROBLEMS = {INTERRUPTED: "conversations.interrupted", HIDDEN: "conversations.hidden"}
MOST = 8  # sentences of an answer in more detail; as many as the settings allow


@dataclass(frozen=True)
class Look:
    """How a conversation is shown. ui: the interface's language. old_before: the year before which all that
    is cited has to be for a note that says so. conversation: its id where it is kept, so that it can be
    exported and shared."""

    ui: str = "en"
    old_before: int = 0
    conversation: str = ""


PLAIN = Look()


def transcript(conversation: Conversation, page_text: PageText, look: Look = PLAIN) -> str:
    """The whole conversation; what is finished was rendered before and is only put in its place."""
    exchanges = enumerate(conversation.exchanges, start=1)
    turns = [exchange.html or turn(exchange, place, page_text, look) for place, exchange in exchanges]
    kept = "yes" if conversation.keep else "no"
    return (
        f'<div class="turns" data-conversation="{escape(conversation.id)}" data-kept="{kept}">'
        f"{''.join(turns)}</div>"
    )


def turn(exchange: Exchange, place: int, page_text: PageText, look: Look = PLAIN) -> str:
    """One exchange: the question, what has come back so far, and its sources beside it."""
    ui = look.ui
    final = exchange.result.sentences if isinstance(exchange.result, Answer) else exchange.written
    quoted = exchange.quoted.sentences if exchange.quoted else ()
    cited = numbered((quoted, final))
    if isinstance(exchange.result, Refusal):
        body, beside = _refusal(exchange, exchange.result, ui), cards.nearest(exchange.result, place, ui)
    elif exchange.problem:
        body, beside = f'<p class="problem" role="alert">{escape(problem(exchange, ui))}</p>', ""
    else:
        body = _answer(exchange, exchange.result, final, cited, place, look)
        beside = cards.sources(cited, _language(exchange), place, page_text, ui)
    state = "done" if exchange.finished else "busy"
    label = say(ui, "answer.question", number=place)
    return (
        f'<article class="turn {state}" id="turn-{place}" aria-label="{escape(label)}">'
        f'<div class="said"><h2 class="question" dir="auto" tabindex="-1">{escape(exchange.asked)}</h2>'
        f"{_standing(exchange, ui)}{body}{offered(exchange, ui)}{_tools(exchange, place, look)}"
        f"{feedback.row(exchange, ui)}{_next(exchange, ui)}</div>{beside}</article>"
    )


def problem(exchange: Exchange, ui: str) -> str:
    """Why there is no result, in the reader's language where it was not said in the asker's."""
    known = _PROBLEMS.get(exchange.problem)
    return say(ui, known) if known else exchange.problem


def _language(exchange: Exchange) -> str:
    answer = exchange.result or exchange.quoted
    return answer.language if answer else ""


def _standing(exchange: Exchange, ui: str) -> str:
    length = {"shorter": "answer.asked_shorter", "longer": "answer.asked_longer"}.get(exchange.length)
    chip = f'<span class="chip">{say(ui, length)}</span> ' if length else ""
    if not exchange.standing:
        return f'<p class="standing">{chip}</p>' if chip else ""
    again = (
        f'<button type="button" class="quiet" data-as-typed="{escape(exchange.asked)}">'
        f"{say(ui, 'answer.as_typed')}</button>"
        if exchange.finished
        else ""
    )
    words = escape(say(ui, "answer.searched_for", question=exchange.standing))
    return f'<p class="standing">{chip}<span dir="auto">{words}</span> {again}</p>'


def _answer(
    exchange: Exchange,
    answer: Answer | None,
    final: Sequence[Sentence],
    cited: dict[str, Numbered],
    place: int,
    look: Look,
) -> str:
    ui = look.ui
    language = _language(exchange)
    writing = answer.composer == "writing" if answer else exchange.quoted is not None
    parts = []
    if answer:
        parts += [f'<p class="note caution" dir="auto">{escape(each)}</p>' for each in cautions(answer, look)]
    if final:
        flow = "prose" if writing else "quotes"
        # The quotes that end a written answer stand below with the others.
        quotes = exchange.quoted.sentences if writing and exchange.quoted else ()
        said = [each for each in final if each not in quotes] or final
        words = "".join(_sentence(each, cited, place, language, ui, quoting=not writing) for each in said)
        parts.append(f'<div class="answer {flow}"{cards.lang(language)}>{words}</div>')
    if not exchange.finished:
        status = say(ui, "answer.writing") if exchange.quoted else searching(exchange, ui)
        parts.append(f'<p class="status"><span class="pulse" aria-hidden="true"></span>{escape(status)}</p>')
    if exchange.quoted and (writing or not answer):
        words = "".join(
            _sentence(each, cited, place, language, ui, quoting=True) for each in exchange.quoted.sentences
        )
        parts.append(
            f'<details class="found" open><summary>{say(ui, "answer.found")}</summary>'
            f'<div class="answer quotes">{words}</div></details>'
        )
    if answer and answer.note:
        parts.append(f'<p class="note" dir="auto">{escape(answer.note)}</p>')
    if answer:
        parts += [_differ(answer, cited, place, ui), _foot(exchange, answer, cited, ui)]
    return "".join(parts)


def cautions(answer: Answer, look: Look) -> list[str]:
    """Sentences to stand above an answer all of whose sources are superseded, or old."""
    found = []
    sources = {each.hit.source for sentence in answer.sentences for each in sentence.citations}
    if all(source.superseded for source in sources):
        newer = "; ".join(dict.fromkeys(sorted(source.superseded for source in sources)))
        found.append(say(look.ui, "answer.superseded", newer=newer))
    ends = [source.period[1] if source.period else source.published for source in sources]
    known = [year for year in ends if year]
    if len(known) == len(ends) and max(known) < look.old_before:
        found.append(say(look.ui, "answer.old", year=max(known)))
    return found


def searching(exchange: Exchange, ui: str = "en") -> str:
    """ "Searching 270 documents…", with the filters in words where some are set; "Searching…" before they are
    counted."""
    if not exchange.documents:
        return say(ui, "embed.searching")
    if exchange.scope:
        return say(ui, "answer.searching_in", count=exchange.documents, scope=exchange.scope)
    return say(ui, "answer.searching", count=exchange.documents)


def _sentence(
    sentence: Sentence, cited: dict[str, Numbered], place: int, language: str, ui: str, *, quoting: bool
) -> str:
    marks = []
    for passage in dict.fromkeys(each.hit.passage.id for each in sentence.citations):
        quotes = [each.quote for each in sentence.citations if each.hit.passage.id == passage]
        marks.append(_mark(cited[passage], place, quotes, ui))
    spoken = sentence.language or (sentence.citations[0].hit.source.language if quoting else "")
    label = cards.foreign(spoken, language, ui)
    tag = "p" if quoting else "span"
    return (
        f'<{tag} class="sentence" dir="auto"{cards.lang(spoken)}>{escape(sentence.text)}'
        f'<span class="marks" lang="{ui}">&#8239;{"".join(marks)}{label}</span></{tag}> '
    )


def _mark(entry: Numbered, place: int, quotes: Sequence[str], ui: str) -> str:
    hit = entry.hit
    where = ", ".join(filter(None, (hit.source.title, names.page(hit.passage, ui), *names.cautions(hit, ui))))
    label = say(ui, "answer.mark", number=entry.number, where=where)
    return (
        f'<button type="button" class="mark" data-source="source-{place}-{entry.number}"'
        f'{attributes(hit, quotes)} aria-label="{escape(label)}">{entry.number}</button>'
    )


def _differ(answer: Answer, cited: dict[str, Numbered], place: int, ui: str) -> str:
    """Figures for the same thing that are not the same, side by side with their dates."""
    pairs = "".join(
        f"<ul>{_figure(pair.one, cited, place, ui)}{_figure(pair.other, cited, place, ui)}</ul>"
        for pair in differing(answer.sentences)
    )
    if not pairs:
        return ""
    return (
        f'<section class="differ"><h3>{say(ui, "answer.differ")}</h3>'
        f"<p>{say(ui, 'answer.differ_why')}</p>{pairs}</section>"
    )


def _figure(figure: Figure, cited: dict[str, Numbered], place: int, ui: str) -> str:
    hit = figure.citation.hit
    when = names.years(hit.source) or say(ui, "answer.undated")
    mark = _mark(cited[hit.passage.id], place, [figure.citation.quote], ui)
    return (
        f'<li><b class="figure" dir="auto">{escape(figure.shown)}</b>'
        f'<span class="when">{escape(when)}</span>'
        f'<span class="where" dir="auto">{escape(hit.source.title)}</span> {mark}</li>'
    )


def _foot(exchange: Exchange, answer: Answer, cited: dict[str, Numbered], ui: str) -> str:
    documents = len({each.hit.source.document for each in cited.values()})
    how = "answer.written_from" if answer.composer == "writing" else "answer.quoted_from"
    facts = [
        say(ui, how, count=documents),
        say(ui, "answer.searched", count=answer.receipt.documents_searched),
        *([say(ui, "filters.set", scope=exchange.scope)] if exchange.scope else []),
    ]
    return f'<p class="foot" dir="auto">{escape(" · ".join(facts))}</p>'


def _tools(exchange: Exchange, place: int, look: Look) -> str:
    """What can be done with a result: copy, share, export, ask for less or more, tell that it is missing."""
    result, ui = exchange.result, look.ui
    if result is None:
        return ""
    held = f'data-of="{escape(exchange.id)}"'
    parts = []
    if isinstance(result, Answer):
        parts.append(
            f'<button type="button" class="quiet" data-copy="{escape(plain(exchange, ui))}"'
            f' data-done="{say(ui, "do.copied")}">{say(ui, "do.copy")}</button>'
        )
    elif not for_all(exchange):
        parts.append(
            f'<button type="button" class="quiet" data-do="missing" {held}>{say(ui, "do.missing")}</button>'
        )
    if look.conversation:
        parts.append(
            f'<button type="button" class="quiet" data-do="share" {held}>{say(ui, "do.share")}</button>'
            + export_menu(look.conversation, say(ui, "do.export_answer", number=place), ui, exchange.id)
        )
    if isinstance(result, Answer):
        if len(result.sentences) > 1:
            parts.append(_again("shorter", held, ui))
        if len(result.sentences) < MOST:
            parts.append(_again("longer", held, ui))
    label = escape(say(ui, "answer.tools", number=place))
    return (
        f'<div class="tools" role="group" aria-label="{label}">{"".join(parts)}</div>'
        f'<p class="told" data-told="{escape(exchange.id)}" hidden></p>'
    )


def _again(length: str, held: str, ui: str) -> str:
    return (
        f'<button type="button" class="quiet" data-length="{length}" {held}>'
        f"{say(ui, f'answer.{length}')}</button>"
    )


def export_menu(conversation: str, label: str, ui: str, answer: str = "") -> str:
    """A menu of files. answer: the id of one exchange, "" for the whole conversation."""
    query = f"?answer={escape(answer)}" if answer else ""
    path = f"/export/{escape(conversation)}"
    links = "".join(
        f'<li><a href="{path}.{form}{query}" download>{say(ui, f"do.{name}")}</a></li>'
        for form, name in (("docx", "docx"), ("pdf", "pdf"), ("md", "markdown"))
    )
    return (
        f'<details class="menu"><summary class="quiet" aria-label="{escape(label)}">{say(ui, "do.export")}'
        f"</summary><ul>{links}</ul></details>"
    )


def _next(exchange: Exchange, ui: str) -> str:
    """Where page.js puts the questions that could be asked next."""
    if not isinstance(exchange.result, Answer):
        return ""
    return (
        f'<section class="next" data-next="{escape(exchange.id)}" hidden>'
        f"<h3>{say(ui, 'answer.next')}</h3><ul></ul></section>"
    )


def _refusal(exchange: Exchange, refusal: Refusal, ui: str) -> str:
    facts = [say(ui, "answer.searched", count=refusal.receipt.documents_searched)]
    if exchange.scope:
        facts.append(say(ui, "filters.set", scope=exchange.scope))
    title = say(ui, "offer.title" if for_all(exchange) else "answer.none")
    return (
        f'<section class="refusal"><h3>{title}</h3>'
        f'<p dir="auto"{cards.lang(refusal.language)}>{escape(refusal.reason)}</p>'
        f'<p class="searched" dir="auto">{escape(" · ".join(facts))}</p></section>'
    )


def plain(exchange: Exchange, ui: str = "en") -> str:
    """The answer as plain text with numbered citations, for the clipboard."""
    if not isinstance(exchange.result, Answer):
        return ""
    cited = numbered((exchange.result.sentences,))
    lines = [exchange.standing or exchange.asked, ""]
    for caution in cautions(exchange.result, Look(ui)):
        lines += [caution, ""]
    for sentence in exchange.result.sentences:
        marks = dict.fromkeys(cited[each.hit.passage.id].number for each in sentence.citations)
        lines.append(f"{sentence.text} {''.join(f'[{number}]' for number in marks)}")
    lines += ["", say(ui, "source.title")]
    for entry in cited.values():
        hit, source = entry.hit, entry.hit.source
        about = (source.title, *names.details(source, ui), source.symbol, names.page(hit.passage, ui))
        facts = (*about, source.name, *names.cautions(hit, ui))
        lines.append(f"[{entry.number}] {', '.join(filter(None, facts))}")
    return "\n".join(lines)


def announced(exchange: Exchange, look: Look = PLAIN) -> str:
    """What a screen reader is told, politely: the state, then the finished answer or refusal."""
    match exchange.result:
        case Answer() as answer:
            words = " ".join([*cautions(answer, look), answer.text])
        case Refusal() as refusal:
            words = say(look.ui, "answer.none_said", reason=refusal.reason)
        case None:
            words = problem(exchange, look.ui) or searching(exchange, look.ui)
    return live(words)


def live(words: str) -> str:
    """A polite live region that holds `words`."""
    return f'<p role="status" aria-live="polite" dir="auto">{escape(words)}</p>'


def notice(words: str) -> str:
    """One calm sentence in place of a screen."""
    return f'<p class="problem" role="alert">{escape(words)}</p>'
