"""The pieces of the report's page: escaped text, tags, links, tables, and one question at a time."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from eval.report_content import Answers, Expected, Fact, Failure, Link, Reply, printable

TONES = {"Good": "good", "Falls short": "bad", "better": "good", "worse": "bad"}


def shown(words: str) -> str:
    return escape(printable(words))


def small(words: str) -> str:
    return f"<small>{shown(words)}</small>" if words else ""


def tag(words: str, tone: str = "") -> str:
    return f'<span class="tag {tone}">{shown(words)}</span>'


def linked(links: Iterable[Link]) -> str:
    each = (
        f'<a href="#{link.anchor}">{shown(link.text)}</a>'
        if link.anchor
        else f"<span>{shown(link.text)}</span>"
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
        f'<span class="about">{shown(link.text)} · {shown(about)} {mark}</span></summary>'
    )


def failure(each: Failure) -> str:
    turns = "".join(
        f'<p dir="auto">{shown(asked)}</p><p dir="auto">{shown(answer)}</p>' for asked, answer in each.history
    )
    conversation = f'<h4>The conversation before it</h4><div class="turns">{turns}</div>' if turns else ""
    standing = (
        f'<h4>Searched as</h4><p class="said" dir="auto">{shown(each.standing)}</p>' if each.standing else ""
    )
    note = (
        f'<h4>Note in the bank</h4><p class="said soft" dir="auto">{shown(each.note)}</p>'
        if each.note
        else ""
    )
    return (
        f'<details class="question" id="{each.link.anchor}">'
        f"{_summary(each.link, each.question, each.about, tag(each.stage, 'bad'))}"
        f'<div class="inside"><p class="meaning">{shown(each.meaning)} '
        f'<span class="soft">{shown(each.found)}</span></p>{conversation}{standing}'
        f'<div class="sides"><div class="side">{_wanted(each)}{note}</div>'
        f'<div class="side"><h4>Given</h4>{_reply(each.reply)}</div></div></div></details>'
    )


def _wanted(each: Failure) -> str:
    refusal = (
        "<h4>Expected</h4><p>A refusal: the documents do not answer.</p>" if each.expects_refusal else ""
    )
    facts = "".join(map(_fact, each.facts))
    listed = f'<h4>Expected facts</h4><ul class="facts">{facts}</ul>' if facts else ""
    heading = "Near it in the documents" if each.expects_refusal else "Expected on"
    places = f"<h4>{heading}</h4>" + "".join(map(_expected, each.expected)) if each.expected else ""
    return refusal + listed + places


def _fact(fact: Fact) -> str:
    mark = tag("given", "good") if fact.met else tag("missing", "bad")
    return f'<li><span>{mark}</span><span dir="auto">{shown(fact.words)}</span></li>'


def _expected(place: Expected) -> str:
    where = f'<p class="where"><bdi>{shown(place.where)}</bdi></p>'
    remark = f'<p class="small soft">{shown(place.remark)}</p>' if place.remark else ""
    if not place.parts:
        quotes = (f'<blockquote class="alone" dir="auto">{shown(each)}</blockquote>' for each in place.quotes)
        return where + "".join(quotes) + remark
    words = "".join(f"<mark>{shown(text)}</mark>" if quoted else shown(text) for text, quoted in place.parts)
    words = f"{'… ' if place.cut_before else ''}{words}{' …' if place.cut_after else ''}"
    return f'{where}<blockquote dir="auto">{words}</blockquote>'


def _reply(reply: Reply, differs: str = "differs") -> str:
    if reply.silence:
        return f'<p class="said soft" dir="auto">{shown(reply.silence)}</p>'
    said = "".join(
        f'<p class="said{f" {differs}" if each.differs else ""}" dir="auto">{shown(each.text)}'
        f"<sup>{' '.join(map(str, each.marks))}</sup></p>"
        for each in reply.sentences
    )
    places = ""
    for each in reply.citations:
        right = "" if each.right is None else tag("expected", "good") if each.right else tag("not expected")
        doubt = "" if each.verbatim else tag("not word for word", "bad")
        quotes = "".join(f'<blockquote dir="auto">{shown(quote)}</blockquote>' for quote in each.quotes)
        places += f"<li><b>{each.number}</b><bdi>{shown(each.where)}</bdi> {right}{doubt}{quotes}</li>"
    note = f'<p class="small soft" dir="auto">{shown(reply.note)}</p>' if reply.note else ""
    return f'{said}{note}<h4>Cited</h4><ol class="places">{places}</ol>'


def changed(each: Answers, name: str) -> str:
    effect = tag(each.effect, TONES[each.effect]) if each.effect in TONES else tag("no effect")
    return (
        f'<details class="question" id="{each.link.anchor}">'
        f"{_summary(each.link, each.question, each.about, effect + tag(each.cause.lower()))}"
        f'<div class="inside"><p class="meaning">{shown(each.why)}</p><div class="sides">'
        f'<div class="side"><p class="head"><span>Before, run {shown(name)}</span>'
        f"<span>{shown(each.old_outcome)}</span></p>{_reply(each.old, 'differs gone')}</div>"
        f'<div class="side"><p class="head"><span>Now</span><span>{shown(each.new_outcome)}</span></p>'
        f"{_reply(each.new)}</div></div></div></details>"
    )
