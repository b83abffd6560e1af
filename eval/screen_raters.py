"""The tab Rate: a person says, answer by answer, whether it is right and whether the page bears it."""

# No `from __future__ import annotations`: Gradio reads the handlers' annotations.
from collections.abc import Callable
from typing import Any

from assistant.chat import Assistant
from eval import screen_html as html
from eval.ratings import LONGEST
from eval.results import EvalError
from eval.screen_kept import Kept
from eval.screen_parts import PLAIN, QUIET, calmly, checked, script
from eval.screen_rating import Sitting, card, code_of, keep, own, sit_down

_VERDICTS = [("Right", "right"), ("Partly", "partly"), ("Wrong", "wrong")]
_YES_NO = [("Yes", "yes"), ("No", "no")]


def sets(kept: Kept) -> list[tuple[str, str]]:
    """The sets of answers that can be rated, by code, which says nothing of a run's age: (label, code)."""
    codes = ((code_of(run.name), run) for run in kept.listed() if not run.problem)
    return sorted((f"Set {code} · {run.questions} questions", code) for code, run in codes)


def run_of(kept: Kept, code: object) -> str:
    """The run of a set. Raises EvalError where there is none."""
    names = (run.name for run in kept.listed() if not run.problem)
    found = next((name for name in names if code_of(name) == code), "")
    if not found:
        raise EvalError("which answers? Choose a set")
    return found


def raters(assistant: Assistant, kept: Kept) -> None:
    """Builds the tab inside the gr.Tab that is open."""
    import gradio as gr

    library = assistant.settings.library
    tab = gr.context.Context.block
    sitting = gr.State(None)
    gr.HTML(
        html.heading(
            "Rate answers blind",
            "You see the question, the answer and what it cites: not the expected answer, not which run it"
            " is, and not what others said. Stop when you like; with the same name you go on where you were.",
        ),
        **PLAIN,
    )
    with gr.Row(elem_id="q-sit"):
        chosen = gr.Dropdown([], label="Set of answers", min_width=220)
        name = gr.Textbox(label="Your name or initials", max_length=LONGEST, max_lines=1, min_width=180)
        go = gr.Button("Start", variant="primary", scale=0, min_width=110)
    shown = gr.HTML("", elem_id="q-card", **{**PLAIN, "js_on_load": script()})
    with gr.Column(visible=False, elem_id="q-judge") as judge:
        verdict = gr.Radio(_VERDICTS, label="Is the answer right?", elem_id="q-right")
        bears = gr.Radio(_YES_NO, label="Does the cited page bear it out?", elem_id="q-bears")
    with gr.Row(visible=False, elem_id="q-steps") as steps:
        back = gr.Button("Back", scale=0, min_width=90)
        skip = gr.Button("Skip", scale=0, min_width=90)
        save = gr.Button("Save and next", variant="primary", scale=0, min_width=150)
    said = gr.HTML("", elem_id="q-rating-said", **PLAIN)
    outputs = [sitting, said, shown, judge, verdict, bears, steps, skip, save]

    def view(now: Sitting) -> list[Any]:
        mine = own(library, now.run, now.rater)
        rating = mine.get(now.question)
        sources = {source.name: source for source in assistant.sources()}
        asking = bool(now.question)
        return [
            now,
            "",
            card(kept.run(now.run), now, len(mine.keys() & set(now.order)), sources),
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
            checked(request)

            def stay(words: str) -> list[Any]:
                return [gr.skip(), html.problem(words), *[gr.skip()] * (len(outputs) - 2)]

            return calmly(lambda: view(step(*values)), stay)

        return handle

    def begin(request: gr.Request, code: object) -> Any:
        checked(request)
        choices = sets(kept)
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
        raise EvalError("this page was open too long; press Start, and you go on where you were")
    return now
