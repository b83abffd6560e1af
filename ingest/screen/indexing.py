"""The tab Add and index: source folders, uploads, what a run would change, and the run itself."""

# No `from __future__ import annotations`: Gradio reads the handlers' annotations, which name a local `gr`.
from typing import Any

from ingest import jobs
from ingest.screen import sources as screen_sources
from ingest.screen.acts import Acts
from ingest.screen.looking import Look, Looking
from ingest.screen.parts import (
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
from ingest.screen.words import retold, say, slot
from ingest.wording import language_of, number


def indexing(acts: Acts, looking: Looking, clock: Any) -> Part:
    """Builds the tab inside the gr.Tab that is open. clock: the timer that looks at the work under way."""
    import gradio as gr

    acting = {**PLAIN, "js_on_load": script()}
    with gr.Row(elem_id="d-bring"):
        folders = gr.HTML("", elem_id="d-folders-all", **acting)
        drop = gr.HTML(screen_sources.uploads(acts.settings.upload_limit), elem_id="d-uploads", **acting)
    told = gr.HTML("", elem_id="d-said", **PLAIN)
    with gr.Column(elem_id="d-go"):
        gr.HTML(heading(slot("begin.title"), slot("begin.about")), **PLAIN)
        plan = gr.HTML("", elem_id="d-plan", **acting)
        run = gr.HTML("", elem_id="d-run", **acting)
    ticking = gr.Timer(1.0, active=False)
    outputs = [folders, plan, run]

    def starting(ui: str) -> str:
        now = jobs.current(acts.root)
        busy = now is not None and now.state == "running"
        planned, models = looking.look.state == "done", acts.other_models()
        gate = "0" if acts.settings.gate_bank else ""
        ready = planned or bool(models)
        return screen_sources.run(acts.banks(), busy, ready, gate, models, acts.failed(), ui)

    def fill(request: gr.Request) -> list[Any]:
        ui = language_of(request)

        def now() -> list[Any]:
            folders = screen_sources.sources(acts.admin.sources(), acts.root, ui)
            return [folders, _plan(looking.look, ui), starting(ui)]

        return answering(request, now, 3)

    def on_folders(event: gr.EventData, request: gr.Request) -> list[Any]:
        sent, by, ui = values(event), who(request), language_of(request)

        def done() -> list[Any]:
            adding = sent.get("do") == "add"
            words = acts.follow(sent, by) if adding else acts.drop(sent.get("folder", ""), by)
            looking.forget()
            return [said(words, ui), *fill(request)]

        return answering(request, done, 4)

    def on_uploads(request: gr.Request) -> list[Any]:
        if may(request):
            looking.forget()
        return fill(request)

    def on_plan(request: gr.Request) -> list[Any]:
        def done() -> list[Any]:
            looking.start()
            return [_plan(looking.look, language_of(request)), gr.Timer(active=True)]

        return answering(request, done, 2)

    def on_tick(request: gr.Request) -> list[Any]:
        def done() -> list[Any]:
            look, ui = looking.look, language_of(request)
            busy = look.state == "working"
            return [_plan(look, ui), gr.skip() if busy else starting(ui), gr.Timer(active=busy)]

        return answering(request, done, 3)

    def on_run(event: gr.EventData, request: gr.Request) -> list[Any]:
        sent = values(event)

        def done() -> list[Any]:
            acts.run(sent, who(request))
            return ["", starting(language_of(request)), gr.Timer(1.0, active=True)]

        return answering(request, done, 3)

    folders.act(on_folders, None, [told, *outputs], **QUIET)
    drop.act(on_uploads, None, outputs, **QUIET)
    plan.act(on_plan, None, [plan, ticking], **QUIET)
    ticking.tick(on_tick, None, [plan, run, ticking], **QUIET)
    run.act(on_run, None, [told, run, clock], **QUIET)
    return Part(fill, [], outputs)


def _plan(look: Look, ui: str) -> str:
    if look.state == "working":
        done, total = number(ui, look.done), number(ui, look.total)
        words = say(ui, "plan.reading_file", done=done, total=total, file=look.detail)
        return waiting(words if look.total else say(ui, "plan.reading"))
    tone = "main" if look.found is None else ""
    ask = f'<p class="d-links">{button(say(ui, "plan.ask"), "plan", tone)}</p>'
    if look.state == "failed":
        hint = said(say(ui, "plan.shrink"), ui, "") if "--allow-shrink" in look.problem else ""
        return problem(retold(ui, look.problem), ui) + hint + ask
    return screen_sources.plan(look.found, ui) + ask if look.found else ask
