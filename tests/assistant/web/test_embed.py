"""The embeddable page: framed by named sites alone, asking and citing in a real browser."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from assistant.api.embed import policy
from assistant.settings import AssistantSettings
from assistant.users import Users

Serve = Callable[[Any], AbstractContextManager[str]]
PASSWORD = "four words in a row"


def test_the_policy_names_the_origins_of_the_setting() -> None:
    assert policy(AssistantSettings()).endswith("frame-ancestors 'self'")
    two = policy(AssistantSettings(embed_origins="https://a.example, http://b.example:8080"))
    assert two.endswith("frame-ancestors 'self' https://a.example http://b.example:8080")
    for wrong in ("a.example", "https://a.example; script-src *", "*", "https://a.example/path", "'none'"):
        with pytest.raises(ValidationError):
            AssistantSettings(embed_origins=wrong)


def test_behind_the_login(engine: Any, serve: Serve) -> None:
    Users(engine.settings.library).add("fo", "focal point", password=PASSWORD)
    with serve(engine) as url, httpx.Client(base_url=url, timeout=60) as client:
        nobody = client.get("/embed", headers={"Accept": "text/html"})
        assert nobody.status_code == 401
        assert 'href="/login?next=/embed"' in nobody.text
        assert "<form" not in nobody.text
        assert client.post("/api/ask", json={"question": "Who?"}).status_code == 401
        assert client.post("/login", data={"name": "fo", "password": PASSWORD}).status_code == 303
        assert "<form" in client.get("/embed").text
        for site, status in (("same-origin", 200), ("cross-site", 403)):
            sent = client.post("/api/ask", json={"question": "Who?"}, headers={"Sec-Fetch-Site": site})
            assert sent.status_code == status


@contextmanager
def _portal() -> Iterator[tuple[str, dict[str, str]]]:
    """Another site that shows `held["frame"]` in a frame."""
    held = {"frame": ""}

    class Portal(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            frame = f'<iframe src="{held["frame"]}" width=640 height=600></iframe>'
            self.wfile.write(f"<!doctype html><title>Portal</title>{frame}".encode())

        def log_message(self, *_: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Portal) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", held
        server.shutdown()


@pytest.fixture
def framed(tmp_path: Path, make_engine: Any, serve: Serve, browser: Any) -> Callable[[bool], Any]:
    """Opens the portal in the browser; named: whether the setting names it."""

    @contextmanager
    def opened(named: bool) -> Iterator[tuple[Any, list[str]]]:
        with _portal() as (other, held):
            engine = make_engine(tmp_path)
            engine.settings = AssistantSettings(library=tmp_path, embed_origins=other if named else "")
            with serve(engine) as url:
                held["frame"] = f"{url}/embed"
                page, faults = browser.new_page(viewport={"width": 700, "height": 700}), list[str]()
                page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
                page.goto(other)
                yield page.frame_locator("iframe"), faults
                page.close()

    return opened


@pytest.mark.browser
def test_another_site_does_not_get_it(framed: Any) -> None:
    with framed(False) as (frame, faults):
        assert frame.locator("form").count() == 0
        assert any("frame-ancestors" in each for each in faults)


@pytest.mark.browser
def test_a_named_site_gets_answers_with_citations(framed: Any) -> None:
    with framed(True) as (frame, faults):

        def ask(question: str) -> Any:
            frame.locator("input").fill(question)
            frame.locator("input").press("Enter")
            frame.locator("button:not([disabled])").wait_for(timeout=30_000)
            return frame.locator("article").last

        turn = ask("How many had an income?")
        marks = turn.locator(".sentence a.mark")
        assert marks.count() == 3
        assert marks.first.get_attribute("href").endswith("#page=34")
        assert marks.first.get_attribute("target") == "_blank"
        assert turn.locator("ol.sources li").count() == 2
        assert turn.locator("blockquote").first.inner_text().startswith("Of the returnees")
        turn = ask("What of the moon?")
        assert "None of the documents speaks of the moon" in turn.locator(".caution").inner_text()
        assert turn.locator("ol.sources li").count() == 2
        turn = ask("write it")
        assert "had an income a year later" in turn.locator(".sentence").first.inner_text()
        turn = ask("unavailable")
        assert "The library is being moved." in turn.locator(".caution").inner_text()
        assert [each for each in faults if "422" not in each] == []  # the browser tells of that status itself
        ask("nasty")
        assert frame.locator("article img, article script").count() == 0
        turn = ask("broken")
        assert "secret detail" not in turn.inner_text()
        assert "reference" in turn.locator(".caution").inner_text()
