"""The Quality screen: run a bank, read the verdict, compare, rate; what stands where and who handles it."""

# No `from __future__ import annotations`: Gradio reads the handlers' annotations, which name a local `gr`.
import base64
import binascii
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic
from typing import Any

from assistant.answer import AssistantError
from assistant.chat import Assistant
from assistant.web.engine import Engine
from eval.screen import html
from eval.screen.banks import LARGEST, bank, banks, check, keep_bank
from eval.screen.kept import Kept
from eval.screen.parts import LASTING, PLAIN, QUIET, ROLE, calmly, checked, script, sentence
from eval.screen.running import Running, Standing
from eval.screen.words import WORDING, Told, say, slot

_TICK = 1.0  # seconds between two looks at a run under way


class Quality:
    """The screen as assistant/app.py finds it: called it builds, `routes` adds its pages and files."""

    role = ROLE
    wording = WORDING  # of its slots

    def __call__(self, engine: Engine) -> None:
        _build(_assistant(engine))

    def routes(self, app: Any, engine: Engine) -> None:
        from eval.screen.routes import add_routes

        add_routes(app, _assistant(engine))


quality = Quality()


def _assistant(engine: Engine) -> Assistant:
    if not isinstance(engine, Assistant):
        raise AssistantError("This screen needs the assistant itself behind the chat, to put banks to it.")
    return engine


def _build(assistant: Assistant) -> None:
    import gradio as gr

    from eval.screen.compare import compare
    from eval.screen.feedback import feedback
    from eval.screen.raters import raters

    kept = Kept(assistant.settings.library)
    running = Running(assistant)
    style = Path(__file__).with_name("screen.css").read_text(encoding="utf-8")
    tab = gr.context.Context.block
    with gr.Column(elem_id="quality"):
        gr.HTML(f"<style>{style}</style>", elem_id="q-style", **PLAIN)
        with gr.Tabs():
            with gr.Tab(slot("quality_tabs.runs")):
                begin, outputs = _runs(assistant, kept, running)
            with gr.Tab(slot("quality_tabs.compare")):
                compare(kept)
            with gr.Tab(slot("quality_tabs.rate")):
                raters(assistant, kept)
            with gr.Tab(slot("quality_tabs.feedback")):
                feedback(assistant.settings.library)
    # Only who opens the screen pays for working out its figures.
    when = tab.select if isinstance(tab, gr.Tab) else gr.context.Context.root_block.load  # type: ignore[union-attr]
    when(begin, outputs[:2], outputs, **LASTING)


def _runs(
    assistant: Assistant, kept: Kept, running: Running
) -> tuple[Callable[..., Iterator[Any]], list[Any]]:
    """The tab Runs; gives back what fills it, and into which components."""
    import gradio as gr

    library = assistant.settings.library
    acting = {**PLAIN, "js_on_load": script()}
    opened = gr.State("")  # the run shown
    ticket = gr.State(0)  # the start that this session waits for
    shown = gr.HTML(html.waiting(slot("quality_runs.looking")), elem_id="q-opened", **PLAIN)
    with gr.Column(elem_id="q-start"):
        gr.HTML(html.heading(slot("quality_running.title"), slot("quality_running.about")), **PLAIN)
        with gr.Row(elem_id="q-choose"):
            chosen = gr.Dropdown(
                [], label=slot("quality_running.bank"), elem_id="q-bank", scale=3, min_width=220
            )
            run, halted = slot("quality_running.run"), slot("quality_running.stop")
            start = gr.Button(run, variant="primary", elem_id="q-run", scale=0, min_width=110)
            stop = gr.Button(halted, visible=False, elem_id="q-stop", scale=0, min_width=110)
        refused = gr.HTML("", elem_id="q-refused", **PLAIN)
        progress = gr.HTML("", elem_id="q-progress", **PLAIN)
        found = gr.HTML("", elem_id="q-checked", **PLAIN)
        bring = gr.HTML(html.bring(LARGEST), elem_id="q-bring", **acting)
    listed = gr.HTML("", elem_id="q-listed", **acting)
    clock = gr.Timer(_TICK, active=False)
    way = [progress, start, stop, clock]  # what `under_way` fills

    def under_way(ui: str, seen: Standing | None = None) -> list[Any]:
        now = seen or running.standing
        busy = now.busy
        return [
            html.standing(now, monotonic(), ui),
            gr.Button(visible=not busy),
            gr.Button(visible=busy, interactive=now.state != "stopping"),
            gr.Timer(active=busy),
        ]

    def choices(ui: str) -> list[tuple[str, str]]:
        return [(each.label(ui), each.key) for each in banks(library)]

    def begin(request: gr.Request, open_already: str, bank_already: object) -> Iterator[list[Any]]:
        ui = checked(request)
        known = choices(ui)
        runs = kept.listed()
        name = open_already or next((run.name for run in runs if not run.problem), "")
        keys = [key for _, key in known]
        key = bank_already if bank_already in keys else next(iter(keys), None)
        none = html.empty(say(ui, "quality_runs.none"), say(ui, "quality_runs.none_about"))
        words = html.waiting(say(ui, "quality_runs.working_out")) if name else none
        way_now = under_way(ui)
        if running.standing.state in ("kept", "stopped"):
            way_now[0] = ""  # of an earlier visit, perhaps somebody else's
        bank_shown = gr.Dropdown(choices=known, value=key)
        yield [name, bank_shown, words, html.listed(runs, name, ui), seen_bank(key, ui), *way_now]
        if name:
            opened_now = _opened(kept, name, library, ui)
            yield [gr.skip(), gr.skip(), opened_now, *[gr.skip()] * (2 + len(way))]

    def open_run(event: gr.EventData, request: gr.Request) -> Iterator[list[Any]]:
        ui = checked(request)
        data = event._data if isinstance(event._data, dict) else {}
        yield from show(data.get("run"), ui)

    def show(name: object, ui: str) -> Iterator[list[Any]]:
        known = calmly(lambda: kept.run(name).name, lambda _: "", ui)
        if not known:
            yield [html.problem(sentence(Told("quality_runs.missing"), ui)), *[gr.skip()] * 2]
            return
        waiting = html.waiting(say(ui, "quality_runs.working_out"))
        yield [waiting, known, html.listed(kept.listed(), known, ui)]
        yield [_opened(kept, known, library, ui), gr.skip(), gr.skip()]

    def see_bank(request: gr.Request, key: object) -> str:
        return seen_bank(key, checked(request))

    def seen_bank(key: object, ui: str) -> str:
        if key is None:
            return ""

        def seen() -> str:
            wanted = bank(library, key)
            return html.checked(wanted, check(assistant, wanted), ui=ui)

        return calmly(seen, html.problem, ui)

    def take(event: gr.EventData, request: gr.Request) -> list[Any]:
        ui = checked(request)
        data = event._data if isinstance(event._data, dict) else {}

        def taken() -> list[Any]:
            brought = keep_bank(library, str(data.get("name") or ""), _bytes(data))
            said = html.checked(brought, check(assistant, brought), fresh=True, ui=ui)
            return [gr.Dropdown(choices=choices(ui), value=brought.key), said]

        return calmly(taken, lambda words: [gr.skip(), html.problem(words)], ui)

    def go(request: gr.Request, key: object, mine: int) -> list[Any]:
        ui = checked(request)

        def started() -> list[Any]:
            return [running.start(bank(library, key).path), "", *under_way(ui)]

        return calmly(started, lambda words: [mine, html.problem(words), *under_way(ui)], ui)

    def tick(request: gr.Request, mine: int, open_now: str) -> Iterator[list[Any]]:
        ui = checked(request)
        now = running.standing
        line = gr.skip() if now.busy else html.listed(kept.listed(), open_now, ui)
        yield [*under_way(ui, now), gr.skip() if now.busy else "", gr.skip(), gr.skip(), line]
        if now.state == "kept" and now.ticket == mine:
            for each in show(now.run, ui):
                yield [*[gr.skip()] * (len(way) + 1), *each]

    def halt(request: gr.Request) -> list[Any]:
        ui = checked(request)
        running.stop()
        return under_way(ui)

    one = [shown, opened, listed]
    listed.open(open_run, None, one, **LASTING)
    # `input`, not `change`: a bank that was brought is checked where it is taken, and chosen for the user.
    chosen.input(see_bank, chosen, found, **QUIET)
    bring.bring(take, None, [chosen, found], **QUIET)
    start.click(go, [chosen, ticket], [ticket, refused, *way], **QUIET)
    stop.click(halt, None, way, **QUIET)
    clock.tick(tick, [ticket, opened], [*way, refused, *one], **LASTING)
    return begin, [opened, chosen, shown, listed, found, *way]


def _opened(kept: Kept, name: str, library: Path, ui: str) -> str:
    from eval.ratings import ratings
    from eval.screen.people import people
    from eval.screen.rating import code_of

    def told() -> str:
        before = kept.before(name)
        newest = next((run.name for run in kept.listed() if not run.problem), "") == name
        content = kept.content(name, before, ui)
        run = html.opened(name, content, before, newest, code_of(name), ui)
        return run + people(ratings(library, name), kept.run(name), ui)

    return calmly(told, html.problem, ui)


def _bytes(data: dict[str, Any]) -> bytes:
    """The content of a file as the browser sent it."""
    content = data.get("content")
    size = data.get("size")
    too_large = Told("quality_banks.too_large_file", size=LARGEST // 1_000_000)
    if not isinstance(content, str):
        large = isinstance(size, int) and size > LARGEST
        raise too_large if large else Told("quality_banks.unread")
    if len(content) > LARGEST * 4 // 3 + 4:
        raise too_large
    try:
        return base64.b64decode(content, validate=True)
    except binascii.Error as error:
        raise Told("quality_banks.not_whole") from error
