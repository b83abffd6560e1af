"""The chat page: what stands where, and which handler each action calls."""

# No `from __future__ import annotations`: Gradio reads the handlers' annotations, which name a local `gr`.
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import monotonic
from typing import Any

from assistant.answer import Source
from assistant.web import feedback, handlers, render
from assistant.web import filters as filtering
from assistant.web.conversation import Conversation, Exchange
from assistant.web.engine import Engine

TITLE = "Programme Assistant"
AT_ONCE = 20  # questions answered at the same time, each on a thread of its own (anyio runs 40)
WAITING = 60  # questions that may wait for a place; beyond that Gradio says that the application is busy
LONGEST = 2000  # characters of a question

# Handlers have no name for API clients and no spinner of Gradio's: the transcript says what goes on.
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


def chat(engine: Engine) -> None:
    """Builds the chat inside the Blocks (or Tab) that is open."""
    import gradio as gr

    script = Path(__file__).with_name("page.js").read_text(encoding="utf-8")
    plain: dict[str, Any] = {"apply_default_css": False, "js_on_load": None}
    with gr.Row(elem_id="top"):
        gr.HTML(f'<p class="brand">{TITLE}</p>', **plain)
        new = gr.Button("New conversation", elem_id="new", size="sm", variant="secondary", min_width=0)
    state = gr.State(Conversation())
    spoken = gr.HTML(render.live(""), elem_id="spoken", **plain)
    transcript = gr.HTML("", elem_id="transcript", said=None, **{**plain, "js_on_load": script})
    with gr.Column(elem_id="composer"):
        box = gr.Textbox(
            label="Your question",
            show_label=False,
            placeholder="Ask a question",
            lines=1,
            max_lines=6,
            max_length=LONGEST,
            submit_btn="Ask",
            autofocus=True,
            elem_id="question",
            html_attributes=gr.InputHTMLAttributes(autocomplete="off"),
        )
        with gr.Accordion("Filters", open=False, elem_id="filters") as panel:
            fields = _fields(gr)
    examples = gr.HTML("", elem_id="examples", **{**plain, "js_on_load": script})

    def begin() -> list[Any]:
        hero, questions, sources = handlers.welcome(engine)
        return [hero, questions, *_choices(gr, sources)]

    def restart() -> list[Any]:
        hero, _, _ = handlers.welcome(engine)
        return [Conversation(), hero, render.live("New conversation."), _ready(gr, "")]

    asking = _asking(engine, [box, transcript, examples], [state, transcript, spoken, box], fields)
    box.stop(
        lambda state: _stop(gr, engine, state),
        state,
        [state, transcript, spoken, box],
        cancels=[asking],
        queue=False,
        **_QUIET,
    )
    transcript.verdict(
        _judging(engine), state, [transcript, spoken], queue=False, trigger_mode="multiple", **_QUIET
    )
    new.click(restart, None, [state, transcript, spoken, box], cancels=[asking], queue=False, **_QUIET)
    gr.on(
        [field.change for field in fields],
        lambda *values: gr.Accordion(label=handlers.filters_label(engine, values)),
        fields,
        panel,
        queue=False,
        **_QUIET,
    )
    blocks = gr.context.Context.root_block
    assert blocks is not None, "chat() builds inside an open gr.Blocks"
    blocks.load(begin, None, [transcript, examples, *fields], queue=False, **_QUIET)


def _asking(engine: Engine, triggers: Sequence[Any], outputs: list[Any], fields: list[Any]) -> Any:
    """One listener for all ways to ask (typed, an example, as typed), so that one waits for the other."""
    import gradio as gr

    box, transcript, examples = triggers

    def ask(event: gr.EventData, question: str, earlier: Conversation, *values: Any) -> Iterator[list[Any]]:
        clicked = event._data if isinstance(event._data, dict) else {}
        asked = str(clicked.get("question") or question or "").strip()[:LONGEST]
        if not asked:
            yield [gr.skip()] * len(outputs)
            return
        exchange = Exchange(asked, as_typed=bool(clicked.get("as_typed")))
        shown: Any = gr.Textbox(value="", submit_btn=False, stop_btn="Stop")
        for conversation in handlers.answering(engine, earlier, exchange, values):
            exchange = conversation.exchanges[-1]
            if exchange.finished:  # a question that failed goes back into the box, to be sent again
                shown = _ready(gr, asked if exchange.problem else None)
            html = render.transcript(conversation, engine.page_text)
            yield [conversation, html, render.announced(exchange), shown]
            shown = gr.skip()

    return gr.on(
        [box.submit, transcript.click, examples.click],
        ask,
        [box, outputs[0], *fields],
        outputs,
        concurrency_limit=AT_ONCE,
        trigger_mode="once",
        # style.css makes of this a line under the box that says that one waits for a place in the queue.
        **{**_QUIET, "show_progress": "minimal", "show_progress_on": [box]},
    )


def _judging(engine: Engine) -> Callable[..., list[Any]]:
    """The listener for a pressed verdict. It changes no state, so it may run while a question is answered."""
    import gradio as gr

    def judge(event: gr.EventData, conversation: Conversation) -> list[Any]:
        sent = event._data if isinstance(event._data, dict) else {}
        said = handlers.calmly(
            lambda: feedback.kept(engine.settings.library, conversation, sent),
            lambda problem: {"answer": sent.get("answer"), "words": problem, "at": monotonic()},
        )
        return [gr.HTML(said=said), render.live(said["words"])]  # `said` is what page.js watches

    return judge


def _stop(gr: Any, engine: Engine, conversation: Conversation) -> list[Any]:
    conversation = handlers.stopped(conversation)
    html = render.transcript(conversation, engine.page_text)
    return [conversation, html, render.live("Stopped."), _ready(gr, None)]


def _ready(gr: Any, text: str | None) -> Any:
    """The question box ready for the next question; None leaves what has been typed meanwhile."""
    kept = {} if text is None else {"value": text}
    return gr.Textbox(**kept, submit_btn="Ask", stop_btn=False)


def _fields(gr: Any) -> list[Any]:
    """The filters, in the order of `filters.chosen`."""
    with gr.Row():
        many = [
            gr.Dropdown([], value=[], label=label, multiselect=True, min_width=150)
            for label in ("Countries", "Kinds of document", "Languages", "Organisations")
        ]
        years = [
            gr.Dropdown([("Any", filtering.ANY_YEAR)], value=filtering.ANY_YEAR, label=label, min_width=150)
            for label in ("From year", "To year")
        ]
        documents = gr.Dropdown([], value=[], label="Documents", multiselect=True, min_width=150)
    return [*many, *years, documents]


def _choices(gr: Any, sources: Sequence[Source]) -> list[Any]:
    offer = filtering.offer(sources)
    many = (offer.countries, offer.kinds, offer.languages, offer.organisations)
    return [gr.Dropdown(choices=each) for each in (*many, offer.years, offer.years, offer.documents)]


def quiet() -> None:
    """Keeps Gradio silent towards the outside; call it before gradio is first imported."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["GRADIO_RUN_HISTORY"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
