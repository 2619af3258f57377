"""Adding what was confirmed: an import that goes on while it is looked at, and can be cancelled."""

from __future__ import annotations

from typing import Any

import gradio as gr

from jobs import InputError, ReadAs, Workspace
from studio.pages.bring_form import Confirm, Kept
from studio.pages.common import QUIET, telling
from studio.parts.bringing import import_progress
from studio.parts.notices import error_notice, notice
from studio.uploads import Uploads

AT_ONCE = 0.7  # seconds within which most files are added: no progress needs to be shown


def wire_adding(workspace: Workspace, confirm: Confirm, kept: Kept, go: gr.HTML) -> None:
    """The button that adds, the bar, and Cancel."""

    @telling(confirm.problem)
    def added(
        path: str | None,
        prompt: str | None,
        completions: list[str] | None,
        name: str | None,
        percent: float,
        test_file: str | None,
        template: str | None,
        source: str | None,
        *fields: Any,
    ) -> dict[Any, Any]:
        if not path:
            raise InputError("No file is chosen.", "Choose one above.")
        if not (name or "").strip():
            raise InputError("The dataset has no name.", "Write one into the field “Name”.")
        begun = workspace.start_import(
            path,
            (name or "").strip(),
            prompt=prompt,
            completions=tuple(completions or ()),
            test_file=test_file,
            test_share=percent / 100,
            template=template or "{prompt}",
            reading=read_as(fields),
            source=source,
        )
        begun = workspace.wait_for_import(begun.id, AT_ONCE)
        return _moved(workspace, confirm, kept, go, begun.id, (path, test_file))

    @telling(confirm.problem)
    def ticked(import_id: int | None, path: str | None, test_file: str | None) -> dict[Any, Any]:
        if import_id is None:
            return {kept.timer: gr.update(active=False)}
        return _moved(workspace, confirm, kept, go, import_id, (path, test_file))

    @telling(confirm.problem)
    def cancelled(import_id: int | None) -> dict[Any, Any]:
        if import_id is not None:
            workspace.cancel_import(import_id)
        return {confirm.cancel: gr.update(value="Cancelling …", interactive=False)}

    fields = [kept.path, confirm.prompt, confirm.completions, confirm.name, confirm.share]
    fields += [confirm.test_file, confirm.picker.text, kept.source, *confirm.options.all]
    outputs = [confirm.problem, confirm.going, confirm.add, confirm.cancel]
    outputs += [kept.importing, kept.timer, go]
    confirm.add.click(added, fields, outputs, **{**QUIET, "show_progress": "minimal"})
    watched = [kept.importing, kept.path, confirm.test_file]
    kept.timer.tick(ticked, watched, outputs, **QUIET)
    confirm.cancel.click(cancelled, kept.importing, [confirm.problem, confirm.cancel], **QUIET)


def _moved(
    workspace: Workspace,
    confirm: Confirm,
    kept: Kept,
    go: gr.HTML,
    import_id: int,
    files: tuple[str | None, ...],
) -> dict[Any, Any]:
    """The page as an import stands: its bar, its dataset, or what went wrong, beside the button."""
    at = workspace.import_of(import_id)
    running = at.state == "running"
    page: dict[Any, Any] = {
        confirm.going: import_progress(at) if running else "",
        confirm.add: gr.update(interactive=not running),
        confirm.cancel: gr.update(value="Cancel", visible=running, interactive=True),
        kept.importing: import_id if running else None,
        kept.timer: gr.update(active=running),
    }
    if at.state == "done" and at.dataset is not None:
        Uploads(workspace.home.uploads).discard(*files)
        page[go] = f"/data?dataset={at.dataset.id}"
    elif at.state == "stopped":
        page[confirm.problem] = notice("The import was cancelled. Nothing of it was kept.")
    elif at.error is not None:
        page[confirm.problem] = error_notice(at.error)
    return page


def read_as(fields: tuple[Any, ...]) -> ReadAs:
    """The four fields of the fold; what was never shown says nothing."""
    encoding, separator, header, sheet = fields
    names = {"yes": True, "no": False}
    return ReadAs(encoding or None, separator or None, sheet or None, names.get(header or ""))
