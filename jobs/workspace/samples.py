"""The datasets that Attune brings along."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

from jobs.data import split
from jobs.data.columns import check
from jobs.data.formats import read_table
from jobs.data.rows import read_rows, usable
from jobs.data.unread import Unread
from jobs.errors import NotFound
from jobs.models.lengths import Counts, counts_of
from jobs.models.source import resolve
from jobs.workspace.answers import Sample

TEST_SHARE = 0.15  # at least a hundred test prompts in each sample


def samples() -> tuple[Sample, ...]:
    """Every sample; the first one is what "Try it with the sample" takes."""
    folder = Path(str(files("assets"))) / "samples"
    return (
        Sample(
            name="lighthouse-replies",
            title="Replies from a lighthouse shop",
            what="Customers write to a shop, and it answers each as a page of a lighthouse log, a "
            "voice that the practice model has never heard.",
            rows=800,
            path=folder / "lighthouse_replies.jsonl",
            prompt="ticket",
            completion="reply",
        ),
        Sample(
            name="support-notes",
            title="Notes on support chats",
            what="Support chats and the note an agent keeps of each: a task that the practice "
            "model knows when it is told what to do, here without being told.",
            rows=800,
            path=folder / "support_notes.csv",
            prompt="customer_chat",
            completion="agent_note",
        ),
    )


def sample(name: str) -> Sample:
    """The sample of a name."""
    for known in samples():
        if known.name == name:
            return known
    names = ", ".join(s.name for s in samples())
    raise NotFound(f"There is no sample “{name}”.", f"Use one of: {names}.")


@cache
def first_try_counts() -> Counts:
    """Tokens of each example of the first sample for the practice model, as an import splits it.

    Both come along and never change: one count serves the whole process.
    """
    chosen, info = samples()[0], resolve("starter")
    table = read_table(chosen.path)
    columns = check(table, chosen.prompt, (chosen.completion,))
    rows = usable(read_rows(table, columns, Unread(chosen.path.name, leave_out=False)))
    return counts_of(split(rows, test_share=TEST_SHARE), info)
