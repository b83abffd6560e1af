"""What the three days share: the samples with users and all screens, and a page that is looked at."""

from __future__ import annotations

import os
import re
import shutil
import tomllib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.chat import Assistant
from assistant.settings import AssistantSettings
from assistant.users import Users
from ingest.embeddings import Embedder
from tests.assistant.web.test_axe import found

ROOT = Path(__file__).parent.parent.parent
PASSWORD = "four words in a row"
PEOPLE = {"fatou": "focal point", "karim": "focal point", "eva": "evaluator", "ada": "admin"}
DESKTOP, PHONE = 1280, 390
LONG = 60_000  # milliseconds that anything may take on a slow and busy machine
STILL = """() => !document.getAnimations().some((each) =>
  each.playState === "running" && each.effect.getTiming().iterations < Infinity)"""


@dataclass(frozen=True)
class House:
    """What is served: its address, the folder of its library, what answers."""

    url: str
    library: Path
    assistant: Assistant

    def get(self, name: str, path: str) -> httpx.Response:
        """What somebody else, signed in elsewhere, gets under `path`."""
        with httpx.Client(base_url=self.url, timeout=60, follow_redirects=True) as client:
            assert client.post("/login", data={"name": name, "password": PASSWORD}).status_code == 200
            return client.get(path)


@pytest.fixture
def house(
    tmp_path: Path,
    library: Path,
    embedder: Embedder,
    models_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
    serve: Callable[[Any], AbstractContextManager[str]],
) -> Iterator[House]:
    """A copy of the library of samples, with one user of each role and the screens that the project names."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    screens = project["entry-points"]["assistant.screens"]
    entries = [EntryPoint(name, value, "assistant.screens") for name, value in screens.items()]
    monkeypatch.setattr("assistant.app.entry_points", lambda group: entries)
    monkeypatch.setenv("ASSISTANT_MODELS", str(models_dir))  # for runs in processes of their own
    monkeypatch.setenv("ASSISTANT_OCR", "off")
    monkeypatch.setenv("ASSISTANT_READERS", "1")
    root = tmp_path / "library"
    shutil.copytree(library, root)
    users = Users(root)
    for name, role in PEOPLE.items():
        users.add(name, role, password=PASSWORD)
    settings = AssistantSettings(library=root, models=models_dir)
    with Assistant(settings, embedder=embedder) as made, serve(made) as url:
        yield House(url, root, made)


class Day:
    """One person's browser: it notes each script error and each request that leaves the machine.

    Every step is looked at in both widths: it has to fit, and where SHOTS names a folder it is pictured.
    """

    def __init__(self, browser: Any, house: House, name: str, width: int, ui: str = "en") -> None:
        self.house, self.name, self.width, self.ui = house, name, width, ui
        self.context = browser.new_context(
            viewport={"width": width, "height": 844},
            locale=ui,
            reduced_motion="reduce",
            accept_downloads=True,
        )
        self.context.set_default_timeout(LONG)
        self.context.grant_permissions(["clipboard-read", "clipboard-write"])
        self.faults: list[str] = []
        self.context.on("request", self._note)
        self.context.on("weberror", lambda error: self.faults.append(str(error.error)))
        self.context.on("dialog", lambda dialog: self.faults.append(f"dialog: {dialog.message}"))
        self.page = self.context.new_page()
        self.steps = 0

    def come_back(self, width: int) -> Any:
        """Closes the page and opens it anew."""
        self.page.close()
        self.width, self.page = width, self.context.new_page()
        self.page.set_viewport_size({"width": width, "height": 844})
        self.page.goto(self.house.url)
        return self.page

    def _note(self, request: Any) -> None:
        if not re.match(r"(http://127\.0\.0\.1[:/]|data:|blob:)", request.url):
            self.faults.append(f"left the machine: {request.url}")

    def sign_in(self) -> None:
        self.page.goto(self.house.url)
        self.look("sign in")
        self.page.locator("#name").fill(self.name)
        self.page.locator("#password").fill(PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.locator("#question textarea").wait_for()

    def look(
        self,
        step: str,
        page: Any = None,
        *,
        at: Any = None,
        axe: bool = False,
        widths: tuple[int, ...] = (DESKTOP, PHONE),
    ) -> None:
        """at: what is to be in sight. axe: also that axe finds nothing serious, light and dark. widths: fewer
        where one more would end the step, as it closes what lies over a phone's page."""
        page = page or self.page
        self.steps += 1
        for width in sorted(widths, key=lambda each: each == self.width):  # the own one last
            page.set_viewport_size({"width": width, "height": 844})
            page.wait_for_function(STILL)
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            if wide > 0:
                self.faults.append(f"{step}: {wide} pixels too wide for {width}")
            if at is not None:
                at.evaluate("element => element.scrollIntoView({block: 'start', behavior: 'instant'})")
            if shots := os.environ.get("SHOTS"):
                name = f"{self.name}-{self.ui}-{self.steps:02}-{step.replace(' ', '-')}-{width}.png"
                page.screenshot(path=str(Path(shots) / name), full_page=axe)
        for scheme in ("dark", "light") if axe else ():
            page.evaluate(f"document.body.classList.toggle('dark', {str(scheme == 'dark').lower()})")
            self.faults += found(page, f"{step}, {scheme}")

    def end(self) -> None:
        self.context.close()
        assert self.faults == []


@pytest.fixture
def day(browser: Any, house: House) -> Iterator[Callable[..., Day]]:
    begun: list[Day] = []

    def begin(name: str, width: int, ui: str = "en") -> Day:
        begun.append(Day(browser, house, name, width, ui))
        return begun[-1]

    yield begin
    for each in begun:
        each.end()
