"""The content security policy: nothing from elsewhere, as little inline script as Gradio allows; it holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from assistant import app
from assistant.api import embed
from assistant.settings import AssistantSettings
from eval.screen import routes as quality
from ingest.screen import routes as documents

POLICIES = {
    "app": app._POLICY,
    "embed": embed.policy(AssistantSettings()),
    "documents": documents._POLICY,
    "quality": quality.REPORT_POLICY,
}


def _parsed(policy: str) -> dict[str, list[str]]:
    parts = (part.split() for part in policy.split(";") if part.strip())
    return {name: sources for name, *sources in parts}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, make_engine: Callable[..., Any]) -> Any:
    return make_engine(tmp_path_factory.mktemp("originals"))


@pytest.fixture(scope="module")
def url(engine: Any, serve: Callable[..., Any]) -> Iterator[str]:
    with serve(engine) as address:
        yield address


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_no_policy_names_another_place(name: str) -> None:
    policy = _parsed(POLICIES[name])
    assert policy["default-src"] in (["'self'"], ["'none'"])
    for directive, sources in policy.items():
        for source in sources:
            assert source in ("'self'", "'none'", "'unsafe-inline'", "'unsafe-eval'", "data:", "blob:"), (
                directive
            )
    for directive in ("script-src", "style-src", "connect-src", "form-action", "frame-ancestors", "base-uri"):
        assert "data:" not in policy.get(directive, [])
        assert "blob:" not in policy.get(directive, [])
    assert policy.get("frame-ancestors", policy["default-src"]) in (["'self'"], ["'none'"])
    if name != "app":
        assert "'unsafe-eval'" not in POLICIES[name]
    else:
        assert policy["script-src-attr"] == ["'none'"]


@pytest.mark.parametrize("path", ["/", "/login", "/embed", "/answer/" + "a" * 32, "/nothing", "/?x=<script>"])
def test_every_page_carries_one(url: str, path: str) -> None:
    found = httpx.get(f"{url}{path}", headers={"accept": "text/html"}, follow_redirects=True, timeout=60)
    if found.headers.get("content-type", "").startswith("text/html"):
        assert "frame-ancestors 'self'" in found.headers["content-security-policy"]
    assert found.headers["x-content-type-options"] == "nosniff"
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//(?!127\.0\.0\.1)""", found.text)


@pytest.mark.browser
def test_the_page_works_within_it_and_a_handler_in_markup_does_not_run(browser: Any, url: str) -> None:
    context = browser.new_context(locale="en")
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda line: "Content Security Policy" in line.text and refused.append(line.text))
    page.goto(url)
    page.get_by_label("Your question").fill("What is nasty?")
    page.keyboard.press("Enter")
    page.locator(".turn.done [data-evidence]").first.click()
    page.locator("#evidence:not([aria-busy])").wait_for()
    assert refused == []
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.leaked=1\">')")
    with page.expect_console_message(lambda line: "leak.invalid" in line.text):
        page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=\"http://leak.invalid/a\">')")
    assert page.evaluate("window.leaked") is None
    assert len(refused) == 2
    context.close()
