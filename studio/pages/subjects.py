"""What a job is about, as a link to where it can be looked at."""

from __future__ import annotations

from jobs import JobInfo, NotFound, Workspace
from studio.parts.colours import is_base, title
from studio.parts.frame import link
from studio.parts.text import clip, esc


def subject(workspace: Workspace, job: JobInfo) -> str:
    """A run by its name, a comparison by what it compares, a question as such."""
    try:
        if job.run_id is not None and job.kind == "forget":
            name = clip(workspace.run_by_id(job.run_id).name, 40)
            return link("/runs", f"What {name} forgot", run=job.run_id)
        if job.run_id is not None:
            return link("/runs", workspace.run_by_id(job.run_id).name, run=job.run_id)
        if job.comparison_id is not None:
            compared = workspace.comparison(job.comparison_id).variants
            names = ", ".join(clip(title(name), 40) for name in compared)
            return link("/compare", f"Comparison of {names}", comparison=job.comparison_id)
    except NotFound:  # deleted between two looks
        return "Something that was deleted"
    return "An answer to a prompt" if job.kind == "ask" else esc(job.kind.capitalize())


def is_there(workspace: Workspace, variant: str) -> bool:
    """Whether what answered as this variant can still be looked at: a base, or a run."""
    if is_base(variant):
        return True
    try:
        workspace.run(variant)
    except NotFound:
        return False
    return True
