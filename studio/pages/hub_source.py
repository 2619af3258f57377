"""A data set of the Hub by its name: fetched while the page shows how far it is, then looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import gradio as gr

from jobs import AttuneError, FetchedData, InputError, Workspace
from studio.pages.common import FIELD, QUIET, panel, telling
from studio.parts.bringing import import_progress
from studio.parts.notices import closable, error_notice, notice

POLL = 0.5  # seconds
AT_ONCE = 0.7  # seconds within which small ones are there: no progress needs to be shown
# What the page shows of a file that was fetched.
Looked = Callable[[FetchedData], dict[Any, Any]]


@dataclass(frozen=True)
class HubSource:
    """Where a name is written, and what becomes of it."""

    name: gr.Textbox
    part: gr.Dropdown
    fetch: gr.Button
    cancel: gr.Button
    going: gr.HTML
    fetching: gr.State  # the fetch that is under way
    timer: gr.Timer


def hub_source() -> HubSource:
    """Lay it out."""
    with gr.Accordion("A data set of the Hugging Face Hub", open=False, elem_classes="fold"):
        name = gr.Textbox(
            label="Its name",
            max_lines=1,
            placeholder="owner/name",
            info="As on its page there. It is fetched to this machine; nothing is sent.",
        )
        part = gr.Dropdown(
            label="Part",
            visible=False,
            info="Data sets come in parts: learn from one, keep others for the test.",
        )
        fetch = gr.Button("Fetch and look at it", elem_classes="own-width")
        going = panel(id="fetching")
        cancel = gr.Button("Cancel", visible=False, elem_classes="own-width")
    return HubSource(name, part, fetch, cancel, going, gr.State(None), gr.Timer(POLL, active=False))


def wire_hub(
    workspace: Workspace, source: HubSource, problem: gr.HTML, looked: Looked, shown: list[Any]
) -> None:
    """Fetch, wait, and hand what came to `looked`, which fills `shown`."""

    moved = partial(_moved, workspace, source, problem, looked)

    def begun(name: str | None, part: str | None) -> dict[Any, Any]:
        if not (name or "").strip():
            raise InputError("No data set is named.", "Write its name, like owner/name.")
        fetch = workspace.start_fetch((name or "").strip(), part)
        return moved(workspace.wait_for_import(fetch.id, AT_ONCE).id)

    @telling(problem)
    def named(name: str | None) -> dict[Any, Any]:
        return {source.part: gr.update(visible=False), **begun(name, None)}

    @telling(problem)
    def parted(name: str | None, part: str | None) -> dict[Any, Any]:
        return begun(name, part)

    @telling(problem, quiet=True)
    def ticked(import_id: int | None) -> dict[Any, Any]:
        return {source.timer: gr.Timer(active=False)} if import_id is None else moved(import_id)

    @telling(problem)
    def cancelled(import_id: int | None) -> dict[Any, Any]:
        if import_id is not None:
            workspace.cancel_import(import_id)
        return {source.cancel: gr.update(value="Cancelling …", interactive=False)}

    outputs = [problem, source.going, source.fetch, source.cancel, source.part]
    outputs += [source.fetching, source.timer, *(one for one in shown if one is not problem)]
    waiting = {"show_progress": "minimal"}
    source.fetch.click(named, source.name, outputs, **{**QUIET, **waiting})
    source.name.submit(named, source.name, outputs, **{**QUIET, **waiting})
    source.part.input(parted, [source.name, source.part], outputs, **{**FIELD, **waiting})
    source.timer.tick(ticked, source.fetching, outputs, **QUIET)
    source.cancel.click(cancelled, source.fetching, [problem, source.cancel], **QUIET)


def _moved(
    workspace: Workspace, source: HubSource, problem: gr.HTML, looked: Looked, import_id: int
) -> dict[Any, Any]:
    """The page as a fetch stands: its bar, the file that came, or what went wrong."""
    at = workspace.import_of(import_id)
    running = at.state == "running"
    page: dict[Any, Any] = {
        source.going: import_progress(at, "Fetching") if running else "",
        source.fetch: gr.update(interactive=not running),
        source.cancel: gr.update(value="Cancel", visible=running, interactive=True),
        source.fetching: import_id if running else None,
        source.timer: gr.update(active=running),
    }
    if at.state == "done" and at.fetched is not None:
        parts = list(at.fetched.parts)
        page[source.part] = gr.update(choices=parts, value=at.fetched.part, visible=len(parts) > 1)
        try:
            page |= looked(at.fetched)
        except AttuneError as error:  # told here: the fetch is over all the same
            page[problem] = closable(error_notice(error))
    elif at.state == "stopped":
        page[problem] = notice("The fetch was cancelled.")
    elif at.error is not None:
        page[problem] = error_notice(at.error)
    return page
