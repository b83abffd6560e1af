"""An answer as server-sent events, sent while it comes about (HTML Standard, 9.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

from pydantic import BaseModel
from starlette.responses import Response

from assistant.api.places import Places
from assistant.api.problems import Trouble, trouble
from assistant.api.told import Problem

Named = tuple[str, BaseModel]


class EventStream(Response):
    """Sends what `events` yields, from a thread. What fails before the first event is answered with its own
    status, what fails later is the event `problem`. Whoever hangs up ends it at the next event."""

    media_type = "text/event-stream"

    def __init__(self, places: Places, events: Callable[[], Iterator[Named]]) -> None:
        super().__init__()
        self._places, self._events = places, events

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        from anyio import create_task_group, from_thread

        begun = False

        def tell(name: str, what: BaseModel) -> None:
            nonlocal begun
            from_thread.check_cancelled()
            if not begun:
                from_thread.run(send, _START)
                begun = True
            data = f"event: {name}\ndata: {what.model_dump_json()}\n\n".encode()
            from_thread.run(send, {"type": "http.response.body", "body": data, "more_body": True})

        def produce() -> None:
            with closing(self._events()) as events:  # type: ignore[type-var]  # a generator, always
                for name, what in events:
                    tell(name, what)

        async def listen() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass
            group.cancel_scope.cancel()

        failed: Trouble | None = None
        async with create_task_group() as group:
            group.start_soon(listen)
            try:
                await self._places.run(produce)
            except Exception as error:
                failed = trouble(error)
            if failed and not begun:
                await failed.response()(scope, receive, send)
            else:
                if failed:
                    data = Problem(detail=failed.sentence).model_dump_json()
                    body = f"event: problem\ndata: {data}\n\n".encode()
                    await send({"type": "http.response.body", "body": body, "more_body": True})
                await send({"type": "http.response.body", "body": b""})
            group.cancel_scope.cancel()


_START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),  # nginx would collect the events
    ],
}
