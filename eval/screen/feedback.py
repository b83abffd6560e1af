"""The tab Feedback: what people judged in the chat, on its way into a bank."""

# No `from __future__ import annotations`: Gradio reads the handlers' annotations.
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from eval.screen import html
from eval.screen.parts import PLAIN, QUIET, calmly, checked
from eval.screen.words import say
from ingest.wording import listed


def counts(library: Path) -> dict[str, int]:
    """Verdict -> how many answers of the chat were judged so, in the order of the chat's buttons."""
    from assistant.records import VERDICTS
    from assistant.records import feedback as given

    found = Counter(each.verdict for each in given(library))
    return {verdict: found[verdict] for verdict in VERDICTS}


def from_chat(given: Mapping[str, int], ui: str = "en") -> str:
    total = sum(given.values())
    if not total:
        return html.empty(say(ui, "quality_feedback.none"), say(ui, "quality_feedback.none_about"))
    parts = (
        say(ui, f"quality_feedback.{verdict.replace(' ', '_')}", count=count)
        for verdict, count in given.items()
        if count
    )
    judged = say(ui, "quality_feedback.judged", count=total, parts=listed(ui, parts))
    about = say(ui, "quality_feedback.about", yes="<bdi>yes</bdi>", keep="<bdi>keep</bdi>")
    return (
        f'<article class="q-run"><h2 class="q-verdict">{judged}</h2><p>{about}</p>'
        '<p class="q-links"><a class="q-button main" href="/quality/feedback.xlsx" download>'
        f"{say(ui, 'quality_feedback.download')}</a></p></article>"
    )


def feedback(library: Path) -> None:
    """Builds the tab inside the gr.Tab that is open."""
    import gradio as gr

    tab = gr.context.Context.block
    shown = gr.HTML("", elem_id="q-feedback", **PLAIN)

    def begin(request: gr.Request) -> str:
        ui = checked(request)
        return calmly(lambda: from_chat(counts(library), ui), html.problem, ui)

    assert isinstance(tab, gr.Tab)
    tab.select(begin, None, shown, **QUIET)
