"""What is compared with what: the form of the compare page, and the comparisons so far."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from jobs import Workspace
from studio.pages.common import (
    FIELD,
    QUIET,
    find_dataset,
    find_run,
    page_number,
    panel,
    prompt_limit,
    query,
    telling,
)
from studio.parts.colours import is_base, title
from studio.parts.frame import heading, pager, section
from studio.parts.lists import comparison_rows
from studio.parts.notices import empty

OFFERED = 20  # runs to choose from; others are found by their name
PER_PAGE = 20  # comparisons in the list


@dataclass(frozen=True)
class Form:
    """What a person chooses before a comparison."""

    whole: gr.Column
    fields: gr.Column
    data: gr.Dropdown
    find: gr.Textbox
    variants: gr.CheckboxGroup
    split: gr.Dropdown
    limit: gr.Textbox
    dtype: gr.Dropdown
    begin: gr.Button
    listed: gr.HTML


def form_parts() -> Form:
    with gr.Column(visible=False) as all_of_it:
        panel(
            heading(
                "Compare",
                "The base and your runs answer the same prompts, which none of them was trained "
                "on. Then one sentence says which is better, and how sure that is.",
            )
        )
        with gr.Column(visible=False, elem_classes="narrow") as fields:
            data = gr.Dropdown(
                label="Dataset", info="Whose test prompts are asked.", elem_id="data"
            )
            find = gr.Textbox(
                label="Find a run",
                max_lines=1,
                visible=False,
                placeholder="part of its name",
                elem_id="find",
                info=f"The newest {OFFERED} are offered; older ones by their name.",
            )
            variants = gr.CheckboxGroup(
                label="Variants",
                elem_classes="listing",
                info="A variant is what can answer: the base, which is the model before any "
                "training, or a run. Choose two or more.",
                elem_id="variants",
            )
            split, limit, dtype = _advanced()
            begin = gr.Button("Compare", variant="primary", elem_classes="own-width")
        listed = panel(id="comparisons")
    return Form(all_of_it, fields, data, find, variants, split, limit, dtype, begin, listed)


def _advanced() -> tuple[gr.Dropdown, gr.Textbox, gr.Dropdown]:
    """Which prompts are asked, at most how many, and how exactly the models compute."""
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
    return split, limit, dtype


def opened_form(workspace: Workspace, form: Form, request: gr.Request) -> dict[Any, Any]:
    datasets = [d.name for d in workspace.datasets()]
    listed = _list(workspace, page_number(request), bool(datasets))
    shown = {form.whole: gr.Column(visible=True), form.listed: listed}
    if not datasets:
        return shown
    key, run_key = query(request, "data"), query(request, "run")
    data = find_dataset(workspace, key).name if key else datasets[0]
    chosen = ["base", *([find_run(workspace, run_key).name] if run_key else [])]
    newest = workspace.find_runs(limit=1)
    if not key and newest and newest[0].dataset in datasets:
        data = newest[0].dataset
    offered = workspace.variants(data=data, limit=OFFERED)
    if len(chosen) < 2:
        chosen += [v for v in offered if not is_base(v)][:1]
    return {
        **shown,
        form.fields: gr.Column(visible=True),
        form.data: gr.Dropdown(choices=datasets, value=data),
        form.variants: _choices(offered, chosen),
        form.find: _finder(offered),
    }


def _choices(offered: Sequence[str], chosen: Sequence[str]) -> Any:
    """What is offered, and what is chosen already, whether it is offered or not."""
    kept = [v for v in chosen if v not in offered]
    bases, runs = ([v for v in offered if is_base(v) == base] for base in (True, False))
    names = [*bases, *kept, *runs]
    return gr.CheckboxGroup(choices=[(title(v), v) for v in names], value=[*chosen])


def _finder(offered: Sequence[str]) -> Any:
    """The field for a part of a name, where not all runs are offered."""
    runs = [v for v in offered if not is_base(v)]
    return gr.Textbox(value="", visible=len(runs) >= OFFERED)


def _list(workspace: Workspace, page: int, data: bool) -> str:
    pages = max(1, -(-workspace.count_comparisons() // PER_PAGE))
    page = min(page, pages)
    comparisons = workspace.comparisons(PER_PAGE, (page - 1) * PER_PAGE)
    if comparisons:
        rows = comparison_rows(comparisons, time.time())
        return section("Comparisons so far", rows + pager("/compare", {}, page, pages))
    where = ("/train", "Train a model") if data else ("/", "Go to the sample")
    return empty(
        "Your comparisons will be listed here, each with its sentence. They need a trained run.",
        *where,
    )


def wire_form(workspace: Workspace, form: Form, notice: gr.HTML, go: gr.HTML) -> None:
    @telling(notice)
    def switched(data: str) -> dict[Any, Any]:
        offered = workspace.variants(data=data, limit=OFFERED)
        chosen = ["base", *[v for v in offered if not is_base(v)][:1]]
        return {form.variants: _choices(offered, chosen), form.find: _finder(offered)}

    @telling(notice)
    def sought(words: str, data: str, chosen: list[str] | None) -> dict[Any, Any]:
        offered = workspace.variants(data=data, words=(words or "")[:200], limit=OFFERED)
        return {form.variants: _choices(offered, chosen or [])}

    @telling(notice)
    def begun(data: str, variants: list[str], split: str, limit: str | None, dtype: str) -> Any:
        info = workspace.compare(
            data,
            tuple(variants),
            split=split,
            dtype=dtype,
            limit=prompt_limit(limit),
        )
        return {go: f"/compare?comparison={info.id}"}

    form.data.input(switched, form.data, [notice, form.variants, form.find], **FIELD)
    form.find.input(sought, [form.find, form.data, form.variants], [notice, form.variants], **FIELD)
    fields = [form.data, form.variants, form.split, form.limit, form.dtype]
    form.begin.click(begun, fields, [notice, go], **QUIET)
