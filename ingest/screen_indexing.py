"""The tab Add and index: source folders, uploads, what a run would change, and the run itself."""

# No `from __future__ import annotations`: Gradio reads the handlers' annotations, which name a local `gr`.
from typing import Any

from ingest import jobs, screen_sources
from ingest.screen_acts import Acts
from ingest.screen_looking import Look, Looking
from ingest.screen_parts import (
    PLAIN,
    QUIET,
    Part,
    answering,
    button,
    heading,
    may,
    problem,
    said,
    script,
    values,
    waiting,
    who,
)

_SHRINK = "On this screen: tick “Take out also where many files of a folder are gone” below, then index."


def indexing(acts: Acts, looking: Looking, clock: Any) -> Part:
    """Builds the tab inside the gr.Tab that is open. clock: the timer that looks at the work under way."""
    import gradio as gr

    acting = {**PLAIN, "js_on_load": script()}
    with gr.Row(elem_id="d-bring"):
        folders = gr.HTML("", elem_id="d-folders-all", **acting)
        drop = gr.HTML(screen_sources.uploads(acts.settings.upload_limit), elem_id="d-uploads", **acting)
    told = gr.HTML("", elem_id="d-said", **PLAIN)
    with gr.Column(elem_id="d-go"):
        gr.HTML(
            heading(
                "Index",
                "The new state of the library is built and checked beside the live one, then made live at one"
                " stroke. Questions go on being answered all the while.",
            ),
            **PLAIN,
        )
        plan = gr.HTML("", elem_id="d-plan", **acting)
        run = gr.HTML("", elem_id="d-run", **acting)
    ticking = gr.Timer(1.0, active=False)
    outputs = [folders, plan, run]

    def starting() -> str:
        now = jobs.current(acts.root)
        busy = now is not None and now.state == "running"
        planned, models = looking.look.state == "done", acts.other_models()
        gate = "0" if acts.settings.gate_bank else ""
        return screen_sources.run(acts.banks(), busy, planned or bool(models), gate, models, acts.failed())

    def fill(request: gr.Request) -> list[Any]:
        def now() -> list[Any]:
            return [screen_sources.sources(acts.admin.sources(), acts.root), _plan(looking.look), starting()]

        return answering(request, now, 3)

    def on_folders(event: gr.EventData, request: gr.Request) -> list[Any]:
        sent, by = values(event), who(request)

        def done() -> list[Any]:
            adding = sent.get("do") == "add"
            words = acts.follow(sent, by) if adding else acts.drop(sent.get("folder", ""), by)
            looking.forget()
            return [said(words), *fill(request)]

        return answering(request, done, 4)

    def on_uploads(request: gr.Request) -> list[Any]:
        if may(request):
            looking.forget()
        return fill(request)

    def on_plan(request: gr.Request) -> list[Any]:
        def done() -> list[Any]:
            looking.start()
            return [_plan(looking.look), gr.Timer(active=True)]

        return answering(request, done, 2)

    def on_tick(request: gr.Request) -> list[Any]:
        def done() -> list[Any]:
            look = looking.look
            busy = look.state == "working"
            return [_plan(look), gr.skip() if busy else starting(), gr.Timer(active=busy)]

        return answering(request, done, 3)

    def on_run(event: gr.EventData, request: gr.Request) -> list[Any]:
        sent = values(event)

        def done() -> list[Any]:
            acts.run(sent, who(request))
            return ["", starting(), gr.Timer(1.0, active=True)]

        return answering(request, done, 3)

    folders.act(on_folders, None, [told, *outputs], **QUIET)
    drop.act(on_uploads, None, outputs, **QUIET)
    plan.act(on_plan, None, [plan, ticking], **QUIET)
    ticking.tick(on_tick, None, [plan, run, ticking], **QUIET)
    run.act(on_run, None, [told, run, clock], **QUIET)
    return Part(fill, [], outputs)


def _plan(look: Look) -> str:
    if look.state == "working":
        done = f" {look.done} of {look.total}: {look.detail}" if look.total else ""
        return waiting(f"Reading what is new…{done}")
    ask = (
        f'<p class="d-links">{button("What would change", "plan", "main" if look.found is None else "")}</p>'
    )
    if look.state == "failed":
        hint = said(_SHRINK, "") if "--allow-shrink" in look.problem else ""
        return problem(look.problem) + hint + ask
    return screen_sources.plan(look.found) + ask if look.found else ask
