"""The tab Compare: two runs of one bank, what was gained and what was lost."""

# No `from __future__ import annotations`: Gradio reads the handlers' annotations.
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from eval.report.content import Comparison, Content, Link, Move
from eval.report.html import shown
from eval.results import Question, Run
from eval.screen import html
from eval.screen.kept import Kept, Listed
from eval.screen.parts import LASTING, PLAIN, QUIET, calmly, checked
from eval.screen.words import Told, say, slot


def pair(runs: Sequence[Listed]) -> tuple[str, str]:
    """The newest run and the one of the same bank before it, as (before, after); "" where there is none."""
    whole = [run for run in runs if not run.problem]
    for at, after in enumerate(whole):
        for before in whole[at + 1 :]:
            if before.bank_hash == after.bank_hash:
                return before.name, after.name
    return "", whole[0].name if whole else ""


def comparison(kept: Kept, before: object, after: object, ui: str = "en") -> str:
    """The comparison as HTML. Raises EvalError where the two cannot be compared."""
    if not before or not after:
        raise Told("quality_compare.choose")
    if before == after:
        raise Told("quality_compare.twice")
    one, two = kept.run(before), kept.run(after)
    return compared(one, two, kept.content(two.name, one.name, ui), ui)


def compared(before: Run, after: Run, content: Content, ui: str = "en") -> str:
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
        _moves(say(ui, f"quality_compare.{sort}"), moves, asked, tone, ui)
        for sort, moves, tone in (("worse", worse, "bad"), ("better", better, "good"))
    )
    summary = say(ui, "quality_compare.same", count=len(same))
    rest = _moves("", same, asked, "", ui)
    folded = f'<details class="q-more"><summary>{summary}</summary>{rest}</details>'
    pair = say(ui, "quality_compare.pair", after=after.name, before=before.name, bank=html.named(after.bank))
    return (
        f'<article class="q-run"><p class="q-over">{pair}</p>'
        f'<h2 class="q-verdict">{shown(_moved(comparison, len(better), len(worse), ui))}</h2>'
        f"<p>{shown(comparison.summary)}</p>"
        f'<p class="q-links"><a class="q-button main" href="{link}#changes" target="_blank" rel="noopener">'
        f"{say(ui, 'quality_compare.report')}</a>"
        f'<a class="q-button" href="/quality/report/{after.name}.docx?before={before.name}" download>'
        f"{say(ui, 'quality_runs.word')}</a></p>{groups}{folded if same else ''}</article>"
    )


def _moved(comparison: Comparison, better: int, worse: int, ui: str) -> str:
    if not better and not worse:
        return say(ui, "quality_compare.unchanged", run=comparison.name)
    parts = {
        sort: say(ui, f"quality_compare.count_{sort}", count=count)
        for sort, count in (("better", better), ("worse", worse))
        if count
    }
    both = better and worse
    what = say(ui, "quality_compare.both", **parts) if both else next(iter(parts.values()))
    return say(ui, "quality_compare.moved", what=what, run=comparison.name)


def _moves(title: str, moves: Sequence[Move], asked: Mapping[str, Question], tone: str, ui: str) -> str:
    if not moves:
        return ""
    items = "".join(
        f'<li><p>{_move(move, ui)} <span class="q-soft">({shown(move.test)})</span></p>'
        f"{_flips('gained', move.gained, asked, ui)}{_flips('lost', move.lost, asked, ui)}</li>"
        for move in moves
    )
    return f'<section class="q-moves {tone}">{f"<h3>{title}</h3>" if title else ""}<ul>{items}</ul></section>'


def _move(move: Move, ui: str) -> str:
    label = f"<b>{shown(move.label)}</b>"
    return say(ui, "quality_compare.move", label=label, was=shown(move.was), now=shown(move.now))


def _flips(sort: str, named: Sequence[Link], asked: Mapping[str, Question], ui: str) -> str:
    if not named:
        return ""
    items = "".join(
        f'<li><b>{shown(each.text)}</b> <span dir="auto">{shown(asked[each.text].question)}</span></li>'
        for each in named
        if each.text in asked
    )
    summary = say(ui, f"quality_compare.{sort}", count=len(named))
    return f"<details><summary>{summary}</summary><ul>{items}</ul></details>"


def compare(kept: Kept) -> None:
    """Builds the tab inside the gr.Tab that is open."""
    import gradio as gr

    tab = gr.context.Context.block
    gr.HTML(html.heading(slot("quality_compare.title"), slot("quality_compare.about")), **PLAIN)
    with gr.Row(elem_id="q-pair"):
        before = gr.Dropdown([], label=slot("quality_compare.before"), min_width=220)
        after = gr.Dropdown([], label=slot("quality_compare.after"), min_width=220)
        go = gr.Button(slot("quality_compare.compare"), variant="primary", scale=0, min_width=110)
    shown = gr.HTML("", elem_id="q-compared", **PLAIN)

    def begin(request: gr.Request, one: object, two: object) -> list[Any]:
        ui = checked(request)
        runs = kept.listed()
        choices = [(html.choice(run, ui), run.name) for run in runs if not run.problem]
        known = {name for _, name in choices}
        first, second = pair(runs)
        if one in known and two in known:  # what was chosen before stays
            first, second = str(one), str(two)
        empty = "" if len(choices) > 1 else html.said(say(ui, "quality_compare.too_few"))
        return [
            gr.Dropdown(choices=choices, value=first or None),
            gr.Dropdown(choices=choices, value=second or None),
            empty or gr.skip(),
        ]

    def work(request: gr.Request, one: object, two: object) -> Iterator[str]:
        ui = checked(request)
        yield html.waiting(say(ui, "quality_compare.comparing"))
        yield calmly(lambda: comparison(kept, one, two, ui), html.problem, ui)

    go.click(work, [before, after], shown, **LASTING)
    assert isinstance(tab, gr.Tab)
    tab.select(begin, [before, after], [before, after, shown], **QUIET)
