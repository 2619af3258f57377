"""`attune train` and `attune runs`: start runs, look at them, stop, resume and delete them."""

from __future__ import annotations

import dataclasses
import shlex
from typing import Annotated

import typer

from jobs import InputError, JobInfo, RunInfo, Workspace
from studio.cli import runs_told, show, wait
from studio.cli.options import (
    HomeOption,
    JsonOption,
    YesOption,
    open_workspace,
    settle,
    wants_json,
)
from studio.removal import run_goes

app = typer.Typer(help="List the runs, look at one, read its log.")
RunArgument = Annotated[str, typer.Argument(metavar="RUN", help="A run's name.")]


def register(root: typer.Typer) -> None:
    """Hang the commands that stand at the top level."""
    root.command()(train)
    root.command()(stop)
    root.command()(resume)
    root.command()(delete)


def train(
    context: typer.Context,
    data: Annotated[str, typer.Option(help="A dataset's name.")],
    method: Annotated[
        str, typer.Option(help="lora, qlora, prompt-tuning, prefix-tuning, p-tuning or full.")
    ] = "lora",
    model: Annotated[str, typer.Option(help="starter, a folder or a Hub id.")] = "starter",
    name: Annotated[str | None, typer.Option(help="What to call the run.")] = None,
    effort: Annotated[str, typer.Option(help="quick, standard or thorough.")] = "quick",
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="An option; may be repeated."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Start of all randomness.")] = 0,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Return at once.")] = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Queue a run and wait for it; Ctrl-C lets go and the run goes on."""
    settle(context, home, json)
    workspace = open_workspace(context)
    run = workspace.train(
        data, method, model=model, name=name, effort=effort, options=_pairs(set_ or []), seed=seed
    )
    if not wants_json(context):
        runs_told.foresee(run)
    _follow(context, workspace, run, no_wait)


@app.callback(invoke_without_command=True)
def runs(context: typer.Context, home: HomeOption = None, json: JsonOption = False) -> None:
    """List the runs, look at one, read its log."""
    settle(context, home, json)
    if context.invoked_subcommand is None:
        list_(context)


@app.command("list")
def list_(context: typer.Context, home: HomeOption = None, json: JsonOption = False) -> None:
    """List the runs, as “attune runs” alone does."""
    settle(context, home, json)
    runs = open_workspace(context).runs()
    if wants_json(context):
        show.document([runs_told.line(run) for run in runs])
    elif not runs:
        show.say("No runs yet. Start one with “attune train --data NAME”.")
    else:
        rows = [(r.name, r.state, r.method, r.model, r.dataset, runs_told.steps(r)) for r in runs]
        show.table(("name", "state", "method", "model", "data", "steps"), rows)


@app.command("show")
def show_(
    context: typer.Context, run: RunArgument, home: HomeOption = None, json: JsonOption = False
) -> None:
    """Show a run: what it is, how far it is, what it cost."""
    settle(context, home, json)
    workspace = open_workspace(context)
    runs_told.tell(context, workspace, run)


@app.command("inside")
def inside(
    context: typer.Context, run: RunArgument, home: HomeOption = None, json: JsonOption = False
) -> None:
    """Look inside a soft prompt: the nearest words of each virtual token, how far it moved."""
    settle(context, home, json)
    found = open_workspace(context).soft_prompt(run)
    if found is None:
        raise InputError(f"“{run}” has no soft prompt.", "Name a run of prompt tuning.")
    if wants_json(context):
        told = dataclasses.asdict(found)
        show.document({**told, "sentence": found.sentence, "warning": found.warning})
        return
    show.say(found.sentence)
    if found.warning:
        show.say(f"Warning: {found.warning}")
    rows = [
        (n, token.start, " ".join(f"{near.text} {near.cosine:.2f}" for near in token.nearest),
         f"{token.moved:.1f}", f"{token.kept:.2f}")
        for n, token in enumerate(found.tokens, 1)
    ]  # fmt: skip
    show.table(("token", "began as", "nearest words now", "moved", "alike to its start"), rows)


@app.command("log")
def log(
    context: typer.Context, run: RunArgument, home: HomeOption = None, json: JsonOption = False
) -> None:
    """Print a run's log."""
    settle(context, home, json)
    text = open_workspace(context).log(run)
    if wants_json(context):
        show.document({"name": run, "log": text})
    else:
        print(text)


def stop(
    context: typer.Context, run: RunArgument, home: HomeOption = None, json: JsonOption = False
) -> None:
    """Ask a run to stop; it keeps a checkpoint to resume from."""
    settle(context, home, json)
    workspace = open_workspace(context)
    workspace.stop(run)
    job = wait.until_ended(lambda: workspace.job(run), f"Stopping {run}")
    if job is not None and not wants_json(context):
        show.say(f"{run} is {job.state}.")
    elif wants_json(context):
        show.document(runs_told.line(workspace.run(run)))
    if job is None:
        raise typer.Exit(wait.LET_GO)


def resume(
    context: typer.Context,
    run: RunArgument,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Return at once.")] = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Go on with a run that was stopped, failed or was interrupted, from its last checkpoint."""
    settle(context, home, json)
    workspace = open_workspace(context)
    _follow(context, workspace, workspace.resume(run), no_wait)


def delete(
    context: typer.Context,
    run: RunArgument,
    yes: YesOption = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Delete a run and its folder; says first what goes, and asks on a terminal."""
    settle(context, home, json)
    workspace = open_workspace(context)
    found = workspace.run(run)
    goes = workspace.removal(found.name)  # one that cannot go is refused here, before any word
    if not wants_json(context):
        show.sure(run_goes(found, goes), ask=not yes)
    workspace.delete(found.name)
    if wants_json(context):
        named = [comparison.id for comparison in goes.comparisons]
        told = {"bytes": goes.bytes, "checkpoints": goes.checkpoints, "comparisons": named}
        show.document({"deleted": found.name, **told})
    else:
        show.say(f"{found.name} is deleted.")


def _pairs(settings: list[str]) -> dict[str, str]:
    pairs = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals or not key.strip():
            raise InputError(f"“{setting}” is no setting.", "Write --set KEY=VALUE.")
        pairs[key.strip()] = value.strip()
    return pairs


def _follow(context: typer.Context, workspace: Workspace, run: RunInfo, no_wait: bool) -> None:
    """Wait for a run unless told not to, tell how it stands, and exit 1 where it failed."""
    job: JobInfo | None = None
    if not no_wait:
        job = wait.until_ended(lambda: workspace.job(run.name), run.name, workspace.queue_paused)
    runs_told.tell(context, workspace, run.name)
    if job is not None and job.state == "done" and not wants_json(context):
        words = shlex.join(["attune", "compare", "--data", run.dataset, "base", run.name])
        show.say(f"See whether it helped: {words}")
    if job is None and not no_wait:
        raise typer.Exit(wait.LET_GO)
    if job is not None and job.state in ("failed", "interrupted"):
        raise typer.Exit(1)
