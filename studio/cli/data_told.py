"""What the commands of `attune data` say of a dataset."""

from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Callable, Sequence
from typing import Any

import typer

from jobs import DatasetInfo, Finding, Lengths
from studio.cli import show
from studio.cli.options import wants_json
from studio.parts.cards import LONGEST_TEXT
from studio.parts.histogram import up_to
from studio.parts.intake import intake_sentence
from studio.parts.standing_out import standing_out
from studio.parts.text import several


def tell_version(context: typer.Context, dataset: DatasetInfo) -> None:
    """Which version a command has made or gone back to."""
    if wants_json(context):
        show.document(document(dataset))
        return
    told = [f"{count} {kind}" for kind, count in dataset.changes.items() if count]
    rows = f" ({', '.join(told)})" if told else ""
    show.say(f"{dataset.name} is at version {dataset.version}: {made(dataset)}{rows}.")


def tell_change(context: typer.Context, name: str, verb: Callable[..., DatasetInfo]) -> None:
    """Run a verb that makes a version of a dataset, with a bar; then which version that is."""
    with show.bar(f"Changing {name}") as told:
        changed = verb(progress=lambda at: told(at.phase, at.share))
    tell_version(context, changed)


def made(dataset: DatasetInfo) -> str:
    """What made this version."""
    return dataset.change.lower() or "as it was added"


def tell_dataset(
    context: typer.Context,
    dataset: DatasetInfo,
    lengths: Lengths | None = None,
    versions: Sequence[DatasetInfo] = (),
) -> None:
    """A dataset: what was read, what stands out, and the commands that mend it."""
    if wants_json(context):
        show.document(document(dataset))
        return
    train, validation, test = counts_of(dataset)
    which = f" (version {dataset.version}, {made(dataset)})" if dataset.version > 1 else ""
    sides = f"{train:,} to train on, {validation:,} to validate, {test:,} to test on"
    show.say(f"{dataset.name}{which}: {sides}.")
    told = intake_sentence(dataset)
    if told:
        show.say(told)
    completions = ", ".join(dataset.columns.completions)
    show.say(f"Prompt from column “{dataset.columns.prompt}”, completion from “{completions}”.")
    for finding in dataset.findings if lengths is None else standing_out(dataset, lengths):
        _tell_finding(dataset, finding)
    if lengths is not None:
        _tell_lengths(lengths)
    if len(versions) > 1:
        known = [f"{d.version} {made(d)}{' (this one)' * (d.id == dataset.id)}" for d in versions]
        show.say(f"Versions: {', '.join(known)}.")


def _tell_finding(dataset: DatasetInfo, finding: Finding) -> None:
    show.say(f"{finding.severity}: {finding.sentence}")
    if finding.why:
        show.say(f"    {finding.why}")
    if finding.rows:
        more = " and more" if finding.count > len(finding.rows) else ""
        show.say(f"    rows {', '.join(map(str, finding.rows))}{more}")
    if finding.mend:
        command = f"attune data mend {shlex.quote(dataset.name)} {finding.code}"
        show.say(f"    {finding.mend}: {command}")


def _tell_lengths(lengths: Lengths) -> None:
    """How long the rows are for the practice model."""
    tokens = sorted(n for part in lengths.tokens.values() for n in part)
    if tokens:
        half, longest = several(tokens[len(tokens) // 2], "token"), tokens[-1]
        reads = up_to(lengths.limit, lengths.model_limit)
        show.say(f"Half of the examples have at most {half}, the longest {longest:,}; {reads}.")


def shortened(text: str) -> str:
    """As much of a text as the page shows, and how much more there is."""
    more = len(text) - LONGEST_TEXT
    if more <= 0:
        return text
    return f"{text[:LONGEST_TEXT]} … ({several(more, 'more character')})"


def counts_of(dataset: DatasetInfo) -> tuple[int, int, int]:
    """Rows of training, validation and test."""
    counts = dataset.counts
    return counts.get("train", 0), counts.get("validation", 0), counts.get("test", 0)


def document(dataset: DatasetInfo) -> dict[str, Any]:
    """All that is known of it, for a program."""
    return dataclasses.asdict(dataset)
