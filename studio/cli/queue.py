"""`attune queue`: what runs and what waits, in which order, and whether anything new begins."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from jobs import InputError, JobInfo, NotFound, Workspace
from studio.cli import show
from studio.cli.options import HomeOption, JsonOption, open_workspace, settle, wants_json

app = typer.Typer(help="Show the queue, change its order, pause it and go on.")
JobArgument = Annotated[int, typer.Argument(metavar="JOB", help="A job's number in the queue.")]
EndedOption = Annotated[
    bool, typer.Option("--ended", help="The jobs that ended early, newest first, instead.")
]


@app.callback(invoke_without_command=True)
def queue(
    context: typer.Context,
    ended: EndedOption = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Show the queue, change its order, pause it and go on."""
    settle(context, home, json)
    if context.invoked_subcommand is None:
        list_(context, ended)


@app.command("list")
def list_(
    context: typer.Context,
    ended: EndedOption = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Show the queue, as “attune queue” alone does."""
    settle(context, home, json)
    workspace = open_workspace(context)
    before = context.parent is not None and context.parent.params.get("ended", False)
    if ended or before:  # --ended may stand before the word “list” as well
        _tell_ended(context, workspace)
    else:
        _tell(context, workspace)


@app.command()
def pause(context: typer.Context, home: HomeOption = None, json: JsonOption = False) -> None:
    """Let nothing new begin; what runs goes on to its end."""
    settle(context, home, json)
    workspace = open_workspace(context)
    workspace.pause_queue()
    _tell(context, workspace)


@app.command("continue")
def go_on(context: typer.Context, home: HomeOption = None, json: JsonOption = False) -> None:
    """Let what waits begin again."""
    settle(context, home, json)
    workspace = open_workspace(context)
    workspace.continue_queue()
    _tell(context, workspace)


@app.command()
def resume(
    context: typer.Context,
    job: Annotated[
        int | None, typer.Argument(metavar="JOB", help="A job's number, as “--ended” lists it.")
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Go on with a job of any kind that was stopped, failed or was interrupted."""
    settle(context, home, json)
    if job is None:
        raise InputError(
            "Which job is to go on?",
            "Give its number (“attune queue --ended” lists them); “attune queue continue” lets a "
            "paused queue go on.",
        )
    workspace = open_workspace(context)
    workspace.resume_job(job)
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
    if stopped.state in ("running", "stopped"):
        words = f"“attune queue resume {job}” goes on with it later."
        show.err().print(words, markup=False)
    _tell(context, workspace)


def _tell(context: typer.Context, workspace: Workspace) -> None:
    jobs, paused = workspace.queue(), workspace.queue_paused()
    names = _names(workspace, jobs)
    if wants_json(context):
        show.document({"paused": paused, "jobs": [_line(job, names) for job in jobs]})
        return
    if not jobs:
        show.say("Nothing runs and nothing waits.")
    else:
        rows = [(j.id, j.kind, _subject(j, names), _state(j), _progress(j)) for j in jobs]
        show.table(("job", "kind", "of", "state", "progress"), rows)
    if paused:
        show.say("The queue is paused: nothing new begins until “attune queue continue”.")


def _tell_ended(context: typer.Context, workspace: Workspace) -> None:
    jobs = workspace.ended_early()
    names = _names(workspace, jobs)
    if wants_json(context):
        show.document({"jobs": [_line(job, names) for job in jobs]})
    elif not jobs:
        show.say("No job was stopped, failed or was interrupted.")
    else:
        rows = [(j.id, j.kind, _subject(j, names), j.state, _why(j)) for j in jobs]
        show.table(("job", "kind", "of", "state", "why"), rows)
        show.say("“attune queue resume JOB” goes on with one.")


def _names(workspace: Workspace, jobs: Sequence[JobInfo]) -> dict[int, str]:
    """The runs of these jobs by their number."""
    found = {}
    for number in {job.run_id for job in jobs if job.run_id is not None}:
        with contextlib.suppress(NotFound):  # deleted between two looks
            found[number] = workspace.run_by_id(number).name
    return found


def _why(job: JobInfo) -> str:
    return job.error["what"] if job.error else "–"


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
