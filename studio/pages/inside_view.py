"""The section of a run's page that looks inside its soft prompt; other runs have none."""

from __future__ import annotations

from jobs import AttuneError, RunInfo, Workspace
from studio.parts.frame import section
from studio.parts.notices import notice
from studio.parts.soft_prompt import soft_prompt_view

MOVING = ("queued", "running")


def inside_view(workspace: Workspace, run: RunInfo) -> str:
    """The section as HTML, with the way to get it where it is not there; "" where there is none
    to come yet."""
    if run.state in MOVING:
        return ""
    try:
        found = workspace.soft_prompt(run.name)
    except AttuneError as missing:
        return section("Inside the soft prompt", notice(missing.what, missing.cure))
    return section("Inside the soft prompt", soft_prompt_view(found)) if found else ""
