"""The first page: one question, one button; then what is running and what finished last."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import gradio as gr

from jobs import ComparisonInfo, Forecast, JobInfo, Workspace
from studio.pages.common import QUIET, mover, notice_panel, opening, panel, telling
from studio.pages.subjects import is_there, subject
from studio.parts.frame import heading, link, section
from studio.parts.lists import run_rows
from studio.parts.states import badge, progress
from studio.parts.text import duration, esc, several
from studio.parts.verdict import banner, sign

FINISHED = 5  # runs under “Finished last”
PATIENCE = 30  # looks, two seconds apart, at whether this machine was measured
LOOKED_AT = 20  # comparisons among which the last verdict is sought


class _Seen(NamedTuple):
    """What an open page shows, and how often it has looked."""

    html: str = ""
    told: str = ""  # how long the sample takes
    waited: int = 0
    failed: bool = False  # the last look: what it told is taken back once one succeeds


def page(app: gr.Blocks, workspace: Workspace) -> None:
    """Lay out the page and wire it."""
    opening()
    with gr.Column(elem_id="content", elem_classes="hero"):
        panel(
            heading(
                "What should your model learn?",
                "Bring examples of what you ask and what you wish it had answered. Attune tunes a "
                "language model on them, here on this machine, and shows you prompt by prompt "
                "whether it got better.",
            )
        )
        with gr.Row(elem_classes="actions"):
            press = gr.Button("Try it with the sample", variant="primary", scale=0, min_width=240)
            panel('<a class="button" href="/data">Use my own examples</a>')
        panel(_sample(workspace) + _steps())
        takes = panel(_takes(None), id="takes")
        notice = notice_panel()
    now = panel(id="now")
    go, timer, seen = mover(), gr.Timer(2.0, active=False), gr.State(_Seen())

    @telling(notice)
    def begin() -> dict[Any, Any]:
        return {go: f"/runs?run={workspace.try_sample().id}"}

    again = {timer: gr.update(active=True), seen: _Seen(failed=True)}

    @telling(notice, quiet=True, failed=again)
    def look(before: _Seen) -> dict[Any, Any]:
        html, moves = _now(workspace)
        cost = None if before.told else workspace.sample_forecast()
        told = before.told or (_takes(cost) if cost else "")
        waits = not told and before.waited < PATIENCE
        update = {now: html} if html != before.html else {}
        if told != before.told:
            update[takes] = told
        if before.failed:
            update[notice] = ""
        after = _Seen(html, told, before.waited + 1)
        return {**update, seen: after, timer: gr.Timer(active=moves or waits)}

    press.click(begin, None, [notice, go], **QUIET)
    looked = [notice, now, takes, seen, timer]
    app.load(look, seen, looked, **QUIET)
    timer.tick(look, seen, looked, **QUIET)


def _sample(workspace: Workspace) -> str:
    """How large the sample is and what it is about, in two sentences."""
    sample = workspace.samples()[0]
    held = several(sample.rows, "example")
    return f'<p class="about"><strong>The sample has {held}.</strong> {esc(sample.what)}</p>'


def _steps() -> str:
    steps = (
        ("Train", "A small practice model reads the sample’s examples a few times over."),
        ("Answer", "Before and after, it answers the same prompts that it was not trained on."),
        ("Judge", "One sentence says whether it got better, and how sure that is."),
    )
    items = "".join(f"<li><strong>{a}</strong><span>{b}</span></li>" for a, b in steps)
    return f'<ol class="steps" aria-label="What the sample does">{items}</ol>'


def _takes(cost: Forecast | None) -> str:
    """How long the sample takes here; before that was measured, no figure."""
    if cost is None:
        said = "How long that takes depends on this machine."
    else:
        said = f"Here training takes about {duration(cost.seconds)}; the answers come after it."
    return f'<p class="quiet">{said} Nothing leaves this machine.</p>'


def _now(workspace: Workspace) -> tuple[str, bool]:
    """What is running and what finished last, and whether anything moves."""
    queue, ended = workspace.queue(), workspace.runs(FINISHED, ended=True)
    parts = []
    if queue:
        items = "".join(_moving(workspace, job) for job in _running_first(queue)[:4])
        parts.append(section("Running now", f'<ul class="plain moving">{items}</ul>'))
    verdict = _last_verdict(workspace)
    if verdict is not None:
        parts.append(
            section(
                "Last verdict",
                banner(
                    verdict.verdict,
                    sign(verdict.outcome),
                    ways=((f"/compare?comparison={verdict.id}", "See the prompts"),),
                ),
            )
        )
    if ended:
        more = f"<p>{link('/runs', 'All runs')}</p>" if workspace.count_runs() > len(ended) else ""
        parts.append(section("Finished last", run_rows(ended, time.time()) + more))
    return "".join(parts), bool(queue)


def _moving(workspace: Workspace, job: JobInfo) -> str:
    return (
        f'<li class="card"><p class="line"><strong>{subject(workspace, job)}</strong>'
        f"{badge(job.state)}</p>{progress(job)}</li>"
    )


def _last_verdict(workspace: Workspace) -> ComparisonInfo | None:
    """The newest verdict on runs that are still there."""
    for comparison in workspace.comparisons(LOOKED_AT):
        if comparison.verdict and all(is_there(workspace, name) for name in comparison.variants):
            return comparison
    return None


def _running_first(queue: Sequence[JobInfo]) -> list[JobInfo]:
    return sorted(queue, key=lambda job: job.state != "running")
