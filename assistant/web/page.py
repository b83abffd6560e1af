"""The chat page: what stands where, and which handler each action calls."""

# No `from __future__ import annotations`: Gradio reads the handlers' annotations, which name a local `gr`.
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from assistant.answer import Answer, Source
from assistant.kept import Conversations, keeping
from assistant.web import acts, handlers, privacy, render, side, welcome
from assistant.web import filters as filtering
from assistant.web.access import engine_for, person_of
from assistant.web.conversation import Conversation, Exchange, now
from assistant.web.engine import Engine
from assistant.web.language import language_of
from assistant.web.pace import Pace
from assistant.web.readable import readable
from assistant.web.suggestions import Suggestions
from assistant.web.words import LANGUAGES, OWN_NAMES, say, slot

TITLE = "Programme Assistant"
AT_ONCE = 20  # questions answered at the same time, each on a thread of its own (anyio runs 40)
WAITING = 60  # questions that may wait for a place; beyond that Gradio says that the application is busy
LONGEST = 2000  # characters of a question

# Handlers have no name for API clients and no spinner of Gradio's: the transcript says what goes on.
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
_DIRECT: dict[str, Any] = {**_QUIET, "queue": False}


def chat(engine: Engine, pace: Pace) -> None:
    """Builds the chat inside the Blocks (or Tab) that is open. Its words are slots: see `translated.py`."""
    import gradio as gr

    plain: dict[str, Any] = {"apply_default_css": False, "js_on_load": None}
    script, beside = ({**plain, "js_on_load": _script(name)} for name in ("page.js", "side.js"))
    gr.HTML(_top(), elem_id="top", **plain)
    state = gr.State(Conversation())
    with gr.Row(elem_id="room"):
        with gr.Column(elem_id="side"):
            gr.HTML(side.static(), elem_id="side-head", **plain)
            listed = gr.HTML("", elem_id="side-list", said=None, **beside)
            gr.HTML(side.below(), elem_id="side-foot", **plain)
        with gr.Column(elem_id="middle"):
            spoken = gr.HTML(render.live(""), elem_id="spoken", **plain)
            transcript = gr.HTML("", elem_id="transcript", said=None, **script)
            hero = gr.HTML(welcome.static(), elem_id="welcome", **plain)
            with gr.Column(elem_id="composer"):
                box = _box(gr)
                gr.HTML(f"<p>{slot('ask.waiting')}</p>", elem_id="waiting", **plain)
                with gr.Accordion(slot("filters.title"), open=False, elem_id="filters") as panel:
                    fields = _fields(gr)
                    with gr.Row(elem_id="remain"):
                        left = gr.HTML("", elem_id="left", **plain)
                        clear = gr.Button(slot("filters.clear"), elem_id="clear", size="sm", visible=False)
            examples = gr.HTML("", elem_id="examples", **script)

    suggestions = Suggestions()
    shown = [state, transcript, spoken, box]
    asking = _asking(engine, pace, suggestions, [box, transcript, examples], shown, fields)
    box.stop(_stopping(engine), state, shown, cancels=[asking], **_DIRECT)
    transcript.act(_acting(engine), state, [transcript, spoken], trigger_mode="multiple", **_DIRECT)
    transcript.suggest(
        _suggesting(engine, suggestions), state, transcript, trigger_mode="multiple", **_DIRECT
    )
    listed.look(_listing(engine), None, listed, trigger_mode="always_last", **_DIRECT)
    going = _going(engine)
    listed.act(going, state, [listed, *shown], trigger_mode="multiple", **_DIRECT)
    listed.go(going, state, [listed, *shown], cancels=[asking], trigger_mode="multiple", **_DIRECT)
    _filtering(engine, fields, [panel, left, clear])
    blocks = gr.context.Context.root_block
    assert blocks is not None, "chat() builds inside an open gr.Blocks"
    arriving, inviting = _arriving(engine)
    blocks.load(arriving, None, [hero, *fields], **_DIRECT)
    blocks.load(inviting, None, examples, **_DIRECT)


def _asking(
    engine: Engine,
    pace: Pace,
    suggestions: Suggestions,
    triggers: Sequence[Any],
    outputs: list[Any],
    fields: list[Any],
) -> Any:
    """One listener for all ways to ask (typed, an example, as typed), so that one waits for the other."""
    import gradio as gr

    box, transcript, examples = triggers

    def ask(
        event: gr.EventData, request: gr.Request, question: str, earlier: Conversation, *values: Any
    ) -> Iterator[list[Any]]:
        person, seen, ui = person_of(request).name, engine_for(request, engine), language_of(request)
        earlier = readable(request, engine, earlier)  # all of it is sent again
        clicked = event._data if isinstance(event._data, dict) else {}
        once_more = handlers.again(earlier, str(clicked.get("of") or ""), str(clicked.get("length") or ""))
        asked = str(clicked.get("question") or question or "").strip()[:LONGEST]
        filters: Any = values
        sentences = None
        if once_more is not None:
            exchange, filters, sentences = once_more
            asked = exchange.asked
        elif asked and "length" not in clicked:
            exchange = Exchange(asked, as_typed=bool(clicked.get("as_typed")))
            said = "" if clicked.get("anyway") else privacy.words(asked, earlier, ui)
            if said:
                html = render.transcript(earlier, seen.page_text, handlers.look_of(seen, ui, earlier))
                html += privacy.notice(said, asked, exchange.as_typed, ui)
                yield [gr.skip(), html, render.live(said), gr.Textbox(value=asked)]
                return
        else:
            yield [gr.skip()] * len(outputs)
            return
        turn, shown = pace.question(person), _ready(gr, ui, "", answering=True)
        steps = handlers.answering(seen, earlier, exchange, filters, turn, ui, sentences)
        with suggestions.asking():
            for conversation in keeping(Conversations(engine.settings.library), person, steps):
                exchange = conversation.exchanges[-1]
                look = handlers.look_of(seen, ui, conversation)
                if exchange.finished:  # a question that failed goes back into the box, to be sent again
                    shown = _ready(gr, ui, asked if exchange.problem else None)
                html = render.transcript(conversation, seen.page_text, look)
                yield [conversation, html, render.announced(exchange, look), shown]
                shown = gr.skip()

    return gr.on(
        [box.submit, transcript.click, examples.click],
        ask,
        [box, outputs[0], *fields],
        outputs,
        concurrency_limit=AT_ONCE,
        trigger_mode="once",
        # page.js makes of this a line under the box that says that one waits for a place in the queue.
        **{**_QUIET, "show_progress": "minimal", "show_progress_on": [box]},
    )


def _stopping(engine: Engine) -> Callable[..., list[Any]]:
    import gradio as gr

    def stop(request: gr.Request, conversation: Conversation) -> list[Any]:
        person, seen, ui = person_of(request).name, engine_for(request, engine), language_of(request)
        conversation = handlers.stopped(readable(request, engine, conversation), ui)
        handlers.calmly(
            lambda: Conversations(engine.settings.library).keep(person, conversation), lambda _: None
        )
        html = render.transcript(conversation, seen.page_text, handlers.look_of(seen, ui, conversation))
        return [conversation, html, render.live(say(ui, "ask.stopped_said")), _ready(gr, ui, None)]

    return stop


def _acting(engine: Engine) -> Callable[..., list[Any]]:
    """The listener for buttons under an answer. It changes no state, so it may run while one is answered."""
    import gradio as gr

    def act(event: gr.EventData, request: gr.Request, conversation: Conversation) -> list[Any]:
        sent = event._data if isinstance(event._data, dict) else {}
        ui = language_of(request)
        person_of(request)  # nobody without a name here
        said = handlers.calmly(
            lambda: acts.done(request, engine, conversation, sent, ui),
            lambda problem: {
                "do": sent.get("do"),
                "answer": sent.get("answer"),
                "words": problem,
                "at": now(),
            },
            ui,
        )
        return [gr.HTML(said=said), render.live(said["words"])]  # `said` is what page.js watches

    return act


def _suggesting(engine: Engine, suggestions: Suggestions) -> Callable[..., Any]:
    import gradio as gr

    def suggest(event: gr.EventData, request: gr.Request, conversation: Conversation) -> Any:
        sent = event._data if isinstance(event._data, dict) else {}
        seen = engine_for(request, engine)
        answer = next((each.result for each in conversation.exchanges if each.id == sent.get("answer")), None)
        asked = {each.asked for each in conversation.exchanges}
        found = suggestions.after(seen, answer) if isinstance(answer, Answer) else ()
        questions = [each for each in found if each not in asked]
        return gr.HTML(said={"do": "next", "answer": sent.get("answer"), "questions": questions, "at": now()})

    return suggest


def _listing(engine: Engine) -> Callable[..., str]:
    import gradio as gr

    def look(event: gr.EventData, request: gr.Request) -> str:
        sent = event._data if isinstance(event._data, dict) else {}
        ui = language_of(request)
        return handlers.calmly(lambda: side.listed(request, engine, sent, ui), render.notice, ui)

    return look


def _going(engine: Engine) -> Callable[..., list[Any]]:
    """The listener for what is done with conversations: open, rename, delete, begin anew."""
    import gradio as gr

    def go(event: gr.EventData, request: gr.Request, shown: Conversation) -> list[Any]:
        sent = event._data if isinstance(event._data, dict) else {}
        ui, seen = language_of(request), engine_for(request, engine)
        shown = readable(request, engine, shown)
        did = handlers.calmly(lambda: side.done(request, engine, shown, sent, ui), side.Done, ui)
        lines = handlers.calmly(lambda: side.listed(request, engine, sent, ui), render.notice, ui)
        told = {"do": sent.get("do"), "words": did.words, "at": now()}
        listed = gr.HTML(value=lines, said=told)
        if did.conversation is None:
            return [listed, gr.skip(), gr.skip(), render.live(did.words), gr.skip()]
        html = ""
        if did.conversation.exchanges or not did.conversation.keep:
            look = handlers.look_of(seen, ui, did.conversation)
            html = render.transcript(did.conversation, seen.page_text, look)
        return [listed, did.conversation, html, render.live(did.words), _ready(gr, ui, "")]

    return go


def _filtering(engine: Engine, fields: list[Any], outputs: list[Any]) -> None:
    """Says what the filters leave as they are chosen, and takes them away again."""
    import gradio as gr

    def said(request: gr.Request, *values: Any) -> list[Any]:
        ui = language_of(request)
        label, left = handlers.filters_said(engine_for(request, engine), values, ui)
        return [gr.Accordion(label=label), render.live(left), gr.Button(visible=any(values))]

    def none() -> list[Any]:
        return [[], [], [], [], filtering.ANY_YEAR, filtering.ANY_YEAR, [], ""]

    gr.on([field.change for field in fields], said, fields, outputs, trigger_mode="always_last", **_DIRECT)
    outputs[-1].click(none, None, fields, **_DIRECT)


def _arriving(engine: Engine) -> tuple[Callable[..., list[Any]], Callable[..., str]]:
    """What comes once the page stands; neither touches a conversation, which may have begun meanwhile."""
    import gradio as gr

    def arrive(request: gr.Request) -> list[Any]:
        ui = language_of(request)
        hero, sources = handlers.arrived(engine_for(request, engine), ui)
        return [hero, *_choices(gr, sources, ui)]

    def invite(request: gr.Request) -> str:
        return handlers.invitation(engine_for(request, engine), language_of(request))

    return arrive, invite


def _ready(gr: Any, ui: str, text: str | None, *, answering: bool = False) -> Any:
    """The question box ready for the next question, or for a stop; None leaves what has been typed."""
    kept = {} if text is None else {"value": text}
    if answering:
        return gr.Textbox(**kept, submit_btn=False, stop_btn=say(ui, "ask.stop"))
    return gr.Textbox(**kept, submit_btn=say(ui, "ask.send"), stop_btn=False)


def _box(gr: Any) -> Any:
    return gr.Textbox(
        label=slot("ask.label"),
        show_label=False,
        placeholder=slot("ask.placeholder"),
        lines=1,
        max_lines=6,
        max_length=LONGEST,
        submit_btn=slot("ask.send"),
        autofocus=True,
        elem_id="question",
        html_attributes=gr.InputHTMLAttributes(autocomplete="off"),
    )


def _fields(gr: Any) -> list[Any]:
    """The filters, in the order of `filters.chosen`."""
    any_year = [(slot("filters.any_year"), filtering.ANY_YEAR)]
    with gr.Row():
        many = [
            gr.Dropdown([], value=[], label=slot(f"filters.{name}"), multiselect=True, min_width=150)
            for name in ("countries", "kinds", "languages", "organisations")
        ]
        years = [
            gr.Dropdown(any_year, value=filtering.ANY_YEAR, label=slot(f"filters.{name}"), min_width=150)
            for name in ("from_year", "to_year")
        ]
        documents = gr.Dropdown(
            [], value=[], label=slot("filters.documents"), multiselect=True, min_width=150
        )
    with gr.Row():
        in_force = gr.Dropdown(filtering.versions(slot), value="", label=slot("filters.versions"))
    return [*many, *years, documents, in_force]


def _choices(gr: Any, sources: Sequence[Source], ui: str) -> list[Any]:
    offer = filtering.offer(sources, ui)
    many = (offer.countries, offer.kinds, offer.languages, offer.organisations)
    lists = [gr.Dropdown(choices=each) for each in (*many, offer.years, offer.years, offer.documents)]
    return [*lists, gr.skip()]


def _top() -> str:
    """The bar: the way to the conversations, the name, the language, and a new beginning."""
    languages = "".join(
        f'<option value="{code}" lang="{code}">{OWN_NAMES[code]}</option>' for code in LANGUAGES
    )
    return (
        f'<div class="bar"><a class="skip" href="#question">{slot("page.skip")}</a>'
        '<button type="button" class="icon" id="side-toggle" aria-expanded="false" aria-controls="side" '
        f'aria-label="{slot("conversations.show")}"><span aria-hidden="true" class="lines"></span></button>'
        f'<h1 class="brand">{slot("page.title")}</h1>'
        f'<select id="language" data-chosen="{slot("page.code")}" aria-label="{slot("page.language")}">'
        f"{languages}</select>"
        f'<button type="button" id="new">{slot("conversations.new")}</button></div>'
    )


def _script(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def quiet() -> None:
    """Keeps Gradio silent towards the outside; call it before gradio is first imported."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["GRADIO_RUN_HISTORY"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
