"""The tab Rate: a person says, answer by answer, whether it is right and whether the page bears it."""

# No `from __future__ import annotations`: Gradio reads the handlers' annotations.
from collections.abc import Callable
from typing import Any

from assistant.chat import Assistant
from eval.ratings import LONGEST, VERDICTS
from eval.screen import html
from eval.screen.kept import Kept
from eval.screen.parts import PLAIN, QUIET, calmly, checked, script
from eval.screen.rating import Sitting, card, code_of, keep, own, sit_down
from eval.screen.words import Told, isolated, say, slot


def sets(kept: Kept, ui: str) -> list[tuple[str, str]]:
    """The sets of answers that can be rated, by code, which says nothing of a run's age: (label, code)."""
    codes = sorted((code_of(run.name), run.questions) for run in kept.listed() if not run.problem)
    return [
        (say(ui, "quality_rate.choice", code=isolated(ui, code), count=count), code) for code, count in codes
    ]


def run_of(kept: Kept, code: object) -> str:
    """The run of a set. Raises EvalError where there is none."""
    names = (run.name for run in kept.listed() if not run.problem)
    found = next((name for name in names if code_of(name) == code), "")
    if not found:
        raise Told("quality_rate.no_set")
    return found


def raters(assistant: Assistant, kept: Kept) -> None:
    """Builds the tab inside the gr.Tab that is open."""
    import gradio as gr

    library = assistant.settings.library
    tab = gr.context.Context.block
    sitting = gr.State(None)
    verdicts = [(slot(f"quality_rate.{each}"), each) for each in VERDICTS]
    yes_no = [(slot(f"quality_rate.{each}"), each) for each in ("yes", "no")]
    gr.HTML(html.heading(slot("quality_rate.title"), slot("quality_rate.about")), **PLAIN)
    with gr.Row(elem_id="q-sit"):
        chosen = gr.Dropdown([], label=slot("quality_rate.set"), min_width=220)
        name = gr.Textbox(label=slot("quality_rate.name"), max_length=LONGEST, max_lines=1, min_width=180)
        go = gr.Button(slot("quality_rate.start"), variant="primary", scale=0, min_width=110)
    shown = gr.HTML("", elem_id="q-card", **{**PLAIN, "js_on_load": script()})
    with gr.Column(visible=False, elem_id="q-judge") as judge:
        verdict = gr.Radio(verdicts, label=slot("quality_rate.is_right"), elem_id="q-right")
        bears = gr.Radio(yes_no, label=slot("quality_rate.bears"), elem_id="q-bears")
    with gr.Row(visible=False, elem_id="q-steps") as steps:
        back = gr.Button(slot("quality_rate.back"), scale=0, min_width=90)
        skip = gr.Button(slot("quality_rate.skip"), scale=0, min_width=90)
        save = gr.Button(slot("quality_rate.save"), variant="primary", scale=0, min_width=150)
    said = gr.HTML("", elem_id="q-rating-said", **PLAIN)
    outputs = [sitting, said, shown, judge, verdict, bears, steps, skip, save]

    def view(now: Sitting, ui: str) -> list[Any]:
        mine = own(library, now.run, now.rater)
        rating = mine.get(now.question)
        sources = {source.name: source for source in assistant.sources()}
        asking = bool(now.question)
        return [
            now,
            "",
            card(kept.run(now.run), now, len(mine.keys() & set(now.order)), sources, ui),
            gr.Column(visible=asking),
            gr.Radio(value=rating.verdict if rating else None),
            gr.Radio(value=("yes" if rating.page_bears else "no") if rating else None),
            gr.Row(visible=True),
            gr.Button(visible=asking),
            gr.Button(visible=asking),
        ]

    def stepping(step: Callable[..., Sitting]) -> Callable[..., list[Any]]:
        """A handler that goes to the sitting that `step` makes, or says why not and stays."""

        def handle(request: gr.Request, *values: Any) -> list[Any]:
            ui = checked(request)

            def stay(words: str) -> list[Any]:
                return [gr.skip(), html.problem(words), *[gr.skip()] * (len(outputs) - 2)]

            return calmly(lambda: view(step(*values), ui), stay, ui)

        return handle

    def begin(request: gr.Request, code: object) -> Any:
        choices = sets(kept, checked(request))
        known = [value for _, value in choices]
        only = known[0] if len(known) == 1 else None
        return gr.Dropdown(choices=choices, value=code if code in known else only)

    sit = stepping(lambda code, typed: sit_down(library, kept.run(run_of(kept, code)), str(typed or "")))
    gr.on([go.click, name.submit], sit, [chosen, name], outputs, **QUIET)
    save.click(
        stepping(lambda now, right, page: keep(library, _seated(now), right, page)),
        [sitting, verdict, bears],
        outputs,
        **QUIET,
    )
    back.click(stepping(lambda now: _seated(now).step(-1)), sitting, outputs, **QUIET)
    skip.click(stepping(lambda now: _seated(now).step(1)), sitting, outputs, **QUIET)
    assert isinstance(tab, gr.Tab)
    tab.select(begin, chosen, chosen, **QUIET)


def _seated(now: object) -> Sitting:
    if not isinstance(now, Sitting):
        raise Told("quality_rate.too_long")
    return now
