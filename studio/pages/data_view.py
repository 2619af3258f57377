"""Datasets as HTML: the list, and one with what stands out."""

from __future__ import annotations

import time
from collections.abc import Sequence

from jobs import (
    DatasetInfo,
    Finding,
    Lengths,
    Workspace,
)
from studio.parts.cards import mask_cards
from studio.parts.frame import address, facts, heading, section
from studio.parts.histogram import lengths_picture
from studio.parts.intake import intake_sentence
from studio.parts.lists import dataset_rows
from studio.parts.notices import empty, findings, rows_counted
from studio.parts.reading import reading_note
from studio.parts.standing_out import standing_out
from studio.parts.states import progress
from studio.parts.text import esc, memory, several, when
from studio.parts.versions import press, side_by_side, version_rows, version_strip

# Findings about rows of the file that are no rows of the dataset.
NOT_HERE = (
    *("empty_prompt", "empty_completion", "leaked_test_rows"),
    *("test_empty_prompt", "test_empty_completion"),
)


def dataset_list(workspace: Workspace) -> str:
    """All datasets, or what to do where there is none."""
    datasets = workspace.datasets()
    if not datasets:
        return empty(
            "Your datasets will be listed here. Choose a file above, or begin with the "
            "sample on the start page.",
            "/",
            "Go to the sample",
        )
    return section("Your datasets", dataset_rows(datasets, time.time()))


def dataset_view(workspace: Workspace, info: DatasetInfo, versus: int | None = None) -> str:
    """What a dataset is, what stands out, its versions, how long it is, what is learnt from it."""
    lengths = workspace.lengths(info.spec)
    tokens = [n for part in lengths.tokens.values() for n in part]
    limits = lengths.limit, lengths.model_limit
    picture = lengths_picture(tokens, *limits, over=lengths.over, counted=lengths.counted)
    train = address("/train", {"data": info.id})
    versions = workspace.versions(info.name)
    now = time.time()
    grave, notes = _standing_out(workspace, info, lengths)
    beside = ""
    if versus is not None and versus != info.version:
        pair = sorted((versus, info.version))
        beside = side_by_side(workspace.compare_versions(info.name, *pair))
    return (
        heading(info.name, back=("/data", "All data"))
        + version_strip(info, versions)
        + grave
        + f'<p class="actions-line"><a class="button primary" href="{esc(train)}">Train a model '
        "with it</a></p>"
        + section("What it is", facts(_facts(info)) + _intake(info))
        + notes
        + (version_rows(info, versions, now) if len(versions) > 1 else "")
        + beside
        + section("How long the examples are", picture)
        + _learnt(workspace, info, lengths)
    )


def _intake(info: DatasetInfo) -> str:
    told = intake_sentence(info)
    return f'<p class="quiet">{esc(told)}</p>' if told else ""


def _standing_out(workspace: Workspace, info: DatasetInfo, lengths: Lengths) -> tuple[str, str]:
    """What may keep a person from training with it, which comes before the button for that; and
    the rest of what stands out."""
    found = standing_out(info, lengths)
    grave = [finding for finding in found if finding.severity != "note"]
    notes = [finding for finding in found if finding.severity == "note"]
    rest = _study(workspace, info, lengths)
    if not grave:
        shown = _found(info, notes) + rows_counted(notes)
        return "", section("What stands out", rest + shown)
    counted = rows_counted(grave)  # said once, where rows are listed first
    rest += _found(info, notes) + ("" if counted else rows_counted(notes)) if notes else ""
    above = section("Before you train", _found(info, grave) + counted)
    return above, section("What else stands out", rest) if rest else ""


def _found(info: DatasetInfo, found: Sequence[Finding]) -> str:
    def at(finding: Finding, row: int) -> str:
        if finding.code in NOT_HERE:
            return ""
        return address("/data", {"dataset": info.id, "row": row})

    return findings(found, _mend if info.current else None, at)


def _study(workspace: Workspace, info: DatasetInfo, lengths: Lengths) -> str:
    """How far the job is that looks for what takes long in large data."""
    if info.studied and lengths.counted is None:
        return ""
    job = workspace.study_of(info.spec)
    if job is None:
        return ""
    words = (
        "The tokens of every row are still counted; load the page again."
        if info.studied
        else "Near duplicates and leaks into the test are still looked for; load the page again."
    )
    shown = progress(job, unit="rows", label="Study")
    return f'<div class="card"><p class="quiet">{words}</p>{shown}</div>'


def _mend(finding: Finding) -> str:
    return press(finding.mend, {"act": "mend", "code": finding.code})


def _learnt(workspace: Workspace, info: DatasetInfo, lengths: Lengths) -> str:
    """What the practice model reads of the first rows, and what it would learn to answer.

    In a run that is not told how long an example may be; the form of a run shows it by its own.
    """
    note = reading_note(workspace.reading(info.spec, limit=1))
    masked = mask_cards(workspace.mask(info.spec, limit=2, longest=2))
    more = " unless you set more" if lengths.limit != lengths.model_limit else ""
    room = f"the {lengths.limit:,} tokens that a run reads{more}"
    said = f"{note} Shown for the practice model and {room}."
    return section("What will be learnt", f"<p>{esc(said)}</p>{masked}")


def _facts(info: DatasetInfo) -> list[tuple[str, str]]:
    return [
        ("Learnt from", several(info.counts.get("train", 0), "example")),
        ("Watched while training", several(info.counts.get("validation", 0), "example")),
        ("Kept for the test", several(info.counts.get("test", 0), "example")),
        ("Prompt column", info.columns.prompt),
        ("Completion column", ", ".join(info.columns.completions)),
        ("Came from", info.source),
        ("Size", memory(info.bytes)),
        ("Added", when(info.created, time.time())),
    ]
