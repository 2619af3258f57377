"""Choosing a prompt template: the library, the text itself, and what the model will read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from jobs import Workspace, template_named
from studio.pages.common import QUIET, panel, telling
from studio.parts.reading import reading_view

OWN = "own"  # a text that is not in the library


@dataclass(frozen=True)
class TemplatePicker:
    """A list to choose from, the text that was chosen, and its preview."""

    chosen: gr.Dropdown
    text: gr.Textbox
    shown: gr.HTML
    workspace: Workspace

    @property
    def fields(self) -> list[Any]:
        """What `filled` fills."""
        return [self.chosen, self.text, self.shown]

    def filled(self, template: str) -> dict[Any, Any]:
        """The fields as they stand for a template."""
        known = template_named(template)
        return {self.chosen: known.name if known else OWN, self.text: template, self.shown: ""}

    def wire(self, data: Callable[[gr.Request], str], notice: gr.HTML) -> None:
        """Let the text follow the list, and the preview, over the rows of a dataset, the text."""
        texts = {known.name: known.text for known in self.workspace.templates()}

        def preview(request: gr.Request, template: str) -> str:
            return reading_view(self.workspace.reading(data(request), template=template))

        @telling(notice)
        def picked(request: gr.Request, name: str) -> dict[Any, Any]:
            if name not in texts:
                return {}
            return {self.text: texts[name], self.shown: preview(request, texts[name])}

        @telling(notice)
        def written(request: gr.Request, template: str) -> dict[Any, Any]:
            known = template_named(template)
            shown = preview(request, template)
            return {self.chosen: known.name if known else OWN, self.shown: shown}

        self.chosen.input(picked, self.chosen, [notice, self.text, self.shown], **QUIET)
        for event in (self.text.submit, self.text.blur):
            event(written, self.text, [notice, self.chosen, self.shown], **QUIET)


def template_picker(workspace: Workspace, template: str = "{prompt}") -> TemplatePicker:
    """The widgets, to be laid out where they are called for."""
    known = workspace.templates()
    choices = [(f"{one.title}: {one.what}", one.name) for one in known]
    named = template_named(template)
    chosen = gr.Dropdown(
        choices=[*choices, ("Your own words", OWN)],
        value=named.name if named else OWN,
        label="Template",
        info="Words that stand around every prompt, in training and ever after.",
    )
    text = gr.Textbox(
        template,
        label="Its text",
        lines=3,
        info="{prompt} is where each prompt goes.",
    )
    return TemplatePicker(chosen, text, panel(), workspace)
