"""The screen's own Gradio theme: system fonts, paper and ink, one accent. style.css does the rest."""

from __future__ import annotations

from typing import Any

# Fonts the reader's machine has: nothing is fetched.
SANS = ["-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Noto Sans", "Liberation Sans", "sans-serif"]
MONO = ["ui-monospace", "Consolas", "Liberation Mono", "monospace"]


def theme() -> Any:
    """A `gradio.themes.Base` whose colours are those of style.css."""
    from gradio import themes

    return themes.Base(font=SANS, font_mono=MONO, text_size="lg", radius_size="lg").set(
        body_background_fill="#faf9f6",
        body_background_fill_dark="#131618",
        body_text_color="#1a1f24",
        body_text_color_dark="#e7e5df",
        body_text_color_subdued="#5a626b",
        body_text_color_subdued_dark="#a3abb3",
        background_fill_primary="#ffffff",
        background_fill_primary_dark="#1b1f22",
        background_fill_secondary="#f3f1ec",
        background_fill_secondary_dark="#22272b",
        border_color_primary="#dedbd3",
        border_color_primary_dark="#343a40",
        color_accent="#0b5a78",
        color_accent_soft="#e3eff3",
        color_accent_soft_dark="#17333e",
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_border_width="0px",
        block_border_width_dark="0px",
        block_shadow="none",
        block_label_text_color="#5a626b",
        block_label_text_color_dark="#a3abb3",
        block_title_text_color="#5a626b",
        block_title_text_color_dark="#a3abb3",
        block_title_text_weight="500",
        input_background_fill="#ffffff",
        input_background_fill_dark="#1b1f22",
        input_border_color="#c9c5bb",
        input_border_color_dark="#4a525a",
        input_border_width="1px",
        input_border_color_focus="#0b5a78",
        input_border_color_focus_dark="#7cc5dc",
        input_placeholder_color="#6a727b",
        input_placeholder_color_dark="#949ca4",
        input_shadow="none",
        input_shadow_focus="none",
        button_primary_background_fill="#0b5a78",
        button_primary_background_fill_hover="#08465e",
        button_primary_background_fill_dark="#7cc5dc",
        button_primary_background_fill_hover_dark="#9bd5e7",
        button_primary_text_color="#ffffff",
        button_primary_text_color_dark="#0d1a20",
        button_secondary_background_fill="transparent",
        button_secondary_background_fill_hover="#f3f1ec",
        button_secondary_background_fill_dark="transparent",
        button_secondary_background_fill_hover_dark="#22272b",
    )
