"""The page at /api: what programs can ask for, read from the OpenAPI description; without scripts."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from assistant.web.plain_page import plain_page

_EXAMPLE = (
    "curl {base}/api/ask -H 'Authorization: Bearer TOKEN' -H 'Content-Type: application/json' \\\n"
    '  -d \'{{"question": "What became of vocational training for returnees?"}}\''
)


def page(api: dict[str, Any], base: str) -> str:
    """api: as FastAPI's `openapi()` gives it. base: the address of this server."""
    paths = "".join(
        _operation(f"/api{path}", method, what, api)
        for path, methods in api["paths"].items()
        for method, what in methods.items()
    )
    return plain_page(
        "For programs",
        f"<h1>For programs</h1><p>{_code(api['info']['description'])}</p>"
        f"<pre>{escape(_EXAMPLE.format(base=base or 'http://127.0.0.1:7860'))}</pre>"
        '<p>Described for machines in <a href="/api/openapi.json">OpenAPI</a>. The same verbs are tools of an'
        " MCP server at <code>/mcp</code> (streamable HTTP, the same token).</p>"
        f"{paths}<h2>When something is wrong</h2>"
        '<p>The body is <code>{"detail": "one sentence"}</code>.</p>'
        f"{_statuses(api)}",
    )


def _operation(path: str, method: str, what: dict[str, Any], api: dict[str, Any]) -> str:
    rows = [
        _row(each["name"], each.get("description", ""), each["schema"], each.get("required", False))
        for each in what.get("parameters", ())
    ]
    example = ""
    if "requestBody" in what:
        body = _resolved(what["requestBody"]["content"]["application/json"]["schema"], api)
        needed = body.get("required", ())
        for name, schema in body["properties"].items():
            rows.append(_row(name, schema.get("description", ""), schema, name in needed))
        for sample in body.get("examples", ())[:1]:
            example = f"<pre>{escape(json.dumps(sample, ensure_ascii=False, indent=1))}</pre>"
    reply = what["responses"]["200"]
    fields = _resolved(reply["content"]["application/json"]["schema"], api)
    gives = ", ".join(f"<code>{escape(name)}</code>" for name in fields.get("properties", ()))
    return (
        f"<h2><code>{method.upper()} {escape(path)}</code></h2><p>{_code(what.get('description', ''))}</p>"
        f'<ul>{"".join(rows)}</ul>{example}<p class="soft">Gives {gives}.</p>'
    )


def _row(name: str, about: str, schema: dict[str, Any], required: bool) -> str:
    kinds = schema.get("anyOf", [schema])
    kind = " or ".join(each.get("type") or each.get("$ref", "").rpartition("/")[2] for each in kinds)
    facts = kind + ("; required" if required else "")
    return f'<li><code>{escape(name)}</code> <span class="soft">({escape(facts)})</span> {escape(about)}</li>'


def _statuses(api: dict[str, Any]) -> str:
    first = next(iter(api["paths"].values()))
    known = next(iter(first.values()))["responses"]
    rows = (
        f"<li><code>{status}</code> {escape(told['description'])}</li>"
        for status, told in sorted(known.items())
        if status != "200"
    )
    return f"<ul>{''.join(rows)}</ul>"


def _resolved(schema: dict[str, Any], api: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = api["components"]["schemas"][name] if name else schema
    return found


def _code(text: str) -> str:
    """`text` with what stands between backticks as code."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(parts))
