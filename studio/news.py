"""What ended since somebody last looked, for the note that every page shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jobs import JobInfo, NotFound, Workspace
from studio.pages.common import row_id
from studio.pages.subjects import is_there
from studio.parts.colours import is_base, title
from studio.parts.text import clip

MOST = 50  # jobs that are told of, or asked for, at once
_SAID = {
    "done": "is done",
    "failed": "failed",
    "stopped": "was stopped",
    "interrupted": "was interrupted",
}


def news(workspace: Workspace, asked: str) -> dict[str, Any]:
    """The numbers of the jobs that are under way, and of the `asked` ones how they ended.

    `asked` is a list of numbers with commas, as a browser remembers them; questions to a model
    are left out: who asks one waits for it.
    """
    moving = [job for job in workspace.queue() if job.kind != "ask"][:MOST]
    here = {job.id for job in moving}
    numbers = [number for word in asked.split(",")[:MOST] if (number := row_id(word)) is not None]
    told = [_told(workspace, number) for number in dict.fromkeys(numbers) if number not in here]
    return {"moving": sorted(here), "ended": [note for note in told if note]}


def _told(workspace: Workspace, number: int) -> dict[str, Any] | None:
    try:
        job = workspace.job_by_id(number)
        if job.state not in _SAID:  # it has just gone behind what is told of
            return None
        what, *pages = _subject(workspace, job)
    except NotFound:  # deleted meanwhile
        return None
    said = _SAID[job.state]
    if job.state == "stopped" and job.error:  # it never began
        said = "was not made, because its run was stopped"
    return {"id": job.id, "state": job.state, "text": f"{what} {said}.", "pages": pages}


def _subject(workspace: Workspace, job: JobInfo) -> tuple[str, ...]:
    """What it is about, and the pages that show its end by themselves, the best one first."""
    if job.run_id is not None and job.kind == "forget":
        name = clip(workspace.run_by_id(job.run_id).name, 40)
        return f"The look at what “{name}” forgot", f"/runs?run={job.run_id}"
    if job.run_id is not None:
        return f"“{workspace.run_by_id(job.run_id).name}”", f"/runs?run={job.run_id}"
    if job.comparison_id is not None:
        variants = workspace.comparison(job.comparison_id).variants
        tuned = [name for name in variants if not is_base(name) and is_there(workspace, name)]
        runs = [f"/runs?run={workspace.run(name).id}" for name in tuned]
        what = f"The comparison of {_names(variants)}"
        return what, f"/compare?comparison={job.comparison_id}", *runs
    return f"Job {job.id}", "/runs"


def _names(variants: Sequence[str]) -> str:
    return ", ".join(clip(title(variant), 40) for variant in variants)
