"""The datasets that Attune brings along."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from jobs.errors import NotFound
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
            path=folder / "lighthouse_replies.jsonl",
            prompt="ticket",
            completion="reply",
        ),
        Sample(
            name="support-notes",
            title="Notes on support chats",
            what="Support chats and the note an agent keeps of each: a task that the practice "
            "model knows when it is told what to do, here without being told.",
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
