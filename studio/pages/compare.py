"""The compare page: choose variants, read the sentence, look at the prompts one by one."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import gradio as gr

from jobs import AttuneError, ComparisonInfo, InputError, Workspace
from studio.pages.common import (
    QUIET,
    find_comparison,
    find_dataset,
    find_run,
    followed,
    mover,
    notice_panel,
    opening,
    panel,
    query,
    soft_panel,
    telling,
)
from studio.pages.compared import View, prompts, scores, top
from studio.pages.talk import Talk, talk, wire_talk
from studio.parts.colours import title
from studio.parts.frame import heading, section
from studio.parts.lists import comparison_rows
from studio.parts.notices import empty, error_notice


@dataclass(frozen=True)
class _Form:
    """What is compared with what."""

    whole: gr.Column
    fields: gr.Column
    data: gr.Dropdown
    variants: gr.CheckboxGroup
    split: gr.Dropdown
    limit: gr.Textbox
    dtype: gr.Dropdown
    begin: gr.Button
    listed: gr.HTML


@dataclass(frozen=True)
class _Detail:
    """One comparison, under way or finished."""

    whole: gr.Column
    top: gr.HTML
    finished: gr.Column
    scores: gr.HTML
    prompts: gr.HTML
    talk: Talk
    who: gr.State
    timer: gr.Timer

    @property
    def drawn(self) -> list[Any]:
        return [
            self.whole,
            self.top,
            self.finished,
            self.scores,
            self.prompts,
            self.who,
            self.timer,
        ]


def page(app: gr.Blocks, workspace: Workspace) -> None:
    """Lay out the page and wire it."""
    opening()
    with gr.Column(elem_id="content"):
        notice = notice_panel()
        form, detail = _form(), _detail()
    go = mover()

    @telling(notice)
    def opened(request: gr.Request) -> dict[Any, Any]:
        key = query(request, "comparison")
        if not key:
            return _opened_form(workspace, form, request)
        info = find_comparison(workspace, key)
        return _drawn(workspace, info, detail, View.of(dict(request.query_params)))

    @telling(notice, quiet=True)
    def ticked(request: gr.Request) -> dict[Any, Any]:
        info = find_comparison(workspace, query(request, "comparison"))
        return _drawn(workspace, info, detail, View.of(dict(request.query_params)))

    form_parts = [form.whole, form.fields, form.data, form.variants, form.listed]
    app.load(opened, None, [notice, *form_parts, *detail.drawn], **QUIET)
    detail.timer.tick(ticked, None, [notice, *detail.drawn], **QUIET)
    _wire_form(workspace, form, notice, go)
    _wire_detail(workspace, detail, notice, go)


def _form() -> _Form:
    with gr.Column(visible=False) as all_of_it:
        panel(
            heading(
                "Compare",
                "Every variant answers the same prompts, which none of them was trained on. Then "
                "one sentence says which is better, and how sure that is.",
            )
        )
        with gr.Column(visible=False, elem_classes="narrow") as fields:
            data = gr.Dropdown(label="Dataset", info="Whose test prompts are asked.")
            variants = gr.CheckboxGroup(
                label="Variants",
                elem_classes="listing",
                info="The base is the model before any training. Choose two or more.",
            )
            with gr.Accordion("Advanced", open=False, elem_classes="fold"):
                split = gr.Dropdown(
                    [("Test", "test"), ("Validation", "validation")],
                    value="test",
                    label="Part",
                    info="Test prompts were seen by nobody; validation chose the best checkpoint.",
                )
                limit = gr.Textbox(
                    label="At most this many prompts",
                    max_lines=1,
                    placeholder="all of them",
                    info="Fewer are quicker and tell less.",
                )
                dtype = gr.Dropdown(
                    [
                        ("What suits this machine", "auto"),
                        ("float32", "float32"),
                        ("bfloat16", "bfloat16"),
                    ],
                    value="auto",
                    label="Precision",
                    info="How exactly the models compute. float32 is the same on every machine.",
                )
            begin = gr.Button("Compare", variant="primary", elem_classes="own-width")
        listed = panel(id="comparisons")
    return _Form(all_of_it, fields, data, variants, split, limit, dtype, begin, listed)


def _detail() -> _Detail:
    with gr.Column(visible=False) as all_of_it:
        sentence = panel(id="verdict")
        with gr.Column(visible=False) as finished:
            figures, rows = panel(id="scores"), soft_panel("prompts")
            panel("<h2>Ask them all</h2>")
            box = talk("Ask every variant", "What you ask here stays out of the scores.")
    return _Detail(
        all_of_it,
        sentence,
        finished,
        figures,
        rows,
        box,
        gr.State(((), "")),
        gr.Timer(1.0, active=False),
    )


def _opened_form(workspace: Workspace, form: _Form, request: gr.Request) -> dict[Any, Any]:
    datasets = [d.name for d in workspace.datasets()]
    comparisons = workspace.comparisons()
    shown = {form.whole: gr.Column(visible=True), form.listed: _list(comparisons, bool(datasets))}
    if not datasets:
        return shown
    key, run_key = query(request, "data"), query(request, "run")
    data = find_dataset(workspace, key).name if key else datasets[0]
    chosen = ["base", *([find_run(workspace, run_key).name] if run_key else [])]
    names = [r.dataset for r in workspace.runs() if r.state == "done"]
    if not key and names and names[0] in datasets:
        data = names[0]
    return {
        **shown,
        form.fields: gr.Column(visible=True),
        form.data: gr.Dropdown(choices=datasets, value=data),
        form.variants: _variants(workspace, data, chosen),
    }


def _variants(workspace: Workspace, data: str, chosen: list[str]) -> Any:
    names = workspace.variants(data=data)
    if len(chosen) < 2:
        chosen = [*chosen, *[v for v in names if not v.startswith("base")][:1]]
    return gr.CheckboxGroup(
        choices=[(title(v), v) for v in names], value=[v for v in chosen if v in names]
    )


def _list(comparisons: list[ComparisonInfo], data: bool) -> str:
    if comparisons:
        return section("Comparisons so far", comparison_rows(comparisons, time.time()))
    where = ("/train", "Train a model") if data else ("/", "Go to the sample")
    return empty(
        "Your comparisons will be listed here, each with its sentence. They need a trained run.",
        *where,
    )


def _wire_form(workspace: Workspace, form: _Form, notice: gr.HTML, go: gr.HTML) -> None:
    @telling(notice)
    def switched(data: str) -> dict[Any, Any]:
        return {form.variants: _variants(workspace, data, ["base"])}

    @telling(notice)
    def begun(data: str, variants: list[str], split: str, limit: str | None, dtype: str) -> Any:
        wanted = (limit or "").strip()  # a field that was never unfolded sends nothing
        if wanted and not wanted.isdecimal():
            raise InputError(f"“{wanted}” is not a number of prompts.", "Leave it empty for all.")
        info = workspace.compare(
            data,
            tuple(variants),
            split=split,
            dtype=dtype,
            limit=int(wanted) if wanted else None,
        )
        return {go: f"/compare?comparison={info.id}"}

    form.data.input(switched, form.data, [notice, form.variants], **QUIET)
    fields = [form.data, form.variants, form.split, form.limit, form.dtype]
    form.begin.click(begun, fields, [notice, go], **QUIET)


def _wire_detail(workspace: Workspace, detail: _Detail, notice: gr.HTML, go: gr.HTML) -> None:
    @telling(notice)
    def turned(event: gr.EventData) -> dict[Any, Any]:
        search, to = followed(event)
        info = find_comparison(workspace, to.get("comparison", ""))
        result = workspace.result(info.id)
        if result is None:
            return {}
        return {detail.prompts: prompts(info, result, View.of(to)), go: search}

    detail.prompts.click(turned, None, [notice, detail.prompts, go], **QUIET)
    wire_talk(workspace, detail.talk, notice, detail.who, lambda who: who)


def _drawn(
    workspace: Workspace, info: ComparisonInfo, detail: _Detail, view: View
) -> dict[Any, Any]:
    moves = info.state in ("queued", "running")
    shown = {detail.whole: gr.Column(visible=True), detail.timer: gr.Timer(active=moves)}
    try:
        result = None if moves else workspace.result(info.id)
    except AttuneError as error:
        return {**shown, detail.top: top(info, None, None) + error_notice(error)}
    job = workspace.comparison_job(info.id) if moves else None
    shown[detail.top] = top(info, job, result)
    if result is None:
        return shown
    return {
        **shown,
        detail.finished: gr.Column(visible=True),
        detail.scores: scores(result),
        detail.prompts: prompts(info, result, view),
        detail.who: (info.variants, info.model),
    }
