"""REST: `/api/ask`, `/api/search`, `/api/documents`, and the description of them in OpenAPI."""

# No `from __future__ import annotations`: FastAPI reads the annotations, which name local types.
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Annotated, Any

from pydantic import BaseModel

from assistant.api import told
from assistant.api.asked import Listing, Question, Search, SearchQuery
from assistant.api.events import EventStream, Named
from assistant.api.places import Places
from assistant.api.problems import TOO_LARGE, invalid, refused, trouble
from assistant.api.verbs import Verbs
from assistant.web.access import engine_for, person_of
from assistant.web.engine import Engine
from assistant.web.pace import Pace

TITLE = "Programme Assistant"
LARGEST = 1_000_000  # bytes of a body
_ABOUT = (
    "Questions to a library of programme documents, answered with verbatim quotes and their pages."
    " What a token may read is what its user may read. Requests carry `Authorization: Bearer TOKEN`; an admin"
    " makes one with `python -m assistant users token NAME LABEL`. On the machine itself none is needed until"
    " there are users. Searches and questions count together towards what one user may ask in a minute (429)."
)
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": told.Problem, "description": what}
    for status, what in {
        400: "the request cannot be read (an address of more than 64 KiB: said in plain text)",
        401: "no token, or one that is no longer valid",
        403: "not from here",
        404: "no such document or page",
        413: "more than 1 MB",
        422: "a field is not right",
        429: "too many questions of this user; Retry-After says when to ask again",
        503: "no library yet, or too many questions are waiting",
    }.items()
}
_PROBLEMS[400]["content"] = {"text/plain": {"schema": {"type": "string"}}}  # by the server, not by us
_STREAMED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "the result; with `Accept: text/event-stream` the events `searching`, with a writing"
        " model `quoted` (a result) and `written` (sentences), then `finished` (the result) or `problem`",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}
Counted = Callable[[str], AbstractContextManager[None]]


def verbs_of(request: Any, engine: Engine, pace: Pace) -> Verbs:
    """What the person of `request` can do. Raises NotSignedIn."""
    person = person_of(request)
    return Verbs(engine_for(request, engine), pace.question(person.name), engine.settings.address)


def rest(engine: Engine, pace: Pace, places: Places) -> Any:
    """The application to be mounted at /api."""
    from fastapi import Depends, FastAPI, Path, Query, Request
    from fastapi.security import HTTPBearer

    bearer = Depends(HTTPBearer(auto_error=False, description="a user's API token"))
    app = FastAPI(
        title=TITLE,
        version="1",
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        responses=_PROBLEMS,
        dependencies=[bearer],
        redirect_slashes=False,
    )
    _handle_errors(app)
    app.add_middleware(_Bounded)
    Sha = Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="the document's SHA-256")]
    Page = Annotated[
        int | None, Query(ge=1, le=1_000_000, description="from 1; none for formats without pages")
    ]

    async def answer(request: Request, work: Callable[[Verbs], BaseModel]) -> Any:
        try:
            verbs = verbs_of(request, engine, pace)
            return await places.run(lambda: work(verbs))
        except Exception as error:
            return trouble(error).response()

    @app.post("/ask", response_model=told.Result, responses=_STREAMED)
    async def ask(request: Request, question: Question) -> Any:
        """Answer a question with citations, or say that the documents do not."""
        if "text/event-stream" not in request.headers.get("accept", ""):
            return await answer(request, lambda verbs: verbs.ask(question))

        def events() -> Iterator[Named]:
            verbs = verbs_of(request, engine, pace)
            for event in verbs.events(question):
                yield told.event(verbs.base, event)

        return EventStream(places, events)

    @app.get("/search", response_model=told.Passages)
    async def search_by_address(request: Request, asked: Annotated[SearchQuery, Query()]) -> Any:
        """Find the passages nearest to a question."""
        return await answer(request, lambda verbs: verbs.search(asked.search()))

    @app.post("/search", response_model=told.Passages)
    async def search(request: Request, asked: Search) -> Any:
        """Find the passages nearest to a question; no log on the way sees the question."""
        return await answer(request, lambda verbs: verbs.search(asked))

    @app.get("/documents", response_model=told.Documents)
    async def documents(request: Request, wanted: Annotated[Listing, Query()]) -> Any:
        """List the documents that filters leave, a part at a time."""
        return await answer(request, lambda verbs: verbs.documents(wanted))

    @app.get("/documents/{sha}", response_model=told.Document)
    async def document(request: Request, sha: Sha) -> Any:
        """Tell of one document."""
        return await answer(request, lambda verbs: verbs.document(sha))

    @app.get("/documents/{sha}/text", response_model=told.PageText)
    async def text(request: Request, sha: Sha, page: Page = None) -> Any:
        """Read the text of a page, or all of a document without pages."""
        return await answer(request, lambda verbs: verbs.text(sha, page))

    return app


def _handle_errors(app: Any) -> None:
    from fastapi.exceptions import RequestValidationError
    from starlette.exceptions import HTTPException

    async def framework(request: Any, error: Any) -> Any:
        return refused(error.status_code).response(error.headers or {})

    async def validation(request: Any, error: Any) -> Any:
        return invalid(error.errors()).response()

    app.add_exception_handler(HTTPException, framework)
    app.add_exception_handler(RequestValidationError, validation)


class _Bounded:
    """ASGI middleware: no body grows beyond LARGEST."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        from starlette.exceptions import HTTPException

        size = 0

        async def bounded() -> Any:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > LARGEST:
                raise HTTPException(413, TOO_LARGE)
            return message

        await self.app(scope, bounded, send)
