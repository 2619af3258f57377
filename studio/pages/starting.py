"""The two buttons of the train page: take what fits into memory, and start."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr

from jobs import InputError, OptionInfo, Workspace
from studio.pages.common import QUIET, telling
from studio.pages.costs import costs, method_cards
from studio.pages.newest import Newest
from studio.pages.options import changed, updates
from studio.pages.train_form import Form, need


def wire_fit(
    workspace: Workspace,
    form: Form,
    infos: Sequence[OptionInfo],
    notice: gr.HTML,
    newest: Newest,
    entered: Callable[..., Any],
) -> None:
    """A press changes method and options to those of the forecast, and nothing else; the panel is
    drawn by `entered`, of what stands there then."""
    fields = [*form.chosen, *form.options]

    @newest
    @telling(notice)
    def fitted(data: str, model: str, method: str, effort: str, *fields: Any) -> dict[Any, Any]:
        need(data, model)
        options = changed(infos, fields, workspace.defaults(data, method, model, effort))
        nearest = workspace.forecast(data, method, model, effort, options).nearest
        if nearest is None:
            return {}
        options = {**options, **nearest.options}
        values = workspace.defaults(data, nearest.method, model, effort)
        other: dict[Any, Any] = {}
        if nearest.method != method:
            cards = method_cards(workspace, model, nearest.method)
            other = {form.method: gr.HTML(value=nearest.method, cards=cards)}
        return {
            **other,
            **dict(zip(form.options, updates(infos, values | options), strict=True)),
        }

    form.fit.click(fitted, fields, [notice, form.method, *form.options], **QUIET).then(
        entered, fields, [notice, *form.followed], **QUIET
    ).then(costs(workspace, *form.costed), form.chosen, form.costed, **QUIET)


def wire_start(
    workspace: Workspace, form: Form, infos: Sequence[OptionInfo], notice: gr.HTML, go: gr.HTML
) -> None:
    """Start queues the run and leads to its page."""

    @telling(notice)
    def started(
        data: str,
        model: str,
        method: str,
        effort: str,
        seed: str,
        name: str,
        compare: bool,
        *fields: Any,
    ) -> dict[Any, Any]:
        need(data, model)
        run = workspace.train(
            data,
            method,
            model=model,
            name=(name or "").strip() or None,
            effort=effort,
            options=changed(infos, fields, workspace.defaults(data, method, model, effort)),
            seed=_whole(seed),
            compare=compare,
        )
        return {go: f"/runs?run={run.id}"}

    fields = [*form.chosen, form.seed, form.name, form.compare, *form.options]
    form.start.click(started, fields, [notice, go], **QUIET)


def _whole(text: str) -> int:
    if not (text or "").strip().isdecimal():
        raise InputError(f"The seed is “{text}”, which is not a whole number.", "Give 0 or more.")
    return int(text)
