"""The datasets that Attune brings along, and the first try on one of them."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.errors import NotFound
from jobs.types import DatasetInfo, RunInfo
from jobs.workspace.answers import Sample

if TYPE_CHECKING:
    from jobs.workspace.verbs.runs import RunVerbs

TEST_SHARE = 0.15  # at least a hundred test prompts in each sample


def samples() -> tuple[Sample, ...]:
    """Every sample; the first one is what "Try it with the sample" takes."""
    folder = Path(str(files("assets"))) / "samples"
    return (
        Sample(
            name="lighthouse-replies",
            title="Replies from a lighthouse shop",
            what="Customer tickets and the replies of a shop with a voice of its own, which the "
            "practice model has never heard.",
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


def add(workspace: RunVerbs, name: str) -> DatasetInfo:
    """The sample as a dataset, imported where it is not there yet."""
    known = {dataset.name: dataset for dataset in workspace.datasets()}
    if name in known:
        return known[name]
    chosen = sample(name)
    return workspace.add_dataset(
        chosen.path,
        name,
        prompt=chosen.prompt,
        completions=(chosen.completion,),
        test_share=TEST_SHARE,
    )


def first_try(workspace: RunVerbs) -> RunInfo:
    """A quick LoRA run on the first sample; the one that is under way where there is one."""
    dataset = add(workspace, samples()[0].name)
    wanted = (dataset.id, "lora", "starter", "quick")
    for job in workspace.queue():
        if job.run_id is None:
            continue
        run = workspace.run_by_id(job.run_id)
        if (run.dataset_id, run.method, run.model, run.effort) == wanted:
            return run
    return workspace.train(dataset.name, "lora", compare=True)
