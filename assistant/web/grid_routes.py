"""The Grid screen's addresses: its form, what it will take, starting and watching, results and exports."""

# No `from __future__ import annotations`: FastAPI reads the annotations, which name a local `Request`.
import logging
import re
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any

from assistant.answer import AssistantError
from assistant.chat import Assistant
from assistant.grids.checklist import Checklist
from assistant.grids.guiding import questions_in, read_questions
from assistant.grids.themes import theme_of, written
from assistant.web import grid_form as form
from assistant.web import grid_show as show
from assistant.web import handlers
from assistant.web.access import engine_for, person_of
from assistant.web.grid_asked import Asked, Own, Plan, is_empty, plan, rests_on
from assistant.web.grid_files import LARGEST_DRAFT, LARGEST_LIST, LARGEST_THEME, Draft, Drafts, taken
from assistant.web.grid_themes import Themes
from assistant.web.grid_work import Work, Works
from assistant.web.language import language_of
from assistant.web.originals import PRIVATE
from assistant.web.words import WORDING, Said, say
from ingest.documents import IngestError
from ingest.screen import words as documents

if TYPE_CHECKING:
    from starlette.responses import Response

log = logging.getLogger(__name__)

# Browsers send this header to other sites only after asking, and nobody here says yes.
MARK = "x-grid"
_FILE = re.compile(r"\S+\.[a-z]+\b")  # a sentence that begins with a file's name


def seen_by(request: Any, engine: Assistant) -> Assistant:
    """`engine` with the documents alone that the person may read."""
    seen = engine_for(request, engine)
    assert isinstance(seen, Assistant), "what an Assistant shows of itself is one"
    return seen


def opened(request: Any, engine: Assistant, works: Works, ticket: str) -> Work:
    """This person's work, if every document that it rests on may still be read. Raises Said."""
    person = person_of(request)
    work = works.of(person.name, ticket)
    if person.reads is None or not work.documents:
        return work
    seen = seen_by(request, engine)
    now = {source.document: source for source in seen.sources()}
    missing = work.documents.keys() - now.keys()
    # What has left the library may be shown to who could read it there.
    if missing and (
        missing & {each.document for each in engine.sources()} or not all(map(seen.may_read_left, missing))
    ):
        raise Said("grid.changed")
    for sha in work.documents.keys() - missing:
        # A newer version whose name may no longer be known, or may be now.
        if (now[sha].superseded, now[sha].twin) != (
            work.documents[sha].superseded,
            work.documents[sha].twin,
        ):
            raise Said("grid.changed")
    return work


def add_routes(app: Any, engine: Assistant) -> Works:
    """`/grid/...` on a FastAPI app. Each answers for the person who asks; problems come as {"problem"}."""
    from fastapi import Request
    from starlette.responses import JSONResponse, PlainTextResponse, Response

    works, drafts, brought = Works(), Drafts(), Themes()

    def told(request: Request, answer: Callable[[], dict[str, Any]]) -> Response:
        ui = language_of(request)
        try:
            person_of(request)  # nobody without a name here
            return JSONResponse(answer(), headers=PRIVATE)
        except Exception as error:
            status = 400 if isinstance(error, AssistantError | IngestError) else 500
            if isinstance(error, Said) and error.key in ("grid.gone", "grid.changed"):
                status = 404
            problem = {"problem": _words(error, ui), "empty": is_empty(error)}
            return JSONResponse(problem, 200 if problem["empty"] else status, headers=PRIVATE)

    def offered(request: Request) -> Response:
        def answer() -> dict[str, Any]:
            latest = works.latest(person_of(request).name)
            sources = seen_by(request, engine).sources()
            return {"html": form.form(sources, latest.ticket if latest else "", language_of(request))}

        return told(request, answer)

    def planned(request: Request, asked: Asked) -> Response:
        def answer() -> dict[str, Any]:
            ui = language_of(request)
            own = Own(themes=brought.of(person_of(request).name))
            return {"words": plan(seen_by(request, engine), asked, ui, own).words(ui)}

        return told(request, answer)

    def start(request: Request, asked: Asked) -> Response:
        return told(request, lambda: _started(request, engine, works, drafts, brought, asked))

    def standing(request: Request, ticket: str) -> Response:
        def answer() -> dict[str, Any]:
            work, ui = works.of(person_of(request).name, ticket), language_of(request)
            if not work.busy:
                opened(request, engine, works, ticket)
            failed = _words(work.error, ui) if work.error else ""
            return show.standing(work, failed, monotonic(), ui)

        return told(request, answer)

    def halt(request: Request, ticket: str) -> Response:
        def answer() -> dict[str, Any]:
            work = works.of(person_of(request).name, ticket)
            works.halt(work)
            return show.standing(work, "", monotonic(), language_of(request))

        return told(request, answer)

    def result(
        request: Request, ticket: str, at: int = 0, full: bool | None = None, family: str = ""
    ) -> Response:
        def answer() -> dict[str, Any]:
            work = opened(request, engine, works, ticket)
            return {"html": show.result(work, at, full, family, language_of(request))}

        return told(request, answer)

    def cell(request: Request, ticket: str, document: str, column: int) -> Response:
        def answer() -> dict[str, Any]:
            work = opened(request, engine, works, ticket)
            return {"html": show.cell(work, document, column, language_of(request))}

        return told(request, answer)

    def export(request: Request, name: str) -> Response:
        ticket, _, ending = name.rpartition(".")
        try:
            work = opened(request, engine, works, ticket)
            return show.export(work, ending, _link(request, engine), language_of(request))
        except (AssistantError, IngestError) as error:
            return PlainTextResponse(_words(error, language_of(request)), 404, headers=PRIVATE)

    async def upload(request: Request, name: str = "") -> Response:
        return await _took(request, name, LARGEST_DRAFT, lambda draft: {"draft": drafts.keep(draft)})

    async def listed(request: Request, name: str = "") -> Response:
        def answer(draft: Draft) -> dict[str, Any]:
            try:
                return {
                    "html": form.items(
                        read_questions(draft.path, draft.name), draft.name, language_of(request)
                    )
                }
            finally:
                draft.remove()

        return await _took(request, name, LARGEST_LIST, answer)

    async def themed(request: Request, name: str = "") -> Response:
        def answer(file: Draft) -> dict[str, Any]:
            try:
                own = brought.keep(file.person, theme_of(file.path, file.name))
            finally:
                file.remove()
            return {"html": form.theme(own, language_of(request), brought=True)}

        return await _took(request, name, LARGEST_THEME, answer, theme=True)

    def example(request: Request, theme: str) -> Response:
        try:
            person_of(request)
            headers = {**PRIVATE, "Content-Disposition": "attachment; filename=theme.yaml"}
            return Response(written(theme), 200, headers, "application/yaml")
        except AssistantError as error:
            return PlainTextResponse(_words(error, language_of(request)), 404, headers=PRIVATE)

    def noted(request: Request, document: str) -> Response:
        def answer() -> dict[str, Any]:
            with seen_by(request, engine).reading() as generation:
                if document not in generation.sources:
                    raise Said("grid.gone")
                title = generation.sources[document].title
                found = questions_in(generation, document, title)
            return {"html": form.items(found, title, language_of(request))}

        return told(request, answer)

    for path, method, route in (
        ("/grid/form", "GET", offered),
        ("/grid/plan", "POST", planned),
        ("/grid/start", "POST", start),
        ("/grid/standing/{ticket}", "GET", standing),
        ("/grid/stop/{ticket}", "POST", halt),
        ("/grid/result/{ticket}", "GET", result),
        ("/grid/cell/{ticket}/{document}/{column}", "GET", cell),
        ("/grid/export/{name}", "GET", export),
        ("/grid/draft", "POST", upload),
        ("/grid/theme", "POST", themed),
        ("/grid/theme/{theme}", "GET", example),
        ("/grid/items", "POST", listed),
        ("/grid/items/{document}", "POST", noted),
    ):
        app.add_api_route(path, route, methods=[method], response_model=None)
    return works


def _words(error: Exception, ui: str) -> str:
    """What a person is told of `error`, as a sentence."""
    if isinstance(error, IngestError):
        error = AssistantError(str(error))
    words = handlers.sentence(error, ui)
    if isinstance(error, Said) or not isinstance(error, AssistantError):
        return words
    words = _retold(words, ui)
    if not _FILE.match(words):
        words = words[:1].upper() + words[1:]
    stop = "。" if ui == "zh" else "."
    return words + ("" if words.endswith((".", "?", "!", "。", "؟")) else stop)


def _retold(words: str, ui: str) -> str:
    """A sentence of the code below the screens in the reader's language; of a file that could not be read,
    why not is told by the words of the Documents screen."""
    told = WORDING.retold(ui, words)
    if told != words:
        return told
    if (told := documents.retold(ui, words)) != words:
        return told
    file, _, reason = words.partition(": ")
    if (told := documents.retold(ui, reason)) != reason:
        return say(ui, "grid.pair", label=file, words=told)
    return words


def _link(request: Any, engine: Assistant) -> Callable[[Any, int | None], str]:
    """Where a document opens at a page, for a file that leaves the browser."""
    base = (engine.settings.address or str(request.base_url)).rstrip("/")

    def link(source: Any, page: int | None) -> str:
        return f"{base}/original/{source.document}" + (f"#page={page}" if page else "")

    return link


def _started(
    request: Any, engine: Assistant, works: Works, drafts: Drafts, brought: Themes, asked: Asked
) -> dict[str, Any]:
    person, seen, ui = person_of(request).name, seen_by(request, engine), language_of(request)
    draft = None
    if asked.use == "checklist":
        plan(seen, asked, ui)  # what is missing is said before the draft is taken
        draft = drafts.take(asked.draft, person)
    try:
        own = Own(themes=brought.of(person))
        if draft is not None:
            own = Own(draft.path, draft.name, earlier=_checklists(request, engine, works))
        planned = plan(seen, asked, ui, own)
        run = planned.run if draft is None else _then_removed(planned, draft)
        work = works.start(person, asked.use, planned.title, asked.model_dump(), planned.total, run, rests_on)
    except BaseException:
        if draft is not None:
            draft.remove()
        raise
    log.info("a grid has begun: %s, %d steps", asked.use, planned.total)
    return {"ticket": work.ticket}


def _checklists(request: Any, engine: Assistant, works: Works) -> list[Checklist]:
    """The checklists that are held for this person, whose documents they may still read."""
    found = []
    for work in works.ended(person_of(request).name):
        if isinstance(work.result, Checklist):
            with suppress(Said):
                opened(request, engine, works, work.ticket)
                found.append(work.result)
    return found


def _then_removed(planned: Plan, draft: Draft) -> Any:
    def run(progress: Any, stop: Any) -> Any:
        try:
            return planned.run(progress, stop)
        finally:
            draft.remove()

    return run


async def _took(
    request: Any, name: str, limit: int, answer: Callable[[Draft], dict[str, Any]], theme: bool = False
) -> "Response":
    """Takes a file in and answers from it, off the loop that serves the others."""
    from anyio import to_thread
    from starlette.responses import JSONResponse

    ui = language_of(request)
    try:
        person = person_of(request).name
        if request.headers.get(MARK) != "upload":
            raise Said("grid.elsewhere")
        draft = await taken(request.stream(), name, limit, person, theme)
        return JSONResponse(await to_thread.run_sync(answer, draft), headers=PRIVATE)
    except Exception as error:
        status = 400 if isinstance(error, AssistantError | IngestError) else 500
        return JSONResponse({"problem": _words(error, ui)}, status, headers=PRIVATE)
