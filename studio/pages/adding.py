"""Adding what was confirmed: an import that goes on while it is looked at, and can be cancelled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from jobs import AttuneError, BrokenLine, InputError, ReadAs, Workspace
from studio.pages.bring_form import Confirm, Kept
from studio.pages.common import QUIET, telling
from studio.parts.bringing import import_progress
from studio.parts.notices import error_notice, notice
from studio.uploads import Uploads

AT_ONCE = 0.7  # seconds within which most files are added: no progress needs to be shown


def wire_adding(workspace: Workspace, confirm: Confirm, kept: Kept, go: gr.HTML) -> None:
    """The button that adds, the bar, Cancel, and the way out of lines that the import found."""
    adding = _Adding(workspace, confirm, kept, go)
    told = telling(confirm.problem)
    fields = [kept.path, confirm.prompt, confirm.completions, confirm.name, confirm.share]
    fields += [confirm.test_file, confirm.picker.text, kept.source, *confirm.options.all]
    outputs = [confirm.problem, confirm.going, confirm.add, confirm.cancel, confirm.leave_out]
    outputs += [kept.importing, kept.timer, confirm.options.leave_out, go]
    waiting = {**QUIET, "show_progress": "minimal"}
    confirm.add.click(told(adding.begin), fields, outputs, **waiting)
    confirm.leave_out.click(told(adding.begin_without), fields, outputs, **waiting)
    watched = [kept.importing, kept.path, confirm.test_file]
    kept.timer.tick(told(adding.tick), watched, outputs, **QUIET)
    confirm.cancel.click(
        told(adding.cancel), kept.importing, [confirm.problem, confirm.cancel], **QUIET
    )


@dataclass(frozen=True)
class _Adding:
    """The import of the page, from the press to the dataset."""

    workspace: Workspace
    confirm: Confirm
    kept: Kept
    go: gr.HTML

    def begin(
        self,
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
        """Add the file as the form says."""
        if not path:
            raise InputError("No file is chosen.", "Choose one above.")
        if not (name or "").strip():
            raise InputError("The dataset has no name.", "Write one into the field “Name”.")
        begun = self.workspace.start_import(
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
        begun = self.workspace.wait_for_import(begun.id, AT_ONCE)
        return self._moved(begun.id, (path, test_file))

    def begin_without(self, *values: Any) -> dict[Any, Any]:
        """The same without the lines that cannot be read."""
        ticked = {self.confirm.options.leave_out: gr.update(value=True, visible=True)}
        return {**ticked, **self.begin(*values[:-1], True)}

    def tick(
        self, import_id: int | None, path: str | None, test_file: str | None
    ) -> dict[Any, Any]:
        """How far it is."""
        if import_id is None:
            return {self.kept.timer: gr.update(active=False)}
        return self._moved(import_id, (path, test_file))

    def cancel(self, import_id: int | None) -> dict[Any, Any]:
        """Ask it to end."""
        if import_id is not None:
            self.workspace.cancel_import(import_id)
        return {self.confirm.cancel: gr.update(value="Cancelling …", interactive=False)}

    def _moved(self, import_id: int, files: tuple[str | None, ...]) -> dict[Any, Any]:
        """The page as it stands: its bar, its dataset, or what went wrong, beside the button."""
        at, confirm, kept = self.workspace.import_of(import_id), self.confirm, self.kept
        running = at.state == "running"
        page: dict[Any, Any] = {
            confirm.going: import_progress(at) if running else "",
            confirm.add: gr.update(interactive=not running),
            confirm.cancel: gr.update(value="Cancel", visible=running, interactive=True),
            confirm.leave_out: _way_out(at.error),
            kept.importing: import_id if running else None,
            kept.timer: gr.update(active=running),
        }
        if at.state == "done" and at.dataset is not None:
            Uploads(self.workspace.home.uploads).discard(*files)
            page[self.go] = f"/data?dataset={at.dataset.id}"
        elif at.state == "stopped":
            page[confirm.problem] = notice("The import was cancelled. Nothing of it was kept.")
        elif at.error is not None:
            page[confirm.problem] = error_notice(at.error)
        return page


def _way_out(error: AttuneError | None) -> Any:
    """The button that leaves out what cannot be read, where that is what ended the import."""
    if not isinstance(error, BrokenLine):
        return gr.update(visible=False)
    return gr.update(visible=True, value=f"Leave out the {error.unit}s that cannot be read")


def read_as(fields: tuple[Any, ...]) -> ReadAs:
    """The fields of the fold; what was never shown says nothing."""
    encoding, separator, header, sheet, leave_out = fields
    names = {"yes": True, "no": False}
    return ReadAs(
        encoding or None,
        separator or None,
        sheet or None,
        names.get(header or ""),
        bool(leave_out),
    )
