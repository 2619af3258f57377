"""One run as HTML: how it stands, what it learnt, what it took."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from jobs import ComparisonInfo, JobInfo, RunInfo, Workspace, method_title, option_labels
from studio.parts.curve import loss_curve
from studio.parts.early import stopped_early
from studio.parts.frame import address, facts, heading, section
from studio.parts.lists import EFFORTS, model_title
from studio.parts.notices import error_notice, notice
from studio.parts.states import badge, progress
from studio.parts.text import clip, duration, esc, large, memory, number, percent, when
from studio.parts.thread import thread
from studio.parts.verdict import banner, sign


def run_head(run: RunInfo) -> str:
    """Its name, its state, and how it was made."""
    what = f"{method_title(run.method)} on {run.dataset}, {model_title(run.model)}"
    return (
        heading(run.name, back=("/runs", "All runs"))
        + f'<p class="under">{badge(run.state)}<span class="quiet">{esc(what)}</span></p>'
    )


def run_live(workspace: Workspace, run: RunInfo, comparison: ComparisonInfo | None) -> str:
    """What changes while it runs: progress, problem or verdict, warnings, the curve."""
    moving = run.state in ("queued", "running")
    job = workspace.job(run.name) if moving else None
    compares = comparison is not None and comparison.state in ("queued", "running")
    comparing = workspace.comparison_job(comparison.id) if comparison and compares else None
    parts = [thread(run, job, comparison, comparing)]
    if run.error:
        parts.append(error_notice(run.error))
    if job is not None:
        parts.append(f'<div class="card">{progress(job)}{_memory(workspace, run, job)}</div>')
    if run.state == "done":
        parts.append(_verdict(workspace, run, comparison))
    parts += [notice(w, kind="warning") for w in workspace.warnings(run.name)]
    best = run.result.get("best_step")
    curve = loss_curve(workspace.metrics(run.name), steps=run.steps, best=best, moving=moving)
    early = f"<p>{esc(said)}</p>" if (said := stopped_early(run)) else ""
    parts.append(
        section(
            "Loss",
            '<p class="quiet">How far off the model is. Training: on what it '
            f"learns from. Validation: on examples it does not learn from.</p>{early}{curve}",
        )
    )
    return f'<div class="stack">{"".join(parts)}</div>'


def _memory(workspace: Workspace, run: RunInfo, job: JobInfo) -> str:
    """What its process holds now, beside what was foreseen for its highest point."""
    held = workspace.memory(job) if run.device == "cpu" else None
    if held is None:
        return ""
    ahead = run.forecast.get("peak_memory")
    foreseen = f"; about {memory(float(ahead))} was foreseen at the highest" if ahead else ""
    return f'<p class="bar-text">It holds {memory(held)} of memory now{foreseen}.</p>'


def _verdict(workspace: Workspace, run: RunInfo, comparison: ComparisonInfo | None) -> str:
    use = (address("/use", {"run": run.id}), "Use it")
    if comparison is None:
        where = address("/compare", {"data": run.dataset, "run": run.id})
        return banner(
            "It is trained. Whether it helped, only a comparison can tell.",
            ways=((where, "Compare with the base"), use),
        )
    where = address("/compare", {"comparison": comparison.id})
    helped = workspace.helped(run.name) if comparison.state == "done" else None
    if helped is not None:
        kind = sign(helped.outcome)
        return banner(helped.sentence, kind, ways=((where, "See the prompts"), use))
    if comparison.error:
        return error_notice(comparison.error)
    if comparison.state in ("queued", "running"):
        job: JobInfo = workspace.comparison_job(comparison.id)
        return (
            '<div class="card"><p class="line"><strong>Comparing it with the base</strong>'
            f"{badge(job.state)}</p>{progress(job, label='Comparison')}</div>"
        )
    return banner(f"Its comparison was {comparison.state}.", ways=((where, "Look at it"), use))


def run_about(run: RunInfo, taken: int = 0) -> str:
    """What was decided before it began, and what it took."""
    result, now = run.result, time.time()
    rows = [
        ("Dataset", run.dataset),
        ("Base model", model_title(run.model)),
        ("Method", method_title(run.method)),
        ("Effort", EFFORTS.get(run.effort, run.effort)),
        ("Seed", str(run.seed)),
        ("Started", when(run.created, now)),
    ]
    if taken:
        rows.append(("On the disk", memory(taken)))
    if result:
        share = result["trainable_parameters"] / max(1, result["total_parameters"])
        rows += [
            ("Took" if run.state == "done" else "Took so far", _took(run)),
            (
                "Memory, highest",
                _against(memory(result["peak_memory"]), run.forecast.get("peak_memory"), memory),
            ),
            ("Weights that learnt", f"{large(result['trainable_parameters'])}, {percent(share)}"),
            _steps(run),
        ]
    labels = option_labels(run.method)
    options = facts(
        (labels.get(name, name), clip(number(value), 80)) for name, value in run.options.items()
    )
    return section("About this run", facts(rows)) + (
        f'<details class="more"><summary>All options</summary>{options}</details>'
    )


def _steps(run: RunInfo) -> tuple[str, str]:
    best, steps = run.result["best_step"], run.result["steps"]
    if run.early:
        return "Steps", f"{run.result['step']} of {steps}, stopped early; best at {best}"
    return "Best step", f"{best} of {steps}"


def _took(run: RunInfo) -> str:
    """A forecast is of a whole run."""
    ahead = run.forecast.get("seconds") if run.state == "done" else None
    return _against(duration(run.result["seconds"]), ahead, duration)


def _against(real: str, told: Any, say: Callable[[float], str]) -> str:
    return f"{real} (forecast {say(float(told))})" if told else real
