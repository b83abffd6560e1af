"""MCP with the official client: over HTTP behind the login, and on standard input and output."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import pytest

QUESTION = "What did the diaspora programme in Valoria achieve?"
TOOLS = {"ask", "search", "documents", "page_text"}


async def _calls(client: Any) -> dict[str, Any]:
    """What each tool gives, by its name."""
    async with client as opened:
        tools = {each.name for each in (await opened.list_tools()).tools}
        found = {"tools": tools}
        for name, arguments in (
            ("ask", {"question": QUESTION}),
            ("search", {"question": QUESTION, "k": 3}),
            ("documents", {"limit": 200}),
        ):
            called = await opened.call_tool(name, arguments)
            assert not called.is_error, called
            found[name] = called.structured_content
        first = found["documents"]["documents"][0]["sha"]
        page = await opened.call_tool("page_text", {"sha": first})
        if page.is_error:
            page = await opened.call_tool("page_text", {"sha": first, "page": 1})
        found["page_text"] = page.structured_content
        found["absent"] = await opened.call_tool("page_text", {"sha": "0" * 64})
        found["wrong"] = await opened.call_tool("ask", {"question": "...?"})
        found["country"] = await opened.call_tool(
            "search", {"question": QUESTION, "filters": {"countries": ["Nowhere"]}}
        )
    return found


def _over_http(house: Any, user: str) -> dict[str, Any]:
    import httpx2
    from mcp.client.client import Client
    from mcp.client.streamable_http import streamable_http_client

    async def run() -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {house.tokens[user]}"}
        async with httpx2.AsyncClient(headers=headers, timeout=60) as http:
            return await _calls(Client(streamable_http_client(f"{house.url}/mcp", http_client=http)))

    return asyncio.run(run())


def _check(found: dict[str, Any]) -> None:
    assert found["tools"] == TOOLS
    assert found["ask"]["kind"] in ("answer", "refusal")
    assert found["ask"]["receipt"]["generation"] == "0001"
    assert found["search"]["passages"]
    assert found["page_text"]["text"]
    for name, words in (
        ("absent", "no such document"),
        ("wrong", "question is empty"),
        ("country", "is no country"),
    ):
        assert found[name].is_error
        assert words in found[name].content[0].text


def test_over_http_with_a_token(house: Any) -> None:
    found = _over_http(house, "hq")
    _check(found)
    assert found["ask"]["kind"] == "answer"
    assert house.limited in str(found["ask"])


def test_a_token_sees_what_its_user_may_read(house: Any) -> None:
    found = _over_http(house, "fo")
    _check(found)
    assert house.limited not in str(found)
    assert house.sha not in str(found)


def test_without_a_token_there_is_no_server(house: Any) -> None:
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    with house.as_("") as client:
        assert client.post("/mcp", json=call).status_code == 401
    with house.as_("fo") as client:
        assert client.get("/mcp").status_code == 405
        assert client.post("/mcp", content=b"a" * 2_000_000).status_code in (400, 413)


def test_on_standard_input_and_output(library: Path, models_dir: Path) -> None:
    from mcp.client.client import Client
    from mcp.client.stdio import StdioServerParameters, stdio_client

    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "assistant", "mcp", "--library", str(library)],
        env={**os.environ, "ASSISTANT_MODELS": str(models_dir)},
    )
    _check(asyncio.run(_calls(Client(stdio_client(server)))))


@pytest.mark.parametrize("path", ["/mcp/", "/mcpx"])
def test_paths_beside_it_are_nobodys(house: Any, path: str) -> None:
    with house.as_("") as client:
        assert client.post(path, json={}).status_code == 401
