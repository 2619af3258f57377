"""A change of a dataset: it goes on while its page is looked at, and can be cancelled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from jobs import DatasetInfo, Import, OnProgress, Workspace
from studio.pages.adding import AT_ONCE
from studio.pages.common import QUIET, panel, telling
from studio.parts.bringing import import_progress
from studio.parts.notices import closable
from studio.parts.notices import notice as note


@dataclass(frozen=True)
class Changing:
    """The change of a page, from the press to the version that it makes."""

    workspace: Workspace
    notice: gr.HTML
    go: gr.HTML
    whole: gr.Column  # the next two, in sight wherever the page is scrolled to
    bar: gr.HTML
    cancel: gr.Button
    clock: gr.Timer
    change: gr.State  # its number

    @classmethod
    def lay_out(cls, workspace: Workspace, notice: gr.HTML, go: gr.HTML) -> Changing:
        """Nothing that is seen, until a change takes long."""
        with gr.Column(visible=False, elem_id="changing") as whole:
            bar = panel()
            cancel = gr.Button("Cancel", scale=0, elem_classes="own-width")
        clock = gr.Timer(0.5, active=False)
        made = cls(workspace, notice, go, whole, bar, cancel, clock, gr.State(None))
        told = telling(notice, failed=made._nothing(), quiet=True)
        clock.tick(told(made.look), made.change, made.outputs, **QUIET)
        cancel.click(telling(notice)(made.stop), made.change, [notice, cancel], **QUIET)
        return made

    @property
    def outputs(self) -> list[Any]:
        """What a change draws anew."""
        return [self.notice, self.go, self.whole, self.bar, self.cancel, self.clock, self.change]

    def begin(self, info: DatasetInfo, work: Callable[[OnProgress], DatasetInfo]) -> dict[Any, Any]:
        """Begin, and go to the new version where it is made at once; else the bar is seen."""
        begun = self.workspace.start_change(info.name, work)
        return self._moved(self.workspace.wait_for_import(begun.id, AT_ONCE))

    def look(self, change: int | None) -> dict[Any, Any]:
        """How far it is; what went wrong is raised."""
        if change is None:
            return self._nothing()
        return self._moved(self.workspace.import_of(change))

    def stop(self, change: int | None) -> dict[Any, Any]:
        """Ask it to end; nothing of it is kept."""
        if change is not None:
            self.workspace.cancel_import(change)
        return {self.cancel: gr.update(value="Cancelling…", interactive=False)}

    def _moved(self, at: Import) -> dict[Any, Any]:
        if at.state == "running":
            return {
                self.whole: gr.update(visible=True),
                self.bar: import_progress(at, "Changing"),
                self.clock: gr.update(active=True),
                self.change: at.id,
            }
        if at.state == "stopped":
            told = note("The change was cancelled. Nothing of it was kept.")
            return {**self._nothing(), self.notice: closable(told)}
        if at.error is not None:
            raise at.error
        where = {self.go: f"/data?dataset={at.dataset.id}"} if at.dataset is not None else {}
        return {**self._nothing(), **where}

    def _nothing(self) -> dict[Any, Any]:
        return {
            self.whole: gr.update(visible=False),
            self.cancel: gr.update(value="Cancel", interactive=True),
            self.clock: gr.update(active=False),
            self.change: None,
        }
