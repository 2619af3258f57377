"""What was trained before: a row a run, with what it takes and what can be done with it."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence

from jobs import RunInfo, Workspace, method_title
from studio.pages.queue_view import act_button
from studio.parts.frame import link, pager, section
from studio.parts.lists import unbroken
from studio.parts.states import badge
from studio.parts.text import duration, esc, memory, when

PER_PAGE = 25
EARLY = ("stopped", "failed", "interrupted")


def history_rows(workspace: Workspace, page: int) -> tuple[list[RunInfo], int, int]:
    """The runs of a page of the history, that page's number, and how many pages there are."""
    pages = max(1, -(-workspace.count_runs(ended=True) // PER_PAGE))
    page = min(page, pages)
    return workspace.runs(PER_PAGE, (page - 1) * PER_PAGE, ended=True), page, pages


def history_mark(rows: Sequence[RunInfo], pages: int) -> str:
    """Tells whether the history has to be drawn anew; sizes are read from the disk only then."""
    told = [pages, [(row.id, row.state, row.step) for row in rows]]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def history_view(workspace: Workspace, rows: Sequence[RunInfo], page: int, pages: int) -> str:
    """The rows as a form: those that are ticked can be laid over one another."""
    if not rows:
        return ""
    now = time.time()
    items = "".join(_row(run, workspace.taken(run), now) for run in rows)
    several = (
        '<p class="small-actions"><button type="submit" class="small">Lay the ticked curves over '
        "one another</button></p>"
        if len(rows) > 1
        else ""
    )
    return section(
        "History",
        f'<form action="/runs" method="get"><ul class="rows history">{items}</ul>{several}</form>'
        + pager("/runs", {}, page, pages),
    )


def _row(run: RunInfo, taken: int, now: float) -> str:
    seconds = run.result.get("seconds")
    parts = [duration(float(seconds))] if seconds else []
    parts += [memory(taken)] if taken else []
    parts.append(when(run.created, now))
    again = act_button("resume", run.id, "Resume", run.name) if run.state in EARLY else ""
    again += act_button("again", run.id, "Train again", run.name)
    return (
        f'<li><label class="tick"><input type="checkbox" name="curves" value="{run.id}" '
        f'aria-label="{esc(f"Curve of {run.name}")}"></label>'
        f'<span class="who">{link("/runs", run.name, run=run.id)}</span>{badge(run.state)}'
        f'<span class="what">{esc(method_title(run.method))} on {esc(run.dataset)}</span>'
        f'<span class="when">{unbroken(*parts)}</span>'
        f'<span class="small-actions">{again}</span></li>'
    )
