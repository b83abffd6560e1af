"""What people said of a run's answers, as HTML: each person, how far two agree, what to talk about."""

from __future__ import annotations

from collections.abc import Sequence

from babel.numbers import format_decimal

from eval.ratings import Agreement, Difference, Rating, agreement, by_rater, degree
from eval.report.html import shown
from eval.results import Run
from eval.screen.html import named
from eval.screen.words import say
from eval.statistics import Interval, wilson
from ingest.wording import number


def people(found: Sequence[Rating], run: Run, ui: str = "en") -> str:
    """Each rater's verdicts, how far two agree, and what to talk about; "" where nobody rated."""
    if not found:
        return ""
    asked = {question.id: question.question for question in run.questions}
    rows = "".join(_rater(rater, list(rated.values()), ui) for rater, rated in by_rater(found).items())
    title = say(ui, "quality_people.title")
    parts = [f'<section class="q-people"><h3>{title}</h3><ul>{rows}</ul>']
    for pair in agreement(found):
        parts.append(f"<p>{_on_verdicts(pair, ui)}</p><p>{_on_pages(pair, ui)}</p>")
        if pair.differences:
            items = "".join(
                f'<li><p dir="auto">{shown(asked.get(each.question, each.question))}</p>'
                f'<p class="q-soft">{_differ(pair, each, ui)}</p></li>'
                for each in pair.differences
            )
            one, two = map(named, pair.raters)
            count = len(pair.differences)
            summary = say(ui, "quality_people.to_talk", count=count, one=one, two=two)
            parts.append(f'<details class="q-more"><summary>{summary}</summary><ul>{items}</ul></details>')
    return "".join(parts) + "</section>"


def _rater(rater: str, rated: Sequence[Rating], ui: str) -> str:
    right = _share("right", wilson(sum(each.verdict == "right" for each in rated), len(rated)), ui)
    borne = _share("borne", wilson(sum(each.page_bears for each in rated), len(rated)), ui)
    partly = number(ui, sum(each.verdict == "partly" for each in rated))
    wrong = number(ui, sum(each.verdict == "wrong" for each in rated))
    name = f"<b>{named(rater)}</b>"
    said = say(ui, "quality_people.rater", rater=name, right=right, partly=partly, wrong=wrong, borne=borne)
    return f"<li>{said}</li>"


def _share(key: str, found: Interval, ui: str) -> str:
    """Of how many answers something is so, with the interval. found: of one rating at least."""
    low, high = (number(ui, round(100 * (each or 0))) for each in (found.low, found.high))
    hits = number(ui, found.hits or 0)
    return say(ui, f"quality_people.{key}", hits=hits, count=found.n, low=low, high=high)


def _on_verdicts(pair: Agreement, ui: str) -> str:
    one, two = map(named, pair.raters)
    same = number(ui, pair.same_verdict)
    told = say(ui, "quality_people.same_verdict", one=one, two=two, count=pair.answers, same=same)
    return f"{told} {_beyond_chance(pair.verdict_kappa, ui)}"


def _on_pages(pair: Agreement, ui: str) -> str:
    same, total = number(ui, pair.same_page), number(ui, pair.answers)
    told = say(ui, "quality_people.same_page", same=same, total=total)
    return f"{told} {_beyond_chance(pair.page_kappa, ui)}"


def _beyond_chance(kappa: float | None, ui: str) -> str:
    if kappa is None:
        return say(ui, "quality_people.chance_undefined")
    key = f"quality_people.chance_{degree(kappa).replace(' ', '_')}"
    return say(ui, key, kappa=format_decimal(kappa, "0.00", locale=ui))


def _differ(pair: Agreement, difference: Difference, ui: str) -> str:
    """What each of the two said of one answer."""
    said = (
        say(
            ui,
            f"quality_people.said_{'bears' if bears else 'bears_not'}",
            rater=named(who),
            verdict=say(ui, f"quality_people.said_{verdict}"),
        )
        for who, verdict, bears in zip(pair.raters, difference.verdicts, difference.page_bears, strict=True)
    )
    return "<br>".join(said)
