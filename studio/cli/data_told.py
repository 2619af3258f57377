"""What the commands of `attune data` say of a dataset."""

from __future__ import annotations

import dataclasses
import shlex
from typing import Any

import typer

from jobs import DatasetInfo
from studio.cli import show
from studio.cli.options import wants_json
from studio.parts.intake import intake_sentence


def tell_version(context: typer.Context, dataset: DatasetInfo) -> None:
    """Which version a command has made or gone back to."""
    if wants_json(context):
        show.document(document(dataset))
        return
    told = [f"{count} {kind}" for kind, count in dataset.changes.items() if count]
    rows = f" ({', '.join(told)})" if told else ""
    show.say(f"{dataset.name} is at version {dataset.version}: {made(dataset)}{rows}.")


def made(dataset: DatasetInfo) -> str:
    """What made this version."""
    return dataset.change.lower() or "as it was added"


def tell_dataset(context: typer.Context, dataset: DatasetInfo) -> None:
    """A dataset: what was read, what stands out, and the commands that mend it."""
    if wants_json(context):
        show.document(document(dataset))
        return
    train, validation, test = counts_of(dataset)
    which = f" (version {dataset.version}, {made(dataset)})" if dataset.version > 1 else ""
    sides = f"{train} to train on, {validation} to validate, {test} to test on"
    show.say(f"{dataset.name}{which}: {sides}.")
    told = intake_sentence(dataset)
    if told:
        show.say(told)
    completions = ", ".join(dataset.columns.completions)
    show.say(f"Prompt from column “{dataset.columns.prompt}”, completion from “{completions}”.")
    for finding in dataset.findings:
        show.say(f"{finding.severity}: {finding.sentence}")
        if finding.why:
            show.say(f"    {finding.why}")
        if finding.rows:
            more = " and more" if finding.count > len(finding.rows) else ""
            show.say(f"    rows {', '.join(map(str, finding.rows))}{more}")
        if finding.mend:
            command = f"attune data mend {shlex.quote(dataset.name)} {finding.code}"
            show.say(f"    {finding.mend}: {command}")


def counts_of(dataset: DatasetInfo) -> tuple[int, int, int]:
    """Rows of training, validation and test."""
    counts = dataset.counts
    return counts.get("train", 0), counts.get("validation", 0), counts.get("test", 0)


def document(dataset: DatasetInfo) -> dict[str, Any]:
    """All that is known of it, for a program."""
    return dataclasses.asdict(dataset)
