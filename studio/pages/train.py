"""The train page: data, model, method, effort; a panel that follows; Start."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr

from jobs import OptionInfo, Workspace
from studio.pages.common import (
    FIELD,
    QUIET,
    find_dataset,
    find_run,
    mover,
    notice_panel,
    opening,
    panel,
    query,
    telling,
)
from studio.pages.costs import costs, effort_cards, method_cards, model_title, model_words
from studio.pages.newest import Newest
from studio.pages.options import all_options, changed, updates
from studio.pages.starting import wire_fit, wire_start
from studio.pages.train_form import Form, lay_out, need
from studio.parts.cards import mask_cards
from studio.parts.frame import heading, section
from studio.parts.notices import empty
from studio.parts.outlook import outlook, waiting
from studio.parts.reading import reading_note
from studio.parts.text import esc
from studio.parts.versions import version_choices

NOTHING_FORESEEN = "Nothing can be foreseen until what stands in the form is put right."


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
        form = lay_out(infos)
    go = mover()
    _wire_opening(app, workspace, form, infos, notice, nothing)
    newest = Newest()
    entered = _wire_following(workspace, form, infos, notice, newest)
    wire_fit(workspace, form, infos, notice, newest, entered)
    wire_start(workspace, form, infos, notice, go)


def _wire_opening(
    app: gr.Blocks,
    workspace: Workspace,
    form: Form,
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
            form.effort: gr.update(value=effort, cards=effort_cards(effort)),
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
    ).then(costs(workspace, *form.costed), form.chosen, form.costed, **QUIET)


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
    form: Form,
    infos: Sequence[OptionInfo],
    notice: gr.HTML,
    newest: Newest,
) -> Callable[..., Any]:
    """The panel follows the form; what was changed under Advanced begins anew with a new choice.

    Gives the handler that says what the form stands for.
    """

    refused = {form.start: gr.update(interactive=False)}

    @newest
    @telling(notice, failed=refused)
    def chosen(data: str, model: str, method: str, effort: str) -> dict[Any, Any]:
        need(data, model)
        values = workspace.defaults(data, method, model, effort)
        return {
            form.model_words: model_words(workspace, model),
            **dict(zip(form.options, updates(infos, values), strict=True)),
        }

    @newest.lesser()
    @telling(notice, failed={**refused, form.outlook: waiting(NOTHING_FORESEEN)})
    def entered(data: str, model: str, method: str, effort: str, *fields: Any) -> dict[Any, Any]:
        need(data, model)
        options = changed(infos, fields, workspace.defaults(data, method, model, effort))
        return _followed(workspace, form, data, method, model, effort, options)

    answers = [notice, form.model_words, *form.options, form.start]
    fields = [*form.chosen, *form.options]
    for part in form.chosen:
        # The panel is drawn of what stands there then, whatever was entered meanwhile.
        part.input(chosen, form.chosen, answers, **FIELD).then(
            entered, fields, [notice, *form.followed], **QUIET
        ).then(costs(workspace, *form.costed), form.chosen, form.costed, **QUIET)
    for part in form.options:
        # Gradio keeps a text field's first input to itself: leaving the field tells it as well.
        for event in [part.input, *([part.blur] if isinstance(part, gr.Textbox) else [])]:
            event(entered, fields, [notice, *form.followed], **FIELD)
    return entered


def _followed(
    workspace: Workspace,
    form: Form,
    data: str,
    method: str,
    model: str,
    effort: str,
    options: dict[str, Any],
) -> dict[Any, Any]:
    forecast = workspace.forecast(data, method, model, effort, options)
    before = workspace.trained_before(data, method, model, effort, options)
    masked = workspace.mask(data, method, model, effort, options, limit=2, longest=1)
    note = reading_note(workspace.reading(data, model, limit=1))
    learnt = section("What will be learnt", f"<p>{esc(note)}</p>{mask_cards(masked)}")
    ready = gr.update(interactive=True)
    return {
        form.outlook: outlook(forecast, before),
        form.fit: gr.update(visible=forecast.nearest is not None),
        form.mask: learnt,
        form.start: ready,
    }
