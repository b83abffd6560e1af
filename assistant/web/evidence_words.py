"""What the evidence panel says, and the panel itself; evidence.js holds no words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path

from assistant.web.words import entry, keys, slot


class Words(Mapping[str, str]):
    """The words of the panel in one language; `ui`: its code, "" for slots that are filled later."""

    def __init__(self, ui: str) -> None:
        self.ui = ui

    def __getitem__(self, name: str) -> str:
        key = f"evidence.{name.replace(' ', '_').lower()}"
        if not self.ui:
            return slot(key)
        words = entry(self.ui if key in keys(self.ui) else "en", key)
        assert isinstance(words, str), "no words of the panel depend on a number"
        return words

    def __iter__(self) -> Iterator[str]:
        return (key.partition(".")[2] for key in sorted(keys("en")) if key.startswith("evidence."))

    def __len__(self) -> int:
        return sum(1 for _ in self)


ENGLISH, SLOTS = Words("en"), Words("")


def head() -> str:
    """What the page's head needs: the style, the panel as it will stand in the body, the script."""
    style, script = (
        Path(__file__).with_name(f"evidence.{kind}").read_text(encoding="utf-8") for kind in ("css", "js")
    )
    # Gradio copies a head's elements with their text alone: a <template> would arrive empty.
    held = f'<script type="text/html" id="evidence-panel">{panel()}</script>'
    return f"<style>{style}</style>{held}<script>{script}</script>"


def panel(words: Mapping[str, str] = SLOTS) -> str:
    """The panel, empty, as a <dialog>."""

    def button(do: str, sign: str, extra: str = "") -> str:
        return (
            f'<button type="button" class="e-icon" data-do="{do}" aria-label="{escape(words[do])}"'
            f' title="{escape(words[do])}"{extra}><span aria-hidden="true">{sign}</span></button>'
        )

    said = {key: escape(value) for key, value in words.items()}
    return (
        f'<dialog id="evidence" aria-label="{said["panel"]}" data-loading="{said["loading"]}"'
        f' data-failed="{said["failed"]}" data-text="{said["text"]}" data-whole="{said["whole"]}">'
        '<header><div class="e-about"><h2 tabindex="-1" dir="auto"></h2>'
        '<p class="e-facts" dir="auto"></p></div>'
        f"{button('close', '×')}</header>"
        f'<div class="e-bar"><div class="e-turn" role="group" aria-label="{said["turning"]}">'
        f'{button("previous", "‹")}<p class="e-label" role="status"></p>{button("next", "›")}</div>'
        f'<div class="e-zoom">{button("smaller", "−")}{button("larger", "+")}</div></div>'
        '<p class="e-caution" hidden></p><p class="e-note" role="status" hidden></p>'
        f'<div class="e-sheet" tabindex="0" role="region" aria-label="{said["sheet"]}">'
        '<div class="e-paper" hidden><img alt="" decoding="async"><div class="e-marks"></div></div>'
        '<details class="e-text"><summary></summary><div></div></details></div>'
        f'<footer><button type="button" class="e-button" data-do="back" hidden>{said["back"]}</button>'
        f'<button type="button" class="e-button" data-do="copy" data-done="{said["copied"]}">'
        f"{said['copy']}</button>"
        f'<a class="e-button" data-do="open" target="_blank" rel="noopener noreferrer">{said["open"]}</a>'
        f'<a class="e-button" data-do="download" download>{said["download"]}</a></footer></dialog>'
    )
