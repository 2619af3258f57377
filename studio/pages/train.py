"""The train page: data, model, method, effort; a panel that follows; Start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from jobs import OptionInfo, Workspace
from studio.pages.common import (
    QUIET,
    choice,
    find_dataset,
    find_run,
    mover,
    notice_panel,
    opening,
    panel,
    query,
    telling,
)
from studio.pages.costs import costs, method_cards, model_title, model_words
from studio.pages.options import all_options, changed, updates, widget
from studio.pages.starting import fit_button, offered, wire_fit, wire_start
from studio.parts.cards import mask_cards
from studio.parts.choices import Choice, choice_cards
from studio.parts.frame import heading, section
from studio.parts.notices import empty
from studio.parts.outlook import outlook, waiting
from studio.parts.reading import reading_note
from studio.parts.text import esc
from studio.parts.versions import version_choices

EFFORTS = (
    Choice("quick", "Quick", ("A first look. Right for a first try.",)),
    Choice("standard", "Standard", ("Longer, and usually better.",)),
    Choice("thorough", "Thorough", ("As good as these examples allow, as far as we know.",)),
)


@dataclass(frozen=True)
class _Form:
    """What a person decides before a run starts, and what the page answers to it."""

    whole: gr.Row
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
    def followed(self) -> list[Any]:
        return [self.outlook, self.fit, self.mask, self.start]


def page(app: gr.Blocks, workspace: Workspace) -> None:
    """Lay out the page and wire it."""
    infos = all_options(workspace.methods())
    opening()
    with gr.Column(elem_id="content"):
        panel(
            heading(
                "Train",
                "Choose what to learn from, and start. Every default is right for a first try.",
            )
        )
        notice = notice_panel()
        nothing = panel()
        form = _form(infos)
    go = mover()
    _wire_opening(app, workspace, form, infos, notice, nothing)
    _wire_following(workspace, form, infos, notice)
    wire_fit(workspace, form, infos, notice, _followed)
    wire_start(workspace, form, infos, notice, go)


def _form(infos: Sequence[OptionInfo]) -> _Form:
    with gr.Row(visible=False, elem_classes="two") as whole:
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
            effort = choice(
                "quick", choice_cards("effort", "Effort", EFFORTS, "quick"), id="effort"
            )
            fold = gr.Accordion("Advanced", open=False, elem_classes="fold")
            with fold, gr.Row(elem_classes="fields"):
                options = [widget(info) for info in infos]
                seed = gr.Textbox(
                    "0", label="Seed", max_lines=1, info="The same seed gives the same run again."
                )
            mask = panel(id="mask")
        with gr.Column(scale=1, min_width=320, elem_classes="aside"):
            outlook_panel = panel(waiting("Reading the data…"), id="outlook")
            fit = fit_button()
            name = gr.Textbox(label="Name of the run", max_lines=1, placeholder="chosen for you")
            compare = gr.Checkbox(True, label="Compare it with the base when it is done")
            start = gr.Button("Start", variant="primary")
    return _Form(
        whole,
        data,
        model,
        model_words,
        method,
        effort,
        options,
        seed,
        name,
        compare,
        outlook_panel,
        fit,
        mask,
        start,
    )


def _wire_opening(
    app: gr.Blocks,
    workspace: Workspace,
    form: _Form,
    infos: Sequence[OptionInfo],
    notice: gr.HTML,
    nothing: gr.HTML,
) -> None:
    @telling(notice)
    def opened(request: gr.Request) -> dict[Any, Any]:
        datasets = [d.name for d in workspace.datasets()]
        if not datasets:
            return {
                nothing: empty(
                    "Training needs examples, and there are none yet.", "/data", "Add examples"
                )
            }
        data, model, method, effort, seed, options = _drafted(workspace, request, datasets)
        known = workspace.models()
        models = [(model_title(m), m.spec) for m in known]
        values = workspace.defaults(data, method, model, effort)
        return {
            form.whole: gr.update(visible=True),
            form.data: gr.update(choices=version_choices(datasets, data), value=data),
            form.model: gr.update(choices=models, value=model),
            form.model_words: model_words(workspace, model, known),
            form.method: gr.update(value=method, cards=method_cards(workspace, model, method)),
            form.effort: gr.update(
                value=effort, cards=choice_cards("effort", "Effort", EFFORTS, effort)
            ),
            form.seed: str(seed),
            **dict(zip(form.options, updates(infos, values | options), strict=True)),
            **_followed(workspace, form, data, method, model, effort, options),
        }

    app.load(
        opened,
        None,
        [
            notice,
            nothing,
            form.whole,
            *form.chosen,
            form.model_words,
            form.seed,
            *form.options,
            *form.followed,
        ],
        **QUIET,
    ).then(costs(workspace, form.method), form.chosen, form.method, **QUIET)


def _drafted(workspace: Workspace, request: gr.Request, datasets: list[str]) -> tuple[Any, ...]:
    """What the form begins with: `?clone=7` takes all from a run, `?data=3` the dataset."""
    clone, data = query(request, "clone"), query(request, "data")
    if clone:
        run = find_run(workspace, clone)
        name = workspace.dataset_by_id(run.dataset_id).spec
        return name, run.model, run.method, run.effort, run.seed, dict(run.options)
    name = find_dataset(workspace, data).name if data else datasets[0]
    choices = workspace.methods()
    method = next((m.name for m in choices if m.recommended and m.available), choices[0].name)
    return name, "starter", method, "quick", 0, {}


def _wire_following(
    workspace: Workspace,
    form: _Form,
    infos: Sequence[OptionInfo],
    notice: gr.HTML,
) -> None:
    """The panel follows the form; what was changed under Advanced begins anew with a new choice."""

    refused = {form.start: gr.update(interactive=False)}

    @telling(notice, failed=refused)
    def chosen(data: str, model: str, method: str, effort: str) -> dict[Any, Any]:
        values = workspace.defaults(data, method, model, effort)
        return {
            form.model_words: model_words(workspace, model),
            **dict(zip(form.options, updates(infos, values), strict=True)),
            **_followed(workspace, form, data, method, model, effort, {}),
        }

    @telling(notice, failed=refused)
    def entered(data: str, model: str, method: str, effort: str, *fields: Any) -> dict[Any, Any]:
        options = changed(infos, fields, workspace.defaults(data, method, model, effort))
        return _followed(workspace, form, data, method, model, effort, options)

    answers = [notice, form.model_words, *form.options, *form.followed]
    for part in form.chosen:
        part.input(chosen, form.chosen, answers, trigger_mode="always_last", **QUIET).then(
            costs(workspace, form.method), form.chosen, form.method, **QUIET
        )
    fields = [*form.chosen, *form.options]
    for part in form.options:
        # Gradio keeps a text field's first input to itself: leaving the field tells it as well.
        for event in [part.input, *([part.blur] if isinstance(part, gr.Textbox) else [])]:
            event(
                entered,
                fields,
                [notice, *form.followed],
                trigger_mode="always_last",
                **QUIET,
            )


def _followed(
    workspace: Workspace,
    form: _Form,
    data: str,
    method: str,
    model: str,
    effort: str,
    options: dict[str, Any],
) -> dict[Any, Any]:
    forecast = workspace.forecast(data, method, model, effort, options)
    masked = workspace.mask(data, method, model, effort, options, limit=2, longest=1)
    note = reading_note(workspace.reading(data, model, limit=1))
    learnt = section("What will be learnt", f"<p>{esc(note)}</p>{mask_cards(masked)}")
    ready = gr.update(interactive=True)
    return {
        form.outlook: outlook(forecast),
        form.fit: offered(forecast),
        form.mask: learnt,
        form.start: ready,
    }
