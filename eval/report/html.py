"""The pieces of the report's page: escaped text, tags, links, tables, and one question at a time."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from eval.report.content import Answers, Expected, Fact, Failure, Link, Reply, printable
from eval.report.words import named, say
from ingest.wording import direction

# By what a claim, a move or an effect is in every language.
TONES = {"good": "good", "short": "bad", "better": "good", "worse": "bad"}


def shown(words: str) -> str:
    return escape(printable(words))


def small(words: str) -> str:
    return f"<small>{shown(words)}</small>" if words else ""


def tag(words: str, tone: str = "") -> str:
    return f'<span class="tag {tone}">{shown(words)}</span>'


def linked(links: Iterable[Link]) -> str:
    each = (
        f'<a href="#{link.anchor}" dir="auto">{shown(link.text)}</a>'
        if link.anchor
        else f'<span dir="auto">{shown(link.text)}</span>'
        for link in links
    )
    inside = "".join(each)
    return f'<div class="ids">{inside}</div>' if inside else ""


def columns(header: str, rows: str) -> str:
    return f"<table><thead><tr>{header}</tr></thead><tbody>{rows}</tbody></table>"


def td(label: str, inside: str, name: str = "") -> str:
    return f'<td class="{name}" data-label="{shown(label)}"><div>{inside}</div></td>'


# One question


def _summary(link: Link, question: str, about: str, mark: str = "") -> str:
    return (
        f'<summary><span class="asked" dir="auto">{shown(question)}</span>'
        f'<span class="about"><bdi>{shown(link.text)}</bdi> · {shown(about)} {mark}</span></summary>'
    )


def failure(each: Failure, ui: str = "en") -> str:
    def part(name: str, words: str, soft: str = "") -> str:
        heading = say(ui, f"question.{name}")
        return f'<h4>{heading}</h4><p class="said{soft}" dir="auto">{shown(words)}</p>' if words else ""

    turns = "".join(
        f'<p dir="auto">{shown(asked)}</p><p dir="auto">{shown(answer)}</p>' for asked, answer in each.history
    )
    heading = say(ui, "question.conversation")
    conversation = f'<h4>{heading}</h4><div class="turns">{turns}</div>' if turns else ""
    return (
        f'<details class="question" id="{each.link.anchor}">'
        f"{_summary(each.link, each.question, each.about, tag(each.lost, 'bad'))}"
        f'<div class="inside"><p class="meaning">{shown(each.meaning)} '
        f'<span class="soft">{shown(each.found)}</span></p>{conversation}{part("searched_as", each.standing)}'
        f'<div class="sides"><div class="side">{_wanted(each, ui)}{part("note", each.note, " soft")}</div>'
        f'<div class="side"><h4>{say(ui, "question.given")}</h4>{_reply(each.reply, ui)}</div></div></div>'
        "</details>"
    )


def _wanted(each: Failure, ui: str) -> str:
    refusal = (
        f"<h4>{say(ui, 'question.expected')}</h4><p>{say(ui, 'question.refusal')}</p>"
        if each.expects_refusal
        else ""
    )
    facts = "".join(_fact(fact, ui) for fact in each.facts)
    listed = f'<h4>{say(ui, "question.facts")}</h4><ul class="facts">{facts}</ul>' if facts else ""
    heading = say(ui, "question.near" if each.expects_refusal else "question.expected_on")
    places = "".join(_expected(place, ui) for place in each.expected)
    return refusal + listed + (f"<h4>{heading}</h4>{places}" if places else "")


def _fact(fact: Fact, ui: str) -> str:
    mark = tag(say(ui, "question.met"), "good") if fact.met else tag(say(ui, "question.missing"), "bad")
    return f'<li><span>{mark}</span><span dir="auto">{shown(fact.words)}</span></li>'


def _where(where: str, ui: str) -> str:
    return f'<bdi dir="{direction(ui)}">{shown(where)}</bdi>'


def _expected(place: Expected, ui: str) -> str:
    where = f'<p class="where">{_where(place.where, ui)}</p>'
    remark = f'<p class="small soft">{shown(place.remark)}</p>' if place.remark else ""
    if not place.parts:
        quotes = (f'<blockquote class="alone" dir="auto">{shown(each)}</blockquote>' for each in place.quotes)
        return where + "".join(quotes) + remark
    words = "".join(f"<mark>{shown(text)}</mark>" if quoted else shown(text) for text, quoted in place.parts)
    words = f"{'… ' if place.cut_before else ''}{words}{' …' if place.cut_after else ''}"
    return f'{where}<blockquote dir="auto">{words}</blockquote>'


def _reply(reply: Reply, ui: str, differs: str = "differs") -> str:
    if reply.silence:
        return f'<p class="said soft" dir="auto">{shown(reply.silence)}</p>'
    said = "".join(
        f'<p class="said{f" {differs}" if each.differs else ""}" dir="auto">{shown(each.text)}'
        f"<sup>{' '.join(map(str, each.marks))}</sup></p>"
        for each in reply.sentences
    )
    places = ""
    for each in reply.citations:
        marks = [] if each.verbatim else [("not_verbatim", "bad")]
        if each.right is not None:
            marks.insert(0, ("is_expected", "good") if each.right else ("not_expected", ""))
        tags = "".join(tag(say(ui, f"question.{name}"), tone) for name, tone in marks)
        quotes = "".join(f'<blockquote dir="auto">{shown(quote)}</blockquote>' for quote in each.quotes)
        places += f"<li><b>{each.number}</b>{_where(each.where, ui)} {tags}{quotes}</li>"
    note = f'<p class="small soft" dir="auto">{shown(reply.note)}</p>' if reply.note else ""
    return f'{said}{note}<h4>{say(ui, "question.cited")}</h4><ol class="places">{places}</ol>'


def changed(each: Answers, name: str, ui: str = "en") -> str:
    effect = tag(named(ui, "effect", each.effect), TONES.get(each.effect, ""))
    cause = tag(named(ui, "change_cause", each.cause))
    before, now = say(ui, "change.before", name=name), say(ui, "change.now")
    return (
        f'<details class="question" id="{each.link.anchor}">'
        f"{_summary(each.link, each.question, each.about, effect + cause)}"
        f'<div class="inside"><p class="meaning">{shown(each.why)}</p><div class="sides">'
        f'<div class="side"><p class="head"><span>{shown(before)}</span>'
        f"<span>{shown(each.old_outcome)}</span></p>{_reply(each.old, ui, 'differs gone')}</div>"
        f'<div class="side"><p class="head"><span>{now}</span><span>{shown(each.new_outcome)}</span></p>'
        f"{_reply(each.new, ui)}</div></div></div></details>"
    )
