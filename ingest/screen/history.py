"""The tabs Generations and Audit: what was built, what is live, what the gate said, who did what."""

# No `from __future__ import annotations`: Gradio reads the handlers' annotations, which name a local `gr`.
from typing import Any

from ingest.screen import generations as screen_generations
from ingest.screen.acts import Acts
from ingest.screen.parts import PLAIN, QUIET, Part, answering, said, script, values, who
from ingest.screen.words import refused
from ingest.wording import language_of


def generations(acts: Acts) -> Part:
    """Builds the tab Generations inside the gr.Tab that is open."""
    import gradio as gr

    told = gr.HTML("", elem_id="d-published", **PLAIN)
    listed = gr.HTML("", elem_id="d-generations", **{**PLAIN, "js_on_load": script()})

    def now(ui: str) -> str:
        return screen_generations.generations(acts.generations(), acts.before(), ui)

    def fill(request: gr.Request) -> list[Any]:
        return answering(request, lambda: [now(language_of(request))], 1)

    def on_act(event: gr.EventData, request: gr.Request) -> list[Any]:
        sent, by, ui = values(event), who(request), language_of(request)

        def done() -> list[Any]:
            do, name = sent.get("do"), sent.get("name", "")
            if do in ("publish", "force"):
                words = acts.publish(name, by, force=do == "force")
            elif do == "rollback":
                words = acts.rollback(by)
            elif do == "discard":
                words = acts.discard(name, by)
            elif do == "prune":
                words = acts.prune(sent.get("keep", ""), by)
            else:
                raise refused("parts.nothing_asked")
            return [said(words, ui), now(ui)]

        return answering(request, done, 2)

    listed.act(on_act, None, [told, listed], **QUIET)
    return Part(fill, [], [listed])


def audit(acts: Acts) -> Part:
    """Builds the tab Audit inside the gr.Tab that is open."""
    import gradio as gr

    listed = gr.HTML("", elem_id="d-audit", **PLAIN)

    def fill(request: gr.Request) -> list[Any]:
        ui = language_of(request)
        return answering(request, lambda: [screen_generations.audit(acts.admin.audit(), ui)], 1)

    return Part(fill, [], [listed])
