"""Datasets as HTML: a file before it is added, the list, one dataset, its examples."""

from __future__ import annotations

import time
from collections.abc import Sequence

from jobs import (
    AttuneError,
    DatasetInfo,
    Example,
    Finding,
    Lengths,
    NotFound,
    Preview,
    Workspace,
)
from studio.parts.cards import example_cards, mask_cards
from studio.parts.frame import address, facts, heading, pager, section, tabs
from studio.parts.histogram import lengths_picture
from studio.parts.intake import intake_sentence
from studio.parts.lists import dataset_rows
from studio.parts.notices import empty, findings, notice
from studio.parts.raw_rows import raw_rows
from studio.parts.reading import reading_note
from studio.parts.standing_out import standing_out
from studio.parts.states import progress
from studio.parts.text import count, esc, memory, several, when
from studio.parts.versions import press, side_by_side, version_rows, version_strip

BETWEEN = "\n---\n"  # completions of one row in a text field
SPLITS = {"train": "Training", "validation": "Validation", "test": "Test"}
PER_PAGE = 12
# Findings about rows of the file that are no rows of the dataset.
NOT_HERE = (
    *("empty_prompt", "empty_completion", "leaked_test_rows"),
    *("test_empty_prompt", "test_empty_completion"),
)


def preview_view(seen: Preview, *, guessed: bool) -> str:
    """The first rows as they would be read, and what stands out."""
    notes = " ".join([f"{_rows(seen)}.", *seen.notes])
    left_out = notice(seen.unread, kind="warning") if seen.unread else ""
    if guessed and seen.guess is None:
        return f'{left_out}<p class="quiet">{esc(notes)}</p>{unchosen(seen, "")}'
    head = "The columns were guessed by their names. " if guessed else ""
    return (
        f'{left_out}<p class="quiet">{head}{esc(notes)}</p>'
        f"{section('These are your first rows', example_cards(seen.cards) + _every_column(seen))}"
        f"{section('What stands out', findings(seen.findings))}"
    )


def unchosen(seen: Preview | None, said: str) -> str:
    """What a person decides by while nobody knows which column is what: the rows as they stand.

    That they must decide is asked above (`looking.question`).
    """
    told = f'<p class="unchosen">{esc(said)}</p>' if said else ""
    if seen is None or not seen.raw:
        return told
    return told + section("The first rows of the file", raw_rows(seen))


def _every_column(seen: Preview) -> str:
    """The same rows with all of the file's columns, where there are more than were chosen."""
    if seen.used.issuperset(seen.columns) or not seen.raw:
        return ""
    return (
        '<details class="more"><summary>All columns of these rows</summary>'
        f"{raw_rows(seen)}</details>"
    )


def _rows(seen: Preview) -> str:
    """How many rows there are, where the whole file was read."""
    return several(seen.rows, "row") if seen.rows is not None else "Many rows"


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
    picture = lengths_picture(tokens, lengths.limit, over=lengths.over, counted=lengths.counted)
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
        + _learnt(workspace, info, lengths.limit)
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
        return "", section("What stands out", rest + _found(info, notes))
    rest += _found(info, notes) if notes else ""
    above = section("Before you train", _found(info, grave))
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


def _learnt(workspace: Workspace, info: DatasetInfo, limit: int) -> str:
    """What the practice model reads of the first rows, and what it would learn to answer.

    With all that it can read, as everything on this page is; the form of a run has its own limit.
    """
    note = reading_note(workspace.reading(info.spec, limit=1))
    options = {"max_length": limit} if limit else None
    masked = mask_cards(workspace.mask(info.spec, options=options, limit=2, longest=2))
    room = f" and the {limit:,} tokens it can read; a run may be set to read less" if limit else ""
    said = f"{note} Shown for the practice model{room}."
    return section("What will be learnt", f"<p>{esc(said)}</p>{masked}")


def row_at(workspace: Workspace, info: DatasetInfo, split: str, position: int) -> Example:
    """One row by its place in its split."""
    found = workspace.examples(info.spec, split, position, 1)
    if not found:
        raise NotFound("That row is not there any more.", "Load the page again.")
    return found[0]


def examples_at(workspace: Workspace, info: DatasetInfo, row: int) -> str:
    """The page of examples on which a row stands, by its number in the file."""
    try:
        split, position = workspace.place_of(info.spec, row)
    except AttuneError as error:
        return notice(error.what, error.cure) + examples_view(workspace, info, "train", 1)
    return examples_view(workspace, info, split, position // PER_PAGE + 1, position % PER_PAGE)


def examples_view(
    workspace: Workspace, info: DatasetInfo, split: str, number: int, place: int | None = None
) -> str:
    """One page of one part of a dataset; `place` is that of the row that is looked for."""
    split = split if split in SPLITS else "train"
    here = {"dataset": info.id, "split": split}
    total = info.counts.get(split, 0)
    pages = max(1, -(-total // PER_PAGE))
    number = min(number, pages)
    begin = (number - 1) * PER_PAGE
    examples = workspace.examples(info.spec, split, begin, PER_PAGE) if total else []
    feet = [_foot(split, begin + i) for i in range(len(examples))] if info.current else []
    choices = {s: f"{t} {count(info.counts.get(s, 0))}" for s, t in SPLITS.items()}
    sought = examples[place] if place is not None and place < len(examples) else None
    cards = '<p class="quiet">No examples here.</p>'
    if examples:
        cards = example_cards(examples, feet, sought)
    return section(
        "Examples",
        tabs("/data", {"dataset": info.id}, "split", choices, split, "Parts of the data")
        + cards
        + pager("/data", here, number, pages),
    )


def _foot(split: str, position: int) -> str:
    """What can be done with a row; places are counted from 1 in an address."""
    where = {"split": split, "row": position + 1}
    edit = press("Edit", {"act": "edit", **where}, kind="small")
    return f'<p class="foot">{edit}{press("Drop", {"act": "drop", **where}, kind="small")}</p>'


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
