"""The examples of a dataset as HTML, a page of them at a time."""

from __future__ import annotations

from jobs import AttuneError, DatasetInfo, Example, NotFound, Workspace
from studio.parts.cards import example_cards
from studio.parts.frame import pager, section, tabs
from studio.parts.notices import notice
from studio.parts.text import count
from studio.parts.versions import press

BETWEEN = "\n---\n"  # completions of one row in a text field
SPLITS = {"train": "Training", "validation": "Validation", "test": "Test"}
PER_PAGE = 12


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
