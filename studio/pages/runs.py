"""The runs page: queue and history; one run, live; several runs' curves over one another."""

from __future__ import annotations

import hashlib
from typing import Any

import gradio as gr

from jobs import DiskFull, NotFound, Unavailable, Workspace
from studio.pages.common import (
    QUIET,
    find_run,
    mover,
    notice_panel,
    opening,
    page_number,
    panel,
    query,
    telling,
)
from studio.pages.curves_view import chosen, curves_view
from studio.pages.history_view import history_mark, history_rows, history_view
from studio.pages.queue_view import act, acting_panel, pressed, queue_view
from studio.pages.run_detail import Detail, detail_parts, drawn, look, wire_actions
from studio.parts.frame import heading
from studio.parts.notices import closable, empty, error_notice

# What was shown last, so that only what differs is drawn anew: which of the page's faces, and the
# marks of its parts.
Seen = dict[str, Any]


class _Page:
    """The parts of the page and what each look at the workspace changes in them."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.told = notice_panel()
        self.head = panel(id="runs")
        self.queue = acting_panel("queue")
        self.history = acting_panel("history")
        self.detail: Detail = detail_parts()
        self.seen, self.timer, self.go = gr.State({}), gr.Timer(1.0, active=False), mover()

    @property
    def outputs(self) -> list[Any]:
        own = [self.told, self.head, self.queue, self.history, self.detail.whole]
        return [*own, *self.detail.drawn, self.seen, self.timer]

    def opened(self, request: gr.Request) -> dict[Any, Any]:
        """What the address asks for."""
        key, ticked = query(request, "run"), _all(request, "curves")
        if ticked:
            return {self.head: curves_view(self.workspace, chosen(self.workspace, ticked))}
        if not key:
            return self.listed({}, page_number(request))
        try:
            return self.one({}, key)
        except NotFound as error:  # a bookmark to what was deleted: say so above what there is
            return {**self.listed({}, 1), self.told: error_notice(error)}

    def looked(self, seen: Seen, request: gr.Request) -> dict[Any, Any]:
        """What has changed since."""
        try:
            # By the address where the server has forgotten this tab.
            if seen.get("face", "run" if query(request, "run") else "list") == "run":
                return self.one(seen, query(request, "run"))
            return self.listed(seen, page_number(request))
        except (Unavailable, DiskFull) as error:  # it passes: the clock goes on
            return {self.told: closable(error_notice(error))}

    def listed(self, seen: Seen, page: int) -> dict[Any, Any]:
        """The queue and the history."""
        workspace = self.workspace
        queue = workspace.queue()
        rows, page, pages = history_rows(workspace, page)
        now: Seen = {"face": "list"}
        shown, now["history"] = queue_view(workspace, queue), history_mark(rows, pages)
        now["queue"] = _mark(shown)
        update: dict[Any, Any] = {self.seen: now, self.timer: gr.Timer(active=bool(queue))}
        if seen.get("queue") != now["queue"]:
            update[self.queue] = shown
        if seen.get("history") != now["history"]:
            update[self.head] = _head(bool(rows or queue))
            update[self.history] = history_view(workspace, rows, page, pages)
        return update

    def one(self, seen: Seen, key: str) -> dict[Any, Any]:
        """One run as it looks now."""
        run = find_run(self.workspace, key)
        found = look(self.workspace, run)
        now: Seen = {"face": "run", "run": found.mark, "state": run.state}
        update: dict[Any, Any] = {self.seen: now, self.timer: gr.Timer(active=found.moves)}
        if seen.get("run") != found.mark:
            update |= drawn(self.workspace, found, self.detail)
        if not seen:
            update[self.detail.whole] = gr.Column(visible=True)
        return update

    def acted(self, seen: Seen, request: gr.Request, event: gr.EventData) -> dict[Any, Any]:
        """What a small button of the queue or of the history asks for."""
        verb, on = pressed(event)
        if verb in ("resume", "again"):
            run = self.workspace.run_by_id(on)
            do = self.workspace.resume if verb == "resume" else self.workspace.again
            new = do(run.name)
            return {self.go: f"/runs?run={new.id}"}
        act(self.workspace, verb, on)
        # Drawn anew in any case: the button that was pressed is greyed out.
        return self.listed({**seen, "queue": ""}, page_number(request))


def page(app: gr.Blocks, workspace: Workspace) -> None:
    """Lay out the page and wire it."""
    opening()
    with gr.Column(elem_id="content"):
        parts = _Page(workspace)
    outputs = parts.outputs

    @telling(parts.told)
    def opened(request: gr.Request) -> dict[Any, Any]:
        return parts.opened(request)

    # After any other error the clock stops: it would only say the same again.
    @telling(parts.told, quiet=True, failed={parts.timer: gr.update(active=False)})
    def ticked(seen: Seen, request: gr.Request) -> dict[Any, Any]:
        return parts.looked(seen, request)

    @telling(parts.told)
    def acted(seen: Seen, request: gr.Request, event: gr.EventData) -> dict[Any, Any]:
        return parts.acted(seen, request, event)

    app.load(opened, None, outputs, **QUIET)
    parts.timer.tick(ticked, parts.seen, outputs, **QUIET)
    for acting in (parts.queue, parts.history):
        acting.click(acted, parts.seen, [*outputs, parts.go], **QUIET)
    wire_actions(workspace, parts.detail, parts.told, parts.timer, parts.seen, parts.go)


def _head(any_runs: bool) -> str:
    head = heading("Runs", "What is being trained, what waits, and what was trained before.")
    if any_runs:
        return head
    return head + empty(
        "Your runs will be listed here, live and afterwards.", "/train", "Train a model"
    )


def _all(request: gr.Request, name: str) -> list[str]:
    """Every value that an address has of a name."""
    asked = request.query_params
    found = asked.getlist(name) if hasattr(asked, "getlist") else [query(request, name)]
    return [str(value)[:20] for value in found[:50] if value]


def _mark(html: str) -> str:
    return hashlib.sha256(html.encode("utf-8", "replace")).hexdigest()
