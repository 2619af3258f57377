"""What the commands of `attune runs` say of a run."""

from __future__ import annotations

import shlex
from typing import Any

import typer

from jobs import AttuneError, RunInfo, Workspace
from studio.cli import show
from studio.cli.options import wants_json
from studio.parts.early import stopped_early

CURVE = ("step", "loss", "validation_loss", "learning_rate", "seconds")


def document(workspace: Workspace, name: str) -> dict[str, Any]:
    """A run as one JSON document."""
    run = workspace.run(name)
    metrics = [{key: point.get(key) for key in CURVE} for point in workspace.metrics(name)]
    ended = [m["seconds"] for m in metrics if m["seconds"] is not None]
    return {
        **line(run),
        "options": dict(run.options),
        "seed": run.seed,
        "seconds": run.result.get("seconds", ended[-1] if ended else None),
        "trainable_parameters": _either(run, "trainable_parameters"),
        "total_parameters": _either(run, "total_parameters"),
        "peak_memory_bytes": run.result.get("peak_memory"),
        "metrics": metrics,
        "warnings": workspace.warnings(name),
        "forgotten": workspace.forgotten(name) or None,
        "soft_prompt": _soft_prompt(workspace, name),
        "folder": str(run.folder),
    }


def _soft_prompt(workspace: Workspace, name: str) -> str | None:
    """What lies inside a soft prompt, in a sentence; None where there is none to look into."""
    try:
        found = workspace.soft_prompt(name)
    except AttuneError:  # not trained yet, or its file is gone: `attune runs inside` tells which
        return None
    return None if found is None else found.sentence


def line(run: RunInfo) -> dict[str, Any]:
    """A run as one of a list, for `--json`."""
    return {
        "name": run.name,
        "state": run.state,
        "method": run.method,
        "model": run.model,
        "data": run.dataset,
        "step": run.step,
        "steps": run.steps,
        "stopped_early": run.early,
        "error": dict(run.error) if run.error else None,
    }


def _either(run: RunInfo, key: str) -> Any:
    """What was measured, or before that what was foreseen."""
    return run.result.get(key, run.forecast.get(key))


def steps(run: RunInfo) -> str:
    """How far it is, as a table has it."""
    early = ", stopped early" if run.early else ""
    return f"{run.step} of {run.steps}{early}" if run.steps else "–"


def foresee(run: RunInfo) -> None:
    """What it will take, where the machine has been probed, and what does not fit."""
    seconds, peak = run.forecast.get("seconds"), run.forecast.get("peak_memory")
    if seconds is not None and peak is not None:
        show.say(f"Foreseen for {run.name}: {show.duration(seconds)}, {show.size(peak)} of memory.")
    for problem in run.forecast.get("problems", ()):
        show.say(problem)


def tell(context: typer.Context, workspace: Workspace, name: str) -> None:
    """How a run stands, in sentences or as one document."""
    if wants_json(context):
        show.document(document(workspace, name))
        return
    run, told = workspace.run(name), document(workspace, name)
    show.say(f"{run.name} is {run.state}: {run.method} on {run.model}, data {run.dataset}.")
    if run.steps:
        spent = f", {show.duration(told['seconds'])}" if told["seconds"] is not None else ""
        show.say(f"Step {run.step} of {run.steps}{spent}.")
    if run.early:
        show.say(stopped_early(run))
    if told["trainable_parameters"] and told["total_parameters"]:
        trained = show.count(told["trainable_parameters"])
        show.say(f"It trains {trained} of {show.count(told['total_parameters'])} weights.")
    loss = run.result.get("validation_loss")
    if loss is not None:
        show.say(f"Loss on the validation examples {loss:.3f} at step {run.result['best_step']}.")
    if told["peak_memory_bytes"]:
        show.say(f"Memory at its peak {show.size(told['peak_memory_bytes'])}.")
    if told["forgotten"]:
        show.say(told["forgotten"])
    elif run.state == "done":
        show.say(f"What it forgot: attune forget {shlex.quote(run.name)}")
    if told["soft_prompt"]:
        show.say(f"{told['soft_prompt']} More: attune runs inside {shlex.quote(run.name)}")
    for sentence in told["warnings"]:
        show.say(f"Warning: {sentence}")
    if run.error:
        show.say(f"{run.error['what']} {run.error['cure']}".strip())
