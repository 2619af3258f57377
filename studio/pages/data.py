"""The data page: bring a file, confirm what was guessed, look at what there is."""

from __future__ import annotations

from typing import Any

import gradio as gr

from jobs import AttuneError, Workspace
from studio.pages import bring
from studio.pages.bring_form import form as bring_form
from studio.pages.changing import Changing
from studio.pages.choosing import wire_choosing
from studio.pages.common import (
    QUIET,
    mover,
    notice_panel,
    opening,
    panel,
    query,
)
from studio.pages.data_detail import detail_part, open_detail, wire_detail
from studio.pages.data_view import dataset_list
from studio.parts.frame import heading
from studio.parts.notices import error_notice

# What an address asks for comes into sight once all that stands above it has its height.
_SHOW = """() => {
  const show = () => {
    document.querySelector('#examples .here')?.scrollIntoView({ block: 'center' });
    if (location.hash === '#difference') document.getElementById('difference')?.scrollIntoView();
  };
  requestAnimationFrame(() => setTimeout(show, 100));
}"""


def page(app: gr.Blocks, workspace: Workspace) -> None:
    """Lay out the page and wire it."""
    opening()
    with gr.Column(elem_id="content"):
        notice = notice_panel()
        with gr.Column(visible=False) as adding:
            panel(
                heading(
                    "Data",
                    "Examples of what you ask and what you wish the model had answered, one pair "
                    "a row. A few hundred are enough to begin.",
                )
            )
            form = bring_form(workspace)
            listed = panel(id="datasets")
        detail = detail_part(workspace)
        go = mover()
        changing = Changing.lay_out(workspace, notice, go)

    def opened(request: gr.Request) -> dict[Any, Any]:
        key = query(request, "dataset")
        if not key:
            return {adding: gr.Column(visible=True), listed: dataset_list(workspace)}
        try:
            return open_detail(workspace, detail, request)
        except AttuneError as error:
            return {
                notice: error_notice(error),
                adding: gr.Column(visible=True),
                listed: dataset_list(workspace),
            }

    outputs = [notice, adding, listed, *detail.outputs]
    app.load(opened, None, outputs, **QUIET).then(None, None, None, js=_SHOW, **QUIET)
    bring.wire(workspace, *form, go)
    wire_choosing(workspace, *form)
    wire_detail(workspace, detail, changing)
