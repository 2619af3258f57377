"""`attune demo`: the main job from beginning to end, on the sample, with the starter model."""

from __future__ import annotations

import json as json_module
from typing import Annotated

import typer

from jobs import RunInfo, Workspace, to_json
from studio.cli import answer, password, show, wait
from studio.cli.options import (
    HomeOption,
    JsonOption,
    address_to,
    open_workspace,
    settle,
    wants_json,
)

METHODS = ("lora", "prompt-tuning")


def register(root: typer.Typer) -> None:
    """Hang the command at the top level."""
    root.command()(demo)


def demo(
    context: typer.Context,
    no_ui: Annotated[bool, typer.Option("--no-ui", help="Do not open the studio after.")] = False,
    host: Annotated[str, typer.Option(help="Address of the studio.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port of the studio.", min=1, max=65535)] = 7860,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Open no browser.")] = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Train LoRA and prompt tuning on the sample, compare them with the base, open the studio."""
    settle(context, home, json)
    password.from_environment(context)
    workspace = open_workspace(context)
    sample = workspace.samples()[0]
    dataset = workspace.add_sample(sample.name)
    if not wants_json(context):
        counts = dataset.counts
        show.say(f"{sample.title}: {sample.what}")
        show.say(
            f"{counts['train']:,} examples to train on, {counts['test']:,} prompts to test on."
        )
    runs = [_finished(workspace, dataset.name, method) for method in METHODS]
    comparison = workspace.compare(dataset.name, ["base", *(run.name for run in runs)])
    result = answer.finish(workspace, comparison)
    if result is not None and wants_json(context):
        show.document(to_json(result, comparison.id))
    elif result is not None:
        answer.tell(comparison.id, result)
    if not no_ui:
        from studio.address import Address
        from studio.server import serve

        say = address_to(context)
        serve(workspace, Address(host, port), open_browser=not no_browser, say=say)


def _finished(workspace: Workspace, data: str, method: str) -> RunInfo:
    """A finished quick run of a method: the one an earlier demo made, or a new one."""
    wanted = workspace.dataset(data).id
    usual = json_module.loads(json_module.dumps(workspace.defaults(data, method)))  # as stored
    for run in workspace.runs():
        asked_for = (run.dataset_id, run.method, run.model, run.seed, run.options)
        made_so = asked_for == (wanted, method, "starter", 0, usual)
        if made_so and run.state in ("queued", "running", "done"):
            break
    else:
        run = workspace.train(data, method)
    job = wait.until_ended(lambda: workspace.job(run.name), run.name, workspace.queue_paused)
    if job is None:
        raise typer.Exit(wait.LET_GO)
    if job.state != "done":
        error = job.error or {"what": f"{run.name} is {job.state}.", "cure": "Try again."}
        show.problem(error)
        raise typer.Exit(1)
    return workspace.run(run.name)
