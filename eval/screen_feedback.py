"""The tab Feedback: what people judged in the chat, on its way into a bank."""

# No `from __future__ import annotations`: Gradio reads the handlers' annotations.
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from eval import screen_html as html
from eval.report_html import shown
from eval.screen_parts import PLAIN, QUIET, calmly, checked


def counts(library: Path) -> dict[str, int]:
    """Verdict -> how many answers of the chat were judged so, in the order of the chat's buttons."""
    from assistant.records import VERDICTS
    from assistant.records import feedback as given

    found = Counter(each.verdict for each in given(library))
    return {verdict: found[verdict] for verdict in VERDICTS}


def from_chat(given: Mapping[str, int]) -> str:
    total = sum(given.values())
    if not total:
        return (
            '<div class="q-empty"><h2>No feedback yet</h2><p>When people press Right, Wrong, Wrong page or'
            " Incomplete under an answer in the chat, their questions come here, and from here into a"
            " bank.</p></div>"
        )
    parts = ", ".join(f"{count} {shown(word)}" for word, count in given.items() if count)
    people_said = "1 answer" if total == 1 else f"{total} answers"
    return (
        f'<article class="q-run"><h2 class="q-verdict">People judged {people_said} in the chat: {parts}.</h2>'
        "<p>Take them into a bank: download the workbook, complete the facts and pages, write yes under keep"
        " for those that are good, and bring it back under Runs.</p>"
        '<p class="q-links"><a class="q-button main" href="/quality/feedback.xlsx" download>Download the'
        " questions (XLSX)</a></p></article>"
    )


def feedback(library: Path) -> None:
    """Builds the tab inside the gr.Tab that is open."""
    import gradio as gr

    tab = gr.context.Context.block
    shown = gr.HTML("", elem_id="q-feedback", **PLAIN)

    def begin(request: gr.Request) -> str:
        checked(request)
        return calmly(lambda: from_chat(counts(library)), html.problem)

    assert isinstance(tab, gr.Tab)
    tab.select(begin, None, shown, **QUIET)
