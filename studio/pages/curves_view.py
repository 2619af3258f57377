"""Several runs' curves laid over one another."""

from __future__ import annotations

from collections.abc import Sequence

from jobs import NotFound, RunInfo, Workspace
from studio.pages.common import row_id
from studio.parts.curves import overlaid
from studio.parts.frame import heading
from studio.parts.notices import empty

MOST = 7  # as many colours as can be told apart


def chosen(workspace: Workspace, keys: Sequence[str]) -> list[RunInfo]:
    """The runs that an address asks for, each once; those that were deleted are left out."""
    numbers = dict.fromkeys(number for key in keys if (number := row_id(key)) is not None)
    found = []
    for number in list(numbers)[:MOST]:
        try:
            found.append(workspace.run_by_id(number))
        except NotFound:
            continue
    return found


def curves_view(workspace: Workspace, runs: Sequence[RunInfo]) -> str:
    """The picture, and the runs it is of."""
    head = heading(
        "Curves over one another",
        "Validation loss: how far off each run is on examples that it does not learn from. Lower "
        "is better, and only runs on the same data can be held against one another.",
        back=("/runs", "All runs"),
    )
    if not runs:
        return head + empty("Tick some runs in the history first.", "/runs", "All runs")
    lines = {run.name: workspace.metrics(run.name) for run in runs}
    places = {run.name: f"/runs?run={run.id}" for run in runs}
    return head + overlaid(lines, places)
