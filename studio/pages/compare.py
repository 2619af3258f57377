"""The compare page: choose variants, read the sentence, look at the prompts one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from jobs import AttuneError, ComparisonInfo, RunInfo, Workspace
from studio.pages.common import (
    QUIET,
    find_comparison,
    followed,
    mover,
    notice_panel,
    opening,
    panel,
    query,
    soft_panel,
    telling,
)
from studio.pages.compare_form import form_parts, opened_form, wire_form
from studio.pages.compared import View, prompts, scores, top
from studio.pages.forgetting_here import Here, draw_here, here, wire_here
from studio.pages.history_view import EARLY
from studio.pages.subjects import is_there
from studio.pages.talk import Asked, Talk, before, talk, wire_talk
from studio.parts.colours import is_base
from studio.parts.notices import error_notice
from studio.parts.votes import tallies


@dataclass(frozen=True)
class _Detail:
    """One comparison, under way or finished."""

    whole: gr.Column
    top: gr.HTML
    finished: gr.Column
    scores: gr.HTML
    prompts: gr.HTML
    forgotten: Here
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
            *self.forgotten.drawn,
            self.talk.before,
            self.who,
            self.timer,
        ]


def page(app: gr.Blocks, workspace: Workspace) -> None:
    """Lay out the page and wire it."""
    opening()
    with gr.Column(elem_id="content"):
        notice = notice_panel()
        form, detail = form_parts(), _detail()
    go = mover()

    @telling(notice)
    def opened(request: gr.Request) -> dict[Any, Any]:
        key = query(request, "comparison")
        if not key:
            return opened_form(workspace, form, request)
        info = find_comparison(workspace, key)
        return _drawn(workspace, info, detail, View.of(dict(request.query_params)))

    @telling(notice, quiet=True)
    def ticked(request: gr.Request) -> dict[Any, Any]:
        info = find_comparison(workspace, query(request, "comparison"))
        return _drawn(workspace, info, detail, View.of(dict(request.query_params)))

    asked = [form.whole, form.fields, form.data, form.find, form.variants, form.listed]
    app.load(opened, None, [notice, *asked, *detail.drawn], **QUIET)
    detail.timer.tick(ticked, None, [notice, *detail.drawn], **QUIET)
    wire_form(workspace, form, notice, go)
    _wire_detail(workspace, detail, notice, go)


def _detail() -> _Detail:
    with gr.Column(visible=False) as all_of_it:
        sentence = panel(id="verdict")
        with gr.Column(visible=False) as finished:
            figures = panel(id="scores")
            panel("<h2>Ask them something of your own</h2>", id="ask")
            box = talk(
                "Ask every variant",
                "Every variant, the base and each run, answers; that stays out of the scores.",
            )
            rows = soft_panel("prompts")
            forgotten = here()
    return _Detail(
        all_of_it,
        sentence,
        finished,
        figures,
        rows,
        forgotten,
        box,
        gr.State(((), "", None)),
        gr.Timer(1.0, active=False),
    )


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
    wire_here(workspace, detail.forgotten, notice)
    wire_talk(workspace, detail.talk, notice, detail.who, lambda who: Asked(*who))


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
    shown[detail.top] = top(info, job, result, _early(workspace, info) if info.error else ())
    if result is None:
        return shown
    votes = workspace.votes(info.id)
    return {
        **shown,
        detail.finished: gr.Column(visible=True),
        detail.scores: scores(result) + (tallies(votes) if votes else ""),
        detail.prompts: prompts(info, result, view),
        **draw_here(workspace, detail.forgotten, info),
        detail.talk.before: before(workspace),
        detail.who: (info.variants, info.model, _data(workspace, info)),
    }


def _data(workspace: Workspace, info: ComparisonInfo) -> str:
    """The version of the data that was compared on, as a name."""
    return workspace.dataset_by_id(info.dataset_id).spec


def _early(workspace: Workspace, info: ComparisonInfo) -> list[RunInfo]:
    """Those of its runs that ended before they were done, and are still there."""
    names = [name for name in info.variants if not is_base(name) and is_there(workspace, name)]
    return [run for run in map(workspace.run, names) if run.state in EARLY]
