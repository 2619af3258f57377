"""`attune queue`: what runs and what waits, in which order, and whether anything new begins."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from jobs import JobInfo, Workspace
from studio.cli import show
from studio.cli.options import HomeOption, JsonOption, open_workspace, settle, wants_json

app = typer.Typer(help="Show the queue, change its order, pause it and go on.")
JobArgument = Annotated[int, typer.Argument(metavar="JOB", help="A job's number in the queue.")]


@app.callback(invoke_without_command=True)
def list_(context: typer.Context, home: HomeOption = None, json: JsonOption = False) -> None:
    """Show the queue, change its order, pause it and go on."""
    settle(context, home, json)
    if context.invoked_subcommand is None:
        _tell(context, open_workspace(context))


@app.command()
def pause(context: typer.Context, home: HomeOption = None, json: JsonOption = False) -> None:
    """Let nothing new begin; what runs goes on to its end."""
    settle(context, home, json)
    workspace = open_workspace(context)
    workspace.pause_queue()
    _tell(context, workspace)


@app.command("resume")
def resume(context: typer.Context, home: HomeOption = None, json: JsonOption = False) -> None:
    """Let what waits begin again."""
    settle(context, home, json)
    workspace = open_workspace(context)
    workspace.continue_queue()
    _tell(context, workspace)


@app.command()
def move(
    context: typer.Context,
    job: JobArgument,
    to: Annotated[str, typer.Argument(metavar="first|up|down|last", help="Where to.")],
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Change the place of a job that waits."""
    settle(context, home, json)
    workspace = open_workspace(context)
    workspace.move_job(job, to)  # type: ignore[arg-type]  # the verb refuses any other word
    _tell(context, workspace)


@app.command()
def stop(
    context: typer.Context, job: JobArgument, home: HomeOption = None, json: JsonOption = False
) -> None:
    """Stop a job of any kind: a run keeps a checkpoint, a comparison what was answered."""
    settle(context, home, json)
    workspace = open_workspace(context)
    stopped = workspace.stop_job(job)
    if stopped.state != "running":
        show.err().print(f"Job {job} is {stopped.state}.", markup=False)
    _tell(context, workspace)


def _tell(context: typer.Context, workspace: Workspace) -> None:
    jobs, paused = workspace.queue(), workspace.queue_paused()
    names = {run.id: run.name for run in workspace.runs()}
    if wants_json(context):
        show.document({"paused": paused, "jobs": [_line(job, names) for job in jobs]})
        return
    if not jobs:
        show.say("Nothing runs and nothing waits.")
    else:
        rows = [(j.id, j.kind, _subject(j, names), _state(j), _progress(j)) for j in jobs]
        show.table(("job", "kind", "of", "state", "progress"), rows)
    if paused:
        show.say("The queue is paused: nothing new begins until “attune queue resume”.")


def _line(job: JobInfo, names: dict[int, str]) -> dict[str, Any]:
    return {
        "job": job.id,
        "kind": job.kind,
        "run": names.get(job.run_id) if job.run_id is not None else None,
        "comparison": job.comparison_id,
        "state": job.state,
        "stop_requested": job.stop_requested,
        "phase": job.phase,
        "done": job.done,
        "total": job.total,
        "seconds_left": job.seconds_left,
    }


def _subject(job: JobInfo, names: dict[int, str]) -> str:
    if job.run_id is not None:
        return names.get(job.run_id, f"run {job.run_id}")
    return f"comparison {job.comparison_id}" if job.comparison_id is not None else "–"


def _state(job: JobInfo) -> str:
    return "stopping" if job.stop_requested else job.state


def _progress(job: JobInfo) -> str:
    count = f" {job.done} of {job.total}" if job.total else ""
    return f"{job.phase}{count}".strip() or "–"
