"""The runs page: queue and history; one run, live, with what can be done to it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from jobs import AttuneError, JobInfo, RunInfo, Workspace
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
from studio.pages.run_view import run_about, run_head, run_live
from studio.parts.frame import address, heading, link, pager, section
from studio.parts.lists import run_rows
from studio.parts.notices import empty, error_notice
from studio.parts.states import badge, progress
from studio.parts.text import esc

PER_PAGE = 25
LOG_END = 20_000  # characters; the file itself stays whole


@dataclass(frozen=True)
class _Detail:
    """One run: what is drawn anew as it moves, and the buttons that its state allows."""

    whole: gr.Column
    head: gr.HTML
    live: gr.HTML
    after: gr.HTML
    stop: gr.Button
    resume: gr.Button
    remove: gr.Button
    sure: gr.Row
    yes: gr.Button
    no: gr.Button
    clone: gr.HTML
    fold: gr.Accordion
    log: gr.HTML

    @property
    def drawn(self) -> list[Any]:
        return [
            self.head,
            self.live,
            self.after,
            self.stop,
            self.resume,
            self.remove,
            self.clone,
            self.log,
        ]


def page(app: gr.Blocks, workspace: Workspace) -> None:
    """Lay out the page and wire it."""
    opening()
    with gr.Column(elem_id="content"):
        told = notice_panel()
        listed = panel(id="runs")
        detail = _detail()
    timer, seen, go = gr.Timer(1.0, active=False), gr.State(""), mover()

    @telling(told)
    def opened(request: gr.Request) -> dict[Any, Any]:
        key = query(request, "run")
        if not key:
            text, moves = _list(workspace, page_number(request))
            return {listed: text, seen: _mark(text), timer: gr.Timer(active=moves)}
        html = _drawn(workspace, find_run(workspace, key), detail)
        return {
            detail.whole: gr.Column(visible=True),
            **html.updates,
            seen: html.mark,
            timer: gr.Timer(active=html.moves),
        }

    def ticked(before: str, request: gr.Request) -> dict[Any, Any]:
        try:
            key = query(request, "run")
            if not key:
                text, moves = _list(workspace, page_number(request))
                mark = _mark(text)
                update = {listed: text} if mark != before else {}
                return {seen: mark, timer: gr.Timer(active=moves), **update}
            html = _drawn(workspace, find_run(workspace, key), detail)
        except AttuneError as error:
            return {told: error_notice(error), timer: gr.Timer(active=False)}
        update = html.updates if html.mark != before else {}
        return {seen: html.mark, timer: gr.Timer(active=html.moves), **update}

    outputs = [told, listed, detail.whole, *detail.drawn, seen, timer]
    app.load(opened, None, outputs, **QUIET)
    timer.tick(ticked, seen, outputs, **QUIET)
    _wire_actions(workspace, detail, told, timer, seen, go)


def _detail() -> _Detail:
    with gr.Column(visible=False) as whole:
        head, live = panel(id="run"), panel(id="live")
        with gr.Row(elem_classes="actions"):
            stop = gr.Button("Stop", visible=False, scale=0)
            resume = gr.Button("Resume", variant="primary", visible=False, scale=0)
            clone = panel()
            remove = gr.Button("Delete…", visible=False, scale=0)
        with gr.Row(visible=False, elem_classes="actions") as sure:
            panel("<p>This removes the run with its adapter, its checkpoints and its curves.</p>")
            yes = gr.Button("Delete for good", variant="stop", scale=0)
            no = gr.Button("Keep it", scale=0)
        after = panel(id="about")
        with gr.Accordion("Log", open=False, elem_classes="fold") as fold:
            log = panel(id="log")
    return _Detail(whole, head, live, after, stop, resume, remove, sure, yes, no, clone, fold, log)


def _wire_actions(
    workspace: Workspace,
    detail: _Detail,
    told: gr.HTML,
    timer: gr.Timer,
    seen: gr.State,
    go: gr.HTML,
) -> None:
    def acting(verb: Callable[[str], Any]) -> Callable[..., Any]:
        @telling(told)
        def act(request: gr.Request) -> dict[Any, Any]:
            verb(find_run(workspace, query(request, "run")).name)
            html = _drawn(workspace, find_run(workspace, query(request, "run")), detail)
            return {**html.updates, seen: html.mark, timer: gr.Timer(active=True)}

        return act

    outputs = [told, *detail.drawn, seen, timer]
    detail.stop.click(acting(workspace.stop), None, outputs, **QUIET)
    detail.resume.click(acting(workspace.resume), None, outputs, **QUIET)

    @telling(told)
    def removed(request: gr.Request) -> dict[Any, Any]:
        workspace.delete(find_run(workspace, query(request, "run")).name)
        return {go: "/runs"}

    detail.remove.click(lambda: gr.Row(visible=True), None, detail.sure, **QUIET)
    detail.no.click(lambda: gr.Row(visible=False), None, detail.sure, **QUIET)
    detail.yes.click(removed, None, [told, go], **QUIET)


@dataclass(frozen=True)
class _Drawn:
    """A run as it looks now; `mark` tells whether that differs from before."""

    updates: dict[Any, Any]
    mark: str
    moves: bool


def _drawn(workspace: Workspace, run: RunInfo, detail: _Detail) -> _Drawn:
    comparison = workspace.comparison_of(run.name)
    compares = comparison is not None and comparison.state in ("queued", "running")
    moving = run.state in ("queued", "running")
    head, live = run_head(run), run_live(workspace, run, comparison)
    log = f"<pre>{esc(workspace.log(run.name)[-LOG_END:]) or 'Nothing yet.'}</pre>"
    clone = address("/train", {"clone": run.id})
    updates = {
        detail.head: head,
        detail.live: live,
        detail.after: run_about(run),
        detail.log: log,
        detail.stop: gr.Button(visible=moving),
        detail.resume: gr.Button(visible=run.state in ("stopped", "failed", "interrupted")),
        detail.remove: gr.Button(visible=not moving),
        detail.clone: f'<a class="button" href="{esc(clone)}">Train another like this</a>',
    }
    return _Drawn(updates, _mark(head + live + log), moving or compares)


def _mark(html: str) -> str:
    return hashlib.sha256(html.encode("utf-8", "replace")).hexdigest()


def _list(workspace: Workspace, page: int) -> tuple[str, bool]:
    """Queue and history, and whether anything in them moves."""
    runs, queue, now = workspace.runs(), workspace.queue(), time.time()
    head = heading("Runs", "What is being trained, what waits, and what was trained before.")
    if not runs:
        return head + empty(
            "Your runs will be listed here, live and afterwards.", "/train", "Train a model"
        ), bool(queue)
    names = {r.id: r for r in runs}
    waiting = "".join(
        f'<li class="card"><p class="line"><strong>{_subject(j, names)}</strong>{badge(j.state)}'
        f"</p>{progress(j)}</li>"
        for j in queue
    )
    parts = [section("Queue", f'<ol class="plain moving">{waiting}</ol>')] if queue else []
    ended = [r for r in runs if r.state not in ("queued", "running")]
    pages = max(1, -(-len(ended) // PER_PAGE))
    page = min(page, pages)
    rows = run_rows(ended[(page - 1) * PER_PAGE : page * PER_PAGE], now)
    if ended:
        parts.append(section("History", rows + pager("/runs", {}, page, pages)))
    return head + "".join(parts), bool(queue)


def _subject(job: JobInfo, runs: dict[int, RunInfo]) -> str:
    if job.run_id in runs and job.run_id is not None:
        return link("/runs", runs[job.run_id].name, run=job.run_id)
    if job.comparison_id is not None:
        return link("/compare", f"Comparison {job.comparison_id}", comparison=job.comparison_id)
    return "An answer to a prompt" if job.kind == "ask" else esc(job.kind.capitalize())
