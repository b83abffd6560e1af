"""The tab Compare: two runs of one bank, what was gained and what was lost."""

# No `from __future__ import annotations`: Gradio reads the handlers' annotations.
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from eval import screen_html as html
from eval.report_content import Comparison, Content, Link, Move
from eval.report_html import shown
from eval.report_verdict import questions
from eval.results import EvalError, Question, Run
from eval.screen_kept import Kept, Listed
from eval.screen_parts import LASTING, PLAIN, QUIET, calmly, checked


def pair(runs: Sequence[Listed]) -> tuple[str, str]:
    """The newest run and the one of the same bank before it, as (before, after); "" where there is none."""
    whole = [run for run in runs if not run.problem]
    for at, after in enumerate(whole):
        for before in whole[at + 1 :]:
            if before.bank_hash == after.bank_hash:
                return before.name, after.name
    return "", whole[0].name if whole else ""


def comparison(kept: Kept, before: object, after: object) -> str:
    """The comparison as HTML. Raises EvalError where the two cannot be compared."""
    if not before or not after:
        raise EvalError("choose a run before and a run after")
    if before == after:
        raise EvalError("this is the same run twice; choose two")
    one, two = kept.run(before), kept.run(after)
    return compared(one, two, kept.content(two.name, one.name))


def compared(before: Run, after: Run, content: Content) -> str:
    """What changed: the verdict, then what is worse, better, and not shown to differ."""
    comparison = content.comparison
    assert comparison is not None
    worse, better, same = (
        [move for move in comparison.moves if move.verdict == sort]
        for sort in ("worse", "better", "no difference shown")
    )
    asked = {question.id: question for question in after.questions}
    link = f"/quality/report/{after.name}?before={before.name}"
    groups = "".join(
        _moves(title, moves, asked, tone)
        for title, moves, tone in (("Worse", worse, "bad"), ("Better", better, "good"))
    )
    rest = _moves("", same, asked, "")
    summary = f"{_measures(len(same))} without a difference"
    folded = f'<details class="q-more"><summary>{summary}</summary>{rest}</details>'
    return (
        f'<article class="q-run"><p class="q-over">Run {after.name} after run {before.name} · bank'
        f" {shown(after.bank)}</p>"
        f'<h2 class="q-verdict">{shown(_moved(comparison, len(better), len(worse)))}</h2>'
        f"<p>{shown(comparison.summary)}</p>"
        f'<p class="q-links"><a class="q-button main" href="{link}#changes" target="_blank" rel="noopener">'
        "Open the report with both runs</a>"
        f'<a class="q-button" href="/quality/report/{after.name}.docx?before={before.name}" download>'
        f"Download as Word</a></p>{groups}{folded if same else ''}</article>"
    )


def _moved(comparison: Comparison, better: int, worse: int) -> str:
    if not better and not worse:
        return f"No measure is shown to differ from run {comparison.name}."
    parts = [f"{_measures(count)} {what}" for count, what in ((better, "better"), (worse, "worse")) if count]
    return f"{' and '.join(parts)} than in run {comparison.name}."


def _moves(title: str, moves: Sequence[Move], asked: Mapping[str, Question], tone: str) -> str:
    if not moves:
        return ""
    items = "".join(
        f"<li><p><b>{shown(move.label)}</b>: {shown(move.was)} before, {shown(move.now)} after"
        f' <span class="q-soft">({shown(move.test)})</span></p>'
        f"{_flips('Gained', move.gained, asked)}{_flips('Lost', move.lost, asked)}</li>"
        for move in moves
    )
    return f'<section class="q-moves {tone}">{f"<h3>{title}</h3>" if title else ""}<ul>{items}</ul></section>'


def _flips(title: str, named: Sequence[Link], asked: Mapping[str, Question]) -> str:
    if not named:
        return ""
    items = "".join(
        f'<li><b>{shown(each.text)}</b> <span dir="auto">{shown(asked[each.text].question)}</span></li>'
        for each in named
        if each.text in asked
    )
    return f"<details><summary>{title}: {questions(len(named))}</summary><ul>{items}</ul></details>"


def _measures(count: int) -> str:
    return "1 measure" if count == 1 else f"{count} measures"


def compare(kept: Kept) -> None:
    """Builds the tab inside the gr.Tab that is open."""
    import gradio as gr

    tab = gr.context.Context.block
    gr.HTML(
        html.heading(
            "What changed?",
            "Two runs of one bank, question by question. A difference is only called one where chance would"
            " rarely make it.",
        ),
        **PLAIN,
    )
    with gr.Row(elem_id="q-pair"):
        before = gr.Dropdown([], label="Before", min_width=220)
        after = gr.Dropdown([], label="After", min_width=220)
        go = gr.Button("Compare", variant="primary", scale=0, min_width=110)
    shown = gr.HTML("", elem_id="q-compared", **PLAIN)

    def begin(request: gr.Request, one: object, two: object) -> list[Any]:
        checked(request)
        runs = kept.listed()
        choices = [(html.choice(run), run.name) for run in runs if not run.problem]
        known = {name for _, name in choices}
        first, second = pair(runs)
        if one in known and two in known:  # what was chosen before stays
            first, second = str(one), str(two)
        empty = "" if len(choices) > 1 else html.said("There are not two runs yet to compare.")
        return [
            gr.Dropdown(choices=choices, value=first or None),
            gr.Dropdown(choices=choices, value=second or None),
            empty or gr.skip(),
        ]

    def work(request: gr.Request, one: object, two: object) -> Iterator[str]:
        checked(request)
        yield html.waiting("Comparing question by question…")
        yield calmly(lambda: comparison(kept, one, two), html.problem)

    go.click(work, [before, after], shown, **LASTING)
    assert isinstance(tab, gr.Tab)
    tab.select(begin, [before, after], [before, after, shown], **QUIET)
