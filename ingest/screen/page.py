"""The Documents screen: what the library holds, what would change, the work under way, generations, audit."""

# No `from __future__ import annotations`: Gradio reads the handlers' annotations, which name a local `gr`.
from collections.abc import Callable, Sequence
from pathlib import Path
from time import time
from typing import Any

from ingest import jobs
from ingest.screen import job as screen_job
from ingest.screen.acts import Acts
from ingest.screen.looking import Looking
from ingest.screen.parts import (
    PLAIN,
    QUIET,
    Engine,
    Part,
    answering,
    calmly,
    checked,
    problem,
    script,
    sentence,
    who,
)
from ingest.screen.words import WORDING, slot
from ingest.wording import language_of

_BUSY, _IDLE = 1.0, 4.0  # seconds between two looks at the work under way


class Documents:
    """The screen as assistant/app.py finds it: called it builds, `routes` adds its pictures and uploads."""

    role = "admin"  # whose it is
    wording = WORDING  # of its slots

    def __call__(self, engine: Engine) -> None:
        _build(Acts(engine.settings), Looking(engine.settings, sentence))

    def routes(self, app: Any, engine: Engine) -> None:
        from ingest.screen.routes import add_routes

        add_routes(app, engine.settings)


documents = Documents()


def _build(acts: Acts, looking: Looking) -> None:
    import gradio as gr

    from ingest.screen.documents import listing
    from ingest.screen.gaps import missing
    from ingest.screen.history import audit, generations
    from ingest.screen.indexing import indexing

    style = Path(__file__).with_name("screen.css").read_text(encoding="utf-8")
    outer = gr.context.Context.block
    with gr.Column(elem_id="documents"):
        gr.HTML(f"<style>{style}</style>", elem_id="d-style", **PLAIN)
        work = gr.HTML("", elem_id="d-work", **{**PLAIN, "js_on_load": script()})
        clock = gr.Timer(_IDLE, active=False)
        tabs: dict[str, Callable[[], Part]] = {
            "documents": lambda: listing(acts),
            "index": lambda: indexing(acts, looking, clock),
            "missing": lambda: missing(acts),
            "generations": lambda: generations(acts),
            "audit": lambda: audit(acts),
        }
        parts = []
        with gr.Tabs():
            for name, build in tabs.items():
                with gr.Tab(slot(f"tabs.{name}")) as tab:
                    part = build()
                tab.select(part.fill, part.inputs, part.outputs, **QUIET)
                parts.append(part)
    _watch(acts, looking, (work, clock), parts, outer)


def _watch(acts: Acts, looking: Looking, shown: tuple[Any, Any], parts: Sequence[Part], outer: Any) -> None:
    """Shows the work under way, whoever began it; once it has ended, every part is filled anew."""
    import gradio as gr

    work, clock = shown
    seen = gr.State(("", ""))  # the job last shown, and its words
    every = [each for part in parts for each in part.inputs]
    filled = [each for part in parts for each in part.outputs]
    outputs = [work, clock, seen, *filled]

    def look(request: gr.Request, before: tuple[str, str], inputs: Sequence[Any], first: bool) -> list[Any]:
        now = jobs.current(acts.root)
        busy = now is not None and now.state == "running"
        mark = f"{now.id} {now.state}" if now else ""
        words = screen_job.job(now, time(), acts.library.live(), language_of(request))
        ended = mark != before[0] and not first
        if ended:
            looking.forget()
        showing: list[Any] = [gr.skip()] * len(filled)
        if ended or first:
            at, showing = 0, []
            for part in parts:
                size = len(part.inputs)
                showing += part.fill(request, *inputs[at : at + size])
                at += size
        clock_now = gr.Timer(_BUSY if busy else _IDLE, active=True)
        return [gr.skip() if words == before[1] else words, clock_now, (mark, words), *showing]

    def begin(request: gr.Request, before: tuple[str, str], *inputs: Any) -> list[Any]:
        return answering(request, lambda: look(request, before, inputs, True), len(outputs))

    def tick(request: gr.Request, before: tuple[str, str], *inputs: Any) -> list[Any]:
        return answering(request, lambda: look(request, before, inputs, False), len(outputs))

    def halt(request: gr.Request) -> str:
        ui = language_of(request)

        def stopped() -> str:
            checked(request)
            acts.stop(who(request))
            return screen_job.job(jobs.current(acts.root), time(), acts.library.live(), ui)

        return calmly(ui, stopped, lambda words: problem(words, ui))

    # Only who opens the screen is shown its figures, and asked for them again.
    when = outer.select if isinstance(outer, gr.Tab) else gr.context.Context.root_block.load  # type: ignore[union-attr]
    when(begin, [seen, *every], outputs, **QUIET)
    clock.tick(tick, [seen, *every], outputs, **QUIET)
    work.act(halt, None, work, **QUIET)
