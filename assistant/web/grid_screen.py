"""The Grid screen as assistant/app.py finds it: survey, compare, checklist, and questions of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from assistant.answer import AssistantError
from assistant.chat import Assistant
from assistant.people import Role
from assistant.web.engine import Engine
from assistant.web.words import slot


class GridScreen:
    """Called it builds, `routes` adds its addresses, `head` is what it needs in the page's head."""

    role: Role = "focal point"

    def __call__(self, engine: Engine) -> None:
        import gradio as gr

        _assistant(engine)
        # The form comes when the tab is opened: what it offers depends on who reads it.
        gr.HTML(
            f'<div id="grid" aria-busy="true"><p class="g-wait">{slot("page.loading")}</p></div>',
            elem_id="grid-screen",
            apply_default_css=False,
            js_on_load="window.gridReady?.(element)",
        )

    def routes(self, app: Any, engine: Engine) -> None:
        from assistant.web.grid_routes import add_routes

        add_routes(app, _assistant(engine))

    def head(self) -> str:
        """Style, the panel of one cell, and the script, which finds its own tab by the link `/?grid=...`."""
        style, script = (
            Path(__file__).with_name(f"grid.{kind}").read_text(encoding="utf-8") for kind in ("css", "js")
        )
        panel = (
            f'<dialog id="grid-cell" aria-label="{slot("grid.cell")}"><header><button type="button"'
            f' class="g-close"'
            f' aria-label="{slot("evidence.close")}" title="{slot("evidence.close")}"><span'
            f' aria-hidden="true">×'
            '</span></button></header><div class="g-inside"></div></dialog>'
        )
        tab = slot("page.grid")
        held = f'<script type="text/html" id="grid-panel" data-tab="{tab}">{panel}</script>'
        return f"<style>{style}</style>{held}<script>{script}</script>"


grid = GridScreen()


def link(use: str, fields: Mapping[str, Any]) -> str:
    """The address that opens the screen filled in: `link("survey", {"terms": ["remittances"]})`.

    fields: terms, theme, family, question, by, period, and the filters country, kind, language, organisation,
    document, since, until, in_force (yes, no); a list where there are several.
    """
    return "/?" + urlencode({"grid": use, **fields}, doseq=True)


def _assistant(engine: Engine) -> Assistant:
    if not isinstance(engine, Assistant):
        raise AssistantError(
            "This screen needs the assistant itself behind the chat, to put questions to it."
        )
    return engine
