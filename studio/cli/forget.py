"""`attune forget`: what a run lost of what its base could do."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jobs import Forgotten, InputError, TaskChange, Workspace
from studio.cli import files, show, wait
from studio.cli.options import HomeOption, JsonOption, open_workspace, settle, wants_json
from studio.forgotten import FORMATS, document, written
from studio.parts.forgetting import with_ends

WORDS = {"worse": "worse", "better": "better", "same": "no difference seen", "unclear": "too few"}


def register(root: typer.Typer) -> None:
    """Hang the command that stands at the top level."""
    root.command()(forget)


def forget(
    context: typer.Context,
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run's name.")],
    data: Annotated[
        str | None,
        typer.Option(help="Ask the test prompts of this dataset instead of general ones."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(help="Ask at most so many, of each task as many.")
    ] = None,
    to: Annotated[
        Path | None, typer.Option(help="Write it to this .csv or .json file as well.")
    ] = None,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Return at once.")] = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Ask a run and its base what the run never learnt, and say what it forgot."""
    settle(context, home, json)
    _check_file(to)
    workspace = open_workspace(context)
    job = workspace.forget(run, data=data, limit=limit)
    if no_wait:
        told = {"job": job.id, "state": job.state}
        show.document(told) if wants_json(context) else show.say(f"Job {job.id} is {job.state}.")
        return
    ended = wait.until_ended(
        lambda: workspace.job_by_id(job.id), "Looking for what it forgot", workspace.queue_paused
    )
    if ended is None:
        raise typer.Exit(wait.LET_GO)
    if ended.state != "done":
        error = ended.error or {"what": f"This is {ended.state}.", "cure": "Ask again to go on."}
        show.err().print(f"{error['what']} {error['cure']}", markup=False)
        raise typer.Exit(1)
    found = _found(workspace, run, job.id)
    if to is not None:
        files.write(to, written(to.suffix.lstrip(".").lower(), found))
    show.document(document(found)) if wants_json(context) else _tell(found)
    if to is not None:
        files.tell("What it forgot", to, wants_json(context))


def _check_file(to: Path | None) -> None:
    """Before an hour of answering, not after it."""
    if to is not None and to.suffix.lstrip(".").lower() not in FORMATS:
        raise InputError(f"“{to.name}” is neither a .csv nor a .json file.", "Name one of these.")
    if to is not None and not to.absolute().parent.is_dir():
        raise InputError(f"There is no folder “{to.parent}”.", "Make it, or name another.")


def _found(workspace: Workspace, run: str, job_id: int) -> Forgotten:
    found = next((f.found for f in workspace.forgettings(run) if f.job.id == job_id), None)
    assert found is not None  # a job that says done has written it
    return found


def _tell(found: Forgotten) -> None:
    show.say(f"\n{found.sentence}\n")
    rows = [_row(task) for task in (*found.tasks, found.whole)]
    metric = found.whole.score.metric
    show.table(("task", "prompts", metric, "difference", "surprise", "difference", ""), rows)
    for note in found.result.notes:
        show.say(note)
    for example in found.worst(2):
        show.say(f"\nprompt     {show.brief(example.prompt)}")
        show.say(f"reference  {show.brief(example.references[0])}")
        for variant in (found.base, found.run):
            show.say(f"{variant}  {show.brief(example.completions[variant].text)}")


def _row(change: TaskChange) -> list[object]:
    cells: list[object] = [change.task or "all", change.prompts]
    for d in (change.score, change.surprise):
        if d.delta is None or d.a_mean is None or d.b_mean is None:
            cells += ["unscored", ""]
            continue
        cells.append(f"{d.b_mean:.2f} → {d.a_mean:.2f}")
        cells.append(with_ends(d))
    return [*cells, WORDS[change.outcome]]
