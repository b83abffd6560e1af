"""Ties Gradio's pages to the login.

Gradio knows a page by a hash that the page itself chooses, so that whoever saw the hash could read and change
another's conversation. Here the session becomes part of it.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any
from urllib.parse import parse_qsl, urlencode

from assistant.web.refusal import refuse

_LARGEST = 20_000_000  # bytes of what the page sends; a bank of 5 MB comes as 7


async def owned(app: Any, key: str, scope: Any, receive: Any, send: Any) -> None:
    """Hands a request of Gradio's page on. key: of the session that sends it."""
    scope["query_string"] = urlencode(
        [
            (name, _owned(key, value) if name == "session_hash" else value)
            for name, value in parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        ]
    ).encode()
    door, beat, hash_ = scope["path"].partition("/heartbeat/")
    if beat:
        scope["path"] = f"{door}{beat}{_owned(key, hash_)}"
        scope["raw_path"] = scope["path"].encode()
    if scope["method"] in ("GET", "HEAD"):
        await app(scope, receive, send)
        return
    body = await _body(receive)
    if body is None:
        await refuse(scope, receive, send, 413, "this is more than a page may send")
        return
    try:
        sent = json.loads(body or b"{}")
    except (ValueError, RecursionError):  # also of what is no UTF-8
        sent = None
    if not isinstance(sent, dict):
        await refuse(scope, receive, send, 400, "this is not what the page sends")
        return
    if "session_hash" in sent:
        sent["session_hash"] = _owned(key, str(sent["session_hash"]))
        body = json.dumps(sent).encode()
    scope["headers"] = [
        *((name, value) for name, value in scope["headers"] if name != b"content-length"),
        (b"content-length", str(len(body)).encode()),
    ]
    await app(scope, _replay(body, receive), send)


def _owned(key: str, hash_: str) -> str:
    return hashlib.sha256(f"{key} {hash_}".encode(errors="replace")).hexdigest()[:32]


async def _body(receive: Any) -> bytes | None:
    """What was sent; None where it is too large."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > _LARGEST:
            return None
        if message["type"] != "http.request" or not message.get("more_body"):
            return bytes(body)


def _replay(body: bytes, receive: Any) -> Any:
    sent = False

    async def again() -> Any:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
