"""The elements of the train page's form, laid out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from jobs import InputError, OptionInfo
from studio.pages.common import choice, panel
from studio.pages.costs import effort_cards
from studio.pages.options import widget
from studio.parts.outlook import waiting


@dataclass(frozen=True)
class Form:
    """What a person decides before a run starts, and what the page answers to it."""

    whole: gr.Column
    data: gr.Dropdown
    model: gr.Dropdown
    model_words: gr.HTML
    method: gr.HTML
    effort: gr.HTML
    options: list[Any]
    seed: gr.Textbox
    name: gr.Textbox
    compare: gr.Checkbox
    outlook: gr.HTML
    fit: gr.Button
    mask: gr.HTML
    start: gr.Button

    @property
    def chosen(self) -> list[Any]:
        return [self.data, self.model, self.method, self.effort]

    @property
    def costed(self) -> list[Any]:
        return [self.method, self.effort]

    @property
    def followed(self) -> list[Any]:
        return [self.outlook, self.fit, self.mask, self.start]


def need(data: str | None, model: str | None) -> None:
    """Raise InputError where a field is empty without which there is nothing to tell or to start.

    An emptied list sends None, an emptied field of one's own words may send spaces.
    """
    if not data:
        raise InputError("No dataset is chosen.", "Choose the examples to learn from.")
    if not (model or "").strip():
        cure = "Choose one from the list, or write a folder or a Hub name."
        raise InputError("No base model is chosen.", cure)


def lay_out(infos: Sequence[OptionInfo]) -> Form:
    """All elements, empty and hidden until the page opens."""
    with gr.Column(visible=False) as whole:
        with gr.Row(elem_classes="two"):
            with gr.Column(scale=2, min_width=320):
                with gr.Row():
                    data = gr.Dropdown(
                        label="Dataset", info="The examples to learn from.", elem_id="data"
                    )
                    with gr.Column(min_width=160):
                        model = gr.Dropdown(
                            label="Base model",
                            allow_custom_value=True,
                            info="From the list, a folder, or a Hub name.",
                        )
                        model_words = panel()
                method = choice("lora", "", id="method")
                effort = choice("quick", effort_cards("quick"), id="effort")
                fold = gr.Accordion("Advanced", open=False, elem_classes="fold")
                with fold, gr.Row(elem_classes="fields"):
                    options = [widget(info) for info in infos]
                    seed = gr.Textbox(
                        "0",
                        label="Seed",
                        max_lines=1,
                        info="The same seed gives the same run again.",
                    )
            aside = _aside()
        mask = panel(id="mask")
    return Form(
        whole=whole,
        data=data,
        model=model,
        model_words=model_words,
        method=method,
        effort=effort,
        options=options,
        seed=seed,
        mask=mask,
        **aside,
    )


def _aside() -> dict[str, Any]:
    """What the choices come to, and the button: beside them, and under them on a phone."""
    with gr.Column(scale=1, min_width=320, elem_classes="aside"):
        return {
            "outlook": panel(waiting("Reading the data…"), id="outlook"),
            "fit": gr.Button("Use what fits", visible=False, elem_id="fit"),
            "name": gr.Textbox(label="Name of the run", max_lines=1, placeholder="chosen for you"),
            "compare": gr.Checkbox(True, label="Compare it with the base when it is done"),
            "start": gr.Button("Start", variant="primary"),
        }
