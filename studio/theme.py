"""The studio's look as Gradio's own variables; the style sheet of the pages does the rest."""

from __future__ import annotations

from typing import Any

SYSTEM = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")
MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")

# Every colour is a variable of assets/theme/studio.css, which has a light and a dark value for it.
_COLOURS = {
    "body_background_fill": "--ground",
    "body_text_color": "--ink",
    "body_text_color_subdued": "--quiet",
    "background_fill_primary": "--paper",
    "background_fill_secondary": "--ground",
    "border_color_primary": "--line",
    "border_color_accent": "--accent",
    "border_color_accent_subdued": "--line",
    "color_accent_soft": "--accent-soft",
    "link_text_color": "--accent",
    "link_text_color_hover": "--accent",
    "link_text_color_active": "--accent",
    "link_text_color_visited": "--accent",
    "block_background_fill": "--paper",
    "block_border_color": "--line",
    "block_label_background_fill": "--paper",
    "block_label_text_color": "--ink",
    "block_title_text_color": "--ink",
    "block_info_text_color": "--quiet",
    "panel_background_fill": "--paper",
    "accordion_text_color": "--ink",
    "table_text_color": "--ink",
    "input_background_fill": "--paper",
    "input_background_fill_focus": "--paper",
    "input_border_color": "--edge",
    "input_border_color_focus": "--accent",
    "input_placeholder_color": "--quiet",
    "checkbox_background_color": "--paper",
    "checkbox_border_color": "--edge",
    "checkbox_background_color_selected": "--accent",
    "checkbox_border_color_selected": "--accent",
    "checkbox_label_background_fill": "--paper",
    "checkbox_label_background_fill_hover": "--paper",
    "checkbox_label_background_fill_selected": "--accent-soft",
    "checkbox_label_border_color": "--line",
    "checkbox_label_text_color": "--ink",
    "checkbox_label_text_color_selected": "--ink",
    "slider_color": "--accent",
    "button_primary_background_fill": "--accent",
    "button_primary_background_fill_hover": "--accent-strong",
    "button_primary_border_color": "--accent",
    "button_primary_text_color": "--on-accent",
    "button_primary_text_color_hover": "--on-accent",
    "button_secondary_background_fill": "--paper",
    "button_secondary_background_fill_hover": "--hover",
    "button_secondary_border_color": "--edge",
    "button_secondary_text_color": "--ink",
    "button_secondary_text_color_hover": "--ink",
    "button_cancel_background_fill": "--paper",
    "button_cancel_background_fill_hover": "--hover",
    "button_cancel_border_color": "--bad",
    "button_cancel_text_color": "--bad",
    "button_cancel_text_color_hover": "--bad",
    "error_background_fill": "--paper",
    "error_border_color": "--bad",
    "error_text_color": "--bad",
}

_SIZES = {
    "block_radius": "8px",
    "block_border_width": "0px",
    "block_padding": "0px",
    "block_shadow": "none",
    "block_label_text_size": "14px",
    "block_title_text_size": "14px",
    "block_title_text_weight": "600",
    "block_label_text_weight": "600",
    "block_info_text_size": "14px",
    "button_large_radius": "8px",
    "button_medium_radius": "8px",
    "button_small_radius": "8px",
    "button_large_padding": "10px 20px",
    "button_large_text_size": "16px",
    "button_medium_text_size": "16px",
    "button_small_text_size": "14px",
    "button_large_text_weight": "600",
    "button_medium_text_weight": "600",
    "button_small_text_weight": "600",
    "button_primary_shadow": "none",
    "button_secondary_shadow": "none",
    "button_border_width": "1px",
    "input_border_width": "1px",
    "input_radius": "8px",
    "input_padding": "10px 12px",
    "input_text_size": "16px",
    "input_shadow": "none",
    "input_shadow_focus": "none",
    "layout_gap": "24px",
    "container_radius": "8px",
    "checkbox_label_text_size": "16px",
    "checkbox_label_shadow": "none",
    "prose_text_size": "16px",
    "body_text_size": "16px",
}


def theme() -> Any:
    """A `gr.themes.Base` in system fonts; colours are variables, so dark needs no second set."""
    import gradio as gr

    values = {name: f"var({variable})" for name, variable in _COLOURS.items()}
    look = gr.themes.Base(
        font=[gr.themes.Font(name) for name in SYSTEM],
        font_mono=[gr.themes.Font(name) for name in MONO],
        text_size="md",
    )
    dark = {f"{name}_dark": value for name, value in values.items()}
    known = set(vars(look))
    return look.set(**{k: v for k, v in (values | dark | _SIZES).items() if k in known})
