"""Calls the Grid screen's routes as a person, without a network and without a login."""

from __future__ import annotations

from typing import Any

import httpx

from assistant.chat import Assistant
from assistant.people import LOCAL, Person
from assistant.web.access import KEY
from assistant.web.grid_routes import add_routes
from assistant.web.grid_work import Works

NASTY = "<img src=x onerror=alert(1)> diaspora?"
PEOPLE = {"": LOCAL, "fo": Person("fo", "focal point"), "eva": Person("eva", "evaluator")}


class Client:
    """Calls the routes as a person, without a network."""

    def __init__(self, app: Any) -> None:
        from starlette.testclient import TestClient

        self.http = TestClient(app)

    def call(self, method: str, path: str, person: str = "", ui: str = "en", **more: Any) -> httpx.Response:
        headers = {"x-person": person, "accept-language": ui, **more.pop("headers", {})}
        answer: Any = self.http.request(method, path, headers=headers, **more)
        return answer  # type: ignore[no-any-return]

    def get(self, path: str, person: str = "", ui: str = "en") -> Any:
        return self.call("GET", path, person, ui).json()

    def post(self, path: str, body: Any = None, person: str = "", ui: str = "en") -> Any:
        return self.call("POST", path, person, ui, json=body).json()

    def send(self, path: str, name: str, data: bytes, person: str = "", mark: str = "upload") -> Any:
        headers = {"x-grid": mark}
        return self.call("POST", path, person, params={"name": name}, content=data, headers=headers).json()

    def worked_out(self, asked: dict[str, Any], person: str = "") -> str:
        """The ticket of what has been asked, once it is done."""
        told = self.post("/grid/start", asked, person)
        assert "ticket" in told, told
        self.works.wait(self.works.of(person, told["ticket"]))
        standing = self.get(f"/grid/standing/{told['ticket']}", person)
        assert standing["state"] == "done", standing
        return str(told["ticket"])

    works: Works


class Entering:
    """In place of the gate: who it is stands in a header."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        name = dict(scope.get("headers") or ()).get(b"x-person", b"").decode()
        if name in PEOPLE:
            scope[KEY] = PEOPLE[name]
        await self.app(scope, receive, send)


def client_of(assistant: Assistant) -> Client:
    from fastapi import FastAPI

    app = FastAPI()
    works = add_routes(app, assistant)
    app.add_middleware(Entering)
    made = Client(app)
    made.works = works
    return made
