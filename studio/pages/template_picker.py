"""Choosing a prompt template: the library, the text itself, and what the model will read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from jobs import Reading, Workspace, template_named
from studio.pages.common import FIELD, panel, telling
from studio.pages.newest import Newest
from studio.parts.lists import model_title
from studio.parts.reading import reading_view

NO_PROMPTS = '<p class="quiet">Choose the columns first: then you see here what it reads.</p>'
OWN = "own"  # a text that is not in the library
# What some prompts become: who asks, the model, the template, what is looked at. None: no prompts.
Read = Callable[[gr.Request, str, str, Any], Reading | None]


@dataclass(frozen=True)
class TemplatePicker:
    """A list to choose from, the text that was chosen, and what a model reads of it."""

    chosen: gr.Dropdown
    text: gr.Textbox
    model: gr.Dropdown
    shown: gr.HTML
    workspace: Workspace

    @property
    def fields(self) -> list[Any]:
        """What `filled` fills."""
        return [self.chosen, self.text, self.model, self.shown]

    def filled(self, template: str) -> dict[Any, Any]:
        """The fields as they stand for a template."""
        known = template_named(template)
        models = [(model_title(m.spec), m.spec) for m in self.workspace.models() if m.local]
        return {
            self.chosen: known.name if known else OWN,
            self.text: template,
            self.model: gr.update(choices=models),
            self.shown: "",
        }

    def wire(
        self, read: Read, *, given: gr.State, fold: gr.Accordion, moves: Sequence[Any] = ()
    ) -> None:
        """Let the text follow the list, and the preview all of them; an error stands in its place.

        `given` is told to `read`; the preview begins when `fold`, in which this lies, is opened.
        `moves` are the events that change `given`: handlers outside Gradio's queue, as all are
        here, do not tell of it themselves.
        """
        texts = {known.name: known.text for known in self.workspace.templates()}

        def preview(request: gr.Request, model: str, template: str, seen: Any) -> str:
            found = read(request, model or "starter", template, seen)
            return NO_PROMPTS if found is None else reading_view(found)

        newest = Newest()

        def picked(name: str, template: str) -> str:
            return texts.get(name, template)

        def named(template: str) -> str:
            known = template_named(template)
            return known.name if known else OWN

        @newest
        @telling(self.shown)
        def looked(request: gr.Request, template: str, model: str, seen: Any) -> dict[Any, Any]:
            return {self.shown: preview(request, model, template, seen)}

        def moved(request: gr.Request, *fields: Any) -> Any:
            """What is looked at is another: so is its preview, where one was ever asked for."""
            return looked(request, *fields) if newest.began(request) else gr.skip()

        fields = [self.text, self.model, given]
        for event in moves:
            event.then(moved, fields, self.shown, **FIELD)
        written = [
            event(named, self.text, self.chosen, **FIELD)
            for event in (self.text.submit, self.text.blur)
        ]
        written.append(self.chosen.input(picked, [self.chosen, self.text], self.text, **FIELD))
        for event in (*(done.then for done in written), self.model.input, fold.expand):
            event(looked, fields, self.shown, **FIELD)


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
    model = gr.Dropdown(
        [(model_title("starter"), "starter")],
        value="starter",
        label="As this model reads it",
        allow_custom_value=True,
        info="Only to look: the model is chosen on the Train page. From the list, a folder, or a "
        "Hub name.",
    )
    return TemplatePicker(chosen, text, model, panel(), workspace)
