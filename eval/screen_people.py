"""What people said of a run's answers, as HTML: each person, how far two agree, what to talk about."""

from __future__ import annotations

from collections.abc import Sequence

from eval.ratings import Rating, agreement, by_rater
from eval.report_html import shown
from eval.results import Run
from eval.statistics import wilson
from eval.summary import verdict


def people(found: Sequence[Rating], run: Run) -> str:
    """Each rater's verdicts, how far two agree, and what to talk about; "" where nobody rated."""
    if not found:
        return ""
    asked = {question.id: question.question for question in run.questions}
    rows = "".join(_rater(rater, list(rated.values())) for rater, rated in by_rater(found).items())
    parts = [f'<section class="q-people"><h3>What people said of these answers</h3><ul>{rows}</ul>']
    for pair in agreement(found):
        parts.append("".join(f"<p>{shown(sentence)}</p>" for sentence in pair.sentences))
        if pair.differences:
            items = "".join(
                f'<li><p dir="auto">{shown(asked.get(each.question, each.question))}</p><p class="q-soft">'
                + "; ".join(
                    f"{shown(who)}: {word}, the page {'bears' if bears else 'does not bear'} it"
                    for who, word, bears in zip(pair.raters, each.verdicts, each.page_bears, strict=True)
                )
                + "</p></li>"
                for each in pair.differences
            )
            one, two = map(shown, pair.raters)
            count = "1 answer" if len(pair.differences) == 1 else f"{len(pair.differences)} answers"
            parts.append(
                f'<details class="q-more"><summary>{count} for {one} and'
                f" {two} to talk about</summary><ul>{items}</ul></details>"
            )
    return "".join(parts) + "</section>"


def _rater(rater: str, rated: Sequence[Rating]) -> str:
    n = len(rated)
    right = verdict("answers are right", wilson(sum(each.verdict == "right" for each in rated), n))
    bears = verdict("are borne out by the cited page", wilson(sum(each.page_bears for each in rated), n))
    partly = sum(each.verdict == "partly" for each in rated)
    wrong = sum(each.verdict == "wrong" for each in rated)
    return f"<li><b>{shown(rater)}</b>: {right}, {partly} partly, {wrong} wrong; {bears}</li>"
