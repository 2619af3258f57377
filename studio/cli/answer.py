"""`attune compare`, `attune export`: did it help, take it away."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jobs import (
    ComparisonInfo,
    ComparisonResult,
    Described,
    InputError,
    Workspace,
    described,
    to_json,
)
from studio.cli import files, show, wait
from studio.cli.options import HomeOption, JsonOption, open_workspace, settle, wants_json

VARIANT = "base, base@4bit, base+3 (three examples in its prompt), or a run's name."
VariantsArgument = Annotated[list[str], typer.Argument(metavar="VARIANT...", help=VARIANT)]


def register(root: typer.Typer) -> None:
    """Hang the commands that stand at the top level."""
    root.command()(compare)
    root.command()(export)


def compare(
    context: typer.Context,
    variants: Annotated[
        list[str], typer.Argument(metavar="VARIANT...", help=f"Two or more of: {VARIANT}")
    ],
    data: Annotated[str, typer.Option(help="A dataset's name.")],
    split: Annotated[str, typer.Option(help="train, validation or test.")] = "test",
    limit: Annotated[int | None, typer.Option(help="Only the first prompts.")] = None,
    dtype: Annotated[str, typer.Option(help="auto, float32 or bfloat16.")] = "auto",
    to: Annotated[
        Path | None,
        typer.Option(
            "--to", "--out", help="Write it here: .html is a report, .csv a table, else JSON."
        ),
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Put the same prompts to every variant, score the completions, say whether it helped.

    With --json the field “outcome” has that in one word, of the variant that the verdict leads
    with: better, same, unclear (too few prompts to tell, or rows that a run
    learnt from) or worse; “comparison” has the number that “attune votes” takes.
    """
    settle(context, home, json)
    if to is not None and to.expanduser().is_dir():
        raise InputError(f"“{to}” is a folder.", "Name a file in it.")
    if to is not None and not to.expanduser().resolve().parent.is_dir():
        raise InputError(f"There is no folder “{to.parent}”.", "Name a file in one that exists.")
    workspace = open_workspace(context)
    comparison = workspace.compare(data, variants, split=split, limit=limit, dtype=dtype)
    result = finish(workspace, comparison)
    if result is None:
        return
    if to is not None:
        write(to.expanduser(), workspace.comparison(comparison.id), result)
    if wants_json(context):
        show.document(to_json(result, comparison.id))
    else:
        tell(comparison.id, result)
    if to is not None:
        files.tell("The comparison", to.expanduser(), wants_json(context))


def finish(workspace: Workspace, comparison: ComparisonInfo) -> ComparisonResult | None:
    """Wait for a comparison; exit 130 where the person let go of it, 1 where it failed."""
    job = wait.until_ended(
        lambda: workspace.comparison_job(comparison.id), "Comparison", workspace.queue_paused
    )
    if job is None:
        where = "“attune queue” shows how far it is, the Compare page its result."
        show.err().print(f"It is comparison {comparison.id}: {where}", markup=False)
        raise typer.Exit(wait.LET_GO)
    if job.state != "done":
        resume = f"“attune queue resume {job.id}” goes on with it: what was answered is kept."
        error = job.error or {"what": f"The comparison is {job.state}.", "cure": resume}
        show.problem(error)
        raise typer.Exit(1)
    return workspace.result(comparison.id)


def write(path: Path, info: ComparisonInfo, result: ComparisonResult) -> None:
    """A result as a file, by the name's ending; what cannot be written whole is not there."""
    from studio.report import FORMATS, written  # it draws as the pages do, and they take long

    kind = {".htm": "html"}.get(path.suffix.lower(), path.suffix.lower().removeprefix("."))
    files.write(path, written(kind if kind in FORMATS else "json", info, result))


def tell(number: int, result: ComparisonResult, most: int = 2) -> None:
    """The sentence, the scores with intervals, the first examples side by side, and its number."""
    show.say(f"\n{result.verdict}\n")
    shown = [one for one in described() if one.name in result.summary[result.variants[0]]]
    show.table(("", *result.variants), [_scores(result, one) for one in shown])
    for note in result.notes:
        show.say(note)
    for example in result.examples[:most]:
        show.say(f"\nprompt     {show.brief(example.prompt)}")
        show.say(f"reference  {show.brief(example.references[0])}")
        for variant in result.variants:
            show.say(f"{variant}  {show.brief(example.completions[variant].text)}")
    show.say(f"\nComparison {number}. The blind votes on it: attune votes {number}")


def export(
    context: typer.Context,
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run's name.")],
    to: Annotated[Path, typer.Option(help="A folder that is not there yet.")],
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Write what a run learnt, with its card, to a folder that transformers and peft can load."""
    settle(context, home, json)
    folder = open_workspace(context).export(run, to)
    if wants_json(context):
        show.document({"run": run, "folder": str(folder)})
    else:
        show.say(f"{run} is in {folder}. Its README.md says how to load it.")


def _scores(result: ComparisonResult, one: Described) -> list[str]:
    """A row: the metric, then each variant's value with its interval."""
    cells = [one.title]
    for variant in result.variants:
        score = result.summary[variant].get(one.name)
        if score is None or score.mean is None:
            cells.append("unscored")
        elif score.low is None or score.high is None:
            cells.append(f"{score.mean:.2f}")
        else:
            cells.append(f"{score.mean:.2f} ({score.low:.2f} to {score.high:.2f})")
    return cells
