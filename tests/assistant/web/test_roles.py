"""Each role, and nobody, calls every endpoint that Gradio lists and every route.

Nothing of another role comes back, and nothing changes. On the real assistant with its real screens, and a
copy of the sample library.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from starlette.routing import Mount

from assistant.chat import Assistant
from assistant.people import ROLES, Role
from assistant.people_db import FILE
from assistant.records import feedback_on, keep_feedback
from assistant.settings import AssistantSettings
from assistant.users import Users
from assistant.web.gate import SIGN_IN
from eval.run import Runs, run_bank
from ingest.admin import Admin
from ingest.embeddings import Embedder

PASSWORD = "four words in a row"
CANARY = "CANARY"  # in everything that one role keeps from another
BANK = f"{CANARY}.jsonl"
QUESTION = {"id": "q1", "question": f"What does the {CANARY} say of reintegration?", "answerable": False}

# Every route of ours, and who may use it; "" is everyone. A route that is missing here fails the test.
ROUTES: dict[str, Role | str] = {
    "/login": "",
    "/login/openid": "",
    "/login/openid/done": "",
    "/logout": "focal point",
    "/account": "focal point",
    "/original/{document}": "focal point",
    "/page/{document}/{page}.png": "focal point",
    "/answer/{id}": "focal point",
    "/export/{name}": "focal point",
    "/evidence/{document}": "focal point",
    "/evidence/{document}/{page}": "focal point",
    "/embed": "",  # without a person nothing but the way to the login
    "/embed.js": "",
    "/health": "",
    "/ready": "",
    "/metrics": "",  # see test_probes.py
    **dict.fromkeys((
        "/api", "/api/openapi.json", "/api/ask", "/api/search", "/api/documents", "/api/documents/{sha}",
        "/api/documents/{sha}/text", "/mcp", "/grid/form", "/grid/plan", "/grid/start", "/grid/draft",
        "/grid/standing/{ticket}", "/grid/stop/{ticket}", "/grid/result/{ticket}", "/grid/export/{name}",
        "/grid/cell/{ticket}/{document}/{column}", "/grid/items", "/grid/items/{document}", "/grid/theme",
        "/grid/theme/{theme}",
    ), "focal point"),
    "/documents/page/{sha}/{number}.png": "admin",
    "/documents/gate/{name}": "admin",
    "/documents/upload": "admin",
    "/quality/report/{run}.docx": "evaluator",
    "/quality/report/{run}": "evaluator",
    "/quality/bank/{sort}/{name}": "evaluator",
    "/quality/feedback.xlsx": "evaluator",
}  # fmt: skip
SCREENS: dict[str | None, Role] = {
    "Documents": "admin",
    "Quality": "evaluator",
    "Chat": "focal point",
    None: "focal point",
}
SAID: dict[Role, str] = {
    "admin": "Only an admin may use this screen",
    "evaluator": "Only an evaluator may use this screen",
}
OPEN = {
    "/favicon.ico",
    "/robots.txt",
    "/manifest.json",
    "/static/{path:path}",
    "/assets/{path:path}",
    "/svelte/{path:path}",
}
DEEDS = (
    "edit",
    "withdraw",
    "found",
    "restore",
    "unlock",
    "add",
    "drop",
    "publish",
    "force",
    "rollback",
    "discard",
    "prune",
)


@dataclass(frozen=True)
class Endpoint:
    """One listener of Gradio's. screen: the outermost tab it is in."""

    number: int
    screen: str | None
    events: tuple[str, ...]
    elements: tuple[str, ...]
    data: tuple[Any, ...]
    name: str

    @property
    def role(self) -> Role:
        return SCREENS[self.screen]


@dataclass(frozen=True)
class House:
    """What is served: its address, its library, the FastAPI app, and values that fill paths and events."""

    url: str
    library: Path
    app: Any
    values: dict[str, str]


@pytest.fixture(scope="module")
def house(
    tmp_path_factory: pytest.TempPathFactory,
    library: Path,
    embedder: Embedder,
    models_dir: Path,
    serve: Callable[..., Any],
) -> Iterator[House]:
    root = tmp_path_factory.mktemp("roles") / "library"
    shutil.copytree(library, root)
    made = Assistant(AssistantSettings(library=root, models=models_dir), embedder=embedder)
    for role in ROLES:
        Users(root).add(role.replace(" ", "-"), role, password=PASSWORD)
    values = _keep_secrets(made, root)
    apps: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        from assistant import app

        build = app.web

        def web(engine: Any) -> Any:
            apps.append(build(engine))
            return apps[-1]

        patch.setattr(app, "web", web)
        with serve(made) as url:
            yield House(url, root, apps[0], values)
    made.close()


def _keep_secrets(assistant: Assistant, root: Path) -> dict[str, str]:
    """Puts the canary into what admins and evaluators see; the values with which it is asked for."""
    Admin(root).record(CANARY, "wrote", CANARY)
    for folder, name, text in (
        ("gates", f"{CANARY}.html", CANARY),
        ("banks", BANK, json.dumps(QUESTION)),
    ):
        (root / folder).mkdir(exist_ok=True)
        (root / folder / name).write_text(text)
    run = Runs(root).keep(run_bank(assistant, root / "banks" / BANK, lambda done, total: None)).name
    result = assistant.ask("What is reintegration?")
    keep_feedback(root, feedback_on(result, "wrong", CANARY, id="1", question=CANARY))
    document = next(each for each in assistant.sources() if each.name.endswith(".pdf"))
    return {"document": document.document, "sha": document.document, "page": "1", "number": "1", "run": run,
            "sort": "own", "name": BANK, "path": document.name, "path:path": "x"}  # fmt: skip


def _snapshot(root: Path) -> dict[str, str]:
    """What is in the library, but for who signed in when."""
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.name.startswith(FILE) and not path.name.endswith(("-wal", "-shm"))
    }


@contextmanager
def _client(house: House, role: str | None) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=house.url, timeout=60) as client:
        if role:
            sent = client.post("/login", data={"name": role.replace(" ", "-"), "password": PASSWORD})
            assert sent.status_code == 303
        yield client


def _endpoints(client: httpx.Client) -> list[Endpoint]:
    config = client.get("/config").json()
    parts = {each["id"]: each for each in config["components"]}
    screens: dict[int, str | None] = {}

    def walk(node: dict[str, Any], screen: str | None) -> None:
        part = parts.get(node["id"], {})
        if screen is None and part.get("type") == "tabitem":
            screen = part["props"]["label"]
        screens[node["id"]] = screen
        for child in node.get("children") or ():
            walk(child, screen)

    walk(config["layout"], None)
    found = []
    for each in config["dependencies"]:
        targets = [target for target, _ in each["targets"]]
        props = [parts.get(target, {}).get("props", {}) for target in targets]
        found.append(
            Endpoint(
                each["id"],
                screens.get(targets[0]),
                tuple(event for _, event in each["targets"]),
                tuple(str(prop.get("elem_id") or "") for prop in props),
                tuple(parts[input_]["props"].get("value") for input_ in each["inputs"]),
                str(each.get("api_name")),
            )
        )
    assert {each.screen for each in found} == set(SCREENS)
    return found


def _event(house: House, do: str) -> dict[str, Any]:
    content = base64.b64encode(json.dumps(QUESTION).encode()).decode()
    return {"do": do, "file": house.values["path"], "folder": str(house.library.parent), "to": "0",
            "title": f"{CANARY} changed", "why": CANARY, "password": CANARY, "keep": "1", "size": 100,
            "run": house.values["run"], "name": "0001" if do in DEEDS else f"{CANARY}-new.jsonl",
            "content": content}  # fmt: skip


def _queued(client: httpx.Client, house: House, endpoint: Endpoint, do: str) -> tuple[bool, list[Any], str]:
    """Through the queue: whether it went well, the outputs at the end, everything that was said."""
    session = f"{endpoint.number}-{do}"
    join = {"data": endpoint.data, "fn_index": endpoint.number, "session_hash": session,
            "event_data": _event(house, do), "trigger_id": None}  # fmt: skip
    sent = client.post("/gradio_api/queue/join", json=join)
    if sent.status_code != 200:
        return False, [], sent.text
    said = ""
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
        for line in stream.iter_lines():
            said += line
            message = json.loads(line[5:]) if line.startswith("data:") else {}
            if message.get("msg") == "process_completed":
                return message["success"], message["output"].get("data") or [], said
    raise AssertionError("the stream ended before the call")


def _direct(client: httpx.Client, house: House, endpoint: Endpoint, do: str) -> tuple[bool, list[Any], str]:
    body = {"data": endpoint.data, "fn_index": endpoint.number, "event_data": _event(house, do)}
    sent = client.post(f"/gradio_api/run/{endpoint.name}", json=body)
    return (
        sent.status_code == 200,
        sent.json().get("data") or [] if sent.status_code == 200 else [],
        sent.text,
    )


def _refused(output: Any) -> bool:
    """Whether there is nothing in it but that it is not for this person; the rest stays as it is (sessions'
    states, which are None here, never come to the browser)."""
    if isinstance(output, dict | list):
        return all(map(_refused, output.values() if isinstance(output, dict) else output))
    return output in (None, "update") or SAID["admin"] in str(output)


@pytest.mark.parametrize("role", ["focal point", "evaluator"])
def test_no_endpoint_of_another_role_answers(house: House, role: Role) -> None:
    before = _snapshot(house.library)
    with _client(house, role) as client:
        endpoints = _endpoints(client)
        others = [each for each in endpoints if ROLES.index(each.role) > ROLES.index(role)]
        assert len(others) > (15 if role == "evaluator" else 30)
        for each in others:
            for do in DEEDS if "act" in each.events else ("",):
                for call in (_queued, _direct):
                    went_well, outputs, said = call(client, house, each, do)
                    assert CANARY not in said, (each, call.__name__, said)
                    assert not went_well or _refused(outputs), (each, call.__name__, said)
                    # By the handler itself; those that yield go through the queue alone.
                    assert SAID[each.role] in said or (call is _direct and "join the queue" in said), (
                        each,
                        said,
                    )
    assert _snapshot(house.library) == before


def test_nobody_gets_an_answer_from_any_endpoint(house: House) -> None:
    before = _snapshot(house.library)
    with _client(house, "admin") as admin:
        endpoints = _endpoints(admin)
    with _client(house, None) as client:
        assert client.get("/config").status_code == 401
        for each in endpoints:
            for call in (_queued, _direct):
                went_well, _, said = call(client, house, each, "withdraw")
                assert not went_well
                assert json.loads(said) == {"detail": SIGN_IN}
    assert _snapshot(house.library) == before


@pytest.mark.parametrize("role", ["focal point", "evaluator", None])
def test_no_route_of_another_role_answers(house: House, role: Role | None) -> None:
    before = _snapshot(house.library)
    with _client(house, role) as client:
        for path, method in _routes(house.app):
            wanted = ROUTES[path]
            if wanted == "" or (role and ROLES.index(wanted) <= ROLES.index(role)):
                continue
            answer = client.request(method, _filled(house, path), headers={"X-Documents": "upload"})
            assert answer.status_code == (403 if role else 401), (method, path)
            assert CANARY not in answer.text
    assert _snapshot(house.library) == before


@pytest.mark.parametrize("accept", ["*/*", "text/html"])
def test_nothing_of_gradios_own_is_open_without_a_login(house: House, accept: str) -> None:
    closed = 0
    with _client(house, None) as client:
        for route in _gradios(house.app):
            if route.path in OPEN:
                continue
            for method in getattr(route, "methods", None) or ("GET",):
                answer = client.request(method, _filled(house, route.path), headers={"accept": accept})
                assert answer.status_code in (303, 401, 404), (method, route.path)
                if answer.status_code == 303:
                    assert answer.headers["location"].startswith("/login?next=")
                if answer.status_code == 404:
                    assert answer.text == "Not found"  # a closed door, for everyone
                closed += 1
    assert closed > 20


def test_the_same_calls_do_answer_whose_they_are(house: House) -> None:
    """So that the tests above can fail: the endpoints and routes give the canary to those who may see it."""
    for role in ("evaluator", "admin"):
        with _client(house, role) as client:
            for screen, wanted in SCREENS.items():
                if screen not in ("Documents", "Quality") or ROLES.index(wanted) > ROLES.index(role):
                    continue
                said = ""
                for each in _endpoints(client):
                    # All but what starts long work.
                    if each.screen == screen and not {"q-run", "d-run", "d-plan"} & set(each.elements):
                        said += _queued(client, house, each, "look")[2]
                assert CANARY in said, (role, screen)
            for path, method in _routes(house.app):
                if (
                    ROUTES[path] in ROLES
                    and ROLES.index(ROUTES[path]) <= ROLES.index(role)
                    and method == "GET"
                ):
                    answer = client.get(_filled(house, path))
                    assert answer.status_code in (200, 404, 405, 422), path  # without what it needs
    with _client(house, "admin") as client:
        assert CANARY in client.get(f"/documents/gate/{CANARY}.html").text
        before = _snapshot(house.library)
        endpoint = next(each for each in _endpoints(client) if "d-folders-all" in each.elements)
        assert _queued(client, house, endpoint, "add")[0]
        assert _snapshot(house.library) != before


def _routes(app: Any) -> list[tuple[str, str]]:
    found = [
        (f"{path}{route.path}", method)
        for path, routes in [("", app.routes[:-1]), *_mounted(app)]
        for route in routes
        for method in getattr(route, "methods", None) or ()
    ]
    missing = {path for path, _ in found} - set(ROUTES)
    assert not missing, f"say in ROUTES who may use {missing}"
    return found


def _mounted(app: Any) -> list[tuple[str, Any]]:
    """The applications within the application, but for Gradio's."""
    return [(each.path, each.app.routes) for each in app.routes[:-1] if isinstance(each, Mount)]


def _gradios(app: Any) -> list[Any]:
    """The routes of the application that Gradio is."""
    mounted = app.routes[-1].app.routes
    included = [each.original_router.routes for each in mounted if hasattr(each, "original_router")]
    routers = [route for routes in included for route in routes]
    plain = [each for each in mounted if hasattr(each, "path")]
    return plain + [SimpleNamespace(path=f"/gradio_api{each.path}", methods=each.methods) for each in routers]


def _filled(house: House, path: str) -> str:
    return re.sub(r"\{([^}]*)\}", lambda part: house.values.get(part[1], "x"), path)
