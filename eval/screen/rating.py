"""Rating answers blind: which answers, in which order, and how one is shown without gold, run or others."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.answer import Source
from assistant.web.excerpt import excerpt
from assistant.web.words import say as said_in_chat
from eval.ratings import Rating, rate, rater_name, ratings
from eval.report.html import shown
from eval.results import Cited, Question, Result, Run
from eval.screen.html import empty, named
from eval.screen.words import Told, say
from ingest.wording import listed


def code_of(run: str) -> str:
    """The name under which raters know the answers of a run; it does not tell which run is older."""
    digest = hashlib.sha256(f"answers to rate, run {run}".encode()).digest()
    return base64.b32encode(digest)[:5].decode()


@dataclass(frozen=True)
class Sitting:
    """One person rating the answers of one run. order: ids of its answered questions; at: the one shown."""

    run: str
    rater: str
    order: tuple[str, ...]
    at: int

    @property
    def question(self) -> str:
        return self.order[self.at] if self.at < len(self.order) else ""

    def step(self, by: int) -> Sitting:
        """The sitting at another answer; one after the last is the end."""
        return replace(self, at=max(0, min(len(self.order), self.at + by)))


def order(run: Run, rater: str) -> tuple[str, ...]:
    """The ids of the answered questions, shuffled by rater: the same for the same person, each time."""
    ids = [result.id for result in run.results if result.answered]

    def drawn(id_: str) -> bytes:
        return hashlib.sha256(f"{run.name}\n{rater.casefold()}\n{id_}".encode()).digest()

    return tuple(sorted(ids, key=drawn))


def sit_down(library: Path, run: Run, typed: str) -> Sitting:
    """The rater's sitting, at the first answer that they have not rated. Raises EvalError."""
    rater = rater_name(typed)
    ids = order(run, rater)
    if not ids:
        raise Told("quality_rate.silent")
    rated = own(library, run.name, rater)
    return Sitting(run.name, rater, ids, next((n for n, id_ in enumerate(ids) if id_ not in rated), len(ids)))


def own(library: Path, run: str, rater: str) -> dict[str, Rating]:
    """What this person said of the run's answers, by question; nobody else's word."""
    who = rater.casefold()
    return {each.question: each for each in ratings(library, run) if each.rater.casefold() == who}


def keep(library: Path, sitting: Sitting, verdict: object, page_bears: object) -> Sitting:
    """Keeps the rating of the answer shown and goes on to the next. Raises EvalError if a choice lacks."""
    if not sitting.question:
        raise Told("quality_rate.all_rated")
    if not isinstance(verdict, str) or not verdict:
        raise Told("quality_rate.choose_right")
    if page_bears not in ("yes", "no"):
        raise Told("quality_rate.choose_bears")
    rate(library, sitting.run, sitting.question, sitting.rater, verdict, page_bears == "yes")
    return sitting.step(1)


# As HTML


def card(run: Run, sitting: Sitting, rated: int, sources: Mapping[str, Source], ui: str = "en") -> str:
    """The answer to rate. sources: documents of the live generation by file name, to link to originals."""
    total = len(sitting.order)
    done = (
        f'<div class="q-progress"><p><b>{named(sitting.rater)}</b>'
        f" <span>{say(ui, 'quality_rate.rated', count=rated, all=total)}</span></p>"
        f'<progress max="{total}" value="{rated}" aria-label="{say(ui, "quality_rate.progress")}"></progress>'
        "</div>"
    )
    at = next((n for n, result in enumerate(run.results) if result.id == sitting.question), None)
    if at is not None:
        return f"{done}{_answer(run.questions[at], run.results[at], sitting.at + 1, total, sources, ui)}"
    rest = total - rated
    words = say(ui, "quality_rate.skipped", count=rest) if rest else say(ui, "quality_rate.thanks")
    return done + empty(say(ui, "quality_rate.done"), words)


def _answer(
    question: Question, result: Result, number: int, total: int, sources: Mapping[str, Source], ui: str
) -> str:
    cited: dict[tuple[str, int | None, str], list[Cited]] = {}
    for sentence in result.sentences:
        for each in sentence.citations:
            cited.setdefault((each.document, each.page, each.passage), []).append(each)
    numbers = {key: at for at, key in enumerate(cited, start=1)}
    turns = "".join(
        f'<p class="q-soft">{say(ui, "quality_rate.before", question=named(turn.question))}</p>'
        for turn in question.history
    )
    words = "".join(
        f'<p dir="auto">{shown(sentence.text)}'
        f' <span class="q-marks">{_marks(sentence.citations, numbers)}</span></p>'
        for sentence in result.sentences
    )
    cards = "".join(_source(numbers[key], quotes, sources, ui) for key, quotes in cited.items())
    title = say(ui, "quality_rate.answer", number=number, total=total)
    return (
        f'<article class="q-answer" aria-label="{title}"><p class="q-over">{title}</p>{turns}'
        f'<h2 class="q-question" dir="auto" tabindex="-1">{shown(question.question)}</h2>'
        f'<div class="q-words">{words}</div><h3>{say(ui, "quality_rate.cites")}</h3>{cards}</article>'
    )


def _marks(citations: Sequence[Cited], numbers: Mapping[tuple[str, int | None, str], int]) -> str:
    found = dict.fromkeys(numbers[(each.document, each.page, each.passage)] for each in citations)
    return "".join(f"<b>{number}</b>" for number in found)


def _source(number: int, quotes: Sequence[Cited], sources: Mapping[str, Source], ui: str) -> str:
    first = quotes[0]
    source = sources.get(first.document)
    title = f'<span class="q-title" dir="auto">{shown(source.title)}</span>' if source else ""
    anchor = "" if first.page is None else f"#page={first.page}"
    link = (
        f'<p><a href="/original/{shown(source.document)}{anchor}" target="_blank" rel="noopener noreferrer">'
        f"{said_in_chat(ui, 'source.open')}</a></p>"
        if source
        else ""
    )
    where = _place(first, ui)
    opened = " open" if number == 1 else ""
    return (
        f'<details class="q-source"{opened}><summary><b>{number}</b> <span>{title}'
        f'<span class="q-soft">{where}</span></span></summary>'
        f'<blockquote dir="auto">{_passage(quotes)}</blockquote>{link}</details>'
    )


def _place(cited: Cited, ui: str) -> str:
    """ "report.pdf, p. 24 (printed 21)"; the file name alone for formats without pages."""
    if cited.page is None:
        return named(cited.document)
    printed = cited.label.strip() not in ("", str(cited.page))
    key = "source.page_printed" if printed else "source.page"
    page = said_in_chat(ui, key, page=cited.page, label=shown(cited.label))
    return listed(ui, (named(cited.document), page))


def _passage(quotes: Sequence[Cited]) -> str:
    """The passage as the run kept it, with what is quoted marked; else the quotes alone."""
    words = list(dict.fromkeys(each.quote for each in quotes))
    found = excerpt(quotes[0].passage, words)
    if found is None:
        return "".join(f"<p>{shown(quote)}</p>" for quote in words)
    inside = "".join(f"<mark>{shown(text)}</mark>" if quoted else shown(text) for text, quoted in found.parts)
    return f"{'… ' if found.before else ''}{inside}{' …' if found.after else ''}"
