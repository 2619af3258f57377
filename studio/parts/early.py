"""That a run was done before its last step, and why."""

from __future__ import annotations

from jobs import RunInfo
from studio.parts.text import count, several


def stopped_early(run: RunInfo) -> str:
    """Who asked for it and what was waited for; "" for every other run."""
    if not run.early:
        return ""
    whose = "the thorough effort" if run.effort == "thorough" else "its option Early stopping"
    patience = int(run.options.get("early_stopping", 0))
    waited = f"did not get lower in {several(patience, 'check')}" if patience else "no longer fell"
    taken = f"{count(run.result['step'])} of {several(run.result['steps'], 'step')}"
    return f"Stopped early, after {taken}, as {whose} asks: the validation loss {waited}."
